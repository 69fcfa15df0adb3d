#!/bin/bash
# Fails if a server log tells of a crash.
#
#   check_log.sh [--allow-kill] LOG...      --allow-kill: signal 9 was the test's own doing
set -euo pipefail

crash='terminated by signal'
if [ "${1:-}" = --allow-kill ]; then
  crash='terminated by signal ([1-8]\b|[1-9][0-9])'
  shift
fi
[ $# -ge 1 ] || { echo "usage: check_log.sh [--allow-kill] LOG..." >&2 && exit 2; }

for log in "$@"; do
  [ -r "$log" ] || { echo "check_log: cannot read $log" >&2 && exit 2; }
done
if grep -HnE "$crash|TRAP:|PANIC" "$@"; then
  echo "check_log: the server crashed" >&2
  exit 1
fi
