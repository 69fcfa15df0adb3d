#!/bin/bash
# Shows the main job done: builds and installs export, starts a private server under .demo, loads
# real data and turns queries over it into documents.  Run it again at any time: the data is kept
# unless the extension's script has changed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/lib.sh
. "$here/../tests/support/lib.sh"

port=54329
demo=$repo/.demo

echo "== packages"
as_root "$repo/tests/support/install_packages.sh" build demo
echo "== build and install"
mkdir -p "$BUILD_DIR"
make -C "$repo" --no-print-directory all >"$BUILD_DIR/demo.log" 2>&1 ||
  { cat "$BUILD_DIR/demo.log" && die "the build failed"; }
if [ -w "$("$PG_CONFIG" --pkglibdir)" ]; then
  cmake --install "$BUILD_DIR" >/dev/null
else
  as_root cmake --install "$BUILD_DIR" >/dev/null
fi

echo "== server"
if [ ! -e "$demo" ]; then
  # The server's user must reach the directory, and a socket's path is short.
  if as_server_user test -x "$repo" && [ ${#demo} -le 80 ]; then
    mkdir "$demo"
  else
    ln -sfn "$(mktemp -d /var/tmp/export_demo.XXXXXX)" "$demo"
    chmod 0755 "$demo/."
  fi
fi
dir=$(cd "$demo" && pwd -P)
mkdir -p "$dir/documents"
[ -d "$dir/store" ] || mkdir -m 0700 "$dir/store"
if is_root; then
  chown postgres: "$dir/store"
  chown "${SUDO_UID:-0}:${SUDO_GID:-0}" "$dir/documents"
fi
"$repo/tests/support/server.sh" start "$dir" $port \
  "shared_preload_libraries = 'export'" "export.directory = '$dir/store'"

export PGHOST=$dir/socket PGPORT=$port
psql=("$(pg_bin psql)" -X -q)
script=$(sha256sum "$("$PG_CONFIG" --sharedir)"/extension/export--*.sql "$here/load.sql" "$here/tracking.sql" | sha256sum)
if [ "$(cat "$dir/loaded" 2>/dev/null)" != "$script" ]; then
  echo "== data"
  rm -f "$dir/loaded"
  sed -nE 's/^([0-9A-F]+)\.\.([0-9A-F]+); (.*)$/\1,\2,"\3"/p' /usr/share/unicode/Blocks.txt \
    >"$dir/blocks.csv"
  apt-cache dumpavail 2>/dev/null | "$here/packages_to_csv.py" >"$dir/packages.csv"
  # A machine without package lists still knows what is installed.
  [ -s "$dir/packages.csv" ] ||
    "$here/packages_to_csv.py" </var/lib/dpkg/status >"$dir/packages.csv"
  "${psql[@]}" -U postgres -d postgres -c 'DROP DATABASE IF EXISTS demo WITH (FORCE)' \
    -c 'CREATE DATABASE demo'
  "${psql[@]}" -U postgres -d demo -v blocks="$dir/blocks.csv" -v packages="$dir/packages.csv" \
    -f "$here/load.sql"
  echo "$script" >"$dir/loaded"
fi

echo "== tour"
"${psql[@]}" -U demo_user -d demo -v documents="$dir/documents" -f "$here/tour.sql"
"${psql[@]}" -U demo_auditor -d demo -f "$here/audit.sql"

cat <<END

The server stays up.
  connect     psql -h $PGHOST -p $port -U demo_user demo
              (demo_auditor reads export.audit, postgres is the superuser)
  documents   $demo/documents
$(cd "$dir/documents" && find . -type f -printf '                %10s  %f\n' | sort -k2)
  log         $demo/server.log
  stop        make demo-stop
END
