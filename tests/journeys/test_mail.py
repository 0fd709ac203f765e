"""Mails that the service sends: from the call to the delivered mail, and past every way in which a mail
server fails."""

import datetime
import email.utils
import uuid
from concurrent.futures import ThreadPoolExecutor

import mail
import pytest
from checks import BOTH, check_roles, given_again, refused
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from mail import MailServer, await_kept, kept_for, tls_of
from suite import await_true

# A copy gives a mail up within this time: 5 attempts, at most 2 s and a quarter apart, each of which
# may take 3 s.
GIVEN_UP = 40
# What a service leaves behind that dies is due again within this time.
LEASE = 30


def address_of(world) -> str:
    return f"ann@{world.unique('mail')}.example"


def to(address: str) -> dict:
    return {"customer_hint": {"email_address": address, "company_name": "Alpine Ski House"}}


def mailed(world, address: str, partner=None, **fields) -> dict:
    """An invitation whose mail is queued."""
    partner = partner or world.contoso
    return partner.must("CreateInvitation", {
        "parent": partner.account, "invitation": to(address) | fields, "send": True})


def delivery_of(world, invitation: dict, partner=None) -> dict:
    return (partner or world.contoso).must(
        "GetInvitation", {"name": invitation["name"]})["delivery"]


def await_state(world, invitation: dict, state: str, seconds: float = 10) -> dict:
    def reached():
        delivery = delivery_of(world, invitation)
        return delivery if delivery["state"] == state else None

    return await_true(reached, seconds)


class TestDelivery:
    @BOTH
    def test_delivered_mail_opens_the_invitation(self, world, suite, transport):
        """For a customer that was unknown before."""
        address = address_of(world)
        answer = world.contoso.call("CreateInvitation", {
            "parent": world.contoso.account, "invitation": to(address), "send": True}, transport)
        assert answer.ok, str(answer)
        assert (answer.body["state"], answer.body["delivery"]["state"]) == ("PENDING", "QUEUED")
        link = await_kept(suite, address).link
        looked = world.anyone.must("LookupInvitation", {"token": link})
        assert looked["acceptable"]
        customer = world.customer(email=address, email_verified=True)
        accepted = customer.call("AcceptInvitation", {
            "token": link, "agreement_version": looked["agreement"]["version"], "confirm": True,
            "company": world.company()})
        assert accepted.ok, str(accepted)
        assert world.lists(world.contoso, customer.account,
                           consistency_token=accepted.consistency_token)

    def test_mail_is_what_render_shows(self, world, suite):
        address = address_of(world)
        body = "Grüß Gott,\n\n<b>please</b> & \"join\": {{link}}\n.\nŻółw = 100 %\n"
        invitation = mailed(world, address, body_text=body, subject="Zażółć gęślą jaźń " * 5)
        delivered = await_kept(suite, address)
        rendered = world.contoso.must("RenderInvitation", {"name": invitation["name"]})
        message = delivered.message
        assert delivered.text.replace("\r\n", "\n") == rendered["text"]
        assert delivered.html.replace("\r\n", "\n").rstrip() == rendered["html"].rstrip()
        assert delivered.link == rendered["link"]
        assert delivered.anchors == [rendered["link"]]
        assert message["Subject"] == rendered["subject"]
        assert message["To"] == address
        assert message["From"] == "invitations@partnerlink.example"
        assert message["Auto-Submitted"] == "auto-generated"
        invitation_id = invitation["name"].rpartition("/")[2]
        assert message["Message-ID"] == f"<{invitation_id}.1@partnerlink.example>"
        sent = email.utils.parsedate_to_datetime(message["Date"])
        assert abs((datetime.datetime.now(datetime.UTC) - sent).total_seconds()) < 60
        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in message.iter_parts()] == [
            "text/plain", "text/html"]

    def test_delivery_is_told(self, world, suite):
        address = address_of(world)
        invitation = mailed(world, address)
        delivery = await_state(world, invitation, "SENT")
        assert (delivery["attempts"], delivery["error"]) == (1, "")
        assert delivery["lastTime"]
        events = suite.psql(f"SELECT event FROM common.outbox WHERE resource = '{invitation['name']}' "
                            "ORDER BY create_time, id")
        assert events == ["invitation.created", "invitation.issued", "invitation.mail_queued",
                          "invitation.mail_sent"]
        sent = suite.log_lines("invitation", event="mail_sent",
                               invitation=invitation["name"].rpartition("/")[2])
        assert len(sent) == 1
        assert address not in (suite.folder / "logs/invitation.log").read_text()
        assert "partnerlink_mails_sent_total" in suite.metrics("invitation")

    def test_internationalised_domain_goes_in_its_ascii_form(self, world, suite):
        name = world.unique("mail")
        mailed(world, f"ann.beebe@żółw-{name}.example")
        ascii_form = f"żółw-{name}.example".encode("idna").decode()
        assert await_kept(suite, f"ann.beebe@{ascii_form}").link

    def test_issue_and_send_take_it_too(self, world, suite):
        first, second = address_of(world), address_of(world)
        draft = world.draft(**to(first))
        issued = world.contoso.must("IssueInvitation", {"name": draft["name"], "send": True})
        assert issued["delivery"]["state"] == "QUEUED"
        assert await_kept(suite, first)
        invited = world.invite(**to(second))
        given_again(world.contoso, "SendInvitation", {"name": invited.name}, {"etag": "r1"})
        assert await_kept(suite, second).link == invited.link

    def test_who_may_send(self, world):
        check_roles(world, "SendInvitation",
                    lambda: {"name": world.invite(**to(address_of(world))).name},
                    {"global_admin", "admin_agent", "sales_agent"})


class TestRefusals:
    @BOTH
    def test_without_an_address_there_is_no_recipient(self, world, transport):
        invited = world.invite()
        refused(world.contoso.call("SendInvitation", {"name": invited.name}, transport),
                "INVALID_ARGUMENT", "RECIPIENT_MISSING")
        refused(world.contoso.call("CreateInvitation", {
            "parent": world.contoso.account, "invitation": {"note": "Hello"}, "send": True}, transport),
            "INVALID_ARGUMENT", "RECIPIENT_MISSING")

    def test_only_what_is_pending_is_sent(self, world):
        draft = world.draft(**to(address_of(world)))
        refused(world.contoso.call("SendInvitation", {"name": draft["name"]}),
                "FAILED_PRECONDITION", "STATE_TRANSITION")

    @BOTH
    def test_fourth_mail_in_a_day_is_refused_whoever_asks(self, world, suite, transport):
        address = address_of(world)
        ours = mailed(world, address)
        theirs = mailed(world, address, world.fabrikam)
        await_true(lambda: len(kept_for(suite, address)) == 2, 10)
        await_state(world, ours, "SENT")
        world.contoso.must("SendInvitation", {"name": ours["name"]})
        await_true(lambda: len(kept_for(suite, address)) == 3, 10)
        await_true(lambda: delivery_of(world, theirs, world.fabrikam)["state"] == "SENT", 10)
        answer = refused(world.fabrikam.call("SendInvitation", {"name": theirs["name"]}, transport),
                         "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")
        assert answer.has_retry_info
        assert address not in answer.message

    def test_suppressed_address_gets_nothing(self, world, suite):
        address = address_of(world)
        suite.psql("INSERT INTO invitation.suppressed_addresses (address_key, reason) "
                   f"VALUES ('{address}', 'asked for it')")
        invitation = mailed(world, address)
        assert invitation["delivery"]["state"] == "SUPPRESSED"
        # One to somebody else, later, has come: the one before was not sent.
        other = address_of(world)
        mailed(world, other)
        await_kept(suite, other)
        assert kept_for(suite, address) == []


@pytest.mark.usefixtures("no_sink")
class TestFailures:
    def test_racing_calls_queue_one_mail(self, world, suite):
        address = address_of(world)
        invited = world.invite(**to(address))
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(
                lambda _: world.contoso.call("SendInvitation", {"name": invited.name}), range(8)))
        assert all(answer.ok for answer in answers), [str(answer) for answer in answers]
        assert suite.psql("SELECT count(*) FROM invitation.mails WHERE invitation = "
                          f"'{invited.name.rpartition('/')[2]}'") == ["1"]

    def test_what_is_not_taken_now_is_tried_again(self, world, suite):
        address = address_of(world)
        answers = iter(["451 4.7.1 Come back", "452 4.3.1 Full"])
        # What other tests have left comes by, too.
        with MailServer(suite, tls_of(suite), on_recipient=lambda to: (
                next(answers, "250 OK") if to == address else "250 OK")) as server:
            delivery = await_state(world, mailed(world, address), "SENT", GIVEN_UP)
            assert delivery["attempts"] == 3
            assert len(server.seen_by(address)) == 1

    def test_what_is_refused_for_good_is_given_up(self, world, suite):
        address = address_of(world)
        with MailServer(suite, tls_of(suite), on_mail=lambda mail: (
                f"554 5.6.0 {mail.recipients[0]} does not want {mail.link}")):
            delivery = await_state(world, mailed(world, address), "FAILED")
        assert delivery["attempts"] == 1
        assert delivery["error"] == (
            "The mail server does not take the mail: 554 5.6.0 *** does not want ***")

    def test_missing_mailbox_is_suppressed(self, world, suite):
        address = address_of(world)
        with MailServer(suite, tls_of(suite),
                        on_recipient=lambda to: f"550 5.1.1 <{to}>: no such user"):
            invitation = mailed(world, address)
            await_state(world, invitation, "FAILED")
        again = world.contoso.must("SendInvitation", {"name": invitation["name"]})
        assert again["delivery"]["state"] == "SUPPRESSED"

    def test_without_starttls_nothing_is_said(self, world, suite):
        address = address_of(world)
        invitation = mailed(world, address)
        with MailServer(suite) as server:
            await_true(lambda: delivery_of(world, invitation)["attempts"] >= 2, GIVEN_UP)
            assert server.seen == []
        with MailServer(suite, tls_of(suite)) as server:
            await_state(world, invitation, "SENT", GIVEN_UP)
            assert len(server.seen_by(address)) == 1

    def test_wrong_certificate_gets_nothing(self, world, suite, tmp_path):
        """A stranger's, and one of ours for another name."""
        address = address_of(world)
        invitation = mailed(world, address)
        wrong = [stranger(tmp_path),
                 mail.context(suite.certificate("relationship"), suite.key("relationship"))]
        for number, tls in enumerate(wrong, 1):
            with MailServer(suite, tls) as server:
                await_true(lambda: delivery_of(world, invitation)["attempts"] >= number, GIVEN_UP)
                assert server.seen == []
        assert "certificate" in delivery_of(world, invitation)["error"]
        with MailServer(suite, tls_of(suite)) as server:
            await_state(world, invitation, "SENT", GIVEN_UP)
            assert len(server.seen_by(address)) == 1

    def test_cut_connection_is_repeated_in_equal_bytes(self, world, suite):
        address = address_of(world)
        answers = iter([None])
        with MailServer(suite, tls_of(suite), on_mail=lambda _: next(answers, "250 OK")) as server:
            delivery = await_state(world, mailed(world, address), "SENT", GIVEN_UP)
            first, second = server.seen_by(address)
        assert delivery["attempts"] == 2
        assert first.content == second.content

    def test_slow_server_is_bounded(self, world, suite):
        address, gate = address_of(world), mail.Gate()

        def slow(_):
            gate.hold()
            return "250 OK"

        with MailServer(suite, tls_of(suite), on_mail=slow):
            invitation = mailed(world, address)
            assert gate.reached.wait(10)
            await_true(lambda: delivery_of(world, invitation)["attempts"] >= 1, 8)
            gate.open()
            await_state(world, invitation, "SENT", GIVEN_UP)

    def test_mail_that_takes_long_holds_up_no_other(self, world, suite):
        address, other, gate = address_of(world), address_of(world), mail.Gate()

        def slow_for_one(taken):
            if taken.recipients == [address]:
                gate.hold()
            return "250 OK"

        with MailServer(suite, tls_of(suite), on_mail=slow_for_one):
            held = mailed(world, address)
            assert gate.reached.wait(10)
            await_state(world, mailed(world, other), "SENT", 3)
            assert delivery_of(world, held)["attempts"] == 0, "its first attempt has ended"
            gate.open()
            await_state(world, held, "SENT", GIVEN_UP)

    @pytest.mark.parametrize("was_taken", [False, True], ids=["cut off", "taken"])
    def test_service_dies_while_it_sends(self, world, suite, was_taken):
        """The mail is handed over nevertheless; twice only where the server had taken it."""
        address, gate = address_of(world), mail.Gate()

        def die(_):
            gate.hold()
            return "250 OK" if was_taken else None

        with MailServer(suite, tls_of(suite), on_mail=die) as server:
            invitation = mailed(world, address)
            assert gate.reached.wait(10)
            suite.kill("invitation")
            gate.open()
            first, = server.seen_by(address)
        suite.up()
        second = await_kept(suite, address, LEASE)
        assert second.message["Message-ID"] == first.message["Message-ID"]
        assert second.link == first.link
        delivery = await_state(world, invitation, "SENT")
        assert delivery["attempts"] == 2
        assert len(kept_for(suite, address)) == 1

    def test_control_without_the_queue_s_row_nothing_comes(self, world, suite):
        address = address_of(world)
        invitation = mailed(world, address)
        suite.psql("DELETE FROM invitation.mails WHERE invitation = "
                   f"'{invitation['name'].rpartition('/')[2]}'")
        suite.up()
        with pytest.raises(AssertionError, match="not so after"):
            await_kept(suite, address, 5)

    def test_revoked_meanwhile_is_not_sent(self, world, suite):
        address, other = address_of(world), address_of(world)
        invitation = mailed(world, address)
        world.contoso.must("RevokeInvitation", {"name": invitation["name"]})
        await_state(world, invitation, "NONE")
        suite.up()
        mailed(world, other)
        await_kept(suite, other)
        assert kept_for(suite, address) == []

    def test_suspended_partner_s_mail_waits_until_it_is_resumed(self, world, suite):
        """Nobody could accept it; other partners' mails go by."""
        address, other, partner = address_of(world), address_of(world), world.reseller()
        invitation = mailed(world, address, partner)
        world.suspend_partner(partner)
        is_held = ("SELECT is_held FROM invitation.mails WHERE invitation = "
                   f"'{invitation['name'].rpartition('/')[2]}'")
        with MailServer(suite, tls_of(suite)) as server:
            mailed(world, other)
            await_true(lambda: server.seen_by(other), GIVEN_UP)
            await_true(lambda: suite.psql(is_held) == ["t"], GIVEN_UP)
            assert server.seen_by(address) == []
            world.operator.must("ResumePartner", {"name": partner.account, "reason": "cleared"})
            await_true(lambda: delivery_of(world, invitation, partner)["state"] == "SENT", GIVEN_UP)
            assert len(server.seen_by(address)) == 1

    def test_unreachable_server_is_given_up_with_the_reason(self, world):
        invitation = mailed(world, address_of(world))
        delivery = await_state(world, invitation, "FAILED", GIVEN_UP)
        assert delivery["attempts"] == 5
        assert delivery["error"].startswith("No session with the mail server: ")


def stranger(folder):
    """For 127.0.0.1, from an authority that nobody knows: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(uuid.uuid4().int).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .sign(key, hashes.SHA256()))
    (folder / "stranger.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "stranger.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    return mail.context(folder / "stranger.crt", folder / "stranger.key")
