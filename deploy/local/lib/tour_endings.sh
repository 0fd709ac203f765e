# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapters about relationships that are paused, or ended by the customer, and about a
# partner that is suspended. Sourced, not run.

# Contoso orders one seat of OFFER for the customer.
try_to_order() {
  run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"line_items": [{"offer": "'$OFFER'", "quantity": 1}]}' \
  $URL/v1/customers/$COMPANY_ID/orders
EOF
}

say "23. An operator pauses a relationship: Contoso orders nothing through it, and goes on reading"
invite '"note": "For the tour."'
look_up
buy_as "lucerne-$RUN"
buy
take RELATIONSHIP '.relationships[0].relationship'
take GRANT .grant
run <<'EOF'
curl -s -H "authorization: Bearer $OPERATOR" -H 'partnerlink-reason: tour' \
  -d '{"reason": "The bills are not paid."}' $URL/v1/$RELATIONSHIP:suspend
EOF
expect '.state == "SUSPENDED" and .stateCause == "The bills are not paid."'
try_to_order
expect_refusal RELATIONSHIP_INACTIVE
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/customers/$COMPANY_ID
EOF
expect '.displayName == "Company '"$COMPANY_ID"'"'
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $OPERATOR" \
  -H 'partnerlink-reason: tour' -d '{"name": "'$RELATIONSHIP'", "reason": "They are paid."}' \
  $HOST $RELATIONSHIPS/ResumeRelationship
EOF
expect '.state == "ACTIVE"'
try_to_order
expect '.state == "FULFILLED"'

say "24. The customer ends the relationship, which takes Contoso's rights; what it bought goes on"
run <<'EOF'
curl -s -D $HEADERS -H "authorization: Bearer $BUYER" -d '{"reason": "We move on."}' \
  $URL/v1/$RELATIONSHIP:end
EOF
expect '.state == "ENDED" and .stateCause == "We move on." and .revokeGrants'
take_consistency
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $BUYER" \
  -d '{"name": "'$GRANT'"}' $HOST $RELATIONSHIPS/GetGrant
EOF
expect '.state == "TERMINATED" and .endCause == "customer_ended"'
list_newest
expect '[.customers[].name] | index("customers/'"$COMPANY_ID"'") == null'
run <<'EOF'
curl -s -H "authorization: Bearer $BUYER" $URL/v1/customers/$COMPANY_ID/subscriptions
EOF
expect '[.subscriptions[].state] == ["ACTIVE"]'

say "25. An operator suspends Tailspin: none of its calls goes through any more, on any path"
change_standing() {
  run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $OPERATOR" \
  -H 'partnerlink-reason: tour' -d '{"name": "'$PROVIDER'", "reason": "It is looked into."}' \
  $HOST $RELATIONSHIPS/$STANDING
EOF
}
list_as_provider() {
  run <<'EOF'
curl -s -H "authorization: Bearer $TAILSPIN" $URL/v1/$PROVIDER/customers
EOF
}
set_to STANDING SuspendPartner
change_standing
expect '.state == "SUSPENDED"'
list_as_provider
expect_refusal PARTNER_SUSPENDED
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -format-error -H "authorization: Bearer $TAILSPIN" \
  -d '{"parent": "'$PROVIDER'", "issue": true, "invitation": {"kind": "PARTNERSHIP"}}' \
  $HOST $INVITATIONS/CreateInvitation
EOF
expect_refusal PARTNER_SUSPENDED
set_to STANDING ResumePartner
change_standing
expect '.state == "ACTIVE"'
list_as_provider
expect '.customers | length > 0'
