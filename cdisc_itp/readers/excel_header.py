"""The header of a sheet: one or two rows, merged cells filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .sheet_xml import Range


@dataclass(frozen=True)
class HeaderRow:
    """A header row: its sheet row and one text a column ("" where there is none)."""

    row: int
    cells: tuple[str, ...]


def fill_header(rows: Sequence[HeaderRow], merged: Sequence[Range]) -> list[HeaderRow]:
    """Header rows in which each merged cell stands in every column it spans.

    A first row whose merged cells span several columns groups those columns: a column's name is then the
    group's text followed by the second row's ("W1" over "DATE" names W1DATE), and its label is empty. A
    column outside the groups keeps its name, or takes the second row's where the first is empty.
    """
    filled = [HeaderRow(r.row, tuple(_fill(r, i, merged) for i in range(len(r.cells)))) for r in rows]
    groups = [m for m in merged if rows and m[0] <= rows[0].row <= m[2] and m[3] > m[1]]
    if len(filled) < 2:
        return filled
    top, bottom = filled
    pairs = [
        _name_and_label(top.cells[i], bottom.cells[i], i + 1, (top.row, bottom.row), merged, groups)
        for i in range(len(top.cells))
    ]
    return [HeaderRow(top.row, tuple(n for n, _ in pairs)), HeaderRow(bottom.row, tuple(label for _, label in pairs))]


def _fill(row: HeaderRow, i: int, merged: Sequence[Range]) -> str:
    """The cell's own text, else that of the merged range around it, whose first cell is in the same row."""
    for first_row, first, last_row, last in merged:
        if first_row == row.row and first_row <= row.row <= last_row and first <= i + 1 <= last:
            return row.cells[first - 1] if first <= len(row.cells) else ""
    return row.cells[i]


def _name_and_label(
    top: str, bottom: str, column: int, rows: tuple[int, int], merged: Sequence[Range], groups: Sequence[Range]
) -> tuple[str, str]:
    if any(m[0] <= rows[0] and rows[1] <= m[2] and m[1] <= column <= m[3] for m in merged):
        return top, ""
    if groups and (not top or any(m[1] <= column <= m[3] for m in groups)):
        return top.strip() + bottom.strip(), ""
    return top, bottom
