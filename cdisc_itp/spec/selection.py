"""What --select and --source leave: the datasets that are wanted, the sources that they need."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from ..algorithms.columns import Constant
from ..model.issue import UserError
from .builds import Analysis
from .graph import Node, dependencies
from .load import blocks_of
from .relations import RELREC
from .study import Study
from .suggest import near
from .types import COMMENTS, SourceSpec


class SelectionError(UserError):
    """A dataset or source that the study does not have (exit code 2)."""


def needed_datasets(study: Study, select: Collection[str]) -> Study:
    """The study with only what the selected datasets read; DM stays, since it says which subjects there are.

    An analysis dataset reads any of the others: where one is selected, all are built.
    """
    wanted = [s.upper() for s in select]
    analysed = study.analysis.datasets
    made = [*study.trial, *([RELREC] if study.relations else []), *([COMMENTS] if study.commented else [])]
    for name in wanted:
        parent = name.removeprefix("SUPP")
        if parent not in study.datasets and name not in made and name not in analysed:
            raise SelectionError(f"the study has no dataset {name} - {near(name, [*study.datasets, *made, *analysed])}")
    if not analysed.keys().isdisjoint(wanted):
        return study
    keep = {n.removeprefix("SUPP") for n in wanted} | ({"DM"} & set(study.datasets))
    relations = study.relations if RELREC in wanted else None
    keep |= set(relations.datasets) if relations else set()
    keep |= study.commented if COMMENTS in wanted else set()
    graph = dependencies(study.datasets)
    queue: list[Node] = [node for node in graph if node[0] in keep]
    while queue:
        for dataset, _ in graph[queue.pop()]:
            if dataset not in keep:
                keep.add(dataset)
                queue += [node for node in graph if node[0] == dataset]
    datasets = {n: d for n, d in study.datasets.items() if n in keep}
    trial = {n: t for n, t in study.trial.items() if n in wanted}
    order = tuple(n for n in study.order if n[0] in keep)
    return replace(study, datasets=datasets, trial=trial, order=order, relations=relations, analysis=Analysis())


def needed_sources(study: Study, sources: Collection[str]) -> Study:
    """The study with only these sources, those that serve every site (their site is a column, or none), and
    those to which their rows yield.
    """
    known = study.files.sources
    for name in sources:
        if name not in known:
            raise SelectionError(f"the study has no source '{name}' - {near(name, known)}")
    wanted = {n for n, s in known.items() if n in sources or _serves_every_site(s)}
    while more := {n for s in wanted for n in _yielded_to(known[s])} - wanted:
        wanted |= more
    kept = {n: s for n, s in known.items() if n in wanted}
    return replace(study, files=replace(study.files, sources=kept))


def _yielded_to(source: SourceSpec) -> set[str]:
    """The sources to which rows of a source yield."""
    return {str(y.source) for _, _, block in blocks_of(source) for y in block.yields_to if y.source is not None}


def _serves_every_site(source: SourceSpec) -> bool:
    """Whether the source's site is not one constant."""
    steps = source.site.steps if source.site else ()
    return not steps or any(not isinstance(s.algorithm, Constant) for s in steps)
