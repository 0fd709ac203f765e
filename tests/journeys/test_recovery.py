"""A peer dies between the steps: the acceptance stands, and all its edges come by themselves."""

import time
from dataclasses import dataclass

import pytest
from api import Answer, Caller
from suite import await_true
from world import Invited

# Within this time everything that a customer consented to is there, however the peers fared.
SECONDS = 60
# The step "accept" may wait for its relationships for a second.
ACCEPT_SECONDS = 1.8


@pytest.fixture
def mended(suite):
    """Whatever the test kills is up again after it."""
    yield
    if not suite.is_running():
        suite.up()


@dataclass
class Acceptance:
    """What a customer has consented to, and to whom it is to be there."""

    invited: Invited
    partners: tuple[Caller, ...]
    customer: Caller
    answer: Answer

    @property
    def states(self) -> list[str]:
        return [edge["state"] for edge in self.answer.body["relationships"]]


def ask_for_one(world) -> tuple[Invited, tuple[Caller, ...]]:
    return world.invite(), (world.contoso,)


def ask_for_two(world) -> tuple[Invited, tuple[Caller, ...]]:
    """One link, two relationships: a reseller's and its provider's."""
    partners = reseller, provider = world.partnered()
    return world.invite(reseller, **world.combined_fields(provider)), partners


PLAIN_AND_COMBINED = pytest.mark.parametrize("ask", [ask_for_one, ask_for_two])


def accept_while_down(world, suite, peer: str, ask=ask_for_one) -> Acceptance:
    """An acceptance made while `peer` is dead: it succeeds in time."""
    (invited, partners), customer = ask(world), world.customer()
    suite.kill(peer)
    began = time.monotonic()
    answer = world.try_accept(invited, customer)
    took = time.monotonic() - began
    assert answer.ok, str(answer)
    assert took < ACCEPT_SECONDS, f"the acceptance took {took:.1f} s"
    accepted = Acceptance(invited, partners, customer, answer)
    assert len(accepted.states) == len(partners)
    return accepted


def has_arrived(customer: Caller, *partners: Caller) -> bool:
    """The relationship with each partner is ACTIVE, there is no other, and each partner's list shows
    the customer."""
    edges = customer.call("ListRelationships", {"parent": customer.account})
    wanted = sorted((partner.account, "ACTIVE") for partner in partners)
    if not edges.ok or wanted != sorted((edge["partner"], edge["state"])
                                        for edge in edges.body["relationships"]):
        return False
    pages = [partner.call("ListCustomers", {
        "parent": partner.account, "filter": 'display_name = "Alpine Ski House"',
        "order_by": "create_time desc"}) for partner in partners]
    return all(page.ok and customer.account in [row["name"] for row in page.body["customers"]]
               for page in pages)


def await_arrival(accepted: Acceptance, seconds: float = SECONDS) -> None:
    await_true(lambda: has_arrived(accepted.customer, *accepted.partners), seconds)


@pytest.mark.usefixtures("mended")
class TestKilledPeer:
    @PLAIN_AND_COMBINED
    def test_relationship_dies_before_the_acceptance(self, world, suite, ask):
        accepted = accept_while_down(world, suite, "relationship", ask)
        assert set(accepted.states) == {"PENDING"}
        assert accepted.answer.body["grant"] == ""
        suite.up()
        await_arrival(accepted)
        again = world.try_accept(accepted.invited, accepted.customer)
        assert again.body["name"] == accepted.answer.body["name"]
        assert {edge["state"] for edge in again.body["relationships"]} == {"ACTIVE"}
        assert again.body["grant"].startswith(f"{accepted.partners[0].account}/grants/")

    @PLAIN_AND_COMBINED
    def test_directory_dies_before_the_acceptance(self, world, suite, ask):
        accepted = accept_while_down(world, suite, "directory", ask)
        assert set(accepted.states) <= {"ACTIVE", "PENDING"}
        suite.up()
        await_arrival(accepted)

    @PLAIN_AND_COMBINED
    def test_both_die(self, world, suite, ask):
        suite.kill("directory")
        accepted = accept_while_down(world, suite, "relationship", ask)
        assert set(accepted.states) == {"PENDING"}
        suite.up()
        await_arrival(accepted)

    @PLAIN_AND_COMBINED
    def test_invitation_dies_after_the_acceptance(self, world, suite, ask):
        accepted = accept_while_down(world, suite, "relationship", ask)
        suite.kill("invitation")
        suite.up()
        await_arrival(accepted)

    def test_consistency_token_waits_for_the_way_back(self, world, suite):
        """A reader with the token sees the change or is told to come again, never an old list."""
        accepted = accept_while_down(world, suite, "relationship")
        token = accepted.answer.consistency_token
        early = world.contoso.call("ListCustomers", {
            "parent": world.contoso.account, "consistency_token": token}, timeout=3)
        assert early.code in ("UNAVAILABLE", "DEADLINE_EXCEEDED"), str(early)
        suite.up()
        await_arrival(accepted)
        assert world.lists(world.contoso, accepted.customer.account, consistency_token=token)

    def test_many_acceptances_while_a_peer_is_down_all_arrive(self, world, suite):
        asked = [ask(world) for ask in [ask_for_one] * 15 + [ask_for_two] * 5]
        pairs = [(each, world.customer()) for each in asked]
        suite.kill("relationship")
        for (invited, _), customer in pairs:
            assert world.try_accept(invited, customer).ok
        suite.up()
        for (_, partners), customer in pairs:
            await_true(lambda: has_arrived(customer, *partners), SECONDS)

    @PLAIN_AND_COMBINED
    def test_control_without_the_outbox_row_nothing_arrives(self, world, suite, ask):
        """The check above can fail: it does where the relay's row is gone."""
        accepted = accept_while_down(world, suite, "relationship", ask)
        suite.psql("DELETE FROM common.outbox WHERE target = 'relationship' "
                   "AND delivered_time IS NULL")
        suite.up()
        with pytest.raises(AssertionError, match="not so after"):
            await_arrival(accepted, 8)


def test_control_one_relationship_of_two_is_not_enough(world):
    reseller, provider = world.partnered()
    accepted = world.accept(partner=reseller)
    await_true(lambda: has_arrived(accepted.customer, reseller), SECONDS)
    assert not has_arrived(accepted.customer, reseller, provider)


@pytest.mark.usefixtures("mended")
def test_gateway_says_that_a_dead_service_is_unavailable(world, suite):
    draft = world.draft()
    suite.kill("invitation")
    for transport in ("grpc", "json", "web"):
        answer = world.contoso.call("GetInvitation", {"name": draft["name"]}, transport)
        assert (answer.code, answer.reason) == ("UNAVAILABLE", "DEPENDENCY_UNAVAILABLE"), str(answer)
        assert answer.faults() == []
    suite.up()
    assert world.contoso.must("GetInvitation", {"name": draft["name"]}) == draft


@pytest.mark.usefixtures("mended")
def test_acknowledged_writes_survive_the_death_of_everything(world, suite):
    made = [world.draft(note=f"Number {number}.") for number in range(10)]
    accepted = world.accept()
    for part in ("gateway", "invitation", "relationship", "directory"):
        suite.kill(part)
    suite.up()
    for draft in made:
        assert world.contoso.must("GetInvitation", {"name": draft["name"]}) == draft
    edge = accepted.customer.must("GetRelationship", {"name": accepted.relationship})
    assert edge["state"] == "ACTIVE"


@pytest.mark.usefixtures("mended")
def test_database_comes_back(world, suite):
    """All of PostgreSQL dies and restarts: nothing is lost, no service needs a restart, and not
    even the first call, whose connections are all dead, suffers."""
    draft = world.draft()
    pids = suite.pids()
    suite.kill_postgres()
    answer = world.contoso.call("GetInvitation", {"name": draft["name"]})
    assert answer.ok or answer.faults() == [], str(answer)
    suite.up()
    assert suite.pids() == pids
    assert world.contoso.must("GetInvitation", {"name": draft["name"]}) == draft
    edge = world.accept().redemption["relationships"][0]
    assert edge["state"] == "ACTIVE"
