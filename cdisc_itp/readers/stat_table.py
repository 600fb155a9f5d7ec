"""SPSS (.sav, .zsav) and SAS (.sas7bdat) files as raw tables: every cell the text that a person would see.

A coded column keeps its codes; the value labels of an SPSS file stand beside it, in ``NAME.decode``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from ..model.column import Codes, Column, Mask, codes_of, collect_text, text_column, values_of
from ..model.raw import Detected, RawTable, TableOptions
from .limits import LIMITS, Limits
from .problems import Problems
from .readstat import StatFile, StatVariable, TextCells, check_file, read_columns, read_stat_header
from .readstat_source import ReadStat
from .spss_display import INTERVALS, format_name, render_spss_numbers
from .table import Cells, Header, assemble, check_header, counted
from .xpt_cells import NumberCells
from .xpt_display import Render, Texts, render_decimals, render_numbers
from .xpt_raw import show_numbers

SHOWN = 10
"""User-missing values that a note lists."""


class Dialect(Struct, frozen=True):
    """A format's name, and how its numbers are shown by their display format."""

    name: str
    render: Render


def _render_sas(values: npt.NDArray[np.float64], display_format: str) -> tuple[Texts, npt.NDArray[np.bool_]]:
    """ReadStat leaves out the full stop of a format without decimals."""
    with np.errstate(over="ignore"):  # days as seconds, beyond what a double holds: no date
        return render_numbers(values, display_format if "." in display_format else f"{display_format}.")


SPSS = Dialect("SPSS", render_spss_numbers)
SAS = Dialect("SAS7BDAT", _render_sas)


def raw_table_from_spss(path: Path, options: TableOptions, limits: Limits = LIMITS) -> RawTable:
    """Raw table of an SPSS file; ``rows`` are record numbers (1-based), ``labels`` the variables' labels.

    Numbers have the fewest digits that give them back; by their format they are ISO 8601 dates and times. System
    missing is no value; user-defined missing values are kept as any other, with a note. Value labels are given in
    ``NAME.decode``, see ``decodes``. Raises ReadError (READ001, READ006 to READ009, READ013, READ019, READ080 to
    READ082).
    """
    return _raw_table(path, options, limits, SPSS, ())


def raw_table_from_sas7bdat(path: Path, options: TableOptions, limits: Limits = LIMITS) -> RawTable:
    """Raw table of a SAS dataset; ``rows`` are record numbers (1-based), ``labels`` the variables' labels.

    As an XPT file is read: special missing values are text (".A"), "." is no value. A catalog of formats beside it
    is not read, only named in a note: it is no part of the file, whose hash stands for the table. Raises ReadError
    (READ001, READ006 to READ009, READ013, READ019, READ080 to READ082).
    """
    catalogs = sorted(p.name for p in path.parent.glob("*.[sS][aA][sS]7[bB][cC][aA][tT]") if p.stem == path.stem)
    return _raw_table(path, options, limits, SAS, [f"{name} is not read: codes have no decodes" for name in catalogs])


def raw_table_from_stat_file(path: Path, options: TableOptions) -> RawTable:
    """Raw table of an SPSS or SAS file, told apart by the suffix."""
    read = raw_table_from_sas7bdat if path.suffix.lower() == ".sas7bdat" else raw_table_from_spss
    return read(path, options)


def _raw_table(path: Path, options: TableOptions, limits: Limits, dialect: Dialect, notes: Sequence[str]) -> RawTable:
    problems = Problems(path.name, limits.problems)
    check_file(path, limits, problems)
    with ReadStat(path, dialect.name, problems) as source:
        file = read_stat_header(source, path, options.encoding, limits, problems)
        columns = _Columns(file, dialect, options, problems)
        for variable, cells in read_columns(source, file):
            columns.add(variable, cells)
    header = Header(tuple(columns.names), tuple(columns.labels))
    check_header(header, options, problems)
    problems.raise_any()
    count = len(columns.cells[0])
    table = assemble(header, Cells(tuple(columns.cells), np.arange(1, count + 1)), options, problems)
    problems.raise_any()
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return RawTable(
        file=path.name,
        sheet=None,
        columns=table.columns,
        rows=table.rows,
        sha256=sha256,
        labels=table.labels,
        decodes={name: coded for name, coded in columns.decodes.items() if name in table.columns},
        skipped=table.skipped,
        dropped=table.dropped,
        detected=(Detected("encoding", file.codec, 1.0 if options.encoding else 0.99),),
        notes=(*notes, *columns.notes, *table.notes),
    )


class _Columns:
    """The columns of a table, in the order of the file, decodes behind the codes."""

    def __init__(self, file: StatFile, dialect: Dialect, options: TableOptions, problems: Problems) -> None:
        self.codec, self.render, self.identifiers = file.codec, dialect.render, options.identifiers
        self.problems, self.taken = problems, {v.name for v in file.variables}
        self.names: list[str] = []
        self.labels: list[str] = []
        self.cells: list[Column | Mask] = []
        self.decodes: dict[str, str] = {}
        self.notes: list[str] = []

    def add(self, variable: StatVariable, cells: NumberCells | TextCells) -> None:
        """Add a variable's cells, and its decodes; of an identifier only which cells hold one."""
        self.names.append(variable.name)
        self.labels.append(variable.label)
        if variable.name in self.identifiers:
            self.cells.append(_some(cells))
            return
        values: Sequence[Any]
        if isinstance(cells, NumberCells):
            column, values = self._show(variable, cells), np.where(cells.letters == 0, cells.values, np.nan).tolist()
            codes = cells.codes
        else:
            column = self._decode_text(variable, cells)
            codes, values = codes_of(column), values_of(column).tolist()
        self.cells.append(column)
        self._note_missing(variable, codes, values)
        self._add_decodes(variable, codes, values)

    def _show(self, variable: StatVariable, cells: NumberCells) -> Column:
        self._check_finite(variable, cells)
        if self.render is render_spss_numbers and format_name(variable.display_format) in INTERVALS:
            self.notes.append(f"{variable.name}: {variable.display_format} is an interval, shown in seconds")
        return show_numbers(variable.name, variable.display_format, cells, self.notes, self.render)

    def _check_finite(self, variable: StatVariable, cells: NumberCells) -> None:
        """READ082 for each infinite number with its first record: none can be written in digits."""
        for i in np.flatnonzero(np.isinf(cells.values)).tolist():
            rows = np.flatnonzero(cells.codes == i)
            message = f"the number is infinite ({counted(len(rows), 'record')})"
            self.problems.add("READ082", message, int(rows[0]) + 1, variable.name)

    def _decode_text(self, variable: StatVariable, cells: TextCells) -> Column:
        """Column of the decoded texts; READ081 for each distinct value that cannot be, with its first record."""
        texts: list[str | None] = []
        for i, value in enumerate(cells.values):
            try:
                texts.append(value.decode(self.codec) or None)
            except UnicodeError:
                rows = np.flatnonzero(cells.codes == i)
                message = f"text is not {self.codec} ({counted(len(rows), 'record')})"
                # The value is not shown, it may identify a person.
                self.problems.add("READ081", message, int(rows[0]) + 1, variable.name, "declare `encoding`")
                texts.append(None)
        distinct = collect_text(texts)  # two byte sequences of an encoding may be one text
        return text_column(np.append(codes_of(distinct), -1)[cells.codes], distinct.categories)

    def _note_missing(self, variable: StatVariable, codes: Codes, values: Sequence[Any]) -> None:
        """Note how often each user-defined missing value occurs."""
        counts = np.bincount(codes + 1, minlength=len(values) + 1)[1:].tolist()
        found = [(v, n) for v, n in zip(values, counts, strict=True) if _is_missing(v, variable.missing)]
        if found:
            listed = ", ".join(f"{n} x {_code_text(v)}" for v, n in sorted(found)[:SHOWN])
            more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            self.notes.append(f"{variable.name}: user-defined missing values kept as they are: {listed}{more}")

    def _add_decodes(self, variable: StatVariable, codes: Codes, values: Sequence[Any]) -> None:
        name = f"{variable.name}.decode"
        if not variable.decodes:
            return
        if name in self.taken:
            self.notes.append(f"{variable.name}: value labels are not given, {name} is a variable of the file")
            return
        decoded = collect_text([variable.decodes.get(value) or None for value in values])
        table = np.append(codes_of(decoded), np.int32(-1))
        self.names.append(name)
        self.labels.append("")
        self.cells.append(text_column(table[codes], decoded.categories))
        self.decodes[name] = variable.name


def _some(cells: NumberCells | TextCells) -> Mask:
    """Which cells hold a value (n,); an empty text is none."""
    if isinstance(cells, NumberCells):
        return np.asarray(cells.codes >= 0)
    filled = np.asarray([*map(bool, cells.values), False])
    return np.asarray(filled[cells.codes])


def _is_missing(value: Any, ranges: Sequence[tuple[Any, Any]]) -> bool:
    return any(low <= value <= high for low, high in ranges)


def _code_text(value: Any) -> str:
    return value if isinstance(value, str) else str(render_decimals(np.asarray([value]))[0])
