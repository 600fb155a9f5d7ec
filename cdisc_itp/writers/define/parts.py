"""What every family of elements looks up: the study, the datasets in order, and the OIDs of what they share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct, field

from ...model.codelist import Codelist
from ...model.dataset import Dataset
from ...model.define import DefineStudy, ExternalCodelist, Standard
from ...model.display import PlannedDisplay
from .codelists import Subset, codelist_oids, collect_subsets
from .texts import Path, Texts, collect_comments, collect_methods

# The order of classes in SDTM and ADaM metadata submission guidelines; datasets of a class by name.
CLASSES = (
    "TRIAL DESIGN",
    "STUDY REFERENCE",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "RELATIONSHIP",
    "SUBJECT LEVEL ANALYSIS DATASET",
    "OCCURRENCE DATA STRUCTURE",
    "BASIC DATA STRUCTURE",
    "REFERENCE DATA STRUCTURE",
    "ADAM OTHER",
)
ANALYSIS = frozenset(CLASSES[8:])


class Parts(Struct, frozen=True):
    """One define.xml before it is written; ``lengths`` are bytes of a text variable in its file."""

    study: DefineStudy
    datasets: tuple[Dataset, ...]
    methods: Texts
    comments: Texts
    subsets: tuple[Subset, ...]
    codelist: Mapping[Path, str]
    lengths: Mapping[tuple[str, str], int] = field(default_factory=dict)
    domain_labels: Mapping[str, str] = field(default_factory=dict)
    displays: tuple[PlannedDisplay, ...] = ()


def collect_parts(
    study: DefineStudy,
    datasets: Iterable[Dataset],
    codelists: Mapping[str, Codelist | ExternalCodelist],
    applicable: Mapping[str, Collection[str]],
    lengths: Mapping[tuple[str, str], int],
    domain_labels: Mapping[str, str],
    displays: Sequence[PlannedDisplay] = (),
) -> Parts:
    """Everything that is shared, from datasets in any order."""
    ordered = tuple(sorted(datasets, key=_rank))
    subsets = collect_subsets(ordered, codelists, applicable)
    labels = {d.plan.domain: d.plan.label for d in ordered if d.name == d.plan.domain}
    return Parts(
        study,
        ordered,
        collect_methods(ordered),
        collect_comments(study, ordered),
        subsets,
        codelist_oids(subsets),
        lengths,
        {**labels, **domain_labels},
        tuple(displays),
    )


def class_name(dataset: Dataset) -> str:
    """The class in Define-XML's terms: "Special-Purpose" is "SPECIAL PURPOSE"."""
    return dataset.plan.class_name.upper().replace("-", " ")


def guide(standards: Sequence[Standard], name: str | None) -> Standard | None:
    """The implementation guide that a dataset names ("SDTMIG 3.4" or "SDTMIG"); None where it follows none.

    Raises ValueError for a name that is not among the study's standards.
    """
    if name is None:
        return None
    for standard in standards:
        if standard.type == "IG" and name in (f"{standard.name} {standard.version}", standard.name):
            return standard
    raise ValueError(f"the study has no standard {name}")


def _rank(dataset: Dataset) -> tuple[int, str]:
    name = class_name(dataset)
    return (CLASSES.index(name) if name in CLASSES else len(CLASSES), dataset.name)
