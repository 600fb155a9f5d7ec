"""Two by two tables by stratum: the common odds ratio and its test."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from .two_by_two import LEVEL, TwoByTwo


class MantelHaenszel(Struct, frozen=True):
    """A common odds ratio with its interval, and the p value of no association within the strata."""

    odds_ratio: float
    lower: float
    upper: float
    p: float


def mantel_haenszel(tables: Sequence[TwoByTwo], level: float = LEVEL) -> MantelHaenszel:
    """Cochran, Mantel and Haenszel: estimate, interval by Robins, Breslow and Greenland, test without correction.

    Strata without both groups, or with one outcome only, say nothing and are left out. NaN where none is left, or
    where the estimate is 0 or infinite.
    """
    from statsmodels.stats.contingency_tables import StratifiedTable

    telling = [t for t in tables if t.n1 and t.n2 and 0 < t.x1 + t.x2 < t.n1 + t.n2]
    above = sum(t.cells[0] * t.cells[3] / (t.n1 + t.n2) for t in telling)
    below = sum(t.cells[1] * t.cells[2] / (t.n1 + t.n2) for t in telling)
    if not (above and below):
        return MantelHaenszel(math.nan, math.nan, math.nan, math.nan)
    found = StratifiedTable([[[a, b], [c, d]] for a, b, c, d in (t.cells for t in telling)])
    lower, upper = found.oddsratio_pooled_confint(1 - level)
    p = found.test_null_odds(correction=False).pvalue
    return MantelHaenszel(float(found.oddsratio_pooled), float(lower), float(upper), float(p))
