"""Removing a relationship: what must be attested, what goes, what stays, and who may what then."""

import pytest
from checks import BOTH, check_roles, given_again, refused

STATEMENTS = ("good_faith", "business_purpose", "per_agreement", "accepts_responsibility")
EVERYTHING_BUT_ONE = [*STATEMENTS, "legal_notice", "text_version"]


def grant_row(suite, grant: str) -> list[str]:
    return suite.psql("SELECT g::text FROM relationship.grants g "
                      f"WHERE id = '{grant.rpartition('/')[2]}'")


class TestRemoval:
    @BOTH
    def test_customer_leaves_this_list_and_keeps_all_else(self, world, suite, transport):
        created = world.create()
        other = world.accept(created.customer, world.fabrikam)
        kept = {name: world.contoso.must("GetGrant", {"name": name}, transport)
                for name in [created.grant]}
        row = grant_row(suite, created.grant)
        answer = world.remove(created.relationship, transport=transport)
        assert answer.ok, str(answer)
        relationship = answer.body["relationship"]
        assert relationship["state"] == "ENDED"
        assert relationship["effectiveEndTime"] <= relationship["updateTime"]
        attested = relationship["attestation"]
        assert all(attested[name] for name in ("goodFaith", "businessPurpose", "perAgreement",
                                               "acceptsResponsibility"))
        assert (attested["legalNotice"], attested["actor"]) == (
            "NOT_REQUIRED", f"{world.contoso.account.partition('/')[2]}-person")
        assert attested["attestTime"]
        assert answer.body["keptGrants"] == [created.grant]
        assert not world.lists(world.contoso, created.name,
                               consistency_token=answer.consistency_token)
        assert world.lists(world.fabrikam, created.name,
                           consistency_token=answer.consistency_token)
        assert {name: world.contoso.must("GetGrant", {"name": name}, transport)
                for name in kept} == kept
        assert grant_row(suite, created.grant) == row
        shown = world.contoso.must("GetCustomer", {"name": created.name, "view": "FULL"}, transport)
        assert (shown["edges"], shown["grants"]) == ([], [created.grant])
        live = created.customer.must("GetRelationship", {"name": other.relationship}, transport)
        assert live["state"] == "ACTIVE"

    def test_without_a_grant_nothing_is_left_to_see(self, world):
        created = world.create(relationship_only=True)
        answer = world.remove(created.relationship)
        assert answer.body["keptGrants"] == []
        refused(world.contoso.call("GetCustomer", {
            "name": created.name, "consistency_token": answer.consistency_token}),
            "NOT_FOUND", "RESOURCE_NOT_FOUND")

    @BOTH
    @pytest.mark.parametrize("missing", EVERYTHING_BUT_ONE)
    def test_each_part_of_the_attestation_is_needed(self, world, transport, missing):
        created = world.create()
        attestation = world.attestation()
        del attestation[missing]
        answer = world.remove(created.relationship, transport=transport, attestation=attestation)
        refused(answer, "INVALID_ARGUMENT", "ATTESTATION_INCOMPLETE")
        assert answer.violations == [f"attestation.{missing}"]

    def test_without_an_attestation_everything_is_named(self, world):
        answer = world.contoso.call("RemoveRelationship", {"name": world.create().relationship})
        refused(answer, "INVALID_ARGUMENT", "ATTESTATION_INCOMPLETE")
        assert {f"attestation.{part}" for part in EVERYTHING_BUT_ONE} == set(answer.violations)

    @BOTH
    def test_another_version_of_the_text_is_refused(self, world, transport):
        created, attestation = world.create(), world.attestation()
        answer = world.remove(created.relationship, transport=transport,
                              attestation=attestation | {"text_version": "1999-01"})
        refused(answer, "FAILED_PRECONDITION", "ATTESTATION_VERSION")
        assert answer.metadata["current"] == attestation["text_version"]

    def test_text_is_given_in_the_nearest_language(self, world):
        texts = [world.contoso.must("GetAttestationText", {"locale": locale})
                 for locale in ("", "en", "en-GB", "is")]
        assert {text["locale"] for text in texts} == {"en"}
        assert len({text["version"] for text in texts}) == 1

    @BOTH
    def test_what_was_sold_stands_in_the_way_until_it_ends_too(self, world, transport):
        created = world.create()
        names = [world.order(created.name)["lineItems"][0]["subscription"] for _ in range(2)]
        world.contoso.must("CancelSubscription", {"name": names[0], "reason": "Too many."})
        answer = world.remove(created.relationship, transport=transport)
        refused(answer, "FAILED_PRECONDITION", "ACTIVE_SUBSCRIPTIONS")
        assert answer.blockers == [names[1]]
        assert world.lists(world.contoso, created.name)
        answer = world.remove(created.relationship, transport=transport, cancel_subscriptions=True)
        assert answer.ok, str(answer)
        over = world.contoso.must("GetSubscription", {
            "name": names[1], "consistency_token": answer.consistency_token}, transport)
        assert (over["state"], over["endCause"]) == ("CANCELLED", "relationship removed")
        before = created.customer.must("GetSubscription", {"name": names[0]}, transport)
        assert before["endCause"] == "Too many."

    def test_what_another_sold_goes_on(self, world):
        created = world.create()
        world.accept(created.customer, world.fabrikam)
        name = world.order(created.name, world.fabrikam)["lineItems"][0]["subscription"]
        answer = world.remove(created.relationship, cancel_subscriptions=True)
        assert answer.ok, str(answer)
        seen = world.fabrikam.must("GetSubscription", {
            "name": name, "consistency_token": answer.consistency_token})
        assert seen["state"] == "ACTIVE"

    def test_at_most_twenty_blockers_are_named(self, world):
        created, offer = world.create(), world.offer()
        for lines in (20, 3):
            world.contoso.must("CreateOrder", {"parent": created.name, "order": {
                "line_items": [{"offer": offer, "quantity": 1}] * lines}})
        answer = world.remove(created.relationship)
        refused(answer, "FAILED_PRECONDITION", "ACTIVE_SUBSCRIPTIONS")
        assert len(set(answer.blockers)) == 20

    def test_is_final(self, world):
        created = world.create()
        assert world.remove(created.relationship).ok
        again = world.remove(created.relationship)
        refused(again, "FAILED_PRECONDITION", "STATE_TRANSITION")
        assert again.metadata["state"] == "ENDED"

    def test_coming_back_is_a_new_one_that_names_its_predecessor(self, world):
        accepted = world.accept()
        assert world.remove(accepted.relationship).ok
        back = world.accept(accepted.customer)
        assert back.relationship != accepted.relationship
        relationship = world.contoso.must("GetRelationship", {"name": back.relationship})
        assert relationship["predecessor"] == accepted.relationship
        assert world.lists(world.contoso, accepted.customer.account,
                           consistency_token=back.consistency_token)

    def test_a_suspended_one_is_removed(self, world):
        created = world.create()
        world.suspend(created.relationship)
        assert world.remove(created.relationship).body["relationship"]["state"] == "ENDED"

    def test_changed_since_is_refused(self, world):
        created = world.create()
        etag = world.contoso.must("GetRelationship", {"name": created.relationship})["etag"]
        refused(world.remove(created.relationship, etag="r99"), "ABORTED", "ETAG_MISMATCH")
        assert world.remove(created.relationship, etag=etag).ok

    def test_suspended_partner_removes_nothing(self, world):
        partner = world.reseller()
        created, attestation = world.create(partner), world.attestation()
        world.suspend_partner(partner)
        refused(world.remove(created.relationship, partner, attestation=attestation),
                "FAILED_PRECONDITION", "PARTNER_SUSPENDED")

    @BOTH
    def test_another_partner_s_is_not_there(self, world, transport):
        created = world.create()
        world.accept(created.customer, world.fabrikam)
        refused(world.remove(created.relationship, world.fabrikam, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        refused(world.remove("relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
                             world.fabrikam, transport), "NOT_FOUND", "RESOURCE_NOT_FOUND")
        fields = {"name": created.relationship, "attestation": world.attestation()}
        for caller in (created.customer, world.operator):
            refused(caller.call("RemoveRelationship", fields, transport),
                    "PERMISSION_DENIED", "ROLE_MISSING")

    def test_repeats_and_roles(self, world):
        def fields() -> dict:
            return {"name": world.create().relationship, "attestation": world.attestation()}

        given_again(world.contoso, "RemoveRelationship", fields(), {"cancel_subscriptions": True})
        check_roles(world, "RemoveRelationship", fields, {"global_admin", "admin_agent"})
        check_roles(world, "GetAttestationText", dict,
                    {"global_admin", "admin_agent", "sales_agent", "helpdesk_agent"})


class TestAfterRemoval:
    """What the kept grant still allows, and what needed the relationship."""

    @BOTH
    def test_orders_need_the_relationship(self, world, transport):
        created = world.create()
        order = world.order(created.name)
        assert world.remove(created.relationship, cancel_subscriptions=True).ok
        line = {"line_items": [{"offer": world.offer(), "quantity": 1}]}
        for name, fields in {"CreateOrder": {"parent": created.name, "order": line},
                             "GetOrder": {"name": order["name"]},
                             "ListOrders": {"parent": created.name}}.items():
            answer = refused(world.contoso.call(name, fields, transport),
                             "PERMISSION_DENIED", "RELATIONSHIP_MISSING")
            assert answer.metadata["permission"].startswith("order.")
        assert created.customer.must("GetOrder", {"name": order["name"]}, transport) == order

    @BOTH
    def test_subscriptions_need_a_grant_with_subscription_admin(self, world, transport):
        accepted = world.accept(accepted_roles=["user_admin"])
        customer = accepted.customer.account
        name = world.order(customer)["lineItems"][0]["subscription"]
        assert world.remove(accepted.relationship, cancel_subscriptions=True).ok
        for method, fields in {"GetSubscription": {"name": name},
                               "ListSubscriptions": {"parent": customer},
                               "CancelSubscription": {"name": name}}.items():
            answer = refused(world.contoso.call(method, fields, transport),
                             "PERMISSION_DENIED", "PERMISSION_MISSING")
            assert answer.metadata["permission"].startswith("subscription.")


class TestAccess:
    @BOTH
    def test_answer_names_its_basis_or_its_reason(self, world, transport):
        created, left = world.create(), world.create()
        accepted = world.accept(accepted_roles=["user_admin"])
        world.remove(left.relationship)
        questions = {
            ("order.create", created.name): created.relationship,
            ("customer.view", created.name): created.relationship,
            ("user.manage", created.name): created.grant,
            ("customer.view", left.name): left.grant,
            ("subscription.manage", left.name): left.grant,
            ("relationship.remove", left.name): "RELATIONSHIP_MISSING",
            ("order.create", left.name): "RELATIONSHIP_MISSING",
            ("license.manage", accepted.customer.account): "PERMISSION_MISSING",
            ("customer.view", "customers/nobody"): "RESOURCE_NOT_FOUND",
            ("invitation.create", ""): world.contoso.account,
        }
        asked = [{"permission": permission, "customer": customer}
                 for permission, customer in questions]
        batch = world.contoso.must("BatchCheckAccess", {"questions": asked}, transport)
        for question, wanted, decision in zip(asked, questions.values(), batch["decisions"],
                                              strict=True):
            assert wanted == (decision["basis"] if decision["allowed"] else decision["reason"])
            single = world.contoso.must("CheckAccess", question, transport)
            assert {name: single[name] for name in decision} == decision
        assert batch["consistencyToken"]

    @BOTH
    def test_role_caps_what_is_held(self, world, transport):
        created = world.create()
        helpdesk = world.caller(world.contoso.account, ["helpdesk_agent"])
        for permission, allowed in (("customer.view", True), ("order.create", False),
                                    ("relationship.remove", False)):
            answer = helpdesk.must("CheckAccess", {
                "permission": permission, "customer": created.name}, transport)
            assert answer["allowed"] == allowed
            assert answer["reason"] == ("ERROR_REASON_UNSPECIFIED" if allowed else "ROLE_MISSING")

    def test_what_is_suspended_allows_no_change(self, world):
        created = world.create(relationship_only=True)
        world.suspend(created.relationship)
        answers = world.contoso.must("BatchCheckAccess", {"questions": [
            {"permission": permission, "customer": created.name}
            for permission in ("customer.view", "order.create", "relationship.remove")]})
        assert [each["reason"] for each in answers["decisions"]] == [
            "ERROR_REASON_UNSPECIFIED", "RELATIONSHIP_INACTIVE", "ERROR_REASON_UNSPECIFIED"]
        partner = world.reseller()
        created = world.create(partner)
        world.suspend_partner(partner)
        answer = partner.call("CheckAccess", {"permission": "customer.view",
                                              "customer": created.name})
        assert (answer.body["reason"], answer.code) == ("PARTNER_SUSPENDED", "OK"), str(answer)

    def test_customers_and_operators_ask_for_themselves(self, world):
        created, stranger = world.create(), world.customer()
        question = {"permission": "customer.view", "customer": created.name}
        assert created.customer.must("CheckAccess", question)["basis"] == created.name
        assert stranger.must("CheckAccess", question)["reason"] == "RESOURCE_NOT_FOUND"
        assert world.operator.must("CheckAccess", question)["basis"] == "operators"

    def test_nobody_asks_for_another(self, world):
        principal = {"account": world.contoso.account, "roles": ["admin_agent"]}
        question = {"permission": "customer.view", "customer": "customers/nobody"}
        for name, fields in {"CheckAccess": question,
                             "BatchCheckAccess": {"questions": [question]}}.items():
            answer = world.contoso.call(name, fields | {"principal": principal})
            refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")
            assert answer.violations == ["principal"]

    def test_questions_are_at_most_a_thousand(self, world):
        question = {"permission": "invitation.create"}
        full = world.contoso.must("BatchCheckAccess", {"questions": [question] * 1000})
        assert len(full["decisions"]) == 1000
        for count in (0, 1001):
            refused(world.contoso.call("BatchCheckAccess", {"questions": [question] * count}),
                    "INVALID_ARGUMENT", "FIELD_INVALID")
        refused(world.contoso.call("CheckAccess", {"permission": "customer.fly",
                                                   "customer": "customers/nobody"}),
                "INVALID_ARGUMENT", "FIELD_INVALID")


class TestPolicies:
    @BOTH
    def test_are_the_partner_s_own(self, world, transport):
        partner = world.reseller()
        before = partner.must("GetPartner", {"name": partner.account}, transport)
        assert before["policies"]["onRemoval"] == "KEEP_GRANTS"
        change = {"name": partner.account, "etag": before["etag"],
                  "policies": {"on_removal": "REVOKE_GRANTS_AFTER", "revoke_after_days": 30}}
        mask = {"update_mask": "policies.onRemoval,policies.revokeAfterDays"}
        after = partner.must("UpdatePartner", {"partner": change} | mask, transport)
        assert after["policies"] == before["policies"] | {
            "onRemoval": "REVOKE_GRANTS_AFTER", "revokeAfterDays": 30}
        assert after["displayName"] == before["displayName"]
        refused(partner.call("UpdatePartner", {"partner": change} | mask, transport),
                "ABORTED", "ETAG_MISMATCH")
        refused(world.fabrikam.call("UpdatePartner", {
            "partner": {"name": partner.account, "display_name": "Not yours"}}, transport),
            "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_days_go_only_with_their_policy(self, world):
        partner = world.reseller()
        for policies in ({"revoke_after_days": 30}, {"on_removal": "REVOKE_GRANTS_AFTER"},
                         {"on_removal": "REVOKE_GRANTS_AFTER", "revoke_after_days": 366},
                         {"end_notice_days": -1}):
            refused(partner.call("UpdatePartner", {
                "partner": {"name": partner.account, "policies": policies}}),
                "INVALID_ARGUMENT", "FIELD_INVALID")

    def test_operator_needs_a_reason(self, world):
        partner = world.reseller()
        fields = {"partner": {"name": partner.account, "display_name": "Woodgrove AG"}}
        refused(world.caller("operators", ["operator"]).call("UpdatePartner", fields),
                "INVALID_ARGUMENT", "OPERATOR_REASON_MISSING")
        assert world.operator.must("UpdatePartner", fields)["displayName"] == "Woodgrove AG"

    def test_suspended_partner_changes_nothing(self, world):
        partner = world.reseller()
        world.suspend_partner(partner)
        refused(partner.call("UpdatePartner", {
            "partner": {"name": partner.account, "display_name": "Woodgrove AG"}}),
            "FAILED_PRECONDITION", "PARTNER_SUSPENDED")

    def test_repeats_and_roles(self, world):
        partner = world.reseller()
        given_again(partner, "UpdatePartner",
                    {"partner": {"name": partner.account, "display_name": "One"}},
                    {"partner": {"name": partner.account, "display_name": "Two"}})
        own = {"partner": {"name": world.contoso.account, "policies": {"removal_notice": "NONE"}}}
        check_roles(world, "UpdatePartner", lambda: own, {"global_admin", "admin_agent"})
