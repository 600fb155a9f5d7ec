"""Parameters of time to event: one line becomes the lines of STARTDT, ADT, AVAL, CNSR and of what explains them."""

from __future__ import annotations

from msgspec import Struct

from ..algorithms.registry import MomentRef
from ..algorithms.time_to_event import PARTS, DatedReason, Part, TimeToEvent, Unit
from .types import Step, VariableSpec


class TimeToEventSpec(Struct, frozen=True):
    """Time from ``start`` to the earliest of ``events``.

    A reason of ``stops`` that lies before the event, or without one, censors on its day; without either the latest
    date of ``censors`` does. The time is in ``unit``; ``add_one`` counts the day of the event too.
    """

    start: MomentRef
    events: tuple[DatedReason, ...]
    stops: tuple[DatedReason, ...] = ()
    censors: tuple[DatedReason, ...] = ()
    unit: Unit = "days"
    add_one: bool = True


def expand_time_to_event(
    spec: TimeToEventSpec, file: str, line: int, variables: tuple[str, ...] = PARTS
) -> dict[str, VariableSpec]:
    """The lines of each variable that a time to event makes (of those in ``variables``)."""
    return {part: _line(spec, part, file, line) for part in PARTS if part in variables}


def _line(spec: TimeToEventSpec, part: Part, file: str, line: int) -> VariableSpec:
    word = TimeToEvent(spec.start, spec.events, spec.stops, spec.censors, spec.unit, spec.add_one, part)
    return VariableSpec((Step(word, line=line, file=file),), origin="Derived", line=line, file=file)
