"""A PostgreSQL cluster of its own for the tests of the migrations."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psql
from descriptors import ROOT

# The order in which projects are deployed; they are reverted the other way round.
PROJECTS = ["common", "services/relationship", "services/directory", "services/invitation"]


@dataclass
class Cluster:
    """Started by tests/support/database, which trusts its socket."""

    folder: Path

    def start(self) -> None:
        self._control("start")

    def stop(self) -> None:
        self._control("stop")

    def _control(self, verb: str) -> None:
        subprocess.run([ROOT / "tests/support/database", verb, self.folder], check=True,
                       capture_output=True, text=True)

    def psql(self, database: str, sql: str, login: str = "postgres") -> list[str]:
        return psql.rows(sql, self.folder, 5432, database, login=login)

    def make_database(self, name: str) -> None:
        """An empty one with the suite's roles."""
        self.psql("postgres", f"DROP DATABASE IF EXISTS {name}")
        self.psql("postgres", f"CREATE DATABASE {name} TEMPLATE template0")
        self.psql(name, (ROOT / "deploy/postgres/roles.sql").read_text())

    def sqitch(self, database: str, project: str, *arguments: str) -> subprocess.CompletedProcess:
        environment = os.environ | {
            "PGHOST": str(self.folder), "PGPORT": "5432", "PGUSER": "migrator",
            "SQITCH_FULLNAME": "Partnerlink",
            "SQITCH_EMAIL": "migrations@partnerlink.invalid",
        }
        verb, *rest = arguments
        return subprocess.run(["sqitch", verb, f"db:pg:{database}", *rest], env=environment,
                              cwd=ROOT / project / "migrations", capture_output=True, text=True,
                              check=False)

    def deploy(self, database: str) -> str:
        """All projects; what sqitch said."""
        said = ""
        for project in PROJECTS:
            result = self.sqitch(database, project, "deploy")
            assert result.returncode == 0, f"{project}: {result.stdout}{result.stderr}"
            said += result.stdout
        return said
