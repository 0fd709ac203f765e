"""Looks for ways from one account to another: a call about each thing of somebody else's, as
everyone, beside the same call about nothing."""

from cases import CASES, Entry
from comparison import differences, told
from everyone import TRANSPORTS, Everyone, pretences
from expectation import dig, put, refusal
from walls import rows_of

# Who is a partner is published to every service, as the rules on invitations ask for it: with the
# service's check gone two refusals here differ by that, though no row is shown.
PUBLISHED = {("CreateInvitation", "parent"), ("BatchCreateInvitations", "parent")}


class Search:
    """The search through one method; what it finds is in `faults`."""

    def __init__(self, everyone: Everyone, method, checks: bool):
        self.everyone = everyone
        self.method = method
        self.entry: Entry = CASES[method.name]
        # Whether the services check who calls: without that only what is told and done counts.
        self.checks = checks
        self.faults: list[str] = []

    def run(self) -> list[str]:
        self._own_calls()
        calls = [call for who in self.everyone.parties for call in self._pretended(who)]
        self.everyone.settle()
        before = rows_of(self.everyone.suite, self.everyone.others)
        for call in calls:
            self._compare(*call)
        self.everyone.settle()
        after = rows_of(self.everyone.suite, self.everyone.others)
        self.faults += [f"rows of others in {table} have changed" for table in before
                        if before[table] != after[table]]
        return self.faults

    def _fields(self, who) -> dict:
        """Of a list the whole, as far as one page goes."""
        fields = self.entry.fields(self.everyone.world, who)
        return fields | {"page_size": 500} if "page_size" in fields else fields

    def _own_calls(self) -> None:
        """Lists too show nothing of others."""
        for who in self.everyone.parties:
            for transport in TRANSPORTS:
                self._ask(who, self._fields(who), transport, "own")

    def _pretended(self, who):
        """The calls to make: caller, path, and the fields with the foreign and the absent name."""
        own = self._fields(who)
        for pair in self.everyone.strangers(who):
            foreign = self._fields(type(who)(pair, who.family, who.role))
            for path in self.entry.names:
                mine, theirs = dig(own, path), dig(foreign, path)
                is_shared = path in self.entry.shared and pair is self.everyone.neighbour
                if None in (mine, theirs) or mine == theirs or is_shared:
                    continue
                for names in pretences(mine, theirs):
                    yield who, path, names, [put(own, path, name) for name in names]

    def _compare(self, who, path: str, names: tuple[str, str], requests: list[dict]) -> None:
        for transport in TRANSPORTS:
            what = f"{who.family} {who.role} names {names[0]} in {path} by {transport}"
            foreign, absent = (self._ask(who, fields, transport, what) for fields in requests)
            if self.checks or (self.method.name, path) not in PUBLISHED:
                self.faults += [f"{what}: {each}" for each in differences(foreign, absent, names)]
            if self.checks and path in ("name", "parent", "token", self.method.access.account_field):
                self._check_refusal(who, requests[0], foreign, what)

    def _check_refusal(self, who, fields: dict, answer, what: str) -> None:
        """The thing that the call is about is not there, whoever has the role to ask for it."""
        wanted = refusal(self.method, who, fields)
        if not wanted:
            wanted = "INVITATION_NOT_FOUND" if "token" in fields else "RESOURCE_NOT_FOUND"
        if answer.reason != wanted:
            self.faults.append(f"{what}: not {wanted}: {answer}")

    def _ask(self, who, fields: dict, transport: str, what: str):
        answer = self.everyone.ask(who, self.method.name, fields, transport)
        shared = bool(self.entry.shared)
        secrets = told(answer, self.everyone.secrets(who, shared), fields)
        if secrets:
            self.faults.append(f"{what}: tells {', '.join(sorted(secrets))}: {answer}")
        if self.checks:
            self.faults += [f"{what}: {fault}" for fault in answer.faults()]
        return answer
