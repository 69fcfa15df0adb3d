#!/bin/bash
# Runs each fuzz target for a while over its corpus, as many at a time as there are processors.
#
#   FUZZ_SECONDS=10    per target     CHECK_SEED     what the fuzzer's choices start from
#
# tests/fuzz/corpus/NAME holds the inputs worth keeping; what a run finds goes into the build
# directory, a crash into BUILD_DIR-asan/crashes.
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

build_checked || exit 1
seconds=${FUZZ_SECONDS:-$([ -n "${CHECK_LONG:-}" ] && echo 60 || echo 10)}
results=$checked_build/fuzz-results
rm -rf "$results"
mkdir -p "$results" "$checked_build/crashes"

fuzz() {
  local target=$1 name corpora verdict=failed
  name=$(basename "$target")
  corpora=("$checked_build/corpus/$name")
  mkdir -p "${corpora[0]}"
  [ -d "$repo/tests/fuzz/corpus/$name" ] && corpora+=("$repo/tests/fuzz/corpus/$name")
  "$target" -max_total_time="$seconds" -seed="${CHECK_SEED:-1}" -timeout=20 \
    -print_final_stats=1 -print_funcs=0 -verbosity=0 \
    -artifact_prefix="$checked_build/crashes/$name-" "${corpora[@]}" >"$results/$name.out" 2>&1 &&
    verdict=passed
  echo "$verdict" >"$results/$name.verdict"
  printf -- '-- %s: %s\n%s\n' "$name" "$verdict" "$(tail -n 40 "$results/$name.out")"
}
export -f fuzz
export repo checked_build seconds results

# shellcheck disable=SC2016  # the inner shell expands
find "$checked_build/tests/fuzz" -maxdepth 1 -type f -executable 2>/dev/null | sort |
  xargs -P "$(nproc)" -I{} bash -c 'fuzz "$1"' _ {}
count_verdicts() { find "$results" -name '*.verdict' -exec grep -lx "$1" {} + | wc -l; }
report_counts "$(count_verdicts passed)" "$(count_verdicts failed)"
