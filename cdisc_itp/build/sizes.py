"""How large distinct values are and which Define-XML data type holds them, by arrays (k,) of distinct values."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from ..model.column import Column, arrow_values, is_numeric, used, values_of
from ..model.metadata import Observed

# The next wider type, ODM 1.3.2, 2.13: a date is a truncated datetime, a datetime an incomplete one without gaps.
_WIDER = {
    "integer": "float",
    "float": "text",
    "date": "partialDate",
    "partialDate": "partialDatetime",
    "datetime": "partialDatetime",
    "partialDatetime": "incompleteDatetime",
    "incompleteDatetime": "text",
    "time": "partialTime",
    "partialTime": "text",
    "durationDatetime": "text",
    "intervalDatetime": "text",
}
TYPES = ("text", *_WIDER)
NUMBERS = ("float", "integer")
DATES = frozenset(_WIDER) - frozenset(NUMBERS)

_MONTH, _DAY, _HOUR, _SIXTY = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])", "([01][0-9]|2[0-3])", "[0-5][0-9]"
_DATE, _SECOND, _ZONE = f"[0-9]{{4}}-{_MONTH}-{_DAY}", rf"{_SIXTY}(\.[0-9]+)?", f"(Z|[+-]{_HOUR}:{_SIXTY})?"
_PERIOD = r"[0-9]+([.,][0-9]+)?"
_GAPS = f"([0-9]{{4}}|-)-({_MONTH}|-)-({_DAY}|-)(T({_HOUR}|-)(:({_SIXTY}|-)(:({_SECOND}|-))?)?{_ZONE})?"
# Of each type the least and most characters, which spare most of the pattern matching, and the pattern.
_FORMS = {
    "date": (10, 10, _DATE),
    "datetime": (19, 99, f"{_DATE}T{_HOUR}:{_SIXTY}:{_SECOND}{_ZONE}"),
    "partialDatetime": (13, 22, f"{_DATE}T{_HOUR}(:{_SIXTY})?{_ZONE}"),
    "partialDate": (4, 7, f"[0-9]{{4}}(-{_MONTH})?"),
    "time": (8, 99, f"{_HOUR}:{_SIXTY}:{_SECOND}{_ZONE}"),
    "partialTime": (2, 11, f"{_HOUR}(:{_SIXTY})?{_ZONE}"),
    "durationDatetime": (3, 99, f"[+-]?P({_PERIOD}[YMWD])*(T({_PERIOD}[HMS])+|{_PERIOD}[YMWD])"),
    "intervalDatetime": (7, 99, "[0-9TPYMWDHSZ:.+-]{2,}/[0-9TPYMWDHSZ:.+-]{2,}"),
    "incompleteDatetime": (5, 99, _GAPS),
    "float": (2, 999, r"[+-]?([0-9]+\.[0-9]*|\.[0-9]+)"),
    "integer": (1, 999, r"[+-]?[0-9]+"),
}

_LIMITED = r"^([<>]=?)?\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"

Counts = npt.NDArray[np.int64]
Indices: TypeAlias = npt.NDArray[np.integer[Any]]


class Sizes(Struct, frozen=True):
    """Of each distinct value (k,): whether it occurs, bytes or characters, decimal places, index into ``TYPES``."""

    used: npt.NDArray[np.bool_]
    length: Counts
    digits: Counts
    kind: Counts


def join_types(types: Iterable[str | None]) -> str | None:
    """The narrowest data type that holds values of all these types; None is no value.

    >>> join_types(["date", None, "datetime"]), join_types(["integer", "float"]), join_types(["date", "time"])
    ('partialDatetime', 'float', 'text')
    """
    return reduce(_wider, types, None)


def _wider(a: str | None, b: str | None) -> str | None:
    if a is None or b is None:
        return a or b
    widening = [b]
    while widening[-1] in _WIDER:
        widening.append(_WIDER[widening[-1]])
    while a not in widening:
        a = _WIDER[a]
    return a


def compute_sizes(column: Column, encoding: str, types: Iterable[str] = ()) -> Sizes:
    """Sizes of the distinct values that occur; a text that is of none of ``types`` is "text".

    ``encoding`` is the declared one of the file. A text outside of it counts with its bytes in UTF-8: it is the
    writer that refuses it.
    """
    here = used(column)
    length, digits, kind = (np.zeros(len(here), np.int64) for _ in range(3))
    if is_numeric(column):
        length[here], digits[here] = _number_sizes(values_of(column)[here])
        kind[here] = np.where(digits[here] > 0, TYPES.index("float"), TYPES.index("integer"))
        return Sizes(here, length, digits, kind)
    texts = arrow_values(column)
    texts = texts if here.all() else texts.filter(pa.array(here))
    length[here] = _bytes(texts, encoding)
    kind[here] = _kinds(texts, types)
    if "float" in types:
        digits[here] = _decimals(texts)
        digits[kind != TYPES.index("float")] = 0
    return Sizes(here, length, digits, kind)


def observed_of(sizes: Sizes, which: Indices, n: int, terms: Iterable[str] = ()) -> Observed:
    """Observed of n values whose distinct ones are at ``which``."""
    data_type = join_types(TYPES[i] for i in np.flatnonzero(np.bincount(sizes.kind[which])))
    return Observed(
        length=int(sizes.length[which].max(initial=0)),
        digits=int(sizes.digits[which].max(initial=0)) if data_type == "float" else 0,
        integer=data_type in (None, "integer"),
        n=n,
        terms=tuple(sorted(terms)),
        data_type=data_type,
    )


def texts_of(column: Column, which: Indices) -> list[str]:
    """The distinct values at ``which`` as text; -1, no value, is the empty text."""
    values = values_of(column)
    if is_numeric(column):
        return ["" if i < 0 else plain_number(float(values[i])) for i in which]
    return ["" if i < 0 else str(values[i]) for i in which]


def are_numbers(column: Column) -> npt.NDArray[np.bool_]:
    """Which distinct values (k,) of a text column are a number, or a limit such as "<2.0"."""
    texts = arrow_values(column)
    return np.array(pc.match_substring_regex(texts, _LIMITED).to_numpy(zero_copy_only=False), bool)


def plain_number(value: float) -> str:
    """The number in its shortest decimal form, without an exponent.

    >>> plain_number(90.0), plain_number(1.5e-7), plain_number(1e22)
    ('90', '0.00000015', '10000000000000000000000')
    """
    text = repr(value + 0.0).removesuffix(".0")
    return format(Decimal(text), "f") if "e" in text else text


def _number_sizes(values: npt.NDArray[np.float64]) -> tuple[Counts, Counts]:
    text = pc.cast(pa.array(values + 0.0), pa.large_string())
    exponents = np.flatnonzero(pc.match_substring(text, "e").to_numpy(zero_copy_only=False))
    length, digits = _array(pc.binary_length(text)), _decimals(text)
    for i in exponents:  # Arrow writes an exponent below 1e-5 and from 1e10 on: rare in clinical data
        plain = plain_number(float(values[i]))
        length[i], digits[i] = len(plain), len(plain.partition(".")[2])
    return length, digits


def _decimals(texts: Any) -> Counts:
    dot = _array(pc.find_substring(texts, "."))
    return np.where(dot < 0, 0, _array(pc.binary_length(texts)) - dot - 1)


def _bytes(texts: Any, encoding: str) -> Counts:
    length = _array(pc.binary_length(texts))
    if encoding.lower().replace("_", "-") in ("ascii", "us-ascii", "utf-8", "utf8"):
        return length
    for i in np.flatnonzero(~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)):
        try:
            length[i] = len(texts[int(i)].as_py().encode(encoding))
        except UnicodeEncodeError:
            continue
    return length


def _kinds(texts: Any, types: Iterable[str]) -> Counts:
    """Index of each text's type, 0 ("text") where none of ``types`` fits."""
    kinds = np.zeros(len(texts), np.int64)
    length = _array(pc.binary_length(texts))
    for name in types:
        least, most, pattern = _FORMS[name]
        left = np.flatnonzero((kinds == 0) & (length >= least) & (length <= most))
        if len(left):
            these = texts if len(left) == len(texts) else texts.take(pa.array(left))
            fits = pc.match_substring_regex(these, f"^({pattern})$").to_numpy(zero_copy_only=False)
            kinds[left[fits]] = TYPES.index(name)
    return kinds


def _array(values: Any) -> Counts:
    return np.array(values.to_numpy(zero_copy_only=False), np.int64)
