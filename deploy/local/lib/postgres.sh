# shellcheck shell=bash disable=SC1091,SC2034
# The copy's own PostgreSQL: a cluster that listens on a socket in the data folder only. As root it
# runs as the user postgres, otherwise as the caller. Sourced, not run.

source "$ROOT/deploy/local/lib/cluster.sh"

LOGS=$DIR/logs
CLUSTER=$DIR/postgres/cluster
SOCKETS=$DIR/postgres/sockets
if [ "$(id -u)" -eq 0 ]; then
  POSTGRES_USER=postgres
  as_postgres() { (cd / && runuser -u postgres -- "$@"); }
else
  POSTGRES_USER=$(id -un)
  as_postgres() { "$@"; }
fi

start_postgres() {
  mkdir -p "$DIR/postgres"
  touch "$DIR/logs/postgres.log"
  [ "$(id -u)" -ne 0 ] || chown postgres "$DIR/postgres" "$DIR/logs/postgres.log"
  chmod 700 "$DIR/postgres"
  as_postgres test -x "$DIR/postgres" ||
    fail "the user postgres cannot reach $DIR: choose a --dir outside private folders"
  [ -f "$CLUSTER/PG_VERSION" ] || make_cluster
  as_postgres mkdir -p -m 700 "$SOCKETS"
  configure_cluster
  local wanted
  wanted=$(fingerprint "$CLUSTER/partnerlink.conf")
  if postgres_running && [ "$(cat "$DIR/run/postgres.fingerprint" 2>/dev/null)" != "$wanted" ]; then
    stop_postgres
  fi
  if ! postgres_running; then
    clear_stale_lock
    as_postgres "$POSTGRES_BIN/pg_ctl" start -D "$CLUSTER" -l "$DIR/logs/postgres.log" -w -t 60 -s \
      </dev/null {LOCK}>&- || fail "PostgreSQL does not start: see $DIR/logs/postgres.log"
    echo "$wanted" >"$DIR/run/postgres.fingerprint"
  fi
}

# Sets PID to the cluster's first process and succeeds if it runs.
postgres_running() {
  PID=$(as_postgres head -1 "$CLUSTER/postmaster.pid" 2>/dev/null) || PID=
  [ -n "$PID" ] && [ "$(readlink "/proc/$PID/cwd")" = "$CLUSTER" ] && [ -n "$(start_time "$PID")" ]
}

# After a crash the lock files may name a process that is someone else's by now. They may go once no
# process of the cluster is left.
clear_stale_lock() {
  wait_until 20 cluster_deserted || fail "processes of a crashed PostgreSQL do not end: $CLUSTER"
  as_postgres rm -f "$CLUSTER/postmaster.pid" "$SOCKETS/.s.PGSQL.$POSTGRES_PORT.lock" \
    "$SOCKETS/.s.PGSQL.$POSTGRES_PORT"
}

cluster_deserted() {
  local folder
  for folder in /proc/[0-9]*/cwd; do
    [ "$(readlink "$folder" 2>/dev/null)" != "$CLUSTER" ] || return 1
  done
}

stop_postgres() {
  postgres_running || return 0
  as_postgres "$POSTGRES_BIN/pg_ctl" stop -D "$CLUSTER" -m fast -w -t 60 -s ||
    as_postgres "$POSTGRES_BIN/pg_ctl" stop -D "$CLUSTER" -m immediate -w -t 30 -s ||
    fail "PostgreSQL (pid $PID) cannot be stopped: see $DIR/logs/postgres.log"
}
