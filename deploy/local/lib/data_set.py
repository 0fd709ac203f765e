"""The data set: two resellers with their customers, a catalogue, orders. The same at every call."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from country import Country, read_countries

CATALOGUE = Path(__file__).parents[1] / "data_set/catalogue.toml"
NORTHWIND = {"partner_id": "northwind", "partner": {
    "display_name": "Northwind Cloud", "types": ["RESELLER"], "country": "PL",
    "partner_number": "NWC-1001"}}
TAILSPIN = {"partner_id": "tailspin", "partner": {
    "display_name": "Tailspin Systemhaus", "types": ["RESELLER"], "country": "DE",
    "partner_number": "TSP-2002"}}
# Every so many companies one is Tailspin's.
TAILSPIN_STEP = 11
# Every so many of Northwind's is a customer of Tailspin, too.
SHARED_STEP = 33
RELATIONSHIP_ONLY_STEP = 25
CANCELLED_STEP = 20
CHANNELS = {"OWN_MARKETING": 8, "VENDOR_REFERRAL": 5, "EXISTING_PORTAL": 3, "INDIRECT_PROVIDER": 2,
            "OTHER": 1}
# The seats that a customer of a size orders, and how many such customers there are.
SEGMENTS = {"small": ((3, 25), 6), "medium": ((26, 250), 3), "large": ((251, 4000), 1)}
MANAGERS = ["Ewa Zielińska", "Åsa Lindqvist", "Dušan Krejčí", "Γεωργία Παππά", "Tomás Núñez"]
REASONS = ["The seats were never used.", "Moved to the complete suite.", "The branch has closed."]


@dataclass
class Customer:
    """A company, and what its partner keeps of it and orders for it."""

    id: str
    company: dict
    admin: dict
    channel: str
    labels: dict
    correlation_id: str
    relationship_only: bool = False
    # Of each order the lines: offer and quantity.
    orders: list[list[tuple[str, int]]] = field(default_factory=list)
    # Seats added later to what the first line of the first order made.
    more_seats: int = 0
    # Why the subscription of the first order's last line is cancelled.
    cancel_reason: str = ""


@dataclass
class DataSet:
    """All of it, in the order in which it is loaded."""

    offers: list[dict]
    # Those of them that are sold once, and then no more.
    retired: list[dict]
    northwind: list[Customer]
    tailspin: list[Customer]
    # Of Northwind's customers those that Tailspin serves as well, with what Tailspin keeps of them.
    shared: list[Customer]


def make() -> DataSet:
    catalogue = tomllib.loads(CATALOGUE.read_text())["offer"]
    retired = [offer for offer in catalogue if offer.pop("retired", False)]
    people = make_customers([offer["id"] for offer in catalogue])
    tailspin = people[::TAILSPIN_STEP]
    northwind = [each for place, each in enumerate(people) if place % TAILSPIN_STEP]
    number(northwind, "NW")
    number(tailspin, "TS")
    return DataSet(catalogue, retired, northwind, tailspin, share(northwind[::SHARED_STEP]))


def make_customers(offers: list[str]) -> list[Customer]:
    """Of all countries, mixed."""
    people = []
    for country in read_countries():
        people += companies_of(country, Random(country.code))
    random = Random("orders")
    random.shuffle(people)
    for place, customer in enumerate(people):
        customer.relationship_only = place % RELATIONSHIP_ONLY_STEP == 7
        order(customer, offers, random)
        if customer.orders and place % CANCELLED_STEP == 3:
            customer.cancel_reason = random.choice(REASONS)
    return people


def companies_of(country: Country, random: Random) -> list[Customer]:
    made: dict[str, Customer] = {}
    for name, industry in country.names(random):
        customer = customer_of(country, name, industry, random)
        made.setdefault(customer.id, customer)
        if len(made) == country.companies:
            break
    return list(made.values())


def customer_of(country: Country, name: str, industry: str, random: Random) -> Customer:
    label, plain = country.label(name), country.ascii_label(name)
    city = random.choice(country.cities)
    contact, admin = country.person(random), country.person(random)
    mail_domain = f"{plain}.example"

    def mail(person) -> str:
        parts = [country.ascii_label(part) for part in (person.given_name, person.family_name)]
        return f"{'.'.join(parts)}@{mail_domain}"

    company = {
        "display_name": country.with_legal_form(name, random),
        "country": country.code,
        "domains": [{"name": each} for each in dict.fromkeys([f"{label}.example", mail_domain])],
        "contact": {"display_name": contact.display_name, "email_address": mail(contact),
                    "phone_number": country.phone(city, random)},
        "registration_number": country.registration(city, random),
    }
    labels = {"city": city, "street": country.street(random), "industry": industry,
              "segment": choose(random, {size: share for size, (_, share) in SEGMENTS.items()}),
              "account-manager": random.choice(MANAGERS)}
    return Customer(
        id=f"{plain[:59].rstrip('-')}-{country.code.lower()}", company=company,
        admin={"user_principal_name": mail(admin), "given_name": admin.given_name,
               "family_name": admin.family_name, "display_name": admin.display_name},
        channel=choose(random, CHANNELS), labels=labels, correlation_id="")


def order(customer: Customer, offers: list[str], random: Random) -> None:
    """Three of five customers have ordered, some twice, one to three lines each time."""
    least, most = SEGMENTS[customer.labels["segment"]][0]
    if random.random() >= 0.6:
        return
    for _ in range(1 if random.random() < 0.8 else 2):
        chosen = random.sample(offers, random.choice([1, 1, 2, 3]))
        customer.orders.append([(offer, random.randint(least, most)) for offer in chosen])
    if random.random() < 0.1:
        customer.more_seats = random.randint(1, least)


def number(people: list[Customer], prefix: str) -> None:
    for place, customer in enumerate(people):
        customer.correlation_id = f"{prefix}-{10_001 + place}"


def share(people: list[Customer]) -> list[Customer]:
    """The same companies, as Tailspin keeps them."""
    shared = [Customer(each.id, each.company, each.admin, "OWN_MARKETING",
                       {"segment": each.labels["segment"], "team": "Süd"}, "") for each in people]
    number(shared, "TS-S")
    return shared


def choose(random: Random, shares: dict[str, int]) -> str:
    return random.choices(list(shares), list(shares.values()))[0]
