"""The record elsewhere that is nearest to a planned day."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..model.column import Column, Mask, collect_numbers, numbers
from ..model.where import Condition
from .merge import Chosen
from .ordering import Rows, precedence
from .registry import NumberRef, Other, Records, Ref, algorithm

INF = float("inf")


@algorithm
class Nearest(Chosen):
    """The value of the subject's record elsewhere whose day is nearest to a target day, within a window.

    ``day`` is a day of that dataset such as ADY (there is no day 0, so that day -1 is one day before day 1); only
    days ``from`` to ``to``, both included, are asked. Of two records that are equally near the one with the ``tie``
    day (later, earlier); of one day the last in the order of that dataset. ``by``, ``date`` and its bounds as for
    ``first``.

    >>> Nearest(Ref("ADLB.AVAL"), day=NumberRef("ADLB.ADY"), target=180, from_=166, to=208).describe()
    "ADLB.AVAL of the subject's record with ADLB.ADY nearest to 180, from 166, to 208; of two the later."
    """

    source: Ref
    where: Condition | None = None
    _: KW_ONLY
    day: NumberRef
    target: int
    from_: int | None = None
    to: int | None = None
    tie: Literal["later", "earlier"] = "later"
    latest = True

    @property
    def reads(self) -> tuple[str, ...]:
        """And the day."""
        return tuple(dict.fromkeys([*super().reads, self.day]))

    def contradiction(self) -> str:
        """The day is of the dataset that is read; a window has an end after its start, and the target in it."""
        low, high = self.from_ if self.from_ is not None else -INF, self.to if self.to is not None else INF
        if self.day.rpartition(".")[0] != self.place[0]:
            return f"'{self.source}' and '{self.day}' are of two datasets"
        if not low <= self.target <= high:
            return f"the target {self.target} does not lie in the window"
        return super().contradiction()

    def candidates(self, records: Records, other: Other) -> Mask:
        """Which records have a value, a day in the window, and meet the condition."""
        day = numbers(other[self.day.rpartition(".")[2]])
        low, high = self.from_ if self.from_ is not None else -INF, self.to if self.to is not None else INF
        return np.asarray(super().candidates(records, other) & (day >= low) & (day <= high), bool)

    def keys(self, other: Other, value: Column) -> list[Rows]:
        """Distance, then the later or earlier day."""
        day = elapsed(numbers(other[self.day.rpartition(".")[2]]))
        distance = np.abs(day - elapsed(np.array([float(self.target)])))
        return precedence([collect_numbers(distance), collect_numbers(day)], [False, self.tie == "later"])

    def describe(self) -> str:
        """The method in a sentence."""
        window = f"{f', from {self.from_}' if self.from_ is not None else ''}"
        window += f"{f', to {self.to}' if self.to is not None else ''}"
        return (
            f"{self.source} of the subject's record with {self.day} nearest to {self.target}{window}"
            f"{self.narrowed()}; of two the {self.tie}."
        )


def elapsed(day: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Days since day 1 of days of which none is day 0.

    >>> elapsed(np.array([-1.0, 1.0, 180.0])).tolist()
    [-1.0, 0.0, 179.0]
    """
    return np.where(day > 0, day - 1, day)
