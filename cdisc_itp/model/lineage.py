"""Where values come from: raw rows, form rows, records; and what became of each form row."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from .column import Codes, Column, Mask, Rows, take
from .raw import RawTable


class Fate(IntEnum):
    """What became of a form row (a raw row, or one column of it where columns were turned into rows)."""

    OPEN = 0
    SUBMITTED = 1
    MERGED = 2
    READ = 3
    LEFT_OUT = 4
    REJECTED = 5

    @property
    def words(self) -> str:
        """The fate as reports show it."""
        return _WORDS[self]


_WORDS = {
    Fate.OPEN: "not accounted for",
    Fate.SUBMITTED: "submitted",
    Fate.MERGED: "merged",
    Fate.READ: "read by look-up",
    Fate.LEFT_OUT: "not submitted",
    Fate.REJECTED: "rejected",
}


class TablePlace(Struct, frozen=True):
    """One raw table as reports name it: its source, file and sheet, and the rows that the reader counted."""

    source: str
    name: str
    file: str
    sheet: str | None
    n: int
    sha256: str


class Places(Struct, frozen=True):
    """Where rows come from: table (index into the study's raw tables), row in it, unpivoted column (-1: none)."""

    table: Codes
    row: Rows
    column: Codes

    def __len__(self) -> int:
        return len(self.table)

    def take(self, rows: npt.NDArray[np.integer]) -> Places:
        """The places at ``rows``."""
        return Places(self.table[rows], self.row[rows], self.column[rows])

    @staticmethod
    def join(parts: list[Places]) -> Places:
        """Several one after another."""
        if not parts:
            none = np.empty(0, np.int32)
            return Places(none, none.astype(np.int64), none)
        return Places(
            np.concatenate([p.table for p in parts]),
            np.concatenate([p.row for p in parts]),
            np.concatenate([p.column for p in parts]),
        )


class Occurrences(Struct, frozen=True):
    """One kind of issue, each occurrence: the code, what was being made, the value at fault, the place.

    ``line`` is file and line of the spec that was being applied (no file: none was).
    """

    code: str
    dataset: str
    variable: str
    column: str
    value: Column
    places: Places
    detail: str = ""
    subject: Column | None = None
    index: Rows | None = None
    line: tuple[str, int] = ("", 0)

    def keep(self, live: Mask) -> Occurrences:
        """The occurrences in rows that are live; ``index`` says which row each one is in."""
        if self.index is None or live[self.index].all():
            return self
        at = np.flatnonzero(live[self.index])
        who = None if self.subject is None else take(self.subject, at)
        return replace(self, value=take(self.value, at), places=self.places.take(at), subject=who, index=self.index[at])

    @staticmethod
    def at(
        code: str,
        dataset: str,
        variable: str,
        column: str,
        value: Column,
        places: Places,
        mask: Mask,
        detail: str = "",
        subject: Column | None = None,
        line: tuple[str, int] = ("", 0),
    ) -> Occurrences:
        """The occurrences at ``mask``."""
        rows = np.flatnonzero(mask)
        who = None if subject is None else take(subject, rows)
        found, where = take(value, rows), places.take(rows)
        return Occurrences(code, dataset, variable, column, found, where, detail, who, rows, line)


class Links(Struct, frozen=True):
    """Which form rows (or records of another dataset) stand behind a dataset's records.

    ``record`` (m,) is the record, from 0 in the order of the file; ``row`` (m,) the row of ``origin`` (a form, or
    a dataset); ``variable`` is None for the records themselves, else the variable that looked it up.
    """

    dataset: str
    origin: str
    record: Rows
    row: Rows
    variable: str | None = None


class NumberedTable(Struct, frozen=True):
    """A raw table with its number among the study's raw tables, its source and its name there."""

    number: int
    source: str
    name: str
    raw: RawTable

    def without_values(self) -> NumberedTable:
        """The table, with columns that hold nothing: their names and the places of its rows are left."""
        return replace(self, raw=replace(self.raw, columns={name: c[:0] for name, c in self.raw.columns.items()}))


class ColumnFate(Struct, frozen=True):
    """One raw column of one raw table and its one place; ``cells`` counts those of a dropped identifier."""

    table: int
    column: str
    fate: str
    reason: str
    cells: int | None = None


class Outcome(Struct, frozen=True):
    """The fate of form rows: ``rows`` (k,) of one form; the dataset that decided, and why."""

    form: str
    rows: Rows
    fate: Fate
    dataset: str
    reason: str = ""


class Yielded(Struct, frozen=True):
    """Rows (k,) that yield to others, and the row (k,) that each yields to; numbers of rows of one form."""

    rows: Rows
    to: Rows
