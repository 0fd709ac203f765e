"""Mails as Python's parser reads them, and a mail server that does what a test tells it."""

import email
import email.policy
import re
import ssl
import threading
import urllib.parse
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Callable

from aiosmtpd.controller import Controller
from api import LINKS
from suite import Suite, await_true


@dataclass
class Delivered:
    """A mail that a server has taken."""

    recipients: list[str]
    message: EmailMessage
    content: bytes

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content()

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()

    @property
    def link(self) -> str:
        """The one web address in it."""
        found = re.findall(r"\S*://\S*", self.text)
        assert len(found) == 1, self.text
        LINKS.add(found[0])
        return found[0]

    @property
    def anchors(self) -> list[str]:
        parser = _Anchors()
        parser.feed(self.html)
        return parser.found


class _Anchors(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src", "action")]


def read(content: bytes, recipients: list[str] | None = None) -> Delivered:
    message = email.message_from_bytes(content, policy=email.policy.SMTP)
    assert message.defects == []
    return Delivered(recipients or message.get_all("Delivered-To", []), message, content)


def read_mailto(uri: str) -> tuple[str, str, str]:
    """Recipient, subject and text of a mailto URI (RFC 6068), as a mail program reads them."""
    assert re.fullmatch(r"[!-~]+", uri), uri
    parts = urllib.parse.urlsplit(uri)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("mailto", "", "")
    fields = [field.split("=") for field in parts.query.split("&")]
    assert [name for name, _ in fields] == ["subject", "body"]
    subject, text = (urllib.parse.unquote(value, errors="strict") for _, value in fields)
    assert "\n" not in text.replace("\r\n", "")
    return urllib.parse.unquote(parts.path, errors="strict"), subject, text.replace("\r\n", "\n")


def kept_for(suite: Suite, address: str) -> list[Delivered]:
    """What the copy's own mail sink has for an address."""
    files = sorted(Path(suite.folder / "mail").glob("*.eml"))
    return [mail for mail in (read(file.read_bytes()) for file in files)
            if mail.recipients == [address]]


def await_kept(suite: Suite, address: str, seconds: float = 10) -> Delivered:
    return await_true(lambda: kept_for(suite, address), seconds)[0]


def usual(*_) -> str:
    """Takes everything."""
    return "250 2.0.0 OK"


@dataclass
class MailServer:
    """In the place of the copy's sink: on its port, with its certificate unless told otherwise."""

    suite: Suite
    tls: ssl.SSLContext | None = None
    # What it answers to RCPT and at the end of a mail; None: it cuts the connection. In a thread of
    # their own, so they may wait.
    on_recipient: Callable[[str], str | None] = usual
    on_mail: Callable[[Delivered], str | None] = usual
    # The mails that it has read to the end, whatever it has answered.
    seen: list[Delivered] = field(default_factory=list)

    def __enter__(self) -> "MailServer":
        options = {"tls_context": self.tls, "require_starttls": True} if self.tls else {}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.suite.mail_port,
                                      server_hostname="localhost", **options)
        self._controller.start()
        return self

    def __exit__(self, *_) -> None:
        self._controller.stop()

    def seen_by(self, address: str) -> list[Delivered]:
        return [mail for mail in self.seen if mail.recipients == [address]]

    async def handle_RCPT(self, server, _session, envelope, address, _options) -> str:
        answer = self.on_recipient(address)
        if answer is None:
            server.transport.abort()
        elif answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer or ""

    async def handle_DATA(self, server, _session, envelope) -> str:
        mail = read(envelope.original_content, list(envelope.rcpt_tos))
        self.seen.append(mail)
        answer = await server.loop.run_in_executor(None, self.on_mail, mail)
        if answer is None:
            server.transport.abort()
        return answer or ""


def tls_of(suite: Suite) -> ssl.SSLContext:
    """The sink's own certificate."""
    return context(suite.certificate("mail"), suite.key("mail"))


def context(certificate: Path, key: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    return made


class Gate:
    """Holds whoever comes first until it is opened."""

    def __init__(self):
        self.reached = threading.Event()
        self._opened = threading.Event()

    def hold(self) -> None:
        self.reached.set()
        self._opened.wait(60)

    def open(self) -> None:
        self._opened.set()
