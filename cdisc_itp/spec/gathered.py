"""Records that no form of their own has: elements of the trial that subjects entered (SE), visits of its data (SV).

A line such as ``{elements: epochs}`` or ``{visits_of: [LB, VS]}`` becomes record sources like any others, with the
lines that make their variables.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.assign import Hardcode, HardcodeCt
from ..algorithms.dates import AssignDatetime
from ..algorithms.elements import Element, Part, PlannedElement
from ..algorithms.registry import DateRef, MapName, Ref, inside
from ..algorithms.visit import SCHEDULE, Visit
from ..model.issue import SpecProblem
from ..model.where import Comparison, Condition, WhereClause
from .load import StudyFiles
from .maps import CsvTable
from .types import DatasetSpec, RecordsSpec, Step, VariableSpec

if TYPE_CHECKING:
    from .builds import DatasetBuild

VISITS, ELEMENTS = "visits_of", "elements"
OF_VISIT = ("VISITNUM", "VISIT", "VISITDY")
_PARTS: tuple[Part, ...] = ("ETCD", "ELEMENT", "EPOCH", "SESTDTC", "SEENDTC")


def is_gathered(spec: DatasetSpec) -> bool:
    """Whether a dataset has records of elements or of visits."""
    return any(r.visits_of or r.elements for r in spec.records)


def with_gathered(
    files: StudyFiles, spec: DatasetSpec, datasets: Mapping[str, DatasetBuild], problems: list[SpecProblem]
) -> DatasetSpec:
    """The dataset with record sources that have a form each, and with the variables that follow from them.

    ``datasets`` are those whose visits may be gathered. Problems: SPEC106, SPEC107, SPEC110, SPEC114.
    """
    at = _Gathering(files, spec, datasets, problems)
    records = tuple(made for r in spec.records for made in at.sources(r))
    variables = dict(spec.variables)
    if any(r.visits_of for r in spec.records):
        variables = {**dict(at.of_planned()), **dict(at.of_forms()), **variables}
    return replace(spec, records=records, variables=variables)


class _Gathering(Struct, frozen=True):
    files: StudyFiles
    spec: DatasetSpec
    datasets: Mapping[str, DatasetBuild]
    problems: list[SpecProblem]

    @property
    def file(self) -> str:
        return self.files.places[f"{self.spec.dataset} records"][0]

    def fail(self, line: int, code: str, message: str, hint: str = "") -> None:
        line = line or self.files.places[f"{self.spec.dataset} records"][1]
        self.problems.append(SpecProblem(self.file, line, code, f"{self.spec.dataset}: {message}", hint))

    def sources(self, records: RecordsSpec) -> Iterator[RecordsSpec]:
        """The record sources that a line of ``records`` means."""
        said = [w for w, v in (("from", records.from_), (VISITS, records.visits_of), (ELEMENTS, records.elements)) if v]
        if len(said) != 1:
            self.fail(0, "SPEC107", f"records need one of 'from', '{VISITS}' and '{ELEMENTS}'")
        elif records.visits_of:
            for name in records.visits_of:
                yield from self._visits(name, records)
        elif records.elements:
            yield from self._elements(records.elements, records)
        else:
            yield records

    def _visits(self, name: Ref, records: RecordsSpec) -> Iterator[RecordsSpec]:
        """The record sources of a dataset with visits; the dates are those of its --DTC, else --STDTC, by day."""
        other = self.datasets.get(name)
        names = [f"{name[:2]}DTC", f"{name[:2]}STDTC"]
        made = set() if other is None else {*other.variables, *(v for r in other.spec.records for v in r.set)}
        date = next((n for n in names if n in made), None)
        if other is None or date is None or "VISITNUM" not in made:
            self.fail(name.line, "SPEC110", f"{VISITS} names {name}, which is no dataset with VISITNUM and a date")
            return
        start, end = (f"{self.spec.dataset[:2]}{suffix}" for suffix in ("STDTC", "ENDTC"))
        for source in other.spec.records:
            lines = {v: _lines(other, source, v, date, start) for v in (date, *OF_VISIT) if v in made}
            days = VariableSpec(tuple(map(_by_day, lines.pop(date).steps)))
            made_here = {start: days, end: days, **lines, **records.set}
            yield RecordsSpec(source.from_, source.where, source.reason, made_here, gathers=VISITS)

    def of_planned(self) -> Iterator[tuple[str, VariableSpec]]:
        """SVPRESP and SVOCCUR of the visits that are planned, where the spec does not say them."""
        tables = (self.files.trial.get("TV"), self.files.tables.get(SCHEDULE))
        table = next((t for t in tables if t is not None and "VISITNUM" in t.columns), None)
        numbers = tuple(n for n in table.column("VISITNUM") if n is not None) if table is not None else ()
        when = Condition((WhereClause((Comparison("VISITNUM", "IN", numbers),)),))
        for name in ("SVPRESP", "SVOCCUR") if numbers and self.spec.dataset == "SV" else ():
            yield name, VariableSpec((Step(HardcodeCt("Y"), when),), origin="Derived")

    def of_forms(self) -> Iterator[tuple[str, VariableSpec]]:
        """Visit and date of forms that are gathered beside datasets, where the spec does not say them."""
        forms = [self.files.forms[r.from_].columns for r in self.spec.records if r.from_ in self.files.forms]
        columns = {c for form in forms for c in form}
        if "date" in columns:
            for suffix in ("STDTC", "ENDTC"):
                yield f"{self.spec.dataset[:2]}{suffix}", VariableSpec((Step(AssignDatetime(DateRef("date"))),))
        schedule = self.files.tables.get(SCHEDULE)
        if "visit" in columns and schedule is not None:
            for name in (n for n in ("VISITNUM", "VISIT", "VISITDY") if n in schedule.columns):
                yield name, VariableSpec((Step(Visit(Ref("visit"), name)),))

    def _elements(self, name: MapName, records: RecordsSpec) -> Iterator[RecordsSpec]:
        """A record source for each place of an arm: who entered no element there has no record."""
        arms = self.arms(name)
        dm = self.files.datasets.get("DM")
        if not arms or dm is None:
            return
        starts = dict.fromkeys(e.start for _, path in arms for e in path)
        arm, actual, ended = (inside("DM", Ref(v)) for v in ("ARMCD", "ACTARMCD", "RFPENDTC"))
        dates = tuple(DateRef(f"DM.{v}") for v in starts)
        for order in sorted({e.order for _, path in arms for e in path}):
            words = {p: Element(arm, actual, DateRef(ended), order, p, name, arms, dates) for p in _PARTS}
            made: dict[str, VariableSpec] = {p: VariableSpec((Step(w),), file=self.file) for p, w in words.items()}
            made["TAETORD"] = VariableSpec((Step(Hardcode(str(order))),), origin="Derived", file=self.file)
            for source in dm.records:
                yield replace(source, set={**made, **records.set}, gathers=ELEMENTS)

    def arms(self, name: MapName) -> tuple[tuple[str, tuple[PlannedElement, ...]], ...]:
        """The elements of each arm of TA, with the variables of DM in which they start, as a table says by epoch."""
        ta, te, table = self.files.trial.get("TA"), self.files.trial.get("TE"), self.files.tables.get(name)
        if ta is None:
            self.fail(name.line, "SPEC107", f"{ELEMENTS} needs the trial's arms", "trial: {TA: ...} in study.yaml")
            return ()
        if table is None or not {"epoch", "start", "end"} <= set(table.columns):
            self.fail(name.line, "SPEC114", f"there is no table '{name}' with the columns epoch, start, end")
            return ()
        names = dict(zip(te.column("ETCD"), te.column("ELEMENT"), strict=True)) if te is not None else {}
        bounds = {str(r["epoch"]): r for r in _rows(table)}
        out: dict[str, list[PlannedElement]] = {}
        for row in sorted(_rows(ta), key=lambda r: (str(r["ARMCD"]), int(r["TAETORD"] or 0))):
            path, epoch = out.setdefault(str(row["ARMCD"]), []), str(row["EPOCH"])
            start = bounds.get(epoch, {}).get("start")
            if start is None or any(e.epoch == epoch for e in path):
                why = "has no start" if start is None else "has several elements in one arm"
                self.fail(name.line, "SPEC106", f"epoch {epoch} {why}: {name} cannot tell when elements start")
                return ()
            follows = bool(path) and bounds[path[-1].epoch]["end"] == start
            code = str(row["ETCD"])
            path.append(PlannedElement(int(row["TAETORD"] or 0), code, names.get(code) or code, epoch, start, follows))
        return tuple((arm, tuple(path)) for arm, path in out.items())


def _rows(table: CsvTable) -> list[dict[str, str | None]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _lines(other: DatasetBuild, source: RecordsSpec, variable: str, date: str, start: str) -> VariableSpec:
    """A variable's lines for one record source, where the date has another name; what they miss is told once."""
    said = source.set.get(variable)
    steps = (*(said.steps if said else ()), *other.variables[variable].steps)
    return VariableSpec(tuple(_renamed(s, date, start) for s in steps), origin="Derived")


def _renamed(step: Step, date: str, start: str) -> Step:
    def other(value: Any) -> Any:
        return type(value)(start) if isinstance(value, Ref) and value == date else value

    word: Any = step.algorithm
    fields = {f.name: other(getattr(word, f.name)) for f in dataclasses.fields(word)}
    if isinstance(word, Visit):
        fields["reported"] = False
    clauses = step.when.clauses if step.when else ()
    when = tuple(WhereClause(tuple(_of_date(c, date, start) for c in clause.comparisons)) for clause in clauses)
    return replace(step, algorithm=word.changed(**fields), when=Condition(when) if step.when else None)


def _of_date(comparison: Comparison, date: str, start: str) -> Comparison:
    return replace(comparison, ref=start) if comparison.ref == date else comparison


def _by_day(step: Step) -> Step:
    """A line for a date without its time: a visit is a matter of days."""
    word = step.algorithm
    return replace(step, algorithm=word.changed(time=None)) if isinstance(word, AssignDatetime) else step
