# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# Steps that several chapters of the tour share. Sourced, not run.

# Makes an invitation that is issued at once, with $1 as further fields, and sets LINK to its link.
invite() {
  set_to FIELDS "$1"
  run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"parent": "partners/contoso", "issue": true, "invitation": {'"$FIELDS"'}}' \
  $HOST $INVITATIONS/CreateInvitation
EOF
  expect '.state == "PENDING"'
  take INVITATION .name
  take_link
}

# Sets LINK to that of INVITATION, as Contoso reads it.
take_link() {
  run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$INVITATION:render
EOF
  take LINK .link
}

# What LINK stands for; sets AGREEMENT to what is to be agreed to.
look_up() {
  run <<'EOF'
curl -s -d '{"token": "'"$LINK"'"}' $URL/v1/invitations:lookup
EOF
  take AGREEMENT .agreement.version
}

# From now on BUYER is the administrator of customers/$1, which nobody knows yet.
buy_as() {
  set_to COMPANY_ID "$1"
  assign BUYER "$TOKEN --account customers/$COMPANY_ID --roles global_admin"
}

# BUYER's answer to LINK, whatever it is answered.
try_to_buy() {
  run <<'EOF'
curl -s -D $HEADERS -H "authorization: Bearer $BUYER" -d '{"token": "'"$LINK"'", "confirm": true,
  "agreementVersion": "'$AGREEMENT'", "company": {"displayName": "Company '$COMPANY_ID'",
  "country": "PL"}}' $URL/v1/invitations:accept
EOF
}

# BUYER accepts LINK, and what it asks for comes about.
buy() {
  try_to_buy
  take_consistency
  repeat_while '[.relationships[].state] | index("PENDING")' try_to_buy
  expect '.customer == "customers/'"$COMPANY_ID"'" and ([.relationships[].state] | unique) == ["ACTIVE"]'
}

# INVITATION as Contoso reads it.
read_invitation() {
  run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"name": "'$INVITATION'"}' $HOST $INVITATIONS/GetInvitation
EOF
}
