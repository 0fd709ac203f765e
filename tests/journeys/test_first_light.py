"""The product's main job, step by step: enrol, invite, accept, list, refuse."""

import email
import email.policy
import uuid

import mail
import pytest
from api import METHODS
from cases import case
from checks import BOTH, refused
from suite import await_true, command


def test_the_tour_walks_and_may_be_repeated(suite):
    for _ in range(2):
        assert "every answer as expected" in command("tour", "--dir", suite.folder).stdout


class TestEnrolment:
    @BOTH
    def test_operator_enrols_and_repeats(self, world, transport):
        fields = world.enrol_fields(world.unique("litware"))
        first = world.operator.must("EnrollPartner", fields, transport)
        assert first["state"] == "ACTIVE"
        assert world.operator.must("EnrollPartner", fields, transport) == first

    def test_other_values_are_refused(self, world):
        fields = world.enrol_fields(world.unique("litware"))
        world.operator.must("EnrollPartner", fields)
        fields["partner"]["display_name"] = "Litware Two"
        refused(world.operator.call("EnrollPartner", fields), "ALREADY_EXISTS", "PARTNER_EXISTS")

    def test_without_a_reason_the_operator_is_refused(self, world):
        operator = world.caller("operators", ["operator"])
        refused(operator.call("EnrollPartner", world.enrol_fields(world.unique("litware"))),
                "INVALID_ARGUMENT", "OPERATOR_REASON_MISSING")

    def test_partner_cannot_enrol(self, world):
        refused(world.contoso.call("EnrollPartner", world.enrol_fields(world.unique("litware"))),
                "PERMISSION_DENIED", "ROLE_MISSING")

    def test_dry_run_enrols_nobody(self, world):
        fields = world.enrol_fields(world.unique("litware")) | {"validate_only": True}
        world.operator.must("EnrollPartner", fields)
        answer = world.operator.call("GetPartner", {"name": f"partners/{fields['partner_id']}"})
        refused(answer, "NOT_FOUND", "RESOURCE_NOT_FOUND")


class TestDraft:
    @BOTH
    def test_is_rendered_with_its_link(self, world, transport):
        draft = world.contoso.must("CreateInvitation", {
            "parent": world.contoso.account,
            "invitation": {"customer_hint": {"company_name": "Alpine Ski House"}}}, transport)
        assert draft["state"] == "DRAFT"
        shown = world.contoso.must("RenderInvitation", {"name": draft["name"]}, transport)
        link = shown["link"]
        assert link.startswith(f"http://{world.suite.gateway}/invite#")
        assert shown["subject"]
        assert shown["text"].count(link) == 1
        assert shown["html"].count(f'href="{link}"') == 1
        assert mail.read_mailto(shown["mailtoUri"]) == ("", shown["subject"], shown["text"])
        assert shown["mailtoOmission"] == "MAILTO_OMISSION_UNSPECIFIED"
        drafted = email.message_from_string(shown["eml"], policy=email.policy.default)
        assert drafted["Subject"] == shown["subject"]
        assert link in drafted.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @pytest.mark.parametrize("locale", ["en", "de", "pl", "fr"])
    @pytest.mark.parametrize("kind", ["CUSTOMER", "CUSTOMER_WITH_PROVIDER", "PARTNERSHIP"])
    def test_default_text_opens_in_a_mail_program(self, world, kind, locale):
        """Of each kind, in each language and one that we do not speak; taken apart by other code."""
        reseller, provider = world.partnered()
        inviter = provider if kind == "PARTNERSHIP" else reseller
        address = f"ann.beebe@{world.unique('northwind-traders')}.example"
        invitation = {"kind": kind, "locale": locale, "customer_hint": {
            "company_name": "Northwind Traders Europe International", "email_address": address}}
        if kind == "CUSTOMER_WITH_PROVIDER":
            invitation["provider"] = provider.account
        draft = inviter.must("CreateInvitation", {
            "parent": inviter.account, "invitation": invitation})
        shown = inviter.must("RenderInvitation", {"name": draft["name"]})
        assert len(shown["mailtoUri"]) <= 2000
        assert mail.read_mailto(shown["mailtoUri"]) == (address, shown["subject"], shown["text"])
        assert shown["text"].count(shown["link"]) == 1

    @BOTH
    def test_text_too_long_for_a_mailto_says_so(self, world, transport):
        draft = world.draft(note="Zażółć gęślą jaźń. " * 100)
        shown = world.contoso.must("RenderInvitation", {"name": draft["name"]}, transport)
        assert (shown["mailtoUri"], shown["mailtoOmission"]) == ("", "TOO_LONG")
        assert "jaźń" in mail.read(shown["eml"].encode()).text

    @BOTH
    @pytest.mark.parametrize("text, reason", [
        ("Please join us.", "LINK_MISSING"),
        ("{{link}} or {{link}}", "LINK_DUPLICATED"),
        ("{{link}} or https://evil.example", "LINK_FOREIGN"),
        ("Join {{link}}now", "FIELD_INVALID"),
    ])
    def test_text_must_hold_the_link_once_and_no_other(self, world, transport, text, reason):
        draft = world.draft()
        change = {"invitation": {"name": draft["name"], "body_text": text}}
        refused(world.contoso.call("UpdateInvitation", change, transport), "INVALID_ARGUMENT", reason)
        unchanged = world.contoso.must("GetInvitation", {"name": draft["name"]})
        assert unchanged["etag"] == draft["etag"]

    @BOTH
    def test_is_edited_and_issued(self, world, transport):
        draft = world.draft()
        text = "Dear Alpine team,\n\nplease join us: {{link}}"
        edited = world.contoso.must("UpdateInvitation", {
            "invitation": {"name": draft["name"], "body_text": text, "etag": draft["etag"]},
            "update_mask": "bodyText"}, transport)
        assert edited["bodyText"] == text
        assert edited["etag"] != draft["etag"]
        issued = world.contoso.must("IssueInvitation", {
            "name": draft["name"], "etag": edited["etag"]}, transport)
        assert issued["state"] == "PENDING"
        assert issued["expireTime"] > issued["issueTime"]
        refused(world.contoso.call("UpdateInvitation", {
            "invitation": {"name": draft["name"], "note": "Late."}}, transport),
            "FAILED_PRECONDITION", "STATE_TRANSITION")

    def test_cannot_be_accepted_before_it_is_issued(self, world):
        draft = world.draft()
        link = world.link_of(draft["name"])
        looked = world.anyone.must("LookupInvitation", {"token": link})
        assert looked["notAcceptableReason"] == "INVITATION_NOT_ISSUED"
        refused(world.customer().call("AcceptInvitation", {
            "token": link, "agreement_version": looked["agreement"]["version"], "confirm": True,
            "company": world.company()}), "FAILED_PRECONDITION", "INVITATION_NOT_ISSUED")

    def test_is_deleted(self, world):
        draft = world.draft()
        world.contoso.must("DeleteInvitation", {"name": draft["name"]})
        refused(world.contoso.call("GetInvitation", {"name": draft["name"]}),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_equal_one_that_is_open_is_named(self, world):
        hint = {"email_address": f"ann@{world.unique('mail')}.example"}
        first = world.invite(customer_hint=hint)
        answer = world.contoso.call("CreateInvitation", {
            "parent": world.contoso.account, "invitation": {"customer_hint": hint}})
        refused(answer, "ALREADY_EXISTS", "INVITATION_EXISTS")
        assert answer.metadata["invitation"] == first.name


class TestAcceptance:
    def test_looking_changes_nothing(self, world, suite):
        invited = world.invite()
        before = suite.psql("SELECT i::text FROM invitation.invitations i WHERE id = "
                            f"'{invited.name.rpartition('/')[2]}'")
        for transport in ("grpc", "json", "web"):
            looked = world.anyone.must("LookupInvitation", {"token": invited.link}, transport)
            assert looked["acceptable"] is True
            assert looked["partner"]["name"] == world.contoso.account
            assert looked["relationships"] == [
                {"type": "RESELLER", "partner": world.contoso.account}]
            assert "directory_reader" in looked["grantRequest"]["roles"]
        assert before == suite.psql("SELECT i::text FROM invitation.invitations i WHERE id = "
                                    f"'{invited.name.rpartition('/')[2]}'")

    @BOTH
    def test_relationship_and_grant_are_active_and_the_customer_is_listed(self, world, transport):
        invited, customer = world.invite(), world.customer()
        answer = world.try_accept(invited, customer, transport)
        assert answer.ok, str(answer)
        outcome = answer.body["relationships"][0]
        assert outcome["state"] == "ACTIVE", outcome
        relationship = customer.must("GetRelationship", {"name": outcome["relationship"]}, transport)
        assert relationship["state"] == "ACTIVE"
        assert relationship["invitation"] == invited.name
        grant = customer.must("GetGrant", {"name": answer.body["grant"]}, transport)
        assert grant["state"] == "ACTIVE"
        assert world.lists(world.contoso, customer.account,
                           consistency_token=answer.consistency_token)
        assert not world.lists(world.fabrikam, customer.account,
                               consistency_token=answer.consistency_token)
        refused(world.fabrikam.call("GetCustomer", {"name": customer.account}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        shown = world.contoso.must("GetCustomer", {"name": customer.account, "view": "FULL"},
                                   transport)
        assert shown["displayName"] == "Alpine Ski House"
        assert shown["grants"] == [answer.body["grant"]]

    def test_consistency_token_shows_the_list_at_once_every_time(self, world):
        for _ in range(20):
            accepted = world.accept()
            assert accepted.consistency_token
            assert world.lists(world.contoso, accepted.customer.account,
                               consistency_token=accepted.consistency_token)

    def test_same_customer_gets_its_redemption_again(self, world):
        accepted = world.accept()
        again = world.try_accept(accepted.invited, accepted.customer)
        assert again.body == accepted.redemption

    @BOTH
    def test_second_customer_is_refused(self, world, transport):
        accepted = world.accept()
        refused(world.try_accept(accepted.invited, world.customer(), transport),
                "FAILED_PRECONDITION", "INVITATION_USED")

    def test_relationship_only_gives_no_grant(self, world):
        invited = world.invite(relationship_only=True)
        answer = world.try_accept(invited, world.customer())
        assert answer.body["relationships"][0]["state"] == "ACTIVE"
        assert answer.body["grant"] == ""

    def test_fewer_roles_may_be_given(self, world):
        invited, customer = world.invite(), world.customer()
        answer = world.try_accept(invited, customer, accepted_roles=["user_admin"])
        grant = customer.must("GetGrant", {"name": answer.body["grant"]})
        assert grant["roles"] == ["user_admin"]

    def test_billing_administrator_accepts_without_the_grant_only(self, world):
        invited = world.invite()
        billing = world.customer(roles=["billing_admin"])
        refused(world.try_accept(invited, billing), "FAILED_PRECONDITION", "GRANT_ROLE_FORBIDDEN")
        assert world.try_accept(invited, billing, decline_grant=True).ok

    def test_what_must_be_confirmed(self, world):
        invited, customer = world.invite(), world.customer()
        refused(world.try_accept(invited, customer, confirm=False),
                "INVALID_ARGUMENT", "CONFIRM_MISSING")
        stale = world.try_accept(invited, customer, agreement_version="1999-01")
        refused(stale, "FAILED_PRECONDITION", "AGREEMENT_VERSION")
        assert stale.metadata["current"] == invited.agreement
        missing = world.acceptance(invited)
        del missing["company"]
        refused(customer.call("AcceptInvitation", missing), "INVALID_ARGUMENT", "COMPANY_REQUIRED")
        assert world.try_accept(invited, customer).ok

    def test_bound_invitation_refuses_others_and_stays(self, world):
        customer = world.customer()
        invited = world.invite(customer_hint={"account": customer.account})
        refused(world.try_accept(invited, world.customer()), "FAILED_PRECONDITION", "WRONG_ACCOUNT")
        assert world.try_accept(invited, customer).ok

    def test_bound_to_a_mail_address_it_needs_the_verified_claim(self, world):
        address = f"Ann@{world.unique('mail')}.example"
        invited = world.invite(customer_hint={"email_address": address})
        account = f"customers/{world.unique('alpine')}"
        for claims in ({}, {"email": address}, {"email": address, "email_verified": False},
                       {"email": "bob@other.example", "email_verified": True}):
            refused(world.try_accept(invited, world.caller(account, ["global_admin"], **claims)),
                    "FAILED_PRECONDITION", "WRONG_ACCOUNT")
        ann = world.caller(account, ["global_admin"], email=address.lower(), email_verified=True)
        assert world.try_accept(invited, ann).ok


class TestRefusedLinks:
    @BOTH
    def test_revoked(self, world, transport):
        invited = world.invite()
        revoked = world.contoso.must("RevokeInvitation", {
            "name": invited.name, "reason": "Sent to the wrong desk."}, transport)
        assert (revoked["state"], revoked["stateCause"]) == ("REVOKED", "Sent to the wrong desk.")
        self._is_refused(world, invited, "INVITATION_REVOKED", transport)

    @BOTH
    def test_declined(self, world, transport):
        invited = world.invite()
        customer = world.customer()
        fields = {"token": invited.link, "reason": "We buy elsewhere."}
        declined = customer.must("DeclineInvitation", fields, transport)
        assert declined["state"] == "DECLINED"
        assert customer.must("DeclineInvitation", fields, transport) == declined
        self._is_refused(world, invited, "INVITATION_DECLINED", transport)

    @BOTH
    def test_expired(self, world, transport):
        invited = world.invite(ttl="1s")
        await_true(lambda: not world.anyone.must("LookupInvitation", {"token": invited.link})[
            "acceptable"], 5)
        self._is_refused(world, invited, "INVITATION_EXPIRED", transport)

    def _is_refused(self, world, invited, reason, transport):
        looked = world.anyone.must("LookupInvitation", {"token": invited.link}, transport)
        assert looked["notAcceptableReason"] == reason
        for customer in (world.customer(), world.customer()):
            refused(world.try_accept(invited, customer, transport), "FAILED_PRECONDITION", reason)

    def test_wrong_ones_answer_all_the_same(self, world):
        link = world.invite().link
        base, _, token = link.partition("#")
        wrong = {
            "altered secret": token[:-8] + ("A" * 8 if token[-8:] != "A" * 8 else "B" * 8),
            "unknown invitation": token[:4] + "A" * 20 + token[24:],
            "other kind": token[:1] + ("B" if token[1] != "B" else "C") + token[2:],
            "cut": token[:-1],
            "longer": token + "AAAA",
            "empty token": base + "#",
            "no token at all": "hello",
        }
        customer = world.customer()
        for transport in ("grpc", "json"):
            looked = {what: world.anyone.call("LookupInvitation", {"token": text}, transport)
                      for what, text in wrong.items()}
            for what, answer in looked.items():
                refused(answer, "NOT_FOUND", "INVITATION_NOT_FOUND")
            assert len({answer.raw for answer in looked.values()}) == 1
            accepted = {what: customer.call("AcceptInvitation", {
                "token": text, "agreement_version": "1", "confirm": True}, transport)
                for what, text in wrong.items()}
            assert {answer.reason for answer in accepted.values()} == {"INVITATION_NOT_FOUND"}
            assert len({answer.raw for answer in accepted.values()}) == 1


class TestRepeats:
    """The same request id gives the first answer, one effect; another body is refused."""

    def test_create(self, world, suite):
        fields = {"parent": world.contoso.account, "request_id": str(uuid.uuid4()),
                  "invitation": {"note": "First."}}
        first = world.contoso.must("CreateInvitation", fields)
        assert world.contoso.must("CreateInvitation", fields, "json") == first
        fields["invitation"] = {"note": "Second."}
        refused(world.contoso.call("CreateInvitation", fields),
                "FAILED_PRECONDITION", "REQUEST_ID_REUSED")

    @pytest.mark.parametrize("name, extra", [
        ("IssueInvitation", {}), ("RevokeInvitation", {"reason": "Wrong."}),
        ("DeleteInvitation", {})])
    def test_steps_of_a_draft(self, world, name, extra):
        fields = {"name": world.draft()["name"], "request_id": str(uuid.uuid4())} | extra
        first = world.contoso.must(name, fields)
        assert world.contoso.must(name, fields) == first
        refused(world.contoso.call(name, fields | {"etag": "other"}),
                "FAILED_PRECONDITION", "REQUEST_ID_REUSED")
        without = {key: value for key, value in fields.items() if key != "request_id"}
        assert not world.contoso.call(name, without).ok

    def test_accept(self, world):
        invited, customer = world.invite(), world.customer()
        fields = world.acceptance(invited, request_id=str(uuid.uuid4()))
        first = customer.call("AcceptInvitation", fields)
        again = customer.call("AcceptInvitation", fields)
        assert again.ok, str(again)
        assert again.body["name"] == first.body["name"]
        refused(customer.call("AcceptInvitation", fields | {"decline_grant": True}),
                "FAILED_PRECONDITION", "REQUEST_ID_REUSED")

    def test_someone_else_s_request_id_is_another_one(self, world):
        request_id = str(uuid.uuid4())
        for partner in (world.contoso, world.fabrikam):
            made = partner.must("CreateInvitation", {
                "parent": partner.account, "request_id": request_id, "invitation": {}})
            assert made["name"].startswith(partner.account)


class TestRoles:
    @pytest.mark.parametrize("role, allowed", [
        ("global_admin", True), ("admin_agent", True), ("sales_agent", True),
        ("helpdesk_agent", False)])
    def test_who_invites(self, world, role, allowed):
        caller = world.caller(world.contoso.account, [role])
        answer = caller.call("CreateInvitation", {"parent": caller.account, "invitation": {}})
        if allowed:
            assert answer.ok, str(answer)
        else:
            refused(answer, "PERMISSION_DENIED", "ROLE_MISSING")

    def test_sales_agent_revokes_only_its_own(self, world):
        agents = [world.caller(world.contoso.account, ["sales_agent"], sub=sub)
                  for sub in ("sam", "sue")]
        invited = world.invite(agents[0])
        refused(agents[1].call("RevokeInvitation", {"name": invited.name}),
                "PERMISSION_DENIED", "ROLE_MISSING")
        assert agents[0].must("RevokeInvitation", {"name": invited.name})["state"] == "REVOKED"

    def test_helpdesk_sees_the_mail_address_masked(self, world):
        address = f"ann@{world.unique('mail')}.example"
        draft = world.draft(customer_hint={"email_address": address})
        helpdesk = world.caller(world.contoso.account, ["helpdesk_agent"])
        shown = helpdesk.must("GetInvitation", {"name": draft["name"]})
        assert address not in str(shown)

    @pytest.mark.parametrize("name", [name for name, method in METHODS.items()
                                      if method.access.callers and not method.is_stream])
    def test_without_a_role_nobody_may(self, world, name):
        made = case(world, name)
        nobody = world.caller(made.caller.account, [], made.caller.headers)
        refused(nobody.call(name, made.fields), "PERMISSION_DENIED", "ROLE_MISSING")


def test_pages_turn_without_loss(world):
    partner = world.caller(world.enrol(world.unique("tailspin")), ["admin_agent"])
    made = {world.draft(partner)["name"] for _ in range(7)}
    for transport in ("grpc", "json"):
        seen, request = [], {"parent": partner.account, "page_size": 3}
        while True:
            page = partner.must("ListInvitations", request, transport)
            seen += [row["name"] for row in page["invitations"]]
            if not page["nextPageToken"]:
                break
            request["page_token"] = page["nextPageToken"]
        assert len(seen) == 7
        assert set(seen) == made


def test_filter_finds(world):
    partner = world.caller(world.enrol(world.unique("wingtip")), ["admin_agent"])
    world.draft(partner)
    issued = world.invite(partner)
    page = partner.must("ListInvitations", {
        "parent": partner.account, "filter": 'state = "PENDING"'}, "json")
    assert [row["name"] for row in page["invitations"]] == [issued.name]
