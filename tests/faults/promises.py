"""What an acknowledgement promises: what must be read from then on of the resources, by name."""

from calls import Call

# Of an invitation that nobody answers in time.
SHORT_SECONDS = 2
SHORT = f"{SHORT_SECONDS}s"
# Why a subscription is over whose relationship was removed.
REMOVED = "relationship removed"
# … and a grant that its partner's policy has revoked with it.
REVOKED = "removal"
# By name; None: it is gone.
Promises = dict[str, dict | None]


def partner_of(resource: dict) -> str:
    """The account in the name of what belongs to a partner."""
    return "/".join(resource["name"].split("/")[:2])


def revision_of(promise: dict) -> int:
    return int(promise["etag"].removeprefix("r"))


def changed(promise: dict, **values) -> dict:
    """One change later."""
    return promise | values | {"etag": f"r{revision_of(promise) + 1}"}


def of_batch(call: Call, body: dict, before: Promises) -> Promises:
    made = [result["invitation"] for result in body["results"]]
    return {invitation["name"]: invitation for invitation in made}


def of_acceptance(call: Call, body: dict, before: Promises) -> Promises:
    """One relationship, or two: a reseller's and its provider's."""
    partner = partner_of({"name": body["invitation"]})
    kind = before[body["invitation"]]["kind"]
    promised = {body["invitation"]: {"state": "ACCEPTED", "useCount": 1, "kind": kind}}
    for outcome in body["relationships"]:
        promised[f"{outcome['partner']}/{body['customer']}"] = {"name": body["customer"]}
        if outcome["relationship"]:
            promised[outcome["relationship"]] = {
                "name": outcome["relationship"], "type": outcome["type"],
                "partner": outcome["partner"], "customer": body["customer"], "state": "ACTIVE",
                "invitation": body["invitation"]}
    if body["grant"]:
        promised[body["grant"]] = {
            "partner": partner, "customer": body["customer"], "state": "ACTIVE",
            "invitation": body["invitation"]}
    return promised


def of_creation(call: Call, body: dict, before: Promises) -> Promises:
    """The customer as it was asked for, and as much as the answer says of what comes with it."""
    customer, asked = body["name"], call.fields["customer"]
    promised = {f"{call.account}/{customer}": {
        "name": customer, "displayName": asked["display_name"], "country": asked["country"],
        "channel": asked["channel"], "labels": asked["labels"],
        "correlationId": asked["correlation_id"]}}
    held = {"partner": call.account, "customer": customer, "state": "ACTIVE"}
    for edge in body["edges"]:
        promised[edge["relationship"]] = held | {
            "name": edge["relationship"], "type": "RESELLER", "origin": "CREATED"}
    return promised | {grant: held for grant in body["grants"]}


def of_labels(call: Call, body: dict, before: Promises) -> Promises:
    """What becomes of its relationships is other steps' to say."""
    return {call.fields["name"]: {field: value for field, value in body.items() if field != "edges"}}


def of_company(call: Call, body: dict, before: Promises) -> Promises:
    """The rows of all partners' lists follow."""
    said = {field: body[field] for field in ("displayName", "registrationNumber", "updateTime")}
    return {name: changed(row, **said) if "etag" in row else row | said
            for name, row in before.items()
            if row and name.startswith("partners/") and name.endswith(f"/{body['name']}")}


def of_order(call: Call, body: dict, before: Promises) -> Promises:
    """A subscription has the seats of all lines that made and enlarged it."""
    promised = {body["name"]: body}
    for line in body["lineItems"]:
        name = line["subscription"]
        known = before.get(name) or {
            "name": name, "offer": line["offer"], "partner": body["partner"],
            "relationship": body["relationship"], "state": "ACTIVE", "quantity": 0, "etag": "r0"}
        promised[name] = changed(known, quantity=known["quantity"] + line["quantity"])
    return promised


def of_removal(call: Call, body: dict, before: Promises) -> Promises:
    """The relationship is over and off the list, what was sold through it with it; grants stay, or
    go within seconds, as the partner's policy is: nobody comes back before."""
    ended = body["relationship"]
    promised = {ended["name"]: ended, f"{ended['partner']}/{ended['customer']}": None}
    for grant in body["keptGrants"]:
        held = {"partner": ended["partner"], "customer": ended["customer"], "state": "ACTIVE"}
        promised[grant] = held if not body.get("revokeTime") else over(
            before.get(grant) or held, endCause=REVOKED)
    for name in running_through(ended["name"], before):
        promised[name] = changed(before[name], state="CANCELLED", endCause=REMOVED)
    return promised


def of_end(call: Call, body: dict, before: Promises) -> Promises:
    """Where it is over at once it is off the list, and its grants end with it unless the customer
    keeps them; what was sold through it stays."""
    promised = {body["name"]: body}
    if body["state"] != "ENDED":
        return promised
    promised[f"{body['partner']}/{body['customer']}"] = None
    for name, grant in before.items():
        if (body["revokeGrants"] and grant and "/grants/" in name and grant["state"] == "ACTIVE" and
                (grant["partner"], grant["customer"]) == (body["partner"], body["customer"])):
            promised[name] = over(grant, endCause="customer_ended")
    return promised


def over(grant: dict, **values) -> dict:
    """A grant that something else than a call about it has ended."""
    moved = ("updateTime", "endTime")
    known = {field: value for field, value in grant.items() if field not in moved}
    values = {"state": "TERMINATED"} | values
    return changed(known, **values) if "etag" in known else known | values


def running_through(relationship: str, promised: Promises) -> list[str]:
    """The subscriptions that were sold through a relationship and are not over."""
    return [name for name, promise in promised.items()
            if promise and promise.get("relationship") == relationship
            and "/subscriptions/" in name and promise["state"] in ("ACTIVE", "SUSPENDED")]


def of_subscription(call: Call, body: dict, before: Promises) -> Promises:
    """What other changes leave as it is; how many of its seats are users' goes on."""
    moved = ("updateTime", "termEndTime", "assigned")
    return {body["name"]: {field: value for field, value in body.items() if field not in moved}}


def of_transfer(call: Call, body: dict, before: Promises) -> Promises:
    """Agreed to, the subscription is the asking partner's."""
    promised = {body["name"]: body}
    known = before.get(body["subscription"])
    if body["state"] == "ACCEPTED" and known:
        promised[body["subscription"]] = changed(
            known, partner=body["partner"], relationship=body["relationship"])
    return promised


def as_licensed(promised: Promises) -> Promises:
    """A licence of a subscription that is over is none any more: its user was not told."""
    def is_over(subscription: str) -> bool:
        return (promised.get(subscription) or {}).get("state") == "CANCELLED"

    return {name: promise if not (promise or {}).get("licenses") else promise | {
                "licenses": [each for each in promise["licenses"] if not is_over(each)]}
            for name, promise in promised.items()}


def of_partnership(call: Call, body: dict, before: Promises) -> Promises:
    name = body["partnership"]
    return {name: {"name": name, "provider": call.fields["provider"], "state": "ACTIVE",
                   "reseller": call.fields["reseller"], "etag": "r1"}}


def of_approval(call: Call, body: dict, before: Promises) -> Promises:
    """The grant is in force, and what it renews has ended at that moment."""
    promised = {body["name"]: body}
    renewed = before.get(body["renews"])
    if renewed and renewed["state"] == "ACTIVE":
        promised[body["renews"]] = over(renewed, endCause="renewed", endTime=body["startTime"])
    return promised


def of_refusal(call: Call, body: dict, before: Promises) -> Promises:
    return {body["invitation"]: {"state": "DECLINED", "declineReason": call.fields["reason"]}}


# By method, where it is not the resource that was answered.
PROMISES = {
    "DeleteInvitation": lambda call, body, before: {call.fields["name"]: None},
    "DeleteGrant": lambda call, body, before: {call.fields["name"]: None},
    "ApproveGrant": of_approval,
    "BatchCreateInvitations": of_batch,
    "AcceptInvitation": of_acceptance,
    "AcceptReceivedInvitation": of_acceptance,
    "DeclineInvitation": of_refusal,
    "DeclineReceivedInvitation": of_refusal,
    "EstablishPartnership": of_partnership,
    "CreateCustomer": of_creation,
    "SetCustomerLabels": of_labels,
    "UpdateCustomer": of_company,
    "CreateOrder": of_order,
    "CancelSubscription": of_subscription,
    "UpdateSubscription": of_subscription,
    "SuspendSubscription": of_subscription,
    "ReactivateSubscription": of_subscription,
    "AcceptTransfer": of_transfer,
    "RemoveRelationship": of_removal,
    "EndRelationship": of_end,
}


def promises(call: Call, body: dict, before: Promises) -> Promises:
    """What an answer OK promises, where `before` was promised. Otherwise: that the resource is there
    as it was answered."""
    if body.get("ttl") == SHORT:
        return {body["name"]: {"state": "EXPIRED", "issueTime": body["issueTime"]}}
    if body.get("delivery", {}).get("state", "NONE") != "NONE":
        # What becomes of the mail is the sender's to say.
        return {body["name"]: {field: value for field, value in body.items()
                               if field not in ("delivery", "etag", "updateTime")}}
    if call.method in PROMISES:
        return PROMISES[call.method](call, body, before)
    return {body["name"]: body}


# Of the answers that are read anew, what stays as it was said first; the rest may have gone on.
KEPT = {
    "AcceptInvitation": ("name", "customer", "acceptTime"),
    "AcceptReceivedInvitation": ("name", "customer", "acceptTime"),
    "CreateCustomer": ("name", "createTime"),
}


def is_same_answer(method: str, first: dict, again: dict) -> bool:
    """Whether a repeated call was told the same."""
    if method in KEPT:
        return all(first[name] == again[name] for name in KEPT[method])
    return first == again
