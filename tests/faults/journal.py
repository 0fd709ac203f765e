"""What a client meant to do and what it was told, on disk before it goes on; and what all journals of
a run say together."""

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from api import Answer
from calls import Call, is_settled, is_uncertain


class Journal:
    """One client's file: a line before each call, one after each answer."""

    def __init__(self, path: Path):
        self._file = path.open("a", encoding="utf-8")

    def intend(self, call: Call) -> None:
        self._write({"intent": call.request_id, "account": call.account, "method": call.method,
                     "fields": call.fields})

    def answered(self, call: Call, answer: Answer) -> None:
        line = {"answer": call.request_id, "code": answer.code, "reason": answer.reason}
        if answer.ok:
            line["body"] = answer.body
        else:
            line["message"] = answer.message
        line["uncertain"], line["settled"] = is_uncertain(answer), is_settled(answer)
        self._write(line)

    def find(self, fault: str) -> None:
        """Something that must not be."""
        self._write({"fault": fault})

    def _write(self, line: dict) -> None:
        self._file.write(json.dumps(line | {"time": time.time()}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass
class Told:
    """A call and what its client was told of it."""

    client: str
    call: Call
    body: dict | None = None  # of the answer OK
    was_uncertain: bool = False
    is_settled: bool = False
    time: float = 0  # of the last answer that left it in doubt

    def __str__(self) -> str:
        return f"{self.call.method} {self.call.request_id} of {self.call.account}"


@dataclass
class Record:
    """All journals of a run, in the order of each client."""

    calls: dict[str, Told] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> "Record":
        record = cls()
        for path in sorted(folder.glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                record._add(path.stem, json.loads(line))
        return record

    def _add(self, client: str, line: dict) -> None:
        if "intent" in line:
            call = Call(line["account"], line["method"], line["fields"], line["intent"])
            self.calls[call.request_id] = Told(client, call)
        elif "answer" in line:
            told = self.calls[line["answer"]]
            if line["uncertain"]:
                told.was_uncertain, told.time = True, line["time"]
            told.is_settled |= line["settled"]
            told.body = line.get("body", told.body)
        else:
            self.faults.append(line["fault"])

    def beginning(self, client: int, calls: int) -> list[tuple[str, str]]:
        """The methods and request ids of a client's first calls."""
        made = [(told.call.method, told.call.request_id) for told in self.calls.values()
                if told.client == str(client)]
        return made[:calls]

    @property
    def acknowledged(self) -> list[Told]:
        return [told for told in self.calls.values() if told.body is not None]

    @property
    def unknown(self) -> list[Told]:
        """Those that some answer left in doubt, whether or not a later one settled it."""
        return [told for told in self.calls.values() if told.was_uncertain or not told.is_settled]

    @property
    def unresolved(self) -> list[Told]:
        return [told for told in self.calls.values() if not told.is_settled]
