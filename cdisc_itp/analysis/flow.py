"""The flow of subjects through the study."""

from __future__ import annotations

import pandas as pd

from ..model.display import (
    Analysis,
    Display,
    FlowBox,
    FlowFigure,
    Method,
    Operation,
    PlannedAnalysis,
    Result,
    Selection,
    Table,
    TableColumn,
    TableRow,
)
from ..spec.display_types import BoxSpec, DisplaysSpec, FlowSpec
from .planning import Factor, treatment_factor
from .records import Population, Study, holds

COUNT = Method(
    "SUBJECTS", "Number of subjects", "Number of distinct subjects.", (Operation("N", "Number of subjects", "X"),)
)
_REASONS = Method(
    "SUBJECTS.REASON", "Number of subjects by reason", "Number of distinct subjects of each value.", COUNT.operations
)


def plan_flow(name: str, display: FlowSpec, spec: DisplaysSpec) -> tuple[PlannedAnalysis, ...]:
    """One analysis a box, and one of its reasons."""
    out = []
    for word, box in display.boxes.items():
        by = (treatment_factor(spec),) if box.by_treatment else ()
        selections = _selections(box, spec, by)
        out.append(PlannedAnalysis(f"{name}.{word}", box.label, "USUBJID", selections, by, COUNT))
        if box.reasons:
            factors, said = (*by, _reason(box)), f"{box.label}: reasons"
            selections = _selections(box, spec, factors)
            out.append(PlannedAnalysis(f"{name}.{word}.REASON", said, "USUBJID", selections, factors, _REASONS))
    return tuple(out)


def _selections(box: BoxSpec, spec: DisplaysSpec, factors: tuple[Factor, ...]) -> tuple[Selection, ...]:
    """The records of the box; and the datasets of what it is divided by, where these are others."""
    read = {str(box.dataset): ["USUBJID", *map(str, box.where.reads if box.where else ())]}
    for dataset, variable in factors:
        read.setdefault(dataset, []).append(variable)
    return tuple(
        Selection(dataset, box.where if dataset == box.dataset else None, tuple(dict.fromkeys(names)))
        for dataset, names in read.items()
    )


def compute_flow(name: str, display: FlowSpec, study: Study) -> Display:
    """The diagram, and its numbers as a table. Boxes are of all subjects of their datasets, of any population."""
    population = study.of(display)
    results: dict[str, list[Result]] = {p.id: [] for p in plan_flow(name, display, study.spec)}
    boxes: list[FlowBox] = []
    rows: list[TableRow] = []
    for word, box in display.boxes.items():
        frame = study.frame(box.dataset)
        found = frame[holds(frame, box.where)].drop_duplicates("USUBJID")
        made = _boxes(f"{name}.{word}", word, box, found, population, results)
        boxes += made
        rows += _rows(box, made, population)
    analyses = tuple(Analysis(p, tuple(results[p.id])) for p in plan_flow(name, display, study.spec))
    columns = tuple(TableColumn(h) for h in (*population.treatments, "All"))
    figure = FlowFigure(tuple(boxes), population.treatments)
    table = Table("", columns, tuple(rows))
    return Display(name, display.caption, display.title, population.label, display.footnotes, analyses, table, figure)


def _boxes(
    id: str, word: str, box: BoxSpec, found: pd.DataFrame, population: Population, results: dict[str, list[Result]]
) -> list[FlowBox]:
    if not box.by_treatment:
        return [_box(id, word, box, found, None, population, results)]
    treatment = found["USUBJID"].map(population.treatment)
    return [
        _box(id, word, box, found[treatment == t], i, population, results) for i, t in enumerate(population.treatments)
    ]


def _box(
    id: str,
    word: str,
    box: BoxSpec,
    found: pd.DataFrame,
    column: int | None,
    population: Population,
    results: dict[str, list[Result]],
) -> FlowBox:
    by = () if column is None else ((treatment_factor(population.study.spec), population.treatments[column]),)
    results[id].append(Result("N", by, len(found), str(len(found))))
    lines = []
    if box.reasons:
        counts = _reasons(box, found, population)
        for value in sorted(counts.index, key=lambda v: (-int(counts[v]), v)):
            groups = (*by, (_reason(box), str(value)))
            results[f"{id}.REASON"].append(Result("N", groups, int(counts[value]), str(counts[value])))
            lines.append(f"{value} (n={counts[value]})")
    after = str(box.after) if box.after else None
    return FlowBox(word, box.label, len(found), tuple(lines), after, box.aside, column)


def _reason(box: BoxSpec) -> Factor:
    """Dataset and variable of the reasons."""
    other, _, variable = str(box.reasons).rpartition(".")
    return other or str(box.dataset), variable


def _reasons(box: BoxSpec, found: pd.DataFrame, population: Population) -> pd.Series[int]:
    """The number of the box's subjects by reason; a subject without one is told too."""
    dataset, variable = _reason(box)
    frame = found
    if dataset != box.dataset:
        other = population.study.frame(dataset)
        frame = other[other["USUBJID"].isin(found["USUBJID"])].drop_duplicates(["USUBJID", variable])
    counts = frame.loc[frame[variable] != "", variable].value_counts()
    without = len(set(found["USUBJID"]) - set(frame.loc[frame[variable] != "", "USUBJID"]))
    return pd.concat([counts, pd.Series({"Reason not given": without})]) if without else counts


def _rows(box: BoxSpec, made: list[FlowBox], population: Population) -> list[TableRow]:
    """The box's numbers by treatment and in all; below them its reasons."""
    width = len(population.treatments)
    blank = ("",) * width
    if not box.by_treatment:
        said = [
            TableRow(line.rpartition(" (n=")[0], (*blank, line.rpartition("=")[2][:-1]), 1) for line in made[0].lines
        ]
        return [TableRow(box.label, (*blank, str(made[0].count))), *said]
    counts = [b.count for b in made]
    rows = [TableRow(box.label, (*map(str, counts), str(sum(counts))))]
    by = [{x.rpartition(" (n=")[0]: int(x.rpartition("=")[2][:-1]) for x in b.lines} for b in made]
    for reason in dict.fromkeys(r for d in by for r in d):
        numbers = [d.get(reason, 0) for d in by]
        rows.append(TableRow(reason, (*map(str, numbers), str(sum(numbers))), 1))
    return rows
