"""The order in which variables are built: found from what they read, over all datasets at once.

A node is (dataset, variable), or (dataset, "*"): the dataset's records are settled (intervals merged, records
without a topic rejected, derived records added). What those need is built before "*", everything else after it.
A dataset whose records are those of another one also has (dataset, "+"): its records are there.
"""

from __future__ import annotations

import graphlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..algorithms.across import Across
from ..algorithms.baseline import BaselineAtVisit, LastBefore
from ..algorithms.merge import Reading
from ..algorithms.sequence import Sequence
from ..model.issue import SpecProblem
from .types import Step

if TYPE_CHECKING:
    from .builds import DatasetBuild
    from .load import StudyFiles

Node = tuple[str, str]
SETTLED, STARTED = "*", "+"
ORDERED_WORDS = (Sequence, LastBefore)
GIVEN = ("USUBJID",)


def build_order(
    files: StudyFiles, datasets: Mapping[str, DatasetBuild], problems: list[SpecProblem]
) -> tuple[Node, ...]:
    """Nodes in build order; a circle is SPEC120."""
    graph = dependencies(datasets)
    try:
        return tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        circle: list[Node] = [n for n in error.args[1] if n[1] != SETTLED]
        dataset, variable = circle[0] if circle else error.args[1][0]
        spec = datasets[dataset].variables.get(variable)
        shown = " <- ".join(f"{d}.{v}" for d, v in circle)
        file, line = (spec.file, spec.line) if spec else files.places[f"{dataset} dataset"]
        problems.append(SpecProblem(file, line, "SPEC120", f"variables read each other in a circle: {shown}"))
        return ()


def dependencies(datasets: Mapping[str, DatasetBuild]) -> dict[Node, list[Node]]:
    """What each node reads; lists are sorted, so that the order is the same on every machine."""
    own = {name: _variable_nodes(name, d, datasets) for name, d in datasets.items()}
    graph: dict[Node, list[Node]] = {}
    for name, d in datasets.items():
        before = _settling(name, d, own)
        sources = _sources(d, datasets)
        started = {(name, STARTED)} if sources else set()
        graph |= {(name, STARTED): sorted(sources)} if sources else {}
        graph[(name, SETTLED)] = sorted({*started, *((name, v) for v in before if v in d.variables)})
        for variable, reads in own[name].items():
            late = started if variable in before else {(name, SETTLED)}
            graph[(name, variable)] = sorted({*reads, *late})
    return graph


def _sources(d: DatasetBuild, datasets: Mapping[str, DatasetBuild]) -> set[Node]:
    """What must be there before the records are: datasets that they are taken from, with what chooses among them."""
    taken = [r for r in d.spec.records if r.from_ in datasets]
    chosen = {(str(r.from_), ref) for r in taken for ref in (r.where.reads if r.where else ()) if ref not in GIVEN}
    return chosen | {(str(r.from_), SETTLED) for r in taken}


def _settling(name: str, d: DatasetBuild, own: dict[str, dict[str, set[Node]]]) -> set[str]:
    """Variables that are needed before the records are settled, with all that they read in the dataset."""
    out: set[str] = set()
    queue = sorted(d.settled_by)
    while queue:
        variable = queue.pop()
        if variable in out or variable not in own[name]:
            continue
        out.add(variable)
        queue += [v for dataset, v in own[name][variable] if dataset == name and v != SETTLED]
    return out


def _variable_nodes(name: str, d: DatasetBuild, datasets: Mapping[str, DatasetBuild]) -> dict[str, set[Node]]:
    out = {}
    for variable in d.variables:
        steps = all_steps(d, variable)
        named = {n for s in steps for n in _named(name, s, datasets)}
        # A variable may be a key of the order in which it is itself derived; to read itself is a circle.
        ordered = {n for s in steps for n in _ordered(name, s, datasets)} - {(name, variable)}
        out[variable] = named | ordered
    return out


def all_steps(d: DatasetBuild, variable: str) -> tuple[Step, ...]:
    """Every step that may make a variable, those of ``set`` among them."""
    extra = [s for r in d.spec.records if variable in r.set for s in r.set[variable].steps]
    return (*d.variables[variable].steps, *extra)


def _named(name: str, step: Step, datasets: Mapping[str, DatasetBuild]) -> set[Node]:
    """What a step names."""
    refs = [*step.algorithm.reads, *(step.when.reads if step.when else ())]
    out: set[Node] = set()
    for ref in refs:
        place, _, column = ref.rpartition(".")
        dataset = place or name
        if dataset in datasets and column == column.upper() and column not in GIVEN:
            out.add((dataset, column))
            out |= {(dataset, SETTLED)} if place else set()
    return out


def _ordered(name: str, step: Step, datasets: Mapping[str, DatasetBuild]) -> set[Node]:
    """What orders the records that a step counts or chooses among."""
    out: set[Node] = set()
    counts = isinstance(step.algorithm, ORDERED_WORDS) or step.algorithm.ordered
    out |= {(name, v) for v in datasets[name].order if v not in GIVEN and counts}
    for place in step.algorithm.places if isinstance(step.algorithm, (Reading, Across)) else ():
        if place in datasets:
            out |= {(place, v) for v in datasets[place].order if v not in GIVEN} | {(place, SETTLED)}
    return out


__all__ = ["ORDERED_WORDS", "SETTLED", "BaselineAtVisit", "all_steps", "build_order", "dependencies"]
