# shellcheck shell=bash
# How a trial calls the suite: through the published port, from the engine's own machine, with the
# tour's image, authority and token. Sourced, not run.

# A command in the tour's image, on the engine's machine.
on_engine() {
  docker run --rm --network host --read-only --tmpfs /tmp \
    --volume "${COMPOSE_PROJECT_NAME}_tour_files:/var/lib/partnerlink:ro" \
    --env "AT=localhost:$PARTNERLINK_PORT" --env TOKEN \
    --entrypoint bash "$(image tour)" -euo pipefail -c "$1"
}

make_token() {
  TOKEN=$(on_engine "deploy/local/token --account partners/northwind --roles admin_agent") &&
    export TOKEN
}

TRUST='--cacert /var/lib/partnerlink/certificates/authority.crt'

# Prints the status of the list of customers and the answer's first bytes, of $1 calls in a row.
# shellcheck disable=SC2016
list() {
  on_engine "for ((n = 0; n < $1; n++)); do"'
    curl -s -m 5 '"$TRUST"' -H "authorization: Bearer $TOKEN" -o /tmp/answer -w "%{http_code} " \
      "https://$AT/v1/partners/northwind/customers?pageSize=1" || true
    head -c 600 /tmp/answer; echo
  done'
}

# Fails unless each of $1 lists in a row is answered.
lists() {
  local answers
  answers=$(list "$1")
  echo "$answers" | tail -3
  [ "$(grep -c '^200 ' <<<"$answers")" -eq "$1" ]
}

# Fails unless a list is refused as a dependency that is away is: 503 with its reason.
list_is_unavailable() {
  local answer
  answer=$(list 1)
  echo "$answer"
  [[ $answer == "503 "*DEPENDENCY_UNAVAILABLE* ]]
}

# Fails unless HTTP version $1, with curl's option $2, is what a call by TLS speaks.
speaks() {
  [ "$(on_engine "curl -s -m 5 $TRUST $2 -o /dev/null -w '%{http_version}' https://\$AT/healthz")" = "$1" ]
}

answers_without_trust() { on_engine "curl -s -m 5 https://\$AT/healthz"; }

answers_plaintext() { on_engine "curl -s -m 5 http://\$AT/healthz"; }

answers_grpc() {
  on_engine "grpcurl -cacert /var/lib/partnerlink/certificates/authority.crt \$AT list" |
    grep -x partnerlink.invitation.v1.InvitationService
}

# How many calls each replica of directory has answered, as the gateway counts them: its address and
# the number, a line each.
calls_of_replicas() {
  docker exec "$(container gateway)" bash -c '
    exec 3<>/dev/tcp/127.0.0.1/8081
    printf "GET /clusters HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n" >&3
    cat <&3' | sed -n 's/^directory::\([0-9.:]*\)::rq_success::\([0-9]*\)\r\?$/\1 \2/p' | sort
}

# Fails unless of 20 more calls some are answered by each of two replicas.
calls_reach_both() {
  local before after
  before=$(calls_of_replicas)
  lists 20 || return 1
  after=$(calls_of_replicas)
  printf 'before:\n%s\nafter:\n%s\n' "$before" "$after"
  [ "$(wc -l <<<"$after")" -eq 2 ] && [ "$(comm -13 <(echo "$before") <(echo "$after") | wc -l)" -eq 2 ]
}

# Whether part $1 can open a connection to $2, host/port.
reaches() { docker exec "$(container "$1")" timeout 3 bash -c "exec 3<>/dev/tcp/$2"; }

# How many targets Prometheus finds up: both directories and the three others.
targets_up() {
  docker exec "$(container prometheus)" promtool query instant http://127.0.0.1:9090 'sum(up)' |
    tee /dev/stderr | grep '=> 5 '
}

keeps_mail() {
  docker exec "$(container mail)" python3 -c '
import smtplib, sys
mail = b"From: a@partnerlink.example\r\nTo: b@partnerlink.example\r\nSubject: trial\r\n\r\nHello\r\n"
with smtplib.SMTP("mail", 2525, timeout=5) as server:
    server.sendmail("a@partnerlink.example", ["b@partnerlink.example"], mail)' &&
    docker exec "$(container mail)" bash -c 'grep -rl "Subject: trial" /var/lib/mail/box/new'
}
