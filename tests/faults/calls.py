"""Calls that are repeated until their outcome is known, and who makes them."""

import http.client
import time
import uuid
from dataclasses import dataclass

import tokens
from api import CODE_NAMES, METHODS, Answer, Caller, build
from data_port import raw_call
from suite import Suite
from world import REASON

# Of the journeys' transports: what is repeated may come another way than it came first.
TRANSPORTS = ("grpc", "grpc", "json", "web")
# How long an attempt waits for its answer.
SECONDS = 4
# A token lives for 15 minutes at most.
TOKEN_SECONDS = 600
# Who calls with a certificate instead of a token, past the gateway.
PEER = "invitation"
CODES = set(CODE_NAMES.values())
# After these nobody knows whether the call had its effect.
UNCERTAIN = {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
# After these it had none, and may have one another time.
BUSY = {("ABORTED", "CONFLICT"), ("RESOURCE_EXHAUSTED", "OVERLOADED")}


@dataclass
class Call:
    """A change that somebody wants, with a request id: repeated, it is the same change."""

    account: str
    method: str
    fields: dict
    request_id: str

    @classmethod
    def of(cls, random, account: str, method: str, fields: dict) -> "Call":
        request_id = str(uuid.UUID(int=random.getrandbits(128), version=4))
        return cls(account, method, fields | {"request_id": request_id}, request_id)

    @classmethod
    def of_peer(cls, random, method: str, fields: dict) -> "Call":
        """What Invitation asks of another service. Its `source` makes it one change."""
        request_id = str(uuid.UUID(int=random.getrandbits(128), version=4))
        return cls(PEER, method, fields | {"root_event": request_id}, request_id)


def is_uncertain(answer: Answer) -> bool:
    return answer.code in UNCERTAIN


def is_settled(answer: Answer) -> bool:
    return not is_uncertain(answer) and (answer.code, answer.reason) not in BUSY


class People:
    """Everyone who calls: accounts with fresh tokens."""

    def __init__(self, suite: Suite):
        self._suite = suite
        self._callers: dict[str, tuple[float, Caller]] = {}

    def caller(self, account: str) -> Caller:
        made, caller = self._callers.get(account, (0, None))
        if caller is None or time.monotonic() - made > TOKEN_SECONDS / 2:
            made, caller = time.monotonic(), self._new_caller(account)
            self._callers[account] = made, caller
        return caller

    def _new_caller(self, account: str) -> Caller:
        is_operator = account == "operators"
        roles = ["operator" if is_operator else "global_admin"]
        token = tokens.sign(self._suite.folder, account, roles, exp=int(time.time()) + TOKEN_SECONDS)
        return Caller(self._suite.gateway, token, REASON if is_operator else {}, account)

    def ask(self, account: str, method: str, fields: dict, transport: str = "grpc",
            headers: dict = {}) -> Answer:
        """One attempt; a connection that breaks is one more uncertain answer."""
        try:
            return self.caller(account).call(method, fields, transport, headers, timeout=SECONDS)
        except (OSError, http.client.HTTPException) as error:
            return Answer("UNAVAILABLE", repr(error))

    def attempt(self, call: Call, transport: str = "grpc") -> Answer:
        """The audit row of the call's effect names the request id, too."""
        if call.account == PEER:
            return self._ask_as_peer(call)
        return self.ask(call.account, call.method, call.fields, transport,
                        {"x-request-id": call.request_id})

    def _ask_as_peer(self, call: Call) -> Answer:
        method = METHODS[call.method]
        message = build(method, call.fields).SerializeToString()
        try:
            answer = raw_call(self._suite, method, PEER, message)
        except OSError as error:
            return Answer("UNAVAILABLE", repr(error))
        return answer if answer.code in CODES else Answer("UNAVAILABLE", answer.code)

    def must(self, account: str, method: str, fields: dict) -> dict:
        answer = self.ask(account, method, fields)
        assert answer.ok, f"{method}: {answer}"
        return answer.body
