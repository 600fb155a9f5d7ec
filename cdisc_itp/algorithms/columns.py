"""Words of source files: from a raw column to a form column in canonical text."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column as Values
from ..model.column import constant
from .assign import Case, in_case
from .iso8601 import ISO_FORMS, compute_iso, format_kind, part_of_datetime
from .maps import recode
from .registry import Algorithm, MapName, RawColumn, Records, algorithm, parameter
from .values import PLAIN_NUMBER, Mask, as_text, kept, matching, valid

FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋，／：", "0123456789.-+,/:")
_FULL_WIDTH_PATTERN = "[" + "".join(map(chr, FULL_WIDTH)) + "]"
_OF_KIND = {
    "text": ("case", "remove"),
    "number": ("decimal", "thousands"),
    "date": ("format", "part"),
    "time": ("format", "part"),
    "datetime": ("format",),
}


@algorithm
class Column(Algorithm):
    """A raw column, as the form wants it: trimmed text, ISO 8601 dates, plain decimals.

    ``map`` recodes by a table; ``format`` is the written form of a date (several: the first that fits), ``part``
    its date or time; ``missing`` lists texts that mean no value, with the reason; ``digits: ascii`` reads
    full-width digits; ``decimal`` and ``thousands`` are the marks of a number; ``remove`` lists signs that are taken
    out of a text (the dash of a subject number). Issues: DATA010, DATA011, DATA012 (dates), DATA020 (no number),
    DATA030 (the map has no row).

    >>> Column(RawColumn("RESULT"), thousands=".", decimal=",").describe()
    "Raw column RESULT (decimal ',', thousands '.')."
    """

    column: RawColumn
    map: MapName | None = None
    to: str = parameter(default="term", needs=("map",))
    format: tuple[str, ...] = ()
    part: Literal["date", "time"] | None = None
    missing: dict[str, str | None] | None = None
    digits: Literal["ascii"] | None = None
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    case: Case | None = None
    remove: tuple[str, ...] = ()
    scope = "form"
    origin = "Collected"

    def apply(self, records: Records) -> Values:
        """Canonical text, one value a form row."""
        return records.each_raw(self._kernel(records), self.column)

    def _kernel(self, records: Records) -> Any:
        table = records.table(self.map) if self.map else None
        kind, source = records.kind, records.source

        def kernel(values: Any) -> tuple[Any, dict[str, Mask]]:
            text, problems = self._without_removed(self._without_missing(self._plain(values))), {}
            if table is not None:
                text, problems["DATA030"] = recode(text, table, self.to, source)
            out, others = self._of_kind(text, kind)
            return out, {**problems, **others}

        return kernel

    def _plain(self, values: Any) -> Any:
        """Text without outer blanks, with plain digits where they are declared to be wide."""
        text = pc.utf8_trim_whitespace(values)
        if self.digits == "ascii" and pc.any(pc.match_substring_regex(text, _FULL_WIDTH_PATTERN)).as_py():
            text = pa.array([t if t is None else t.translate(FULL_WIDTH) for t in text.to_pylist()], pa.string())
        return text

    def _without_missing(self, text: Any) -> Any:
        marks = pa.array(["", *(self.missing or ())], pa.string())
        return pc.if_else(pc.is_in(text, marks), None, text)

    def _without_removed(self, text: Any) -> Any:
        for sign in self.remove:
            text = pc.replace_substring(text, sign, "")
        return pc.if_else(pc.equal(text, ""), None, text) if self.remove else text

    def _of_kind(self, text: Any, kind: str) -> tuple[Any, dict[str, Mask]]:
        if kind == "number":
            return self._number(text)
        if kind in ISO_FORMS:
            return self._date(text, kind)
        return in_case(text, self.case), {}

    def _date(self, text: Any, kind: str) -> tuple[Any, dict[str, Mask]]:
        iso, problems = compute_iso(text, self.format or ISO_FORMS["datetime" if self.part else kind])
        if self.part is not None:
            dropped = {"DATA012": np.zeros(len(text), bool)} if self.part == "date" else {}
            return part_of_datetime(iso, self.part), {**problems, **dropped}
        other = {"date": "T", "time": "-", "datetime": "\0"}[kind]
        more = np.asarray(pc.fill_null(pc.match_substring(iso, other), False), bool)
        return kept(iso, ~more), {**problems, "DATA010": problems["DATA010"] | more}

    def _number(self, text: Any) -> tuple[Any, dict[str, Mask]]:
        plain = text
        if self.thousands is not None:
            groups = rf"[+-]?[0-9]{{1,3}}(?:{re.escape(self.thousands)}[0-9]{{3}})+(?:{re.escape(self.decimal)}[0-9]*)?"
            ungrouped = pc.replace_substring(text, self.thousands, "")
            plain = pc.if_else(pa.array(matching(text, groups)), ungrouped, text)
        if self.decimal != ".":
            plain = pc.replace_substring(pc.if_else(pc.match_substring(plain, "."), None, plain), self.decimal, ".")
        good = matching(plain, PLAIN_NUMBER)
        return kept(plain, good), {"DATA020": valid(text) & ~good}

    def reasons(self, records: Records) -> Values:
        """Why a value is missing, where ``missing`` says so."""
        said = self.missing or {}

        def kernel(values: Any) -> tuple[Any, dict[str, Mask]]:
            return pa.array([said.get(t) for t in self._plain(values).to_pylist()], pa.string()), {}

        return records.each_raw(kernel, self.column)

    def contradiction(self) -> str:
        """One mark with two meanings; a reason for an empty cell."""
        if self.decimal == self.thousands:
            return f"'{self.decimal}' cannot be the mark of decimals and of thousands"
        if "" in (self.missing or {}):
            return "an empty cell is no value without a word, and has no reason"
        return ""

    def unfit(self, kind: str) -> str:
        """What this line says that a form column of ``kind`` cannot be; nothing where it fits."""
        special = {n for names in _OF_KIND.values() for n in names} - set(_OF_KIND[kind])
        for name, _ in self._said():
            if name in special:
                return f"'{name}' has no meaning for a column of kind {kind}"
        if self.part is not None and self.part != kind:
            return f"part: {self.part} gives no column of kind {kind}"
        for form in self.format:
            held = format_kind(form)
            wanted = {kind, "datetime"} if self.part else {kind, "date"} if kind == "datetime" else {kind}
            if held is not None and held not in wanted and not (kind == "date" and form.startswith("excel")):
                return f"'{form}' is a {held}, the column a {kind}"
        return ""

    def describe(self) -> str:
        """The method in a sentence."""
        said = [f"{k} {_shown(v)}" for k, v in self._said()]
        return f"Raw column {self.column}" + (f" ({', '.join(said)})." if said else ".")

    def _said(self) -> list[tuple[str, Any]]:
        """The parameters that are not as they are by default."""
        fields = dataclasses.fields(self)[1:]
        values = [(f.name, getattr(self, f.name), f.default) for f in fields]
        return [(name, value) for name, value, default in values if value != default]


def _shown(value: Any) -> str:
    """A parameter as text that tells one value from another.

    >>> _shown({".": None, "ND": "NOT DONE"})
    "'.', 'ND' (NOT DONE)"
    """
    if isinstance(value, dict):
        return ", ".join(f"'{k}'" + (f" ({v})" if v else "") for k, v in value.items())
    return ", ".join(f"'{v}'" for v in value) if isinstance(value, tuple) else f"'{value}'"


def compute_canonical(values: Any, kind: str) -> tuple[Any, dict[str, Mask]]:
    """Text as a form column of a kind holds it (k,), without what it cannot hold: DATA010, DATA011, DATA020.

    >>> compute_canonical(pa.array(["2022-07-05", "5/7/22"]), "date")[0].to_pylist()
    ['2022-07-05', None]
    """
    return Column(RawColumn(""))._of_kind(as_text(values), kind)


@algorithm
class Constant(Algorithm):
    """The same text in every row of the block.

    >>> Constant("04").describe()
    'The constant 04.'
    """

    value: str
    scope = "form"
    origin = "Assigned"

    def apply(self, records: Records) -> Values:
        """The value, n times."""
        return constant(self.value, records.n)

    def unfit(self, kind: str) -> str:
        """Why the value cannot stand in a form column of ``kind``; nothing where it can."""
        value = pa.array([self.value])
        if kind == "number":
            return "" if matching(value, PLAIN_NUMBER)[0] else f"'{self.value}' is no plain number"
        if kind in ISO_FORMS and not valid(compute_iso(value, ISO_FORMS[kind])[0])[0]:
            return f"'{self.value}' is no {kind} in ISO 8601"
        return ""

    def describe(self) -> str:
        """The method in a sentence."""
        return f"The constant {self.value}."
