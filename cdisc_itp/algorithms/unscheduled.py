"""Numbers of visits that the schedule does not number: by the day of the record, the same in every dataset."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

import numpy as np
from msgspec import Struct

from ..model.column import Column, Mask, distinct_tuples, text_column, values_of
from .iso8601 import NO_DAY, day_numbers
from .registry import Table
from .values import plain_decimal

RULE = (
    "one that the schedule does not number has the number of the last visit planned before its day and one thousandth "
    "for each day since (before the first planned visit, its number less one thousandth for each day, the planned day "
    "counted), days counted from {reference}"
)


class PlannedVisits(Struct, frozen=True, dict=True):
    """The schedule's visits that have a number and a planned day: (days from the reference, number), in order."""

    visits: tuple[tuple[int, Decimal], ...]

    @staticmethod
    def of(schedule: Table) -> PlannedVisits:
        """The planned visits; study day 1 is no day from the reference (there is no day 0)."""
        cells = zip(schedule.column("VISITDY"), schedule.column("VISITNUM"), strict=True)
        planned = [(int(day), Decimal(number)) for day, number in cells if day is not None and number is not None]
        return PlannedVisits(tuple(sorted((day - (day > 0), number) for day, number in planned)))

    @cached_property
    def step(self) -> Decimal:
        """What a day adds: a thousandth, or less where planned visits lie so far apart that it would not do."""
        gaps = [b[0] - a[0] for a, b in zip(self.visits, self.visits[1:], strict=False)]
        return Decimal(1).scaleb(-max(3, len(str(max(gaps, default=0)))))

    def number(self, day: int) -> Decimal:
        """The number of a visit ``day`` days from the reference; it is no planned visit's, and grows with the day.

        >>> visits = PlannedVisits(((-14, Decimal(1)), (0, Decimal(2)), (84, Decimal(10))))
        >>> [str(visits.number(day)) for day in (99, 84, 1, 0, -14, -15)]
        ['10.015', '2.084', '2.001', '1.014', '0.999', '0.998']
        """
        before = [v for v in self.visits if v[0] < day]
        if before:
            last, number = before[-1]
            return number + (day - last) * self.step
        first, number = self.visits[0]
        return number - (first - day + 1) * self.step


def number_by_day(schedule: Table, wanted: Mask, date: Column, reference: Column) -> Column:
    """Numbers (n,) of the records at ``wanted``, as text; none where a day is not known or no visit is planned."""
    planned = PlannedVisits.of(schedule)
    day, start = day_numbers(date), day_numbers(reference)
    known = wanted & (day != NO_DAY) & (start != NO_DAY)
    if not planned.visits or not known.any():
        return text_column(np.full(len(day), -1), [])
    distinct, at = np.unique((day - start)[known], return_inverse=True)
    code = np.full(len(day), -1)
    code[known] = at
    return text_column(code, [plain_decimal(float(planned.number(d))) for d in distinct.tolist()])


def with_numbers(said: Column, numbers: Column, name: bool) -> Column:
    """What is said of each visit (n,), with its number where it has one: after its name, or (not ``name``) alone.

    A record without a number keeps what is said of it.
    """
    codes, (texts, added) = distinct_tuples([said, numbers])
    out = []
    for text, number in zip(texts.tolist(), added.tolist(), strict=True):
        old = None if text < 0 else str(values_of(said)[text])
        new = None if number < 0 else str(values_of(numbers)[number])
        out.append(old if new is None else f"{old} {new}" if name and old is not None else new)
    distinct = list(dict.fromkeys(t for t in out if t is not None))
    at = np.array([*(-1 if t is None else distinct.index(t) for t in out), -1])
    return text_column(at[codes], distinct)


def several_unnumbered(table: Table) -> Iterator[tuple[int, str]]:
    """Rows of the schedule after the first whose visit would have the same numbers as the first's."""
    visits = zip(table.column("VISIT"), table.column("VISITNUM"), strict=True)
    names = [(i, visit) for i, (visit, number) in enumerate(visits) if number is None]
    for i, visit in names[1:]:
        if visit != names[0][1]:
            yield i, f"{visit} and {names[0][1]} have no number: those of one day would have the same"
