"""Words that copy, recode or set a value."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.codelist import Codelist
from ..model.column import Column, constant
from .maps import recode
from .registry import Algorithm, MapName, Records, Ref, algorithm

Case = Literal["upper", "lower"]
Collected = Literal["value", "decode"]
Outputs = tuple[Any, dict[str, Any]]


def in_case(values: pa.Array, case: Case | None) -> pa.Array:
    """Text in upper or lower case, or as it is."""
    if case is None:
        return values
    return pc.utf8_upper(values) if case == "upper" else pc.utf8_lower(values)


@algorithm
class Assign(Algorithm):
    """The collected value as it is; with ``map``, what the map says for it.

    ``to`` names the map's column (default ``term``); ``case`` is upper or lower. Issue DATA030: the map has no
    row for a value.

    >>> Assign(Ref("term"), case="upper").describe()
    'Equal to term in upper case.'
    """

    source: Ref
    map: MapName | None = None
    to: str = "term"
    case: Case | None = None
    origin = "Collected"

    def apply(self, records: Records) -> Column:
        """The values of the column that is read."""
        if self.map is None and self.case is None:
            return records[self.source]
        return records.each(self._kernel(records), self.source)

    def _kernel(self, records: Records) -> Any:
        table = records.table(self.map) if self.map else None

        def kernel(values: Any) -> Outputs:
            out, unknown = recode(values, table, self.to, records.source) if table else (values, None)
            return in_case(out, self.case), {} if unknown is None else {"DATA030": unknown}

        return kernel

    def describe(self) -> str:
        """The method in a sentence."""
        how = f", recoded by column {self.to} of table {self.map}" if self.map else ""
        return f"Equal to {self.source}{how}{f' in {self.case} case' if self.case else ''}."


def submission_values(values: pa.Array, codelist: Codelist, collected: Collected = "value") -> pa.Array:
    """The submission value that each text is, but for case and outer blanks; null where it is none.

    Where decodes are collected, a text that is no submission value may be the decode of exactly one term.
    """
    known = values_by_decode(codelist) if collected == "decode" else {}
    known.update({t.value.casefold(): t.value for t in reversed(codelist.terms)})
    exact = codelist.by_value
    out = [v if v is None or v in exact else known.get(v.strip().casefold()) for v in values.to_pylist()]
    return pa.array(out, pa.string())


def values_by_decode(codelist: Codelist) -> dict[str, str]:
    """Submission value by decode without regard to case; a decode that several terms share is left out.

    >>> from cdisc_itp.model.codelist import Term
    >>> terms = Term("Y", "Yes"), Term("C48660", "Not Applicable"), Term("NA", "not applicable")
    >>> values_by_decode(Codelist("NY", "No Yes Response", None, False, terms))
    {'yes': 'Y'}
    """
    owners: dict[str, list[str]] = {}
    for term in codelist.terms:
        if term.decode:
            owners.setdefault(term.decode.casefold(), []).append(term.value)
    return {decode: values[0] for decode, values in owners.items() if len(values) == 1}


@algorithm
class AssignCt(Algorithm):
    """The collected value as a submission value of the variable's codelist.

    With ``map``, the map's row for the value decides; a value that the map lacks must itself be a submission
    value, but for case and outer blanks. ``collected: decode`` says that the export holds decodes (Female, Yes,
    Milligram) rather than submission values (F, Y, mg); it may hold both. Issues: DATA030 (neither map nor
    codelist has the value; it is left out), DATA032 (an extensible codelist lacks the term; it is submitted).

    >>> AssignCt(Ref("sex"), collected="decode").describe()
    'Equal to sex, a decode, recoded to controlled terminology.'
    """

    source: Ref
    map: MapName | None = None
    to: str = "term"
    collected: Collected = "value"
    origin = "Collected"

    def apply(self, records: Records) -> Column:
        """Submission values."""
        table = records.table(self.map) if self.map else None
        codelist = records.codelist()

        def kernel(values: Any) -> Outputs:
            mapped, unmapped = values, np.ones(len(values), bool)
            if table is not None:
                mapped, unmapped = recode(values, table, self.to, records.source)
            return in_codelist(values, mapped, unmapped, codelist, self.collected)

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        how = f" by column {self.to} of table {self.map}" if self.map else ""
        what = ", a decode" if self.collected == "decode" else ""
        return f"Equal to {self.source}{what}, recoded to controlled terminology{how}."


def in_codelist(
    raw: pa.Array, mapped: pa.Array, unmapped: Any, codelist: Codelist | None, collected: Collected = "value"
) -> Outputs:
    """Mapped terms, else raw values that are terms; problems by code."""
    present = pc.is_valid(raw).to_numpy(zero_copy_only=False)
    if codelist is None:
        return pc.if_else(pa.array(unmapped), None, mapped), {"DATA030": present & unmapped}
    candidate = pc.if_else(pa.array(unmapped & present), raw, mapped)
    term = submission_values(candidate, codelist, collected)
    lacking = pc.is_valid(candidate).to_numpy(zero_copy_only=False) & pc.is_null(term).to_numpy(zero_copy_only=False)
    if not codelist.extensible:
        return term, {"DATA030": lacking}
    return pc.coalesce(term, candidate), {"DATA032": lacking}


@algorithm
class AssignNumber(Algorithm):
    """The collected value as a number. Issue DATA020: the value is no number."""

    source: Ref
    origin = "Collected"
    numeric = True

    def apply(self, records: Records) -> Column:
        """Text that the variable's type turns into numbers."""
        return records[self.source]

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Equal to {self.source} as a number."


@algorithm
class Hardcode(Algorithm):
    """The same value in every record."""

    value: str
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The value, n times."""
        return constant(self.value, records.n)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Set to {self.value}."


@algorithm
class HardcodeCt(Algorithm):
    """The same submission value in every record; it must be a term of the variable's codelist (SPEC140)."""

    value: str
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The value, n times."""
        return constant(self.value, records.n)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Set to {self.value} (controlled terminology)."


@algorithm
class Decode(Algorithm):
    """The name that belongs to a coded variable: its codelist's decode, or a map's column.

    Issue DATA033: the code has no decode.
    """

    source: Ref
    map: MapName | None = None
    to: str = "decode"
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The decodes."""
        table = records.table(self.map) if self.map else None
        codelist = records.codelist(self.source)

        def kernel(values: Any) -> Outputs:
            if table is not None:
                out, unknown = recode(values, table, self.to, records.source)
                return out, {"DATA033": unknown}
            terms = codelist.by_value if codelist else {}
            names = [terms[v].decode if v in terms else None for v in values.to_pylist()]
            lacking = [v is not None and n is None for v, n in zip(values.to_pylist(), names, strict=True)]
            return pa.array(names, pa.string()), {"DATA033": np.array(lacking, bool)}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        how = f"column {self.to} of table {self.map}" if self.map else "its codelist"
        return f"Decode of {self.source} from {how}."


@algorithm
class Replace(Algorithm):
    """The collected value with one text replaced by another (plain text, not a pattern)."""

    source: Ref
    text: str
    by: str = ""

    def apply(self, records: Records) -> Column:
        """The value with each occurrence replaced; an empty rest is no value."""

        def kernel(values: Any) -> Outputs:
            out = pc.replace_substring(values, self.text, self.by)
            return pc.if_else(pc.equal(out, ""), None, out), {}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.source} with '{self.text}' replaced by '{self.by}'."
