"""Tables of maps/ (CSV, edited in a spreadsheet, reviewed in a diff): strict reading, every cell text."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from msgspec import Struct

from ..model.issue import SpecProblem
from .yaml import read_text

MAX_BYTES = 64_000_000


class CsvTable(Struct, frozen=True):
    """A table of text; an empty cell is None. ``comment`` rows start with #."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> list[str | None]:
        """One cell a row; KeyError where there is no such column."""
        if name not in self.columns:
            raise KeyError(name)
        at = self.columns.index(name)
        return [r[at] for r in self.rows]

    def __len__(self) -> int:
        return len(self.rows)


def read_table(path: Path, name: str, problems: list[SpecProblem]) -> CsvTable:
    """A table, without rows that do not fit; problems SPEC002 (unreadable), SPEC118 (ragged, doubled headers)."""
    empty = CsvTable(path.stem, (), (), ())
    text = read_text(path, name, problems, MAX_BYTES)
    return empty if text is None else _parse(text, path.stem, name, problems)


def _parse(text: str, stem: str, name: str, problems: list[SpecProblem]) -> CsvTable:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(c.strip() for c in row) and not row[0].startswith("#"):
                rows.append((reader.line_num, [c.strip() for c in row]))
    except csv.Error as error:
        problems.append(SpecProblem(name, reader.line_num, "SPEC118", f"not CSV: {error}"))
    if not rows:
        problems.append(SpecProblem(name, 1, "SPEC118", "the table has no header row"))
        return CsvTable(stem, (), (), ())
    header = rows[0][1]
    if len(header) == 1 and re.search("[;\t]", header[0]):
        shown = header[0].replace("\t", "<tab>")
        hint = "save it with commas between the cells"
        problems.append(SpecProblem(name, rows[0][0], "SPEC118", f"the header is one cell: '{shown}'", hint))
        return CsvTable(stem, tuple(header), (), ())
    for column in sorted({c for c in header if header.count(c) > 1}):
        message = f"column '{column}' is there twice" if column else "columns without a name"
        problems.append(SpecProblem(name, rows[0][0], "SPEC118", message))
    if header.count("") == 1:
        problems.append(SpecProblem(name, rows[0][0], "SPEC118", f"column {header.index('') + 1} has no name"))
    good = []
    for line, row in rows[1:]:
        if len(row) != len(header):
            message = f"the row has {len(row)} cell(s), the header {len(header)}"
            problems.append(SpecProblem(name, line, "SPEC118", message))
        else:
            good.append((line, tuple(c or None for c in row)))
    return CsvTable(stem, tuple(header), tuple(r for _, r in good), tuple(n for n, _ in good))


def check_unique(table: CsvTable, name: str, key: tuple[str, ...], problems: list[SpecProblem]) -> None:
    """A row without a key, and two rows with one key, are SPEC118; the last part of a key must be there."""
    seen: dict[tuple[str | None, ...], int] = {}
    cells = zip(*(table.column(c) for c in key), strict=True)
    for line, values in zip(table.lines, cells, strict=True):
        if values[-1] is None and key[-1] != "unit":
            problems.append(SpecProblem(name, line, "SPEC118", f"the row has nothing under '{key[-1]}'"))
            continue
        if values in seen:
            shown = ", ".join(v or "" for v in values)
            hint = f"first on line {seen[values]}"
            problems.append(SpecProblem(name, line, "SPEC118", f"'{shown}' has two rows", hint))
        seen.setdefault(values, line)
