"""How tests ask PostgreSQL as its superuser, who comes in as the user postgres."""

import os
import subprocess
from pathlib import Path

# Not Debian's wrapper in the path, which takes longer than what it starts.
BIN = Path("/usr/lib/postgresql/15/bin")
# Not subprocess's `user`: Python forks for that, and a fork in a process that uses gRPC may fail.
_AS_POSTGRES = (["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
                if os.getuid() == 0 else [])


def command(program: str, sockets: Path, port: int, database: str, login: str = "postgres") -> list:
    return [*_AS_POSTGRES, BIN / program, "-h", sockets, "-p", str(port), "-U", login, "-d", database]


def reading(*where, **names) -> list:
    """Of a psql that reads SQL and prints rows, columns separated by `|`."""
    return [*command("psql", *where, **names), "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"]


def rows(sql: str, *where, **names) -> list[str]:
    """What the SQL answers; fails with the server's words."""
    result = subprocess.run(reading(*where, **names), input=sql, capture_output=True, text=True,
                            cwd="/", timeout=60, check=False)
    if result.returncode != 0:
        raise RuntimeError(result.stderr)
    return result.stdout.splitlines()
