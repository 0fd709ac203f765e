# shellcheck shell=bash
# How a trial counts and shows its checks. Sourced, not run.

PASSED=0
FAILED=0
# What is told while a check runs.
exec 3>&1

# Check $1, a sentence, holds if the command that follows succeeds; its output is shown if not.
check() {
  local title=$1 began=$SECONDS log=$WORK/check.log mark=ok
  shift
  if "$@" >"$log" 2>&1 </dev/null; then
    PASSED=$((PASSED + 1))
  else
    mark=FAILED
    FAILED=$((FAILED + 1))
  fi
  printf '  %-6s %4d s  %s\n' "$mark" $((SECONDS - began)) "$title"
  [ "$mark" = ok ] || tail -n 25 "$log" | sed 's/^/    | /'
}

# The control of a check: the command must fail.
check_not() {
  local title=$1
  shift
  check "control: $title" fails "$@"
}

fails() { ! "$@"; }

# Repeats a command until it succeeds, for at most $1 seconds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.5
  done
}

# Runs a command with its output in log $1, and shows how far it is now and then.
telling_progress() {
  local log=$1 status=0
  shift
  while sleep 30; do printf '         %s\n' "$(tail -n 1 "$log" | tr -d '\r' | cut -c1-90)" >&3; done &
  TELLER=$!
  "$@" >"$log" 2>&1 || status=$?
  stop_telling
  [ "$status" -eq 0 ] || tail -n 20 "$log"
  return "$status"
}

TELLER=
stop_telling() {
  [ -n "$TELLER" ] || return 0
  kill "$TELLER" 2>/dev/null || true
  wait "$TELLER" 2>/dev/null || true
  TELLER=
}

# Takes everything of the trial away, whatever has happened, and ends with the last line.
clean_up() {
  local status=$?
  trap '' INT TERM
  stop_telling
  if [ "${#COMPOSE[@]}" -gt 0 ]; then compose_down >/dev/null 2>&1 || true; fi
  rm -rf "$WORK"
  [ "$status" -eq 0 ] || [ "$FINISHED" = yes ] || printf '%d passed, %d failed\n' "$PASSED" $((FAILED + 1)) >&3
}

FINISHED=no
finish() {
  printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
  FINISHED=yes
  [ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ] && exit 0
  exit 1
}
