"""What a study says once of its visits: how those that the schedule does not number are numbered."""

from __future__ import annotations

from msgspec.structs import replace

from ..algorithms.registry import DateRef, Ref
from ..algorithms.visit import Visit, Window
from .defaults import Situation
from .types import Step, VariableSpec

NUMBERED = ("VISITNUM", "VISIT")
OF_VISITS = (*NUMBERED, "VISITDY")


def with_visit_numbers(
    at: Situation, some: dict[str, VariableSpec], variables: dict[str, VariableSpec]
) -> dict[str, VariableSpec]:
    """Some of a dataset's variables, where each line for a visit knows the record's date and from where its days count.

    An unknown visit is reported once, by its number.
    """
    out = dict(some)
    numbered = some.get("VISITNUM", variables.get("VISITNUM"))
    told = {s.algorithm.source for s in numbered.steps if isinstance(s.algorithm, Visit)} if numbered else set()
    for name in (n for n in OF_VISITS if n in some):
        spec = some[name]
        steps = tuple(_of_record(at, variables, s, told if name != "VISITNUM" else set()) for s in spec.steps)
        numbers = name in NUMBERED and any(_number_from(s) for s in steps)
        out[name] = _derived(at, replace(spec, steps=steps)) if numbers else replace(spec, steps=steps)
    return out


def _number_from(step: Step) -> DateRef | None:
    return step.algorithm.number_from if isinstance(step.algorithm, Visit | Window) else None


def _of_record(at: Situation, variables: dict[str, VariableSpec], step: Step, told: set[Ref]) -> Step:
    word, said = step.algorithm, at.files.study.unscheduled
    if isinstance(word, Visit) and word.source in told:
        word = word.changed(reported=False)
    if said is not None and at.lists("USUBJID") and isinstance(word, Visit | Window):
        names = (f"{at.prefix}DTC", f"{at.prefix}STDTC")
        set_by = {n for r in at.spec.records for n in r.set}
        made = (n for n in names if n in set_by or (n in variables and variables[n].steps))
        date = word.date or next(map(DateRef, made), None)
        word = word.changed(date=date, number_from=said.number_from) if date is not None else word
    return replace(step, algorithm=word)


def _derived(at: Situation, spec: VariableSpec) -> VariableSpec:
    said = at.files.study.unscheduled
    comments = [c for c in (spec.comment, said.comment if said else None) if c]
    return replace(spec, origin=spec.origin or "Derived", comment=" ".join(comments) or None)
