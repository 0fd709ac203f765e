"""A client: makes one change after the other, and never lets go of one whose outcome is unknown."""

import random
import threading
import time
import traceback
from typing import Callable

from calls import TRANSPORTS, Call, People, is_settled, is_uncertain
from journal import Journal
from promises import REVOKED, Promises, is_same_answer, partner_of, promises, revision_of
from steps import STEPS

# Of the calls that were answered at the first attempt, this share is repeated nevertheless.
REPEATED = 0.03
# Between two changes, so that clients do not starve what they test; s.
PAUSE = (0.0, 0.02)
# So many changes come before the first kill: they follow from the seed alone.
BEGINNING = 20
# Within this time of an acceptance or a creation Directory knows the relationship; s.
ARRIVAL = 60
# What nothing more can be done with.
FINAL_STATES = {"ACCEPTED", "DECLINED", "REVOKED", "EXPIRED", "CANCELLED", "ENDED", "TERMINATED",
                "WITHDRAWN", "REFUSED"}


def pattern_of(name: str) -> str:
    """`partners/contoso/invitations/1` is one of `partners/*/invitations/*`."""
    return "/".join("*" if place % 2 else part for place, part in enumerate(name.split("/")))


class Client(threading.Thread):
    """What it does next follows from the run's seed, its number and what it was answered."""

    def __init__(self, people: People, seed: int, number: int, journal: Journal):
        super().__init__(name=f"client-{number}", daemon=True)
        self.random = random.Random(f"{seed}/{number}")
        self.promised: Promises = {}
        self._people = people
        self._number = number
        self._journal = journal
        # How often an attempt is made depends on the faults: it must not change what comes next.
        self._habits = random.Random(f"{seed}/{number}/habits")
        self._count = 0
        self._changes = 0
        self._open: dict[str, dict[str, dict]] = {}
        self._stopping = threading.Event()
        self._end = float("inf")

    def stop(self, seconds: float) -> None:
        """No new calls; what is unknown is resolved within `seconds`, or stays unresolved."""
        self._end = time.monotonic() + seconds
        self._stopping.set()

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                step, = self.random.choices(STEPS, [step.weight for step in STEPS])
                call = step.make(self)
                if call:
                    self._carry_out(call)
                    self._changes += 1
                    time.sleep(self._habits.uniform(*PAUSE))
        except Exception:  # pylint: disable=broad-except
            self._journal.find(f"{self.name} broke off: {traceback.format_exc()}")

    @property
    def has_begun(self) -> bool:
        return self._changes >= BEGINNING

    # What the steps ask.

    def unique(self, word: str) -> str:
        self._count += 1
        return f"{word}-{self._number}-{self._count}"

    def call(self, account: str, method: str, fields: dict) -> Call:
        return Call.of(self.random, account, method, fields)

    def peer_call(self, method: str, fields: dict) -> Call:
        return Call.of_peer(self.random, method, fields)

    def named(self, pattern: str) -> list[dict]:
        """What it has of a kind and can still change."""
        return list(self._open.get(pattern, {}).values())

    def pick(self, pattern: str, **values) -> dict | None:
        found = [each for each in self.named(pattern)
                 if all(each.get(name) == value for name, value in values.items())]
        return self.random.choice(found) if found else None

    def names(self, pattern: str) -> list[str]:
        return list(self._open.get(pattern, {}))

    def pick_name(self, pattern: str) -> str | None:
        names = self.names(pattern)
        return self.random.choice(names) if names else None

    def link_of(self, invitation: dict) -> str | None:
        """None: the run ends, or the invitation has gone."""
        body = self._read(invitation["name"], "RenderInvitation", {"name": invitation["name"]})
        return body and body["link"]

    def attestation_version(self, partner: str) -> str | None:
        body = self._read(partner, "GetAttestationText", {})
        return body and body["version"]

    def relationship_of(self, listed: str) -> str | None:
        """Of `partners/*/customers/*`, once Directory knows it, and knows what was before it to be
        over. None: it is not ACTIVE, the run ends, or it does not come."""
        def live(body: dict) -> list[str]:
            return [edge["relationship"] for edge in body["edges"]]

        def is_there(body: dict) -> bool:
            return len(live(body)) == 1 and not self._is_over(live(body)[0])

        customer = listed.removeprefix(f"{partner_of({'name': listed})}/")
        body = self._read(listed, "GetCustomer", {"name": customer}, is_there, ARRIVAL)
        return live(body)[0] if body and self.is_active(live(body)[0]) else None

    def has_arrived(self, listed: str) -> bool:
        """Whether Directory knows the one relationship of `partners/*/customers/*`. Otherwise: the
        run ends, or it does not come."""
        customer = listed.removeprefix(f"{partner_of({'name': listed})}/")
        return bool(self._read(listed, "GetCustomer", {"name": customer},
                               lambda body: len(body["edges"]) == 1, ARRIVAL))

    def has_lost_grants(self, listed: str) -> bool:
        """Whether what a removal revokes of `partners/*/customers/*` is over: who came back before
        would keep it. Otherwise: the run ends, or it does not end."""
        partner = partner_of({"name": listed})
        revoked = [name for name, grant in self.promised.items()
                   if grant and "/grants/" in name and grant.get("endCause") == REVOKED
                   and f"{grant['partner']}/{grant['customer']}" == listed]
        return all(self._read(name, "GetGrant", {"name": name},
                              lambda body: body["state"] == "TERMINATED", ARRIVAL)
                   for name in revoked)

    def is_active(self, relationship: str) -> bool:
        return (self.promised.get(relationship) or {}).get("state") == "ACTIVE"

    def _is_over(self, relationship: str) -> bool:
        return (self.promised.get(relationship) or {}).get("state") == "ENDED"

    def _read(self, name: str, method: str, fields: dict, is_there: Callable = lambda body: True,
              patience: float = 0) -> dict | None:
        """Of what is called `name`, as its partner; what does not become so in time is a fault, and
        forgotten."""
        end = time.monotonic() + patience
        while True:
            answer = self._people.ask(partner_of({"name": name}), method, fields)
            if answer.ok and is_there(answer.body):
                return answer.body
            if is_settled(answer) and time.monotonic() >= end:
                self._journal.find(f"{method} of {name} after {patience} s: {answer}")
                self._forget(name)
                return None
            if not self._rest():
                return None

    # Making a call.

    def _carry_out(self, call: Call) -> None:
        self._journal.intend(call)
        was_uncertain = False
        while True:
            answer = self._people.attempt(call, self._habits.choice(TRANSPORTS))
            self._journal.answered(call, answer)
            was_uncertain |= is_uncertain(answer)
            if is_settled(answer):
                break
            if not self._rest():
                return
        if not answer.ok:
            self._journal.find(f"{call.method} {call.request_id} was refused: {answer}")
            self._forget(*texts_in(call.fields))
            return
        self._learn(call, answer.body)
        if was_uncertain or self._habits.random() < REPEATED:
            self._repeat(call, answer.body)

    def _rest(self) -> bool:
        """Before the next attempt; false when it is over."""
        time.sleep(self._habits.uniform(0.02, 0.2))
        return time.monotonic() < self._end

    def _repeat(self, call: Call, first: dict) -> None:
        answer = self._people.attempt(call, self._habits.choice(TRANSPORTS))
        if answer.ok and not is_same_answer(call.method, first, answer.body):
            self._journal.find(f"{call.method} {call.request_id} was answered {first}, "
                               f"and repeated {answer.body}")
        elif not answer.ok and is_settled(answer):
            self._journal.find(f"{call.method} {call.request_id} was refused when repeated: {answer}")

    def _learn(self, call: Call, body: dict) -> None:
        for name, promise in promises(call, body, self.promised).items():
            before = self.promised.get(name)
            if before and promise and not follows(before, promise):
                self._journal.find(f"{call.method} {call.request_id} made {promise['etag']} "
                                   f"of {before['etag']}")
            self.promised[name] = promise
            if promise is None or promise.get("state") in FINAL_STATES:
                self._forget(name)
            else:
                self._open.setdefault(pattern_of(name), {})[name] = promise

    def _forget(self, *names: str) -> None:
        for name in names:
            self._open.get(pattern_of(name), {}).pop(name, None)


def follows(before: dict, after: dict) -> bool:
    """Whether one change, and no more, lies between the two, as far as their etags say."""
    if "etag" not in before or "etag" not in after:
        return True
    return revision_of(after) == revision_of(before) + 1


def texts_in(fields: dict) -> list[str]:
    found = []
    for value in fields.values():
        if isinstance(value, dict):
            found += texts_in(value)
        elif isinstance(value, str):
            found.append(value)
    return found
