# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapters about what a partner keeps, and about long lists. Sourced, not run.

say "10. A partner's policies say what a removal does to grants"
set_to PARTNER "partners/adatum-$RUN"
run <<'EOF'
curl -s -H "authorization: Bearer $OPERATOR" -H 'partnerlink-reason: tour' -d '{
  "partner_id": "adatum-'$RUN'", "partner": {"display_name": "Adatum", "types": ["RESELLER"],
  "country": "SE", "partner_number": "ADA-'$RUN'"}}' $URL/v1/partners:enroll
EOF
expect '.policies.onRemoval == "KEEP_GRANTS"'
assign ADATUM "$TOKEN --account $PARTNER --roles global_admin"
run <<'EOF'
curl -s -X PATCH -H "authorization: Bearer $ADATUM" \
  -d '{"policies": {"onRemoval": "REVOKE_GRANTS_AFTER", "revokeAfterDays": 30}}' \
  "$URL/v1/$PARTNER?updateMask=policies.onRemoval,policies.revokeAfterDays"
EOF
expect '.policies | .onRemoval == "REVOKE_GRANTS_AFTER" and .revokeAfterDays == 30'
expect '.policies.removalNotice == "NONE" and .displayName == "Adatum"'
run <<'EOF'
curl -s -X PATCH -H "authorization: Bearer $CONTOSO" -d '{"displayName": "Not yours"}' \
  $URL/v1/$PARTNER
EOF
expect_refusal RESOURCE_NOT_FOUND
say "What Contoso alone keeps of a customer: labels, its own number, the channel"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"labels": {"segment": "hôtellerie", "city": "Łódź"},
  "correlation_id": "A-1"}' $URL/v1/partners/contoso/customers/$CUSTOMER:setLabels
EOF
expect '.labels == {"city": "Łódź", "segment": "hôtellerie"} and .correlationId == "A-1"'
expect '.channel == "OWN_MARKETING"'
run <<'EOF'
curl -s -H "authorization: Bearer $ALPINE" $URL/v1/customers/$CUSTOMER
EOF
expect '.labels == {} and .correlationId == ""'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" "$URL/v1/partners/contoso/customers:count?groupBy=CHANNEL"
EOF
expect '.totalCount == ([.groups[].count] | add)'
expect '[.groups[].value] | contains(["OWN_MARKETING"]) and contains(["VENDOR_REFERRAL"])'

say "Is a company a customer already? Of others' customers nobody is told"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"customer": "customers/'$CUSTOMER'"}' \
  $URL/v1/customers:checkExists
EOF
expect '. == {"existence": "YOURS"}'
run <<'EOF'
curl -s -H "authorization: Bearer $ADATUM" -d '{"customer": "customers/'$CUSTOMER'"}' \
  $URL/v1/customers:checkExists
EOF
expect '. == {"existence": "UNKNOWN"}'
say "The whole list at once, as messages and as a file for a spreadsheet"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $CONTOSO" \
  -d '{"parent": "partners/contoso"}' $HOST $CUSTOMERS/ExportCustomers
EOF
expect '.customers | length > 0'
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/partners/contoso/customers:export | python3 -c \
  'import csv, json; print(json.dumps(list(csv.DictReader(open(0, encoding="utf-8", newline="")))))'
EOF
expect '[.[] | select(.name == "customers/'"$CUSTOMER"'") | .display_name, .country, .channel] ==
  ["'"$COMPANY"'", "PL", "OWN_MARKETING"]'
take TOTAL length
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/partners/contoso/customers:count
EOF
expect ".totalCount == $TOTAL"

say "11. Long lists, shown on the data set, which is there already unless this is a database without"
set_to LOAD "${TOKEN/token/load}"
printf '\n$ $LOAD\n'
$LOAD | sed 's/^/  /'
assign NORTHWIND "$TOKEN --account partners/northwind --roles sales_agent"
set_to LIST "$URL/v1/partners/northwind/customers"
run <<'EOF'
curl -s -H "authorization: Bearer $NORTHWIND" "$LIST:count?groupBy=COUNTRY"
EOF
expect '.totalCount >= 400 and (.groups | length) >= 26 and .groups[0].value == "DE"'
take TOTAL .totalCount
say "The beginning of a name, whatever its case and accents"
run <<'EOF'
curl -s -G -H "authorization: Bearer $NORTHWIND" $LIST \
  --data-urlencode 'filter=display_name = "ZRODLO*"'
EOF
expect '.customers | length > 0 and all(.[]; .displayName | startswith("Źródło"))'
say "A part of it, from three characters on"
run <<'EOF'
curl -s -G -H "authorization: Bearer $NORTHWIND" $LIST \
  --data-urlencode 'filter=display_name:RODL'
EOF
expect '.customers | length > 0 and all(.[]; .displayName | test("ródł"))'
expect '.truncated == false'
run <<'EOF'
curl -s -G -H "authorization: Bearer $NORTHWIND" $LIST \
  --data-urlencode 'filter=display_name = "株式会社*"'
EOF
expect '.customers | length > 0 and all(.[]; .country == "JP")'
say "Country, channel and type together"
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -H "authorization: Bearer $NORTHWIND" -d '{
  "parent": "partners/northwind", "page_size": 100, "filter":
  "(country = PL OR country = CZ) AND channel = OWN_MARKETING AND type = RESELLER"}' \
  $HOST $CUSTOMERS/ListCustomers
EOF
expect '[.customers[].country] | unique == ["CZ", "PL"]'
expect '.customers | all(.[]; .channel == "OWN_MARKETING" and .edges[0].type == "RESELLER")'
say "The newest first"
run <<'EOF'
curl -s -G -H "authorization: Bearer $NORTHWIND" $LIST \
  --data-urlencode "orderBy=create_time desc" -d pageSize=5
EOF
expect '[.customers[].createTime] | length == 5 and . == (sort | reverse)'
say "All of it by name, page by page to the end"
PAGE=''
next_page() {
  run <<'EOF'
curl -s -G -H "authorization: Bearer $NORTHWIND" $LIST -d pageSize=150 -d "pageToken=$PAGE"
EOF
  jq -r '.customers[] | .displayName + "\t" + .name' "$WORK/answer" >>"$WORK/list"
  PAGE=$(jq -r '.nextPageToken // ""' "$WORK/answer")
}
next_page
while [ -n "$PAGE" ]; do
  expect '.customers | length == 150'
  next_page
done
expect_each_once "$WORK/list" "$TOTAL"
expect_alphabetical "$WORK/list"
