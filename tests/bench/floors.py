"""What a part of the bench must reach at least, or at most, and whether it has."""

import json
from dataclasses import dataclass
from pathlib import Path

from rounds import Comparison, Spread

MET, MISSED, NOISY, FAILED = "met", "missed", "too noisy: not judged", "failed"


@dataclass(frozen=True)
class Floor:
    """The least that one side may do of what another does in the same round."""

    side: str
    base: str
    least: float
    target: float | None = None

    @property
    def name(self) -> str:
        return f"{self.side}/{self.base}"

    def is_met_by(self, ratio: Spread) -> bool:
        return ratio.median >= self.least


@dataclass(frozen=True)
class Limit:
    """The most of something."""

    name: str
    most: float
    unit: str


FLOORS = {
    "w0": (Floor("W0", "L", 0.70, target=0.85),),
    "list_customers": (
        Floor("first", "pgbench_first", 0.30, target=0.60),
        Floor("page_100", "pgbench_page_100", 0.30, target=0.60),
        Floor("deep", "pgbench_deep", 0.30, target=0.60),
        # In the middle of a round and at its ends: a second of somebody else's work makes 0.8 of 1.
        Floor("deep", "first", 0.75, target=0.90),
    ),
    "search_customers": (
        Floor("exact", "pgbench_exact", 0.10, target=0.50),
        Floor("prefix", "pgbench_prefix", 0.45, target=0.50),
        Floor("infix", "pgbench_infix", 0.40, target=0.50),
        Floor("common", "pgbench_common", 0.50, target=0.50),
        Floor("miss", "pgbench_miss", 0.40, target=0.50),
    ),
    "create_invitation": (Floor("Create", "pgbench", 0.50, target=0.70),),
    "accept_invitation": (Floor("Accept", "pgbench", 0.50, target=0.70),),
    "import_customers": (Floor("import", "copy", 0.30, target=0.35),
                         Floor("import", "one_by_one", 10.0)),
}
LIMITS = {
    "long_import": tuple(Limit(f"memory of {service} above idle", 128.0, "MiB")
                         for service in ("relationship", "directory")),
}


def bounds(part: str) -> tuple[Floor | Limit, ...]:
    return (*FLOORS.get(part, ()), *LIMITS.get(part, ()))


def meets(part: str, made: Comparison) -> bool:
    """Whether no floor of the part is missed."""
    return all(floor.is_met_by(made.ratio(floor.side, floor.base))
               for floor in FLOORS.get(part, ()))


@dataclass(frozen=True)
class Verdict:
    """Whether a floor is met, and what was measured."""

    outcome: str
    said: str


class Verdicts:
    """By part and floor."""

    def __init__(self):
        self._verdicts: dict[str, Verdict] = {}

    @staticmethod
    def key(part: str, bound: Floor | Limit) -> str:
        return f"{part}: {bound.name}"

    def judge(self, part: str, made: Comparison) -> list[str]:
        """What is said of each of the part's floors."""
        return [self._judge(part, floor, made) for floor in FLOORS[part]]

    def _judge(self, part: str, floor: Floor, made: Comparison) -> str:
        ratio = made.ratio(floor.side, floor.base)
        outcome = MET if floor.is_met_by(ratio) else MISSED
        said = f"{floor.name} {ratio}, floor {floor.least:.2f} {outcome.upper()}"
        if floor.target is not None:
            reached = "met" if ratio.median >= floor.target else "missed"
            said += f", target {floor.target:.2f} {reached}"
        self._verdicts[self.key(part, floor)] = Verdict(outcome, said)
        return said

    def judge_limit(self, part: str, limit: Limit, value: float) -> str:
        outcome = MET if value <= limit.most else MISSED
        said = f"{limit.name} {value:.1f} {limit.unit}, limit {limit.most:.0f} {outcome.upper()}"
        self._verdicts[self.key(part, limit)] = Verdict(outcome, said)
        return said

    def give_up(self, part: str, outcome: str, why: str) -> None:
        """On those bounds of the part that were not judged."""
        for bound in bounds(part):
            self._verdicts.setdefault(self.key(part, bound),
                                      Verdict(outcome, f"{bound.name} {outcome}: {why}"))

    @property
    def missed(self) -> list[str]:
        return [f"{key.partition(':')[0]}: {verdict.said}"
                for key, verdict in self._verdicts.items() if verdict.outcome == MISSED]

    def of(self, part: str, bound: Floor | Limit) -> Verdict:
        return self._verdicts.get(self.key(part, bound),
                                  Verdict(FAILED, f"{bound.name} was not measured"))

    def items(self):
        return self._verdicts.items()

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({key: [verdict.outcome, verdict.said]
                                    for key, verdict in self._verdicts.items()}))

    @classmethod
    def read(cls, path: Path) -> "Verdicts":
        verdicts = cls()
        if path.exists():
            for key, (outcome, said) in json.loads(path.read_text()).items():
                verdicts._verdicts[key] = Verdict(outcome, said)
        return verdicts
