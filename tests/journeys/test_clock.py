"""Nothing is accepted at or after its expiry, by the database's clock: not at a service either that
believes it is an hour earlier or later. Its callers bring tokens that are good by its clock."""

import datetime

import api
import pytest
from api import METHODS
from data_port import raw_call
from moved_clock import MovedService
from suite import await_true
from test_inbox import acceptance
from test_links import EACH_KIND, EACH_MODE, answerer, id_of, invite

HOUR = 3600
# Longer than a test, shorter than the clock is moved.
HALF = f"{HOUR // 2}s"


@pytest.fixture(scope="module", params=[-HOUR, HOUR], ids=["earlier", "later"])
def moved(suite, request, tmp_path_factory):
    service = MovedService(suite, "invitation", request.param, tmp_path_factory.mktemp("moved"))
    yield service
    service.end()


def call(moved, name: str, fields: dict, token: str | None = None) -> api.Answer:
    """Past the gateway, which knows the time. What a service whose clock is ahead waits for, it waits
    for too long: the same call again is answered at once by what the first has done."""
    method = METHODS[name]
    message = api.build(method, fields).SerializeToString()
    try:
        return raw_call(moved, method, "gateway", message, token=token)
    except TimeoutError:
        return raw_call(moved, method, "gateway", message, token=token)


def token_of(moved, caller, roles: tuple = ("global_admin",)) -> str:
    return moved.token(caller.account, list(roles))


def await_expiry(world, link: str) -> None:
    await_true(lambda: not world.anyone.must("LookupInvitation", {"token": link})["acceptable"], 5)


def expiry_of(suite, invited) -> datetime.datetime:
    text, = suite.psql("SELECT extract(epoch FROM expire_time) FROM invitation.invitations "
                       f"WHERE id = '{id_of(invited)}'")
    return datetime.datetime.fromtimestamp(float(text), datetime.timezone.utc)


def disagreement(answer: api.Answer, expiry: datetime.datetime, now: datetime.datetime) -> str:
    """What is wrong with an acceptance, by a clock that says it was given `now`."""
    if now < expiry and answer.reason == "INVITATION_EXPIRED":
        return "refused in time"
    if now >= expiry and answer.ok:
        return "accepted too late"
    return "" if answer.ok or answer.reason == "INVITATION_EXPIRED" else str(answer)


def test_the_service_believes_in_its_clock(moved, world):
    customer = world.customer()
    name = {"parent": customer.account}
    assert call(moved, "ListReceivedInvitations", name, token_of(moved, customer)).ok
    refused = call(moved, "ListReceivedInvitations", name, customer.token)
    assert refused.reason == ("TOKEN_EXPIRED" if moved.seconds > 0 else "TOKEN_INVALID")
    away = moved.clock() - datetime.datetime.now(datetime.timezone.utc)
    assert abs(away.total_seconds() - moved.seconds) < 60


@EACH_MODE
@EACH_KIND
def test_the_databases_clock_decides_and_its_own_would_not(moved, world, suite, kind, mode):
    """Each is judged by the database's clock; the control: by the service's, one of them is wrong."""
    history = []
    for ttl in (HALF, "1s"):
        invited, _ = invite(world, kind, mode | {"ttl": ttl})
        if ttl != HALF:
            await_expiry(world, invited.link)
        token = token_of(moved, answerer(world, kind))
        answer = call(moved, "AcceptInvitation", world.acceptance(invited), token)
        history.append((answer, expiry_of(suite, invited)))
        state = call(moved, "LookupInvitation", {"token": invited.link}).body["state"]
        assert state == ("EXPIRED" if ttl != HALF else "PENDING" if mode else "ACCEPTED")
        refused = call(moved, "DeclineInvitation", {"token": invited.link}, token)
        assert refused.reason == ("INVITATION_EXPIRED" if ttl != HALF else "INVITATION_USED")
    now = datetime.datetime.now(datetime.timezone.utc)
    assert [disagreement(*each, now) for each in history] == ["", ""]
    own = now + datetime.timedelta(seconds=moved.seconds)
    assert [disagreement(*each, own) for each in history] == (
        ["accepted too late", ""] if moved.seconds > 0 else ["", "refused in time"])


def test_so_it_is_with_what_is_received(moved, world):
    partner, customer = world.reseller(), world.customer()
    token = token_of(moved, customer)
    invited = world.invite(partner, ttl=HALF, customer_hint={"account": customer.account})
    asked, = call(moved, "ListReceivedInvitations", {"parent": customer.account},
                  token).body["receivedInvitations"]
    assert asked["invitation"]["acceptable"]
    answer = call(moved, "AcceptReceivedInvitation", acceptance(world, customer, invited), token)
    assert answer.ok, str(answer)
    late = world.invite(partner, ttl="1s", customer_hint={"account": customer.account})
    await_expiry(world, late.link)
    assert call(moved, "ListReceivedInvitations", {"parent": customer.account},
                token).body["receivedInvitations"] == []
    assert call(moved, "AcceptReceivedInvitation", acceptance(world, customer, late),
                token).reason == "RESOURCE_NOT_FOUND"


def test_so_it_is_with_what_it_issues_itself(moved, world):
    """Its invitation runs out as late as one of any other replica."""
    partner = world.reseller()
    token = token_of(moved, partner, ("admin_agent",))
    before = datetime.datetime.now(datetime.timezone.utc)
    made = call(moved, "CreateInvitation", {
        "parent": partner.account, "issue": True, "invitation": {"ttl": "600s"}}, token)
    assert made.ok, str(made)
    expiry = datetime.datetime.fromisoformat(made.body["expireTime"])
    assert 590 < (expiry - before).total_seconds() < 630
