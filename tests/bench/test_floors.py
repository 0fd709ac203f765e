"""The ratios that the suite must not fall below; see README.md."""

import pytest
from conftest import LOG, PARTS
from floors import MET, NOISY, bounds

EACH_BOUND = pytest.mark.parametrize(
    ("part", "bound"), [(part, bound) for part in PARTS for bound in bounds(part)],
    ids=lambda value: value if isinstance(value, str) else value.name)


@EACH_BOUND
def test_bound_is_met(verdicts, part, bound):
    verdict = verdicts.of(part, bound)
    if verdict.outcome == NOISY:
        pytest.skip(verdict.said)
    assert verdict.outcome == MET, f"{verdict.said}; see {LOG}"
