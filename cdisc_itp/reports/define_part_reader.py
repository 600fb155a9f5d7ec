"""The parts of a define.xml, each with what a person reads of it.

A property that refers to a definition (a codelist, a method) is compared by whose it is, not by its text: a method
that changed is one change, not one for each variable that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..model.define import (
    CodeListDef,
    CodeListTerm,
    CommentDef,
    DefineDocument,
    ItemDef,
    ItemGroupDef,
    ItemRef,
    MethodDef,
    OriginDef,
    StandardDef,
)
from ..model.define_texts import AnalysisResult, DocumentRef, Leaf, ResultDisplay
from ..model.define_where import where_words
from .define_parts import Part, Said, aliases, in_order, joined, number, numbered, part, translated, yes

# Whose definition an OID names, the same word for both files: (kind of element, OID) -> identity.
Identity = Callable[[str, str], str]


def definition_parts(document: DefineDocument) -> dict[str, list[Part]]:
    """What others refer to, by kind of element, for finding out which definitions are the same ones."""
    reader = PartReader(document, lambda kind, oid: oid)
    return {
        "Standard": [reader.standard(s) for s in document.standards],
        "CodeList": [reader.codelist(c) for c in document.codelists],
        "MethodDef": [reader.method(m) for m in document.methods],
        "CommentDef": [reader.comment(c) for c in document.comments],
        "leaf": [reader.leaf(x) for x in document.leaves],
    }


class PartReader:
    """Makes parts of a document."""

    def __init__(self, document: DefineDocument, identity: Identity) -> None:
        self.document, self.identity = document, identity

    def study(self) -> Part:
        """What the file says of the study."""
        d = self.document
        said = {
            "Study": d.study,
            "Description": d.description,
            "Protocol": d.protocol,
            "Metadata": d.metadata_name,
            "Define-XML": d.version,
            "Context": d.context,
            "Language": d.language,
            "Comment": self._comment(d.comment),
            "Annotated CRF": self._several("leaf", d.annotated_crfs),
            "Supplemental documents": self._several("leaf", d.supplemental_docs),
            **{name: value for name, value in d.about if name != "FileOID"},
        }
        return part("Study", None, "study", d.study or "Study", said, d)

    def standard(self, s: StandardDef) -> Part:
        """A standard."""
        name = " ".join(x for x in (s.name, s.publishing_set) if x)
        said = {"Name": name, "Type": s.type, "Version": s.version, "Status": s.status}
        return part("Standard", s.oid, name, name, said | {"Comment": self._comment(s.comment)}, s)

    def dataset(self, g: ItemGroupDef) -> Part:
        """A dataset with its variables."""
        d, name = self.document, g.name or g.oid or "?"
        leaf = d.leaf.get(g.archive_location or "") or g.leaf
        keys = (d.item.get(k.item or "") for k in g.keys)
        said = {
            "Name": g.name,
            "Description": g.label,
            "Translations": translated(g.translations),
            "Class": g.class_name,
            "Subclasses": ", ".join(g.sub_classes),
            "Structure": g.structure,
            "Purpose": g.purpose,
            "Keys": ", ".join(i.name or "?" if i else "?" for i in keys),
            "Domain": g.domain,
            "SAS name": g.sas_name,
            "Repeating": g.repeating,
            "Reference data": g.reference_data,
            "No data": yes(g.has_no_data),
            "Non-standard": yes(g.non_standard),
            "Standard": self._standard(g.standard),
            "Comment": self._comment(g.comment),
            "File": " ".join(x for x in (leaf.title, leaf.href) if x) if leaf else "",
            "Aliases": aliases(g.aliases),
        }
        variables = tuple(self._variable(name, r) for r in in_order(g.items))
        return part("Dataset", g.oid, name, name, said, g, variables, numbered(g.items))

    def item(self, i: ItemDef) -> Part:
        """An item that no dataset leads to."""
        name = i.name or i.oid or "?"
        return part("Item", i.oid, name, name, self._item(i), i)

    def codelist(self, c: CodeListDef) -> Part:
        """A codelist with its terms."""
        name = c.name or c.oid or "?"
        said = {
            "Name": c.name,
            "Description": c.text,
            "Data type": c.data_type,
            "Code": c.code,
            "Standard": self._standard(c.standard),
            "Non-standard": yes(c.non_standard),
            "SAS format": c.sas_format,
            "Comment": self._comment(c.comment),
            "Dictionary": c.dictionary,
            "Dictionary version": c.dictionary_version,
            "Dictionary address": " ".join(x for x in (c.href, c.ref) if x),
            "Aliases": aliases(c.aliases),
        }
        terms = sorted(c.terms, key=lambda t: (t.order is None, t.order or 0))
        below = tuple(_term(name, t) for t in terms)
        return part("Codelist", c.oid, name, name, said, c, below, all(t.order is not None for t in terms))

    def method(self, m: MethodDef) -> Part:
        """A method."""
        said = {
            "Name": m.name,
            "Type": m.type,
            "Text": m.text,
            "Translations": translated(m.translations),
            "Documents": self._documents(m.references),
            "Expressions": "\n".join(f"{x.context or ''}: {x.text}" for x in m.expressions),
            "Aliases": aliases(m.aliases),
        }
        return part("Method", m.oid, m.name or "", m.name or m.oid or "?", said, m)

    def comment(self, c: CommentDef) -> Part:
        """A comment; its name is its text, since it has no other."""
        said = {
            "Text": c.text,
            "Translations": translated(c.translations),
            "Documents": self._documents(c.references),
        }
        return part("Comment", c.oid, c.text or "", c.oid or "?", said, c)

    def leaf(self, x: Leaf) -> Part:
        """A document."""
        said = {"Title": x.title, "File": x.href}
        return part("Document", x.id, x.href or x.title or "", x.title or x.id or "?", said, x)

    def display(self, x: ResultDisplay) -> Part:
        """A display of ARM with its results."""
        name = x.name or x.oid or "?"
        said = {
            "Name": x.name,
            "Description": x.text,
            "Translations": translated(x.translations),
            "Documents": self._documents(x.documents),
        }
        return part("Display", x.oid, name, name, said, x, tuple(self._result(name, r) for r in x.results))

    def _variable(self, dataset: str, ref: ItemRef) -> Part:
        item = self.document.item.get(ref.item or "")
        name = (item.name if item else None) or ref.item or "?"
        title = f"{dataset}.{name}"
        values = self.document.value_list.get((item.value_list if item else None) or "")
        below = tuple(self._value(title, r) for r in in_order(values.items if values else ()))
        said = {**self._item(item), **self._ref(ref), "Value level": values.text if values else ""}
        return part("Variable", ref.item, name, title, said, ref, below)

    def _value(self, variable: str, ref: ItemRef) -> Part:
        where = where_words(self.document, ref.where_clauses) or "always"
        clauses = (self.document.where_clause.get(o) for o in ref.where_clauses)
        noted: dict[str, str | Said | None] = {
            "Where": where,
            "Comment of the condition": self._comments(c.comment for c in clauses if c),
        }
        said = {**noted, **self._item(self.document.item.get(ref.item or "")), **self._ref(ref)}
        return part("Value level", ref.item, where, f"{variable} where {where}", said, ref)

    def _item(self, i: ItemDef | None) -> dict[str, str | Said | None]:
        if i is None:
            return {"Item": "not defined"}
        return {
            "Name": i.name,
            "Label": i.label,
            "Translations": translated(i.translations),
            "Type": i.data_type,
            "Length": number(i.length),
            "Significant digits": number(i.significant_digits),
            "Display format": i.display_format,
            "SAS name": i.sas_name,
            "Codelist": self._codelist(i.codelist),
            "Origin": "; ".join(map(self._origin, i.origins)),
            "Comment": self._comment(i.comment),
            "Aliases": aliases(i.aliases),
        }

    def _ref(self, r: ItemRef) -> dict[str, str | Said | None]:
        method = self.document.method.get(r.method or "")
        return {
            "Key": number(r.key_sequence),
            "Role": r.role,
            "Role terms": self._codelist(r.role_codelist),
            "Mandatory": r.mandatory,
            "Method": self._refers("MethodDef", r.method, method.text or method.name if method else None),
            "No data": yes(r.has_no_data),
            "Non-standard": yes(r.non_standard),
        }

    def _result(self, display: str, r: AnalysisResult) -> Part:
        code = r.code
        said: dict[str, str | Said | None] = {
            "Description": r.text,
            "Translations": translated(r.translations),
            "Parameter": self._item_name(r.parameter),
            "Reason": r.reason,
            "Purpose": r.purpose,
            "Data": "; ".join(self._analysed(d.item_group, d.where_clauses, d.variables) for d in r.datasets),
            "Comment": self._comment(r.comment),
            "Documentation": r.documentation,
            "Documents": self._documents(r.documents),
            "Programming": "\n".join(x for x in (code.context, code.code, self._documents(code.documents)) if x)
            if code
            else "",
        }
        name = r.text or r.oid or "?"
        return part("Result", r.oid, name, f"{display}: {name}", said, r)

    def _analysed(self, group: str | None, clauses: tuple[str, ...], variables: Iterable[str]) -> str:
        name = next((g.name for g in self.document.item_groups if g.oid == group), group) or "?"
        where = f" where {where_words(self.document, clauses)}" if clauses else ""
        return f"{name}{where}: {', '.join(map(self._item_name, variables))}"

    def _item_name(self, oid: str | None) -> str:
        item = self.document.item.get(oid or "")
        return (item.name if item else None) or oid or ""

    def _origin(self, o: OriginDef) -> str:
        words = (o.type, o.source, o.description, translated(o.translations), self._documents(o.references))
        return ", ".join(x for x in words if x)

    def _documents(self, refs: Iterable[DocumentRef]) -> str:
        return "; ".join(map(self._document, refs))

    def _document(self, ref: DocumentRef) -> str:
        leaf = self.document.leaf.get(ref.leaf or "")
        places = []
        for p in ref.pages:
            span = (f"{p.first or '?'}-{p.last or '?'}",) if p.first or p.last else ()
            kind = "p." if p.type == "PhysicalRef" else p.type or "?"
            places.append(" ".join((kind, *p.refs, *span, *((p.title,) if p.title else ()))))
        return " ".join(((leaf.title if leaf else None) or ref.leaf or "?", *places))

    def _standard(self, oid: str | None) -> Said | None:
        found = next((s for s in self.document.standards if oid and s.oid == oid), None)
        shown = " ".join(x for x in (found.name, found.publishing_set, found.version) if x) if found else None
        return self._refers("Standard", oid, shown)

    def _codelist(self, oid: str | None) -> Said | None:
        found = self.document.codelist.get(oid or "")
        return self._refers("CodeList", oid, found.name if found else None)

    def _comment(self, oid: str | None) -> Said | None:
        found = self.document.comment_def.get(oid or "")
        return self._refers("CommentDef", oid, found.text if found else None)

    def _comments(self, oids: Iterable[str | None]) -> Said:
        return joined([s for oid in oids if (s := self._comment(oid))])

    def _several(self, kind: str, oids: Iterable[str]) -> Said:
        leaves = ((oid, self.document.leaf.get(oid)) for oid in oids)
        return joined([s for oid, x in leaves if (s := self._refers(kind, oid, x.title if x else None))])

    def _refers(self, kind: str, oid: str | None, shown: str | None) -> Said | None:
        return None if not oid else Said(shown or oid, self.identity(kind, oid))


def unreached(document: DefineDocument) -> Iterator[ItemDef]:
    """The items that no dataset leads to."""
    refs = [r.item for g in document.item_groups for r in g.items]
    lists = {i.value_list for oid in refs if (i := document.item.get(oid or ""))}
    reached = {*refs, *(r.item for v in document.value_lists if v.oid in lists for r in v.items)}
    yield from (i for i in document.items if i.oid not in reached)


def _term(codelist: str, t: CodeListTerm) -> Part:
    said = {
        "Decode": t.decode,
        "Translations": translated(t.translations),
        "Description": t.text,
        "Code": t.code,
        "Extended": yes(t.extended),
        "Rank": t.rank,
        "Aliases": aliases(t.aliases),
    }
    return part("Term", None, t.value or "", f"{codelist}: {t.value or ''}", said, t)
