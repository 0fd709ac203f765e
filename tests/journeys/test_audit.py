"""Who did what: every change, every refused call and every operator's call is in the audit, for those
whose rows they are about."""

import pytest
from api import METHODS, PUBLIC
from cases import case
from checks import BOTH, check_roles, refused

MUTATIONS = sorted(method.name for method in PUBLIC
                   if not method.bindings[0].verb == "GET"
                   and not method.name.startswith(("Lookup", "Check", "BatchCheck")))


def entries_of(suite, answer) -> list[str]:
    """Decision, method and refusal of each entry that a call has left."""
    return suite.psql("SELECT DISTINCT decision, split_part(method, '/', 2), "
                      "CASE decision WHEN 'REFUSED' THEN reason ELSE '' END "
                      "FROM common.audit_entries "
                      f"WHERE request_id = '{answer.headers['x-request-id']}'")


def listed(caller, parent: str, filter: str = "", **fields) -> list[dict]:
    return caller.must("ListAuditEntries", {"parent": parent, "filter": filter} | fields)[
        "auditEntries"]


def check_kept(suite, answer, name: str) -> None:
    """A call leaves one entry, which says how it was answered."""
    wanted = f"ALLOWED|{name}|" if answer.ok else f"REFUSED|{name}|{answer.reason}"
    assert entries_of(suite, answer) == [wanted]


def check_look_is_seen(party, look, resource: str) -> None:
    """Of an operator's call that has shown something of the party's."""
    entries = listed(party, party.account, f'request_id = "{look.headers["x-request-id"]}"')
    assert [(entry["account"], entry["reason"], entry["resource"], entry["decision"])
            for entry in entries] == [("operators", "ticket 4711", resource, "ALLOWED")]


def lose_entries_of(suite, answer) -> None:
    """As if nobody had written them. Nobody may: the table's triggers are asleep for it."""
    suite.psql("BEGIN; SET LOCAL session_replication_role = replica; "
               "DELETE FROM common.audit_entries "
               f"WHERE request_id = '{answer.headers['x-request-id']}'; COMMIT;")


class TestEveryMutation:
    @pytest.mark.parametrize("name", MUTATIONS)
    def test_leaves_an_entry(self, world, suite, name):
        answer = case(world, name).call()
        assert answer.ok, str(answer)
        check_kept(suite, answer, name)

    @pytest.mark.parametrize("name", [name for name in MUTATIONS
                                      if METHODS[name].access.callers])
    def test_that_is_refused_leaves_one_entry(self, world, suite, name):
        asked = case(world, name)
        family = asked.caller.account.partition("/")[0]
        nobody = world.caller(asked.caller.account, ["helpdesk_agent" if family == "partners" else
                                                     "nothing"], asked.caller.headers)
        answer = nobody.call(name, asked.fields)
        assert not answer.ok
        check_kept(suite, answer, name)
        assert suite.psql("SELECT account FROM common.audit_entries WHERE request_id = "
                          f"'{answer.headers['x-request-id']}'") != []


class TestListAuditEntries:
    @BOTH
    def test_tells_who_changed_what(self, world, transport):
        partner = world.reseller()
        draft = world.draft(partner)
        changed = partner.call("UpdateInvitation", {
            "invitation": {"name": draft["name"], "note": "See you on Monday."},
            "update_mask": "note"}, transport)
        assert changed.ok, str(changed)
        page = partner.must("ListAuditEntries", {
            "parent": partner.account, "filter": f'resource = "{draft["name"]}"'}, transport)
        update, creation = page["auditEntries"]
        assert update["name"].startswith(f"{partner.account}/auditEntries/")
        assert (update["service"], update["method"], update["account"], update["decision"]) == (
            "invitation", "partnerlink.invitation.v1.InvitationService/UpdateInvitation",
            partner.account, "ALLOWED")
        assert (update["actor"], update["roles"]) == (
            f"{partner.account.partition('/')[2]}-person", ["admin_agent"])
        assert update["requestId"] == changed.headers["x-request-id"]
        assert (update["before"].get("note", ""), update["after"]["note"]) == (
            "", "See you on Monday.")
        assert creation["method"].endswith("/CreateInvitation")
        assert "before" not in creation or not creation["before"]
        assert creation["createTime"] <= update["createTime"]

    def test_a_refused_call_is_there_for_who_asked_and_for_nobody_else(self, world):
        draft = world.draft(world.contoso)
        stranger = world.reseller()
        answer = stranger.call("RevokeInvitation", {"name": draft["name"]})
        refused(answer, "NOT_FOUND", "RESOURCE_NOT_FOUND")
        [entry] = listed(stranger, stranger.account, "decision = REFUSED")
        assert (entry["reason"], entry["resource"]) == ("RESOURCE_NOT_FOUND", draft["name"])
        assert not listed(world.contoso, world.contoso.account,
                          f'resource = "{draft["name"]}" AND decision = REFUSED')

    def test_a_suspended_partners_call_is_there(self, world):
        partner = world.reseller()
        world.suspend_partner(partner)
        refused(partner.call("CreateInvitation", {"parent": partner.account, "invitation": {}}),
                "FAILED_PRECONDITION", "PARTNER_SUSPENDED")
        refusal, suspension = listed(
            world.operator, partner.account, "decision = REFUSED OR "
            'method = "partnerlink.relationship.v1.RelationshipService/SuspendPartner"')
        assert (refusal["decision"], refusal["reason"]) == ("REFUSED", "PARTNER_SUSPENDED")
        assert (suspension["account"], suspension["reason"]) == ("operators", "ticket 4711")

    @BOTH
    def test_an_operators_look_is_seen_by_those_it_looked_at(self, world, transport):
        created = world.create()
        shown = world.operator.call("GetRelationship", {"name": created.relationship}, transport)
        assert shown.ok, str(shown)
        for party in (world.contoso, created.customer):
            check_look_is_seen(party, shown, created.relationship)
        named = world.operator.call("ListGrants", {"parent": created.name}, transport)
        [entry] = listed(created.customer, created.name,
                         f'request_id = "{named.headers["x-request-id"]}"')
        assert entry["resource"] == created.name

    def test_operators_see_what_operators_did(self, world):
        partner = world.reseller()
        world.operator.must("GetPartner", {"name": partner.account})
        entries = listed(world.operator, "operators/-", f'resource = "{partner.account}"')
        assert [entry["method"].partition("/")[2] for entry in entries] == [
            "GetPartner", "EnrollPartner"]
        assert {entry["account"] for entry in entries} == {"operators"}

    def test_pages_to_the_end(self, world):
        partner = world.reseller()
        names = [world.draft(partner)["name"] for _ in range(5)]
        seen, token = [], ""
        while True:
            page = partner.must("ListAuditEntries", {
                "parent": partner.account, "page_size": 2, "page_token": token,
                "filter": 'method = "partnerlink.invitation.v1.InvitationService/Create*"'})
            seen += [entry["resource"] for entry in page["auditEntries"]]
            token = page.get("nextPageToken", "")
            if not token:
                break
        assert seen == names[::-1]

    def test_filters_by_time_and_actor(self, world):
        partner = world.reseller()
        first = world.draft(partner)
        second = world.draft(partner)
        since = f'create_time > "{first["createTime"]}"'
        assert [entry["resource"] for entry in listed(
            partner, partner.account, f'{since} AND resource = "{partner.account}/invitations/*"')
        ][0] == second["name"]
        assert not listed(partner, partner.account, 'actor = "somebody else"')

    def test_roles_and_reach(self, world):
        check_roles(world, "ListAuditEntries", lambda: {"parent": world.contoso.account},
                    {"global_admin", "admin_agent"})
        refused(world.fabrikam.call("ListAuditEntries", {"parent": world.contoso.account}),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        refused(world.fabrikam.call("ListAuditEntries", {"parent": "operators/-"}),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        customer = world.create().customer
        clerk = world.caller(customer.account, ["billing_admin"])
        refused(clerk.call("ListAuditEntries", {"parent": customer.account}),
                "PERMISSION_DENIED", "ROLE_MISSING")

    @BOTH
    @pytest.mark.parametrize("fields, reason", [
        ({"parent": "operators/anna"}, "FIELD_INVALID"),
        ({"parent": "operators/-", "filter": "before.note = x"}, "FILTER_INVALID"),
        ({"parent": "operators/-", "filter": "decision = MAYBE"}, "FILTER_INVALID"),
        ({"parent": "operators/-", "page_size": -1}, "FIELD_INVALID"),
        ({"parent": "operators/-", "page_token": "x"}, "PAGE_TOKEN_INVALID")])
    def test_bad_input(self, world, transport, fields, reason):
        refused(world.operator.call("ListAuditEntries", fields, transport),
                "INVALID_ARGUMENT", reason)


class TestControls:
    """The checks above can fail: they do where an entry was not written, or has gone."""

    def test_a_change_without_an_entry_is_missed(self, world, suite):
        answer = world.contoso.call("CreateInvitation", {
            "parent": world.contoso.account, "invitation": {}})
        check_kept(suite, answer, "CreateInvitation")
        lose_entries_of(suite, answer)
        with pytest.raises(AssertionError):
            check_kept(suite, answer, "CreateInvitation")

    def test_a_refused_call_without_an_entry_is_missed(self, world, suite):
        answer = world.reseller().call("RevokeInvitation", {"name": world.draft()["name"]})
        refused(answer, "NOT_FOUND", "RESOURCE_NOT_FOUND")
        check_kept(suite, answer, "RevokeInvitation")
        lose_entries_of(suite, answer)
        with pytest.raises(AssertionError):
            check_kept(suite, answer, "RevokeInvitation")

    def test_a_refusal_that_was_kept_as_a_success_is_missed(self, world, suite):
        answer = world.reseller().call("RevokeInvitation", {"name": world.draft()["name"]})
        answer.code, answer.reason = "OK", ""
        with pytest.raises(AssertionError):
            check_kept(suite, answer, "RevokeInvitation")

    def test_an_operators_look_without_an_entry_is_missed(self, world, suite):
        created = world.create()
        shown = world.operator.call("GetRelationship", {"name": created.relationship})
        check_look_is_seen(created.customer, shown, created.relationship)
        lose_entries_of(suite, shown)
        for party in (world.contoso, created.customer):
            with pytest.raises(AssertionError):
                check_look_is_seen(party, shown, created.relationship)

    def test_ones_own_look_leaves_no_entry(self, world, suite):
        created = world.create()
        shown = created.customer.call("GetRelationship", {"name": created.relationship})
        assert shown.ok and entries_of(suite, shown) == []
        with pytest.raises(AssertionError):
            check_look_is_seen(created.customer, shown, created.relationship)
