"""Methods of peers: for the certificates that they name, and behind the gateway only."""

import pytest
from api import PROTOSET, Caller
from data_port import raw_call
from everyone import TRANSPORTS

PEERS = ("gateway", "invitation", "relationship", "directory")
BY_METHOD = pytest.mark.parametrize(
    "method", [method for method in PROTOSET.methods if method.access.peers], ids=repr)
WITH_WALLS = pytest.mark.parametrize("walls", ["both"], indirect=True, scope="session")


@WITH_WALLS
@BY_METHOD
def test_only_the_named_certificates_open_it(everyone, walls, method):
    for peer in PEERS:
        answer = raw_call(everyone.suite, method, peer)
        if peer in method.access.peers:
            # Behind the wall: the empty message breaks its shape.
            assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "FIELD_INVALID"), peer
        else:
            assert answer.reason in ("ROLE_MISSING", "TOKEN_MISSING"), f"{peer}: {answer}"


@WITH_WALLS
@BY_METHOD
def test_gateway_knows_only_what_callers_may_call(everyone, walls, method):
    """A method that is for callers too wants their token there, whatever peers may do."""
    wanted = "TOKEN_MISSING" if method.access.callers else "METHOD_NOT_FOUND"
    nobody = Caller(everyone.suite.gateway)
    for transport in TRANSPORTS if method.bindings else ("grpc", "web"):
        answer = nobody.call(method.name, {}, transport)
        assert answer.reason == wanted, f"{transport}: {answer}"
    if not method.access.callers:
        for who in everyone.callers:
            assert who.caller.call(method.name, {}).reason == wanted, who
