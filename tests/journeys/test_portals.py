"""The customers that a partner serves in other portals: recorded by internal systems, listed once the
partner is enrolled."""

import time

import pytest
from checks import BOTH, check_roles, refused

# What the product promises for the first rows.
AT_ONCE = 2.0


def await_customers(partner, names: set[str], within: float = AT_ONCE) -> float:
    """How long it took until these, and no others, were the partner's list."""
    start = time.monotonic()
    while True:
        listed = {row["name"] for row in partner.must(
            "ListCustomers", {"parent": partner.account, "page_size": 500})["customers"]}
        if listed == names:
            return time.monotonic() - start
        assert time.monotonic() - start < within, f"{listed} instead of {names}"
        time.sleep(0.05)


class TestEnrolment:
    def test_recorded_customers_are_listed_at_once(self, world):
        name = world.unique("woodgrove")
        fields = world.enrol_fields(name)
        number = fields["partner"]["partner_number"]
        records = [world.portal_record(number, roles=["user_admin"]), world.portal_record(number)]
        assert world.import_portal_customers(*records) == {
            "committedPosition": "2", "accepted": 2, "rejected": []}
        account = world.operator.must("EnrollPartner", fields)["name"]
        partner = world.caller(account, ["admin_agent"])
        await_customers(partner, {record["customer"] for record in records})
        shown = partner.must("GetPartner", {"name": account})["portalCustomers"]
        assert shown == {"recorded": 0, "established": 2, "refused": 0}
        with_rights, without = (partner.must("GetCustomer", {
            "name": record["customer"], "view": "FULL"}) for record in records)
        assert len(with_rights["grants"]) == 1 and with_rights["channel"] == "EXISTING_PORTAL"
        assert without["grants"] == []
        [edge] = without["edges"]
        relationship = partner.must("GetRelationship", {"name": edge["relationship"]})
        assert (relationship["origin"], relationship["type"], relationship["state"]) == (
            "PORTAL", "RESELLER", "ACTIVE")

    def test_connecting_with_a_provider_brings_nobody(self, world):
        provider, reseller = world.reseller(), world.reseller()
        customer = world.record_portal_customer(provider)
        await_customers(provider, {customer})
        world.partnership(provider.account, reseller.account)
        await_customers(reseller, set())

    def test_a_later_record_is_listed_at_once(self, world):
        partner = world.reseller()
        await_customers(partner, {world.record_portal_customer(partner)})

    def test_repeated_enrolment_tries_again_what_was_refused(self, world):
        fields = world.enrol_fields(world.unique("woodgrove"), types=["PROVIDER"])
        account = world.operator.must("EnrollPartner", fields)["name"]
        provider = world.caller(account, ["admin_agent"])
        record = world.portal_record(fields["partner"]["partner_number"])
        world.import_portal_customers(record)
        start = time.monotonic()
        while True:
            [seen] = provider.must("ListPortalRecords", {"parent": account})["portalRecords"]
            if seen["state"] == "REFUSED":
                break
            assert time.monotonic() - start < AT_ONCE
            time.sleep(0.05)
        assert seen["reason"] == "WRONG_KIND"
        world.operator.must("EnrollPartner", fields)
        [again] = provider.must("ListPortalRecords", {"parent": account})["portalRecords"]
        assert again["updateTime"] > seen["updateTime"]


class TestImport:
    def test_a_wrong_record_is_rejected_by_itself(self, world):
        partner = world.reseller()
        number = partner.must("GetPartner", {"name": partner.account})["partnerNumber"]
        good, wrong = world.portal_record(number), world.portal_record(number, portal="Office!")
        answer = world.import_portal_customers(wrong, good, position=40)
        assert (answer["committedPosition"], answer["accepted"]) == ("42", 1)
        [rejected] = answer["rejected"]
        assert rejected["row"] == "40"
        [violation] = next(detail["fieldViolations"] for detail in rejected["status"]["details"]
                           if detail["@type"].endswith("BadRequest"))
        assert violation["field"] == "portal"
        await_customers(partner, {good["customer"]})

    def test_a_stream_goes_on_chunk_by_chunk(self, world):
        partner = world.reseller()
        number = partner.must("GetPartner", {"name": partner.account})["partnerNumber"]
        chunks = [[world.portal_record(number) for _ in range(5)] for _ in range(4)]
        answers = world.operator.exchange("ImportPortalCustomers", [
            {"position": 5 * i, "records": chunk} for i, chunk in enumerate(chunks)])
        assert [answer.body["committedPosition"] for answer in answers] == ["5", "10", "15", "20"]
        await_customers(partner, {record["customer"] for chunk in chunks for record in chunk}, 5)

    def test_what_was_committed_stays_when_a_chunk_is_refused(self, world):
        partner = world.reseller()
        number = partner.must("GetPartner", {"name": partner.account})["partnerNumber"]
        record = world.portal_record(number)
        first, second = world.operator.exchange("ImportPortalCustomers", [
            {"records": [record]}, {"position": 1}, {"position": 2, "records": [record]}])
        assert first.body["committedPosition"] == "1"
        refused(second, "INVALID_ARGUMENT", "FIELD_INVALID")
        assert second.violations == ["records"]
        await_customers(partner, {record["customer"]})

    def test_a_thousand_records_in_one_chunk(self, world):
        number = world.unique("number")
        records = [world.portal_record(number) for _ in range(1000)]
        assert world.import_portal_customers(*records)["accepted"] == 1000
        [answer] = world.operator.exchange("ImportPortalCustomers", [
            {"records": [*records, records[0]]}])
        refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")

    def test_only_operators_with_a_reason(self, world):
        chunk = [{"records": [world.portal_record("4711")]}]
        [answer] = world.contoso.exchange("ImportPortalCustomers", chunk)
        refused(answer, "PERMISSION_DENIED", "ROLE_MISSING")
        [answer] = world.caller("operators", ["operator"]).exchange("ImportPortalCustomers", chunk)
        refused(answer, "INVALID_ARGUMENT", "OPERATOR_REASON_MISSING")
        [answer] = world.anyone.exchange("ImportPortalCustomers", chunk)
        refused(answer, "UNAUTHENTICATED", "TOKEN_MISSING")


class TestListPortalRecords:
    def test_roles_and_reach(self, world):
        check_roles(world, "ListPortalRecords", lambda: {"parent": world.contoso.account},
                    {"global_admin", "admin_agent"})
        refused(world.fabrikam.call("ListPortalRecords", {"parent": world.contoso.account}),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    @BOTH
    def test_operators_see_those_of_nobody_too(self, world, transport):
        number = world.unique("number")
        record = world.portal_record(number)
        world.import_portal_customers(record)
        [listed] = world.operator.must("ListPortalRecords", {
            "parent": "partners/-", "filter": f'partner_number = "{number}"'}, transport)[
                "portalRecords"]
        assert (listed["customer"], listed["state"]) == (record["customer"], "RECORDED")

    @BOTH
    @pytest.mark.parametrize("fields, reason", [
        ({"filter": "company = x"}, "FILTER_INVALID"), ({"page_size": -1}, "FIELD_INVALID"),
        ({"page_token": "x"}, "PAGE_TOKEN_INVALID")])
    def test_bad_input(self, world, transport, fields, reason):
        refused(world.contoso.call("ListPortalRecords", {"parent": world.contoso.account} | fields,
                                   transport), "INVALID_ARGUMENT", reason)
