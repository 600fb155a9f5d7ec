"""Numbers of two groups and strata against the definitions and the published example."""

from __future__ import annotations

import itertools
import math

import pytest

from cdisc_itp.analysis.strata import mantel_haenszel
from cdisc_itp.analysis.two_by_two import TwoByTwo
from cdisc_itp.analysis.two_groups import mann_whitney, quantile


def test_quantiles_average_where_the_distribution_function_is_flat() -> None:
    """Definition 2: the k-th value, or the mean of k-th and next where n * share is the whole number k."""
    values = [9.0, 1.0, 4.0, 7.0, 2.0]
    assert quantile(values, 0.25) == 2.0  # 1.25: the second
    assert quantile(values, 0.2) == 1.5  # 1: the mean of first and second
    assert quantile(values, 0.5) == 4.0
    assert math.isnan(quantile([], 0.5))


def test_ranks_by_counting_pairs() -> None:
    """The normal approximation with the variance of all divisions of the pooled values, found by enumeration."""
    first, second = [1.0, 3.0, 3.0, 8.0], [2.0, 3.0, 9.0, 10.0, 11.0]

    def wins(chosen: tuple[int, ...]) -> float:
        pool = first + second
        mine, others = [pool[i] for i in chosen], [pool[i] for i in range(len(pool)) if i not in chosen]
        return sum((x > y) + (x == y) / 2 for x in mine for y in others)

    every = [wins(c) for c in itertools.combinations(range(9), 4)]
    mean = math.fsum(every) / len(every)
    deviation = math.sqrt(math.fsum((w - mean) ** 2 for w in every) / len(every))
    distance = abs(wins((0, 1, 2, 3)) - mean)
    assert mann_whitney(first, second, corrected=False) == pytest.approx(math.erfc(distance / deviation / math.sqrt(2)))
    assert mann_whitney(first, second) == pytest.approx(math.erfc((distance - 0.5) / deviation / math.sqrt(2)))


def test_ranks_of_nothing() -> None:
    assert math.isnan(mann_whitney([], [1.0]))
    assert math.isnan(mann_whitney([1.0, 1.0], [1.0]))


def test_common_odds_ratio_by_its_formulas() -> None:
    """Mantel and Haenszel (1959); Robins, Breslow and Greenland (1986)."""
    strata = [(7, 13, 5, 15), (5, 8, 1, 8), (2, 6, 2, 7), (2, 5, 2, 6), (2, 5, 2, 4), (3, 3, 1, 4), (2, 3, 1, 3)]
    tables = [TwoByTwo(*s) for s in strata]
    r = [t.cells[0] * t.cells[3] / (t.n1 + t.n2) for t in tables]
    s = [t.cells[1] * t.cells[2] / (t.n1 + t.n2) for t in tables]
    p = [(t.cells[0] + t.cells[3]) / (t.n1 + t.n2) for t in tables]
    q = [1 - x for x in p]
    ratio = sum(r) / sum(s)
    variance = (
        sum(a * b for a, b in zip(p, r, strict=True)) / (2 * sum(r) ** 2)
        + sum(pi * si + qi * ri for pi, qi, ri, si in zip(p, q, r, s, strict=True)) / (2 * sum(r) * sum(s))
        + sum(a * b for a, b in zip(q, s, strict=True)) / (2 * sum(s) ** 2)
    )
    found = mantel_haenszel(tables)
    assert found.odds_ratio == pytest.approx(ratio)
    assert found.lower == pytest.approx(ratio * math.exp(-1.959964 * math.sqrt(variance)), rel=1e-6)
    assert found.upper == pytest.approx(ratio * math.exp(1.959964 * math.sqrt(variance)), rel=1e-6)
    expected = sum(t.n1 * (t.x1 + t.x2) / (t.n1 + t.n2) for t in tables)
    spread = 0.0
    for t in tables:
        n, m = t.n1 + t.n2, t.x1 + t.x2
        spread += t.n1 * t.n2 * m * (n - m) / (n**2 * (n - 1))
    z = (sum(t.x1 for t in tables) - expected) / math.sqrt(spread)
    assert found.p == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))
    assert (round(found.odds_ratio, 2), round(found.lower, 2), round(found.upper, 2)) == (2.64, 1.12, 6.20)
    assert round(found.p, 3) == 0.026


def test_strata_that_say_nothing_are_left_out() -> None:
    telling = TwoByTwo(7, 13, 5, 15)
    assert mantel_haenszel([telling, TwoByTwo(0, 4, 0, 3), TwoByTwo(2, 3, 0, 0)]) == mantel_haenszel([telling])
    assert math.isnan(mantel_haenszel([TwoByTwo(3, 3, 0, 2)]).odds_ratio)
