"""Categories: of numbers by a table of intervals, numbers for texts, small groups pooled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec import Struct

from ..model.column import Column, arrow_values, codes_of, distinct_tuples, joined, present, text_column
from ..model.where import Condition
from .arithmetic import floats
from .maps import recode
from .registry import Algorithm, MapName, NumberRef, Problems, Records, Ref, Table, algorithm, described, parameter
from .values import PLAIN_NUMBER, TEXT, as_text, valid

# Columns of a table of intervals: the name says whether the bound belongs to the interval.
LOWER: dict[str, bool] = {"from": True, "above": False}
UPPER: dict[str, bool] = {"to": True, "below": False}


def is_interval_table(columns: tuple[str, ...]) -> bool:
    """Whether a table with these columns says intervals.

    >>> is_interval_table(("from", "below", "term")), is_interval_table(("raw", "to"))
    (True, False)
    """
    return not LOWER.keys().isdisjoint(columns) and not UPPER.keys().isdisjoint(columns)


class _Interval(Struct, frozen=True):
    """Numbers from ``low`` to ``high``; a bound is (value, whether it belongs to the interval)."""

    low: tuple[float, bool]
    high: tuple[float, bool]

    def holds(self, values: Any) -> Any:
        """Which numbers (k,) are in it."""
        low = values >= self.low[0] if self.low[1] else values > self.low[0]
        high = values <= self.high[0] if self.high[1] else values < self.high[0]
        return low & high

    def meets(self, other: _Interval) -> bool:
        """Whether a number is in both."""
        low = max(self.low, other.low, key=lambda b: (b[0], not b[1]))
        high = min(self.high, other.high, key=lambda b: (b[0], b[1]))
        return low[0] < high[0] or (low[0] == high[0] and low[1] and high[1])

    @property
    def empty(self) -> bool:
        """Whether no number is in it."""
        return not self.meets(self)


def _bound(table: Table, row: int, columns: dict[str, bool], open_: float) -> tuple[float, bool]:
    """The bound of a row: that of the one column that has one, else none."""
    for column, inclusive in columns.items():
        cell = table.column(column)[row] if column in table.columns else None
        if cell is not None and re.fullmatch(PLAIN_NUMBER, cell):
            return float(cell), inclusive
    return open_, True


def _interval(table: Table, row: int) -> _Interval:
    return _Interval(_bound(table, row, LOWER, -np.inf), _bound(table, row, UPPER, np.inf))


@algorithm
class Category(Algorithm):
    """The category of a number by a table of intervals (maps/), one a row.

    Its columns ``from`` (the bound belongs to the interval) or ``above`` (it does not) hold the lower bounds, ``to``
    (it does) or ``below`` (it does not) the upper ones; a row without one is open. Parameter ``to`` is the column that
    is taken: term (the default), or another such as number. ``by`` names columns of the table and the variables
    whose value they must equal (intervals of each parameter); a row with an empty cell there is for all values.
    Issue DATA030: the number is in no interval. Intervals that overlap, and bounds that are no numbers, are SPEC118.

    >>> Category(NumberRef("AGE"), MapName("age_groups")).describe()
    'term of the row of table age_groups whose interval holds AGE.'
    """

    source: NumberRef
    table: MapName
    to: str = "term"
    by: dict[str, Ref] | None = None
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The cells of the rows."""
        table, by = records.table(self.table), (self.by or {})
        terms, keys = table.column(self.to), {c: table.column(c) for c in by}

        def kernel(values: Any, *groups: Any) -> tuple[Any, Problems]:
            number = floats(values)
            row = np.full(len(number), -1, np.int64)
            texts = [np.asarray(as_text(g).to_pylist(), object) for g in groups]
            for i in range(len(table) - 1, -1, -1):
                fits = _interval(table, i).holds(number)
                for cells, text in zip(keys.values(), texts, strict=True):
                    fits &= (text == cells[i]) if cells[i] is not None else True
                row[fits] = i
            found = [terms[i] if i >= 0 else None for i in row.tolist()]
            return pa.array(found, TEXT), {"DATA030": valid(values) & (row < 0)}

        return records.each(kernel, self.source, *by.values())

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The table of intervals."""
        return {self.table: (self.to, *(self.by or {}))}

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Rows whose bounds are no numbers, are two on one side, or hold nothing; rows that overlap."""
        made: list[tuple[tuple[str | None, ...], _Interval]] = []
        for i in range(len(table)):
            flaw = _flaw(table, i)
            if flaw:
                yield i, flaw
                continue
            key, interval = tuple(table.column(c)[i] for c in (self.by or {})), _interval(table, i)
            if any(k == key and interval.meets(o) for k, o in made):
                yield i, "the interval overlaps that of a row above"
            made.append((key, interval))

    def describe(self) -> str:
        """The method in a sentence."""
        by = "".join(f" and {c} is {r}" for c, r in (self.by or {}).items())
        return f"{self.to} of the row of table {self.table} whose interval holds {self.source}{by}."


def _flaw(table: Table, row: int) -> str:
    for columns in (LOWER, UPPER):
        cells = {c: table.column(c)[row] for c in columns if c in table.columns}
        given = {c: v for c, v in cells.items() if v is not None}
        wrong = next((f"{c} '{v}' is no number" for c, v in given.items() if not re.fullmatch(PLAIN_NUMBER, v)), "")
        if wrong or len(given) > 1:
            return wrong or f"the row has both {' and '.join(given)}"
    return "no number is in the interval" if _interval(table, row).empty else ""


@algorithm
class Listed(Algorithm):
    """What a table (maps/) says for a text in its column ``to`` (default term); no value where it lists it not.

    As ``assign`` with ``map``, for tables that name some texts only: groups of adverse event terms, of regions.

    >>> Listed(Ref("AEDECOD"), MapName("bleeding_terms")).describe()
    'Column term of table bleeding_terms for AEDECOD; none for a text that the table lacks.'
    """

    source: Ref
    map: MapName
    to: str = "term"
    scope = "dataset"
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The cells of the rows."""
        table = records.table(self.map)

        def kernel(values: Any) -> tuple[Any, Problems]:
            return recode(values, table, self.to, records.source)[0], {}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Column {self.to} of table {self.map} for {self.source}; none for a text that the table lacks."


@algorithm
class NumericTwin(Algorithm):
    """The number of a text (SEXN of SEX): its place in ``order``, else a map's column, else its place in the codelist.

    ``order`` lists the texts; the first is 1. With ``map`` the number is in its column ``to`` (default number).
    Issue DATA030: the text is not listed.

    >>> NumericTwin(Ref("SEX"), order=("F", "M")).describe()
    'SEX as a number: F 1, M 2.'
    >>> NumericTwin(Ref("TRT01P")).describe()
    'TRT01P as a number: its place in the codelist.'
    """

    source: Ref
    order: tuple[str, ...] = ()
    map: MapName | None = None
    to: str = parameter(default="number", needs=("map",))
    scope = "dataset"
    origin = "Assigned"
    numeric = True

    def apply(self, records: Records) -> Column:
        """The numbers."""
        table = records.table(self.map) if self.map else None
        codelist = records.codelist(self.source)
        listed = self.order or tuple(t.value for t in (codelist.terms if codelist else ()))
        place = {v: float(i) for i, v in enumerate(listed, 1)}

        def kernel(values: Any) -> tuple[Any, Problems]:
            if table is not None:
                text, unknown = recode(values, table, self.to, records.source)
                return pa.array(floats(text), from_pandas=True), {"DATA030": unknown}
            found = pa.array([place.get(v) for v in as_text(values).to_pylist()], pa.float64())
            return found, {"DATA030": valid(values) & ~valid(found)}

        return records.each(kernel, self.source)

    def contradiction(self) -> str:
        """Two rules at once."""
        return "both order and map say the numbers" if self.order and self.map else ""

    def describe(self) -> str:
        """The method in a sentence."""
        listed = ", ".join(f"{v} {i}" for i, v in enumerate(self.order, 1))
        table = f"column {self.to} of table {self.map}" if self.map else ""
        rule = " and ".join(x for x in (listed, table) if x) or "its place in the codelist"
        return f"{self.source} as a number: {rule}."


@algorithm
class Pooled(Algorithm):
    """The value, where at least ``least`` subjects of the study have it; else ``other`` (sites that are pooled).

    Subjects are counted once in this dataset, those of the records that meet ``where``; with ``by`` every value
    of that variable (each arm) must have so many.

    >>> Pooled(Ref("SITEID"), 10, "POOLED").describe()
    'SITEID where at least 10 subjects of the dataset have it, else POOLED.'
    """

    source: Ref
    least: int
    other: str
    by: Ref | None = None
    where: Condition | None = None
    scope = "dataset"

    def apply(self, records: Records) -> Column:
        """Values, ``other`` for small groups; no value stays none."""
        column = records[self.source]
        counted = present(column) & present(records.subjects())
        if self.where is not None:
            counted &= records.holds(self.where)
        large = np.append(self._counts(records, column, counted) >= self.least, True)
        codes, other = codes_of(column), np.full(records.n, 0, np.int32)
        pooled = text_column(other, [self.other])
        own = _as_text_column(column)
        every = joined([own, pooled])
        small = ~large[codes]
        return text_column(codes_of(every)[np.arange(records.n) + records.n * small], every.categories)

    def _counts(self, records: Records, column: Column, counted: Any) -> Any:
        """Subjects of each distinct value (k,): the smallest number within the values of ``by``."""
        size = len(column.categories)
        arms = records[self.by] if self.by is not None else text_column(np.zeros(records.n, np.int32), ["*"])
        rows = np.flatnonzero(counted & present(arms))
        _, parts = distinct_tuples([column[rows], arms[rows], records.subjects()[rows]])
        table = np.zeros((size, len(arms.categories)), np.int64)
        np.add.at(table, (parts[0], parts[1]), 1)
        arm_used = np.bincount(codes_of(arms)[rows], minlength=len(arms.categories)) > 0
        return table[:, arm_used].min(axis=1) if arm_used.any() else table.sum(axis=1)

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns and what the condition reads."""
        return tuple(dict.fromkeys([*super().reads, *(self.where.reads if self.where else ())]))

    def describe(self) -> str:
        """The method in a sentence."""
        each = f" of each {self.by}" if self.by else ""
        who = f"at least {self.least} subjects{each} of the dataset{described(self.where)} have it"
        return f"{self.source} where {who}, else {self.other}."


def _as_text_column(column: Column) -> Column:
    """A column of text; numbers by their shortest decimal form."""
    texts = as_text(arrow_values(column))
    return text_column(codes_of(column), texts.to_pylist())
