"""What the matrix must find: differences and tales planted in answers, and, with both walls gone,
the ways that each of them alone has closed."""

from copy import deepcopy

import comparison
import pytest
from api import METHODS, Answer
from isolation import Search

NAMES = ("partners/fabrikam", "partners/nobody")
REFUSED = Answer("NOT_FOUND", "There is no such thing.", b"status", "RESOURCE_NOT_FOUND",
                 headers={"content-type": "application/grpc", "date": "now"})
SHOWN = Answer("OK", body={"name": "partners/contoso/invitations/1", "note": "for partners/fabrikam"})
# Methods through which both walls keep others out, as far as a call of contoso's could go.
LEAKS = ("GetInvitation", "ListInvitations", "RenderInvitation", "GetPartner", "ListPartners",
         "GetRelationship", "ListRelationships", "GetGrant", "ListGrants", "GetCustomer",
         "ListCustomers", "CountCustomers", "GetOrder", "ListOrders", "GetSubscription",
         "ListSubscriptions", "ListLeftBehindGrants", "GetPartnership", "ListPartnerships",
         "ListAuditEntries", "ListPortalRecords", "GetUser", "ListUsers", "ListLicenseCounts",
         "ListManagedServices", "ModifyLicenses", "ListSubscriptionChanges", "GetTransfer",
         "ListTransfers",
         # It answers; what it changes is the row of a reseller of the stranger's.
         "SuspendRelationship")
CHANGES = ("UpdateInvitation", "DeleteInvitation", "IssueInvitation", "SendInvitation",
           "RevokeInvitation", "SetCustomerLabels", "CancelSubscription", "UpdatePartner",
           "RemoveRelationship", "UpdateGrant", "DeleteGrant", "RequestGrantApproval",
           "WithdrawGrant", "ApproveGrant", "DeclineGrant", "TerminateGrant", "DropGrantRoles",
           "ResumeRelationship", "EndRelationship", "WithdrawEnd", "CreateUser", "UpdateUser",
           "DeleteUser", "UndeleteUser", "UpdateCustomer", "UpdateSubscription",
           "SuspendSubscription", "ReactivateSubscription", "RequestTransfer", "AcceptTransfer",
           "RefuseTransfer", "CancelTransfer")
WITHOUT_WALLS = pytest.mark.parametrize("walls", ["none"], indirect=True, scope="session")


def changed(answer: Answer, **changes) -> Answer:
    made = deepcopy(answer)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_equal_answers_do_not_differ():
    later = changed(REFUSED, headers=REFUSED.headers | {"date": "later", "x-request-id": "7"})
    assert comparison.differences(REFUSED, later, NAMES) == []
    echoed = changed(SHOWN, body={"name": "partners/contoso/invitations/2",
                                  "note": "for partners/nobody"})
    assert comparison.differences(SHOWN, echoed, NAMES) == []


@pytest.mark.parametrize("changes", [
    {"code": "PERMISSION_DENIED"}, {"message": "There is no partners/fabrikam."},
    {"raw": b"status partners/fabrikam"}, {"http_status": 403},
    {"headers": REFUSED.headers | {"partnerlink-consistency-token": "AA"}}],
    ids=lambda changes: next(iter(changes)))
def test_refusals_that_differ_are_found(changes):
    assert comparison.differences(changed(REFUSED, **changes), REFUSED, NAMES) != []


def test_successes_that_differ_are_found():
    other = changed(SHOWN, body=SHOWN.body | {"note": "for partners/nobody", "state": "PENDING"})
    assert comparison.differences(SHOWN, other, NAMES) != []


@pytest.mark.parametrize("answer", [
    changed(REFUSED, message="There is no partners/fabrikam-1."),
    changed(REFUSED, raw=b"\x0a\x10partners/fabrikam-1"),
    changed(REFUSED, metadata={"partner": "partners/fabrikam-1"}),
    changed(SHOWN, body={"partner": {"display_name": "Fabrikam-1"}})])
def test_what_an_answer_tells_is_found(answer):
    assert comparison.told(answer, {"fabrikam-1"}, {}) == {"fabrikam-1"}


def test_a_success_may_repeat_the_request():
    echo = changed(SHOWN, body={"account": "partners/fabrikam-1"})
    assert comparison.told(echo, {"fabrikam-1"}, {"account": "partners/fabrikam-1"}) == set()
    missing = changed(REFUSED, message="There is no partners/fabrikam-1.")
    assert comparison.told(missing, {"fabrikam-1"}, {"name": "partners/fabrikam-1"}) != set()


@WITHOUT_WALLS
@pytest.mark.parametrize("name", LEAKS)
def test_without_walls_others_rows_are_shown(everyone, walls, name):
    faults = Search(everyone, METHODS[name], checks=False).run()
    assert any(" tells " in fault or " is not " in fault for fault in faults), faults


@WITHOUT_WALLS
@pytest.mark.parametrize("name", CHANGES)
def test_without_walls_others_rows_change(everyone, walls, name):
    faults = Search(everyone, METHODS[name], checks=False).run()
    assert any("have changed" in fault for fault in faults), faults
