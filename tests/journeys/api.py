"""Calls through the gateway: native gRPC, JSON and gRPC-Web, all with one kind of answer."""

import base64
import functools
import http.client
import json
import re
import struct
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Callable

import descriptors
import grpc
from google.protobuf import json_format

PROTOSET = descriptors.load()
METHODS = {method.name: method for method in PROTOSET.methods}
PUBLIC = [method for method in PROTOSET.methods if method.is_public and not method.is_stream]
STREAMS = [method for method in PROTOSET.methods if method.is_public and method.is_stream]
CODE_NAMES = {code.value[0]: code.name for code in grpc.StatusCode}
# No call waits longer for its answer.
TIMEOUT = 15
# What the gateway makes of a code for JSON callers.
HTTP_STATUS = {
    "OK": 200, "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "NOT_FOUND": 404, "ALREADY_EXISTS": 409,
    "ABORTED": 409, "RESOURCE_EXHAUSTED": 429, "CANCELLED": 499, "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
# Links that were seen: none may be found where secrets must not be.
LINKS: set[str] = set()


@dataclass
class Answer:
    """What a call came to, over whatever transport."""

    code: str
    message: str = ""
    # google.rpc.Status, as bytes of the trailer or of the JSON: to compare two answers.
    raw: bytes = b""
    reason: str = ""
    domain: str = ""
    metadata: dict = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    # What stands in the way, by google.rpc.PreconditionFailure.
    blockers: list[str] = field(default_factory=list)
    has_retry_info: bool = False
    # When to try again, by google.rpc.RetryInfo.
    retry_seconds: float = 0
    # Whose quota is used up, by google.rpc.QuotaFailure, and in words which.
    quotas: dict[str, str] = field(default_factory=dict)
    # The response as JSON says it, in lowerCamelCase.
    body: dict = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    http_status: int | None = None
    # Of whose comment the reason must be; empty where none was called through the gateway.
    method: str = ""

    @property
    def ok(self) -> bool:
        return self.code == "OK"

    @property
    def consistency_token(self) -> str:
        return self.headers.get("partnerlink-consistency-token", "")

    def read_details(self, details: list[dict]) -> None:
        for detail in details:
            kind = detail["@type"].rpartition(".")[2]
            if kind == "ErrorInfo":
                self.reason = detail.get("reason", "")
                self.domain = detail.get("domain", "")
                self.metadata = detail.get("metadata", {})
            elif kind == "BadRequest":
                self.violations = [each.get("field", "")
                                   for each in detail.get("fieldViolations", [])]
            elif kind == "PreconditionFailure":
                self.blockers = [each.get("subject", "") for each in detail.get("violations", [])]
            elif kind == "RetryInfo":
                self.has_retry_info = True
                self.retry_seconds = float(detail.get("retryDelay", "0s").rstrip("s"))
            elif kind == "QuotaFailure":
                self.quotas = {each.get("subject", ""): each.get("description", "")
                               for each in detail.get("violations", [])}

    def faults(self) -> list[str]:
        """What is wrong with this as a refusal: any answer of the suite must have none."""
        found = []
        if self.ok:
            return found
        if self.code in ("INTERNAL", "UNKNOWN", "DATA_LOSS", "UNIMPLEMENTED"):
            found.append(f"the code is {self.code}")
        if self.domain != "partnerlink":
            found.append(f"the domain is '{self.domain}'")
        if self.code not in PROTOSET.reasons.get(self.reason, set()):
            found.append(f"{self.code} does not go with the reason '{self.reason}'")
        if self.method and self.reason not in (PROTOSET.refusals[self.method]
                                               | PROTOSET.common_refusals):
            found.append(f"the comment of {self.method} does not name {self.reason}")
        if self.code in ("RESOURCE_EXHAUSTED", "UNAVAILABLE") and not self.has_retry_info:
            # What a larger message or a later try does not mend has nothing to wait for.
            if self.reason != "MESSAGE_TOO_LARGE":
                found.append("there is no RetryInfo")
        if self.http_status is not None and self.http_status != self.expected_http_status():
            found.append(f"the HTTP status of {self.code} is {self.http_status}")
        return found

    def expected_http_status(self) -> int | None:
        if self.reason == "MESSAGE_TOO_LARGE":
            return 413
        return HTTP_STATUS.get(self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.reason} {self.violations or ''} {self.message!r}"


def build(method, fields: dict):
    """The request message from proto field names."""
    return json_format.ParseDict(fields, PROTOSET.message(method.request.full_name)(),
                                 descriptor_pool=PROTOSET.pool)


def as_dict(message) -> dict:
    return json_format.MessageToDict(message, descriptor_pool=PROTOSET.pool,
                                     always_print_fields_with_no_presence=True)


def read_status(serialized: bytes, answer: Answer) -> None:
    status = PROTOSET.message("google.rpc.Status").FromString(serialized)
    for detail in status.details:
        kind = PROTOSET.message(detail.type_url.rpartition("/")[2])
        message = kind.FromString(detail.value)
        read = json_format.MessageToDict(message, descriptor_pool=PROTOSET.pool)
        answer.read_details([{"@type": detail.type_url, **read}])


@functools.cache
def channel(address: str) -> grpc.Channel:
    return grpc.insecure_channel(address, options=[
        ("grpc.enable_retries", 0), ("grpc.max_receive_message_length", 16 << 20),
        # A gateway that comes back is found at once.
        ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 500)])


def metadata_of(token: str | None, headers: dict[str, str]) -> list[tuple[str, str]]:
    made = [(name.lower(), value) for name, value in headers.items()]
    return made + ([("authorization", f"Bearer {token}")] if token is not None else [])


def native(address: str, method, request, token: str | None = None, headers: dict = {},
           timeout: float = TIMEOUT) -> Answer:
    """By gRPC; the request is a message, or the bytes to send."""
    message = request if isinstance(request, bytes) else request.SerializeToString()
    call = channel(address).unary_unary(method.path, lambda sent: sent, lambda received: received)
    try:
        body, done = call.with_call(message, timeout=timeout, metadata=metadata_of(token, headers))
    except grpc.RpcError as error:
        return refusal_of(error)
    answer = Answer("OK", headers=header_dict([*done.initial_metadata(), *done.trailing_metadata()]))
    answer.body = as_dict(PROTOSET.message(method.response.full_name).FromString(body))
    return answer


def refusal_of(error: grpc.RpcError) -> Answer:
    answer = Answer(error.code().name, error.details() or "")
    answer.headers = header_dict([*(error.initial_metadata() or ()),
                                  *(error.trailing_metadata() or ())])
    answer.raw = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    read_status(answer.raw, answer)
    return answer


def header_dict(pairs) -> dict[str, str]:
    return {name: value for name, value in pairs if isinstance(value, str)}


@dataclass
class HttpCall:
    """A JSON call before it is sent."""

    verb: str
    path: str
    query: list[tuple[str, str]]
    body: dict | None

    @property
    def target(self) -> str:
        return self.path + (f"?{urllib.parse.urlencode(self.query)}" if self.query else "")


def transcode(method, message) -> HttpCall:
    """The JSON call that carries this request, by the first binding that fits."""
    fields = json_format.MessageToDict(message, descriptor_pool=PROTOSET.pool)
    for binding in method.bindings:
        call = bind(binding, fields)
        if call:
            return call
    raise AssertionError(f"no binding of {method.name} fits {fields}")


def bind(binding, fields: dict) -> HttpCall | None:
    rest = json.loads(json.dumps(fields))
    path = binding.path
    for name, pattern in re.findall(r"\{([\w.]+)=([^}]+)\}", binding.path):
        value = take(rest, [camel(part) for part in name.split(".")])
        if not re.fullmatch(pattern.replace("*", "[^/]+"), value or ""):
            return None
        path = path.replace(f"{{{name}={pattern}}}", urllib.parse.quote(value, safe="/:-"))
    if binding.body == "*":
        return HttpCall(binding.verb, path, [], rest)
    body = rest.pop(camel(binding.body), {}) if binding.body else None
    return HttpCall(binding.verb, path, list(flatten(rest)), body)


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def take(fields: dict, path: list[str]):
    for name in path[:-1]:
        fields = fields.get(name, {})
    return fields.pop(path[-1], None)


def flatten(fields: dict, prefix: str = ""):
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield from ((prefix + name, text_of(each)) for each in value)
        else:
            yield prefix + name, text_of(value)


def text_of(value) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def send_http(address: str, verb: str, target: str, body: bytes | None = None,
              token: str | None = None, headers: dict = {}, timeout: float = TIMEOUT) -> Answer:
    """One HTTP/1.1 exchange whose answer is JSON."""
    connection = http.client.HTTPConnection(address, timeout=timeout)
    try:
        sent = dict(metadata_of(token, headers))
        if body is not None:
            sent.setdefault("content-type", "application/json")
        connection.request(verb, target, body=body, headers=sent)
        response = connection.getresponse()
        return read_json(response, response.read())
    finally:
        connection.close()


def read_json(response, content: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    try:
        document = json.loads(content or b"{}")
    except ValueError:
        return Answer("UNKNOWN", f"not JSON: {content[:200]!r}", content, headers=headers,
                      http_status=response.status)
    if response.status == 200:
        return Answer("OK", body=document, headers=headers, http_status=200)
    code = CODE_NAMES.get(document.get("code"), f"HTTP {response.status}")
    answer = Answer(code, document.get("message", ""), content, headers=headers,
                    http_status=response.status)
    answer.read_details(document.get("details", []))
    return answer


def by_json(address: str, method, request, token: str | None = None, headers: dict = {},
            timeout: float = TIMEOUT) -> Answer:
    """By HTTP and JSON."""
    call = transcode(method, request)
    body = None if call.body is None else json.dumps(call.body).encode()
    return send_http(address, call.verb, call.target, body, token, headers, timeout)


def web(address: str, method, request, token: str | None = None, headers: dict = {},
        timeout: float = TIMEOUT) -> Answer:
    """By gRPC-Web, as a browser would."""
    message = request if isinstance(request, bytes) else request.SerializeToString()
    connection = http.client.HTTPConnection(address, timeout=timeout)
    try:
        sent = dict(metadata_of(token, headers)) | {
            "content-type": "application/grpc-web+proto", "x-grpc-web": "1"}
        connection.request("POST", method.path, struct.pack(">BI", 0, len(message)) + message, sent)
        response = connection.getresponse()
        return read_web(method, response, response.read())
    finally:
        connection.close()


def read_web(method, response, content: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    body = b""
    while len(content) >= 5:
        flag, length = struct.unpack(">BI", content[:5])
        frame, content = content[5:5 + length], content[5 + length:]
        if flag & 0x80:
            lines = frame.decode().strip().split("\r\n")
            headers |= {name.strip().lower(): value.strip()
                        for name, _, value in (line.partition(":") for line in lines)}
        else:
            body += frame
    code = CODE_NAMES[int(headers.get("grpc-status", 2))]
    if code == "OK":
        return Answer("OK", headers=headers,
                      body=as_dict(PROTOSET.message(method.response.full_name).FromString(body)))
    encoded = headers.get("grpc-status-details-bin", "")
    raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
    answer = Answer(code, urllib.parse.unquote(headers.get("grpc-message", "")), raw,
                    headers=headers)
    read_status(raw, answer)
    return answer


TRANSPORTS = {"grpc": native, "json": by_json, "web": web}


# A token lives 10 minutes, and a whole run longer.
SECONDS_OF_A_TOKEN = 240


class Caller:
    """Someone with a token, or without one, at one copy's gateway."""

    def __init__(self, address: str, token: str | None = None, headers: dict | None = None,
                 account: str = "", sign: Callable[[], str] | None = None):
        """With `sign`, which makes a token, it always has a fresh one."""
        self.address = address
        self.headers = headers or {}
        self.account = account
        self._sign = sign
        self._token = sign() if sign else token
        self._signed = time.monotonic()

    @property
    def token(self) -> str | None:
        if self._sign and time.monotonic() - self._signed > SECONDS_OF_A_TOKEN:
            self._token, self._signed = self._sign(), time.monotonic()
        return self._token

    def call(self, name: str, fields: dict, transport: str = "grpc", headers: dict = {},
             **options) -> Answer:
        method = METHODS[name]
        answer = TRANSPORTS[transport](self.address, method, build(method, fields), self.token,
                                       self.headers | headers, **options)
        answer.method = name
        LINKS.update([answer.body["link"]] if answer.body.get("link") else [])
        return answer

    def exchange(self, name: str, messages: list[dict], headers: dict = {}) -> list[Answer]:
        """A stream's answers, one for each message; where it is refused the refusal is the last."""
        method = METHODS[name]
        requests = iter([build(method, fields).SerializeToString() for fields in messages])
        call = channel(self.address).stream_stream(
            method.path, lambda sent: sent, lambda received: received)(
                requests, timeout=TIMEOUT, metadata=metadata_of(self.token, self.headers | headers))
        answers = []
        try:
            for body in call:
                response = PROTOSET.message(method.response.full_name).FromString(body)
                answers.append(Answer("OK", body=as_dict(response)))
        except grpc.RpcError as error:
            answers.append(refusal_of(error))
        return answers

    def series(self, name: str, fields: dict) -> list[Answer]:
        """The answers to one call, in order; where it is refused the refusal is the last."""
        method = METHODS[name]
        call = channel(self.address).unary_stream(
            method.path, lambda sent: sent, lambda received: received)(
                build(method, fields).SerializeToString(), timeout=TIMEOUT,
                metadata=metadata_of(self.token, self.headers))
        answers = []
        try:
            for body in call:
                response = PROTOSET.message(method.response.full_name).FromString(body)
                answers.append(Answer("OK", body=as_dict(response)))
        except grpc.RpcError as error:
            answers.append(refusal_of(error))
        return answers

    def download(self, name: str, fields: dict) -> tuple[Answer, bytes]:
        """The file that a call answers by HTTP, and what came with it; empty where it is refused."""
        call = transcode(METHODS[name], build(METHODS[name], fields))
        connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT)
        try:
            connection.request(call.verb, call.target,
                               headers=dict(metadata_of(self.token, self.headers)))
            response = connection.getresponse()
            content = response.read()
            if response.status != 200:
                return read_json(response, content), b""
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer("OK", headers=headers, http_status=200), content
        finally:
            connection.close()

    def must(self, name: str, fields: dict, transport: str = "grpc", **options) -> dict:
        """The response of a call that succeeds."""
        answer = self.call(name, fields, transport, **options)
        assert answer.ok, f"{name}: {answer}"
        return answer.body
