"""The data set of deploy/local: always the same, sound by the API's rules, and nobody real's."""

import re
import sys
from collections import Counter

import pytest
from descriptors import ROOT

sys.path.insert(0, str(ROOT / "deploy/local/lib"))

import data_set  # noqa: E402

DATA = data_set.make()
PEOPLE = [*DATA.northwind, *DATA.tailspin]
# Countries that keep phone numbers for fiction, and which; elsewhere an area that nobody has.
FICTION = {
    "DE": r"\+49 (30 23125|40 66969|69 90009|89 99998|221 4710) \d{3}",
    "FR": r"\+33 (1 99 00|2 61 91|3 53 01|4 65 71|5 36 49) \d\d \d\d",
    "GB": r"\+44 (20 7946 0|131 496 0|161 496 0|117 496 0|29 2018 0)\d{3}",
    "IE": r"\+353 20 91\d \d{4}",
    "SE": r"\+46 (8 465 004|31 390 06|40 628 04) \d\d",
    "US": r"\+1 \d{3} 555 01\d\d",
}
NOBODY = r"\+\d+ 000? [\d ]+"


def test_is_the_same_each_time():
    assert data_set.make() == DATA


def test_has_its_numbers():
    assert (len(DATA.northwind), len(DATA.tailspin), len(DATA.shared)) == (400, 40, 13)
    assert (len(DATA.offers), len(DATA.retired)) == (12, 1)
    countries = Counter(each.company["country"] for each in PEOPLE)
    assert {"PL", "DE", "AT", "CH", "FR", "ES", "SE", "NO", "CZ", "GR", "UA", "TR", "JP", "GB",
            "US"} <= set(countries)
    assert min(countries.values()) >= 4
    for what in ("orders", "relationship_only", "more_seats", "cancel_reason"):
        assert sum(bool(getattr(each, what)) for each in PEOPLE) >= 8, what


def test_every_customer_is_another_one():
    for key in (lambda each: each.id, lambda each: each.company["display_name"],
                lambda each: each.company["domains"][0]["name"]):
        assert len({key(each) for each in PEOPLE}) == len(PEOPLE)


@pytest.mark.parametrize("country", sorted({each.company["country"] for each in PEOPLE}))
def test_country_is_sound(country):
    for each in PEOPLE:
        company = each.company
        if company["country"] != country:
            continue
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", each.id)
        for domain in company["domains"]:
            label, dot, top = domain["name"].partition(".")
            assert (dot, top) == (".", "example")
            assert len(label.encode("punycode")) <= 59, label
        for address in (company["contact"]["email_address"], each.admin["user_principal_name"]):
            assert re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+@[a-z0-9-]+\.example", address)
            assert address.partition("@")[2] == company["domains"][-1]["name"]
        phone = company["contact"]["phone_number"]
        assert re.fullmatch(FICTION.get(country, NOBODY), phone), phone


def test_scripts_and_letters_are_the_countries_own():
    names = "".join(each.company["display_name"].lower() for each in PEOPLE)
    for letters in ("ąćęłńóśźż", "äöüß", "éèêç", "ñ", "åø", "řěůč", "αωή", "їґє", "ığş", "株式会社",
                    "주식회사", "בע״מ", "ășț", "őű"):
        assert any(letter in names for letter in letters), letters
    unicode_domains = sum(not each.company["domains"][0]["name"].isascii() for each in PEOPLE)
    assert unicode_domains >= 250
