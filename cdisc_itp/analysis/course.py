"""The course of a value: median and quartiles by treatment and visit; and a panel for each subject."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..model.display import (
    Analysis,
    CourseFigure,
    CoursePoint,
    Display,
    Method,
    Operation,
    Panel,
    PanelsFigure,
    PlannedAnalysis,
    Result,
    Table,
    TableColumn,
    TableRow,
)
from ..spec.display_types import CourseSpec, DisplaysSpec, PanelsSpec
from .describing import QUARTILES, operation, quantile, rounded
from .planning import headings, plan_analysis, treatment_factor
from .records import Population, Study, levels

LISTED = Method(
    "LISTED",
    "Values by subject",
    "Every value of each subject, as it is; nothing is computed.",
    (Operation("N", "Number of values", "X"),),
)


def plan_course(name: str, display: CourseSpec, spec: DisplaysSpec) -> tuple[PlannedAnalysis, ...]:
    """Number, median and quartiles by treatment and visit."""
    operations = tuple(operation(o, display.decimals) for o in ("N", "MEDIAN", "Q1", "Q3"))
    text = f"Number of values, median and quartiles at each visit. {QUARTILES}"
    method = Method(f"COURSE.{display.decimals}", "Median and quartiles by visit", text, operations)
    factors = (treatment_factor(spec), (str(display.dataset), str(display.visit)))
    plan = plan_analysis(
        spec,
        display,
        display.dataset,
        display.where,
        (display.value, display.visit, display.order),
        factors,
        method,
        id=f"{name}.COURSE",
        name=display.title,
    )
    return (plan,)


def compute_course(name: str, display: CourseSpec, study: Study) -> Display:
    """The figure, and its numbers as a table."""
    population = study.of(display)
    records = population.records(display.dataset, display.where)
    visits = levels(records, display.visit, display.order)
    (plan,) = plan_course(name, display, study.spec)
    results: list[Result] = []
    courses: list[tuple[str, tuple[CoursePoint, ...]]] = []
    for treatment, part, _ in population.parts(records):
        points = [p for v in visits if (p := _point(part, display, v)) is not None]
        for point in points:
            by = ((plan.factors[0], str(treatment)), (plan.factors[1], point.visit))
            found = {"N": point.n, "MEDIAN": point.median, "Q1": point.q1, "Q3": point.q3}
            results += [Result(k, by, v, _text(k, v, display)) for k, v in found.items()]
        courses.append((str(treatment), tuple(points)))
    columns = [TableColumn(h, g) for g in headings(population) for h in ("n", "Median (Q1, Q3)")]
    rows = tuple(TableRow(v, tuple(c for _, ps in courses for c in _cells(ps, v, display))) for v in visits)
    figure = CourseFigure(
        tuple(visits), tuple(courses), display.x_label, display.y_label, display.scale == "log", _limits(display.limits)
    )
    analyses = (Analysis(plan, tuple(results)),)
    table = Table(display.x_label, tuple(columns), rows)
    return Display(name, display.caption, display.title, population.label, display.footnotes, analyses, table, figure)


def _point(part: pd.DataFrame, display: CourseSpec, visit: str) -> CoursePoint | None:
    values = part.loc[part[display.visit] == visit, display.value].dropna().to_numpy(np.float64)
    median, q1, q3 = (quantile(values, at) for at in (0.5, 0.25, 0.75))
    if median is None or q1 is None or q3 is None:
        return None
    return CoursePoint(visit, len(values), median, q1, q3)


def _text(name: str, value: float, display: CourseSpec) -> str:
    return rounded(value, 0 if name == "N" else display.decimals + 1)


def _cells(points: tuple[CoursePoint, ...], visit: str, display: CourseSpec) -> tuple[str, str]:
    for p in points:
        if p.visit == visit:
            median, q1, q3 = (rounded(v, display.decimals + 1) for v in (p.median, p.q1, p.q3))
            return str(p.n), f"{median} ({q1}, {q3})"
    return "0", "-"


def _limits(limits: Mapping[str, str | None]) -> tuple[tuple[float, str], ...]:
    return tuple((float(value), label or value) for value, label in limits.items())


def plan_panels(name: str, display: PanelsSpec, spec: DisplaysSpec) -> tuple[PlannedAnalysis, ...]:
    """The values of each subject; and the days that are marked."""
    plan = plan_analysis(
        spec,
        display,
        display.dataset,
        display.where,
        (display.value, display.x),
        (treatment_factor(spec),),
        LISTED,
        id=f"{name}.VALUES",
        name=display.title,
    )
    if display.marks is None:
        return (plan,)
    marks = plan_analysis(
        spec,
        display,
        display.marks.dataset,
        display.marks.where,
        (display.marks.x,),
        (treatment_factor(spec),),
        LISTED,
        id=f"{name}.MARKS",
        name=display.marks.label,
    )
    return plan, marks


def compute_panels(name: str, display: PanelsSpec, study: Study) -> Display:
    """The panels by treatment; the table tells how many values and marks there are."""
    population = study.of(display)
    values = population.records(display.dataset, display.where).dropna(subset=[display.x, display.value])
    marks = None
    if display.marks is not None:
        marks = population.records(display.marks.dataset, display.marks.where).dropna(subset=[display.marks.x])
    plans = plan_panels(name, display, study.spec)
    analyses, rows = [], []
    for plan, frame, label in zip(
        plans, (values, marks), ("Values", display.marks and display.marks.label), strict=False
    ):
        assert frame is not None
        counts = [(t, len(part)) for t, part, _ in population.parts(frame)]
        results = (Result("N", ((plan.factors[0], str(t)),), n, str(n)) for t, n in counts)
        analyses.append(Analysis(plan, tuple(results)))
        rows.append(TableRow(str(label), tuple(str(n) for _, n in counts)))
    pages = tuple((t, tuple(_panels(population, t, display, values, marks))) for t in population.treatments)
    rows.insert(0, TableRow("Subjects", tuple(str(len(p)) for _, p in pages)))
    figure = PanelsFigure(
        pages,
        display.x_label,
        display.y_label,
        display.scale == "log",
        display.columns,
        _limits(display.limits),
        display.marks.label if display.marks else "",
    )
    table = Table("", tuple(TableColumn(h) for h in headings(population)), tuple(rows))
    title = display.title
    return Display(name, display.caption, title, population.label, display.footnotes, tuple(analyses), table, figure)


def _panels(
    population: Population, treatment: str, display: PanelsSpec, values: pd.DataFrame, marks: pd.DataFrame | None
) -> list[Panel]:
    members = population.treatment[population.treatment == treatment].index
    labels = population.study.subjects.loc[members, display.label]
    points, days = values.groupby("USUBJID"), None if marks is None else marks.groupby("USUBJID")
    out = []
    for subject, label in sorted(zip(members, labels, strict=True), key=lambda pair: (str(pair[1]), pair[0])):
        own = points.get_group(subject) if subject in points.groups else values.iloc[:0]
        pairs = sorted(zip(own[display.x].tolist(), own[display.value].tolist(), strict=True))
        marked: list[float] = []
        if days is not None and display.marks is not None and subject in days.groups:
            marked = sorted(set(days.get_group(subject)[display.marks.x].tolist()))
        out.append(Panel(str(label), tuple(pairs), tuple(marked)))
    return out
