"""What the words that read another dataset or form have in common: which records there each of our records asks."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

from ..model.column import (
    Column,
    Mask,
    arrow_values,
    codes_of,
    distinct_tuples,
    is_numeric,
    joined,
    present,
    spread,
    text_column,
)
from ..model.where import Condition
from .moments import days_of
from .registry import Algorithm, MomentRef, Other, Records, Ref, described, inside
from .values import as_text

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
# A parameter that means something only beside `date`.
DATED = {"needs": ("date",)}


def subject_codes(records: Records, other: Other) -> tuple[Rows, Rows, int]:
    """A common number of the subject for each of our records and each of the other's; and how many."""
    ours, theirs = records.subjects(), other.subjects()
    at = {s: i for i, s in enumerate(theirs.categories.tolist())}
    table = np.array([*(at.get(s, -1) for s in ours.categories.tolist()), -1], np.int64)
    return table[codes_of(ours)], codes_of(theirs).astype(np.int64), len(theirs.categories)


def group_codes(records: Records, other: Other, by: dict[str, Ref]) -> tuple[Rows, Rows, int]:
    """As ``subject_codes``, of the subject and of the values that must be equal; -1 where one is missing."""
    ours, theirs, size = subject_codes(records, other)
    if not by:
        return ours, theirs, size
    keys = [joined([as_text_column(other[k]), as_text_column(records[ref])]) for k, ref in by.items()]
    subject = np.concatenate([theirs, ours])
    group, parts = distinct_tuples(keys)
    complete = np.logical_and.reduce([present(k) for k in keys]) & (subject >= 0)
    known, number = np.unique(np.where(complete, subject * len(parts[0]) + group, -1), return_inverse=True)
    code = np.where(complete, number, -1).astype(np.int64)
    return code[other.n :], code[: other.n], len(known)


def as_text_column(column: Column) -> Column:
    """A column as text: numbers match texts by their shortest decimal form."""
    if not is_numeric(column):
        return column
    values = as_text(pa.array(column.categories, pa.float64()))
    return text_column(codes_of(column), values.to_pylist())


def day_column(column: Column, ref: str) -> Floats:
    """Days since 1960-01-01 of each record (n,): of ISO 8601 text or of numbers; NaN where the day is not known."""
    values = arrow_values(column)
    return np.asarray(spread(days_of(values, ref), column, np.nan), np.float64)


class Reading(Algorithm):
    """Common to the words that read ``NAME.COLUMN`` with a condition on NAME's records."""

    scope = "dataset"
    source: Ref
    where: Condition | None

    @property
    def place(self) -> tuple[str, str]:
        """Dataset or form, and column."""
        name, _, column = self.source.rpartition(".")
        return name, column

    @property
    def places(self) -> tuple[str, ...]:
        """The dataset or form."""
        return (self.place[0],)

    @property
    def reads(self) -> tuple[str, ...]:
        """The column and what the condition reads, in the other dataset."""
        name, _ = self.place
        conditions = self.where.reads if self.where else ()
        return tuple(dict.fromkeys([self.source, *(inside(name, r) for r in conditions)]))

    @property
    def conditions(self) -> tuple[tuple[str, Condition], ...]:
        """The condition on the other dataset's records."""
        return () if self.where is None else ((self.place[0], self.where),)

    def contradiction(self) -> str:
        """A bare name is of this dataset."""
        return "" if self.place[0] else f"'{self.source}' names no other form or dataset"

    def candidates(self, records: Records, other: Other) -> Mask:
        """Which of the other's records have a value and meet the condition."""
        _, column = self.place
        out = present(other[column])
        return out & other.holds(self.where) if self.where is not None else out


class Asked(Struct, frozen=True):
    """The records elsewhere that each case asks: ``case`` (m,) and ``row`` (m,).

    A case is a subject with its keys and bounds: ``of_record`` (n,) is the case of each of our records.
    """

    case: Rows
    row: Rows
    cases: int
    of_record: Rows

    def of(self, record: int) -> list[int]:
        """The records that one of our records asks."""
        return sorted(self.row[self.case == self.of_record[record]].tolist())


@dataclass(frozen=True)
class Bounded(Reading):
    """Common to the words that ask the subject's records elsewhere that agree in keys and lie within bounds."""

    source: Ref
    where: Condition | None = None
    _: KW_ONLY
    by: dict[str, Ref] = field(default_factory=dict)
    date: MomentRef | None = None
    after: MomentRef | None = field(default=None, metadata=DATED)
    on_or_after: MomentRef | None = field(default=None, metadata=DATED)
    before: MomentRef | None = field(default=None, metadata=DATED)
    on_or_before: MomentRef | None = field(default=None, metadata=DATED)
    missing_bound: Literal["none", "no_record"] = field(default="none", metadata=DATED)

    @property
    def bounds(self) -> tuple[tuple[str, MomentRef], ...]:
        """The bounds that are given: how a day there stands to ours."""
        signs = {"after": self.after, "on or after": self.on_or_after, "before": self.before}
        every = {**signs, "on or before": self.on_or_before}
        return tuple((how, ref) for how, ref in every.items() if ref is not None)

    @property
    def known(self) -> tuple[MomentRef, ...]:
        """Names of our records that make a case of a subject: the bounds."""
        return tuple(ref for _, ref in self.bounds)

    @property
    def reads(self) -> tuple[str, ...]:
        """The column, what the condition reads, date, keys and bounds."""
        keys = [inside(self.place[0], k) for k in self.by] if self.place[0] else []
        dates = [self.date] if self.date else []
        refs = [*super().reads, *dates, *keys, *self.by.values(), *self.known]
        return tuple(dict.fromkeys(refs))

    def contradiction(self) -> str:
        """What is compared is of the dataset that is read; a date is compared with something."""
        if self.date is not None and self.date.rpartition(".")[0] != self.place[0]:
            return f"'{self.source}' and '{self.date}' are of two datasets"
        if self.date is not None and not self.bounds:
            return "a 'date' is compared with nothing: name one of after, on_or_after, before, on_or_before"
        return super().contradiction()

    def asked(self, records: Records, other: Other, chosen: Mask | None = None) -> Asked:
        """Which of the other's ``chosen`` records (without it: the candidates) each of our records asks."""
        ours, theirs, size = group_codes(records, other, self.by)
        mask = (self.candidates(records, other) if chosen is None else chosen) & (theirs >= 0)
        if not self.known or self.date is None:
            rows = np.flatnonzero(mask)
            return Asked(theirs[rows], rows, size + 1, np.where(ours < 0, size, ours))
        day = day_column(other[self.date.rpartition(".")[2]], self.date)
        rows = np.flatnonzero(mask & ~np.isnan(day))
        rows = rows[np.lexsort((day[rows], theirs[rows]))]
        limits = distinct_tuples([records[ref] for ref in self.known])[0].astype(np.int64)
        key = np.where(ours < 0, -1, ours * (int(limits.max(initial=0)) + 1) + limits)
        known, first, case = np.unique(key, return_index=True, return_inverse=True)
        low, high = self._limits(records, first)
        at, row = _pairs(theirs[rows], day[rows], np.where(known < 0, -1, ours[first]), low, high)
        return Asked(at, rows[row], len(known), case.astype(np.int64))

    def _limits(self, records: Records, record: Rows) -> tuple[Floats, Floats]:
        """The first and the last day that each of some of our records asks."""
        low, high = np.full(len(record), -np.inf), np.full(len(record), np.inf)
        for how, ref in self.bounds:
            day = day_column(records[ref], ref)[record]
            limit = {"after": day + 1, "before": day - 1}.get(how, day)
            missing = np.isnan(day)
            if how in ("after", "on or after"):
                low = np.where(missing, low, np.maximum(low, limit))
            else:
                high = np.where(missing, high, np.minimum(high, limit))
            if self.missing_bound == "no_record":
                low = np.where(missing, np.inf, low)
        return low, high

    def narrowed(self) -> str:
        """Condition, keys and bounds as words of a method."""
        by = [f"{k} is {ref}" for k, ref in self.by.items()]
        bounds = " and ".join(f"{how} {ref}" for how, ref in self.bounds)
        missing = "no record is in time" if self.missing_bound == "no_record" else "it bounds nothing"
        dated = f", {self.date} {bounds} (where that is missing, {missing})" if bounds else ""
        return f"{described(self.where)}{', ' if by else ''}{' and '.join(by)}{dated}"


def _pairs(group: Rows, day: Floats, wanted: Rows, low: Floats, high: Floats) -> tuple[Rows, Rows]:
    """Each case (k,) with each entry of the group that it wants from a day to a day; entries are by group and day.

    >>> case, entry = _pairs(np.array([0, 0]), np.array([3.0, 5.0]), np.array([0]), np.array([4.0]), np.array([9.0]))
    >>> case.tolist(), entry.tolist()
    ([0], [1])
    """
    first, last = (float(day.min()), float(day.max())) if len(day) else (0.0, 0.0)
    span = last - first + 3
    key = group * span + (day - first) + 1
    begin = np.searchsorted(key, wanted * span + np.clip(low - first, 0, span - 2) + 1, "left")
    end = np.searchsorted(key, wanted * span + np.clip(high - first, -1, span - 3) + 1, "right")
    many = np.where(wanted < 0, 0, np.maximum(end - begin, 0))
    case = np.repeat(np.arange(len(wanted)), many)
    start = np.cumsum(many) - many
    return case, (begin - start)[case] + np.arange(len(case))
