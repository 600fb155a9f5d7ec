"""Plans of analysis datasets: labels, types, codelists, origins and methods of their variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.assign import Assign, Hardcode
from ..algorithms.change import BaselineValue
from ..algorithms.groups import ValueOfNext, ValueOfPrevious
from ..algorithms.lookup import LookUp
from ..algorithms.merge import Chosen
from ..model.issue import SpecProblem
from ..model.metadata import DatasetPlan, Origin, OriginType, ValueLevelPlan, VariablePlan
from ..standards.data_types import data_type
from ..standards.variables import GuideVariable
from .analysis_types import AnalysisSpec
from .codelists import Codelists
from .graph import ORDERED_WORDS
from .plan import method_text
from .types import DatasetSpec, RecordsSpec, Step, VariableSpec

if TYPE_CHECKING:
    from .analysis import Resolving

SUBJECT_LEVEL = "SUBJECT LEVEL ANALYSIS DATASET"
# ADaMIG 1.3, 3.1: what the end of a name says; SAS shows such numbers as dates and times.
FORMATS = {"DTM": "DATETIME20.", "DT": "DATE9.", "TM": "TIME8."}
_NUMERIC = re.compile(r"(DT|DTM|TM|DY)$")
# Words that take a value of another record.
TAKING = (Chosen, LookUp, BaselineValue, ValueOfPrevious, ValueOfNext)
BY_PARAMETER = ("AVAL", "AVALC")
MAX_LABEL = 40


class Described(Struct, frozen=True):
    """What is known of a variable by its name alone."""

    label: str
    numeric: bool
    codelist: str | None = None
    display_format: str | None = None


def all_lines(spec: DatasetSpec, name: str) -> tuple[Step, ...]:
    """Every line of a variable, those of single record sources among them."""
    return (*spec.variables[name].steps, *(s for r in spec.records if name in r.set for s in r.set[name].steps))


def copied(spec: DatasetSpec, name: str) -> str | None:
    """The variables that a variable is taken over from as they are, where that is all that its lines do."""
    found: dict[str, None] = {}
    for step in all_lines(spec, name):
        word = step.algorithm
        plain = isinstance(word, Assign) and word.map is None and word.case is None and "." in word.source
        if not plain or step.when is not None:
            return None
        found[str(word.source)] = None  # type: ignore[attr-defined]
    return ", ".join(found) or None


def describe_variable(at: Resolving, dataset: str, name: str) -> Described:
    """Label, type and codelist: of the line, the guide, or what is copied."""
    made = at.made[dataset]
    said, known = _said(made, name), _of_guide(at, made, name)
    from_ = [at.described(*_split(ref)) for ref in (copied(made, name) or "").split(", ") if ref]
    taken = next((f for f in from_ if f is not None), None)
    label = said.label or (known.label if known else "") or (taken.label if taken else "")
    numeric = known.numeric if known else taken.numeric if taken else _is_numeric(at, made, name)
    codelist = said.codelist or _codelist(at.codelists, known, name) or _taken_codelist(at, dataset, name)
    ending = next((f for e, f in FORMATS.items() if name.endswith(e) and numeric), None)
    shown = said.display_format or ending or (taken.display_format if taken else None)
    if (dataset, name) in at.codelists.chosen:
        codelist = at.codelists.chosen[(dataset, name)]
    return Described(label, numeric, None if numeric else codelist, shown)


def _taken_codelist(at: Resolving, dataset: str, name: str) -> str | None:
    """The codelist of what a variable takes its values from, where that is all that its lines do."""
    found: set[str | None] = set()
    for step in all_lines(at.made[dataset], name):
        word = step.algorithm
        if not (isinstance(word, TAKING) or (isinstance(word, Assign) and word.map is None and word.case is None)):
            return None
        place, source = _split(word.source)
        of = at.described(place or dataset, source)
        found.add(of.codelist if of else None)
    return found.pop() if len(found) == 1 else None


def _split(ref: str) -> tuple[str, str]:
    place, _, name = ref.rpartition(".")
    return place, name


def _said(made: DatasetSpec, name: str) -> VariableSpec:
    """The metadata of a variable's lines, of the dataset or of one of its record sources."""
    found = [made.variables[name], *(r.set[name] for r in made.records if name in r.set)]
    return VariableSpec(
        all_lines(made, name),
        label=next((f.label for f in found if f.label), None),
        comment=next((f.comment for f in found if f.comment), None),
        origin=next((f.origin for f in found if f.origin), None),
        origin_source=next((f.origin_source for f in found if f.origin_source), None),
        codelist=next((f.codelist for f in found if f.codelist), None),
        display_format=next((f.display_format for f in found if f.display_format), None),
        line=next((f.line for f in found if f.line), 0),
        file=next((f.file for f in found if f.file), ""),
    )


def _of_guide(at: Resolving, made: DatasetSpec, name: str) -> GuideVariable | None:
    try:
        return at.guide.variable(made.class_ or "", name)
    except KeyError:
        return None


def _is_numeric(at: Resolving, made: DatasetSpec, name: str) -> bool:
    """The type of a variable that no standard knows: that of what makes it."""
    for step in all_lines(made, name):
        word = step.algorithm
        if word.numeric:
            return True
        # What takes a value of another record has its type.
        if (isinstance(word, Assign) and word.map is None) or isinstance(word, TAKING):
            place, source = _split(word.source)
            of = at.described(place or str(made.dataset), source)
            if isinstance(word, Assign) or (of is not None and of.numeric):
                return of is not None and of.numeric
    return _NUMERIC.search(name) is not None


def _codelist(codelists: Codelists, known: GuideVariable | None, name: str) -> str | None:
    """The guide's codelist; a flag, whose name ends in FL (ADaMIG), has that of yes and no."""
    if name.endswith("FL") or (known is not None and known.value_list and set(known.value_list) <= {"Y", "N"}):
        return "NY"
    if known is None:
        return None
    return "+".join(codelists.names_of(known)) or None


def analysis_plan(at: Resolving, made: DatasetSpec, spec: AnalysisSpec) -> DatasetPlan:
    """The plan of one analysis dataset; variables in the order of its file."""
    name = str(made.dataset)
    level = spec.value_level if spec.value_level is not None else _default_level(made)
    variables = tuple(_variable(at, made, v, level) for v in made.variables)
    return DatasetPlan(
        name=name,
        label=spec.label,
        domain=name,
        class_name=spec.class_,
        structure=spec.structure,
        keys=tuple(map(str, spec.keys)),
        variables=variables,
        standard="ADaMIG",
        value_level=tuple(ValueLevelPlan(str(v), ("PARAMCD",), tuple(_items(at, made, spec, str(v)))) for v in level),
        comment=spec.comment,
        repeating=spec.class_ != SUBJECT_LEVEL,
        reference_data=False,
    )


def _default_level(made: DatasetSpec) -> tuple[str, ...]:
    return tuple(v for v in BY_PARAMETER if "PARAMCD" in made.variables and v in made.variables)


def _variable(at: Resolving, made: DatasetSpec, name: str, level: tuple[str, ...]) -> VariablePlan:
    dataset, said = str(made.dataset), _said(made, name)
    known, described = _of_guide(at, made, name), at.described(str(made.dataset), name)
    assert described is not None
    if name not in made.omit:
        _check_label(at, dataset, name, said, known, described.label)
    shape = "ISO 8601 datetime" if name.endswith("DTC") and not described.numeric else ""
    core = known.core if known else "Perm"
    as_guide = GuideVariable(name, described.label, described.numeric, 0, None, core, format=shape)
    origin = _origin(made, name, said)
    method = _method(at, made, name, level) if origin.type == "Derived" else None
    return VariablePlan(
        name=name,
        label=described.label,
        numeric=described.numeric,
        data_type=data_type(as_guide),
        core=as_guide.core,
        codelist=described.codelist,
        origin=origin,
        method=method,
        comment=said.comment,
        display_format=described.display_format,
        decode_of="PARAMCD" if name == "PARAM" else None,
    )


def _method(at: Resolving, made: DatasetSpec, name: str, level: tuple[str, ...]) -> str:
    if name in level and not made.variables[name].steps:
        return "By parameter, as the value level says it."
    text = method_text(at.files, name, made.variables[name], made)
    if any(isinstance(s.algorithm, ORDERED_WORDS) or s.algorithm.ordered for s in all_lines(made, name)):
        text += f" Records are in the order of {', '.join(map(str, made.order or made.keys))}."
    working = [n for n in _working(made, name) if name not in made.omit]
    return text + "".join(f" {n}: {method_text(at.files, n, made.variables[n], made)}" for n in working)


def _working(made: DatasetSpec, name: str) -> list[str]:
    """The variables that are in no file and that a variable is made from, also by way of others of them."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        steps = all_lines(made, waiting.pop(0))
        reads = [r for s in steps for r in (*s.algorithm.reads, *(s.when.reads if s.when else ()))]
        bare = [r.removeprefix(f"{made.dataset}.") for r in reads]
        new = [r for r in dict.fromkeys(bare) if r in made.omit and r not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)


def _check_label(
    at: Resolving, dataset: str, name: str, said: VariableSpec, known: GuideVariable | None, label: str
) -> None:
    """SPEC131 (another label than the guide's), SPEC132 (none at all, or one that no transport file can hold)."""
    file, line = said.file or at.files.places[f"{dataset} dataset"][0], said.line
    what = f"{dataset}.{name}"
    if known is not None and known.label and said.label and said.label != known.label:
        problem = ("SPEC131", f"{what}: the guide's label is '{known.label}'", "leave the label out")
    elif not label:
        problem = (
            "SPEC132",
            f"{what}: ADaMIG {at.guide.version} has no such variable, and it has no label",
            "label: ...",
        )
    elif len(label) > MAX_LABEL:
        problem = ("SPEC134", f"{what}: the label has over {MAX_LABEL} characters", "")
    else:
        return
    at.problems.append(SpecProblem(file, line or 1, *problem))


def _origin(made: DatasetSpec, name: str, said: VariableSpec) -> Origin:
    if said.origin is not None:
        return Origin(said.origin, said.origin_source or ("Sponsor" if said.origin != "Predecessor" else None))
    predecessor = copied(made, name)
    if predecessor is not None:
        return Origin("Predecessor", predecessor=predecessor)
    kind: OriginType = "Derived" if any(s.algorithm.origin != "Assigned" for s in said.steps) else "Assigned"
    several = len(made.variables[name].steps) > 1 or any(s.when is not None for s in said.steps)
    return Origin("Derived" if several else kind, "Sponsor")


def _items(at: Resolving, made: DatasetSpec, spec: AnalysisSpec, name: str) -> Iterator[VariablePlan]:
    """What single parameters have of their own: the method of a result."""
    for code, parameter in spec.parameters.items():
        sources = tuple(
            replace(r, set={name: r.set[name]}) for r in made.records if name in r.set and _codes(r) == code
        )
        if not sources:
            continue
        own = DatasetSpec(made.dataset, sources, {name: VariableSpec(())})
        said = _said(own, name)
        origin = _origin(own, name, said)
        described = at.described(str(made.dataset), name)
        yield VariablePlan(
            name=code,
            label=parameter.label,
            numeric=described is not None and described.numeric,
            data_type="float" if described is not None and described.numeric else "text",
            origin=origin,
            method=method_text(at.files, name, said, own) if origin.type == "Derived" else None,
            comment=said.comment,
        )


def _codes(records: RecordsSpec) -> str | None:
    """The parameter code that every record of a source has."""
    steps = records.set["PARAMCD"].steps if "PARAMCD" in records.set else ()
    words = [s.algorithm for s in steps if isinstance(s.algorithm, Hardcode) and s.when is None]
    return str(words[0].value) if len(words) == len(steps) == 1 else None
