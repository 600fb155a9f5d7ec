"""Plans: what is known of datasets and variables before a row is read."""

from __future__ import annotations

from collections.abc import Collection

from ..model.issue import SpecProblem
from ..model.metadata import DatasetPlan, Origin, OriginSource, OriginType, ValueLevelPlan, VariablePlan
from ..standards.data_types import data_type
from ..standards.guide import Guide, GuideDataset, GuideVariable
from ..standards.keys import natural_keys
from .codelists import Codelists
from .graph import ORDERED_WORDS
from .load import StudyFiles
from .suggest import near
from .types import DatasetSpec, Step, VariableSpec
from .yields import reason_columns

_SOURCES: dict[str, OriginSource | None] = {
    "Derived": "Sponsor",
    "Assigned": "Sponsor",
    "Protocol": "Sponsor",
    "Predecessor": None,
    "Not Available": None,
}
QUALIFIER_KEYS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")


def dataset_plan(
    files: StudyFiles,
    tables: Guide,
    dataset: GuideDataset,
    spec: DatasetSpec,
    variables: dict[str, VariableSpec],
    codelists: Codelists,
    level: tuple[str, ...],
    problems: list[SpecProblem],
) -> DatasetPlan:
    """The plan of one dataset: variables in the guide's order, keys, value level."""
    arranged = tables.arrange(dataset, variables)
    prefix = spec.dataset[:2]
    keys = spec.keys or natural_keys(dataset, set(variables))
    order = _order_text(spec, spec.order or keys)
    plans = tuple(
        _variable(files, dataset, v, _all_steps(spec, variables, v.name), codelists, order, spec) for v in arranged
    )
    _check_keys(files, dataset, spec, keys, {p.name for p in plans}, problems)
    by = (f"{prefix}TESTCD",) if f"{prefix}TESTCD" in variables else (f"{prefix}PARMCD",)
    return DatasetPlan(
        name=spec.dataset,
        label=spec.label or dataset.label,
        domain=spec.dataset[:2],
        class_name=dataset.class_name,
        structure=spec.structure or dataset.structure,
        keys=tuple(map(str, keys)),
        variables=plans,
        standard="SDTMIG",
        value_level=tuple(ValueLevelPlan(v, by) for v in level),
        comment=spec.comment,
        repeating=dataset.repeating,
        reference_data=dataset.reference_data,
    )


def _order_text(spec: DatasetSpec, keys: tuple[str, ...]) -> str:
    """The order of the records in words: the variables, a declared order of values, then what was collected."""
    sequence = f"{spec.dataset[:2]}SEQ"
    said = [f"{k} (in the order {', '.join(spec.ranked[k])})" if k in spec.ranked else k for k in keys]
    listed = ", ".join(k for k in said if k not in ("STUDYID", sequence))
    return f" Records are in the order of {listed}, then of every collected value."


def _check_keys(
    files: StudyFiles,
    dataset: GuideDataset,
    spec: DatasetSpec,
    keys: tuple[str, ...],
    names: set[str],
    problems: list[SpecProblem],
) -> None:
    file, _ = files.places[f"{spec.dataset} dataset"]
    listed = {"keys": keys, "order": spec.order, "ranked": spec.ranked, "value_level": spec.value_level or ()}
    for word, told in listed.items():
        for key in told:
            if key not in names:
                line = getattr(key, "line", 0) or files.places[f"{spec.dataset} {word}"][1]
                message = f"{spec.dataset}: {word} names {key}, which is no variable of it"
                problems.append(SpecProblem(file, line, "SPEC110", message, near(key, names)))
    known = {v.name for v in dataset.variables}
    for name in spec.omit:
        if name not in known:
            message = f"{spec.dataset}: omit names {name}, which the guide does not have for it"
            problems.append(SpecProblem(file, name.line, "SPEC132", message, near(name, known)))


def _all_steps(spec: DatasetSpec, variables: dict[str, VariableSpec], name: str) -> VariableSpec:
    """The variable with the steps of every record source, for its origin and method."""
    own = variables[name]
    extra = tuple(s for r in spec.records if name in r.set for s in r.set[name].steps)
    if not extra:
        return own
    said = next((r.set[name] for r in spec.records if name in r.set), own)
    return VariableSpec(
        own.steps + extra,
        own.label or said.label,
        own.comment or said.comment,
        own.origin or said.origin,
        own.origin_source or said.origin_source,
        own.evaluator,
        own.qorig,
        own.codelist or said.codelist,
        own.display_format or said.display_format,
        own.line,
        own.file,
    )


def _variable(
    files: StudyFiles,
    dataset: GuideDataset,
    known: GuideVariable,
    spec: VariableSpec,
    codelists: Codelists,
    order: str,
    of: DatasetSpec,
) -> VariablePlan:
    gathered = _gathered_date(of, known.name)
    origin = Origin("Derived", "Sponsor") if gathered else _origin(files, of, known.name, spec)
    method = gathered or (method_text(files, known.name, spec, of) if origin.type == "Derived" else None)
    if method is not None and any(isinstance(s.algorithm, ORDERED_WORDS) for s in spec.steps):
        method += order
    return VariablePlan(
        name=known.name,
        label=known.label,
        numeric=known.numeric,
        data_type=data_type(known),
        role=known.role,
        core=known.core,
        codelist=codelists.name_for(dataset.name, known.name),
        origin=origin,
        method=method,
        comment=spec.comment,
        display_format=spec.display_format,
        decode_of=dataset.decode_of(known.name),
    )


def _origin(files: StudyFiles, of: DatasetSpec, name: str, spec: VariableSpec) -> Origin:
    kind = spec.origin or _origin_type(name, spec.steps)
    if kind != "Collected" or spec.origin_source:
        return Origin(kind, spec.origin_source or _SOURCES[kind])
    source, *also = collected_by(files, of, {r for s in spec.steps for r in s.algorithm.reads})
    return Origin(kind, source, also=tuple(also))


def collected_by(files: StudyFiles, spec: DatasetSpec, reads: Collection[str]) -> tuple[OriginSource, ...]:
    """Who collected the form columns that a variable reads: the sources of the dataset's forms that have them.

    Both are named where some sites' values come from a vendor (a laboratory's system) and others' from the CRF: no
    variable of the data tells which record is whose.
    """
    forms = {r.from_ for r in spec.records}
    blocks = [(s.vendor, b) for s in files.sources.values() for f, bs in s.forms.items() if f in forms for b in bs]
    made = [(vendor, {*b.columns, *reason_columns(b, reads)}) for vendor, b in blocks]
    found = {vendor for vendor, columns in made if not columns.isdisjoint(reads)} or {v for v, _ in blocks}
    named: tuple[tuple[bool, OriginSource], ...] = ((False, "Investigator"), (True, "Vendor"))
    return tuple(source for vendor, source in named if vendor in found) or ("Investigator",)


def _origin_type(name: str, steps: tuple[Step, ...]) -> OriginType:
    if name == "STUDYID":
        return "Protocol"
    if name == "USUBJID":
        return "Derived"
    found = {_step_origin(s) for s in steps}
    for kind in ("Derived", "Collected", "Assigned"):
        if kind in found:
            return kind
    return "Not Available"


def _step_origin(step: Step) -> OriginType:
    """A copy of another variable is derived; a copy of a form column is collected."""
    reads = step.algorithm.reads
    if step.algorithm.origin == "Collected" and reads and all(r.rpartition(".")[2].isupper() for r in reads):
        return "Derived"
    return step.algorithm.origin


def method_text(files: StudyFiles, name: str, spec: VariableSpec, of: DatasetSpec) -> str:
    """The method in sentences: one a step, with the records for which it holds; what is equal is said once.

    Steps of one source of records are tried in turn ("Otherwise"); other sources may have steps of their own.
    """
    if name == "USUBJID":
        return _in_turn(files.study.subject_id.steps)
    extra = [r.set[name].steps for r in of.records if name in r.set]
    own = spec.steps[: len(spec.steps) - sum(map(len, extra))]
    return " In other records: ".join(dict.fromkeys(_in_turn(steps) for steps in (own, *extra) if steps))


def _in_turn(steps: tuple[Step, ...]) -> str:
    return " Otherwise: ".join(dict.fromkeys(map(_sentence, steps)))


def _gathered_date(of: DatasetSpec, name: str) -> str | None:
    """The method of the date on which a visit starts or ends, where visits are gathered from records."""
    which = {f"{of.dataset[:2]}STDTC": "Earliest", f"{of.dataset[:2]}ENDTC": "Latest"}.get(name)
    if which is None or not any(r.gathers == "visits_of" and name in r.set for r in of.records):
        return None
    return f"{which} date on which a record of the subject's visit was collected."


def _sentence(step: Step) -> str:
    text = step.algorithm.describe()
    return text if step.when is None else f"Where {step.when}: {text}"


def supplemental_plan(
    files: StudyFiles, tables: Guide, parent: str, spec: DatasetSpec, codelists: Codelists
) -> DatasetPlan:
    """The plan of SUPP--: its variables are the guide's, its value level is by QNAM."""
    dataset = tables.dataset(f"SUPP{parent}")
    items = tuple(_item(files, parent, n, v, codelists, spec) for n, v in sorted(spec.supplemental.items()))
    return DatasetPlan(
        name=dataset.name,
        label=dataset.label,
        domain=parent,
        class_name=dataset.class_name,
        structure=dataset.structure,
        keys=QUALIFIER_KEYS,
        variables=tuple(_qualifier(v, f"SUPP{parent}", codelists) for v in dataset.variables),
        standard="SDTMIG",
        value_level=(ValueLevelPlan("QVAL", ("QNAM",), items),),
        comment=_relation(parent, spec.omit),
        repeating=True,
        reference_data=False,
    )


def _relation(parent: str, omitted: Collection[str]) -> str:
    """How a supplemental record finds its parent, in words; DM has one record a subject."""
    sequence = f"{parent[:2]}SEQ"
    key = "USUBJID" if parent == "DM" or sequence in omitted else f"USUBJID and {sequence}"
    return (
        f"Qualifiers of {parent} that are no variables of the standard; a record belongs to that of {parent} by {key}."
    )


def _item(
    files: StudyFiles, parent: str, name: str, spec: VariableSpec, codelists: Codelists, of: DatasetSpec
) -> VariablePlan:
    """One supplemental variable, as the value level of QVAL describes it."""
    origin = _origin(files, of, name, spec)
    derived = origin.type == "Derived"
    return VariablePlan(
        name=name,
        label=spec.label or name,
        numeric=False,
        data_type="text",
        codelist=codelists.name_for(parent, name),
        origin=origin,
        method=method_text(files, name, spec, of) if derived else None,
        comment=spec.comment,
        standard=False,
    )


def _qualifier(known: GuideVariable, dataset: str, codelists: Codelists) -> VariablePlan:
    return VariablePlan(
        name=known.name,
        label=known.label,
        numeric=known.numeric,
        data_type=data_type(known),
        role=known.role,
        core=known.core,
        codelist=codelists.name_for(dataset, known.name),
        origin=None if known.name == "QVAL" else Origin("Assigned", "Sponsor"),
        decode_of="QNAM" if known.name == "QLABEL" else None,
    )


def supplemental_origin(name: str, spec: VariableSpec) -> str:
    """QORIG: the origin type of a supplemental variable."""
    return spec.origin or _origin_type(name, spec.steps)
