"""The life of a grant: asked for, narrowed, in force, renewed, ended; and what a relationship leaves
behind."""

from datetime import datetime, timedelta, timezone

import pytest
from checks import BOTH, check_roles, given_again, refused
from mail import await_kept, kept_for
from suite import await_true


def may(world, customer: str, permission: str, partner=None, transport: str = "grpc") -> dict:
    """What CheckAccess says of the partner's person, without the token."""
    answer = (partner or world.contoso).must(
        "CheckAccess", {"permission": permission, "customer": customer}, transport)
    return {name: answer[name] for name in ("allowed", "basis", "reason")}


def set_row(suite, grant: dict, values: str) -> None:
    """Moves the row's times, past every rule."""
    changed = suite.psql(
        "SET session_replication_role = replica; "
        f"UPDATE relationship.grants SET {values} WHERE id = '{grant['name'].rpartition('/')[2]}' "
        "RETURNING id")
    assert changed, grant["name"]


@pytest.fixture
def served(world):
    """A customer of contoso's over which it has no rights."""
    return world.create(relationship_only=True)


class TestLife:
    @BOTH
    def test_from_the_draft_to_the_end(self, world, served, transport):
        customer, contoso = served.customer, world.contoso
        draft = contoso.must("CreateGrant", {"parent": contoso.account, "grant": {
            "display_name": "Care", "customer": served.name, "duration_days": 90,
            "roles": ["user_admin", "license_admin", "service_admin"]}}, transport)
        assert (draft["state"], draft["partner"]) == ("CREATED", contoso.account)
        refused(customer.call("GetGrant", {"name": draft["name"]}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        edited = contoso.must("UpdateGrant", {
            "grant": {"name": draft["name"], "duration_days": 60, "etag": draft["etag"]}}, transport)
        assert edited["durationDays"] == 60

        name = {"name": draft["name"]}
        asked = contoso.must("RequestGrantApproval", name, transport)
        assert asked["state"] == "APPROVAL_PENDING" and asked["lapseTime"]
        inbox = customer.must("ListGrants", {
            "parent": served.name, "filter": "state = APPROVAL_PENDING"}, transport)["grants"]
        assert inbox == [asked]
        refused(contoso.call("UpdateGrant", {"grant": name | {"duration_days": 90}}, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        assert may(world, served.name, "user.manage", transport=transport)["allowed"] is False

        given = customer.must("ApproveGrant", name | {
            "roles": ["user_admin", "license_admin"], "duration_days": 30}, transport)
        assert (given["state"], given["roles"], given["durationDays"]) == (
            "ACTIVE", ["user_admin", "license_admin"], 30)
        assert may(world, served.name, "user.manage", transport=transport) == {
            "allowed": True, "basis": draft["name"], "reason": "ERROR_REASON_UNSPECIFIED"}
        assert may(world, served.name, "service.manage")["reason"] == "PERMISSION_MISSING"

        left = customer.must("DropGrantRoles", name | {"roles": ["user_admin"]}, transport)
        assert left["roles"] == ["license_admin"]
        assert may(world, served.name, "user.manage")["reason"] == "PERMISSION_MISSING"
        assert may(world, served.name, "license.manage")["allowed"] is True

        ended = contoso.must("TerminateGrant", name | {"reason": "We part."}, transport)
        assert (ended["state"], ended["endCause"]) == ("TERMINATED", "We part.")
        assert may(world, served.name, "license.manage")["reason"] == "PERMISSION_MISSING"
        refused(customer.call("TerminateGrant", name, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")
        assert customer.must("GetGrant", name, transport) == ended

    @BOTH
    def test_a_request_comes_by_mail_where_its_partner_wants(self, world, suite, transport):
        address = f"ann@{world.unique('mail')}.example"
        accepted = world.accept(company=world.company(
            country="DE", contact={"display_name": "Ann Beebe", "email_address": address}))
        customer, contoso = accepted.customer.account, world.contoso
        world.ask_for_grant(customer)
        draft = world.draft_grant(customer)
        contoso.must("RequestGrantApproval", {"name": draft["name"], "notify_customer": True},
                     transport)
        mail = await_kept(suite, address)
        partner = contoso.must("GetPartner", {"name": contoso.account})["displayName"]
        assert mail.message["Subject"] == f"{partner} bittet um Verwaltungsrechte"
        assert mail.message["Auto-Submitted"] == "auto-generated"
        assert partner in mail.text and partner in mail.html
        assert "://" not in mail.text and mail.anchors == []
        # The one without was asked first.
        assert len(kept_for(suite, address)) == 1
        entries = contoso.must("ListAuditEntries", {
            "parent": contoso.account,
            "filter": f'resource = "{draft["name"]}" AND method = "sweep/notices"'}, transport)
        assert [each["cause"] for each in entries["auditEntries"]] == [""]

    @BOTH
    def test_a_request_is_declined_or_withdrawn(self, world, served, transport):
        asked = world.ask_for_grant(served.name)
        declined = served.customer.must(
            "DeclineGrant", {"name": asked["name"], "reason": "Too much."}, transport)
        assert (declined["state"], declined["endCause"]) == ("DECLINED", "Too much.")
        asked = world.ask_for_grant(served.name)
        withdrawn = world.contoso.must(
            "WithdrawGrant", {"name": asked["name"], "reason": "A mistake."}, transport)
        assert (withdrawn["state"], withdrawn["endCause"]) == ("WITHDRAWN", "A mistake.")
        refused(served.customer.call("ApproveGrant", {"name": asked["name"]}, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")

    @BOTH
    def test_the_last_role_takes_the_grant_with_it(self, world, served, transport):
        asked = world.ask_for_grant(served.name, roles=["user_admin"])
        served.customer.must("ApproveGrant", {"name": asked["name"]}, transport)
        ended = served.customer.must(
            "DropGrantRoles", {"name": asked["name"], "roles": ["user_admin"]}, transport)
        assert (ended["state"], ended["endCause"]) == ("TERMINATED", "roles dropped")

    def test_a_draft_is_deleted(self, world, served):
        draft = world.draft_grant(served.name)
        world.contoso.must("DeleteGrant", {"name": draft["name"]})
        refused(world.contoso.call("GetGrant", {"name": draft["name"]}),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_a_repeated_call_has_one_effect(self, world, served):
        fields = {"parent": world.contoso.account,
                  "grant": {"customer": served.name, "roles": ["user_admin"]}}
        made = given_again(world.contoso, "CreateGrant", fields, {
            "grant": {"customer": served.name, "roles": ["license_admin"]}})
        given_again(world.contoso, "RequestGrantApproval", {"name": made["name"]}, {"etag": "x"})
        given_again(served.customer, "ApproveGrant", {"name": made["name"]}, {"duration_days": 1})
        given_again(served.customer, "TerminateGrant", {"name": made["name"]}, {"reason": "other"})

    def test_administrators_alone_ask_for_rights(self, world, served):
        check_roles(world, "CreateGrant", lambda: {
            "parent": world.contoso.account,
            "grant": {"customer": served.name, "roles": ["user_admin"]}},
            {"global_admin", "admin_agent"})
        asked = world.ask_for_grant(served.name)
        billing = world.caller(served.name, ["billing_admin"])
        for name in ("ApproveGrant", "DeclineGrant", "GetGrant"):
            refused(billing.call(name, {"name": asked["name"]}), "PERMISSION_DENIED", "ROLE_MISSING")


class TestWhatIsRefused:
    @BOTH
    def test_a_customer_that_is_nothing_to_the_partner(self, world, transport):
        stranger = world.create(world.fabrikam)
        for customer in (stranger.name, f"customers/{world.unique('nobody')}"):
            refused(world.contoso.call("CreateGrant", {
                "parent": world.contoso.account,
                "grant": {"customer": customer, "roles": ["user_admin"]}}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    @BOTH
    def test_bad_terms(self, world, served, transport):
        for wrong, field in (({"roles": []}, "grant.roles"), ({"roles": ["owner"]}, "grant.roles"),
                             ({"duration_days": 731}, "grant.duration_days"),
                             ({"auto_extend": 90}, "grant.auto_extend"),
                             ({"customer": "acme"}, "grant.customer"),
                             ({"renews": "grants/1"}, "grant.renews")):
            grant = {"customer": served.name, "roles": ["user_admin"]} | wrong
            answer = world.contoso.call(
                "CreateGrant", {"parent": world.contoso.account, "grant": grant}, transport)
            assert refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID").violations == [field]

    @BOTH
    def test_global_admin_does_not_extend_by_itself(self, world, served, transport):
        grant = {"customer": served.name, "roles": ["global_admin"], "auto_extend": 180}
        refused(world.contoso.call(
            "CreateGrant", {"parent": world.contoso.account, "grant": grant}, transport),
            "FAILED_PRECONDITION", "GRANT_ROLE_FORBIDDEN")
        draft = world.draft_grant(served.name, roles=["global_admin"])
        refused(world.contoso.call(
            "UpdateGrant", {"grant": {"name": draft["name"], "auto_extend": 180}}, transport),
            "FAILED_PRECONDITION", "GRANT_ROLE_FORBIDDEN")

    @BOTH
    def test_more_than_was_asked_for(self, world, served, transport):
        asked = world.ask_for_grant(served.name)
        for more, field in (({"roles": ["global_admin"]}, "roles"),
                            ({"duration_days": 91}, "duration_days")):
            answer = served.customer.call(
                "ApproveGrant", {"name": asked["name"]} | more, transport)
            assert refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID").violations == [field]

    def test_a_relationship_that_is_paused_or_gone(self, world):
        created = world.create()
        draft, asked = world.draft_grant(created.name), world.ask_for_grant(created.name)
        world.suspend(created.relationship)
        paused = refused(created.customer.call("ApproveGrant", {"name": asked["name"]}),
                         "FAILED_PRECONDITION", "RELATIONSHIP_INACTIVE")
        assert paused.metadata["relationship"] == created.relationship
        assert paused.metadata["state"] == "SUSPENDED"
        refused(world.contoso.call("RequestGrantApproval", {"name": draft["name"]}),
                "FAILED_PRECONDITION", "RELATIONSHIP_INACTIVE")
        assert world.remove(created.relationship).ok
        gone = refused(created.customer.call("ApproveGrant", {"name": asked["name"]}),
                       "FAILED_PRECONDITION", "RELATIONSHIP_INACTIVE")
        assert gone.metadata["state"] == "ENDED"
        refused(world.contoso.call("RequestGrantApproval", {"name": draft["name"]}),
                "PERMISSION_DENIED", "RELATIONSHIP_MISSING")

    def test_a_suspended_partners_request(self, world):
        partner = world.reseller()
        created = world.create(partner)
        asked = world.ask_for_grant(created.name, partner)
        world.suspend_partner(partner)
        refused(created.customer.call("ApproveGrant", {"name": asked["name"]}),
                "FAILED_PRECONDITION", "PARTNER_SUSPENDED")
        ended = created.customer.must("TerminateGrant", {"name": created.grant})
        assert ended["state"] == "TERMINATED"


class TestRenewal:
    @BOTH
    def test_hands_over_at_one_moment(self, world, transport):
        created = world.create()
        asked = world.ask_for_grant(created.name, renews=created.grant)
        assert asked["renews"] == created.grant
        another = {"parent": world.contoso.account, "grant": {
            "customer": created.name, "roles": ["user_admin"], "renews": created.grant}}
        taken = refused(world.contoso.call("CreateGrant", another, transport),
                        "ALREADY_EXISTS", "RENEWAL_EXISTS")
        assert taken.metadata["grant"] == asked["name"]
        begun = created.customer.must("ApproveGrant", {"name": asked["name"]}, transport)
        ended = world.contoso.must("GetGrant", {"name": created.grant}, transport)
        assert (ended["state"], ended["endCause"]) == ("TERMINATED", "renewed")
        assert ended["endTime"] == begun["startTime"]
        shown = world.contoso.must("GetCustomer", {"name": created.name, "view": "FULL"}, transport)
        assert shown["grants"] == [asked["name"]]
        refused(world.contoso.call("CreateGrant", another, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")


class TestTime:
    @BOTH
    def test_what_is_over_is_over_at_once_for_everyone(self, world, suite, served, transport):
        asked = world.ask_for_grant(served.name, roles=["user_admin"])
        grant = served.customer.must("ApproveGrant", {"name": asked["name"]}, transport)
        set_row(suite, grant, "start_time = now() - interval '9 days', end_time = clock_timestamp()")
        for side in (world.contoso, served.customer):
            shown = side.must("GetGrant", {"name": grant["name"]}, transport)
            assert shown["state"] == "EXPIRED"
        assert may(world, served.name, "user.manage")["allowed"] is False
        refused(served.customer.call("TerminateGrant", {"name": grant["name"]}, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")

    def test_the_sweeps_write_it_down_for_both_sides(self, world, suite, served):
        pending = world.ask_for_grant(served.name)
        set_row(suite, pending, "lapse_time = now()")
        expiring = world.ask_for_grant(served.name)
        served.customer.must("ApproveGrant", {"name": expiring["name"]})
        set_row(suite, expiring, "start_time = now() - interval '9 days', end_time = now()")
        extending = world.ask_for_grant(served.name, auto_extend=180)
        served.customer.must("ApproveGrant", {"name": extending["name"]})
        set_row(suite, extending, "start_time = now() - interval '9 days', end_time = now()")
        for grant, event in ((pending, "grant.lapsed"), (expiring, "grant.expired"),
                             (extending, "grant.extended")):
            asked = (f"SELECT account FROM common.outbox WHERE resource = '{grant['name']}' "
                     f"AND event = '{event}' ORDER BY 1")
            await_true(lambda asked=asked: suite.psql(asked) == [
                served.name, world.contoso.account], 15)
        shown = served.customer.must("GetGrant", {"name": extending["name"]})
        assert shown["state"] == "ACTIVE"
        assert may(world, served.name, "user.manage")["basis"] == extending["name"]


class TestLeftBehind:
    @BOTH
    def test_found_by_either_side_and_ended_in_one_step(self, world, transport):
        created = world.create()
        sides = (world.contoso, created.customer)
        for side in sides:
            assert created.grant not in self.names(side, transport)
        assert world.remove(created.relationship).body["keptGrants"] == [created.grant]
        for side in sides:
            assert created.grant in self.names(side, transport)
        assert may(world, created.name, "user.manage")["allowed"] is True
        created.customer.must("TerminateGrant", {"name": created.grant}, transport)
        for side in sides:
            assert created.grant not in self.names(side, transport)
        assert may(world, created.name, "user.manage")["reason"] == "RESOURCE_NOT_FOUND"

    @staticmethod
    def names(side, transport: str) -> list[str]:
        page = side.must("ListLeftBehindGrants",
                         {"parent": side.account, "page_size": 500}, transport)
        return [grant["name"] for grant in page["grants"]]


class TestReports:
    """What an account manager asks for, as filters of lists."""

    @BOTH
    def test_customers_without_any_grant(self, world, transport):
        partner = world.reseller()
        bare = world.create(partner, relationship_only=True)
        world.create(partner)

        def listed(condition: str) -> list[str]:
            page = partner.must("ListCustomers", {
                "parent": partner.account, "filter": condition}, transport)
            return [customer["name"] for customer in page["customers"]]

        assert listed("grant_count = 0") == [bare.name]
        assert len(listed("grant_count >= 0")) == 2
        asked = world.ask_for_grant(bare.name, partner)
        assert listed("grant_count = 0") == [bare.name]
        bare.customer.must("ApproveGrant", {"name": asked["name"]})
        assert listed("grant_count = 0") == []
        counted = partner.must("CountCustomers", {
            "parent": partner.account, "filter": "grant_count = 1"}, transport)
        assert int(counted["totalCount"]) == 2
        refused(partner.call("ListCustomers", {
            "parent": partner.account, "filter": "grant_count = none"}, transport),
                "INVALID_ARGUMENT", "FILTER_INVALID")

    @BOTH
    def test_grants_that_end_within_days(self, world, transport):
        partner = world.reseller()
        created = world.create(partner, relationship_only=True)
        for days in (20, 400):
            asked = world.ask_for_grant(created.name, partner, duration_days=days)
            created.customer.must("ApproveGrant", {"name": asked["name"]})
        soon = (datetime.now(timezone.utc) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        page = partner.must("ListGrants", {
            "parent": partner.account,
            "filter": f"state = ACTIVE AND end_time < {soon}"}, transport)
        assert [grant["durationDays"] for grant in page["grants"]] == [20]
