"""The draft that a mail program opens (`eml` of RenderInvitation), read by a parser that is not ours."""

import mail
import pytest
from checks import BOTH, refused

HEADERS = ["X-Unsent", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"]
INJECTION = "Ann\r\nBcc: eve@evil.example\r\n\r\nX"
# Language, the partner, the customer, the first label of the recipient's domain, the partner's note.
CASES = {
    "en": ("en", "Contoso & <b>Sons</b>", "O'Hara \"Ski\" Ltd", "alpine", "100 % & <more>"),
    "de": ("de", "Müller Großhandel GmbH", "Straßenbau Äöü & Co.", "müller", "Grüße aus Köln."),
    "pl": ("pl", "Zażółć Gęślą Jaźń sp. z o.o.", "Źródło Śląskie S.A.", "żółw", "Do zobaczenia w Łodzi."),
    "pl-PL": ("pl-PL", "Łódź", "ÓŁ", "łąka", "=?utf-8?q?nie?= i =C5=82"),
    "ja": ("ja", "株式会社コントソ", "北風トレーダーズ", "北風", "よろしくお願いします。"),
    "ar": ("ar", "شركة كونتوسو", "شركة الألب", "الألب", "مع أطيب التحيات"),
    "emoji": ("en", "Ski 🎿 & Snow ❄️", "🏔️", "alpine", "See you 👋"),
}


def partner_called(world, name: str):
    """A partner of this name that only one test knows."""
    account = world.operator.must("EnrollPartner", world.enrol_fields(
        world.unique("named"), display_name=name))["name"]
    return world.caller(account, ["admin_agent"])


def drafted(world, partner, transport: str = "grpc", **fields) -> tuple[dict, dict]:
    """A draft, and what rendering it answers."""
    draft = partner.must("CreateInvitation", {
        "parent": partner.account, "invitation": fields}, transport)
    return draft, partner.must("RenderInvitation", {"name": draft["name"]}, transport)


def check(shown: dict, recipient: str) -> mail.Delivered:
    """What holds for every draft's mail; the mail as it was read."""
    content = shown["eml"].encode("ascii")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")
    read = mail.read(content)
    message = read.message
    assert message.keys() == HEADERS
    assert message["X-Unsent"] == "1"
    assert message["To"] == recipient
    assert message["Subject"] == shown["subject"]
    parts = list(message.iter_parts())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.defects for part in parts] == [[], []]
    assert read.text.replace("\r\n", "\n").rstrip() == shown["text"].rstrip()
    assert read.html.replace("\r\n", "\n").rstrip() == shown["html"].rstrip()
    assert read.link == shown["link"]
    assert read.anchors == [shown["link"]]
    return read


class TestDraftMail:
    @BOTH
    @pytest.mark.parametrize("case", CASES)
    def test_is_the_same_mail_in_every_language_and_script(self, world, transport, case):
        locale, name, company, domain, note = CASES[case]
        domain = f"{domain}.{world.unique('mail')}.example"
        partner = partner_called(world, name)
        _, shown = drafted(world, partner, transport, locale=locale, note=note, customer_hint={
            "company_name": company, "email_address": f"ann.beebe+x@{domain}"})
        read = check(shown, f"ann.beebe+x@{domain.encode('idna').decode()}")
        for word in (name, company, note):
            assert word in read.text
        assert name in read.message["Subject"]

    @pytest.mark.parametrize("subject", [
        "Zażółć gęślą jaźń " * 11, "a" * 200, "株式会社" * 50, "🎿" * 200, "word " * 39 + "end",
        "=?utf-8?B?QmNj?= stays as it is"])
    def test_long_or_strange_subject_comes_whole(self, world, subject):
        _, shown = drafted(world, world.contoso, subject=subject.strip(), customer_hint={
            "email_address": "ann@alpine.example"})
        assert check(shown, "ann@alpine.example").message["Subject"] == subject.strip()

    def test_combined_invitation_and_partnership_are_mails_too(self, world):
        reseller, provider = world.partnered()
        for partner, fields in ((reseller, world.combined_fields(provider)),
                                (provider, {"kind": "PARTNERSHIP"})):
            _, shown = drafted(world, partner, customer_hint={
                "email_address": "ann@alpine.example"}, **fields)
            check(shown, "ann@alpine.example")

    def test_text_of_ones_own_stays_in_the_body(self, world):
        """Lines that look like headers, like the end of a part or of the mail."""
        body = "Ann\nBcc: eve\n\n--=_1\n.\nContent-Type: text/html\n\n{{link}}\n--"
        _, shown = drafted(world, world.contoso, body_text=body, customer_hint={
            "email_address": "ann@alpine.example"})
        assert "\nBcc: eve\n" in check(shown, "ann@alpine.example").text.replace("\r\n", "\n")

    @BOTH
    @pytest.mark.parametrize("field, fields", {
        "note": {"note": INJECTION}, "subject": {"subject": INJECTION},
        "body_text": {"body_text": INJECTION + "{{link}}"},
        "customer_hint.company_name": {"customer_hint": {"company_name": INJECTION}},
        "customer_hint.email_address": {"customer_hint": {"email_address": INJECTION}},
    }.items())
    def test_what_would_end_a_header_is_refused(self, world, transport, field, fields):
        answer = world.contoso.call("CreateInvitation", {
            "parent": world.contoso.account, "invitation": fields}, transport)
        refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")
        assert [each.removeprefix("invitation.") for each in answer.violations] == [field]

    def test_partner_s_name_is_refused_too(self, world):
        answer = world.operator.call("EnrollPartner", world.enrol_fields(
            world.unique("named"), display_name=INJECTION))
        refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")
