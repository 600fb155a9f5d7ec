"""What a study need not say: variables that the guide, the schedule and the study's identity already determine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.assign import Decode, Hardcode
from ..algorithms.dates import StudyDay
from ..algorithms.numbers import StandardUnit
from ..algorithms.registry import Algorithm, DateRef, Ref
from ..algorithms.sequence import Sequence
from ..algorithms.visit import SCHEDULE, Epoch, Visit
from ..standards.guide import GuideDataset
from .load import StudyFiles
from .types import DatasetSpec, Step, VariableSpec

FINDINGS_RESULTS = ("ORRES", "ORRESU", "STRESC", "STRESN", "STRESU")


class Situation(Struct, frozen=True):
    """A dataset's spec with what surrounds it."""

    files: StudyFiles
    spec: DatasetSpec
    guide: GuideDataset
    form_columns: frozenset[str]

    @property
    def prefix(self) -> str:
        """The two letters that begin the dataset's own variables."""
        return self.spec.dataset[:2]

    def has(self, name: str) -> bool:
        """Whether the spec declares a variable, for all records or for some."""
        return name in self.spec.variables or any(name in r.set for r in self.spec.records)

    def lists(self, name: str) -> bool:
        """Whether the guide lists a variable for the dataset."""
        return any(v.name == name for v in self.guide.variables)


def default_variables(at: Situation) -> dict[str, VariableSpec]:
    """Variables that need no line, with the steps that make them; what the spec declares is not among them."""
    out: dict[str, VariableSpec] = {}
    for rule in _RULES:
        for name, algorithm in rule(at, out):
            if not at.has(name) and name not in at.spec.omit and name not in out:
                out[name] = VariableSpec((Step(algorithm),), file=f"sdtm/{at.spec.dataset.lower()}.yaml", line=1)
    reference = at.files.study.reference_start
    if at.spec.dataset == "DM" and reference is not None and not at.has("RFSTDTC"):
        out["RFSTDTC"] = reference
    return _with_bounds(at.files, out)


Rule = Callable[[Situation, dict[str, VariableSpec]], Iterator[tuple[str, Algorithm]]]


def _identity(at: Situation, made: dict[str, VariableSpec]) -> Iterator[tuple[str, Algorithm]]:
    yield "STUDYID", Hardcode(at.files.study.study)
    if at.lists("DOMAIN"):
        yield "DOMAIN", Hardcode(at.spec.dataset[:2])


def _sequence(at: Situation, made: dict[str, VariableSpec]) -> Iterator[tuple[str, Algorithm]]:
    name = f"{at.prefix}SEQ"
    if at.lists(name):
        yield name, Sequence(Ref("USUBJID" if at.lists("USUBJID") else "STUDYID"))


def _decodes(at: Situation, made: dict[str, VariableSpec]) -> Iterator[tuple[str, Algorithm]]:
    for code, decode in (("TESTCD", "TEST"), ("PARMCD", "PARM")):
        if at.has(f"{at.prefix}{code}") and at.lists(f"{at.prefix}{decode}"):
            yield f"{at.prefix}{decode}", Decode(Ref(f"{at.prefix}{code}"))


def _visits(at: Situation, made: dict[str, VariableSpec]) -> Iterator[tuple[str, Algorithm]]:
    """Number, name and planned day of the form's visit; where the guide lists none, VISITNUM's line brings them."""
    schedule = at.files.tables.get(SCHEDULE)
    steps = at.spec.variables["VISITNUM"].steps if "VISITNUM" in at.spec.variables else ()
    said = next((s.algorithm.source for s in steps if isinstance(s.algorithm, Visit)), None)
    if schedule is None or (said is None and "visit" not in at.form_columns):
        return
    for name in ("VISITNUM", "VISIT", "VISITDY"):
        if name in schedule.columns and (at.lists(name) or said is not None):
            # An unknown visit is reported once, by its number.
            reported = name == "VISITNUM" or not (at.has("VISITNUM") or "VISITNUM" in schedule.columns)
            yield name, Visit(said or Ref("visit"), name, reported=reported)


def _study_days(at: Situation, made: dict[str, VariableSpec]) -> Iterator[tuple[str, Algorithm]]:
    if "DM" not in at.files.datasets:
        return
    for date, day in (("DTC", "DY"), ("STDTC", "STDY"), ("ENDTC", "ENDY")):
        if at.has(f"{at.prefix}{date}") and at.lists(f"{at.prefix}{day}"):
            yield f"{at.prefix}{day}", StudyDay(DateRef(f"{at.prefix}{date}"))


def _epoch(at: Situation, made: dict[str, VariableSpec]) -> Iterator[tuple[str, Algorithm]]:
    table = at.files.tables.get("epochs")
    date = next((f"{at.prefix}{d}" for d in ("STDTC", "DTC") if at.has(f"{at.prefix}{d}")), None)
    if table is not None and date is not None and at.lists("EPOCH"):
        yield "EPOCH", Epoch(DateRef(date))


def with_epoch_bounds(files: StudyFiles, spec: DatasetSpec) -> DatasetSpec:
    """The dataset, where every ``epoch`` knows the variables of DM that its table names."""
    records = tuple(replace(r, set=_with_bounds(files, r.set)) for r in spec.records)
    supplemental = _with_bounds(files, spec.supplemental)
    return replace(spec, records=records, variables=_with_bounds(files, spec.variables), supplemental=supplemental)


def with_results(spec: DatasetSpec) -> DatasetSpec:
    """The dataset, where the unit of a standard result (--STRESU) is left out with the result (--STRESC)."""
    unit, result = (f"{spec.dataset[:2]}{s}" for s in ("STRESU", "STRESC"))
    if result not in spec.variables:
        return spec
    records = tuple(replace(r, set=_with_result(r.set, unit, result)) for r in spec.records)
    return replace(spec, records=records, variables=_with_result(spec.variables, unit, result))


def _with_result(variables: dict[str, VariableSpec], unit: str, result: str) -> dict[str, VariableSpec]:
    if unit not in variables:
        return variables
    steps = tuple(
        replace(s, algorithm=s.algorithm.changed(result=Ref(result))) if isinstance(s.algorithm, StandardUnit) else s
        for s in variables[unit].steps
    )
    return {**variables, unit: replace(variables[unit], steps=steps)}


def _with_bounds(files: StudyFiles, variables: dict[str, VariableSpec]) -> dict[str, VariableSpec]:
    return {n: replace(v, steps=tuple(_bounded(files, s) for s in v.steps)) for n, v in variables.items()}


def _bounded(files: StudyFiles, step: Step) -> Step:
    if not isinstance(step.algorithm, Epoch):
        return step
    table = files.tables.get(step.algorithm.table)
    if table is None or not {"start", "end"} <= set(table.columns):
        return step
    named = dict.fromkeys([*table.column("start"), *table.column("end")])
    bounds = tuple(DateRef(f"DM.{v}") for v in named if v)
    return replace(step, algorithm=step.algorithm.changed(bounds=bounds))


_RULES: tuple[Rule, ...] = (_identity, _sequence, _decodes, _visits, _study_days, _epoch)


def default_value_level(at: Situation, names: tuple[str, ...]) -> tuple[str, ...]:
    """Results and units of a findings dataset, by test."""
    if f"{at.prefix}TESTCD" not in names:
        return ()
    return tuple(f"{at.prefix}{s}" for s in FINDINGS_RESULTS if f"{at.prefix}{s}" in names)
