"""One entry per public RPC: a well-formed call and which of its fields name something.

The bad-input journeys spoil these calls; the matrix makes them as everyone, about everyone's things.
A new RPC needs an entry here, or both fail. What a call changes or deletes is made anew each time.
"""

import uuid
from dataclasses import dataclass
from typing import Callable

from api import METHODS, Answer, Caller
from parties import ROLES, Pair, Who
from world import World


@dataclass
class Case:
    """Who calls, with which fields."""

    name: str
    caller: Caller
    fields: dict

    def call(self, transport: str = "grpc", changes: dict | None = None, **options) -> Answer:
        return self.caller.call(self.name, self.fields | (changes or {}), transport, **options)


@dataclass(frozen=True)
class Entry:
    """What is known of an RPC."""

    # The fields of a call that succeeds for everyone who may make it.
    fields: Callable[[World, Who], dict]
    # The fields that name something of somebody's, by their paths; a number is a place in a list.
    names: tuple[str, ...] = ()
    # The family of accounts that calls where any may: else the first in the proto's access option.
    family: str = ""


def case(world: World, name: str, partner: Caller | None = None) -> Case:
    """A call that succeeds, about things of that partner, contoso if none is said, and of a customer
    that nobody else knows."""
    entry, access = CASES[name], METHODS[name].access
    family = entry.family or next(
        (caller.Family.Name(caller.family) for caller in access.callers), "")
    roles = [role for role in ("admin_agent", "global_admin", "operator")
             if role in ROLES.get(family, ())]
    who = Who(Pair(world, partner), family, roles[0] if roles else "")
    return Case(name, who.caller, entry.fields(world, who))


def random_id() -> str:
    return str(uuid.uuid4())


def draft(world: World, who: Who) -> dict:
    return {"name": world.draft(who.pair.partner)["name"]}


def draft_to_change(world: World, who: Who) -> dict:
    return draft(world, who) | {"request_id": random_id()}


def create_invitation(world: World, who: Who) -> dict:
    invitation = {
        "note": "We met at the fair.", "locale": "en", "channel": "OWN_MARKETING",
        "subject": "Working together", "body_text": "Please join us: {{link}}",
        "customer_hint": {"company_name": "Alpine Ski House", "country": "PL",
                          "domain": f"{world.unique('hint')}.example",
                          "email_address": f"ann@{world.unique('mail')}.example",
                          "account": f"customers/{world.unique('account')}"},
        "grant_request": {"roles": ["user_admin"], "duration_days": 30}, "ttl": "86400s",
    }
    return {"parent": who.pair.partner.account, "invitation": invitation,
            "request_id": random_id()}


def list_invitations(world: World, who: Who) -> dict:
    world.draft(who.pair.partner)
    world.draft(who.pair.partner)
    return {"parent": who.pair.partner.account, "page_size": 1}


def update_invitation(world: World, who: Who) -> dict:
    change = {"note": "We met at the fair.", "subject": "Working together",
              "customer_hint": {"company_name": "Alpine Ski House",
                                "account": f"customers/{world.unique('account')}"}}
    return {"invitation": change | draft(world, who), "request_id": random_id()}


def revoke_invitation(world: World, who: Who) -> dict:
    return draft_to_change(world, who) | {"reason": "Sent to the wrong desk."}


def lookup_invitation(world: World, who: Who) -> dict:
    return {"token": world.invite(who.pair.partner).link, "locale": "en"}


def accept_invitation(world: World, who: Who) -> dict:
    company = world.company(
        registration_number="KRS 12", contact={
            "display_name": "Ann Beebe", "email_address": "ann@alpine.example",
            "phone_number": "+48 22 123"})
    # Only a global administrator gives rights away.
    rights = ({"decline_grant": True} if who.role == "billing_admin"
              else {"accepted_roles": ["user_admin"]})
    return world.acceptance(world.invite(who.pair.partner), company=company,
                            request_id=random_id(), **rights)


def decline_invitation(world: World, who: Who) -> dict:
    return {"token": world.invite(who.pair.partner).link, "reason": "We buy elsewhere.",
            "request_id": random_id()}


def enroll_partner(world: World, _: Who) -> dict:
    return world.enrol_fields(world.unique("tailwind")) | {"request_id": random_id()}


def partner(_: World, who: Who) -> dict:
    if who.family == "CUSTOMER":
        assert who.pair.accepted, "a customer sees the partners that it has"
    return {"name": who.pair.partner.account}


def relationship(_: World, who: Who) -> dict:
    return {"name": who.pair.accepted.relationship}


def grant(_: World, who: Who) -> dict:
    return {"name": who.pair.accepted.redemption["grant"]}


def customer(_: World, who: Who) -> dict:
    return {"name": who.pair.accepted.customer.account, "view": "FULL"}


def list_of_accepted(_: World, who: Who) -> dict:
    assert who.pair.has_two_customers
    return {"parent": who.party.account, "page_size": 1}


def list_customers(world: World, who: Who) -> dict:
    return list_of_accepted(world, who) | {"parent": who.pair.partner.account}


def first_page(*_) -> dict:
    return {"page_size": 1}


CASES: dict[str, Entry] = {
    "CreateInvitation": Entry(
        create_invitation, ("parent", "invitation.customer_hint.account")),
    "GetInvitation": Entry(draft, ("name",)),
    "ListInvitations": Entry(list_invitations, ("parent",)),
    "UpdateInvitation": Entry(
        update_invitation, ("invitation.name", "invitation.customer_hint.account")),
    "DeleteInvitation": Entry(draft_to_change, ("name",)),
    "RenderInvitation": Entry(draft, ("name",)),
    "IssueInvitation": Entry(draft_to_change, ("name",)),
    "RevokeInvitation": Entry(revoke_invitation, ("name",)),
    "LookupInvitation": Entry(lookup_invitation, ("token",)),
    "AcceptInvitation": Entry(accept_invitation, ("token",)),
    "DeclineInvitation": Entry(decline_invitation, ("token",)),
    "EnrollPartner": Entry(enroll_partner),
    "GetPartner": Entry(partner, ("name",)),
    "ListPartners": Entry(first_page, family="OPERATOR"),
    "GetRelationship": Entry(relationship, ("name",)),
    "ListRelationships": Entry(list_of_accepted, ("parent",)),
    "GetGrant": Entry(grant, ("name",)),
    "ListGrants": Entry(list_of_accepted, ("parent",)),
    "GetCustomer": Entry(customer, ("name",)),
    "ListCustomers": Entry(list_customers, ("parent",)),
}
