"""Displays as DOCX: a document each, with the time of the study in place of the clock's."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...model.display import Display, Report, TableRow

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

WIDE = 5  # columns of results from which on the page lies on its side
_ZIP_BEGINS = (1980, 1, 1, 0, 0, 0)


def render_docx(report: Report, display: Display, created: datetime, pictures: list[bytes]) -> bytes:
    """The document of a display: title, population, ``pictures`` (PNG), table and notes; the same bytes every time."""
    import docx
    from docx.shared import Cm

    document = docx.Document()
    _set_up(document, report, display, created)
    _paragraph(document, f"{display.caption}. {display.title}", bold=True, size=12)
    _paragraph(document, display.population, size=9)
    section = document.sections[0]
    across = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    down = (section.page_height or 0) - (section.top_margin or 0) - (section.bottom_margin or 0) - Cm(2.5)
    for picture in pictures:
        shape = document.add_picture(io.BytesIO(picture))
        scale = min(across / shape.width, down / shape.height, 1.0)
        shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    _add_table(document, display)
    for note in display.footnotes:
        _paragraph(document, note, size=7.5)
    file = io.BytesIO()
    document.save(file)
    return _with_fixed_times(file.getvalue())


def _set_up(document: Document, report: Report, display: Display, created: datetime) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    said = document.core_properties
    said.author, said.last_modified_by = f"cdisc-itp {__version__}", ""
    said.title, said.subject, said.comments = f"{display.caption}. {display.title}", report.study, report.notice
    said.created = said.modified = created
    said.revision = 1
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    if len(display.table.columns) >= WIDE:
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21.0)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(2))
    if report.notice:
        section.header.paragraphs[0].text = report.notice


def _paragraph(document: Document, text: str, *, bold: bool = False, size: float) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)


def _add_table(document: Document, display: Display) -> None:
    """Rows of headings (two where columns are grouped), then the rows; rules above, below the headings, and below."""
    columns = display.table.columns
    grouped = any(c.group for c in columns)
    table = document.add_table(rows=1 + grouped, cols=1 + len(columns))
    if grouped:
        _add_groups(table, display)
    last = table.rows[-1].cells
    if grouped:
        _write(table.cell(0, 0).merge(last[0]), display.table.stub, bold=True, centre=False)
    else:
        _write(last[0], display.table.stub, bold=True, centre=False)
    for cell, column in zip(last[1:], columns, strict=True):
        _write(cell, column.heading, bold=True)
    for row in table.rows:
        _repeat(row)
    _rule(table.rows[0].cells, "top", 8)
    _rule(last, "bottom", 4)
    for row in display.table.rows:
        _add_row(table, row)
    _rule(table.rows[-1].cells, "bottom", 8)


def _add_groups(table: Table, display: Display) -> None:
    at = 1
    for group, some in groupby(display.table.columns, key=lambda c: c.group):
        span = len(list(some))
        cell = table.cell(0, at)
        _write(cell if span == 1 else cell.merge(table.cell(0, at + span - 1)), group, bold=True)
        at += span


def _add_row(table: Table, row: TableRow) -> None:
    from docx.shared import Cm

    cells = table.add_row().cells  # type: ignore[no-untyped-call]
    _write(cells[0], row.label, bold=not row.cells, centre=False)
    cells[0].paragraphs[0].paragraph_format.left_indent = Cm(0.4 * row.indent)
    for cell, text in zip(cells[1:], row.cells, strict=False):
        _write(cell, text)


def _write(cell: _Cell, text: str, *, bold: bool = False, centre: bool = True) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(8)


def _rule(cells: tuple[_Cell, ...], edge: str, eighths: int) -> None:
    """A line at an edge of cells, so many eighths of a point thick."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        if borders.find(qn(f"w:{edge}")) is None:
            line = OxmlElement(f"w:{edge}")
            for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", "1B2430")):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)


def _repeat(row: Any) -> None:
    """The row heads the table on every page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _with_fixed_times(data: bytes) -> bytes:
    """The same archive with one time for all of its files."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_BEGINS)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(name))
    return out.getvalue()
