"""Tests of a two by two table: p values, two-sided; NaN where a margin is empty and the statistic has no value."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from .two_by_two import Conditional, TwoByTwo, odds_ratio
from .two_by_two_exact import least_probable_p


def pearson(table: TwoByTwo) -> float:
    """Pearson's chi-squared, uncorrected."""
    return _contingency(table, correction=False)


def yates(table: TwoByTwo) -> float:
    """Pearson's chi-squared with Yates's correction for continuity."""
    return _contingency(table, correction=True)


def likelihood_ratio(table: TwoByTwo) -> float:
    """The likelihood ratio test (G)."""
    return _contingency(table, correction=False, lambda_="log-likelihood")


def n_minus_1(table: TwoByTwo) -> float:
    """Pearson's chi-squared times (N - 1) / N (E. Pearson 1947; Campbell 2007)."""
    from scipy.stats import chi2, chi2_contingency

    if _empty_margin(table):
        return math.nan
    n = table.n1 + table.n2
    statistic = float(chi2_contingency(_rows(table), correction=False).statistic)
    return float(chi2.sf(statistic * (n - 1) / n, 1))


def wald_p(table: TwoByTwo) -> float:
    """The log odds ratio against its standard error, as logistic regression tests it."""
    if 0 in table.cells:
        return math.nan
    return _two_sided(math.log(odds_ratio(table)) / math.sqrt(sum(1 / x for x in table.cells)))


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def fisher(table: TwoByTwo) -> float:
    """Fisher's exact test, two-sided: all tables with the margins that are no more probable (Irwin's rule)."""
    from scipy.stats import fisher_exact

    return float(fisher_exact(np.array(_rows(table))).pvalue)


def fisher_mid_p(table: TwoByTwo) -> float:
    """Fisher's exact test, two-sided, with half the probability of the observed table."""
    conditional = Conditional(table)
    p = conditional.probabilities(0.0)
    return least_probable_p(p, conditional.at) - 0.5 * float(p[conditional.at])


def twice_one_sided(table: TwoByTwo) -> float:
    """Twice the smaller tail of Fisher's exact test, at most 1."""
    conditional = Conditional(table)
    return min(1.0, 2 * min(conditional.below(0.0), conditional.above(0.0)))


def _rows(table: TwoByTwo) -> list[list[int]]:
    a, b, c, d = table.cells
    return [[a, b], [c, d]]


def _empty_margin(table: TwoByTwo) -> bool:
    a, b, c, d = table.cells
    return 0 in (a + b, c + d, a + c, b + d)


def _contingency(table: TwoByTwo, correction: bool, lambda_: Literal["pearson", "log-likelihood"] = "pearson") -> float:
    from scipy.stats import chi2_contingency

    if _empty_margin(table):
        return math.nan
    return float(chi2_contingency(_rows(table), correction=correction, lambda_=lambda_).pvalue)
