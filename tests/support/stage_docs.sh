#!/bin/bash
# What README.md tells a newcomer: its SQL as written, and `make demo`, twice.  The examples of
# docs/template-language.md.
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$repo" || exit 1

PATH=$("$PG_CONFIG" --bindir):$PATH
passed=0
failed=0
work=$(make_work_dir docs)
mkdir -m 0700 "$work/documents"
is_root && chown postgres: "$work/documents"

if "$repo/tests/support/server.sh" start "$work" 5432 'fsync = off' \
  "shared_preload_libraries = 'export'" "export.directory = '$work/documents'"; then
  for page in readme template_language; do
    echo "-- $page"
    PGHOST=$work/socket PGPORT=5432 PGUSER=postgres PGDATABASE=postgres \
      /usr/bin/python3 "tests/docs/${page}_test.py" 2>&1 | tee "$work/output"
    read -r good bad < <(count_report "$work/output" "${PIPESTATUS[0]}")
    passed=$((passed + good))
    failed=$((failed + bad))
  done
  "$repo/tests/support/server.sh" stop "$work"
  "$repo/tests/support/check_log.sh" "$work/server.log" || failed=$((failed + 1))
else
  failed=1
fi

# The second run finds the first one's server and data.
for run in first second; do
  echo "-- make demo, the $run time"
  if make --no-print-directory demo >"$work/demo.log" 2>&1 &&
    grep -q '^The server stays up' "$work/demo.log"; then
    passed=$((passed + 1))
  else
    cat "$work/demo.log"
    failed=$((failed + 1))
  fi
done
sed -n '/^The server stays up/,$p' "$work/demo.log"
make --no-print-directory demo-stop || failed=$((failed + 1))

if [ "$failed" -eq 0 ]; then rm -rf "$work"; else echo "logs are in $work"; fi
report_counts "$passed" "$failed"
