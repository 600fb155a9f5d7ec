"""Measures, intervals and tests of two by two tables against enumeration, and what is known of 23/43 v 14/47."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_itp.analysis import two_by_two as measures
from cdisc_itp.analysis import two_by_two_exact as exact
from cdisc_itp.analysis import two_by_two_intervals as intervals
from cdisc_itp.analysis import two_by_two_tests as tests
from cdisc_itp.analysis import two_by_two_unconditional as unconditional
from cdisc_itp.analysis.two_by_two import Interval, TwoByTwo
from tests.analysis.tables import TABLES, conditional, every_table, largest_probability, least_probable, smaller_tail

PUBLISHED = TwoByTwo(23, 43, 14, 47)
RATIOS = np.exp(np.linspace(-7, 7, 2801)).tolist()


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (measures.odds_ratio, 2.7107),
        (measures.conditional_odds_ratio, 2.6796),
        (measures.median_unbiased_odds_ratio, 2.6693),
        (measures.gart_odds_ratio, 2.6484),
        (measures.risk_ratio, 1.7957),
        (measures.risk_difference, 0.2370),
    ],
)
def test_measures_of_the_published_counts(measure: Callable[[TwoByTwo], float], value: float) -> None:
    assert round(measure(PUBLISHED), 4) == value


@pytest.mark.parametrize(
    ("interval", "limits"),
    [
        (intervals.wald, (1.140, 6.444)),
        (intervals.gart, (1.127, 6.225)),
        (intervals.cornfield, (1.149, 6.396)),
        (intervals.miettinen_nurminen, (1.143, 6.427)),
        (intervals.profile_likelihood, (1.154, 6.572)),
        (exact.exact_conditional, (1.049, 7.073)),
        (exact.mid_p_conditional, (1.129, 6.522)),
        (exact.baptista_pike, (1.060, 6.937)),
        (exact.blaker, (1.060, 7.015)),
    ],
)
def test_intervals_of_the_published_counts(interval: Callable[[TwoByTwo], Interval], limits: Interval) -> None:
    assert tuple(round(x, 3) for x in interval(PUBLISHED)) == limits


def test_the_published_interval_is_that_of_baptista_and_pike_with_mid_p() -> None:
    assert [round(x, 4) for x in exact.baptista_pike_mid_p(PUBLISHED)] == [1.1616, 6.1295]


def test_the_interval_of_the_risk_difference() -> None:
    assert [round(100 * x, 1) for x in intervals.newcombe(PUBLISHED)] == [3.4, 41.6]


@pytest.mark.parametrize(
    ("test", "p"),
    [
        (tests.pearson, 0.0225),
        (tests.n_minus_1, 0.0232),
        (tests.yates, 0.0386),
        (tests.likelihood_ratio, 0.0219),
        (tests.wald_p, 0.0240),
        (tests.fisher, 0.0319),
        (tests.fisher_mid_p, 0.0254),
        (tests.twice_one_sided, 0.0381),
        (unconditional.boschloo_of_totals, 0.0236),
        (unconditional.barnard_pooled_of_totals, 0.0232),
        (unconditional.barnard_unpooled_of_totals, 0.0265),
    ],
)
def test_tests_of_the_published_counts(test: Callable[[TwoByTwo], float], p: float) -> None:
    assert round(test(PUBLISHED), 4) == p


@pytest.mark.parametrize("table", TABLES, ids=str)
@pytest.mark.parametrize(
    ("interval", "p_value"),
    [
        (exact.baptista_pike, least_probable),
        (exact.baptista_pike_mid_p, lambda t, r: least_probable(t, r, 0.5)),
        (exact.blaker, smaller_tail),
    ],
)
def test_exact_intervals_are_what_the_test_does_not_reject(
    table: TwoByTwo, interval: Callable[[TwoByTwo], Interval], p_value: Callable[[TwoByTwo, float], float]
) -> None:
    lower, upper = interval(table)
    kept = [r for r in RATIOS if p_value(table, r) >= 0.05]
    assert all(lower <= r <= upper for r in kept)
    for limit, inwards in ((lower, 1 + 1e-7), (upper, 1 - 1e-7)):
        if 0 < limit < math.inf:
            assert p_value(table, limit * inwards) >= 0.05 - 1e-6
            assert p_value(table, limit / inwards) < 0.05 + 1e-6
    assert (lower == 0) == (table.x1 == min(conditional(table, 1)))
    assert math.isinf(upper) == (table.x1 == max(conditional(table, 1)))


@pytest.mark.parametrize("table", TABLES, ids=str)
@pytest.mark.parametrize(("interval", "own"), [(exact.exact_conditional, 1.0), (exact.mid_p_conditional, 0.5)])
def test_conditional_intervals_leave_a_fortieth_in_each_tail(
    table: TwoByTwo, interval: Callable[[TwoByTwo], Interval], own: float
) -> None:
    lower, upper = interval(table)
    if lower:
        p = conditional(table, lower)
        assert math.fsum(q for x, q in p.items() if x > table.x1) + own * p[table.x1] == pytest.approx(0.025, abs=1e-6)
    if upper < math.inf:
        p = conditional(table, upper)
        assert math.fsum(q for x, q in p.items() if x < table.x1) + own * p[table.x1] == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_conditional_estimates_solve_their_equations(table: TwoByTwo) -> None:
    likely = measures.conditional_odds_ratio(table)
    middle = measures.median_unbiased_odds_ratio(table)
    if 0 < likely < math.inf:  # the expected count is the observed one
        assert math.fsum(x * q for x, q in conditional(table, likely).items()) == pytest.approx(table.x1)
        p = conditional(table, middle)
        assert math.fsum(q for x, q in p.items() if x < table.x1) + p[table.x1] / 2 == pytest.approx(0.5)
    else:
        assert likely == middle == measures.odds_ratio(table)


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_exact_tests_sum_tables(table: TwoByTwo) -> None:
    p = conditional(table, 1)
    tails = [math.fsum(q for x, q in p.items() if x <= table.x1), math.fsum(q for x, q in p.items() if x >= table.x1)]
    assert tests.fisher(table) == pytest.approx(least_probable(table, 1))
    assert tests.fisher_mid_p(table) == pytest.approx(least_probable(table, 1, 0.5))
    assert tests.twice_one_sided(table) == pytest.approx(min(1.0, 2 * min(tails)))


def pooled(t: TwoByTwo) -> float:
    rate = (t.x1 + t.x2) / (t.n1 + t.n2)
    error = math.sqrt(rate * (1 - rate) * (1 / t.n1 + 1 / t.n2))
    return abs(t.x1 / t.n1 - t.x2 / t.n2) / error if error else 0.0


def unpooled(t: TwoByTwo) -> float:
    p1, p2 = t.x1 / t.n1, t.x2 / t.n2
    error = math.sqrt(p1 * (1 - p1) / t.n1 + p2 * (1 - p2) / t.n2)
    return abs(p1 - p2) / error if error else math.inf if p1 != p2 else 0.0


def one_sided(t: TwoByTwo, up: bool) -> float:
    return math.fsum(q for x, q in conditional(t, 1).items() if (x >= t.x1 if up else x <= t.x1))


@pytest.mark.parametrize("table", [PUBLISHED, TwoByTwo(7, 12, 1, 9), TwoByTwo(2, 9, 6, 7)], ids=str)
@pytest.mark.parametrize(
    ("test", "statistic"), [(unconditional.barnard_pooled, pooled), (unconditional.barnard_unpooled, unpooled)]
)
def test_unconditional_tests_fix_the_sizes_of_the_groups(
    table: TwoByTwo, test: Callable[[TwoByTwo], float], statistic: Callable[[TwoByTwo], float]
) -> None:
    seen = statistic(table)
    wanted = largest_probability(table.n1, table.n2, lambda t: statistic(t) >= seen - 1e-9)
    assert test(table) == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("table", [PUBLISHED, TwoByTwo(7, 12, 1, 9)], ids=str)
def test_boschloo_is_twice_the_smaller_side(table: TwoByTwo) -> None:
    sides = []
    for up in (True, False):
        seen = one_sided(table, up) * (1 + 1e-9)
        known = {t: one_sided(t, up) for t in every_table(table.n1, table.n2)}
        sides.append(largest_probability(table.n1, table.n2, lambda t, k=known, s=seen: k[t] <= s))  # type: ignore[misc]
    assert unconditional.boschloo(table) == pytest.approx(min(1.0, 2 * min(sides)), abs=1e-5)


@pytest.mark.parametrize("table", [t for t in TABLES if 0 not in t.cells], ids=str)
def test_score_intervals_are_where_the_score_is_critical(table: TwoByTwo) -> None:
    n = table.n1 + table.n2
    for interval, critical in ((intervals.cornfield, 3.841459), (intervals.miettinen_nurminen, 3.841459 * n / (n - 1))):
        for ratio in interval(table):
            a, b, c, d = fitted(table, ratio)
            assert (table.x1 - a) ** 2 * (1 / a + 1 / b + 1 / c + 1 / d) == pytest.approx(critical, rel=1e-5)


def fitted(table: TwoByTwo, ratio: float) -> list[float]:
    """By bisection: the cell that has the odds ratio."""
    total = table.x1 + table.x2
    low, high = max(0.0, total - table.n2), min(table.n1, total)
    for _ in range(200):
        a = (low + high) / 2
        b, c, d = table.n1 - a, total - a, table.n2 - total + a
        low, high = (a, high) if a * d < ratio * b * c else (low, a)
    return [a, b, c, d]


@pytest.mark.parametrize("table", [t for t in TABLES if 0 not in t.cells], ids=str)
def test_the_profile_is_a_maximum_of_two_binomials(table: TwoByTwo) -> None:
    rates = np.linspace(1e-4, 1 - 1e-4, 40_001)

    def likelihood(ratio: float) -> float:
        odds = rates / (1 - rates) * ratio
        p = odds / (1 + odds)
        a, b, c, d = table.cells
        return float((a * np.log(p) + b * np.log1p(-p) + c * np.log(rates) + d * np.log1p(-rates)).max())

    best = likelihood(measures.odds_ratio(table))
    for ratio in intervals.profile_likelihood(table):
        assert 2 * (best - likelihood(ratio)) == pytest.approx(3.841459, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_laws_of_every_table(data: st.DataObject) -> None:
    n1, n2 = data.draw(st.integers(1, 25)), data.draw(st.integers(1, 25))
    table = TwoByTwo(data.draw(st.integers(0, n1)), n1, data.draw(st.integers(0, n2)), n2)
    mirrored = TwoByTwo(table.x2, n2, table.x1, n1)
    for interval in (intervals.cornfield, intervals.profile_likelihood, exact.baptista_pike_mid_p, exact.blaker):
        lower, upper = interval(table)
        assert 0 <= lower <= upper
        low, high = interval(mirrored)  # the groups exchanged: the reciprocal
        assert measures.quotient(1, high) == pytest.approx(lower, rel=1e-4, abs=1e-9)
        assert measures.quotient(1, low) == pytest.approx(upper, rel=1e-4)
    for test in (tests.fisher, tests.fisher_mid_p, tests.twice_one_sided, tests.pearson, tests.yates):
        assert math.isnan(test(table)) or 0 <= test(table) <= 1
        assert test(table) == pytest.approx(test(mirrored), nan_ok=True)


def test_a_table_must_be_one() -> None:
    with pytest.raises(ValueError, match="5/4"):
        TwoByTwo(5, 4, 0, 1)


def test_scipy_agrees_where_no_other_table_is_as_extreme() -> None:
    from scipy.stats import barnard_exact, boschloo_exact

    columns = [[23, 14], [20, 33]]
    assert unconditional.boschloo(PUBLISHED) == pytest.approx(boschloo_exact(columns).pvalue, abs=1e-6)
    assert unconditional.barnard_pooled(PUBLISHED) == pytest.approx(barnard_exact(columns).pvalue, abs=1e-6)
    assert unconditional.barnard_unpooled(PUBLISHED) == pytest.approx(
        barnard_exact(columns, pooled=False).pvalue, abs=1e-6
    )
