# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# The tour's chapter about mails that the service sends. Sourced, not run.

say "12. Contoso has the service send the mail, to somebody whose company nobody knows yet"
set_to ADDRESS "ann@mailed-$RUN.example"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{"channel": "VENDOR_REFERRAL", "customerHint": {
  "emailAddress": "'$ADDRESS'", "country": "PL"}}' "$URL/v1/partners/contoso/invitations?send=true"
EOF
expect '.state == "PENDING" and .delivery.state == "QUEUED"'
take INVITATION .name
read_delivery() {
  run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" $URL/v1/$INVITATION
EOF
}
read_delivery
repeat_while '.delivery.state == "QUEUED"' read_delivery
expect '.delivery.state == "SENT" and .delivery.attempts > 0'
say "The mail sink has taken it: Ann opens it, and the link in it"
set_to MAILS "$DIR/mail"
assign MAIL 'grep -lF "Delivered-To: $ADDRESS" $MAILS/*.eml'
set_to READ 'import email, email.policy, re, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(*re.findall(r"\S+://\S+", mail.get_body(("plain",)).get_content()))'
assign LINK 'python3 -c "$READ" $MAIL'
run <<'EOF'
curl -s -d '{"token": "'"$LINK"'"}' $URL/v1/invitations:lookup
EOF
expect '.acceptable and .partner.name == "partners/contoso"'
take AGREEMENT .agreement.version
say "Only whoever has the address may accept; Ann's company has an account now"
accept_as_other
expect_refusal WRONG_ACCOUNT
assign ANN "$TOKEN --account customers/mailed-$RUN --roles global_admin --email $ADDRESS"
accept_mailed() {
  run <<'EOF'
curl -s -D $HEADERS -H "authorization: Bearer $ANN" -d '{"token": "'"$LINK"'", "confirm": true,
  "agreementVersion": "'$AGREEMENT'", "company": {"displayName": "Mailed '$RUN'", "country": "PL"}}' \
  $URL/v1/invitations:accept
EOF
}
accept_mailed
repeat_while '.relationships[0].state == "PENDING"' accept_mailed
expect '.relationships[0].state == "ACTIVE" and .customer == "customers/mailed-'"$RUN"'"'
take_consistency
run <<'EOF'
curl -s -G -H "authorization: Bearer $CONTOSO" $URL/v1/partners/contoso/customers \
  -d consistencyToken=$CONSISTENCY --data-urlencode "filter=display_name = \"Mailed $RUN\""
EOF
expect '[.customers[].name] == ["customers/mailed-'"$RUN"'"]'
say "What is accepted is not sent again; and what has no address cannot be sent"
run <<'EOF'
curl -s -H "authorization: Bearer $CONTOSO" -d '{}' $URL/v1/$INVITATION:send
EOF
expect_refusal STATE_TRANSITION
invite '"note": "For the tour."'
run <<'EOF'
grpcurl -plaintext -protoset $PROTOSET -format-error -H "authorization: Bearer $CONTOSO" \
  -d '{"name": "'$INVITATION'"}' $HOST $INVITATIONS/SendInvitation
EOF
expect_refusal RECIPIENT_MISSING
