"""Raw cells read from the files themselves, by other programs than the readers under test.

A place (file, sheet, row, column) is looked up in text by the csv module, in workbooks by openpyxl, in SPSS and SAS
files by pyreadstat, in ODM-XML by lxml. How a table is laid out is what its source file declares.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatch
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat
import yaml
from lxml import etree

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
Row = dict[str, str]


@dataclass(frozen=True)
class Layout:
    """How one table is declared."""

    encoding: str = "utf-8-sig"
    delimiter: str = ""
    comment: str = ""
    header: int = 1
    repeated: bool = False


class RawFiles:
    """The raw files of a study; ``read`` are those of which a cell was asked for."""

    def __init__(self, raw: Path, spec: Path) -> None:
        self.raw, self.tables = raw, list(declared_tables(spec))
        self.read: set[str] = set()

    def text(self, file: str, sheet: str | None, row: int, column: str) -> str | None:
        """The text of a cell as it stands there; None where it is blank. KeyError where there is no such cell."""
        return self.rows(file, sheet)[row][column].strip() or None

    def rows(self, file: str, sheet: str | None) -> dict[int, Row]:
        """The rows of a table by line, sheet row, record or line of an ODM record."""
        self.read.add(file)
        return _rows(self.raw / file, sheet, self._layout(file, sheet))

    def _layout(self, file: str, sheet: str | None) -> Layout:
        for said in self.tables:
            group = said.get("item_group") or said.get("sheet")
            if fnmatch(file, said["file"]) and (sheet is None or group is None or fnmatch(sheet, group)):
                delimiter = said.get("delimiter", "")
                return Layout(
                    said.get("encoding", "utf-8-sig"),
                    DELIMITERS.get(delimiter, delimiter),
                    said.get("comment", ""),
                    int(said.get("header", 1)),
                    said.get("merged") == "repeat",
                )
        raise AssertionError(f"no source file declares {file} {sheet}")


def declared_tables(spec: Path) -> Iterator[dict[str, Any]]:
    """What the source files of a study say under `tables`, with what they say once for every table."""
    for path in sorted((spec / "sources").glob("*.yaml")):
        source = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        for said in source["tables"].values():
            yield {**source.get("every_table", {}), **said}


@lru_cache(maxsize=256)
def _rows(path: Path, sheet: str | None, layout: Layout) -> dict[int, Row]:
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return _sheet_rows(path, sheet, layout)
    if suffix in (".sav", ".xpt"):
        return _stat_rows(path)
    return _odm_rows(path, str(sheet)) if suffix == ".xml" else _text_rows(path, layout)


def _text_rows(path: Path, layout: Layout) -> dict[int, Row]:
    """Rows by the line on which each begins."""
    lines = path.read_bytes().decode(layout.encoding).splitlines(keepends=True)
    comment = layout.comment or "\0"
    first = next(line for line in lines if line.strip() and not line.startswith(comment))
    reader = csv.reader(lines, delimiter=layout.delimiter or max(",;\t", key=first.count))
    header: list[str] = []
    rows: dict[int, Row] = {}
    start = 1
    for cells in reader:
        blank = not any(c.strip() for c in cells) or cells[0].startswith(comment)
        if not blank and not header:
            header = [c.strip() for c in cells]
        elif not blank:
            rows[start] = dict(zip(header, cells, strict=False))
        start = reader.line_num + 1
    return rows


@cache
def _book(path: Path) -> Any:
    return openpyxl.load_workbook(path, data_only=True)


def _sheet_rows(path: Path, sheet: str | None, layout: Layout) -> dict[int, Row]:
    """Rows by their number in the sheet."""
    page = _book(path)[sheet] if sheet else _book(path).worksheets[0]
    grid = {r[0].row: list(r) for r in page.iter_rows()}
    filled = [i for i, cells in grid.items() if any(_cell_text(c) for c in cells)]
    kept = [i for i in filled if not layout.comment or not _cell_text(grid[i][0]).startswith(layout.comment)]
    names = _names([grid[i] for i in kept[: layout.header]], page.merged_cells.ranges)
    ranges = page.merged_cells.ranges if layout.repeated else []
    first_of = {c: (r.min_row, r.min_col) for r in ranges if r.min_row > kept[layout.header - 1] for c in r.cells}
    rows = {}
    for i in kept[layout.header :]:
        places = [first_of.get((c.row, c.column), (c.row, c.column)) for c in grid[i]]
        rows[i] = dict(zip(names, [_cell_text(page.cell(*p)) for p in places], strict=True))
    return rows


def _names(header: list[list[Any]], merged: Any) -> list[str]:
    """The columns' names: the first row's texts; below a cell that spans several columns, with the next row's."""
    names = []
    for column in range(len(header[0])):
        parts: list[str] = []
        for row in header:
            cell = row[column]
            wide = next((m for m in merged if m.max_col > m.min_col and cell.coordinate in m), None)
            parts.append(_cell_text(cell.parent.cell(wide.min_row, wide.min_col) if wide else cell))
            if parts[-1] and wide is None:
                break
        names.append(" ".join(p for p in parts if p))
    return names


def _cell_text(cell: Any) -> str:
    """What a person sees: numbers without needless digits, dates as precise as their format."""
    value, form = cell.value, (cell.number_format or "").lower()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return format(Decimal(f"{value:.15g}"), "f")
    if isinstance(value, dt.time):
        return value.isoformat("seconds" if "s" in form else "minutes")
    if isinstance(value, dt.datetime):
        if "h" in form:
            return value.isoformat(timespec="seconds" if "s" in form else "minutes")
        return value.date().isoformat()[: 10 if "d" in form else 7 if "m" in form else 4]
    return "" if value is None else str(value)


def _stat_rows(path: Path) -> dict[int, Row]:
    """Records by their number, codes as they are stored, value labels beside them."""
    read: Any = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_xport
    frame, meta = read(str(path), **({"user_missing": True} if path.suffix == ".sav" else {}))
    columns = {n: [_stat_text(v) for v in frame[n].tolist()] for n in frame}
    for name, labels in meta.variable_value_labels.items():
        columns[f"{name}.decode"] = [str(labels.get(v, "")) for v in frame[name].tolist()]
    return {i + 1: {n: c[i] for n, c in columns.items()} for i in range(len(frame))}


def _stat_text(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else format(Decimal(f"{value:.15g}").normalize(), "f")
    return "" if value is None else str(value)


def _odm_rows(path: Path, group: str) -> dict[int, Row]:
    """Records of an item group by the line of their ItemGroupData, with their keys, values and decodes."""
    root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    lists = {e.get("OID"): _decodes(e) for e in root.iterfind(".//{*}CodeList")}
    coded: dict[Any, dict[Any, Any]] = {}
    blank = {}
    for item in root.iterfind(".//{*}ItemDef"):
        blank |= {str(item.get("OID")): "", f"{item.get('OID')}.decode": ""}
        for ref in item.iterfind("{*}CodeListRef"):
            coded[item.get("OID")] = lists[ref.get("CodeListOID")]
    rows = {}
    for record in root.iterfind(".//{*}ItemGroupData"):
        if record.get("ItemGroupOID") == group:
            row = dict(blank)
            for level in (*reversed(list(record.iterancestors())), record):
                row |= {str(k): str(v) for k, v in level.attrib.items()}
            for data in record.iterfind("{*}ItemData"):
                oid, value = str(data.get("ItemOID")), str(data.get("Value") or "")
                row |= {oid: value, f"{oid}.decode": coded.get(oid, {}).get(value, "")}
            rows[record.sourceline] = row
    return rows


def _decodes(codelist: Any) -> dict[str, str]:
    """English where it is there, else the first language."""
    out = {}
    for item in codelist.iterfind("{*}CodeListItem"):
        texts = {t.get("{http://www.w3.org/XML/1998/namespace}lang"): t.text for t in item.iter("{*}TranslatedText")}
        out[item.get("CodedValue")] = texts.get("en") or next(iter(texts.values()))
    return out
