"""The running copy, its walls as a test wants them, and the people behind them."""

import pytest
from everyone import Everyone
from suite import start
from walls import set_walls


@pytest.fixture(scope="session")
def suite():
    """A copy of the matrix's own. Its folder stays, with the logs."""
    running = start("matrix", 21080)
    try:
        with running.connected():
            yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def walls(suite, request) -> str:
    """Which walls stand, by their name in walls.WALLS; set by the test's parameter."""
    set_walls(suite, request.param)
    return request.param


@pytest.fixture(scope="session")
def everyone(suite, walls) -> Everyone:
    return Everyone(suite)
