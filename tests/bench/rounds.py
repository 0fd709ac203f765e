"""Blocks, rounds and ratios: how performance is compared on a machine that is never quiet."""

import statistics
from dataclasses import dataclass
from typing import Callable

from processes import Fault

# A round whose empty-call blocks differ by more, the fastest from the slowest, says nothing.
MOST_DRIFT = 0.15
# How many rounds may be tried for each one wanted, and for few.
TRIES = 3
LEAST_TRIES = 9


class TooNoisy(Fault):
    """More than two of three rounds, or of few so many, are void: nothing was measured."""


@dataclass(frozen=True)
class Block:
    """Some seconds of one kind of call: all of them answered, and rightly."""

    calls: int
    seconds: float
    all_calls: int  # warm-up included, as in the next
    cpu_us: float  # of the servers
    note: str = ""

    @property
    def per_second(self) -> float:
        return self.calls / self.seconds

    @property
    def cpu_per_call(self) -> float:
        return self.cpu_us / self.all_calls


# Runs a block at a depth; the last argument is its seed.
Side = Callable[[int, int], Block]


@dataclass(frozen=True)
class Spread:
    """A median between the least and the most."""

    median: float
    least: float
    most: float

    def times(self, factor: float) -> "Spread":
        return Spread(self.median * factor, self.least * factor, self.most * factor)

    def __str__(self):
        return f"{self.median:.3f} ({self.least:.3f}–{self.most:.3f})"


def spread(values: list[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


class Round:
    """The blocks of one round, by side."""

    def __init__(self):
        self.blocks: dict[str, list[Block]] = {}

    def add(self, side: str, block: Block) -> None:
        self.blocks.setdefault(side, []).append(block)

    def per_second(self, side: str) -> float:
        return statistics.mean(block.per_second for block in self.blocks[side])

    def cpu_per_call(self, side: str) -> float:
        blocks = self.blocks[side]
        return sum(block.cpu_us for block in blocks) / sum(block.all_calls for block in blocks)

    def drift(self) -> float:
        empty = [block.per_second for block in self.blocks["L"]]
        return 1 - min(empty) / max(empty)


class Comparison:
    """A workload at a depth: rounds of `L A B L L B A L`, where each letter is a block."""

    def __init__(self, name: str, sides: dict[str, Side], depth: int, seed: int):
        self.name = f"{name} depth={depth}"
        self.depth = depth
        self.voids = 0
        self.rounds: list[Round] = []
        self._sides = sides
        self._seed = seed
        self._tried = 0

    def run(self, wanted: int) -> "Comparison":
        for side in self._sides.values():
            side(self.depth, self._seed)  # warm-up
        return self.go_on(wanted)

    def go_on(self, more: int) -> "Comparison":
        """So many rounds more that count."""
        wanted = len(self.rounds) + more
        while len(self.rounds) < wanted:
            if self._tried == max(wanted * TRIES, LEAST_TRIES):
                raise TooNoisy(f"{self.name}: {self.voids} of {self._tried} rounds are void, "
                               "the machine is too busy")
            self._tried += 1
            made = self._round(self._tried)
            if made.drift() > MOST_DRIFT:
                self.voids += 1
                print(f"void {self.name} round={self._tried}: its L differ by {made.drift():.0%}")
            else:
                self.rounds.append(made)
        return self

    def _round(self, number: int) -> Round:
        others = [side for side in self._sides if side != "L"]
        made = Round()
        for place, side in enumerate(["L", *others, "L", "L", *reversed(others), "L"]):
            seed = self._seed * 10000 + number * 100 + place
            block = self._sides[side](self.depth, seed)
            made.add(side, block)
            print(f"raw {self.name} round={number} block={place} side={side} calls={block.calls} "
                  f"seconds={block.seconds:.3f} per_second={block.per_second:.0f} "
                  f"cpu_us_per_call={block.cpu_per_call:.1f} seed={seed} {block.note}".rstrip(),
                  flush=True)
        return made

    def ratio(self, side: str, base: str) -> Spread:
        return spread([made.per_second(side) / made.per_second(base) for made in self.rounds])

    def cpu_per_call(self, side: str) -> float:
        return statistics.median(made.cpu_per_call(side) for made in self.rounds)

    def per_second(self, side: str) -> float:
        return statistics.median(made.per_second(side) for made in self.rounds)
