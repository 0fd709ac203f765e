"""Another process of a service beside the running one, or in its place."""

import contextlib
import json
import os
import subprocess
import uuid

from suite import await_true, read_metrics


def program_of(suite, service: str) -> str:
    return os.readlink(f"/proc/{suite.pid(service)}/exe").removesuffix(" (deleted)")


@contextlib.contextmanager
def in_place_of(suite, service: str, **flags: str):
    """Behind the gateway the service is another process meanwhile, with these flags."""
    program = program_of(suite, service)
    suite.kill(service)
    extra = Extra(suite, service, program,
                  data_address=f"127.0.0.1:{suite.data_port(service)}",
                  health_address=f"127.0.0.1:{suite.health_port(service)}", **flags)
    try:
        extra.data_port()
        yield extra
    finally:
        extra.end()
        suite.up()


class Extra:
    """Another process of a service beside the running one, on ports of its own."""

    def __init__(self, suite, service: str, program: str = "",
                 environment: dict[str, str] | None = None, **flags: str):
        program = program or program_of(suite, service)
        self.log = suite.folder / "logs" / f"extra-{service}-{uuid.uuid4().hex[:6]}.log"
        settings = {"data_address": "127.0.0.1:0", "health_address": "127.0.0.1:0",
                    "metrics_address": "127.0.0.1:0"} | flags
        self.process = subprocess.Popen(
            [program, f"--flagfile={suite.folder}/config/{service}.flags",
             *(f"--{name}={text}" for name, text in settings.items())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log.open("wb"), cwd="/",
            env=os.environ | (environment or {}))

    def lines(self, event: str) -> list[dict]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if line["event"] == event]

    def data_port(self) -> int:
        await_true(lambda: self.lines("serving"), 20)
        return self.lines("listening")[0]["data_port"]

    def metrics(self) -> str:
        return read_metrics(self.lines("listening")[0]["metrics_port"])

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
