"""One entry per public RPC: a well-formed call and which of its fields name something.

The bad-input journeys spoil these calls; the matrix makes them as everyone, about everyone's things.
A new RPC needs an entry here, or both fail. What a call changes or deletes is made anew each time.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
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


# Of a partner: they are told whom a link is for, but do not answer it.
NO_ANSWERERS = {role: "ROLE_MISSING" for role in ("admin_agent", "sales_agent", "helpdesk_agent")}


@dataclass(frozen=True)
class Entry:
    """What is known of an RPC."""

    # The fields of a call that succeeds for everyone who may make it.
    fields: Callable[[World, Who], dict]
    # The fields that name something of somebody's, by their paths; a number is a place in a list.
    names: tuple[str, ...] = ()
    # Those of them by which a partner may name what a customer has by another partner.
    shared: tuple[str, ...] = ()
    # The family of accounts that calls where any may: else the first in the proto's access option.
    family: str = ""
    # Roles that the proto's access option lets through and the method itself refuses, with the reason.
    refuses: dict[str, str] = field(default_factory=dict)


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


def send_invitation(world: World, who: Who) -> dict:
    hint = {"email_address": f"ann@{world.unique('mail')}.example"}
    invited = world.invite(who.pair.partner, customer_hint=hint)
    return {"name": invited.name, "request_id": random_id()}


def revoke_invitation(world: World, who: Who) -> dict:
    return draft_to_change(world, who) | {"reason": "Sent to the wrong desk."}


def resend_invitation(world: World, who: Who) -> dict:
    return {"name": world.invite(who.pair.partner).name, "ttl": "604800s",
            "request_id": random_id()}


def extend_invitation(world: World, who: Who) -> dict:
    return {"name": world.invite(who.pair.partner).name, "ttl": "7776000s",
            "request_id": random_id()}


def count_invitations(world: World, who: Who) -> dict:
    world.draft(who.pair.partner)
    return {"parent": who.pair.partner.account, "group_by": "STATE"}


def batch_create_invitations(world: World, who: Who) -> dict:
    """Two rows: one says whose it is, one leaves it to the whole call and can be made again."""
    whole = create_invitation(world, who)
    first = {"parent": whole["parent"], "invitation": whole["invitation"]}
    second = {"invitation": {"note": "We met at the fair."}, "issue": True}
    return {"parent": whole["parent"], "requests": [first, second], "request_id": random_id()}


def list_redemptions(_: World, who: Who) -> dict:
    return {"parent": who.pair.redeemed_twice, "page_size": 1}


def list_declines(_: World, who: Who) -> dict:
    return {"parent": who.pair.declined_twice, "page_size": 1}


def awaiting_provider(world: World, who: Who) -> dict:
    invitation, _, _ = world.awaiting(who.pair.partner)
    return {"name": invitation["name"], "request_id": random_id()}


def refuse_provider_part(world: World, who: Who) -> dict:
    return awaiting_provider(world, who) | {"reason": "They pay late."}


def list_provider_inbox(world: World, who: Who) -> dict:
    world.awaiting(who.pair.partner)
    return {"parent": who.pair.partner.account, "page_size": 1}


def received(world: World, who: Who) -> dict:
    # Of a partner that nothing else is of: of an equal invitation one may be open.
    invitation = world.invite(
        world.reseller(), customer_hint={"account": who.pair.customer.account}).invitation
    received_id = invitation["name"].rpartition("/")[2]
    return {"name": f"{who.pair.customer.account}/receivedInvitations/{received_id}"}


def list_received_invitations(world: World, who: Who) -> dict:
    received(world, who)
    world.invite(world.reseller(), customer_hint={"account": who.pair.customer.account})
    return {"parent": who.pair.customer.account, "page_size": 1}


def accept_received_invitation(world: World, who: Who) -> dict:
    rights = {"decline_grant": True} if who.role == "billing_admin" else {}
    return received(world, who) | {"agreement_version": world.agreement(), "confirm": True,
                                   "company": world.company(), "request_id": random_id()} | rights


def decline_received_invitation(world: World, who: Who) -> dict:
    return received(world, who) | {"reason": "We buy elsewhere.", "request_id": random_id()}


def lookup_invitation(world: World, who: Who) -> dict:
    return {"token": world.invite(who.pair.partner).link, "locale": "en"}


def accept_invitation(world: World, who: Who) -> dict:
    if who.family == "PARTNER":
        return world.acceptance(world.invite(world.reseller(), kind="PARTNERSHIP"),
                                request_id=random_id())
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
    invited = (world.invite(world.reseller(), kind="PARTNERSHIP") if who.family == "PARTNER"
               else world.invite(who.pair.partner))
    return {"token": invited.link, "reason": "We buy elsewhere.",
            "request_id": random_id()}


def enroll_partner(world: World, _: Who) -> dict:
    return world.enrol_fields(world.unique("tailwind")) | {"request_id": random_id()}


def partner(_: World, who: Who) -> dict:
    if who.family == "CUSTOMER":
        assert who.pair.accepted, "a customer sees the partners that it has"
    return {"name": who.pair.partner.account}


def suspend_partner(world: World, _: Who) -> dict:
    return {"name": world.reseller().account, "reason": "Under investigation.",
            "request_id": random_id()}


def resume_partner(world: World, _: Who) -> dict:
    suspended = world.reseller()
    world.suspend_partner(suspended)
    return {"name": suspended.account, "reason": "Cleared.", "request_id": random_id()}


def get_partnership(_: World, who: Who) -> dict:
    return {"name": who.pair.partnerships[0]}


def list_partnerships(_: World, who: Who) -> dict:
    assert who.pair.partnerships
    return {"parent": who.pair.partner.account, "page_size": 1}


def change_partnership(_: World, who: Who) -> dict:
    return {"name": who.pair.new_partnership(), "reason": "They pay late.",
            "request_id": random_id()}


def resume_partnership(world: World, who: Who) -> dict:
    fields = change_partnership(world, who)
    world.operator.must("SuspendPartnership", {"name": fields["name"]})
    return fields


def suspend_relationship(world: World, who: Who) -> dict:
    """Of the partner's reseller, through the partner."""
    through, _ = world.combined(who.pair.partner)
    return {"name": through, "reason": "They pay late.", "request_id": random_id()}


def resume_relationship(world: World, who: Who) -> dict:
    """The partner's own."""
    _, own = world.combined(who.pair.partner)
    world.suspend(own)
    return {"name": own, "reason": "They have paid.", "request_id": random_id()}


def end_relationship(world: World, who: Who) -> dict:
    accepted = world.accept(who.pair.customer, world.reseller())
    return {"name": accepted.relationship, "reason": "We buy elsewhere.", "revoke_grants": True,
            "request_id": random_id()}


def withdraw_end(world: World, who: Who) -> dict:
    partner = world.reseller()
    world.set_policies(partner, end_notice_days=30)
    accepted = world.accept(who.pair.customer, partner)
    who.pair.customer.must("EndRelationship", {"name": accepted.relationship})
    return {"name": accepted.relationship, "reason": "We stay.", "request_id": random_id()}


def relationship(_: World, who: Who) -> dict:
    return {"name": who.pair.accepted.relationship}


def grant(_: World, who: Who) -> dict:
    return {"name": who.pair.accepted.redemption["grant"]}


def create_grant(_: World, who: Who) -> dict:
    """A renewal, so that it names everything that there is to name."""
    accepted = who.pair.accepted
    wanted = {"display_name": "Care", "customer": accepted.customer.account,
              "roles": ["user_admin"], "duration_days": 90, "renews": accepted.redemption["grant"]}
    return {"parent": who.pair.partner.account, "grant": wanted, "request_id": random_id()}


def update_grant(_: World, who: Who) -> dict:
    change = {"display_name": "Care, longer", "roles": ["license_admin"], "duration_days": 365}
    return {"grant": change | {"name": who.pair.new_grant()}, "request_id": random_id()}


def draft_grant(_: World, who: Who) -> dict:
    return {"name": who.pair.new_grant(), "request_id": random_id()}


def pending_grant(who: Who) -> dict:
    return {"name": who.pair.new_grant("RequestGrantApproval"), "request_id": random_id()}


def active_grant(who: Who) -> dict:
    return {"name": who.pair.new_grant("RequestGrantApproval", "ApproveGrant"),
            "request_id": random_id()}


def withdraw_grant(_: World, who: Who) -> dict:
    return pending_grant(who) | {"reason": "A mistake."}


def approve_grant(_: World, who: Who) -> dict:
    return pending_grant(who) | {"roles": ["user_admin"], "duration_days": 30}


def decline_grant(_: World, who: Who) -> dict:
    return pending_grant(who) | {"reason": "Too much."}


def terminate_grant(_: World, who: Who) -> dict:
    return active_grant(who) | {"reason": "We part."}


def drop_grant_roles(_: World, who: Who) -> dict:
    return active_grant(who) | {"roles": ["user_admin"]}


def list_left_behind_grants(_: World, who: Who) -> dict:
    return {"parent": who.pair.has_left_behind(who.party), "page_size": 1}


def customer(_: World, who: Who) -> dict:
    return {"name": who.pair.accepted.customer.account, "view": "FULL"}


def list_of_accepted(_: World, who: Who) -> dict:
    assert who.pair.has_two_customers
    return {"parent": who.party.account, "page_size": 1}


def list_of_changes(world: World, who: Who) -> dict:
    """Of changes until now. Refused calls left out: they repeat what their caller has named, be it
    others' things."""
    fields = list_of_accepted(world, who)
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return fields | {"filter": f'decision = ALLOWED AND create_time < "{now}"'}


def list_of_recorded(world: World, who: Who) -> dict:
    world.record_portal_customer(who.pair.partner)
    world.record_portal_customer(who.pair.partner)
    return {"parent": who.pair.partner.account, "page_size": 1}


def list_customers(world: World, who: Who) -> dict:
    return list_of_accepted(world, who) | {"parent": who.pair.partner.account}


def first_page(*_) -> dict:
    return {"page_size": 1}


def list_of_customer(_: World, who: Who) -> dict:
    assert who.pair.orders
    return {"parent": who.pair.customer.account, "page_size": 1}


def create_customer(world: World, _: Who) -> dict:
    company = world.company()
    customer = company | {
        "domains": [{"name": name} for name in company["domains"]], "channel": "OWN_MARKETING",
        "registration_number": "KRS 12", "labels": {"tier": "gold"}, "correlation_id": "C-17"}
    admin = {"user_principal_name": f"ann@{world.unique('alpine')}.example", "given_name": "Ann",
             "family_name": "Beebe", "display_name": "Ann Beebe"}
    return {"customer": customer, "customer_id": world.unique("alpine"), "initial_admin": admin,
            "request_id": random_id()}


def count_customers(world: World, who: Who) -> dict:
    assert who.pair.accepted
    return {"parent": who.pair.partner.account, "group_by": "COUNTRY"}


def check_customer_exists(_: World, who: Who) -> dict:
    return {"customer": who.pair.accepted.customer.account}


def update_customer(world: World, who: Who) -> dict:
    """As it may be changed by everyone, and is by its own."""
    change = {"display_name": world.unique("Alpine"), "registration_number": "KRS 13",
              "contact": {"display_name": "Ann Beebe"}}
    name = who.pair.accepted.customer.account
    return {"customer": change | {"name": name}, "request_id": random_id()}


def set_customer_labels(_: World, who: Who) -> dict:
    customer_id = who.pair.accepted.customer.account.partition("/")[2]
    return {"name": f"{who.pair.partner.account}/customers/{customer_id}",
            "labels": {"tier": "gold"}, "correlation_id": "C-17", "channel": "VENDOR_REFERRAL",
            "request_id": random_id()}


def get_offer(world: World, _: Who) -> dict:
    return {"name": world.offer()}


def list_offers(world: World, _: Who) -> dict:
    world.offer()
    world.offer()
    return {"page_size": 1}


def create_offer(world: World, _: Who) -> dict:
    return world.offer_fields() | {"request_id": random_id()}


def update_offer(world: World, _: Who) -> dict:
    change = {"display_name": "Office suite, large", "term_months": 24}
    return {"offer": change | {"name": world.offer()}, "request_id": random_id()}


def create_order(world: World, who: Who) -> dict:
    """A new subscription, and seats for one that is there."""
    lines = [{"offer": world.offer(), "quantity": 3},
             {"subscription": who.pair.subscription, "quantity": 2}]
    order = {"relationship": who.pair.accepted.relationship, "line_items": lines}
    return {"parent": who.pair.customer.account, "order": order, "request_id": random_id()}


def get_order(_: World, who: Who) -> dict:
    return {"name": who.pair.orders[0]["name"]}


def get_subscription(_: World, who: Who) -> dict:
    return {"name": who.pair.subscription}


def ordered(world: World, who: Who) -> str:
    """A new subscription of the pair's customer."""
    order = world.order(who.pair.accepted.customer.account, who.pair.partner)
    return order["lineItems"][0]["subscription"]


def cancel_subscription(world: World, who: Who) -> dict:
    return {"name": ordered(world, who), "reason": "They buy elsewhere.", "request_id": random_id()}


def update_subscription(world: World, who: Who) -> dict:
    return {"subscription": {"name": ordered(world, who), "quantity": 7}, "update_mask": "quantity",
            "request_id": random_id()}


def create_user(world: World, who: Who) -> dict:
    return {"parent": who.pair.accepted.customer.account, "user": world.user_fields(),
            "request_id": random_id()}


def get_user(_: World, who: Who) -> dict:
    return {"name": who.pair.users[0]}


def list_users(_: World, who: Who) -> dict:
    assert who.pair.users
    return {"parent": who.pair.customer.account, "page_size": 1}


def update_user(world: World, who: Who) -> dict:
    """The helpdesk resets a block and nothing else."""
    if who.role == "helpdesk_agent":
        return {"user": {"name": who.pair.users[0]}, "update_mask": "blocked",
                "request_id": random_id()}
    return {"user": world.user_fields(name=who.pair.users[0]), "request_id": random_id()}


def user_to_change(_: World, who: Who) -> dict:
    return {"name": who.pair.new_user(), "request_id": random_id()}


def undelete_user(_: World, who: Who) -> dict:
    deleted = who.pair.new_user()
    who.pair.customer.must("DeleteUser", {"name": deleted})
    return {"name": deleted, "request_id": random_id()}


def modify_licenses(world: World, who: Who) -> dict:
    """One of each; what is taken was given before."""
    customer = who.pair.accepted.customer
    given, taken = (world.order(customer.account, who.pair.partner)["lineItems"][0]["subscription"]
                    for _ in range(2))
    user = who.pair.new_user()
    customer.must("ModifyLicenses", {"name": user, "assign": [taken]})
    return {"name": user, "assign": [given], "remove": [taken], "request_id": random_id()}


def suspend_subscription(world: World, who: Who) -> dict:
    return {"name": ordered(world, who), "reason": "The bill is open.", "request_id": random_id()}


def reactivate_subscription(world: World, who: Who) -> dict:
    name = ordered(world, who)
    who.pair.partner.must("SuspendSubscription", {"name": name})
    return {"name": name, "reason": "The bill is paid.", "request_id": random_id()}


def list_subscription_changes(world: World, who: Who) -> dict:
    name = ordered(world, who)
    who.pair.partner.must("SuspendSubscription", {"name": name})
    return {"parent": name, "page_size": 1}


def request_transfer(world: World, who: Who) -> dict:
    """Of what another partner of the customer has."""
    _, subscription = who.pair.neighbour_with_subscription()
    return {"parent": who.pair.partner.account, "request_id": random_id(), "transfer": {
        "subscription": subscription, "relationship": who.pair.accepted.relationship,
        "reason": "They buy from us now."}}


def transfer(_: World, who: Who) -> dict:
    """One that the partner asks for."""
    return {"name": who.pair.new_transfer()}


def list_transfers(_: World, who: Who) -> dict:
    for _ in range(2):
        who.pair.new_transfer()
    return {"parent": who.pair.partner.account, "page_size": 1}


def cancel_transfer(_: World, who: Who) -> dict:
    return {"name": who.pair.new_transfer(), "reason": "A mistake.", "request_id": random_id()}


def answer_transfer(world: World, who: Who) -> dict:
    """One that the partner is asked for."""
    neighbour = world.reseller()
    world.accept(who.pair.accepted.customer, neighbour)
    asked = neighbour.must("RequestTransfer", {
        "parent": neighbour.account, "transfer": {"subscription": ordered(world, who)}})
    return {"name": asked["name"], "reason": "As agreed.", "request_id": random_id()}


def update_partner(_: World, who: Who) -> dict:
    change = {"display_name": "Contoso Sales", "policies": {"end_notice_days": 14}}
    return {"partner": change | {"name": who.pair.partner.account}, "request_id": random_id()}


def get_attestation_text(*_) -> dict:
    return {"locale": "en"}


def remove_relationship(world: World, who: Who) -> dict:
    accepted = world.accept(partner=who.pair.partner)
    return {"name": accepted.relationship, "attestation": world.attestation(who.pair.partner),
            "request_id": random_id()}


def question(who: Who) -> dict:
    return {"permission": "customer.view", "customer": who.pair.accepted.customer.account}


def check_access(_: World, who: Who) -> dict:
    return question(who)


def batch_check_access(_: World, who: Who) -> dict:
    return {"questions": [question(who), {"permission": "invitation.create"}]}


CASES: dict[str, Entry] = {
    "CreateInvitation": Entry(
        create_invitation, ("parent", "invitation.customer_hint.account")),
    "BatchCreateInvitations": Entry(
        batch_create_invitations,
        ("parent", "requests.0.parent", "requests.0.invitation.customer_hint.account")),
    "GetInvitation": Entry(draft, ("name",)),
    "ListInvitations": Entry(list_invitations, ("parent",)),
    "CountInvitations": Entry(count_invitations, ("parent",)),
    "UpdateInvitation": Entry(
        update_invitation, ("invitation.name", "invitation.customer_hint.account")),
    "DeleteInvitation": Entry(draft_to_change, ("name",)),
    "RenderInvitation": Entry(draft, ("name",)),
    "IssueInvitation": Entry(draft_to_change, ("name",)),
    "ResendInvitation": Entry(resend_invitation, ("name",)),
    "ExtendInvitation": Entry(extend_invitation, ("name",)),
    "SendInvitation": Entry(send_invitation, ("name",)),
    "RevokeInvitation": Entry(revoke_invitation, ("name",)),
    "ApproveProviderPart": Entry(awaiting_provider, ("name",)),
    "RefuseProviderPart": Entry(refuse_provider_part, ("name",)),
    "ListProviderInbox": Entry(list_provider_inbox, ("parent",)),
    "ListRedemptions": Entry(list_redemptions, ("parent",)),
    "ListDeclines": Entry(list_declines, ("parent",)),
    "LookupInvitation": Entry(lookup_invitation, ("token",)),
    "AcceptInvitation": Entry(accept_invitation, ("token",), refuses=NO_ANSWERERS),
    "DeclineInvitation": Entry(decline_invitation, ("token",), refuses=NO_ANSWERERS),
    "ListReceivedInvitations": Entry(list_received_invitations, ("parent",)),
    "AcceptReceivedInvitation": Entry(accept_received_invitation, ("name",)),
    "DeclineReceivedInvitation": Entry(decline_received_invitation, ("name",)),
    "EnrollPartner": Entry(enroll_partner),
    "GetPartner": Entry(partner, ("name",)),
    "ListPartners": Entry(first_page, family="OPERATOR"),
    "SuspendPartner": Entry(suspend_partner, ("name",)),
    "ResumePartner": Entry(resume_partner, ("name",)),
    "GetPartnership": Entry(get_partnership, ("name",)),
    "ListPartnerships": Entry(list_partnerships, ("parent",)),
    "SuspendPartnership": Entry(change_partnership, ("name",)),
    "ResumePartnership": Entry(resume_partnership, ("name",)),
    "EndPartnership": Entry(change_partnership, ("name",)),
    "GetRelationship": Entry(relationship, ("name",)),
    "ListRelationships": Entry(list_of_accepted, ("parent",)),
    "GetGrant": Entry(grant, ("name",)),
    "ListGrants": Entry(list_of_accepted, ("parent",)),
    "ListPortalRecords": Entry(list_of_recorded, ("parent",)),
    "ListAuditEntries": Entry(list_of_changes, ("parent",)),
    "CreateGrant": Entry(create_grant, ("parent", "grant.customer", "grant.renews")),
    "UpdateGrant": Entry(update_grant, ("grant.name", "grant.renews")),
    "DeleteGrant": Entry(draft_grant, ("name",)),
    "RequestGrantApproval": Entry(draft_grant, ("name",)),
    "WithdrawGrant": Entry(withdraw_grant, ("name",)),
    "ApproveGrant": Entry(approve_grant, ("name",)),
    "DeclineGrant": Entry(decline_grant, ("name",)),
    "TerminateGrant": Entry(terminate_grant, ("name",)),
    "DropGrantRoles": Entry(drop_grant_roles, ("name",)),
    "ListLeftBehindGrants": Entry(list_left_behind_grants, ("parent",)),
    "GetCustomer": Entry(customer, ("name",)),
    "ListCustomers": Entry(list_customers, ("parent",)),
    "CreateCustomer": Entry(create_customer),
    "CountCustomers": Entry(count_customers, ("parent",)),
    "CheckCustomerExists": Entry(check_customer_exists, ("customer",)),
    "UpdateCustomer": Entry(update_customer, ("customer.name",)),
    "SetCustomerLabels": Entry(set_customer_labels, ("name",), shared=("name",)),
    "GetOffer": Entry(get_offer),
    "ListOffers": Entry(list_offers),
    "CreateOffer": Entry(create_offer),
    "UpdateOffer": Entry(update_offer),
    "CreateOrder": Entry(
        create_order, ("parent", "order.relationship", "order.line_items.1.subscription"),
        shared=("order.line_items.1.subscription",)),
    "GetOrder": Entry(get_order, ("name",)),
    "ListOrders": Entry(list_of_customer, ("parent",)),
    "GetSubscription": Entry(get_subscription, ("name",), shared=("name",)),
    "ListSubscriptions": Entry(list_of_customer, ("parent",), shared=("parent",)),
    "CancelSubscription": Entry(cancel_subscription, ("name",), shared=("name",)),
    "CreateUser": Entry(create_user, ("parent",)),
    "GetUser": Entry(get_user, ("name",), shared=("name",)),
    "ListUsers": Entry(list_users, ("parent",)),
    "UpdateUser": Entry(update_user, ("user.name",), shared=("user.name",)),
    "DeleteUser": Entry(user_to_change, ("name",), shared=("name",)),
    "UndeleteUser": Entry(undelete_user, ("name",), shared=("name",)),
    "ModifyLicenses": Entry(
        modify_licenses, ("name", "assign.0", "remove.0"), shared=("name", "assign.0", "remove.0")),
    "ListLicenseCounts": Entry(list_of_customer, ("parent",), shared=("parent",)),
    "ListManagedServices": Entry(list_of_customer, ("parent",), shared=("parent",)),
    "UpdateSubscription": Entry(
        update_subscription, ("subscription.name",), shared=("subscription.name",)),
    "SuspendSubscription": Entry(suspend_subscription, ("name",), shared=("name",)),
    "ReactivateSubscription": Entry(reactivate_subscription, ("name",), shared=("name",)),
    "ListSubscriptionChanges": Entry(list_subscription_changes, ("parent",), shared=("parent",)),
    "RequestTransfer": Entry(
        request_transfer, ("parent", "transfer.subscription", "transfer.relationship"),
        shared=("transfer.subscription",)),
    "AcceptTransfer": Entry(answer_transfer, ("name",)),
    "RefuseTransfer": Entry(answer_transfer, ("name",)),
    "CancelTransfer": Entry(cancel_transfer, ("name",)),
    "GetTransfer": Entry(transfer, ("name",)),
    "ListTransfers": Entry(list_transfers, ("parent",)),
    "UpdatePartner": Entry(update_partner, ("partner.name",)),
    "GetAttestationText": Entry(get_attestation_text),
    "RemoveRelationship": Entry(remove_relationship, ("name",)),
    "SuspendRelationship": Entry(suspend_relationship, ("name",)),
    "ResumeRelationship": Entry(resume_relationship, ("name",)),
    "EndRelationship": Entry(end_relationship, ("name",)),
    "WithdrawEnd": Entry(withdraw_end, ("name",)),
    "CheckAccess": Entry(check_access, ("customer",)),
    "BatchCheckAccess": Entry(batch_check_access, ("questions.0.customer",)),
}
