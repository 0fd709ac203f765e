"""The processes that are measured: their start, CPU time, memory and end."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# An empty message of gRPC, and the answer of a health check that says SERVING.
ASK = b"\0\0\0\0\0"
SERVING = bytes.fromhex("00000000020801")


class Fault(Exception):
    """What makes a measurement worthless, in one line."""


def stat_of(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on, which is number 0."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_of(pid: int, with_ended_children: bool = False) -> float:
    """Microseconds of CPU so far, of user and kernel."""
    fields = stat_of(pid)
    counted = fields[11:15] if with_ended_children else fields[11:13]
    return sum(map(int, counted)) * 1e6 / TICKS


class Server:
    """One of our servers, from its start to its end."""

    def __init__(self, program: Path, flags: Path, log: Path, *more: str):
        self.log = log
        self.began = time.monotonic()
        with open(log, "ab") as output:
            self._process = subprocess.Popen(
                [program, f"--flagfile={flags}", *more],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/",
            )
        self.pid = self._process.pid

    def cpu(self) -> float:
        self.check()
        return cpu_of(self.pid)

    def check(self) -> None:
        if self._process.poll() is not None:
            raise Fault(f"a server has ended: see {self.log}")

    def await_serving(self, health_port: int, seconds: float) -> float:
        """The seconds from its start until health says SERVING, looked at every 20 ms or so."""
        ask = ["curl", "-s", "-m", "2", "--http2-prior-knowledge", "--data-binary", "@-",
               "-H", "content-type: application/grpc", "-H", "te: trailers",
               f"http://127.0.0.1:{health_port}/grpc.health.v1.Health/Check"]
        while subprocess.run(ask, input=ASK, capture_output=True, check=False).stdout != SERVING:
            self.check()
            if time.monotonic() - self.began > seconds:
                raise Fault(f"a server is not ready after {seconds} s: see {self.log}")
            time.sleep(0.01)
        return time.monotonic() - self.began

    def resident_mib(self, most_so_far: bool = False) -> float:
        """Its memory now, or the most that it has had."""
        field = "VmHWM" if most_so_far else "VmRSS"
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / 1024

    def empty_log(self) -> None:
        os.truncate(self.log, 0)

    def logged_calls(self) -> tuple[int, int]:
        """The lines of calls since the log was emptied, and how many lines it has given up."""
        content = self.log.read_bytes()
        dropped = sum(int(n) for n in re.findall(rb'"log_lines_dropped","count":(\d+)', content))
        return content.count(b'"event":"call"'), dropped

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class Cluster:
    """A running PostgreSQL cluster, known by its first process."""

    def __init__(self, pid: int, folder: Path, port: int):
        self.pid = pid
        self._folder = folder
        self._port = port

    def cpu(self) -> float:
        """Of all its processes, those that have ended included."""
        while True:
            children = self._children()
            try:
                alive = sum(cpu_of(int(child)) for child in children)
            except (FileNotFoundError, ProcessLookupError):
                continue
            total = alive + cpu_of(self.pid, with_ended_children=True)
            # One that ended meanwhile is counted twice or not at all.
            if self._children() == children:
                return total

    def _children(self) -> list[str]:
        return Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()

    def run(self, sql: str) -> str:
        """What psql prints, without headings."""
        command = self.command("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                               "-d", "partnerlink")
        done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False,
                              cwd="/")
        if done.returncode != 0:
            raise Fault(f"psql: {done.stderr.strip()}")
        return done.stdout

    def command(self, program: str, *arguments: str) -> list[str]:
        """A client program that comes in as the superuser."""
        made = [program, "-h", f"{self._folder}/postgres/sockets", "-p", str(self._port),
                "-U", "postgres", *arguments]
        return ["runuser", "-u", "postgres", "--", *made] if os.getuid() == 0 else made
