"""A subject's assessments in the order of their days, and rules that ask one of them to be confirmed by a later one.

What the words of response have in common. An assessment is a record of a dataset with a value (mostly a level of
response such as CR) and a day; ``after``, ``before`` and ``through`` narrow the days that count.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace

import numpy as np
import numpy.typing as npt

from ..model.column import Column, codes_of, distinct_tuples, is_numeric, numbers, take
from ..model.where import Condition
from .iso8601 import NO_DAY, day_numbers
from .merge import Reading, subject_codes
from .registry import MomentRef, Other, Records, Ref
from .values import Mask

Rows = npt.NDArray[np.int64]
Days = npt.NDArray[np.float64]
SECONDS = 86_400
# Numeric dates count from 1960-01-01 (SAS), days of ISO 8601 dates here from 1970-01-01.
EPOCH = 3_653


def days_of(column: Column, ref: str) -> Days:
    """Days since 1960-01-01 of each record (n,), NaN where the day is not known.

    Numbers are days, those of a variable that ends in DTM seconds; text is ISO 8601.
    """
    if is_numeric(column):
        value = numbers(column)
        return np.floor(value / SECONDS) if ref.endswith("DTM") else np.floor(value)
    day = day_numbers(column)
    return np.where(day == NO_DAY, np.nan, day.astype(np.float64) + EPOCH)


@dataclass(frozen=True)
class Assessments:
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


@dataclass(frozen=True)
class Confirmation:
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
class Assessed(Reading):
    """Common to the words that read a subject's assessments over time."""

    source: Ref
    _: KW_ONLY
    date: MomentRef
    where: Condition | None = None
    after: MomentRef | None = None
    before: MomentRef | None = None
    through: MomentRef | None = None

    @property
    def bounds(self) -> tuple[MomentRef, ...]:
        """Names whose days are bounds, of our records."""
        return tuple(b for b in (self.after, self.before, self.through) if b is not None)

    @property
    def known(self) -> tuple[MomentRef, ...]:
        """Names of our records that make a case of a subject: the bounds."""
        return self.bounds

    @property
    def reads(self) -> tuple[str, ...]:
        """The value, its date, what the condition reads, the bounds."""
        return tuple(dict.fromkeys([*super().reads, self.date, *self.known]))

    def contradiction(self) -> str:
        """Values and dates are of one other dataset."""
        same = self.place[0] == self.date.rpartition(".")[0]
        return super().contradiction() or ("" if same else f"'{self.source}' and '{self.date}' are of two datasets")

    def gather(self, records: Records) -> Assessments:
        """The assessments that count, by case."""
        name, column = self.place
        other = records.other(name)
        value, day = other[column], days_of(other[self.date.rpartition(".")[2]], self.date)
        ours, theirs, _ = subject_codes(records, other)
        group, parts = distinct_tuples([records.subjects(), *(records[k] for k in self.known)])
        one = np.zeros(len(parts[0]), np.int64)
        one[group] = np.arange(records.n)
        rows = self._rows(records, other, day, theirs)
        case, entry = _spread(theirs[rows], ours[one])
        row = rows[entry]
        values = tuple(map(str, value.categories.tolist()))
        found = Assessments(
            case,
            day[row].astype(np.int64),
            row,
            codes_of(value)[row].astype(np.int64),
            values,
            len(one),
            group.astype(np.int64),
        )
        return found.kept(self._within_bounds(records, found, one))

    def _rows(self, records: Records, other: Other, day: Days, subject: Rows) -> Rows:
        """Records that may count, by subject, day and the dataset's order."""
        rows = np.flatnonzero(self.candidates(records, other) & (subject >= 0) & ~np.isnan(day))
        place = np.empty(other.n, np.int64)
        place[other.order()] = np.arange(other.n)
        return rows[np.lexsort((place[rows], day[rows], subject[rows]))]

    def _within_bounds(self, records: Records, at: Assessments, one: Rows) -> Mask:
        """After a day that must be known, before or through one that need not be."""
        fits = np.ones(len(at.case), bool)
        for bound in self.bounds:
            limit = days_of(records[bound], bound)[one][at.case]
            if bound is self.after:
                fits &= at.day > limit
            elif bound is self.before:
                fits &= ~(at.day >= limit)
            else:
                fits &= ~(at.day > limit)
        return fits

    def described_bounds(self) -> str:
        """The condition and the bounds as words of a method."""
        said = [f" where {self.where}"] if self.where is not None else []
        said += [f", after {self.after}"] if self.after else []
        said += [f", before {self.before} where that is known"] if self.before else []
        said += [f", through {self.through} where that is known"] if self.through else []
        return f"{self.source} by {self.date}{''.join(said)}"

    def taken(self, records: Records, at: Assessments, chosen: Rows) -> Rows:
        """The record that decided for each of our records (n,), kept as lineage."""
        rows = at.rows_at(chosen)[at.of_record]
        records.link(self.place[0], rows)
        return rows

    def dates(self, records: Records, rows: Rows) -> Column:
        """The dates of some records of the other dataset."""
        return take(records.other(self.place[0])[self.date.rpartition(".")[2]], rows)


def _spread(subject: Rows, wanted: Rows) -> tuple[Rows, Rows]:
    """For sorted subjects (r,) of records and those of cases (k,): each case and entry that belong together (m,)."""
    begin, end = np.searchsorted(subject, wanted, "left"), np.searchsorted(subject, wanted, "right")
    many = np.where(wanted < 0, 0, end - begin)
    case = np.repeat(np.arange(len(wanted)), many)
    offset = np.concatenate([[0], np.cumsum(many)[:-1]]) if len(many) else np.empty(0, np.int64)
    return case.astype(np.int64), (begin[case] + np.arange(len(case)) - offset[case]).astype(np.int64)
