"""A define.xml as parts that can be compared: datasets with variables, codelists with terms, methods, displays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ..model.define import ItemRef
from ..model.define_texts import Translation


class Said(Struct, frozen=True):
    """A property: ``shown`` to a person, and ``compared``."""

    shown: str
    compared: str


class Part(Struct, frozen=True):
    """A part of a document; ``name`` is what it is called where it stands, ``title`` how it is cited.

    ``ordered`` parts contain others in an order that means something.
    """

    element: str
    oid: str | None
    name: str
    title: str
    said: Mapping[str, Said]
    subject: object
    below: tuple[Part, ...] = ()
    ordered: bool = False


def part(
    element: str,
    oid: str | None,
    name: str,
    title: str,
    said: Mapping[str, str | Said | None],
    subject: object,
    below: tuple[Part, ...] = (),
    ordered: bool = False,
) -> Part:
    """A part; what is not said is left out, and blanks do not count."""
    texts = {k: v if isinstance(v, Said) else Said(v, " ".join(v.split())) for k, v in said.items() if v}
    shown = {k: s for k, s in texts.items() if s.shown}
    return Part(element, oid, name, title, shown, subject, below, ordered)


def in_order(refs: Iterable[ItemRef]) -> list[ItemRef]:
    """References by OrderNumber; those without stay behind, as they come."""
    return sorted(refs, key=lambda r: (r.order is None, r.order or 0))


def numbered(refs: Iterable[ItemRef]) -> bool:
    """Whether all references have an OrderNumber."""
    return all(r.order is not None for r in refs)


def joined(said: list[Said]) -> Said:
    """Several properties as one."""
    return Said("; ".join(s.shown for s in said), " ".join(s.compared for s in said))


def yes(holds: bool) -> str:
    """Yes, or nothing."""
    return "Yes" if holds else ""


def number(n: int | None) -> str:
    """A number, or nothing."""
    return "" if n is None else str(n)


def translated(ts: Iterable[Translation]) -> str:
    """Further translations, each after its language."""
    return "\n".join(f"{t.language or '?'}: {t.text}" for t in ts)


def aliases(found: Iterable[tuple[str, str]]) -> str:
    """Aliases, but for the NCI code, which is a property of its own."""
    return ", ".join(f"{c} {n}" for c, n in found if c != "nci:ExtCodeID")
