"""Numbers of an SPSS file as the text that a person would see: plain decimals, dates and times in ISO 8601."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from .xpt_display import DAY, Texts, render_decimals, render_numbers

# SPSS counts seconds from the day before the Gregorian calendar, 1582-10-14; its dates end with the year 9999.
SHIFT = float((np.datetime64("1960-01-01", "s") - np.datetime64("1582-10-14", "s")).astype(np.int64))
FIRST = float(DAY)
END = float((np.datetime64("10000-01-01", "s") - np.datetime64("1582-10-14", "s")).astype(np.int64))

_FORMAT = re.compile(r"([A-Z]+)([0-9]*)(\.[0-9]*)?")
_DATE = frozenset({"DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR"})
_SECONDS_FROM = {"DATETIME": 20, "YMDHMS": 19, "TIME": 8}  # width from which seconds are shown
INTERVALS = frozenset({"DTIME", "MTIME"})


def format_name(display_format: str) -> str:
    """Name of a format without width and decimals.

    >>> format_name("DATETIME23.2")
    'DATETIME'
    """
    match = _FORMAT.fullmatch(display_format.upper())
    return match[1] if match else ""


def render_spss_numbers(values: npt.NDArray[np.float64], display_format: str) -> tuple[Texts, npt.NDArray[np.bool_]]:
    """Text of each number (k,), and which of them are no date or time although the format is one (k,).

    Numbers and times are shown as those of a SAS file are; a date that has a time of day is shown with it, whatever
    the format. Intervals (DTIME, MTIME) stay seconds.

    >>> render_spss_numbers(np.array([13876358400.0, 13876358400.5]), "DATE11")[0].tolist()
    ['2022-07-05', '2022-07-05T00:00:00.5']
    >>> render_spss_numbers(np.array([13876410600.0]), "DATETIME17")[0].tolist()
    ['2022-07-05T14:30']
    """
    name = format_name(display_format)
    texts, wrong = render_decimals(values), np.zeros(len(values), bool)
    if name in _DATE or name in ("DATETIME", "YMDHMS"):
        wrong = ~((values >= FIRST) & (values < END))
        texts[~wrong] = _moments(values[~wrong], _sas_format(name, display_format))
    elif name == "TIME":
        wrong = ~((values >= 0) & (values < DAY))
        texts[~wrong] = render_numbers(values[~wrong], _sas_format(name, display_format))[0]
    return texts, wrong


def _sas_format(name: str, display_format: str) -> str:
    """The SAS format that shows the same parts."""
    match = _FORMAT.fullmatch(display_format.upper())
    width = int(match[2] or 0) if match else 0
    seconds = not width or width >= _SECONDS_FROM.get(name, 0)
    if name in _DATE:
        return "DTDATE9."
    if name == "TIME":
        return "TIME8." if seconds else "TIME5."
    return "DATETIME20." if seconds else "DATETIME13."


def _moments(values: npt.NDArray[np.float64], sas_format: str) -> Texts:
    """ISO 8601 text; digits of a fraction are those of the number itself, moved to another origin it has others."""
    whole = np.floor(values)
    split = whole != values
    texts = render_numbers(whole - SHIFT, sas_format, END)[0]
    texts[split] = render_numbers(whole[split] - SHIFT, "DATETIME20.", END)[0]
    for i in np.flatnonzero(split).tolist():
        texts[i] += f"{Decimal(repr(float(values[i]))) % 1:f}"[1:]
    return texts
