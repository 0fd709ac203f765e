"""An import and, for comparison, its rows by COPY into the same tables."""

import json
import subprocess
import time
from pathlib import Path
from typing import Callable

from processes import Cluster, Fault, Server
from rounds import Block
from sides import Sides

# Less than a token lives.
TOKEN_SECONDS = 300
IMPORTED = "customer IN (SELECT name FROM imported)"
TOUCHED = "resource IN (SELECT name FROM touched)"
# What an import leaves behind in each table, those first that others refer to.
TABLES = {
    "directory.customers": "name IN (SELECT name FROM imported)",
    "directory.domains": IMPORTED,
    "directory.users": IMPORTED,
    "directory.partner_customers": IMPORTED,
    "directory.edges": IMPORTED,
    "relationship.relationships": IMPORTED,
    "relationship.grants": IMPORTED,
    "common.audit_entries": TOUCHED,
    "common.outbox": TOUCHED,
}
# The customers of an import, and all that is audited of them.
NAMES = """
  CREATE TEMPORARY TABLE imported AS
    SELECT customer AS name FROM directory.partner_customers
    WHERE partner = 'partners/contoso' AND correlation_id IN (
      SELECT 'crm-' || n FROM generate_series({first}, {last}) AS n);
  CREATE TEMPORARY TABLE touched AS
    SELECT name FROM imported
    UNION ALL SELECT 'relationships/' || id FROM relationship.relationships WHERE {imported}
    UNION ALL SELECT partner || '/grants/' || id FROM relationship.grants WHERE {imported};
  ANALYZE imported;
  ANALYZE touched;
"""


class Imports:
    """Imports of as many rows each, one after the other, and the copies of their rows."""

    def __init__(self, sides: Sides, build: Path, cluster: Cluster, servers: list[Server],
                 port: int, first: int, rows: int, refresh_token: Callable[[], object]):
        self._sides = sides
        self._client = build / "tests/bench/partnerlink-bench-import"
        self._cluster = cluster
        self._servers = servers
        self.port = port
        self._rows = rows
        self._refresh_token = refresh_token
        self._first = first
        self._to_copy: list[int] = []
        self.accepted = 0

    def imported(self, _depth: int, _seed: int) -> Block:
        """An import, until its last customer is in the list."""
        measured = [*self._servers, self._cluster]
        first, self._first = self._first, self._first + self._rows
        self._refresh_token()
        command = [self._client, f"--address=127.0.0.1:{self.port}", f"--import_id=bench-{first}",
                   f"--first={first}", f"--rows={self._rows}",
                   f"--token_file={self._sides.folder}/token", *self._sides.tls("directory")]
        before = sum(part.cpu() for part in measured)
        answer = json.loads(self._run(command))
        cpu = sum(part.cpu() for part in measured) - before
        self._to_copy.append(first)
        self.accepted += answer["accepted"]
        return Block(answer["accepted"], answer["seconds"], answer["accepted"], cpu,
                     f"rows={self._rows} tenths={','.join(map(str, answer['tenths']))}")

    def _run(self, command: list) -> str:
        """What the client prints. It finds a new token in time, however long it takes."""
        end = time.monotonic() + 60 + self._rows / 100
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, cwd="/") as client:
            try:
                while True:
                    left = max(0.0, end - time.monotonic())
                    try:
                        printed, errors = client.communicate(timeout=min(TOKEN_SECONDS, left))
                        break
                    except subprocess.TimeoutExpired:
                        if left <= TOKEN_SECONDS:
                            raise
                        self._refresh_token()
            except BaseException:
                client.kill()
                raise
        if client.returncode != 0:
            raise Fault(f"the import ended with {client.returncode}: {errors.strip()}")
        return printed

    def copied(self, depth: int, seed: int) -> Block:
        """The rows of an import, all of them in one transaction, from files of the server's."""
        if not self._to_copy:
            self.imported(depth, seed)  # one more, that is not measured
        files = self._write_files(self._to_copy.pop(0))
        copies = "\n".join(f"COPY bench.{source.partition('.')[2]} FROM '{file}';"
                           for source, file in files.items())
        before = self._cluster.cpu()
        rows, seconds = self._cluster.run(f"""
            SELECT clock_timestamp() AS began, count(*) AS before FROM bench.customers \\gset
            BEGIN;
            {copies}
            COMMIT;
            SELECT clock_timestamp() AS ended \\gset
            SELECT count(*) - :before, extract(epoch FROM :'ended'::timestamptz - :'began')
            FROM bench.customers""").strip().split("|")
        cpu = self._cluster.cpu() - before
        return Block(int(rows), float(seconds), int(rows), cpu)

    def _write_files(self, first: int) -> dict[str, Path]:
        folder = self._sides.folder / "postgres"
        files = {source: folder / f"{source}.copy" for source in TABLES}
        names = NAMES.format(first=first, last=first + self._rows - 1, imported=IMPORTED)
        self._cluster.run(names + "".join(
            f"SELECT FROM bench.write('{source}', '{TABLES[source]}', '{file}');\n"
            for source, file in files.items()))
        return files


def await_delivery(cluster: Cluster, seconds: float) -> None:
    """Until no service owes another one anything."""
    end = time.monotonic() + seconds
    while int(cluster.run("""SELECT count(*) FROM common.outbox
                             WHERE target IS NOT NULL AND delivered_time IS NULL""")):
        if time.monotonic() > end:
            raise Fault(f"services owe each other something after {seconds} s")
        time.sleep(0.1)
