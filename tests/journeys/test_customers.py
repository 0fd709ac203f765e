"""Finding customers, changing their companies, and taking the whole list away; every refusal of that."""

import csv
import io

from checks import BOTH, check_roles, given_again, refused


def listed(partner, filter_text: str, transport: str = "grpc") -> list[str]:
    page = partner.must("ListCustomers", {
        "parent": partner.account, "filter": filter_text, "page_size": 500}, transport)
    assert not page["truncated"]
    return [row["displayName"] for row in page["customers"]]


class TestCheckCustomerExists:
    @BOTH
    def test_ones_own_is_known_by_account_domain_and_number(self, world, transport):
        partner, other = world.reseller(), world.reseller()
        domain, number = f"{world.unique('acme')}.example", world.unique("KRS 0")
        created = world.create(partner, customer={
            "display_name": "Acme", "country": "PL", "domains": [{"name": domain}],
            "registration_number": number})
        for key in ({"customer": created.name}, {"domain": domain.upper()},
                    {"registration_number": number.lower().replace(" ", "-"), "country": "PL"}):
            assert partner.must("CheckCustomerExists", key, transport) == {"existence": "YOURS"}
            unknown = other.call("CheckCustomerExists", key, transport)
            assert unknown.body == {"existence": "UNKNOWN"}

    @BOTH
    def test_a_partner_s_is_said_to_be_one_and_not_whose(self, world, transport):
        reseller, provider = world.partnered()
        name = world.create(reseller).name
        answer = provider.must("CheckCustomerExists", {"customer": name}, transport)
        assert answer == {"existence": "VIA_PARTNER"}
        refused(provider.call("GetCustomer", {"name": name}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_wrong_keys_and_roles(self, world):
        for key, field in (({}, "customer"), ({"domain": "acme"}, "domain"),
                           ({"domain": "acme.example", "country": "PL"}, "country")):
            answer = refused(world.contoso.call("CheckCustomerExists", key),
                             "INVALID_ARGUMENT", "FIELD_INVALID")
            assert answer.violations == [field]
        check_roles(world, "CheckCustomerExists", lambda: {"customer": "customers/nobody"},
                    {"global_admin", "admin_agent", "sales_agent"})


class TestUpdateCustomer:
    @BOTH
    def test_the_lists_of_all_partners_follow(self, world, transport):
        first, second = world.reseller(), world.reseller()
        created = world.create(first)
        world.accept(created.customer, second)
        for caller in (first, created.customer, world.operator):
            name = world.unique("Łódź")
            shown = caller.must("UpdateCustomer", {
                "customer": {"name": created.name, "display_name": name}}, transport)
            assert shown["displayName"] == name
            for partner in (first, second):
                assert listed(partner, f'display_name:"{name[1:]}"', transport) == [name]

    @BOTH
    def test_only_writable_fields_change(self, world, transport):
        created = world.create()
        before = world.contoso.must("GetCustomer", {"name": created.name, "view": "FULL"})
        world.contoso.must("UpdateCustomer", {"customer": {
            "name": created.name, "registration_number": "KRS 99", "country": "DE",
            "labels": {"x": "y"}, "correlation_id": "X", "channel": "OTHER",
            "subscription_count": 9, "user_count": 9, "edges": [], "grants": ["x"]}}, transport)
        after = world.contoso.must("GetCustomer", {"name": created.name, "view": "FULL"})
        changed = {field for field in after if after[field] != before[field]}
        assert changed == {"registrationNumber", "etag", "updateTime"}
        refused(world.contoso.call("UpdateCustomer", {
            "customer": {"name": created.name}, "update_mask": "country,labels"}, transport),
            "INVALID_ARGUMENT", "FIELD_INVALID")

    def test_domains_are_verified_by_operators_for_one_customer(self, world):
        one, two = world.create(), world.create()
        domain = f"{world.unique('acme')}.example"
        claim = [{"name": domain, "verified": True}]

        def say(caller, customer):
            return caller.call("UpdateCustomer", {
                "customer": {"name": customer.name, "domains": claim}})

        for customer in (one, two):
            shown = say(world.contoso, customer).body["domains"]
            assert shown == [{"name": domain, "verified": False}]
        assert say(world.operator, one).body["domains"] == claim
        answer = refused(say(world.operator, two), "ALREADY_EXISTS", "DOMAIN_VERIFIED")
        assert answer.metadata["domain"] == domain
        assert say(one.customer, one).body["domains"] == claim

    @BOTH
    def test_without_a_grant_of_administration_it_is_refused(self, world, transport):
        created = world.create(relationship_only=True)
        change = {"customer": {"name": created.name, "display_name": "X"}}
        refused(world.contoso.call("UpdateCustomer", change, transport),
                "PERMISSION_DENIED", "PERMISSION_MISSING")
        refused(world.fabrikam.call("UpdateCustomer", change, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    def test_changed_since_is_refused(self, world):
        created = world.create()
        customer = {"name": created.name, "display_name": "X",
                    "etag": world.contoso.must("GetCustomer", {"name": created.name})["etag"]}
        world.contoso.must("UpdateCustomer", {"customer": customer})
        refused(world.contoso.call("UpdateCustomer", {"customer": customer}),
                "ABORTED", "ETAG_MISMATCH")

    def test_repeats_and_roles(self, world):
        created = world.create()
        fields = {"customer": {"name": created.name, "display_name": "X"}}
        given_again(world.contoso, "UpdateCustomer", fields,
                    {"customer": {"name": created.name, "display_name": "Y"}})
        check_roles(world, "UpdateCustomer", lambda: fields, {"global_admin", "admin_agent"})


class TestSearch:
    @BOTH
    def test_by_a_part_of_the_name_domain_label_and_partner(self, world, transport):
        partner = world.reseller()
        for name, label in (("Zażółć Gęślą", "gold"), ("Η ΟΔΟΣ", "tin"), ("株式会社東京商事", "")):
            domain = f"{world.unique('found')}.example"
            world.create(partner, customer={
                "display_name": name, "country": "PL", "domains": [{"name": domain}],
                "labels": {"tier": label} if label else {}})
            assert listed(partner, f'domain = "{domain}"', transport) == [name]
        assert listed(partner, 'display_name:"ZOLC ges"', transport) == ["Zażółć Gęślą"]
        assert listed(partner, "display_name:οδος", transport) == ["Η ΟΔΟΣ"]
        assert listed(partner, "display_name:東京商", transport) == ["株式会社東京商事"]
        assert listed(partner, "labels.tier = gold", transport) == ["Zażółć Gęślą"]
        assert len(listed(partner, "labels:tier", transport)) == 2
        assert len(listed(partner, f'partner = "{partner.account}"', transport)) == 3
        refused(partner.call("ListCustomers", {
            "parent": partner.account, "filter": "display_name:zo"}, transport),
            "INVALID_ARGUMENT", "FILTER_INVALID")


class TestExport:
    def test_is_the_whole_list(self, world):
        partner = world.reseller()
        for name in ("Beta, \"Inc.\"", "=1+2", "Ärger"):
            world.create(partner, customer={
                "display_name": name, "country": "PL", "contact": {"phone_number": "+48 1"},
                "labels": {"tier": "gold", "city": "Łódź"}})
        whole = partner.must("ListCustomers", {"parent": partner.account})["customers"]
        answers = partner.series("ExportCustomers", {"parent": partner.account})
        assert [row for answer in answers for row in answer.body["customers"]] == whole
        answer, content = partner.download("ExportCustomersCsv", {"parent": partner.account})
        assert answer.ok and answer.headers["content-type"].startswith("text/csv; charset=utf-8")
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        assert [row["name"] for row in rows] == [row["name"] for row in whole]
        assert {row["display_name"] for row in rows} == {"Beta, \"Inc.\"", "'=1+2", "Ärger"}
        assert {row["contact.phone_number"] for row in rows} == {"'+48 1"}
        assert {row["labels"] for row in rows} == {"city=Łódź\ntier=gold"}
        assert {row["relationships"] for row in rows} == {"RESELLER ACTIVE"}

    def test_is_refused_as_a_list_is(self, world):
        for caller, code, reason in (
                (world.fabrikam, "NOT_FOUND", "RESOURCE_NOT_FOUND"),
                (world.caller(world.contoso.account, ["sales_agent"]), "PERMISSION_DENIED",
                 "ROLE_MISSING"),
                (world.anyone, "UNAUTHENTICATED", "TOKEN_MISSING")):
            fields = {"parent": world.contoso.account}
            [answer] = caller.series("ExportCustomers", fields)
            refused(answer, code, reason)
            answer, _ = caller.download("ExportCustomersCsv", fields)
            refused(answer, code, reason)
        fields = {"parent": world.contoso.account, "filter": "secret = 1"}
        answer, _ = world.contoso.download("ExportCustomersCsv", fields)
        refused(answer, "INVALID_ARGUMENT", "FILTER_INVALID")
