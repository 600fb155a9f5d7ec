"""OIDs: what a thing is called follows from what it is, so that the same study has the same OIDs every time."""

from __future__ import annotations

from urllib.parse import quote

from ...model.define import Standard
from ...model.where import Comparison, WhereClause


def standard_oid(standard: Standard) -> str:
    """OID of a standard.

    >>> standard_oid(Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM"))
    'STD.CDISC-NCI.SDTM.2025-03-28'
    """
    parts = ("STD", standard.name.replace("/", "-"), standard.publishing_set, standard.version)
    return ".".join(p for p in parts if p)


def item_oid(dataset: str, variable: str, where: WhereClause | None = None) -> str:
    """OID of a variable's ItemDef, or of its value level item."""
    return ".".join(("IT", dataset, variable, *(where_parts(where) if where else ())))


def where_oid(dataset: str, where: WhereClause) -> str:
    """OID of a where clause; datasets do not share them."""
    return ".".join(("WC", dataset, *where_parts(where)))


def where_parts(where: WhereClause) -> tuple[str, ...]:
    """The where clause as parts of an OID, two for each comparison; different for different clauses.

    >>> where_parts(WhereClause((Comparison("LBTESTCD", "EQ", ("ALT",)), Comparison("LBSPEC", "IN", ("A.B", "C")))))
    ('LBTESTCD', 'ALT', 'LBSPEC', '(IN)A%2EB,C')
    """
    return tuple(part for c in where.comparisons for part in (c.ref, _values_part(c)))


def _values_part(comparison: Comparison) -> str:
    values = ",".join(quote(v, safe=" ").replace(".", "%2E") for v in comparison.values)
    return values if comparison.comparator == "EQ" else f"({comparison.comparator}){values}"
