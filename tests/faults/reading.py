"""Reads back through the gateway what was acknowledged, and repeats what was answered."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Callable

from calls import Call, People
from client import pattern_of
from journal import Record, Told
from promises import KEPT, Promises, as_licensed, is_same_answer, promises

# Of the calls that nothing speaks for repeating, this many are repeated nevertheless.
SAMPLE = 300
AT_ONCE = 8


def parent_in_name(name: str, _) -> str:
    return "/".join(name.split("/")[:2])


@dataclass(frozen=True)
class Listing:
    """How all resources of a kind are read: by a list of each parent, as the parent."""

    method: str
    field: str
    parent: Callable[[str, dict | None], str] = parent_in_name
    # The name by which the promises know a row of the list.
    name: Callable[[str, dict], str] = lambda parent, row: row["name"]
    # Of the call: without these the list shows less.
    fields: dict = field(default_factory=dict)


LISTINGS = {
    "partners/*": Listing("ListPartners", "partners", lambda name, promise: "operators"),
    "partners/*/invitations/*": Listing("ListInvitations", "invitations"),
    "partners/*/partnerships/*": Listing("ListPartnerships", "partnerships"),
    "partners/*/customers/*": Listing("ListCustomers", "customers",
                                      name=lambda parent, row: f"{parent}/{row['name']}"),
    "relationships/*": Listing("ListRelationships", "relationships",
                               lambda name, promise: promise["partner"]),
    "partners/*/grants/*": Listing("ListGrants", "grants"),
    "partners/*/transfers/*": Listing("ListTransfers", "transfers"),
    "offers/*": Listing("ListOffers", "offers", lambda name, promise: "operators"),
    # The customer's own lists: of a partner's view nothing stays when its relationship ends.
    "customers/*/orders/*": Listing("ListOrders", "orders"),
    "customers/*/subscriptions/*": Listing("ListSubscriptions", "subscriptions"),
    "customers/*/users/*": Listing("ListUsers", "users", fields={"show_deleted": True}),
}


def rows_of(people: People, listing: Listing, parent: str) -> dict[str, dict]:
    """Every row of a parent's list, by name."""
    fields = {"page_size": 500} | listing.fields | ({} if parent == "operators" else {"parent": parent})
    found = {}
    while True:
        page = people.must(parent, listing.method, fields)
        found |= {listing.name(parent, row): row for row in page[listing.field]}
        if not page["nextPageToken"]:
            return found
        fields["page_token"] = page["nextPageToken"]


def promised(record: Record) -> Promises:
    """What the last acknowledgement of each resource says of it."""
    found = {}
    for told in record.acknowledged:
        found |= promises(told.call, told.body, found)
    return found


@dataclass
class Findings:
    """What was read that is not as it was acknowledged."""

    lost: list[str]
    unexplained: list[str]  # that nobody was told of


def read_back(people: People, record: Record) -> Findings:
    findings = Findings([], [])
    wanted = as_licensed(promised(record))
    lists = lists_of(people, wanted)
    for name, promise in wanted.items():
        fault = fault_of(promise, lists[list_of(name, promise)].get(name))
        if fault:
            findings.lost.append(f"{name} {fault}")
    for rows in lists.values():
        findings.unexplained += [name for name in rows if name not in wanted]
    return findings


def list_of(name: str, promise: dict | None) -> tuple[str, str]:
    """In which list a resource is: a kind, and the parent."""
    kind = pattern_of(name)
    return kind, LISTINGS[kind].parent(name, promise)


def lists_of(people: People, wanted: Promises) -> dict[tuple[str, str], dict[str, dict]]:
    """Every list that something was promised of."""
    places = list({list_of(name, promise) for name, promise in wanted.items()})
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = pool.map(lambda place: rows_of(people, LISTINGS[place[0]], place[1]), places)
        return dict(zip(places, rows))


def fault_of(promise: dict | None, row: dict | None) -> str:
    """What is wrong with a row; empty: nothing."""
    if promise is None:
        return "was deleted and is there" if row is not None else ""
    if row is None:
        return "is not there"
    return "; ".join(f"{field} is {row.get(field)!r} instead of {value!r}"
                     for field, value in promise.items() if row.get(field) != value)


def repeat(people: People, record: Record, seed: int) -> list[str]:
    """Says every acceptance and creation again, every call that was in doubt, and some others; what
    is wrong. The record then holds what they have led to since."""
    others = [told for told in record.acknowledged if not must_be_repeated(told)]
    chosen = [told for told in record.acknowledged if must_be_repeated(told)]
    chosen += random.Random(seed).sample(others, min(SAMPLE, len(others)))
    before = promised(record)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        faults = pool.map(lambda told: repeat_one(people, told, before), chosen)
        return [fault for fault in faults if fault]


def must_be_repeated(told: Told) -> bool:
    return told.was_uncertain or told.call.method in KEPT


def repeat_one(people: People, told: Told, before: Promises) -> str:
    answer = people.attempt(told.call)
    if not answer.ok:
        return f"{told}, repeated: {answer}"
    if not is_same_answer(told.call.method, told.body, answer.body):
        return f"{told}, repeated: {answer.body} instead of {told.body}"
    fault = fault_of_outcome(told.call, answer.body, before)
    if fault:
        return f"{told}, repeated: {fault}"
    # Of a creation what it has once named: later answers leave out what is over.
    told.body = answer.body | {field: told.body[field] for field in ("edges", "grants")
                               if told.body.get(field)}
    return ""


def edges_of(kind: str) -> int:
    """How many relationships an acceptance brings."""
    return 2 if kind == "CUSTOMER_WITH_PROVIDER" else 1


def fault_of_outcome(call: Call, body: dict, before: Promises) -> str:
    """What an acceptance or a creation has not led to, or too often."""
    if call.method in ("AcceptInvitation", "AcceptReceivedInvitation"):
        outcomes = [outcome["state"] for outcome in body["relationships"]]
        grants, most = [body["grant"]], 1
        wanted = ["ACTIVE"] * edges_of(before[body["invitation"]]["kind"])
    elif call.method == "CreateCustomer":
        # One that is over is seen no more; one that no answer has named is as it began. Grants come
        # and go by other steps.
        outcomes = [edge["state"] for edge in body["edges"]]
        grants, most = [], 0
        states = [each["state"] for name, each in before.items()
                  if each and name.startswith("relationships/")
                  and (each["partner"], each["customer"]) == (call.account, body["name"])]
        wanted = [state for state in states or ["ACTIVE"] if state != "ENDED"]
    else:
        return ""
    if outcomes != wanted or len(grants) != most or not all(grants):
        return f"its relationships are {outcomes}, its grants {grants}"
    return ""
