"""How figures are judged, by figures that are made up: what is too slow is found, and noise is not
taken for it."""

from itertools import cycle

import pytest
from floors import FAILED, FLOORS, MET, MISSED, NOISY, Floor, Limit, Verdicts, meets
from processes import Fault
from rounds import MOST_DRIFT, Block, Comparison, TooNoisy

PART = "list_customers"


def side(*rates: float):
    """One that does so many calls in a second, in turn."""
    following = cycle(rates)

    def run(_depth: int, _seed: int) -> Block:
        calls = next(following)
        return Block(calls, 1.0, calls, 100.0 * calls)

    return run


def compared(rounds: int = 3, empty=None, **rates: float) -> Comparison:
    sides = {"L": empty or side(10_000)}
    for name in ("first", "page_100", "deep"):
        sides[name] = side(rates.get(name, 500))
        sides[f"pgbench_{name}"] = side(1000)
    return Comparison(PART, sides, 8, 1).run(rounds)


def outcomes(made: Comparison) -> dict[str, str]:
    verdicts = Verdicts()
    verdicts.judge(PART, made)
    return {floor.name: verdicts.of(PART, floor).outcome for floor in FLOORS[PART]}


def test_what_is_fast_enough_meets_every_floor():
    assert set(outcomes(compared()).values()) == {MET}


@pytest.mark.parametrize("floor", FLOORS[PART], ids=lambda floor: floor.name)
def test_what_is_too_slow_misses_its_floor(floor):
    """As with a statement that sleeps, or without its index."""
    base = 500 if floor.base == "first" else 1000
    slow = compared(**{floor.side: (floor.least - 0.01) * base})
    assert outcomes(slow)[floor.name] == MISSED
    assert outcomes(compared(**{floor.side: (floor.least + 0.01) * base}))[floor.name] == MET


def test_missed_floor_is_told_with_its_ratio():
    verdicts = Verdicts()
    verdicts.judge(PART, compared(deep=100))
    assert len(verdicts.missed) == 2
    assert verdicts.missed[0].startswith("list_customers: deep/pgbench_deep 0.100 (0.100–0.100), ")


def test_what_takes_too_much_misses_its_limit():
    verdicts = Verdicts()
    limit = Limit("memory", 128.0, "MiB")
    verdicts.judge_limit(PART, limit, 128.1)
    assert verdicts.of(PART, limit).outcome == MISSED
    assert verdicts.missed == ["list_customers: memory 128.1 MiB, limit 128 MISSED"]
    verdicts.judge_limit(PART, limit, 127.9)
    assert (verdicts.of(PART, limit).outcome, verdicts.missed) == (MET, [])


def test_median_of_the_rounds_is_judged():
    """A single bad round makes no failure: nor does a good one make up for two bad ones."""
    floor = Floor("A", "B", 0.5)
    for rates, median in (((9, 9, 1, 1, 9, 9), 0.9), ((1, 1, 9, 9, 1, 1), 0.1)):
        # The warm-up comes first.
        sides = {"L": side(100), "A": side(5, *rates), "B": side(10)}
        made = Comparison("made up", sides, 1, 1).run(3)
        assert made.ratio(floor.side, floor.base).median == pytest.approx(median)


@pytest.mark.parametrize(("then", "outcome"), [(500, MET), (100, MISSED)])
def test_floor_that_one_round_misses_is_decided_by_three(then, outcome):
    # The warm-up comes first; of a round two blocks.
    sides = {"L": side(10_000)}
    for name in ("first", "page_100", "deep"):
        sides[name] = side(500, 100, 100, then, then, then, then)
        sides[f"pgbench_{name}"] = side(1000)
    made = Comparison(PART, sides, 8, 1).run(1)
    assert not meets(PART, made)
    made.go_on(2)
    assert (len(made.rounds), meets(PART, made)) == (3, outcome == MET)
    assert outcomes(made)["first/pgbench_first"] == outcome


def test_rounds_that_come_later_have_seeds_of_their_own():
    seen = []

    def noted(_depth, seed):
        seen.append(seed)
        return Block(100, 1.0, 100, 100.0)

    Comparison("made up", {"L": side(100), "A": noted}, 1, 1).run(1).go_on(2)
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("place", range(4))
def test_round_whose_empty_calls_differ_is_void_and_made_again(place):
    # Of a round, four blocks of L; one comes before them all.
    calm = [1000] * 4
    uneven = [*calm]
    uneven[place] = 1000 * (1 - MOST_DRIFT) - 10
    made = compared(rounds=1, empty=side(1000, *uneven, *calm))
    assert (made.voids, len(made.rounds)) == (1, 1)
    assert outcomes(made)["first/pgbench_first"] == MET


@pytest.mark.parametrize("wanted, tried", [(1, 9), (3, 9), (5, 15)])
def test_too_many_void_rounds_are_no_measurement(wanted, tried):
    with pytest.raises(TooNoisy, match=f": {tried} of {tried} rounds are void"):
        compared(rounds=wanted, empty=side(1000, 500))


def test_wrong_answer_is_no_noise():
    def wrong(_depth, _seed):
        raise Fault("wrong answer")

    with pytest.raises(Fault) as raised:
        Comparison("made up", {"L": side(1), "A": wrong}, 1, 1).run(1)
    assert not isinstance(raised.value, TooNoisy)


def test_floor_that_was_not_judged_is_not_met(tmp_path):
    verdicts = Verdicts()
    verdicts.give_up(PART, NOISY, "the machine is too busy")
    verdicts.give_up("search_customers", FAILED, "a server has ended")
    verdicts.write(tmp_path / "verdicts")
    read = Verdicts.read(tmp_path / "verdicts")
    assert {read.of(PART, floor).outcome for floor in FLOORS[PART]} == {NOISY}
    assert {read.of("search_customers", floor).outcome
            for floor in FLOORS["search_customers"]} == {FAILED}
    assert read.of("w0", FLOORS["w0"][0]).outcome == FAILED
    assert Verdicts.read(tmp_path / "absent").of(PART, FLOORS[PART][0]).outcome == FAILED


def test_what_was_judged_stands_when_the_part_fails_later():
    verdicts = Verdicts()
    verdicts.judge(PART, compared())
    verdicts.give_up(PART, FAILED, "counts differ")
    assert verdicts.of(PART, FLOORS[PART][0]).outcome == MET
