"""The compose file and the Dockerfile, without an engine: both Composes' schemas, rules of ours."""

import os
import re
import subprocess
import sys
from pathlib import Path

import descriptors
import pytest
import yaml

ROOT = descriptors.ROOT
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "deploy/images/Dockerfile"
PROGRAMS = Path(sys.executable).parent
# They run once and end; every other part stays, is watched and comes back.
ENDING = {"setup", "migrate", "rebuild", "tour"}
# Parts that someone outside calls.
PUBLISHED = {"gateway", "prometheus"}
LABELS = ["title", "description", "version", "revision"]


def model() -> dict:
    return yaml.safe_load(COMPOSE.read_text())


def faults_of(name: str, part: dict, written: dict) -> list[str]:
    """What a part lacks of what every part must have."""
    faults = []

    def require(holds: bool, fault: str) -> None:
        if not holds:
            faults.append(f"{name}: {fault}")

    user = str(part.get("user", ""))
    require(bool(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)), "user is not a number other than 0")
    require(part.get("read_only") is True, "its root can be written")
    require(part.get("cap_drop") == ["ALL"] and not part.get("cap_add"), "it has capabilities")
    require(part.get("security_opt") == ["no-new-privileges:true"], "it may gain privileges")
    require(bool(part.get("mem_limit")) and bool(part.get("pids_limit")), "it has no limits")
    require(not {"privileged", "pid", "ipc", "devices", "environment", "env_file"} & part.keys(),
            "it has more than it needs, or an environment, where no secret may be")
    require(part.get("image", "").startswith(f"partnerlink-{name}:"), "its image has no name")
    require(part.get("build", {}).get("target") == name, "its image is not the target of its name")
    require(all("condition" in each for each in dict(part.get("depends_on", {})).values()),
            "it waits for a start, not for a condition")
    require(part.get("network_mode") == "none" or bool(part.get("networks")), "it has any network")
    require(bool(part.get("ports")) == (name in PUBLISHED), "its ports are not what is published")
    if name not in ENDING:
        require("healthcheck" in part, "it has no health check")
        require(part.get("restart") == "unless-stopped", "it does not come back")
    for volume in part.get("volumes", []):
        source, target, *options = volume.split(":")
        require(source in written["volumes"], f"{source} is no volume")
        if name != "setup" and target == "/var/lib/partnerlink":
            require(source == f"{name}_files" and options == ["ro"], f"{source} is not its own")
        require(name == "setup" or source != "setup", "it sees the originals of all secrets")
    return faults


def run(*command, **options) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def docker_compose_1(path: Path) -> subprocess.CompletedProcess:
    """Debian's, which is written in Python."""
    return run("docker-compose", "-f", path, "config", "-q")


def compose_2(path: Path) -> subprocess.CompletedProcess:
    """The loader of Compose v2."""
    return run(PROGRAMS / "compose-spec", path)


def hadolint(path: Path) -> subprocess.CompletedProcess:
    return run(PROGRAMS / "hadolint", path)


@pytest.mark.parametrize("taken_by", [docker_compose_1, compose_2])
def test_the_file_is_taken(taken_by):
    result = taken_by(COMPOSE)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(("taken_by", "planted"), [
    (docker_compose_1, "name: partnerlink\n"),
    (compose_2, "servicez: {}\n"),
])
def test_a_planted_key_is_not_taken(tmp_path, taken_by, planted):
    path = tmp_path / "docker-compose.yml"
    path.write_text(COMPOSE.read_text() + planted)
    assert taken_by(path).returncode != 0


def test_every_part_is_hardened():
    written = model()
    assert [fault for name, part in written["services"].items()
            for fault in faults_of(name, part, written)] == []


def test_a_part_without_all_that_is_found():
    written = model()
    part = {"image": "debian", "build": ".", "volumes": ["setup:/s"], "depends_on": {"setup": {}},
            "environment": {"PASSWORD": "x"}, "ports": ["1:1"]}
    part["build"] = {"target": "debian"}
    assert len(faults_of("part", part, written)) == 14


def test_each_wall_is_looked_for():
    written = model()
    for key in ("user", "read_only", "cap_drop", "security_opt", "mem_limit", "pids_limit",
                "image", "build", "networks", "healthcheck", "restart"):
        part = {name: value for name, value in written["services"]["directory"].items()
                if name != key}
        assert len(faults_of("directory", part, written)) == 1, key


def test_only_what_is_published_reaches_outside():
    written = model()
    open_networks = {name for name, network in written["networks"].items()
                     if not network.get("internal")}
    assert open_networks == {"edge"}
    outside = {name for name, part in written["services"].items()
               if "edge" in part.get("networks", [])}
    assert outside == PUBLISHED | {"tour"}
    database = {name for name, part in written["services"].items()
                if "backend" in part.get("networks", [])}
    assert database == {"postgres", "migrate", "invitation", "relationship", "directory", "rebuild"}


def test_one_service_runs_twice():
    assert {name: part["scale"] for name, part in model()["services"].items()
            if "scale" in part} == {"directory": 2}


def test_the_dockerfile_is_clean():
    result = hadolint(DOCKERFILE)
    assert result.returncode == 0, result.stdout


def test_a_planted_dockerfile_fault_is_found(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN cd /tmp && sudo ls\n")
    assert hadolint(tmp_path / "Dockerfile").returncode != 0


def stages() -> dict[str, str]:
    """The Dockerfile's stages by name."""
    text = DOCKERFILE.read_text()
    parts = re.split(r"^FROM (\S+) AS (\S+)\n", text, flags=re.MULTILINE)[1:]
    return {name: f"FROM {base}\n{body}"
            for base, name, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def test_every_image_is_ours_down_to_debian():
    for name, text in stages().items():
        base = text.partition("\n")[0].removeprefix("FROM ")
        assert base in stages() or base == "debian:bookworm-slim", name


def test_the_part_that_is_built_first_is_the_last_stage():
    """Otherwise builders without BuildKit make shared stages once for each part."""
    services = model()["services"]

    def comes_after_setup(name: str) -> bool:
        return any(each == "setup" or comes_after_setup(each)
                   for each in services[name].get("depends_on", []))

    assert list(stages())[-1] == "setup"
    assert [name for name in services if not comes_after_setup(name)] == ["setup"]


@pytest.mark.parametrize("part", model()["services"])
def test_an_image_says_what_it_is_and_is_nobody_s_superuser(part):
    text = stages()[part]
    assert all(f"org.opencontainers.image.{label}=" in text for label in LABELS)
    base = text.partition("\n")[0].removeprefix("FROM ")
    users = re.findall(r"^USER (\S+)$", stages().get(base, "") + text, re.MULTILINE)
    assert users and set(users) == {"10001:10001"}


def test_what_the_images_are_made_of_is_named():
    """All is left out but what .dockerignore lets in again: no build output, no secret of a run."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines()
             if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == {
        "CMakeLists.txt", "common", "deploy", "proto", "services"}


def test_compose_trial_is_a_program():
    assert os.access(ROOT / "tests/compose/run", os.X_OK)
