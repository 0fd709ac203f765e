"""Partnerships, and partners that may not act: through the gateway, as everyone concerned."""

from api import METHODS
from cases import CASES, case
from checks import BOTH, refused

# Their answer says that the partner is suspended.
QUESTIONS = {"CheckAccess", "BatchCheckAccess"}


def is_for_partners(name: str) -> bool:
    """Whether it is a partner that `case` makes the call as."""
    callers = METHODS[name].access.callers
    return len(callers) > 0 and callers[0].Family.Name(callers[0].family) == "PARTNER"


class TestSuspendedPartner:

    def test_every_call_is_refused(self, world):
        partner = world.reseller()
        calls = [case(world, name, partner) for name in sorted(CASES)
                 if is_for_partners(name) and not CASES[name].family and name not in QUESTIONS]
        assert len(calls) > 25
        world.suspend_partner(partner)
        for call in calls:
            for transport in ("grpc", "json"):
                answer = call.call(transport)
                assert (answer.code, answer.reason) == (
                    "FAILED_PRECONDITION", "PARTNER_SUSPENDED"), f"{call.name}: {answer}"

    def test_resumed_it_is_as_before(self, world):
        partner = world.reseller()
        created = world.create(partner)
        world.suspend_partner(partner)
        refused(partner.call("GetPartner", {"name": partner.account}),
                "FAILED_PRECONDITION", "PARTNER_SUSPENDED")
        shown = world.operator.must("ResumePartner", {"name": partner.account})
        assert shown["state"] == "ACTIVE"
        assert partner.must("GetCustomer", {"name": created.name})["name"] == created.name

    def test_its_link_cannot_be_accepted(self, world):
        partner = world.reseller()
        invited = world.invite(partner)
        world.suspend_partner(partner)
        refused(world.try_accept(invited, world.customer()),
                "FAILED_PRECONDITION", "PARTNER_SUSPENDED")
        world.operator.must("ResumePartner", {"name": partner.account})
        assert world.try_accept(invited, world.customer()).ok


class TestPartnership:

    @BOTH
    def test_its_life(self, world, transport):
        provider, reseller = world.reseller(), world.reseller()
        name = world.partnership(provider.account, reseller.account)
        for side in (provider, reseller):
            listed = side.must("ListPartnerships", {"parent": side.account}, transport)
            assert [row["name"] for row in listed["partnerships"]] == [name]
            assert side.must("GetPartnership", {"name": name}, transport)["state"] == "ACTIVE"
        seen = reseller.must("GetPartner", {"name": provider.account}, transport)
        assert (seen["country"], seen["partnerNumber"]) == ("PL", "")
        refused(reseller.call("SuspendPartnership", {"name": name}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        paused = provider.must(
            "SuspendPartnership", {"name": name, "reason": "late payment"}, transport)
        assert (paused["state"], paused["stateCause"]) == ("SUSPENDED", "late payment")
        assert world.operator.must("ResumePartnership", {"name": name}, transport)[
            "state"] == "ACTIVE"
        ended = reseller.must("EndPartnership", {"name": name, "reason": "we part"}, transport)
        assert ended["state"] == "ENDED"
        refused(provider.call("EndPartnership", {"name": name}, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        refused(reseller.call("GetPartner", {"name": provider.account}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_neither_side_gets_a_customer_of_the_other(self, world):
        provider, reseller = world.reseller(), world.reseller()
        customers = {side: world.create(side).name for side in (provider, reseller)}
        world.partnership(provider.account, reseller.account)
        assert not world.lists(provider, customers[reseller])
        assert not world.lists(reseller, customers[provider])
        for side, other in ((provider, reseller), (reseller, provider)):
            refused(side.call("GetCustomer", {"name": customers[other]}),
                    "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_an_end_has_arrived_when_it_is_answered(self, world):
        provider, reseller = world.reseller(), world.reseller()
        name = world.partnership(provider.account, reseller.account)
        assert provider.call("EndPartnership", {"name": name}).consistency_token
        assert world.suite.psql(
            "SELECT delivered_time IS NOT NULL FROM common.outbox WHERE target = 'invitation' "
            f"AND resource = '{name}'") == ["t"]
