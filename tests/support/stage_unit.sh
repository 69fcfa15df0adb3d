#!/bin/bash
# The unit tests of the C++-only folders.
#
#   stage_unit.sh [sanitize]      with AddressSanitizer and UBSan, in the build of the fuzzers
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "${1:-}" = sanitize ]; then
  build=$checked_build
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
  export UBSAN_OPTIONS=print_stacktrace=1
  build_checked || exit 1
else
  build=$BUILD_DIR
  make -C "$repo" configure CMAKE_FLAGS="${CMAKE_FLAGS:-} -DEXPORT_WERROR=ON -DEXPORT_TESTS=ON" &&
    cmake --build "$build" || exit 1
fi

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
