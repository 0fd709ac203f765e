"""Every public RPC, spoiled in every way: always the documented code and reason, never a crash.

The calls come from the protos and from cases.py: a new RPC without a case fails here.
"""

import copy
import dataclasses
import functools
import json
import re
import uuid

import api
import cases
import pytest
import raw_http2
import tokens
from api import METHODS, PROTOSET, PUBLIC
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("unharmed")

BY_METHOD = pytest.mark.parametrize("method", PUBLIC, ids=repr)
BOTH = pytest.mark.parametrize("transport", ["grpc", "json"])
WITH_TOKEN = pytest.mark.parametrize(
    "method", [method for method in PUBLIC if not method.access.anonymous], ids=repr)
LISTS = pytest.mark.parametrize(
    "method", [method for method in PUBLIC if "page_token" in method.request.fields_by_name],
    ids=repr)
REST_HAS_BODY = pytest.mark.parametrize(
    "method", [method for method in PUBLIC if any(way.body for way in method.bindings)], ids=repr)
WITH_PATH_FIELD = pytest.mark.parametrize(
    "method", [method for method in PUBLIC if any("{" in way.path for way in method.bindings)],
    ids=repr)
LONG = "x" * 20_000
# A field number that no message has.
UNKNOWN_FIELD = b"\xc2\xb8\x02\x03abc"
# Only what the server gives, or what names the resource of a create: not read.
NOT_READ = {"OUTPUT_ONLY", "IDENTIFIER"}


def text_fields(descriptor, prefix=(), depth=0):
    """The paths of every text field of a message, three levels deep."""
    for field in descriptor.fields:
        path = (*prefix, field)
        if field.type == FieldDescriptor.TYPE_STRING:
            yield path
        elif field.message_type is not None and depth < 2 and not is_foreign(field):
            yield from text_fields(field.message_type, path, depth + 1)


def is_foreign(field) -> bool:
    """Timestamps, maps and the like."""
    return (field.message_type.full_name.startswith("google.protobuf.")
            or field.message_type.GetOptions().map_entry)


def dotted(path) -> str:
    return ".".join(field.name for field in path)


def is_read(path) -> bool:
    return not any(PROTOSET.behaviors(field) & NOT_READ for field in path)


def put(message, path, value) -> None:
    """Sets the text field at a path; of a repeated message in a new element."""
    *way, last = path
    for field in way:
        message = getattr(message, field.name)
        if field.is_repeated:
            message = message.add()
    if last.is_repeated:
        getattr(message, last.name).append(value)
    else:
        setattr(message, last.name, value)


def check(faults: list[str], what: str, answer, codes: set[str] | None = None,
          reasons: set[str] | None = None) -> None:
    """Notes what is wrong with an answer."""
    for fault in answer.faults():
        faults.append(f"{what}: {fault}: {answer}")
    if codes is not None and answer.code not in codes:
        faults.append(f"{what}: not one of {sorted(codes)}: {answer}")
    if reasons is not None and answer.reason not in reasons:
        faults.append(f"{what}: not one of {sorted(reasons)}: {answer}")


@functools.cache
def prepared(world, name: str, partner) -> cases.Case:
    return cases.case(world, name, partner)


def case_to_refuse(world, name: str, partner=None) -> cases.Case:
    """A well-formed call to spoil until it is refused, or to be made by a stranger, or of a list: what
    it is about stays as it is, so it is made once."""
    case = prepared(world, name, partner)
    return dataclasses.replace(case, fields=copy.deepcopy(case.fields))


def send(case, method, message, transport: str):
    return api.TRANSPORTS[transport](case.caller.address, method, message, case.caller.token,
                                     case.caller.headers)


def test_every_public_rpc_has_a_case():
    assert set(cases.CASES) == {method.name for method in PUBLIC}


@BY_METHOD
@pytest.mark.parametrize("transport", ["grpc", "json", "web"])
def test_well_formed_call_succeeds(world, method, transport):
    answer = cases.case(world, method.name).call(transport)
    assert answer.ok, str(answer)


def is_update(method) -> bool:
    """Whether the call writes only those fields of its resource that are named or given."""
    return "update_mask" in method.request.fields_by_name


def required_paths(message, prefix=()):
    """The populated fields that are REQUIRED, or that name the account."""
    for field, value in message.ListFields():
        path = (*prefix, field)
        if "REQUIRED" in PROTOSET.behaviors(field):
            yield path
        if field.message_type is not None and not field.is_repeated and not is_foreign(field):
            yield from required_paths(value, path)


@BY_METHOD
@BOTH
def test_missing_field_is_named(world, method, transport):
    case = case_to_refuse(world, method.name)
    message = api.build(method, case.fields)
    # What an update leaves out stays as it is.
    paths = [path for path in required_paths(message) if not (is_update(method) and len(path) > 1)]
    named = method.access.account_field
    if named and named not in map(dotted, paths):
        paths.append(tuple(find_path(method.request, named)))
    faults = []
    for path in paths:
        spoiled = api.build(method, case.fields)
        holder = spoiled
        for field in path[:-1]:
            holder = getattr(holder, field.name)
        holder.ClearField(path[-1].name)
        if transport == "json" and is_given_by_http(method, path, spoiled):
            continue
        answer = send(case, method, spoiled, transport)
        check(faults, dotted(path), answer, {"INVALID_ARGUMENT"})
        if not any(dotted(path).startswith(name.partition("[")[0]) or name.startswith(dotted(path))
                   for name in answer.violations):
            faults.append(f"{dotted(path)} is not named: {answer}")
    assert faults == []


def is_given_by_http(method, path, message) -> bool:
    """Whether a JSON call cannot leave the field out: its path or its body holds it."""
    if len(path) == 1 and path[0].name in [way.body for way in method.bindings]:
        return True
    return not any(api.bind(way, as_fields(message)) for way in method.bindings)


def find_path(descriptor, dotted_name: str):
    for name in dotted_name.split("."):
        field = descriptor.fields_by_name[name]
        yield field
        descriptor = field.message_type


def as_fields(message) -> dict:
    return api.json_format.MessageToDict(message, descriptor_pool=PROTOSET.pool)


@BY_METHOD
@BOTH
def test_empty_message_is_refused_or_means_all(world, method, transport):
    case = cases.case(world, method.name)
    if transport == "json":
        for way in method.bindings:
            if "{" not in way.path:
                answer = api.send_http(case.caller.address, way.verb, way.path,
                                       b"{}" if way.body else None, case.caller.token,
                                       case.caller.headers)
                assert answer.faults() == []
    else:
        answer = api.native(case.caller.address, method, b"", case.caller.token,
                            case.caller.headers)
        assert answer.faults() == []
        assert answer.ok != asks_for_something(method.request), str(answer)


def asks_for_something(message) -> bool:
    """A field, or one of several."""
    return bool(message.oneofs) or any("REQUIRED" in PROTOSET.behaviors(field)
                                       for field in message.fields)


def refuses_a_row(answer) -> bool:
    """Of a batch each row has its own outcome."""
    return any("status" in result for result in answer.body.get("results", []))


@BY_METHOD
@BOTH
def test_overlong_text_is_refused(world, method, transport):
    faults = []
    case = cases.case(world, method.name)
    for path in text_fields(method.request):
        message = api.build(method, case.fields)
        put(message, path, LONG)
        what = dotted(path)
        if is_update(method) and len(path) > 1 and path[-1].name not in ("name", "etag"):
            # Named, so that the field is read, or refused as one that cannot be written.
            del message.update_mask.paths[:]
            message.update_mask.paths.append(what.partition(".")[2])
        try:
            answer = send(case, method, message, transport)
        except AssertionError:
            continue  # no JSON path holds it
        check(faults, what, answer)
        # What is made has no etag yet.
        is_new = method.name.startswith(("Create", "BatchCreate")) and what.endswith(".etag")
        if answer.ok and is_read(path) and not is_new and not refuses_a_row(answer):
            faults.append(f"{what} is taken")
        if answer.ok:
            case = cases.case(world, method.name)
    assert faults == []


@BY_METHOD
@pytest.mark.parametrize("text", ["a\u202eb", "a\u0000b", "a\u200bb", "\u2028", "A\u0301" * 300],
                         ids=["bidi", "nul", "zero width", "line separator", "marks"])
def test_odd_text_gets_a_documented_answer(world, method, text):
    faults = []
    case = cases.case(world, method.name)
    for path in text_fields(method.request):
        message = api.build(method, case.fields)
        put(message, path, text)
        for transport in ("grpc", "json"):
            try:
                answer = send(case, method, message, transport)
            except AssertionError:
                continue
            check(faults, f"{dotted(path)} by {transport}", answer)
            if answer.ok:
                case = cases.case(world, method.name)
                break
    assert faults == []


@BY_METHOD
@pytest.mark.parametrize("transport", ["grpc", "web"])
def test_bad_utf8_is_refused(world, method, transport):
    faults = []
    case = case_to_refuse(world, method.name)
    mark = "M" * 12
    for path in text_fields(method.request):
        message = api.build(method, case.fields)
        put(message, path, mark)
        for bad in (b"\xff\xfe" * 6, b"\xc0\xaf" * 6, b"\xed\xa0\x80" * 4, b"abcdefghijk\xe2"):
            spoiled = message.SerializeToString().replace(mark.encode(), bad)
            answer = send(case, method, spoiled, transport)
            check(faults, dotted(path), answer, {"INVALID_ARGUMENT"}, {"FIELD_INVALID"})
    assert faults == []


@BY_METHOD
def test_bad_utf8_in_json_is_refused(world, method):
    case = case_to_refuse(world, method.name)
    call = api.transcode(method, api.build(method, case.fields))
    token, headers = case.caller.token, case.caller.headers
    faults = []
    if call.body is not None:
        body = json.dumps(call.body | {"note": "M", "reason": "M"}).encode()
        for bad in (b"\xff", b"\xed\xa0\x80"):
            answer = api.send_http(case.caller.address, call.verb, call.target,
                                   body.replace(b'"M"', b'"' + bad + b'"'), token, headers)
            check(faults, "body", answer, {"INVALID_ARGUMENT"})
    if method.request.fields_by_name.get("filter") or call.query:
        joint = "&" if "?" in call.target else "?"
        name = "filter" if "filter" in method.request.fields_by_name else call.query[0][0]
        answer = api.send_http(case.caller.address, call.verb, f"{call.target}{joint}{name}=%ff%fe",
                               None, token, headers)
        check(faults, "query", answer, {"INVALID_ARGUMENT"})
    assert faults == []


@BY_METHOD
def test_unknown_field_has_no_effect(world, method):
    for transport in ("grpc", "web"):
        case = cases.case(world, method.name)
        message = api.build(method, case.fields).SerializeToString() + UNKNOWN_FIELD
        answer = send(case, method, message, transport)
        assert answer.ok, str(answer)
    case = cases.case(world, method.name)
    call = api.transcode(method, api.build(method, case.fields))
    if call.body is not None:
        body = json.dumps(call.body | {"noSuchField": {"a": [1]}}).encode()
        answer = api.send_http(case.caller.address, call.verb, call.target, body,
                               case.caller.token, case.caller.headers)
        assert answer.ok, str(answer)


@BY_METHOD
def test_unknown_query_parameter_is_refused(world, method):
    case = case_to_refuse(world, method.name)
    call = api.transcode(method, api.build(method, case.fields))
    joint = "&" if "?" in call.target else "?"
    body = None if call.body is None else json.dumps(call.body).encode()
    answer = api.send_http(case.caller.address, call.verb, f"{call.target}{joint}noSuchField=1",
                           body, case.caller.token, case.caller.headers)
    faults = []
    check(faults, "query", answer, {"INVALID_ARGUMENT"}, {"FIELD_INVALID"})
    assert faults == []


@WITH_PATH_FIELD
@pytest.mark.parametrize("spelling", ["plain", "escaped", "camel"])
def test_query_that_repeats_a_path_field_is_refused_or_harmless(world, method, spelling, suite):
    """Whatever the path and the query say, a caller reaches its own rows only."""
    case = case_to_refuse(world, method.name)
    owner, stranger = world.contoso.account, world.fabrikam
    call = api.transcode(method, api.build(method, case.fields))
    field = re.search(r"{([\w.]+)=", method.bindings[0].path)[1]
    name = {"plain": field, "escaped": f"%{ord(field[0]):02x}{field[1:]}",
            "camel": api.camel(field)}[spelling]
    body = None if call.body is None else json.dumps(call.body).encode()
    rows = f"SELECT md5(string_agg(i::text, '' ORDER BY id)) FROM invitation.invitations i " \
           f"WHERE partner = '{owner}'"
    before = suite.psql(rows)
    for path in {call.path, call.path.replace(owner, stranger.account)}:
        for value in (dig(case.fields, field), stranger.account):
            target = api.HttpCall(call.verb, path, call.query, None).target
            joint = "&" if "?" in target else "?"
            answer = api.send_http(suite.gateway, call.verb, f"{target}{joint}{name}={value}",
                                   body, stranger.token, stranger.headers)
            assert answer.faults() == [], str(answer)
            assert owner not in json.dumps(answer.body), str(answer.body)
    assert before == suite.psql(rows)


def dig(fields: dict, path: str):
    for name in path.split("."):
        fields = fields[name]
    return fields


@LISTS
@BOTH
def test_bad_page_token_is_refused(world, method, transport):
    case = case_to_refuse(world, method.name)
    first = case.call(transport)
    token = first.body["nextPageToken"]
    assert token, "the case's list has one page only"
    assert case.call(transport, {"page_token": token}).ok
    flipped = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    faults = []
    spoiled = {
        "nonsense": {"page_token": "nonsense"},
        "altered": {"page_token": flipped},
        "cut": {"page_token": token[:-4]},
        "longer": {"page_token": token + "AAAA"},
        "overlong": {"page_token": LONG},
    }
    if "filter" in method.request.fields_by_name:
        spoiled["of another query"] = {
            "page_token": token, "filter": 'create_time > "2020-01-01T00:00:00Z"'}
    for what, changes in spoiled.items():
        answer = case.call(transport, changes)
        check(faults, what, answer, {"INVALID_ARGUMENT"}, {"PAGE_TOKEN_INVALID"})
    for other in METHODS.values():
        if "page_token" in other.request.fields_by_name and other is not method:
            foreign = case_to_refuse(world, other.name)
            answer = foreign.call(transport, {"page_token": token})
            check(faults, f"at {other.name}", answer, {"INVALID_ARGUMENT"}, {"PAGE_TOKEN_INVALID"})
    if case.caller.account != world.operator.account:
        stranger = case_to_refuse(world, method.name, world.fabrikam)
        answer = stranger.call(transport, {"page_token": token})
        check(faults, "of another account", answer, {"INVALID_ARGUMENT"}, {"PAGE_TOKEN_INVALID"})
    assert faults == []


@LISTS
@BOTH
def test_bad_filter_or_size_is_refused(world, method, transport):
    case = case_to_refuse(world, method.name)
    faults, texts = [], []
    if "filter" in method.request.fields_by_name:
        texts = ["nonsense(", "no_such_field = 1", "state =", 'create_time > "yesterday"',
                 "state = NO_SUCH_STATE OR no_such_field = 2",
                 "(" * 9 + 'create_time > "2020-01-01T00:00:00Z"' + ")" * 9, "x" * 2001,
                 "create_time : \"2020\" AND", "'; DROP TABLE invitation.invitations; --"]
    for text in texts:
        answer = case.call(transport, {"filter": text})
        check(faults, text[:40], answer, {"INVALID_ARGUMENT"}, {"FILTER_INVALID"})
    answer = case.call(transport, {"page_size": -1})
    check(faults, "page_size -1", answer, {"INVALID_ARGUMENT"}, {"FIELD_INVALID"})
    assert case.call(transport, {"page_size": 2_000_000_000}).ok
    assert faults == []


@pytest.mark.parametrize("method", [
    method for method in PUBLIC
    if "etag" in method.request.fields_by_name or method.name.startswith("Update")], ids=repr)
@BOTH
def test_wrong_etag_is_refused(world, method, transport):
    faults = []
    for etag in ("nonsense", "1", LONG[:300], '"2"'):
        case = case_to_refuse(world, method.name)
        if "etag" in method.request.fields_by_name:
            case.fields["etag"] = etag
        else:
            case.fields[method.bindings[0].body]["etag"] = etag
        answer = case.call(transport)
        check(faults, etag[:10], answer, {"ABORTED", "INVALID_ARGUMENT"},
              {"ETAG_MISMATCH", "FIELD_INVALID"})
        if etag == "nonsense" and answer.reason != "ETAG_MISMATCH":
            faults.append(f"{etag}: {answer}")
    assert faults == []


@BY_METHOD
@pytest.mark.parametrize("deadline, code, reason", [
    ("0m", "DEADLINE_EXCEEDED", "DEADLINE"), ("00000000S", "DEADLINE_EXCEEDED", "DEADLINE"),
    ("soon", "INVALID_ARGUMENT", "FIELD_INVALID"), ("-1S", "INVALID_ARGUMENT", "FIELD_INVALID"),
    ("999999999S", "INVALID_ARGUMENT", "FIELD_INVALID"),
    ("1d", "INVALID_ARGUMENT", "FIELD_INVALID")])
def test_expired_or_malformed_deadline(world, method, deadline, code, reason):
    case = case_to_refuse(world, method.name)
    message = api.build(method, case.fields)
    faults = []
    headers = case.caller.headers | {"grpc-timeout": deadline}
    for transport in ("json", "web"):
        answer = api.TRANSPORTS[transport](case.caller.address, method, message,
                                           case.caller.token, headers)
        check(faults, transport, answer, {code}, {reason})
    with raw_http2.Connection(world.suite.port_base) as connection:
        raw = connection.call(method.path, message.SerializeToString(),
                              api.metadata_of(case.caller.token, headers))
    answer = api.Answer(api.CODE_NAMES.get(raw.code, f"reset {raw.reset}"))
    api.read_status(raw.details, answer)
    check(faults, "native", answer, {code}, {reason})
    assert faults == []


@BY_METHOD
@pytest.mark.parametrize("deadline", ["1n", "1u"])
def test_deadline_that_passes_on_the_way(world, method, deadline):
    """Its code is always the same. The details may be missing: where the service's gRPC notices first,
    it answers by itself."""
    case = cases.case(world, method.name)
    message = api.build(method, case.fields)
    headers = case.caller.headers | {"grpc-timeout": deadline}
    for transport in ("json", "web"):
        answer = api.TRANSPORTS[transport](case.caller.address, method, message,
                                           case.caller.token, headers)
        assert answer.code == "DEADLINE_EXCEEDED", transport
    with raw_http2.Connection(world.suite.port_base) as connection:
        raw = connection.call(method.path, message.SerializeToString(),
                              api.metadata_of(case.caller.token, headers))
    assert api.CODE_NAMES.get(raw.code) == "DEADLINE_EXCEEDED"


@BY_METHOD
def test_deadline_that_is_far_away_is_taken(world, method):
    case = cases.case(world, method.name)
    for transport in ("json", "web"):
        answer = case.call(transport, headers={"grpc-timeout": "1H"})
        assert answer.ok or answer.reason != "DEADLINE", str(answer)
        assert answer.faults() == []


def padded(message, size: int) -> bytes:
    """The message with an unknown field that makes it this long."""
    body = message.SerializeToString()
    length = size - len(body)
    return body + b"\xc2\xb8\x02" + varint(length) + b"x" * length


def varint(number: int) -> bytes:
    encoded = b""
    while number > 0x7F:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def most_bytes(method) -> int:
    """The documented limit of a request: more for what takes many things at once."""
    return 1_048_576 if method.name.startswith("Batch") else 65_536


@BY_METHOD
@pytest.mark.parametrize("size", [66_000, 1_000_000, 1_100_000, 3_000_000])
@pytest.mark.parametrize("transport", ["grpc", "web"])
def test_oversize_message_is_refused(world, method, size, transport):
    case = cases.case(world, method.name)
    answer = send(case, method, padded(api.build(method, case.fields), size), transport)
    faults = []
    if size > most_bytes(method):
        check(faults, f"{size} bytes", answer, {"RESOURCE_EXHAUSTED"}, {"MESSAGE_TOO_LARGE"})
    else:
        check(faults, f"{size} bytes", answer)
    assert faults == []


@REST_HAS_BODY
@pytest.mark.parametrize("size", [70_000, 1_000_000, 1_100_000, 3_000_000])
def test_oversize_json_is_refused(world, method, size):
    case = cases.case(world, method.name)
    call = api.transcode(method, api.build(method, case.fields))
    # In a field that the message has: unknown ones do not reach the service.
    field = next(field for field in body_fields(method)
                 if field.type == FieldDescriptor.TYPE_STRING and field.name != "name")
    body = json.dumps(call.body | {field.json_name: "x" * size}).encode()
    answer = api.send_http(case.caller.address, call.verb, call.target, body, case.caller.token,
                           case.caller.headers)
    faults = []
    if size > most_bytes(method):
        check(faults, f"{size} bytes", answer, {"RESOURCE_EXHAUSTED"}, {"MESSAGE_TOO_LARGE"})
        assert answer.http_status == 413
    else:
        check(faults, f"{size} bytes", answer)
    assert faults == []


def body_fields(method):
    body = next(way.body for way in method.bindings if way.body)
    message = method.request if body == "*" else method.request.fields_by_name[body].message_type
    return message.fields


@WITH_TOKEN
@pytest.mark.parametrize("transport", ["grpc", "json", "web"])
def test_no_token(world, method, transport):
    case = case_to_refuse(world, method.name)
    faults = []
    for token in (None, ""):
        headers = case.caller.headers if token is None else (
            case.caller.headers | {"authorization": "Basic Y29udG9zbzpwYXNz"})
        answer = api.TRANSPORTS[transport](case.caller.address, method,
                                           api.build(method, case.fields), None, headers)
        check(faults, "no token", answer, {"UNAUTHENTICATED"},
              {"TOKEN_MISSING", "TOKEN_INVALID"} if token == "" else {"TOKEN_MISSING"})
    assert faults == []


@BY_METHOD
@BOTH
def test_bad_token(world, method, transport, suite):
    """An anonymous method takes no token, but never a bad one."""
    case = case_to_refuse(world, method.name)
    account = case.caller.account or "customers/anyone"
    roles = {"operators": ["operator"]}.get(account, ["global_admin"])
    message = api.build(method, case.fields)
    faults = []
    for what, (token, reason) in tokens.bad_tokens(suite.folder, account, roles).items():
        answer = api.TRANSPORTS[transport](suite.gateway, method, message, token,
                                           case.caller.headers)
        check(faults, what, answer, {"UNAUTHENTICATED"}, {reason})
    overlong = tokens.sign(suite.folder, account, roles, padding="x" * 9000)
    answer = api.TRANSPORTS[transport](suite.gateway, method, message, overlong,
                                       case.caller.headers)
    check(faults, "9 KB", answer, {"UNAUTHENTICATED", "RESOURCE_EXHAUSTED"})
    assert faults == []


@BY_METHOD
def test_two_tokens(world, method, suite):
    """By HTTP/2 a second authorization header makes no second caller."""
    case = case_to_refuse(world, method.name)
    message = api.build(method, case.fields).SerializeToString()
    tokens_of_both = [("authorization", f"Bearer {caller.token}")
                      for caller in (world.fabrikam, world.contoso)]
    with raw_http2.Connection(suite.port_base) as connection:
        raw = connection.call(method.path, message, [*case.caller.headers.items(), *tokens_of_both])
    answer = api.Answer(api.CODE_NAMES.get(raw.code, f"reset {raw.reset}"))
    if not answer.ok:
        api.read_status(raw.details, answer)
    faults = []
    check(faults, "two tokens", answer, {"UNAUTHENTICATED", "INVALID_ARGUMENT"})
    assert faults == []


@pytest.mark.parametrize("verb, path", [
    ("GET", "/"), ("GET", "/v1"), ("GET", "/v1/nothing"), ("PUT", "/v1/partners/contoso"),
    ("POST", "/v1/partners/contoso/customers"), ("GET", "/v2/partners"),
    ("GET", "/v1/partners/contoso/invitations/x:render/y"), ("GET", "/v1//partners"),
    ("GET", "/v1/partners/%2e%2e/customers/x"), ("GET", "/v1/partners/a%2fb"),
    ("GET", "/v1/partners/a%252fb"), ("GET", "/v1/partners/a;b=c"), ("GET", "/v1/partners/%00"),
    ("DELETE", "/v1/customers/alpine"), ("OPTIONS", "/v1/partners")])
def test_odd_path(world, verb, path):
    answer = api.send_http(world.suite.gateway, verb, path, None, world.contoso.token)
    faults = []
    # Two slashes are one.
    check(faults, path, answer, {"OK"} if "//" in path else {"NOT_FOUND", "INVALID_ARGUMENT"})
    assert faults == []


@REST_HAS_BODY
@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"{", b'"text"', b"1", b'{"name": 1}', b'{"token": {"a": 1}}',
    b'{"ttl": "soon", "partner": {"types": ["NO_SUCH_TYPE"]}}', b"\x00\x01\x02",
    b"[" * 5000 + b"]" * 5000, b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b'{"note": "\\ud800"}', b'{"createTime": "yesterday", "requestId": 7}'],
    ids=lambda body: repr(body[:24]))
def test_odd_json(world, method, body):
    case = cases.case(world, method.name)
    call = api.transcode(method, api.build(method, case.fields))
    answer = api.send_http(case.caller.address, call.verb, call.target, body, case.caller.token,
                           case.caller.headers)
    assert answer.faults() == [], str(answer)


@BY_METHOD
def test_odd_frames(world, method, suite):
    """A frame that lies of its length, a compressed one, two messages, none at all."""
    case = cases.case(world, method.name)
    headers = api.metadata_of(case.caller.token, case.caller.headers)
    message = api.build(method, case.fields).SerializeToString()
    frame = b"\0" + len(message).to_bytes(4, "big") + message
    for body in (b"", b"\0\0\0", b"\0\xff\xff\xff\xff", b"\1" + frame[1:], b"\7" + frame[1:],
                 frame + frame, frame[:-1] if message else b"\0\0\0\0\1"):
        with raw_http2.Connection(suite.port_base) as connection:
            raw = connection.call(method.path, b"", headers, reserved=body)
        assert raw.headers or raw.reset is not None


@BY_METHOD
def test_random_bytes(world, method):
    case = cases.case(world, method.name)
    good = api.build(method, case.fields).SerializeToString()

    @seed(20261123)
    @settings(max_examples=40, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=200), st.integers(0, max(len(good) - 1, 0)), st.booleans())
    def try_bytes(noise: bytes, place: int, inside: bool):
        message = good[:place] + noise + good[place + len(noise):] if inside else noise
        answer = api.native(case.caller.address, method, message, case.caller.token,
                            case.caller.headers)
        assert answer.faults() == [], str(answer)

    try_bytes()


@BY_METHOD
def test_request_id_that_is_no_uuid_is_refused(world, method):
    if "request_id" not in method.request.fields_by_name:
        pytest.skip("reads take none")
    faults = []
    case = case_to_refuse(world, method.name)
    for text in ("1", "not-a-uuid", str(uuid.uuid4())[:-1], "{" + str(uuid.uuid4()) + "}"):
        for transport in ("grpc", "json"):
            answer = case.call(transport, {"request_id": text})
            check(faults, text, answer, {"INVALID_ARGUMENT"}, {"FIELD_INVALID"})
            if "request_id" not in answer.violations:
                faults.append(f"{text}: not named: {answer}")
    assert faults == []


@pytest.mark.parametrize("method", [
    method for method in PUBLIC if "consistency_token" in method.request.fields_by_name], ids=repr)
@BOTH
def test_bad_consistency_token_is_refused(world, method, transport):
    case = case_to_refuse(world, method.name)
    faults = []
    for text in ("nonsense", "AA", "AQ" + "A" * 21 + "B", LONG):
        answer = case.call(transport, {"consistency_token": text})
        check(faults, text[:20], answer, {"INVALID_ARGUMENT"}, {"FIELD_INVALID"})
    assert faults == []
