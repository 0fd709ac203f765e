"""A customer's users, their licences, and the services that come with these."""

from checks import BOTH, check_roles, given_again, refused


def sold(world, created, quantity: int = 1) -> str:
    """A new subscription of so many seats."""
    order = world.order(created.name, offer=world.offer(), quantity=quantity)
    return order["lineItems"][0]["subscription"]


def counts(reader, customer: str, transport: str = "grpc") -> list[tuple]:
    """Total, assigned and available of each subscription, oldest first."""
    rows = reader.must("ListLicenseCounts", {"parent": customer}, transport)["licenseCounts"]
    return [(row["total"], row["assigned"], row["available"]) for row in rows]


class TestUsers:
    @BOTH
    def test_partner_keeps_its_customers_users(self, world, transport):
        created = world.create()
        fields = {"parent": created.name, "user": world.user_fields(roles=["global_admin"])}
        user = world.contoso.must("CreateUser", fields, transport)
        assert (user["state"], user["blocked"], user["licenses"]) == ("ACTIVE", False, [])
        for reader in (world.contoso, created.customer):
            assert reader.must("GetUser", {"name": user["name"]}, transport) == user
        changed = world.contoso.must("UpdateUser", {
            "user": {"name": user["name"], "blocked": True, "etag": user["etag"]},
            "update_mask": "blocked,roles"}, transport)
        assert (changed["blocked"], changed["roles"], changed["givenName"]) == (True, [], "Ann")
        refused(world.contoso.call("UpdateUser", {
            "user": {"name": user["name"], "given_name": "Bo", "etag": user["etag"]}}, transport),
            "ABORTED", "ETAG_MISMATCH")
        shown = created.customer.must("ListUsers", {
            "parent": created.name, "filter": "blocked = true"}, transport)
        assert [each["name"] for each in shown["users"]] == [user["name"]]

    @BOTH
    def test_deleted_user_is_restored_without_its_licences(self, world, transport):
        created = world.create()
        user, subscription = world.user(world.contoso, created.name), sold(world, created)
        world.contoso.must("ModifyLicenses", {"name": user["name"], "assign": [subscription]})
        deleted = world.contoso.must("DeleteUser", {"name": user["name"]}, transport)
        assert (deleted["state"], deleted["licenses"]) == ("DELETED", [])
        assert counts(created.customer, created.name, transport) == [(1, 0, 1)]
        for show, wanted in ((False, []), (True, [deleted["name"]])):
            listed = world.contoso.must("ListUsers", {
                "parent": created.name, "show_deleted": show,
                "filter": f'user_principal_name = "{user["userPrincipalName"]}"'}, transport)
            assert [each["name"] for each in listed["users"]] == wanted
        for method, fields in (("DeleteUser", {"name": user["name"]}),
                               ("UpdateUser", {"user": {"name": user["name"], "given_name": "Bo"}}),
                               ("ModifyLicenses", {"name": user["name"], "assign": [subscription]})):
            refused(world.contoso.call(method, fields, transport),
                    "FAILED_PRECONDITION", "STATE_TRANSITION")
        restored = world.contoso.must("UndeleteUser", {"name": user["name"]}, transport)
        assert (restored["state"], restored["licenses"]) == ("ACTIVE", [])
        refused(world.contoso.call("UndeleteUser", {"name": user["name"]}, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")

    @BOTH
    def test_principal_name_is_one_users(self, world, transport):
        created = world.create()
        user = world.user(world.contoso, created.name)
        taken = {"parent": created.name, "user": world.user_fields(
            user_principal_name=user["userPrincipalName"].upper())}
        refused(world.contoso.call("CreateUser", taken, transport), "ALREADY_EXISTS", "USER_EXISTS")
        world.contoso.must("DeleteUser", {"name": user["name"]}, transport)
        world.contoso.must("CreateUser", taken, transport)
        refused(world.contoso.call("UndeleteUser", {"name": user["name"]}, transport),
                "ALREADY_EXISTS", "USER_EXISTS")

    def test_repeats(self, world):
        created = world.create()
        user = given_again(world.contoso, "CreateUser",
                           {"parent": created.name, "user": world.user_fields()},
                           {"user": world.user_fields()})
        name, subscription = user["name"], sold(world, created)
        given_again(world.contoso, "UpdateUser", {"user": {"name": name, "given_name": "Bo"}},
                    {"user": {"name": name, "given_name": "Cy"}})
        given_again(world.contoso, "ModifyLicenses", {"name": name, "assign": [subscription]},
                    {"assign": [], "remove": [subscription]})
        other = {"name": world.user(world.contoso, created.name)["name"]}
        given_again(world.contoso, "DeleteUser", {"name": name}, other)
        given_again(world.contoso, "UndeleteUser", {"name": name}, other)

    def test_roles(self, world):
        created = world.create()
        user = world.user(world.contoso, created.name)["name"]
        readers = {"global_admin", "admin_agent", "sales_agent", "helpdesk_agent"}
        admins = {"global_admin", "admin_agent"}
        check_roles(world, "GetUser", lambda: {"name": user}, readers)
        check_roles(world, "ListUsers", lambda: {"parent": created.name}, readers)
        check_roles(world, "CreateUser", lambda: {
            "parent": created.name, "user": world.user_fields()}, admins)
        check_roles(world, "UpdateUser", lambda: {
            "user": {"name": user, "family_name": "Bo"}}, admins)
        # The helpdesk resets a block.
        check_roles(world, "UpdateUser", lambda: {
            "user": {"name": user}, "update_mask": "blocked"}, admins | {"helpdesk_agent"})
        check_roles(world, "UpdateUser", lambda: {
            "user": {"name": user, "blocked": True}, "update_mask": "blocked"}, admins)
        check_roles(world, "DeleteUser", lambda: {
            "name": world.user(world.contoso, created.name)["name"]}, admins)

    def test_without_the_right_grant_users_are_closed(self, world):
        created = world.create(relationship_only=True)
        user = world.user(created.customer)["name"]
        for method, fields in (("GetUser", {"name": user}), ("ListUsers", {"parent": created.name}),
                               ("DeleteUser", {"name": user}),
                               ("CreateUser", {"parent": created.name, "user": world.user_fields()})):
            refused(world.contoso.call(method, fields), "PERMISSION_DENIED", "PERMISSION_MISSING")
            refused(world.fabrikam.call(method, fields), "NOT_FOUND", "RESOURCE_NOT_FOUND")
        refused(world.contoso.call("ModifyLicenses", {
            "name": user, "assign": [sold(world, created)]}),
            "PERMISSION_DENIED", "PERMISSION_MISSING")
        refused(world.contoso.call("ListManagedServices", {"parent": created.name}),
                "PERMISSION_DENIED", "PERMISSION_MISSING")


class TestLicenses:
    @BOTH
    def test_are_given_and_taken_in_one_call(self, world, transport):
        created = world.create()
        mail, phone = sold(world, created, 2), sold(world, created)
        ann, bo = (world.user(world.contoso, created.name)["name"] for _ in range(2))
        given = world.contoso.must("ModifyLicenses", {"name": ann, "assign": [mail, phone]}, transport)
        assert set(given["licenses"]) == {mail, phone}
        refused(world.contoso.call("ModifyLicenses", {"name": bo, "assign": [mail, phone]}, transport),
                "FAILED_PRECONDITION", "LICENSES_EXHAUSTED")
        assert counts(world.contoso, created.name, transport) == [(2, 1, 1), (1, 1, 0)]
        moved = created.customer.must("ModifyLicenses", {
            "name": ann, "assign": [], "remove": [phone], "etag": given["etag"]}, transport)
        assert moved["licenses"] == [mail]
        world.contoso.must("ModifyLicenses", {"name": bo, "assign": [mail, phone]}, transport)
        assert counts(created.customer, created.name, transport) == [(2, 2, 0), (1, 1, 0)]
        assert world.contoso.must("GetSubscription", {"name": mail}, transport)["assigned"] == 2

    @BOTH
    def test_of_what_is_over_or_not_the_customers_are_refused(self, world, transport):
        created, other = world.create(), world.create()
        subscription, foreign = sold(world, created), sold(world, other)
        user = world.user(world.contoso, created.name)["name"]
        refused(world.contoso.call("ModifyLicenses", {"name": user, "assign": [foreign]}, transport),
                "INVALID_ARGUMENT", "FIELD_INVALID")
        world.contoso.must("CancelSubscription", {"name": subscription, "reason": "moved"}, transport)
        refused(world.contoso.call("ModifyLicenses", {
            "name": user, "assign": [subscription]}, transport),
            "FAILED_PRECONDITION", "STATE_TRANSITION")
        assert counts(world.contoso, created.name, transport) == []

    @BOTH
    def test_services_are_shown_with_where_they_are_administered(self, world, transport):
        created = world.create()
        subscription = sold(world, created)
        offer = world.contoso.must("GetSubscription", {"name": subscription})["offer"]
        for reader in (world.contoso, created.customer):
            listed = reader.must("ListManagedServices", {"parent": created.name}, transport)
            assert listed["managedServices"] == [{
                "service": "Mail", "adminUri": "https://mail.example/admin", "offer": offer,
                "subscription": subscription}]

    def test_roles(self, world):
        created = world.create()
        user, subscription = world.user(world.contoso, created.name)["name"], sold(world, created)
        admins = {"global_admin", "admin_agent"}
        check_roles(world, "ModifyLicenses", lambda: {
            "name": user, "assign": [subscription]}, admins)
        check_roles(world, "ListLicenseCounts", lambda: {"parent": created.name},
                    admins | {"sales_agent"})
        check_roles(world, "ListManagedServices", lambda: {"parent": created.name}, admins)
        billing = world.caller(created.name, ["billing_admin"])
        assert billing.must("ListLicenseCounts", {"parent": created.name})["licenseCounts"]
        refused(billing.call("ListManagedServices", {"parent": created.name}),
                "PERMISSION_DENIED", "ROLE_MISSING")

    def test_record_counts_users_and_subscriptions(self, world):
        created = world.create()
        world.user(world.contoso, created.name)
        sold(world, created)
        shown = world.contoso.must("GetCustomer", {"name": created.name, "view": "FULL"})
        # With the first administrator.
        assert (shown["userCount"], shown["subscriptionCount"]) == (2, 1)
