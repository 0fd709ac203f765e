"""Fixtures of the contract tests."""

import os
import subprocess
import tempfile
from pathlib import Path

import cluster
import descriptors
import pytest


@pytest.fixture(scope="session")
def work() -> Path:
    """A folder that the user postgres can reach."""
    base = Path(os.environ.get("PARTNERLINK_TESTS_DIR", "/var/tmp"))
    with tempfile.TemporaryDirectory(prefix="contract-", dir=base) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def postgres(work):
    """A running cluster."""
    running = cluster.Cluster(work / "database")
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def protoset_file(work) -> Path:
    path = work / "partnerlink.protoset"
    path.write_bytes(descriptors.compile_protos())
    return path


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of deploy/local/install's tools."""
    if "PARTNERLINK_TOOLS_DIR" in os.environ:
        return Path(os.environ["PARTNERLINK_TOOLS_DIR"])
    said = subprocess.run([descriptors.ROOT / "deploy/local/install"], stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, text=True, check=True)
    return Path(said.stdout.strip().rpartition("tools: ")[2])
