"""The header of a sheet: one to three rows, of which merged cells may stand in several rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ..model.raw import TableOptions
from .sheet_xml import Place, Range
from .table import name_rows


class HeaderRow(Struct, frozen=True):
    """A header row: its sheet row and one text a column ("" where there is none)."""

    row: int
    cells: tuple[str, ...]


def fill_header(rows: Sequence[HeaderRow], merged: Sequence[Range]) -> list[HeaderRow]:
    """Header rows in which a merged cell's text stands in every column that it spans, in its first row."""
    first_cells = _first_cells(rows, merged)
    return [HeaderRow(r.row, tuple(_filled(r, i, first_cells) for i in range(len(r.cells)))) for r in rows]


def _filled(row: HeaderRow, i: int, first_cells: dict[Place, Place]) -> str:
    first_row, column = first_cells.get((row.row, i + 1), (row.row, i + 1))
    return row.cells[column - 1] if first_row == row.row and column <= len(row.cells) else ""


def _first_cells(rows: Sequence[HeaderRow], merged: Sequence[Range]) -> dict[Place, Place]:
    """Of each header cell inside a merged range the range's first cell."""
    out: dict[Place, Place] = {}
    for top, left, bottom, right in merged:
        for row in rows:
            if top <= row.row <= bottom:
                out |= {(row.row, c): (top, left) for c in range(left, min(right, len(row.cells)) + 1)}
    return out


def find_name_rows(rows: Sequence[HeaderRow], merged: Sequence[Range], options: TableOptions) -> list[tuple[int, ...]]:
    """For each column the header rows (from 0) that name it.

    Declared rows (`name_rows`) name every column; where a cell of theirs is the lower part of a merged cell, the
    row of that cell's text does. Else the first row does, and where its merged cells group several columns, the
    row below it as well ("W1" over "PLT" is "W1 PLT"): the name of a column in no group is its first text.
    """
    first_cells, places = _first_cells(rows, merged), {r.row: i for i, r in enumerate(rows)}

    def row_of_text(i: int, column: int) -> int:
        first_row, _ = first_cells.get((rows[i].row, column), (rows[i].row, column))
        return places.get(first_row, i)

    columns = range(1, (len(rows[0].cells) if rows else 0) + 1)
    if options.name_rows:
        return [tuple(dict.fromkeys(row_of_text(i, c) for i in name_rows(options))) for c in columns]
    groups = [m for m in merged if m[3] > m[1] and any(m[0] <= r.row <= m[2] for r in rows)]
    last = 0
    while last < len(rows) - 1 and any(m[0] <= rows[last].row <= m[2] for m in groups):
        last += 1
    filled, out = fill_header(rows, merged), list[tuple[int, ...]]()
    for c in columns:
        grouped = any(m[0] <= rows[i].row <= m[2] and m[1] <= c <= m[3] for m in groups for i in range(last))
        first = next((i for i in range(last + 1) if filled[i].cells[c - 1]), 0)
        out.append(tuple(dict.fromkeys(row_of_text(i, c) for i in range(last + 1))) if grouped else (first,))
    return out
