"""Baseline flags: a choice that is declared, never implied."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import (
    Column,
    arrow_values,
    codes_of,
    distinct_tuples,
    is_numeric,
    numbers,
    present,
    ranks,
    text_column,
)
from ..model.where import Comparison, Condition, WhereClause
from .iso8601 import NO_DAY, day_numbers
from .registry import Algorithm, DateRef, Records, Ref, algorithm, described
from .values import valid


@algorithm
class LastBefore(Algorithm):
    """Y on the last record with a value on or before the reference date, by subject and ``by``.

    A record on the reference day counts where a time of day on both sides says it is not after the reference,
    or where one of them has no time and ``same_day`` is yes (the default). Of several on one moment the last in
    the dataset's order is flagged. A date of which the day is not known is on no side of the reference. Dates
    are ISO 8601 text or numbers (seconds where the name ends in DTM, else days).

    >>> LastBefore(DateRef("EGDTC"), DateRef("DM.RFXSTDTC"), Ref("EGORRES")).describe().partition(" (")[0]
    'Y on the last record with a value of EGORRES by EGDTC on or before DM.RFXSTDTC'
    """

    date: DateRef
    reference: DateRef
    value: Ref
    by: tuple[Ref, ...] = ()
    same_day: bool = True
    where: Condition | None = None
    scope = "dataset"

    def apply(self, records: Records) -> Column:
        """Y or no value."""
        chosen = present(records[self.value]) & self._before(records)
        if self.where is not None:
            chosen &= records.holds(self.where)
        rows = np.flatnonzero(chosen)
        columns = [records.subjects(), *(records[b] for b in self.by)]
        group = distinct_tuples(columns)[0][rows]
        place = np.empty(records.n, np.int64)
        place[records.order()] = np.arange(records.n)
        last = last_of_each(group, ranks(records[self.date])[0][rows], place[rows])
        codes = np.full(records.n, -1, np.int32)
        codes[rows[last]] = 0
        return text_column(codes, ["Y"])

    def _before(self, records: Records) -> npt.NDArray[np.bool_]:
        date, start = records[self.date], records[self.reference]
        a, b = day_numbers(date, self.date), day_numbers(start, self.reference)
        known = (a != NO_DAY) & (b != NO_DAY)
        x, y = _clock(date, self.date), _clock(start, self.reference)
        timed = (x >= 0) & (y >= 0)
        same = np.where(timed, x <= y, self.same_day)
        return np.asarray(known & ((a < b) | ((a == b) & same)), bool)

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns and what the condition reads."""
        return tuple(dict.fromkeys([*super().reads, *(self.where.reads if self.where else ())]))

    def describe(self) -> str:
        """The method in a sentence."""
        day = "included" if self.same_day else "excluded without a time"
        by = "".join(f", {b}" for b in self.by)
        return (
            f"Y on the last record with a value of {self.value} by {self.date} on or before {self.reference} "
            f"(same day {day}), within subject{by}{described(self.where)}."
        )


def _clock(column: Column, ref: str) -> npt.NDArray[np.int64]:
    """Seconds of the day of each record's time (n,), -1 where it has none (numbers of a name that ends in DT)."""
    if is_numeric(column):
        value = numbers(column)
        timed = ref.endswith("DTM") & ~np.isnan(value)
        return np.where(timed, np.floor(np.nan_to_num(value)) % 86_400, -1).astype(np.int64)
    texts = arrow_values(column)
    parts = pc.extract_regex(texts, r"T(?P<h>[0-9]{2}):(?P<n>[0-9]{2})(?::(?P<s>[0-9]{2}))?")
    unit: Any = {"h": 3600, "n": 60, "s": 1}
    total = np.zeros(len(texts), np.int64)
    for name, seconds in unit.items():
        text = pc.struct_field(parts, name)
        number = pc.cast(pc.if_else(pc.equal(text, ""), None, text), pa.int64())
        total += np.asarray(pc.fill_null(number, 0), np.int64) * seconds
    total[~valid(parts)] = -1
    return np.append(total, -1)[codes_of(column)]


def last_of_each(group: Any, when: Any, place: Any) -> npt.NDArray[np.int64]:
    """Of each group, the position of the entry with the largest (when, place).

    >>> last_of_each(np.array([7, 7, 9]), np.array([2, 2, 1]), np.array([0, 1, 0])).tolist()
    [1, 2]
    """
    order = np.lexsort((place, when, group))
    sorted_group = group[order]
    last = np.ones(len(order), bool)
    last[:-1] = sorted_group[1:] != sorted_group[:-1]
    return order[last]


@algorithm
class BaselineAtVisit(Algorithm):
    """Y on the records with a value at the named visit.

    >>> BaselineAtVisit("BASELINE", Ref("LBORRES")).describe()
    'Y where VISIT is BASELINE and LBORRES has a value.'
    """

    visit_name: str
    value: Ref
    visit_variable: Ref = Ref("VISIT")
    scope = "dataset"

    def apply(self, records: Records) -> Column:
        """Y or no value."""
        named = records.holds(Condition((WhereClause((Comparison(self.visit_variable, "EQ", (self.visit_name,)),)),)))
        return text_column(np.where(named & present(records[self.value]), 0, -1), ["Y"])

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Y where {self.visit_variable} is {self.visit_name} and {self.value} has a value."
