"""What holds for the links of every kind and mode: used as often as they may, at whichever replica; looked
up without a trace; not used up by whom they are not for."""

from concurrent.futures import ThreadPoolExecutor

import api
import pytest
from api import METHODS
from data_port import raw_call
from extra import Extra
from world import PARTNER_ROLES, Invited

USES = 4
RACERS = 12
TARGETED = {}
OPEN = {"mode": "OPEN", "max_uses": USES}
EACH_KIND = pytest.mark.parametrize("kind", ["CUSTOMER", "CUSTOMER_WITH_PROVIDER", "PARTNERSHIP"])
EACH_MODE = pytest.mark.parametrize("mode", [TARGETED, OPEN], ids=["TARGETED", "OPEN"])


def invite(world, kind: str, mode: dict) -> tuple[Invited, object]:
    """An invitation and its partner."""
    reseller, provider = world.partnered()
    fields = world.combined_fields(provider) if kind == "CUSTOMER_WITH_PROVIDER" else {"kind": kind}
    return world.invite(reseller, **fields, **mode), reseller


def answerer(world, kind: str, role: str = "global_admin"):
    """Someone of a company that has not been asked yet."""
    if kind != "PARTNERSHIP":
        return world.customer(roles=[role] if role else [])
    return world.caller(world.enrol(world.unique("adatum")), [role] if role else [])


def id_of(invited: Invited) -> str:
    return invited.name.rpartition("/")[2]


def rows_of(suite, invited: Invited) -> list[str]:
    """All that the service has of it, each row with the transaction that wrote it."""
    return suite.psql(" UNION ALL ".join(
        f"SELECT t::text || xmin || ctid FROM invitation.{table} t WHERE {column} = '{id_of(invited)}'"
        for table, column in (("invitations", "id"), ("redemptions", "invitation"),
                              ("redemption_relationships", "invitation"),
                              ("declines", "invitation"), ("mails", "invitation"))))


def faults_of(suite, invited: Invited, planted: str = "") -> list[str]:
    """What is wrong with how often it was used; `planted` is done first, and undone."""
    return suite.psql(f"""
        BEGIN;
        {planted};
        SELECT concat_ws(' ', CASE WHEN r.number > max_uses THEN 'over-accepted' END,
          CASE WHEN r.number <> use_count THEN 'miscounted' END)
        FROM invitation.invitations i, LATERAL (SELECT count(*) AS number
          FROM invitation.redemptions WHERE invitation = i.id) AS r
        WHERE i.id = '{id_of(invited)}';
        ROLLBACK""")


class TestUses:
    """Racing accepters, each at both of two replicas at once."""

    @pytest.fixture
    def replica(self, suite):
        extra = Extra(suite, "invitation")
        yield extra
        extra.end()

    @EACH_KIND
    def test_no_more_than_max_uses_are_accepted(self, world, suite, replica, kind):
        invited, partner = invite(world, kind, OPEN)
        racers = [answerer(world, kind) for _ in range(RACERS)]
        ports = (suite.data_port("invitation"), replica.data_port())
        request = api.build(METHODS["AcceptInvitation"],
                            world.acceptance(invited)).SerializeToString()

        def accept(at: tuple) -> api.Answer:
            racer, port = at
            while True:
                answer = raw_call(suite, METHODS["AcceptInvitation"], "gateway", request, port,
                                  racer.token)
                if answer.reason != "CONFLICT":
                    return answer

        attempts = [(racer, port) for racer in racers for port in ports]
        with ThreadPoolExecutor(len(attempts)) as pool:
            answers = list(pool.map(accept, attempts))
        accepted = [answer.body["name"] for answer in answers if answer.ok]
        assert len(set(accepted)) == USES
        assert len(accepted) == 2 * USES, "the same account again is the same redemption"
        assert {answer.reason for answer in answers if not answer.ok} == {"INVITATION_EXHAUSTED"}
        assert partner.must("GetInvitation", {"name": invited.name})["useCount"] == USES
        assert faults_of(suite, invited) == [""]

    def test_control_one_redemption_more_is_seen(self, world, suite):
        invited, _ = invite(world, "CUSTOMER", OPEN)
        planted = f"""
            INSERT INTO invitation.redemptions (partner, invitation, customer, actor, agreement_version)
            SELECT partner, id, 'customers/planted' || n, 'x', 'x'
            FROM invitation.invitations, generate_series(0, {USES}) AS n
            WHERE id = '{id_of(invited)}'"""
        assert faults_of(suite, invited, planted) == ["over-accepted miscounted"]
        assert faults_of(suite, invited) == [""]


class TestLookingUp:
    """Nothing is written at all: the write-ahead log stays where it was."""

    @staticmethod
    def position(suite) -> str:
        return suite.psql("SELECT pg_current_wal_insert_lsn()")[0]

    def is_without_a_trace(self, suite, step) -> bool:
        """Others may write meanwhile: one undisturbed time is enough."""
        for _ in range(20):
            before = self.position(suite)
            step()
            if self.position(suite) == before:
                return True
        return False

    @EACH_MODE
    @EACH_KIND
    def test_leaves_no_trace(self, world, suite, kind, mode):
        invited, _ = invite(world, kind, mode)
        rows = rows_of(suite, invited)

        def look():
            for transport in ("grpc", "json", "web"):
                world.anyone.must("LookupInvitation", {"token": invited.link}, transport)
            world.anyone.call("LookupInvitation", {"token": invited.link[:-2] + "AA"})

        assert self.is_without_a_trace(suite, look)
        assert rows_of(suite, invited) == rows

    def test_control_a_decline_leaves_one(self, world, suite):
        invited, _ = invite(world, "CUSTOMER", {"mode": "OPEN", "max_uses": 100})
        rows = rows_of(suite, invited)

        def decline():
            world.customer().must("DeclineInvitation", {"token": invited.link})

        assert not self.is_without_a_trace(suite, decline)
        assert rows_of(suite, invited) != rows


class TestWrongRole:
    """Who may not answer uses nothing up; what else may be wrong of an account the component tests
    walk."""

    @EACH_MODE
    @EACH_KIND
    def test_uses_nothing_up(self, world, suite, kind, mode):
        invited, _ = invite(world, kind, mode)
        rows = rows_of(suite, invited)
        if kind == "PARTNERSHIP":
            wrong = [(answerer(world, kind, role), "ROLE_MISSING")
                     for role in ("admin_agent", "sales_agent", "helpdesk_agent", "")]
        else:
            # Whom it is not for is told so, whatever may be done in that role.
            partner = world.enrol(world.unique("adatum"))
            wrong = [(world.caller(partner, [role]), "WRONG_KIND") for role in PARTNER_ROLES]
            wrong += [(world.caller(partner, []), "ROLE_MISSING"),
                      (answerer(world, kind, ""), "ROLE_MISSING")]
        wrong += [(world.operator, "ROLE_MISSING"), (world.anyone, "TOKEN_MISSING")]
        for caller, reason in wrong:
            for transport in ("grpc", "json"):
                answer = world.try_accept(invited, caller, transport)
                assert answer.reason == reason, f"{caller.account}: {answer}"
                answer = caller.call("DeclineInvitation", {"token": invited.link}, transport)
                assert answer.reason == reason, f"{caller.account}: {answer}"
        if kind != "PARTNERSHIP":
            billing = answerer(world, kind, "billing_admin")
            assert world.try_accept(invited, billing).reason == "GRANT_ROLE_FORBIDDEN"
        assert rows_of(suite, invited) == rows
        # The control: of the right one it is seen.
        answer = world.try_accept(invited, answerer(world, kind))
        assert answer.ok, str(answer)
        assert rows_of(suite, invited) != rows
