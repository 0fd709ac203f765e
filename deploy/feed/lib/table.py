"""A CSV file as rows of named cells, read one after the other however long it is."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

# What the export puts an apostrophe before, so that no spreadsheet takes the cell for a formula; also
# where apostrophes stand before it already.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What `feed` writes beside the cells of a row that was refused: such a file may be fed again.
NOTES = ("row", "reason", "detail")
READ_AT_ONCE = 1 << 20


class BadFile(Exception):
    """The file cannot be fed; the text says why, in one line."""


@dataclass
class Row:
    """One row: where it stands, counted from 0, its cells as they are, and by their columns."""

    position: int
    cells: list[str]
    values: dict[str, str]
    # Why it cannot even be sent; empty if it can.
    problem: str = ""


class Table:
    """A file in UTF-8 with a row of names, comma-separated as RFC 4180 says. Made, it has been read
    once: what is wrong with it as a file is known before a row of it is sent."""

    def __init__(self, path: Path, required: tuple[str, ...], known: tuple[str, ...],
                 skipped: tuple[str, ...] = ()):
        self.path = path
        # Columns whose cells are taken for empty.
        self._skipped = skipped
        try:
            self.digest = self._hash()
            rows = self._read()
            self.columns = next(rows, [])
            self._check_columns(required, known)
            self.size = sum(1 for _ in rows)
        except OSError as error:
            raise BadFile(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None

    def rows(self) -> Iterator[Row]:
        rows = self._read()
        next(rows, None)
        for position, cells in enumerate(rows):
            row = Row(position, cells, {})
            if len(cells) == len(self.columns):
                row.values = {name: text_of(cell) for name, cell in zip(self.columns, cells)
                              if name not in self._skipped}
            else:
                row.problem = f"has {len(cells)} cells instead of {len(self.columns)}"
            yield row

    def _hash(self) -> str:
        digest = hashlib.sha256()
        with open(self.path, "rb") as file:
            while part := file.read(READ_AT_ONCE):
                digest.update(part)
        return digest.hexdigest()

    def _read(self) -> Iterator[list[str]]:
        # A spreadsheet may have put a byte order mark before it.
        with open(self.path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                # An empty line is no row.
                yield from (row for row in reader if row)
            except UnicodeDecodeError:
                raise BadFile(f"{self.path}: is not UTF-8, near line {reader.line_num + 1}") from None
            except csv.Error as error:
                raise BadFile(f"{self.path}: line {reader.line_num}: {error}") from None

    def _check_columns(self, required: tuple[str, ...], known: tuple[str, ...]) -> None:
        if not self.columns:
            raise BadFile(f"{self.path}: is empty; its first row must name the columns")
        missing = [name for name in required if name not in self.columns]
        strange = [name for name in self.columns if name not in known + NOTES]
        if missing:
            raise BadFile(f"{self.path}: lacks the column {', '.join(missing)}")
        if strange:
            raise BadFile(f"{self.path}: the column {', '.join(map(repr, strange))} is not known; "
                          f"known are {', '.join(known)}")
        if len(set(self.columns)) < len(self.columns):
            raise BadFile(f"{self.path}: a column is there twice")


def text_of(cell: str) -> str:
    """Without the apostrophe of the export."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULAS) else cell


def lines_of(cell: str) -> list[str]:
    """What stands on a line each."""
    return [line for line in cell.splitlines() if line]


def truth_of(cell: str) -> bool:
    """ValueError for what is neither."""
    said = {"": False, "false": False, "true": True}.get(cell.strip().lower())
    if said is None:
        raise ValueError("must be true or false")
    return said
