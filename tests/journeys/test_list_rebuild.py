"""The partners' lists compared with a rebuild and mended by the operators' command, while calls are made."""

import re
import threading

import pytest
from suite import await_true, command


def rebuild(suite, *arguments):
    """The command's exit code and what it printed."""
    result = command("rebuild", "--dir", suite.folder, *arguments, check=False)
    return result.returncode, result.stdout


def mend(suite, reason: str = "ticket 4711"):
    return rebuild(suite, "--repair", "--operator", "olga", "--reason", reason)


class Callers(threading.Thread):
    """Changes lists until it is stopped: customers added, renamed, taken off."""

    def __init__(self, world):
        super().__init__()
        self.world, self.partner = world, world.reseller()
        self.rounds, self.fault = 0, None
        self.over = threading.Event()

    def run(self):
        try:
            while not self.over.is_set():
                created = self.world.create(self.partner)
                created.customer.must("UpdateCustomer", {"customer": {
                    "name": created.name, "display_name": self.world.unique("Żółta")}})
                self.world.remove(created.relationship, self.partner)
                self.rounds += 1
        except BaseException as fault:  # noqa: BLE001: the test raises it
            self.fault = fault

    def __enter__(self):
        self.start()
        await_true(lambda: self.rounds or self.fault, 60)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join(60)
        assert self.fault is None, self.fault
        assert self.rounds > 1, "calls were made meanwhile"


@pytest.fixture
def damaged(suite):
    """Puts damage into the database; what is left of it after the test is mended."""
    def damage(sql: str) -> None:
        suite.psql(f"BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT;")
    yield damage
    mend(suite, "after a test")


def test_lists_are_equal_while_calls_change_them(suite, world):
    with Callers(world):
        for _ in range(5):
            code, said = rebuild(suite)
            assert code == 0, said
            assert re.search(r"^compared [1-9]\d* relationships and [1-9]\d* rows", said, re.MULTILINE)
            assert "equal: " in said


def test_damage_is_named_and_mended_beside_calls(suite, world, damaged):
    partner = world.reseller()
    kept, gone, renamed = (world.create(partner).name for _ in range(3))
    of = f"partner = '{partner.account}' AND customer ="
    with Callers(world):
        damaged(f"DELETE FROM directory.partner_customers WHERE {of} '{gone}';"
                f"UPDATE directory.partner_customers SET display_name = 'X' WHERE {of} '{renamed}'")
        assert not world.lists(partner, gone)
        code, said = rebuild(suite, "--compare")
        assert code == 1, said
        lines = set(said.splitlines())
        assert f"row_missing: {gone} of {partner.account}: '' instead of '{{RESELLER}}'" in lines
        assert f"display_name: {renamed} of {partner.account}" in lines
        assert kept not in said
        assert {"  row_missing: 1", "  display_name: 1", "different: 2 differences"} <= lines
        assert not world.lists(partner, gone), "comparing changes nothing"

        code, said = mend(suite)
        assert code == 0, said
        run = re.search(r"^mended 2 differences, left 0 customers; .* request id (\S+)$", said,
                        re.MULTILINE)
        assert run, said
        code, said = rebuild(suite)
        assert code == 0, said
    assert world.lists(partner, gone)
    entries = partner.must("ListAuditEntries", {
        "parent": partner.account, "filter": 'method = "rebuild/customer_list"'})["auditEntries"]
    assert {(entry["resource"], entry["actor"], entry["account"], entry["reason"], entry["cause"],
             entry["requestId"]) for entry in entries} == {
        (gone, "olga", "operators", "ticket 4711", "mended: row_missing", run[1]),
        (renamed, "olga", "operators", "ticket 4711", "mended: display_name", run[1])}


@pytest.mark.parametrize("arguments", [
    ["--repair"], ["--repair", "--operator", "olga"], ["--repair", "--reason", "x"],
    ["--repair", "--compare", "--operator", "olga", "--reason", "x"]])
def test_without_who_and_why_nothing_is_mended(suite, arguments):
    code, said = rebuild(suite, *arguments)
    assert code == 2, said
    assert "--operator" in said or "exclude" in said


@pytest.mark.parametrize("arguments", [["repair"], ["--mend"], ["--most=many"]])
def test_what_is_not_understood_is_not_done(suite, arguments):
    """Abseil itself would end with what here says that lists differ."""
    code, said = rebuild(suite, *arguments)
    assert code == 2, said


def test_without_a_database_it_is_not_done(suite):
    code, said = rebuild(suite, "--postgres=host=/nowhere user=rebuilder dbname=partnerlink")
    assert code == 2, said
