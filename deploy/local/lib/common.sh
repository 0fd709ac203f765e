# shellcheck shell=bash disable=SC2034
# Folders, ports, options, messages and the build of the commands in this folder. Sourced, not run.

ROOT=$(cd "${BASH_SOURCE[0]%/*}/../../.." && pwd)
COMMAND=${0##*/}
SERVICES=(directory relationship invitation)
POSTGRES_BIN=/usr/lib/postgresql/15/bin

if [ "$(id -u)" -eq 0 ]; then
  DEFAULT_DIR=/var/lib/partnerlink/local
  TOOLS_DIR=${PARTNERLINK_TOOLS_DIR:-/var/lib/partnerlink/tools}
else
  DEFAULT_DIR=${XDG_STATE_HOME:-$HOME/.local/state}/partnerlink
  TOOLS_DIR=${PARTNERLINK_TOOLS_DIR:-$DEFAULT_DIR-tools}
fi
PYTHON=$TOOLS_DIR/venv/bin/python
# Who signs local tokens.
ISSUER=https://identity.partnerlink.example
# PostgreSQL's user reads and writes below the data folder; what is secret is closed by itself.
umask 022
# Nothing of ours writes into the checkout, and no bytecode either.
export PYTHONDONTWRITEBYTECODE=1

# Ends the command with one line.
fail() {
  printf '%s: %s\n' "$COMMAND" "$*" >&2
  exit 1
}

# Whether build folder $1 is of this checkout: that of another is of no use.
is_our_build() { grep -qsFx "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "$1/CMakeCache.txt"; }

# Configures build folder $1, with the options of cmake that follow.
configure_build() {
  local folder=$1 fresh=()
  shift
  is_our_build "$folder" || fresh=(--fresh)
  cmake "${fresh[@]}" -S "$ROOT" -B "$folder" -G Ninja \
    -DPARTNERLINK_GOOGLEAPIS="$(echo "$TOOLS_DIR"/venv/lib/python3*/site-packages)" "$@"
}

# Reads the options that all commands share into DIR and PORT_BASE; the rest goes to REST.
parse_options() {
  DIR=$DEFAULT_DIR
  PORT_BASE=
  REST=()
  while [ $# -gt 0 ]; do
    case $1 in
      --dir | --port_base) [ $# -ge 2 ] || fail "$1 needs a value" ;;&
      --dir) DIR=$2 && shift ;;
      --dir=*) DIR=${1#*=} ;;
      --port_base) PORT_BASE=$2 && shift ;;
      --port_base=*) PORT_BASE=${1#*=} ;;
      *) REST+=("$1") ;;
    esac
    shift
  done
  case $DIR in
    *[[:space:]\"\'\\]*) fail "--dir: no blanks, quotes or backslashes, please" ;;
    '') fail "--dir needs a value" ;;
    /*) ;;
    *) DIR=$PWD/$DIR ;;
  esac
  DIR=${DIR%/}
  [ "${#DIR}" -le 70 ] || fail "--dir: at most 70 characters, as a socket's path is short"
  [ -n "$PORT_BASE" ] || PORT_BASE=$(cat "$DIR/port_base" 2>/dev/null || echo 8080)
  [[ $PORT_BASE =~ ^[0-9]{4,5}$ && $PORT_BASE -ge 1024 && $PORT_BASE -le 65500 ]] ||
    fail "--port_base must be 1024 to 65500"
  set_ports
}

# The port plan: gateway B, its admin B+1, the database's socket number B+5, for each service data,
# health, metrics from B+10, B+20, B+30, and the mail sink B+40.
set_ports() {
  GATEWAY_PORT=$PORT_BASE
  # Of a copy that runs elsewhere the folder says where; by https, the folder's authority vouches.
  GATEWAY_URL=$(cat "$DIR/gateway_url" 2>/dev/null || echo "http://127.0.0.1:$GATEWAY_PORT")
  ADMIN_PORT=$((PORT_BASE + 1))
  POSTGRES_PORT=$((PORT_BASE + 5))
  MAIL_PORT=$((PORT_BASE + 40))
  declare -gA DATA_PORT HEALTH_PORT METRICS_PORT
  local offset=10 service
  for service in invitation relationship directory; do
    DATA_PORT[$service]=$((PORT_BASE + offset))
    HEALTH_PORT[$service]=$((PORT_BASE + offset + 1))
    METRICS_PORT[$service]=$((PORT_BASE + offset + 2))
    offset=$((offset + 10))
  done
}

# Prints the comment at the head of the command's file, and ends it.
show_help() {
  sed -n '2,/^[^#]/{/shellcheck/d;/^#/s/^# \{0,1\}//p}' "$0"
  exit 0
}

# One `up` or `down` at a time for a data folder; the lock goes when the command ends.
take_lock() {
  exec {LOCK}>"$DIR/lock"
  flock -n "$LOCK" || fail "another up or down is at work on $DIR"
}
