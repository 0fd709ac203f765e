"""What waits for a customer that holds no link: listed, accepted and declined from its inbox."""

import pytest
from checks import BOTH, refused


def inbox(customer, transport: str = "grpc") -> list[dict]:
    return customer.must(
        "ListReceivedInvitations", {"parent": customer.account}, transport)["receivedInvitations"]


def name_in(customer, invited) -> str:
    return f"{customer.account}/receivedInvitations/{invited.name.rpartition('/')[2]}"


def verify_domain(world, customer, domain: str) -> None:
    """As an operator will: no call does it yet."""
    assert world.suite.psql(
        f"UPDATE directory.domains SET verified = true WHERE customer = '{customer.account}' "
        f"AND name = '{domain}' RETURNING verified") == ["t"]


def acceptance(world, customer, invited) -> dict:
    return {"name": name_in(customer, invited), "agreement_version": invited.agreement,
            "confirm": True, "company": world.company()}


class TestBoundToAccount:

    @BOTH
    def test_it_is_listed_accepted_and_gone(self, world, transport):
        partner, customer = world.reseller(), world.customer()
        invited = world.invite(partner, customer_hint={"account": customer.account})
        row, = inbox(customer, transport)
        assert row["name"] == name_in(customer, invited)
        assert row["invitation"]["partner"]["name"] == partner.account
        assert row["invitation"]["acceptable"]
        assert row["invitation"]["agreement"]["version"] == invited.agreement
        fields = acceptance(world, customer, invited)
        answer = customer.call("AcceptReceivedInvitation", fields, transport)
        assert answer.ok, str(answer)
        assert answer.body["relationships"][0]["state"] == "ACTIVE"
        assert world.lists(partner, customer.account)
        assert inbox(customer, transport) == []
        again = customer.call("AcceptReceivedInvitation", fields, transport)
        assert again.body["name"] == answer.body["name"], "the same account again"

    @BOTH
    def test_declined_the_partner_reads_why(self, world, transport):
        partner, customer = world.reseller(), world.customer()
        invited = world.invite(partner, customer_hint={"account": customer.account})
        declined = customer.must("DeclineReceivedInvitation", {
            "name": name_in(customer, invited), "reason": "We buy elsewhere."}, transport)
        assert (declined["invitation"], declined["state"]) == (invited.name, "DECLINED")
        read = partner.must("GetInvitation", {"name": invited.name}, transport)
        assert (read["state"], read["declineReason"]) == ("DECLINED", "We buy elsewhere.")
        assert inbox(customer, transport) == []


class TestBoundToAddress:

    def test_only_who_has_it_verified_finds_it(self, world):
        address = f"ann@{world.unique('alpine')}.example"
        invited = world.invite(world.reseller(), customer_hint={"email_address": address.upper()})
        owner = world.customer(email=address, email_verified=True)
        claimant = world.customer(email=address, email_verified=False)
        assert [row["name"] for row in inbox(owner)] == [name_in(owner, invited)]
        assert inbox(claimant) == []
        for method in ("AcceptReceivedInvitation", "DeclineReceivedInvitation"):
            fields = ({"name": name_in(claimant, invited)} if method.startswith("Decline")
                      else acceptance(world, claimant, invited))
            refused(claimant.call(method, fields), "NOT_FOUND", "RESOURCE_NOT_FOUND")
        assert owner.call("AcceptReceivedInvitation", acceptance(world, owner, invited)).ok


class TestBoundToDomain:

    def test_only_a_verified_one_counts(self, world):
        company = world.company()
        domain = company["domains"][0]
        customer = world.customer()
        world.accept(customer, company=company)
        invited = world.invite(world.reseller(), customer_hint={"domain": domain})
        assert inbox(customer) == []
        verify_domain(world, customer, domain)
        assert [row["name"] for row in inbox(customer)] == [name_in(customer, invited)]


class TestNotReceived:

    def test_every_hint_must_fit(self, world):
        domain = f"{world.unique('alpine')}.example"
        customer = world.customer(email=f"ann@{domain}", email_verified=True)
        world.invite(world.reseller(), customer_hint={
            "account": customer.account, "email_address": f"bob@{domain}"})
        assert inbox(customer) == []

    @pytest.mark.parametrize("fields", [{}, {"mode": "OPEN", "max_uses": 5}])
    def test_what_is_bound_to_nobody_waits_for_nobody(self, world, fields):
        customer = world.customer()
        invited = world.invite(world.reseller(), **fields)
        assert inbox(customer) == []
        refused(customer.call("AcceptReceivedInvitation", acceptance(world, customer, invited)),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_drafts_and_what_is_over_do_not_wait(self, world):
        partner, customer = world.reseller(), world.customer()
        hint = {"account": customer.account}
        world.draft(partner, customer_hint=hint)
        revoked = world.invite(partner, customer_hint=hint)
        partner.must("RevokeInvitation", {"name": revoked.name})
        assert inbox(customer) == []

    def test_pages_hold_everything_once(self, world):
        customer = world.customer()
        names = {name_in(customer, world.invite(
            world.reseller(), customer_hint={"account": customer.account})) for _ in range(3)}
        seen, token = [], ""
        while True:
            page = customer.must("ListReceivedInvitations", {
                "parent": customer.account, "page_size": 2, "page_token": token})
            seen += [row["name"] for row in page["receivedInvitations"]]
            token = page["nextPageToken"]
            if not token:
                break
        assert len(seen) == 3 and set(seen) == names
