#!/bin/bash
# Installs what Debian 12 has to offer for building, testing, showing and measuring export.
#
#   install_packages.sh [build] [test] [demo] [bench]        default: all of them
#
# Does nothing when everything is there.  Never touches a cluster that exists; where PostgreSQL is
# new on the machine, no cluster is made for it (ours are private, see server.sh).
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

# Server, client and headers are named together so that apt gives all three the same minor version.
build=(
  build-essential cmake ninja-build ccache pkg-config
  postgresql-15 postgresql-client-15 postgresql-server-dev-15
  libkrb5-dev # libpq/libpq-be.h, which postgresql-server-dev-15 does not pull in, needs these two
  libssl-dev
  libfmt-dev libisal-dev libzstd-dev nlohmann-json3-dev
  libhpdf-dev libfribidi-dev libpng-dev libjpeg-dev libdeflate-dev libxlsxwriter-dev
  fonts-liberation2 fonts-dejavu-core fonts-vlgothic fonts-nanum fonts-wqy-zenhei
)
test=(
  libgtest-dev
  clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14 shellcheck
  postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl libipc-run-perl
  postgresql-15-pgaudit
  python3 python3-psycopg python3-psycopg2
  unicode-data jq gzip zstd curl
  qpdf poppler-utils
  libreoffice-calc-nogui python3-openpyxl xlsx2csv unzip
)
demo=(unicode-data python3)
bench=(python3 python3-psycopg2 python3-openpyxl python3-xlsxwriter python3-reportlab)

# By command, not by package: other builds of nodejs bring npm along and conflict with Debian's.
command -v node >/dev/null || test+=(nodejs) bench+=(nodejs)
command -v npm >/dev/null || test+=(npm) bench+=(npm)

wanted=()
for group in "${@:-build test demo bench}"; do
  for name in $group; do
    case $name in
      build) wanted+=("${build[@]}") ;;
      test) wanted+=("${test[@]}") ;;
      demo) wanted+=("${demo[@]}") ;;
      bench) wanted+=("${bench[@]}") ;;
      *) die "unknown set of packages: $name" ;;
    esac
  done
done

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
for package in "${wanted[@]}"; do
  is_installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing: ${missing[*]}"
is_root || die "needs root to install: apt-get install ${missing[*]}"

if ! is_installed postgresql-15 && [ ! -d /etc/postgresql/15 ]; then
  mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/export.conf
fi

export DEBIAN_FRONTEND=noninteractive
# The headers must be those of the server: whoever lacks one gets all three moved to one version.
for package in "${missing[@]}"; do
  case $package in
    postgresql-*15) missing+=(postgresql-15 postgresql-client-15 postgresql-server-dev-15) && break ;;
  esac
done
apt-get install -y -q --no-install-recommends "${missing[@]}" ||
  { apt-get update -q && apt-get install -y -q --no-install-recommends "${missing[@]}"; }
