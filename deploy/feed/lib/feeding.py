"""Feeds the rows of a table: in chunks, two of them under way, from where the import stands."""

import collections
import csv
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterator

from gateway import Messages, Refused, Stream
from google.protobuf.json_format import ParseError
from kinds import Kind
from table import NOTES, Row, Table

MOST_ROWS = 1000
# A message may have 1 MiB.
MOST_BYTES = 900_000
UNDER_WAY = 2
# What passes is tried again, for at most so long without a chunk that was taken; s.
LONGEST_TRIAL = 60
# … and for so long where the gateway has not answered at all yet.
FIRST_TRIAL = 5


@dataclass
class Chunk:
    """Rows that go together."""

    position: int
    rows: list[Row] = field(default_factory=list)
    size: int = 0
    messages: list = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.position + len(self.rows)


class Rejects:
    """The file of the rows that were not taken, each with the reason; made with the first of them.
    One that is continued keeps what it has."""

    def __init__(self, path: Path, columns: list[str], is_continued: bool):
        self.path = path
        self._columns = columns
        self._is_continued = is_continued and path.exists()
        self._file = None
        self._writer = None
        self.count = 0
        if not is_continued:
            path.unlink(missing_ok=True)

    def add(self, row: Row, reason: str, detail: str) -> None:
        kept = [i for i, name in enumerate(self._columns) if name not in NOTES]
        if self._file is None:
            self._file = open(self.path, "a", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            if not self._is_continued:
                self._writer.writerow([*NOTES, *(self._columns[i] for i in kept)])
        cells = [row.cells[i] if i < len(row.cells) else "" for i in kept]
        # What is too much stays there to be corrected.
        cells += row.cells[len(self._columns):]
        # Counted as people count, from 1.
        self._writer.writerow([row.position + 1, reason, detail, *cells])
        self.count += 1

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()


class Feeding:
    """One file on its way."""

    def __init__(self, kind: Kind, table: Table, messages: Messages, fields: dict,
                 open_stream: Callable[[], Stream], rejects: Rejects,
                 advance: Callable[[int], None]):
        self._kind, self._table, self._messages = kind, table, messages
        self._fields = fields
        self._open_stream = open_stream
        self._rejects = rejects
        self._advance = advance
        self._request = messages.of_method(kind.service, kind.method)[0]
        self._row_class = type(getattr(self._request(), kind.rows).add())
        self._rows = table.rows()
        # Rows that were read and are not answered for yet: at most two chunks and one row.
        self._unanswered: collections.deque[Row] = collections.deque()
        self._has_answer = False
        self.position = 0
        self.accepted = 0

    def run(self, is_resumable: bool, begin: int = 0) -> None:
        """Until every row is answered for. Refused ends it, and what was answered for stays."""
        self._skip(begin)
        last_word = time.monotonic()
        while True:
            before = self.position
            stream = self._open_stream()
            try:
                if is_resumable:
                    self._catch_up(stream)
                self._feed(stream)
                return
            except Refused as refusal:
                if self.position > before:
                    last_word = time.monotonic()
                longest = LONGEST_TRIAL if self._has_answer else FIRST_TRIAL
                if not refusal.is_passing or time.monotonic() - last_word > longest:
                    raise
                time.sleep(0.5)
            finally:
                stream.close()
                self._rejects.flush()

    def _skip(self, begin: int) -> None:
        while self.position < begin and next(self._rows, None) is not None:
            self.position += 1
        self._advance(self.position)

    def _catch_up(self, stream: Stream) -> None:
        """What was taken before is not sent again: what became of it is asked for."""
        while True:
            stream.send(self._messages.fill(self._request(), self._fields | {
                "position": self.position}))
            answer = self._receive(stream)
            if answer.committed_position <= self.position:
                return
            if not answer.accepted and not answer.rejected:
                # Only the import's position: no chunk begins where we are.
                raise Refused("the import was begun with other rows: give it another --import_id",
                              "IMPORT_CHANGED", False)
            self._settle(answer)

    def _feed(self, stream: Stream) -> None:
        # What was read before the stream broke is sent first.
        chunks = self._chunks()
        under_way = 0
        is_over = False
        while under_way or not is_over:
            while under_way < UNDER_WAY and not is_over:
                chunk = next(chunks, None)
                is_over = chunk is None
                if chunk is not None:
                    stream.send(self._message_of(chunk))
                    under_way += 1
            if under_way:
                self._settle(self._receive(stream))
                under_way -= 1

    def _chunks(self) -> Iterator[Chunk]:
        chunk = Chunk(self.position)
        for row in self._unsent():
            message = self._row_message(row)
            size = message.ByteSize() + 8
            if chunk.rows and (len(chunk.rows) == MOST_ROWS or chunk.size + size > MOST_BYTES):
                yield chunk
                chunk = Chunk(chunk.end)
            chunk.rows.append(row)
            chunk.messages.append(message)
            chunk.size += size
        if chunk.rows:
            yield chunk

    def _unsent(self) -> Iterator[Row]:
        yield from list(self._unanswered)
        for row in self._rows:
            self._unanswered.append(row)
            yield row

    def _message_of(self, chunk: Chunk):
        message = self._messages.fill(self._request(), self._fields | {"position": chunk.position})
        getattr(message, self._kind.rows).extend(chunk.messages)
        return message

    def _row_message(self, row: Row):
        """Empty where the row cannot be made sense of: then it is refused there, too, and keeps its
        place."""
        message = self._row_class()
        try:
            if not row.problem:
                self._messages.fill(message, self._kind.fields(row.values))
            if message.ByteSize() > MOST_BYTES:
                raise ValueError(f"has more than {MOST_BYTES} bytes")
        except (ValueError, ParseError) as error:
            row.problem = " ".join(str(error).split())
            message = self._row_class()
        return message

    def _receive(self, stream: Stream):
        answer = stream.receive()
        self._has_answer = True
        return answer

    def _settle(self, answer) -> None:
        refused = {rejected.row: rejected.status for rejected in answer.rejected}
        while self.position < answer.committed_position:
            row = self._next_unanswered()
            if row.position in refused:
                # A row that was sent by a command before this one: what was wrong with it here.
                self._row_message(row)
                reason, detail = self._messages.reason_and_detail(refused[row.position])
                self._rejects.add(row, reason, row.problem or detail)
            self.position += 1
            self._advance(1)
        self.accepted += answer.accepted

    def _next_unanswered(self) -> Row:
        if self._unanswered:
            return self._unanswered.popleft()
        row = next(self._rows, None)
        if row is None:
            raise Refused("the import has more rows than the file: give it another --import_id",
                          "IMPORT_CHANGED", False)
        return row
