"""Words of source files: from a raw column to a form column in canonical text."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column as Values
from ..model.column import constant
from .assign import Case, in_case
from .iso8601 import (
    ISO_FORMS,
    compute_iso,
    format_kind,
    has_month_name,
    has_short_year,
    part_of_datetime,
    with_english_months,
)
from .maps import recode
from .registry import Algorithm, MapName, Problems, RawColumn, Records, Table, algorithm, parameter
from .values import PLAIN_NUMBER, TEXT, Mask, as_mask, as_text, fits, holds_any, join_texts, kept, valid
from .written import compute_plain_numbers, with_plain_digits, with_plain_numbers, with_zeros

_OF_KIND = {
    "text": ("case", "remove", "split", "pad", "prefix", "decimal", "thousands"),
    "number": ("decimal", "thousands"),
    "date": ("format", "part", "years_from", "months"),
    "time": ("format", "part", "years_from", "months"),
    "datetime": ("format", "years_from", "months"),
}
MAX_WIDTH = 40


@algorithm
class Column(Algorithm):
    """A raw column, as the form wants it: trimmed text, ISO 8601 dates, plain decimals.

    ``missing`` lists texts that mean no value, with the reason; ``digits: ascii`` reads full-width digits and signs;
    ``decimal`` and ``thousands`` are the marks of a number (in a text column, of a text that is one: ``<1,5``);
    ``map`` recodes by a table; with ``otherwise: keep`` a text that it lacks stays as it is. ``agrees_with`` is a
    second raw column with the same answer, such as the decode of a code: by the map both must mean the same, else
    neither is taken; an empty cell there says nothing. ``format`` is the written form of a date (several: the first
    that fits), ``part`` its date or time; ``months`` are names of months that are not English ({Juli: 7});
    ``years_from`` is the first of the hundred years that ``yy`` can mean. Of a subject number, ``remove`` lists
    signs that are taken out, ``pad`` the width up to which zeros are put before digits (with ``split``, of each
    part), ``prefix`` what stands before it. Issues: DATA010, DATA011, DATA012 (dates), DATA015 (``split`` finds
    other parts), DATA020 (no number), DATA030 (the map has no row), DATA037 (``agrees_with`` means something else).

    >>> Column(RawColumn("RESULT"), thousands=".", decimal=",").describe()
    "Raw column RESULT (decimal ',', thousands '.')."
    """

    column: RawColumn
    map: MapName | None = None
    to: str = parameter(default="term", needs=("map",))
    otherwise: Literal["keep"] | None = parameter(default=None, needs=("map",))
    agrees_with: RawColumn | None = parameter(default=None, needs=("map",))
    format: tuple[str, ...] = ()
    part: Literal["date", "time"] | None = None
    missing: dict[str, str | None] | None = None
    digits: Literal["ascii"] | None = None
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    case: Case | None = None
    remove: tuple[str, ...] = ()
    split: str | None = parameter(default=None, needs=("pad",))
    pad: tuple[int, ...] = ()
    prefix: str | None = None
    years_from: int | None = parameter(default=None, needs=("format",))
    months: dict[str, int] | None = parameter(default=None, needs=("format",))
    scope = "form"
    origin = "Collected"

    @property
    def raw_columns(self) -> tuple[RawColumn, ...]:
        """The raw columns that are read, the one that gives the value first."""
        return (self.column,) if self.agrees_with is None else (self.column, self.agrees_with)

    def apply(self, records: Records) -> Values:
        """Canonical text, one value a form row."""
        return records.each_raw(self._kernel(records), *self.raw_columns)

    def _kernel(self, records: Records) -> Any:
        table = records.table(self.map) if self.map else None
        kind, source = records.kind, records.source

        def kernel(values: Any, *beside: Any) -> tuple[Any, Problems]:
            text, problems = self.in_full(values)
            if table is not None:
                text, problems["DATA030"] = self._recoded(text, table, source)
                for words in beside:
                    text, more = self._agreeing(text, problems["DATA030"], words, table, source)
                    problems.update(more)
            out, others = self._of_kind(text, kind)
            return out, {**problems, **others}

        return kernel

    def in_full(self, values: Any) -> tuple[Any, dict[Any, Mask]]:
        """The text that the map is asked for (k,): plain digits, no marks of missing values, a number in full."""
        return self._numbered(self._without_removed(self._without_missing(self._plain(values))))

    def _agreeing(
        self, text: Any, unknown: Mask, beside: Any, table: Table, source: str | None
    ) -> tuple[Any, dict[Any, Mask]]:
        """The terms (k,) where the text beside each means the same, and the masks of the others."""
        words = self._plain(beside)
        meant, lacking = self._recoded(self._without_missing(words), table, source)
        same = np.asarray(pc.equal(pc.fill_null(text, ""), pc.fill_null(meant, "")), bool)
        differ = as_mask(pc.not_equal(words, "")) & ~lacking & ~unknown & ~same
        return kept(text, ~(differ | lacking)), {("DATA030", 1): lacking, ("DATA037", 0, 1): differ}

    def _recoded(self, text: Any, table: Table, source: str | None) -> tuple[Any, Mask]:
        found, unknown = recode(text, table, self.to, source)
        if self.otherwise is None:
            return found, unknown
        return pc.if_else(pa.array(unknown), text, found), np.zeros(len(unknown), bool)

    def _plain(self, values: Any) -> Any:
        """Text without outer blanks, with plain digits where they are declared to be wide."""
        text = pc.utf8_trim_whitespace(values)
        return with_plain_digits(text) if self.digits == "ascii" else text

    def _without_missing(self, text: Any) -> Any:
        marks = {"", *(self.missing or ())}
        if not holds_any(text, marks):
            return text
        return pc.if_else(pc.is_in(text, pa.array(sorted(marks), TEXT)), None, text)

    def _without_removed(self, text: Any) -> Any:
        for sign in self.remove:
            text = pc.replace_substring(text, sign, "")
        return pc.if_else(pc.equal(text, ""), None, text) if self.remove else text

    def _numbered(self, text: Any) -> tuple[Any, dict[Any, Mask]]:
        """A subject's number in full: zeros before its digits, the prefix before them."""
        problems: dict[Any, Mask] = {}
        if self.pad:
            text, problems["DATA015"] = with_zeros(text, self.pad, self.split)
        return text if self.prefix is None else join_texts(self.prefix, text), problems

    def _of_kind(self, text: Any, kind: str) -> tuple[Any, dict[str, Mask]]:
        if kind in ISO_FORMS:
            return self._date(text, kind)
        if kind == "number":
            out, wrong = compute_plain_numbers(text, self.decimal, self.thousands)
            return out, {"DATA020": wrong}
        if (self.decimal, self.thousands) == (".", None):
            return in_case(text, self.case), {}
        out, wrong = with_plain_numbers(text, self.decimal, self.thousands)
        return in_case(out, self.case), {"DATA020": wrong}

    def _date(self, text: Any, kind: str) -> tuple[Any, dict[str, Mask]]:
        forms = self.format or ISO_FORMS["datetime" if self.part else kind]
        iso, problems = compute_iso(with_english_months(text, self.months or {}), forms, self.years_from)
        if self.part is not None:
            dropped = {"DATA012": np.zeros(len(text), bool)} if self.part == "date" else {}
            return part_of_datetime(iso, self.part), {**problems, **dropped}
        other = {"date": "T", "time": "-", "datetime": "\0"}[kind]
        more = as_mask(pc.match_substring(iso, other))
        return kept(iso, ~more), {**problems, "DATA010": problems["DATA010"] | more}

    def reasons(self, records: Records) -> Values:
        """Why a value is missing, where ``missing`` says so."""
        said = self.missing or {}

        def kernel(values: Any) -> tuple[Any, dict[str, Mask]]:
            return pa.array([said.get(t) for t in self._plain(values).to_pylist()], TEXT), {}

        return records.each_raw(kernel, self.column)

    def contradiction(self) -> str:
        """One mark with two meanings; a reason for an empty cell; widths, years and months that say nothing."""
        if self.agrees_with == self.column:
            return f"'{self.column}' agrees with itself"
        if self.decimal == self.thousands:
            return f"'{self.decimal}' cannot be the mark of decimals and of thousands"
        if "" in (self.missing or {}):
            return "an empty cell is no value without a word, and has no reason"
        return self._wrong_widths() or self._wrong_forms()

    def _wrong_widths(self) -> str:
        if any(not 1 <= width <= MAX_WIDTH for width in self.pad):
            return f"'pad' is a width from 1 to {MAX_WIDTH}"
        if (self.split is None) != (len(self.pad) < 2):
            return "'pad' has one width, with 'split' one for each part (pad: [2, 3])"
        return ""

    def _wrong_forms(self) -> str:
        short = any(has_short_year(form) for form in self.format)
        if short != (self.years_from is not None):
            return (
                "'yy' says no century: 'years_from' is the first year that it can mean"
                if short
                else ("'years_from' has no meaning without 'yy' in 'format'")
            )
        if self.years_from is not None and not 1 <= self.years_from <= 9900:
            return f"'years_from' {self.years_from} is no year"
        wrong = [f"{name}: {number}" for name, number in (self.months or {}).items() if not 1 <= number <= 12]
        if wrong:
            return f"'months' has {wrong[0]}, and months are numbers from 1 to 12"
        if self.months is not None and not any(map(has_month_name, self.format)):
            return "'months' has no meaning without 'MMM' in 'format'"
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
        value = pa.array([self.value], TEXT)
        if kind == "number":
            return "" if fits(self.value, PLAIN_NUMBER) else f"'{self.value}' is no plain number"
        if kind in ISO_FORMS and not valid(compute_iso(value, ISO_FORMS[kind])[0])[0]:
            return f"'{self.value}' is no {kind} in ISO 8601"
        return ""

    def describe(self) -> str:
        """The method in a sentence."""
        return f"The constant {self.value}."
