"""What analyses have in common before a record is read: what they select, what groups their results."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.display import Method, PlannedAnalysis, Selection
from ..model.where import Condition, WhereClause
from ..spec.display_types import DisplaySpec, DisplaysSpec
from .records import Population

Factor = tuple[str, str]


def both(first: Condition | None, second: Condition | None) -> Condition | None:
    """The condition that holds where both do."""
    if first is None or second is None:
        return first or second
    clauses = ((a, b) for a in first.clauses for b in second.clauses)
    return Condition(tuple(WhereClause((*a.comparisons, *b.comparisons)) for a, b in clauses))


def treatment_factor(spec: DisplaysSpec) -> Factor:
    """The factor that displays compare."""
    return str(spec.subjects), str(spec.treatment.variable)


def plan_analysis(
    spec: DisplaysSpec,
    display: DisplaySpec,
    dataset: str,
    where: Condition | None,
    variables: Iterable[str],
    factors: tuple[Factor, ...],
    method: Method,
    *,
    id: str,
    name: str,
) -> PlannedAnalysis:
    """An analysis of the first of ``variables`` of a dataset, for the display's population.

    The subjects' dataset is selected too: it says who is in the population, and who had which treatment.
    """
    names = [str(v) for v in variables]
    own = [*names, *(v for d, v in factors if d == dataset)]
    population = spec.populations[display.population].where
    by = [v for d, v in factors if d == spec.subjects]
    if dataset == spec.subjects:
        read = (*own, *by, *population.reads)
        selections: tuple[Selection, ...] = (_selection(dataset, both(population, where), read),)
    else:
        subjects = _selection(spec.subjects, population, (*population.reads, *by))
        selections = (_selection(dataset, where, (*own, *(where.reads if where else ()))), subjects)
    return PlannedAnalysis(id, name, names[0], selections, factors, method, _parameter(where), str(display.population))


def _selection(dataset: str, where: Condition | None, variables: Iterable[str]) -> Selection:
    return Selection(str(dataset), where, tuple(dict.fromkeys(str(v) for v in variables)))


def _parameter(where: Condition | None) -> str | None:
    """The one PARAMCD that a condition asks for."""
    clauses = where.clauses if where else ()
    wanted = {c.values for w in clauses for c in w.comparisons if c.ref == "PARAMCD" and c.comparator == "EQ"}
    return wanted.pop()[0] if len(wanted) == 1 and len(clauses) == 1 else None


def headings(population: Population, total: bool = False) -> tuple[str, ...]:
    """Treatments with their numbers of subjects: "Danazol (N=47)"."""
    pairs = [*zip(population.treatments, population.sizes, strict=True), *([("Total", population.n)] if total else [])]
    return tuple(f"{name} (N={n})" for name, n in pairs)
