"""Numbers of a SAS file as the text that a person would see: plain decimals, dates and times in ISO 8601."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Texts: TypeAlias = "npt.NDArray[np.object_]"
Render: TypeAlias = Callable[["npt.NDArray[np.float64]", str], tuple["Texts", "npt.NDArray[np.bool_]"]]

DAY = 86_400
EPOCH = np.datetime64("1960-01-01", "s")  # SAS counts days and seconds from here
# SAS dates reach back to the Gregorian calendar's first year; from year 4000 on they are not the calendar's
# (SAS takes 4000 and 8000 for common years).
FIRST = float((np.datetime64("1582-01-01", "s") - EPOCH).astype(np.int64))
LIMIT = float((np.datetime64("4000-01-01", "s") - EPOCH).astype(np.int64))

_DATE = re.compile(
    r"DATE|(DDMMYY|MMDDYY|YYMMDD)[BCDNPS]?|(YYMM|MMYY|YYQ|YYQR)[CDNPSZ]?|MONYY|YYMON|YEAR|QTRR?|MONTH|MONNAME"
    r"|DAY|WEEKDAY|DOWNAME|WEEK[UVW]|WEEKDAT[EX]|WORDDAT[EX]|JULIAN|JULDAY|[EB]8601DA|IS8601DA|ND8601DA|NENGO"
    r"|MINGUO|NLDATE[A-Z]*|EURDF[A-Z]+|PDJULG|PDJULI"
)
_DATETIME = re.compile(
    r"DATETIME|DTDATE|DTMONYY|DTWKDATX|DTYEAR|DTYYQC|DATEAMPM|MDYAMPM|[EB]8601(DT|DN|DZ|DX|LX)|IS8601(DT|DN|DZ)"
    r"|NLDATM[A-Z]*|EURDFDT"
)
_TIME = re.compile(r"TIME|TIMEAMPM|TOD|HHMM|HOUR|MMSS|[EB]8601(TM|TZ|LZ|TX)|IS8601(TM|TZ)|NLTIM[A-Z]*|NLTIMAP")
# Formats that show the date alone, and the width from which the others show seconds (0: always).
_DATE_OF_DATETIME = re.compile(r"DTDATE|DTMONYY|DTWKDATX|DTYEAR|DTYYQC|[EB]8601DN|IS8601DN")
NEVER = 1000
_SECONDS_FROM = {"DATETIME": 16, "DATEAMPM": 19, "E8601DT": 19, "B8601DT": 15, "IS8601DT": 19, "MDYAMPM": NEVER}
_SECONDS_FROM |= {"TIME": 8, "TOD": 8, "TIMEAMPM": 11, "E8601TM": 8, "B8601TM": 6, "IS8601TM": 8}
_SECONDS_FROM |= {"HHMM": NEVER, "HOUR": NEVER}
_FORMAT = re.compile(r"(\$?[A-Z0-9_]*?)([0-9]*)\.([0-9]*)")


def render_numbers(
    values: npt.NDArray[np.float64], display_format: str, limit: float = LIMIT
) -> tuple[Texts, npt.NDArray[np.bool_]]:
    """Text of each number (k,), and which of them are no date or time although the format is one (k,).

    Plain numbers have the fewest digits that give the double back, without exponent; so have numbers that are
    outside the calendar, which ends before ``limit`` (seconds since 1960). Seconds are left out where they are zero
    and the format does not show them.

    >>> render_numbers(np.array([90.0, 0.1, 1e-7]), "8.2")[0].tolist()
    ['90', '0.1', '0.0000001']
    >>> render_numbers(np.array([22000.0, 1e9]), "DATE9.")[0].tolist()
    ['2020-03-26', '1000000000']
    >>> render_numbers(np.array([30600.0]), "TIME5.")[0].tolist()
    ['08:30']
    """
    match = _FORMAT.fullmatch(display_format.upper())
    name, width = (match[1], int(match[2] or 0)) if match else ("", 0)
    texts, wrong = render_decimals(values), np.zeros(len(values), bool)
    if not name or not len(values):
        return texts, wrong
    if _DATE.fullmatch(name):
        fits = _whole(values) & (values * DAY >= FIRST) & (values * DAY < limit)
        texts[fits] = _moments(values[fits] * DAY, "D")
    elif _DATETIME.fullmatch(name):
        fits = (values >= FIRST) & (values < limit)
        texts[fits] = _datetimes(values[fits], name, width)
    elif _TIME.fullmatch(name):
        fits = (values >= 0) & (values < DAY)
        texts[fits] = [t[11:] for t in _with_seconds(values[fits], _shows_seconds(name, width))]
    else:
        return texts, wrong
    return texts, ~fits


def render_decimals(values: npt.NDArray[np.float64]) -> Texts:
    """Shortest decimal text (k,) of each double, without exponent.

    >>> render_decimals(np.array([-0.0, 1e22, 123456789012.5])).tolist()
    ['0', '10000000000000000000000', '123456789012.5']
    """
    texts = pc.cast(pa.array(values + 0.0), pa.string())  # + 0.0: no negative zero
    out: Texts = texts.to_numpy(zero_copy_only=False).astype(object)
    for i in np.flatnonzero(pc.find_substring(texts, "e").to_numpy() >= 0):
        out[i] = np.format_float_positional(values[i], unique=True, trim="-")
    return out


def _whole(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    return np.equal(np.floor(values), values)


def _shows_seconds(name: str, width: int) -> bool:
    least = _SECONDS_FROM.get(name, 0)
    return least < NEVER and (not width or width >= least)


def _moments(seconds: npt.NDArray[np.float64], unit: Any) -> Texts:
    """ISO 8601 text of whole seconds since 1960, down to "D", "m" or "s"."""
    moments = EPOCH + np.floor(seconds).astype("timedelta64[s]")
    return np.datetime_as_string(moments, unit=unit, casting="unsafe").astype(object)


def _datetimes(values: npt.NDArray[np.float64], name: str, width: int) -> Texts:
    texts = _with_seconds(values, _shows_seconds(name, width))
    if _DATE_OF_DATETIME.fullmatch(name):
        midnight = values % DAY == 0
        texts[midnight] = _moments(values[midnight], "D")
    return texts


def _with_seconds(values: npt.NDArray[np.float64], seconds: bool) -> Texts:
    """Date and time; fractions of a second with the digits of the double's shortest text."""
    texts = _moments(values, "s")
    if not seconds:
        minutes = values % 60 == 0
        texts[minutes] = _moments(values[minutes], "m")
    fractions: Iterable[int] = np.flatnonzero(~_whole(values)).tolist()
    for i in fractions:
        exact = Decimal(repr(float(values[i])))
        texts[i] += f"{exact - math.floor(exact):f}"[1:]
    return texts
