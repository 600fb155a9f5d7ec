"""Summaries of variables by treatment: numbers by statistics, values by counts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct, field

from ..model.display import Analysis, Display, Method, Operation, PlannedAnalysis, Result, Table, TableColumn, TableRow
from ..spec.display_types import DisplaysSpec, SummarySpec, SummaryVariableSpec
from .describing import (
    COMPUTED,
    QUARTILES,
    ROWS,
    Numbers,
    count_text,
    operation,
    percent,
    places,
    rounded,
)
from .planning import Factor, both, headings, plan_analysis, treatment_factor
from .records import AnalysisError, Population, Study, levels

COUNT, PERCENT, MISSING = "COUNT", "PERCENT", "MISSING"
_OF = {"population": "the subjects of the treatment in the population", "records": "the records that have a value"}


def plan_summary(name: str, display: SummarySpec, spec: DisplaysSpec) -> tuple[PlannedAnalysis, ...]:
    """One analysis a variable by treatment, and one of all subjects where the display has a total."""
    out = []
    for number, variable in enumerate(display.variables, 1):
        factors = _factors(display, variable)
        where = both(display.where, variable.where)
        for total in (False, True)[: 1 + display.total]:
            by = factors if total else (treatment_factor(spec), *factors)
            plan = plan_analysis(
                spec,
                display,
                display.dataset,
                where,
                (variable.name,),
                by,
                _method(variable),
                id=f"{name}.{number}.{variable.name}{'.TOTAL' if total else ''}",
                name=f"{_label(variable)} {'of all subjects' if total else 'by treatment'}",
            )
            out.append(plan)
    return tuple(out)


def compute_summary(name: str, display: SummarySpec, study: Study) -> Display:
    """The table and its results. AnalysisError for a value that is no category, or two records of a subject."""
    population = study.of(display)
    plans = iter(plan_summary(name, display, study.spec))
    parts = [
        _Part(display, v, population, next(plans), next(plans) if display.total else None) for v in display.variables
    ]
    rows: list[TableRow] = []
    for level in _levels(display, population):
        base = 0 if level is None else 1
        rows += [] if level is None else [TableRow(level)]
        shown = [p for p in parts if level is None or p.has(level)]
        for part in shown:
            named = level is None or len(shown) > 1
            rows += [TableRow(_label(part.variable), indent=base)] if named else []
            rows += part.rows(level, base + named)
    columns = tuple(TableColumn(h) for h in headings(population, display.total))
    stub = (display.within.label or "") if display.within else ""
    analyses = tuple(a for part in parts for a in part.analyses())
    table = Table(stub, columns, tuple(rows))
    return Display(name, display.caption, display.title, population.label, display.footnotes, analyses, table)


def _label(variable: SummaryVariableSpec) -> str:
    return variable.label or str(variable.name)


def _factors(display: SummarySpec, variable: SummaryVariableSpec) -> tuple[Factor, ...]:
    names = [display.within.variable] if display.within else []
    return tuple((str(display.dataset), str(n)) for n in [*names, *([variable.name] if variable.categories else [])])


def _levels(display: SummarySpec, population: Population) -> list[str] | list[None]:
    if display.within is None:
        return [None]
    records = population.records(display.dataset, display.where)
    return levels(records, display.within.variable, display.within.order)


def _method(variable: SummaryVariableSpec) -> Method:
    if variable.categories:
        counted = (
            Operation(COUNT, "Number of subjects" if variable.percent_of == "population" else "Number of records", "X"),
            Operation(PERCENT, "Percentage", "(X.X)"),
            operation(MISSING, 0),
        )
        text = f"Counts of each value; percentages of {_OF[variable.percent_of]}."
        return Method(f"CATEGORICAL.{variable.percent_of.upper()}", "Counts and percentages", text, counted)
    ids = list(dict.fromkeys(o for s in variable.statistics for o in ROWS[s].operations))
    operations = tuple(operation(i, variable.decimals) for i in ids)
    said = ", ".join(o.name[0].lower() + o.name[1:] for o in operations)
    text = f"Descriptive statistics: {said}." + (f" {QUARTILES}" if {"Q1", "Q3", "MEDIAN"} & set(ids) else "")
    return Method(f"CONTINUOUS.{variable.decimals}.{'-'.join(ids)}", "Descriptive statistics", text, operations)


class _Part(Struct, dict=True):
    """One variable of a summary while its rows are made; results are collected by treatment and in total."""

    display: SummarySpec
    variable: SummaryVariableSpec
    population: Population
    plan: PlannedAnalysis
    total: PlannedAnalysis | None
    results: dict[bool, list[Result]] = field(default_factory=lambda: {False: [], True: []})

    @cached_property
    def records(self) -> pd.DataFrame:
        """The records that are summarized."""
        where = both(self.display.where, self.variable.where)
        return self.population.records(self.display.dataset, where)

    def analyses(self) -> Iterator[Analysis]:
        """The analyses with their results."""
        yield Analysis(self.plan, tuple(self.results[False]))
        if self.total is not None:
            yield Analysis(self.total, tuple(self.results[True]))

    def at(self, level: str | None) -> pd.DataFrame:
        """The records of one value of ``within``."""
        within = self.display.within
        return self.records if within is None else self.records[self.records[within.variable] == level]

    def has(self, level: str) -> bool:
        """Whether there are records of the variable for a value of ``within``: of none there is nothing to show."""
        frame = self.at(level)
        column = frame[self.variable.name]
        return bool((column.notna() & (column != "")).any())

    def rows(self, level: str | None, indent: int) -> list[TableRow]:
        """The rows for one value of ``within``."""
        within, frame = self.display.within, self.at(level)
        base: tuple[tuple[Factor, str], ...] = ()
        if within is not None and level is not None:
            base = (((str(self.display.dataset), str(within.variable)), level),)
        make = self._counted if self.variable.categories else self._described
        columns = []
        for treatment, part, n in self.population.parts(frame, self.total is not None):
            by = base if treatment is None else ((self.plan.factors[0], treatment), *base)
            columns.append(make(part, n, by, treatment is None))
        labels = list(dict.fromkeys(label for column in columns for label in column))
        if "Missing" in labels and all(c.get("Missing", "0") == "0" for c in columns):
            labels.remove("Missing")
        return [TableRow(label, tuple(c.get(label, "0") for c in columns), indent) for label in labels]

    def _described(self, part: pd.DataFrame, n: int, by: tuple[Any, ...], total: bool) -> dict[str, str]:
        column = part[self.variable.name]
        if not pd.api.types.is_numeric_dtype(column):
            raise AnalysisError(f"{self.display.caption}: {self.variable.name} is text - say which categories it has")
        values: Numbers = column.dropna().to_numpy(np.float64)
        texts: dict[str, str] = {}
        for op in self.plan.method.operations:
            raw = n - part.loc[column.notna(), "USUBJID"].nunique() if op.id == MISSING else COMPUTED[op.id][1](values)
            texts[op.id] = rounded(raw, places(op.id, self.variable.decimals))
            self.results[total].append(Result(op.id, by, raw, texts[op.id]))
        rows = (ROWS[s] for s in self.variable.statistics)
        return {
            r.label: r.put.format(*(texts[o] for o in r.operations)) if len(values) else _empty(r.label, texts)
            for r in rows
        }

    def _counted(self, part: pd.DataFrame, n: int, by: tuple[Any, ...], total: bool) -> dict[str, str]:
        column = part[self.variable.name]
        present = part[column != ""]
        whole = n if self.variable.percent_of == "population" else len(present)
        self._check(present)
        out: dict[str, str] = {}
        factor = (str(self.display.dataset), str(self.variable.name))
        for value, label in self.variable.categories.items():
            found = present[present[self.variable.name] == value]
            count = found["USUBJID"].nunique() if self.variable.percent_of == "population" else len(found)
            groups, share = (*by, (factor, value)), percent(count, whole)
            self.results[total].append(Result(COUNT, groups, count, str(count)))
            self.results[total].append(Result(PERCENT, groups, share, f"({rounded(share, 1)})"))
            out[label or value] = count_text(count, whole)
        without = n - present["USUBJID"].nunique()
        self.results[total].append(Result(MISSING, by, without, str(without)))
        return out | ({"Missing": str(without)} if self.variable.percent_of == "population" else {})

    def _check(self, present: pd.DataFrame) -> None:
        name = self.variable.name
        unknown = sorted(set(present[name]) - set(self.variable.categories))
        if unknown:
            raise AnalysisError(f"{self.display.caption}: {name} has the value '{unknown[0]}', which is no category")
        if self.variable.percent_of == "population" and present["USUBJID"].duplicated().any():
            who = present.loc[present["USUBJID"].duplicated(), "USUBJID"].iloc[0]
            raise AnalysisError(f"{self.display.caption}: {who} has more than one record with {name} in one place")


def _empty(label: str, texts: dict[str, str]) -> str:
    """What a row says of no values: the number is 0, the rest is not computed."""
    return {"n": "0", "Missing": texts.get(MISSING, "")}.get(label, "-")
