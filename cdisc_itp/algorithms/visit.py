"""Visits and epochs, from the study's schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from ..model.column import Column, text_column
from .iso8601 import NO_DAY, day_numbers
from .maps import recode
from .registry import Algorithm, DateRef, MapName, Records, Ref, Table, algorithm, parameter
from .values import Mask

SCHEDULE = MapName("visits")
_NUMBERS = {"VISITNUM": r"[0-9]{1,8}(\.[0-9]{1,6})?", "VISITDY": r"-?[0-9]{1,8}"}


@algorithm
class Visit(Algorithm):
    """Number, name or planned day of a visit, from the study's schedule (visits.csv).

    The schedule's first column is the visit as the sites write it; ``to`` is VISITNUM, VISIT or VISITDY.
    Issue DATA035: the schedule lacks the visit (not ``reported`` where another variable of the visit reports it).

    >>> Visit(Ref("visit"), to="VISIT").describe()
    "VISIT of visit in the study's visit schedule."
    """

    source: Ref
    to: Literal["VISITNUM", "VISIT", "VISITDY"] = "VISITNUM"
    reported: bool = parameter(default=True, hidden=True)
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The schedule's column."""
        schedule = records.table(SCHEDULE)

        def kernel(values: Any) -> tuple[Any, dict[str, Mask]]:
            out, unknown = recode(values, schedule, self.to, records.source)
            return out, {"DATA035": unknown} if self.reported else {}

        return records.each(kernel, self.source)

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The schedule."""
        return {SCHEDULE: (self.to,)}

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Visit numbers and planned days that are no numbers."""
        for i, cell in enumerate(table.column(self.to) if self.to != "VISIT" else ()):
            if cell is not None and not re.fullmatch(_NUMBERS[self.to], cell):
                yield i, f"{self.to} '{cell}' is no number"

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.to} of {self.source} in the study's visit schedule."


@algorithm
class Window(Algorithm):
    """The scheduled visit in whose window a date lies, else ``outside``.

    Days count from ``reference`` (day 1, no day 0); the schedule's columns from_day and to_day bound each window.
    Of windows that overlap, the first in the schedule. No value where one of the days is not known.

    >>> Window(DateRef("date"), DateRef("start")).describe()
    'Visit whose window holds date, counted from start; UNSCHEDULED outside of all.'
    """

    date: DateRef
    reference: DateRef
    outside: str = "UNSCHEDULED"

    def apply(self, records: Records) -> Column:
        """Visits as the schedule's first column writes them."""
        schedule = records.table(SCHEDULE)
        names = [str(n) for n in schedule.column(schedule.columns[0])]
        date, start = day_numbers(records[self.date]), day_numbers(records[self.reference])
        known = (date != NO_DAY) & (start != NO_DAY)
        day = np.where(known, date - np.where(known, start, 0), 0)
        day = day + (day >= 0)
        code = np.full(records.n, len(names))
        bounds = zip(schedule.column("from_day"), schedule.column("to_day"), strict=True)
        for i, (low, high) in enumerate(bounds):
            if low is not None and high is not None:
                code[(day >= int(low)) & (day <= int(high)) & (code == len(names))] = i
        distinct = list(dict.fromkeys([*names, self.outside]))
        number = np.array([distinct.index(n) for n in (*names, self.outside)])
        return text_column(np.where(known, number[code], -1), distinct)

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The schedule with its windows."""
        return {SCHEDULE: ("from_day", "to_day")}

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Windows that have one end only, end before they start, or are no days."""
        for i, (low, high) in enumerate(zip(table.column("from_day"), table.column("to_day"), strict=True)):
            if low is None and high is None:
                continue
            days = [d for d in (low, high) if d is not None and re.fullmatch(_NUMBERS["VISITDY"], d)]
            if len(days) < 2 or int(days[0]) > int(days[1]):
                yield i, f"from_day '{low or ''}' and to_day '{high or ''}' are no window"

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Visit whose window holds {self.date}, counted from {self.reference}; {self.outside} outside of all."


@algorithm
class Epoch(Algorithm):
    """The epoch in which a date lies, from the study's table ``epochs`` (epoch, start, end).

    ``start`` and ``end`` name variables of DM (empty: open). The first epoch that holds the date is taken; a date
    of which the day is not known has none, and an epoch whose start or end the subject has not is passed over.

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
        day = day_numbers(records[self.date])
        names = [str(n) for n in table.column("epoch")]
        distinct = list(dict.fromkeys(names))
        code = np.full(records.n, -1)
        for name, start, end in zip(names, table.column("start"), table.column("end"), strict=True):
            inside = (day != NO_DAY) & (code < 0) & self._after(records, day, start) & self._before(records, day, end)
            code[inside] = distinct.index(name)
        return text_column(code, distinct)

    @staticmethod
    def _after(records: Records, day: Any, start: str | None) -> Any:
        limit = day if start is None else day_numbers(records[f"DM.{start}"])
        return (limit != NO_DAY) & (day >= limit)

    @staticmethod
    def _before(records: Records, day: Any, end: str | None) -> Any:
        limit = day if end is None else day_numbers(records[f"DM.{end}"])
        return (limit != NO_DAY) & (day <= limit)

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The epochs."""
        return {self.table: ("epoch", "start", "end")}

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Epoch of table {self.table} in which {self.date} lies."
