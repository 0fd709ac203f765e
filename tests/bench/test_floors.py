"""The ratios that the suite must not fall below; see README.md."""

import pytest
from conftest import LOG, PARTS
from floors import FLOORS, MET, NOISY

EACH_FLOOR = pytest.mark.parametrize(
    ("part", "floor"), [(part, floor) for part in PARTS for floor in FLOORS[part]],
    ids=lambda value: value if isinstance(value, str) else value.name)


@EACH_FLOOR
def test_floor_is_met(verdicts, part, floor):
    verdict = verdicts.of(part, floor)
    if verdict.outcome == NOISY:
        pytest.skip(verdict.said)
    assert verdict.outcome == MET, f"{verdict.said}; see {LOG}"
