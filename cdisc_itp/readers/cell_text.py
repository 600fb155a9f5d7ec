"""The text of a workbook's cell: what a person sees, in its simplest form.

Numbers without needless digits (90, 0.1), with the zeros that their format puts before them (007); booleans TRUE
and FALSE; dates and times in ISO 8601, no more precise than they are shown (a month typed as 2022-07 is stored as
its first day, a time typed as 08:30 without seconds that are shown). Excel shows 15 significant digits; so do we.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .number_formats import NumberFormat, zeros_text

Texts = list[str | None]


def column_texts(values: Sequence[Any], styled: Mapping[int, NumberFormat]) -> Texts:
    """Texts of one column; ``styled`` are the formats that show more than the value, by row (from 1)."""
    texts: Texts = [(v or None) if type(v) is str else TEXT_OF[type(v)](v) for v in values]
    for row, form in styled.items():
        if row <= len(values) and texts[row - 1] is not None:
            texts[row - 1] = _shown(values[row - 1], str(texts[row - 1]), form)
    return texts


def _shown(value: Any, text: str, form: NumberFormat) -> str:
    """The text as the format shows it, where that is another."""
    if type(value) is dt.date and form.kind == "datetime":
        return f"{text}T00:00" if form.to_the_minute else f"{text}T00:00:00"
    if type(value) in (dt.datetime, dt.time) and form.to_the_minute:
        return text.removesuffix(":00") if text.count(":") == 2 else text
    if type(value) is dt.date and form.kind == "month" and value.day == 1:
        return text[:7]
    if type(value) is dt.date and form.kind == "year" and (value.month, value.day) == (1, 1):
        return text[:4]
    if form.kind == "zeros" and type(value) in (int, float) and value >= 0 and float(value).is_integer():
        return zeros_text(int(value), form.pieces)
    return text


@lru_cache(maxsize=100_000)
def number_text(value: float) -> str:
    """Decimal text of a number, never with an exponent; fractions have at most 15 significant digits.

    >>> number_text(90.0), number_text(0.1 + 0.2), number_text(1e-7)
    ('90', '0.3', '0.0000001')
    """
    text = repr(value) if value.is_integer() else f"{value:.15g}"
    if "e" in text:
        return format(Decimal(text), "f")
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def _datetime_text(value: dt.datetime) -> str:
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


def _time_text(value: dt.time) -> str:
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


def _duration_text(value: dt.timedelta) -> str:
    """Hours, minutes and seconds, as the format [h]:mm:ss shows them."""
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


TEXT_OF: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "TRUE" if value else "FALSE",
    int: str,
    float: number_text,
    dt.date: dt.date.isoformat,
    dt.datetime: _datetime_text,
    dt.time: _time_text,
    dt.timedelta: _duration_text,
}
