"""One running copy of the whole suite, started by deploy/local/up with a folder and ports of its own."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
import uuid
from pathlib import Path

import psql
from descriptors import ROOT

SERVICES = ("invitation", "relationship", "directory")
LOCAL = ROOT / "deploy/local"
# How long a command of deploy/local may take; a build, where there is none yet, included.
PATIENCE = 1500


def await_true(what, seconds: float, pause: float = 0.05):
    """Calls `what` until it answers something true, which is the answer; at most `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() >= end:
            raise AssertionError(f"not so after {seconds} s")
        time.sleep(pause)


def free_port_base(first: int) -> int:
    """A base whose ports, see deploy/local/lib/common.sh, are free."""
    offsets = (0, 1, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40)
    for base in range(first, 60000, 100):
        if all(is_free(base + offset) for offset in offsets):
            return base
    raise AssertionError("no ports are free")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def read_page(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return response.read().decode()


def read_metrics(port: int) -> str:
    return read_page(port, "/metrics")


def command(name: str, *arguments, check: bool = True) -> subprocess.CompletedProcess:
    """Runs a command of deploy/local without a terminal."""
    result = subprocess.run(
        [LOCAL / name, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, check=False, cwd="/",
    )
    if check and result.returncode != 0:
        raise AssertionError(f"{name} failed:\n{result.stdout}")
    return result


class Session:
    """A psql that goes on; a statement that fails, or takes a minute, ends it."""

    def __init__(self, command: list):
        self._psql = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, cwd="/")
        self.ask("SET statement_timeout = '60s'")

    def ask(self, sql: str) -> list[str]:
        end = uuid.uuid4().hex
        self._psql.stdin.write(f"{sql}\n;SELECT '{end}';\n")
        self._psql.stdin.flush()
        rows = []
        for line in self._psql.stdout:
            if line == f"{end}\n":
                return rows
            rows.append(line.removesuffix("\n"))
        raise RuntimeError("\n".join(rows))

    def end(self) -> None:
        self._psql.terminate()
        self._psql.wait(timeout=10)


class Suite:
    """A copy in `folder`, whose gateway listens on `port_base`."""

    def __init__(self, folder: Path, port_base: int):
        self.folder = folder
        self.port_base = port_base
        self.gateway = f"127.0.0.1:{port_base}"
        self._session: Session | None = None

    def up(self) -> str:
        """Starts what does not run; what up printed."""
        return command("up", "--dir", self.folder, "--port_base", str(self.port_base),
                       "--no_data").stdout

    def down(self, *options) -> str:
        return command("down", "--dir", self.folder, *options).stdout

    def _port(self, service: str, offset: int) -> int:
        return self.port_base + 10 * (1 + SERVICES.index(service)) + offset

    def data_port(self, service: str) -> int:
        return self._port(service, 0)

    def health_port(self, service: str) -> int:
        return self._port(service, 1)

    @property
    def mail_port(self) -> int:
        return self.port_base + 40

    def metrics(self, service: str) -> str:
        return read_metrics(self._port(service, 2))

    def admin(self, path: str) -> str:
        """What Envoy's admin answers."""
        return read_page(self.port_base + 1, path)

    def certificate(self, name: str) -> Path:
        return self.folder / "certificates" / f"{name}.crt"

    def key(self, name: str) -> Path:
        return self.folder / "certificates" / f"{name}.key"

    @property
    def authority(self) -> Path:
        return self.certificate("authority")

    # Processes.

    def pid(self, part: str) -> int:
        """Of a service or the gateway, as up has recorded it."""
        return int((self.folder / "run" / f"{part}.process").read_text().split()[0])

    def pids(self) -> dict[str, int]:
        """Of every part that lives."""
        found = {part: self.pid(part) for part in (*SERVICES, "gateway")}
        return {part: pid for part, pid in found.items() if is_alive(pid)}

    def kill(self, part: str) -> None:
        pid = self.pid(part)
        os.kill(pid, signal.SIGKILL)
        await_true(lambda: not is_alive(pid), 10)

    def kill_postgres(self) -> None:
        """Every process of the cluster at once, as a machine's crash would."""
        cluster = f"{self.folder}/postgres/cluster"
        first = int(Path(cluster, "postmaster.pid").read_text().split()[0])
        os.kill(first, signal.SIGSTOP)  # it starts no more
        everyone = [first, *(int(entry.name) for entry in Path("/proc").iterdir()
                             if entry.name.isdigit() and parent_of(int(entry.name)) == first)]
        for pid in everyone:
            os.kill(pid, signal.SIGKILL)
        await_true(lambda: not any(map(is_alive, everyone)), 10)

    def processes(self) -> list[str]:
        """The command lines of everything that runs from this folder, PostgreSQL included."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                    where = os.readlink(entry / "cwd")
                except (OSError, UnicodeDecodeError):
                    continue
                if f"{self.folder}/" in line + " " or where.startswith(f"{self.folder}/"):
                    found.append(line)
        return found

    # Logs.

    def logs(self) -> list[Path]:
        return sorted((self.folder / "logs").glob("*.log"))

    def log_lines(self, part: str, **wanted) -> list[dict]:
        """The JSON lines of a log that have these fields; every line must be JSON."""
        found = []
        for line in (self.folder / "logs" / f"{part}.log").read_text().splitlines():
            entry = json.loads(line)
            if all(entry.get(name) == value for name, value in wanted.items()):
                found.append(entry)
        return found

    # The database, as its superuser, behind no wall.

    @property
    def _database(self) -> tuple[Path, int, str]:
        return self.folder / "postgres/sockets", self.port_base + 5, "partnerlink"

    def psql(self, sql: str) -> list[str]:
        """The rows, columns separated by `|`."""
        return self._session.ask(sql) if self._session else psql.rows(sql, *self._database)

    @contextlib.contextmanager
    def connected(self):
        """Here psql() asks by one connection: it costs a tenth, but PostgreSQL must not be restarted."""
        self._session = Session(psql.reading(*self._database))
        try:
            yield
        finally:
            self._session.end()
            self._session = None

    def dump(self) -> bytes:
        return subprocess.run(psql.command("pg_dump", *self._database), cwd="/",
                              capture_output=True, timeout=120, check=True).stdout

    def is_running(self) -> bool:
        return len(self.pids()) == len(SERVICES) + 1


def data_folder(name: str) -> Path:
    """Outside the checkout, where the user postgres reaches it."""
    base = Path(os.environ.get("PARTNERLINK_TESTS_DIR", "/var/tmp/partnerlink-tests"))
    base.mkdir(mode=0o755, exist_ok=True)
    return base / name


def start(name: str, first_port: int) -> Suite:
    """A new copy; what an earlier run left of it goes."""
    folder = data_folder(name)
    Suite(folder, first_port).down("--purge")
    made = Suite(folder, free_port_base(first_port))
    try:
        made.up()
    except BaseException:
        made.down()
        raise
    return made


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return not re.search(r"\) Z ", stat)


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
