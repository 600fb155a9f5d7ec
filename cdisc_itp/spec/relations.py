"""RELREC: records, or whole datasets, that belong together since identifiers are equal (SDTMIG 3.4, 8.2 and 8.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ..model.issue import SpecProblem
from ..model.metadata import DatasetPlan, Origin, VariablePlan
from ..standards.data_types import data_type
from ..standards.guide import Guide, GuideVariable
from ..standards.keys import natural_keys
from .codelists import Codelists
from .load import StudyFiles
from .suggest import near
from .types import RelationSpec

if TYPE_CHECKING:
    from .builds import DatasetBuild

RELREC = "RELREC"
FILE = "study.yaml"
_NAME = r"[A-Z][A-Z0-9]*"


class Relation(Struct, frozen=True):
    """Members: the identifier by dataset. ``types`` (ONE or MANY by dataset) is empty where records are related.

    ``line`` is the line of study.yaml; ``domains`` are the domains of the datasets.
    """

    name: str
    members: dict[str, str]
    types: dict[str, str]
    domains: dict[str, str]
    line: int

    def __str__(self) -> str:
        said = [f"{dataset}.{variable}" for dataset, variable in self.members.items()]
        which = f"{', '.join(said[:-1])} and {said[-1]}"
        if not self.types:
            return f"{self.name}: records of a subject with equal values of {which}; a relation for each value."
        counts = ", ".join(f"{t} in {d}" for d, t in self.types.items())
        return f"{self.name}: the datasets are related by equal values of {which} within a subject ({counts})."


class Relations(Struct, frozen=True):
    """The plan of RELREC and the relations that make its records, in the order of their names."""

    plan: DatasetPlan
    relations: tuple[Relation, ...]

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that have members."""
        return tuple(sorted({d for r in self.relations for d in r.members}))

    def relation(self, relid: str) -> Relation:
        """The relation of a RELID."""
        name = relid.partition("-")[0]
        return next(r for r in self.relations if r.name == name)


def load_relations(
    files: StudyFiles,
    tables: Guide,
    codelists: Codelists,
    datasets: dict[str, DatasetBuild],
    problems: list[SpecProblem],
) -> Relations | None:
    """The relations that study.yaml declares; None where there are none.

    Problems: SPEC102 (a name, too few members, types of other datasets), SPEC110 (no such variable), SPEC111 (no
    such dataset), SPEC119 (sdtm/ describes RELREC too).
    """
    before, made = len(problems), []
    for name, spec in sorted(files.study.relations.items()):
        _check(files, name, spec, datasets, problems)
        if len(problems) == before:
            domains = {d: datasets[d].plan.domain for d in spec.members}
            line = files.places[f"relations {name}"][1]
            made.append(Relation(name, dict(sorted(spec.members.items())), dict(spec.types), domains, line))
    if made and RELREC in files.datasets:
        file, line = files.places[f"{RELREC} dataset"]
        problems.append(SpecProblem(file, line, "SPEC119", f"{FILE} describes the dataset {RELREC} too"))
    return Relations(_plan(tables, codelists, made), tuple(made)) if made else None


def _check(
    files: StudyFiles, name: str, spec: RelationSpec, datasets: dict[str, DatasetBuild], problems: list[SpecProblem]
) -> None:
    file, line = files.places[f"relations {name}"]

    def fail(code: str, message: str, hint: str = "", at: int = line) -> None:
        problems.append(SpecProblem(file, at, code, f"relations.{name}: {message}", hint))

    if not re.fullmatch(_NAME, name):
        fail("SPEC102", "the name, which begins RELID, is capital letters and digits")
    if len(spec.members) < 2:
        fail("SPEC102", "a relation has two members or more")
    if spec.types and set(spec.types) != set(spec.members):
        fail("SPEC102", "'types' says ONE or MANY for each member, and for no other dataset")
    for dataset, variable in spec.members.items():
        if dataset not in datasets:
            if dataset not in files.broken:
                fail("SPEC111", f"no dataset is called '{dataset}'", near(dataset, datasets), variable.line)
            continue
        known = datasets[dataset].plan
        needed = [variable] if spec.types else ["USUBJID", f"{known.domain}SEQ", variable]
        for missing in (n for n in needed if n not in known.names):
            fail("SPEC110", f"{dataset} has no variable {missing}", near(missing, known.names), variable.line)


def _plan(tables: Guide, codelists: Codelists, relations: list[Relation]) -> DatasetPlan:
    guide = tables.dataset(RELREC)
    written = {"RELTYPE"} if any(r.types for r in relations) else set()
    written |= {"USUBJID", "IDVARVAL"} if any(not r.types for r in relations) else set()
    return DatasetPlan(
        name=RELREC,
        label=guide.label,
        domain=RELREC,
        class_name=guide.class_name,
        structure=guide.structure,
        keys=natural_keys(guide),
        variables=tuple(_variable(v, v.core == "Req" or v.name in written, codelists) for v in guide.variables),
        standard="SDTMIG",
        comment=" ".join(map(str, relations)),
        repeating=guide.repeating,
        reference_data=guide.reference_data,
    )


def _variable(known: GuideVariable, written: bool, codelists: Codelists) -> VariablePlan:
    plan = VariablePlan(
        name=known.name,
        label=known.label,
        numeric=known.numeric,
        data_type=data_type(known),
        role=known.role,
        core=known.core,
        codelist=codelists.name_for(RELREC, known.name),
    )
    return replace(plan, origin=Origin("Assigned", "Sponsor") if written else Origin("Not Available"))
