"""Words that copy, recode or set a value."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.codelist import Codelist
from ..model.column import Column, constant
from .maps import SEVERAL, by_folded, folded, recode
from .registry import Algorithm, AnyText, MapName, Records, Ref, algorithm, parameter
from .values import TEXT, Mask, as_text, kept, valid

Case = Literal["upper", "lower"]
Collected = Literal["value", "decode"]
Outputs = tuple[Any, dict[str, Any]]


def in_case(values: Any, case: Case | None) -> Any:
    """Text in upper or lower case, or as it is.

    >>> in_case(pa.array(["Nausea", None]), "upper").to_pylist()
    ['NAUSEA', None]
    """
    if case is None:
        return values
    return pc.utf8_upper(as_text(values)) if case == "upper" else pc.utf8_lower(as_text(values))


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
    to: str = parameter(default="term", needs=("map",))
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


def submission_values(values: Any, codelist: Codelist, collected: Collected = "value") -> Any:
    """The submission value that each text is, but for case and outer blanks; null where it is none or several.

    Where decodes are collected, a text that is no submission value may be the decode of exactly one term.

    >>> from cdisc_itp.model.codelist import Term
    >>> units = Codelist("UNIT", "Unit", None, True, (Term("g/L"), Term("g/l"), Term("%")))
    >>> submission_values(pa.array(["g/l", "G/L", " % "]), units).to_pylist()
    ['g/l', None, '%']
    """
    decodes = [(t.decode, t.value) for t in codelist.terms if t.decode and collected == "decode"]
    known = {**by_folded(decodes), **by_folded((t.value, t.value) for t in codelist.terms)}
    exact = codelist.by_value
    found = [v if v is None or v in exact else known.get(folded(v)) for v in as_text(values).to_pylist()]
    return pa.array([None if f == SEVERAL else f for f in found], TEXT)


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
    to: str = parameter(default="term", needs=("map",))
    collected: Collected = "value"
    scope = "dataset"
    origin = "Collected"

    def apply(self, records: Records) -> Column:
        """Submission values."""
        table = records.table(self.map) if self.map else None
        codelist = records.codelist()

        def kernel(values: Any) -> Outputs:
            raw = as_text(values)
            mapped, unmapped = raw, np.ones(len(values), bool)
            if table is not None:
                mapped, unmapped = recode(raw, table, self.to, records.source)
            return in_codelist(raw, mapped, unmapped, codelist, self.collected)

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        how = f" by column {self.to} of table {self.map}" if self.map else ""
        what = ", a decode" if self.collected == "decode" else ""
        return f"Equal to {self.source}{what}, recoded to controlled terminology{how}."


def in_codelist(
    raw: Any, mapped: Any, unmapped: Mask, codelist: Codelist | None, collected: Collected = "value"
) -> Outputs:
    """Mapped terms, else raw values that are terms; problems by code."""
    present = valid(raw)
    if codelist is None:
        return kept(mapped, ~unmapped), {"DATA030": present & unmapped}
    candidate = pc.if_else(pa.array(unmapped & present), raw, mapped)
    term = submission_values(candidate, codelist, collected)
    lacking = valid(candidate) & ~valid(term)
    if not codelist.extensible:
        return term, {"DATA030": lacking}
    return pc.coalesce(term, candidate), {"DATA032": lacking}


@algorithm
class AssignNumber(Algorithm):
    """The collected value as a number. Issue DATA020: the value is no number.

    >>> AssignNumber(Ref("dose")).describe()
    'Equal to dose as a number.'
    """

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
    """The same value in every record.

    >>> Hardcode("YEARS").describe()
    'Set to YEARS.'
    """

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
    """The same submission value in every record; it must be a term of the variable's codelist (SPEC140).

    >>> HardcodeCt("YEARS").describe()
    'Set to YEARS (controlled terminology).'
    """

    value: str
    scope = "dataset"
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

    >>> Decode(Ref("LBTESTCD")).describe()
    'Decode of LBTESTCD from its codelist.'
    """

    source: Ref
    map: MapName | None = None
    to: str = parameter(default="decode", needs=("map",))
    scope = "dataset"
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
            names = [terms[v].decode if v in terms else None for v in as_text(values).to_pylist()]
            decodes = pa.array(names, TEXT)
            return decodes, {"DATA033": valid(values) & ~valid(decodes)}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        how = f"column {self.to} of table {self.map}" if self.map else "its codelist"
        return f"Decode of {self.source} from {how}."


@algorithm
class Replace(Algorithm):
    """The collected value with one text replaced by another (plain text, not a pattern).

    >>> Replace(Ref("term"), text="  ", by=AnyText(" ")).describe()
    "term with '  ' replaced by ' '."
    """

    source: Ref
    text: str
    by: AnyText = AnyText("")

    def apply(self, records: Records) -> Column:
        """The value with each occurrence replaced; an empty rest is no value."""

        def kernel(values: Any) -> Outputs:
            out = pc.replace_substring(as_text(values), self.text, self.by)
            return pc.if_else(pc.equal(out, ""), None, out), {}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.source} with '{self.text}' replaced by '{self.by}'."
