"""How the numbers of a column are written: the mark of decimals, digits after it, grouped thousands, limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from ..algorithms.values import ANY_NUMBER, Mask, matching

Counts = npt.NDArray[np.int64]
_SIGN = r"[<>≤≥＜＞]=?\s*"
_COMMA = r"[+-]?[0-9]+,[0-9]+"
_GROUPED = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_GROUPED_POINT = r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"


class NumberStyle(Struct, frozen=True):
    """How numbers are written. ``decimals`` are (digits after the mark, rows) in order of digits.

    ``mark`` is ``.`` or ``,`` (None: no number has decimals), ``thousands`` the mark between groups. With
    ``uncertain`` rows there is a number such as 1,234 that could be either. ``limits`` rows are such as ``<2.0``,
    ``leading_zeros`` rows such as ``007``. ``low`` and ``high`` are the least and the greatest number as written.
    """

    count: int
    mark: str | None = None
    thousands: str | None = None
    decimals: tuple[tuple[int, int], ...] = ()
    uncertain: int = 0
    limits: int = 0
    leading_zeros: int = 0
    low: str = ""
    high: str = ""

    @property
    def whole(self) -> bool:
        """Whether no number has digits after a mark."""
        return all(digits == 0 for digits, _ in self.decimals)


def find_numbers(texts: Any, counts: Counts) -> tuple[NumberStyle | None, Mask]:
    """How the numbers among distinct texts (k,) are written, None where there are none; which texts are numbers.

    >>> find_numbers(pa.array(["1,5", "<2,25", "low"]), np.array([2, 1, 1]))[0]
    NumberStyle(count=3, mark=',', thousands=None, decimals=((1, 2), (2, 1)), uncertain=0, limits=1, leading_zeros=0, \
low='1,5', high='2,25')
    """
    limited = matching(texts, _SIGN + r".*[0-9].*")
    bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, rf"^{_SIGN}", ""))
    comma, grouped = matching(bare, _COMMA), matching(bare, _GROUPED)
    pointed, plain = matching(bare, _GROUPED_POINT), matching(bare, ANY_NUMBER)
    clear_comma = bool(((comma & ~grouped) | pointed).any())
    clear_point = bool((plain & matching(bare, r".*\..*")).any() or (grouped & ~comma).any())
    decimal_comma = clear_comma and not clear_point
    found = plain | comma | grouped | pointed if clear_comma or not comma.any() else plain | grouped
    if not found.any():
        return None, found
    dotted = _with_point(bare, grouped, decimal_comma)
    rows = int(counts[found].sum())
    unsure = comma & grouped & (not clear_comma) & (not clear_point)
    digits = _digits_after(dotted)
    low, high = _ends(bare, dotted, found)
    style = NumberStyle(
        rows,
        None if not (digits[found] > 0).any() else "," if decimal_comma else ".",
        "." if pointed.any() else "," if grouped.any() and not decimal_comma else None,
        tuple((int(d), int(counts[found & (digits == d)].sum())) for d in np.unique(digits[found])),
        int(counts[unsure].sum()),
        int(counts[found & limited].sum()),
        int(counts[found & matching(bare, "0[0-9]+")].sum()),
        low,
        high,
    )
    return style, found


def _with_point(texts: Any, grouped: Mask, decimal_comma: bool) -> Any:
    """The numbers with a decimal point and without grouped thousands."""
    if decimal_comma:
        return pc.replace_substring(pc.replace_substring(texts, ".", ""), ",", ".")
    ungrouped = pc.if_else(pa.array(grouped), pc.replace_substring(texts, ",", ""), texts)
    return pc.replace_substring(ungrouped, ",", ".")


def _digits_after(texts: Any) -> npt.NDArray[np.int64]:
    """Digits after the point (k,)."""
    found = pc.struct_field(pc.extract_regex(texts, r"\.(?P<d>[0-9]+)"), "d")
    return np.asarray(pc.fill_null(pc.binary_length(found), 0), np.int64)


def _ends(texts: Any, dotted: Any, found: Mask) -> tuple[str, str]:
    """The least and the greatest of the numbers, as they are written."""
    plain = found & matching(dotted, ANY_NUMBER)
    value = np.asarray(pc.fill_null(pc.cast(pc.if_else(pa.array(plain), dotted, None), pa.float64()), np.nan))
    if np.isnan(value).all():
        return "", ""
    return texts[int(np.nanargmin(value))].as_py(), texts[int(np.nanargmax(value))].as_py()


def shown_decimals(style: NumberStyle) -> str:
    """Digits after the mark, in words.

    >>> shown_decimals(NumberStyle(3, decimals=((0, 1), (2, 2)))), shown_decimals(NumberStyle(3, decimals=((0, 3),)))
    ('0 (1x), 2 (2x) digits after the mark', 'whole numbers')
    """
    if style.whole:
        return "whole numbers"
    if len(style.decimals) == 1:
        return f"{style.decimals[0][0]} digit(s) after the mark"
    return ", ".join(f"{d} ({n:,}x)" for d, n in style.decimals) + " digits after the mark"
