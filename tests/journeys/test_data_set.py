"""The data set that `up` loads: there once, however often, and found by lists and filters."""

from datetime import datetime

import pytest
from suite import command


@pytest.fixture(scope="module")
def loaded(suite):
    return command("load", "--dir", suite.folder).stdout


@pytest.fixture(scope="module")
def northwind(world, loaded):
    return world.caller("partners/northwind", ["sales_agent"])


def counts(suite) -> list[str]:
    return suite.psql("SELECT (SELECT count(*) FROM directory.customers), "
                      "(SELECT count(*) FROM directory.orders), "
                      "(SELECT count(*) FROM directory.subscriptions), "
                      "(SELECT count(*) FROM relationship.relationships), "
                      "(SELECT count(*) FROM common.audit_entries)")


def test_a_second_load_changes_nothing(suite, loaded):
    before = counts(suite)
    assert "all there" in command("load", "--dir", suite.folder).stdout
    assert counts(suite) == before


def test_a_load_that_broke_off_is_finished(suite, world, loaded):
    """What is last done tells that all is there: without it everything is asked for again."""
    before = counts(suite)
    offer = world.operator.must("UpdateOffer", {"offer": {
        "name": "offers/fax-to-mail", "state": "ACTIVE"}})
    assert "400 and 53 customers" in command("load", "--dir", suite.folder).stdout
    assert world.operator.must("GetOffer", {"name": offer["name"]})["state"] == "RETIRED"
    assert counts(suite)[0].split("|")[:4] == before[0].split("|")[:4]


def test_northwind_serves_four_hundred_in_many_countries(northwind):
    counted = northwind.must("CountCustomers", {
        "parent": northwind.account, "group_by": "COUNTRY"})
    assert counted["totalCount"] == 400
    assert len(counted["groups"]) >= 24


def test_shared_customers_show_each_partner_its_own(world, northwind):
    tailspin = world.caller("partners/tailspin", ["sales_agent"])
    listed = tailspin.must("ListCustomers", {"parent": tailspin.account, "page_size": 500})
    assert len(listed["customers"]) == 53
    shared = [row for row in listed["customers"] if row["labels"].get("team")]
    assert len(shared) == 13
    for row in shared:
        own = northwind.must("GetCustomer", {"name": row["name"]})
        assert own["labels"]["account-manager"]
        assert own["correlationId"].startswith("NW-")
        assert [edge["partner"] for edge in own["edges"]] == [northwind.account]


@pytest.mark.parametrize("words, country", [
    ("ZRODLO*", "PL"), ("株式会社*", "JP"), ("ΑΝΕΜΟΜΥΛΟ*", "GR"), ("тов *", "UA")])
def test_names_are_found_in_any_script(northwind, words, country):
    found = northwind.must("ListCustomers", {
        "parent": northwind.account, "filter": f'display_name = "{words}"'}, "json")
    assert {row["country"] for row in found["customers"]} == {country}


@pytest.mark.parametrize("order", ["display_name", "display_name desc", "create_time",
                                   "create_time desc"])
def test_pages_of_each_order_hold_everyone_once(northwind, order):
    seen, request = [], {"parent": northwind.account, "page_size": 37, "order_by": order}
    while True:
        page = northwind.must("ListCustomers", request, "json")
        seen += page["customers"]
        if not page["nextPageToken"]:
            break
        request["page_token"] = page["nextPageToken"]
    assert len({row["name"] for row in seen}) == len(seen) == 400
    if order.startswith("create_time"):
        # A fraction has 0, 3, 6 or 9 digits in JSON, so as text ".01Z" comes after ".012Z".
        times = [datetime.fromisoformat(row["createTime"]) for row in seen]
        assert times == sorted(times, reverse=order.endswith("desc"))
