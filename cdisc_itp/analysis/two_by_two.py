"""A two by two table: responders of two groups, and the measures of effect that it gives.

Statistics are computed with 0, infinity or NaN where a cell is empty, as the formula gives them; NaN is "cannot be
estimated".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

Numbers = npt.NDArray[np.float64]
# An estimate with its limits.
Interval = tuple[float, float]
LEVEL = 0.95


class TwoByTwo(Struct, frozen=True):
    """Responders and sizes of two groups: ``x1`` of ``n1`` against ``x2`` of ``n2``."""

    x1: int
    n1: int
    x2: int
    n2: int

    def __post_init__(self) -> None:
        if not (0 <= self.x1 <= self.n1 and 0 <= self.x2 <= self.n2):
            raise ValueError(f"not a two by two table: {self.x1}/{self.n1} and {self.x2}/{self.n2}")

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """Responders and the others of the first group, then of the second."""
        return self.x1, self.n1 - self.x1, self.x2, self.n2 - self.x2

    @property
    def rates(self) -> tuple[float, float]:
        """The proportions of responders; NaN of an empty group."""
        return quotient(self.x1, self.n1), quotient(self.x2, self.n2)

    def __str__(self) -> str:
        return f"{self.x1}/{self.n1} v {self.x2}/{self.n2}"


def quotient(above: float, below: float) -> float:
    """A quotient; infinite where only the divisor is 0, NaN where both are.

    >>> quotient(1, 2), quotient(1, 0), quotient(0, 0)
    (0.5, inf, nan)
    """
    if below:
        return above / below
    return math.inf if above else math.nan


def normal_quantile(level: float = LEVEL) -> float:
    """The quantile of the normal distribution that leaves half of 1 - level above it."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


class Conditional:
    """The number of responders in the first group, given all margins: Fisher's noncentral hypergeometric.

    ``support`` are the numbers that the margins allow; ``at`` is the place of the observed one among them.
    """

    def __init__(self, table: TwoByTwo) -> None:
        from scipy.special import gammaln

        total = table.x1 + table.x2
        x = np.arange(max(0, total - table.n2), min(table.n1, total) + 1)
        first = gammaln(table.n1 + 1) - gammaln(x + 1) - gammaln(table.n1 - x + 1)
        second = gammaln(table.n2 + 1) - gammaln(total - x + 1) - gammaln(table.n2 - total + x + 1)
        self.support: Numbers = x.astype(np.float64)
        self.log_weights: Numbers = np.asarray(first + second, np.float64)
        self.at = int(table.x1 - x[0])

    def probabilities(self, log_odds_ratio: float) -> Numbers:
        """The probability of each number of ``support``."""
        logs = self.log_weights + self.support * log_odds_ratio
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum(), np.float64)

    def below(self, log_odds_ratio: float, share: float = 1.0) -> float:
        """The probability of fewer than observed, and ``share`` of that of the observed number."""
        p = self.probabilities(log_odds_ratio)
        return float(p[: self.at].sum() + share * p[self.at])

    def above(self, log_odds_ratio: float, share: float = 1.0) -> float:
        """The probability of more than observed, and ``share`` of that of the observed number."""
        p = self.probabilities(log_odds_ratio)
        return float(p[self.at + 1 :].sum() + share * p[self.at])

    @property
    def least(self) -> bool:
        """Whether the observed number is the smallest that the margins allow."""
        return self.at == 0

    @property
    def most(self) -> bool:
        """Whether the observed number is the largest that the margins allow."""
        return self.at == len(self.support) - 1


# Odds ratios are sought between exp(-REACH) and exp(REACH).
REACH = 25.0


def crossing(function: Callable[[float], float], low: float = -REACH, high: float = REACH) -> float:
    """Where a function of the log odds ratio is 0 between two places at which its signs differ."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-12))


def odds_ratio(table: TwoByTwo) -> float:
    """The sample odds ratio, which is also that of logistic regression: ad / bc.

    >>> round(odds_ratio(TwoByTwo(23, 43, 14, 47)), 4)
    2.7107
    """
    a, b, c, d = table.cells
    return quotient(a * d, b * c)


def gart_odds_ratio(table: TwoByTwo) -> float:
    """The odds ratio with a half added to each cell (Haldane, Anscombe; Gart 1966)."""
    a, b, c, d = (x + 0.5 for x in table.cells)
    return a * d / (b * c)


def conditional_odds_ratio(table: TwoByTwo) -> float:
    """The maximum likelihood estimate of the odds ratio, given the margins (Cornfield 1956)."""
    from scipy.stats.contingency import odds_ratio as estimate

    a, b, c, d = table.cells
    return float(estimate([[a, b], [c, d]], kind="conditional").statistic)


def median_unbiased_odds_ratio(table: TwoByTwo) -> float:
    """The odds ratio at which the observed number splits its conditional distribution in halves (mid-P)."""
    conditional = Conditional(table)
    if conditional.least or conditional.most:
        return math.nan if conditional.least and conditional.most else 0.0 if conditional.least else math.inf
    return math.exp(crossing(lambda t: conditional.above(t, 0.5) - 0.5))


def risk_ratio(table: TwoByTwo) -> float:
    """The ratio of the proportions."""
    return quotient(*table.rates)


def risk_difference(table: TwoByTwo) -> float:
    """The difference of the proportions."""
    return table.rates[0] - table.rates[1]
