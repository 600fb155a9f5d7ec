"""A subject's assessments in the order of their days, and rules that ask one of them to be confirmed by a later one.

What the words of response have in common. An assessment is a record of a dataset with a value (mostly a level of
response such as CR) and a day.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from ..model.column import Column, codes_of, take
from ..model.where import Condition
from .ordering import places
from .reading import Bounded, Reading, day_column
from .registry import MomentRef, Records
from .values import Mask

Rows = npt.NDArray[np.int64]
Days = npt.NDArray[np.float64]


class Assessments(Struct, frozen=True):
    """Assessments of each case (m,), by case, day and the dataset's order.

    A case is a subject with its bounds: ``of_record`` (n,) is the case of each of our records. ``row`` is the record
    of the other dataset, ``value`` the code of its value in ``values``, ``day`` whole days.
    """

    case: Rows
    day: Rows
    row: Rows
    value: Rows
    values: tuple[str, ...]
    cases: int
    of_record: Rows

    def kept(self, mask: Mask) -> Assessments:
        """The assessments at a mask (m,)."""
        return replace(self, case=self.case[mask], day=self.day[mask], row=self.row[mask], value=self.value[mask])

    def among(self, levels: tuple[str, ...]) -> Mask:
        """Which assessments have one of some values (m,)."""
        known = np.array([v in levels for v in self.values] + [False], bool)
        return known[self.value]

    def first(self, mask: Mask) -> Rows:
        """The first assessment of each case at a mask (cases,), -1 where there is none."""
        at = np.flatnonzero(mask)
        out = np.full(self.cases, -1, np.int64)
        out[self.case[at[::-1]]] = at[::-1]
        return out

    def last(self, mask: Mask) -> Rows:
        """The last assessment of each case at a mask (cases,), -1 where there is none."""
        at = np.flatnonzero(mask)
        out = np.full(self.cases, -1, np.int64)
        out[self.case[at]] = at
        return out

    def of_case(self, per_case: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """What is known of a case (cases,) for each of its assessments (m,)."""
        return per_case[self.case]

    def rows_at(self, chosen: Rows) -> Rows:
        """Records of the other dataset (cases,) behind some assessments, -1 where there is none."""
        return np.append(self.row, -1)[chosen]


class Confirmation(Struct, frozen=True):
    """What must follow an assessment: one of some values, at least ``days`` (at most ``within``) days later.

    ``between`` lists values that may lie in between, each with the number of times that it may (None: any number);
    without it, anything may lie in between.
    """

    by: tuple[str, ...]
    days: int
    within: int | None = None
    between: tuple[tuple[str, int | None], ...] | None = None

    def find(self, at: Assessments, by: Mask | None = None) -> Rows:
        """The first assessment that confirms each assessment (m,), -1 where none does."""
        by = at.among(self.by) if by is None else by
        places = np.flatnonzero(by)
        if not len(places):
            return np.full(len(at.case), -1, np.int64)
        span = int(np.ptp(at.day)) + self.days + 2
        key = at.case * (2 * span) + (at.day - at.day.min())
        n = np.arange(len(key))
        # A confirmation is another assessment, also where no day needs to lie between.
        found = np.maximum(np.searchsorted(key[places], key + self.days), np.searchsorted(places, n, side="right"))
        later = np.append(places, -1)[found]
        fits = (later >= 0) & (at.case[later] == at.case)
        if self.within is not None:
            fits &= at.day[later] - at.day <= self.within
        return np.where(fits & self._undisturbed(at, n, np.where(fits, later, n + 1)), later, -1)

    def _undisturbed(self, at: Assessments, here: Rows, later: Rows) -> Mask:
        """Whether what lies between two assessments is allowed."""
        if self.between is None:
            return np.ones(len(here), bool)
        fits = _inside(~at.among(tuple(v for v, _ in self.between)), here, later) == 0
        for value, most in self.between:
            if most is not None:
                fits &= _inside(at.among((value,)), here, later) <= most
        return np.asarray(fits, bool)


def _inside(mask: Mask, here: Rows, later: Rows) -> Rows:
    """How many of a mask (m,) lie between two places."""
    count = np.concatenate([[0], np.cumsum(mask)])
    return np.asarray(count[np.maximum(later, here + 1)] - count[here + 1], np.int64)


@dataclass(frozen=True)
class Assessed(Bounded):
    """Common to the words that read a subject's assessments over time."""

    _: KW_ONLY
    where: Condition | None = None
    date: MomentRef

    def contradiction(self) -> str:
        """Values and dates are of one other dataset; without dates nothing has an order."""
        if not self.date:  # The default of Bounded stands.
            return "the dates of the assessments are not named: date"
        same = self.place[0] == self.date.rpartition(".")[0]
        return Reading.contradiction(self) or ("" if same else f"'{self.source}' and '{self.date}' are of two datasets")

    def gather(self, records: Records) -> Assessments:
        """The assessments that count, by case, day and the dataset's order."""
        name, column = self.place
        other = records.other(name)
        value, day = other[column], day_column(other[self.date.rpartition(".")[2]], self.date)
        asked = self.asked(records, other, self.candidates(records, other) & ~np.isnan(day))
        order = np.lexsort((places(other.order())[asked.row], day[asked.row], asked.case))
        row = asked.row[order]
        return Assessments(
            asked.case[order],
            day[row].astype(np.int64),
            row,
            codes_of(value)[row].astype(np.int64),
            tuple(map(str, value.categories.tolist())),
            asked.cases,
            asked.of_record,
        )

    def described_values(self) -> str:
        """The values, their dates, the condition and the bounds as words of a method."""
        return f"{self.source} by {self.date}{self.narrowed()}"

    def taken(self, records: Records, at: Assessments, chosen: Rows) -> Rows:
        """The record that decided for each of our records (n,), kept as lineage."""
        rows = at.rows_at(chosen)[at.of_record]
        records.link(self.place[0], rows)
        return rows

    def dates(self, records: Records, rows: Rows) -> Column:
        """The dates of some records of the other dataset."""
        return take(records.other(self.place[0])[self.date.rpartition(".")[2]], rows)
