"""Statistics of a subject's records elsewhere: total, mean, median."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..model.column import Column, collect_numbers, distinct_tuples, joined, numbers, present
from ..model.where import Condition
from .arithmetic import rounded, settled
from .merge import Max, Reading, subject_codes
from .registry import NumberRef, Other, Records, Ref, algorithm, described, inside

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def group_codes(records: Records, other: Other, by: dict[str, Ref]) -> tuple[Codes, Codes, int]:
    """A common number of the subject and of the values ``by`` for our records and the other's (-1: none); how many."""
    ours, theirs, size = subject_codes(records, other)
    keys = [joined([other[column], records[ref]]) for column, ref in by.items()]
    if not keys:
        return ours, theirs, size
    subject = np.concatenate([theirs, ours])
    group, parts = distinct_tuples(keys)
    complete = np.logical_and.reduce([present(k) for k in keys]) & (subject >= 0)
    both, number = np.unique(np.where(complete, subject * len(parts[0]) + group, -1), return_inverse=True)
    code = np.where(complete, number, -1)
    return code[other.n :], code[: other.n], len(both)


class _Statistic(Reading):
    """Common to the statistics of numbers of a subject's records."""

    numeric = True
    source: NumberRef
    by: dict[str, Ref] | None
    decimals: int | None

    def apply(self, records: Records) -> Column:
        """The statistic, no value where there is no number."""
        name, column = self.place
        other = records.other(name)
        ours, theirs, size = group_codes(records, other, (self.by or {}))
        rows = np.flatnonzero(self.candidates(records, other) & (theirs >= 0))
        # Text of a form column counts as the number that it is.
        value = numbers(Max(self.source).typed(other[column]))[rows]
        known = np.isfinite(value)
        found = self.computed(theirs[rows][known], value[known], size)
        return collect_numbers(rounded(settled(np.append(found, np.nan)), self.decimals)[ours])

    def computed(self, group: Codes, value: Floats, size: int) -> Floats:
        """The statistic of each group (size,), NaN where it has no number."""
        raise AssertionError(f"{self.word} has no statistic")

    @property
    def reads(self) -> tuple[str, ...]:
        """The column, what the condition reads, and the columns that must agree."""
        name, _ = self.place
        keys = [inside(name, k) for k in (self.by or {})] if name else []
        return tuple(dict.fromkeys([*super().reads, *keys, *(self.by or {}).values()]))

    def contradiction(self) -> str:
        """Decimals that no number has."""
        if self.decimals is not None and not 0 <= self.decimals <= 9:
            return f"decimals {self.decimals} is not from 0 to 9"
        return super().contradiction()

    def _said(self, statistic: str) -> str:
        by = " and ".join(f"{c} is {r}" for c, r in (self.by or {}).items())
        places = "" if self.decimals is None else f", rounded half up to {self.decimals} decimals"
        where = described(self.where) + (f"{' and' if self.where else ' where'} {by}" if by else "")
        return f"{statistic} {self.source} of the subject{where}{places}."


@algorithm
class Total(_Statistic):
    """The sum of the numbers among the subject's records of another dataset; no value where there is none.

    ``by`` names columns there and what they must equal here; ``decimals`` rounds half up.

    >>> Total(NumberRef("EX.EXDOSE")).describe()
    'Sum of EX.EXDOSE of the subject.'
    """

    source: NumberRef
    where: Condition | None = None
    by: dict[str, Ref] | None = None
    decimals: int | None = None

    def computed(self, group: Codes, value: Floats, size: int) -> Floats:
        """Sums."""
        count = np.bincount(group, minlength=size)
        return np.where(count > 0, np.bincount(group, value, minlength=size), np.nan)

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said("Sum of")


@algorithm
class Mean(_Statistic):
    """The mean of the numbers among the subject's records of another dataset; no value where there is none.

    ``by`` and ``decimals`` as in ``total``.

    >>> Mean(NumberRef("ADPC.AVAL"), decimals=2).describe()
    'Mean of ADPC.AVAL of the subject, rounded half up to 2 decimals.'
    """

    source: NumberRef
    where: Condition | None = None
    by: dict[str, Ref] | None = None
    decimals: int | None = None

    def computed(self, group: Codes, value: Floats, size: int) -> Floats:
        """Means."""
        count = np.bincount(group, minlength=size)
        with np.errstate(invalid="ignore"):
            return np.where(count > 0, np.bincount(group, value, minlength=size) / count, np.nan)

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said("Mean of")


@algorithm
class Median(_Statistic):
    """The median of the numbers among the subject's records of another dataset; no value where there is none.

    Of an even number of records it is the mean of the two in the middle. ``by`` and ``decimals`` as in ``total``.

    >>> Median(NumberRef("ADPC.AVAL")).describe()
    'Median of ADPC.AVAL of the subject.'
    """

    source: NumberRef
    where: Condition | None = None
    by: dict[str, Ref] | None = None
    decimals: int | None = None

    def computed(self, group: Codes, value: Floats, size: int) -> Floats:
        """Medians."""
        order: Any = np.lexsort((value, group))
        value, count = value[order], np.bincount(group, minlength=size)
        if not len(value):
            return np.full(size, np.nan)
        start = np.cumsum(count) - count
        low = np.where(count > 0, start + (count - 1) // 2, 0)
        high = np.where(count > 0, start + count // 2, 0)
        return np.where(count > 0, (value[low] + value[high]) / 2, np.nan)

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said("Median of")
