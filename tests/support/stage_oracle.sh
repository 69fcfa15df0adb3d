#!/bin/bash
# Oracle tests: tests/oracle/*_oracle.py, each against a fresh database of one private server.
#
# A script finds its database through PGHOST, PGPORT, PGUSER and PGDATABASE, reads CHECK_LONG and
# CHECK_SEED, may have the server write files into EXPORT_SERVER_DIR, and ends with the line
# "N passed, N failed".
#
#   ORACLE_TESTS='tests/oracle/csv_oracle.py'      only these
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$repo" || exit 1

read -ra files <<<"${ORACLE_TESTS:-$(echo tests/oracle/*_oracle.py)}"
passed=0
failed=0
work=$(make_work_dir oracle)
mkdir -m 0700 "$work/files" "$work/documents"
is_root && chown postgres: "$work/files" "$work/documents"
# Each database has workers of its own, and there is one for each script.
"$repo/tests/support/server.sh" start "$work" 5432 'fsync = off' 'max_worker_processes = 96' \
  "shared_preload_libraries = 'export'" 'export.max_databases = 32' \
  "export.audit_timeout = '1min'" "export.directory = '$work/documents'" || exit 1
trap '"$repo/tests/support/server.sh" stop "$work"' EXIT

PATH=$("$PG_CONFIG" --bindir):$PATH
export PGHOST=$work/socket PGPORT=5432 PGUSER=postgres EXPORT_SERVER_DIR=$work/files
export CHECK_SEED=${CHECK_SEED:-1}
for file in "${files[@]}"; do
  [ -f "$file" ] || continue
  echo "-- $file"
  database=export_$(basename "$file" .py)
  export PGDATABASE=$database
  good=0
  bad=1
  if createdb "$database" && psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION export'; then
    /usr/bin/python3 "$file" 2>&1 | tee "$work/output"
    status=${PIPESTATUS[0]}
    read -r good bad < <(count_report "$work/output" "$status")
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
done

"$repo/tests/support/server.sh" stop "$work"
trap - EXIT
"$repo/tests/support/check_log.sh" "$work/server.log" || failed=$((failed + 1))
if [ "$failed" -eq 0 ]; then rm -rf "$work"; else echo "the server's log is in $work"; fi
report_counts "$passed" "$failed"
