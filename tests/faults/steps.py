"""What the clients do: a list of steps, each one mutating RPC, and what its acknowledgement promises.

A new RPC is a line in STEPS with the function that makes its call, a line in PROMISES if its answer
is not simply the resource that it has changed, and, for a new kind of resource, a line in
`reading.LISTINGS`.
"""

from dataclasses import dataclass
from typing import Callable

from calls import Call

# More are no other case.
MOST_PARTNERS = 6
# Of an invitation that nobody answers in time.
SHORT = "2s"
# Customers that every client's partners meet, so that their lists change side by side.
SHARED_CUSTOMERS = 12


def enroll_partner(client) -> Call | None:
    if len(client.named("partners/*")) >= MOST_PARTNERS:
        return None
    number = client.unique("number")
    fields = {"partner": {"display_name": number.title(), "types": ["RESELLER"], "country": "PL",
                          "partner_number": number}}
    # Without an id it is the server that names it.
    if client.random.random() < 0.5:
        fields["partner_id"] = client.unique("partner")
    return client.call("operators", "EnrollPartner", fields)


def create_invitation(client, issue: bool = False, **values) -> Call | None:
    partner = client.pick("partners/*")
    if not partner:
        return None
    invitation = {"note": client.unique("note"), "channel": "OWN_MARKETING",
                  "customer_hint": {"company_name": "Alpine Ski House"}} | values
    fields = {"parent": partner["name"], "invitation": invitation, "issue": issue}
    return client.call(partner["name"], "CreateInvitation", fields)


def create_issued_invitation(client) -> Call | None:
    return create_invitation(client, issue=True)


def create_invitation_that_expires(client) -> Call | None:
    return create_invitation(client, issue=True, ttl=SHORT)


def update_invitation(client) -> Call | None:
    draft = client.pick("partners/*/invitations/*", state="DRAFT")
    if not draft:
        return None
    invitation = {"name": draft["name"], "note": client.unique("note"), "etag": draft["etag"]}
    return client.call(partner_of(draft), "UpdateInvitation",
                       {"invitation": invitation, "update_mask": "note"})


def issue_invitation(client) -> Call | None:
    draft = client.pick("partners/*/invitations/*", state="DRAFT")
    return draft and client.call(partner_of(draft), "IssueInvitation",
                                 {"name": draft["name"], "etag": draft["etag"]})


def delete_invitation(client) -> Call | None:
    draft = client.pick("partners/*/invitations/*", state="DRAFT")
    return draft and client.call(partner_of(draft), "DeleteInvitation", {"name": draft["name"]})


def revoke_invitation(client) -> Call | None:
    state = client.random.choice(["DRAFT", "PENDING"])
    invitation = client.pick("partners/*/invitations/*", state=state)
    return invitation and client.call(
        partner_of(invitation), "RevokeInvitation",
        {"name": invitation["name"], "reason": client.unique("reason"), "etag": invitation["etag"]})


def accept_invitation(client) -> Call | None:
    invitation = client.pick("partners/*/invitations/*", state="PENDING")
    link = invitation and client.link_of(invitation)
    if not link:
        return None
    customer = stranger_to(client, partner_of(invitation))
    company = {"display_name": customer.rpartition("/")[2].title(), "country": "PL",
               "domains": [f"{customer.rpartition('/')[2]}.example"],
               "contact": {"display_name": "Ann Beebe"}}
    return client.call(customer, "AcceptInvitation", {
        "token": link, "agreement_version": invitation["agreementVersion"], "confirm": True,
        "company": company})


def decline_invitation(client) -> Call | None:
    invitation = client.pick("partners/*/invitations/*", state="PENDING")
    link = invitation and client.link_of(invitation)
    if not link:
        return None
    return client.call(f"customers/{client.unique('customer')}", "DeclineInvitation",
                       {"token": link, "reason": client.unique("reason")})


def partner_of(resource: dict) -> str:
    """The account in the name of what belongs to a partner."""
    return "/".join(resource["name"].split("/")[:2])


def stranger_to(client, partner: str) -> str:
    """A customer that has no relationship with the partner: a new one, or one that others have."""
    if client.random.random() < 0.5:
        number = client.random.randrange(SHARED_CUSTOMERS)
        shared = f"customers/shared-{number}"
        if f"{partner}/{shared}" not in client.promised:
            return shared
    return f"customers/{client.unique('customer')}"


@dataclass(frozen=True)
class Step:
    """Makes a call, or none where there is nothing to make it on; chosen as often as it weighs."""

    make: Callable
    weight: int


STEPS = [
    Step(enroll_partner, 1),
    Step(create_invitation, 6),
    Step(create_issued_invitation, 8),
    Step(create_invitation_that_expires, 1),
    Step(update_invitation, 4),
    Step(issue_invitation, 4),
    Step(delete_invitation, 1),
    Step(revoke_invitation, 2),
    Step(accept_invitation, 6),
    Step(decline_invitation, 2),
]


def promises_of_acceptance(fields: dict, body: dict) -> dict:
    partner = "/".join(body["invitation"].split("/")[:2])
    promised = {
        body["invitation"]: {"state": "ACCEPTED", "useCount": 1},
        f"{partner}/{body['customer']}": {"name": body["customer"]},
    }
    for outcome in body["relationships"]:
        if outcome["relationship"]:
            promised[outcome["relationship"]] = {
                "partner": outcome["partner"], "customer": body["customer"],
                "type": outcome["type"], "state": "ACTIVE", "invitation": body["invitation"]}
    return promised


# By method: what an answer OK promises of which resources; None: it is gone.
PROMISES = {
    "DeleteInvitation": lambda fields, body: {fields["name"]: None},
    "AcceptInvitation": promises_of_acceptance,
    "DeclineInvitation": lambda fields, body: {body["invitation"]: {
        "state": "DECLINED", "declineReason": fields["reason"]}},
}


def promises(method: str, fields: dict, body: dict) -> dict[str, dict | None]:
    """Otherwise: the resource that was answered is there as it was answered."""
    if body.get("ttl") == SHORT:
        return {body["name"]: {"state": "EXPIRED", "issueTime": body["issueTime"]}}
    if method in PROMISES:
        return PROMISES[method](fields, body)
    return {body["name"]: body}


def is_same_answer(method: str, first: dict, again: dict) -> bool:
    """Whether a repeated call was told the same. What is read anew may have gone on meanwhile."""
    if method == "AcceptInvitation":
        return all(first[name] == again[name] for name in ("name", "customer", "acceptTime"))
    return first == again
