"""Elements of the trial that a subject entered, from the design and the subject's own dates (SDTMIG 3.4, 5.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
from msgspec import Struct

from ..model.column import Column, Mask
from .iso8601 import NO_DAY, compute_days
from .registry import Algorithm, DateRef, MapName, Records, Ref, parameter
from .values import TEXT, as_text

Part = Literal["ETCD", "ELEMENT", "EPOCH", "SESTDTC", "SEENDTC"]


class PlannedElement(Struct, frozen=True):
    """One element of an arm: where it stands, what it is, in which variables of DM it starts.

    ``follows`` says that it starts where the one before it ends: on the subject's last day it was not entered.
    """

    order: int
    code: str
    name: str
    epoch: str
    start: str
    follows: bool


@dataclass(frozen=True)
class Element(Algorithm):
    """What is said of the element that stands at one place of the subject's arm; nothing where it was not entered.

    The planned arm decides the elements; who has none, or took another arm's treatment, has those that all arms share
    before they part. An element was entered where the subject has the date with which its epoch starts. It ends
    where the next one starts, also one of another arm that has no record, else with the subject's end.
    """

    arm: Ref
    actual: Ref
    ended: DateRef
    order: int
    part: Part
    table: MapName
    arms: tuple[tuple[str, tuple[PlannedElement, ...]], ...] = parameter(default=(), hidden=True)
    dates: tuple[DateRef, ...] = parameter(default=(), hidden=True)
    scope = "dataset"

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables of DM: arms, starts, the subject's end."""
        return tuple(dict.fromkeys((self.arm, self.actual, self.ended, *self.dates)))

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The table of epochs, from which starts were read."""
        return {self.table: ("epoch", "start", "end")}

    def apply(self, records: Records) -> Column:
        """One value a record: what ``part`` asks."""

        def kernel(*arrays: Any) -> tuple[Any, dict[str, Mask]]:
            told = [as_text(a).to_pylist() for a in arrays]
            days = _day_of_each({text for texts in told for text in texts if text is not None})
            return pa.array([self._of(row, days) for row in zip(*told, strict=True)], TEXT), {}

        return records.each(kernel, *self.reads)

    def _of(self, values: Sequence[str | None], days: dict[str, int]) -> str | None:
        said = dict(zip(self.reads, values, strict=True))
        ended = said[self.ended]
        entered = [
            (e, start)
            for e in self.path(said[self.arm], said[self.actual])
            if (start := said[f"DM.{e.start}"]) is not None and not (e.follows and _not_before(start, ended, days))
        ]
        at = next((i for i, (e, _) in enumerate(entered) if e.order == self.order), None)
        if at is None:
            return None
        element, start = entered[at]
        after = entered[at + 1][1] if at + 1 < len(entered) else self._left(said, element) or ended
        return {
            "ETCD": element.code,
            "ELEMENT": element.name,
            "EPOCH": element.epoch,
            "SESTDTC": start,
            "SEENDTC": after,
        }[self.part]

    def _left(self, said: dict[str, str | None], last: PlannedElement) -> str | None:
        """When a subject left the last known element for one that is not known: another arm's treatment began."""
        later = sorted(
            {(e.order, e.start) for _, path in self.arms for e in path if e.order > last.order and not e.follows}
        )
        return next((date for _, start in later if (date := said[f"DM.{start}"]) is not None), None)

    def path(self, arm: str | None, actual: str | None) -> tuple[PlannedElement, ...]:
        """The elements of the planned arm; without one, or where another was taken, those that all arms share."""
        arms = dict(self.arms)
        if arm in arms and actual in (None, arm):
            return arms[str(arm)]
        shared = []
        for places in zip(*arms.values(), strict=False):
            if len(set(places)) > 1:
                break
            shared.append(places[0])
        return tuple(shared)

    def describe(self) -> str:
        """The method in a sentence."""
        what = {
            "ETCD": "Code of the element",
            "ELEMENT": "Element",
            "EPOCH": "Epoch of the element",
            "SESTDTC": "Start of the element",
            "SEENDTC": f"Start of the next element that was entered, else {self.ended}",
        }[self.part]
        starts = ", ".join(dict.fromkeys(f"{e.code} {e.start}" for _, path in self.arms for e in path))
        return (
            f"{what}, one record for each place of {self.arm} in TA (without an arm, or where {self.actual} is "
            f"another, of the elements that all arms share). An element is entered on the date of its start in DM: "
            f"{starts}."
        )


def _day_of_each(texts: set[str]) -> dict[str, int]:
    """The day of each text that is a complete date."""
    every = sorted(texts)
    days = compute_days(pa.array(every, TEXT)).tolist()
    return {text: day for text, day in zip(every, days, strict=True) if day != NO_DAY}


def _not_before(start: str, ended: str | None, days: dict[str, int]) -> bool:
    """Whether a date is the subject's last day or later."""
    return ended in days and start in days and days[start] >= days[ended]


Element.word = "elements"
