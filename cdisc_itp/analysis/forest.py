"""The odds ratio of a response by site (or another variable of the subjects), and over all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from msgspec import Struct

from ..model.display import (
    Analysis,
    Display,
    ForestFigure,
    ForestLine,
    Method,
    Operation,
    PlannedAnalysis,
    Result,
    Table,
    TableColumn,
    TableRow,
)
from ..spec.display_types import DisplaysSpec, ForestSpec
from .describing import NOT_COMPUTED, p_text, rounded
from .planning import Factor, headings, plan_analysis, treatment_factor
from .records import AnalysisError, Population, Study
from .strata import mantel_haenszel
from .two_by_two import TwoByTwo, conditional_odds_ratio
from .two_by_two_exact import exact_conditional

_LIMITS = (
    Operation("OR", "Odds ratio", "X.XX"),
    Operation("LOWER", "Lower 95% limit", "X.XX"),
    Operation("UPPER", "Upper 95% limit", "X.XX"),
)
COUNTS = Method(
    "RESPONDERS",
    "Responders by treatment",
    "Number of responders and of subjects.",
    (Operation("RESPONDERS", "Responders", "X"), Operation("SUBJECTS", "Subjects", "X")),
)
EXACT = Method(
    "OR.CONDITIONAL",
    "Conditional odds ratio",
    "Conditional maximum likelihood estimate of the odds ratio with its exact 95% interval (hypergeometric "
    "distribution given both margins). A stratum without responders, or without other subjects, has none.",
    _LIMITS,
)
POOLED = Method(
    "OR.MANTEL-HAENSZEL",
    "Mantel-Haenszel odds ratio",
    "Mantel-Haenszel odds ratio over the strata with the 95% interval of Robins, Breslow and Greenland, and the "
    "p value of the Cochran-Mantel-Haenszel test without continuity correction.",
    (*_LIMITS, Operation("P", "p value", "X.XXXX")),
)


class Ratio(Struct, frozen=True):
    """An odds ratio with its limits; None where it is not defined (a limit may be infinite)."""

    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None

    @property
    def text(self) -> str:
        """The ratio with its interval."""
        if self.estimate is None:
            return NOT_COMPUTED
        low, high = (_shown(v) for v in (self.lower, self.upper))
        return f"{_shown(self.estimate)} ({low}, {high})"


def _shown(value: float | None) -> str:
    return "Inf" if value is not None and math.isinf(value) else rounded(value, 2)


def plan_forest(name: str, display: ForestSpec, spec: DisplaysSpec) -> tuple[PlannedAnalysis, ...]:
    """Responders by treatment and stratum, the ratio in each stratum, and the ratio over all."""
    by = (str(spec.subjects), str(display.by))
    factors: dict[str, tuple[Factor, ...]] = {COUNTS.id: (treatment_factor(spec), by), EXACT.id: (by,), POOLED.id: ()}
    return tuple(
        plan_analysis(
            spec,
            display,
            display.dataset,
            display.where,
            (display.response,),
            factors[method.id],
            method,
            id=f"{name}.{method.id}",
            name=f"{display.title}: {method.name}",
        )
        for method in (COUNTS, EXACT, POOLED)
    )


def compute_forest(name: str, display: ForestSpec, study: Study) -> Display:
    """The figure and its table; AnalysisError unless two treatments are compared, with one record a subject."""
    population = study.of(display)
    records = population.records(display.dataset, display.where)
    _check(display, population, records)
    strata = records["USUBJID"].map(study.subjects[display.by])
    names = sorted(set(strata))
    tables = [_counts(records[strata == s], population, display) for s in names]
    ratios, overall = [_ratio(t) for t in tables], _common(tables)
    plans = plan_forest(name, display, study.spec)
    analyses = _analyses(plans, names, tables, ratios, overall, population)
    lines = [_line(s, t, r) for s, t, r in zip(names, tables, ratios, strict=True)]
    lines.append(_line("All (Mantel-Haenszel)", _counts(records, population, display), overall, True))
    first, second = population.treatments
    figure = ForestFigure(
        tuple(lines),
        population.treatments,
        display.by_label,
        "Odds ratio (95% CI), logarithmic scale",
        (f"Favours {second}", f"Favours {first}"),
        f"Cochran-Mantel-Haenszel p = {p_text(overall.p)}",
    )
    columns = (
        *(TableColumn(h, "Responders / subjects") for h in headings(population)),
        TableColumn("Odds ratio (95% CI)"),
    )
    rows = [TableRow(x.label, (*x.counts, x.text)) for x in lines]
    rows.append(TableRow("p value (Cochran-Mantel-Haenszel)", ("", "", p_text(overall.p))))
    table = Table(display.by_label, columns, tuple(rows))
    return Display(name, display.caption, display.title, population.label, display.footnotes, analyses, table, figure)


def _check(display: ForestSpec, population: Population, records: pd.DataFrame) -> None:
    if len(population.treatments) != 2:
        raise AnalysisError(
            f"{display.caption}: a forest plot compares two treatments, not {len(population.treatments)}"
        )
    if records["USUBJID"].duplicated().any():
        raise AnalysisError(f"{display.caption}: a subject has more than one record of {display.dataset}")
    without = set(population.treatment.index) - set(records.loc[records[display.response] != "", "USUBJID"])
    if without:
        raise AnalysisError(f"{display.caption}: {min(without)} has no {display.response}")


def _counts(records: pd.DataFrame, population: Population, display: ForestSpec) -> TwoByTwo:
    """Responders and subjects of the two treatments."""
    numbers = [
        ((part[display.response] == display.success).sum(), len(part)) for _, part, _ in population.parts(records)
    ]
    return TwoByTwo(*(int(n) for pair in numbers for n in pair))


def _ratio(table: TwoByTwo) -> Ratio:
    """The conditional estimate with its exact interval."""
    if not (table.n1 and table.n2 and 0 < table.x1 + table.x2 < table.n1 + table.n2):
        return Ratio()
    return Ratio(conditional_odds_ratio(table), *exact_conditional(table))


def _common(tables: Sequence[TwoByTwo]) -> Ratio:
    """The ratio over all strata."""
    found = mantel_haenszel(tables)
    if math.isnan(found.odds_ratio):
        return Ratio()
    return Ratio(found.odds_ratio, found.lower, found.upper, found.p)


def _line(label: str, table: TwoByTwo, ratio: Ratio, overall: bool = False) -> ForestLine:
    counts = (f"{table.x1}/{table.n1}", f"{table.x2}/{table.n2}")
    return ForestLine(label, counts, ratio.estimate, ratio.lower, ratio.upper, ratio.text, overall)


def _analyses(
    plans: tuple[PlannedAnalysis, ...],
    names: list[str],
    tables: Sequence[TwoByTwo],
    ratios: list[Ratio],
    overall: Ratio,
    population: Population,
) -> tuple[Analysis, ...]:
    counts, exact, pooled = plans
    counted: list[Result] = []
    for stratum, table in zip(names, tables, strict=True):
        numbers = ((table.x1, table.n1), (table.x2, table.n2))
        for treatment, (yes, n) in zip(population.treatments, numbers, strict=True):
            by = ((counts.factors[0], treatment), (counts.factors[1], stratum))
            counted.append(Result("RESPONDERS", by, yes, str(yes)))
            counted.append(Result("SUBJECTS", by, n, str(n)))
    estimated = [r for s, x in zip(names, ratios, strict=True) for r in _limits(x, ((exact.factors[0], s),))]
    p = Result("P", (), overall.p, p_text(overall.p))
    return (
        Analysis(counts, tuple(counted)),
        Analysis(exact, tuple(estimated)),
        Analysis(pooled, (*_limits(overall, ()), p)),
    )


def _limits(ratio: Ratio, by: tuple[tuple[Factor, str], ...]) -> list[Result]:
    found = {"OR": ratio.estimate, "LOWER": ratio.lower, "UPPER": ratio.upper}
    return [Result(k, by, v, _shown(v)) for k, v in found.items()]
