"""The runs that the tests ask about, and the line that sums them up."""

import os

import pytest
from damages import all_damages
from run_of_faults import Outcome, Plan, fault_run, new_seed

KILLS = 20
CONTROL_KILLS = 5
# Tables that crash recovery empties: what was acknowledged is lost with them.
SABOTAGE = """
  ALTER TABLE common.outbox SET UNLOGGED;
  ALTER TABLE invitation.redemption_relationships SET UNLOGGED;
  ALTER TABLE invitation.redemptions SET UNLOGGED;
  ALTER TABLE invitation.declines SET UNLOGGED;
  ALTER TABLE invitation.mails SET UNLOGGED;
  ALTER TABLE invitation.invitations SET UNLOGGED;
  ALTER TABLE directory.order_lines SET UNLOGGED;
  ALTER TABLE directory.orders SET UNLOGGED;"""
SEED = int(os.environ.get("PARTNERLINK_FAULTS_SEED") or new_seed())
RUN = Outcome(Plan("faults", 19080, SEED, KILLS))
CONTROL = Outcome(Plan("faults-control", 19580, SEED, CONTROL_KILLS, patience=5, sabotage=SABOTAGE,
                       damage=all_damages()))


def pytest_report_header():
    return f"seed {SEED}: PARTNERLINK_FAULTS_SEED={SEED} tests/run faults replays it"


@pytest.fixture(scope="session")
def run():
    with fault_run(RUN) as outcome:
        yield outcome


@pytest.fixture(scope="session")
def control():
    with fault_run(CONTROL) as outcome:
        yield outcome


def pytest_terminal_summary(terminalreporter):
    if RUN.suite is None:
        return
    for recovery in RUN.recoveries:
        terminalreporter.write_line(str(recovery))
    if RUN.settled_seconds is not None:
        terminalreporter.write_line(f"nothing under way {RUN.settled_seconds:.1f} s after the last")
    terminalreporter.write_line(f"answers cut off after the commit: {len(RUN.cut_off)}")
    terminalreporter.write_line(f"control: {CONTROL}")
    terminalreporter.write_line(f"seed: {SEED}")
    colour = "NONE" if CONTROL.lost is None else "RED" if CONTROL.is_red else "GREEN"
    terminalreporter.write_line(f"kill9 {RUN} control={colour}")
