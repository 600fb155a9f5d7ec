"""Workbooks that people fill in: text that stays text, the same bytes on every machine (XlsxWriter)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

MAX_TEXT = 32_767  # characters of a cell (ECMA-376, 18.3.1.4; Excel's limit)
RISKY = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | None


class WorkbookSheet(Struct, frozen=True):
    """A sheet: lines on top (the first is the title), a header that stays in sight, and rows of text and numbers.

    ``widths`` are those of the columns in characters; ``to_fill`` names the columns that are to be filled in.
    """

    name: str
    notes: tuple[str, ...]
    header: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Sequence[tuple[Cell, ...]]
    to_fill: tuple[str, ...] = ()


def write_workbook(path: Path, title: str, created: datetime, sheets: Sequence[WorkbookSheet]) -> None:
    """Write an .xlsx file; ``created`` is the only time in it.

    A text that a spreadsheet would take for a formula is text with a quote prefix. A text that is longer than a cell
    can be is not cut: the cell says how long it is.
    """
    import xlsxwriter  # a tenth of a second that only those pay who write workbooks

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        moment = created.astimezone(UTC) if created.tzinfo else created
        book.set_properties({"title": title, "created": moment.replace(tzinfo=None), "author": "cdisc-itp"})
        formats = _Formats(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats)


class _Formats:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF", "num_format": "@"}
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.note = book.add_format({"text_wrap": False})
        self.header = book.add_format({**cell, "bold": True, "bg_color": "#D9E1F2"})
        self.number = book.add_format({**cell, "num_format": "0"})
        self.text = book.add_format(cell)
        self.quoted = book.add_format({**cell, "quote_prefix": True})
        self.answer = book.add_format({**cell, "bg_color": "#FFF9E5"})


def _write_sheet(page: Any, sheet: WorkbookSheet, formats: _Formats) -> None:
    for n, note in enumerate(sheet.notes):
        page.write_string(n, 0, note, formats.title if n == 0 else formats.note)
    top = len(sheet.notes) + 1
    for c, (name, width) in enumerate(zip(sheet.header, sheet.widths, strict=True)):
        page.set_column(c, c, width)
        page.write_string(top, c, name, formats.header)
    for r, row in enumerate(sheet.rows, top + 1):
        for c, cell in enumerate(row):
            _write_cell(page, r, c, cell, formats, sheet.header[c] in sheet.to_fill)
    page.freeze_panes(top + 1, 0)
    page.autofilter(top, 0, top + max(1, len(sheet.rows)), len(sheet.header) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


def _write_cell(page: Any, row: int, column: int, cell: Cell, formats: _Formats, to_fill: bool) -> None:
    if cell is None or cell == "":
        page.write_blank(row, column, None, formats.answer if to_fill else formats.text)
    elif isinstance(cell, int):
        page.write_number(row, column, cell, formats.number)
    else:
        text = cell if len(cell) <= MAX_TEXT else f"[{len(cell):,} characters: see the file]"
        page.write_string(row, column, text, formats.quoted if text.startswith(RISKY) else formats.text)
