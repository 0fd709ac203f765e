"""Serving a customer: adding it, and what a partner alone keeps of it; every refusal of that."""

import uuid

from checks import BOTH, check_roles, given_again, refused


class TestCreateCustomer:
    @BOTH
    def test_relationship_and_grant_are_there_with_it(self, world, transport):
        fields = world.creation(customer={
            "display_name": "Żółta Kawa", "country": "PL", "domains": [{"name": "żółta.example"}],
            "contact": {"display_name": "Zofia Żak", "email_address": "zofia@żółta.example"},
            "registration_number": "KRS 7", "channel": "VENDOR_REFERRAL",
            "labels": {"segment": "small"}, "correlation_id": "C-7"})
        answer = world.contoso.call("CreateCustomer", fields, transport)
        assert answer.ok, str(answer)
        read = {"name": answer.body["name"], "view": "FULL",
                "consistency_token": answer.consistency_token}
        shown = world.contoso.must("GetCustomer", read, transport)
        assert shown["name"] == f"customers/{fields['customer_id']}"
        assert shown["domains"] == [{"name": "xn--ta-4ja03asj.example", "verified": False}]
        assert shown["contact"]["emailAddress"] == "zofia@xn--ta-4ja03asj.example"
        assert (shown["channel"], shown["correlationId"]) == ("VENDOR_REFERRAL", "C-7")
        assert shown["labels"] == {"segment": "small"}
        [edge] = shown["edges"]
        assert (edge["type"], edge["partner"], edge["state"]) == (
            "RESELLER", world.contoso.account, "ACTIVE")
        relationship = world.contoso.must("GetRelationship", {"name": edge["relationship"]})
        assert relationship["origin"] == "CREATED"
        [grant] = shown["grants"]
        roles = world.contoso.must("GetGrant", {"name": grant})["roles"]
        assert {"user_admin", "license_admin", "service_admin", "subscription_admin",
                "directory_reader"} == set(roles)
        assert world.lists(world.contoso, shown["name"],
                           consistency_token=answer.consistency_token)
        refused(world.fabrikam.call("GetCustomer", {"name": shown["name"]}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_relationship_only_gives_no_grant(self, world):
        created = world.create(relationship_only=True)
        assert created.grant == ""
        assert created.customer.must("ListGrants", {"parent": created.name})["grants"] == []

    def test_dry_run_creates_nothing(self, world):
        fields = world.creation(validate_only=True)
        answer = world.contoso.must("CreateCustomer", fields)
        assert answer["displayName"] == fields["customer"]["display_name"]
        name = f"customers/{fields['customer_id']}"
        refused(world.contoso.call("GetCustomer", {"name": name}), "NOT_FOUND", "RESOURCE_NOT_FOUND")
        world.contoso.must("CreateCustomer", fields | {"validate_only": False})
        refused(world.contoso.call("CreateCustomer", fields), "ALREADY_EXISTS", "CUSTOMER_EXISTS")

    def test_without_an_id_the_server_makes_one(self, world):
        created = world.create(customer_id="")
        assert uuid.UUID(created.name.partition("/")[2]).version == 7

    @BOTH
    def test_known_account_is_refused_whoever_knows_it(self, world, transport):
        for name in (world.create().name, world.accept().customer.account):
            for partner in (world.contoso, world.fabrikam):
                fields = world.creation(customer_id=name.partition("/")[2])
                refused(partner.call("CreateCustomer", fields, transport),
                        "ALREADY_EXISTS", "CUSTOMER_EXISTS")

    def test_the_partner_s_own_account_is_refused(self, world):
        own = world.contoso.account.partition("/")[2]
        refused(world.contoso.call("CreateCustomer", world.creation(customer_id=own)),
                "FAILED_PRECONDITION", "SELF_RELATIONSHIP")

    def test_partner_that_is_suspended_or_unknown_is_refused(self, world):
        unknown = world.caller(f"partners/{world.unique('unknown')}", ["admin_agent"])
        suspended = world.reseller()
        world.suspend_partner(suspended)
        for partner in (unknown, suspended):
            refused(partner.call("CreateCustomer", world.creation()),
                    "FAILED_PRECONDITION", "PARTNER_SUSPENDED")

    def test_all_faults_are_named_at_once(self, world):
        answer = world.contoso.call("CreateCustomer", {
            "customer_id": "A", "customer": {"country": "XX", "domains": [{"name": "-"}],
                                             "labels": {"Ä": "x"}},
            "initial_admin": {"user_principal_name": "nobody"}, "request_id": "1"})
        refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")
        assert {"customer_id", "customer.display_name", "customer.country", "customer.domains",
                "customer.labels", "initial_admin.user_principal_name", "request_id"} <= set(
                    answer.violations)

    def test_repeats_and_roles(self, world):
        given_again(world.contoso, "CreateCustomer", world.creation(), {"relationship_only": True})
        check_roles(world, "CreateCustomer", world.creation,
                    {"global_admin", "admin_agent", "sales_agent"})


class TestOwnNotes:
    """What a partner alone keeps of a customer."""

    @BOTH
    def test_are_set_one_by_one_and_seen_by_nobody_else(self, world, transport):
        created = world.create()
        world.accept(created.customer, world.fabrikam)

        def say(**fields) -> dict:
            return world.contoso.must("SetCustomerLabels", {
                "name": f"{world.contoso.account}/{created.name}"} | fields, transport)

        shown = say(labels={"city": "Łódź", "segment": "hôtellerie"}, correlation_id="A-1")
        assert shown["labels"] == {"city": "Łódź", "segment": "hôtellerie"}
        shown = say(channel="OTHER")
        assert (shown["channel"], shown["correlationId"]) == ("OTHER", "A-1")
        shown = say(update_mask="labels")
        assert (shown["labels"], shown["correlationId"]) == ({}, "A-1")
        assert world.contoso.must("GetCustomer", {"name": created.name}) == shown
        for other in (world.fabrikam, created.customer):
            seen = other.must("GetCustomer", {"name": created.name}, transport)
            assert (seen["labels"], seen["correlationId"]) == ({}, "")

    @BOTH
    def test_of_a_customer_that_is_not_listed_are_refused(self, world, transport):
        created = world.create()
        for partner in (world.fabrikam, world.contoso):
            name = created.name if partner is world.fabrikam else "customers/nobody"
            refused(partner.call("SetCustomerLabels", {
                "name": f"{partner.account}/{name}", "correlation_id": "A-1"}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
        refused(world.fabrikam.call("SetCustomerLabels", {
            "name": f"{world.contoso.account}/{created.name}", "correlation_id": "A-1"}, transport),
            "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_changed_since_is_refused(self, world):
        created = world.create()
        fields = {"name": f"{world.contoso.account}/{created.name}", "correlation_id": "A-1"}
        etag = world.contoso.must("GetCustomer", {"name": created.name})["etag"]
        world.contoso.must("SetCustomerLabels", fields | {"etag": etag})
        refused(world.contoso.call("SetCustomerLabels", fields | {"etag": etag}),
                "ABORTED", "ETAG_MISMATCH")

    def test_repeats_and_roles(self, world):
        created = world.create()
        fields = {"name": f"{world.contoso.account}/{created.name}", "correlation_id": "A-1"}
        given_again(world.contoso, "SetCustomerLabels", fields, {"correlation_id": "A-2"})
        check_roles(world, "SetCustomerLabels", lambda: fields,
                    {"global_admin", "admin_agent", "sales_agent"})

    @BOTH
    def test_customers_are_counted_by_channel_country_and_type(self, world, transport):
        partner = world.reseller()
        for country, channel in (("PL", "OTHER"), ("PL", "OTHER"), ("JP", "VENDOR_REFERRAL"),
                                 ("GR", "CHANNEL_UNSPECIFIED")):
            world.create(partner, customer={
                "display_name": "Zeta", "country": country, "channel": channel})

        def count(**fields) -> tuple[int, list]:
            counted = partner.must("CountCustomers", {"parent": partner.account} | fields, transport)
            return counted["totalCount"], [(each["value"], each["count"])
                                           for each in counted["groups"]]

        assert count() == (4, [])
        total, groups = count(group_by="CHANNEL")
        assert (total, groups[0]) == (4, ("OTHER", 2))
        assert set(groups[1:]) == {("VENDOR_REFERRAL", 1), ("CHANNEL_UNSPECIFIED", 1)}
        assert count(group_by="COUNTRY", filter="country = PL") == (2, [("PL", 2)])
        assert count(group_by="TYPE") == (4, [("RESELLER", 4)])
        refused(world.fabrikam.call("CountCustomers", {"parent": partner.account}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")
