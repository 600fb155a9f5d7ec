"""Statistics of a subject's records elsewhere: total, mean, median."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..model.column import Column, collect_numbers, numbers
from ..model.where import Condition
from .arithmetic import rounded, settled
from .merge import Max
from .reading import Bounded
from .registry import NumberRef, Records, algorithm

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


class Statistic(Bounded):
    """Common to the statistics of numbers of a subject's records."""

    numeric = True
    source: NumberRef
    decimals: int | None

    def apply(self, records: Records) -> Column:
        """The statistic, no value where there is no number."""
        other = records.other(self.place[0])
        # Text of a form column counts as the number that it is.
        value = numbers(Max(self.source).typed(other[self.place[1]]))
        asked = self.asked(records, other, self.candidates(records, other) & np.isfinite(value))
        found = self.computed(asked.case, value[asked.row], asked.cases)
        return collect_numbers(rounded(settled(found), self.decimals)[asked.of_record])

    def computed(self, group: Codes, value: Floats, size: int) -> Floats:
        """The statistic of each group (size,), NaN where it has no number."""
        raise AssertionError(f"{self.word} has no statistic")

    def contradiction(self) -> str:
        """Decimals that no number has."""
        if self.decimals is not None and not 0 <= self.decimals <= 9:
            return f"decimals {self.decimals} is not from 0 to 9"
        return super().contradiction()

    def _said(self, statistic: str) -> str:
        places = "" if self.decimals is None else f", rounded half up to {self.decimals} decimals"
        return f"{statistic} {self.source} of the subject{self.narrowed()}{places}."


@algorithm
class Total(Statistic):
    """The sum of the numbers among the subject's records of another dataset; no value where there is none.

    ``decimals`` rounds half up. ``by``, ``date`` and its bounds as for ``first``.

    >>> Total(NumberRef("EX.EXDOSE")).describe()
    'Sum of EX.EXDOSE of the subject.'
    """

    source: NumberRef
    where: Condition | None = None
    decimals: int | None = None

    def computed(self, group: Codes, value: Floats, size: int) -> Floats:
        """Sums."""
        count = np.bincount(group, minlength=size)
        return np.where(count > 0, np.bincount(group, value, minlength=size), np.nan)

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said("Sum of")


@algorithm
class Mean(Statistic):
    """The mean of the numbers among the subject's records of another dataset; no value where there is none.

    ``decimals``, ``by``, ``date`` and its bounds as for ``total``.

    >>> Mean(NumberRef("ADPC.AVAL"), decimals=2).describe()
    'Mean of ADPC.AVAL of the subject, rounded half up to 2 decimals.'
    """

    source: NumberRef
    where: Condition | None = None
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
class Median(Statistic):
    """The median of the numbers among the subject's records of another dataset; no value where there is none.

    Of an even number of records it is the mean of the two in the middle. ``decimals``, ``by``, ``date`` and its bounds
    as for ``total``.

    >>> Median(NumberRef("ADPC.AVAL")).describe()
    'Median of ADPC.AVAL of the subject.'
    """

    source: NumberRef
    where: Condition | None = None
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
