#!/bin/bash
# Stops the demo's server.  What it made stays in .demo; `make demo` goes on from there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/lib.sh
. "$here/../tests/support/lib.sh"

[ -d "$repo/.demo" ] || die "there is no demo"
"$repo/tests/support/server.sh" stop "$(cd "$repo/.demo" && pwd -P)"
