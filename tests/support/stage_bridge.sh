#!/bin/bash
# The bridge's own tests (tests/bridge) and the leak and cancel tests (tests/leak), inside a private
# server.  They need the module export_bridge_test, which is built here and installed nowhere but in
# the work directory: the server finds it by dynamic_library_path.  The extension is installed.
# REQUIRES: BUILD_DIR is configured with -DEXPORT_TESTS=ON.
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$repo" || exit 1

PATH=$("$PG_CONFIG" --bindir):$PATH
passed=0
failed=0
work=$(make_work_dir bridge)

add() {
  passed=$((passed + $1))
  failed=$((failed + $2))
}

cmake --build "$BUILD_DIR" --target export_bridge_test || exit 1
cmake --install "$BUILD_DIR" --component bridge_test --prefix "$work" || exit 1

mkdir -m 0700 "$work/documents" "$work/files"
is_root && chown postgres: "$work/documents" "$work/files"
# Autovacuum would empty the caches of the backend whose memory is compared to the byte.
"$repo/tests/support/server.sh" start "$work" 5432 'fsync = off' 'autovacuum = off' \
  "shared_preload_libraries = 'export'" "export.audit_timeout = '1min'" "export.directory = '$work/documents'" \
  'export.table_limit = 256kB' "dynamic_library_path = '\$libdir:$work/lib'" || exit 1
trap '"$repo/tests/support/server.sh" stop "$work"' EXIT
export PGHOST=$work/socket PGPORT=5432 PGUSER=postgres EXPORT_SERVER_DIR=$work/files

fresh_database() {
  export PGDATABASE=$1
  createdb "$1" && psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION export' -c 'CREATE EXTENSION pgtap'
}

for file in tests/bridge/*.sql; do
  [ "$file" = tests/bridge/functions.sql ] && continue
  echo "-- $file"
  fresh_database "$(basename "$file" .sql)" || { add 0 1 && continue; }
  pg_prove --verbose "$file" >"$work/output" 2>&1
  read -r good bad < <(count_tap "$work/output" $?)
  [ "$bad" -eq 0 ] || cat "$work/output"
  add "$good" "$bad"
done

for file in tests/leak/*_test.py; do
  echo "-- $file"
  fresh_database "$(basename "$file" .py)" || { add 0 1 && continue; }
  /usr/bin/python3 "$file" 2>&1 | tee "$work/output"
  read -r good bad < <(count_report "$work/output" "${PIPESTATUS[0]}")
  add "$good" "$bad"
done

"$repo/tests/support/server.sh" stop "$work"
trap - EXIT
# The server's own complaints about what a transaction did not give back.
if grep -nE 'WARNING:.*(leak|not closed)' "$work/server.log"; then failed=$((failed + 1)); fi
"$repo/tests/support/check_log.sh" "$work/server.log" || failed=$((failed + 1))
if [ "$failed" -eq 0 ]; then rm -rf "$work"; else echo "the server's log is in $work"; fi
report_counts "$passed" "$failed"
