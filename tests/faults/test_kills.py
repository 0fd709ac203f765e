"""Every part is killed with -9 again and again while eight clients work: nothing that was acknowledged
is lost, and nothing stays half-done."""

from collections import Counter

import mails
import pytest
from api import PUBLIC
from check import SHOWN
from checks import CHECKS
from client import BEGINNING
from damages import DAMAGES
from killing import PARTS, schedule
from run_of_faults import CLIENTS

# On a busy machine `up` has started everything again within this time, and every service answers
# through the gateway within this time of it; s.
UP = 60
SERVING = 10
EACH_CHECK = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)


def shown(faults: list) -> str:
    return "\n".join([f"{len(faults)} in all", *map(str, faults[:SHOWN])])


class TestRun:
    def test_every_part_was_killed_under_load(self, run):
        killed = [part for recovery in run.recoveries for part in recovery.fault.parts]
        assert all(killed.count(part) >= 4 for part in PARTS), killed
        assert len(run.record.acknowledged) > 50 * len(killed)
        assert len(run.record.unknown) >= len(killed)

    def test_answers_were_cut_off_after_the_commit(self, run):
        """Otherwise nothing here would have been worth repeating."""
        assert run.cut_off

    def test_every_change_that_can_be_asked_for_was_made(self, run):
        """A new RPC needs a step in steps.py."""
        wanted = {method.name for method in PUBLIC
                  if "request_id" in method.request.fields_by_name}
        assert wanted <= {told.call.method for told in run.record.acknowledged}

    def test_nothing_acknowledged_is_lost(self, run):
        assert not run.lost, shown(run.lost)

    def test_nothing_is_there_that_nobody_was_told_of(self, run):
        assert not run.unexplained, shown(run.unexplained)

    def test_every_unknown_outcome_was_resolved(self, run):
        assert not run.record.unresolved, shown(run.record.unresolved)

    def test_every_answer_was_the_right_one(self, run):
        assert not run.record.faults, shown(run.record.faults)

    def test_repeated_call_is_answered_as_it_first_was(self, run):
        assert not run.changed_answers, shown(run.changed_answers)

    def test_nothing_stays_half_done(self, run):
        assert run.settled_seconds is not None

    @EACH_CHECK
    def test_rows_agree(self, run, check):
        faults = run.disagreements.get(check.name, [])
        assert not faults, shown(faults)

    def test_lists_equal_a_rebuild_by_the_operators_command(self, run):
        code, said = run.rebuild
        assert code == 0, said

    def test_every_mail_was_handed_over(self, run):
        kept = mails.kept_mails(run.suite)
        assert kept
        assert mails.faults(run.suite, kept) == []

    def test_suite_comes_back_soon(self, run):
        for recovery in run.recoveries:
            assert recovery.up_seconds < UP, str(recovery)
            assert recovery.serving_seconds < SERVING, str(recovery)

    def test_nothing_dies_of_another_part_s_death(self, run):
        assert [r for r in run.recoveries if r.bystanders] == []


class TestControls:
    @EACH_CHECK
    def test_check_finds_its_planted_fault(self, run, check):
        assert check.faults_with_plant(run.suite)

    def test_mail_that_did_not_come_or_came_too_often_is_found(self, run):
        kept = mails.kept_mails(run.suite)
        lost, *_ = kept
        assert mails.faults(run.suite, Counter({**kept, lost: 0}))
        assert mails.faults(run.suite, kept + Counter({lost: 20}))
        assert mails.faults(run.suite, kept + Counter({"<nobody@partnerlink.example>": 1}))

    def test_acknowledged_rows_that_a_crash_empties_are_missed(self, control):
        assert control.lost
        missing = [fault for fault in control.lost if fault.endswith("is not there")]
        assert any("/invitations/" in fault for fault in missing), shown(control.lost)
        assert any("/orders/" in fault for fault in missing), shown(control.lost)

    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
    def test_damage_is_found(self, control, damage):
        of_kind = [fault for fault in control.lost if damage.resource in fault.split()[0]]
        assert any(f" {damage.fault}" in fault for fault in of_kind), shown(of_kind)

    def test_lost_events_are_missed(self, control):
        missed = control.disagreements
        assert "every audit row has its outbox row, and the other way round" in missed
        assert "every request id has its answer and its event" in missed

    def test_lists_that_are_damaged_are_no_rebuild(self, control):
        """By damages.py: a name that nobody gave, among others."""
        code, said = control.rebuild
        assert code == 1, said
        assert "\n  display_name: " in said, said

    def test_control_is_red(self, control):
        assert control.is_red

    def test_seed_replays_the_schedule(self):
        assert schedule(7, 20) == schedule(7, 20)
        assert schedule(7, 20) != schedule(8, 20)

    def test_seed_replays_the_clients(self, run, control):
        """Both runs have the same one: their clients begin alike, and each in its own way."""
        begun = [run.record.beginning(client, BEGINNING) for client in range(CLIENTS)]
        assert begun == [control.record.beginning(client, BEGINNING) for client in range(CLIENTS)]
        assert len({tuple(calls) for calls in begun}) == CLIENTS
