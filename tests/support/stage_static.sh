#!/bin/bash
# What can be said about the code without running it; clang-tidy is a stage of its own.
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$repo" || exit 1

passed=0
failed=0
check() {
  local name=$1
  shift
  echo "-- $name"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

format() {
  local file status=0
  while IFS= read -r -d '' file; do
    clang-format-14 "$file" | cmp -s "$file" && continue
    echo "not as clang-format has it: ${file#"$repo"/}"
    status=1
  done < <(source_files)
  return $status
}
shell_scripts() { find .ci/run demo tests bench \( -name '*.sh' -o -path .ci/run \) -exec shellcheck -x {} +; }

check "format" format
check "shell scripts" shell_scripts
check "the checks themselves" tests/support/checks_test.py
check "who includes whom" tests/support/check_includes.py
check "errors and words" tests/support/check_errors.py
check "exported symbols" tests/support/check_exports.sh "$BUILD_DIR/extension/export.so"
report_counts "$passed" "$failed"
