"""The running copy, its people and one browser."""

import browser as chromium
import pytest
import tokens
import world as people
from api import LINKS
from suite import data_folder, start


@pytest.fixture(scope="session")
def suite():
    """A copy for these tests alone; its folder stays, with the logs."""
    running = start("page", 18680)
    try:
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def world(suite):
    return people.World(suite)


@pytest.fixture(scope="session")
def driver():
    running = chromium.start()
    yield running
    running.quit()


@pytest.fixture
def browser(driver, suite):
    """Whatever a test does: nothing complains, no other origin is asked, nothing secret leaks."""
    used = chromium.Browser(driver, suite.gateway, data_folder("logs") / "page")
    used.begin()
    yield used
    asked = [each["url"] for each in used.requests() if not each["url"].startswith(("about:", "data:"))]
    stored = used.run("try { return localStorage.length + sessionStorage.length + document.cookie.length }"
                      " catch { return 0 }")
    used.end()
    assert used.complaints() == []
    assert [url for url in asked if not url.startswith(used.origin)] == []
    assert stored == 0
    secrets = [*tokens.ISSUED, *(link.rpartition("#")[2] for link in LINKS)]
    assert [url for url in asked if any(secret in url for secret in secrets)] == []


@pytest.fixture
def admin(world):
    """The administrator of a company that nobody has heard of."""
    return world.customer()
