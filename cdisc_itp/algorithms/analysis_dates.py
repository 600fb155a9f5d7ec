"""Numeric dates and times of analysis from ISO 8601 text, what they lack imputed as declared, and flags of that."""

from __future__ import annotations

import re
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from ..model.column import Column
from .iso8601 import NO_DAY, days_in_month
from .moments import (
    DATE_FLAGS,
    DAY,
    TIME_FLAGS,
    Floats,
    Parts,
    as_numbers,
    day_number,
    days_of,
    iso_texts,
    lacking_date,
    lacking_time,
    parse_moments,
    possible_days,
    possible_seconds,
    seconds_of,
)
from .registry import Algorithm, DateRef, MomentRef, Problems, Records, Ref, algorithm, parameter
from .values import TEXT, as_text, valid

Level = Literal["day", "month", "year"]
_LEVELS = {"day": 1, "month": 2, "year": 3}
_LACKING = {"day": "day", "month": "day or month and day", "year": "day, month and day, or whole date"}
_MONTH_DAY = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


def imputed_days(parts: Parts, impute: str, level: Level) -> Floats:
    """Days since 1960-01-01 of each date (k,), what it lacks imputed; NaN where that is not allowed.

    A date without a year is as early as can be (first) or as late (last): limits make it a day.
    """
    lacking, (low, high) = lacking_date(parts), possible_days(parts)
    allowed = 0 if impute == "none" else _LEVELS[level]
    if impute in ("first", "last", "none"):
        value = high if impute == "last" else low
    else:
        value = np.where(lacking == 0, low, _on(parts, "06-30" if impute == "middle" else impute, impute == "middle"))
    return np.where(lacking <= allowed, value, np.nan)


def _on(parts: Parts, month_day: str, middle: bool) -> Floats:
    """A day of the year for dates without a month, its day of the month for those with one."""
    y, m = parts["y"], parts["m"]
    known = y != NO_DAY
    month = np.where(m == NO_DAY, int(month_day[:2]), m)
    day = np.where((m != NO_DAY) & middle, 15, int(month_day[3:]))
    year = np.where(known, y, 2000)
    return np.where(known, day_number(year, month, np.minimum(day, days_in_month(year, month))), np.nan)


class Imputing(Algorithm):
    """Common to the words that impute what a date lacks."""

    source: MomentRef
    impute: str
    level: Level
    not_before: tuple[MomentRef, ...]
    not_after: tuple[MomentRef, ...]
    numeric = True

    def contradiction(self) -> str:
        """Parameters that mean nothing together."""
        if self.impute not in ("none", "first", "middle", "last") and not re.fullmatch(_MONTH_DAY, self.impute):
            return f"impute '{self.impute}' is none of none, first, middle, last, and no month and day such as 06-15"
        if self.impute == "none" and (self.not_before or self.not_after):
            return "limits (not_before, not_after) hold for imputed dates, and none is imputed"
        limits = {"first": self.not_before, "last": self.not_after}
        if self.level == "year" and not limits.get(self.impute):
            return "a whole date is imputed as a limit: with impute first from not_before, with last from not_after"
        return ""

    def _limited(self, value: Floats, imputed: Any, low: Floats, high: Floats, limits: tuple[Floats, ...]) -> Floats:
        """Imputed values moved to the limits, where the limit is one of the days that the partial date may mean."""
        for i, limit in enumerate(limits):
            fits = imputed & ~np.isnan(value) & (low <= limit) & (limit <= high)
            moved = np.fmax(value, limit) if i < len(self.not_before) else np.fmin(value, limit)
            value = np.where(fits, moved, value)
        return value

    def _rule(self) -> str:
        """How a partial date is imputed, as the end of a sentence."""
        if self.impute == "none":
            return "a partial date gives no value"
        how = f"the {self.impute} possible" if self.impute in ("first", "last") else f"set to {self.impute}"
        how = "the middle (day 15, or June 30)" if self.impute == "middle" else how
        limits = [f"not before {r}" for r in self.not_before] + [f"not after {r}" for r in self.not_after]
        kept = f", {' and '.join(limits)} where the partial date may be that day" if limits else ""
        return f"a missing {_LACKING[self.level]} is {how}{kept}"


@algorithm
class AnalysisDate(Imputing):
    """Numeric date (days since 1960-01-01) of an ISO 8601 date or datetime, or of a numeric datetime.

    ``impute`` says what becomes of a partial date: none (the default: it gives no value), first, middle (day 15, or
    June 30) or last of the days that it may mean, or a month and day such as 06-15. ``level`` is the largest part
    that may be imputed: day, month (the default) or year (a date that is missing as a whole becomes its limit). An
    imputed date is moved to ``not_before`` and ``not_after`` (dates, text or numbers), where the partial date may
    mean that day; a complete date is never moved. Issues: DATA010 (no ISO 8601), DATA011 (no such day).

    >>> AnalysisDate(MomentRef("LB.LBDTC")).describe()
    'LB.LBDTC as a numeric date; a partial date gives no value.'
    >>> AnalysisDate(MomentRef("AE.AESTDTC"), "first", "day", (MomentRef("ADSL.TRTSDT"),)).describe().partition("; ")[2]
    'a missing day is the first possible, not before ADSL.TRTSDT where the partial date may be that day.'
    """

    source: MomentRef
    impute: str = "none"
    level: Level = parameter(default="month", needs=("impute",))
    not_before: tuple[MomentRef, ...] = parameter(default=(), needs=("impute",))
    not_after: tuple[MomentRef, ...] = parameter(default=(), needs=("impute",))

    def apply(self, records: Records) -> Column:
        """Days since 1960-01-01."""
        refs = (*self.not_before, *self.not_after)

        def kernel(values: Any, *limits: Any) -> tuple[Any, Problems]:
            texts = iso_texts(values, self.source)
            parts, problems = parse_moments(texts)
            value = imputed_days(parts, self.impute, self.level)
            bounds = tuple(days_of(v, r) for v, r in zip(limits, refs, strict=True))
            value = self._limited(value, lacking_date(parts) > 0, *possible_days(parts), bounds)
            wrong = np.logical_or.reduce(list(problems.values()))
            return as_numbers(np.where(wrong, np.nan, value)), problems

        return records.each(kernel, self.source, *refs)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.source} as a numeric date; {self._rule()}."


@algorithm
class AnalysisDatetime(Imputing):
    """Numeric datetime (seconds since 1960-01-01) of an ISO 8601 datetime or date, or of a numeric date.

    The date is imputed as ``analysis_date`` does. ``time`` says what becomes of a missing time: none (the default:
    no value), first or last of the times that it may be, or a time such as 12:00:00, of which the missing parts are
    taken. Seconds that were not written are 0 (last: 59). ``not_before`` and ``not_after`` move what was imputed, date
    or time; a limit that is a date is the start of that day, or its end. Issues as of ``analysis_date``.

    >>> AnalysisDatetime(MomentRef("EX.EXSTDTC"), time="first").describe()
    'EX.EXSTDTC as a numeric datetime; a partial date gives no value; a missing time is the first possible.'
    """

    source: MomentRef
    impute: str = "none"
    level: Level = parameter(default="month", needs=("impute",))
    time: str = "none"
    not_before: tuple[MomentRef, ...] = ()
    not_after: tuple[MomentRef, ...] = ()

    def apply(self, records: Records) -> Column:
        """Seconds since 1960-01-01."""
        refs, early = (*self.not_before, *self.not_after), len(self.not_before)

        def kernel(values: Any, *limits: Any) -> tuple[Any, Problems]:
            parts, problems = parse_moments(iso_texts(values, self.source))
            day = imputed_days(parts, self.impute, self.level)
            value = day * DAY + imputed_seconds(parts, self.time)
            bounds = tuple(seconds_of(v, r, i >= early) for i, (v, r) in enumerate(zip(limits, refs, strict=True)))
            (low, high), clock = possible_days(parts), possible_seconds(parts)
            lacks = (lacking_date(parts) > 0) | (lacking_time(parts) > 0)
            value = self._limited(value, lacks, low * DAY + clock[0], high * DAY + clock[1], bounds)
            wrong = np.logical_or.reduce(list(problems.values()))
            return as_numbers(np.where(wrong, np.nan, value)), problems

        return records.each(kernel, self.source, *refs)

    def contradiction(self) -> str:
        """Parameters that mean nothing together."""
        if self.time not in ("none", "first", "last") and not re.fullmatch(_CLOCK, self.time):
            return f"time '{self.time}' is none of none, first, last, and no time such as 12:00:00"
        if self.time == "none" and self.impute == "none" and (self.not_before or self.not_after):
            return "limits (not_before, not_after) hold for what is imputed, and nothing is"
        return "" if self.impute == "none" else super().contradiction()

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.source} as a numeric datetime; {self._rule()}; {_time_rule(self.time)}{self._time_limits()}."

    def _time_limits(self) -> str:
        limits = [f"not before {r}" for r in self.not_before] + [f"not after {r}" for r in self.not_after]
        return f", {' and '.join(limits)}" if limits and self.time != "none" else ""


def imputed_seconds(parts: Parts, time: str) -> Floats:
    """Seconds of the day of each time (k,), what it lacks imputed; NaN where that is not allowed."""
    low, high = possible_seconds(parts)
    if time in ("none", "first", "last"):
        value = high if time == "last" else low
        return np.where((lacking_time(parts) > 1) & (time == "none"), np.nan, value)
    given = dict(zip("hns", (int(x) for x in time.split(":")), strict=True))
    filled = {x: np.where(parts[x] == NO_DAY, given[x], parts[x]) for x in "hns"}
    return filled["h"] * 3600.0 + filled["n"] * 60.0 + filled["s"]


def _time_rule(time: str) -> str:
    if time == "none":
        return "a missing time gives no value"
    return f"a missing time is {f'the {time} possible' if time in ('first', 'last') else time}"


@algorithm
class AnalysisTime(Algorithm):
    """Numeric time of the day (seconds) of an ISO 8601 datetime, or of a numeric datetime.

    ``time`` says what becomes of a missing time, as in ``analysis_datetime``. Issues: DATA010, DATA011.

    >>> AnalysisTime(MomentRef("PC.PCDTC")).describe()
    'Time of the day of PC.PCDTC as a number; a missing time gives no value.'
    """

    source: MomentRef
    time: str = "none"
    numeric = True

    def apply(self, records: Records) -> Column:
        """Seconds of the day."""

        def kernel(values: Any) -> tuple[Any, Problems]:
            texts = iso_texts(values, self.source)
            parts, problems = parse_moments(texts)
            known = valid(texts) & ~np.logical_or.reduce(list(problems.values()))
            return as_numbers(np.where(known, imputed_seconds(parts, self.time), np.nan)), problems

        return records.each(kernel, self.source)

    def contradiction(self) -> str:
        """A time that is none."""
        if self.time in ("none", "first", "last") or re.fullmatch(_CLOCK, self.time):
            return ""
        return f"time '{self.time}' is none of none, first, last, and no time such as 12:00:00"

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Time of the day of {self.source} as a number; {_time_rule(self.time)}."


@algorithm
class Imputed(Algorithm):
    """Which part of a numeric date was imputed: the date imputation flag, with ``part: time`` that of the time.

    Where the date has a value, the flag is the largest part that the text ``from`` lacks: Y, M or D, of the time H,
    M or S. It reads the date and its text, so that date and flag cannot disagree. ``part: minutes`` is the time where
    seconds are never collected, and are no imputation.

    >>> Imputed(Ref("ASTDT"), DateRef("AE.AESTDTC")).describe()
    'Where ASTDT has a value: Y, M or D, the largest part of the date that AE.AESTDTC lacks.'
    """

    value: Ref
    from_: DateRef
    part: Literal["date", "time", "minutes"] = "date"

    def apply(self, records: Records) -> Column:
        """Flags of the codelists DATEFL and TIMEFL."""

        def kernel(values: Any, texts: Any) -> tuple[Any, Problems]:
            parts, _ = parse_moments(as_text(texts))
            lacking = lacking_date(parts) if self.part == "date" else lacking_time(parts)
            flags = DATE_FLAGS if self.part == "date" else TIME_FLAGS
            at = np.where(valid(values) & (lacking > (1 if self.part == "minutes" else 0)), lacking, 0)
            return pa.array([flags[i] or None for i in at.tolist()], TEXT), {}

        return records.each(kernel, self.value, self.from_)

    def describe(self) -> str:
        """The method in a sentence."""
        flags = {"date": "Y, M or D", "time": "H, M or S", "minutes": "H or M"}[self.part]
        part = "date" if self.part == "date" else "time"
        return f"Where {self.value} has a value: {flags}, the largest part of the {part} that {self.from_} lacks."
