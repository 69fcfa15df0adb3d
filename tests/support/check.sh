#!/bin/bash
# Runs stages and adds up what they report.
#
#   check.sh [--report FILE] [STAGE...]        default: all, in this order
#   build static unit sanitize tidy fuzz bridge pgtap tap oracle docs
#
# Installs packages first where that is possible.  CHECK_LONG=1 asks the tests for their full
# figures, CHECK_SEED fixes every random choice (the same number always, unless given).
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

all=(build static unit sanitize tidy fuzz bridge pgtap tap oracle docs)
report=
if [ "${1:-}" = --report ]; then
  report=$2
  shift 2
fi
stages=("$@")
[ $# -gt 0 ] || stages=("${all[@]}")

# Everything but these looks at the installed module, or at the commands that built it.
case " ${stages[*]} " in
  *" build "*) ;;
  *" static "* | *" tidy "* | *" bridge "* | *" pgtap "* | *" tap "* | *" oracle "* | *" docs "*) stages=(build "${stages[@]}") ;;
esac

export CHECK_SEED=${CHECK_SEED:-1}
logs=$BUILD_DIR-check
mkdir -p "$logs"

stage_command() {
  case $1 in
    sanitize) echo "stage_unit.sh sanitize" ;;
    build | static | unit | tidy | fuzz | bridge | pgtap | tap | oracle | docs) echo "stage_$1.sh" ;;
    *) die "unknown stage: $1 (there are: ${all[*]})" ;;
  esac
}
for stage in "${stages[@]}"; do
  stage_command "$stage" >/dev/null || exit 2
done

"$repo/tests/support/install_packages.sh" build test demo || exit 1
[ -z "${CHECK_LONG:-}" ] || echo "long run, CHECK_SEED=$CHECK_SEED"

passed=0
failed=0
table=()
for stage in "${stages[@]}"; do
  echo "=== $stage"
  started=$SECONDS
  read -ra command < <(stage_command "$stage")
  "$repo/tests/support/${command[0]}" "${command[@]:1}" 2>&1 | tee "$logs/$stage.log"
  read -r good bad < <(count_report "$logs/$stage.log" "${PIPESTATUS[0]}")
  passed=$((passed + good))
  failed=$((failed + bad))
  table+=("$(printf '| %-8s | %7d | %6d | %5d s |' "$stage" "$good" "$bad" $((SECONDS - started)))")
  # Without a build there is nothing to look at.
  [ "$stage" = build ] && [ "$bad" -gt 0 ] && break
done

summary() {
  echo '| stage    |  passed | failed |    time |'
  echo '|----------|--------:|-------:|--------:|'
  printf '%s\n' "${table[@]}"
}

write_report() {
  {
    echo "# Quality"
    echo
    echo "Written by \`make check-long\`; what each stage proves is in [tests](../tests/README.md)."
    echo
    echo "Date: $(date -u +%Y-%m-%d). Commit: $(git -C "$repo" rev-parse --short HEAD 2>/dev/null ||
      echo none). Seed: $CHECK_SEED. $("$PG_CONFIG" --version), $(g++ --version | head -n 1)."
    echo
    summary
    echo
    echo "$passed passed, $failed failed"
  } >"$1"
}

echo "=== summary"
summary
[ -z "$report" ] || write_report "$report"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
