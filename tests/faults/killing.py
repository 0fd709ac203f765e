"""Which parts are killed when, by a seed; and how they come back."""

import itertools
import random
import time
from dataclasses import dataclass

from calls import People, is_settled
from suite import SERVICES, Suite, await_true

PARTS = (*SERVICES, "gateway", "postgres")
# Of the kills, this share hits a second part in the same outage.
TOGETHER = 0.3
# What an operator sees within a second or two, and at once; s.
PAUSE = (0.2, 2.0)
OUTAGE = (0.0, 1.0)
# After `up` has ended, nobody waits longer for an answer of every service; s.
LONGEST = 60
# A read of each service. Of what there is not: any answer of the service's own will do.
PROBES = (
    ("operators", "ListPartners", {"page_size": 1}),
    ("operators", "ListInvitations", {"parent": "partners/-", "page_size": 1}),
    ("partners/probe", "ListCustomers", {"parent": "partners/probe", "page_size": 1}),
)


@dataclass(frozen=True)
class Fault:
    """Parts that are killed at once, so long after the last recovery, and for so long."""

    parts: tuple[str, ...]
    pause: float
    outage: float


def schedule(seed: int, kills: int) -> list[Fault]:
    """Every part equally often, in an order of chance."""
    chance = random.Random(f"{seed}/schedule")
    pairs = int(kills * TOGETHER)
    sizes = [2] * pairs + [1] * (kills - 2 * pairs)
    deck = [PARTS[number % len(PARTS)] for number in range(kills)]
    while True:
        chance.shuffle(sizes)
        chance.shuffle(deck)
        cards = iter(deck)
        hands = [tuple(itertools.islice(cards, size)) for size in sizes]
        # Nothing dies twice in one outage.
        if all(len(set(hand)) == len(hand) for hand in hands):
            return [Fault(hand, chance.uniform(*PAUSE), chance.uniform(*OUTAGE)) for hand in hands]


@dataclass
class Recovery:
    """How the suite came back."""

    fault: Fault
    up_seconds: float  # of deploy/local/up
    serving_seconds: float  # after it until every service answered through the gateway
    bystanders: list[str]  # parts that nobody has killed and that had died nevertheless

    def __str__(self) -> str:
        return (f"{' and '.join(self.fault.parts)}: up after {self.up_seconds:.1f} s, "
                f"serving {self.serving_seconds:.1f} s later")


def carry_out(suite: Suite, people: People, fault: Fault) -> Recovery:
    time.sleep(fault.pause)
    before = suite.pids()
    for part in fault.parts:
        if part == "postgres":
            suite.kill_postgres()
        else:
            suite.kill(part)
    time.sleep(fault.outage)
    alive = suite.pids()
    began = time.monotonic()
    suite.up()
    started = time.monotonic()
    await_true(lambda: is_serving(people), LONGEST)
    after = suite.pids()
    bystanders = [part for part in before if part not in fault.parts
                  and not before[part] == alive.get(part) == after.get(part)]
    return Recovery(fault, started - began, time.monotonic() - started, bystanders)


def is_serving(people: People) -> bool:
    return all(is_settled(people.ask(*probe)) for probe in PROBES)
