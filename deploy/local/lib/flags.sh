# shellcheck shell=bash
# The services' flags, the same on one machine and in the images but for who is where: LISTEN_HOST,
# POSTGRES_AT (a conninfo's host and port), address_of, LINK_BASE and DRAIN_DELAY, and for how much a
# caller may, limit_flags. Sourced, not run.

LISTEN_HOST=127.0.0.1
POSTGRES_AT="host=${SOCKETS-} port=$POSTGRES_PORT"
DRAIN_DELAY=200ms
# The gateway's own page, as a browser reaches it.
LINK_BASE=$GATEWAY_URL/invite
address_of() { echo "127.0.0.1:${DATA_PORT[$1]}"; }

# Development and the tests invite and guess more than a caller may.
limit_flags() {
  cat <<EOF
--daily_invitations=1000000
--failed_presentations=2000
EOF
}

# Where Invitation hands over its mails.
mail_flags() {
  cat <<EOF
--smtp_url=smtp://127.0.0.1:$MAIL_PORT
--smtp_ca_file=$DIR/certificates/authority.crt
--smtp_timeout=3s
--mail_from=invitations@partnerlink.example
--mail_first_retry=500ms
--mail_longest_retry=2s
--mail_attempts=5
EOF
}

# Writes the flags of service $1.
write_flags() {
  local service=$1
  {
    cat <<EOF
--data_address=$LISTEN_HOST:${DATA_PORT[$service]}
--health_address=127.0.0.1:${HEALTH_PORT[$service]}
--metrics_address=$LISTEN_HOST:${METRICS_PORT[$service]}
--tls_certificate_file=$DIR/certificates/$service.crt
--tls_key_file=$DIR/certificates/$service.key
--tls_ca_file=$DIR/certificates/authority.crt
--postgres=$(connection "$service")
--postgres_worker=$(connection "${service}_worker")
--jwks_file=$DIR/secrets/jwks.json
--jwt_issuer=$ISSUER
--jwt_audience=partnerlink
--page_token_key_file=$DIR/secrets/$service.page_token_key
--drain_delay=$DRAIN_DELAY
--shutdown_deadline=10s
--mutation_rate=100000
--read_rate=1000000
EOF
    case $service in
      invitation)
        cat <<EOF
--relationship_address=$(address_of relationship)
--link_base=$LINK_BASE
--link_key_file=$DIR/secrets/link_keys
--sign_up_url=https://partnerlink.example/signup
--min_invitation_ttl=1s
EOF
        limit_flags
        mail_flags
        ;;
      relationship)
        cat <<EOF
--directory_address=$(address_of directory)
--invitation_address=$(address_of invitation)
EOF
        ;;
      directory) echo "--relationship_address=$(address_of relationship)" ;;
    esac
  } >"$DIR/config/$service.flags.new"
  mv "$DIR/config/$service.flags.new" "$DIR/config/$service.flags"
}

connection() {
  echo "$POSTGRES_AT dbname=partnerlink user=$1 passfile=$DIR/secrets/$1.pgpass"
}
