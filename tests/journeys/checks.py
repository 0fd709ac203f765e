"""What the journeys check of answers again and again."""

import uuid

import pytest
from world import PARTNER_ROLES

BOTH = pytest.mark.parametrize("transport", ["grpc", "json", "web"])


def refused(answer, code: str, reason: str):
    assert (answer.code, answer.reason) == (code, reason), str(answer)
    assert answer.faults() == []
    return answer


def given_again(caller, name: str, fields: dict, other: dict) -> dict:
    """The answer; by any transport the same request id gives it again, and to another body none."""
    fields = fields | {"request_id": str(uuid.uuid4())}
    first = caller.must(name, fields)
    for transport in ("grpc", "json", "web"):
        assert caller.must(name, fields, transport) == first
    refused(caller.call(name, fields | other), "FAILED_PRECONDITION", "REQUEST_ID_REUSED")
    return first


def check_roles(world, name: str, fields, allowed: set[str]) -> None:
    """Of Contoso's people those in these roles may, the others not; `fields` makes a call's."""
    for role in PARTNER_ROLES:
        answer = world.caller(world.contoso.account, [role]).call(name, fields())
        if role in allowed:
            assert answer.ok, f"{role}: {answer}"
        else:
            refused(answer, "PERMISSION_DENIED", "ROLE_MISSING")


def may(partner, permission: str, customer: str, transport: str = "grpc") -> str:
    """Empty if it may, otherwise why not."""
    answer = partner.must("CheckAccess", {"permission": permission, "customer": customer}, transport)
    return "" if answer["allowed"] else answer["reason"]


def state_of(caller, grant: str) -> tuple[str, str]:
    shown = caller.must("GetGrant", {"name": grant})
    return shown["state"], shown["endCause"]
