#!/bin/bash
# pgTAP: every tests/pgtap/*.sql in a database of its own, which has the extensions export and pgtap.
#
#   stage_pgtap.sh              against private servers: with export preloaded, and without
#   stage_pgtap.sh --existing   against the server that PGHOST, PGPORT and PGUSER name
#   PROVE_TESTS='tests/pgtap/csv.sql'      only these
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$repo" || exit 1

PATH=$("$PG_CONFIG" --bindir):$PATH
read -ra files <<<"${PROVE_TESTS:-$(echo tests/pgtap/*.sql)}"
passed=0
failed=0
work=$(make_work_dir pgtap)

sql() { psql -X -q -v ON_ERROR_STOP=1 -d postgres "$@"; }

run_file() {
  local file=$1 database good bad status log=$work/output
  database=export_test_$(basename "$file" .sql)
  echo "-- $file ($2)"
  if ! { sql -c "DROP DATABASE IF EXISTS \"$database\"" -c "CREATE DATABASE \"$database\"" &&
    sql -d "$database" -c 'CREATE EXTENSION export' -c 'CREATE EXTENSION pgtap'; } >"$log" 2>&1; then
    cat "$log"
    failed=$((failed + 1))
    return
  fi
  pg_prove --verbose --dbname "$database" "$file" >"$log" 2>&1
  status=$?
  read -r good bad < <(count_tap "$log" "$status")
  [ "$bad" -eq 0 ] || cat "$log"
  passed=$((passed + good))
  failed=$((failed + bad))
  sql -c "DROP DATABASE IF EXISTS \"$database\"" || failed=$((failed + 1))
}

run_all() {
  local file
  for file in "${files[@]}"; do
    [ -f "$file" ] && run_file "$file" "$1"
  done
}

run_private() {
  local name=$1 dir=$work/$1
  shift
  mkdir -p "$dir" && mkdir -m 0700 "$dir/documents"
  is_root && chown postgres: "$dir/documents"
  "$repo/tests/support/server.sh" start "$dir" 5432 'fsync = off' \
    "export.directory = '$dir/documents'" "$@" || {
    failed=$((failed + 1))
    return
  }
  PGHOST=$dir/socket PGPORT=5432 PGUSER=postgres run_all "$name"
  "$repo/tests/support/server.sh" stop "$dir"
  "$repo/tests/support/check_log.sh" "$dir/server.log" || failed=$((failed + 1))
}

if [ "${1:-}" = --existing ]; then
  run_all existing
else
  run_private plain
  run_private preload "shared_preload_libraries = 'export'" "export.audit_timeout = '1min'"
fi
if [ "$failed" -eq 0 ]; then rm -rf "$work"; else echo "server logs are in $work"; fi
report_counts "$passed" "$failed"
