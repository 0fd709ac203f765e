"""Combined invitations, partnerships by invitation, invitations for several, the provider's consent."""

import pytest
from checks import BOTH, refused


def issue(partner, **fields) -> dict:
    return partner.must("CreateInvitation", {
        "parent": partner.account, "invitation": fields, "issue": True})


def outcomes(redemption: dict) -> dict:
    return {row["type"]: (row["partner"], row["state"], row["reason"])
            for row in redemption["relationships"]}


class TestCombined:

    @BOTH
    def test_one_link_gives_two_relationships_and_the_reseller_its_rights(self, world, transport):
        reseller, provider = world.partnered()
        invited = world.invite(reseller, **world.combined_fields(provider))
        seen = world.anyone.must("LookupInvitation", {"token": invited.link}, transport)
        assert seen["kind"] == "CUSTOMER_WITH_PROVIDER" and seen["acceptable"]
        assert seen["provider"]["name"] == provider.account
        assert {row["type"]: row["partner"] for row in seen["relationships"]} == {
            "RESELLER": reseller.account, "PROVIDER": provider.account}
        customer = world.customer()
        answer = world.try_accept(invited, customer, transport)
        assert answer.ok, str(answer)
        assert outcomes(answer.body) == {
            "RESELLER": (reseller.account, "ACTIVE", "ERROR_REASON_UNSPECIFIED"),
            "PROVIDER": (provider.account, "ACTIVE", "ERROR_REASON_UNSPECIFIED")}
        assert answer.body["grant"].startswith(reseller.account), "the provider gets no rights"
        for partner in (reseller, provider):
            assert world.lists(partner, customer.account)
        edge = next(row for row in answer.body["relationships"] if row["type"] == "PROVIDER")
        kept = provider.must("GetRelationship", {"name": edge["relationship"]}, transport)
        assert kept["viaPartner"] == reseller.account
        sold = world.order(customer.account, reseller)["lineItems"][0]["subscription"]
        refused(provider.call("GetSubscription", {"name": sold}, transport),
                "PERMISSION_DENIED", "PERMISSION_MISSING")

    @BOTH
    def test_without_an_active_partnership_nothing_is_asked(self, world, transport):
        reseller, provider = world.reseller(), world.reseller()
        fields = {"parent": reseller.account, "invitation": world.combined_fields(provider)}
        answer = reseller.call("CreateInvitation", fields, transport)
        refused(answer, "FAILED_PRECONDITION", "PARTNERSHIP_INACTIVE")
        name = world.partnership(provider.account, reseller.account)
        draft = reseller.must("CreateInvitation", fields, transport)
        provider.must("SuspendPartnership", {"name": name})
        answer = reseller.call("IssueInvitation", {"name": draft["name"]}, transport)
        refused(answer, "FAILED_PRECONDITION", "PARTNERSHIP_INACTIVE")
        assert name in answer.message

    def test_a_pause_of_the_partnership_pauses_the_link_and_its_end_revokes_it(self, world):
        reseller, provider = world.reseller(), world.reseller()
        name = world.partnership(provider.account, reseller.account)
        invited = world.invite(reseller, **world.combined_fields(provider))
        provider.must("SuspendPartnership", {"name": name})
        seen = world.anyone.must("LookupInvitation", {"token": invited.link})
        assert (seen["acceptable"], seen["notAcceptableReason"]) == (False, "PARTNERSHIP_INACTIVE")
        customer = world.customer()
        refused(world.try_accept(invited, customer), "FAILED_PRECONDITION", "PARTNERSHIP_INACTIVE")
        provider.must("ResumePartnership", {"name": name})
        reseller.must("EndPartnership", {"name": name})
        revoked = reseller.must("GetInvitation", {"name": invited.name})
        assert (revoked["state"], revoked["stateCause"]) == ("REVOKED", "partnership ended")
        refused(world.try_accept(invited, customer), "FAILED_PRECONDITION", "INVITATION_REVOKED")


class TestAgreement:
    """Whoever accepts reads of whom, and of what each of them may do."""

    @pytest.mark.parametrize("language, partner, provider, partnership", [
        ("en", "reseller", "indirect provider", "to a partnership"),
        ("de", "Reseller", "indirekte Anbieter", "einer Partnerschaft"),
        ("pl", "reseller", "Dostawca pośredni", "na partnerstwo")])
    @BOTH
    def test_speaks_of_what_is_asked_for(
            self, world, transport, language, partner, provider, partnership):
        of_reseller, of_provider = world.partnered()
        plain, combined, offered = (
            world.anyone.must("LookupInvitation", {
                "token": invited.link, "locale": language}, transport)["agreement"]
            for invited in (world.invite(of_reseller),
                            world.invite(of_reseller, **world.combined_fields(of_provider)),
                            world.invite(of_provider, kind="PARTNERSHIP")))
        assert {each["locale"] for each in (plain, combined, offered)} == {language}
        assert len({each["version"] for each in (plain, combined, offered)}) == 1
        assert partner in plain["text"] and provider not in plain["text"]
        assert partner in combined["text"] and provider in combined["text"]
        assert partnership in offered["text"] and partnership not in combined["text"]

    @BOTH
    def test_the_inbox_shows_the_same(self, world, transport):
        reseller, provider = world.partnered()
        customer = world.customer()
        hint = {"customer_hint": {"account": customer.account}}
        links = [world.invite(reseller, **hint).link,
                 world.invite(reseller, **world.combined_fields(provider), **hint).link]
        shown = [world.anyone.must("LookupInvitation", {"token": link}, transport)["agreement"]
                 for link in links]
        assert shown[0]["text"] != shown[1]["text"]
        waiting = customer.must(
            "ListReceivedInvitations", {"parent": customer.account}, transport)
        assert [row["invitation"]["agreement"] for row in waiting["receivedInvitations"]] == [
            shown[1], shown[0]], "newest first"


class TestConsent:

    @BOTH
    def test_the_provider_agrees_and_the_link_can_be_accepted(self, world, transport):
        invitation, reseller, provider = world.awaiting()
        link = world.link_of(invitation["name"], reseller)
        seen = world.anyone.must("LookupInvitation", {"token": link}, transport)
        assert seen["notAcceptableReason"] == "INVITATION_NOT_ISSUED"
        inbox = provider.must("ListProviderInbox", {"parent": provider.account}, transport)
        assert [row["name"] for row in inbox["invitations"]] == [invitation["name"]]
        assert provider.must("GetInvitation", {"name": invitation["name"]}, transport)
        approved = provider.must(
            "ApproveProviderPart", {"name": invitation["name"]}, transport)
        assert approved["state"] == "PENDING"
        assert approved["expireTime"] > invitation["expireTime"], "its time runs from now"
        assert not provider.must(
            "ListProviderInbox", {"parent": provider.account}, transport)["invitations"]
        refused(provider.call("ApproveProviderPart", {"name": invitation["name"]}, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        assert world.anyone.must("LookupInvitation", {"token": link}, transport)["acceptable"]

    @BOTH
    def test_the_provider_does_not_agree(self, world, transport):
        invitation, reseller, provider = world.awaiting()
        answer = provider.must("RefuseProviderPart", {
            "name": invitation["name"], "reason": "They pay late."}, transport)
        assert answer["state"] == "REFUSED"
        read = reseller.must("GetInvitation", {"name": invitation["name"]}, transport)
        assert (read["state"], read["stateCause"]) == ("REFUSED", "They pay late.")
        assert issue(reseller, **world.combined_fields(provider))["state"] == "AWAITING_PROVIDER"

    @BOTH
    def test_nobody_else_decides(self, world, transport):
        invitation, reseller, _ = world.awaiting()
        for caller in (reseller, world.fabrikam):
            for method in ("ApproveProviderPart", "RefuseProviderPart"):
                refused(caller.call(method, {"name": invitation["name"]}, transport),
                        "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_a_draft_is_nothing_to_the_provider(self, world):
        reseller, provider = world.partnered()
        draft = reseller.must("CreateInvitation", {
            "parent": reseller.account, "invitation": world.combined_fields(provider)})
        for method in ("GetInvitation", "ApproveProviderPart"):
            refused(provider.call(method, {"name": draft["name"]}),
                    "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_the_customers_address_stays_the_resellers(self, world):
        reseller, provider = world.partnered()
        invitation = issue(reseller, **world.combined_fields(
            provider, customer_hint={"email_address": "ann@alpine.example"}))
        read = provider.must("GetInvitation", {"name": invitation["name"]})
        assert read["customerHint"]["emailAddress"] == "a***@alpine.example"


class TestOpen:

    @BOTH
    def test_one_link_is_used_by_as_many_as_it_is_for(self, world, transport):
        partner = world.reseller()
        invited = world.invite(partner, mode="OPEN", max_uses=3)
        customers = [world.customer() for _ in range(3)]
        for number, customer in enumerate(customers, 1):
            answer = world.try_accept(invited, customer, transport)
            assert answer.ok, str(answer)
            again = world.try_accept(invited, customer, transport)
            assert again.body["name"] == answer.body["name"], "the same account again"
            read = partner.must("GetInvitation", {"name": invited.name}, transport)
            assert read["useCount"] == number
            assert read["state"] == ("EXHAUSTED" if number == 3 else "PENDING")
        for customer in customers:
            assert world.lists(partner, customer.account)
        seen = world.anyone.must("LookupInvitation", {"token": invited.link}, transport)
        assert seen["notAcceptableReason"] == "INVITATION_EXHAUSTED"
        refused(world.try_accept(invited, world.customer(), transport),
                "FAILED_PRECONDITION", "INVITATION_EXHAUSTED")
        assert world.try_accept(invited, customers[0], transport).ok, "it keeps its redemption"

    @BOTH
    def test_one_declines_and_the_link_stays(self, world, transport):
        invited = world.invite(world.reseller(), mode="OPEN", max_uses=3)
        one, other = world.customer(), world.customer()
        fields = {"token": invited.link, "reason": "We buy elsewhere."}
        declined = one.must("DeclineInvitation", fields, transport)
        assert declined["state"] == "PENDING"
        assert one.must("DeclineInvitation", fields, transport) == declined
        seen = one.must("LookupInvitation", {"token": invited.link}, transport)
        assert not seen["acceptable"] and seen["notAcceptableReason"] == "INVITATION_DECLINED"
        assert seen["decline"]["declineTime"] == declined["declineTime"]
        for reader in (other, world.anyone):
            seen = reader.must("LookupInvitation", {"token": invited.link}, transport)
            assert seen["acceptable"] and not seen.get("decline")
        refused(world.try_accept(invited, one, transport),
                "FAILED_PRECONDITION", "INVITATION_DECLINED")
        assert world.try_accept(invited, other, transport).ok
        refused(other.call("DeclineInvitation", fields, transport),
                "FAILED_PRECONDITION", "INVITATION_USED")

    @pytest.mark.parametrize("hint", [
        {"account": "customers/alpine"}, {"domain": "alpine.example"},
        {"email_address": "ann@alpine.example"}])
    @BOTH
    def test_it_binds_to_nobody(self, world, transport, hint):
        answer = world.contoso.call("CreateInvitation", {
            "parent": world.contoso.account,
            "invitation": {"mode": "OPEN", "max_uses": 2, "customer_hint": hint}}, transport)
        refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")


class TestLookingAgain:
    """Who has accepted finds by the link what came of it; nobody else learns of it."""

    @BOTH
    def test_only_the_account_s_own_redemption_is_shown(self, world, transport):
        partner = world.reseller()
        invited = world.invite(partner, mode="OPEN", max_uses=2)
        one, other = world.customer(), world.customer()
        biller = world.caller(one.account, ["billing_admin"])
        colleague = world.caller(one.account, [])

        def seen(caller):
            return caller.must("LookupInvitation", {"token": invited.link}, transport).get(
                "redemption")

        assert not seen(one)
        accepted = world.try_accept(invited, one, transport).body
        assert seen(one) == seen(biller) == accepted
        for caller in (world.anyone, other, partner, colleague, world.operator):
            assert not seen(caller), caller.account
        theirs = world.try_accept(invited, other, transport).body
        assert seen(other) == theirs != seen(one)
        read = partner.must("GetInvitation", {"name": invited.name}, transport)
        assert (read["state"], read["useCount"]) == ("EXHAUSTED", 2)
        assert seen(one) == accepted, "whatever became of the invitation since"

    @BOTH
    def test_of_a_partnership_it_is_the_global_administrator_s(self, world, transport):
        provider, reseller = world.reseller(), world.reseller()
        chief = world.caller(reseller.account, ["global_admin"])
        invited = world.invite(provider, kind="PARTNERSHIP")
        accepted = chief.must("AcceptInvitation", {
            "token": invited.link, "agreement_version": invited.agreement, "confirm": True})
        fields = {"token": invited.link}
        assert chief.must("LookupInvitation", fields, transport)["redemption"] == accepted
        assert not reseller.must("LookupInvitation", fields, transport).get("redemption")


class TestPartnership:

    @BOTH
    def test_a_reseller_accepts(self, world, transport):
        provider, reseller = world.reseller(), world.reseller()
        reseller_admin = world.caller(reseller.account, ["global_admin"])
        invited = world.invite(provider, kind="PARTNERSHIP",
                               customer_hint={"account": reseller.account})
        seen = world.anyone.must("LookupInvitation", {"token": invited.link}, transport)
        assert (seen["kind"], seen["relationships"]) == ("PARTNERSHIP", [])
        answer = reseller_admin.call("AcceptInvitation", {
            "token": invited.link, "agreement_version": invited.agreement, "confirm": True},
            transport)
        assert answer.ok, str(answer)
        assert answer.body["customer"] == reseller.account
        assert answer.body["relationships"] == []
        outcome = answer.body["partnership"]
        assert outcome["state"] == "ACTIVE"
        made = provider.must("GetPartnership", {"name": outcome["partnership"]}, transport)
        assert (made["provider"], made["reseller"], made["state"]) == (
            provider.account, reseller.account, "ACTIVE")
        assert provider.must("GetInvitation", {"name": invited.name})["state"] == "ACCEPTED"
        assert issue(reseller, **world.combined_fields(provider))["state"] == "PENDING"

    @BOTH
    def test_the_wrong_kind_of_account_is_told_so_and_uses_nothing_up(self, world, transport):
        provider, reseller = world.reseller(), world.reseller()
        reseller_admin = world.caller(reseller.account, ["global_admin"])
        for_reseller = world.invite(provider, kind="PARTNERSHIP")
        for_customer = world.invite(provider)
        customer = world.customer()
        refused(world.try_accept(for_reseller, customer, transport),
                "FAILED_PRECONDITION", "WRONG_KIND")
        refused(world.try_accept(for_customer, reseller_admin, transport),
                "FAILED_PRECONDITION", "WRONG_KIND")
        refused(customer.call("DeclineInvitation", {"token": for_reseller.link}, transport),
                "FAILED_PRECONDITION", "WRONG_KIND")
        for invited in (for_reseller, for_customer):
            read = provider.must("GetInvitation", {"name": invited.name})
            assert (read["state"], read["useCount"]) == ("PENDING", 0)
        assert world.try_accept(for_customer, customer, transport).ok

    def test_only_a_global_administrator_of_the_reseller_accepts(self, world):
        invited = world.invite(world.reseller(), kind="PARTNERSHIP")
        refused(world.try_accept(invited, world.reseller()), "PERMISSION_DENIED", "ROLE_MISSING")

    def test_a_provider_only_invites_resellers_and_a_reseller_customers(self, world):
        for types, kind in ((["RESELLER"], "PARTNERSHIP"), (["PROVIDER"], "CUSTOMER")):
            account = world.operator.must("EnrollPartner", world.enrol_fields(
                world.unique("single"), types=types))["name"]
            caller = world.caller(account, ["admin_agent"])
            answer = caller.call("CreateInvitation", {
                "parent": account, "invitation": {"kind": kind}})
            refused(answer, "FAILED_PRECONDITION", "WRONG_KIND")
