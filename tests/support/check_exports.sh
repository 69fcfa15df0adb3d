#!/bin/bash
# Fails if the module exports a symbol that is not one of its entry points: every other name could
# collide with one of the server or of another extension in the same process.
#
#   check_exports.sh build/extension/export.so
set -euo pipefail

if [ $# -ne 1 ] || [ ! -f "$1" ]; then
  echo "usage: check_exports.sh MODULE" >&2
  exit 2
fi

symbols=$(nm -D --defined-only "$1" | awk '{ print $NF }')
grep -qx Pg_magic_func <<<"$symbols" ||
  { echo "check_exports: $1 has no Pg_magic_func: not a module of PostgreSQL" >&2 && exit 1; }

allowed='^(export_[a-z0-9_]+|pg_finfo_export_[a-z0-9_]+|Pg_magic_func|_PG_init|_PG_fini)$'
if grep -vE "$allowed" <<<"$symbols" | c++filt; then
  echo "check_exports: $1 exports the symbols above" >&2
  exit 1
fi
