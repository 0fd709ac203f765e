"""A fault run: clients at work on a copy of the suite while its parts are killed, then the reckoning."""

import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import killing
import reading
from calls import People
from checks import CHECKS
from client import Client
from damages import without_target
from journal import Journal, Record
from promises import SHORT_SECONDS
from suite import Suite, await_true, command, start

CLIENTS = 8
# Within this time of the last recovery nothing is half-done any more.
PATIENCE = 60
# How long clients go on for rows to damage, at most.
MATERIAL_SECONDS = 150
# What says that something is still on its way.
UNDER_WAY = """
  SELECT (SELECT count(*) FROM common.outbox WHERE target IS NOT NULL AND delivered_time IS NULL)
    + (SELECT count(*) FROM invitation.redemption_relationships WHERE state = 'PENDING')
    + (SELECT count(*) FROM relationship.revocations WHERE done_time IS NULL)
    + (SELECT count(*) FROM relationship.notices WHERE done_time IS NULL)
    + (SELECT count(*) FROM invitation.mails WHERE state = 'QUEUED')
    + (SELECT count(*) FROM invitation.notices WHERE state = 'QUEUED')
    + (SELECT count(*) FROM invitation.invitations
       WHERE state = 'PENDING' AND expire_time <= clock_timestamp())"""


@dataclass(frozen=True)
class Plan:
    """What a run is made of; the seed decides the rest."""

    name: str  # of the copy
    first_port: int
    seed: int
    kills: int
    patience: float = PATIENCE
    sabotage: str = ""  # SQL that puts a fault into the copy
    damage: str = ""  # SQL that changes what was acknowledged, before it is read back


@dataclass
class Outcome:
    """What a run came to, as far as it has come."""

    plan: Plan
    suite: Suite | None = None
    people: People | None = None
    recoveries: list[killing.Recovery] = field(default_factory=list)
    record: Record = field(default_factory=Record)
    # How long it took until nothing was under way any more; None: longer than allowed.
    settled_seconds: float | None = None
    lost: list[str] | None = None  # None: not looked yet
    unexplained: list[str] = field(default_factory=list)
    changed_answers: list[str] = field(default_factory=list)
    # Calls that had their effect although the answer left it in doubt.
    cut_off: list[str] = field(default_factory=list)
    # How deploy/local/rebuild ended that compares the lists, and what it said.
    rebuild: tuple[int, str] | None = None
    # Of the checks that found something, by name.
    disagreements: dict[str, list[str]] = field(default_factory=dict)

    @property
    def kills(self) -> int:
        return sum(len(recovery.fault.parts) for recovery in self.recoveries)

    @property
    def is_red(self) -> bool:
        return bool(self.lost is None or self.lost or self.unexplained or self.changed_answers
                    or self.disagreements or self.rebuild is None or self.rebuild[0] != 0
                    or self.record.faults or self.record.unresolved
                    or self.settled_seconds is None)

    def __str__(self) -> str:
        lost = "?" if self.lost is None else len(self.lost)
        return (f"faults={self.kills} acked={len(self.record.acknowledged)} lost={lost} "
                f"unknown={len(self.record.unknown)}")


def new_seed() -> int:
    return secrets.randbelow(1_000_000)


@contextmanager
def fault_run(outcome: Outcome):
    """Carries out the plan; its copy still runs in the block."""
    plan = outcome.plan
    outcome.suite = start(plan.name, plan.first_port)
    outcome.people = People(outcome.suite)
    try:
        if plan.sabotage:
            outcome.suite.psql(plan.sabotage)
        kill_under_load(outcome)
        reckon(outcome)
        yield outcome
    finally:
        outcome.suite.down()


def kill_under_load(outcome: Outcome) -> None:
    plan, suite = outcome.plan, outcome.suite
    journals = suite.folder / "journals"
    shutil.rmtree(journals, ignore_errors=True)
    journals.mkdir()
    clients = [Client(outcome.people, plan.seed, number, Journal(journals / f"{number}.jsonl"))
               for number in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        await_true(lambda: all(client.has_begun for client in clients), plan.patience + 30)
        for fault in killing.schedule(plan.seed, plan.kills):
            outcome.recoveries.append(killing.carry_out(suite, outcome.people, fault))
        if plan.damage:
            await_material(suite)
    finally:
        for client in clients:
            client.stop(plan.patience)
        for client in clients:
            client.join(plan.patience + 30)
        outcome.record = Record.read(journals)
    outcome.record.faults += [f"{client.name} does not end" for client in clients
                              if client.is_alive()]


def reckon(outcome: Outcome) -> None:
    time.sleep(SHORT_SECONDS)  # what a client made last and nobody is to answer has expired, too
    outcome.settled_seconds = await_settled(outcome.suite, outcome.plan.patience)
    if outcome.plan.damage:
        outcome.suite.psql(outcome.plan.damage)
    outcome.cut_off = effects_in_doubt(outcome)
    outcome.changed_answers = reading.repeat(outcome.people, outcome.record, outcome.plan.seed)
    found = reading.read_back(outcome.people, outcome.record)
    outcome.lost, outcome.unexplained = found.lost, found.unexplained
    compared = command("rebuild", "--dir", outcome.suite.folder, check=False)
    outcome.rebuild = (compared.returncode, compared.stdout)
    for check in CHECKS:
        faults = check.faults(outcome.suite)
        if faults:
            outcome.disagreements[check.name] = faults


def await_material(suite: Suite) -> None:
    """Lets the clients go on until there is something for each damage to change. If it never comes,
    the test of that damage says so."""
    with suppress(AssertionError):
        await_true(lambda: not without_target(suite), MATERIAL_SECONDS, pause=1)


def effects_in_doubt(outcome: Outcome) -> list[str]:
    """Request ids that were written before the last answer that knew nothing of it."""
    doubts = ", ".join(f"('{told.call.request_id}'::uuid, {told.time})"
                       for told in outcome.record.unknown if told.was_uncertain)
    return doubts and outcome.suite.psql(f"""
      SELECT r.request_id FROM common.request_ids r
      JOIN (VALUES {doubts}) d (request_id, time) USING (request_id)
      WHERE extract(epoch FROM r.create_time) < d.time""")


def await_settled(suite: Suite, seconds: float) -> float | None:
    began = time.monotonic()
    while suite.psql(UNDER_WAY) != ["0"]:
        if time.monotonic() - began > seconds:
            return None
        time.sleep(0.2)
    return time.monotonic() - began
