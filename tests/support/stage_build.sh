#!/bin/bash
# Builds with warnings as errors and installs into the server's tree, where a server can load it.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

make -C "$repo" all CMAKE_FLAGS="${CMAKE_FLAGS:-} -DEXPORT_WERROR=ON -DEXPORT_TESTS=ON -DEXPORT_FAULTS=ON"
if [ -w "$("$PG_CONFIG" --pkglibdir)" ]; then
  cmake --install "$BUILD_DIR"
else
  as_root cmake --install "$BUILD_DIR"
fi
report_counts 1 0
