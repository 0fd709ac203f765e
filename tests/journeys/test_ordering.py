"""Selling to a customer: offers, orders, subscriptions; every refusal of that."""

from checks import BOTH, check_roles, given_again, refused


class TestOffers:
    @BOTH
    def test_operator_keeps_the_catalogue_and_partners_read_it(self, world, transport):
        fields = world.offer_fields()
        offer = world.operator.must("CreateOffer", fields, transport)
        assert (offer["state"], offer["termMonths"]) == ("ACTIVE", 12)
        assert world.operator.must("CreateOffer", fields, transport) == offer
        assert world.contoso.must("GetOffer", {"name": offer["name"]}, transport) == offer
        changed = world.operator.must("UpdateOffer", {
            "offer": {"name": offer["name"], "term_months": 24, "etag": offer["etag"]},
            "update_mask": "termMonths"}, transport)
        assert (changed["termMonths"], changed["services"]) == (24, offer["services"])
        refused(world.operator.call("UpdateOffer", {
            "offer": {"name": offer["name"], "term_months": 1, "etag": offer["etag"]}}, transport),
            "ABORTED", "ETAG_MISMATCH")

    def test_taken_id_is_refused(self, world):
        fields = world.offer_fields()
        world.operator.must("CreateOffer", fields)
        fields["offer"]["term_months"] = 1
        refused(world.operator.call("CreateOffer", fields), "ALREADY_EXISTS", "OFFER_EXISTS")

    def test_dry_run_offers_nothing(self, world):
        fields = world.offer_fields() | {"validate_only": True}
        world.operator.must("CreateOffer", fields)
        refused(world.contoso.call("GetOffer", {"name": f"offers/{fields['offer_id']}"}),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_what_is_not_there_cannot_be_changed(self, world):
        refused(world.operator.call("UpdateOffer", {
            "offer": {"name": f"offers/{world.unique('suite')}", "term_months": 1}}),
            "NOT_FOUND", "RESOURCE_NOT_FOUND")

    @BOTH
    def test_list_is_filtered_and_paged(self, world, transport):
        word = world.unique("Größe")
        made = [world.operator.must("CreateOffer", world.offer_fields(
            display_name=f"{word} {months}", term_months=months))["name"] for months in (1, 2, 3)]
        request = {"filter": f'display_name = "{word.replace("öß", "oss")}*" term_months >= 2',
                   "page_size": 1}
        first = world.contoso.must("ListOffers", request, transport)
        rest = world.contoso.must("ListOffers", request | {"page_token": first["nextPageToken"]},
                                  transport)
        assert {each["name"] for each in first["offers"] + rest["offers"]} == set(made[1:])
        assert rest["nextPageToken"] == ""

    def test_repeats(self, world):
        first = given_again(world.operator, "CreateOffer", world.offer_fields(),
                            {"offer_id": world.unique("suite")})
        given_again(world.operator, "UpdateOffer",
                    {"offer": {"name": first["name"], "term_months": 3}},
                    {"offer": {"name": first["name"], "term_months": 4}})

    def test_partners_and_customers_keep_no_catalogue(self, world):
        name = world.offer()
        for caller in (world.contoso, world.customer()):
            refused(caller.call("CreateOffer", world.offer_fields()),
                    "PERMISSION_DENIED", "ROLE_MISSING")
            refused(caller.call("UpdateOffer", {"offer": {"name": name, "state": "RETIRED"}}),
                    "PERMISSION_DENIED", "ROLE_MISSING")
        refused(world.customer().call("GetOffer", {"name": name}),
                "PERMISSION_DENIED", "ROLE_MISSING")


class TestOrders:
    @BOTH
    def test_order_becomes_subscriptions(self, world, transport):
        created, offers = world.create(), [world.offer(), world.offer()]
        lines = [{"offer": offers[0], "quantity": 3}, {"offer": offers[1], "quantity": 100_000}]
        order = world.contoso.must("CreateOrder", {
            "parent": created.name, "order": {"line_items": lines}}, transport)
        assert (order["state"], order["partner"]) == ("FULFILLED", world.contoso.account)
        assert (order["customer"], order["relationship"]) == (created.name, created.relationship)
        for reader in (world.contoso, created.customer):
            assert reader.must("GetOrder", {"name": order["name"]}, transport) == order
            listed = reader.must("ListSubscriptions", {"parent": created.name}, transport)
            assert {(each["offer"], each["quantity"], each["state"])
                    for each in listed["subscriptions"]} == {
                        (offers[0], 3, "ACTIVE"), (offers[1], 100_000, "ACTIVE")}
        shown = world.contoso.must("GetCustomer", {"name": created.name, "view": "FULL"}, transport)
        assert shown["subscriptionCount"] == 2

    @BOTH
    def test_seats_are_added_to_what_there_is(self, world, transport):
        created = world.create()
        name = world.order(created.name)["lineItems"][0]["subscription"]
        added = world.contoso.must("CreateOrder", {"parent": created.name, "order": {
            "line_items": [{"subscription": name, "quantity": 7}]}}, transport)
        subscription = world.contoso.must("GetSubscription", {"name": name}, transport)
        assert subscription["quantity"] == 12
        assert added["lineItems"] == [
            {"offer": subscription["offer"], "subscription": name, "quantity": 7}]

    def test_dry_run_orders_nothing(self, world):
        created = world.create()
        world.contoso.must("CreateOrder", {"parent": created.name, "validate_only": True, "order": {
            "line_items": [{"offer": world.offer(), "quantity": 1}]}})
        assert world.contoso.must("ListOrders", {"parent": created.name})["orders"] == []
        assert world.contoso.must(
            "ListSubscriptions", {"parent": created.name})["subscriptions"] == []

    def test_list_shows_the_newest_first_and_turns_its_pages(self, world):
        created = world.create()
        made = [world.order(created.name)["name"] for _ in range(5)]
        for transport in ("grpc", "json"):
            seen, request = [], {"parent": created.name, "page_size": 2}
            while True:
                page = world.contoso.must("ListOrders", request, transport)
                seen += [each["name"] for each in page["orders"]]
                if not page["nextPageToken"]:
                    break
                request["page_token"] = page["nextPageToken"]
            assert seen == made[::-1]

    @BOTH
    def test_what_is_not_offered_is_refused_and_the_whole_order_with_it(self, world, transport):
        created, offer, retired = world.create(), world.offer(), world.offer()
        world.operator.must("UpdateOffer", {"offer": {"name": retired, "state": "RETIRED"}})
        for missing in (retired, f"offers/{world.unique('suite')}"):
            lines = [{"offer": offer, "quantity": 1}, {"offer": missing, "quantity": 1}]
            answer = refused(world.contoso.call("CreateOrder", {
                "parent": created.name, "order": {"line_items": lines}}, transport),
                "FAILED_PRECONDITION", "OFFER_UNAVAILABLE")
            assert answer.metadata["offer"] == missing
        assert world.contoso.must(
            "ListSubscriptions", {"parent": created.name})["subscriptions"] == []

    def test_what_is_over_gets_no_seats(self, world):
        created = world.create()
        name = world.order(created.name)["lineItems"][0]["subscription"]
        world.contoso.must("CancelSubscription", {"name": name})
        answer = refused(self._add(world.contoso, created.name, name),
                         "FAILED_PRECONDITION", "STATE_TRANSITION")
        assert answer.metadata["state"] == "CANCELLED"

    def test_another_partner_s_subscription_gets_no_seats(self, world):
        created = world.create()
        world.accept(created.customer, world.fabrikam)
        name = world.order(created.name)["lineItems"][0]["subscription"]
        answer = self._add(world.fabrikam, created.name, name)
        refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")
        assert answer.violations == ["order.line_items[0].subscription"]
        assert world.contoso.must("GetSubscription", {"name": name})["quantity"] == 5

    @staticmethod
    def _add(partner, customer: str, subscription: str):
        return partner.call("CreateOrder", {"parent": customer, "order": {
            "line_items": [{"subscription": subscription, "quantity": 1}]}})

    def test_orders_are_the_partner_s_that_placed_them_and_the_customer_s(self, world):
        created = world.create()
        world.accept(created.customer, world.fabrikam)
        orders = {partner.account: world.order(created.name, partner)["name"]
                  for partner in (world.contoso, world.fabrikam)}
        for partner, other in ((world.contoso, world.fabrikam), (world.fabrikam, world.contoso)):
            listed = partner.must("ListOrders", {"parent": created.name})["orders"]
            assert [each["name"] for each in listed] == [orders[partner.account]]
            refused(partner.call("GetOrder", {"name": orders[other.account]}),
                    "NOT_FOUND", "RESOURCE_NOT_FOUND")
        listed = created.customer.must("ListOrders", {"parent": created.name})["orders"]
        assert {each["name"] for each in listed} == set(orders.values())

    @BOTH
    def test_stranger_is_told_nothing(self, world, transport):
        created = world.create()
        order = world.order(created.name)
        subscription = order["lineItems"][0]["subscription"]
        lines = {"line_items": [{"offer": world.offer(), "quantity": 1}]}
        for name, fields in {
                "CreateOrder": {"parent": created.name, "order": lines},
                "ListOrders": {"parent": created.name}, "GetOrder": {"name": order["name"]},
                "ListSubscriptions": {"parent": created.name},
                "GetSubscription": {"name": subscription},
                "CancelSubscription": {"name": subscription}}.items():
            refused(world.fabrikam.call(name, fields, transport), "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_a_relationship_that_is_not_in_force_sells_nothing(self, world):
        created = world.create(relationship_only=True)
        name = world.order(created.name)["lineItems"][0]["subscription"]
        world.suspend(created.relationship)
        for answer in (self._add(world.contoso, created.name, name),
                       world.contoso.call("CancelSubscription", {"name": name})):
            refused(answer, "FAILED_PRECONDITION", "RELATIONSHIP_INACTIVE")
            assert answer.metadata == {"relationship": created.relationship, "state": "SUSPENDED"}
        assert world.contoso.must("GetSubscription", {"name": name})["state"] == "ACTIVE"
        assert len(world.contoso.must("ListOrders", {"parent": created.name})["orders"]) == 1

    def test_suspended_partner_sells_and_sees_nothing(self, world):
        partner = world.reseller()
        created = world.create(partner)
        order = world.order(created.name, partner)
        name = order["lineItems"][0]["subscription"]
        world.suspend_partner(partner)
        for answer in (self._add(partner, created.name, name),
                       partner.call("CancelSubscription", {"name": name}),
                       partner.call("GetSubscription", {"name": name}),
                       partner.call("GetOrder", {"name": order["name"]})):
            refused(answer, "FAILED_PRECONDITION", "PARTNER_SUSPENDED")
        assert created.customer.must("GetSubscription", {"name": name})["state"] == "ACTIVE"

    def test_repeats_and_roles(self, world):
        created, offer = world.create(), world.offer()

        def fields(quantity: int = 1) -> dict:
            return {"parent": created.name, "order": {
                "line_items": [{"offer": offer, "quantity": quantity}]}}

        given_again(world.contoso, "CreateOrder", fields(), fields(2))
        assert len(world.contoso.must("ListOrders", {"parent": created.name})["orders"]) == 1
        check_roles(world, "CreateOrder", fields, {"global_admin", "admin_agent", "sales_agent"})
        check_roles(world, "ListOrders", lambda: {"parent": created.name},
                    {"global_admin", "admin_agent", "sales_agent"})
        refused(created.customer.call("CreateOrder", fields()), "PERMISSION_DENIED", "ROLE_MISSING")


class TestSubscriptions:
    @BOTH
    def test_is_cancelled_with_its_reason(self, world, transport):
        created = world.create()
        name = world.order(created.name)["lineItems"][0]["subscription"]
        before = world.contoso.must("GetSubscription", {"name": name}, transport)
        assert before["autoRenew"] is True
        assert before["termEndTime"] > before["createTime"]
        refused(world.contoso.call("CancelSubscription", {"name": name, "etag": "r99"}, transport),
                "ABORTED", "ETAG_MISMATCH")
        over = world.contoso.must("CancelSubscription", {
            "name": name, "etag": before["etag"], "reason": "Ordered by mistake."}, transport)
        assert (over["state"], over["endCause"]) == ("CANCELLED", "Ordered by mistake.")
        assert created.customer.must("GetSubscription", {"name": name}, transport) == over
        answer = refused(world.contoso.call("CancelSubscription", {"name": name}, transport),
                         "FAILED_PRECONDITION", "STATE_TRANSITION")
        assert answer.metadata["state"] == "CANCELLED"
        listed = world.contoso.must("ListSubscriptions", {
            "parent": created.name, "filter": "state = CANCELLED"}, transport)
        assert [each["name"] for each in listed["subscriptions"]] == [name]

    @BOTH
    def test_seats_and_renewal_are_set_and_the_history_says_by_whom(self, world, transport):
        created = world.create()
        name = world.order(created.name)["lineItems"][0]["subscription"]
        fewer = world.contoso.must("UpdateSubscription", {
            "subscription": {"name": name, "quantity": 2}, "update_mask": "quantity"}, transport)
        assert (fewer["quantity"], fewer["autoRenew"], fewer["assigned"]) == (2, True, 0)
        last = world.contoso.must("UpdateSubscription", {
            "subscription": {"name": name, "auto_renew": False, "etag": fewer["etag"]},
            "update_mask": "autoRenew"}, transport)
        assert (last["quantity"], last["autoRenew"], last["state"]) == (2, False, "ACTIVE")
        refused(world.contoso.call("UpdateSubscription", {
            "subscription": {"name": name, "quantity": 3, "etag": fewer["etag"]},
            "update_mask": "quantity"}, transport), "ABORTED", "ETAG_MISMATCH")
        for reader in (world.contoso, created.customer):
            changes = reader.must("ListSubscriptionChanges", {"parent": name}, transport)["changes"]
            assert [each["kind"] for each in changes] == ["UPDATED", "UPDATED", "CREATED"]
            assert (changes[1]["before"]["quantity"], changes[1]["after"]["quantity"]) == (5, 2)
            assert (changes[0]["before"]["autoRenew"], changes[0]["after"]["autoRenew"]) == (True, False)
            assert {each["account"] for each in changes} == {world.contoso.account}
            assert all(each["actor"] for each in changes)

    @BOTH
    def test_is_paused_and_runs_again(self, world, transport):
        created = world.create()
        name = world.order(created.name)["lineItems"][0]["subscription"]
        paused = world.contoso.must("SuspendSubscription", {
            "name": name, "reason": "The bill is open."}, transport)
        assert (paused["state"], paused["quantity"]) == ("SUSPENDED", 5)
        for answer in (world.contoso.call("SuspendSubscription", {"name": name}, transport),
                       world.contoso.call("UpdateSubscription", {
                           "subscription": {"name": name, "quantity": 9}}, transport),
                       world.contoso.call("CreateOrder", {"parent": created.name, "order": {
                           "line_items": [{"subscription": name, "quantity": 1}]}}, transport)):
            refused(answer, "FAILED_PRECONDITION", "STATE_TRANSITION")
            assert answer.metadata["state"] == "SUSPENDED"
        again = world.contoso.must("ReactivateSubscription", {"name": name}, transport)
        assert (again["state"], again["quantity"]) == ("ACTIVE", 5)
        changes = created.customer.must("ListSubscriptionChanges", {
            "parent": name, "filter": "kind = SUSPENDED"}, transport)["changes"]
        assert [each["cause"] for each in changes] == ["The bill is open."]

    def test_what_another_sold_is_seen_but_not_cancelled(self, world):
        created = world.create()
        name = world.order(created.name)["lineItems"][0]["subscription"]
        fields = world.acceptance(world.invite(world.fabrikam), decline_grant=True)
        answer = created.customer.call("AcceptInvitation", fields)
        assert answer.ok, str(answer)
        seen = world.fabrikam.must("GetSubscription", {
            "name": name, "consistency_token": answer.consistency_token})
        assert seen["partner"] == world.contoso.account
        refused(world.fabrikam.call("CancelSubscription", {"name": name}),
                "PERMISSION_DENIED", "PERMISSION_MISSING")

    def test_grant_with_subscription_admin_cancels_what_another_sold(self, world):
        created = world.create()
        name = world.order(created.name)["lineItems"][0]["subscription"]
        world.accept(created.customer, world.fabrikam)
        assert world.fabrikam.must("CancelSubscription", {"name": name})["state"] == "CANCELLED"

    def test_repeats_and_roles(self, world):
        created = world.create()

        def fields() -> dict:
            return {"name": world.order(created.name)["lineItems"][0]["subscription"]}

        given_again(world.contoso, "CancelSubscription", fields(), {"reason": "Another."})
        given_again(world.contoso, "SuspendSubscription", fields(), {"reason": "Another."})
        name = fields()["name"]
        given_again(world.contoso, "UpdateSubscription",
                    {"subscription": {"name": name, "quantity": 3}},
                    {"subscription": {"name": name, "quantity": 4}})
        check_roles(world, "CancelSubscription", fields,
                    {"global_admin", "admin_agent", "sales_agent"})
        check_roles(world, "ListSubscriptions", lambda: {"parent": created.name},
                    {"global_admin", "admin_agent", "sales_agent", "helpdesk_agent"})


class TestTransfers:
    """Contoso has sold it; fabrikam serves the same customer and asks for it."""

    @staticmethod
    def _asked(world, transport="grpc"):
        created = world.create()
        world.accept(created.customer, world.fabrikam)
        name = world.order(created.name)["lineItems"][0]["subscription"]
        asked = world.fabrikam.must("RequestTransfer", {
            "parent": world.fabrikam.account,
            "transfer": {"subscription": name, "reason": "They buy from us now."}}, transport)
        return created, name, asked

    @BOTH
    def test_who_has_it_agrees_and_the_history_keeps_both(self, world, transport):
        created, name, asked = self._asked(world, transport)
        assert (asked["state"], asked["releasingPartner"]) == ("REQUESTED", world.contoso.account)
        assert asked["expireTime"] > asked["createTime"]
        for partner in (world.contoso, world.fabrikam):
            assert partner.must("GetTransfer", {"name": asked["name"]}, transport) == asked
            listed = partner.must("ListTransfers", {
                "parent": partner.account, "filter": f'subscription = "{name}"'}, transport)
            assert listed["transfers"] == [asked]
        accepted = world.contoso.must("AcceptTransfer", {
            "name": asked["name"], "etag": asked["etag"]}, transport)
        assert accepted["state"] == "ACCEPTED"
        subscription = world.fabrikam.must("GetSubscription", {"name": name}, transport)
        assert (subscription["partner"], subscription["quantity"]) == (world.fabrikam.account, 5)
        changes = created.customer.must("ListSubscriptionChanges", {"parent": name}, transport)["changes"]
        assert [each["kind"] for each in changes] == ["TRANSFERRED", "CREATED"]
        assert changes[0]["before"]["partner"] == world.contoso.account
        assert changes[0]["after"]["partner"] == world.fabrikam.account

    @BOTH
    def test_is_refused_or_taken_back_once(self, world, transport):
        for partner, method, state in ((world.contoso, "RefuseTransfer", "REFUSED"),
                                       (world.fabrikam, "CancelTransfer", "CANCELLED")):
            _, name, asked = self._asked(world)
            fields = {"name": asked["name"], "reason": "Not now."}
            over = partner.must(method, fields, transport)
            assert (over["state"], over["stateCause"]) == (state, "Not now.")
            for other, answer in ((world.contoso, "AcceptTransfer"),
                                  (world.contoso, "RefuseTransfer"),
                                  (world.fabrikam, "CancelTransfer")):
                refused(other.call(answer, {"name": asked["name"]}, transport),
                        "FAILED_PRECONDITION", "STATE_TRANSITION")
            assert world.contoso.must("GetSubscription", {"name": name})["partner"] == (
                world.contoso.account)

    @BOTH
    def test_each_side_decides_what_is_its_own(self, world, transport):
        _, name, asked = self._asked(world)
        for method in ("AcceptTransfer", "RefuseTransfer"):
            refused(world.fabrikam.call(method, {"name": asked["name"]}, transport),
                    "PERMISSION_DENIED", "PERMISSION_MISSING")
        again = refused(world.fabrikam.call("RequestTransfer", {
            "parent": world.fabrikam.account, "transfer": {"subscription": name}}, transport),
            "ALREADY_EXISTS", "TRANSFER_EXISTS")
        assert again.metadata["transfer"] == asked["name"]
        refused(world.reseller().call("GetTransfer", {"name": asked["name"]}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_a_partner_that_serves_the_customer_no_more_is_given_nothing(self, world):
        created = world.create()
        asking = world.accept(created.customer, world.fabrikam).relationship
        name = world.order(created.name)["lineItems"][0]["subscription"]
        asked = world.fabrikam.must("RequestTransfer", {
            "parent": world.fabrikam.account, "transfer": {"subscription": name}})
        world.suspend(asking)
        answer = refused(world.contoso.call("AcceptTransfer", {"name": asked["name"]}),
                         "FAILED_PRECONDITION", "RELATIONSHIP_INACTIVE")
        assert answer.metadata["relationship"] == asking
        assert world.contoso.must("GetSubscription", {"name": name})["partner"] == (
            world.contoso.account)
