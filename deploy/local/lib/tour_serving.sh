# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapters about adding a customer and ordering for it. Sourced, not run.

say "6. Contoso adds a customer itself, with its first administrator; first it asks whether it could"
set_to BAKERY "fourth-coffee-$RUN"
set_to FIELDS '"customer": {"display_name": "Żółta Kawa sp. z o.o.", "country": "PL",
  "domains": [{"name": "żółta-kawa.example"}], "channel": "VENDOR_REFERRAL",
  "labels": {"segment": "small"}, "correlation_id": "C-7"}, "initial_admin": {
  "user_principal_name": "zofia@zolta-kawa.example", "given_name": "Zofia", "family_name": "Żak"}'
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"customer_id": "'$BAKERY'", "validate_only": true, '"$FIELDS"'}' $HOST $CUSTOMERS/CreateCustomer
EOF
expect '.displayName == "Żółta Kawa sp. z o.o."'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/customers/$BAKERY
EOF
expect_refusal RESOURCE_NOT_FOUND
run <<'EOF'
curl -s -D $HEADERS -H "authorization: Bearer $CONTOSO" \
  -d '{"customer_id": "'$BAKERY'", '"$FIELDS"'}' $URL/v1/customers
EOF
expect '.name == "customers/'"$BAKERY"'"'
take_consistency
say "The relationship and the grant are there at once"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" \
  "$URL/v1/customers/$BAKERY?view=FULL&consistencyToken=$CONSISTENCY"
EOF
expect '[.edges[] | .state, .type] == ["ACTIVE", "RESELLER"] and (.grants | length) == 1'
expect '.domains[0].name == "xn--ta-kawa-k0a52e8r.example"'
take RELATIONSHIP '.edges[0].relationship'
take GRANT '.grants[0]'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$RELATIONSHIP
EOF
expect '.origin == "CREATED" and .state == "ACTIVE"'
say "A customer of the relationship only: no grant"
run <<'EOF'
curl -s -D $HEADERS -H "authorization: Bearer $CONTOSO" -d '{"customer_id": "shop-'$RUN'",
  "relationship_only": true, '"$FIELDS"'}' $URL/v1/customers
EOF
expect '.name == "customers/shop-'"$RUN"'"'
take_consistency
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"name": "customers/shop-'$RUN'", "view": "FULL", "consistency_token": "'$CONSISTENCY'"}' \
  $HOST $CUSTOMERS/GetCustomer
EOF
expect '.edges[0].state == "ACTIVE" and (.grants // []) == []'
say "An account that is known cannot be added, by Fabrikam either, and shows it nothing"
run <<'EOF'
curl -s -H "authorization: Bearer $FABRIKAM" -d '{"customer_id": "'$BAKERY'", '"$FIELDS"'}' \
  $URL/v1/customers
EOF
expect_refusal CUSTOMER_EXISTS
run <<'EOF'
curl -s -H "authorization: Bearer $FABRIKAM" $URL/v1/customers/$BAKERY
EOF
expect_refusal RESOURCE_NOT_FOUND

say "7. The operator offers something; Contoso orders it for the customer"
set_to OFFER "offers/mail-$RUN"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $OPERATOR" \
  -d '{"offer_id": "mail-'$RUN'", "offer": {"display_name": "Mail of '$RUN'", "term_months": 12,
  "services": [{"service": "Mailboxes", "admin_uri": "https://mail.cloud.example/admin"}]}}' \
  $HOST $CUSTOMERS/CreateOffer
EOF
expect '.name == "'"$OFFER"'" and .state == "ACTIVE"'
run <<'EOF'
curl -s -G -H "authorization: Bearer $CONTOSO" $URL/v1/offers \
  --data-urlencode "filter=display_name = \"Mail of $RUN\""
EOF
expect '[.offers[].name] == ["'"$OFFER"'"]'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"line_items": [
  {"offer": "'$OFFER'", "quantity": 25}, {"offer": "'$OFFER'", "quantity": 5}]}' \
  $URL/v1/customers/$BAKERY/orders
EOF
expect '.state == "FULFILLED" and .relationship == "'"$RELATIONSHIP"'"'
take ORDER .name
take SUBSCRIPTION '.lineItems[0].subscription'
take SECOND '.lineItems[1].subscription'
say "Ten more seats on the first of the two subscriptions"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"parent": "customers/'$BAKERY'", "order": {"line_items": [
  {"subscription": "'$SUBSCRIPTION'", "quantity": 10}]}}' $HOST $CUSTOMERS/CreateOrder
EOF
expect '.lineItems[0].offer == "'"$OFFER"'"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/customers/$BAKERY/orders
EOF
expect '(.orders | length) == 2 and .orders[1].name == "'"$ORDER"'"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$ORDER
EOF
expect '[.lineItems[].quantity] == [25, 5] and .partner == "partners/contoso"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$SUBSCRIPTION
EOF
expect '.state == "ACTIVE" and .quantity == 35 and .offer == "'"$OFFER"'"'
say "It cancels the other one"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"reason": "Ordered by mistake."}' \
  $URL/v1/$SECOND:cancel
EOF
expect '.state == "CANCELLED" and .endCause == "Ordered by mistake."'
run <<'EOF'
curl -s -G -H "authorization: Bearer $CONTOSO" $URL/v1/customers/$BAKERY/subscriptions \
  -d filter=state=ACTIVE
EOF
expect '[.subscriptions[].name] == ["'"$SUBSCRIPTION"'"]'
say "For Fabrikam there is no such customer; Contoso cannot order what is not offered any more"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -format-error -H "authorization: Bearer $FABRIKAM" \
  -d '{"name": "'$SUBSCRIPTION'"}' $HOST $CUSTOMERS/GetSubscription
EOF
expect_refusal RESOURCE_NOT_FOUND
run <<'EOF'
curl -s -H "authorization: Bearer $FABRIKAM" $URL/v1/customers/$BAKERY/orders
EOF
expect_refusal RESOURCE_NOT_FOUND
run <<'EOF'
curl -s -X PATCH -H "authorization: Bearer $OPERATOR" -d '{"state": "RETIRED"}' $URL/v1/$OFFER
EOF
expect '.state == "RETIRED"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" \
  -d '{"line_items": [{"offer": "'$OFFER'", "quantity": 1}]}' $URL/v1/customers/$BAKERY/orders
EOF
expect_refusal OFFER_UNAVAILABLE
