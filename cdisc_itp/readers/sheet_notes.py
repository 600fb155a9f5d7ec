"""What a person would see, or not see, on a sheet, told in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..model.raw import TableOptions
from .number_formats import NumberFormat
from .sheet_xml import SheetFacts, column_letters
from .table import Header, counted

SHOWN = 10
"""Places that a note lists."""


def sheet_notes(
    facts: SheetFacts,
    formats: Mapping[int, NumberFormat],
    header: Header,
    last: int,
    options: TableOptions,
) -> Iterator[str]:
    """Notes on hidden parts, merged cells, error values, formulas and formats; ``last`` is the last header row."""
    width = len(header.names)
    if hidden := sorted({c for a, b in facts.hidden_columns for c in range(a, min(b, width) + 1)}):
        yield "hidden columns, read all the same: " + _listed([_named(c, header) for c in hidden])
    if rows := [row for row in facts.hidden_rows if row > last]:
        yield "hidden rows, read all the same: " + _listed(_spans(rows))
    if ranges := [m for m in facts.merged if m[2] > last]:
        places = [f"{column_letters(b)}{a}:{column_letters(d)}{c}" for a, b, c, d in ranges]
        how = "value in the first cell only" if options.merged == "first" else "value repeated in each cell"
        yield f"merged cells, {how}: " + _listed(places)
    if facts.errors and options.error_cells == "empty":
        places = [f"{column_letters(c)}{r} {text}" for (r, c), text in facts.errors.items()]
        yield "error values, read as no value: " + _listed(places)
    if facts.formulas:
        yield f"{counted(facts.formulas, 'formula')}, read by the values stored with them"
    yield from _format_notes(facts, formats, header, last)


def _format_notes(facts: SheetFacts, formats: Mapping[int, NumberFormat], header: Header, last: int) -> Iterator[str]:
    """Columns whose formats show more, or less, than the number."""
    found: dict[str, list[str]] = {}
    for column, styles in sorted(facts.styled.items()):
        if column > len(header.names):
            continue
        for style in sorted({style for row, style in styles.items() if row > last}):
            form = formats[style]
            found.setdefault(FORMAT_NOTES.get(form.kind, ""), []).append(f"{_named(column, header)} {form.code}")
    for text, places in found.items():
        if text:
            yield f"{text}: " + _listed(list(dict.fromkeys(places)))


FORMAT_NOTES: dict[str, str] = {
    "zeros": "numbers with leading zeros, given as shown",
    "month": "dates shown without their day, given as year and month where the day is the first",
    "year": "dates shown by their year, given as a year where the day is its first",
    "no year": "dates of which the format may hide the year or the day, given in full",
    "beside": "numbers of which the format shows more or another (percent, text), given as stored",
}


def _named(column: int, header: Header) -> str:
    name = header.names[column - 1]
    return f"{column_letters(column)} ({name})" if name else column_letters(column)


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return ", ".join(items[:SHOWN]) + more


def _spans(rows: Sequence[int]) -> list[str]:
    """Runs of row numbers.

    >>> _spans([2, 3, 4, 7])
    ['2-4', '7']
    """
    edges = np.flatnonzero(np.diff(rows) != 1)
    starts, ends = [0, *(edges + 1).tolist()], [*edges.tolist(), len(rows) - 1]
    return [f"{rows[a]}-{rows[b]}" if b > a else str(rows[a]) for a, b in zip(starts, ends, strict=True)]
