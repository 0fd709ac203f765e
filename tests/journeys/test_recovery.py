"""A peer dies between the steps: the acceptance stands, and the edge comes by itself."""

import time

import pytest
from suite import await_true

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


def accept_while_down(world, suite, peer: str):
    """An acceptance made while `peer` is dead: it succeeds in time."""
    invited, customer = world.invite(), world.customer()
    suite.kill(peer)
    began = time.monotonic()
    answer = world.try_accept(invited, customer)
    took = time.monotonic() - began
    assert answer.ok, str(answer)
    assert took < ACCEPT_SECONDS, f"the acceptance took {took:.1f} s"
    return invited, customer, answer


def has_arrived(world, customer) -> bool:
    """The relationship is ACTIVE, and the partner's list shows the customer."""
    edges = customer.call("ListRelationships", {"parent": customer.account})
    if not edges.ok or [edge["state"] for edge in edges.body["relationships"]] != ["ACTIVE"]:
        return False
    page = world.contoso.call("ListCustomers", {
        "parent": world.contoso.account, "filter": 'display_name = "Alpine Ski House"',
        "order_by": "create_time desc"})
    return page.ok and customer.account in [row["name"] for row in page.body["customers"]]


@pytest.mark.usefixtures("mended")
class TestKilledPeer:
    def test_relationship_dies_before_the_acceptance(self, world, suite):
        invited, customer, answer = accept_while_down(world, suite, "relationship")
        assert [edge["state"] for edge in answer.body["relationships"]] == ["PENDING"]
        assert answer.body["grant"] == ""
        suite.up()
        await_true(lambda: has_arrived(world, customer), SECONDS)
        again = world.try_accept(invited, customer)
        assert again.body["name"] == answer.body["name"]
        assert [edge["state"] for edge in again.body["relationships"]] == ["ACTIVE"]
        assert again.body["grant"].startswith(f"{world.contoso.account}/grants/")

    def test_directory_dies_before_the_acceptance(self, world, suite):
        _, customer, answer = accept_while_down(world, suite, "directory")
        assert answer.body["relationships"][0]["state"] in ("ACTIVE", "PENDING")
        suite.up()
        await_true(lambda: has_arrived(world, customer), SECONDS)

    def test_both_die(self, world, suite):
        suite.kill("directory")
        _, customer, answer = accept_while_down(world, suite, "relationship")
        assert [edge["state"] for edge in answer.body["relationships"]] == ["PENDING"]
        suite.up()
        await_true(lambda: has_arrived(world, customer), SECONDS)

    def test_invitation_dies_after_the_acceptance(self, world, suite):
        _, customer, _ = accept_while_down(world, suite, "relationship")
        suite.kill("invitation")
        suite.up()
        await_true(lambda: has_arrived(world, customer), SECONDS)

    def test_consistency_token_waits_for_the_way_back(self, world, suite):
        """A reader with the token sees the change or is told to come again, never an old list."""
        _, customer, answer = accept_while_down(world, suite, "relationship")
        token = answer.consistency_token
        early = world.contoso.call("ListCustomers", {
            "parent": world.contoso.account, "consistency_token": token}, timeout=3)
        assert early.code in ("UNAVAILABLE", "DEADLINE_EXCEEDED"), str(early)
        suite.up()
        await_true(lambda: has_arrived(world, customer), SECONDS)
        assert world.lists(world.contoso, customer.account, consistency_token=token)

    def test_many_acceptances_while_a_peer_is_down_all_arrive(self, world, suite):
        pairs = [(world.invite(), world.customer()) for _ in range(15)]
        suite.kill("relationship")
        for invited, customer in pairs:
            assert world.try_accept(invited, customer).ok
        suite.up()
        for _, customer in pairs:
            await_true(lambda: has_arrived(world, customer), SECONDS)

    def test_control_without_the_outbox_row_nothing_arrives(self, world, suite):
        """The check above can fail: it does where the relay's row is gone."""
        _, customer, _ = accept_while_down(world, suite, "relationship")
        suite.psql("DELETE FROM common.outbox WHERE target = 'relationship' "
                   "AND delivered_time IS NULL")
        suite.up()
        with pytest.raises(AssertionError, match="not so after"):
            await_true(lambda: has_arrived(world, customer), 8)


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
