"""Analysis windows: the analysis visit in whose window a day lies, and how far the day is from its target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

from ..model.column import Column
from .arithmetic import floats
from .moments import as_numbers
from .nearest import elapsed
from .registry import Algorithm, MapName, NumberRef, Problems, Records, Ref, Table, algorithm
from .values import PLAIN_NUMBER, TEXT, as_text

To = Literal["AVISIT", "AVISITN", "AWTARGET", "AWTDIFF", "AWLO", "AWHI", "AWU"]
WINDOWS = ("AVISIT", "AVISITN", "AWTARGET", "AWLO", "AWHI", "AWU")
_NUMBERS = ("AVISITN", "AWTARGET", "AWLO", "AWHI")


class _Window(Struct, frozen=True):
    """A row of the table: its line, the values of the parameters that it is for (None: of all), and its days."""

    row: int
    keys: tuple[str | None, ...]
    low: float
    high: float


def _windows(table: Table, by: tuple[str, ...]) -> list[_Window]:
    """The windows; an empty bound is open."""
    cells = (table.column("AWLO"), table.column("AWHI"), *(table.column(c) for c in by))
    return [
        _Window(i, tuple(keys), -np.inf if low is None else float(low), np.inf if high is None else float(high))
        for i, (low, high, *keys) in enumerate(zip(*cells, strict=True))
    ]


@algorithm
class AnalysisWindow(Algorithm):
    """The analysis visit in whose window a day lies, or what ``to`` says of that window.

    ``table`` (maps/) has a row for each window, with the columns AVISIT, AVISITN, AWTARGET, AWLO, AWHI and AWU; both
    bounds belong to the window, an empty one is open. ``by`` names further columns of the table and the variables
    whose value they must equal (windows of a parameter); a row with an empty cell there is for the values that no
    row names. ``to`` is one of these columns or AWTDIFF, the distance of the day from the target. Days have no day 0,
    as ADY: from -1 to 1 it is one day; ``day_zero: yes`` says that there is one (AWU is another unit, or relative
    days). On a day in no window there is no value, or AVISIT is ``outside``. Windows that overlap, bounds and targets
    that are no numbers, a target that is not in its window, and days between two windows that are in none
    (``gaps: yes`` allows them) are SPEC118.

    >>> AnalysisWindow(NumberRef("ADY"), MapName("windows"), "AWTDIFF").describe()
    'Distance of ADY from the target (AWTARGET) of its window in table windows, by days without a day 0.'
    """

    day: NumberRef
    table: MapName
    to: To = "AVISIT"
    by: dict[str, Ref] = field(default_factory=dict)
    outside: str | None = None
    day_zero: bool = False
    gaps: bool = False
    scope = "dataset"

    @property
    def numeric(self) -> bool:  # type: ignore[override]
        """Visits and units are text, all else is numbers."""
        return self.to not in ("AVISIT", "AWU")

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The windows."""
        return {self.table: (*WINDOWS, *self.by)}

    def apply(self, records: Records) -> Column:
        """What ``to`` says of each record's window."""
        table = records.table(self.table)
        windows = _windows(table, tuple(self.by))

        def kernel(day: Any, *groups: Any) -> tuple[Any, Problems]:
            number = floats(day)
            row = self._rows(windows, number, [np.asarray(as_text(g).to_pylist(), object) for g in groups])
            return self._said(table, row, number), {}

        return records.each(kernel, self.day, *self.by.values())

    @staticmethod
    def _rows(windows: list[_Window], day: npt.NDArray[np.float64], groups: list[Any]) -> npt.NDArray[np.int64]:
        """The window of each day (k,), -1 where it is in none."""
        row = np.full(len(day), -1, np.int64)
        named = [[w.keys[i] for w in windows if w.keys[i] is not None] for i in range(len(groups))]
        for w in windows:
            fits = (day >= w.low) & (day <= w.high) & (row < 0)
            for key, values, known in zip(w.keys, groups, named, strict=True):
                fits &= (values == key) if key is not None else ~np.isin(values, np.array(known, object))
            row[fits] = w.row
        return row

    def _said(self, table: Table, row: npt.NDArray[np.int64], day: npt.NDArray[np.float64]) -> Any:
        column = "AWTARGET" if self.to == "AWTDIFF" else self.to
        cells = table.column(column)
        if self.to in ("AVISIT", "AWU"):
            outside = self.outside if self.to == "AVISIT" else None
            at = np.where(np.isnan(day), -1, np.where(row < 0, len(cells), row))
            return pa.array([*cells, outside], TEXT).take(pa.array(at, mask=at < 0))
        values = np.array([*(np.nan if c is None else float(c) for c in cells), np.nan])[row]
        if self.to == "AWTDIFF":
            values = np.abs(day - values) if self.day_zero else np.abs(elapsed(day) - elapsed(values))
        return as_numbers(values)

    def rows_used(self, table: Table, said: Mapping[str, str | None]) -> tuple[int, ...]:
        """The window."""
        day = floats(pa.array([said.get(self.day)], TEXT))
        keys = [np.array([said.get(ref)], object) for ref in self.by.values()]
        return tuple(i for i in self._rows(_windows(table, tuple(self.by)), day, keys).tolist() if i >= 0)

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Windows that cannot be used, that overlap, or that leave days out."""
        cells = [dict(zip(WINDOWS, row, strict=True)) for row in zip(*(table.column(c) for c in WINDOWS), strict=True)]
        wrong = {i: flaw for i, row in enumerate(cells) if (flaw := _flaw(row))}
        yield from wrong.items()
        if not wrong:
            groups: dict[tuple[str | None, ...], list[_Window]] = {}
            for window in _windows(table, tuple(self.by)):
                groups.setdefault(window.keys, []).append(window)
            for windows in groups.values():
                yield from self._disorder(windows)

    def _disorder(self, windows: list[_Window]) -> Iterator[tuple[int, str]]:
        """Windows of one parameter that overlap, or between which days lie."""
        ordered = sorted(windows, key=lambda w: (w.low, w.high))
        for before, after in pairwise(ordered):
            next_day = before.high + 1
            if next_day == 0 and not self.day_zero:
                next_day = 1
            if after.low <= before.high:
                yield after.row, f"the window overlaps the one to day {before.high:g}"
            elif after.low > next_day and not self.gaps:
                last = after.low - 1 if after.low != 1 or self.day_zero else -1
                days = f"day {next_day:g}" if next_day == last else f"days {next_day:g} to {last:g}"
                yield after.row, f"no window has {days} ('gaps: yes' where that is meant)"

    def describe(self) -> str:
        """The method in a sentence."""
        by = "".join(f" of the windows whose {c} is {ref}" for c, ref in self.by.items())
        zero = "with a day 0" if self.day_zero else "without a day 0"
        gaps = "; days between windows may be in none" if self.gaps else ""
        if self.to == "AWTDIFF":
            return (
                f"Distance of {self.day} from the target (AWTARGET) of its window in table {self.table}{by}, by days "
                f"{zero}{self._outside()}{gaps}."
            )
        holds = f"{self.to} of the window of table {self.table} that holds {self.day}{by}"
        return f"{holds} (days {zero}){self._outside()}{gaps}."

    def _outside(self) -> str:
        return f"; {self.outside} outside of all windows" if self.outside else ""


def _flaw(row: dict[str, str | None]) -> str:
    """What is wrong with a window by itself, or nothing."""
    wrong = next((c for c in _NUMBERS if row[c] and not re.fullmatch(PLAIN_NUMBER, str(row[c]))), None)
    if wrong:
        return f"{wrong} '{row[wrong]}' is no number"
    if not row["AVISIT"]:
        return "a window needs an AVISIT"
    low, high = (float(row[c] or end) for c, end in (("AWLO", "-inf"), ("AWHI", "inf")))
    if low > high:
        return f"the window ends (AWHI {high:g}) before it begins (AWLO {low:g})"
    if row["AWTARGET"] and not low <= float(row["AWTARGET"]) <= high:
        return f"the target (AWTARGET {row['AWTARGET']}) is not in its window"
    return ""
