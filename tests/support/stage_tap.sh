#!/bin/bash
# Tests that need a server of their own: tests/tap/t/*.pl with PostgreSQL's modules.
#
#   PROVE_TESTS='t/001_cancel.pl'      only these
#
# They see CHECK_LONG, CHECK_SEED and, where this runs as root, EXPORT_SMALL_FS: a directory on a
# file system of 8 MB, to be filled up.
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

work=$(make_work_dir tap)
# The checkout may be closed to the user that the servers run as.
cp -r "$repo/tests" "$work/tests"
is_root && chown -R postgres: "$work/tests"
cd "$work/tests/tap" || exit 1

small=
if is_root && mkdir "$work/small" &&
  mount -t tmpfs -o "size=8m,mode=0700,uid=$(id -u postgres)" none "$work/small"; then
  small=$work/small
  trap 'umount "$small"' EXIT
fi

pgxs=$(dirname "$(dirname "$("$PG_CONFIG" --pgxs)")")
passed=0
failed=0
read -ra files <<<"${PROVE_TESTS:-$(echo t/*.pl)}"
for file in "${files[@]}"; do
  [ -f "$file" ] || continue
  echo "-- $file"
  dir=$work/$(basename "$file" .pl)
  as_server_user mkdir "$dir"
  (cd "$work/tests/tap" && as_server_user env \
    HOME="$work" PATH="$("$PG_CONFIG" --bindir):$PATH" PERL5LIB="$pgxs/test/perl:$work/tests/tap" \
    PG_REGRESS="$pgxs/test/regress/pg_regress" top_builddir="$work" TESTDIR="$dir" \
    TESTLOGDIR="$dir/tmp_check/log" PGPORT=65432 EXPORT_SMALL_FS="$small" \
    CHECK_LONG="${CHECK_LONG:-}" CHECK_SEED="${CHECK_SEED:-1}" \
    CRASH_CYCLES="${CRASH_CYCLES:-}" \
    prove --verbose "$work/tests/tap/$file") >"$dir.out" 2>&1
  status=$?
  read -r good bad < <(count_tap "$dir.out" "$status")
  # Some tests kill processes; a crash by any other signal is never expected.
  find "$dir/tmp_check/log" -name '*.log' -print0 2>/dev/null |
    xargs -0 -r "$repo/tests/support/check_log.sh" --allow-kill || bad=$((bad + 1))
  [ "$bad" -eq 0 ] || cat "$dir.out"
  passed=$((passed + good))
  failed=$((failed + bad))
done

cd / || exit 1
if [ -n "$small" ]; then
  umount "$small"
  trap - EXIT
fi
if [ "$failed" -eq 0 ]; then rm -rf "$work"; else echo "logs are in $work"; fi
report_counts "$passed" "$failed"
