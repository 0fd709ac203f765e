# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapter about what waits for a customer that holds no link. Sourced, not run.

say "19. A customer's inbox: two partners have invited it by its account, and it needs no link"
buy_as "relecloud-$RUN"
set_to RECEIVED "customers/$COMPANY_ID/receivedInvitations"
invite '"customer_hint": {"account": "customers/'"$COMPANY_ID"'"}'
set_to FROM_CONTOSO "$RECEIVED/${INVITATION##*/}"
run <<'EOF'
curl -s -H "authorization: Bearer $FABRIKAM" -d '{"customerHint": {
  "account": "customers/'$COMPANY_ID'"}}' "$URL/v1/partners/fabrikam/invitations?issue=true"
EOF
expect '.state == "PENDING"'
take INVITATION .name
set_to FROM_FABRIKAM "$RECEIVED/${INVITATION##*/}"
run <<'EOF'
curl -s -H "authorization: Bearer $BUYER" $URL/v1/$RECEIVED
EOF
expect '[.receivedInvitations[].name] == ["'"$FROM_FABRIKAM"'", "'"$FROM_CONTOSO"'"]'
expect 'all(.receivedInvitations[].invitation; .acceptable and .agreement.text != "")'
take AGREEMENT '.receivedInvitations[1].invitation.agreement.version'
say "Nobody else sees that"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -format-error -H "authorization: Bearer $YONDER" \
  -d '{"parent": "customers/'$COMPANY_ID'"}' $HOST $INVITATIONS/ListReceivedInvitations
EOF
expect_refusal RESOURCE_NOT_FOUND
say "It accepts the one"
accept_received() {
  run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $BUYER" -d '{
  "name": "'$FROM_CONTOSO'", "confirm": true, "agreement_version": "'$AGREEMENT'", "company": {
  "display_name": "Relecloud '$RUN'", "country": "PL"}}' $HOST $INVITATIONS/AcceptReceivedInvitation
EOF
}
accept_received
repeat_while '.relationships[0].state == "PENDING"' accept_received
expect '.relationships[0] | .state == "ACTIVE" and .partner == "partners/contoso"'
say "And declines the other, whose partner reads why"
run <<'EOF'
curl -s -H "authorization: Bearer $BUYER" -d '{"reason": "One reseller will do."}' \
  $URL/v1/$FROM_FABRIKAM:decline
EOF
expect '.state == "DECLINED"'
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $BUYER" \
  -d '{"parent": "customers/'$COMPANY_ID'"}' $HOST $INVITATIONS/ListReceivedInvitations
EOF
expect '.receivedInvitations // [] == []'
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $FABRIKAM" \
  -d '{"name": "'$INVITATION'"}' $HOST $INVITATIONS/GetInvitation
EOF
expect '.state == "DECLINED" and .declineReason == "One reseller will do."'
