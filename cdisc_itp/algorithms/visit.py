"""Visits and epochs, from the study's schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, present, text_column
from .iso8601 import NO_DAY, day_numbers
from .maps import folded, recode
from .moments import possible_day_numbers
from .registry import Algorithm, DateRef, MapName, Records, Ref, Table, algorithm, parameter
from .unscheduled import RULE, number_by_day, several_unnumbered, with_numbers
from .values import Mask

SCHEDULE = MapName("visits")
_NUMBERS = {"VISITNUM": r"[0-9]{1,8}(\.[0-9]{1,6})?", "VISITDY": r"-?[0-9]{1,8}"}


@algorithm
class Visit(Algorithm):
    """Number, name or planned day of a visit, from the study's schedule (visits.csv).

    The schedule's first column is the visit as the sites write it; ``to`` is VISITNUM, VISIT or VISITDY. Where a
    visit was written, no later line applies: one that is not understood is not guessed from a date. Where study.yaml
    says so (``unscheduled``), a visit that the schedule does not number has a number by its ``date`` (by default the
    record's --DTC, else --STDTC), and VISIT has it too.
    Issue DATA035: the schedule lacks the visit (not ``reported`` where another variable of the visit reports it).

    >>> Visit(Ref("visit"), to="VISIT").describe()
    "VISIT of visit in the study's visit schedule."
    """

    source: Ref
    to: Literal["VISITNUM", "VISIT", "VISITDY"] = "VISITNUM"
    date: DateRef | None = None
    number_from: DateRef | None = parameter(default=None, hidden=True)
    reported: bool = parameter(default=True, hidden=True)
    origin = "Assigned"
    decides = ("source",)

    def apply(self, records: Records) -> Column:
        """The schedule's column."""
        schedule = records.table(SCHEDULE)

        def kernel(values: Any) -> tuple[Any, dict[str, Mask]]:
            out, unknown = recode(values, schedule, self.to, records.source)
            return out, {"DATA035": unknown} if self.reported else {}

        said = records.each(kernel, self.source)
        if self.date is None or self.number_from is None or self.to == "VISITDY":
            return said

        def unnumbered(values: Any) -> tuple[Any, dict[str, Mask]]:
            number, unknown = recode(values, schedule, "VISITNUM", records.source)
            return pc.if_else(pc.or_(pa.array(unknown), pc.is_valid(number)), None, values), {}

        wanted = np.asarray(present(records.each(unnumbered, self.source)), bool)
        numbers = number_by_day(schedule, wanted, records[self.date], records[self.number_from])
        return with_numbers(said, numbers, self.to == "VISIT")

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The schedule."""
        return {SCHEDULE: (self.to,) if self.number_from is None else ("VISITNUM", "VISIT", "VISITDY")}

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Visit numbers and planned days that are no numbers."""
        if self.number_from is not None:
            yield from several_unnumbered(table)
        for i, cell in enumerate(table.column(self.to) if self.to != "VISIT" else ()):
            if cell is not None and not re.fullmatch(_NUMBERS[self.to], cell):
                yield i, f"{self.to} '{cell}' is no number"

    def describe(self) -> str:
        """The method in a sentence."""
        said = f"{self.to} of {self.source} in the study's visit schedule"
        return f"{said}{_rule(self.to, self.date, self.number_from)}."


def _rule(to: str | None, date: str | None, number_from: str | None) -> str:
    """How visits that the schedule does not number are numbered, as the end of a sentence."""
    if date is None or number_from is None or to == "VISITDY":
        return ""
    named = "; its name has the number too" if to == "VISIT" else ""
    return f" (by {date}: {RULE.format(reference=number_from)}{named})"


@algorithm
class Window(Algorithm):
    """The scheduled visit in whose window a date lies, else ``outside``.

    Days count from ``reference`` (day 1, no day 0); the schedule's columns from_day and to_day bound each window.
    Of windows that overlap, the first in the schedule. No value where one of the days is not known. ``to`` is
    VISITNUM, VISIT or VISITDY of that visit, without it the visit as the schedule's first column writes it.

    >>> Window(DateRef("date"), DateRef("start")).describe()
    'Visit whose window holds date, counted from start; UNSCHEDULED outside of all.'
    >>> Window(DateRef("LBDTC"), DateRef("DM.RFXSTDTC"), to="VISITNUM").describe()
    'VISITNUM of the visit whose window holds LBDTC, counted from DM.RFXSTDTC; UNSCHEDULED outside of all.'
    """

    date: DateRef
    reference: DateRef
    outside: str = "UNSCHEDULED"
    to: Literal["VISITNUM", "VISIT", "VISITDY"] | None = None
    number_from: DateRef | None = parameter(default=None, hidden=True)

    def apply(self, records: Records) -> Column:
        """Visits as the schedule's first column writes them, or what ``to`` says of them."""
        schedule = records.table(SCHEDULE)
        names = [str(n) for n in schedule.column(schedule.columns[0])]
        date, start = day_numbers(records[self.date], self.date), day_numbers(records[self.reference], self.reference)
        known = (date != NO_DAY) & (start != NO_DAY)
        day = np.where(known, date - np.where(known, start, 0), 0)
        day = day + (day >= 0)
        code = np.full(records.n, len(names))
        bounds = zip(schedule.column("from_day"), schedule.column("to_day"), strict=True)
        for i, (low, high) in enumerate(bounds):
            if low is not None and high is not None:
                code[(day >= int(low)) & (day <= int(high)) & (code == len(names))] = i
        said = self._said(schedule, names)
        distinct = list(dict.fromkeys(s for s in said if s is not None))
        number = np.array([-1 if s is None else distinct.index(s) for s in said])
        out = text_column(np.where(known, number[code], -1), distinct)
        if self.number_from is None or self.to not in ("VISITNUM", "VISIT") or self._numbered(schedule, names):
            return out
        numbers = number_by_day(schedule, known & (code == len(names)), records[self.date], records[self.number_from])
        return with_numbers(out, numbers, self.to == "VISIT")

    def _numbered(self, schedule: Table, names: list[str]) -> bool:
        """Whether the schedule has a number for the visit outside of all windows."""
        numbers = zip(names, schedule.column("VISITNUM"), strict=True)
        return any(number is not None and folded(name) == folded(self.outside) for name, number in numbers)

    def _said(self, schedule: Table, names: list[str]) -> list[str | None]:
        """What is said of each visit of the schedule, and, last, of a day outside of all windows."""
        if self.to is None:
            return [*names, self.outside]
        cells = schedule.column(self.to)
        outside = next((i for i, n in enumerate(names) if folded(n) == folded(self.outside)), None)
        other = self.outside if self.to == "VISIT" else None
        return [*cells, other if outside is None else cells[outside]]

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The schedule with its windows."""
        said = ["VISITNUM", "VISIT", "VISITDY"] if self.number_from else [self.to] if self.to else []
        return {SCHEDULE: ("from_day", "to_day", *said)}

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Windows that have one end only, end before they start, or are no days."""
        for i, (low, high) in enumerate(zip(table.column("from_day"), table.column("to_day"), strict=True)):
            if low is None and high is None:
                continue
            days = [d for d in (low, high) if d is not None and re.fullmatch(_NUMBERS["VISITDY"], d)]
            if len(days) < 2 or int(days[0]) > int(days[1]):
                yield i, f"from_day '{low or ''}' and to_day '{high or ''}' are no window"
        if self.to is not None:
            yield from Visit(Ref(""), self.to).flaws(table)

    def describe(self) -> str:
        """The method in a sentence."""
        what = "Visit" if self.to is None else f"{self.to} of the visit"
        outside = f"{self.outside} outside of all{_rule(self.to, self.date, self.number_from) if self.to else ''}"
        return f"{what} whose window holds {self.date}, counted from {self.reference}; {outside}."


@algorithm
class Epoch(Algorithm):
    """The epoch in which a date lies, from the study's table ``epochs`` (epoch, start, end).

    ``start`` and ``end`` name variables of DM (empty: open). An epoch without an end ends where another one starts
    that starts later, or on the same day and has an end. Of several epochs that hold the date the first is taken. A
    partial date has an epoch where every day that it may mean has the same one; an epoch whose start or end the
    subject has not is passed over.

    >>> Epoch(DateRef("AESTDTC")).describe()
    'Epoch of table epochs in which AESTDTC lies.'
    """

    date: DateRef
    table: MapName = MapName("epochs")
    bounds: tuple[Ref, ...] = parameter(default=(), hidden=True)
    scope = "dataset"

    def apply(self, records: Records) -> Column:
        """Terms of the codelist EPOCH."""
        table = records.table(self.table)
        names = [str(n) for n in table.column("epoch")]
        distinct = list(dict.fromkeys(names))
        starts, ends = (
            [self._limit(records, name, missing) for name in table.column(word)]
            for word, missing in (("start", -np.inf), ("end", np.inf))
        )
        first, last = possible_day_numbers(records[self.date], self.date)
        open_ = [end is None for end in table.column("end")]
        place = self._place(first, starts, ends, open_)
        same = place == self._place(last, starts, ends, open_)
        for start in starts:
            same &= ~((first < start) & (start <= last))
        code = np.array([*(distinct.index(n) for n in names), -1])[place]
        return text_column(np.where(same, code, -1), distinct)

    @staticmethod
    def _limit(records: Records, name: str | None, missing: float) -> Any:
        """The day on which an epoch starts or ends; NaN, with which no day compares, where the subject has none."""
        if name is None:
            return np.full(records.n, missing)
        limit = day_numbers(records[f"DM.{name}"], f"DM.{name}")
        return np.where(limit == NO_DAY, np.nan, limit)

    @staticmethod
    def _place(day: Any, starts: list[Any], ends: list[Any], open_: list[bool]) -> Any:
        """The row of the table that holds each day (n,), -1 where none does."""
        place = np.full(len(day), -1)
        for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
            holds = (day >= start) & (day <= end)
            for other, has_none in zip(starts, open_, strict=True) if open_[i] else ():
                holds &= ~((other <= day) & ((other > start) | ((other == start) & (not has_none))))
            place = np.where((place < 0) & holds, i, place)
        return place

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The epochs."""
        return {self.table: ("epoch", "start", "end")}

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Epoch of table {self.table} in which {self.date} lies."
