# shellcheck shell=bash
# What a trial asks the engine about its containers and images. Sourced, not run.

SERVICE_PARTS=(invitation relationship directory)
STAYING=(postgres "${SERVICE_PARTS[@]}" gateway prometheus mail)
PARTS=(setup migrate rebuild tour "${STAYING[@]}")
# What no image may hold.
BUILD_TOOLS="gcc cc g++ c++ clang cpp ld as make cmake ninja protoc go pip pip3 git"
MEGABYTE=1000000

compose() {
  "${COMPOSE[@]}" --profile prometheus --profile mail --profile rebuild --profile tour "$@"
}

# `up` starts no tour: it walks when it is run.
compose_up() { "${COMPOSE[@]}" --profile prometheus --profile mail up -d --build "$@"; }

compose_down() { compose down -v --remove-orphans -t 30; }

# The containers of part $1, running or not; without it, of the whole trial.
containers() {
  docker ps -aq --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" \
    ${1:+--filter "label=com.docker.compose.service=$1"}
}

container() { containers "$1" | head -1; }

image() { echo "partnerlink-$1:$PARTNERLINK_TAG"; }

inspect() { docker inspect --format "$@"; }

healthy() {
  local one
  for one in $(containers "$1"); do
    [ "$(inspect '{{.State.Health.Status}}' "$one")" = healthy ] || return 1
  done
  [ -n "$(containers "$1")" ]
}

all_healthy() {
  local part
  for part in "${STAYING[@]}"; do healthy "$part" || return 1; done
}

# Fails unless container $1 is as closed as every part must be.
hardened() {
  local seen
  seen=$(inspect '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}} {{.HostConfig.SecurityOpt}} {{.HostConfig.Privileged}}' "$1")
  echo "$seen"
  [[ $seen =~ ^10001:10001\ true\ \[ALL\]\ (\[\]|\<no\ value\>)\ \[no-new-privileges:true\]\ false$ ]] &&
    [ "$(inspect '{{.HostConfig.Memory}}' "$1")" -gt 0 ] &&
    [ "$(inspect '{{.HostConfig.PidsLimit}}' "$1")" -gt 0 ]
}

# Fails unless what the kernel says of the first process of container $1 says the same.
runs_as_nobody() {
  local status
  status=$(docker exec "$1" cat /proc/1/status)
  grep -E '^(Uid|Cap|NoNewPrivs)' <<<"$status"
  grep -qE '^Uid:\s+10001\s+10001\s+10001\s+10001$' <<<"$status" &&
    grep -qE '^CapEff:\s+0+$' <<<"$status" && grep -qE '^CapBnd:\s+0+$' <<<"$status" &&
    grep -qE '^NoNewPrivs:\s+1$' <<<"$status" &&
    ! docker exec "$1" touch /usr/written
}

all_hardened() {
  local one
  for one in $(containers); do hardened "$one" || return 1; done
}

all_run_as_nobody() {
  local part one
  for part in "${STAYING[@]}"; do
    for one in $(containers "$part"); do
      echo "$part"
      runs_as_nobody "$one" || return 1
    done
  done
}

# Fails unless the image of part $1 has at most 120 MB.
small() {
  local bytes
  bytes=$(docker image inspect --format '{{.Size}}' "$(image "$1")")
  echo "$bytes bytes"
  [ "$bytes" -le $((120 * MEGABYTE)) ]
}

# Fails if one of the words is a command in the image of part $1.
lacks() {
  local part=$1
  shift
  ! docker run --rm --network none --entrypoint bash "$(image "$part")" -c \
    'for tool; do type -P "$tool" && found=yes; done; [ "${found-no}" = yes ]' bash "$@"
}

all_lack_build_tools() {
  local part
  # shellcheck disable=SC2086
  for part in "${PARTS[@]}"; do lacks "$part" $BUILD_TOOLS || return 1; done
}

all_have_labels() {
  local part label value
  for part in "${PARTS[@]}"; do
    for label in title description version revision source; do
      value=$(docker image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$label\"}}" \
        "$(image "$part")")
      [ -n "$value" ] || { echo "$part has no $label" && return 1; }
    done
  done
}

image_ids() {
  local part
  for part in "${PARTS[@]}"; do docker image inspect --format '{{.Id}}' "$(image "$part")"; done
}

same_images() { [ "$(image_ids | wc -l)" -eq "${#PARTS[@]}" ] && [ "$(image_ids)" = "$1" ]; }

# Kills the first process of container $1 as the machine's running out of memory would.
kill_hard() {
  docker run --rm --pid host --user 0 --network none --entrypoint bash "$(image setup)" \
    -c "kill -9 $(inspect '{{.State.Pid}}' "$1")"
}

restarted() { [ "$(inspect '{{.RestartCount}}' "$1")" -gt "$2" ] && healthy_one "$1"; }

healthy_one() { [ "$(inspect '{{.State.Health.Status}}' "$1")" = healthy ]; }

# What is left of the trial: containers, networks, volumes.
left() {
  local label=label=com.docker.compose.project=$COMPOSE_PROJECT_NAME
  docker ps -aq --filter "$label"
  docker network ls -q --filter "$label"
  docker volume ls -q --filter "$label"
}

nothing_left() { [ -z "$(left)" ]; }

# Every secret of the trial, a line each: passwords, keys, the lines of private keys.
secrets() {
  docker run --rm --network none --volume "${COMPOSE_PROJECT_NAME}_setup:/s:ro" --entrypoint bash \
    "$(image setup)" -c 'cd /s/secrets && cut -d: -f5 *.pgpass && cut -d: -f2 link_keys &&
      cat *.page_token_key && cat *.pem *.key /s/certificates/*.key' | grep -v -e '-----' | grep -E '.{20}'
}

# Fails if a line of file $1 is in anything that the engine tells of the trial.
told_no_secret() {
  local one part
  {
    for one in $(containers); do docker inspect "$one" && docker logs "$one" 2>&1; done
    for part in "${PARTS[@]}"; do
      docker image inspect "$(image "$part")" && docker history --no-trunc "$(image "$part")"
    done
    for one in $(docker ps -q --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME"); do
      docker top "$one" -eo pid,args
      docker exec "$one" bash -c 'cat /proc/1/environ' | tr '\0' '\n'
    done
  } >"$WORK/told"
  [ "$(wc -c <"$WORK/told")" -gt 100000 ] && ! grep -F -f "$1" "$WORK/told"
}
