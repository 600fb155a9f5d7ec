"""Dates: written forms to ISO 8601, date and time joined, durations and ages.

Everything works on arrays of distinct values. A partial date stays partial; a date that does not exist is an
issue; whether the day or the month comes first is declared by the form, never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, codes_of, collect_numbers, present, spread
from .registry import Algorithm, Records, Ref, algorithm

Days = npt.NDArray[np.int64]
NO_DAY = np.iinfo(np.int64).min
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
UNKNOWN_PARTS = "UN|UNK|UK|NK|XX"
_TOKENS = {
    "yyyy": r"(?P<y>[0-9]{4})",
    "MMMM": r"(?P<b>[A-Za-z]{3,9})",
    "MMM": r"(?P<b>[A-Za-z]{2,3})",
    "MM": rf"(?P<m>[0-9]{{2}}|{UNKNOWN_PARTS})",
    "M": rf"(?P<m>[0-9]{{1,2}}|{UNKNOWN_PARTS})",
    "dd": rf"(?P<d>[0-9]{{2}}|{UNKNOWN_PARTS})",
    "d": rf"(?P<d>[0-9]{{1,2}}|{UNKNOWN_PARTS})",
    "HH": r"(?P<h>[0-9]{2})",
    "H": r"(?P<h>[0-9]{1,2})",
    "mm": r"(?P<n>[0-9]{2})",
    "ss": r"(?P<s>[0-9]{2})",
}
_SPLIT = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)))
ISO_DATES = ("yyyy-MM-dd", "yyyy-MM", "yyyy", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm")
ISO_TIMES = ("HH:mm:ss", "HH:mm")
EXCEL = {"excel_serial": "1899-12-30", "excel_serial_1904": "1904-01-01"}


@lru_cache
def format_pattern(form: str) -> str | None:
    """The pattern of a written form such as ``dd MMM yyyy``; None where a word of it is not known.

    >>> format_pattern("yyyy/M/d") is None, format_pattern("YY-q") is None
    (False, True)
    """
    out, at = [], 0
    for token in _SPLIT.finditer(form):
        literal = form[at : token.start()]
        if re.search(r"[A-SU-Za-z]", literal):
            return None
        out += [re.escape(literal), _TOKENS[token.group()]]
        at = token.end()
    rest = form[at:]
    pattern = "".join([*out, re.escape(rest)])
    repeated = len(set(re.findall(r"\?P<(.)>", pattern))) < len(re.findall(r"\?P<(.)>", pattern))
    return None if not out or repeated or re.search(r"[A-SU-Za-z]", rest) else f"^{pattern}$"


def compute_iso(texts: Any, formats: tuple[str, ...]) -> tuple[Any, dict[str, Any]]:
    """ISO 8601 text of each written date (k,), by the first form that fits.

    Problems: DATA010 (no form fits), DATA011 (no such day in the calendar, or time of the day).
    """
    left, impossible = pc.is_valid(texts), np.zeros(len(texts), bool)
    out = pa.nulls(len(texts), pa.string())
    for form in formats:
        iso, fits, wrong = _excel(texts, form) if form in EXCEL else _by_pattern(texts, form)
        fits = pc.and_(left, fits)
        hit = fits.to_numpy(zero_copy_only=False)
        out = pc.if_else(fits, iso, out)
        impossible |= hit & wrong
        left = pc.and_(left, pc.invert(fits))
    unread = left.to_numpy(zero_copy_only=False)
    return out, {"DATA010": unread, "DATA011": impossible}


def _by_pattern(texts: Any, form: str) -> tuple[Any, Any, npt.NDArray[np.bool_]]:
    pattern = format_pattern(form)
    assert pattern is not None
    parts = pc.extract_regex(texts, pattern)
    fits = pc.fill_null(pc.is_valid(parts), False)
    names = [parts.type.field(i).name for i in range(parts.type.num_fields)]
    text = {n: pc.struct_field(parts, n) for n in names}
    number = {n: _integers(text[n]) for n in names if n != "b"}
    if "b" in text:
        number["m"] = _month_numbers(text["b"])
    iso, wrong = _iso_date(number) if "y" in number else (None, np.zeros(len(texts), bool))
    if "h" in number:
        clock, late = _iso_time(number)
        iso = clock if iso is None else _with_time(iso, clock)
        wrong = wrong | late
    assert iso is not None
    return pc.if_else(pa.array(wrong), None, iso), fits, wrong


def _integers(texts: Any) -> Days:
    """Whole numbers; NO_DAY where the text is none (an unknown part)."""
    plain = pc.fill_null(pc.match_substring_regex(texts, "^[0-9]+$"), False)
    return np.asarray(pc.fill_null(pc.cast(pc.if_else(plain, texts, None), pa.int64()), NO_DAY))


def _month_numbers(names: Any) -> Days:
    """Number of a month's English name; NO_DAY for an unknown part, 0 for what is no month."""
    short = pc.utf8_slice_codeunits(pc.utf8_upper(names), 0, 3)
    at = np.asarray(pc.fill_null(pc.index_in(short, pa.array(MONTHS)), -1), dtype=np.int64) + 1
    unknown = pc.fill_null(pc.match_substring_regex(names, f"(?i)^({UNKNOWN_PARTS})$"), False)
    return np.where(unknown.to_numpy(zero_copy_only=False), NO_DAY, at)


def _iso_date(number: dict[str, Days]) -> tuple[Any, npt.NDArray[np.bool_]]:
    n = len(number["y"])
    none = np.full(n, NO_DAY)
    y, m, d = number["y"], number.get("m", none), number.get("d", none)
    has_m, has_d = m != NO_DAY, d != NO_DAY
    wrong = (has_m & ((m < 1) | (m > 12))) | (has_d & ~has_m) | (y == NO_DAY) | (y < 1)
    safe_y, safe_m = np.where(wrong, 2000, y), np.where(wrong | ~has_m, 1, m)
    wrong |= has_d & ((d < 1) | (d > days_in_month(safe_y, safe_m)))
    text = _padded(np.where(wrong, 0, y), 4)
    text = pc.if_else(pa.array(has_m), pc.binary_join_element_wise(text, _padded(np.where(has_m, m, 0), 2), "-"), text)
    day = pc.binary_join_element_wise(text, _padded(np.where(has_d, d, 0), 2), "-")
    return pc.if_else(pa.array(has_d & has_m), day, text), wrong


def days_in_month(years: Days, months: Days) -> Days:
    """Number of days of each month (Gregorian)."""
    start = (years - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (months - 1)
    return ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(np.int64)


def _iso_time(number: dict[str, Days]) -> tuple[Any, npt.NDArray[np.bool_]]:
    zero = np.zeros(len(number["h"]), np.int64)
    h, n, s = number["h"], number.get("n", zero), number.get("s", zero)
    wrong = (h > 23) | (n > 59) | (s > 59)
    clean = [_padded(np.where(wrong | (x == NO_DAY), 0, x), 2) for x in (h, n, s)]
    text = pc.binary_join_element_wise(*clean[: 2 + ("s" in number)], ":")
    return pc.if_else(pa.array(h == NO_DAY), None, text), wrong & (h != NO_DAY)


def _with_time(date: Any, clock: Any) -> Any:
    full = pc.and_(pc.is_valid(clock), pc.equal(pc.binary_length(date), 10))
    return pc.if_else(pc.fill_null(full, False), pc.binary_join_element_wise(date, clock, "T"), date)


def _padded(values: Days, width: int) -> Any:
    return pc.utf8_lpad(pc.cast(pa.array(values), pa.string()), width, "0")


def _excel(texts: Any, form: str) -> tuple[Any, Any, npt.NDArray[np.bool_]]:
    """Spreadsheet day numbers; a fraction is the time of day, to the second."""
    fits = pc.fill_null(pc.match_substring_regex(texts, r"^[0-9]{1,7}(\.[0-9]+)?$"), False)
    value = np.asarray(pc.fill_null(pc.cast(pc.if_else(fits, texts, None), pa.float64()), 0.0))
    # Day 60 is 1900-02-29, which never was; days before it are off by one in the 1900 epoch.
    wrong = (value < 61) if form == "excel_serial" else (value < 0)
    wrong = wrong | (value >= 2_958_466)
    seconds = np.rint(np.where(wrong, 0, value) * 86400).astype("timedelta64[s]")
    moment = np.datetime64(EXCEL[form], "s") + seconds
    whole = pa.array(np.asarray(value) == np.floor(value))
    text = pa.array(np.datetime_as_string(moment, unit="s"), pa.string())
    return pc.if_else(whole, pc.utf8_slice_codeunits(text, 0, 10), text), fits, wrong


def part_of_datetime(iso: Any, part: Literal["date", "time"]) -> Any:
    """The date or the time of day of ISO 8601 texts."""
    if part == "date":
        return pc.utf8_slice_codeunits(iso, 0, 10)
    clock = pc.utf8_slice_codeunits(iso, 11, 19)
    return pc.if_else(pc.equal(clock, ""), None, clock)


def day_numbers(column: Column) -> Days:
    """Days since 1970-01-01 of each record's date (n,); NO_DAY where the day is not known."""
    texts = pa.array(column.categories, pa.string())
    full = pc.fill_null(pc.match_substring_regex(texts, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"), False)
    date = pc.cast(pc.utf8_slice_codeunits(pc.if_else(full, texts, None), 0, 10), pa.date32())
    table = np.asarray(pc.fill_null(pc.cast(pc.cast(date, pa.int32()), pa.int64()), NO_DAY), dtype=np.int64)
    return np.asarray(spread(table, column, NO_DAY), dtype=np.int64)


@algorithm
class AssignDatetime(Algorithm):
    """ISO 8601 date, with the time where one was collected; what is missing stays missing.

    The form columns hold ISO 8601 already. Issue DATA012: a time without a complete date (the time is left out).
    """

    date: Ref
    time: Ref | None = None
    origin = "Collected"

    def apply(self, records: Records) -> Column:
        """Date, or date and time."""
        if self.time is None:
            return records[self.date]

        def kernel(date: Any, clock: Any) -> tuple[Any, dict[str, Any]]:
            out = pc.coalesce(_with_time(date, clock), date)
            lost = pc.and_(pc.is_valid(clock), pc.not_equal(pc.fill_null(pc.binary_length(date), 0), 10))
            return out, {"DATA012": lost.to_numpy(zero_copy_only=False)}

        return records.each(kernel, self.date, self.time)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.date}{f' and {self.time}' if self.time else ''} in ISO 8601 format."


@algorithm
class Duration(Algorithm):
    """Whole days from one date to another, both days counted, as an ISO 8601 duration (P5D).

    Issue DATA013: the end lies before the start.
    """

    start: Ref
    end: Ref

    def apply(self, records: Records) -> Column:
        """Durations as text."""

        def kernel(start: Any, end: Any) -> tuple[Any, dict[str, Any]]:
            a, b = _array_days(start), _array_days(end)
            known = (a != NO_DAY) & (b != NO_DAY)
            length = np.where(known, b - a + 1, 0)
            text = pc.binary_join_element_wise("P", pc.cast(pa.array(length), pa.string()), "D", "")
            return pc.if_else(pa.array(known & (length > 0)), text, None), {"DATA013": known & (length < 1)}

        return records.each(kernel, self.start, self.end)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Number of days from {self.start} to {self.end}, both counted, as an ISO 8601 duration."


def _array_days(texts: Any) -> Days:
    full = pc.fill_null(pc.match_substring_regex(texts, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"), False)
    date = pc.cast(pc.utf8_slice_codeunits(pc.if_else(full, texts, None), 0, 10), pa.date32())
    return np.asarray(pc.fill_null(pc.cast(pc.cast(date, pa.int32()), pa.int64()), NO_DAY), dtype=np.int64)


@algorithm
class AgeInYears(Algorithm):
    """Completed years from a date of birth to another date; both must be complete.

    Issue DATA014: the date of birth lies after the other date.
    """

    birth: Ref
    at: Ref
    numeric = True

    def apply(self, records: Records) -> Column:
        """Whole years."""
        out = records.each(_completed_years, self.birth, self.at)
        return out

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Completed years from {self.birth} to {self.at}."


def _completed_years(birth: Any, at: Any) -> tuple[Any, dict[str, Any]]:
    a, b = _array_days(birth), _array_days(at)
    known = (a != NO_DAY) & (b != NO_DAY)
    ay, am, ad = _calendar(np.where(known, a, 0))
    by, bm, bd = _calendar(np.where(known, b, 0))
    years = by - ay - ((bm < am) | ((bm == am) & (bd < ad)))
    text = pc.cast(pa.array(years), pa.string())
    return pc.if_else(pa.array(known & (b >= a)), text, None), {"DATA014": known & (b < a)}


def _calendar(days: Days) -> tuple[Days, Days, Days]:
    date = days.astype("datetime64[D]")
    year, month = date.astype("datetime64[Y]"), date.astype("datetime64[M]")
    return year.astype(np.int64) + 1970, month.astype(np.int64) % 12 + 1, (date - month).astype(np.int64) + 1


@algorithm
class StudyDay(Algorithm):
    """Days from the reference date; there is no day 0 (SDTMIG 3.4, 4.4.4)."""

    date: Ref
    reference: Ref = Ref("DM.RFSTDTC")
    numeric = True

    def apply(self, records: Records) -> Column:
        """Study days; none where a day is not known."""
        date, start = day_numbers(records[self.date]), day_numbers(records[self.reference])
        known = (date != NO_DAY) & (start != NO_DAY)
        day = np.where(known, date - np.where(known, start, 0), 0)
        return collect_numbers(np.where(known, day + (day >= 0), np.nan))

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.date} minus {self.reference} in days, plus 1 on and after {self.reference}; there is no day 0."


def dated(column: Column) -> npt.NDArray[np.bool_]:
    """Which records have a date of which the day is known (n,)."""
    known: npt.NDArray[np.bool_] = day_numbers(column) != NO_DAY
    return known & present(column) & (codes_of(column) >= 0)
