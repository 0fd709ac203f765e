"""The runs that the tests ask about, and the line that sums them up."""

import os

import pytest
from run_of_faults import Plan, fault_run, new_seed

KILLS = 20
CONTROL_KILLS = 5
# Tables that crash recovery empties: what was acknowledged is lost with them.
SABOTAGE = """
  ALTER TABLE common.outbox SET UNLOGGED;
  ALTER TABLE invitation.redemption_relationships SET UNLOGGED;
  ALTER TABLE invitation.redemptions SET UNLOGGED;
  ALTER TABLE invitation.invitations SET UNLOGGED;"""
SEED = int(os.environ.get("PARTNERLINK_FAULTS_SEED") or new_seed())
OUTCOMES = {}


def pytest_report_header():
    return f"seed {SEED}: PARTNERLINK_FAULTS_SEED={SEED} tests/run faults replays it"


@pytest.fixture(scope="session")
def run():
    with fault_run(Plan("faults", 19080, SEED, KILLS)) as outcome:
        OUTCOMES["run"] = outcome
        yield outcome


@pytest.fixture(scope="session")
def control():
    plan = Plan("faults-control", 19580, SEED, CONTROL_KILLS, patience=5, sabotage=SABOTAGE)
    with fault_run(plan) as outcome:
        OUTCOMES["control"] = outcome
        yield outcome


def pytest_terminal_summary(terminalreporter):
    run, control = OUTCOMES.get("run"), OUTCOMES.get("control")
    if run is None:
        return
    for recovery in run.recoveries:
        terminalreporter.write_line(str(recovery))
    colour = "NONE" if control is None else "RED" if control.is_red else "GREEN"
    terminalreporter.write_line(f"seed {SEED}")
    terminalreporter.write_line(f"kill9 {run} control={colour}")
