"""No link and no token of all these journeys is at rest anywhere: not in a log, not in the database's
files, not in a dump, not in a metric. Runs last."""

import base64
import os
import secrets
import subprocess

import pytest
from api import LINKS
from mail import await_kept, kept_for
from suite import SERVICES, await_true
from tokens import ISSUED
from world import Invited


MOST = 40  # of thousands alike: each costs a pass over every file


def forms_of(link: str) -> list[bytes]:
    """Ways in which a link's token or its secret could lie about."""
    token = link.partition("#")[2]
    content = base64.urlsafe_b64decode(token)
    secret = content[-32:]
    return [token.encode(), content, secret, secret.hex().encode(),
            base64.b64encode(secret).rstrip(b"="), base64.b64encode(content)]


class Search:
    """Through the logs, a dump, the metrics, and every file of the database, WAL included."""

    def __init__(self, suite, folder):
        self._suite = suite
        self._folder = folder

    def places_of(self, needles: list[bytes], everywhere: bool = True) -> list[str]:
        """The files that hold one of the needles; without `everywhere` not the database's own."""
        self._take_snapshot()
        # A line is a needle: the few random bytes that hold a line's end are left to the others.
        lines = [needle for needle in needles if needle and b"\n" not in needle]
        (self._folder / "needles").write_bytes(b"\n".join(lines))
        folders = [self._suite.folder / "logs", self._folder / "snapshot"]
        if everywhere:
            folders.append(self._suite.folder / "postgres/cluster")
        result = subprocess.run(
            ["grep", "-arslF", "-f", self._folder / "needles", "--", *folders],
            capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"}, check=False)
        return result.stdout.splitlines()

    def _take_snapshot(self) -> None:
        self._suite.psql("CHECKPOINT")
        folder = self._folder / "snapshot"
        folder.mkdir(exist_ok=True)
        (folder / "dump").write_bytes(self._suite.dump())
        for service in SERVICES:
            (folder / f"metrics-{service}").write_text(self._suite.metrics(service))
        (folder / "metrics-gateway").write_text(self._suite.admin("/stats/prometheus"))


@pytest.fixture
def search(suite, tmp_path):
    return Search(suite, tmp_path)


def links_of_every_kind(world) -> list[str]:
    """Replaced ones and present ones, looked up, altered, accepted, declined and taken back."""
    reseller, provider = world.partnered()
    combined = world.combined_fields(provider)
    admin = world.caller(provider.account, ["global_admin"])
    links = []
    for fields in ({}, combined, {"kind": "PARTNERSHIP"}):
        for mode in ({}, {"mode": "OPEN", "max_uses": 3}):
            invited = world.invite(reseller, **fields, **mode)
            reseller.must("ResendInvitation", {"name": invited.name})
            again = Invited(invited.invitation, world.link_of(invited.name, reseller),
                            invited.agreement)
            links += [invited.link, again.link]
            answerer = admin if "kind" in fields and fields["kind"] == "PARTNERSHIP" else None
            for link in (invited.link, again.link, again.link[:-2] + "AA"):
                world.anyone.call("LookupInvitation", {"token": link})
                world.customer().call("DeclineInvitation", {"token": link, "reason": link[:9]})
            world.try_accept(again, answerer or world.customer())
            reseller.call("RevokeInvitation", {"name": invited.name})
    return links + links_of_the_inboxes(world)


def links_of_the_inboxes(world) -> list[str]:
    """Of what waited for its provider, and of what a customer answered without the link."""
    awaiting, reseller, provider = world.awaiting()
    provider.must("ApproveProviderPart", {"name": awaiting["name"]})
    customer = world.customer()
    bound = world.invite(customer_hint={"account": customer.account})
    accepted = customer.call("AcceptReceivedInvitation", {
        "name": f"{customer.account}/receivedInvitations/{bound.name.rpartition('/')[2]}",
        "agreement_version": bound.agreement, "confirm": True, "company": world.company()})
    assert accepted.ok, str(accepted)
    return [world.link_of(awaiting["name"], reseller), bound.link]


def test_links_are_nowhere(world, search):
    """Those of these journeys, and some of every kind, mode and generation."""
    world.accept()
    assert LINKS
    links = links_of_every_kind(world)
    assert len(set(links)) == 2 * 6 + 2
    links += sorted(LINKS - set(links))[-MOST:]
    assert search.places_of([form for link in links for form in forms_of(link)]) == []


@pytest.mark.usefixtures("no_sink")
def test_queue_holds_no_link(world, suite, search):
    """A mail that waits, one that has gone, and that of the link behind it; the control is that the
    delivered mails do hold them."""
    address = f"ann@{world.unique('mail')}.example"
    waiting = world.invite(customer_hint={"email_address": address})
    world.contoso.must("SendInvitation", {"name": waiting.name})
    await_true(lambda: world.contoso.must(
        "GetInvitation", {"name": waiting.name})["delivery"]["attempts"], 10)
    assert search.places_of(forms_of(waiting.link)) == []
    suite.up()
    # It may have been given up before the sink was back.
    world.contoso.must("SendInvitation", {"name": waiting.name})
    delivered = await_kept(suite, address)
    assert delivered.link == waiting.link
    world.contoso.must("ResendInvitation", {"name": waiting.name, "send": True})
    again = world.link_of(waiting.name)
    await_true(lambda: [mail for mail in kept_for(suite, address) if mail.link == again], 10)
    assert search.places_of(forms_of(waiting.link) + forms_of(again)) == []


def test_tokens_are_nowhere(search):
    """Neither what a token says nor its signature: its head is the same for all."""
    assert len(ISSUED) > 10
    parts = [part.encode() for token in sorted(ISSUED)[-MOST:] for part in token.split(".")[1:]]
    assert search.places_of(parts) == []


def test_private_keys_and_passwords_are_in_no_log(suite, search):
    words = []
    for file in (suite.folder / "secrets").iterdir():
        if file.name != "jwks.json":
            words += [line.rpartition(":")[2].encode() for line in file.read_text().splitlines()
                      if len(line) > 30 and "---" not in line]
    assert words
    # The database keeps what a password is checked with, not the password.
    assert search.places_of(words) == []


def test_control_what_is_kept_is_found(world, search):
    """A note is kept: it is in the dump, in the WAL and in a table's file."""
    note = world.unique("canary")
    world.draft(note=note)
    places = search.places_of([note.encode()])
    for part in ("/snapshot/dump", "/pg_wal/", "/base/"):
        assert any(part in place for place in places), part


def test_control_planted_link_is_found_in_each_form(suite, search):
    content = b"\n"
    while b"\n" in content:
        content = secrets.token_bytes(54)
    token = base64.urlsafe_b64encode(content).decode()
    for form in forms_of(f"https://partnerlink.example/invite#{token}"):
        suite.psql(f"CREATE TABLE public.planted AS SELECT '\\x{form.hex()}'::bytea AS form")
        try:
            assert any("/base/" in place for place in search.places_of([form])), form
        finally:
            suite.psql("DROP TABLE public.planted")


def test_control_planted_log_line_is_found(suite, search):
    planted = secrets.token_urlsafe(54)
    log = suite.folder / "logs/planted.log"
    log.write_text(f'{{"event":"planted","link":"{planted}"}}\n')
    try:
        assert search.places_of([planted.encode()], everywhere=False) == [str(log)]
    finally:
        log.unlink()
