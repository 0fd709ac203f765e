# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapters about the customers of other portals and about the audit. Sourced, not run.

say "20. An internal system says which customers a partner serves in an office portal"
set_to NUMBER "WOO-$RUN"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $OPERATOR" \
  -H 'partnerlink-reason: tour' -d '{"records": [
  {"portal": "office-admin", "partner_number": "'$NUMBER'", "customer": "customers/museum-'$RUN'",
   "company": {"display_name": "City Museum", "country": "PL"}, "roles": ["user_admin"]},
  {"portal": "office-admin", "partner_number": "'$NUMBER'", "customer": "customers/harbour-'$RUN'",
   "company": {"display_name": "Harbour Office", "country": "PL"}},
  {"portal": "office-admin", "partner_number": "'$NUMBER'", "customer": "nobody"}]}' \
  $HOST $RELATIONSHIPS/ImportPortalCustomers
EOF
expect '.committedPosition == "3" and .accepted == 2'
expect '[.rejected[].row] == ["2"]'
say "Once it is enrolled they are on its list"
run <<'EOF'
curl -s -H "authorization: Bearer $OPERATOR" -H 'partnerlink-reason: tour' -d '{
  "partnerId": "woodgrove-'$RUN'", "partner": {"displayName": "Woodgrove IT", "types": ["RESELLER"],
  "country": "PL", "partnerNumber": "'$NUMBER'"}}' $URL/v1/partners:enroll
EOF
expect '.state == "ACTIVE"'
assign WOODGROVE "$TOKEN --account partners/woodgrove-$RUN --roles admin_agent"
list_recorded() {
  run <<'EOF'
curl -s -H "authorization: Bearer $WOODGROVE" $URL/v1/partners/woodgrove-$RUN/customers
EOF
}
list_recorded
repeat_while '(.customers | length) < 2' list_recorded
expect '[.customers[].displayName] == ["City Museum", "Harbour Office"]'
run <<'EOF'
curl -s -H "authorization: Bearer $WOODGROVE" $URL/v1/partners/woodgrove-$RUN
EOF
expect '.portalCustomers == {"recorded": 0, "established": 2, "refused": 0}'

say "21. Who did what? Of Woodgrove's rows, refused calls and what operators did included"
run <<'EOF'
curl -s -H "authorization: Bearer $WOODGROVE" -d '{"reason": "Not ours."}' $URL/v1/$INVITATION:revoke
EOF
expect_refusal RESOURCE_NOT_FOUND
run <<'EOF'
curl -s -H "authorization: Bearer $OPERATOR" -H 'partnerlink-reason: tour' \
  $URL/v1/partners/woodgrove-$RUN/grants
EOF
expect '[.grants[].roles] == [["user_admin"]]'
run <<'EOF'
curl -s -G -H "authorization: Bearer $WOODGROVE" $URL/v1/partners/woodgrove-$RUN/auditEntries \
  -d pageSize=20
EOF
expect '[.auditEntries[:2][] | .method | split("/")[1]] == ["ListGrants", "RevokeInvitation"]'
expect '.auditEntries[0] | .account == "operators" and .reason == "tour"'
expect '.auditEntries[1] | .decision == "REFUSED" and .reason == "RESOURCE_NOT_FOUND"'
expect '[.auditEntries[] | select(.method == "job/portal_records")] | length == 3'
say "An operator asks what operators did"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $OPERATOR" \
  -H 'partnerlink-reason: tour' -d '{"parent": "operators/-", "page_size": 2,
  "filter": "resource = \"partners/woodgrove-'$RUN'\""}' $HOST $RELATIONSHIPS/ListAuditEntries
EOF
expect '[.auditEntries[].account] == ["operators", "operators"]'
