"""Columns to rows: wide exports become one row a cell."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from ..model.column import Column, Mask, empty_column, joined, present, take, text_column
from ..model.raw import RawTable
from ..spec.types import UnpivotSpec

_NAME = re.compile(r"\{([a-z_]+)\}")


class Unpivoted(Struct, frozen=True):
    """``raw_rows`` (n,) the raw row of each row (None: as they are), ``cell`` (n,) its column among
    ``cell_columns``, ``made`` the columns $value, $column and $names, ``empty`` (n,) the rows without a value.
    """

    raw_rows: npt.NDArray[np.int64] | None = None
    cell: npt.NDArray[np.int32] | None = None
    cell_columns: tuple[str, ...] = ()
    made: dict[str, Column] = field(default_factory=dict)
    empty: Mask | None = None


class Cells(Struct, frozen=True):
    """The columns that an unpivot turns into rows, with the names that their pattern found, and those beside."""

    columns: tuple[str, ...]
    names: tuple[dict[str, str], ...]
    beside: dict[str, tuple[str | None, ...]]
    unmatched: tuple[str, ...]

    @property
    def used(self) -> set[str]:
        """Every raw column that is read."""
        return {*self.columns, *(c for cs in self.beside.values() for c in cs if c is not None)}


def pattern_of(text: str, values: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    """A pattern for ``PLT_{visit}``: each {name} is one of its values, or any text."""
    parts, at = [], 0
    for found in _NAME.finditer(text):
        name = found.group(1)
        choice = "|".join(re.escape(v) for v in sorted(values.get(name, ()), key=len, reverse=True)) or ".+?"
        parts += [re.escape(text[at : found.start()]), f"(?P<{name}>{choice})"]
        at = found.end()
    return re.compile("".join([*parts, re.escape(text[at:])]))


def find_cells(spec: UnpivotSpec, columns: tuple[str, ...]) -> Cells:
    """The columns of a table that an unpivot reads."""
    matched, names = [], []
    strict = [pattern_of(t, spec.values) for t in spec.columns]
    loose = [pattern_of(t, {}) for t in spec.columns if _NAME.search(t) and spec.values and _fixed(t)]
    for column in columns:
        hit = next((m for p in strict if (m := p.fullmatch(column))), None)
        if hit is not None:
            matched.append(column)
            names.append(hit.groupdict())
    matched, names = _without_companions(spec, matched, names)
    known = frozenset(columns)
    beside = {k: tuple(_beside(t, n, known) for n in names) for k, t in spec.with_.items()}
    used = {*matched, *(c for cs in beside.values() for c in cs)}
    unmatched = [c for c in columns if c not in used and any(p.fullmatch(c) for p in loose)]
    return Cells(tuple(matched), tuple(names), beside, tuple(unmatched))


def _without_companions(
    spec: UnpivotSpec, matched: list[str], names: list[dict[str, str]]
) -> tuple[list[str], list[dict[str, str]]]:
    """The cells that no ``with`` puts beside another cell: DATE_W4 is no test, where it is the date of ALT_W4.

    A column that is named itself, or by values of all its names, is a cell in any case.
    """
    open_ = [any(n not in spec.values for n in found) for found in names]
    known = frozenset(matched)
    beside = {
        there
        for column, found in zip(matched, names, strict=True)
        for text in spec.with_.values()
        if (there := _beside(text, found, known)) not in (None, column)
    }
    kept = [i for i, column in enumerate(matched) if not (open_[i] and column in beside)]
    return [matched[i] for i in kept], [names[i] for i in kept]


def _fixed(text: str) -> bool:
    """Whether a pattern has a part of its own: {test} alone fits every column and tells nothing."""
    return bool(_NAME.sub("", text))


def _beside(text: str, names: dict[str, str], columns: frozenset[str]) -> str | None:
    column = _NAME.sub(lambda m: names.get(m.group(1), m.group(0)), text)
    return column if column in columns else None


def unpivot(table: RawTable, spec: UnpivotSpec | None) -> Unpivoted:
    """Rows of the table, or one row for each of its cells that ``spec`` names (row by row, then by column)."""
    if spec is None:
        return Unpivoted()
    cells = find_cells(spec, tuple(table.columns))
    n, k = len(table.rows), len(cells.columns)
    raw_rows = np.repeat(np.arange(n, dtype=np.int64), k)
    cell = np.tile(np.arange(k, dtype=np.int32), n)
    made = {"value": _interleaved([table.columns[c] for c in cells.columns], n)}
    made["column"] = text_column(cell, list(cells.columns))
    for name in {key for names in cells.names for key in names}:
        made[name] = _by_cell([names[name] for names in cells.names], cell)
    for name, columns in cells.beside.items():
        parts = [table.columns[c] if c else empty_column(n) for c in columns]
        made[name] = _interleaved(parts, n)
    empty = ~present(made["value"])
    for name in spec.keep_if:
        empty &= ~present(made[name])
    return Unpivoted(raw_rows, cell, cells.columns, made, empty)


def _interleaved(columns: list[Column], n: int) -> Column:
    """Row by row, then column by column."""
    if not columns:
        return empty_column(0)
    k = len(columns)
    return take(joined(columns), (np.arange(n)[:, None] + n * np.arange(k)[None, :]).ravel())


def _by_cell(values: list[str], cell: npt.NDArray[np.int32]) -> Column:
    distinct = list(dict.fromkeys(values))
    codes = np.array([distinct.index(v) for v in values], np.int32)
    return text_column(codes[cell], distinct)
