"""The running copy and the people that the journeys share."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
import world as people
from suite import SERVICES, Suite, free_port_base

# Looks for secrets of all the others, so it comes last.
LAST = "test_secrets.py"


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name == LAST)


def data_folder(name: str) -> Path:
    """Outside the checkout, where the user postgres reaches it."""
    base = Path(os.environ.get("PARTNERLINK_TESTS_DIR") or
                (f"{tempfile.gettempdir()}/partnerlink-tests"))
    base.mkdir(mode=0o755, exist_ok=True)
    return base / name


def start(name: str, first_port: int) -> Suite:
    """A new copy; what an earlier run left of it goes."""
    folder = data_folder(name)
    stale = Suite(folder, first_port)
    stale.down("--purge")
    shutil.rmtree(folder, ignore_errors=True)
    made = Suite(folder, free_port_base(first_port))
    try:
        made.up()
    except BaseException:
        made.down()
        raise
    return made


@pytest.fixture(scope="session")
def suite():
    """The copy that all journeys share. Its folder stays, with the logs."""
    running = start("journeys", 18080)
    try:
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def world(suite):
    return people.World(suite)


@pytest.fixture
def unharmed(suite):
    """The test leaves every process as it was."""
    before = suite.pids()
    assert set(before) == {*SERVICES, "gateway"}
    yield
    assert suite.pids() == before, "a process has crashed"
