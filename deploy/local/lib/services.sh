# shellcheck shell=bash disable=SC1091
# The three services: their start and their health. Sourced, not run.

source "$ROOT/deploy/local/lib/flags.sh"

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
