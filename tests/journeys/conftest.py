"""The running copy and the people that the journeys share."""

import pytest
import world as people
from suite import SERVICES, await_true, is_listening, start

# Looks for secrets of all the others, so it comes last.
LAST = "test_secrets.py"
# By the name of its folder the first port of a copy.
COPIES = {"journeys": 18080, "bad_input": 24080}


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name == LAST)


def pytest_addoption(parser):
    parser.addoption("--copy", choices=COPIES, default="journeys",
                     help="the copy to start; two runs of tests go on at a time, each on its own")


@pytest.fixture(scope="session")
def suite(request):
    """The copy that all journeys share. Its folder stays, with the logs."""
    name = request.config.getoption("copy")
    running = start(name, COPIES[name])
    try:
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def world(suite):
    return people.World(suite)


@pytest.fixture
def no_sink(suite):
    """Nobody takes mails, until the test does; after it the copy is whole again."""
    suite.kill("mail")
    # Its first thread ends before the one that holds the port.
    await_true(lambda: not is_listening(suite.mail_port), 10)
    yield
    suite.up()


@pytest.fixture
def unharmed(suite):
    """The test leaves every process as it was."""
    before = suite.pids()
    assert set(before) == {*SERVICES, "gateway"}
    yield
    assert suite.pids() == before, "a process has crashed"
