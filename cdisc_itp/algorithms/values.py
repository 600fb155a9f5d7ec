"""What the words do with Arrow arrays of distinct values: as text, which are there, which have a form."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

TEXT = pa.large_string()
"""Texts as Arrow arrays have them: columns hold them so, and none is copied on its way through a word."""
FEW = 500
Mask: TypeAlias = npt.NDArray[np.bool_]

# Plain decimals, and those with an exponent; what a form column of numbers may hold are the plain ones.
PLAIN_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
ANY_NUMBER = PLAIN_NUMBER + r"(?:[eE][+-]?[0-9]{1,3})?"


def as_text(values: Any) -> Any:
    """Text of each value (k,): numbers as plain decimals, text as it is.

    >>> as_text(pa.array([50.0, 0.25, 1e-7, None])).to_pylist()
    ['50', '0.25', '0.0000001', None]
    """
    if not pa.types.is_floating(values.type):
        return values
    return pa.array([None if v is None else plain_decimal(v) for v in values.to_pylist()], TEXT)


def plain_decimal(value: float) -> str:
    """The shortest decimal text that is this number, without an exponent."""
    return f"{value:.0f}" if value == int(value) else format(Decimal(repr(value)), "f")


def valid(values: Any) -> Mask:
    """Which values are there (k,)."""
    return np.asarray(pc.is_valid(values), bool) if values.null_count else np.ones(len(values), bool)


def as_mask(found: Any) -> Mask:
    """Which answers are true (k,); a missing one is not."""
    return np.asarray(pc.fill_null(found, False) if found.null_count else found, bool)


def holds_any(values: Any, texts: Collection[str]) -> bool:
    """Whether one of the values is one of some texts; of few values Python knows it before Arrow has begun.

    >>> holds_any(pa.array(["ND", None]), {"", "ND"})
    True
    """
    if len(values) < FEW:
        return not set(texts).isdisjoint(values.to_pylist())
    return bool(pc.any(pc.is_in(values, pa.array(list(texts), TEXT))).as_py())


def join_texts(*parts: Any, by: str = "") -> Any:
    """Texts beside each other (k,), missing where one of them is; a ``str`` is the same in all of them.

    >>> join_texts("P", pa.array(["3", None]), "D").to_pylist()
    ['P3D', None]
    """
    large = [pa.scalar(p, TEXT) if isinstance(p, str) else pc.cast(p, TEXT) if p.type != TEXT else p for p in parts]
    return pc.binary_join_element_wise(*large, pa.scalar(by, TEXT))


def matching(values: Any, pattern: str) -> Mask:
    """Which texts have a form, from end to end (k,); a missing one has none.

    >>> matching(pa.array(["1.5", "1.5\\n", None]), PLAIN_NUMBER).tolist()
    [True, False, False]
    """
    return as_mask(pc.match_substring_regex(values, rf"\A(?:{pattern})\z"))


def fits(text: str, pattern: str) -> bool:
    """Whether one text has a form, from end to end; `matching` is for many.

    >>> fits("1.5", PLAIN_NUMBER), fits("1.5 ", PLAIN_NUMBER)
    (True, False)
    """
    return re.fullmatch(pattern, text) is not None


def kept(values: Any, mask: Mask) -> Any:
    """The values at a mask (k,); the others are missing."""
    return values if mask.all() else pc.if_else(pa.array(mask), values, None)
