# shellcheck shell=bash disable=SC2016,SC2034
# How the tour shows a call, makes it and checks its answer. Sourced, not run.

CALLS=0

# A place for answers, and the tools by their names.
prepare() {
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  PATH=$TOOLS_DIR/bin:$PATH
  TOKEN="$ROOT/deploy/local/token"
  [ "$DIR" = "$DEFAULT_DIR" ] || TOKEN+=" --dir $DIR"
}

say() { printf '\n## %s\n' "$*"; }

# Sets variable $1 to $2, and shows that.
set_to() {
  printf '$ %s=%q\n' "$1" "$2"
  printf -v "$1" %s "$2"
}

# Sets CALL to command $1 as a person types it for this gateway: the tour is written for one that
# speaks plaintext; one that speaks TLS is known by the authority of the copy.
address() {
  CALL=$1
  [[ $URL == https:* ]] || return 0
  CALL=${CALL//grpcurl -plaintext/grpcurl -cacert \$AUTHORITY}
  CALL=${CALL//curl -s/curl -s --cacert \$AUTHORITY}
}

# Sets variable $1 to what command $2 prints, and shows that.
assign() {
  local value
  address "$2"
  printf '$ %s=$(%s)\n' "$1" "$CALL"
  value=$(eval "$CALL") || fail "this failed: $CALL"
  printf -v "$1" %s "$value"
}

# Sets variable $1 to field $2 of the answer, and shows that.
take() {
  local value
  value=$(jq -er "$2" "$WORK/answer") || deviation "no $2 in the answer"
  printf -v "$1" %s "$value"
  printf '  → %s=%s\n' "$1" "$value"
}

# Sets CONSISTENCY to the token that the last call gave for reading what it has changed.
take_consistency() {
  assign CONSISTENCY \
    "sed -n 's/^partnerlink-consistency-token: \\([^[:space:]]*\\).*/\\1/p' \$HEADERS"
}

# Shows the command on standard input, runs it in this shell, and shows its answer, shortened.
run() {
  address "$(cat)"
  CALLS=$((CALLS + 1))
  printf '\n$ %s\n' "$CALL"
  # grpcurl gives refusals on its standard error.
  eval "$CALL" >"$WORK/answer" 2>"$WORK/error" </dev/null || true
  [ -s "$WORK/answer" ] || cp "$WORK/error" "$WORK/answer"
  shorten
}

# Long texts are cut, empty fields left out, and at most 5 lines shown.
shorten() {
  jq -c 'def brief: if type == "string" and length > 60 then .[:57] + "..."
      elif type == "array" then map(brief)
      elif type == "object" then
        with_entries(.value |= brief | select(.value | . != "" and . != 0 and . != false
          and . != null and . != [] and . != {} and (tostring | endswith("_UNSPECIFIED") | not)))
      else . end;
    brief' "$WORK/answer" >"$WORK/brief" 2>/dev/null || { cat "$WORK/answer" && echo; } >"$WORK/brief"
  # `fold` would cut letters apart; a whole list is one line, of which jq counts from its beginning.
  jq -Rr '.[:660] | range(0; length; 110) as $at | .[$at:$at + 110]' "$WORK/brief" |
    sed -n -e '1,5s/^/  /p' -e '6s/.*/  .../p'
}

# Fails unless jq condition $1 holds for the answer.
expect() {
  jq -e "$1" "$WORK/answer" >/dev/null 2>&1 || deviation "expected: $1"
}

# Fails unless the answer is a refusal with reason $1.
expect_refusal() {
  expect '[.details[]? | select(.domain == "partnerlink").reason] == ["'"$1"'"]'
  printf '  ✓ refused: %s\n' "$1"
}

# Fails unless the variables $1 and $2 have one value.
expect_same() {
  [ "${!1}" = "${!2}" ] || deviation "$1 is not $2: ${!1}"
  printf '  ✓ byte for byte the same: %s and %s\n' "$1" "$2"
}

# Fails unless file $1 has $2 lines, no two alike.
expect_each_once() {
  local all different
  all=$(wc -l <"$1")
  different=$(sort -u "$1" | wc -l)
  [ "$all $different" = "$2 $2" ] || deviation "expected $2 rows, not $all, $different of them different"
  printf '  ✓ %s in all pages together, each once\n' "$2"
}

# Fails unless the lines of file $1 that begin with a Latin letter are ordered by it, whatever its
# accent, and some have one.
expect_alphabetical() {
  local initials
  initials=$(LC_ALL=C.UTF-8 sed 's/^\(.\).*/\1/' "$1")
  LC_ALL=C.UTF-8 grep -q '[ÉŚŠŹŻ]' <<<"$initials" || deviation "expected names with an accent in front"
  LC_ALL=C.UTF-8 sed 'y/ÀÁÂÄÅÇČĎÉÎÍİŁÑÖØÓŚŠȘȚÜŹŻŽ/AAAAACCDEIIILNOOOSSSTUZZZ/' <<<"$initials" |
    grep '^[A-Z]$' | LC_ALL=C sort -c || deviation "the names are not in alphabetical order"
  printf '  ✓ by name, É beside E and Ż beside Z\n'
}

# While jq condition $1 holds for the answer asks again with $2, for at most 5 seconds: what one call
# has begun may be finished a moment later.
repeat_while() {
  local end=$((SECONDS + 5))
  while jq -e "$1" "$WORK/answer" >/dev/null 2>&1 && [ "$SECONDS" -lt "$end" ]; do
    sleep 0.2
    "$2"
  done
}

deviation() {
  printf '  the answer in full: %s\n' "$(cat "$WORK/answer")"
  fail "call $CALLS deviates; $1"
}
