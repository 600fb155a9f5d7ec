"""Confidence intervals of the odds ratio from the conditional distribution, by turning exact tests around.

The p value of a two-sided exact test jumps as the odds ratio moves, so what it does not reject may have gaps: the
intervals reach from the least to the largest odds ratio that is not rejected.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from .two_by_two import LEVEL, REACH, Conditional, Interval, Numbers, TwoByTwo, crossing

TIES = 1 + 1e-9  # probabilities that differ by less are equal
STEPS = 64  # places looked at between two jumps


def exact_conditional(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """Each limit leaves half of 1 - level in a tail (Cornfield 1956; the interval of Clopper and Pearson)."""
    from scipy.stats.contingency import odds_ratio

    a, b, c, d = table.cells
    found = odds_ratio([[a, b], [c, d]], kind="conditional").confidence_interval(level)
    return float(found.low), float(found.high)


def mid_p_conditional(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """As the exact interval, with half the probability of the observed table in each tail (Berry, Armitage 1995)."""
    conditional, tail = Conditional(table), (1 - level) / 2
    lower = 0.0 if conditional.least else math.exp(crossing(lambda t: conditional.above(t, 0.5) - tail))
    upper = math.inf if conditional.most else math.exp(crossing(lambda t: conditional.below(t, 0.5) - tail))
    return lower, upper


def baptista_pike(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """The two-sided test that sums tables no more probable than the observed one (Baptista and Pike 1977)."""
    return _not_rejected(table, level, least_probable_p)


def baptista_pike_mid_p(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """As Baptista and Pike, with half the probability of the observed table (Fagerland, Lydersen, Laake 2015)."""
    return _not_rejected(table, level, lambda p, at: least_probable_p(p, at) - 0.5 * float(p[at]))


def blaker(table: TwoByTwo, level: float = LEVEL) -> Interval:
    """The smaller tail, and the largest opposite tail that is no larger (Blaker 2000)."""
    return _not_rejected(table, level, smaller_tail_p)


def least_probable_p(p: Numbers, at: int) -> float:
    """The probability of all numbers that are no more probable than the observed one."""
    return float(p[p <= p[at] * TIES].sum())


def smaller_tail_p(p: Numbers, at: int) -> float:
    """The probability of the smaller tail and of the largest opposite tail that does not exceed it."""
    lower, upper = np.cumsum(p), np.cumsum(p[::-1])[::-1]
    own, opposite = (lower[at], upper) if lower[at] <= upper[at] else (upper[at], lower)
    smaller = opposite[opposite <= own * TIES]
    return min(1.0, float(own + (smaller.max() if len(smaller) else 0.0)))


def _not_rejected(table: TwoByTwo, level: float, p_value: Callable[[Numbers, int], float]) -> Interval:
    """The least and the largest odds ratio whose p value is not below 1 - level."""
    conditional, alpha = Conditional(table), 1 - level

    def beyond(t: float) -> float:
        return p_value(conditional.probabilities(t), conditional.at) - alpha

    places = [-REACH, *_jumps(conditional), REACH]
    lower = 0.0 if conditional.least else math.exp(_first(beyond, places))
    upper = math.inf if conditional.most else math.exp(_first(beyond, places[::-1]))
    return lower, upper


def _jumps(conditional: Conditional) -> list[float]:
    """The log odds ratios at which the order of the probabilities, or of the tails, changes.

    Two numbers are equally probable at one place. Where tails are compared, the place is sought.
    """
    w, x, at = conditional.log_weights, conditional.support, conditional.at
    others = np.arange(len(x)) != at
    equal = (w[at] - w[others]) / (x[others] - x[at])
    return sorted({*(float(t) for t in equal if abs(t) < REACH), *_equal_tails(conditional)})


def _equal_tails(conditional: Conditional) -> list[float]:
    """Where the tail from the observed number on is as probable as an opposite tail."""
    out, at, size = [], conditional.at, len(conditional.support)
    for i in range(size):
        if i < at:
            out.append(crossing(lambda t, i=i: _log_odds(conditional, t, i, at)))  # type: ignore[misc]
        elif i > at:
            out.append(crossing(lambda t, i=i: _log_odds(conditional, t, at, i)))  # type: ignore[misc]
    return out


def _log_odds(conditional: Conditional, t: float, low: int, high: int) -> float:
    """The log of the tail from ``high`` up over the tail from ``low`` down: it rises with the odds ratio."""
    logs = conditional.log_weights + conditional.support * t
    return float(np.logaddexp.reduce(logs[high:]) - np.logaddexp.reduce(logs[: low + 1]))


def _first(beyond: Callable[[float], float], places: list[float]) -> float:
    """The first place, in the order of ``places``, from which on ``beyond`` is not negative."""
    for start, end in pairwise(places):
        width = end - start
        inner = np.linspace(start + 1e-10 * width, end - 1e-10 * width, STEPS)
        before = float(inner[0])
        if beyond(before) >= 0:
            return start
        for t in map(float, inner[1:]):
            if beyond(t) >= 0:
                return crossing(beyond, *sorted((before, t)))
            before = t
    return places[-1]
