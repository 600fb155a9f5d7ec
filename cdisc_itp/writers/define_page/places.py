"""Where the variables and value level items of a define.xml stand on the page, and what uses each definition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ...model.define import DefineDocument, ItemDef, ItemGroupDef, ItemRef
from ...model.define_texts import AnalysisResult, DocumentRef
from ...model.define_where import short_where
from .links import Anchors, Link, to_id


class Place(Struct, frozen=True):
    """A variable of a dataset, or one value level item of it (then ``of`` is the variable's name)."""

    id: str
    dataset: str
    ref: ItemRef
    item: ItemDef | None
    of: str = ""
    values: tuple[Place, ...] = ()

    @property
    def name(self) -> str:
        """The name of the variable."""
        return self.of or (self.item.name if self.item else None) or self.ref.item or "?"


class DatasetPlace(Struct, frozen=True):
    """A dataset with its variables in their order."""

    id: str
    group: ItemGroupDef
    variables: tuple[Place, ...]

    @property
    def name(self) -> str:
        """The name of the dataset."""
        return self.group.name or self.group.oid or "?"


def ordered(refs: Iterable[ItemRef]) -> list[ItemRef]:
    """References by OrderNumber; those without stay behind, as they come."""
    return sorted(refs, key=lambda r: (r.order is None, r.order or 0))


def place_datasets(document: DefineDocument, anchors: Anchors) -> list[DatasetPlace]:
    """Every dataset with its variables and their value level, each with its id."""
    ids = [anchors.claim("ItemGroupDef", g.oid) for g in document.item_groups]
    out = []
    for at, group in zip(ids, document.item_groups, strict=True):
        name = group.name or group.oid or "?"
        out.append(
            DatasetPlace(at, group, tuple(_variable(document, anchors, at, name, r) for r in ordered(group.items)))
        )
    return out


def _variable(document: DefineDocument, anchors: Anchors, at: str, dataset: str, ref: ItemRef) -> Place:
    item = document.item.get(ref.item or "")
    own = anchors.claim("ItemDef", ref.item, at)
    values = document.value_list.get(item.value_list or "") if item else None
    if values is not None:
        anchors.claim("ValueListDef", values.oid, own)
    name = (item.name if item else None) or ref.item or "?"
    below = (
        Place(anchors.claim("ItemDef", r.item, own), dataset, r, document.item.get(r.item or ""), name)
        for r in ordered(values.items if values else ())
    )
    return Place(own, dataset, ref, item, values=tuple(below))


class Uses:
    """Who uses each definition: by kind of element and OID, the users as links in the order of the page."""

    def __init__(self, document: DefineDocument, datasets: Iterable[DatasetPlace], anchors: Anchors) -> None:
        self._document, self._anchors = document, anchors
        self._of: dict[tuple[str, str], dict[Link, None]] = defaultdict(dict)
        for d in datasets:
            self._dataset(d)
        self._others()
        for display in document.results:
            link = self._named("ResultDisplay", display.oid, display.name)
            self._documents(link, display.documents)
            for result in display.results:
                self._result(result, self._named("AnalysisResult", result.oid, result.oid))

    def of(self, kind: str, oid: str | None) -> list[Link]:
        """The users of a definition."""
        return list(self._of.get((kind, oid or ""), ()))

    def _add(self, kind: str, oid: str | None, link: Link) -> None:
        if oid:
            self._of[kind, oid][link] = None

    def _named(self, kind: str, oid: str | None, text: str | None) -> Link:
        return Link(text or oid or "?", self._anchors.href(kind, oid))

    def _documents(self, link: Link, refs: Iterable[DocumentRef]) -> None:
        for ref in refs:
            self._add("leaf", ref.leaf, link)

    def _dataset(self, d: DatasetPlace) -> None:
        link = Link(d.name, to_id(d.id))
        self._add("CommentDef", d.group.comment, link)
        self._add("Standard", d.group.standard, link)
        for leaf in {d.group.archive_location, d.group.leaf.id if d.group.leaf else None}:
            self._add("leaf", leaf, link)
        for place in d.variables:
            self._place(place, Link(f"{d.name}.{place.name}", to_id(place.id)))
            for value in place.values:
                short = " or ".join(short_where(self._document, o) for o in value.ref.where_clauses)
                self._place(value, Link(f"{d.name}.{place.name} [{short}]", to_id(value.id)))

    def _place(self, place: Place, link: Link) -> None:
        self._add("MethodDef", place.ref.method, link)
        self._add("CodeList", place.ref.role_codelist, link)
        for clause in place.ref.where_clauses:
            self._add("WhereClauseDef", clause, link)
            found = self._document.where_clause.get(clause)
            self._add("CommentDef", found.comment if found else None, link)
        if place.item is not None:
            self._add("CodeList", place.item.codelist, link)
            self._add("CommentDef", place.item.comment, link)
            for origin in place.item.origins:
                self._documents(link, origin.references)

    def _others(self) -> None:
        d = self._document
        for m in d.methods:
            self._documents(self._named("MethodDef", m.oid, m.name), m.references)
        for c in d.comments:
            self._documents(self._named("CommentDef", c.oid, c.oid), c.references)
        for x in d.codelists:
            link = self._named("CodeList", x.oid, x.name)
            self._add("CommentDef", x.comment, link)
            self._add("Standard", x.standard, link)
        for s in d.standards:
            self._add("CommentDef", s.comment, Link(f"Standard {s.name or s.oid}", "#standards"))
        self._add("CommentDef", d.comment, Link("the study", "#study"))
        for leaf in d.annotated_crfs:
            self._add("leaf", leaf, Link("Annotated CRF", "#documents"))
        for leaf in d.supplemental_docs:
            self._add("leaf", leaf, Link("Supplemental document", "#documents"))

    def _result(self, result: AnalysisResult, link: Link) -> None:
        self._add("CommentDef", result.comment, link)
        self._documents(link, (*result.documents, *(result.code.documents if result.code else ())))
        for d in result.datasets:
            for clause in d.where_clauses:
                self._add("WhereClauseDef", clause, link)


def unplaced(document: DefineDocument, datasets: Iterable[DatasetPlace], anchors: Anchors) -> list[Place]:
    """Value lists and items that no dataset leads to, so that nothing of the file is left out."""
    return list(_unplaced(document, _reached(datasets), anchors))


def _reached(datasets: Iterable[DatasetPlace]) -> set[str]:
    places = [p for d in datasets for p in d.variables]
    return {p.ref.item or "" for p in (*places, *(v for p in places for v in p.values))}


def _unused_lists(document: DefineDocument) -> Iterator[ItemDef]:
    """Value lists that no item refers to, and further ones with the same OID, each as if an item did."""
    named = {i.value_list for i in document.items}
    for values in document.value_lists:
        if values.oid not in named or document.value_list.get(values.oid or "") is not values:
            oid, text, at = values.oid, values.text, values.line
            yield ItemDef(None, oid, text, None, None, None, None, None, None, None, oid, (), at)


def _unplaced(document: DefineDocument, reached: set[str], anchors: Anchors) -> Iterator[Place]:
    seen: set[str] = set()
    for item in (*_unused_lists(document), *document.items):
        oid = item.oid or ""
        if oid and (oid in reached or oid in seen) and document.item.get(oid) is item:
            continue
        ref = ItemRef(item.oid, None, None, None, None, None, (), False, False, item.line)
        seen.add(oid)
        values = document.value_list.get(item.value_list or "")
        own = anchors.claim("ItemDef" if oid else "ValueListDef", item.oid or item.name, "unused")
        below = []
        for r in ordered(values.items if values else ()):
            seen.add(r.item or "")
            found = document.item.get(r.item or "")
            below.append(Place(anchors.claim("ItemDef", r.item, own), "", r, found, item.name or "?"))
        yield Place(own, "", ref, item, values=tuple(below))
