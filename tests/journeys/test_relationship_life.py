"""The life of a relationship: paused and resumed, and ended by its customer."""

import pytest
from checks import BOTH, given_again, may, refused, state_of
from suite import await_true

NOBODYS = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
# What the workers do is done within this time, under load too.
SOON = 10


def try_order(world, customer: str, partner, transport: str = "grpc"):
    line = {"offer": world.offer(), "quantity": 1}
    return partner.call("CreateOrder", {"parent": customer, "order": {"line_items": [line]}},
                        transport)


def get(caller, relationship: str, transport: str = "grpc") -> dict:
    return caller.must("GetRelationship", {"name": relationship}, transport)


class TestPause:
    @BOTH
    def test_no_orders_and_no_changes_while_reading_stays(self, world, transport):
        created = world.create()
        order = world.order(created.name)
        subscription = order["lineItems"][0]["subscription"]
        paused = world.operator.must("SuspendRelationship", {
            "name": created.relationship, "reason": "unpaid"}, transport)
        assert (paused["state"], paused["stateCause"]) == ("SUSPENDED", "unpaid")
        answer = refused(try_order(world, created.name, world.contoso, transport),
                         "FAILED_PRECONDITION", "RELATIONSHIP_INACTIVE")
        assert answer.metadata == {"relationship": created.relationship, "state": "SUSPENDED"}
        assert may(world.contoso, "order.create", created.name, transport) == (
            "RELATIONSHIP_INACTIVE")
        assert may(world.contoso, "customer.view", created.name, transport) == ""
        for name, fields in {"GetOrder": {"name": order["name"]},
                             "GetSubscription": {"name": subscription},
                             "GetCustomer": {"name": created.name}}.items():
            world.contoso.must(name, fields, transport)
        shown = world.contoso.must("GetCustomer", {"name": created.name, "view": "FULL"})
        assert [edge["state"] for edge in shown["edges"]] == ["SUSPENDED"]
        resumed = world.operator.must("ResumeRelationship", {
            "name": created.relationship, "reason": "paid"}, transport)
        assert (resumed["state"], resumed["stateCause"]) == ("ACTIVE", "paid")
        assert try_order(world, created.name, world.contoso, transport).ok

    def test_what_was_sold_through_it_is_not_cancelled_either(self, world):
        created = world.create(relationship_only=True)
        name = world.order(created.name)["lineItems"][0]["subscription"]
        world.suspend(created.relationship)
        refused(world.contoso.call("CancelSubscription", {"name": name, "reason": "x"}),
                "FAILED_PRECONDITION", "RELATIONSHIP_INACTIVE")

    @BOTH
    def test_provider_pauses_what_goes_through_it(self, world, transport):
        reseller, provider = world.partnered()
        customer = world.customer()
        invited = world.invite(reseller, **world.combined_fields(provider))
        accepted = world.try_accept(invited, customer)
        names = {edge["type"]: edge["relationship"] for edge in accepted.body["relationships"]}
        # It knows the reseller's by the redemption, which it may read.
        seen = provider.must("ListRedemptions", {"parent": invited.name})["redemptions"][0]
        assert names["RESELLER"] in {edge["relationship"] for edge in seen["relationships"]}
        for name in names.values():
            fields = {"name": name, "reason": "unpaid"}
            assert provider.must("SuspendRelationship", fields, transport)["state"] == "SUSPENDED"
        refused(try_order(world, customer.account, reseller), "FAILED_PRECONDITION",
                "RELATIONSHIP_INACTIVE")
        fields = {"name": names["RESELLER"], "reason": "please"}
        refused(reseller.call("ResumeRelationship", fields, transport),
                "PERMISSION_DENIED", "PERMISSION_MISSING")
        refused(world.fabrikam.call("ResumeRelationship", fields, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        assert provider.must("ResumeRelationship", fields, transport)["state"] == "ACTIVE"
        assert try_order(world, customer.account, reseller).ok
        # Once the two part, the reseller's customers are no business of the provider's.
        partnerships = provider.must("ListPartnerships", {"parent": provider.account})
        provider.must("EndPartnership", {"name": partnerships["partnerships"][0]["name"]})
        refused(provider.call("SuspendRelationship", fields, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    @BOTH
    def test_bad_calls(self, world, transport):
        created = world.create()
        fields = {"name": created.relationship, "reason": "unpaid"}
        for name in ("SuspendRelationship", "ResumeRelationship"):
            answer = refused(world.operator.call(name, {"name": "relationships/1"}, transport),
                             "INVALID_ARGUMENT", "FIELD_INVALID")
            assert answer.violations == ["name", "reason"]
            refused(world.operator.call(name, fields | {"name": NOBODYS}, transport),
                    "NOT_FOUND", "RESOURCE_NOT_FOUND")
            refused(world.fabrikam.call(name, fields, transport),
                    "NOT_FOUND", "RESOURCE_NOT_FOUND")
            refused(world.contoso.call(name, fields, transport),
                    "PERMISSION_DENIED", "PERMISSION_MISSING")
            refused(created.customer.call(name, fields, transport),
                    "PERMISSION_DENIED", "ROLE_MISSING")
            refused(world.caller("operators", ["operator"]).call(name, fields, transport),
                    "INVALID_ARGUMENT", "OPERATOR_REASON_MISSING")
            refused(world.operator.call(name, fields | {"etag": "stale"}, transport),
                    "ABORTED", "ETAG_MISMATCH")
        refused(world.operator.call("ResumeRelationship", fields, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        given_again(world.operator, "SuspendRelationship", fields, {"reason": "other"})
        again = refused(world.operator.call("SuspendRelationship", fields, transport),
                        "FAILED_PRECONDITION", "STATE_TRANSITION")
        assert again.metadata["state"] == "SUSPENDED"


class TestCustomersEnd:
    @BOTH
    def test_without_notice_it_leaves_that_list_and_takes_the_grant(self, world, transport):
        partner = world.reseller()
        accepted = world.accept(partner=partner)
        other = world.accept(accepted.customer, world.fabrikam)
        customer = accepted.customer.account
        subscription = world.order(customer, partner)["lineItems"][0]["subscription"]
        answer = accepted.customer.call("EndRelationship", {
            "name": accepted.relationship, "reason": "moving on"}, transport)
        assert answer.ok, str(answer)
        assert (answer.body["state"], answer.body["stateCause"], answer.body["revokeGrants"]) == (
            "ENDED", "moving on", True)
        assert state_of(accepted.customer, accepted.redemption["grant"]) == (
            "TERMINATED", "customer_ended")
        token = answer.consistency_token
        assert not world.lists(partner, customer, consistency_token=token)
        assert world.lists(world.fabrikam, customer, consistency_token=token)
        refused(partner.call("GetCustomer", {"name": customer, "consistency_token": token}),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        assert may(partner, "customer.view", customer, transport) == "RESOURCE_NOT_FOUND"
        assert get(accepted.customer, other.relationship)["state"] == "ACTIVE"
        # What was sold goes on, for the customer's sake.
        assert accepted.customer.must("GetSubscription", {"name": subscription})["state"] == "ACTIVE"
        refused(partner.call("CancelSubscription", {"name": subscription}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    @BOTH
    def test_with_notice_it_can_be_taken_back(self, world, transport):
        partner = world.reseller()
        world.set_policies(partner, end_notice_days=30)
        accepted = world.accept(partner=partner)
        customer = accepted.customer
        ending = customer.must("EndRelationship", {"name": accepted.relationship}, transport)
        assert (ending["state"], ending["revokeGrants"]) == ("ENDING", True)
        assert ending["effectiveEndTime"] > ending["updateTime"]
        refused(try_order(world, customer.account, partner, transport),
                "FAILED_PRECONDITION", "RELATIONSHIP_INACTIVE")
        assert may(partner, "customer.view", customer.account, transport) == ""
        soon = f'state = ENDING AND effective_end_time <= "{ending["effectiveEndTime"]}"'
        for filter_, names in ((soon, [accepted.relationship]),
                               ('state = ENDING AND effective_end_time < "2026-01-01T00:00:00Z"',
                                [])):
            listed = partner.must("ListRelationships", {
                "parent": partner.account, "filter": filter_}, transport)
            assert [row["name"] for row in listed["relationships"]] == names
        refused(world.remove(accepted.relationship, partner),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        refused(customer.call("EndRelationship", {"name": accepted.relationship}, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        back = customer.must("WithdrawEnd", {
            "name": accepted.relationship, "reason": "staying"}, transport)
        assert (back["state"], back["stateCause"], back["revokeGrants"]) == (
            "ACTIVE", "staying", False)
        assert "effectiveEndTime" not in back
        assert try_order(world, customer.account, partner, transport).ok
        assert state_of(customer, accepted.redemption["grant"])[0] == "ACTIVE"

    def test_what_was_paused_is_paused_again(self, world):
        partner = world.reseller()
        world.set_policies(partner, end_notice_days=1)
        accepted = world.accept(partner=partner)
        world.suspend(accepted.relationship)
        accepted.customer.must("EndRelationship", {"name": accepted.relationship})
        assert accepted.customer.must(
            "WithdrawEnd", {"name": accepted.relationship})["state"] == "SUSPENDED"

    @BOTH
    def test_customer_may_leave_the_grant(self, world, transport):
        partner = world.reseller()
        accepted = world.accept(partner=partner)
        ended = accepted.customer.must("EndRelationship", {
            "name": accepted.relationship, "revoke_grants": False}, transport)
        assert (ended["state"], ended["revokeGrants"]) == ("ENDED", False)
        assert state_of(partner, accepted.redemption["grant"]) == ("ACTIVE", "")
        assert may(partner, "user.manage", accepted.customer.account) == ""

    def test_its_date_ends_it_for_every_reader_and_by_itself(self, world, suite):
        partner = world.reseller()
        world.set_policies(partner, end_notice_days=1)
        accepted = world.accept(partner=partner)
        accepted.customer.must("EndRelationship", {"name": accepted.relationship})
        suite.psql(
            "SET session_replication_role = replica; UPDATE relationship.relationships "
            "SET effective_end_time = clock_timestamp() "
            f"WHERE id = '{accepted.relationship.rpartition('/')[2]}'")
        assert get(partner, accepted.relationship)["state"] == "ENDED"
        refused(accepted.customer.call("WithdrawEnd", {"name": accepted.relationship}),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        await_true(lambda: state_of(accepted.customer, accepted.redemption["grant"]) == (
            "TERMINATED", "customer_ended"), SOON)
        await_true(lambda: not world.lists(partner, accepted.customer.account), SOON)

    def test_coming_back_names_the_predecessor(self, world):
        partner = world.reseller()
        accepted = world.accept(partner=partner)
        accepted.customer.must("EndRelationship", {"name": accepted.relationship})
        back = world.accept(accepted.customer, partner)
        assert get(partner, back.relationship)["predecessor"] == accepted.relationship
        assert world.lists(partner, accepted.customer.account,
                           consistency_token=back.consistency_token)

    @BOTH
    def test_bad_calls(self, world, transport):
        accepted = world.accept()
        fields = {"name": accepted.relationship}
        billing = world.caller(accepted.customer.account, ["billing_admin"])
        for name in ("EndRelationship", "WithdrawEnd"):
            answer = refused(accepted.customer.call(name, {
                "name": "relationships/1", "reason": "x" * 301}, transport),
                "INVALID_ARGUMENT", "FIELD_INVALID")
            assert answer.violations == ["name", "reason"]
            for caller in (world.contoso, world.operator, billing):
                refused(caller.call(name, fields, transport), "PERMISSION_DENIED", "ROLE_MISSING")
            for other in (world.customer().call(name, fields, transport),
                          accepted.customer.call(name, {"name": NOBODYS}, transport)):
                refused(other, "NOT_FOUND", "RESOURCE_NOT_FOUND")
            refused(accepted.customer.call(name, fields | {"etag": "stale"}, transport),
                    "ABORTED", "ETAG_MISMATCH")
        refused(accepted.customer.call("WithdrawEnd", fields, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        given_again(accepted.customer, "EndRelationship", fields, {"revoke_grants": False})


@pytest.mark.parametrize("kind", ["EndRelationship", "RemoveRelationship"])
def test_an_end_has_arrived_when_it_is_answered(world, suite, kind):
    accepted = world.accept()
    answer = (world.remove(accepted.relationship) if kind == "RemoveRelationship" else
              accepted.customer.call(kind, {"name": accepted.relationship}))
    assert answer.consistency_token
    assert suite.psql(
        "SELECT delivered_time IS NOT NULL FROM common.outbox WHERE target = 'directory' "
        f"AND resource = '{accepted.relationship}'") == ["t"]
