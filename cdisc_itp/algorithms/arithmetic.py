"""Arithmetic of numeric variables: exact to the decimals that were written, rounded half up where asked.

Binary floats misround (1.005 to two decimals); a result that differs from a decimal by a float's error is that decimal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column
from .moments import as_numbers
from .registry import Algorithm, NumberRef, Problems, Records, algorithm
from .values import PLAIN_NUMBER, as_text, kept, matching

Floats = npt.NDArray[np.float64]
# Decimals of a result of a sum or a product that are told from a float's error.
_DECIMALS = 9
_EXACT = 2.0**53


def settled(values: Floats, decimals: int = _DECIMALS, size: Floats | None = None) -> Floats:
    """Numbers (k,) of which those that differ from a decimal only by a float's error are that decimal.

    ``size`` is how large the numbers were that they are computed from: a difference has their error.

    >>> settled(np.array([0.1 + 0.2, 1 / 3, 3 * 1.1])).tolist() == [0.3, 1 / 3, 3.3]
    True
    """
    scale = 10.0**decimals
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.rint(values * scale) / scale
        error = 8 * np.spacing(np.abs(values) if size is None else np.fmax(np.abs(values), size))
        close = (np.abs(near - values) <= error) & (np.abs(values) * scale < _EXACT)
    return np.where(close, near, values)


def rounded(values: Floats, decimals: int | None) -> Floats:
    """Numbers (k,) rounded half away from zero; without decimals as they are.

    >>> rounded(np.array([1.005, -2.5, 0.15]), 2).tolist(), rounded(np.array([-2.5, 2.5]), 0).tolist()
    ([1.01, -2.5, 0.15], [-3.0, 3.0])
    """
    if decimals is None:
        return values
    scale = 10.0**decimals
    whole = np.floor(settled(np.abs(values) * scale, 6) + 0.5)
    return np.where(np.abs(values) * scale < _EXACT, np.copysign(whole / scale, values) + 0.0, values)


def floats(values: Any) -> Floats:
    """Numbers (k,) of an Arrow array, NaN where there is none; texts count where they are plain numbers."""
    if not pa.types.is_floating(values.type):
        text = as_text(values)
        values = pc.cast(kept(text, matching(text, PLAIN_NUMBER)), pa.float64())
    return np.asarray(pc.fill_null(values, np.nan), np.float64)


class _Arithmetic(Algorithm):
    """Common to the words that compute with numbers."""

    numeric = True
    adds: ClassVar[bool] = False
    decimals: int | None

    def computed(self, records: Records, refs: Sequence[str]) -> Column:
        """The result for the distinct tuples of some variables."""

        def kernel(*arrays: Any) -> tuple[Any, Problems]:
            every = [floats(a) for a in arrays]
            size = np.fmax.reduce([np.abs(v) for v in every])
            with np.errstate(all="ignore"):
                value = self.result(every)
            # What a result of a sum is off by, is so by the size of its parts; a quotient has its own.
            value = settled(value, size=size if self.adds else None)
            return as_numbers(rounded(value, self.decimals)), {}

        return records.each(kernel, *refs)

    def result(self, values: list[Floats]) -> Floats:
        """The result for numbers (k,), NaN where there is none."""
        raise AssertionError(f"{self.word} has no result")

    def contradiction(self) -> str:
        """Decimals that no number has, constants that are no numbers."""
        if self.decimals is not None and not 0 <= self.decimals <= 9:
            return f"decimals {self.decimals} is not from 0 to 9"
        wrong = [v for v in (getattr(self, n, None) for n in ("plus", "times")) if v is not None and not _is_number(v)]
        return f"'{wrong[0]}' is no number" if wrong else ""

    def _said(self, text: str) -> str:
        places = "" if self.decimals is None else f", rounded half up to {_places(self.decimals)}"
        return f"{text}{places}."


def _is_number(text: str) -> bool:
    return re.fullmatch(PLAIN_NUMBER, text) is not None


def _places(decimals: int) -> str:
    return "whole numbers" if decimals == 0 else f"{decimals} decimal{'s' if decimals > 1 else ''}"


class _Several(_Arithmetic):
    """Common to sum and product of several variables."""

    neutral: ClassVar[float] = 0.0
    sources: tuple[NumberRef, ...]
    ignore_missing: bool

    def apply(self, records: Records) -> Column:
        """The result of each record."""
        return self.computed(records, self.sources)

    def filled(self, values: list[Floats]) -> tuple[list[Floats], Any]:
        """The numbers, what is missing as a number that changes nothing where that is said; which have a result."""
        missing = [np.isnan(v) for v in values]
        if not self.ignore_missing:
            return values, ~np.logical_or.reduce(missing)
        filled = [np.where(m, self.neutral, v) for v, m in zip(values, missing, strict=True)]
        return filled, ~np.logical_and.reduce(missing)

    def _missing(self) -> str:
        return "missing ones left out" if self.ignore_missing else "none where one is missing"


@algorithm
class SumOf(_Several):
    """The sum of numeric variables, and of the constant ``plus``; no value where one of them is missing.

    With ``ignore_missing`` missing ones are left out, and there is no value only where all are missing. ``decimals``
    rounds half up.

    >>> SumOf((NumberRef("A"), NumberRef("B"))).describe()
    'Sum of A and B (none where one is missing).'
    """

    sources: tuple[NumberRef, ...]
    plus: str | None = None
    ignore_missing: bool = False
    decimals: int | None = None
    adds = True

    def result(self, values: list[Floats]) -> Floats:
        """The sum."""
        filled, known = self.filled(values)
        return np.where(known, np.sum(filled, axis=0) + float(self.plus or 0), np.nan)

    def describe(self) -> str:
        """The method in a sentence."""
        added = f" plus {self.plus}" if self.plus else ""
        return self._said(f"Sum of {' and '.join(self.sources)}{added} ({self._missing()})")


@algorithm
class Product(_Several):
    """The product of numeric variables, and of the constant ``times``; no value where one of them is missing.

    ``ignore_missing`` and ``decimals`` as in ``sum_of``.

    >>> Product((NumberRef("EXDOSE"),), times="2").describe()
    'Product of EXDOSE and 2 (none where one is missing).'
    """

    sources: tuple[NumberRef, ...]
    times: str | None = None
    ignore_missing: bool = False
    decimals: int | None = None
    neutral = 1.0

    def result(self, values: list[Floats]) -> Floats:
        """The product."""
        filled, known = self.filled(values)
        return np.where(known, np.prod(filled, axis=0) * float(self.times or 1), np.nan)

    def describe(self) -> str:
        """The method in a sentence."""
        factors = [*self.sources, *([self.times] if self.times else [])]
        return self._said(f"Product of {' and '.join(factors)} ({self._missing()})")


@algorithm
class Difference(_Arithmetic):
    """One number minus another; no value where one of them is missing. ``decimals`` rounds half up.

    >>> Difference(NumberRef("AVAL"), NumberRef("BASE")).describe()
    'AVAL minus BASE.'
    """

    source: NumberRef
    minus: NumberRef
    decimals: int | None = None
    adds = True

    def apply(self, records: Records) -> Column:
        """The difference of each record."""
        return self.computed(records, (self.source, self.minus))

    def result(self, values: list[Floats]) -> Floats:
        """The difference."""
        return values[0] - values[1]

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said(f"{self.source} minus {self.minus}")


@algorithm
class Ratio(_Arithmetic):
    """One number divided by another, times the constant ``times``; no value where one is missing, or for a zero.

    ``decimals`` rounds half up.

    >>> Ratio(NumberRef("R2BASE"), NumberRef("BASE")).describe()
    'R2BASE divided by BASE.'
    """

    source: NumberRef
    by: NumberRef
    times: str | None = None
    decimals: int | None = None

    def apply(self, records: Records) -> Column:
        """The ratio of each record."""
        return self.computed(records, (self.source, self.by))

    def result(self, values: list[Floats]) -> Floats:
        """The ratio."""
        return np.where(values[1] == 0, np.nan, values[0] * float(self.times or 1) / values[1])

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said(f"{self.source} divided by {self.by}{f', times {self.times}' if self.times else ''}")


@algorithm
class Percent(_Arithmetic):
    """What percentage one number is ``of`` another; no value where one is missing, or for a zero.

    ``decimals`` rounds half up.

    >>> Percent(NumberRef("TDOSE"), NumberRef("PDOSE"), 1).describe()
    '100 times TDOSE divided by PDOSE, rounded half up to 1 decimal.'
    """

    source: NumberRef
    of: NumberRef
    decimals: int | None = None

    def apply(self, records: Records) -> Column:
        """The percentage of each record."""
        return self.computed(records, (self.source, self.of))

    def result(self, values: list[Floats]) -> Floats:
        """The percentage."""
        return np.where(values[1] == 0, np.nan, 100 * values[0] / values[1])

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said(f"100 times {self.source} divided by {self.of}")


@algorithm
class Round(_Arithmetic):
    """A number rounded half away from zero to some ``decimals``, as SAS rounds.

    >>> Round(NumberRef("AVAL"), 1).describe()
    'AVAL, rounded half up to 1 decimal.'
    """

    source: NumberRef
    decimals: int = 0

    def apply(self, records: Records) -> Column:
        """The rounded number of each record."""
        return self.computed(records, (self.source,))

    def result(self, values: list[Floats]) -> Floats:
        """The number."""
        return values[0]

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said(self.source)
