"""One raw column described from its distinct values: what it seems to hold, and how that is written."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct, field
from msgspec.structs import replace

from ..algorithms.values import Mask, matching
from ..algorithms.written import FULL_WIDTH
from ..model.column import Column, Rows, codes_of, values_of
from .dates import SERIAL, DateStyle, find_date_styles, serial_dates
from .identifiers import IdentifierLike, identifier_like, places_of
from .numbers import NumberStyle, find_numbers, shown_decimals
from .words import MISSING_MARKS, YES_NO, header_roles, person_word

Counts = npt.NDArray[np.int64]
Kind = Literal["empty", "integer", "decimal", "date", "time", "datetime", "yes/no", "code list", "text"]
Trait = Literal[
    "full-width digits", "leading zeros", "limits", "outer blanks", "two-digit years", "line breaks", "long texts"
]
SURE = 0.9
"""Share of the values that must be of a kind for the column to be taken for it."""
COMMONEST = 8
"""How many of the commonest values are kept."""
CODES = 40
"""How many distinct texts a code list may have."""
LONG = 60
"""Signs beyond which a text is free text, and not shown."""
_UNIT_WORD = (
    "[kmcdµμun]?[gGlL]|[mµμunp]?mol|[mkµμ]?I?U|K|HPF?|hpf|LPF?|mm[23³²]?|cm|m[2²]|mmHg|kPa|cells?|bpm|beats|min|sec|s|h|hr|d|day|"
    "week|month|year|mEq|fL|fl|pg|次|分|万|个|秒|天|周|月|年|岁|片|粒|毫克|克|毫升|升|次/分|％|%|℃|°C|[0-9.]+m2"
)
_POWER = r"[×xX*]?\s?10\s?(?:\^|\*\*|\*|E)?[⁰¹²³⁴⁵⁶⁷⁸⁹0-9]{1,2}\s?/?\s?|[KMk]/"
_UNIT = rf"(?:{_POWER})?(?:{_UNIT_WORD})?(?:\s?/\s?(?:{_UNIT_WORD}))*"
_VISITS = (
    r"(?i:(?:screen|baseline|day|week|month|cycle|visit|unsch|end of|early term|eot|eos|follow|final)\b.*"
    r"|(?:screening|unscheduled|scr|bl|fu|uns)[-_ ]?[0-9]*|[vwdm][-_ .]?[0-9]{1,3})"
    r"|.*(?:筛选|基线|随访|访视|治疗结束|计划外|提前退出|终止).*|第?\s?[0-9]+\s?(?:天|周|月|个月|日).*"
)
_SUBJECTS = r"[A-Za-z]{0,8}[-_ ]?[0-9]{1,5}(?:[-_/ ][A-Za-z]?[0-9]{1,5}){1,3}|[A-Za-z]{1,8}[-_ ]?[0-9]{2,6}|[0-9]{3,6}"
_SHORT_YEAR = r"[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3})[-/. ][0-9]{2}"


class ValueCount(Struct, frozen=True):
    """A text and the number of rows that have it."""

    value: str
    count: int


class Role(Struct, frozen=True):
    """What a column may be in its table (subject, visit, unit ...), and what speaks for it."""

    name: str
    evidence: str


class ColumnProfile(Struct, frozen=True):
    """One raw column. All counts are rows.

    ``kind`` is a guess and ``evidence`` says on what it rests; ``fitting`` of the ``count`` rows that have a value
    (missing marks apart) are of that kind. ``commonest`` and ``shapes`` (digits as 9, letters as A) are bounded;
    values are not shown where ``hidden`` says why. ``identifier`` is the direct identifier that the column's name
    speaks of, ``identifiers`` counts values that have the shape of one.
    """

    name: str
    rows: int
    missing: int
    distinct: int
    kind: Kind
    evidence: str
    label: str = ""
    count: int = 0
    fitting: int = 0
    commonest: tuple[ValueCount, ...] = ()
    shapes: tuple[ValueCount, ...] = ()
    hidden: str = ""
    dates: tuple[DateStyle, ...] = ()
    number: NumberStyle | None = None
    marks: tuple[ValueCount, ...] = ()
    traits: dict[Trait, int] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    identifier: str | None = None
    identifiers: tuple[IdentifierLike, ...] = ()

    @property
    def ambiguous(self) -> int:
        """Rows whose date could as well be another day, with day and month exchanged."""
        return sum(d.ambiguous for d in self.dates)

    @property
    def formats(self) -> tuple[str, ...]:
        """The ``format`` that a source file would declare for the column, the commonest first."""
        return tuple(d.format for d in self.dates)

    def has_role(self, name: str) -> bool:
        """Whether the column may be the table's ``name``."""
        return any(r.name == name for r in self.roles)


class Values(Struct, frozen=True):
    """A column's distinct values: as written, as plain text, with the rows of each; which are marks of nothing."""

    written: Any
    plain: Any
    counts: Counts
    marks: Mask

    @property
    def kept(self) -> Counts:
        """Rows of each value that is no mark of nothing (k,)."""
        return np.where(self.marks, 0, self.counts)


def profile_column(name: str, column: Column, rows: Rows, label: str = "", hide: str = "") -> ColumnProfile:
    """Describe one raw column; work is done once a distinct value.

    ``rows`` (n,) are the places of the records. ``hide`` is a reason not to show values, such as that the source
    file declares the column to be an identifier.
    """
    values = _distinct(column)
    shaped, some = identifier_like(values.plain)
    person = person_word(name)
    styles, dated = find_date_styles(values.plain, values.kept)
    number, numeric = find_numbers(values.plain, values.kept)
    hidden = hide or (f"the name speaks of a person's {person}" if person else "")
    if number is not None and (hidden or shaped or "subject" in header_roles(name)):
        number = replace(number, low="", high="")
    guess = _guess(name, values, styles, dated, number, numeric)
    count = int(values.kept.sum())
    roles = _roles(name, values, guess.kind)
    if not hidden and any(r.name == "subject" for r in roles):
        hidden = "subject numbers"
    shown = np.zeros(len(values.counts), bool) if hidden else ~some & (_lengths(values.plain) <= LONG)
    return ColumnProfile(
        name,
        len(column),
        int((codes_of(column) < 0).sum()),
        int((values.counts > 0).sum()),
        guess.kind,
        guess.evidence,
        label,
        count,
        guess.fitting,
        _commonest(values.written, np.where(shown, values.kept, 0)),
        _shapes(values) if not person and not hide else (),
        hidden,
        guess.dates,
        guess.number,
        _commonest(values.plain, np.where(values.marks, values.counts, 0)),
        _traits(values, guess.number),
        roles,
        person,
        tuple(places_of(shape, mask, column, rows) for shape, mask in shaped.items()),
    )


def _distinct(column: Column) -> Values:
    written = pa.array(values_of(column), pa.large_string())
    codes = codes_of(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(written)).astype(np.int64)
    texts = [t.translate(FULL_WIDTH) for t in pc.utf8_trim_whitespace(written).to_pylist()]
    plain = pa.array(texts, pa.large_string())
    marks = np.array([t == "" or t.casefold() in MISSING_MARKS for t in texts], bool)
    return Values(written, plain, counts, marks)


class _Guess(Struct, frozen=True):
    kind: Kind
    evidence: str
    fitting: int = 0
    dates: tuple[DateStyle, ...] = ()
    number: NumberStyle | None = None


def _guess(
    name: str, values: Values, styles: tuple[DateStyle, ...], dated: Mask, number: NumberStyle | None, numeric: Mask
) -> _Guess:
    kept = values.kept
    total, distinct = int(kept.sum()), int((kept > 0).sum())
    if not total:
        return _Guess("empty", "no value" if not values.counts.any() else "nothing but marks of missing values")
    days, figures = int(kept[dated].sum()), int(kept[numeric].sum())
    if days >= SURE * total and (figures < days or "date" in header_roles(name) or _eight_digits(styles)):
        return _dates(styles, days, total)
    serial, fits = serial_dates(values.plain, kept)
    if serial is not None and "date" in header_roles(name) and kept[fits].sum() + days >= SURE * total:
        both = int(kept[fits | dated].sum())
        rest = tuple(s for s in styles if s.format != "yyyyMMdd")
        return _dates(tuple(sorted((serial, *rest), key=lambda s: -s.count)), both, total)
    if number is not None and figures >= SURE * total and not number.leading_zeros:
        return _Guess(
            "integer" if number.whole else "decimal",
            f"{_of(figures, total)} are numbers, {shown_decimals(number)}{_span(number)}",
            figures,
            number=number,
        )
    return _texts(values, total, distinct, styles, number)


def _span(number: NumberStyle) -> str:
    if not number.low:
        return ""
    return f", always {number.low}" if number.low == number.high else f", {number.low} to {number.high}"


def _eight_digits(styles: tuple[DateStyle, ...]) -> bool:
    return bool(styles) and styles[0].format == "yyyyMMdd"


def _dates(styles: tuple[DateStyle, ...], days: int, total: int) -> _Guess:
    kinds = {"datetime" if s.kind == "datetime" and s.format != SERIAL else s.kind for s in styles}
    kind: Kind = "date" if styles[0].format == SERIAL else styles[0].kind  # type: ignore[assignment]
    if len(kinds) > 1 and "datetime" in kinds and styles[0].format != SERIAL:
        kind = "datetime"
    said = ", ".join(f"{s.format} ({s.count:,}x{_doubts(s)})" for s in styles)
    return _Guess(kind, f"{_of(days, total)} have a form of dates or times: {said}", days, styles)


def _doubts(style: DateStyle) -> str:
    parts = [f"{style.partial:,} partial"] if style.partial else []
    parts += [f"{style.impossible:,} no such day"] if style.impossible else []
    parts += [f"{style.ambiguous:,} could be {style.other}"] if style.ambiguous else []
    parts += [f"or {style.other}: no row tells"] if style.undecided and not style.ambiguous else []
    return "".join(f", {p}" for p in parts)


def _texts(
    values: Values, total: int, distinct: int, styles: tuple[DateStyle, ...], number: NumberStyle | None
) -> _Guess:
    kept = values.kept
    words = {t.casefold() for t, n in zip(values.plain.to_pylist(), kept.tolist(), strict=True) if n}
    if words <= YES_NO:
        return _Guess("yes/no", f"{_of(total, total)} are yes or no", total, (), number)
    few = distinct <= CODES and (total >= 2 * distinct or distinct == 1)
    short = int(_lengths(values.plain)[kept > 0].max()) <= LONG
    digits = ", digits with leading zeros" if number is not None and number.leading_zeros else ""
    if few and short:
        return _Guess("code list", f"{distinct} distinct texts in {total:,} rows{digits}", total, styles, number)
    longest = int(_lengths(values.plain)[kept > 0].max())
    return _Guess("text", f"{distinct:,} distinct texts of up to {longest} signs{digits}", total, styles, number)


def _of(part: int, total: int) -> str:
    return f"all {total:,} values" if part == total else f"{part:,} of {total:,} values"


def _lengths(texts: Any) -> npt.NDArray[np.int64]:
    return np.asarray(pc.fill_null(pc.utf8_length(texts), 0), np.int64)


def _commonest(texts: Any, counts: Counts) -> tuple[ValueCount, ...]:
    """The commonest texts, at most COMMONEST; of equals the first in the alphabet."""
    some = np.flatnonzero(counts)
    if len(some) > 4 * COMMONEST:
        floor = np.partition(counts[some], -COMMONEST)[-COMMONEST]
        some = some[counts[some] >= floor]
    pairs = sorted(((texts[int(i)].as_py(), int(counts[i])) for i in some), key=lambda p: (-p[1], p[0]))
    return tuple(ValueCount(v, n) for v, n in pairs[:COMMONEST])


def _shapes(values: Values) -> tuple[ValueCount, ...]:
    """The commonest shapes: each digit a 9, each letter an A or a, other signs as they are."""
    counts: Counter[str] = Counter()
    for text, n in zip(values.written.to_pylist(), values.kept.tolist(), strict=True):
        counts[text[:LONG].translate(_SIGNS)] += n
    return _commonest(pa.array(counts, pa.large_string()), np.fromiter(counts.values(), np.int64, len(counts)))


class _ShapeOfSigns(dict[int, str]):
    """The sign that stands for a character: of letters and digits by their Unicode category, else itself."""

    def __missing__(self, code: int) -> str:
        category = unicodedata.category(chr(code))
        self[code] = _SHAPES.get(category, "9" if category.startswith("N") else chr(code))
        return self[code]


_SHAPES = {"Lu": "A", "Ll": "a", "Lo": "字"}
_SIGNS = _ShapeOfSigns()


def _traits(values: Values, number: NumberStyle | None) -> dict[Trait, int]:
    """Peculiarities of the texts, with the rows that have them."""
    kept, texts = values.kept, values.written
    wide = np.asarray(pc.match_substring_regex(texts, "[０-９．－＋]"), bool)
    blanks = np.asarray(pc.not_equal(pc.utf8_length(texts), pc.utf8_length(pc.utf8_trim_whitespace(texts))), bool)
    found: dict[Trait, int] = {
        "full-width digits": int(kept[wide].sum()),
        "leading zeros": number.leading_zeros if number is not None else 0,
        "limits": number.limits if number is not None else 0,
        "outer blanks": int(values.counts[blanks].sum()),
        "two-digit years": int(kept[matching(values.plain, _SHORT_YEAR)].sum()),
        "line breaks": int(kept[np.asarray(pc.match_substring_regex(texts, "[\r\n]"), bool)].sum()),
        "long texts": int(kept[_lengths(values.plain) > LONG].sum()),
    }
    return {name: n for name, n in found.items() if n}


def _roles(name: str, values: Values, kind: Kind) -> tuple[Role, ...]:
    """What the column may be, by its name and by its values: a role needs both, or values that leave no doubt."""
    total = int(values.kept.sum())
    if not total:
        return ()
    named = header_roles(name)
    likely = {"unit": (_UNIT, kind in ("code list", "text")), "visit": (_VISITS, kind in ("code list", "text"))}
    likely["subject"] = (_SUBJECTS, kind in ("code list", "text", "integer"))
    out = []
    for role in named:
        pattern, fits_kind = likely.get(role, (".*", True))
        share = _share(values, pattern, total) if pattern != ".*" else 1.0
        if fits_kind and share >= 0.5 and not (role == "date" and kind not in ("date", "datetime")):
            out.append(Role(role, "its name" if pattern == ".*" else f"its name, and {share:.0%} of its values"))
    for role in ("unit", "visit"):
        pattern, fits_kind = likely[role]
        share = _share(values, pattern, total) if not named and fits_kind else 0.0
        if share >= SURE and _tells(values):
            out.append(Role(role, f"{share:.0%} of its values"))
    return tuple(out)


def _tells(values: Values) -> bool:
    """Whether some text is long enough to tell something: M and F are no units, D1 and M2 no visits."""
    return bool((values.kept[matching(values.plain, r".*(?:[A-Za-z]{4}|\p{Han}{2}|[A-Za-z0-9]/|%).*")] > 0).any())


def _share(values: Values, pattern: str, total: int) -> float:
    return float(values.kept[matching(values.plain, pattern)].sum()) / total


def column_named(columns: Sequence[ColumnProfile], name: str) -> ColumnProfile | None:
    """The column of a name, or None."""
    return next((c for c in columns if c.name == name), None)
