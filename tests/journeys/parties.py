"""A partner and its customer, and everyone who may call about what they have."""

import functools
from dataclasses import dataclass

from api import Caller
from world import PARTNER_ROLES, REASON, Accepted, World

ROLES = {"PARTNER": PARTNER_ROLES, "CUSTOMER": ("global_admin", "billing_admin"),
         "OPERATOR": ("operator",)}


class Pair:
    """A partner and a customer that has accepted its invitation: whose things a call is about."""

    def __init__(self, world: World, partner: Caller | None = None,
                 customer: Caller | None = None):
        self.world = world
        self.partner = partner or world.contoso
        self.customer = customer or world.customer()
        self._left_behind: set[str] = set()

    @functools.cached_property
    def accepted(self) -> Accepted:
        accepted = self.world.accept(self.customer, self.partner)
        assert self.world.lists(self.partner, self.customer.account,
                                consistency_token=accepted.consistency_token)
        return accepted

    @functools.cached_property
    def has_two_customers(self) -> bool:
        """So that a list has a second page."""
        return bool(self.accepted) and bool(self.world.accept(partner=self.partner))

    @functools.cached_property
    def redeemed_twice(self) -> str:
        """An invitation for several, so that its list of redemptions has a second page."""
        invited = self.world.invite(self.partner, mode="OPEN", max_uses=2)
        for _ in range(2):
            answer = self.world.try_accept(invited, self.world.customer())
            assert answer.ok, str(answer)
        return invited.name

    @functools.cached_property
    def declined_twice(self) -> str:
        """An invitation for several, so that its list of refusals has a second page."""
        invited = self.world.invite(self.partner, mode="OPEN", max_uses=2)
        for _ in range(2):
            self.world.customer().must("DeclineInvitation", {
                "token": invited.link, "reason": "We buy elsewhere."})
        return invited.name

    @functools.cached_property
    def partnerships(self) -> list[str]:
        """Two with resellers of its own, so that a list has a second page."""
        return [self.new_partnership() for _ in range(2)]

    def new_partnership(self) -> str:
        """One that may be changed; the partner is the provider."""
        reseller = self.world.enrol(self.world.unique("adatum"))
        return self.world.partnership(self.partner.account, reseller)

    def new_grant(self, *steps: str) -> str:
        """A new grant of the partner's over the customer, after these steps of its life."""
        sides = {"RequestGrantApproval": self.partner, "ApproveGrant": self.customer}
        grant = self.world.draft_grant(self.accepted.customer.account, self.partner)
        for step in steps:
            sides[step].must(step, {"name": grant["name"]})
        return grant["name"]

    def has_left_behind(self, side: Caller) -> str:
        """Two grants without a relationship on that side, so that its list has a second page; the
        pair's own relationship stays. The side's account."""
        if side.account not in self._left_behind:
            self._left_behind.add(side.account)
            for _ in range(2):
                customer, partner = ((None, self.partner) if side is self.partner else
                                     (self.customer, self.world.reseller()))
                accepted = self.world.accept(customer, partner)
                assert self.world.remove(accepted.relationship, partner).ok
        return side.account

    @functools.cached_property
    def orders(self) -> list[dict]:
        """Two, so that a list has a second page; what they made stays."""
        account = self.accepted.customer.account
        return [self.world.order(account, self.partner) for _ in range(2)]

    @functools.cached_property
    def users(self) -> list[str]:
        """Two of the customer's, so that a list has a second page; they stay."""
        return [self.new_user() for _ in range(2)]

    def new_user(self) -> str:
        """One that may be changed."""
        return self.world.user(self.accepted.customer)["name"]

    @property
    def subscription(self) -> str:
        return self.orders[0]["lineItems"][0]["subscription"]

    def neighbour_with_subscription(self) -> tuple[Caller, str]:
        """Another partner of the customer, and a new subscription that it has sold to it."""
        neighbour = self.world.reseller()
        self.world.accept(self.accepted.customer, neighbour)
        order = self.world.order(self.accepted.customer.account, neighbour)
        return neighbour, order["lineItems"][0]["subscription"]

    def new_transfer(self) -> str:
        """A new one that the partner asks for."""
        _, subscription = self.neighbour_with_subscription()
        return self.partner.must("RequestTransfer", {
            "parent": self.partner.account, "transfer": {
                "subscription": subscription, "relationship": self.accepted.relationship}})["name"]


@dataclass(frozen=True)
class Who:
    """The caller of a call, as one of a pair, or as an operator or nobody beside it."""

    pair: Pair
    family: str = ""
    role: str = ""

    @property
    def account(self) -> str:
        sides = {"PARTNER": self.pair.partner, "CUSTOMER": self.pair.customer}
        return sides[self.family].account if self.family in sides else {
            "OPERATOR": "operators"}.get(self.family, "")

    @property
    def party(self) -> Caller:
        """The side whose lists the call asks for: a customer's own, otherwise the partner's."""
        return self.pair.customer if self.family == "CUSTOMER" else self.pair.partner

    @property
    def caller(self) -> Caller:
        world = self.pair.world
        if not self.family:
            return world.anyone
        headers = REASON if self.family == "OPERATOR" else None
        return world.caller(self.account, [self.role] if self.role else [], headers)
