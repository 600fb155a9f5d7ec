"""How the dates and times of a column are written: the spec language's own formats, with counts of each.

Whether a text is a date is asked of `algorithms.iso8601`, which converts them: what is recognised here is what a
source file can declare, and converts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from ..algorithms.iso8601 import compute_iso, format_kind
from ..algorithms.values import Mask, matching

Counts = npt.NDArray[np.int64]


class DateStyle(Struct, frozen=True):
    """One written form of dates, as ``format`` of a source file names it.

    ``count`` rows are written so (``partial`` of them without a day, ``impossible`` are no day of the calendar).
    ``other`` is the form with day and month exchanged, which reads ``ambiguous`` of these rows as another day, while
    ``certain`` rows can be read by this form only. Where none is certain the order is not for a program to say.
    """

    format: str
    count: int
    partial: int = 0
    impossible: int = 0
    ambiguous: int = 0
    certain: int = 0
    other: str | None = None

    @property
    def undecided(self) -> bool:
        """Whether no row tells which of the two forms is meant."""
        return self.other is not None and not self.certain

    @property
    def kind(self) -> str:
        """``date``, ``time`` or ``datetime`` (which a serial number of a spreadsheet is)."""
        return format_kind(self.format) or "date"


# Each form with its spelling without leading zeros, which is taken where a value needs it.
_DATES: tuple[tuple[str, ...], ...] = (
    ("yyyy-MM-dd", "yyyy-M-d"),
    ("yyyy/MM/dd", "yyyy/M/d"),
    ("yyyy.MM.dd", "yyyy.M.d"),
    ("yyyy年MM月dd日", "yyyy年M月d日"),
    ("yyyyMMdd",),
    *((f"dd{s}MMM{s}yyyy", f"d{s}MMM{s}yyyy") for s in ("-", "/", ".", "")),
)
# Short names of months and long ones; May is both.
_MONTHS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("dd MMM yyyy", "d MMM yyyy"), ("dd MMMM yyyy", "d MMMM yyyy")),
    (("MMM dd, yyyy", "MMM d, yyyy"), ("MMMM dd, yyyy", "MMMM d, yyyy")),
)
# The day before the month, or after it.
_DAY_FIRST = tuple((f"dd{s}MM{s}yyyy", f"d{s}M{s}yyyy") for s in "/-.")
_MONTH_FIRST = tuple((f"MM{s}dd{s}yyyy", f"M{s}d{s}yyyy") for s in "/-.")
# Dates without a day. Those that could as well be plain numbers count only beside dates with a day.
_PARTIAL: tuple[tuple[str, ...], ...] = (
    ("yyyy-MM", "yyyy-M"),
    ("yyyy年MM月", "yyyy年M月"),
    ("yyyy/MM", "yyyy/M"),
    *((f"MMM{s}yyyy",) for s in (" ", "-", "/", "")),
    ("MM/yyyy", "M/yyyy"),
    ("yyyy年",),
)
_NUMBERLIKE: tuple[tuple[str, ...], ...] = (("yyyy.MM", "yyyy.M"), ("MM.yyyy", "M.yyyy"), ("yyyyMM",), ("yyyy",))
_TIMES: tuple[tuple[str, ...], ...] = (
    ("HH:mm", "H:mm"),
    ("HH:mm:ss", "H:mm:ss"),
    ("HH时mm分", "H时mm分"),
)
_DIGITS: tuple[tuple[str, ...], ...] = (("yyyyMMddHHmm",), ("yyyyMMddHHmmss",), ("yyyyMMdd HHmm",))
_YEAR, _MINUTE = r".*[0-9]{4}.*", r".*[0-9].*[:时].*[0-9].*"
_CLOCK = r"^(?P<date>.*[^ T:])(?P<sign>[T ])(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)$"
# Days that a study may hold: 1900-03-01 to 2099-12-31 as spreadsheets number them.
_SERIALS = (61.0, 73_050.0)
SERIAL = "excel_serial"


def find_date_styles(texts: Any, counts: Counts) -> tuple[tuple[DateStyle, ...], Mask]:
    """Written forms of dates and times among distinct texts (k,), with the rows that ``counts`` (k,) gives each.

    Also which texts (k,) have one of the forms. The commonest form comes first.

    >>> styles, _ = find_date_styles(pa.array(["7 JUL 2022", "UN JUL 2022", "low"]), np.array([3, 1, 1]))
    >>> styles
    (DateStyle(format='d MMM yyyy', count=4, partial=1, impossible=0, ambiguous=0, certain=0, other=None),)
    """
    some = np.asarray(counts) > 0
    years = matching(texts, _YEAR) & some  # No date is without a year.
    clocks = matching(texts, _MINUTE) & some & ~years
    start = years | clocks
    styles = _dates(texts, counts, years)
    left = years | clocks
    styles += _times(texts, counts, left)
    moments = years & left
    styles += _moments(texts, counts, moments)
    left &= ~(years & ~moments)
    ranked = sorted(styles, key=lambda s: (-s.count, s.format))
    return tuple(ranked), start & ~left


def serial_dates(texts: Any, counts: Counts) -> tuple[DateStyle | None, Mask]:
    """The style of numbers that a spreadsheet could mean as days between 1900 and 2099, and which they are (k,)."""
    numeric = matching(texts, r"[0-9]{2,5}(?:\.[0-9]+)?")
    value = np.asarray(pc.fill_null(pc.cast(pc.if_else(pa.array(numeric), texts, None), pa.float64()), 0.0))
    fits = numeric & (value >= _SERIALS[0]) & (value < _SERIALS[1])
    return (DateStyle(SERIAL, int(counts[fits].sum())) if fits.any() else None), fits


_WORDS = re.compile("yyyy|MMMM|MMM|MM?|dd?|HH?|mm|ss")


def _signs(texts: Any, left: Mask) -> frozenset[str]:
    """The characters of the texts that are left, letters as one: what a form needs and they lack, none of them has."""
    found = set("".join(pc.filter(texts, pa.array(left)).to_pylist()))
    return frozenset({"M" if c.isascii() and c.isalpha() and c != "T" else c for c in found})


def _possible(families: Iterable[tuple[str, ...]], signs: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The forms whose signs between the parts, and letters of a month, occur."""
    for forms in families:
        if set(_WORDS.sub("", forms[-1])) <= signs and ("MMM" not in forms[-1] or "M" in signs):
            yield forms


def _dates(texts: Any, counts: Counts, left: Mask) -> list[DateStyle]:
    """Styles of dates; the texts that have one are taken from ``left``."""
    signs = _signs(texts, left)
    out = [s for forms in _possible(_DATES, signs) for s in _family(texts, counts, left, forms)]
    for short, long in _MONTHS if "M" in signs else ():
        out += _named_months(texts, counts, left, short, long)
    for day, month in zip(_DAY_FIRST, _MONTH_FIRST, strict=True):
        if day[0][2] not in signs:
            continue
        out += _exchangeable(texts, counts, left, day, month)
    out += [s for forms in _possible(_PARTIAL, signs) for s in _family(texts, counts, left, forms)]
    if any(s.count > s.partial for s in out):
        out += [s for forms in _NUMBERLIKE for s in _family(texts, counts, left, forms)]
    return out


def _times(texts: Any, counts: Counts, left: Mask) -> list[DateStyle]:
    return [s for forms in _possible(_TIMES, _signs(texts, left)) for s in _family(texts, counts, left, forms)]


def _moments(texts: Any, counts: Counts, left: Mask) -> list[DateStyle]:
    """Styles of dates with a time: the style of the dates, of the times, and the sign between them."""
    out = [s for forms in _DIGITS for s in _family(texts, counts, left, forms)]
    if not {":"} <= _signs(texts, left):
        return out
    parts = pc.extract_regex(pc.if_else(pa.array(left), texts, None), _CLOCK)
    for sign in ("T", " "):
        here = np.asarray(pc.fill_null(pc.equal(pc.struct_field(parts, "sign"), sign), False), bool)
        if not here.any():
            continue
        days, clocks = (pc.if_else(pa.array(here), pc.struct_field(parts, n), None) for n in ("date", "time"))
        dated = _dates(days, counts, here.copy())
        for day in dated:
            for clock in _clocks(clocks, counts, here):
                out += _moment(texts, counts, left, day, f"{sign}{clock}")
    return out


def _clocks(clocks: Any, counts: Counts, here: Mask) -> list[str]:
    """Forms of the times; where every date is at midnight no time was collected, and the form has the zeros."""
    distinct = pc.unique(clocks.drop_null()).to_pylist()
    if distinct in (["00:00"], ["00:00:00"]):
        return [str(distinct[0])]
    return [s.format for s in _times(clocks, counts, here.copy())]


def _moment(texts: Any, counts: Counts, left: Mask, day: DateStyle, clock: str) -> list[DateStyle]:
    forms = (day.format + clock,)
    if day.other is None:
        return list(_family(texts, counts, left, forms))
    return _exchangeable(texts, counts, left, forms, (day.other + clock,))


def _fitting(texts: Any, form: str, among: Mask) -> tuple[Mask, Mask, Any]:
    """Which texts (k,) have a form, which of them are no day or time, and their ISO 8601 text."""
    iso, problems = compute_iso(pc.if_else(pa.array(among), texts, None), (form,))
    return among & ~problems["DATA010"], problems["DATA011"], iso


def _family(texts: Any, counts: Counts, left: Mask, forms: tuple[str, ...]) -> list[DateStyle]:
    """The form, with leading zeros where all texts have them."""
    if not left.any():
        return []
    loose, wrong, iso = _fitting(texts, forms[-1], left)
    if not (loose & ~wrong).any():
        return []
    form = next(f for f in forms if (_fitting(texts, f, loose)[0] == loose).all())
    left &= ~loose
    partial = loose & ~wrong & _dayless(iso, form)
    return [DateStyle(form, _rows(counts, loose), _rows(counts, partial), _rows(counts, wrong))]


def _rows(counts: Counts, mask: Mask) -> int:
    return int(counts[mask].sum())


def _named_months(
    texts: Any, counts: Counts, left: Mask, short: tuple[str, ...], long: tuple[str, ...]
) -> list[DateStyle]:
    """Long names of months where every text has one (May), else the short names, then the long."""
    if not left.any():
        return []
    brief, full = (_fitting(texts, forms[-1], left)[0] for forms in (short, long))
    order = (long, short) if (full & ~brief).any() and not (brief & ~full).any() else (short, long)
    return [s for forms in order for s in _family(texts, counts, left, forms)]


def _dayless(iso: Any, form: str) -> Mask:
    if format_kind(form) == "time":
        return np.zeros(len(iso), bool)
    return np.asarray(pc.fill_null(pc.less(pc.binary_length(iso), 10), False), bool)


def _exchangeable(
    texts: Any, counts: Counts, left: Mask, day: tuple[str, ...], month: tuple[str, ...]
) -> list[DateStyle]:
    """Forms of which one reads the day where the other reads the month.

    Where some texts can be read in one way only and none in the other way only, all are taken to be written so.
    """
    if not left.any():
        return []
    fits, wrong_day, day_iso = _fitting(texts, day[-1], left)
    also, wrong_month, month_iso = _fitting(texts, month[-1], left)
    fits = fits | also
    if not (fits & ~(wrong_day & wrong_month)).any():
        return []
    left &= ~fits
    same = np.asarray(pc.fill_null(pc.equal(day_iso, month_iso), False), bool)
    both = fits & ~wrong_day & ~wrong_month & ~same
    only_day, only_month = fits & ~wrong_day & wrong_month, fits & wrong_day & ~wrong_month
    if only_month.any() and not only_day.any():
        return [_ordered(texts, counts, month, day, fits, both, only_month)]
    first = _ordered(texts, counts, day, month, fits & ~only_month, both, only_day)
    if not only_month.any():
        return [first]
    return [first, _ordered(texts, counts, month, day, only_month, np.zeros_like(both), only_month)]


def _ordered(
    texts: Any, counts: Counts, forms: tuple[str, ...], others: tuple[str, ...], mine: Mask, both: Mask, certain: Mask
) -> DateStyle:
    at = next(i for i, f in enumerate(forms) if (_fitting(texts, f, mine)[0] == mine).all())
    _, wrong, iso = _fitting(texts, forms[at], mine)
    partial, unsure = mine & ~wrong & _dayless(iso, forms[at]), mine & both
    return DateStyle(
        forms[at],
        _rows(counts, mine),
        _rows(counts, partial),
        _rows(counts, wrong),
        _rows(counts, unsure),
        _rows(counts, mine & certain),
        others[at] if unsure.any() or not certain.any() else None,
    )
