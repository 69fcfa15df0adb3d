#!/bin/bash
# clang-tidy over every file of the build.  A file that passed is not read again until it, a header
# or the rules change.
set -uo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

stamps=$BUILD_DIR/tidy
mkdir -p "$stamps"
newest=$({ echo "$repo/.clang-tidy" && find "$repo"/{extension,dsl,worker} -name '*.h'; } 2>/dev/null |
  xargs ls -t | head -n 1)

tidy() {
  local source=$1 stamp
  stamp=$stamps/${source//\//_}
  [ "$stamp" -nt "$source" ] && [ "$stamp" -nt "$newest" ] && return 0
  # What clang does not know of g++'s options is no fault of the file.
  clang-tidy-14 --quiet -p "$BUILD_DIR" --extra-arg=-Wno-unknown-warning-option "$source" \
    2> >(grep -vE '^[0-9]+ warnings? (generated|treated)' >&2) || return 1
  touch "$stamp"
}
export -f tidy
export stamps newest

mapfile -t sources < <(jq -r '.[].file' "$BUILD_DIR/compile_commands.json" |
  grep -E "^$repo/(extension|dsl|worker|gateway)/" | sort -u)
# shellcheck disable=SC2016  # the inner shell expands
failed=$(printf '%s\n' "${sources[@]}" |
  xargs -P "$(nproc)" -I{} bash -c 'tidy "$1" >&2 || echo failed' _ {} | wc -l)
report_counts $((${#sources[@]} - failed)) "$failed"
