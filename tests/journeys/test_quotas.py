"""What a partner may issue in a day, and how many wrong links a caller may come with in a minute: small
quotas, of an Invitation that stands in for the suite's own behind the same gateway."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from checks import BOTH, refused
from extra import in_place_of
from suite import await_true

DAILY = 3
WRONG_LINKS = 4
RACERS = 16


@pytest.fixture(scope="module")
def frugal(suite, world):
    """With small quotas; the gateway has found it."""
    link = world.invite().link
    with in_place_of(suite, "invitation", daily_invitations=str(DAILY),
                     failed_presentations=str(WRONG_LINKS)):
        await_true(lambda: world.anyone.call("LookupInvitation", {"token": link}).ok, 20)
        yield


def age(suite, partner, seconds: int, most: int = 100) -> None:
    """Lets the partner's oldest issues be so much older."""
    suite.psql(f"""
        UPDATE invitation.invitations SET issue_time = issue_time - interval '{seconds} seconds'
        WHERE id IN (SELECT id FROM invitation.invitations WHERE partner = '{partner.account}'
                     AND issue_time IS NOT NULL ORDER BY issue_time LIMIT {most})""")


def spoiled(link: str) -> str:
    return link[:-4] + ("AAAA" if link[-4:] != "AAAA" else "BBBB")


@pytest.mark.usefixtures("frugal")
class TestDailyInvitations:

    @staticmethod
    def create(partner, transport: str):
        return partner.call("CreateInvitation", {
            "parent": partner.account, "issue": True, "invitation": {"note": "We met."}}, transport)

    def refusal(self, partner, transport: str):
        answer = refused(self.create(partner, transport), "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")
        assert list(answer.quotas) == [partner.account]
        assert str(DAILY) in answer.quotas[partner.account]
        return answer

    @BOTH
    def test_one_more_waits_until_the_oldest_is_a_day_old(self, world, suite, transport):
        partner = world.reseller()
        for _ in range(DAILY):
            assert self.create(partner, transport).ok
        day = 24 * 3600
        assert day - 60 <= self.refusal(partner, transport).retry_seconds <= day
        age(suite, partner, day - 300, most=1)
        assert 240 <= self.refusal(partner, transport).retry_seconds <= 300
        drafts = partner.must("CreateInvitation", {
            "parent": partner.account, "invitation": {"note": "Later."}}, transport)
        refused(partner.call("IssueInvitation", {"name": drafts["name"]}, transport),
                "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")
        age(suite, partner, 300, most=1)
        assert partner.call("IssueInvitation", {"name": drafts["name"]}, transport).ok
        self.refusal(partner, transport)
        assert self.create(world.reseller(), transport).ok, "another partner has its own"

    def test_after_a_lower_quota_enough_must_be_a_day_old(self, world, suite):
        partner = world.reseller()
        for _ in range(DAILY):
            assert self.create(partner, "grpc").ok
        # Two more than it may, as if it had been allowed more before: three must be a day old.
        drafts = [world.draft(partner)["name"].rpartition("/")[2] for _ in range(2)]
        suite.psql(f"""
            UPDATE invitation.invitations SET state = 'PENDING',
              issue_time = clock_timestamp() - interval '1 hour',
              expire_time = clock_timestamp() + interval '1 day'
            WHERE id IN ('{drafts[0]}', '{drafts[1]}')""")
        day = 24 * 3600
        assert day - 60 <= self.refusal(partner, "json").retry_seconds <= day


@pytest.mark.usefixtures("frugal")
class TestWrongLinks:

    @BOTH
    def test_too_many_are_told_when_to_come_again(self, world, transport):
        link = world.invite(world.reseller()).link
        guesser = world.customer()
        for _ in range(WRONG_LINKS):
            refused(guesser.call("LookupInvitation", {"token": spoiled(link)}, transport),
                    "NOT_FOUND", "INVITATION_NOT_FOUND")
        for method in ("LookupInvitation", "DeclineInvitation"):
            answer = refused(guesser.call(method, {"token": link}, transport),
                             "RESOURCE_EXHAUSTED", "RATE_LIMITED")
            assert 30 <= answer.retry_seconds <= 60
            assert list(answer.quotas) == [guesser.account]
            assert str(WRONG_LINKS) in answer.quotas[guesser.account]
        assert world.customer().call("LookupInvitation", {"token": link}, transport).ok

    @BOTH
    def test_those_who_come_at_once_cannot_all_pass(self, world, transport):
        link = world.invite(world.reseller()).link
        guesser = world.customer()

        def guess(_: int) -> str:
            return guesser.call("LookupInvitation", {"token": spoiled(link)}, transport).reason

        with ThreadPoolExecutor(RACERS) as racers:
            reasons = list(racers.map(guess, range(RACERS * 4)))
        assert reasons.count("INVITATION_NOT_FOUND") == WRONG_LINKS
        assert reasons.count("RATE_LIMITED") == len(reasons) - WRONG_LINKS
