"""The people and companies of the journeys, and the steps that they all take."""

import itertools
import uuid
from dataclasses import dataclass

import tokens
from api import METHODS, Answer, Caller, build
from data_port import raw_call
from suite import Suite

REASON = {"partnerlink-reason": "ticket 4711"}
PARTNER_ROLES = ("global_admin", "admin_agent", "sales_agent", "helpdesk_agent")


@dataclass
class Invited:
    """An issued invitation and what its customer needs to answer it."""

    invitation: dict
    link: str
    agreement: str

    @property
    def name(self) -> str:
        return self.invitation["name"]


@dataclass
class Accepted:
    """A customer that has accepted."""

    invited: Invited
    customer: Caller
    redemption: dict
    consistency_token: str

    @property
    def relationship(self) -> str:
        return self.redemption["relationships"][0]["relationship"]


@dataclass
class Created:
    """A customer that a partner has added, and what its relationship made."""

    customer: Caller
    relationship: str
    # Empty if there is none.
    grant: str

    @property
    def name(self) -> str:
        return self.customer.account


class World:
    """Two resellers, the operator, and as many customers as are asked for."""

    def __init__(self, suite: Suite):
        self.suite = suite
        self.anyone = Caller(suite.gateway)
        self.operator = self.caller("operators", ["operator"], REASON)
        self._numbers = itertools.count(1)
        self.run = uuid.uuid4().hex[:8]
        self.contoso = self.caller(self.enrol("contoso"), ["admin_agent"])
        self.fabrikam = self.caller(self.enrol("fabrikam"), ["admin_agent"])

    def caller(self, account: str, roles: list[str], headers: dict | None = None,
               **claims) -> Caller:
        return Caller(self.suite.gateway, headers=headers, account=account,
                      sign=lambda: tokens.sign(self.suite.folder, account, roles, **claims))

    def unique(self, word: str) -> str:
        return f"{word}-{self.run}-{next(self._numbers)}"

    def enrol_fields(self, name: str, **fields) -> dict:
        partner = {"display_name": name.title(), "types": ["RESELLER", "PROVIDER"], "country": "PL",
                   "partner_number": f"{name}-{self.run}"} | fields
        return {"partner_id": f"{name}-{self.run}", "partner": partner}

    def enrol(self, name: str) -> str:
        """The new partner's account."""
        return self.operator.must("EnrollPartner", self.enrol_fields(name))["name"]

    def reseller(self) -> Caller:
        """A partner that only one test knows."""
        return self.caller(self.enrol(self.unique("woodgrove")), ["admin_agent"])

    def suspend(self, relationship: str) -> None:
        self.operator.must("SuspendRelationship", {"name": relationship, "reason": "fraud"})

    def set_policies(self, partner: Caller, **policies) -> None:
        """As the partner says; the others stay."""
        partner.must("UpdatePartner", {
            "partner": {"name": partner.account, "policies": policies}})

    def combined(self, provider: Caller | None = None,
                 customer: Caller | None = None) -> tuple[str, str]:
        """The relationships of a reseller that only one test knows and of its provider, from one
        invitation of both."""
        reseller, provider = self.partnered(provider)
        invitation = reseller.must("CreateInvitation", {
            "parent": reseller.account, "issue": True,
            "invitation": self.combined_fields(provider)})
        if invitation["state"] == "AWAITING_PROVIDER":
            provider.must("ApproveProviderPart", {"name": invitation["name"]})
        link = self.link_of(invitation["name"], reseller)
        invited = Invited(invitation, link, self.agreement())
        answer = self.try_accept(invited, customer or self.customer())
        assert answer.ok, str(answer)
        names = {edge["type"]: edge["relationship"] for edge in answer.body["relationships"]}
        return names["RESELLER"], names["PROVIDER"]

    def portal_record(self, partner_number: str, customer: str = "", **fields) -> dict:
        """What an internal system says of a customer that only one test knows."""
        return {"portal": "office-admin", "partner_number": partner_number,
                "customer": customer or f"customers/{self.unique('portal')}",
                "company": self.company()} | fields

    def import_portal_customers(self, *records: dict, position: int = 0) -> dict:
        """One chunk; its answer."""
        [answer] = self.operator.exchange("ImportPortalCustomers", [
            {"position": position, "records": list(records)}])
        assert answer.ok, str(answer)
        return answer.body

    def record_portal_customer(self, partner: Caller) -> str:
        """The customer that another portal knows of the partner's now."""
        number = partner.must("GetPartner", {"name": partner.account})["partnerNumber"]
        record = self.portal_record(number)
        assert self.import_portal_customers(record)["accepted"] == 1
        return record["customer"]

    def suspend_partner(self, partner: Caller) -> None:
        self.operator.must("SuspendPartner", {"name": partner.account, "reason": "fraud"})

    def partnership(self, provider: str, reseller: str) -> str:
        """Made as Invitation does when a reseller accepts; its name."""
        method = METHODS["EstablishPartnership"]
        request = build(method, {
            "source": self.unique("redemption"), "invitation": f"{provider}/invitations/1",
            "provider": provider, "reseller": reseller, "actor": "anna",
            "root_event": str(uuid.uuid4())})
        answer = raw_call(self.suite, method, "invitation", request.SerializeToString())
        assert answer.body["state"] == "ACTIVE", str(answer)
        return answer.body["partnership"]

    def partnered(self, provider: Caller | None = None) -> tuple[Caller, Caller]:
        """A reseller that only one test knows, and its provider."""
        provider, reseller = provider or self.reseller(), self.reseller()
        self.partnership(provider.account, reseller.account)
        return reseller, provider

    def ask_before(self, provider: Caller) -> None:
        """The provider wants to agree before customers are asked."""
        provider.must("UpdatePartner", {
            "partner": {"name": provider.account, "policies": {"provider_consent": "CONFIRM"}},
            "update_mask": "policies.providerConsent"})

    def awaiting(self, provider: Caller | None = None) -> tuple[dict, Caller, Caller]:
        """An invitation that waits for its provider, its reseller and the provider."""
        reseller, provider = self.partnered(provider)
        self.ask_before(provider)
        invitation = reseller.must("CreateInvitation", {
            "parent": reseller.account, "issue": True,
            "invitation": self.combined_fields(provider)})
        assert invitation["state"] == "AWAITING_PROVIDER", str(invitation)
        return invitation, reseller, provider

    @staticmethod
    def combined_fields(provider: Caller, **fields) -> dict:
        return {"kind": "CUSTOMER_WITH_PROVIDER", "provider": provider.account} | fields

    def customer(self, word: str = "alpine", roles=("global_admin",), **claims) -> Caller:
        """The administrator of a company that nobody has heard of yet."""
        return self.caller(f"customers/{self.unique(word)}", list(roles), **claims)

    def draft(self, partner: Caller | None = None, **fields) -> dict:
        partner = partner or self.contoso
        return partner.must("CreateInvitation", {"parent": partner.account, "invitation": fields})

    def link_of(self, name: str, partner: Caller | None = None) -> str:
        return (partner or self.contoso).must("RenderInvitation", {"name": name})["link"]

    def invite(self, partner: Caller | None = None, **fields) -> Invited:
        partner = partner or self.contoso
        invitation = partner.must("CreateInvitation", {
            "parent": partner.account, "invitation": fields, "issue": True})
        link = self.link_of(invitation["name"], partner)
        looked = self.anyone.must("LookupInvitation", {"token": link})
        return Invited(invitation, link, looked["agreement"]["version"])

    def agreement(self) -> str:
        """The version of the agreement in force."""
        return self.invite().agreement

    def company(self, **fields) -> dict:
        return {"display_name": "Alpine Ski House", "country": "PL",
                "domains": [f"{self.unique('alpine')}.example"],
                "contact": {"display_name": "Ann Beebe"}} | fields

    def acceptance(self, invited: Invited, **fields) -> dict:
        """The fields of AcceptInvitation."""
        return {"token": invited.link, "agreement_version": invited.agreement, "confirm": True,
                "company": self.company()} | fields

    def try_accept(self, invited: Invited, customer: Caller, transport: str = "grpc",
                   **fields) -> Answer:
        return customer.call("AcceptInvitation", self.acceptance(invited, **fields), transport)

    def accept(self, customer: Caller | None = None, partner: Caller | None = None,
               **fields) -> Accepted:
        """A whole acceptance, from a new invitation on."""
        invited = self.invite(partner)
        customer = customer or self.customer()
        answer = self.try_accept(invited, customer, **fields)
        assert answer.ok, str(answer)
        return Accepted(invited, customer, answer.body, answer.consistency_token)

    def creation(self, **fields) -> dict:
        """The fields of CreateCustomer."""
        company = self.company()
        customer = company | {"domains": [{"name": name} for name in company["domains"]]}
        admin = {"user_principal_name": "ann@alpine.example", "given_name": "Ann",
                 "family_name": "Beebe"}
        return {"customer_id": self.unique("alpine"), "customer": customer,
                "initial_admin": admin} | fields

    def create(self, partner: Caller | None = None, **fields) -> Created:
        """A whole creation; its relationship is there."""
        partner = partner or self.contoso
        answer = partner.call("CreateCustomer", self.creation(**fields))
        assert answer.ok, str(answer)
        shown = partner.must("GetCustomer", {
            "name": answer.body["name"], "view": "FULL",
            "consistency_token": answer.consistency_token})
        return Created(self.caller(shown["name"], ["global_admin"]),
                       shown["edges"][0]["relationship"], (shown["grants"] or [""])[0])

    def remove(self, relationship: str, partner: Caller | None = None,
               transport: str = "grpc", **fields) -> Answer:
        """RemoveRelationship with everything attested."""
        partner = partner or self.contoso
        if "attestation" not in fields:
            fields["attestation"] = self.attestation(partner)
        return partner.call("RemoveRelationship", {"name": relationship} | fields, transport)

    def draft_grant(self, customer: str, partner: Caller | None = None, **fields) -> dict:
        partner = partner or self.contoso
        grant = {"customer": customer, "roles": ["user_admin", "license_admin"],
                 "duration_days": 90} | fields
        return partner.must("CreateGrant", {"parent": partner.account, "grant": grant})

    def ask_for_grant(self, customer: str, partner: Caller | None = None, **fields) -> dict:
        """A grant that waits for its customer."""
        draft = self.draft_grant(customer, partner, **fields)
        return (partner or self.contoso).must("RequestGrantApproval", {"name": draft["name"]})

    def offer_fields(self, **fields) -> dict:
        """The fields of CreateOffer."""
        offer = {"display_name": "Office suite", "term_months": 12, "services": [
            {"service": "Mail", "admin_uri": "https://mail.example/admin"}]} | fields
        return {"offer_id": self.unique("suite"), "offer": offer}

    def offer(self) -> str:
        """A new offer's name."""
        return self.operator.must("CreateOffer", self.offer_fields())["name"]

    def order(self, customer: str, partner: Caller | None = None, **line) -> dict:
        """A placed order of one line, for a new offer if none is said."""
        line = line or {"offer": self.offer(), "quantity": 5}
        return (partner or self.contoso).must(
            "CreateOrder", {"parent": customer, "order": {"line_items": [line]}})

    def user_fields(self, **fields) -> dict:
        """What a caller writes of a user."""
        return {"user_principal_name": f"{self.unique('ann')}@alpine.example", "given_name": "Ann",
                "family_name": "Beebe", "display_name": "Ann Beebe",
                "roles": ["billing_admin"]} | fields

    def user(self, creator: Caller, customer: str = "", **fields) -> dict:
        """A new user of a customer, of the creator itself if none is said."""
        return creator.must("CreateUser", {"parent": customer or creator.account,
                                           "user": self.user_fields(**fields)})

    def attestation(self, partner: Caller | None = None) -> dict:
        """What a remover attests, in full."""
        text = (partner or self.contoso).must("GetAttestationText", {})
        statements = ("good_faith", "business_purpose", "per_agreement", "accepts_responsibility")
        return {"text_version": text["version"], "legal_notice": "NOT_REQUIRED"} | dict.fromkeys(
            statements, True)

    def lists(self, partner: Caller, customer: str, **fields) -> bool:
        """Whether the partner's list shows the customer."""
        request = {"parent": partner.account, "page_size": 500} | fields
        while True:
            page = partner.must("ListCustomers", request)
            if any(row["name"] == customer for row in page["customers"]):
                return True
            if not page["nextPageToken"]:
                return False
            request |= {"page_token": page["nextPageToken"]}
