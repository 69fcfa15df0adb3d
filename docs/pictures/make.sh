#!/bin/bash
# Makes the pictures of docs/gallery.md anew, from a database with the extension (PGHOST, PGDATABASE …).
# Needs psql and pdftoppm.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
psql -X -q -v ON_ERROR_STOP=1 -f gallery.sql | while read -r name pdf; do
  [ -n "$name" ] || continue
  base64 -d <<<"$pdf" >"$work/$name.pdf"
  pdftoppm -png -r 72 -singlefile "$work/$name.pdf" "$name"
done
