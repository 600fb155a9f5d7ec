"""Number formats of a workbook (ECMA-376 part 1, 18.8.30 and 18.8.31): what a cell shows beside its number.

A format changes what a person reads: `000` makes subject 7 the subject 007, a month format hides the day that the
program made up when somebody typed a month, a percent sign multiplies by 100. What can be told from the format
alone is given as shown; all else is told in the notes.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal

from msgspec import Struct

from .workbook import Element, parse_part

Kind = Literal["datetime", "date", "month", "year", "no year", "time", "zeros", "beside"]
DATES: frozenset[str] = frozenset({"datetime", "date", "month", "year", "no year"})
"""Kinds that show a day, a month or a year."""
CHINESE_FONTS = "134"
"""The font charset GB2312_CHARSET (ECMA-376 part 1, 18.4.1), which Chinese programs write."""
OTHER_FONTS = frozenset({"128", "129", "136"})
"""Charsets of Japanese, Korean and traditional Chinese fonts."""


class NumberFormat(Struct, frozen=True, dict=True):
    """What a format shows: a kind, the code as written, and for leading zeros the texts and the lengths of runs."""

    kind: Kind
    code: str
    pieces: tuple[str | int, ...] = ()

    @cached_property
    def to_the_minute(self) -> bool:
        """Whether it shows a time of day without seconds."""
        return self.kind in ("datetime", "time") and "s" not in _bare(self.code)


# 18.8.30: the built-in formats that show anything but the number, alike in every language.
BUILT_IN: dict[int, NumberFormat] = {
    **{i: NumberFormat("beside", code) for i, code in ((9, "0%"), (10, "0.00%"))},
    **{i: NumberFormat("date", code) for i, code in ((14, "m/d/yyyy"), (15, "d-mmm-yy"))},
    16: NumberFormat("no year", "d-mmm"),
    17: NumberFormat("month", "mmm-yy"),
    **{i: NumberFormat("time", code) for i, code in ((18, "h:mm AM/PM"), (19, "h:mm:ss AM/PM"), (20, "h:mm"))},
    **{i: NumberFormat("time", code) for i, code in ((21, "h:mm:ss"), (45, "mm:ss"), (47, "mmss.0"))},
    46: NumberFormat("time", "[h]:mm:ss"),
    22: NumberFormat("datetime", "m/d/yy h:mm"),
}
# The numbers 27-36 and 50-58 mean other formats in each East Asian language; these are those of zh-cn.
CHINESE: dict[int, NumberFormat] = {
    **{i: NumberFormat("month", "yyyy年m月") for i in (27, 36, 50, 52, 57)},
    **{i: NumberFormat("no year", "m月d日") for i in (28, 29, 51, 53, 54, 58)},
    **{i: NumberFormat("date", code) for i, code in ((30, "m-d-yy"), (31, "yyyy年m月d日"))},
    **{i: NumberFormat("time", "h时mm分") for i in (32, 34, 55)},
    **{i: NumberFormat("time", "h时mm分ss秒") for i in (33, 35, 56)},
}
LANGUAGE = "built-in format {} of the program's language"


def read_number_formats(styles: bytes | None) -> dict[int, NumberFormat]:
    """Formats of a workbook's cell styles, by their number; without those that show a number as it is.

    Raises lxml's XMLSyntaxError where the styles are no XML.
    """
    if styles is None:
        return {}
    root = parse_part(styles)
    known = {**BUILT_IN, **_of_language(root)}
    for element in root.iterfind("{*}numFmts/{*}numFmt"):
        known.pop(number := int(element.get("numFmtId") or 0), None)
        if made := parse_format(element.get("formatCode") or ""):
            known[number] = made
    shown = [int(xf.get("numFmtId") or 0) for xf in root.iterfind("{*}cellXfs/{*}xf")]
    return {i: known[number] for i, number in enumerate(shown) if number in known}


def _of_language(root: Element) -> dict[int, NumberFormat]:
    """The East Asian built-in formats; where the language cannot be told, dates of a precision not known."""
    charsets = {str(c.get("val")) for c in root.iterfind("{*}fonts/{*}font/{*}charset")}
    if CHINESE_FONTS in charsets and not charsets & OTHER_FONTS:
        return CHINESE
    numbers = (*range(27, 37), *range(50, 59))
    return {i: NumberFormat("no year", LANGUAGE.format(i)) for i in numbers}


def parse_format(code: str) -> NumberFormat | None:
    """What a format code shows beside the number, None where it shows the number.

    >>> parse_format('"04-"000').pieces
    ('04-', 3)
    >>> parse_format("yyyy-mm-dd hh:mm").kind
    'datetime'
    """
    first, bare = code.split(";")[0], _bare(code)
    if bare in ("general", "@", "standard"):
        return NumberFormat("beside", code) if _has_text(code) else None
    if not re.search("[0#?]", bare) and re.search("[yemdhs]", bare):
        return NumberFormat(_date_kind(bare), code)
    if pieces := _zeros(first):
        return NumberFormat("zeros", code, pieces)
    if "%" in bare or re.search(r"[0#?],+(?![0#?,])", bare) or _has_text(code) or re.search(r"\[[<>=]", code):
        return NumberFormat("beside", code)
    return None


def _bare(code: str) -> str:
    """The first part of a format code in lower case, without texts, colours and conditions."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', "", code.split(";")[0].lower())
    return re.sub(r"s\.0+", "s", bare)


def _date_kind(bare: str) -> Kind:
    year, day, time = (re.search(signs, bare) for signs in ("[ye]", "d", "[hs]"))
    if time:
        return "datetime" if year or day else "time"
    if year:
        return "date" if day else "month" if "m" in bare else "year"
    return "no year"


def _has_text(code: str) -> bool:
    """Whether the format writes letters or other signs of a text (not blanks, brackets or a currency)."""
    quoted = "".join(re.findall(r'"([^"]*)"', code) + re.findall(r"\\(\w)", code))
    return bool(re.search(r"\w|[°%‰×]", quoted))


def _zeros(code: str) -> tuple[str | int, ...]:
    """Texts and lengths of runs of zeros of a format of nothing else, that ends in zeros and has two or more."""
    bare = re.sub(r"\[(?:[A-Za-z]+\d*|\$-[0-9A-Fa-f]+)\]", "", code)
    if not re.fullmatch(r'(?:0+|"[^"]*"|\\.|[- ])*0', bare):
        return ()
    pieces = tuple(_piece(token) for token in re.findall(r'0+|"[^"]*"|\\.|[- ]', bare))
    return pieces if sum(p for p in pieces if isinstance(p, int)) > 1 else ()


def _piece(token: str) -> str | int:
    if token[0] == "0":
        return len(token)
    return token[1:-1] if token[0] == '"' else token.removeprefix("\\")


def zeros_text(number: int, pieces: tuple[str | int, ...]) -> str:
    """A number not below zero as a format of zeros shows it; the first run takes the digits that are too many.

    >>> zeros_text(7, ("04-", 3)), zeros_text(12345, (2, "-", 2))
    ('04-007', '123-45')
    """
    wide = sum(p for p in pieces if isinstance(p, int))
    digits, shown = str(number).zfill(wide), ""
    at = len(digits) - wide
    for i, piece in enumerate(pieces):
        if isinstance(piece, str):
            shown += piece
        else:
            first = not any(isinstance(p, int) for p in pieces[:i])
            shown += digits[0 if first else at : at + piece]
            at += piece
    return shown
