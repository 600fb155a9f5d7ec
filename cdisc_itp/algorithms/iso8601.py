"""Written dates and times to ISO 8601, and ISO 8601 to days.

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

from ..model.column import Column, arrow_values, is_numeric, numbers, spread
from ..model.kept import once
from .values import TEXT, Mask, as_mask, as_text, join_texts, kept, matching, valid

Days = npt.NDArray[np.int64]
Kind = Literal["date", "time", "datetime"]
NO_DAY = np.iinfo(np.int64).min
# From 1960-01-01, day 0 of numeric dates (SAS), to 1970-01-01.
SAS_DAYS = 3653
MONTHS = (
    *("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER"),
    "DECEMBER",
)
_UNKNOWN = "UN|UNK|UK|NK|XX"
_TOKENS = {
    "yyyy": "(?P<y>[0-9]{4})",
    "yy": "(?P<w>[0-9]{2})",
    "MMMM": f"(?P<b>(?i:{'|'.join(MONTHS)}|{_UNKNOWN}))",
    "MMM": f"(?P<b>(?i:{'|'.join(m[:3] for m in MONTHS)}|{_UNKNOWN}))",
    "MM": f"(?P<m>[0-9]{{2}}|(?i:{_UNKNOWN}))",
    "M": f"(?P<m>[0-9]{{1,2}}|(?i:{_UNKNOWN}))",
    "dd": f"(?P<d>[0-9]{{2}}|(?i:{_UNKNOWN}))",
    "d": f"(?P<d>[0-9]{{1,2}}|(?i:{_UNKNOWN}))",
    "HH": "(?P<h>[0-9]{2})",
    "H": "(?P<h>[0-9]{1,2})",
    "hh": "(?P<t>[0-9]{2})",
    "h": "(?P<t>[0-9]{1,2})",
    "a": "(?P<a>(?i:AM|PM|A[.]M[.]|P[.]M[.])|上午|下午)",
    "mm": "(?P<n>[0-9]{2})",
    "ss": "(?P<s>[0-9]{2})",
}
_SPLIT = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)))
_PARTS = {(d, "") for d in ("y", "my", "dmy")} | {(d, c) for d in ("", "dmy") for c in ("h", "hn", "hns")}
ISO_DATES = ("yyyy-MM-dd", "yyyy-MM", "yyyy")
ISO_TIMES = ("HH:mm:ss", "HH:mm")
ISO_DATETIMES = (*ISO_DATES, "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm")
ISO_FORMS: dict[str, tuple[str, ...]] = {"date": ISO_DATES, "time": ISO_TIMES, "datetime": ISO_DATETIMES}
# The day that is number 0, the first number that is a real day, and the number after 9999-12-31. Number 60 of the
# first is 1900-02-29, which never was: before it, spreadsheets are off by one.
EXCEL = {"excel_serial": ("1899-12-30", 61, 2_958_466), "excel_serial_1904": ("1904-01-01", 0, 2_957_004)}


@lru_cache
def format_pattern(form: str) -> str | None:
    """The pattern of a written form such as ``dd MMM yyyy``; None where a word of it is not known.

    >>> format_pattern("yyyy/M/d") is None, format_pattern("YY-q") is None
    (False, True)
    """
    out, at = [], 0
    for token in _SPLIT.finditer(form):
        out += [_literal(form[at : token.start()]), _TOKENS[token.group()]]
        at = token.end()
    out.append(_literal(form[at:]))
    pattern = "".join(p for p in out if p is not None)
    found = "".join(sorted(re.findall(r"\?P<(.)>", pattern)))
    names = "".join(sorted(found.replace("b", "m").replace("w", "y").replace("t", "h")))
    date, clock = _chosen(names, "dmy"), _chosen(names, "hns")
    # A time of the day belongs to a day that is written beside it, or stands alone; an hour up to 12 to its half day.
    known = None not in out and names != "" and (date, clock) in _PARTS and ("t" in found) == ("a" in found)
    return f"^{pattern}$" if known else None


def _chosen(names: str, wanted: str) -> str:
    return "".join(sorted(n for n in names if n in wanted))


def _literal(text: str) -> str | None:
    """Signs between the parts, as a pattern; letters other than T (ISO 8601) could be meant as parts."""
    return None if re.search(r"[A-SU-Za-z]", text) else re.escape(text)


def format_kind(form: str) -> Kind | None:
    """What a written form holds; None where it is none.

    >>> format_kind("dd/MM/yyyy"), format_kind("HH:mm"), format_kind("yyyyMMddHHmm"), format_kind("dd/MM")
    ('date', 'time', 'datetime', None)
    """
    pattern = format_pattern(form)
    if form in EXCEL or pattern is None:
        return "datetime" if form in EXCEL else None
    if not re.search(r"\?P<[yw]>", pattern):
        return "time"
    return "datetime" if re.search(r"\?P<[ht]>", pattern) else "date"


def has_short_year(form: str) -> bool:
    """Whether a written form has a year of two digits, which says nothing of its century.

    >>> has_short_year("dd/MM/yy"), has_short_year("dd/MM/yyyy")
    (True, False)
    """
    return "?P<w>" in (format_pattern(form) or "")


def has_month_name(form: str) -> bool:
    """Whether a written form has a month's short name."""
    return "MMM" in form and "MMMM" not in form


def with_english_months(texts: Any, months: dict[str, int]) -> Any:
    """Texts (k,) with each of some names of months, as whole words and in any case, in its short English form.

    >>> with_english_months(pa.array(["05. Juli 2022", "Julian", "5 juil. 2022"]), {"Juli": 7, "juil.": 7}).to_pylist()
    ['05. JUL 2022', 'Julian', '5 JUL 2022']
    """
    for name in sorted(months, key=len, reverse=True):
        pattern = rf"(?i)(^|[^\pL]){re.escape(name)}($|[^\pL])"
        texts = pc.replace_substring_regex(texts, pattern, rf"\1{MONTHS[months[name] - 1][:3]}\2")
    return texts


def compute_iso(texts: Any, formats: tuple[str, ...], years_from: int | None = None) -> tuple[Any, dict[str, Mask]]:
    """ISO 8601 text of each written date (k,), by the first form that fits.

    A year of two digits lies in the hundred years from ``years_from`` on.

    Problems: DATA010 (no form fits), DATA011 (no such day in the calendar, or time of the day), DATA012 (a time
    after a date whose day is not known: the time is left out).

    >>> compute_iso(pa.array(["5 JUL 2022", "UN Jul 2022", "30 FEB 2022"]), ("d MMM yyyy",))[0].to_pylist()
    ['2022-07-05', '2022-07', None]
    """
    left, impossible, dayless = valid(texts), np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    out = pa.nulls(len(texts), TEXT)
    for form in formats:
        if not left.any():
            break
        iso, fits, wrong, lost = _excel(texts, form) if form in EXCEL else _by_pattern(texts, form, years_from)
        hit = left & fits
        out = iso if hit.all() else pc.if_else(pa.array(hit), iso, out)
        impossible |= hit & wrong
        dayless |= hit & lost
        left &= ~fits
    return out, {"DATA010": left, "DATA011": impossible, "DATA012": dayless}


def _by_pattern(texts: Any, form: str, years_from: int | None) -> tuple[Any, Mask, Mask, Mask]:
    """ISO 8601 text, which texts fit, which of them are impossible, which lose their time."""
    pattern = format_pattern(form)
    assert pattern is not None
    parts = pc.extract_regex(texts, pattern)
    nothing, fits = np.zeros(len(texts), bool), valid(parts)
    if not fits.any():
        return pa.nulls(len(texts), TEXT), fits, nothing, nothing
    text = dict(zip((field.name for field in parts.type), parts.flatten(), strict=True))
    number = {n: whole_numbers(text[n]) for n in text if n not in "ba"}
    if "b" in text:
        number["m"] = _month_numbers(text["b"])
    if "w" in text:
        assert years_from is not None
        number["y"] = np.where(fits, years_from + (number["w"] - years_from) % 100, NO_DAY)
    if "t" in text:
        number["h"] = _hours(number["t"], text["a"])
    date, wrong = _iso_date(number) if "y" in number else (None, nothing)
    clock, late = _iso_time(number) if "h" in number else (None, nothing)
    if date is None or clock is None:
        iso, lost = clock if date is None else date, nothing
    else:
        iso, lost = with_time(date, clock)
    wrong = wrong | late
    return kept(iso, ~wrong), fits, wrong, lost & ~wrong


def whole_numbers(texts: Any) -> Days:
    """Whole numbers; NO_DAY where the text is none (an unknown part)."""
    try:
        number = pc.cast(texts, pa.int64())
    except pa.ArrowInvalid:
        number = pc.cast(kept(texts, matching(texts, "[0-9]+")), pa.int64())
    return np.asarray(pc.fill_null(number, NO_DAY) if number.null_count else number, np.int64)


def _month_numbers(names: Any) -> Days:
    """Number of a month by its English name; NO_DAY for an unknown part."""
    short = pc.utf8_slice_codeunits(pc.utf8_upper(names), 0, 3)
    at = pc.index_in(short, pa.array([m[:3] for m in MONTHS], TEXT))
    return np.asarray(pc.fill_null(pc.add(pc.cast(at, pa.int64()), 1), NO_DAY), np.int64)


def _hours(written: Days, half: Any) -> Days:
    """Hours from 0 to 23 of hours from 1 to 12 and their half of the day; 24, which no day has, for others."""
    late = as_mask(pc.match_substring_regex(half, "^(?i:P)|下午"))
    hour = np.where((written >= 1) & (written <= 12), written % 12 + 12 * late, 24)
    return np.where(written == NO_DAY, NO_DAY, hour)


def _days(y: Days, m: Days, d: Days) -> tuple[Days, Mask]:
    """Days since 1970-01-01, 0 where no calendar (Gregorian, from the year 1) has the day; and where none has it."""
    wrong = (y < 1) | (m < 1) | (m > 12) | (d < 1) | (d > 31)
    month = np.where(wrong, 0, (y - 1970) * 12 + m - 1).astype("datetime64[M]")
    day = month.astype("datetime64[D]") + (np.where(wrong, 1, d) - 1)
    wrong |= day.astype("datetime64[M]") != month
    return np.where(wrong, 0, day.astype(np.int64)), wrong


def _iso_date(number: dict[str, Days]) -> tuple[Any, Mask]:
    """Date, to what was written; a day without a month is none."""
    y = number["y"]
    none = np.full(len(y), NO_DAY)
    m, d = number.get("m", none), number.get("d", none)
    no_m, no_d = m == NO_DAY, d == NO_DAY
    day, wrong = _days(y, np.where(no_m, 1, m), np.where(no_d, 1, d))
    text = pc.cast(pa.array(day.astype("datetime64[D]")), TEXT)
    for unknown, size in ((no_d, 7), (no_m, 4)):
        if unknown.any():
            text = pc.if_else(pa.array(unknown), pc.utf8_slice_codeunits(text, 0, size), text)
    return text, wrong | (no_m & ~no_d)


def days_in_month(years: Days, months: Days) -> Days:
    """Number of days of each month (Gregorian).

    >>> days_in_month(np.array([2000, 1900, 2022]), np.array([2, 2, 12])).tolist()
    [29, 28, 31]
    """
    month = (years - 1970) * 12 + months - 1
    start, end = (m.astype("datetime64[M]").astype("datetime64[D]") for m in (month, month + 1))
    return np.asarray((end - start).astype(np.int64), np.int64)


def _iso_time(number: dict[str, Days]) -> tuple[Any, Mask]:
    """Time of the day, to what was written: an hour alone gets no minutes."""
    h = number["h"]
    known, zero = h != NO_DAY, np.zeros(len(h), np.int64)
    n, s = number.get("n", zero), number.get("s", zero)
    wrong = known & ((h > 23) | (n > 59) | (s > 59))
    seconds = np.where(wrong | ~known, 0, h * 3600 + n * 60 + s).astype(np.int32)
    text = pc.cast(pc.cast(pa.array(seconds), pa.time32("s")), TEXT)
    size = 3 * sum(x in number for x in "hns") - 1
    return kept(text if size == 8 else pc.utf8_slice_codeunits(text, 0, size), known), wrong


def with_time(date: Any, clock: Any) -> tuple[Any, Mask]:
    """Date and time joined where the day is known, and where there is a time without a known day."""
    full = as_mask(pc.equal(pc.binary_length(date), 10))
    timed = valid(clock)
    both = join_texts(date, clock, by="T")
    return pc.if_else(pa.array(timed & full), both, date), timed & ~full


def _excel(texts: Any, form: str) -> tuple[Any, Mask, Mask, Mask]:
    """Spreadsheet day numbers; a fraction is the time of day, to the second."""
    start, first, end = EXCEL[form]
    fits = matching(texts, r"[0-9]{1,7}(?:\.[0-9]+)?")
    value = np.asarray(pc.fill_null(pc.cast(kept(texts, fits), pa.float64()), 0.0))
    wrong = (value < first) | (value >= end)
    seconds = np.rint(np.where(wrong, 0, value) * 86400).astype("timedelta64[s]")
    moment = np.datetime64(start, "s") + seconds
    text = pa.array(np.datetime_as_string(moment, unit="s"), TEXT)
    whole = pa.array(value == np.floor(value))
    iso = pc.if_else(whole, pc.utf8_slice_codeunits(text, 0, 10), text)
    return kept(iso, ~wrong), fits, wrong, np.zeros(len(texts), bool)


def part_of_datetime(iso: Any, part: Literal["date", "time"]) -> Any:
    """The date or the time of day of ISO 8601 texts; null where there is none.

    >>> part_of_datetime(pa.array(["2022-07-05T10:30", "2022-07", "10:30"]), "time").to_pylist()
    ['10:30', None, '10:30']
    """
    pieces = pc.extract_regex(iso, r"^(?P<date>[0-9]{4}[-0-9]*)?T?(?P<time>[0-9]{2}(?::[0-9]{2}){0,2})?$")
    text = pc.struct_field(pieces, part)
    return pc.if_else(pc.equal(text, ""), None, text)


def compute_days(texts: Any) -> Days:
    """Days since 1970-01-01 of each ISO 8601 date (k,); NO_DAY where it is none or the day is not known.

    >>> (compute_days(pa.array(["1970-01-02T10:00", "2022-07", "2022-02-30"])) == [1, NO_DAY, NO_DAY]).tolist()
    [True, True, True]
    """
    parts = pc.extract_regex(as_text(texts), r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})(?:T.*)?$")
    day, wrong = _days(*map(whole_numbers, parts.flatten()))
    return np.where(wrong, NO_DAY, day)


def day_numbers(column: Column, ref: str = "") -> Days:
    """Days since 1970-01-01 of each record's date (n,); NO_DAY where the day is not known.

    Numbers count from 1960-01-01: seconds where the name ``ref`` of the column ends in DTM, else days.
    """
    if is_numeric(column):
        value = numbers(column) / (86_400 if ref.endswith("DTM") else 1)
        return np.where(np.isnan(value), NO_DAY, np.floor(np.nan_to_num(value)).astype(np.int64) - SAS_DAYS)
    return np.asarray(spread(_days_of(column), column, NO_DAY), dtype=np.int64)


_days_of = once(lambda column: compute_days(arrow_values(column)))
