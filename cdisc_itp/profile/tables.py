"""A raw table described: its file, how it was read, its columns, rows that are there twice."""

from __future__ import annotations

from msgspec import Struct, field

from ..model.column import distinct_tuples
from ..model.raw import Detected, RawTable
from .columns import ColumnProfile, column_named, profile_column


class TableProfile(Struct, frozen=True):
    """One raw table. ``duplicates`` counts the rows that agree with an earlier row in every column.

    ``dropped`` counts the cells of columns that are declared to identify persons (they were never kept),
    ``skipped`` the rows that the reader passed over, by reason.
    """

    file: str
    sheet: str | None
    sha256: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    duplicates: int = 0
    detected: tuple[Detected, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    decodes: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> ColumnProfile:
        found = column_named(self.columns, name)
        if found is None:
            raise KeyError(name)
        return found

    def detected_as(self, what: str) -> Detected | None:
        """What the reader found out (``encoding``, ``delimiter``), or None."""
        return next((d for d in self.detected if d.what == what), None)

    def with_role(self, role: str) -> tuple[ColumnProfile, ...]:
        """The columns that may be the table's subject, visit, unit, test, result, date or site."""
        return tuple(c for c in self.columns if c.has_role(role))


def profile_table(table: RawTable) -> TableProfile:
    """Describe a raw table as it was read; nothing of a dropped column is known here."""
    columns = tuple(
        profile_column(name, table.columns[name], table.rows, table.labels.get(name, "")) for name in table.columns
    )
    return TableProfile(
        table.file,
        table.sheet,
        table.sha256,
        len(table.rows),
        columns,
        duplicate_rows(table),
        table.detected,
        dict(table.dropped),
        {reason: len(rows) for reason, rows in table.skipped.items()},
        dict(table.decodes),
        table.notes,
    )


def duplicate_rows(table: RawTable) -> int:
    """Rows that agree with an earlier one in every column."""
    columns = [table.columns[c] for c in table.columns]
    if not columns or not len(table.rows):
        return 0
    _, parts = distinct_tuples(columns)
    return len(table.rows) - len(parts[0])
