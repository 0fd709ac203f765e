"""No link and no token of all these journeys is at rest anywhere: not in a log, not in the database's
files, not in a dump, not in a metric. Runs last."""

import base64
import binascii
import os
import secrets

import pytest
from api import LINKS
from suite import SERVICES
from tokens import ISSUED


@pytest.fixture(scope="module")
def links(world):
    world.accept()
    assert LINKS
    return sorted(LINKS)


def forms_of(link: str) -> list[bytes]:
    """Ways in which a link's token or its secret could lie about."""
    token = link.partition("#")[2]
    content = base64.urlsafe_b64decode(token)
    secret = content[-32:]
    return [token.encode(), content, secret, binascii.hexlify(secret),
            base64.b64encode(secret).rstrip(b"="), base64.b64encode(content)]


def files_of(suite) -> dict[str, bytes]:
    """The logs, a dump, the metrics, and every file of the database, WAL included."""
    suite.psql("CHECKPOINT")
    found = {str(path): path.read_bytes() for path in suite.logs()}
    found["dump"] = suite.dump()
    for service in SERVICES:
        found[f"metrics of {service}"] = suite.metrics(service).encode()
    found["metrics of gateway"] = suite.admin("/stats/prometheus").encode()
    cluster = suite.folder / "postgres/cluster"
    for folder, _, names in os.walk(cluster):
        for name in names:
            path = os.path.join(folder, name)
            try:
                found[path] = open(path, "rb").read()
            except FileNotFoundError:
                continue  # a temporary file of the server's
    return found


@pytest.fixture(scope="module")
def files(suite, links):
    return files_of(suite)


def places_of(needles: list[bytes], files: dict[str, bytes]) -> list[str]:
    return [name for name, content in files.items()
            if any(needle in content for needle in needles)]


def test_links_are_nowhere(links, files):
    found = [place for link in links for place in places_of(forms_of(link), files)]
    assert found == []


def test_tokens_are_nowhere(files):
    """The signed part of each, and the signature: neither alone may be found."""
    assert len(ISSUED) > 10
    parts = [part.encode() for token in ISSUED for part in token.split(".")[1:]]
    assert places_of(parts, {name: content for name, content in files.items()
                             if "/postgres/cluster/" not in name}) == []


def test_control_what_is_kept_is_found(world, suite):
    """The search can find: a note is in the dump and in the database's files."""
    note = world.unique("canary")
    world.draft(note=note)
    places = places_of([note.encode()], files_of(suite))
    assert "dump" in places
    assert any("/pg_wal/" in place for place in places)
    assert any("/base/" in place for place in places)


def test_control_planted_link_is_found(suite, links):
    """A link that is kept as text, as hexadecimal or as bytes is found."""
    token = base64.urlsafe_b64encode(secrets.token_bytes(54)).decode()
    planted = f"https://partnerlink.example/invite#{token}"
    secret = base64.urlsafe_b64decode(token)[-32:]
    suite.psql("CREATE TABLE public.planted (a text, b bytea);"
               f"INSERT INTO public.planted VALUES ('{token}', '\\x{secret.hex()}')")
    try:
        places = places_of(forms_of(planted), files_of(suite))
        assert "dump" in places
        assert any("/base/" in place for place in places)
    finally:
        suite.psql("DROP TABLE public.planted")


def test_private_keys_and_passwords_are_in_no_log(suite):
    words = []
    for file in (suite.folder / "secrets").iterdir():
        if file.name != "jwks.json":
            words += [line.rpartition(":")[2].encode() for line in file.read_text().splitlines()
                      if len(line) > 30 and "---" not in line]
    assert words
    logs = {str(path): path.read_bytes() for path in suite.logs()}
    assert places_of(words, logs) == []
