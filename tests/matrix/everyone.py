"""Who calls in the matrix, about whose things, and how a call is made and its answer read."""

import re
import uuid

import cases
from api import METHODS, Answer
from parties import ROLES, Pair, Who
from suite import Suite, await_true
from world import World

TRANSPORTS = ("grpc", "json")
# The characters of a link's token: version and kind, the rest, the last of its secret.
KIND, TOKEN, SECRET = 3, 72, 20

UNDER_WAY = """
  SELECT (SELECT count(*) FROM common.outbox WHERE target IS NOT NULL AND delivered_time IS NULL)
       + (SELECT count(*) FROM relationship.portal_jobs j
          JOIN relationship.partners p ON p.name = j.partner WHERE p.state = 'ACTIVE')"""


class Everyone:
    """Contoso with its customer; fabrikam with another; and a neighbour, a partner of contoso's
    customer too."""

    def __init__(self, suite: Suite):
        self.suite = suite
        self.world = World(suite)
        self.own = Pair(self.world)
        self.foreign = Pair(self.world, self.world.fabrikam, self.world.customer("bakery"))
        northwind = self.world.enrol("northwind")
        self.neighbour = Pair(self.world, self.world.caller(northwind, ["admin_agent"]),
                              self.own.customer)
        for pair in (self.own, self.foreign, self.neighbour):
            assert pair.accepted

    @property
    def callers(self) -> list[Who]:
        """Everyone on contoso's side, with each role and with none, an operator and nobody."""
        roles = [(family, role) for family, known in ROLES.items() for role in (*known, "")]
        return [Who(self.own, family, role) for family, role in (*roles, ("", ""))]

    @property
    def parties(self) -> list[Who]:
        """Those of them who have an account with a role, and so something of their own."""
        return [who for who in self.callers if who.family in ("PARTNER", "CUSTOMER") and who.role]

    def strangers(self, who: Who, shared: bool = False) -> list[Pair]:
        """The pairs whose things are not the caller's. Neighbours are none to their customer, nor
        where partners share what a customer has."""
        only = who.family == "CUSTOMER" or shared
        return [self.foreign] if only else [self.foreign, self.neighbour]

    def secrets(self, who: Who, shared: bool = False) -> set[str]:
        """What no answer to the caller may say: of whom the strangers' things are."""
        accounts = [pair.partner.account for pair in self.strangers(who, shared)]
        accounts.append(self.foreign.customer.account)
        return {account.partition("/")[2] for account in accounts}

    @property
    def others(self) -> list[str]:
        """The accounts whose rows nobody of contoso's may change."""
        return [self.foreign.partner.account, self.foreign.customer.account,
                self.neighbour.partner.account]

    def ask(self, who: Who, name: str, fields: dict, transport: str) -> Answer:
        if "request_id" in METHODS[name].request.fields_by_name:
            fields = fields | {"request_id": cases.random_id()}
        return who.caller.call(name, fields, transport)

    def settle(self) -> None:
        """Waits until all that was done has arrived everywhere, and no work that it began goes on."""
        await_true(lambda: self.suite.psql(UNDER_WAY) == ["0"], 30)


def made_up(name: str) -> str:
    """The last part of a name, of something that is not there."""
    if re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name):
        return str(uuid.uuid4())
    return f"nobody-{uuid.uuid4().hex[:12]}"


def pretences(own: str, foreign: str) -> list[tuple[str, str]]:
    """Names of a thing of somebody else's, each beside one of nothing at all: the thing's own; that
    beside nobody's; and the thing's under one's own account."""
    if "#" in foreign:
        return [guessed_link(foreign)]
    *parent, last = foreign.split("/")
    absent = "/".join([*parent, made_up(last)])
    if len(parent) != 3:
        return [(foreign, absent)]
    nobodys = "/".join([parent[0], made_up(parent[1]), parent[2], made_up(last)])
    mine = own.rpartition("/")[0]
    return [(foreign, absent), (foreign, nobodys),
            (f"{mine}/{last}", f"{mine}/{made_up(last)}")]


def guessed_link(link: str) -> tuple[str, str]:
    """A link whose secret is wrong, and one of no invitation."""
    page, token = link[:-TOKEN], link[-TOKEN:]
    noise = (uuid.uuid4().hex * 3)[:TOKEN]
    return page + token[:-SECRET] + noise[:SECRET], page + token[:KIND] + noise[KIND:]
