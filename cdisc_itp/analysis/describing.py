"""Descriptive statistics, and how numbers are written in tables."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from ..model.display import Number, Operation
from ..spec.display_types import Statistic
from .two_groups import quantile as quantile_of

Numbers = npt.NDArray[np.float64]
NOT_COMPUTED = "-"
QUANTILE: Final = "2"  # the default of SAS
QUARTILES = "Quartiles by the empirical distribution function with averaging (Hyndman and Fan, definition 2)."


def rounded(value: Number, decimals: int) -> str:
    """A number with so many decimals, halves away from zero; a dash where there is none.

    >>> rounded(2.5, 0), rounded(-0.04, 1), rounded(None, 1), rounded(1.005, 2)
    ('3', '0.0', '-', '1.01')
    """
    if value is None or not math.isfinite(value):
        return NOT_COMPUTED
    text = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{text if text else abs(text):f}"


def percent(count: int, of: int) -> float | None:
    """The percentage; None where there is nothing to divide by."""
    return None if of == 0 else 100 * count / of


def count_text(count: int, of: int) -> str:
    """A count with its percentage.

    >>> count_text(23, 43), count_text(0, 47), count_text(43, 43), count_text(0, 0)
    ('23 (53.5)', '0', '43 (100)', '0')
    """
    if count == 0:
        return "0"
    return f"{count} (100)" if count == of else f"{count} ({rounded(percent(count, of), 1)})"


def p_text(p: float | None) -> str:
    """A p value.

    >>> p_text(0.03187), p_text(0.00004), p_text(None)
    ('0.0319', '<0.0001', '-')
    """
    return NOT_COMPUTED if p is None or math.isnan(p) else ("<0.0001" if p < 0.0001 else rounded(p, 4))


def quantile(values: Numbers, at: float) -> float | None:
    """A quantile (see `QUARTILES`); None of no values."""
    return quantile_of(values, at, QUANTILE) if len(values) else None


def _some(compute: Callable[[Numbers], Any], least: int = 1) -> Callable[[Numbers], Number]:
    return lambda values: None if len(values) < least else float(compute(values))


class StatisticRow(Struct, frozen=True):
    """A row of a summary: its label, the operations in it, each with its further decimals, and how they are put."""

    label: str
    operations: tuple[str, ...]
    put: str = "{0}"


MORE_DECIMALS = {"MEAN": 1, "SD": 1, "MEDIAN": 1, "Q1": 1, "Q3": 1}
COMPUTED: dict[str, tuple[str, Callable[[Numbers], Number]]] = {
    "N": ("n", len),
    "MEAN": ("Mean", _some(np.mean)),
    "SD": ("Standard deviation", _some(lambda v: np.std(v, ddof=1), 2)),
    "MEDIAN": ("Median", _some(lambda v: quantile(v, 0.5))),
    "Q1": ("First quartile", _some(lambda v: quantile(v, 0.25))),
    "Q3": ("Third quartile", _some(lambda v: quantile(v, 0.75))),
    "MIN": ("Minimum", _some(np.min)),
    "MAX": ("Maximum", _some(np.max)),
    "SUM": ("Sum", _some(np.sum)),
}
ROWS: dict[Statistic, StatisticRow] = {
    "n": StatisticRow("n", ("N",)),
    "mean": StatisticRow("Mean", ("MEAN",)),
    "sd": StatisticRow("SD", ("SD",)),
    "mean_sd": StatisticRow("Mean (SD)", ("MEAN", "SD"), "{0} ({1})"),
    "median": StatisticRow("Median", ("MEDIAN",)),
    "quartiles": StatisticRow("Q1, Q3", ("Q1", "Q3"), "{0}, {1}"),
    "range": StatisticRow("Min, max", ("MIN", "MAX"), "{0}, {1}"),
    "minimum": StatisticRow("Minimum", ("MIN",)),
    "maximum": StatisticRow("Maximum", ("MAX",)),
    "sum": StatisticRow("Sum", ("SUM",)),
    "missing": StatisticRow("Missing", ("MISSING",)),
}


def operation(name: str, decimals: int) -> Operation:
    """An operation with the pattern of its text."""
    label = "Subjects without a value" if name == "MISSING" else COMPUTED[name][0]
    return Operation(name, label, pattern(places(name, decimals)))


def places(name: str, decimals: int) -> int:
    """The decimals of a statistic of values that have so many decimals."""
    return 0 if name in ("N", "MISSING") else decimals + MORE_DECIMALS.get(name, 0)


def pattern(decimals: int) -> str:
    """The pattern of a number with so many decimals.

    >>> pattern(0), pattern(2)
    ('X', 'X.XX')
    """
    return "X" + ("." + "X" * decimals if decimals else "")
