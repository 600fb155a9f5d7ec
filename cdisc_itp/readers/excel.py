"""Workbooks (.xlsx, .xlsm): every cell as the text that a person sees in its simplest form.

Numbers without needless digits (90, 0.1), booleans TRUE and FALSE, dates and times in ISO 8601, errors as their
text (#N/A), formulas by the value that was stored with them. Excel shows 15 significant digits; so do we.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from ..model.column import Column, Mask, collect_text
from ..model.raw import Detected, RawTable, TableOptions
from .excel_header import HeaderRow, fill_header
from .limits import LIMITS, Limits
from .problems import Problems, read_bytes
from .sheet_xml import SheetFacts, column_letters, datetime_styles, read_sheet_facts
from .table import BLANK, COMMENT, Cells, Header, assemble, check_header, counted, make_header
from .workbook import Sheet, Workbook, choose_sheet, open_workbook

Texts = list[str | None]
SHOWN = 10
"""Places that a note lists."""


def raw_table_from_xlsx(path: Path, options: TableOptions, limits: Limits = LIMITS) -> RawTable:
    """Table of one sheet; ``rows`` are sheet rows.

    Raises ReadError with every problem (READ001, READ006 to READ009, READ013 to READ017, READ019).
    """
    problems = Problems(path.name, limits.problems)
    data = read_bytes(path, problems, limits)
    workbook = open_workbook(data, problems, limits)
    problems.raise_any()
    assert workbook is not None
    chosen = choose_sheet(workbook, options.sheet, problems)
    problems.raise_any()
    assert chosen is not None
    (sheet, notes), problems = chosen, Problems(path.name, limits.problems, chosen[0].name)
    facts = _read_facts(workbook, sheet, problems, limits)
    columns, rounded = _read_columns(workbook, sheet, facts, problems)
    header, cells, header_rows = _divide(columns, facts, options, problems, limits)
    check_header(header, options, problems)
    table = assemble(header, cells, options, problems)
    problems.raise_any()
    return RawTable(
        file=path.name,
        sheet=sheet.name,
        frame=table.frame,
        rows=table.rows,
        sha256=hashlib.sha256(data).hexdigest(),
        labels=table.labels,
        skipped=table.skipped,
        dropped=table.dropped,
        detected=(Detected("sheet", sheet.name, 1.0 if options.sheet or len(workbook.sheets) == 1 else 0.5),),
        notes=(*workbook.notes, *notes, *_sheet_notes(facts, header, header_rows), *rounded, *table.notes),
    )


def _read_facts(workbook: Workbook, sheet: Sheet, problems: Problems, limits: Limits) -> SheetFacts:
    """Facts of the sheet's XML; raises where it is damaged (READ015) or spans too much (READ007)."""
    facts = SheetFacts()
    try:
        with_time = datetime_styles(workbook.parts.get("xl/styles.xml"))
        facts = read_sheet_facts(workbook.parts[sheet.part], with_time)
    except (etree.XMLSyntaxError, ValueError):
        problems.add("READ015", "the sheet's XML is damaged")
    height, width = facts.span or (0, 0)
    if height * width > limits.sheet_cells:
        message = f"the cells span {height} rows x {width} columns"
        problems.add("READ007", f"{message}: more than the limit of {limits.sheet_cells} cells")
    problems.raise_any()
    for row, column in facts.pending:
        problems.add("READ017", "the formula has no stored value", row, column_letters(column))
    return facts


def _read_columns(
    workbook: Workbook, sheet: Sheet, facts: SheetFacts, problems: Problems
) -> tuple[list[Texts], tuple[str, ...]]:
    """Texts of every column of the sheet from row 1, and a note where numbers were rounded as Excel shows them."""
    try:
        with CalamineWorkbook.from_filelike(workbook.repacked()) as values:
            grid = values.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    except CalamineError:
        problems.add("READ015", "the sheet's values cannot be read: the workbook is damaged")
        problems.raise_any()
    columns, rounded = [], 0
    for i, raw in enumerate(zip(*grid, strict=True), 1):
        columns.append(_texts(raw, facts.timed.get(i, frozenset())))
        rounded += sum(float(number_text(v)) != v for v in {v for v in raw if type(v) is float})
    for (row, column), text in facts.errors.items():
        if column <= len(columns) and row <= len(columns[column - 1]):
            columns[column - 1][row - 1] = text
    note = f"{counted(rounded, 'different number')} of more than 15 significant digits given to 15, as Excel shows them"
    return columns, (note,) * bool(rounded)


def _texts(values: Sequence[Any], timed: frozenset[int]) -> Texts:
    """Texts of one column; at ``timed`` rows a date is a midnight whose format shows the time."""
    texts: Texts = [(v or None) if type(v) is str else TEXT_OF[type(v)](v) for v in values]
    for row in timed:
        if row <= len(values) and type(values[row - 1]) is dt.date:
            texts[row - 1] = f"{texts[row - 1]}T00:00:00"
    return texts


@lru_cache(maxsize=100_000)
def number_text(value: float) -> str:
    """Decimal text of a number, never with an exponent; fractions have at most 15 significant digits.

    >>> number_text(90.0), number_text(0.1 + 0.2), number_text(1e-7)
    ('90', '0.3', '0.0000001')
    """
    text = repr(value) if value.is_integer() else f"{value:.15g}"
    if "e" in text:
        return format(Decimal(text), "f")
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def _datetime_text(value: dt.datetime) -> str:
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


def _time_text(value: dt.time) -> str:
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


def _duration_text(value: dt.timedelta) -> str:
    """Hours, minutes and seconds, as the format [h]:mm:ss shows them."""
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


TEXT_OF: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "TRUE" if value else "FALSE",
    int: str,
    float: number_text,
    dt.date: dt.date.isoformat,
    dt.datetime: _datetime_text,
    dt.time: _time_text,
    dt.timedelta: _duration_text,
}


def _divide(
    columns: list[Texts], facts: SheetFacts, options: TableOptions, problems: Problems, limits: Limits
) -> tuple[Header, Cells, list[int]]:
    """Header, the cells below it, and the sheet rows of the header; raises where there is no header."""
    some = np.zeros(len(columns[0]) if columns else 0, bool)
    for texts in columns:
        some |= np.fromiter((text is not None for text in texts), bool, len(texts))
    comment = _comment_rows(columns, len(some), options.comment)
    kept = np.flatnonzero(some & ~comment)
    head, body = kept[: max(0, options.header)], kept[max(0, options.header) :]
    rows = [HeaderRow(int(i) + 1, tuple(texts[i] or "" for texts in columns)) for i in head]
    named = [(r.row, r.cells) for r in fill_header(rows, facts.merged)]
    header = make_header(named, options, problems, limits.columns)
    if header is None:
        problems.raise_any()
    assert header is not None
    skipped = {COMMENT: np.flatnonzero(comment) + 1, BLANK: np.flatnonzero(~some) + 1}
    cells = Cells(
        tuple(
            _column(name in options.identifiers, texts, body) for name, texts in zip(header.names, columns, strict=True)
        ),
        body.astype(np.int64) + 1,
        {reason: tuple(numbers.tolist()) for reason, numbers in skipped.items() if len(numbers)},
    )
    return header, cells, [r.row for r in rows]


def _column(dropped: bool, texts: Texts, body: npt.NDArray[np.intp]) -> Column | Mask:
    """The records' texts; of an identifier only which cells hold one."""
    unbroken = len(body) and body[-1] - body[0] == len(body) - 1
    kept = texts[body[0] : body[-1] + 1] if unbroken else [texts[i] for i in body.tolist()]
    return np.asarray([text is not None for text in kept], dtype=bool) if dropped else collect_text(kept)


def _comment_rows(columns: list[Texts], n: int, prefix: str | None) -> Mask:
    """Rows (n,) whose cell in the first column that holds anything starts with the prefix."""
    if not prefix:
        return np.zeros(n, bool)
    first = next((texts for texts in columns if any(text is not None for text in texts)), [None] * n)
    return np.asarray([text is not None and text.startswith(prefix) for text in first], dtype=bool)


def _sheet_notes(facts: SheetFacts, header: Header, header_rows: list[int]) -> Iterator[str]:
    """What a person would see, or not see, on the sheet: hidden parts, merged cells, error values."""
    width, last = len(header.names), max(header_rows)
    hidden = sorted({c for a, b in facts.hidden_columns for c in range(a, min(b, width) + 1)})
    if hidden:
        yield "hidden columns, read all the same: " + _listed([_named(c, header) for c in hidden])
    if rows := [row for row in facts.hidden_rows if row > last]:
        yield "hidden rows, read all the same: " + _listed(_spans(rows))
    ranges = [m for m in facts.merged if m[2] > last]
    if ranges:
        places = [f"{column_letters(b)}{a}:{column_letters(d)}{c}" for a, b, c, d in ranges]
        yield "merged cells, value in the first cell only: " + _listed(places)
    if facts.errors:
        places = [f"{column_letters(c)}{r} {text}" for (r, c), text in facts.errors.items()]
        yield "error values kept as text: " + _listed(places)


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
