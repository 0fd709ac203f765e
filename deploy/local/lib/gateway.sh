# shellcheck shell=bash
# The gateway: Envoy with the configuration that deploy/envoy renders. Sourced, not run.

# With limits that nobody meets on one machine.
write_gateway_settings() {
  local service
  cat <<EOF
[gateway]
address = "$LISTEN_HOST"
port = $GATEWAY_PORT
admin_port = $ADMIN_PORT
metrics_port = ${GATEWAY_METRICS_PORT:-0}
$(listener_certificate)

[upstream_tls]
certificate_file = "$DIR/certificates/gateway.crt"
key_file = "$DIR/certificates/gateway.key"
ca_file = "$DIR/certificates/authority.crt"

[jwt]
issuer = "$ISSUER"
jwks_file = "$DIR/secrets/jwks.json"

[limits]
calls_per_second = 1000000
account_calls_per_second = 1000000

[upstreams]
EOF
  for service in "${SERVICES[@]}"; do
    echo "$service = \"$(address_of "$service")\""
  done
}

listener_certificate() {
  [[ $GATEWAY_URL == https:* ]] || return 0
  cat <<EOF
certificate_file = "$DIR/certificates/listener.crt"
key_file = "$DIR/certificates/listener.key"
EOF
}

# Renders Envoy's configuration into folder config/envoy.
configure_gateway() {
  write_gateway_settings >"$DIR/config/gateway.toml"
  "$PYTHON" "$ROOT/deploy/envoy/render" --protoset "$DIR/partnerlink.protoset" \
    --settings "$DIR/config/gateway.toml" --output "$DIR/config/envoy" ||
    fail "the gateway's configuration cannot be rendered: see $DIR/config/gateway.toml"
}

# Starts Envoy, or anew if its configuration or its keys have changed since.
start_gateway() {
  local config=$DIR/config/envoy wanted envoy
  envoy=$(echo "$TOOLS_DIR"/venv/lib/python3*/site-packages/envoy/_bin/envoy)
  configure_gateway
  wanted=$(fingerprint "$config/envoy.yaml" "$DIR/secrets/jwks.json")
  if running gateway; then
    [ "$FINGERPRINT" != "$wanted" ] || return 0
    stop gateway 10
  fi
  require_port "$GATEWAY_PORT"
  require_port "$ADMIN_PORT"
  start gateway "$wanted" "$DIR/logs/access.log" "$DIR/logs/gateway.log" \
    "$envoy" -c "$config/envoy.yaml" --disable-hot-restart --concurrency 2
}

# Waits until Envoy has found every service healthy by a check that began after this: of a service that
# has been away it may hold the last check before, or count the failed ones and turn away a little later.
await_gateway() {
  PASSED_CHECKS=$(passed_checks)
  wait_until 20 gateway_settled || fail "the gateway does not become ready: see $DIR/logs/gateway.log"
  running gateway || fail "the gateway ended at its start: see $DIR/logs/gateway.log"
}

gateway_settled() { ! running gateway || { checked_anew && gateway_ready; }; }

# Of each service how many of Envoy's health checks it has passed; nothing while Envoy is not live.
passed_checks() {
  curl -s -m 2 "http://127.0.0.1:$ADMIN_PORT/stats?filter=health_check.success$" | sort || true
}

# Whether each service has passed one since await_gateway began.
checked_anew() { [ -z "$(comm -12 <(passed_checks) - <<<"$PASSED_CHECKS")" ]; }

# Whether Envoy is live and finds every service healthy.
gateway_ready() {
  local clusters
  [ "$(curl -s -m 2 "http://127.0.0.1:$ADMIN_PORT/ready")" = LIVE ] || return 1
  clusters=$(curl -s -m 2 "http://127.0.0.1:$ADMIN_PORT/clusters")
  [ "$(grep -c '::health_flags::healthy$' <<<"$clusters")" -eq "${#SERVICES[@]}" ]
}
