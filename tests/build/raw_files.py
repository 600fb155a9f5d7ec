"""Raw files of every format as texts by row and column, read without the package's own readers."""

from __future__ import annotations

import csv
import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat
from lxml import etree

Cells = dict[int, dict[str, str]]
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
COMMENTS = ("#", "注：")


def raw_rows(path: Path, sheet: str | None) -> Cells:
    """The rows of a table by line, sheet row, record or line of an ODM record; a column as the sources name it."""
    if path.suffix == ".xlsx":
        return _sheet_rows(path, sheet)
    if path.suffix in (".sav", ".xpt"):
        return _records(path)
    return _odm_rows(path) if path.suffix == ".xml" else _text_rows(path)


@lru_cache(maxsize=64)
def _text_rows(path: Path) -> Cells:
    text = _decoded(path.read_bytes())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    delimiter = max(",;\t", key=lines[0].count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    header: list[str] = []
    rows: Cells = {}
    start = 1
    for cells in reader:
        blank = not any(c.strip() for c in cells) or cells[0].startswith("#")
        if not blank and not header:
            header = cells
        elif not blank:
            rows[start] = dict(zip(header, cells, strict=False))
        start = reader.line_num + 1
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("a text file is neither UTF-8 nor GB18030")


@lru_cache(maxsize=8)
def _workbook(path: Path) -> Any:
    return openpyxl.load_workbook(path)


@lru_cache(maxsize=64)
def _sheet_rows(path: Path, sheet: str | None) -> Cells:
    """Rows of a sheet; of two header rows the first has titles merged over names, or is one of codes over labels."""
    book = _workbook(path)
    ws = book[sheet] if sheet else book.worksheets[0]
    grid = [[(cell.value, cell.number_format) for cell in row] for row in ws.iter_rows()]
    merged = list(ws.merged_cells.ranges)
    for area in merged:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                grid[row - 1][column - 1] = grid[area.min_row - 1][area.min_col - 1]
    top = next(i for i, row in enumerate(grid) if not str(row[0][0]).startswith(COMMENTS))
    titled = any(area.min_row == top + 1 for area in merged)
    codes = all(str(v or "A").isascii() for v, _ in grid[top]) and not all(
        str(v or "A").isascii() for v, _ in grid[top + 1]
    )
    parts = grid[top : top + 2] if titled else [grid[top]]
    names = [" ".join(dict.fromkeys(str(v) for v, _ in column if v)) for column in zip(*parts, strict=True)]
    first = top + (2 if titled or codes else 1)
    return {
        i + 1: {name: _shown(*cell) for name, cell in zip(names, row, strict=True)}
        for i, row in enumerate(grid)
        if i >= first
    }


def _shown(value: Any, form: str) -> str:
    """A cell as a person sees it."""
    if isinstance(value, dt.datetime):
        clock = "" if "h" not in form.lower() else "T%H:%M:%S" if "s" in form.lower() else "T%H:%M"
        return value.strftime("%Y-%m-%d" + clock)
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value)


@lru_cache(maxsize=8)
def _records(path: Path) -> Cells:
    read = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_xport
    frame, meta = read(str(path))
    labels = getattr(meta, "variable_value_labels", {})
    rows: Cells = {}
    for number, record in enumerate(frame.to_dict("records"), start=1):
        row = {name: _plain(value) for name, value in record.items()}
        row |= {f"{name}.decode": labels[name].get(record[name], "") for name in labels}
        rows[number] = row
    return rows


def _plain(value: Any) -> str:
    if value is None or value != value:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


@lru_cache(maxsize=8)
def _odm_rows(path: Path) -> Cells:
    root = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    lists = {
        codes.get("OID"): {item.get("CodedValue"): _english(item) for item in codes.iter(f"{ODM}CodeListItem")}
        for codes in root.iter(f"{ODM}CodeList")
    }
    coded = {
        item.get("OID"): lists[ref.get("CodeListOID")]
        for item in root.iter(f"{ODM}ItemDef")
        for ref in item.iter(f"{ODM}CodeListRef")
    }
    rows: Cells = {}
    for group in root.iter(f"{ODM}ItemGroupData"):
        row = {str(k): v for parent in (*group.iterancestors(), group) for k, v in parent.attrib.items()}
        values = {data.get("ItemOID"): data.get("Value") for data in group.iter(f"{ODM}ItemData")}
        decodes = {f"{oid}.decode": codes.get(values.get(oid), "") for oid, codes in coded.items()}
        blank = dict.fromkeys((item.get("OID") for item in root.iter(f"{ODM}ItemDef")), "")
        rows[group.sourceline] = row | blank | values | decodes
    return rows


def _english(item: Any) -> str:
    texts = {t.get("{http://www.w3.org/XML/1998/namespace}lang"): t.text for t in item.iter(f"{ODM}TranslatedText")}
    return str(texts["en"])
