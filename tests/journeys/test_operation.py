"""What an operator relies on: health, reflection, metrics, logs, certificates that change, and ends
that cut nobody off."""

import base64
import json
import os
import re
import signal
import subprocess
import threading
import time
import uuid
from pathlib import Path

import api
import descriptors
import pytest
import raw_http2
from api import METHODS
from extra import Extra
from suite import SERVICES, await_true, command, is_listening, start

FULL_NAMES = {
    "invitation": "partnerlink.invitation.v1.InvitationService",
    "relationship": "partnerlink.relationship.v1.RelationshipService",
    "directory": "partnerlink.directory.v1.CustomerDirectoryService",
}
EACH_SERVICE = pytest.mark.parametrize("service", SERVICES)
# HealthCheckResponse with `status: SERVING`.
SERVING = b"\x08\x01"


def grpcurl(suite, *arguments: str) -> subprocess.CompletedProcess:
    tools = os.environ.get("PARTNERLINK_TOOLS_DIR", "/var/lib/partnerlink/tools")
    return subprocess.run([Path(tools) / "bin/grpcurl", "-plaintext", *arguments],
                          capture_output=True, text=True, timeout=60, check=False,
                          stdin=subprocess.DEVNULL)


class TestGrpcurl:
    """As an operator would, with nothing but grpcurl."""

    def test_list_shows_every_service(self, suite):
        shown = grpcurl(suite, suite.gateway, "list")
        assert shown.returncode == 0, shown.stderr
        assert {*FULL_NAMES.values(), "grpc.health.v1.Health"} <= set(shown.stdout.split())

    @EACH_SERVICE
    def test_describe_shows_its_methods(self, suite, service):
        shown = grpcurl(suite, suite.gateway, "describe", FULL_NAMES[service])
        assert shown.returncode == 0, shown.stderr
        for method in METHODS.values():
            if method.service == FULL_NAMES[service]:
                assert f"rpc {method.name} " in shown.stdout

    def test_call_by_reflection(self, world, suite):
        draft = world.draft()
        shown = grpcurl(suite, "-H", f"authorization: Bearer {world.contoso.token}",
                        "-d", json.dumps({"name": draft["name"]}), suite.gateway,
                        f"{FULL_NAMES['invitation']}/GetInvitation")
        assert json.loads(shown.stdout)["name"] == draft["name"], shown.stderr

    def test_health_by_reflection(self, suite):
        shown = grpcurl(suite, suite.gateway, "grpc.health.v1.Health/Check")
        assert shown.returncode == 0, shown.stderr
        assert json.loads(shown.stdout) == {"status": "SERVING"}
        described = grpcurl(suite, suite.gateway, "describe", "grpc.health.v1.Health")
        for method in ("Check", "Watch"):
            assert f"rpc {method} ( .grpc.health.v1.HealthCheckRequest )" in described.stdout

    @EACH_SERVICE
    def test_health_of_each_service_by_reflection(self, suite, service):
        tools = os.environ.get("PARTNERLINK_TOOLS_DIR", "/var/lib/partnerlink/tools")
        shown = subprocess.run(
            [Path(tools) / "bin/grpcurl", "-cacert", suite.authority,
             "-cert", suite.certificate("gateway"), "-key", suite.key("gateway"), "-insecure",
             f"127.0.0.1:{suite.data_port(service)}", "grpc.health.v1.Health/Check"],
            capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
        assert shown.returncode == 0, shown.stderr
        assert json.loads(shown.stdout) == {"status": "SERVING"}

    def test_call_by_protoset(self, world, suite):
        shown = grpcurl(suite, "-protoset", str(suite.folder / "partnerlink.protoset"),
                        "-H", f"authorization: Bearer {world.contoso.token}",
                        "-d", json.dumps({"parent": world.contoso.account}), suite.gateway,
                        f"{FULL_NAMES['directory']}/ListCustomers")
        assert shown.returncode == 0, shown.stderr


def health(port: int, name: str = "") -> raw_http2.RawAnswer:
    """Asks one port for the whole or for a service."""
    request = b"\x0a" + bytes([len(name)]) + name.encode() if name else b""
    with raw_http2.Connection(port) as connection:
        return connection.call("/grpc.health.v1.Health/Check", request)


def is_serving(suite, service: str) -> bool:
    return health(suite.health_port(service)).data[5:] == SERVING


def test_health_through_the_gateway(suite):
    assert health(suite.port_base).data[5:] == SERVING


@EACH_SERVICE
def test_health_port_answers_for_the_whole_and_by_name(suite, service):
    for name in ("", "liveness", FULL_NAMES[service]):
        assert health(suite.health_port(service), name).data[5:] == SERVING, name
    for other in SERVICES:
        if other != service:
            answer = health(suite.health_port(service), FULL_NAMES[other])
            assert api.CODE_NAMES[answer.code] == "NOT_FOUND"


def test_liveness_of_the_gateway(suite):
    answer = api.send_http(suite.gateway, "GET", "/healthz")
    assert answer.http_status == 200


def test_protoset_is_the_one_of_the_protos(suite):
    built = descriptors.Protoset((suite.folder / "partnerlink.protoset").read_bytes())
    assert [m.path for m in built.methods] == [m.path for m in api.PROTOSET.methods]


class TestMetrics:
    @EACH_SERVICE
    def test_calls_are_counted_by_the_usual_names(self, world, suite, service):
        name = {"invitation": "ListInvitations", "relationship": "ListRelationships",
                "directory": "ListCustomers"}[service]
        labels = f'grpc_method="{name}",grpc_service="{FULL_NAMES[service]}",grpc_type="unary"'

        def counts():
            text = suite.metrics(service)
            return [value(text, metric) for metric in (
                f"grpc_server_started_total{{{labels}}}",
                f'grpc_server_handled_total{{grpc_code="OK",{labels}}}',
                f'grpc_server_handled_total{{grpc_code="InvalidArgument",{labels}}}',
                f"grpc_server_handling_seconds_count{{{labels}}}")]

        before = counts()
        world.contoso.must(name, {"parent": world.contoso.account})
        world.contoso.call(name, {"parent": world.contoso.account, "page_size": -1})
        await_true(lambda: [now - was for now, was in zip(counts(), before)] == [2, 1, 1, 2], 5)

    @EACH_SERVICE
    def test_gauges_of_pools_and_queues(self, suite, service):
        text = suite.metrics(service)
        for name in ("partnerlink_workers", "partnerlink_workers_busy", "partnerlink_queue_length",
                     "partnerlink_postgres_connections", "process_start_time_seconds",
                     "partnerlink_build_info"):
            assert re.search(rf"^{name}(\{{.*\}})? [\d.e+]+$", text, re.MULTILINE), name
        assert '{pool="' in text

    @pytest.mark.parametrize("service, target", [
        ("invitation", "relationship"), ("relationship", "directory")])
    def test_relay_counts_what_it_delivers(self, world, suite, service, target):
        name = f'partnerlink_outbox_delivered_total{{target="{target}"}}'
        before = value(suite.metrics(service), name)
        world.accept()
        await_true(lambda: value(suite.metrics(service), name) == before + 1, 5)
        assert value(suite.metrics(service),
                     f'partnerlink_outbox_oldest_undelivered_seconds{{target="{target}"}}') < 60

    def test_gateway_counts_by_method(self, world, suite):
        world.contoso.must("ListCustomers", {"parent": world.contoso.account})
        text = suite.admin("/stats/prometheus")
        assert "CustomerDirectoryService" in text
        assert "ListCustomers" in text


def value(text: str, metric: str) -> float:
    match = re.search(rf"^{re.escape(metric)} (\S+)$", text, re.MULTILINE)
    assert match, f"no {metric}"
    return float(match[1])


class TestLogs:
    @pytest.mark.parametrize("transport", ["grpc", "json", "web"])
    def test_one_line_tells_of_a_call(self, world, suite, transport):
        request_id = f"test-{uuid.uuid4()}"
        trace = f"00-{uuid.uuid4().hex}-00f067aa0ba902b7-01"
        answer = world.contoso.call(
            "ListCustomers", {"parent": world.contoso.account}, transport,
            {"x-request-id": request_id, "traceparent": trace})
        assert answer.headers["x-request-id"] == request_id
        assert answer.headers["traceparent"] == trace
        line = self._only_line(suite, "directory", request_id)
        assert line["event"] == "call"
        assert line["method"].endswith("CustomerDirectoryService/ListCustomers")
        assert line["account"] == world.contoso.account
        assert line["code"] == "OK"
        assert line["duration_ms"] > 0
        assert line["trace_id"] == trace.split("-")[1]
        assert self._only_line(suite, "access", request_id)["account"] == world.contoso.account

    def test_refusal_names_its_reason(self, world, suite):
        request_id = f"test-{uuid.uuid4()}"
        world.contoso.call("ListCustomers", {"parent": "partners/nobody"},
                           headers={"x-request-id": request_id})
        line = self._only_line(suite, "directory", request_id)
        assert (line["code"], line["reason"]) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_call_without_an_id_gets_one(self, world):
        answer = world.contoso.call("ListCustomers", {"parent": world.contoso.account})
        assert answer.headers["x-request-id"]

    @EACH_SERVICE
    def test_every_line_is_json_with_its_head(self, suite, service):
        for line in suite.log_lines(service):
            assert {"time", "level", "service", "event"} <= line.keys()
            assert line["service"] == service

    @EACH_SERVICE
    def test_configuration_is_logged_without_secrets(self, suite, service):
        configuration = suite.log_lines(service, event="configuration")
        assert configuration
        assert configuration[0]["data_address"].endswith(str(suite.data_port(service)))
        text = json.dumps(configuration)
        for file in (suite.folder / "secrets").iterdir():
            for word in re.findall(r"[A-Za-z0-9+/=]{30,}", file.read_text()):
                assert word not in text

    @staticmethod
    def _only_line(suite, part: str, request_id: str) -> dict:
        # Envoy writes its log out every ten seconds.
        found = await_true(lambda: suite.log_lines(part, request_id=request_id), 15)
        assert len(found) == 1
        return found[0]


class TestCertificates:
    """New ones are taken without a restart."""

    @EACH_SERVICE
    def test_service_serves_its_new_certificate(self, world, suite, service):
        pids = suite.pids()
        old = served_certificate(suite, service)
        renew(suite, service)
        new = await_true(lambda: changed(lambda: served_certificate(suite, service), old), 30)
        assert new == der(suite.certificate(service))
        accepted = world.accept()
        assert world.lists(world.contoso, accepted.customer.account,
                           consistency_token=accepted.consistency_token)
        assert suite.pids() == pids

    def test_gateway_shows_its_new_certificate(self, world, suite):
        pids = suite.pids()
        renew(suite, "gateway")
        serial = subprocess.run(
            ["openssl", "x509", "-noout", "-serial", "-in", suite.certificate("gateway")],
            capture_output=True, text=True, check=True).stdout.strip().partition("=")[2]
        await_true(lambda: serial.lower().lstrip("0") in suite.admin("/certs").lower(), 30)
        world.contoso.must("ListCustomers", {"parent": world.contoso.account})
        assert suite.pids() == pids


def renew(suite, name: str) -> None:
    """A new key and certificate from the same authority, as an operator's tool would put them."""
    folder = suite.folder / "certificates"
    key, request, certificate = (folder / f"{name}.{end}.new" for end in ("key", "csr", "crt"))

    def openssl(*arguments) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
    openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
    extensions = folder / f"{name}.ext"
    extensions.write_text(f"subjectAltName=URI:spiffe://partnerlink/{name}\n"
                          "extendedKeyUsage=serverAuth,clientAuth\n")
    openssl("x509", "-req", "-in", request, "-days", "30", "-CA", suite.authority,
            "-CAkey", suite.folder / "secrets/authority.key", "-extfile", extensions,
            "-set_serial", str(uuid.uuid4().int >> 2), "-out", certificate)
    key.chmod(0o600)
    key.rename(suite.key(name))
    certificate.rename(suite.certificate(name))
    request.unlink()
    extensions.unlink()


def served_certificate(suite, service: str) -> bytes:
    tls = raw_http2.mutual_tls(suite.authority, suite.certificate("gateway"), suite.key("gateway"))
    with raw_http2.Connection(suite.data_port(service), tls) as connection:
        return connection.socket.getpeercert(binary_form=True)


def changed(read, old):
    new = read()
    return new if new != old else None


def der(path: Path) -> bytes:
    return subprocess.run(["openssl", "x509", "-in", path, "-outform", "DER"],
                          capture_output=True, check=True).stdout


class TestReadiness:
    """A service refuses to serve on what it does not fit, says why, and comes back by itself."""

    @pytest.mark.parametrize("broken, mended, words", [
        ("UPDATE sqitch.changes SET change = 'gone' WHERE project = 'directory' "
         "AND change = 'creation'",
         "UPDATE sqitch.changes SET change = 'creation' WHERE project = 'directory' "
         "AND change = 'gone'",
         "lacks the changes directory:creation"),
        ("ALTER ROLE directory BYPASSRLS", "ALTER ROLE directory NOBYPASSRLS",
         "may bypass row-level security"),
        ("GRANT directory_owner TO directory", "REVOKE directory_owner FROM directory",
         "is a member of an owner"),
        ("ALTER TABLE directory.customers NO FORCE ROW LEVEL SECURITY",
         "ALTER TABLE directory.customers FORCE ROW LEVEL SECURITY",
         "without forced row-level security: customers"),
        ("ALTER ROLE directory_worker SUPERUSER", "ALTER ROLE directory_worker NOSUPERUSER",
         "is a superuser"),
    ], ids=["missing change", "bypass", "owner", "no force", "worker superuser"])
    def test_not_serving_with_a_reason_until_mended(self, world, suite, broken, mended, words):
        suite.psql(broken)
        try:
            await_true(lambda: not is_serving(suite, "directory"), 15)
            reason = health(suite.health_port("directory")).headers["partnerlink-not-serving"]
            assert words in reason
            assert any(words in line["reason"]
                       for line in suite.log_lines("directory", event="not_serving"))
            await_true(lambda: self._is_unavailable(world), 15)
        finally:
            suite.psql(mended)
        await_true(lambda: is_serving(suite, "directory"), 15)
        await_true(lambda: world.contoso.call(
            "ListCustomers", {"parent": world.contoso.account}).ok, 15)

    @staticmethod
    def _is_unavailable(world) -> bool:
        answer = world.contoso.call("ListCustomers", {"parent": world.contoso.account})
        assert answer.ok or answer.faults() == [], str(answer)
        return answer.reason == "DEPENDENCY_UNAVAILABLE"


class Waiting:
    """A call at an extra process of Directory that waits for a change still on its way."""

    def __init__(self, world, suite, extra: Extra):
        self.suite = suite
        self.root = str(uuid.uuid4())
        suite.psql(f"""
          INSERT INTO common.outbox (id, root, account, actor_account, service, event, resource,
            target, payload, next_attempt_time)
          VALUES ('{self.root}', '{self.root}', '', '', 'directory', 'test', 'test', 'invitation',
            '', 'infinity')""")
        self.answers: list[raw_http2.RawAnswer] = []
        port = extra.data_port()
        self._thread = threading.Thread(target=lambda: self.answers.append(self._call(world, port)))
        self._thread.start()
        await_true(lambda: re.search(
            r'^grpc_server_started_total\{grpc_method="ListCustomers".* 1$', extra.metrics(),
            re.MULTILINE), 10)

    def _call(self, world, port: int) -> raw_http2.RawAnswer:
        method = METHODS["ListCustomers"]
        token = base64.urlsafe_b64encode(b"\x01" + uuid.UUID(self.root).bytes).rstrip(b"=").decode()
        message = api.build(method, {"parent": world.contoso.account, "consistency_token": token})
        tls = raw_http2.mutual_tls(self.suite.authority, self.suite.certificate("gateway"),
                                   self.suite.key("gateway"))
        with raw_http2.Connection(port, tls) as connection:
            return connection.call(method.path, message.SerializeToString(),
                                   api.metadata_of(world.contoso.token, {}))

    def arrive(self) -> None:
        """The change does; so the call ends."""
        self.suite.psql("UPDATE common.outbox SET delivered_time = clock_timestamp() "
                        f"WHERE id = '{self.root}'")
        self._thread.join(20)


class TestDrain:
    @pytest.fixture
    def extra(self, suite):
        process = Extra(suite, "directory", shutdown_deadline="3s")
        yield process
        process.end()

    def test_call_in_flight_finishes_and_new_ones_are_refused(self, world, suite, extra):
        waiting = Waiting(world, suite, extra)
        try:
            extra.process.send_signal(signal.SIGTERM)
            port = extra.data_port()
            await_true(lambda: not is_listening(port), 2.5)
            assert extra.process.poll() is None, "it went while a call was in flight"
            assert waiting.answers == []
        finally:
            waiting.arrive()
        assert [api.CODE_NAMES[answer.code] for answer in waiting.answers] == ["OK"]
        assert extra.process.wait(15) == 0
        assert len(extra.lines("draining")) == len(extra.lines("stopped")) == 1

    def test_call_that_does_not_end_is_cut_at_the_deadline(self, world, suite, extra):
        waiting = Waiting(world, suite, extra)
        try:
            began = time.monotonic()
            extra.process.send_signal(signal.SIGTERM)
            extra.process.wait(20)
            assert time.monotonic() - began < 8
        finally:
            waiting.arrive()
        assert [answer.code for answer in waiting.answers if answer.code == 0] == []


class TestStart:
    """No default for a secret: what is missing or wrong stops the start with one clear line."""

    @pytest.mark.parametrize("service, flags, words", [
        ("invitation", {"link_key_file": ""}, "--link_key_file: "),
        ("invitation", {"link_key_file": "/dev/null"}, "--link_key_file: link secret file /dev/null"),
        ("invitation", {"link_base": "http://evil.example/x?y"}, "--link_base: "),
        ("invitation", {"link_base": ""}, "--link_base: "),
        ("invitation", {"relationship_address": ""}, "relationship_address"),
        ("relationship", {"page_token_key_file": "/dev/null"}, "page_token_key_file"),
        ("relationship", {"directory_address": ""}, "directory_address"),
        ("relationship", {"invitation_address": ""}, "invitation_address"),
        ("directory", {"jwks_file": "/nonexistent"}, "/nonexistent"),
        ("directory", {"tls_key_file": "/nonexistent"}, "/nonexistent"),
        ("directory", {"postgres": "host=/tmp password=sesame"}, "passfile"),
        ("directory", {"workers": "0"}, "workers"),
    ])
    def test_is_refused(self, suite, service, flags, words):
        extra = Extra(suite, service, **flags)
        try:
            assert extra.process.wait(20) != 0
        finally:
            extra.end()
        refusals = extra.lines("start_refused")
        assert len(refusals) == 1
        assert words in refusals[0]["reason"]
        assert "sesame" not in extra.log.read_text()


class TestTwoCopies:
    """Side by side: what one signs the other refuses; an end of one leaves the other alone."""

    def test_second_copy_comes_and_goes(self, world, suite):
        before = suite.pids()
        second = start("second", suite.port_base + 100)
        try:
            assert second.port_base != suite.port_base
            answer = api.send_http(second.gateway, "GET", "/v1/partners", None, world.operator.token,
                                   world.operator.headers)
            assert (answer.code, answer.reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")
            assert command("status", "--dir", second.folder).returncode == 0
            assert len(second.processes()) > 4
        finally:
            second.down()
        assert second.processes() == []
        assert not any(is_listening(second.port_base + offset) for offset in range(40))
        assert command("status", "--dir", second.folder, check=False).returncode != 0
        second.down()
        assert suite.pids() == before
        second.down("--purge")
        assert not second.folder.exists()


def test_up_again_leaves_what_runs_alone(suite):
    before = suite.pids()
    suite.up()
    assert suite.pids() == before


def test_secrets_are_readable_by_their_owner_only(suite):
    """By mode, of every file with a secret and of the folders that hold them."""
    for folder in ("secrets", "certificates", "config"):
        assert (suite.folder / folder).stat().st_mode & 0o077 == 0
    for file in [*(suite.folder / "secrets").iterdir(),
                 *(suite.folder / "certificates").glob("*.key")]:
        if file.name != "jwks.json":
            assert file.stat().st_mode & 0o077 == 0, file.name


def test_no_secret_is_in_a_command_line_or_environment(suite):
    secrets = {word for file in (suite.folder / "secrets").iterdir()
               for word in re.findall(r"[A-Za-z0-9+/=]{30,}", file.read_text())}
    for pid in suite.pids().values():
        for name in ("cmdline", "environ"):
            text = Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")
            assert not any(secret in text for secret in secrets)
