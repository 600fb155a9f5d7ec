"""How sites write what is no date: full-width signs, numbers inside text, the parts of a subject number."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .values import PLAIN_NUMBER, TEXT, Mask, join_texts, kept, matching, valid

_WIDE = dict(zip("０１２３４５６７８９．－＋，／：＜＞＝％", "0123456789.-+,/:<>=%", strict=True)) | {
    "≤": "<=",
    "≥": ">=",
}
FULL_WIDTH = str.maketrans(_WIDE)
_FULL_WIDTH_PATTERN = f"[{''.join(_WIDE)}]"
# A limit of detection before a number, and what has only digits and marks: a number, or one that is written otherwise.
_LIMITED = r"^(?P<sign>(?:[<>]=?\s*)?)(?P<number>.*)$"
_LOOKS_LIKE_NUMBER = r"[+-]?[.,]?[0-9][0-9.,' ]*"


def with_plain_digits(text: Any) -> Any:
    """Texts (k,) whose full-width digits and signs are plain ones.

    >>> with_plain_digits(pa.array(["９０", "＜２．０", "≤5"])).to_pylist()
    ['90', '<2.0', '<=5']
    """
    if not pc.any(pc.match_substring_regex(text, _FULL_WIDTH_PATTERN)).as_py():
        return text
    return pa.array([t if t is None else t.translate(FULL_WIDTH) for t in text.to_pylist()], TEXT)


def compute_plain_numbers(text: Any, decimal: str, thousands: str | None) -> tuple[Any, Mask]:
    """Plain decimals of written numbers (k,), and which texts are none.

    >>> compute_plain_numbers(pa.array(["1.234,5", "5.2"]), ",", ".")[0].to_pylist()
    ['1234.5', None]
    """
    plain = text
    if thousands is not None:
        groups = rf"[+-]?[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+(?:{re.escape(decimal)}[0-9]*)?"
        ungrouped = pc.replace_substring(text, thousands, "")
        plain = pc.if_else(pa.array(matching(text, groups)), ungrouped, text)
    if decimal != ".":
        plain = pc.replace_substring(pc.if_else(pc.match_substring(plain, "."), None, plain), decimal, ".")
    good = matching(plain, PLAIN_NUMBER)
    return kept(plain, good), valid(text) & ~good


def with_plain_numbers(text: Any, decimal: str, thousands: str | None) -> tuple[Any, Mask]:
    """Texts (k,) in which a number, after ``<`` or ``>`` too, is a plain decimal, and which look like one and are none.

    Other text stays as it is.

    >>> with_plain_numbers(pa.array(["5,2", "<1,5", "positive", "5.2"]), ",", None)[0].to_pylist()
    ['5.2', '<1.5', 'positive', None]
    """
    parts = pc.extract_regex(text, _LIMITED)
    sign, number = pc.struct_field(parts, "sign"), pc.struct_field(parts, "number")
    plain, _ = compute_plain_numbers(number, decimal, thousands)
    good = valid(plain)
    wrong = matching(number, _LOOKS_LIKE_NUMBER) & ~good
    out = pc.if_else(pa.array(good), join_texts(sign, plain), text)
    return kept(out, ~wrong), wrong


def with_zeros(text: Any, widths: tuple[int, ...], split: str | None) -> tuple[Any, Mask]:
    """Texts (k,) whose digits have zeros before them up to a width; with ``split`` each part of a text has its own.

    What is not only digits gets no zeros. The mask tells texts with more or fewer parts than widths; they are left out.

    >>> with_zeros(pa.array(["7-1", "07-001", "7"]), (2, 3), "-")[0].to_pylist()
    ['07001', '07001', None]
    """
    if split is None:
        digits = pa.array(matching(text, "[0-9]+"))
        return pc.if_else(digits, pc.utf8_lpad(text, widths[0], "0"), text), np.zeros(len(text), bool)
    out = pa.array([None if t is None else _joined(t.split(split), widths) for t in text.to_pylist()], TEXT)
    return out, valid(text) & ~valid(out)


def _joined(parts: list[str], widths: tuple[int, ...]) -> str | None:
    if len(parts) != len(widths):
        return None
    stripped = [p.strip() for p in parts]
    return "".join(p.zfill(w) if re.fullmatch("[0-9]+", p) else p for p, w in zip(stripped, widths, strict=True))
