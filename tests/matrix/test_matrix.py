"""Every RPC, as everyone, about one's own things and about others': allowed or refused as its
`access` option says; what is somebody else's is as if it were not there, whichever wall stands."""

import pytest
from api import PROTOSET, PUBLIC
from cases import CASES
from comparison import differences
from everyone import TRANSPORTS
from expectation import refusal
from google.protobuf.descriptor import FieldDescriptor
from isolation import Search
from walls import WALLS

BY_METHOD = pytest.mark.parametrize("method", PUBLIC, ids=repr)
# What a request's own fields are called where they name something and the proto does not say what.
NAMES = {"name", "parent", "token", "customer", "partner", "relationship", "account"}
# Types of resources that are nobody's.
COMMON = {"partnerlink.example.com/Offer"}


def with_walls(*names: str):
    return pytest.mark.parametrize("walls", names, indirect=True, scope="session")


@with_walls("both", "checks only")
@BY_METHOD
def test_access_is_as_the_option_says(everyone, walls, method):
    entry, faults = CASES[method.name], []
    for who in everyone.callers:
        for transport in TRANSPORTS:
            fields = entry.fields(everyone.world, who)
            answer = everyone.ask(who, method.name, fields, transport)
            wanted = refusal(method, who, fields) or entry.refuses.get(who.role, "")
            what = f"{who.family} {who.role} by {transport}"
            faults += [f"{what}: {fault}" for fault in answer.faults()]
            if answer.reason != wanted or answer.ok != (wanted == ""):
                faults.append(f"{what}: not {wanted or 'OK'}: {answer}")
    assert faults == []


@with_walls("both")
@BY_METHOD
def test_operator_says_why(everyone, walls, method):
    who = next(who for who in everyone.callers if who.family == "OPERATOR" and who.role)
    fields = CASES[method.name].fields(everyone.world, who)
    wanted = refusal(method, who, fields, reason_is_said=False)
    for transport in TRANSPORTS:
        caller = everyone.world.caller(who.account, [who.role])
        answer = caller.call(method.name, fields, transport)
        assert answer.reason == wanted, str(answer)
        assert answer.faults() == []


@with_walls("both", "checks only", "rows only")
@BY_METHOD
def test_others_things_are_as_if_they_were_not_there(everyone, walls, method):
    assert Search(everyone, method, checks=WALLS[walls][0]).run() == []


@with_walls("both", "checks only", "rows only")
@pytest.mark.parametrize("method", [
    method for method in PUBLIC if "request_id" in method.request.fields_by_name], ids=repr)
def test_request_id_of_another_account_answers_nothing(everyone, walls, method):
    entry, faults = CASES[method.name], []
    for who in everyone.parties:
        for pair in everyone.strangers(who):
            owner = type(who)(pair, who.family, who.role)
            theirs = entry.fields(everyone.world, owner)
            owner.caller.call(method.name, theirs)
            mine = entry.fields(everyone.world, who) | {"request_id": theirs["request_id"]}
            answer = who.caller.call(method.name, mine)
            if answer.reason == "REQUEST_ID_REUSED" or any(
                    secret in str(answer.body)
                    for secret in everyone.secrets(who, bool(entry.shared))):
                faults.append(f"{who.family} {who.role}: {answer} {answer.body}")
    assert faults == []


def test_every_public_rpc_has_an_entry():
    assert set(CASES) == {method.name for method in PUBLIC}


@BY_METHOD
def test_every_field_that_names_something_is_in_the_entry(method):
    listed = {without_places(path) for path in CASES[method.name].names}
    assert set(named_in(method, method.request)) - listed == set()


@with_walls("both", "checks only", "rows only")
@pytest.mark.parametrize("method", [
    method for method in PUBLIC if "principal" in method.request.fields_by_name], ids=repr)
def test_callers_ask_for_themselves_only(everyone, walls, method):
    """Only a peer may name somebody else; whoever tries learns nothing of what that one may do."""
    entry, faults = CASES[method.name], []
    for who in everyone.parties:
        for pair in everyone.strangers(who):
            owner = type(who)(pair, who.family, who.role)
            fields = entry.fields(everyone.world, owner)
            plain = everyone.ask(who, method.name, fields, "grpc")
            spoken_for = {"principal": {"account": owner.account, "roles": [owner.role]}}
            answer = everyone.ask(who, method.name, fields | spoken_for, "grpc")
            if answer.ok and differences(answer, plain, (owner.account, owner.account)):
                faults.append(f"{who.family} {who.role} for {owner.account}: {answer.body}")
    assert faults == []


def without_places(path: str) -> str:
    return ".".join(name for name in path.split(".") if not name.isdigit())


def named_in(method, message, way: tuple[str, ...] = ()):
    """The paths of the fields by which a caller names something of somebody's."""
    for field in message.fields:
        path = (*way, field.name)
        # Whom a peer speaks for has a test of its own.
        if "OUTPUT_ONLY" in PROTOSET.behaviors(field) or path == ("principal",):
            continue
        if field.type == FieldDescriptor.TYPE_STRING and names_something(method, field, path):
            yield ".".join(path)
        elif field.message_type is not None and len(path) < 4:
            yield from named_in(method, field.message_type, path)


def names_something(method, field, path: tuple[str, ...]) -> bool:
    if ".".join(path) == method.access.account_field:
        return True
    reference = PROTOSET.option(field, "google.api.resource_reference")
    if reference is not None:
        return reference.type not in COMMON and reference.child_type not in COMMON
    return field.name in NAMES if len(path) == 1 else field.name == "account"
