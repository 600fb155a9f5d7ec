"""Time to an event: the product-limit estimate with its limits, numbers at risk and the log-rank test."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from msgspec import Struct

from ..model.display import (
    Analysis,
    Curve,
    CurvesFigure,
    Display,
    Method,
    Operation,
    PlannedAnalysis,
    Result,
    Table,
    TableColumn,
    TableRow,
)
from ..spec.display_types import DisplaysSpec, KaplanMeierSpec
from .describing import NOT_COMPUTED, Numbers, p_text, rounded
from .planning import headings, plan_analysis, treatment_factor
from .records import AnalysisError, Study

_Z = 1.959963984540054  # the 0.975 quantile of the standard normal distribution
_TEXT = (
    "Product-limit (Kaplan-Meier) estimate; median with the 95% interval of Brookmeyer and Crowley on the log-log "
    "scale; a censored subject is at risk up to and on the day of censoring. NE: cannot be estimated."
)
ESTIMATE = Method(
    "KAPLAN-MEIER",
    "Kaplan-Meier estimate",
    _TEXT,
    (
        Operation("N", "Number of subjects", "X"),
        Operation("EVENTS", "Number of events", "X"),
        Operation("CENSORED", "Number censored", "X"),
        Operation("MEDIAN", "Median", "X.X"),
        Operation("MEDIAN.LOWER", "Lower 95% limit of the median", "X.X"),
        Operation("MEDIAN.UPPER", "Upper 95% limit of the median", "X.X"),
    ),
)
LOG_RANK = Method(
    "LOG-RANK",
    "Log-rank test",
    "Log-rank test of equality over the treatments.",
    (Operation("P", "p value", "X.XXXX"),),
)


class ProductLimit(Struct, frozen=True):
    """The estimate at each distinct time of an event: survival, numbers at risk and of events, Greenwood's sum."""

    times: Numbers
    survival: Numbers
    at_risk: Numbers
    events: Numbers

    def quantile(self, p: float) -> float | None:
        """The first time at which survival is at or below 1 - p (their mean where it stays at it)."""
        below = np.flatnonzero(self.survival <= 1 - p + 1e-9)
        if not len(below):
            return None
        first = below[0]
        if math.isclose(self.survival[first], 1 - p, abs_tol=1e-9) and first + 1 < len(self.times):
            return float(self.times[first] + self.times[first + 1]) / 2
        return float(self.times[first])

    def median_limits(self) -> tuple[float | None, float | None]:
        """The 95% limits of the median: times at which the log-log interval of survival holds one half."""
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = np.cumsum(self.events / (self.at_risk * (self.at_risk - self.events)))
            log = np.log(self.survival)
            centre, width = np.log(-log), _Z * np.sqrt(variance) / np.abs(log)
            lower, upper = np.exp(-np.exp(centre + width)), np.exp(-np.exp(centre - width))
        # Where survival is 0 its variance is not defined: both limits are taken as 0 (as SAS and R do not extend it).
        ends = self.survival <= 0
        lower, upper = np.where(ends, 0.0, lower), np.where(ends, np.nan, upper)
        low, high = np.flatnonzero(lower <= 0.5), np.flatnonzero(upper <= 0.5)
        first = float(self.times[low[0]]) if len(low) else None
        return first, float(self.times[high[0]]) if len(high) else None


def product_limit(times: Numbers, events: Numbers) -> ProductLimit:
    """The estimate from times (n,) and 1 (event) or 0 (censored) (n,)."""
    distinct = np.unique(times[events == 1])
    at_risk = np.array([(times >= t).sum() for t in distinct], np.float64)
    died = np.array([((times == t) & (events == 1)).sum() for t in distinct], np.float64)
    return ProductLimit(distinct, np.cumprod(1 - died / at_risk, dtype=np.float64), at_risk, died)


def plan_kaplan_meier(name: str, display: KaplanMeierSpec, spec: DisplaysSpec) -> tuple[PlannedAnalysis, ...]:
    """The estimate by treatment, and the comparison of the treatments."""
    factor = (treatment_factor(spec),)
    return tuple(
        plan_analysis(
            spec,
            display,
            display.dataset,
            display.where,
            (display.time, display.censor),
            factor,
            method,
            id=f"{name}.{method.id}",
            name=f"{display.title}: {method.name.lower()}",
        )
        for method in (ESTIMATE, LOG_RANK)
    )


def compute_kaplan_meier(name: str, display: KaplanMeierSpec, study: Study) -> Display:
    """The curves and a table; AnalysisError for two records of a subject, or a time that is missing."""
    population = study.of(display)
    records = population.records(display.dataset, display.where)
    _check(display, records)
    estimate, test = plan_kaplan_meier(name, display, study.spec)
    results: list[Result] = []
    columns, curves = [], []
    for treatment, part, _ in population.parts(records):
        times = np.asarray(part[display.time], np.float64)
        events = np.asarray(part[display.censor] == 0, np.float64)
        by = ((estimate.factors[0], str(treatment)),)
        found = _estimates(times, events)
        texts = {k: rounded(v, 1 if k.startswith("MEDIAN") else 0) for k, v in found.items()}
        results += [Result(k, by, v, texts[k]) for k, v in found.items()]
        columns.append(_column(texts))
        curves.append(_curve(str(treatment), times, events, display))
    p = _log_rank(records, display)
    analyses = (Analysis(estimate, tuple(results)), Analysis(test, (Result("P", (), p, p_text(p)),)))
    rows = [TableRow(label, tuple(c[label] for c in columns)) for label in columns[0]]
    risk = [TableRow("Subjects at risk")] + [
        TableRow(f"{display.unit.capitalize()[:-1]} {t}", tuple(str(c.at_risk[i]) for c in curves), 1)
        for i, t in enumerate(display.times)
    ]
    test_row = TableRow("Log-rank p value", (p_text(p), *("" for _ in columns[1:])))
    table = Table("", tuple(TableColumn(h) for h in headings(population)), (*rows, test_row, *risk))
    note = f"Log-rank p {'=' if p is None or p >= 0.0001 else ''} {p_text(p)}".replace("  ", " ")
    figure = CurvesFigure(tuple(curves), display.times, display.x_label, display.y_label, note)
    title = display.title
    return Display(name, display.caption, title, population.label, display.footnotes, analyses, table, figure)


def _check(display: KaplanMeierSpec, records: pd.DataFrame) -> None:
    if records["USUBJID"].duplicated().any():
        raise AnalysisError(f"{display.caption}: a subject has more than one record of {display.dataset}")
    for name in (display.time, display.censor):
        if records[name].isna().any():
            who = records.loc[records[name].isna(), "USUBJID"].iloc[0]
            raise AnalysisError(f"{display.caption}: {name} of {who} is missing")


def _estimates(times: Numbers, events: Numbers) -> dict[str, float | None]:
    found = product_limit(times, events)
    low, high = found.median_limits()
    counts = {"N": float(len(times)), "EVENTS": float(events.sum()), "CENSORED": float((1 - events).sum())}
    return {**counts, "MEDIAN": found.quantile(0.5), "MEDIAN.LOWER": low, "MEDIAN.UPPER": high}


def _column(texts: dict[str, str]) -> dict[str, str]:
    limits = [t if t != NOT_COMPUTED else "NE" for t in (texts["MEDIAN"], texts["MEDIAN.LOWER"], texts["MEDIAN.UPPER"])]
    return {
        "Subjects": texts["N"],
        "Events": texts["EVENTS"],
        "Censored": texts["CENSORED"],
        "Median (95% CI)": f"{limits[0]} ({limits[1]}, {limits[2]})",
    }


def _curve(treatment: str, times: Numbers, events: Numbers, display: KaplanMeierSpec) -> Curve:
    found = product_limit(times, events)
    heights = np.concatenate([[1.0], found.survival])
    starts = np.concatenate([[0.0], found.times])
    lost = np.unique(times[events == 0])
    there = heights[np.searchsorted(starts, lost, side="right") - 1]
    if display.shows == "incidence":
        heights, there = 1 - heights, 1 - there
    end = max([*times.tolist(), 0.0])
    return Curve(
        treatment,
        (*starts.tolist(), end),
        (*heights.tolist(), float(heights[-1])),
        tuple(zip(lost.tolist(), there.tolist(), strict=True)),
        tuple(int((times >= t).sum()) for t in display.times),
    )


def _log_rank(records: pd.DataFrame, display: KaplanMeierSpec) -> float | None:
    """The p value; None where there is nothing to compare."""
    events = (records[display.censor] == 0).to_numpy()
    if records["(treatment)"].nunique() < 2 or not events.any():
        return None
    from statsmodels.duration.survfunc import survdiff

    _, p = survdiff(records[display.time].to_numpy(), events.astype(int), records["(treatment)"].to_numpy())
    return float(p)
