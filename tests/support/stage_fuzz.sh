#!/bin/bash
# Runs each fuzz target for a while over its corpus.
#
#   FUZZ_SECONDS=10    per target     CHECK_SEED     what the fuzzer's choices start from
#
# tests/fuzz/corpus/NAME holds the inputs worth keeping; what a run finds goes into the build
# directory, a crash into BUILD_DIR-fuzz/crashes.
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

build=$BUILD_DIR-fuzz
seconds=${FUZZ_SECONDS:-$([ -n "${CHECK_LONG:-}" ] && echo 600 || echo 10)}
CXX=clang++-14 make -C "$repo" configure BUILD_DIR="$build" CMAKE_FLAGS="${CMAKE_FLAGS:-} \
  -DEXPORT_SERVER=OFF -DEXPORT_TESTS=OFF -DEXPORT_FUZZ=ON" || exit 1
cmake --build "$build" || exit 1

passed=0
failed=0
mkdir -p "$build/crashes"
while IFS= read -r target; do
  name=$(basename "$target")
  corpora=("$build/corpus/$name")
  mkdir -p "${corpora[0]}"
  [ -d "$repo/tests/fuzz/corpus/$name" ] && corpora+=("$repo/tests/fuzz/corpus/$name")
  echo "-- $name"
  if "$target" -max_total_time="$seconds" -seed="${CHECK_SEED:-1}" -timeout=20 \
    -print_final_stats=1 -print_funcs=0 -verbosity=0 -artifact_prefix="$build/crashes/$name-" \
    "${corpora[@]}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done < <(find "$build/tests/fuzz" -maxdepth 1 -type f -executable 2>/dev/null | sort)
report_counts "$passed" "$failed"
