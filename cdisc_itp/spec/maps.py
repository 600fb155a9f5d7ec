"""Tables of maps/ (CSV, edited in a spreadsheet, reviewed in a diff): strict reading, every cell text."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ..model.issue import SpecProblem

MAX_BYTES = 64_000_000


@dataclass(frozen=True)
class CsvTable:
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
    """A table; problems SPEC002 (unreadable), SPEC118 (ragged, doubled headers or rows)."""
    empty = CsvTable(path.stem, (), (), ())
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        problems.append(SpecProblem(name, 1, "SPEC002", f"cannot be read: {error.strerror}"))
        return empty
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = data[error.start : error.end].hex(" ")
        problems.append(SpecProblem(name, line, "SPEC002", f"is not UTF-8: bytes {found}", "save it as UTF-8"))
        return empty
    return _parse(text, path.stem, name, problems)


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
    for column in sorted({c for c in header if header.count(c) > 1 or not c}):
        problems.append(SpecProblem(name, rows[0][0], "SPEC118", f"column '{column}' is doubled or has no name"))
    good = []
    for line, row in rows[1:]:
        if len(row) != len(header):
            problems.append(SpecProblem(name, line, "SPEC118", f"{len(row)} cells under {len(header)} columns"))
        else:
            good.append((line, tuple(c or None for c in row)))
    return CsvTable(stem, tuple(header), tuple(r for _, r in good), tuple(n for n, _ in good))


def check_unique(table: CsvTable, name: str, key: tuple[str, ...], problems: list[SpecProblem]) -> None:
    """Two rows with one key are SPEC118."""
    seen: dict[tuple[str | None, ...], int] = {}
    cells = zip(*(table.column(c) for c in key), strict=True)
    for line, values in zip(table.lines, cells, strict=True):
        if values in seen:
            shown = ", ".join(v or "" for v in values)
            hint = f"first on line {seen[values]}"
            problems.append(SpecProblem(name, line, "SPEC118", f"'{shown}' has two rows", hint))
        seen.setdefault(values, line)
