# shellcheck shell=bash
# What a trial does, step by step. Sourced, not run.

try_all() {
  check "nothing is left of an earlier trial" compose_down
  check "it builds and starts" start
  if [ -z "$(containers setup)" ]; then return 0; fi
  check "every part becomes healthy" within 120 all_healthy
  look_into_containers
  look_into_images
  walk
  kill_and_stop
  repeat
  check_not "there was something to take away" nothing_left
  check "down -v succeeds" compose_down
  check "down -v leaves nothing" nothing_left
}

# With the images that `up` does not build.
start() {
  telling_progress "$LOGS/up.log" compose_up &&
    telling_progress "$LOGS/build.log" compose build rebuild tour
}

look_into_containers() {
  local open
  check "every container is closed: user, root, capabilities, privileges, limits" all_hardened
  check "every first process is nobody's superuser and can write no root" all_run_as_nobody
  open=$(docker run -d --network none --entrypoint sleep "$(image setup)" 60)
  check_not "an ordinary container is not" hardened "$open"
  check_not "and its first process is not" runs_as_nobody "$open"
  docker rm -f "$open" >/dev/null
  secrets >"$WORK/secrets" || true
  check "there are secrets to look for" test "$(wc -l <"$WORK/secrets")" -ge 25
  check "no secret is in what the engine tells: inspect, logs, history, arguments" \
    told_no_secret "$WORK/secrets"
  docker inspect --format '{{.Config.Image}}' "$(container setup)" >"$WORK/planted"
  check_not "what the engine tells would be found" told_no_secret "$WORK/planted"
}

look_into_images() {
  local part
  for part in "${SERVICE_PARTS[@]}"; do
    check "the image of $part has at most 120 MB" small "$part"
  done
  check_not "a larger image is found" small gateway
  check "no image has a build tool" all_lack_build_tools
  check_not "what an image has is found" lacks setup gcc bash
  check "every image has its labels" all_have_labels
}

walk() {
  check "the tour walks through TLS" tour
  check "the answer by gRPC, with the authority's certificate" answers_grpc
  check "HTTP/2 by TLS" speaks 2 --http2
  check "HTTP/1.1 by TLS" speaks 1.1 --http1.1
  check_not "without the authority there is no trust" answers_without_trust
  check_not "there is no plaintext" answers_plaintext
  check "a token is made by the tour's image" make_token
  check "customers are listed" lists 20
  check "the lists equal a rebuild" compose run --rm -T rebuild
  check_not "without who and why nothing is mended" compose run --rm -T rebuild --repair
  check "both directories take calls" calls_reach_both
  check "a service reaches the database" reaches relationship postgres/5432
  check_not "the gateway does not" reaches gateway postgres/5432
  check "Prometheus reads every part" within 60 targets_up
  check "the mail sink keeps mails" keeps_mail
}

tour() {
  compose run --rm -T tour >"$LOGS/tour.log" 2>&1 || { tail -n 20 "$LOGS/tour.log" && return 1; }
  tail -n 1 "$LOGS/tour.log" | tr -d '\r' | grep -E '^The tour is done: [0-9]+ calls'
}

kill_and_stop() {
  local killed count
  killed=$(container relationship)
  count=$(inspect '{{.RestartCount}}' "$killed")
  check "relationship is killed" kill_hard "$killed"
  check "it returns by itself and is healthy" within 60 restarted "$killed" "$count"
  check "the tour walks again" tour
  killed=$(container directory)
  count=$(inspect '{{.RestartCount}}' "$killed")
  check "one directory is killed" kill_hard "$killed"
  check "the other one answers" within 10 lists 20
  check "the killed one returns" within 60 restarted "$killed" "$count"
  check "both directories take calls again" within 60 calls_reach_both

  check "PostgreSQL is stopped" compose stop postgres
  check "calls are refused: 503, DEPENDENCY_UNAVAILABLE" within 30 list_is_unavailable
  check_not "and not answered" lists 1
  check "PostgreSQL is started again" compose start postgres
  check "calls are answered again" within 60 lists 20
  check "every part is healthy again" within 90 all_healthy
  check "the tour walks again" tour
}

repeat() {
  local before running
  before=$(image_ids)
  running=$(containers | sort)
  check "up again, with nothing changed, succeeds" start
  check "it was all from the cache: the images are the same" same_images "$before"
  check "no container was made anew" test "$(containers | sort)" = "$running"
  check "every part is healthy" within 90 all_healthy
  PARTNERLINK_REVISION=changed compose build setup >"$LOGS/build.log" 2>&1 || true
  check_not "an image that is built anew is another one" same_images "$before"
}
