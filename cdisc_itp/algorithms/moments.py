"""Dates and times as numbers, and what a partial date may mean.

Numeric dates count days, numeric datetimes seconds, both from 1960-01-01 (SAS), which ADaMIG 1.3 names by *DT and
*DTM. Everything works on arrays of distinct values; NaN is no value.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, arrow_values, codes_of, is_numeric
from ..model.kept import once
from .iso8601 import NO_DAY, SAS_DAYS, Days, day_numbers, days_in_month, whole_numbers
from .registry import Problems
from .values import TEXT, Mask, kept, valid

Floats = npt.NDArray[np.float64]
Parts = dict[str, Days]
EPOCH = SAS_DAYS
DAY = 86_400
_DATE = r"(?P<y>[0-9]{4}|-)(?:-(?P<m>[0-9]{2}|-)(?:-(?P<d>[0-9]{2}|-))?)?"
_CLOCK = r"(?P<h>[0-9]{2}|-)(?::(?P<n>[0-9]{2}|-)(?::(?P<s>[0-9]{2}|-)(?:[.,][0-9]+)?)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_MOMENT = rf"^{_DATE}(?:T{_CLOCK})?$"
# What a written date or time lacks, as the flags of imputation name it (ADaMIG 1.3: DTF, TMF); 0 is nothing.
DATE_FLAGS, TIME_FLAGS = ("", "D", "M", "Y"), ("", "S", "M", "H")


def is_datetime(ref: str) -> bool:
    """Whether the numbers of a name are seconds.

    >>> is_datetime("ADTM"), is_datetime("ADSL.TRTSDT")
    (True, False)
    """
    return ref.endswith("DTM")


def iso_texts(values: Any, ref: str) -> Any:
    """ISO 8601 text of each date or datetime (k,); text is as it is.

    >>> iso_texts(pa.array([22466.0, None]), "ADT").to_pylist(), iso_texts(pa.array([3660.0]), "ADTM").to_pylist()
    (['2021-07-05', None], ['1960-01-01T01:01:00'])
    """
    if not pa.types.is_floating(values.type):
        return values
    number = np.nan_to_num(np.asarray(pc.fill_null(values, 0.0), np.float64))
    unit: Any = "s" if is_datetime(ref) else "D"
    moment = np.datetime64("1960-01-01", unit) + np.floor(number).astype(np.int64).astype(f"timedelta64[{unit}]")
    return kept(pa.array(np.datetime_as_string(moment, unit=unit), TEXT), valid(values))


def parse_moments(texts: Any) -> tuple[Parts, Problems]:
    """Year, month, day, hour, minute and second (y m d h n s) of ISO 8601 texts (k,); NO_DAY where not known.

    A zone is passed over (the time is the local one), so is a fraction of a second, and a day without its month.
    Problems: DATA010 (not ISO 8601, or an interval), DATA011 (no such day or time); these have no part.

    >>> parts, problems = parse_moments(pa.array(["2022-07", "2022-02-30", "July"]))
    >>> (parts["m"] == [7, NO_DAY, NO_DAY]).tolist(), {k: m.tolist() for k, m in problems.items()}
    ([True, True, True], {'DATA010': [False, False, True], 'DATA011': [False, True, False]})
    """
    found = pc.extract_regex(texts, _MOMENT)
    parts = dict(zip("ymdhns", map(whole_numbers, found.flatten()), strict=True))
    unread = valid(texts) & ~valid(found)
    _drop_after(parts, ("y", "m", "d"))
    _drop_after(parts, ("d", "h", "n", "s"))
    wrong = _impossible(parts)
    for name in parts:
        parts[name] = np.where(wrong, NO_DAY, parts[name])
    return parts, {"DATA010": unread, "DATA011": wrong}


def _drop_after(parts: Parts, names: tuple[str, ...]) -> None:
    """A part means something only where every larger one is known."""
    for larger, smaller in itertools.pairwise(names):
        parts[smaller] = np.where(parts[larger] == NO_DAY, NO_DAY, parts[smaller])


def _impossible(parts: Parts) -> Mask:
    y, m, d = parts["y"], parts["m"], parts["d"]
    month = (m != NO_DAY) & ((m < 1) | (m > 12))
    length = days_in_month(np.where(y == NO_DAY, 2000, y), np.where(month | (m == NO_DAY), 1, m))
    day = (d != NO_DAY) & ((d < 1) | (d > length))
    clock = [(parts[x] != NO_DAY) & (parts[x] > last) for x, last in (("h", 23), ("n", 59), ("s", 59))]
    return np.asarray(month | day | (y == 0) | np.logical_or.reduce(clock), bool)


def day_number(y: Days, m: Days, d: Days) -> Floats:
    """Days since 1960-01-01 of calendar days that exist.

    >>> day_number(np.array([1960, 2022]), np.array([1, 7]), np.array([2, 5])).tolist()
    [1.0, 22831.0]
    """
    months = ((y - 1970) * 12 + m - 1).astype("datetime64[M]")
    return (months.astype("datetime64[D]").astype(np.int64) + d - 1 + EPOCH).astype(np.float64)


def lacking_date(parts: Parts) -> npt.NDArray[np.int64]:
    """What each date lacks: 0 nothing, 1 the day, 2 the month, 3 the year."""
    return np.select([parts["y"] == NO_DAY, parts["m"] == NO_DAY, parts["d"] == NO_DAY], [3, 2, 1], 0)


def lacking_time(parts: Parts) -> npt.NDArray[np.int64]:
    """What each time lacks: 0 nothing, 1 the seconds, 2 the minutes, 3 the hour."""
    return np.select([parts["h"] == NO_DAY, parts["n"] == NO_DAY, parts["s"] == NO_DAY], [3, 2, 1], 0)


def possible_days(parts: Parts) -> tuple[Floats, Floats]:
    """The first and the last day that each date may mean; without a year, every day."""
    y, m, d = parts["y"], parts["m"], parts["d"]
    no_y, no_m, no_d = y == NO_DAY, m == NO_DAY, d == NO_DAY
    year = np.where(no_y, 2000, y)
    first_month, last_month = np.where(no_m, 1, m), np.where(no_m, 12, m)
    low = day_number(year, first_month, np.where(no_d, 1, d))
    high = day_number(year, last_month, np.where(no_d, days_in_month(year, last_month), d))
    return np.where(no_y, -np.inf, low), np.where(no_y, np.inf, high)


def possible_seconds(parts: Parts) -> tuple[Floats, Floats]:
    """The first and the last second of the day that each time may mean."""
    clock = [np.where(parts[x] == NO_DAY, 0, parts[x]) for x in "hns"]
    late = [np.where(parts[x] == NO_DAY, last, parts[x]) for x, last in (("h", 23), ("n", 59), ("s", 59))]
    low, high = (a * 3600.0 + b * 60.0 + c for a, b, c in (clock, late))
    return low, high


def days_of(values: Any, ref: str) -> Floats:
    """Days since 1960-01-01 of each date or datetime (k,); NaN where there is none, or its day is not known.

    >>> days_of(pa.array(["1960-01-02T23:00", "1960-01"]), "EXSTDTC").tolist()
    [1.0, nan]
    >>> days_of(pa.array([90000.0]), "ADTM").tolist()
    [1.0]
    """
    if pa.types.is_floating(values.type):
        number = np.asarray(pc.fill_null(values, np.nan), np.float64)
        return np.floor(number / DAY) if is_datetime(ref) else np.floor(number)
    parts, _ = parse_moments(values)
    return np.where(lacking_date(parts) == 0, possible_days(parts)[0], np.nan)


def possible_days_of(values: Any, ref: str) -> tuple[Floats, Floats]:
    """The first and the last day that each date or datetime (k,) may mean; NaN where there is none.

    >>> [x.tolist() for x in possible_days_of(pa.array(["1960-01", "1960-01-05", None]), "AESTDTC")]
    [[0.0, 4.0, nan], [30.0, 4.0, nan]]
    """
    if pa.types.is_floating(values.type):
        day = days_of(values, ref)
        return day, day
    parts, problems = parse_moments(values)
    unread = np.logical_or.reduce([~valid(values), *problems.values()])
    low, high = possible_days(parts)
    return np.where(unread, np.nan, low), np.where(unread, np.nan, high)


def possible_day_numbers(column: Column, ref: str) -> tuple[Floats, Floats]:
    """Days since 1970-01-01: the first and the last that each record's date (n,) may mean, NaN where not known."""
    if is_numeric(column):
        day = day_numbers(column, ref)
        return (np.where(day == NO_DAY, np.nan, day),) * 2
    low, high = _possible_days(column)
    known = np.isfinite(low) & np.isfinite(high)
    first, last = (np.append(np.where(known, x - EPOCH, np.nan), np.nan)[codes_of(column)] for x in (low, high))
    return first, last


_possible_days = once(lambda column: possible_days_of(arrow_values(column), ""))


def seconds_of(values: Any, ref: str, late: bool = False) -> Floats:
    """Seconds since 1960-01-01 of each date or datetime (k,), NaN where its day is not known.

    A date without a time, or what a time lacks, counts as the start, with ``late`` as the end of what it may mean.

    >>> seconds_of(pa.array(["1960-01-01", "1960-01-01T10:30"]), "DTC", late=True).tolist()
    [86399.0, 37859.0]
    """
    if pa.types.is_floating(values.type):
        number = np.asarray(pc.fill_null(values, np.nan), np.float64)
        return number if is_datetime(ref) else np.floor(number) * DAY + (DAY - 1 if late else 0)
    parts, _ = parse_moments(values)
    clock = possible_seconds(parts)[1 if late else 0]
    return np.where(lacking_date(parts) == 0, possible_days(parts)[0] * DAY + clock, np.nan)


def complete_moments(texts: Any, ref: str) -> Floats:
    """The numbers that a name of a numeric date or datetime has for complete ISO 8601 texts (k,), NaN for others.

    >>> complete_moments(pa.array(["1960-01-02", "1960-01"]), "ADT").tolist()
    [1.0, nan]
    >>> complete_moments(pa.array(["1960-01-02T00:01", "1960-01-02"]), "ADTM").tolist()
    [86460.0, nan]
    """
    if not is_datetime(ref):
        return days_of(texts, ref)
    parts, _ = parse_moments(texts)
    return np.where(lacking_time(parts) <= 1, seconds_of(texts, ref), np.nan)


def as_numbers(values: Floats) -> Any:
    """An Arrow array of numbers (k,), null where there is none."""
    return pa.array(values, pa.float64(), mask=~np.isfinite(values))
