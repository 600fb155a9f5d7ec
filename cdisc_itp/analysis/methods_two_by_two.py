"""Methods of two by two tables, and of such tables by stratum, under the words of published.yaml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from . import two_by_two as measures
from . import two_by_two_exact as exact
from . import two_by_two_intervals as intervals
from . import two_by_two_tests as tests
from . import two_by_two_unconditional as unconditional
from .methods import Method, Statistics, register
from .samples import Sample
from .strata import mantel_haenszel
from .two_by_two import Interval, TwoByTwo

OR: Final = "odds ratio"
ESTIMATES: tuple[tuple[str, str, str, Callable[[TwoByTwo], float], bool], ...] = (
    ("odds_ratio", "Sample odds ratio (logistic regression gives the same)", OR, measures.odds_ratio, True),
    ("conditional_mle", "Conditional maximum likelihood", OR, measures.conditional_odds_ratio, False),
    ("median_unbiased", "Median unbiased (conditional, mid-P)", OR, measures.median_unbiased_odds_ratio, False),
    ("gart_odds_ratio", "Gart (a half added to each cell)", OR, measures.gart_odds_ratio, True),
    ("risk_ratio", "Risk ratio", "risk ratio", measures.risk_ratio, True),
    ("risk_difference", "Risk difference", "risk difference", measures.risk_difference, True),
)
INTERVALS: tuple[tuple[str, str, str, Callable[[TwoByTwo], Interval]], ...] = (
    ("wald", "Wald (Woolf)", OR, intervals.wald),
    ("gart", "Gart", OR, intervals.gart),
    ("cornfield", "Cornfield", OR, intervals.cornfield),
    ("miettinen_nurminen", "Miettinen-Nurminen", OR, intervals.miettinen_nurminen),
    ("profile_likelihood", "Profile likelihood", OR, intervals.profile_likelihood),
    ("exact_conditional", "Exact conditional (Clopper-Pearson, Cornfield)", OR, exact.exact_conditional),
    ("mid_p_conditional", "Mid-P conditional", OR, exact.mid_p_conditional),
    ("baptista_pike", "Baptista-Pike", OR, exact.baptista_pike),
    ("baptista_pike_mid_p", "Baptista-Pike mid-P", OR, exact.baptista_pike_mid_p),
    ("blaker", "Blaker", OR, exact.blaker),
    ("risk_ratio_wald", "Wald (Katz)", "risk ratio", intervals.risk_ratio_wald),
    ("newcombe", "Newcombe (Wilson limits)", "risk difference", intervals.newcombe),
)
TOTALS: Final = ", the totals of the outcomes taken for the sizes of the groups"
TESTS: tuple[tuple[str, str, Callable[[TwoByTwo], float]], ...] = (
    ("fisher", "Fisher exact, two-sided", tests.fisher),
    ("fisher_mid_p", "Fisher mid-P", tests.fisher_mid_p),
    ("twice_one_sided", "Fisher exact, twice the one-sided", tests.twice_one_sided),
    ("pearson", "Pearson chi-squared", tests.pearson),
    ("n_minus_1", "Chi-squared with N - 1", tests.n_minus_1),
    ("yates", "Chi-squared with Yates's correction", tests.yates),
    ("likelihood_ratio", "Likelihood ratio", tests.likelihood_ratio),
    ("wald_test", "Wald (logistic regression)", tests.wald_p),
    ("boschloo", "Boschloo", unconditional.boschloo),
    ("barnard_pooled", "Barnard, pooled variance", unconditional.barnard_pooled),
    ("barnard_unpooled", "Barnard, unpooled variance", unconditional.barnard_unpooled),
    ("boschloo_of_totals", f"Boschloo{TOTALS}", unconditional.boschloo_of_totals),
    ("barnard_pooled_of_totals", f"Barnard, pooled variance{TOTALS}", unconditional.barnard_pooled_of_totals),
    ("barnard_unpooled_of_totals", f"Barnard, unpooled variance{TOTALS}", unconditional.barnard_unpooled_of_totals),
)


def _estimate(measure: Callable[[TwoByTwo], float]) -> Callable[[Sample], Statistics]:
    return lambda sample: {"estimate": measure(sample.table)}


def _interval(interval: Callable[[TwoByTwo], Interval]) -> Callable[[Sample], Statistics]:
    return lambda sample: dict(zip(("lower", "upper"), interval(sample.table), strict=True))


def _test(test: Callable[[TwoByTwo], float]) -> Callable[[Sample], Statistics]:
    return lambda sample: {"p": test(sample.table)}


def _stratified(sample: Sample) -> Statistics:
    found = mantel_haenszel(sample.strata)
    return {"estimate": found.odds_ratio, "lower": found.lower, "upper": found.upper, "p": found.p}


for _word, _label, _of, _measure, _quick in ESTIMATES:
    _closed = _measure if _quick else None
    register(Method(_word, _label, "estimate", ("estimate",), _estimate(_measure), _of, _closed))
for _word, _label, _of, _between in INTERVALS:
    register(Method(_word, _label, "interval", ("lower", "upper"), _interval(_between), _of))
for _word, _label, _of_table in TESTS:
    register(Method(_word, _label, "test", ("p",), _test(_of_table)))
register(
    Method(
        "mantel_haenszel",
        "Cochran-Mantel-Haenszel by stratum (test without correction)",
        "stratified",
        ("estimate", "lower", "upper", "p"),
        _stratified,
        OR,
    )
)
