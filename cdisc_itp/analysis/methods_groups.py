"""Methods that describe and compare groups: counts, quantiles, ranks, times; and a report's own figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from .methods import Method, Statistics, register
from .samples import Group, Sample
from .two_groups import mann_whitney, quantile


def by_group(name: str, compute: Callable[[Group], float]) -> Callable[[Sample], Statistics]:
    """A statistic of each group."""
    return lambda sample: {f"{name} {g.id}": compute(g) for g in sample.groups}


def _counted(sample: Sample) -> Statistics:
    """Subjects with an event: in all, and by group."""
    out = {f"count {g.id}": float(g.events) for g in sample.groups}
    return {"count": float(sum(g.events for g in sample.groups))} | out


def _percent(sample: Sample) -> Statistics:
    return {f"percent {g.id}": 100 * g.events / g.n if g.n else math.nan for g in sample.groups}


def _median(sample: Sample) -> Statistics:
    out = {f"median {g.id}": quantile(g.values, 0.5) for g in sample.groups}
    first, second = list(out.values())[:2]
    return out | {"difference of medians": first - second}


def _quartiles(sample: Sample) -> Statistics:
    shares = {"first quartile": 0.25, "third quartile": 0.75}
    return {f"{name} {g.id}": quantile(g.values, at) for g in sample.groups for name, at in shares.items()}


def _range(sample: Sample) -> Statistics:
    ends: dict[str, Callable[[tuple[float, ...]], float]] = {"minimum": min, "maximum": max}
    return {f"{n} {g.id}": end(g.values) if g.values else math.nan for g in sample.groups for n, end in ends.items()}


def _levels(sample: Sample) -> Statistics:
    return {"levels": float(sample.levels)}


def _ranks(corrected: bool) -> Callable[[Sample], Statistics]:
    return lambda sample: {"p": mann_whitney(sample.groups[0].values, sample.groups[1].values, corrected)}


def _log_rank(sample: Sample) -> Statistics:
    from statsmodels.duration.survfunc import survdiff

    times = [t for g in sample.groups[:2] for t in g.values]
    events = [0 if c else 1 for g in sample.groups[:2] for c in g.censored]
    groups = [g.id for g in sample.groups[:2] for _ in g.values]
    if not any(events) or len(set(groups)) < 2:
        return {"p": math.nan}
    return {"p": float(survdiff(times, events, groups)[1])}


def _kaplan_meier(sample: Sample) -> Statistics:
    from statsmodels.duration.survfunc import SurvfuncRight

    def median(g: Group) -> float:
        if not g.values:
            return math.nan
        return float(SurvfuncRight(list(g.values), [0 if c else 1 for c in g.censored]).quantile(0.5))

    return {f"median time {g.id}": median(g) for g in sample.groups}


def _log_symmetry(sample: Sample) -> Statistics:
    """How an estimate lies in its interval on the logarithmic scale.

    The asymmetry is the difference of the distances over their sum, 0 in the middle and 1 at a limit, at its least
    within what the rounding of the three numbers allows.
    """
    estimate, lower, upper = (sample.figures[n] for n in ("estimate", "lower", "upper"))
    below, above = math.log(estimate.value / lower.value), math.log(upper.value / estimate.value)
    out = {"log distance below": below, "log distance above": above}
    out["geometric centre"] = math.sqrt(lower.value * upper.value)
    # Towards the middle: both the estimate and the centre of the limits move as far as rounding lets them.
    sign = 1 if below < above else -1
    e = estimate.value + sign * estimate.half
    lo, hi = lower.value - sign * lower.half, upper.value - sign * upper.half
    near = math.log(e / lo) - math.log(hi / e)
    out["asymmetry"] = max(0.0, -sign * near) / math.log(hi / lo)
    return out


_DESCRIBING: Final = "description"
register(Method("count", "Subjects", _DESCRIBING, ("count",), _counted))
register(Method("percent", "Percentage of the subjects of the group", _DESCRIBING, ("percent",), _percent))
register(
    Method(
        "median", "Median (mean of the two in the middle)", _DESCRIBING, ("median", "difference of medians"), _median
    )
)
register(
    Method(
        "quartiles",
        "Quartiles (Hyndman and Fan, definition 2)",
        _DESCRIBING,
        ("first quartile", "third quartile"),
        _quartiles,
    )
)
register(Method("range", "Minimum and maximum", _DESCRIBING, ("minimum", "maximum"), _range))
register(Method("levels", "Distinct values of the stratum", _DESCRIBING, ("levels",), _levels))
register(Method("mann_whitney_corrected", "Mann-Whitney, continuity corrected", "comparison", ("p",), _ranks(True)))
register(Method("mann_whitney", "Mann-Whitney, uncorrected", "comparison", ("p",), _ranks(False)))
register(Method("log_rank", "Log-rank", "comparison", ("p",), _log_rank))
register(Method("kaplan_meier", "Kaplan-Meier median", _DESCRIBING, ("median time",), _kaplan_meier))
register(
    Method(
        "log_symmetry",
        "Distances of the estimate from its limits, in logarithms",
        "figures",
        ("log distance below", "log distance above", "geometric centre", "asymmetry"),
        _log_symmetry,
    )
)
