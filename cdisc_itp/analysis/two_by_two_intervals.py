"""Confidence intervals of a two by two table that rest on large numbers; limits are NaN where there are none."""

from __future__ import annotations

import math
from collections.abc import Callable

from .two_by_two import (
    LEVEL,
    REACH,
    Interval,
    TwoByTwo,
    crossing,
    gart_odds_ratio,
    normal_quantile,
    odds_ratio,
    risk_ratio,
)

NONE: Interval = (math.nan, math.nan)
NEAR = 1e-8  # of a number of subjects


def wald(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """Of the odds ratio: the normal interval of its logarithm (Woolf 1955)."""
    if 0 in table.cells:
        return NONE
    return _around(odds_ratio(table), math.sqrt(sum(1 / x for x in table.cells)), level)


def gart(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """Of the odds ratio: Woolf's interval with a half added to each cell (Gart 1966)."""
    return _around(gart_odds_ratio(table), math.sqrt(sum(1 / (x + 0.5) for x in table.cells)), level)


def risk_ratio_wald(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """Of the risk ratio: the normal interval of its logarithm (Katz 1978)."""
    if not (table.x1 and table.x2):
        return NONE
    variance = 1 / table.x1 - 1 / table.n1 + 1 / table.x2 - 1 / table.n2
    return _around(risk_ratio(table), math.sqrt(variance), level)


def _around(estimate: float, error: float, level: float) -> Interval:
    z = normal_quantile(level)
    return estimate * math.exp(-z * error), estimate * math.exp(z * error)


def cornfield(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """Of the odds ratio: what Pearson's chi-squared does not reject, given the margins (Cornfield 1956)."""
    return _scored(table, normal_quantile(level) ** 2)


def miettinen_nurminen(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """Of the odds ratio: Cornfield's interval with the variance times N / (N - 1) (Miettinen and Nurminen 1985)."""
    n = table.n1 + table.n2
    return _scored(table, normal_quantile(level) ** 2 * n / (n - 1)) if n > 1 else NONE


def _scored(table: TwoByTwo, critical: float) -> Interval:
    """The odds ratios at which the score statistic is the critical value."""
    return _both_limits(table, lambda t: _score(table, t) - critical)


def _score(table: TwoByTwo, log_odds_ratio: float) -> float:
    """(a - A)^2 (1/A + 1/B + 1/C + 1/D), where A to D are fitted to the margins and an odds ratio."""
    fitted = fitted_cells(table, math.exp(log_odds_ratio))
    difference = table.x1 - fitted[0]
    if abs(difference) < NEAR:  # an empty cell that is fitted as such
        return 0.0
    return difference**2 * sum(1 / x for x in fitted) if min(fitted) > 0 else math.inf


def fitted_cells(table: TwoByTwo, ratio: float) -> tuple[float, float, float, float]:
    """The cells that have the table's margins and an odds ratio (a root of Cornfield's quadratic)."""
    total, n1, n2 = table.x1 + table.x2, table.n1, table.n2
    square = ratio - 1
    linear = ratio * (n1 + total) + n2 - total
    root = math.sqrt(max(linear * linear - 4 * square * ratio * n1 * total, 0.0))
    # Of the two ways to write the root, the one in which nothing cancels.
    a = 2 * ratio * n1 * total / (linear + root) if linear >= 0 else (linear - root) / (2 * square)
    return a, n1 - a, total - a, n2 - total + a


def profile_likelihood(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """Of the odds ratio: what the likelihood ratio test of two binomials does not reject."""
    critical = normal_quantile(level) ** 2
    return _both_limits(table, lambda t: _deviance(table, t) - critical)


def _deviance(table: TwoByTwo, log_odds_ratio: float) -> float:
    """Twice the drop of the log likelihood of two binomials: the most likely cells keep the margins."""
    pairs = list(zip(table.cells, fitted_cells(table, math.exp(log_odds_ratio)), strict=True))
    if any(y <= 0 < x for x, y in pairs):
        return math.inf
    return 2 * sum(x * math.log(x / y) for x, y in pairs if x)


def _both_limits(table: TwoByTwo, beyond: Callable[[float], float]) -> Interval:
    """Where ``beyond`` is 0 below and above the sample odds ratio; 0 or infinity where an empty cell sets no limit."""
    estimate = odds_ratio(table)
    if math.isnan(estimate):
        return 0.0, math.inf
    centre = math.log(estimate) if 0 < estimate < math.inf else math.copysign(REACH, estimate - 1)
    lower = 0.0 if estimate == 0 else math.exp(crossing(beyond, -REACH, centre))
    upper = math.inf if math.isinf(estimate) else math.exp(crossing(beyond, centre, REACH))
    return lower, upper


def newcombe(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """Of the risk difference: from Wilson's limits of both proportions (Newcombe 1998, method 10)."""
    from statsmodels.stats.proportion import proportion_confint

    if not (table.n1 and table.n2):
        return NONE
    (p1, p2), alpha = table.rates, 1 - level
    low1, high1 = proportion_confint(table.x1, table.n1, alpha, "wilson")
    low2, high2 = proportion_confint(table.x2, table.n2, alpha, "wilson")
    difference = p1 - p2
    lower = difference - math.hypot(p1 - low1, high2 - p2)
    return float(lower), float(difference + math.hypot(high1 - p1, p2 - low2))
