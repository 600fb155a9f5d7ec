"""Where clauses in words."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from ...model.define import DefineDocument, RangeCheck
from ...model.define_where import sign_of


class Compared(Struct, frozen=True):
    """One comparison: what is compared (with its address), how, and with which values and decodes."""

    name: str
    href: str | None
    sign: str
    values: tuple[tuple[str, str], ...]
    several: bool


class Clause(Struct, frozen=True):
    """A where clause: its comparisons are joined by "and"; ``fault`` says what is wrong with it."""

    checks: tuple[Compared, ...]
    comment: str | None = None
    fault: str = ""


class Clauses:
    """Where clauses of a document in words.

    ``homes`` are the datasets that hold an item, by OID; ``href`` gives the address of an item.
    """

    def __init__(
        self, document: DefineDocument, homes: dict[str, list[str]], href: Callable[[str | None], str | None]
    ) -> None:
        self.document, self.homes, self.href = document, homes, href
        self._decodes: dict[str, dict[str, str]] = {}

    def clause(self, oid: str, dataset: str) -> Clause:
        """The clause of that OID as it reads within a dataset: items of others are named with theirs."""
        found = self.document.where_clause.get(oid)
        if found is None:
            return Clause((), None, f"no where clause has the OID {oid}")
        return Clause(tuple(self._check(c, dataset) for c in found.checks), found.comment)

    def _check(self, check: RangeCheck, dataset: str) -> Compared:
        item = self.document.item.get(check.item or "")
        name = (item.name if item else None) or check.item or "?"
        homes = self.homes.get(check.item or "", [])
        if dataset and homes and dataset not in homes:
            name = f"{homes[0]}.{name}"
        decodes = self._decoded(item.codelist if item else None)
        values = tuple((v, decodes.get(v, "")) for v in check.values)
        several = check.comparator in ("IN", "NOTIN") or len(values) != 1
        return Compared(name, self.href(check.item), sign_of(check), values, several)

    def _decoded(self, codelist: str | None) -> dict[str, str]:
        if codelist and codelist not in self._decodes:
            found = self.document.codelist.get(codelist)
            terms = found.terms if found else ()
            self._decodes[codelist] = {t.value: t.decode for t in terms if t.value and t.decode and t.decode != t.value}
        return self._decodes.get(codelist or "", {})
