# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapters about removing a relationship and about who may do what. Sourced, not run.

# Shows the newest of Contoso's customers.
list_newest() {
  run <<'EOF'
curl -s -G -H "authorization: Bearer $CONTOSO" $URL/v1/partners/contoso/customers \
  --data-urlencode "orderBy=create_time desc" -d pageSize=3 -d consistencyToken=$CONSISTENCY
EOF
}

say "8. Contoso removes its relationship with the customer. What its administrator must attest:"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/attestationText
EOF
expect '.version != "" and .text != "" and .locale == "en"'
take VERSION .version
set_to ATTESTATION '"text_version": "'"$VERSION"'", "good_faith": true, "business_purpose": true,
  "per_agreement": true, "accepts_responsibility": true, "legal_notice": "NOT_REQUIRED"'
assign GRANT_BEFORE 'curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$GRANT'
say "Half an attestation is refused"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"attestation": {"text_version": "'"$VERSION"'",
  "good_faith": true}}' $URL/v1/$RELATIONSHIP:remove
EOF
expect_refusal ATTESTATION_INCOMPLETE
say "So is a whole one while something is sold, which the refusal names"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"attestation": {'"$ATTESTATION"'}}' \
  $URL/v1/$RELATIONSHIP:remove
EOF
expect_refusal ACTIVE_SUBSCRIPTIONS
expect '[.details[].violations[]?.subject] == ["'"$SUBSCRIPTION"'"]'
list_newest
expect '[.customers[].name] | index("customers/'"$BAKERY"'") != null'
say "With its subscriptions the relationship goes; the grant is kept"
run <<'EOF'
curl -s -D $HEADERS -H "authorization: Bearer $CONTOSO" -d '{"attestation": {'"$ATTESTATION"'},
  "cancel_subscriptions": true}' $URL/v1/$RELATIONSHIP:remove
EOF
expect '.relationship.state == "ENDED" and .keptGrants == ["'"$GRANT"'"]'
expect '.relationship.attestation | .textVersion == "'"$VERSION"'" and .actor == "contoso-person"'
take_consistency
assign GRANT_AFTER 'curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$GRANT'
expect_same GRANT_AFTER GRANT_BEFORE
list_newest
expect '[.customers[].name] | index("customers/'"$BAKERY"'") == null'
say "On the grant Contoso still reads the customer, and sees that the subscription is over"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" "$URL/v1/customers/$BAKERY?view=FULL"
EOF
expect '.edges == [] and .grants == ["'"$GRANT"'"]'
run <<'EOF'
curl -s -G -H "authorization: Bearer $CONTOSO" $URL/v1/$SUBSCRIPTION -d consistencyToken=$CONSISTENCY
EOF
expect '.state == "CANCELLED" and .endCause == "relationship removed"'

say "9. What may Contoso do, by what, and why not? Of the customer that it removed:"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"permission": "customer.view", "customer": "customers/'$BAKERY'"}' \
  $HOST $RELATIONSHIPS/CheckAccess
EOF
expect '.allowed and .basis == "'"$GRANT"'"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" \
  -d '{"permission": "order.create", "customer": "customers/'$BAKERY'"}' $URL/v1/access:check
EOF
expect '.allowed == false and .reason == "RELATIONSHIP_MISSING"'
say "Four questions at once"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"questions": [
  {"permission": "order.create", "customer": "customers/'$CUSTOMER'"},
  {"permission": "subscription.manage", "customer": "customers/'$BAKERY'"},
  {"permission": "user.manage", "customer": "customers/shop-'$RUN'"},
  {"permission": "customer.view", "customer": "customers/nobody"}]}' $URL/v1/access:batchCheck
EOF
expect '[.decisions[].allowed] == [true, true, false, false]'
expect '.decisions[0].basis | startswith("relationships/")'
expect '.decisions[1].basis == "'"$GRANT"'"'
expect '[.decisions[2, 3].reason] == ["PERMISSION_MISSING", "RESOURCE_NOT_FOUND"]'
say "A helpdesk agent may not order, for whomever"
assign HELPDESK "$TOKEN --account partners/contoso --roles helpdesk_agent"
run <<'EOF'
curl -s -H "authorization: Bearer $HELPDESK" \
  -d '{"permission": "order.create", "customer": "customers/'$CUSTOMER'"}' $URL/v1/access:check
EOF
expect '.allowed == false and .reason == "ROLE_MISSING"'
