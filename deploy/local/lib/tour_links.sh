# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapters about what becomes of links: used by several, replaced, opened by the wrong
# ones. Sourced, not run.

say "16. One link for several: any three of Contoso's leads may use this one"
invite '"mode": "OPEN", "max_uses": 3, "channel": "OWN_MARKETING"'
look_up
say "One of them does not want to: the link stays for the others, and Contoso reads why"
assign DECLINER "$TOKEN --account customers/lead-0-$RUN --roles global_admin"
run <<'EOF'
curl -s -H "authorization: Bearer $DECLINER" -d '{
  "token": "'"$LINK"'", "reason": "We buy elsewhere."}' $URL/v1/invitations:decline
EOF
expect '.state == "PENDING"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$INVITATION/declines
EOF
expect '[.declines[] | .account, .reason] == ["customers/lead-0-'"$RUN"'", "We buy elsewhere."]'
run <<'EOF'
curl -s -H "authorization: Bearer $DECLINER" -d '{"token": "'"$LINK"'"}' $URL/v1/invitations:lookup
EOF
expect '(.acceptable | not) and .notAcceptableReason == "INVITATION_DECLINED" and .decline.declineTime != ""'
say "Three others accept"
for number in 1 2 3; do
  buy_as "lead-$number-$RUN"
  buy
  read_invitation
  expect '.useCount == '"$number"' and .maxUses == 3'
done
expect '.state == "EXHAUSTED"'
say "The fourth is too late; the third gets its redemption again, which uses nothing"
try_to_buy
expect '.customer == "customers/lead-3-'"$RUN"'"'
buy_as "lead-4-$RUN"
try_to_buy
expect_refusal INVITATION_EXHAUSTED
read_invitation
expect '.state == "EXHAUSTED" and .useCount == 3'
say "Contoso reads who has accepted, the newest first"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$INVITATION/redemptions
EOF
expect '[.redemptions[].customer] == ["customers/lead-3-'"$RUN"'", "customers/lead-2-'"$RUN"'",
  "customers/lead-1-'"$RUN"'"]'
expect '[.redemptions[] | .customer + "-person" == "customers/" + .actor] == [true, true, true]'
expect 'all(.redemptions[]; .acceptTime != "" and .relationships[0].state == "ACTIVE")'
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" -d '{
  "parent": "partners/contoso", "group_by": "STATE", "filter": "mode = OPEN"}' \
  $HOST $INVITATIONS/CountInvitations
EOF
expect '[.groups[] | select(.value == "EXHAUSTED").count] | .[0] >= 1'

say "17. A link that has gone astray is replaced: the old one is dead at once"
invite '"note": "For the tour."'
set_to OLD_LINK "$LINK"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{}' $URL/v1/$INVITATION:resend
EOF
expect '.state == "PENDING" and .generation == 2'
run <<'EOF'
curl -s -d '{"token": "'"$OLD_LINK"'"}' $URL/v1/invitations:lookup
EOF
expect_refusal INVITATION_NOT_FOUND
take_link
look_up
expect '.acceptable'
buy_as "astray-$RUN"
set_to NEW_LINK "$LINK"
set_to LINK "$OLD_LINK"
try_to_buy
expect_refusal INVITATION_NOT_FOUND
set_to LINK "$NEW_LINK"
buy

say "18. The wrong ones open a link: each is told why, and it stays as it is for the right one"
invite '"customer_hint": {"account": "customers/right-'"$RUN"'"}'
look_up
buy_as "wrong-$RUN"
try_to_buy
expect_refusal WRONG_ACCOUNT
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -format-error -H "authorization: Bearer $BUYER" \
  -d '{"token": "'"$LINK"'"}' $HOST $INVITATIONS/DeclineInvitation
EOF
expect_refusal WRONG_ACCOUNT
say "A partner cannot accept for a customer"
assign FABRIKAM_CHIEF "$TOKEN --account partners/fabrikam --roles global_admin"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -format-error -H "authorization: Bearer $FABRIKAM_CHIEF" \
  -d '{"token": "'"$LINK"'", "confirm": true, "agreement_version": "'$AGREEMENT'"}' \
  $HOST $INVITATIONS/AcceptInvitation
EOF
expect_refusal WRONG_KIND
read_invitation
expect '.state == "PENDING" and (.useCount // 0) == 0'
buy_as "right-$RUN"
buy
say "Nor a customer for a partner: Tailspin has offered Fabrikam a partnership"
offer_partnership partners/fabrikam
try_to_buy
expect_refusal WRONG_KIND
run <<'EOF'
curl -s -H "authorization: Bearer $TAILSPIN" $URL/v1/$INVITATION
EOF
expect '.state == "PENDING" and .useCount == 0'
say "Nor Contoso for Fabrikam"
accept_partnership
expect_refusal WRONG_ACCOUNT
assign CHIEF "$TOKEN --account partners/fabrikam --roles global_admin"
accept_partnership
repeat_while '.partnership.state == "PENDING"' accept_partnership
expect '.customer == "partners/fabrikam" and .partnership.state == "ACTIVE"'
