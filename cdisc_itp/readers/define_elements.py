"""The elements of Define-XML, each from its XML to its frozen object; what is not there is None."""

from __future__ import annotations

from typing import cast

from ..model.define import (
    CodeListDef,
    CodeListTerm,
    CommentDef,
    ItemDef,
    ItemGroupDef,
    ItemRef,
    Leaf,
    MethodDef,
    OriginDef,
    RangeCheck,
    StandardDef,
    ValueListDef,
    WhereClauseDef,
)
from ..model.define_texts import DocumentRef, Expression, PageRef, Translation
from .xml import Element

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
HREF = "{http://www.w3.org/1999/xlink}href"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NCI = "nci:ExtCodeID"


class ElementReader:
    """Reads elements of one namespace of Define-XML (2.0 or 2.1)."""

    def __init__(self, namespace: str) -> None:
        self.d = f"{{{namespace}}}"

    def standard(self, e: Element) -> StandardDef:
        """def:Standard."""
        return StandardDef(
            oid=e.get("OID"),
            name=e.get("Name"),
            type=e.get("Type"),
            version=e.get("Version"),
            status=e.get("Status"),
            publishing_set=e.get("PublishingSet"),
            comment=e.get(f"{self.d}CommentOID"),
            line=line(e),
        )

    def item_group(self, e: Element) -> ItemGroupDef:
        """ItemGroupDef."""
        classes = e.findall(f"{self.d}Class")
        leaf = e.find(f"{self.d}leaf")
        return ItemGroupDef(
            oid=e.get("OID"),
            name=e.get("Name"),
            domain=e.get("Domain"),
            label=description(e),
            sas_name=e.get("SASDatasetName"),
            repeating=e.get("Repeating"),
            reference_data=e.get("IsReferenceData"),
            purpose=e.get("Purpose"),
            structure=e.get(f"{self.d}Structure"),
            class_name=classes[0].get("Name") if classes else e.get(f"{self.d}Class"),
            sub_classes=tuple(_sub_class(s) for c in classes for s in c.iter(f"{self.d}SubClass")),
            archive_location=e.get(f"{self.d}ArchiveLocationID"),
            standard=e.get(f"{self.d}StandardOID"),
            comment=e.get(f"{self.d}CommentOID"),
            has_no_data=e.get(f"{self.d}HasNoData") == "Yes",
            non_standard=e.get(f"{self.d}IsNonStandard") == "Yes",
            items=tuple(map(self.item_ref, e.findall(f"{ODM}ItemRef"))),
            leaf=None if leaf is None else self.leaf(leaf),
            aliases=aliases(e),
            line=line(e),
            translations=translations(e),
        )

    def item_ref(self, e: Element) -> ItemRef:
        """ItemRef of a dataset or of a value list."""
        clauses = (w.get("WhereClauseOID") for w in e.findall(f"{self.d}WhereClauseRef"))
        return ItemRef(
            item=e.get("ItemOID"),
            order=number(e.get("OrderNumber")),
            mandatory=e.get("Mandatory"),
            key_sequence=number(e.get("KeySequence")),
            method=e.get("MethodOID"),
            role=e.get("Role"),
            where_clauses=tuple(c for c in clauses if c is not None),
            has_no_data=e.get(f"{self.d}HasNoData") == "Yes",
            non_standard=e.get(f"{self.d}IsNonStandard") == "Yes",
            line=line(e),
            role_codelist=e.get("RoleCodeListOID"),
        )

    def item(self, e: Element) -> ItemDef:
        """ItemDef."""
        codelist, values = e.find(f"{ODM}CodeListRef"), e.find(f"{self.d}ValueListRef")
        return ItemDef(
            oid=e.get("OID"),
            name=e.get("Name"),
            label=description(e),
            data_type=e.get("DataType"),
            length=number(e.get("Length")),
            significant_digits=number(e.get("SignificantDigits")),
            sas_name=e.get("SASFieldName"),
            display_format=e.get(f"{self.d}DisplayFormat"),
            comment=e.get(f"{self.d}CommentOID"),
            codelist=None if codelist is None else codelist.get("CodeListOID"),
            value_list=None if values is None else values.get("ValueListOID"),
            origins=tuple(map(self.origin, e.findall(f"{self.d}Origin"))),
            line=line(e),
            aliases=aliases(e),
            translations=translations(e),
        )

    def origin(self, e: Element) -> OriginDef:
        """def:Origin with the pages of its documents."""
        pages = tuple(
            (document.get("leafID") or "", page.get("PageRefs") if page is not None else None)
            for document in e.findall(f"{self.d}DocumentRef")
            for page in (document.findall(f"{self.d}PDFPageRef") or (None,))
        )
        references, others = self.references(e), translations(e)
        return OriginDef(e.get("Type"), e.get("Source"), description(e), pages, line(e), references, others)

    def value_list(self, e: Element) -> ValueListDef:
        """def:ValueListDef."""
        items = tuple(map(self.item_ref, e.findall(f"{ODM}ItemRef")))
        return ValueListDef(e.get("OID"), items, line(e), description(e))

    def where_clause(self, e: Element) -> WhereClauseDef:
        """def:WhereClauseDef."""
        checks = tuple(
            RangeCheck(
                item=check.get(f"{self.d}ItemOID"),
                comparator=check.get("Comparator"),
                soft_hard=check.get("SoftHard"),
                values=tuple(v.text or "" for v in check.findall(f"{ODM}CheckValue")),
                line=line(check),
            )
            for check in e.findall(f"{ODM}RangeCheck")
        )
        return WhereClauseDef(e.get("OID"), checks, e.get(f"{self.d}CommentOID"), line(e))

    def codelist(self, e: Element) -> CodeListDef:
        """CodeList with its items, or with its external dictionary."""
        external = e.find(f"{ODM}ExternalCodeList")
        items = (i for i in e if i.tag in (f"{ODM}CodeListItem", f"{ODM}EnumeratedItem"))
        return CodeListDef(
            oid=e.get("OID"),
            name=e.get("Name"),
            data_type=e.get("DataType"),
            code=_code(e),
            standard=e.get(f"{self.d}StandardOID"),
            non_standard=e.get(f"{self.d}IsNonStandard") == "Yes",
            comment=e.get(f"{self.d}CommentOID"),
            terms=tuple(map(self.term, items)),
            dictionary=None if external is None else external.get("Dictionary"),
            dictionary_version=None if external is None else external.get("Version"),
            line=line(e),
            aliases=aliases(e),
            text=description(e),
            sas_format=e.get("SASFormatName"),
            href=None if external is None else external.get("href"),
            ref=None if external is None else external.get("ref"),
        )

    def term(self, e: Element) -> CodeListTerm:
        """CodeListItem or EnumeratedItem."""
        return CodeListTerm(
            value=e.get("CodedValue"),
            decode=_translated(e.find(f"{ODM}Decode")),
            code=_code(e),
            extended=e.get(f"{self.d}ExtendedValue") == "Yes",
            order=number(e.get("OrderNumber")),
            rank=e.get("Rank"),
            line=line(e),
            aliases=aliases(e),
            text=description(e),
            translations=translations(e, "Decode"),
        )

    def method(self, e: Element) -> MethodDef:
        """MethodDef."""
        return MethodDef(
            oid=e.get("OID"),
            name=e.get("Name"),
            type=e.get("Type"),
            text=description(e),
            documents=self.documents(e),
            line=line(e),
            references=self.references(e),
            expressions=tuple(Expression(x.get("Context"), x.text or "") for x in e.findall(f"{ODM}FormalExpression")),
            aliases=aliases(e),
            translations=translations(e),
        )

    def comment(self, e: Element) -> CommentDef:
        """def:CommentDef."""
        text, documents = description(e), self.documents(e)
        return CommentDef(e.get("OID"), text, documents, line(e), self.references(e), translations(e))

    def leaf(self, e: Element) -> Leaf:
        """def:leaf."""
        return Leaf(e.get("ID"), e.get(HREF), e.findtext(f"{self.d}title"), line(e))

    def documents(self, e: Element | None) -> tuple[str, ...]:
        """The leaf IDs of the documents that an element refers to."""
        refs = () if e is None else (d.get("leafID") for d in e.findall(f"{self.d}DocumentRef"))
        return tuple(r for r in refs if r is not None)

    def references(self, e: Element | None) -> tuple[DocumentRef, ...]:
        """The documents that an element refers to, with the places in them."""
        found = () if e is None else e.findall(f"{self.d}DocumentRef")
        return tuple(
            DocumentRef(r.get("leafID"), tuple(map(_page_ref, r.findall(f"{self.d}PDFPageRef"))), line(r))
            for r in found
        )


def description(e: Element) -> str | None:
    """The first translation of an element's Description."""
    return _translated(e.find(f"{ODM}Description"))


def translations(e: Element, within: str = "Description") -> tuple[Translation, ...]:
    """The further translations of an element's Description (or Decode)."""
    texts = e.findall(f"{ODM}{within}/{ODM}TranslatedText")[1:]
    return tuple(Translation(t.get(LANG), t.text or "") for t in texts)


def aliases(e: Element) -> tuple[tuple[str, str], ...]:
    """Context and name of each Alias."""
    return tuple((a.get("Context") or "", a.get("Name") or "") for a in e.findall(f"{ODM}Alias"))


def _page_ref(e: Element) -> PageRef:
    refs = tuple((e.get("PageRefs") or "").split())
    return PageRef(e.get("Type"), refs, e.get("FirstPage"), e.get("LastPage"), e.get("Title"))


def line(e: Element) -> int:
    """The line of an element's start tag."""
    return cast(int, e.sourceline or 0)


def number(text: str | None) -> int | None:
    """A whole number; None for what is none.

    >>> number("08"), number("8.5"), number(None)
    (8, None, None)
    """
    return int(text) if text and text.isascii() and text.isdigit() else None


def _sub_class(e: Element) -> str:
    """A subclass with the class that it is one of, where that is said."""
    name, parent = e.get("Name") or "", e.get("ParentClass")
    return f"{name} ({parent})" if parent else name


def _translated(e: Element | None) -> str | None:
    return None if e is None else e.findtext(f"{ODM}TranslatedText")


def _code(e: Element) -> str | None:
    return next((a.get("Name") for a in e.findall(f"{ODM}Alias") if a.get("Context") == NCI), None)
