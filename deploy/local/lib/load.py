"""Loads the data set through the gateway, as its users would; see the command `load`."""

import sys
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

import data_set
from data_set import Customer
from people import Gateway, Person, Refused, request_id
from sign import Signer

AT_ONCE = 8
# Seconds between two words about how far it is.
PACE = 2


class Loader:
    """One copy's operator, its two resellers and their customers at work."""

    def __init__(self, secrets: Path, issuer: str, gateway: Gateway):
        self._signer = Signer(secrets)
        self._issuer = issuer
        self._gateway = gateway
        self._operator = self._person("operators", "operator", {"partnerlink-reason": "data set"})
        self._data = data_set.make()

    def _person(self, account: str, role: str, headers: dict | None = None) -> Person:
        token = self._signer.sign(self._issuer, account, [role])
        return Person(self._gateway, token, headers)

    def is_loaded(self) -> bool:
        """What is last done to load it is to take an offer out of sale."""
        name = f"offers/{self._data.retired[-1]['id']}"
        offer = unless("RESOURCE_NOT_FOUND", self._operator.get, name)
        return offer is not None and offer["state"] == "RETIRED"

    def load(self) -> str:
        """In words, what there is now."""
        data = self._data
        for partner in (data_set.NORTHWIND, data_set.TAILSPIN):
            unless("PARTNER_EXISTS", self._operator.post, "partners:enroll", partner)
        for offer in data.offers:
            fields = {name: value for name, value in offer.items() if name != "id"}
            unless("OFFER_EXISTS", self._operator.post, f"offers?offerId={offer['id']}", fields)
        work = [(self._serve, "northwind", each) for each in data.northwind]
        work += [(self._serve, "tailspin", each) for each in data.tailspin]
        in_parallel(work, "customers")
        in_parallel([(self._win, "tailspin", each) for each in data.shared], "invitations")
        for offer in data.retired:
            self._operator.patch(f"offers/{offer['id']}", {"state": "RETIRED"}, updateMask="state")
        return f"{len(data.northwind)} and {len(data.tailspin) + len(data.shared)} customers"

    def _serve(self, partner: str, customer: Customer) -> None:
        """The partner adds the customer and orders for it."""
        agent = self._person(f"partners/{partner}", "admin_agent")
        body = {"customer_id": customer.id, "initial_admin": customer.admin,
                "relationship_only": customer.relationship_only,
                "customer": customer.company | {
                    "channel": customer.channel, "labels": customer.labels,
                    "correlation_id": customer.correlation_id}}
        created = unless("CUSTOMER_EXISTS", agent.post, "customers",
                         body | {"request_id": request_id(body)})
        if created is None:
            # Loaded so long ago that the repetition is not known as one any more.
            return
        if customer.orders and not created["edges"]:
            agent.get(created["name"], consistencyToken=agent.consistency_token)
        self._order(agent, customer)

    def _order(self, agent: Person, customer: Customer) -> None:
        orders = [[{"offer": f"offers/{offer}", "quantity": seats} for offer, seats in lines]
                  for lines in customer.orders]
        made = [self._place(agent, customer, place, lines) for place, lines in enumerate(orders)]
        if customer.more_seats:
            lines = [{"subscription": made[0][0], "quantity": customer.more_seats}]
            self._place(agent, customer, len(made), lines)
        if customer.cancel_reason:
            name = made[0][-1]
            agent.post(f"{name}:cancel", {"reason": customer.cancel_reason,
                                          "request_id": request_id("cancel", name)})

    def _place(self, agent: Person, customer: Customer, place: int, lines: list) -> list[str]:
        """The subscriptions of the order's lines."""
        order = {"line_items": lines}
        name = f"customers/{customer.id}"
        placed = agent.post(f"{name}/orders?requestId={request_id(name, place, order)}", order)
        return [line["subscription"] for line in placed["lineItems"]]

    def _win(self, partner: str, customer: Customer) -> None:
        """The partner invites a customer of another one, which accepts."""
        agent = self._person(f"partners/{partner}", "admin_agent")
        parent, name = f"partners/{partner}", f"customers/{customer.id}"
        hint = {"company_name": customer.company["display_name"], "account": name}
        invitation = {"channel": customer.channel, "customer_hint": hint}
        issued = agent.post(f"{parent}/invitations?issue=true&requestId={request_id(invitation)}",
                            invitation)
        if agent.get(issued["name"])["state"] == "PENDING":
            self._accept(name, agent.get(f"{issued['name']}:render")["link"])
        own = {"labels": customer.labels, "correlation_id": customer.correlation_id}
        agent.post(f"{parent}/{name}:setLabels", own | {"request_id": request_id(name, own)})

    def _accept(self, name: str, link: str) -> None:
        administrator = self._person(name, "global_admin")
        version = administrator.post("invitations:lookup", {"token": link})["agreement"]["version"]
        redeemed = administrator.post("invitations:accept", {
            "token": link, "agreement_version": version, "confirm": True,
            "request_id": request_id("accept", link)})
        if any(each["state"] == "PENDING" for each in redeemed["relationships"]):
            administrator.get(name, consistencyToken=administrator.consistency_token)


def unless(reason: str, call, *arguments) -> dict | None:
    """The answer of the call; none if it was refused for this reason."""
    try:
        return call(*arguments)
    except Refused as refusal:
        if refusal.reason != reason:
            raise
        return None


def in_parallel(work: list[tuple], what: str) -> None:
    """Does all of it, 8 things at a time, and says how far it is. Ends with the first fault."""
    done, told = 0, time.monotonic()
    lock = threading.Lock()

    def one(step, *arguments) -> None:
        nonlocal done, told
        step(*arguments)
        with lock:
            done += 1
            if time.monotonic() - told >= PACE:
                told = time.monotonic()
                print(f"{done} of {len(work)} {what}", flush=True)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(one, *each) for each in work]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            pool.shutdown(cancel_futures=True)
        for future in futures:
            if not future.cancelled():
                future.result()


def main() -> None:
    gateway = Gateway(url=sys.argv[3], authority=sys.argv[4])
    loader = Loader(Path(sys.argv[1]), sys.argv[2], gateway)
    began = time.monotonic()
    try:
        if loader.is_loaded():
            print("all there")
        else:
            print(f"{loader.load()} in {time.monotonic() - began:.1f} s")
    except Refused as refusal:
        sys.exit(f"load: {refusal}")
    except KeyboardInterrupt:
        sys.exit("load: interrupted; load again to go on")
    except OSError as error:
        sys.exit(f"load: the gateway at {sys.argv[3]} does not answer: {error}")


if __name__ == "__main__":
    main()
