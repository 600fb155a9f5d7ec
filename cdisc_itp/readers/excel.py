"""Workbooks (.xlsx, .xlsm): a table from each sheet that is asked for, every cell as the text that a person sees."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from lxml import etree
from msgspec import Struct
from python_calamine import CalamineError

from ..model.column import Column, Mask, collect_text
from ..model.issue import ReadError, ReadProblem
from ..model.raw import Detected, RawTable, TableOptions
from .cell_text import Texts, column_texts, number_text
from .excel_header import HeaderRow, fill_header, find_name_rows
from .limits import LIMITS, Limits
from .number_formats import DATES, NumberFormat, read_number_formats
from .problems import Problems, read_bytes
from .sheet_notes import sheet_notes
from .sheet_xml import Place, SheetFacts, column_letters, read_sheet_facts
from .table import (
    BLANK,
    COMMENT,
    TITLE,
    Cells,
    Header,
    assemble,
    check_header,
    check_header_options,
    counted,
    make_header,
)
from .workbook import LastWorkbook, Sheet, Workbook, choose_sheets

LAST = LastWorkbook()


class _SheetSource(Struct, frozen=True):
    """One sheet of an open workbook, and what is known of it before its values are read."""

    workbook: Workbook
    sheet: Sheet
    formats: dict[int, NumberFormat]
    facts: SheetFacts


def raw_tables_from_xlsx(path: Path, options: TableOptions, limits: Limits = LIMITS) -> list[RawTable]:
    """Tables of the sheets that `sheet` names or finds as a pattern, else of the first; ``rows`` are sheet rows.

    Raises ReadError with every problem (READ001, READ006 to READ009, READ013 to READ017, READ019, READ030 to READ032).
    """
    problems = Problems(path.name, limits.problems)
    data = read_bytes(path, problems, limits)
    sha256 = hashlib.sha256(data).hexdigest()
    workbook = LAST.open(data, sha256, problems, limits)
    problems.raise_any()
    assert workbook is not None
    chosen = choose_sheets(workbook, options.sheet, problems)
    problems.raise_any()
    tables, failed = list[RawTable](), list[ReadProblem]()
    for sheet, notes in chosen:
        try:
            found = Problems(path.name, limits.problems, sheet.name)
            tables.append(_read_sheet(workbook, sheet, options, found, limits, notes, sha256))
        except ReadError as error:
            failed += error.problems
    if failed:
        raise ReadError(failed)
    return tables


def raw_table_from_xlsx(path: Path, options: TableOptions, limits: Limits = LIMITS) -> RawTable:
    """The table of a workbook where one sheet is asked for; see `raw_tables_from_xlsx`."""
    (table,) = raw_tables_from_xlsx(path, options, limits)
    return table


def _read_sheet(
    workbook: Workbook,
    sheet: Sheet,
    options: TableOptions,
    problems: Problems,
    limits: Limits,
    notes: Sequence[str],
    sha256: str,
) -> RawTable:
    source = _open_sheet(workbook, sheet, problems, limits)
    columns, rounded = _read_columns(source, problems)
    header, cells, last = _divide(columns, source.facts, options, problems, limits)
    check_header(header, options, problems)
    table = assemble(header, cells, options, problems)
    problems.raise_any()
    sure = 1.0 if options.sheet or len(workbook.sheets) == 1 else 0.5
    epoch = (Detected("epoch", "1904", 1.0),) * (workbook.epoch == 1904)
    told = sheet_notes(source.facts, source.formats, header, last, options)
    return RawTable(
        file=problems.file,
        sheet=sheet.name,
        columns=table.columns,
        rows=table.rows,
        sha256=sha256,
        labels=table.labels,
        skipped=table.skipped,
        dropped=table.dropped,
        detected=(Detected("sheet", sheet.name, sure), *epoch),
        notes=(*workbook.notes, *notes, *told, *rounded, *table.notes),
    )


def _open_sheet(workbook: Workbook, sheet: Sheet, problems: Problems, limits: Limits) -> _SheetSource:
    """Formats and facts of a sheet; raises where its XML is damaged (READ015) or spans too much (READ007)."""
    formats, facts = dict[int, NumberFormat](), SheetFacts()
    try:
        formats = read_number_formats(workbook.parts.get("xl/styles.xml"))
        wanted = {i for i, form in formats.items() if form.kind not in ("date", "time") or form.to_the_minute}
        facts = read_sheet_facts(workbook.parts[sheet.part], wanted)
    except (etree.XMLSyntaxError, ValueError):
        problems.add("READ015", "the sheet's XML is damaged")
    height, width = facts.span or (0, 0)
    if height * width > limits.sheet_cells:
        message = f"the cells span {height} rows x {width} columns"
        problems.add("READ007", f"{message}: more than the limit of {limits.sheet_cells} cells")
    problems.raise_any()
    for row, column in facts.pending:
        problems.add("READ017", "the formula has no stored value", row, column_letters(column))
    _check_dates(facts, formats, workbook.epoch, problems)
    return _SheetSource(workbook, sheet, formats, facts)


def _check_dates(facts: SheetFacts, formats: dict[int, NumberFormat], epoch: int, problems: Problems) -> None:
    """Note day numbers shown as a date that no calendar has (READ032): spreadsheets have a 29 February 1900."""
    for (row, column), (style, text) in facts.odd.items():
        form = formats.get(style)
        if not form or form.kind not in (*DATES, "time"):
            continue
        if text.startswith("-"):
            problems.add("READ032", "a day number below zero is no date", row, column_letters(column))
        elif epoch == 1900 and not re.search(r"\[[hms]+\]", form.code.lower()):  # [h]:mm shows a duration.
            problems.add("READ032", "day 60 is 29 February 1900, which was no day", row, column_letters(column))


def _read_columns(source: _SheetSource, problems: Problems) -> tuple[list[Texts], tuple[str, ...]]:
    """Texts of every column of the sheet from row 1, and a note where numbers were rounded as Excel shows them."""
    try:
        grid = source.workbook.values.get_sheet_by_name(source.sheet.name).to_python(skip_empty_area=False)
    except CalamineError:
        problems.add("READ015", "the sheet's values cannot be read: the workbook is damaged")
        problems.raise_any()
    columns, rounded = [], 0
    for i, raw in enumerate(zip(*grid, strict=True), 1):
        styled = {row: source.formats[style] for row, style in source.facts.styled.get(i, {}).items()}
        columns.append(column_texts(raw, styled))
        rounded += sum(float(number_text(v)) != v for v in {v for v in raw if type(v) is float})
    for (row, column), text in source.facts.errors.items():
        if column <= len(columns) and row <= len(columns[column - 1]):
            columns[column - 1][row - 1] = text
    note = f"{counted(rounded, 'different number')} of more than 15 significant digits given to 15, as Excel shows them"
    return columns, (note,) * bool(rounded)


def _divide(
    columns: list[Texts], facts: SheetFacts, options: TableOptions, problems: Problems, limits: Limits
) -> tuple[Header, Cells, int]:
    """Header, the cells below it, and the last row of the header; raises where there is no header."""
    if not check_header_options(options, problems):
        problems.raise_any()
    some = np.zeros(len(columns[0]) if columns else 0, bool)
    for texts in columns:
        some |= np.fromiter((text is not None for text in texts), bool, len(texts))
    comment = _comment_rows(columns, len(some), options.comment)
    kept = np.flatnonzero(some & ~comment)
    title, head, body = np.split(kept, [options.skip, options.skip + options.header])
    header = _read_header(columns, head, facts, options, problems, limits)
    _check_errors(header, facts, head, body, options, problems)
    changed = _given(columns, body, facts, options, problems, limits)
    hidden = [name in options.identifiers for name in header.names]
    skipped = {COMMENT: np.flatnonzero(comment) + 1, BLANK: np.flatnonzero(~some) + 1, TITLE: title + 1}
    cells = Cells(
        tuple(_column(hide, texts, body) for hide, texts in zip(hidden, changed, strict=True)),
        body.astype(np.int64) + 1,
        {reason: tuple(numbers.tolist()) for reason, numbers in skipped.items() if len(numbers)},
    )
    return header, cells, int(head[-1]) + 1


def _read_header(
    columns: list[Texts],
    head: npt.NDArray[np.intp],
    facts: SheetFacts,
    options: TableOptions,
    problems: Problems,
    limits: Limits,
) -> Header:
    rows = [HeaderRow(int(i) + 1, tuple(texts[i] or "" for texts in columns)) for i in head]
    naming = find_name_rows(rows, facts.merged, options) if len(rows) == options.header else []
    named = [(r.row, r.cells) for r in fill_header(rows, facts.merged)]
    header = make_header(named, options, problems, limits.columns, naming)
    if header is None:
        problems.raise_any()
    assert header is not None
    return header


def _check_errors(
    header: Header,
    facts: SheetFacts,
    head: npt.NDArray[np.intp],
    body: npt.NDArray[np.intp],
    options: TableOptions,
    problems: Problems,
) -> None:
    """Note error values (READ030) of the header, and of the records unless they are to be read as no value."""
    titles, records = {int(i) + 1 for i in head}, {int(i) + 1 for i in body}
    for (row, column), text in facts.errors.items():
        name = header.names[column - 1] if column <= len(header.names) else ""
        if row in titles or (row in records and options.error_cells == "refuse" and name not in options.identifiers):
            hint = "" if row in titles else "correct the cell, or declare `error_cells: empty`"
            problems.add("READ030", f"the cell holds the error {text}", row, name or column_letters(column), hint)


def _given(
    columns: list[Texts],
    body: npt.NDArray[np.intp],
    facts: SheetFacts,
    options: TableOptions,
    problems: Problems,
    limits: Limits,
) -> list[Texts]:
    """The columns with error values taken out and merged cells filled, as the options say."""
    changed = dict.fromkeys(facts.errors) if options.error_cells == "empty" else dict[Place, str | None]()
    if options.merged == "repeat" and len(body):
        changed |= _repeated(columns, int(body[0]) + 1, facts, problems, limits)
    out = list(columns)
    for column in {c for _, c in changed if c <= len(columns)}:
        out[column - 1] = list(columns[column - 1])
    for (row, column), text in changed.items():
        if column <= len(out) and row <= len(out[column - 1]):
            out[column - 1][row - 1] = text
    return out


def _repeated(
    columns: list[Texts], first: int, facts: SheetFacts, problems: Problems, limits: Limits
) -> dict[Place, str | None]:
    """Texts of the cells of merged ranges that begin at row ``first`` or below it; READ007 where they are too many."""
    height, total, out = len(columns[0]), 0, dict[Place, str | None]()
    for top, left, bottom, right in facts.merged:
        bottom, right = min(bottom, height), min(right, len(columns))
        if top < first or bottom < top or right < left:
            continue
        total += (bottom - top + 1) * (right - left + 1)
        if total > limits.sheet_cells:
            problems.add("READ007", f"the merged cells hold more than the limit of {limits.sheet_cells} cells")
            problems.raise_any()
        text = None if (top, left) in facts.errors else columns[left - 1][top - 1]
        out |= {(row, c): text for row in range(top, bottom + 1) for c in range(left, right + 1)}
    return out


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
