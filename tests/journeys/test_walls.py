"""Identity comes from a verified token, peers from their certificate, links from the settings: no
header changes any of it."""

import json
import re
import ssl
import subprocess
import urllib.parse
from email.message import EmailMessage

import api
import mail
import pytest
import raw_http2
from api import METHODS, PROTOSET
from data_port import raw_call, service_of
from suite import await_true

INTERNAL = [method for method in PROTOSET.methods if not method.is_public]
OF_INTERNAL = pytest.mark.parametrize("method", INTERNAL, ids=repr)
FORGED = {
    "x-partnerlink-account": "partners/{other}",
    "x-partnerlink-principal": '{{"account": "partners/{other}"}}',
    "x-partnerlink-roles": "operator",
    "x-partnerlink-peer": "invitation",
    "X-PARTNERLINK-SUBJECT": "root",
    "partnerlink-account": "partners/{other}",
    "x-jwt-payload": '{{"account": "operators", "roles": ["operator"]}}',
    "x-forwarded-client-cert": "By=spiffe://partnerlink/directory;URI=spiffe://partnerlink/invitation",
    "x-forwarded-user": "root",
    "x-forwarded-for": "127.0.0.1",
    "x-real-ip": "127.0.0.1",
    "x-envoy-original-path": "/v1/partners/{other}/customers",
    "x-envoy-internal": "true",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-original-url": "/v1/partners/{other}/customers",
    "x-http-method-override": "DELETE",
    "forwarded": "for=127.0.0.1;host=evil.example;proto=http",
}


def forged(world) -> dict[str, str]:
    other = world.fabrikam.account.partition("/")[2]
    return {name: value.format(other=other) for name, value in FORGED.items()}


@pytest.mark.parametrize("transport", ["grpc", "json", "web"])
def test_forged_headers_make_nobody_else(world, transport):
    headers = forged(world)
    draft = world.draft()
    own = world.contoso.call("GetInvitation", {"name": draft["name"]}, transport, headers)
    assert own.body == draft
    foreign = world.fabrikam.call("GetInvitation", {"name": draft["name"]}, transport)
    for header, value in headers.items():
        answer = world.fabrikam.call("GetInvitation", {"name": draft["name"]}, transport,
                                     {header: value})
        assert (answer.code, answer.raw) == (foreign.code, foreign.raw), header
    listed = world.contoso.must("ListInvitations", {
        "parent": world.contoso.account, "page_size": 500}, transport, headers=headers)
    assert {row["name"].rpartition("/invitations")[0] for row in listed["invitations"]} == {
        world.contoso.account}


@pytest.mark.parametrize("transport", ["grpc", "json", "web"])
def test_forged_headers_are_no_token(world, transport):
    for name, fields in (("EnrollPartner", world.enrol_fields(world.unique("evil"))),
                         ("ListInvitations", {"parent": world.contoso.account})):
        answer = world.anyone.call(name, fields, transport, forged(world))
        assert (answer.code, answer.reason) == ("UNAUTHENTICATED", "TOKEN_MISSING"), str(answer)


def test_token_in_the_query_is_no_token(world):
    for name in ("access_token", "token", "jwt"):
        answer = api.send_http(world.suite.gateway, "GET", "/v1/partners/"
                               f"{world.contoso.account.partition('/')[2]}/invitations"
                               f"?{name}={world.contoso.token}")
        assert answer.code in ("UNAUTHENTICATED", "INVALID_ARGUMENT"), str(answer)


FORGED_HOSTS = pytest.mark.parametrize("headers, authority", [
    ({"x-forwarded-host": "evil.example"}, None),
    ({"x-forwarded-proto": "http", "x-forwarded-port": "1", "x-forwarded-host": "evil.example"}, None),
    ({"forwarded": "host=evil.example;proto=http"}, None),
    ({"origin": "https://evil.example", "referer": "https://evil.example/"}, None),
    ({}, "evil.example"),
    ({"x-original-host": "evil.example", "x-host": "evil.example"}, "evil.example:443"),
])


def addresses_in(rendered: dict) -> set[str]:
    """Every web address of a rendered invitation, in each of its forms."""
    drafted = mail.read(rendered["eml"].encode())
    mailto = urllib.parse.unquote(rendered["mailtoUri"])
    words = " ".join([rendered["text"], rendered["html"], mailto, drafted.text, drafted.html])
    return {rendered["link"], *re.findall(r"\w+://[^\s\"'<>]+", words)}


def call_forged(world, suite, name: str, fields: dict, headers, authority) -> list[dict]:
    """By HTTP and by gRPC, with these headers and this authority."""
    call = api.transcode(METHODS[name], api.build(METHODS[name], fields))
    by_http = dict(headers) | ({"host": authority} if authority else {})
    body = None if call.body is None else json.dumps(call.body).encode()
    shown = api.send_http(suite.gateway, call.verb, call.target, body, world.contoso.token, by_http)
    assert shown.ok, str(shown)
    method = METHODS[name]
    with raw_http2.Connection(suite.port_base) as connection:
        raw = connection.call(method.path, api.build(method, fields).SerializeToString(),
                              api.metadata_of(world.contoso.token, headers),
                              authority=authority or "127.0.0.1")
    response = PROTOSET.message(method.response.full_name)
    return [shown.body, api.as_dict(response.FromString(raw.data[5:]))]


@FORGED_HOSTS
def test_links_start_with_the_configured_base(world, suite, headers, authority):
    name = world.draft()["name"]
    expected = world.link_of(name)
    assert expected.startswith(f"http://{suite.gateway}/invite#")
    for body in call_forged(world, suite, "RenderInvitation", {"name": name}, headers, authority):
        assert addresses_in(body) == {expected}
        assert "evil" not in str(body)


@FORGED_HOSTS
def test_links_in_mails_do_too(world, suite, headers, authority):
    """Of what is made, sent and sent again with forged headers."""
    address = f"ann@{world.unique('mail')}.example"
    fields = {"parent": world.contoso.account, "send": True,
              "invitation": {"customer_hint": {"email_address": address}}}
    call_forged(world, suite, "CreateInvitation", fields | {"validate_only": True}, headers, authority)
    name = world.contoso.must("CreateInvitation", fields)["name"]
    call_forged(world, suite, "SendInvitation", {"name": name}, headers, authority)
    call_forged(world, suite, "ResendInvitation", {"name": name, "send": True}, headers, authority)
    expected = world.link_of(name)
    delivered = await_true(lambda: [
        one for one in mail.kept_for(suite, address) if one.link == expected], 10)[0]
    assert delivered.anchors == [expected]
    base = f"http://{suite.gateway}/invite#"
    for one in mail.kept_for(suite, address):
        assert one.link.startswith(base)
        assert b"evil" not in one.content


def test_control_another_base_is_found_in_each_form(world):
    rendered = world.contoso.must("RenderInvitation", {"name": world.draft()["name"]})
    for form in ("link", "text", "html", "mailtoUri", "eml"):
        planted = rendered[form].replace("http://", "http://evil.example/", 1)
        if form == "mailtoUri":
            planted = rendered[form].replace("http%3A%2F%2F", "http%3A%2F%2Fevil.example%2F", 1)
        elif form == "eml":
            planted = evil_mail(rendered["link"])
        assert planted != rendered[form], form
        found = addresses_in(rendered | {form: planted})
        assert any("evil.example" in address for address in found), form


def evil_mail(link: str) -> str:
    """A mail whose bytes do not show the words that it is searched for."""
    message = EmailMessage()
    message.set_content(f"http://evil.example/?{link}", cte="base64")
    message.add_alternative("<p>Hello</p>", subtype="html", cte="base64")
    return message.as_string()


@OF_INTERNAL
@pytest.mark.parametrize("transport", ["grpc", "web"])
def test_internal_rpc_is_not_behind_the_gateway(world, method, transport):
    for caller in (world.anyone, world.operator, world.contoso):
        answer = caller.call(method.name, {}, transport, forged(world))
        assert (answer.code, answer.reason) == ("NOT_FOUND", "METHOD_NOT_FOUND"), str(answer)


@OF_INTERNAL
def test_internal_rpc_by_json_is_no_path(world, suite, method):
    for verb, path in (("POST", method.path), ("POST", f"/v1/{method.name}"),
                       ("POST", f"/v1/relationships:{method.name}")):
        answer = api.send_http(suite.gateway, verb, path, b"{}", world.operator.token)
        assert (answer.code, answer.reason) == ("NOT_FOUND", "METHOD_NOT_FOUND"), str(answer)


@OF_INTERNAL
def test_internal_rpc_takes_no_token_for_a_certificate(world, suite, method):
    tls = raw_http2.mutual_tls(suite.authority, suite.certificate("gateway"), suite.key("gateway"))
    with raw_http2.Connection(suite.data_port(service_of(method)), tls) as connection:
        raw = connection.call(method.path, b"", [
            ("authorization", f"Bearer {world.operator.token}"), *forged_pairs(world)])
    assert api.CODE_NAMES[raw.code] == "PERMISSION_DENIED"


@OF_INTERNAL
@pytest.mark.parametrize("message, reason", [
    (b"\xff\xff\xff", "FIELD_INVALID"), (b"\x0a\x02\xc0\xaf", "FIELD_INVALID"),
    (b"\x0a\x05short", "FIELD_INVALID"), (b"\x0a\xff\xff\xff\xff\x0f", "FIELD_INVALID"),
    (b"\xc2\xb8\x02\xf0\xa2\x04" + b"x" * 70_000, "MESSAGE_TOO_LARGE")],
    ids=["no message", "bad UTF-8", "no name", "lies of its length", "oversize"])
@pytest.mark.usefixtures("unharmed")
def test_internal_rpc_refuses_bad_input_of_its_peer(suite, method, message, reason):
    answer = raw_call(suite, method, method.access.peers[0], message)
    assert answer.reason == reason, str(answer)
    assert answer.code in PROTOSET.reasons[reason]


def forged_pairs(world) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in forged(world).items()]


@pytest.mark.parametrize("service", ["invitation", "relationship", "directory"])
class TestDataPort:
    def test_without_a_certificate_there_is_no_connection(self, suite, service):
        tls = raw_http2.mutual_tls(suite.authority, None, None)
        method = next(m for m in PROTOSET.methods if service_of(m) == service)
        assert self._is_refused(suite.data_port(service), tls, method)

    def test_stranger_s_certificate_is_refused(self, suite, service, tmp_path):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=gateway",
             "-addext", "subjectAltName=URI:spiffe://partnerlink/gateway",
             "-keyout", tmp_path / "key", "-out", tmp_path / "crt"],
            check=True, capture_output=True)
        tls = raw_http2.mutual_tls(suite.authority, tmp_path / "crt", tmp_path / "key")
        method = next(m for m in PROTOSET.methods if service_of(m) == service)
        assert self._is_refused(suite.data_port(service), tls, method)

    def test_plaintext_is_refused(self, suite, service):
        method = next(m for m in PROTOSET.methods if service_of(m) == service)
        assert self._is_refused(suite.data_port(service), None, method)

    def test_token_is_checked_there_too(self, world, suite, service):
        """Behind the gateway a service believes nobody's word that a token was checked."""
        method = next(m for m in PROTOSET.methods
                      if service_of(m) == service and m.access.callers)
        tls = raw_http2.mutual_tls(suite.authority, suite.certificate("gateway"),
                                   suite.key("gateway"))
        head, body, _ = world.contoso.token.split(".")
        for token, reason in ((None, "TOKEN_MISSING"), (f"{head}.{body}.AAAA", "TOKEN_INVALID")):
            with raw_http2.Connection(suite.data_port(service), tls) as connection:
                raw = connection.call(method.path, b"", [*api.metadata_of(token, {}),
                                                         *forged_pairs(world)])
            answer = api.Answer(api.CODE_NAMES[raw.code])
            api.read_status(raw.details, answer)
            assert (answer.code, answer.reason) == ("UNAUTHENTICATED", reason), str(answer)

    @staticmethod
    def _is_refused(port: int, tls: ssl.SSLContext | None, method) -> bool:
        try:
            with raw_http2.Connection(port, tls, timeout=8) as connection:
                return connection.call(method.path, b"").code is None
        except (OSError, ssl.SSLError):
            return True


def test_health_port_answers_health_and_nothing_else(suite):
    for service in ("invitation", "relationship", "directory"):
        for method in PROTOSET.methods:
            if service_of(method) == service:
                with raw_http2.Connection(suite.health_port(service)) as connection:
                    raw = connection.call(method.path, b"")
                assert api.CODE_NAMES[raw.code] == "UNIMPLEMENTED"


def test_everything_listens_on_loopback_only(suite):
    lines = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    ours = {line.split()[3] for line in lines.splitlines()
            if suite.port_base <= int(line.split()[3].rpartition(":")[2]) < suite.port_base + 40}
    # The gateway and its admin; three ports of each service; PostgreSQL has a socket only.
    assert len(ours) == 2 + 9
    # gRPC binds IPv4 addresses through IPv6 sockets.
    loopback = ("127.0.0.1:", "[::ffff:127.0.0.1]:")
    assert all(address.startswith(loopback) for address in ours), ours
