"""Arithmetic of dates: days of analysis, dates some days after another, the time between two."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa

from ..model.column import Column
from .arithmetic import rounded
from .moments import EPOCH, Floats, as_numbers, days_of, is_datetime, seconds_of
from .registry import Algorithm, MomentRef, Problems, Records, algorithm
from .values import TEXT

Unit = Literal["seconds", "minutes", "hours", "days", "weeks", "months", "years"]
# Seconds of the units below a day; days of the others: a year is 365.25 days, a month its twelfth part.
_SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0}
_DAYS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}


@algorithm
class AnalysisDay(Algorithm):
    """Days from the reference date (day 1); there is no day 0. Dates are text or numbers (ADaMIG 1.3: ADY).

    No value where one of the days is not known.

    >>> AnalysisDay(MomentRef("ADT"), MomentRef("ADSL.TRTSDT")).describe()
    'ADT minus ADSL.TRTSDT in days, plus 1 on and after ADSL.TRTSDT; there is no day 0.'
    """

    date: MomentRef
    reference: MomentRef
    scope = "dataset"
    numeric = True

    def apply(self, records: Records) -> Column:
        """Days."""

        def kernel(date: Any, start: Any) -> tuple[Any, Problems]:
            day = days_of(date, self.date) - days_of(start, self.reference)
            return as_numbers(day + (day >= 0)), {}

        return records.each(kernel, self.date, self.reference)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.date} minus {self.reference} in days, plus 1 on and after {self.reference}; there is no day 0."


@algorithm
class AddDays(Algorithm):
    """The numeric date some ``days`` after another (before it, where ``days`` is negative).

    >>> AddDays(MomentRef("ADSL.TRTEDT"), 28).describe()
    'ADSL.TRTEDT plus 28 days.'
    """

    date: MomentRef
    days: int
    scope = "dataset"
    numeric = True

    def apply(self, records: Records) -> Column:
        """Days since 1960-01-01."""

        def kernel(date: Any) -> tuple[Any, Problems]:
            return as_numbers(days_of(date, self.date) + self.days), {}

        return records.each(kernel, self.date)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.date} {'plus' if self.days >= 0 else 'minus'} {abs(self.days)} days."


class _Extreme(Algorithm):
    """Common to the words that choose among several dates of a record."""

    later: ClassVar[bool] = False
    scope = "dataset"
    dates: tuple[MomentRef, ...]
    kinds: tuple[str, ...]

    def apply(self, records: Records) -> Column:
        """The chosen date as a number, or what it is called."""
        refs = tuple(dict.fromkeys(self.dates))

        def kernel(*arrays: Any) -> tuple[Any, Problems]:
            values = dict(zip(refs, arrays, strict=True))
            count = seconds_of if self._timed else days_of
            every = np.stack([count(values[r], r) for r in self.dates])
            sign = -1.0 if self.later else 1.0
            chosen = np.where(np.isnan(every), np.inf, sign * every)
            best = chosen.argmin(axis=0)
            if not self.kinds:
                return as_numbers(every[best, np.arange(every.shape[1])]), {}
            known = np.isfinite(chosen.min(axis=0)).tolist()
            names = [self.kinds[i] if there else None for i, there in zip(best.tolist(), known, strict=True)]
            return pa.array(names, TEXT), {}

        return records.each(kernel, *refs)

    @property
    def _timed(self) -> bool:
        return all(is_datetime(r) for r in self.dates)

    def contradiction(self) -> str:
        """One date is compared with nothing; a kind a date."""
        if len(self.dates) < 2:
            return "compares several dates, and has one"
        wrong = self.kinds and len(self.kinds) != len(self.dates)
        return f"{len(self.dates)} dates have {len(self.kinds)} kinds" if wrong else ""

    def _said(self, which: str) -> str:
        listed = f"{which} of {', '.join(self.dates)} (missing ones left out)"
        if not self.kinds:
            return f"{listed}."
        kinds = ", ".join(self.kinds)
        return f"Which is the {listed[0].lower()}{listed[1:]}: {kinds}, in this order; of equal dates the first listed."


@algorithm
class EarliestDate(_Extreme):
    """The earliest of several dates of the record or of the subject's one record elsewhere, as a numeric date.

    Missing dates, and partial ones, are left out. With ``kinds``, a text for each date, it is the text of the date that
    is the earliest (the first listed, of equal ones). Names that all end in DTM give a datetime.

    >>> EarliestDate((MomentRef("ADSL.TRTEDT"), MomentRef("ADSL.DTHDT"))).describe()
    'Earliest of ADSL.TRTEDT, ADSL.DTHDT (missing ones left out).'
    """

    dates: tuple[MomentRef, ...]
    kinds: tuple[str, ...] = ()

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said("Earliest")


@algorithm
class LatestDate(_Extreme):
    """The latest of several dates of the record or of the subject's one record elsewhere, as a numeric date.

    Missing dates, ``kinds`` and datetimes as in ``earliest_date``.

    >>> LatestDate((MomentRef("A"), MomentRef("B")), ("VISIT", "CALL")).describe()
    'Which is the latest of A, B (missing ones left out): VISIT, CALL, in this order; of equal dates the first listed.'
    """

    dates: tuple[MomentRef, ...]
    kinds: tuple[str, ...] = ()
    later = True

    def describe(self) -> str:
        """The method in a sentence."""
        return self._said("Latest")


@algorithm
class TimeBetween(Algorithm):
    """The time from one date ``to`` another in a ``unit``: days (the default), weeks, months, years, hours, minutes.

    A year is 365.25 days, a month its twelfth part; with ``calendar`` completed years or months are counted, from a
    day to the same day. ``add_one`` counts both days: one day is added where ``to`` is not before the start.
    ``decimals`` rounds half up, ``floor`` takes the whole units only. Negative where ``to`` comes first. No value
    where one of the dates is missing.

    >>> TimeBetween(MomentRef("TRTSDT"), MomentRef("TRTEDT"), add_one=True).describe()
    'Days from TRTSDT to TRTEDT, both days counted.'
    >>> TimeBetween(MomentRef("A"), MomentRef("B"), "months", decimals=1).describe()
    'Months (365.25 / 12 days) from A to B, rounded half up to 1 decimal.'
    """

    start: MomentRef
    to: MomentRef
    unit: Unit = "days"
    add_one: bool = False
    calendar: bool = False
    decimals: int | None = None
    floor: bool = False
    scope = "dataset"
    numeric = True

    def apply(self, records: Records) -> Column:
        """Numbers of units."""

        def kernel(start: Any, to: Any) -> tuple[Any, Problems]:
            value = self._between(start, to)
            value = np.floor(np.round(value, 9)) if self.floor else value
            return as_numbers(rounded(value, self.decimals)), {}

        return records.each(kernel, self.start, self.to)

    def _between(self, start: Any, to: Any) -> Floats:
        if self.unit in _SECONDS:
            return (seconds_of(to, self.to) - seconds_of(start, self.start)) / _SECONDS[self.unit]
        a, b = days_of(start, self.start), days_of(to, self.to)
        if self.calendar:
            return completed(a, b) // (12 if self.unit == "years" else 1)
        return (b - a + np.where(self.add_one & (b >= a), 1, 0)) / _DAYS[self.unit]

    def contradiction(self) -> str:
        """Parameters that mean nothing together."""
        if self.calendar and self.unit not in ("months", "years"):
            return f"the calendar has no completed {self.unit}"
        if self.add_one and (self.calendar or self.unit in _SECONDS):
            return "add_one counts days, from which weeks, months and years are computed"
        if self.decimals is not None and (self.floor or self.calendar or not 0 <= self.decimals <= 9):
            return "decimals is from 0 to 9, and of no whole numbers"
        if self.unit in _SECONDS and not (self._timed(self.start) and self._timed(self.to)):
            return f"{self.unit} are between datetimes (names that end in DTM or DTC)"
        return ""

    @staticmethod
    def _timed(ref: str) -> bool:
        return is_datetime(ref) or ref.endswith("DTC")

    def describe(self) -> str:
        """The method in a sentence."""
        unit = f"Completed {self.unit}" if self.calendar else self.unit.capitalize()
        size = {"months": " (365.25 / 12 days)", "years": " (365.25 days)"}.get("" if self.calendar else self.unit, "")
        both = ", both days counted" if self.add_one else ""
        whole = ", whole units" if self.floor else ""
        places = f"{self.decimals} decimal{'' if self.decimals == 1 else 's'}"
        decimals = f", rounded half up to {places}" if self.decimals is not None else ""
        return f"{unit}{size} from {self.start} to {self.to}{both}{whole}{decimals}."


def completed(start: Floats, end: Floats) -> Floats:
    """Completed calendar months from one day to another (k,), negative where the end comes first."""
    known = np.isfinite(start) & np.isfinite(end)
    low, high = np.where(known, np.minimum(start, end), 0), np.where(known, np.maximum(start, end), 0)
    (a, day_a), (b, day_b) = _months(low), _months(high)
    months = (b - a - (day_b < day_a)).astype(np.float64)
    return np.where(known, np.where(start <= end, months, -months), np.nan)


def _months(days: Floats) -> tuple[Any, Any]:
    """Number of the month, and the day of the month from 0."""
    date = (days.astype(np.int64) - EPOCH).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    return month.astype(np.int64), (date - month).astype(np.int64)
