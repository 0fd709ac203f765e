"""The sides of a comparison: calls of ours to a server, and the same rows by pgbench."""

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Callable

from processes import Cluster, Fault, Server
from rounds import Block, Side

PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"
WARM_UP = 0.3
# Prepares a block, unmeasured; answers options that say what it has prepared.
Prepare = Callable[[], list[str]]


def nothing() -> list[str]:
    return []


class Sides:
    """What all sides share."""

    def __init__(self, folder: Path, build: Path, cluster: Cluster, seconds: int):
        self.folder = folder
        self._load = build / "tests/bench/partnerlink-bench-load"
        self._cluster = cluster
        self._seconds = seconds
        self.refused = 0
        self.answered = 0

    def empty(self, port: int, server: Server, plaintext: bool = False) -> Side:
        """L."""
        return self.calls("empty", port, server, with_postgres=False, plaintext=plaintext, token="")

    def tls(self, peer: str) -> list[str]:
        """The options of a client that comes in by TLS, as the gateway."""
        names = {"certificate": "gateway.crt", "key": "gateway.key", "ca": "authority.crt"}
        return [f"--peer={peer}", *(f"--tls_{flag}_file={self.folder}/certificates/{name}"
                                    for flag, name in names.items())]

    def calls(self, call: str, port: int, server: Server, *, peer: str = "invitation",
              with_postgres: bool = True, plaintext: bool = False, token: str = "token",
              prepare: Prepare = nothing) -> Side:
        """Calls of ours to a server, with a token and a log line each."""
        measured = [server, self._cluster] if with_postgres else [server]

        def side(depth: int, seed: int) -> Block:
            command = [self._load, f"--call={call}", f"--address=127.0.0.1:{port}",
                       f"--depth={depth}", f"--seed={seed}", f"--warm_up={WARM_UP}s",
                       f"--time={self._seconds}s", *prepare()]
            if not plaintext:
                command += self.tls(peer)
            if token:
                command.append(f"--token_file={self.folder}/{token}")
            server.empty_log()
            before = sum(part.cpu() for part in measured)
            answer = json.loads(self._run_client(command))
            cpu = sum(part.cpu() for part in measured) - before
            note = f"client_us_per_call={answer['client_cpu_us'] / answer['all_calls']:.1f}"
            if answer["refused"]:
                note += f" refused={answer['refused']}"
            if token:
                note += self._await_log(server, answer["all_calls"])
                self.answered += answer["all_calls"] - answer["refused"]
                self.refused += answer["refused"]
            return Block(answer["calls"], answer["seconds"], answer["all_calls"], cpu, note)

        return side

    def _run_client(self, command) -> str:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=self._seconds + 60, cwd="/")
        if done.returncode != 0:
            raise Fault(f"{Path(command[0]).name} ended with {done.returncode}: "
                        f"{done.stderr.strip()}")
        return done.stdout

    @staticmethod
    def _await_log(server: Server, calls: int) -> str:
        """Without its line a call is not a whole one."""
        end = time.monotonic() + 2
        while True:
            lines, dropped = server.logged_calls()
            if lines >= calls and not dropped:
                return f" log_lines={lines}"
            if dropped or time.monotonic() > end:
                raise Fault(f"{lines} lines in the log for {calls} calls, {dropped} given up")
            time.sleep(0.02)

    def pgbench(self, *scripts: str, prepare: Prepare = nothing) -> Side:
        """The same rows by fixed files, each with its weight behind `@`, straight from PostgreSQL."""

        def side(depth: int, seed: int) -> Block:
            files = [part for script in scripts for part in ("-f", f"{self.folder}/{script}")]
            command = self._cluster.command(
                PGBENCH, "-n", *files, "-M", "prepared", "-c", str(depth), "-j",
                str(min(depth, 2)), "-T", str(self._seconds), f"--random-seed={seed}", *prepare(),
                "dbname=partnerlink options='-c enable_seqscan=off'")
            before = self._cluster.cpu()
            done = subprocess.run(command, capture_output=True, text=True, check=False,
                                  timeout=self._seconds + 60, cwd="/")
            cpu = self._cluster.cpu() - before
            found = {
                "calls": re.search(r"actually processed: (\d+)", done.stdout),
                "failed": re.search(r"number of failed transactions: (\d+)", done.stdout),
                "rate": re.search(r"tps = ([\d.]+)", done.stdout),
            }
            if done.returncode != 0 or not all(found.values()) or found["failed"][1] != "0":
                raise Fault(f"pgbench: {done.stderr.strip() or done.stdout.strip()}")
            calls = int(found["calls"][1])
            return Block(calls, calls / float(found["rate"][1]), calls, cpu)

        return side


class Supply:
    """Invitations that wait to be accepted: fresh ones for every block, more than it can take."""

    PER_SECOND = 6000

    def __init__(self, sides: Sides, build: Path, cluster: Cluster, seconds: int, depth: int):
        self._sides = sides
        self._hashes = build / "tests/bench/partnerlink-bench-hashes"
        self._cluster = cluster
        self._share = int(self.PER_SECOND * (seconds + WARM_UP)) // depth
        self._depth = depth
        self._count = self._share * depth
        self._first = 100_000_000_000

    def _make(self) -> int:
        first = self._first
        self._first += self._count
        keys = self._sides.folder / "secrets/link_keys"
        hashes = subprocess.run(
            [self._hashes, f"--link_key_file={keys}", f"--first={first}",
             f"--count={self._count}"], capture_output=True, text=True, check=True).stdout
        self._cluster.run(
            "CREATE TEMPORARY TABLE hashes (n bigint, hash bytea);\n"
            f"COPY hashes FROM stdin;\n{hashes}\\.\n"
            + (self._sides.folder / "pending_invitations.sql").read_text())
        return first

    def for_calls(self) -> list[str]:
        keys = self._sides.folder / "secrets/link_keys"
        return [f"--first={self._make()}", f"--link_key_file={keys}"]

    def for_pgbench(self) -> list[str]:
        """The first of each client's share is accepted already: what comes late finds one."""
        first = self._make()
        self._cluster.run(f"""
            UPDATE bench.invitations SET state = 'ACCEPTED', use_count = 1
            WHERE partner = 'partners/contoso' AND id IN (
              SELECT ('01900000-0000-7000-9000-' || {first} + client * {self._share})::uuid
              FROM generate_series(0, {self._depth - 1}) AS client)""")
        return ["-D", f"first={first}", "-D", f"share={self._share}", "-D", "i=0"]
