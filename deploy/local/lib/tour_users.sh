# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapter about the people of a customer and their licences. Sourced, not run.

say "By its grant Contoso adds a person to the customer's users and gives her a seat"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"user_principal_name": "ewa@zolta-kawa.example",
  "given_name": "Ewa", "family_name": "Wilk"}' $URL/v1/customers/$BAKERY/users
EOF
expect '.displayName == "Ewa Wilk" and .state == "ACTIVE"'
take PERSON .name
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"name": "'$PERSON'", "assign": ["'$SUBSCRIPTION'"]}' $HOST $CUSTOMERS/ModifyLicenses
EOF
expect '.licenses == ["'"$SUBSCRIPTION"'"]'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/customers/$BAKERY/licenseCounts
EOF
expect '[.licenseCounts[] | .total, .assigned, .available] == [35, 1, 34]'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/customers/$BAKERY/managedServices
EOF
expect '[.managedServices[] | .service, .adminUri] == ["Mailboxes", "https://mail.cloud.example/admin"]'
say "The customer's record, expanded: its account, services, users and licences"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"name": "customers/'$BAKERY'", "view": "FULL"}' $HOST $CUSTOMERS/GetCustomer
EOF
expect '.subscriptionCount == 1 and .userCount == 2 and .edges[0].state == "ACTIVE"'
expect '.grants == ["'"$GRANT"'"] and (.hiddenFields // []) == []'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/customers/$BAKERY/users
EOF
expect '[.users[] | .displayName, (.licenses | length)] == ["Ewa Wilk", 1, "Zofia Żak", 0]'
source "$ROOT/deploy/local/lib/tour_subscriptions.sh"
say "Deleted, she frees the seat; restored within 30 days, she comes back without it"
run <<'EOF'
curl -s -X DELETE -H "authorization: Bearer $CONTOSO" $URL/v1/$PERSON
EOF
expect '.state == "DELETED" and .licenses == [] and .purgeTime > .deleteTime'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{}' $URL/v1/$PERSON:undelete
EOF
expect '.state == "ACTIVE" and .licenses == []'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/customers/$BAKERY/licenseCounts
EOF
expect '[.licenseCounts[].assigned] == [0]'
say "Fabrikam has no such person"
run <<'EOF'
curl -s -H "authorization: Bearer $FABRIKAM" $URL/v1/$PERSON
EOF
expect_refusal RESOURCE_NOT_FOUND
