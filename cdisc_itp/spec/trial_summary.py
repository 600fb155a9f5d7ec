"""TS: numbers, names and codes of the parameters, text over 200 bytes in TSVAL1 and so on."""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from ..algorithms.long_text import MAX_BYTES, split_text
from ..model.codelist import Codelist
from ..model.metadata import Origin, ValueLevelPlan, VariablePlan
from ..standards.trial_summary import CODELISTS, DERIVED, NULL_FLAVORS, REFERENCE
from .codelists import Codelists
from .suggest import near
from .trial_rows import Row, Rows


def complete_summary(rows: Rows, codelists: Codelists, release: str, encoding: str) -> list[Row]:
    """The rows of TS with TSSEQ, TSPARM, the codes of CDISC terms, and long values in parts.

    Problems: SPEC118 (neither value nor null flavor, or both; a word over 200 bytes), SPEC140 (no term, no null
    flavor, or the code of another term).
    """
    counts = Counter[str]()
    out = []
    for row in rows.rows:
        parameter = row.cells.get("TSPARMCD") or ""
        counts[parameter] += 1
        named = row.having(TSSEQ=str(counts[parameter]), TSPARM=_name(rows, row, codelists))
        _check_value(rows, row)
        out.append(_in_parts(rows, _coded(rows, named, codelists, release), encoding))
    return out


def _name(rows: Rows, row: Row, codelists: Codelists) -> str | None:
    """The parameter's name: the one in the table, else that of the codelist."""
    known, code = codelists.of("TS", "TSPARMCD"), row.cells.get("TSPARMCD")
    term = known.by_value.get(code) if known is not None and code is not None else None
    said = row.cells.get("TSPARM")
    if term is None and said is None and code is not None:
        hint = near(code, known.by_value if known is not None else ())
        rows.fail(row, "SPEC140", f"'{code}' is no term of TSPARMCD, and has no TSPARM", hint)
    return said or (term.decode if term is not None else code)


def _check_value(rows: Rows, row: Row) -> None:
    parameter, flavor = row.cells.get("TSPARMCD"), row.cells.get("TSVALNF")
    if (row.cells.get("TSVAL") is None) == (flavor is None):
        hint = "TSVALNF says why there is no value: UNK, NA, NAV"
        rows.fail(row, "SPEC118", f"{parameter} needs either TSVAL or TSVALNF", hint)
    if flavor is not None and flavor not in NULL_FLAVORS:
        rows.fail(row, "SPEC140", f"'{flavor}' is no null flavor of ISO 21090", near(flavor, NULL_FLAVORS))


def codelist_of(codelists: Codelists, parameter: str | None) -> Codelist | None:
    """The codelist of TSVAL for one parameter."""
    code = CODELISTS.get(parameter or "", "")
    return codelists.release.codelist(code) if code in codelists.release.rows else None


def _coded(rows: Rows, row: Row, codelists: Codelists, release: str) -> Row:
    """The row with code, terminology and release of a term, where it does not name a terminology itself."""
    codelist, value = codelist_of(codelists, row.cells.get("TSPARMCD")), row.cells.get("TSVAL")
    if codelist is None or value is None:
        return row
    said = codelists.named(codelist.name) or codelist
    term = said.by_value.get(value)
    if term is None:
        parameter = row.cells.get("TSPARMCD")
        rows.fail(row, "SPEC140", f"{parameter}: '{value}' is no term of {said.name}", near(value, said.by_value))
        return row
    given = row.cells.get("TSVALCD")
    if given is not None and row.cells.get("TSVCDREF") in (REFERENCE, None) and given != term.code:
        rows.fail(row, "SPEC140", f"the code of '{value}' is {term.code}, not {given}", "leave TSVALCD out")
    if row.cells.get("TSVCDREF") is not None or term.code is None:
        return row
    return row.having(TSVALCD=term.code, TSVCDREF=REFERENCE, TSVCDVER=release)


def _in_parts(rows: Rows, row: Row, encoding: str) -> Row:
    """TSVAL of at most 200 bytes, the rest in TSVAL1 and so on (SDTMIG 3.4, TS and 4.5.3.2)."""
    parts = split_text(row.cells.get("TSVAL") or "", encoding)
    if parts is None:
        rows.fail(row, "SPEC118", f"TSVAL has a word of over {MAX_BYTES} bytes", "a text is split between words")
        return row
    return row.having(**{f"TSVAL{n or ''}": part or None for n, part in enumerate(parts)})


def value_level(rows: list[Row], codelists: Codelists) -> ValueLevelPlan:
    """What TSVAL is for each parameter: its name, codelist, origin; the table's ``comment`` is the item's."""
    items: dict[str, VariablePlan] = {}
    for row in rows:
        name, comment = row.cells.get("TSPARMCD") or "", row.own.get("comment")
        codelist, method = codelist_of(codelists, name), DERIVED.get(name)
        item = VariablePlan(
            name=name,
            label=row.cells.get("TSPARM") or name,
            numeric=False,
            data_type="text",
            codelist=codelist.name if codelist is not None else None,
            origin=Origin("Protocol" if method is None else "Derived", "Sponsor"),
            method=method,
            comment=comment,
        )
        before = items.get(name)
        said = [c for c in (before.comment if before else None, comment) if c]
        items[name] = replace(item, comment=" ".join(dict.fromkeys(said)) or None)
    return ValueLevelPlan("TSVAL", ("TSPARMCD",), tuple(items.values()))
