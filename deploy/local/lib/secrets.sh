# shellcheck shell=bash
# What is secret, made at the first `up`: passwords, keys, certificates. Sourced, not run.

LOGINS=(migrator invitation invitation_worker relationship relationship_worker directory
  directory_worker auditor rebuilder)

make_secrets() {
  local service login
  mkdir -p "$DIR/secrets" "$DIR/certificates"
  chmod 700 "$DIR/secrets" "$DIR/certificates"
  for login in "${LOGINS[@]}"; do
    # A libpq password file: any host and port, this database, this login.
    write_once "$DIR/secrets/$login.pgpass" printf '*:*:partnerlink:%s:%s\n' "$login" "$(random_hex)"
  done
  for service in "${SERVICES[@]}"; do
    write_once "$DIR/secrets/$service.page_token_key" openssl rand -base64 32
  done
  write_once "$DIR/secrets/link_keys" printf '1:%s\n' "$(openssl rand -base64 32)"
  "$PYTHON" "$ROOT/deploy/local/lib/token_key.py" "$DIR/secrets"
  make_authority
  for service in gateway "${SERVICES[@]}"; do
    make_certificate "$service" "URI:spiffe://partnerlink/$service"
  done
  make_certificate mail "DNS:localhost,IP:127.0.0.1"
}

random_hex() { openssl rand -hex 24; }

# Writes what a command prints into file $1, unless the file is there; readable by its owner only.
write_once() {
  local file=$1
  shift
  [ -s "$file" ] && return
  (umask 077 && "$@" >"$file.new" && mv "$file.new" "$file")
}

make_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256; }

# The authority that all certificates of this copy come from.
make_authority() {
  local key=$DIR/secrets/authority.key certificate=$DIR/certificates/authority.crt
  [ -s "$certificate" ] && return
  write_once "$key" make_key
  openssl req -x509 -new -key "$key" -days 3650 -subj "/CN=Partnerlink local authority" \
    -addext "basicConstraints=critical,CA:TRUE" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$certificate.new"
  mv "$certificate.new" "$certificate"
}

# The certificate by which peers know $1, or, with names $2, one for callers that know a server by
# its address. Made anew in its last 30 days: the servers notice.
make_certificate() {
  local base=$DIR/certificates/$1 names=${2:-URI:spiffe://partnerlink/$1}
  openssl x509 -checkend $((30 * 86400)) -noout -in "$base.crt" >/dev/null 2>&1 && return
  rm -f "$base.key"
  write_once "$base.key" make_key
  openssl req -new -key "$base.key" -subj "/CN=$1" |
    openssl x509 -req -days 365 -CA "$DIR/certificates/authority.crt" \
      -CAkey "$DIR/secrets/authority.key" -set_serial "0x$(openssl rand -hex 16)" \
      -extfile <(printf '%s\n' "subjectAltName=$names" \
        "basicConstraints=CA:FALSE" "keyUsage=digitalSignature" \
        "extendedKeyUsage=serverAuth,clientAuth") -out "$base.crt.new" 2>/dev/null
  mv "$base.crt.new" "$base.crt"
}
