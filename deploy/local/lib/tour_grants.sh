# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapter about rights that a partner asks its customer for. Sourced, not run.

say "22. Contoso asks the shop for rights; nobody but Contoso sees the draft"
set_to SHOP "shop-$RUN"
assign KEEPER "$TOKEN --account customers/$SHOP --roles global_admin"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"customer": "customers/'$SHOP'",
  "displayName": "Care", "roles": ["user_admin", "license_admin"], "durationDays": 365}' \
  $URL/v1/partners/contoso/grants
EOF
expect '.state == "CREATED"'
take ASKED .name
run <<'EOF'
curl -s -H "authorization: Bearer $KEEPER" $URL/v1/$ASKED
EOF
expect_refusal RESOURCE_NOT_FOUND
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"name": "'$ASKED'"}' $HOST $RELATIONSHIPS/RequestGrantApproval
EOF
expect '.state == "APPROVAL_PENDING" and .lapseTime != null'
say "The shop finds it, and gives less: one role, for 30 days"
run <<'EOF'
curl -s -G -H "authorization: Bearer $KEEPER" $URL/v1/customers/$SHOP/grants \
  --data-urlencode "filter=state = APPROVAL_PENDING"
EOF
expect '[.grants[].name] == ["'"$ASKED"'"]'
run <<'EOF'
curl -s -H "authorization: Bearer $KEEPER" -d '{"roles": ["user_admin"], "durationDays": 30}' \
  $URL/v1/$ASKED:approve
EOF
expect '.state == "ACTIVE" and .roles == ["user_admin"] and .durationDays == 30'
say "Contoso may do what it was given, and nothing else"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"questions": [
  {"permission": "user.manage", "customer": "customers/'$SHOP'"},
  {"permission": "license.manage", "customer": "customers/'$SHOP'"}]}' $URL/v1/access:batchCheck
EOF
expect '.decisions[0].basis == "'"$ASKED"'" and .decisions[1].reason == "PERMISSION_MISSING"'
say "It is renewed: the new grant starts at the moment in which the old one ends"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" -d '{
  "parent": "partners/contoso", "grant": {"customer": "customers/'$SHOP'", "roles": ["user_admin"],
  "renews": "'$ASKED'"}}' $HOST $RELATIONSHIPS/CreateGrant
EOF
take RENEWAL .name
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{}' $URL/v1/$RENEWAL:requestApproval
EOF
expect '.state == "APPROVAL_PENDING" and .renews == "'"$ASKED"'"'
run <<'EOF'
curl -s -H "authorization: Bearer $KEEPER" -d '{}' $URL/v1/$RENEWAL:approve
EOF
take MOMENT .startTime
run <<'EOF'
curl -s -H "authorization: Bearer $KEEPER" $URL/v1/$ASKED
EOF
expect '.state == "TERMINATED" and .endCause == "renewed" and .endTime == "'"$MOMENT"'"'
say "The customer that Contoso has removed finds the rights that were left behind, and ends them"
assign BAKER "$TOKEN --account customers/$BAKERY --roles global_admin"
run <<'EOF'
curl -s -H "authorization: Bearer $BAKER" $URL/v1/customers/$BAKERY/leftBehindGrants
EOF
expect '[.grants[].name] == ["'"$GRANT"'"]'
run <<'EOF'
curl -s -H "authorization: Bearer $BAKER" -d '{"reason": "We have parted."}' $URL/v1/$GRANT:terminate
EOF
expect '.state == "TERMINATED" and .endCause == "We have parted."'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" \
  -d '{"permission": "user.manage", "customer": "customers/'$BAKERY'"}' $URL/v1/access:check
EOF
expect '.allowed == false and .reason == "RESOURCE_NOT_FOUND"'
