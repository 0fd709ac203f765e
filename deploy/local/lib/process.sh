# shellcheck shell=bash disable=SC2034
# Starting, recognising and stopping our own processes. A process is ours if it started when our
# record says it did, in this boot, from the program that the record names (or from one that a linker
# has replaced since): a number alone may have gone to someone else. Sourced, not run.

BOOT=$(cat /proc/sys/kernel/random/boot_id)

# When process $1 started, in clock ticks since the boot; nothing if there is none.
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  # The second field, the name, may hold blanks: count from its closing bracket.
  set -- "${stat##*) }"
  # shellcheck disable=SC2086
  set -- $1
  # A zombie has ended.
  [ "$1" = Z ] || echo "${20}"
}

# Sets PID and FINGERPRINT of part $1 and succeeds if it is running.
running() {
  local started boot program runs
  PID='' FINGERPRINT=''
  read -r PID started boot FINGERPRINT program 2>/dev/null <"$DIR/run/$1.process" || return 1
  runs=$(readlink "/proc/$PID/exe") || true
  [ "$boot" = "$BOOT" ] && [ "$(start_time "$PID")" = "$started" ] &&
    [[ $runs == "$program" || $runs == *" (deleted)" ]] && return 0
  PID='' FINGERPRINT=''
  return 1
}

# Starts part $1 with fingerprint $2, standard output to log $3, errors to log $4: $5 is the program.
start() {
  local part=$1 fingerprint=$2 output=$3 errors=$4 program pid
  shift 4
  program=$(realpath "$1")
  env -C / setsid "$@" </dev/null >>"$output" 2>>"$errors" {LOCK}>&- &
  pid=$!
  printf '%s %s %s %s %s\n' "$pid" "$(start_time "$pid")" "$BOOT" "$fingerprint" "$program" \
    >"$DIR/run/$part.process.new"
  mv "$DIR/run/$part.process.new" "$DIR/run/$part.process"
  # Until then the process is a shell on its way to the program.
  wait_until 5 runs_program "$pid" "$program" || true
}

runs_program() { [ "$(readlink "/proc/$1/exe")" = "$2" ]; }

# Asks part $1 to end, and ends it after $2 seconds.
stop() {
  running "$1" || { rm -f "$DIR/run/$1.process" && return 0; }
  kill -TERM "$PID" 2>/dev/null || true
  if ! wait_until "$2" not_running "$1"; then
    echo "  $1 did not end within $2 s: killed"
    running "$1" && kill -KILL "$PID"
    wait_until 5 not_running "$1" || fail "$1 (pid $PID) cannot be ended"
  fi
  rm -f "$DIR/run/$1.process"
}

not_running() { ! running "$1"; }

# Repeats a command until it succeeds, for at most $1 seconds.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# Fails if someone else listens on port $1 of this machine.
require_port() {
  local listener
  listener=$(ss -Hltnp "sport = :$1" 2>/dev/null | sed -n '1s/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (pid \2)/p;q')
  if [ -n "$listener" ] || [ -n "$(ss -Hltn "sport = :$1")" ]; then
    fail "port $1 is in use by ${listener:-a process of another user}: end it, or give --port_base"
  fi
}

# What a part runs with, in one word: the files' contents and the arguments.
fingerprint() {
  sha256sum "$@" | sha256sum | cut -c1-16
}
