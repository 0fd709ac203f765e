# shellcheck shell=bash
# The copy's own PostgreSQL: a cluster that listens on a socket in the data folder only. As root it
# runs as the user postgres, otherwise as the caller. Sourced, not run.

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

make_cluster() {
  as_postgres rm -rf "$CLUSTER.new"
  as_postgres "$POSTGRES_BIN/initdb" -D "$CLUSTER.new" -U postgres -E UTF8 --locale=C.UTF-8 \
    --data-checksums >"$DIR/logs/initdb.log" 2>&1 || fail "initdb failed: see $DIR/logs/initdb.log"
  as_postgres mv "$CLUSTER.new" "$CLUSTER"
}

# The superuser comes in by its system user, every other login by its password.
configure_cluster() {
  as_postgres tee "$CLUSTER/partnerlink.conf" >/dev/null <<EOF
listen_addresses = ''
port = $POSTGRES_PORT
unix_socket_directories = '$SOCKETS'
unix_socket_permissions = 0700
max_connections = 200
fsync = on
synchronous_commit = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
# Parameters hold what is secret.
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
EOF
  as_postgres tee "$CLUSTER/pg_hba.conf" >/dev/null <<EOF
local all postgres peer map=superuser
local partnerlink all scram-sha-256
EOF
  as_postgres tee "$CLUSTER/pg_ident.conf" >/dev/null <<EOF
superuser $POSTGRES_USER postgres
EOF
  as_postgres grep -qx "include 'partnerlink.conf'" "$CLUSTER/postgresql.conf" ||
    echo "include 'partnerlink.conf'" | as_postgres tee -a "$CLUSTER/postgresql.conf" >/dev/null
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

as_superuser() {
  as_postgres psql -X -q -v ON_ERROR_STOP=1 -h "$SOCKETS" -p "$POSTGRES_PORT" -U postgres "$@"
}

# The database, its roles and their passwords. The passwords go through a pipe, never as arguments.
make_roles() {
  local login exists="SELECT 1 FROM pg_database WHERE datname = 'partnerlink'"
  if [ -z "$(as_superuser -d postgres -Atc "$exists")" ]; then
    as_superuser -d postgres -c "CREATE DATABASE partnerlink TEMPLATE template0"
  fi
  as_superuser -d partnerlink <"$ROOT/deploy/postgres/roles.sql"
  for login in "${LOGINS[@]}"; do
    printf "ALTER ROLE %s PASSWORD '%s';\n" "$login" "$(cut -d: -f5 "$DIR/secrets/$login.pgpass")"
  done | as_superuser -d partnerlink
}

migrate() {
  local project
  for project in common services/relationship services/directory services/invitation; do
    (
      cd "$ROOT/$project/migrations"
      PGHOST=$SOCKETS PGPORT=$POSTGRES_PORT PGUSER=migrator \
        PGPASSFILE=$DIR/secrets/migrator.pgpass \
        SQITCH_FULLNAME=Partnerlink SQITCH_EMAIL=migrations@partnerlink.invalid \
        sqitch --quiet deploy db:pg:partnerlink
    ) >>"$DIR/logs/migrations.log" 2>&1 ||
      fail "migrations of $project failed: see $DIR/logs/migrations.log"
  done
}
