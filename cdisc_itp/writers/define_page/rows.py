"""Variables and value level items as rows of the page."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ...model.define import CodeListDef, CommentDef, DefineDocument, ItemDef, MethodDef
from ...model.define_beside import DatasetBeside
from ...model.define_texts import OriginDef
from .places import Place
from .where import Clause, Clauses

_ISO = {
    "date": "ISO 8601 date",
    "datetime": "ISO 8601 datetime",
    "time": "ISO 8601 time",
    "partialDate": "ISO 8601 partial date",
    "partialTime": "ISO 8601 partial time",
    "partialDatetime": "ISO 8601 partial datetime",
    "incompleteDate": "ISO 8601 incomplete date",
    "incompleteTime": "ISO 8601 incomplete time",
    "incompleteDatetime": "ISO 8601 incomplete datetime",
    "durationDatetime": "ISO 8601 duration",
    "intervalDatetime": "ISO 8601 interval",
}
_COLLECTED = ("Collected", "CRF", "eDT")
SHOWN_TERMS = 6  # of a codelist, beside a variable


class Row(Struct, frozen=True):
    """A row: what the template needs of a variable or value level item. ``flags`` are what filters go by."""

    place: Place
    item: ItemDef | None
    flags: str
    size: str
    observed: str
    iso: str
    codelist: CodeListDef | None
    terms: tuple[str, ...]
    method: MethodDef | None
    comment: CommentDef | None
    origins: tuple[OriginDef, ...]
    where: tuple[Clause, ...]
    records: int | None
    values: tuple[Row, ...]

    @property
    def decoded(self) -> bool:
        """Whether the where clause says the label already, as the decode of a value."""
        label = self.item.label if self.item else None
        return any(d == label for c in self.where for k in c.checks for _, d in k.values)


class Rows:
    """Makes rows of places."""

    def __init__(self, document: DefineDocument, clauses: Clauses, beside: Mapping[str, DatasetBeside]) -> None:
        self.document, self.clauses, self.beside = document, clauses, beside

    def row(self, place: Place) -> Row:
        """The row of a variable, its value level items with it."""
        item, ref = place.item, place.ref
        codelist = self.document.codelist.get(item.codelist or "") if item else None
        terms = tuple(t.value or "" for t in codelist.terms) if codelist else ()
        return Row(
            place=place,
            item=item,
            flags=flags_of(place),
            size=size_of(item),
            observed=self._observed(place),
            iso=_ISO.get((item.data_type if item else None) or "", ""),
            codelist=codelist,
            terms=terms if len(terms) <= SHOWN_TERMS else (),
            method=self.document.method.get(ref.method or ""),
            comment=self.document.comment_def.get((item.comment if item else None) or ""),
            origins=item.origins if item else (),
            where=tuple(self.clauses.clause(o, place.dataset) for o in ref.where_clauses),
            records=self._records(place),
            values=tuple(map(self.row, place.values)),
        )

    def _observed(self, place: Place) -> str:
        """The longest value of a text variable, where it differs from the length that is defined."""
        found = self.beside.get(place.dataset)
        length = found.lengths.get(place.name) if found and not place.of else None
        defined = place.item.length if place.item else None
        return "" if length is None or length == defined else f"longest {length:,}"

    def _records(self, place: Place) -> int | None:
        found = self.beside.get(place.dataset) if place.of else None
        return found.selected.get(place.ref.item or "") if found else None


def flags_of(place: Place) -> str:
    """One letter for each filter that the row passes."""
    item, ref = place.item, place.ref
    origins = item.origins if item else ()
    said = {
        "d": any(o.type == "Derived" for o in origins) or bool(ref.method),
        "c": any(o.type in _COLLECTED for o in origins),
        "n": ref.has_no_data,
        "m": bool(item and item.comment),
        "k": ref.key_sequence is not None,
        "s": ref.non_standard,
    }
    return " ".join(flag for flag, holds in said.items() if holds)


def size_of(item: ItemDef | None) -> str:
    """Length with significant digits, as "8.2"; the display format follows where there is one."""
    if item is None:
        return ""
    length = "" if item.length is None else str(item.length)
    if item.significant_digits is not None:
        length = f"{length}.{item.significant_digits}"
    return f"{length}, shown as {item.display_format}".lstrip(", ") if item.display_format else length
