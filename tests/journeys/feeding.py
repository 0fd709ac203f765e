"""The command `feed` as an operator runs it, and files for it."""

import csv
import io
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import descriptors

FEED = descriptors.ROOT / "deploy/feed/feed"
# For a file of some ten thousand rows.
LONGEST = 300


@dataclass
class Fed:
    """What came of it."""

    code: int
    # What it printed last, and what it complained of.
    last_line: str
    complaint: str
    # The file of the rows that were refused.
    rejected: list[dict[str, str]]


def write(path: Path, columns: list[str], rows: list[list[str]]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def customers(path: Path, ids: list[str]) -> Path:
    """A file of companies with these ids."""
    return write(path, ["name", "display_name", "country", "correlation_id"],
                 [[f"customers/{each}", f"Company {each}", "PL", f"C-{each}"] for each in ids])


def begin(suite, caller, what: str, path: Path, *options: str) -> subprocess.Popen:
    """The command, begun, with the caller's token."""
    token = path.with_suffix(".token")
    token.write_text(caller.token)
    return subprocess.Popen(
        [FEED, what, str(path), "--dir", str(suite.folder), "--port_base", str(suite.port_base),
         "--token_file", str(token), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={name: value for name, value in os.environ.items() if name != "PARTNERLINK_TOKEN"})


def end(process: subprocess.Popen, path: Path) -> Fed:
    out, complaint = process.communicate(timeout=LONGEST)
    rejected = path.with_name(f"{path.stem}.rejected.csv")
    rows = []
    if rejected.exists():
        rows = list(csv.DictReader(io.StringIO(rejected.read_text(), newline="")))
    return Fed(process.returncode, (out.strip().splitlines() or [""])[-1], complaint.strip(), rows)


def feed(suite, caller, what: str, path: Path, *options: str) -> Fed:
    return end(begin(suite, caller, what, path, *options), path)


def feed_customers(suite, caller, path: Path, *options: str) -> Fed:
    return feed(suite, caller, "customers", path, "--parent", caller.account, *options)
