"""Define-XML: what a study says of itself for the writer, and what the reader finds in anybody's define.xml.

The names of the second half are the standard's elements; an attribute that is not there is None, never an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from msgspec import Struct

from .define_texts import DocumentRef, Expression, ResultDisplay, Translation
from .define_texts import Leaf as Leaf
from .define_texts import OriginDef as OriginDef


class Standard(Struct, frozen=True):
    """A standard that the data follow: ``name`` "SDTMIG" or "CDISC/NCI", ``publishing_set`` "SDTM" (CT only)."""

    name: str
    type: Literal["IG", "CT"]
    version: str
    status: str = "Final"
    publishing_set: str | None = None


class Document(Struct, frozen=True):
    """A document of the submission: ``id`` is a name token, ``href`` relative to define.xml."""

    id: str
    title: str
    href: str
    annotated_crf: bool = False


class ExternalCodelist(Struct, frozen=True):
    """A dictionary that is too large, or not ours, to list: MedDRA, ISO 3166, a sponsor's coding table."""

    name: str
    label: str
    dictionary: str
    version: str | None = None
    href: str | None = None
    ref: str | None = None


class DefineStudy(Struct, frozen=True):
    """What define.xml says of the study; ``created`` is the study's own time, never the clock's."""

    name: str
    description: str
    protocol: str
    created: datetime
    standards: tuple[Standard, ...]
    documents: tuple[Document, ...] = ()
    language: str = "en"
    context: Literal["Submission", "Other"] = "Submission"
    originator: str | None = None
    source_system: str | None = None
    source_system_version: str | None = None
    comment: str | None = None


class StandardDef(Struct, frozen=True):
    """def:Standard; in Define-XML 2.0 the one standard of MetaDataVersion, without OID."""

    oid: str | None
    name: str | None
    type: str | None
    version: str | None
    status: str | None
    publishing_set: str | None
    comment: str | None
    line: int


class ItemRef(Struct, frozen=True):
    """ItemRef of a dataset or of a value list; numbers that are no numbers are None."""

    item: str | None
    order: int | None
    mandatory: str | None
    key_sequence: int | None
    method: str | None
    role: str | None
    where_clauses: tuple[str, ...]
    has_no_data: bool
    non_standard: bool
    line: int
    role_codelist: str | None = None


class ItemGroupDef(Struct, frozen=True):
    """ItemGroupDef: one dataset; ``class_name`` from def:Class, in 2.0 from its attribute."""

    oid: str | None
    name: str | None
    domain: str | None
    label: str | None
    sas_name: str | None
    repeating: str | None
    reference_data: str | None
    purpose: str | None
    structure: str | None
    class_name: str | None
    sub_classes: tuple[str, ...]
    archive_location: str | None
    standard: str | None
    comment: str | None
    has_no_data: bool
    non_standard: bool
    items: tuple[ItemRef, ...]
    leaf: Leaf | None
    aliases: tuple[tuple[str, str], ...]
    line: int
    translations: tuple[Translation, ...] = ()

    @property
    def keys(self) -> tuple[ItemRef, ...]:
        """The key variables in the order of KeySequence."""
        keys = [i for i in self.items if i.key_sequence is not None]
        return tuple(sorted(keys, key=lambda i: i.key_sequence or 0))


class ItemDef(Struct, frozen=True):
    """ItemDef: a variable, or one value level item of a variable."""

    oid: str | None
    name: str | None
    label: str | None
    data_type: str | None
    length: int | None
    significant_digits: int | None
    sas_name: str | None
    display_format: str | None
    comment: str | None
    codelist: str | None
    value_list: str | None
    origins: tuple[OriginDef, ...]
    line: int
    aliases: tuple[tuple[str, str], ...] = ()
    translations: tuple[Translation, ...] = ()


class ValueListDef(Struct, frozen=True):
    """def:ValueListDef."""

    oid: str | None
    items: tuple[ItemRef, ...]
    line: int
    text: str | None = None


class RangeCheck(Struct, frozen=True):
    """One comparison of a where clause."""

    item: str | None
    comparator: str | None
    soft_hard: str | None
    values: tuple[str, ...]
    line: int


class WhereClauseDef(Struct, frozen=True):
    """def:WhereClauseDef: its checks are AND-ed."""

    oid: str | None
    checks: tuple[RangeCheck, ...]
    comment: str | None
    line: int


class CodeListTerm(Struct, frozen=True):
    """CodeListItem (with ``decode``) or EnumeratedItem (without)."""

    value: str | None
    decode: str | None
    code: str | None
    extended: bool
    order: int | None
    rank: str | None
    line: int
    aliases: tuple[tuple[str, str], ...] = ()
    text: str | None = None
    translations: tuple[Translation, ...] = ()


class CodeListDef(Struct, frozen=True):
    """CodeList; ``dictionary`` and ``dictionary_version`` are those of an ExternalCodeList."""

    oid: str | None
    name: str | None
    data_type: str | None
    code: str | None
    standard: str | None
    non_standard: bool
    comment: str | None
    terms: tuple[CodeListTerm, ...]
    dictionary: str | None
    dictionary_version: str | None
    line: int
    aliases: tuple[tuple[str, str], ...] = ()
    text: str | None = None
    sas_format: str | None = None
    href: str | None = None
    ref: str | None = None


class MethodDef(Struct, frozen=True):
    """MethodDef."""

    oid: str | None
    name: str | None
    type: str | None
    text: str | None
    documents: tuple[str, ...]
    line: int
    references: tuple[DocumentRef, ...] = ()
    expressions: tuple[Expression, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    translations: tuple[Translation, ...] = ()


class CommentDef(Struct, frozen=True):
    """def:CommentDef."""

    oid: str | None
    text: str | None
    documents: tuple[str, ...]
    line: int
    references: tuple[DocumentRef, ...] = ()
    translations: tuple[Translation, ...] = ()


class Mark(Struct, frozen=True, order=True):
    """An OID that is defined (or named) at a line; ``element`` is the defining element's name, as "CodeList"."""

    line: int
    element: str
    oid: str


@dataclass(frozen=True)
class DefineDocument:
    """A define.xml as it was read. Everything keeps its order, its OIDs (doubles too) and its source line.

    ``defined`` are all OIDs and IDs that the file defines, ``named`` all that it refers to, the leaves' among
    them; ``displays`` counts the result displays of ARM, ``results`` holds them.
    """

    file: str
    version: str | None
    namespace: str
    context: str | None
    created: str | None
    as_of: str | None
    language: str | None
    study: str | None
    description: str | None
    protocol: str | None
    metadata_oid: str | None
    metadata_name: str | None
    standards: tuple[StandardDef, ...] = ()
    annotated_crfs: tuple[str, ...] = ()
    supplemental_docs: tuple[str, ...] = ()
    item_groups: tuple[ItemGroupDef, ...] = ()
    items: tuple[ItemDef, ...] = ()
    value_lists: tuple[ValueListDef, ...] = ()
    where_clauses: tuple[WhereClauseDef, ...] = ()
    codelists: tuple[CodeListDef, ...] = ()
    methods: tuple[MethodDef, ...] = ()
    comments: tuple[CommentDef, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    displays: int = 0
    results: tuple[ResultDisplay, ...] = ()
    comment: str | None = None
    about: tuple[tuple[str, str], ...] = ()
    defined: tuple[Mark, ...] = field(default=(), repr=False)
    named: tuple[Mark, ...] = field(default=(), repr=False)

    @cached_property
    def item(self) -> dict[str, ItemDef]:
        """ItemDef by OID (the first of equal ones)."""
        return {i.oid: i for i in reversed(self.items) if i.oid is not None}

    @cached_property
    def codelist(self) -> dict[str, CodeListDef]:
        """CodeList by OID (the first of equal ones)."""
        return {c.oid: c for c in reversed(self.codelists) if c.oid is not None}

    @cached_property
    def value_list(self) -> dict[str, ValueListDef]:
        """def:ValueListDef by OID (the first of equal ones)."""
        return {v.oid: v for v in reversed(self.value_lists) if v.oid is not None}

    @cached_property
    def where_clause(self) -> dict[str, WhereClauseDef]:
        """def:WhereClauseDef by OID (the first of equal ones)."""
        return {w.oid: w for w in reversed(self.where_clauses) if w.oid is not None}

    @cached_property
    def method(self) -> dict[str, MethodDef]:
        """MethodDef by OID (the first of equal ones)."""
        return {m.oid: m for m in reversed(self.methods) if m.oid is not None}

    @cached_property
    def comment_def(self) -> dict[str, CommentDef]:
        """def:CommentDef by OID (the first of equal ones)."""
        return {c.oid: c for c in reversed(self.comments) if c.oid is not None}

    @cached_property
    def leaf(self) -> dict[str, Leaf]:
        """Every def:leaf by ID, those of datasets among them."""
        leaves = [*self.leaves, *(g.leaf for g in self.item_groups if g.leaf)]
        return {x.id: x for x in reversed(leaves) if x.id is not None}
