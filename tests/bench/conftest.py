"""The measurement whose floors are tested: at scale S, as short as its blocks can be. Where a floor
is missed, the median of five rounds decides."""

import os
import subprocess
from pathlib import Path

import pytest
from floors import Verdicts

HERE = Path(__file__).resolve().parent
WORK = Path(os.environ["PARTNERLINK_TESTS_DIR"])
PARTS = ("list_customers", "search_customers", "import_customers", "long_import")
LOG = WORK / "logs/bench_lines.log"


@pytest.fixture(scope="session")
def verdicts() -> Verdicts:
    told = WORK / "reports/bench_verdicts.json"
    told.unlink(missing_ok=True)
    with open(LOG, "wb") as log:
        subprocess.run([HERE / "run", "--scale", "S", "--rounds", "1", "--more_rounds", "4",
                        "--seconds", "1", "--dir", WORK / "bench", "--verdicts", told, *PARTS],
                       stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    return Verdicts.read(told)


def pytest_terminal_summary(terminalreporter):
    """What was measured, for the line of tests/run."""
    told = WORK / "reports/bench_verdicts.json"
    for key, verdict in Verdicts.read(told).items():
        terminalreporter.write_line(f"ratio of {key.partition(':')[0]}: {verdict.said}")
