"""Unconditional exact tests: the largest probability, over a common rate, of the tables that are as extreme.

scipy has these tests too; it compares statistics without a tolerance, and so leaves out tables that are equally
extreme but for a rounding error (5/12 v 8/9 beside 7/12 v 1/9). Here equal is equal.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .two_by_two import Conditional, Numbers, TwoByTwo

Mask = npt.NDArray[np.bool_]
EQUAL = 1e-9
GRID = 2001  # rates at which the probability is computed before its maximum is refined


def boschloo(table: TwoByTwo) -> float:
    """Boschloo's test (1970), the sizes of the groups fixed: twice the smaller side, Fisher's p as the statistic."""
    if _empty(table):
        return math.nan
    below, above = _one_sided(table)
    sides = [p <= p[table.x1, table.x2] * (1 + EQUAL) for p in (below, above)]
    return min(1.0, 2 * min(_largest(table, extreme) for extreme in sides))


def barnard_pooled(table: TwoByTwo) -> float:
    """Barnard's test (1947), the sizes of the groups fixed: the score statistic, variance pooled."""
    return math.nan if _empty(table) else _as_extreme(table, _statistics(table, pooled=True))


def barnard_unpooled(table: TwoByTwo) -> float:
    """Barnard's test, the sizes of the groups fixed: Wald's statistic, variance not pooled."""
    return math.nan if _empty(table) else _as_extreme(table, _statistics(table, pooled=False))


# The same with the totals of both outcomes fixed, which no trial fixes. A program that wants the groups in columns
# computes these where it is given them in rows, so a report may have them.


def boschloo_of_totals(table: TwoByTwo) -> float:
    """Boschloo's test as it comes out where the totals of the outcomes are taken for the sizes of the groups."""
    return boschloo(_turned(table))


def barnard_pooled_of_totals(table: TwoByTwo) -> float:
    """Barnard's test, pooled, where the totals of the outcomes are taken for the sizes of the groups."""
    return barnard_pooled(_turned(table))


def barnard_unpooled_of_totals(table: TwoByTwo) -> float:
    """Barnard's test, unpooled, where the totals of the outcomes are taken for the sizes of the groups."""
    return barnard_unpooled(_turned(table))


def _turned(table: TwoByTwo) -> TwoByTwo:
    a, b, c, d = table.cells
    return TwoByTwo(a, a + c, b, b + d)


def _empty(table: TwoByTwo) -> bool:
    total, size = table.x1 + table.x2, table.n1 + table.n2
    return not (table.n1 and table.n2 and 0 < total < size)


def _statistics(table: TwoByTwo, pooled: bool) -> Numbers:
    """The size of the statistic of every table (n1 + 1, n2 + 1); without a variance 0 or infinite."""
    n1, n2 = table.n1, table.n2
    x1, x2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None, :]
    p1, p2, rate = x1 / n1, x2 / n2, (x1 + x2) / (n1 + n2)
    variance = rate * (1 - rate) * (1 / n1 + 1 / n2) if pooled else p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    difference = np.abs(p1 - p2)
    without = np.where(difference > 0, np.inf, 0.0)
    return np.divide(difference, np.sqrt(variance), out=without, where=variance > 0)


def _as_extreme(table: TwoByTwo, statistics: Numbers) -> float:
    seen = statistics[table.x1, table.x2]
    return _largest(table, statistics >= seen - EQUAL if np.isfinite(seen) else np.isinf(statistics))


def _one_sided(table: TwoByTwo) -> tuple[Numbers, Numbers]:
    """Fisher's p values of every table (n1 + 1, n2 + 1): fewer, and more, responders in the first group."""
    below, above = np.empty((table.n1 + 1, table.n2 + 1)), np.empty((table.n1 + 1, table.n2 + 1))
    for total in range(table.n1 + table.n2 + 1):
        x1 = min(table.n1, total)
        conditional = Conditional(TwoByTwo(x1, table.n1, total - x1, table.n2))
        x = conditional.support.astype(int)
        p = conditional.probabilities(0.0)
        below[x, total - x], above[x, total - x] = np.cumsum(p), np.cumsum(p[::-1])[::-1]
    return below, above


def _largest(table: TwoByTwo, extreme: Mask) -> float:
    """The largest probability of some tables over a rate that both groups have."""
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln, logsumexp

    n1, n2 = table.n1, table.n2
    x1, x2 = np.nonzero(extreme)
    ways = gammaln(n1 + 1) - gammaln(x1 + 1) - gammaln(n1 - x1 + 1)
    ways = ways + gammaln(n2 + 1) - gammaln(x2 + 1) - gammaln(n2 - x2 + 1)
    by_total = np.full(n1 + n2 + 1, -np.inf)
    for total in set((x1 + x2).tolist()):
        by_total[total] = logsumexp(ways[x1 + x2 == total])
    totals = np.arange(n1 + n2 + 1)

    def probability(rate: float) -> float:
        return float(np.exp(by_total + totals * math.log(rate) + (n1 + n2 - totals) * math.log1p(-rate)).sum())

    rates = np.linspace(0, 1, GRID)[1:-1]
    at = max(range(len(rates)), key=lambda i: probability(float(rates[i])))
    bounds = (max(rates[at] - 1 / GRID, 1e-12), min(rates[at] + 1 / GRID, 1 - 1e-12))
    refined = minimize_scalar(
        lambda rate: -probability(rate), bounds=bounds, method="bounded", options={"xatol": 1e-10}
    )
    return min(1.0, max(probability(float(rates[at])), -float(refined.fun)))
