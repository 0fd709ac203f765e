# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapter about a subscription from its sale to its pause. Sourced, not run.

say "Contoso gives five of the seats back, and lets the term be the last one"
run <<'EOF'
curl -s -X PATCH -H "authorization: Bearer $CONTOSO" -d '{"quantity": 30, "autoRenew": false}' \
  "$URL/v1/$SUBSCRIPTION?updateMask=quantity,autoRenew"
EOF
expect '.quantity == 30 and .assigned == 1 and .autoRenew == false and .termEndTime > .createTime'
run <<'EOF'
curl -s -X PATCH -H "authorization: Bearer $CONTOSO" -d '{"autoRenew": true}' \
  "$URL/v1/$SUBSCRIPTION?updateMask=autoRenew"
EOF
expect '.autoRenew'
say "A bill is open: a pause. Seats move after it, not in it"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"name": "'$SUBSCRIPTION'", "reason": "The bill is open."}' $HOST $CUSTOMERS/SuspendSubscription
EOF
expect '.state == "SUSPENDED"'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"line_items": [
  {"subscription": "'$SUBSCRIPTION'", "quantity": 1}]}' $URL/v1/customers/$BAKERY/orders
EOF
expect_refusal STATE_TRANSITION
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"reason": "The bill is paid."}' \
  $URL/v1/$SUBSCRIPTION:reactivate
EOF
expect '.state == "ACTIVE" and .quantity == 30'
say "Who did what to it, the newest first"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$SUBSCRIPTION/changes
EOF
expect '[.changes[].kind] ==
  ["REACTIVATED", "SUSPENDED", "UPDATED", "UPDATED", "SEATS_ADDED", "CREATED"]'
expect '.changes[1].cause == "The bill is open." and ([.changes[].account] | unique) == ["partners/contoso"]'
expect '.changes[3] | .before.quantity == 35 and .after.quantity == 30 and .after.autoRenew == false'
