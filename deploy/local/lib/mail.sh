# shellcheck shell=bash
# shellcheck disable=SC2016
# The mail sink: a mail server on this machine that keeps every mail it gets as a file. Sourced, not
# run.

MAIL_FOLDER=$DIR/mail

# Starts the sink, or anew if its program or its certificate has changed since.
start_mail_sink() {
  local program=$ROOT/deploy/local/lib/mail_sink.py base=$DIR/certificates/mail wanted
  mkdir -p "$MAIL_FOLDER"
  # Each mail holds a link.
  chmod 700 "$MAIL_FOLDER"
  wanted=$(fingerprint "$program" "$base.crt")
  if running mail; then
    [ "$FINGERPRINT" != "$wanted" ] || return 0
    stop mail 5
  fi
  require_port "$MAIL_PORT"
  start mail "$wanted" "$DIR/logs/mail.log" "$DIR/logs/mail.log" \
    "$PYTHON" "$program" --port "$MAIL_PORT" --certificate "$base.crt" --key "$base.key" \
    --folder "$MAIL_FOLDER"
  wait_until 10 mail_sink_settled || fail "the mail sink does not become ready: see $DIR/logs/mail.log"
  running mail || fail "the mail sink ended at its start: see $DIR/logs/mail.log"
}

mail_sink_settled() { ! running mail || mail_sink_ready; }

# Whether a mail server greets.
mail_sink_ready() {
  local greeting
  greeting=$(timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && head -n 1 <&3' bash "$MAIL_PORT" \
    2>/dev/null)
  [[ $greeting == 220\ * ]]
}
