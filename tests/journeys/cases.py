"""One well-formed call of every public RPC: what the bad-input journeys spoil.

A new RPC needs a case here, or they fail. Each case makes what it needs anew, so a call may change
or delete it.
"""

import uuid
from dataclasses import dataclass, field
from typing import Callable

from api import Answer, Caller
from world import World


@dataclass
class Case:
    """Who calls, with which fields."""

    caller: Caller
    fields: dict
    # The same call of something that does not exist: the answer to a stranger is no other.
    absent: dict | None = None
    # Callers who must not see what the call is about.
    strangers: list[Caller] = field(default_factory=list)

    def call(self, name: str, transport: str = "grpc", changes: dict | None = None,
             **options) -> Answer:
        return self.caller.call(name, self.fields | (changes or {}), transport, **options)


def random_id() -> str:
    return str(uuid.uuid4())


def draft(world: World) -> Case:
    name = world.draft()["name"]
    absent = f"{world.contoso.account}/invitations/{random_id()}"
    return Case(world.contoso, {"name": name}, {"name": absent},
                [world.fabrikam, world.customer()])


def create_invitation(world: World) -> Case:
    invitation = {
        "note": "We met at the fair.", "locale": "en", "channel": "OWN_MARKETING",
        "subject": "Working together", "body_text": "Please join us: {{link}}",
        "customer_hint": {"company_name": "Alpine Ski House", "country": "PL",
                          "domain": f"{world.unique('hint')}.example",
                          "email_address": f"ann@{world.unique('mail')}.example",
                          "account": f"customers/{world.unique('account')}"},
        "grant_request": {"roles": ["user_admin"], "duration_days": 30}, "ttl": "86400s",
    }
    fields = {"parent": world.contoso.account, "invitation": invitation, "request_id": random_id()}
    return Case(world.contoso, fields, fields | {"parent": "partners/nobody"}, [world.fabrikam])


def list_invitations(world: World) -> Case:
    world.draft()
    world.draft()
    return listing(world, "partners")


def listing(world: World, collection: str) -> Case:
    return Case(world.contoso, {"parent": world.contoso.account, "page_size": 1},
                {"parent": f"{collection}/nobody", "page_size": 1}, [world.fabrikam])


def update_invitation(world: World) -> Case:
    made = draft(world)
    change = {"note": "We met at the fair.", "subject": "Working together",
              "customer_hint": {"company_name": "Alpine Ski House"}}

    def about(name: str) -> dict:
        return {"invitation": change | {"name": name}, "request_id": random_id()}

    return Case(made.caller, about(made.fields["name"]), about(made.absent["name"]),
                made.strangers)


def with_request_id(world: World) -> Case:
    made = draft(world)
    made.fields["request_id"] = made.absent["request_id"] = random_id()
    return made


def revoke_invitation(world: World) -> Case:
    made = with_request_id(world)
    made.fields["reason"] = made.absent["reason"] = "Sent to the wrong desk."
    return made


def lookup_invitation(world: World) -> Case:
    return Case(world.anyone, {"token": world.invite().link, "locale": "en"})


def accept_invitation(world: World) -> Case:
    company = world.company(
        registration_number="KRS 12", contact={
            "display_name": "Ann Beebe", "email_address": "ann@alpine.example",
            "phone_number": "+48 22 123"})
    fields = world.acceptance(world.invite(), company=company, request_id=random_id(),
                              accepted_roles=["user_admin"])
    return Case(world.customer(), fields)


def decline_invitation(world: World) -> Case:
    return Case(world.customer(), {"token": world.invite().link, "reason": "We buy elsewhere.",
                                   "request_id": random_id()})


def enroll_partner(world: World) -> Case:
    name = world.unique("tailwind")
    return Case(world.operator, world.enrol_fields(name) | {"request_id": random_id()})


def get_partner(world: World) -> Case:
    return Case(world.contoso, {"name": world.contoso.account}, {"name": "partners/nobody"},
                [world.fabrikam, world.customer()])


def get_relationship(world: World) -> Case:
    accepted = world.accept()
    return Case(world.contoso, {"name": accepted.relationship},
                {"name": f"relationships/{random_id()}"}, [world.fabrikam, world.customer()])


def get_grant(world: World) -> Case:
    accepted = world.accept()
    absent = f"{world.contoso.account}/grants/{random_id()}"
    return Case(world.contoso, {"name": accepted.redemption["grant"]}, {"name": absent},
                [world.fabrikam, world.customer()])


def list_of_accepted(world: World) -> Case:
    world.accept()
    world.accept()
    return listing(world, "partners")


def get_customer(world: World) -> Case:
    accepted = world.accept()
    assert world.lists(world.contoso, accepted.customer.account,
                       consistency_token=accepted.consistency_token)
    return Case(world.contoso, {"name": accepted.customer.account},
                {"name": "customers/nobody"}, [world.fabrikam, world.customer()])


def list_partners(world: World) -> Case:
    return Case(world.operator, {"page_size": 1})


CASES: dict[str, Callable[[World], Case]] = {
    "CreateInvitation": create_invitation,
    "GetInvitation": draft,
    "ListInvitations": list_invitations,
    "UpdateInvitation": update_invitation,
    "DeleteInvitation": with_request_id,
    "RenderInvitation": draft,
    "IssueInvitation": with_request_id,
    "RevokeInvitation": revoke_invitation,
    "LookupInvitation": lookup_invitation,
    "AcceptInvitation": accept_invitation,
    "DeclineInvitation": decline_invitation,
    "EnrollPartner": enroll_partner,
    "GetPartner": get_partner,
    "ListPartners": list_partners,
    "GetRelationship": get_relationship,
    "ListRelationships": list_of_accepted,
    "GetGrant": get_grant,
    "ListGrants": list_of_accepted,
    "GetCustomer": get_customer,
    "ListCustomers": list_of_accepted,
}
