# shellcheck shell=bash
# The three services: their flags, their start, their health. Sourced, not run.

# Writes the flags of service $1.
write_flags() {
  local service=$1
  {
    cat <<EOF
--data_address=127.0.0.1:${DATA_PORT[$service]}
--health_address=127.0.0.1:${HEALTH_PORT[$service]}
--metrics_address=127.0.0.1:${METRICS_PORT[$service]}
--tls_certificate_file=$DIR/certificates/$service.crt
--tls_key_file=$DIR/certificates/$service.key
--tls_ca_file=$DIR/certificates/authority.crt
--postgres=$(connection "$service")
--postgres_worker=$(connection "${service}_worker")
--jwks_file=$DIR/secrets/jwks.json
--jwt_issuer=$ISSUER
--jwt_audience=partnerlink
--page_token_key_file=$DIR/secrets/$service.page_token_key
--drain_delay=200ms
--shutdown_deadline=10s
--mutation_rate=100000
--read_rate=1000000
EOF
    case $service in
      invitation)
        cat <<EOF
--relationship_address=127.0.0.1:${DATA_PORT[relationship]}
--link_base=http://127.0.0.1:$GATEWAY_PORT/invite
--link_key_file=$DIR/secrets/link_keys
--sign_up_url=https://partnerlink.example/signup
--min_invitation_ttl=1s
--daily_invitations=1000000
--failed_presentations=2000
--smtp_url=smtp://127.0.0.1:$MAIL_PORT
--smtp_ca_file=$DIR/certificates/authority.crt
--smtp_timeout=3s
--mail_from=invitations@partnerlink.example
--mail_first_retry=500ms
--mail_longest_retry=2s
--mail_attempts=5
EOF
        ;;
      relationship)
        cat <<EOF
--directory_address=127.0.0.1:${DATA_PORT[directory]}
--invitation_address=127.0.0.1:${DATA_PORT[invitation]}
EOF
        ;;
      directory) echo "--relationship_address=127.0.0.1:${DATA_PORT[relationship]}" ;;
    esac
  } >"$DIR/config/$service.flags.new"
  mv "$DIR/config/$service.flags.new" "$DIR/config/$service.flags"
}

connection() {
  echo "host=$SOCKETS port=$POSTGRES_PORT dbname=partnerlink user=$1 passfile=$DIR/secrets/$1.pgpass"
}

# Starts service $1, or anew if its program, flags or keys have changed since.
start_service() {
  local service=$1 flags=$DIR/config/$1.flags wanted
  local program=$BUILD_DIR/services/$service/partnerlink-$service
  [ -x "$program" ] || fail "$program is missing: see $DIR/logs/build.log"
  write_flags "$service"
  wanted=$(fingerprint "$program" "$flags" "$DIR/secrets/jwks.json" \
    "$DIR/secrets/$service.page_token_key" "$DIR/secrets/link_keys")
  if running "$service"; then
    [ "$FINGERPRINT" != "$wanted" ] || return 0
    stop "$service" 35
  fi
  require_port "${DATA_PORT[$service]}"
  require_port "${HEALTH_PORT[$service]}"
  require_port "${METRICS_PORT[$service]}"
  start "$service" "$wanted" "$DIR/logs/$service.log" "$DIR/logs/$service.log" \
    "$program" "--flagfile=$flags"
}

await_service() {
  wait_until 30 service_settled "$1" || fail "$1 does not become healthy: see $DIR/logs/$1.log"
  running "$1" || fail "$1 ended at its start: see $DIR/logs/$1.log"
}

service_settled() { ! running "$1" || serving "$1"; }

# Whether service $1 says SERVING: an empty gRPC message asks for the whole, and the answer's last
# byte is the status.
serving() {
  local answer
  answer=$(printf '\0\0\0\0\0' |
    curl -s -m 2 --http2-prior-knowledge -H 'content-type: application/grpc' -H 'te: trailers' \
      --data-binary @- "http://127.0.0.1:${HEALTH_PORT[$1]}/grpc.health.v1.Health/Check" |
    od -An -tx1 | tr -d ' \n')
  [ "$answer" = 00000000020801 ]
}
