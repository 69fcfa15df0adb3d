#!/bin/bash
# The unit tests of the C++-only folders.
#
#   stage_unit.sh [sanitize]      with AddressSanitizer and UBSan, in a build of their own
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

build=$BUILD_DIR
if [ "${1:-}" = sanitize ]; then
  build=$BUILD_DIR-asan
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
  export UBSAN_OPTIONS=print_stacktrace=1
  make -C "$repo" configure BUILD_DIR="$build" CMAKE_FLAGS="${CMAKE_FLAGS:-} -DEXPORT_SERVER=OFF \
    -DEXPORT_TESTS=ON -DEXPORT_WERROR=ON -DEXPORT_SANITIZE=address,undefined" || exit 1
else
  make -C "$repo" configure CMAKE_FLAGS="${CMAKE_FLAGS:-} -DEXPORT_WERROR=ON -DEXPORT_TESTS=ON" ||
    exit 1
fi
cmake --build "$build" || exit 1

results=$build/unit-results
rm -rf "$results"
GTEST_OUTPUT=xml:$results/ ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)"

# One result file per program; a program without one crashed.
read -r passed failed < <(python3 - "$build" "$results" <<'PYTHON'
import json, pathlib, subprocess, sys
import xml.etree.ElementTree as xml

build, results = sys.argv[1:]
listing = subprocess.run(
    ["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, check=True
)
passed = failed = 0
for test in json.loads(listing.stdout)["tests"]:
    file = pathlib.Path(results, test["name"] + ".xml")
    if not file.exists():
        failed += 1
        continue
    suites = xml.parse(file).getroot()
    cases = suites.findall("./testsuite/testcase")
    bad = sum(case.find("failure") is not None for case in cases)
    ran = sum(case.get("status") == "run" and case.get("result") != "skipped" for case in cases)
    passed, failed = passed + ran - bad, failed + bad
print(passed, failed)
PYTHON
)
report_counts "$passed" "$failed"
