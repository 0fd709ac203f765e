"""Reads back through the gateway what was acknowledged, and repeats what was answered."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

from calls import People
from client import pattern_of
from journal import Record, Told
from steps import is_same_answer, promises

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


LISTINGS = {
    "partners/*": Listing("ListPartners", "partners", lambda name, promise: "operators"),
    "partners/*/invitations/*": Listing("ListInvitations", "invitations"),
    "partners/*/customers/*": Listing("ListCustomers", "customers",
                                      name=lambda parent, row: f"{parent}/{row['name']}"),
    "relationships/*": Listing("ListRelationships", "relationships",
                               lambda name, promise: promise["partner"]),
}


def rows_of(people: People, listing: Listing, parent: str) -> dict[str, dict]:
    """Every row of a parent's list, by name."""
    fields = {"page_size": 500} | ({} if parent == "operators" else {"parent": parent})
    found = {}
    while True:
        page = people.must(parent, listing.method, fields)
        found |= {listing.name(parent, row): row for row in page[listing.field]}
        if not page["nextPageToken"]:
            return found
        fields["page_token"] = page["nextPageToken"]


def promised(record: Record) -> dict[str, dict | None]:
    """What the last acknowledgement of each resource says of it."""
    found = {}
    for told in record.acknowledged:
        found |= promises(told.call.method, told.call.fields, told.body)
    return found


@dataclass
class Findings:
    """What was read that is not as it was acknowledged."""

    lost: list[str]
    unexplained: list[str]  # that nobody was told of


def read_back(people: People, record: Record) -> Findings:
    findings = Findings([], [])
    wanted = promised(record)
    lists: dict[tuple[str, str], dict[str, dict]] = {}
    for name, promise in wanted.items():
        kind = pattern_of(name)
        parent = LISTINGS[kind].parent(name, promise)
        if (kind, parent) not in lists:
            lists[kind, parent] = rows_of(people, LISTINGS[kind], parent)
        row = lists[kind, parent].get(name)
        fault = fault_of(promise, row)
        if fault:
            findings.lost.append(f"{name} {fault}")
    for rows in lists.values():
        findings.unexplained += [name for name in rows if name not in wanted]
    return findings


def fault_of(promise: dict | None, row: dict | None) -> str:
    """What is wrong with a row; empty: nothing."""
    if promise is None:
        return "was deleted and is there" if row is not None else ""
    if row is None:
        return "is not there"
    return "; ".join(f"{field} is {row.get(field)!r} instead of {value!r}"
                     for field, value in promise.items() if row.get(field) != value)


def repeat(people: People, record: Record, seed: int) -> list[str]:
    """Says every acceptance again, every call that was in doubt, and some others; what is wrong. The
    record then holds what an acceptance has led to since."""
    others = [told for told in record.acknowledged if not must_be_repeated(told)]
    chosen = [told for told in record.acknowledged if must_be_repeated(told)]
    chosen += random.Random(seed).sample(others, min(SAMPLE, len(others)))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [fault for fault in pool.map(lambda told: repeat_one(people, told), chosen) if fault]


def must_be_repeated(told: Told) -> bool:
    return told.was_uncertain or told.call.method == "AcceptInvitation"


def repeat_one(people: People, told: Told) -> str:
    answer = people.attempt(told.call)
    if not answer.ok:
        return f"{told}, repeated: {answer}"
    if not is_same_answer(told.call.method, told.body, answer.body):
        return f"{told}, repeated: {answer.body} instead of {told.body}"
    outcomes = answer.body.get("relationships", [])
    if told.call.method == "AcceptInvitation" and [o["state"] for o in outcomes] != ["ACTIVE"]:
        return f"{told}, repeated: its relationships are {outcomes}"
    told.body = answer.body
    return ""
