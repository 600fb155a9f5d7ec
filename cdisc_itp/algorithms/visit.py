"""Visits and epochs, from the study's schedule."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyarrow as pa

from ..model.column import Column, collect_text, decoded, present
from .dates import NO_DAY, day_numbers
from .maps import recode
from .registry import Algorithm, Records, Ref, algorithm

SCHEDULE = "visits"


@algorithm
class Visit(Algorithm):
    """Number, name or planned day of a visit, from the study's schedule (visits.csv).

    The schedule's first column is the visit as the sites write it; ``to`` is VISITNUM, VISIT or VISITDY.
    Issue DATA035: the schedule lacks the visit.
    """

    source: Ref
    to: Literal["VISITNUM", "VISIT", "VISITDY"] = "VISITNUM"
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The schedule's column."""
        schedule = records.table(SCHEDULE)

        def kernel(values: Any) -> tuple[Any, dict[str, Any]]:
            out, unknown = recode(values, schedule, self.to, records.source)
            return out, {"DATA035": unknown} if self.to == "VISITNUM" else {}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.to} of {self.source} in the study's visit schedule."


@algorithm
class Window(Algorithm):
    """The scheduled visit in whose window a date lies, else ``outside``.

    Days count from ``reference``; the schedule's columns from_day and to_day bound each window.
    """

    date: Ref
    reference: Ref
    outside: str = "UNSCHEDULED"

    def apply(self, records: Records) -> Column:
        """Visits as the schedule's first column writes them."""
        schedule = records.table(SCHEDULE)
        names = schedule.column(schedule.columns[0])
        date, start = day_numbers(records[self.date]), day_numbers(records[self.reference])
        known = (date != NO_DAY) & (start != NO_DAY)
        day = np.where(known, date - np.where(known, start, 0), 0)
        day = day + (day >= 0)
        code = np.full(records.n, len(names))
        bounds = zip(schedule.column("from_day"), schedule.column("to_day"), strict=True)
        for i, (low, high) in enumerate(bounds):
            if low is not None and high is not None:
                code[(day >= int(low)) & (day <= int(high)) & (code == len(names))] = i
        values = np.array([*names, self.outside], object)[code]
        return collect_text([v if k else None for v, k in zip(values.tolist(), known.tolist(), strict=True)])

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Visit whose window holds {self.date}, counted from {self.reference}; {self.outside} outside of all."


@algorithm
class Epoch(Algorithm):
    """The epoch in which a date lies, from the study's table ``epochs`` (epoch, start, end).

    ``start`` and ``end`` name variables of DM (empty: open). The first epoch that holds the date is taken; a date
    of which the day is not known has none.
    """

    date: Ref
    table: str = "epochs"
    starts: tuple[Ref, ...] = ()
    ends: tuple[Ref, ...] = ()

    def apply(self, records: Records) -> Column:
        """Terms of the codelist EPOCH."""
        table = records.table(self.table)
        day = day_numbers(records[self.date])
        code = np.full(records.n, -1)
        known = present(records[self.date]) & (day != NO_DAY)
        names = table.column("epoch")
        for i, (start, end) in enumerate(zip(table.column("start"), table.column("end"), strict=True)):
            inside = known & (code < 0)
            for bound, sign in ((start, 1), (end, -1)):
                if bound:
                    limit = day_numbers(records[f"DM.{bound}"])
                    inside &= (limit != NO_DAY) & (sign * day >= sign * np.where(limit == NO_DAY, 0, limit))
            code[inside] = i
        return collect_text([None if c < 0 else names[c] for c in code.tolist()])

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Epoch of table {self.table} in which {self.date} lies."


def visit_values(column: Column) -> pa.Array:
    """The column's values, one a record, as an Arrow array."""
    return pa.array(decoded(column), pa.string())
