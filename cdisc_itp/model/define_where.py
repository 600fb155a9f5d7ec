"""Where clauses of a define.xml in words."""

from __future__ import annotations

from .define import DefineDocument, RangeCheck

_SIGNS = {"EQ": "=", "NE": "≠", "LT": "<", "LE": "≤", "GT": ">", "GE": "≥", "IN": "in", "NOTIN": "not in"}


def sign_of(check: RangeCheck) -> str:
    """How a check compares, as a sign or a word; a comparator that is none stays as it is."""
    return _SIGNS.get(check.comparator or "", check.comparator or "?")


def short_where(document: DefineDocument, oid: str) -> str:
    """A where clause as short as it can be: the values that are asked for, or the whole of it.

    Values of comparisons that only say "is" need no name: they are terms of a test, a parameter, a qualifier.
    """
    clause = document.where_clause.get(oid)
    if clause is None:
        return oid
    return ", ".join(
        "/".join(c.values) if c.comparator in ("EQ", "IN") else check_words(document, c) for c in clause.checks
    )


def check_words(document: DefineDocument, check: RangeCheck) -> str:
    """A comparison in words: "AVISITN ≥ 4", "PARAMCD in (SYSBP, PULSE)"."""
    item = document.item.get(check.item or "")
    values = ", ".join(check.values)
    shown = f"({values})" if check.comparator in ("IN", "NOTIN") else values
    return f"{(item.name if item else None) or check.item} {sign_of(check)} {shown}"


def where_words(document: DefineDocument, oids: tuple[str, ...]) -> str:
    """The where clauses of a reference in words: comparisons joined by "and", clauses by "or"."""
    clauses = ((oid, document.where_clause.get(oid)) for oid in oids)
    return " or ".join(
        " and ".join(check_words(document, c) for c in clause.checks) if clause else oid for oid, clause in clauses
    )
