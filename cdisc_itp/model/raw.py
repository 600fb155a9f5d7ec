"""A raw table: what a reader gives, every cell the text that was written."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import pandas as pd
from msgspec import Struct, field

from .column import Column, Rows
from .written import Unwritten


class TableOptions(Struct, frozen=True):
    """How one table of a source is to be read, as a source file declares it under ``tables``.

    ``file`` is a glob pattern below the raw folder, ``sheet`` one of a workbook's sheet names; ``comment`` the prefix
    of comment rows, ``skip`` the number of title rows above the header; ``header`` the number of header rows, of
    which ``name_rows`` name the columns (from 1; the first where none is given) and the others label them;
    ``spread_header``: an empty cell of a row above the last that names takes the text to its left. ``merged`` cells
    of records: the value belongs to the first, or is repeated in each; ``error_cells`` (#N/A): an error, or no value.
    ``identifiers`` are the columns with direct identifiers of persons, dropped at reading; ``item_group`` the OID of
    an ODM item group. Reader options that do not apply are an error, but for ``shared`` ones: said for all tables of
    a source, they hold for the formats that know them.
    """

    file: str
    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: int = 1
    name_rows: tuple[int, ...] = ()
    spread_header: bool = False
    skip: int = 0
    merged: Literal["first", "repeat"] = "first"
    error_cells: Literal["refuse", "empty"] = "refuse"
    sheet: str | None = None
    item_group: str | None = None
    comment: str | None = None
    identifiers: tuple[str, ...] = ()
    shared: Annotated[frozenset[str], Unwritten()] = frozenset()


class Detected(Struct, frozen=True):
    """What a reader found out for itself, and how sure it is (0 to 1; 1 where it was declared)."""

    what: str
    value: str
    confidence: float


class RawTable(Struct, frozen=True, dict=True):
    """One table as exported. ``columns`` hold text (n,) by name, an empty cell is no value.

    ``rows`` (n,) is the place of each record, a 1-based line (text) or sheet row; ``skipped`` counts what the
    reader passed over, by reason ("blank row", "comment row"), with the rows; ``dropped`` counts the cells of
    identifier columns, which are not in ``columns``; ``labels`` are a second header row's or the format's own.
    ``decodes`` names the columns that the reader made beside coded ones (``SEX.decode``: ``SEX``), from the value
    labels of the file; they hold nothing that the coded column does not, so a source file need not place them.
    """

    file: str
    sheet: str | None
    columns: dict[str, Column]
    rows: Rows
    sha256: str
    labels: dict[str, str] = field(default_factory=dict)
    decodes: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, tuple[int, ...]] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    detected: tuple[Detected, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The columns as a frame, for those who need one; it takes longer than to read a small table."""
        return pd.DataFrame(self.columns, index=pd.RangeIndex(len(self)), copy=False)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), self.rows))
