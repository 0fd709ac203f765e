# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapters about an indirect provider. Sourced, not run.

# Sets INVITATION and LINK of the partnership that Tailspin offers account $1.
offer_partnership() {
  set_to RESELLER "$1"
  run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $TAILSPIN" \
  -d '{"parent": "'$PROVIDER'", "issue": true, "invitation": {"kind": "PARTNERSHIP",
  "customer_hint": {"account": "'$RESELLER'"}}}' $HOST $INVITATIONS/CreateInvitation
EOF
  expect '.kind == "PARTNERSHIP" and .state == "PENDING"'
  take INVITATION .name
  run <<'EOF'
curl -s -H "authorization: Bearer $TAILSPIN" $URL/v1/$INVITATION:render
EOF
  take LINK .link
  look_up
  expect '.acceptable and .kind == "PARTNERSHIP" and .relationships == [] and .grantRequest == null'
}

say "13. The operator enrols Tailspin, an indirect provider, through which Contoso would like to buy"
set_to PROVIDER "partners/tailspin-$RUN"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $OPERATOR" \
  -H 'partnerlink-reason: tour' -d '{"partner_id": "tailspin-'$RUN'", "partner": {
  "display_name": "Tailspin Distribution", "types": ["PROVIDER"], "country": "PL",
  "partner_number": "TAI-'$RUN'"}}' $HOST $RELATIONSHIPS/EnrollPartner
EOF
expect '.name == "'"$PROVIDER"'" and .types == ["PROVIDER"]'
assign TAILSPIN "$TOKEN --account $PROVIDER --roles admin_agent"
say "The two have to be partners first"
set_to TOGETHER '"kind": "CUSTOMER_WITH_PROVIDER", "provider": "'"$PROVIDER"'"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{'"$TOGETHER"'}' \
  "$URL/v1/partners/contoso/invitations?issue=true"
EOF
expect_refusal PARTNERSHIP_INACTIVE
say "Tailspin invites Contoso, whose Global administrator accepts"
offer_partnership partners/contoso
assign CHIEF "$TOKEN --account partners/contoso --roles global_admin"
accept_partnership() {
  run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -format-error -H "authorization: Bearer $CHIEF" \
  -d '{"token": "'"$LINK"'", "confirm": true, "agreement_version": "'$AGREEMENT'"}' \
  $HOST $INVITATIONS/AcceptInvitation
EOF
}
accept_partnership
repeat_while '.partnership.state == "PENDING"' accept_partnership
expect '.customer == "partners/contoso" and .partnership.state == "ACTIVE"'
take PARTNERSHIP .partnership.partnership
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$PARTNERSHIP
EOF
expect '.state == "ACTIVE" and .provider == "'"$PROVIDER"'" and .reseller == "partners/contoso"'
say "That brings neither of them a customer of the other"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $TAILSPIN" \
  -d '{"parent": "'$PROVIDER'"}' $HOST $CUSTOMERS/ListCustomers
EOF
expect '.customers // [] == []'

say "14. One link, two relationships: Contoso invites a customer for itself and for Tailspin"
invite "$TOGETHER"
look_up
expect '.acceptable and .provider.displayName == "Tailspin Distribution"'
expect '[.relationships[] | .type, .partner] | sort ==
  (["PROVIDER", "'"$PROVIDER"'", "RESELLER", "partners/contoso"] | sort)'
buy_as "wingtip-$RUN"
buy
expect '[.relationships[].type] | sort == ["PROVIDER", "RESELLER"]'
expect '.grant | startswith("partners/contoso/grants/")'
take EDGE '.relationships[] | select(.type == "PROVIDER").relationship'
say "Both list the customer; Contoso alone may administer it"
list_bought() {
  run <<'EOF'
curl -s -G -H "authorization: Bearer $CONTOSO" $URL/v1/partners/contoso/customers \
  -d consistencyToken=$CONSISTENCY --data-urlencode "filter=display_name = \"Company $COMPANY_ID\""
EOF
  expect '[.customers[].name] == ["customers/'"$COMPANY_ID"'"]'
  run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $TAILSPIN" \
  -d '{"parent": "'$PROVIDER'", "consistency_token": "'$CONSISTENCY'",
  "filter": "display_name = \"Company '$COMPANY_ID'\""}' $HOST $CUSTOMERS/ListCustomers
EOF
  expect '[.customers[].name] == ["customers/'"$COMPANY_ID"'"]'
}
list_bought
expect '[.customers[0].edges[] | .partner, .type, .state] == ["'"$PROVIDER"'", "PROVIDER", "ACTIVE"]'
run <<'EOF'
curl -s -H "authorization: Bearer $TAILSPIN" -d '{"questions": [
  {"permission": "order.create", "customer": "customers/'$COMPANY_ID'"},
  {"permission": "user.manage", "customer": "customers/'$COMPANY_ID'"}]}' $URL/v1/access:batchCheck
EOF
expect '[.decisions[].allowed] == [true, false] and .decisions[1].reason == "PERMISSION_MISSING"'
say "Tailspin orders for the customer, through its own relationship"
set_to OFFER "offers/office-$RUN"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $OPERATOR" \
  -d '{"offer_id": "office-'$RUN'", "offer": {"display_name": "Office of '$RUN'", "term_months": 12,
  "services": [{"service": "Office", "admin_uri": "https://office.cloud.example/admin"}]}}' \
  $HOST $CUSTOMERS/CreateOffer
EOF
expect '.name == "'"$OFFER"'" and .state == "ACTIVE"'
order_as_provider() {
  run <<'EOF'
curl -s -H "authorization: Bearer $TAILSPIN" -d '{"line_items": [{"offer": "'$OFFER'", "quantity": 8}]}' \
  $URL/v1/customers/$COMPANY_ID/orders
EOF
}
order_as_provider
expect '.state == "FULFILLED" and .partner == "'"$PROVIDER"'" and .relationship == "'"$EDGE"'"'
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $BUYER" \
  -d '{"parent": "customers/'$COMPANY_ID'"}' $HOST $CUSTOMERS/ListSubscriptions
EOF
expect '[.subscriptions[] | .state, .quantity, .partner] == ["ACTIVE", 8, "'"$PROVIDER"'"]'
take SUBSCRIPTION '.subscriptions[0].name'
say "Contoso asks to have that subscription; Tailspin agrees, and from then on it is Contoso's"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"subscription": "'$SUBSCRIPTION'",
  "reason": "The customer wants one bill."}' $URL/v1/partners/contoso/transfers
EOF
expect '.state == "REQUESTED" and .releasingPartner == "'"$PROVIDER"'"'
take TRANSFER .name
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{}' $URL/v1/$TRANSFER:accept
EOF
expect_refusal PERMISSION_MISSING
run <<'EOF'
curl -s -G -H "authorization: Bearer $TAILSPIN" $URL/v1/$PROVIDER/transfers -d filter=state=REQUESTED
EOF
expect '[.transfers[].name] == ["'"$TRANSFER"'"]'
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $TAILSPIN" \
  -d '{"name": "'$TRANSFER'"}' $HOST $CUSTOMERS/AcceptTransfer
EOF
expect '.state == "ACCEPTED"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$SUBSCRIPTION/changes
EOF
expect '.changes[0] | .kind == "TRANSFERRED" and .before.partner == "'"$PROVIDER"'"
  and .after.partner == "partners/contoso" and .after.quantity == 8'
say "Tailspin adds seats to what its reseller has now"
run <<'EOF'
curl -s -H "authorization: Bearer $TAILSPIN" -d '{"line_items": [
  {"subscription": "'$SUBSCRIPTION'", "quantity": 2}]}' $URL/v1/customers/$COMPANY_ID/orders
EOF
expect '.state == "FULFILLED" and .relationship == "'"$EDGE"'"'
say "For a customer of Contoso's alone it does not, and learns nothing of it; Contoso does"
set_to COMPANY_ID "$CUSTOMER"
order_as_provider
expect_refusal RESOURCE_NOT_FOUND
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"line_items": [{"offer": "'$OFFER'", "quantity": 8}]}' \
  $URL/v1/customers/$COMPANY_ID/orders
EOF
expect '.state == "FULFILLED" and .partner == "partners/contoso"'

say "15. Tailspin wants to be asked first: the next link waits for its consent"
run <<'EOF'
curl -s -X PATCH -H "authorization: Bearer $TAILSPIN" \
  -d '{"policies": {"providerConsent": "CONFIRM"}}' "$URL/v1/$PROVIDER?updateMask=policies.providerConsent"
EOF
expect '.policies.providerConsent == "CONFIRM"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{'"$TOGETHER"'}' \
  "$URL/v1/partners/contoso/invitations?issue=true"
EOF
expect '.state == "AWAITING_PROVIDER"'
take INVITATION .name
take_link
look_up
expect '.acceptable == false and .notAcceptableReason == "INVITATION_NOT_ISSUED"'
buy_as "proseware-$RUN"
try_to_buy
expect_refusal INVITATION_NOT_ISSUED
say "Tailspin finds it in its inbox and agrees"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $TAILSPIN" \
  -d '{"parent": "'$PROVIDER'"}' $HOST $INVITATIONS/ListProviderInbox
EOF
expect '[.invitations[].name] == ["'"$INVITATION"'"]'
run <<'EOF'
curl -s -H "authorization: Bearer $TAILSPIN" -d '{}' $URL/v1/$INVITATION:approveProviderPart
EOF
expect '.state == "PENDING"'
run <<'EOF'
curl -s -H "authorization: Bearer $TAILSPIN" $URL/v1/$PROVIDER/providerInbox
EOF
expect '.invitations == []'
buy
list_bought
