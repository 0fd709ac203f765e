"""What the clients do: a list of steps, each of which makes the call of one mutating RPC.

A new RPC is a line in STEPS with the function that makes its call, a line in `promises.PROMISES` if
its answer is not simply the resource that it has changed, and a line in `reading.LISTINGS` for a
new kind of resource.
"""

import collections
from dataclasses import dataclass
from typing import Callable

from calls import Call
from promises import SHORT, partner_of, running_through

# More are no other case.
MOST_PARTNERS = 6
# Partners that are suspended and resumed, and do nothing else, are known by their number.
SUSPECT = "suspect"
PARTNERSHIPS = "partners/*/partnerships/*"
RELATIONSHIPS = "relationships/*"
SUBSCRIPTIONS = "customers/*/subscriptions/*"
USERS = "customers/*/users/*"
TRANSFERS = "partners/*/transfers/*"
GRANTS = "partners/*/grants/*"
GRANT_ROLES = ["user_admin", "license_admin", "service_admin", "subscription_admin"]
MOST_OFFERS = 8
MOST_USERS = 12
MOST_SEATS = 1000
# Of an invitation's life; s.
LONGEST = 90 * 24 * 3600
# The channel of invitations that customers answer, and of those that are bound to an address.
ANSWERED = "OWN_MARKETING"
MAILED = "VENDOR_REFERRAL"
# … and of those that customers find in their inbox, and of a reseller and its provider together.
RECEIVED = "EXISTING_PORTAL"
COMBINED = "INDIRECT_PROVIDER"
# Customers that every client's partners meet, so that their lists change side by side.
SHARED_CUSTOMERS = 12
SHARED = "shared-"
# Customers that have accepted combined invitations are known by their number.
COMBINING = "combining"
# What the names of customers begin with that have accepted, rather than been created by a partner.
ACCEPTING = tuple(f"customers/{word}" for word in (SHARED, "customer-", "received-", COMBINING))


def pick_partner(client) -> dict | None:
    """One that acts."""
    found = [partner for partner in client.named("partners/*") if not is_suspect(partner)]
    return client.random.choice(found) if found else None


def is_suspect(partner: dict) -> bool:
    return partner["partnerNumber"].startswith(SUSPECT)


def enroll_partner(client, word: str = "number") -> Call | None:
    if len(client.named("partners/*")) >= MOST_PARTNERS:
        return None
    number = client.unique(word)
    fields = {"partner": {"display_name": number.title(), "types": ["RESELLER", "PROVIDER"],
                          "country": "PL", "partner_number": number,
                          "policies": of_removals(client)}}
    # Without an id it is the server that names it.
    if client.random.random() < 0.5:
        fields["partner_id"] = client.unique("partner")
    return client.call("operators", "EnrollPartner", fields)


def of_removals(client) -> dict:
    """What a partner wants to follow from its removals."""
    return {"on_removal": client.random.choice(["KEEP_GRANTS", "REVOKE_GRANTS"]),
            "removal_notice": client.random.choice(["NONE", "NOTIFY"])}


def create_invitation(client, issue: bool = False, **values) -> Call | None:
    partner = pick_partner(client)
    if not partner:
        return None
    invitation = {"note": client.unique("note"), "channel": ANSWERED,
                  "customer_hint": {"company_name": "Alpine Ski House"}} | values
    fields = {"parent": partner["name"], "invitation": invitation, "issue": issue}
    return client.call(partner["name"], "CreateInvitation", fields)


def create_issued_invitation(client) -> Call | None:
    return create_invitation(client, issue=True)


def create_invitation_that_expires(client) -> Call | None:
    return create_invitation(client, issue=True, ttl=SHORT)


def create_invitation_to_be_mailed(client) -> Call | None:
    """Bound to an address of its own: nobody accepts it."""
    hint = {"email_address": f"{client.unique('ann')}@alpine.example"}
    return create_invitation(client, issue=True, channel=MAILED, customer_hint=hint)


def send_invitation(client) -> Call | None:
    invitation = client.pick("partners/*/invitations/*", state="PENDING", channel=MAILED)
    # Once it is sent its etag and its delivery go on.
    return invitation and "etag" in invitation and client.call(
        partner_of(invitation), "SendInvitation",
        {"name": invitation["name"], "etag": invitation["etag"]}) or None


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
        {"name": invitation["name"], "reason": client.unique("reason"),
         "etag": invitation.get("etag", "")})


def resend_invitation(client) -> Call | None:
    invitation = client.pick("partners/*/invitations/*", state="PENDING", channel=ANSWERED)
    return invitation and client.call(
        partner_of(invitation), "ResendInvitation",
        {"name": invitation["name"], "etag": invitation["etag"]})


def extend_invitation(client) -> Call | None:
    invitation = client.pick("partners/*/invitations/*", state="PENDING", channel=ANSWERED)
    longer = invitation and int(invitation["ttl"].removesuffix("s")) + 24 * 3600
    if not invitation or longer > LONGEST:
        return None
    return client.call(partner_of(invitation), "ExtendInvitation", {
        "name": invitation["name"], "ttl": f"{longer}s", "etag": invitation["etag"]})


def batch_create_invitations(client) -> Call | None:
    partner = pick_partner(client)
    if not partner:
        return None
    rows = [{"invitation": {"note": client.unique("note"), "channel": "OTHER"},
             "issue": client.random.random() < 0.5} for _ in range(client.random.randint(1, 4))]
    return client.call(partner["name"], "BatchCreateInvitations",
                       {"parent": partner["name"], "requests": rows})


def accept_invitation(client) -> Call | None:
    invitation = client.pick("partners/*/invitations/*", state="PENDING", channel=ANSWERED)
    link = invitation and client.link_of(invitation)
    if not link:
        return None
    return accept(client, invitation, link, stranger_to(client, partner_of(invitation)))


def accept(client, invitation: dict, link: str, customer: str) -> Call:
    return client.call(customer, "AcceptInvitation", {
        "token": link, "agreement_version": invitation["agreementVersion"], "confirm": True,
        "company": company_of(client, customer)})


def company_of(client, customer: str) -> dict:
    word = customer.rpartition("/")[2]
    return {"display_name": word.title(), "country": "PL", "domains": [f"{word}.example"],
            "contact": contact_of(client, word)}


def contact_of(client, word: str) -> dict:
    """Of a company that one client alone knows the mail address may be known, too: others would be
    told of more in a day than an address is sent."""
    contact = {"display_name": "Ann Beebe"}
    if word.startswith(SHARED) or client.random.random() < 0.3:
        return contact
    return contact | {"email_address": f"ann@{word}.example"}


def decline_invitation(client) -> Call | None:
    invitation = client.pick("partners/*/invitations/*", state="PENDING", channel=ANSWERED)
    link = invitation and client.link_of(invitation)
    if not link:
        return None
    return client.call(f"customers/{client.unique('customer')}", "DeclineInvitation",
                       {"token": link, "reason": client.unique("reason")})


def create_received_invitation(client) -> Call | None:
    """One that a customer finds without a link."""
    return create_invitation(client, issue=True, channel=RECEIVED, customer_hint={
        "company_name": "Alpine Ski House", "account": f"customers/{client.unique('received')}"})


def received(client) -> tuple[str, dict, dict] | None:
    """The customer, the fields of a call that name what it has received, and the invitation."""
    invitation = client.pick("partners/*/invitations/*", state="PENDING", channel=RECEIVED)
    if not invitation:
        return None
    customer = invitation["customerHint"]["account"]
    name = f"{customer}/receivedInvitations/{invitation['name'].rpartition('/')[2]}"
    return customer, {"name": name}, invitation


def accept_received_invitation(client) -> Call | None:
    found = received(client)
    if not found:
        return None
    customer, fields, invitation = found
    return client.call(customer, "AcceptReceivedInvitation", fields | {
        "agreement_version": invitation["agreementVersion"], "confirm": True,
        "company": company_of(client, customer)})


def decline_received_invitation(client) -> Call | None:
    found = received(client)
    return found and client.call(found[0], "DeclineReceivedInvitation",
                                 found[1] | {"reason": client.unique("reason")})


def create_combined_invitation(client) -> Call | None:
    """Of a provider that wants to be asked; the first time it is told to want that."""
    partnership = client.pick(PARTNERSHIPS, state="ACTIVE")
    if not partnership:
        return None
    provider = client.promised[partnership["provider"]]
    if provider["policies"]["providerConsent"] != "CONFIRM":
        return client.call(provider["name"], "UpdatePartner", {
            "partner": {"name": provider["name"], "policies": {"provider_consent": "CONFIRM"},
                        "etag": provider["etag"]},
            "update_mask": "policies.providerConsent"})
    return client.call(partnership["reseller"], "CreateInvitation", {
        "parent": partnership["reseller"], "issue": True, "invitation": {
            "kind": "CUSTOMER_WITH_PROVIDER", "provider": provider["name"],
            "channel": COMBINED, "note": client.unique("note")}})


def accept_combined_invitation(client) -> Call | None:
    """As a customer that nobody else knows: each of the two has one relationship with it."""
    invitation = client.pick("partners/*/invitations/*", state="PENDING", channel=COMBINED)
    link = invitation and client.link_of(invitation)
    if not link:
        return None
    return accept(client, invitation, link, f"customers/{client.unique(COMBINING)}")


def is_asked_for(client, partnership: dict) -> bool:
    """Whether a combined invitation of the pair is open: it would go with the partnership. Or was
    accepted, and its relationships are on their way: the provider's would be refused."""
    pair = (partnership["provider"], partnership["reseller"])
    is_open = any((each.get("provider"), partner_of(each)) == pair and
                  each.get("state") in ("AWAITING_PROVIDER", "PENDING")
                  for each in client.named("partners/*/invitations/*") if "name" in each)
    return is_open or not all(client.has_arrived(listed) for listed in combined_of(client, pair[0]))


def combined_of(client, provider: str) -> list[str]:
    """`partners/*/customers/*` of a provider whose relationship no answer has named yet."""
    known = {(each["partner"], each["customer"]) for name, each in client.promised.items()
             if each and name.startswith("relationships/")}
    return [name for name in client.names("partners/*/customers/*")
            if name.startswith(f"{provider}/customers/{COMBINING}-")
            and (provider, name.removeprefix(f"{provider}/")) not in known]


def decide_as_provider(client) -> Call | None:
    invitation = client.pick("partners/*/invitations/*", state="AWAITING_PROVIDER")
    if not invitation:
        return None
    fields = {"name": invitation["name"], "etag": invitation["etag"]}
    if client.random.random() < 0.5:
        return client.call(invitation["provider"], "ApproveProviderPart", fields)
    return client.call(invitation["provider"], "RefuseProviderPart",
                       fields | {"reason": client.unique("reason")})


def stranger_to(client, partner: str) -> str:
    """A customer that has no relationship with the partner, or none any more: a new one, or one
    that others have."""
    if client.random.random() < 0.5:
        number = client.random.randrange(SHARED_CUSTOMERS)
        shared = f"customers/{SHARED}{number}"
        listed = f"{partner}/{shared}"
        if client.promised.get(listed) is None and client.has_lost_grants(listed):
            return shared
    return f"customers/{client.unique('customer')}"


def update_partner(client) -> Call | None:
    partner = pick_partner(client)
    if not partner:
        return None
    policies = {"end_notice_days": client.random.randrange(1, 100)} | of_removals(client)
    return client.call(
        client.random.choice([partner["name"], "operators"]), "UpdatePartner",
        {"partner": {"name": partner["name"], "display_name": client.unique("Partner"),
                     "policies": policies, "etag": partner["etag"]},
         "update_mask": "displayName,policies.endNoticeDays,policies.onRemoval,"
                        "policies.removalNotice"})


def change_standing(client) -> Call | None:
    """Suspends one that may be suspended, or resumes it."""
    suspects = [partner for partner in client.named("partners/*") if is_suspect(partner)]
    if not suspects:
        return enroll_partner(client, SUSPECT)
    partner = client.random.choice(suspects)
    method = "SuspendPartner" if partner["state"] == "ACTIVE" else "ResumePartner"
    return client.call("operators", method, {
        "name": partner["name"], "reason": client.unique("reason"), "etag": partner["etag"]})


def establish_partnership(client) -> Call | None:
    """As Invitation does when a reseller accepts."""
    provider, reseller = pick_partner(client), pick_partner(client)
    live = [{each["provider"], each["reseller"]} for each in client.named(PARTNERSHIPS)]
    if not provider or provider == reseller or {provider["name"], reseller["name"]} in live:
        return None
    return client.peer_call("EstablishPartnership", {
        "source": client.unique("redemption"), "invitation": f"{provider['name']}/invitations/1",
        "provider": provider["name"], "reseller": reseller["name"], "actor": "ann"})


def change_partnership(client) -> Call | None:
    partnership = client.pick(PARTNERSHIPS)
    if not partnership or is_asked_for(client, partnership):
        return None
    methods = {"ACTIVE": "SuspendPartnership", "SUSPENDED": "ResumePartnership"}
    account = client.random.choice([partnership["provider"], "operators"])
    return client.call(account, methods[partnership["state"]], {
        "name": partnership["name"], "reason": client.unique("reason"),
        "etag": partnership["etag"]})


def end_partnership(client) -> Call | None:
    partnership = client.pick(PARTNERSHIPS)
    if not partnership or is_asked_for(client, partnership):
        return None
    account = client.random.choice([partnership["provider"], partnership["reseller"]])
    return client.call(account, "EndPartnership", {
        "name": partnership["name"], "reason": client.unique("reason"),
        "etag": partnership["etag"]})


def create_customer(client) -> Call | None:
    partner = pick_partner(client)
    if not partner:
        return None
    word = client.unique("created")
    fields = {
        "customer": {"display_name": word.title(), "country": "PL", "channel": "OWN_MARKETING",
                     "contact": contact_of(client, word),
                     "domains": [{"name": f"{word}.example"}]} | own_of_customer(client),
        "initial_admin": {"user_principal_name": f"ann@{word}.example", "given_name": "Ann",
                          "family_name": "Beebe"},
        "relationship_only": client.random.random() < 0.3}
    # Without an id it is the server that names it.
    if client.random.random() < 0.5:
        fields["customer_id"] = word
    return client.call(partner["name"], "CreateCustomer", fields)


def update_customer(client) -> Call | None:
    """One that is no other client's: by itself or by operators, whatever became of a partner's rights."""
    found = [name for name in client.names("partners/*/customers/*")
             if "displayName" in client.promised[name] and f"/customers/{SHARED}" not in name]
    if not found:
        return None
    customer = "/".join(client.random.choice(found).split("/")[2:])
    company = {"name": customer, "display_name": client.unique("Renamed"),
               "registration_number": client.unique("KRS")}
    return client.call(client.random.choice([customer, "operators"]), "UpdateCustomer",
                       {"customer": company})


def set_customer_labels(client) -> Call | None:
    listed = client.pick_name("partners/*/customers/*")
    if not listed or not client.relationship_of(listed):
        return None
    fields = {"name": listed, "channel": client.random.choice(["VENDOR_REFERRAL", "OTHER"])}
    etag = client.promised[listed].get("etag")
    return client.call(partner_of(fields), "SetCustomerLabels",
                       fields | own_of_customer(client) | ({"etag": etag} if etag else {}))


def own_of_customer(client) -> dict:
    """What a partner alone keeps of a customer."""
    return {"labels": {"tier": client.unique("tier")}, "correlation_id": client.unique("number")}


def create_offer(client) -> Call | None:
    if len(client.named("offers/*")) >= MOST_OFFERS:
        return None
    fields = {"offer": {
        "display_name": client.unique("Suite"), "term_months": client.random.randint(1, 36),
        "services": [{"service": "Mail", "admin_uri": "https://mail.example/admin"}]}}
    if client.random.random() < 0.5:
        fields["offer_id"] = client.unique("suite")
    return client.call("operators", "CreateOffer", fields)


def update_offer(client) -> Call | None:
    offer = client.pick("offers/*")
    if not offer:
        return None
    # Most can be ordered.
    state = client.random.choice(["ACTIVE", "ACTIVE", "RETIRED"])
    return client.call("operators", "UpdateOffer", {
        "offer": {"name": offer["name"], "display_name": client.unique("Suite"), "state": state,
                  "term_months": client.random.randint(1, 36), "etag": offer["etag"]},
        "update_mask": "displayName,termMonths,state"})


def pick_listed(client) -> str | None:
    """A customer on a partner's list, half of the time one that two of the client's partners serve, where
    there is one: there the one may ask for what the other sells."""
    names = client.names("partners/*/customers/*")
    served = collections.Counter(name.partition("/customers/")[2] for name in names)
    shared = [name for name in names if served[name.partition("/customers/")[2]] > 1]
    found = shared if shared and client.random.random() < 0.5 else names
    return client.random.choice(found) if found else None


def create_order(client) -> Call | None:
    listed = pick_listed(client)
    offer = client.pick("offers/*", state="ACTIVE")
    relationship = listed and offer and client.relationship_of(listed)
    if not relationship:
        return None
    partner = partner_of({"name": listed})
    # Two lines for one offer are two subscriptions.
    lines = [seats(client, offer=offer["name"]) for _ in range(client.random.randint(1, 2))]
    order = {"line_items": lines}
    # It is the only one: the server finds it, too.
    if client.random.random() < 0.5:
        order["relationship"] = relationship
    return client.call(partner, "CreateOrder",
                       {"parent": listed.removeprefix(f"{partner}/"), "order": order})


def pick_subscription(client) -> dict | None:
    """One that can be changed through its relationship."""
    found = [each for each in client.named(SUBSCRIPTIONS)
             if each["state"] == "ACTIVE" and client.is_active(each["relationship"])]
    return client.random.choice(found) if found else None


def order_more_seats(client) -> Call | None:
    subscription = pick_subscription(client)
    if not subscription:
        return None
    lines = [seats(client, subscription=subscription["name"])]
    offer = client.pick("offers/*", state="ACTIVE")
    if offer and client.random.random() < 0.3:
        lines.append(seats(client, offer=offer["name"]))
    return client.call(subscription["partner"], "CreateOrder", {
        "parent": subscription["name"].partition("/subscriptions/")[0],
        "order": {"relationship": subscription["relationship"], "line_items": lines}})


def seats(client, **what) -> dict:
    return what | {"quantity": client.random.randint(1, MOST_SEATS)}


def cancel_subscription(client) -> Call | None:
    subscription = pick_subscription(client)
    return subscription and client.call(
        subscription["partner"], "CancelSubscription",
        {"name": subscription["name"], "reason": client.unique("reason"),
         "etag": subscription["etag"]})


def create_user(client) -> Call | None:
    """Of a customer that has accepted, and that has a subscription: it began without users, while one
    that a partner creates has its administrator, who is no client's."""
    served = [each["name"].partition("/subscriptions/")[0] for each in client.named(SUBSCRIPTIONS)
              if each["state"] == "ACTIVE" and each["name"].startswith(ACCEPTING)]
    if not served or len(client.named(USERS)) >= MOST_USERS:
        return None
    customer = client.random.choice(served)
    return client.call(customer, "CreateUser", {"parent": customer, "user": {
        "user_principal_name": f"{client.unique('ann')}@alpine.example", "given_name": "Ann",
        "roles": client.random.choice([[], ["billing_admin"]])}})


def update_user(client) -> Call | None:
    user = client.pick(USERS, state="ACTIVE")
    return user and client.call(customer_of(user), "UpdateUser", {
        "user": {"name": user["name"], "family_name": client.unique("name"),
                 "blocked": not user["blocked"], "etag": user["etag"]},
        "update_mask": "familyName,blocked"})


def delete_or_restore_user(client) -> Call | None:
    """Those that are deleted are sooner restored than chosen."""
    user, method = client.pick(USERS, state="DELETED"), "UndeleteUser"
    if not user:
        user, method = client.pick(USERS, state="ACTIVE"), "DeleteUser"
    return user and client.call(customer_of(user), method,
                                {"name": user["name"], "etag": user["etag"]})


def modify_licenses(client) -> Call | None:
    """Gives a user a seat of a subscription, or takes it away."""
    pairs = [(user, each) for user in client.named(USERS) for each in client.named(SUBSCRIPTIONS)
             if user["state"] == each["state"] == "ACTIVE"
             and customer_of(user) == customer_of(each)]
    if not pairs:
        return None
    user, subscription = client.random.choice(pairs)
    name = subscription["name"]
    holders = sum(name in each["licenses"] for each in client.named(USERS))
    if name in user["licenses"]:
        what = "remove"
    elif holders < subscription["quantity"]:
        what = "assign"
    else:
        return None
    return client.call(customer_of(user), "ModifyLicenses",
                       {"name": user["name"], what: [name], "etag": user["etag"]})


def customer_of(resource: dict) -> str:
    """The account in the name of what belongs to a customer."""
    return "/".join(resource["name"].split("/")[:2])


def update_subscription(client) -> Call | None:
    """Other seats, and whether another term follows: none of its terms ends within the run."""
    subscription = pick_subscription(client)
    if not subscription:
        return None
    # Always other seats: what is so already leaves no trace.
    quantity = client.random.choice(
        [seats for seats in range(1, MOST_SEATS + 1) if seats != subscription["quantity"]])
    return client.call(subscription["partner"], "UpdateSubscription", {
        "subscription": {
            "name": subscription["name"], "quantity": quantity,
            "auto_renew": client.random.random() < 0.7, "etag": subscription["etag"]},
        "update_mask": "quantity,autoRenew"})


def pause_subscription(client) -> Call | None:
    """Pauses one, or lets one run again that is paused."""
    paused = [each for each in client.named(SUBSCRIPTIONS)
              if each["state"] == "SUSPENDED" and client.is_active(each["relationship"])]
    subscription = client.random.choice(paused) if paused else pick_subscription(client)
    method = "ReactivateSubscription" if paused else "SuspendSubscription"
    return subscription and client.call(
        subscription["partner"], method,
        {"name": subscription["name"], "reason": client.unique("reason"),
         "etag": subscription["etag"]})


def ask_for_subscription(client) -> Call | None:
    """A reseller asks for what another partner of its customer has: a provider, in combination."""
    waiting = {each["subscription"] for each in client.named(TRANSFERS)}
    pairs = [(subscription, asking) for subscription in client.named(SUBSCRIPTIONS)
             if client.is_active(subscription["relationship"]) and subscription["name"] not in waiting
             for asking in client.named(RELATIONSHIPS)
             if (asking["state"], asking["type"]) == ("ACTIVE", "RESELLER")
             and asking["partner"] != subscription["partner"]
             and asking["customer"] == subscription["name"].partition("/subscriptions/")[0]]
    if not pairs:
        return None
    subscription, asking = client.random.choice(pairs)
    return client.call(asking["partner"], "RequestTransfer", {
        "parent": asking["partner"], "transfer": {
            "subscription": subscription["name"], "relationship": asking["name"],
            "reason": client.unique("reason")}})


def answer_transfer(client) -> Call | None:
    """Agrees where both partners still serve the customer, refuses, or takes it back."""
    transfer = client.pick(TRANSFERS, state="REQUESTED")
    if not transfer:
        return None
    wanted = client.promised[transfer["subscription"]]
    can_go = (client.is_active(transfer["relationship"]) and wanted["state"] in ("ACTIVE", "SUSPENDED")
              and client.is_active(transfer["releasingRelationship"])
              and wanted["relationship"] == transfer["releasingRelationship"])
    method = client.random.choice(["RefuseTransfer", "CancelTransfer"] + 4 * ["AcceptTransfer"] * can_go)
    account = transfer["partner" if method == "CancelTransfer" else "releasingPartner"]
    return client.call(account, method, {
        "name": transfer["name"], "reason": client.unique("reason"), "etag": transfer["etag"]})


def remove_relationship(client) -> Call | None:
    listed = client.pick_name("partners/*/customers/*")
    relationship = listed and client.relationship_of(listed)
    version = relationship and client.attestation_version(partner_of({"name": listed}))
    if not version:
        return None
    # Where nothing runs, it is all the same.
    cancel = client.random.random() < 0.5 or bool(running_through(relationship, client.promised))
    return client.call(partner_of({"name": listed}), "RemoveRelationship", {
        "name": relationship, "cancel_subscriptions": cancel, "attestation": {
            "text_version": version, "good_faith": True, "business_purpose": True,
            "per_agreement": True, "accepts_responsibility": True,
            "legal_notice": "NOT_REQUIRED"}})


def pause_relationship(client) -> Call | None:
    """Pauses one that is on, or resumes one that is paused; those are sooner resumed than chosen."""
    relationship = client.pick(RELATIONSHIPS, state="SUSPENDED")
    method = "ResumeRelationship"
    if not relationship:
        relationship, method = client.pick(RELATIONSHIPS, state="ACTIVE"), "SuspendRelationship"
    return relationship and client.call("operators", method, {
        "name": relationship["name"], "reason": client.unique("reason"),
        "etag": relationship.get("etag", "")})


def end_relationship(client) -> Call | None:
    relationship = client.pick(RELATIONSHIPS, state=client.random.choice(["ACTIVE", "SUSPENDED"]))
    return relationship and client.call(relationship["customer"], "EndRelationship", {
        "name": relationship["name"], "reason": client.unique("reason"),
        "etag": relationship.get("etag", ""), "revoke_grants": client.random.random() < 0.5})


def withdraw_end(client) -> Call | None:
    relationship = client.pick(RELATIONSHIPS, state="ENDING")
    return relationship and client.call(relationship["customer"], "WithdrawEnd", {
        "name": relationship["name"], "reason": client.unique("reason"),
        "etag": relationship["etag"]})


def pick_grant(client, state: str) -> dict | None:
    """One that was drafted: of those that came with a customer the names alone are known."""
    found = [grant for grant in client.named(GRANTS)
             if grant.get("state") == state and "etag" in grant]
    return client.random.choice(found) if found else None


def is_renewed(client, name: str) -> bool:
    """Whether a renewal of the grant is under way."""
    return any(grant.get("renews") == name and grant["state"] in ("APPROVAL_PENDING", "ACTIVE")
               for grant in client.named(GRANTS))


def is_served(client, grant: dict) -> bool:
    """Whether its partner has a relationship with its customer that is on."""
    return any(each["state"] == "ACTIVE" for each in client.named(RELATIONSHIPS)
               if (each["partner"], each["customer"]) == (grant["partner"], grant["customer"]))


def create_grant(client) -> Call | None:
    renewed = pick_grant(client, "ACTIVE") if client.random.random() < 0.5 else None
    if renewed:
        if is_renewed(client, renewed["name"]) or not is_served(client, renewed):
            return None
        partner, customer, renews = renewed["partner"], renewed["customer"], renewed["name"]
    else:
        listed = client.pick_name("partners/*/customers/*")
        if not listed or not client.relationship_of(listed):
            return None
        partner, renews = partner_of({"name": listed}), ""
        customer = listed.removeprefix(f"{partner}/")
    return client.call(partner, "CreateGrant", {"parent": partner, "grant": {
        "customer": customer, "display_name": client.unique("Care"), "renews": renews,
        "roles": client.random.sample(GRANT_ROLES, client.random.randint(1, 4)),
        "duration_days": client.random.randint(60, 730)}})


def change_draft_grant(client) -> Call | None:
    draft = pick_grant(client, "CREATED")
    if not draft:
        return None
    if client.random.random() < 0.3:
        return client.call(draft["partner"], "DeleteGrant",
                           {"name": draft["name"], "etag": draft["etag"]})
    return client.call(draft["partner"], "UpdateGrant", {
        "grant": {"name": draft["name"], "display_name": client.unique("Care"),
                  "etag": draft["etag"]},
        "update_mask": "displayName"})


def request_grant_approval(client) -> Call | None:
    draft = pick_grant(client, "CREATED")
    if not draft or not is_served(client, draft):
        return None
    renews = draft["renews"]
    if renews and (client.promised[renews]["state"] != "ACTIVE" or is_renewed(client, renews)):
        return None
    return client.call(draft["partner"], "RequestGrantApproval", {
        "name": draft["name"], "etag": draft["etag"],
        "notify_customer": not was_asked(client, draft["customer"])})


def was_asked(client, customer: str) -> bool:
    """Whether the customer was asked for rights before: its address gets few mails a day."""
    return any(grant.get("requestTime") for name, grant in client.promised.items()
               if grant and "/grants/" in name and grant["customer"] == customer)


def answer_grant_request(client) -> Call | None:
    asked = pick_grant(client, "APPROVAL_PENDING")
    if not asked:
        return None
    fields = {"name": asked["name"], "etag": asked["etag"]}
    method = client.random.choice(["ApproveGrant", "ApproveGrant", "ApproveGrant", "DeclineGrant",
                                   "WithdrawGrant"])
    if method == "ApproveGrant":
        if not is_served(client, asked):
            return None
        return client.call(asked["customer"], method, fields | {
            "duration_days": client.random.choice([0, asked["durationDays"] - 1])})
    account = asked["customer"] if method == "DeclineGrant" else asked["partner"]
    return client.call(account, method, fields | {"reason": client.unique("reason")})


def drop_grant_roles(client) -> Call | None:
    grant = pick_grant(client, "ACTIVE")
    if not grant or len(grant["roles"]) < 2:
        return None
    return client.call(grant["customer"], "DropGrantRoles", {
        "name": grant["name"], "roles": [client.random.choice(grant["roles"])],
        "etag": grant["etag"]})


def terminate_grant(client) -> Call | None:
    grant = pick_grant(client, "ACTIVE")
    return grant and client.call(
        client.random.choice([grant["partner"], grant["customer"]]), "TerminateGrant",
        {"name": grant["name"], "reason": client.unique("reason"), "etag": grant["etag"]})


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
    Step(create_invitation_to_be_mailed, 3),
    Step(send_invitation, 3),
    Step(update_invitation, 4),
    Step(issue_invitation, 4),
    Step(delete_invitation, 1),
    Step(revoke_invitation, 2),
    Step(resend_invitation, 3),
    Step(extend_invitation, 2),
    Step(batch_create_invitations, 2),
    Step(accept_invitation, 6),
    Step(decline_invitation, 2),
    Step(create_received_invitation, 3),
    Step(accept_received_invitation, 2),
    Step(decline_received_invitation, 1),
    Step(create_combined_invitation, 4),
    Step(decide_as_provider, 3),
    Step(accept_combined_invitation, 4),
    Step(update_partner, 2),
    Step(change_standing, 2),
    Step(establish_partnership, 4),
    Step(change_partnership, 2),
    Step(end_partnership, 2),
    Step(create_customer, 5),
    Step(update_customer, 3),
    Step(set_customer_labels, 4),
    Step(create_offer, 2),
    Step(update_offer, 2),
    Step(create_order, 5),
    Step(order_more_seats, 4),
    Step(cancel_subscription, 2),
    Step(create_user, 8),
    Step(update_user, 2),
    Step(delete_or_restore_user, 2),
    Step(modify_licenses, 10),
    Step(update_subscription, 4),
    Step(pause_subscription, 3),
    Step(ask_for_subscription, 14),
    Step(answer_transfer, 6),
    Step(remove_relationship, 3),
    Step(pause_relationship, 3),
    Step(end_relationship, 2),
    Step(withdraw_end, 1),
    Step(create_grant, 6),
    Step(change_draft_grant, 2),
    Step(request_grant_approval, 6),
    Step(answer_grant_request, 6),
    Step(drop_grant_roles, 2),
    Step(terminate_grant, 1),
]
