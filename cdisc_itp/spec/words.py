"""What is judged of every line alike: tables, formats, kinds of values, conditions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from ..algorithms.baseline import BaselineAtVisit
from ..algorithms.columns import Column, Constant
from ..algorithms.iso8601 import format_kind
from ..algorithms.numbers import StandardUnit
from ..algorithms.registry import Algorithm, DateRef, MapName, MomentRef, NumberRef, TimeRef
from ..algorithms.toxicity import ToxicityWord
from ..algorithms.values import PLAIN_NUMBER
from ..algorithms.visit import SCHEDULE, Epoch
from ..model.where import ORDERED, Comparison, Condition
from .maps import CsvTable
from .suggest import near
from .types import Kind, NumericDate, Step

if TYPE_CHECKING:
    from .builds import DatasetBuild
    from .names import Names

NUMERIC = ("number", "numeric date")
FORMAT_HINT = "made of yyyy yy MMMM MMM MM M dd d HH H hh h a mm ss and signs, or excel_serial"
_WANTED: tuple[tuple[type, str, tuple[Kind | NumericDate, ...]], ...] = (
    (DateRef, "date", ("date", "datetime", "numeric date")),
    (TimeRef, "time", ("time", "numeric date")),
    (NumberRef, "number", ("number", "numeric date")),
    (MomentRef, "date", ("date", "datetime", "number", "numeric date")),
)


class Line(Struct, frozen=True):
    """Where a step stands, and what its names can mean."""

    names: Names
    file: str
    what: str
    step: Step
    dataset: DatasetBuild | None
    forms: tuple[str, ...]

    def fail(self, line: int, code: str, message: str, hint: str = "") -> None:
        """Append a problem; ``line`` 0 is the step's own."""
        self.names.fail(self.file, line or self.step.line or 1, code, f"{self.what}: {message}", hint)

    def kind_of(self, ref: str) -> Kind | NumericDate | None:
        """What a name's values are."""
        return self.names.kind_of(ref, self.dataset, self.forms)


def line_of(text: str) -> int:
    """The line on which a text of a spec was written, 0 where that is not known."""
    return int(getattr(text, "line", 0))


def check_words(at: Line) -> None:
    """SPEC106, SPEC109, SPEC113, SPEC114, SPEC117, SPEC118, SPEC150, SPEC152, SPEC153 of one step."""
    _check_tables(at)
    _check_kinds(at)
    if isinstance(at.step.algorithm, Column):
        for form in at.step.algorithm.format:
            if format_kind(form) is None:
                at.fail(0, "SPEC117", f"'{form}' is no date format", FORMAT_HINT)
    _check_condition(at, at.step.when, "")
    for place, inner in at.step.algorithm.conditions:
        _check_condition(at, inner, f"{place}." if place else "")
    if isinstance(at.step.algorithm, BaselineAtVisit):
        _check_visit(at, at.step.algorithm)


def _check_visit(at: Line, word: BaselineAtVisit) -> None:
    """The visit is one of the schedule's."""
    check_comparison(at, Comparison(word.visit_variable, "EQ", (word.visit_name,)), word.visit_variable)
    schedule = at.names.files.tables.get(SCHEDULE)
    if schedule is None or word.visit_variable not in schedule.columns:
        return
    known = [v for v in schedule.column(word.visit_variable) if v is not None]
    if word.visit_name not in known:
        message = f"{word.visit_variable} is never '{word.visit_name}' in the visit schedule"
        at.fail(0, "SPEC153", message, near(word.visit_name, known))


def check_unfit(at: Line, kind: Kind) -> None:
    """SPEC106: what a source's line says and a form column of its kind cannot be."""
    word = at.step.algorithm
    unfit = word.unfit(kind) if isinstance(word, (Column, Constant)) else ""
    if unfit:
        hint = "declare part: date or part: time, or the column a datetime in forms.yaml" if "datetime" in unfit else ""
        at.fail(0, "SPEC106", unfit, hint)


def _check_tables(at: Line) -> None:
    for table, columns in at.step.algorithm.tables.items():
        at.names.tables_used.add(table)
        if table not in at.names.files.tables:
            _fail_table(at, table)
            continue
        have, (file, _) = at.names.files.tables[table], at.names.files.places[f"map {table}"]
        lacking = [c for c in columns if have.columns and c not in have.columns]
        for column in lacking:
            at.fail(line_of(table), "SPEC114", f"{file} has no column '{column}'", near(column, have.columns))
        if have.columns and not lacking:
            for row, flaw in at.step.algorithm.flaws(have):
                at.names.fail(file, have.lines[row], "SPEC118", flaw)
            if isinstance(at.step.algorithm, Epoch):
                _check_bounds(at, have, file)
            if isinstance(at.step.algorithm, ToxicityWord):
                _check_units(at, at.step.algorithm, have, file)


def _check_units(at: Line, word: ToxicityWord, criteria: CsvTable, file: str) -> None:
    """SPEC118: the bounds of a test are in the one unit that its results are converted to."""
    spec = at.dataset.variables.get(word.unit) if at.dataset is not None else None
    found = [s.algorithm for s in spec.steps if isinstance(s.algorithm, StandardUnit)] if spec else []
    tables = [at.names.files.tables[w.table] for w in found if w.table in at.names.files.tables]
    units: dict[str | None, set[str]] = {}
    for table in tables:
        if {"test", "standard_unit"} <= set(table.columns):
            for test, unit in zip(table.column("test"), table.column("standard_unit"), strict=True):
                units.setdefault(test, set()).update({unit} - {None})  # type: ignore[arg-type]
    for line, test, unit in zip(criteria.lines, criteria.column("test"), criteria.column("unit"), strict=True):
        known = units.get(test, set())
        if unit is not None and known and unit not in known:
            message = f"the bound of {test} is in {unit}, its results are converted to {', '.join(sorted(known))}"
            at.names.fail(file, line, "SPEC118", message)


def _check_bounds(at: Line, epochs: CsvTable, file: str) -> None:
    """Epochs start and end by variables of DM."""
    dm = at.names.datasets.get("DM")
    known = dm.variables if dm is not None else {}
    for word in ("start", "end"):
        for line, name in zip(epochs.lines, epochs.column(word), strict=True):
            if name is not None and name not in known and "DM" not in at.names.broken:
                at.names.fail(
                    file, line, "SPEC110", f"{word} names {name}, which is no variable of DM", near(name, known)
                )


def _fail_table(at: Line, table: str) -> None:
    if table == SCHEDULE:
        at.fail(0, "SPEC113", "the study has no visit schedule", "write 'visits: visits.csv' in study.yaml")
    elif not any(p.file == f"maps/{table}.csv" for p in at.names.problems):
        at.fail(line_of(table), "SPEC113", f"there is no maps/{table}.csv", near(table, at.names.files.tables))


def _check_kinds(at: Line) -> None:
    for ref in at.step.algorithm.references:
        for cls, wanted, kinds in _WANTED:
            kind = at.kind_of(ref) if isinstance(ref, cls) else None
            if kind is not None and kind not in kinds:
                form = "" if ref.rpartition(".")[2].isupper() else f"declare it as {wanted} in forms.yaml"
                message = f"'{at.step.algorithm.word}' reads a {wanted}, and {ref} is {kind}"
                at.fail(line_of(ref), "SPEC109", message, form)


def _check_condition(at: Line, condition: Condition | None, prefix: str) -> None:
    for clause in condition.clauses if condition else ():
        for comparison in clause.comparisons:
            check_comparison(at, comparison, f"{prefix}{comparison.ref}")


def check_comparison(at: Line, c: Comparison, ref: str) -> None:
    """SPEC150 (order of text), SPEC152 (a number compared with text), SPEC153 (a value that is no term)."""
    kind, line = at.kind_of(ref), line_of(c.ref)
    if c.comparator == "IS":
        return
    if c.comparator in ORDERED and kind not in NUMERIC:
        at.fail(line, "SPEC150", f"{c} is an ordered comparison of text", "only numbers have an order here")
    elif kind in NUMERIC:
        for value in c.values:
            if not is_number(value):
                at.fail(line, "SPEC152", f"{c} compares a number with '{value}'")
    else:
        _check_terms(at, c, ref, line)


def is_number(text: str) -> bool:
    """Whether a text is a plain decimal number."""
    import re

    return re.fullmatch(PLAIN_NUMBER, text) is not None


def _check_terms(at: Line, c: Comparison, ref: str, line: int) -> None:
    place, _, variable = ref.rpartition(".")
    dataset = place or (at.dataset.name if at.dataset else "")
    if dataset not in at.names.datasets or variable not in at.names.datasets[dataset].plan.names:
        return
    codelist = at.names.codelists.of(dataset, variable)
    for value in c.values if codelist is not None and not codelist.extensible else ():
        if codelist is not None and value not in codelist.by_value:
            hint = near(value, codelist.by_value)
            at.fail(line, "SPEC153", f"{c} never holds: '{value}' is no term of {codelist.name}", hint)


def check_elsewhere(at: Line, ref: str) -> None:
    """SPEC110, SPEC111: a name of another form or dataset."""
    place, _, column = ref.rpartition(".")
    names, line = at.names, line_of(ref)
    known: Iterable[str]
    if place in names.datasets:
        known = (*names.datasets[place].variables, "USUBJID")
    elif place in names.files.forms:
        known = names.form_names(place)
    elif place in names.broken:
        return
    else:
        hint = near(place, [*names.datasets, *names.files.forms])
        at.fail(line, "SPEC111", f"no form or dataset is called '{place}'", hint)
        return
    if column not in known:
        at.fail(line, "SPEC110", f"{place} has no '{column}'", near(column, known))


def map_of(algorithm: Algorithm) -> MapName | None:
    """The table that recodes, if any."""
    found: MapName | None = getattr(algorithm, "map", None)
    return found
