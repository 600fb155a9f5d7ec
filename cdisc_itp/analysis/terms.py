"""Subjects with a term (an adverse event), by treatment, and by worst grade."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.display import Analysis, Display, Method, Operation, PlannedAnalysis, Result, Table, TableColumn, TableRow
from ..spec.display_types import DisplaysSpec, TermsSpec
from .describing import count_text, percent, rounded
from .planning import Factor, headings, plan_analysis, treatment_factor
from .records import AnalysisError, Population, Study

COUNT, PERCENT, EVENTS = "SUBJECTS", "PERCENT", "EVENTS"
Path = tuple[str, ...]


def plan_terms(name: str, display: TermsSpec, spec: DisplaysSpec) -> tuple[PlannedAnalysis, ...]:
    """One analysis of any term, then one a level of terms; with a grade each again by worst grade."""
    out = []
    dataset = str(display.dataset)
    for depth in range(len(display.terms) + 1):
        terms = tuple((dataset, str(t)) for t in display.terms[:depth])
        for graded in (False, True)[: 1 + (display.grade is not None)]:
            grade = ((dataset, str(display.grade.variable)),) if graded and display.grade else ()
            said = str(display.terms[depth - 1]) if depth else display.any_
            plan = plan_analysis(
                spec,
                display,
                dataset,
                display.where,
                ("USUBJID",),
                (treatment_factor(spec), *terms, *grade),
                _method(display, graded),
                id=f"{name}.{depth}{'.GRADE' if graded else ''}",
                name=f"Subjects by treatment: {said}{' and worst grade' if graded else ''}",
            )
            out.append(plan)
    return tuple(out)


def _method(display: TermsSpec, graded: bool) -> Method:
    operations = [Operation(COUNT, "Number of subjects", "X"), Operation(PERCENT, "Percentage of subjects", "(X.X)")]
    text = "Subjects with at least one record of the term; percentages of the subjects of the treatment."
    if graded:
        return Method(
            "TERMS.GRADE",
            "Subjects by worst grade",
            f"{text} A subject counts once, under the worst grade.",
            tuple(operations),
        )
    if display.events:
        operations.append(Operation(EVENTS, "Number of events", "X"))
    return Method("TERMS.EVENTS" if display.events else "TERMS", "Subjects with a term", text, tuple(operations))


def compute_terms(name: str, display: TermsSpec, study: Study) -> Display:
    """The table and its results; AnalysisError for a grade that is not in the spec's list."""
    population = study.of(display)
    records = population.records(display.dataset, display.where)
    _check_grades(display, records)
    results: dict[str, list[Result]] = {p.id: [] for p in plan_terms(name, display, study.spec)}
    paths = [(), *_paths(records, [str(t) for t in display.terms])]
    rows = []
    for path in paths:
        part = records
        for term, value in zip(display.terms, path, strict=False):
            part = part[part[term] == value]
        label = (path[-1] or "Not coded") if path else display.any_
        rows.append(TableRow(label, _cells(name, display, population, part, path, results), max(0, len(path) - 1)))
    analyses = tuple(Analysis(p, tuple(results[p.id])) for p in plan_terms(name, display, study.spec))
    table = Table("Term", _columns(display, population), tuple(rows))
    return Display(name, display.caption, display.title, population.label, display.footnotes, analyses, table)


def _columns(display: TermsSpec, population: Population) -> tuple[TableColumn, ...]:
    heads = ["n (%)", *(["Events"] if display.events else [])]
    if display.grade:
        heads[0] = "Any grade, n (%)"
        heads += [f"{display.grade.label} {level}" for level in display.grade.levels]
    return tuple(TableColumn(h, group) for group in headings(population) for h in heads)


def _paths(records: pd.DataFrame, terms: list[str], before: Path = ()) -> list[Path]:
    """Every term that occurs, each before those below it: the most frequent first (subjects), then by name."""
    if not terms:
        return []
    out: list[Path] = []
    subjects = records.groupby(terms[0], sort=True)["USUBJID"].nunique()
    for value in sorted(subjects.index, key=lambda v: (-int(subjects[v]), v)):
        path = (*before, str(value))
        out += [path, *_paths(records[records[terms[0]] == value], terms[1:], path)]
    return out


def _cells(
    name: str,
    display: TermsSpec,
    population: Population,
    records: pd.DataFrame,
    path: Path,
    results: dict[str, list[Result]],
) -> tuple[str, ...]:
    cells: list[str] = []
    dataset = str(display.dataset)
    terms = tuple(((dataset, str(t)), v) for t, v in zip(display.terms, path, strict=False))
    for treatment, part, n in population.parts(records):
        by: tuple[tuple[Factor, str], ...] = ((treatment_factor(population.study.spec), str(treatment)), *terms)
        cells.append(_subjects(results[f"{name}.{len(path)}"], by, part["USUBJID"].nunique(), n))
        if display.events:
            cells.append(str(len(part)))
            results[f"{name}.{len(path)}"].append(Result(EVENTS, by, len(part), str(len(part))))
        if display.grade:
            worst = _worst(display, part)
            factor = (dataset, str(display.grade.variable))
            for level in display.grade.levels:
                count = int((worst == level).sum())
                cells.append(_subjects(results[f"{name}.{len(path)}.GRADE"], (*by, (factor, level)), count, n))
    return tuple(cells)


def _subjects(results: list[Result], by: tuple[tuple[Factor, str], ...], count: int, n: int) -> str:
    share = percent(count, n)
    results += [Result(COUNT, by, count, str(count)), Result(PERCENT, by, share, f"({rounded(share, 1)})")]
    return count_text(count, n)


def _worst(display: TermsSpec, part: pd.DataFrame) -> pd.Series[Any]:
    """The worst grade of each subject."""
    grade = display.grade
    assert grade is not None
    rank = {level: i for i, level in enumerate(grade.levels)}
    worst = part[grade.variable].map(rank).groupby(part["USUBJID"]).max()
    return worst.map(dict(enumerate(grade.levels)))


def _check_grades(display: TermsSpec, records: pd.DataFrame) -> None:
    if display.grade is None:
        return
    unknown = sorted(set(records[display.grade.variable]) - set(display.grade.levels))
    if unknown:
        raise AnalysisError(f"{display.caption}: '{unknown[0]}' is no level of {display.grade.variable}")
