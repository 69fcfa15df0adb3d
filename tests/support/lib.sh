# shellcheck shell=bash
# What the scripts of the house share.  Source it; it changes no directory and starts nothing.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

PG_CONFIG=${PG_CONFIG:-$(command -v pg_config || echo /usr/lib/postgresql/15/bin/pg_config)}
BUILD_DIR=${BUILD_DIR:-build}
case $BUILD_DIR in /*) ;; *) BUILD_DIR=$repo/$BUILD_DIR ;; esac
export PG_CONFIG BUILD_DIR

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

as_root() {
  if is_root; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo --preserve-env=PG_CONFIG,BUILD_DIR,BUILD_TYPE,CMAKE_FLAGS "$@"
  else
    die "needs root and there is no sudo; run as root: $*"
  fi
}

# A server refuses to run as root: then its processes and files belong to postgres.  From /,
# because the caller's directory may be closed to that user.
as_server_user() {
  if is_root; then
    (cd / && exec runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

pg_bin() { echo "$("$PG_CONFIG" --bindir)/$1"; }

# A directory that the server's user owns, away from the checkout, which may be closed to it.
make_work_dir() {
  local dir
  dir=$(mktemp -d "/tmp/export_$1.XXXXXX")
  is_root && chown postgres: "$dir"
  echo "$dir"
}

# All C++ files of the project, zero-terminated.
source_files() {
  local folder
  for folder in extension dsl worker gateway tests bench; do
    [ -d "$repo/$folder" ] && find "$repo/$folder" \( -name '*.cc' -o -name '*.h' \) -print0
  done | sort -z
}

# The one build with sanitizers, by clang, for the unit tests and the fuzzers.
checked_build=$BUILD_DIR-asan
build_checked() {
  CXX=clang++-14 make -C "$repo" configure BUILD_DIR="$checked_build" BUILD_TYPE=Checked \
    CMAKE_FLAGS="${CMAKE_FLAGS:-} -DEXPORT_SERVER=OFF -DEXPORT_TESTS=ON -DEXPORT_FUZZ=ON \
    -DEXPORT_WERROR=ON -DEXPORT_SANITIZE=address,undefined" && cmake --build "$checked_build"
}

# A stage ends with this line; check.sh adds them up.  No test at all is a failure.
report_counts() {
  local passed=$1 failed=$2
  if [ $((passed + failed)) -eq 0 ]; then
    echo "no test was found"
    failed=1
  fi
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

# Reads TAP (subtests are indented and not counted twice) and prints "passed failed".  `status` is
# the exit status of prove: a wrong plan or a script that died fails even if each line says ok.
count_tap() {
  local log=$1 status=$2
  awk -v status="$status" '
    /^ok / && !/# [Ss][Kk][Ii][Pp]/ { passed++ }
    /^not ok / && !/# [Tt][Oo][Dd][Oo]/ { failed++ }
    END { if (status != 0 && !failed) failed = 1; print passed + 0, failed + 0 }' "$log"
}

# Reads the last "N passed, N failed" of a log and prints "passed failed".  Without that line, or
# if the status says otherwise, something failed.
count_report() {
  local log=$1 status=$2
  awk -v status="$status" '
    /^[0-9]+ passed, [0-9]+ failed$/ { passed = $1; failed = $3 }
    END { if (status != 0 && !failed || passed + failed == 0) failed = 1
          print passed + 0, failed + 0 }' "$log"
}
