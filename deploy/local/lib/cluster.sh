# shellcheck shell=bash disable=SC2034
# A cluster of PostgreSQL: its making, configuration, roles and migrations, for this machine and for
# the images. Wants CLUSTER, SOCKETS, POSTGRES_PORT, POSTGRES_USER, LOGS and as_postgres, which runs a
# command as that user. Sourced, not run.

make_cluster() {
  as_postgres rm -rf "$CLUSTER.new"
  as_postgres "$POSTGRES_BIN/initdb" -D "$CLUSTER.new" -U postgres -E UTF8 --locale=C.UTF-8 \
    --data-checksums >"$LOGS/initdb.log" 2>&1 || fail "initdb failed: see $LOGS/initdb.log"
  as_postgres mv "$CLUSTER.new" "$CLUSTER"
}

# The superuser comes in by its system user, every other login by its password. Without
# LISTEN_ADDRESSES there is the socket only; with them, logins come in by TLS too.
configure_cluster() {
  as_postgres tee "$CLUSTER/partnerlink.conf" >/dev/null <<EOF
listen_addresses = '${LISTEN_ADDRESSES-}'
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
$(tls_configuration)
EOF
  as_postgres tee "$CLUSTER/pg_hba.conf" >/dev/null <<EOF
local all postgres peer map=superuser
local partnerlink all scram-sha-256
${LISTEN_ADDRESSES:+hostssl partnerlink all samenet scram-sha-256}
EOF
  as_postgres tee "$CLUSTER/pg_ident.conf" >/dev/null <<EOF
superuser $POSTGRES_USER postgres
EOF
  as_postgres grep -qx "include 'partnerlink.conf'" "$CLUSTER/postgresql.conf" ||
    echo "include 'partnerlink.conf'" | as_postgres tee -a "$CLUSTER/postgresql.conf" >/dev/null
}

tls_configuration() {
  [ -n "${LISTEN_ADDRESSES-}" ] || return 0
  cat <<EOF
ssl = on
ssl_min_protocol_version = 'TLSv1.2'
ssl_cert_file = '$DIR/certificates/postgres.crt'
ssl_key_file = '$DIR/certificates/postgres.key'
EOF
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

# In the database at host $1, a socket's folder or a name.
migrate() {
  local host=$1 project
  for project in common services/relationship services/directory services/invitation; do
    (
      cd "$ROOT/$project/migrations"
      PGHOST=$host PGPORT=$POSTGRES_PORT PGUSER=migrator \
        PGPASSFILE=$DIR/secrets/migrator.pgpass \
        SQITCH_FULLNAME=Partnerlink SQITCH_EMAIL=migrations@partnerlink.invalid \
        sqitch --quiet deploy db:pg:partnerlink
    ) >>"$LOGS/migrations.log" 2>&1 ||
      fail "migrations of $project failed: see $LOGS/migrations.log"
  done
}
