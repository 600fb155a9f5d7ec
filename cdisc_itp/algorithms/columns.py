"""Words of source files: from a raw column to a form column in canonical text."""

from __future__ import annotations

import re
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column as Values
from ..model.column import constant
from .assign import Case, in_case
from .dates import ISO_DATES, ISO_TIMES, compute_iso, part_of_datetime
from .maps import recode
from .numbers import matching, trimmed
from .registry import Algorithm, MapName, RawColumn, Records, algorithm

FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋，／：", "0123456789.-+,/:")
_FULL_WIDTH_PATTERN = "[" + "".join(map(chr, FULL_WIDTH)) + "]"
CANONICAL_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"


@algorithm
class Column(Algorithm):
    """A raw column, as the form wants it: trimmed text, ISO 8601 dates, plain decimals.

    ``map`` recodes by a table; ``format`` is the written form of a date (several: the first that fits), ``part``
    its date or time; ``missing`` lists texts that mean no value, with the reason; ``digits: ascii`` reads
    full-width digits; ``decimal`` and ``thousands`` are the marks of a number. Issues: DATA010, DATA011 (dates),
    DATA020 (no number), DATA030 (the map has no row).
    """

    column: RawColumn
    map: MapName | None = None
    to: str = "term"
    format: tuple[str, ...] = ()
    part: Literal["date", "time"] | None = None
    missing: dict[str, str | None] | None = None
    digits: Literal["ascii"] | None = None
    decimal: str = "."
    thousands: str | None = None
    case: Case | None = None
    scope = "form"
    origin = "Collected"

    def apply(self, records: Records) -> Values:
        """Canonical text, one value a form row."""
        return records.each_raw(self._kernel(records), self.column)

    def _kernel(self, records: Records) -> Any:
        table = records.table(self.map) if self.map else None
        kind, source = records.kind, records.source

        def kernel(values: Any) -> tuple[Any, dict[str, Any]]:
            text = self._trimmed(values)
            if table is not None:
                text, unknown = recode(text, table, self.to, source)
                return text, {"DATA030": unknown}
            if kind in ("date", "time", "datetime"):
                return self._date(text, kind)
            if kind == "number":
                return self._number(text)
            return in_case(text, self.case), {}

        return kernel

    def _trimmed(self, values: Any) -> Any:
        text = pc.utf8_trim_whitespace(values)
        if self.digits == "ascii" and matching(text, _FULL_WIDTH_PATTERN).any():
            text = pa.array([t if t is None else t.translate(FULL_WIDTH) for t in text.to_pylist()], pa.string())
        marks = ["", *(self.missing or ())]
        return pc.if_else(pc.is_in(text, pa.array(marks, pa.string())), None, text)

    def _date(self, text: Any, kind: str) -> tuple[Any, dict[str, Any]]:
        default = ISO_TIMES if kind == "time" and self.part is None else ISO_DATES
        iso, problems = compute_iso(text, self.format or default)
        part = self.part or ("date" if kind == "date" else None)
        return part_of_datetime(iso, part) if part and (self.part or "T" in "".join(self.format)) else iso, problems

    def _number(self, text: Any) -> tuple[Any, dict[str, Any]]:
        plain = pc.replace_substring(text, self.thousands, "") if self.thousands else text
        if self.decimal != ".":
            plain = pc.replace_substring(pc.if_else(pc.match_substring(plain, "."), None, plain), self.decimal, ".")
        good = matching(plain, CANONICAL_NUMBER)
        wrong = pc.is_valid(text).to_numpy(zero_copy_only=False) & ~good
        return pc.if_else(pa.array(good), plain, None), {"DATA020": wrong}

    def reasons(self, records: Records) -> Values:
        """Why a value is missing, where ``missing`` says so."""

        def kernel(values: Any) -> tuple[Any, dict[str, Any]]:
            text, said = pc.utf8_trim_whitespace(values), self.missing or {}
            return pa.array([said.get(t) if t is not None else None for t in text.to_pylist()], pa.string()), {}

        return records.each_raw(kernel, self.column)

    def describe(self) -> str:
        """The method in a sentence."""
        said = [f"{k} {v!r}" for k, v in self._said() if v not in (None, (), "term", ".")]
        return f"Raw column {self.column}" + (f" ({', '.join(said)})." if said else ".")

    def _said(self) -> list[tuple[str, Any]]:
        names = ("map", "to", "format", "part", "missing", "digits", "decimal", "thousands", "case")
        return [(n, getattr(self, n)) for n in names]


@algorithm
class Constant(Algorithm):
    """The same text in every row of the block."""

    value: str
    scope = "form"
    origin = "Assigned"

    def apply(self, records: Records) -> Values:
        """The value, n times."""
        return constant(self.value, records.n)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"The constant {self.value}."


def canonical_number(text: str) -> bool:
    """Whether a text is a plain decimal number."""
    return re.fullmatch(CANONICAL_NUMBER.strip("^$"), text) is not None


def without_trailing_zeros(texts: Any) -> Any:
    """Decimal text without trailing zeros (k,)."""
    return trimmed(texts) if np.size(texts) else texts
