"""Flags of treatment: within a period, before a date, treatment-emergent. A missing date is decided, never an error."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column
from .arithmetic import floats
from .moments import DAY, Floats, days_of, is_datetime, possible_days_of, seconds_of
from .registry import Algorithm, MomentRef, Problems, Records, Ref, algorithm, parameter
from .values import TEXT, Mask, as_text


def _flags(yes: Mask, no: Mask | None, otherwise: str | None) -> Any:
    """Y, what stands for no, or no value."""
    denied = pa.array(np.zeros(len(yes), bool) if no is None else no)
    return pc.if_else(pa.array(yes), "Y", pc.if_else(denied, otherwise, pa.scalar(None, TEXT)))


def _decided(low: Floats, high: Floats, start: Floats, end: Floats) -> Floats:
    """A day for each date that lies before, in or after a period whatever day it means, NaN for others (k,)."""
    first, inside, after = high < start, (low >= start) & ~(high > end), (low >= start) & (low > end)
    return np.where(first | inside | after | np.isnan(start), low, np.nan)


class _Period(Algorithm):
    """Common to the words that compare a date, or a time from one date until another, with a period."""

    scope = "dataset"
    date: MomentRef
    from_: MomentRef
    to: MomentRef | None
    until: MomentRef | None
    days_before: int
    days_after: int
    no_end: bool
    no_date: bool
    # Whether a record that began before the period and lasts into it is in it.
    overlaps: ClassVar[bool] = True

    @property
    def _timed(self) -> bool:
        """Whether seconds are compared: all names are of numeric datetimes."""
        return all(is_datetime(r) for r in self._dates)

    @property
    def _dates(self) -> tuple[MomentRef, ...]:
        return tuple(r for r in (self.date, self.from_, self.to, self.until) if r is not None)

    def _values(self, arrays: dict[str, Any]) -> tuple[Floats, Floats, Floats, Floats]:
        """Date, start and end of the period with its days before and after, and until; in days or seconds."""
        count, unit = (seconds_of, float(DAY)) if self._timed else (days_of, 1.0)
        value = {r: count(arrays[r], r) for r in self._dates}
        missing = np.full(len(value[self.date]), np.nan)
        start = value[self.from_] - self.days_before * unit
        end = value[self.to] + self.days_after * unit if self.to else missing
        if not self._timed:
            value[self.date] = _decided(*possible_days_of(arrays[self.date], self.date), start, end)
        return value[self.date], start, end, value[self.until] if self.until else missing

    def inside(self, arrays: dict[str, Any]) -> Mask:
        """Which records are in the period (k,)."""
        date, start, end, until = self._values(arrays)
        before_end = (date <= end) | (np.isnan(end) & (self.no_end or self.to is None))
        after_start = date >= start
        if self.overlaps and self.until is not None:
            after_start |= (date < start) & ~(until < start)
        unknown = np.isnan(date) & ~np.isnan(start) & self.no_date & ~(until < start)
        return np.asarray((after_start & before_end) | unknown, bool)

    def _rule(self) -> str:
        """The period and what becomes of missing dates, as words."""
        start = f"{self.from_}{f' minus {self.days_before} days' if self.days_before else ''}"
        end = f"{self.to}{f' plus {self.days_after} days' if self.days_after else ''}" if self.to else "any later date"
        inside = f"{self.date} is from {start} to {end}"
        if self.overlaps and self.until is not None:
            inside += f" or comes before and {self.until} does not (a missing {self.until} is later)"
        open_end = f"; without {self.to} {'the period has no end' if self.no_end else 'no record is in it'}"
        missing = f"; a missing {self.date} counts as in it" if self.no_date else ""
        except_ = f" unless {self.until} comes before it" if self.no_date and self.until is not None else ""
        return f"{inside}{open_end if self.to else ''}{missing}{except_}"


@algorithm
class Within(_Period):
    """Y where a date lies in a period, both ends included; ``otherwise`` (such as N) where it does not.

    The period is ``from`` (less ``days_before``) ``to`` a date (plus ``days_after``); without ``to`` it is open. With
    ``until``, the end of what the record tells of (AENDT), a record that began before the period and did not end
    before it is in it; a missing end is later. Missing dates: without a ``from`` no record is in the period; where
    ``to`` is missing the period has no end (``no_end: no`` puts no record in it); a missing date is in no period,
    and has no ``otherwise`` (``no_date: yes`` puts it in). A partial date is compared where every day that it may mean
    gives the same answer, and is missing where not. Names that all end in DTM are compared to the second, others
    by day.

    >>> Within(MomentRef("ADT"), MomentRef("ADSL.TRTSDT"), MomentRef("ADSL.TRTEDT"), otherwise="N").describe()
    'Y where ADT is from ADSL.TRTSDT to ADSL.TRTEDT; without ADSL.TRTEDT the period has no end. N in other cases.'
    """

    date: MomentRef
    from_: MomentRef
    to: MomentRef | None = None
    until: MomentRef | None = None
    days_before: int = 0
    days_after: int = parameter(default=0, needs=("to",))
    no_end: bool = parameter(default=True, needs=("to",))
    no_date: bool = False
    otherwise: str | None = None

    def apply(self, records: Records) -> Column:
        """Y, ``otherwise`` or no value."""
        refs = tuple(dict.fromkeys(self._dates))

        def kernel(*values: Any) -> tuple[Any, Problems]:
            arrays = dict(zip(refs, values, strict=True))
            yes = self.inside(arrays)
            return _flags(yes, ~yes & ~np.isnan(self._values(arrays)[0]), self.otherwise), {}

        return records.each(kernel, *refs)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Y where {self._rule()}.{f' {self.otherwise} in other cases.' if self.otherwise else ''}"


@algorithm
class TreatmentEmergent(_Period):
    """Y where an event began in the period of treatment, or began before and became worse in it (TRTEMFL).

    As ``within``, but that an event whose date is missing counts, unless it ended (``until``) before ``from``;
    ``no_date: no`` leaves it out. With ``severity`` and ``severity_before`` (numbers or grades such as 2; both given)
    an event that began before ``from`` and did not end before it counts where the first is larger.

    >>> word = TreatmentEmergent(MomentRef("ASTDT"), MomentRef("ADSL.TRTSDT"), MomentRef("ADSL.TRTEDT"), days_after=28)
    >>> word.describe().partition("; without")[0]
    'Y where ASTDT is from ADSL.TRTSDT to ADSL.TRTEDT plus 28 days'
    """

    date: MomentRef
    from_: MomentRef
    to: MomentRef | None = None
    until: MomentRef | None = None
    days_before: int = 0
    days_after: int = parameter(default=0, needs=("to",))
    no_end: bool = parameter(default=True, needs=("to",))
    no_date: bool = True
    severity: Ref | None = parameter(default=None, needs=("severity_before", "until"))
    severity_before: Ref | None = parameter(default=None, needs=("severity",))
    otherwise: str | None = None
    overlaps = False

    def apply(self, records: Records) -> Column:
        """Y, ``otherwise`` or no value."""
        severities = [r for r in (self.severity, self.severity_before) if r is not None]
        refs = tuple(dict.fromkeys([*self._dates, *severities]))

        def kernel(*values: Any) -> tuple[Any, Problems]:
            arrays = dict(zip(refs, values, strict=True))
            yes = self.inside(arrays) | self._worse(arrays)
            return _flags(yes, ~yes, self.otherwise), {}

        return records.each(kernel, *refs)

    def _worse(self, arrays: dict[str, Any]) -> Mask:
        if self.severity is None or self.severity_before is None:
            return np.zeros(len(arrays[self.date]), bool)
        date, start, _, until = self._values(arrays)
        worse = floats(as_text(arrays[self.severity])) > floats(as_text(arrays[self.severity_before]))
        return np.asarray((date < start) & ((until >= start) | np.isnan(until)) & worse, bool)

    def describe(self) -> str:
        """The method in a sentence."""
        worse = ""
        if self.severity is not None:
            worse = (
                f" Also Y where it is before {self.from_}, {self.until} is not, and {self.severity} is larger than "
                f"{self.severity_before}."
            )
        return f"Y where {self._rule()}.{worse}{f' {self.otherwise} in other cases.' if self.otherwise else ''}"


@algorithm
class ComesBefore(Algorithm):
    """Y where a date lies before the reference; with ``same_day`` also on that day. ``otherwise`` where it does not.

    With ``no_date`` a missing date counts as before. A partial date is compared where every day that it may mean gives
    the same answer, and is missing where not. A missing reference is decided by nothing: no value.

    >>> ComesBefore(MomentRef("ASTDT"), MomentRef("ADSL.TRTSDT")).describe()
    'Y where ASTDT is before ADSL.TRTSDT.'
    """

    date: MomentRef
    reference: MomentRef
    same_day: bool = False
    no_date: bool = False
    otherwise: str | None = None
    scope = "dataset"

    def apply(self, records: Records) -> Column:
        """Y, ``otherwise`` or no value."""

        def kernel(date: Any, reference: Any) -> tuple[Any, Problems]:
            (low, high), b = possible_days_of(date, self.date), days_of(reference, self.reference)
            before, not_before = (high <= b, low > b) if self.same_day else (high < b, low >= b)
            a = np.where(before | not_before, low, np.nan)
            yes = (a < b) | ((a == b) & self.same_day) | (np.isnan(a) & ~np.isnan(b) & self.no_date)
            return _flags(yes, ~yes & ~np.isnan(a) & ~np.isnan(b), self.otherwise), {}

        return records.each(kernel, self.date, self.reference)

    def describe(self) -> str:
        """The method in a sentence."""
        where = "on or before" if self.same_day else "before"
        missing = f"; a missing {self.date} counts" if self.no_date else ""
        other = f" {self.otherwise} in other cases." if self.otherwise else ""
        return f"Y where {self.date} is {where} {self.reference}{missing}.{other}"
