#!/bin/bash
# A private PostgreSQL server: unix socket only, any local role trusted, reachable only by the user
# who runs it, by root and, under sudo, by the group of the user who called it.
#
#   server.sh start DIR PORT ['setting = value' ...]    makes DIR on first use; returns when ready
#   server.sh stop DIR                                  also when it is not running or not there
#
# DIR/data is the cluster, DIR/socket the socket's directory (PGHOST), DIR/server.log the log.  As
# root the server runs as postgres, who must be able to reach DIR.  The superuser is "postgres".
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/lib.sh"

is_running() { as_server_user "$(pg_bin pg_ctl)" status -D "$1/data" >/dev/null 2>&1; }

make_cluster() {
  local dir=$1
  as_server_user "$(pg_bin initdb)" --pgdata="$dir/data" --no-sync --encoding=UTF8 \
    --locale=C.UTF-8 --username=postgres --auth=trust >"$dir/initdb.log" ||
    die "initdb failed: $(cat "$dir/initdb.log")"
  as_server_user tee -a "$dir/data/postgresql.conf" <<<"include 'private.conf'" >/dev/null
}

start() {
  [ $# -ge 2 ] || die "usage: start DIR PORT ['setting = value' ...]"
  local dir=$1 port=$2
  shift 2
  mkdir -p "$dir/socket"
  dir=$(cd "$dir" && pwd)
  # The system's limit for the name of a socket is 107 bytes.
  [ $((${#dir} + 8 + 12 + ${#port})) -le 107 ] || die "path too long for a socket: $dir/socket"
  if is_root; then
    chown "postgres:${SUDO_GID:-root}" "$dir" "$dir/socket"
    as_server_user test -w "$dir" || die "user postgres cannot reach $dir"
  fi
  chmod 0750 "$dir/socket"
  is_running "$dir" && stop "$dir"
  [ -f "$dir/data/PG_VERSION" ] || make_cluster "$dir"
  {
    echo "listen_addresses = ''"
    echo "unix_socket_directories = '$dir/socket'"
    echo "port = $port"
    echo "log_line_prefix = '%m [%p] %q%u@%d '"
    printf '%s\n' "$@"
  } | as_server_user tee "$dir/data/private.conf" >/dev/null
  as_server_user "$(pg_bin pg_ctl)" start --wait --silent -D "$dir/data" -l "$dir/server.log" || {
    as_server_user tail -n 20 "$dir/server.log" >&2
    die "the server in $dir did not start"
  }
}

stop() {
  [ $# -eq 1 ] || die "usage: stop DIR"
  is_running "$1" || return 0
  as_server_user "$(pg_bin pg_ctl)" stop --wait --silent -D "$1/data" -m fast
}

case ${1:-} in
  start | stop) "$@" ;;
  *) die "usage: server.sh start DIR PORT [setting...] | stop DIR" ;;
esac
