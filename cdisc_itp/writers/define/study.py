"""ODM, Study, MetaDataVersion, def:Standards and the documents."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from ...model.define import DefineStudy, Document
from .names import standard_oid
from .parts import Parts
from .xml import DEF, NAMESPACES, Element, add, add_text, qualified

DEFINE_VERSION = "2.1.0"


def open_study(parts: Parts) -> Element:
    """The MetaDataVersion of a new document; the root is two levels up."""
    study = parts.study
    root = etree.Element(qualified("ODM"), nsmap=NAMESPACES)
    for key, value in _root_attributes(study).items():
        if value is not None:
            root.set(key, value)
    element = add(root, "Study", {"OID": f"STDY.{study.name}"})
    names = add(element, "GlobalVariables")
    add_text(names, "StudyName", study.name)
    add_text(names, "StudyDescription", study.description)
    add_text(names, "ProtocolName", study.protocol)
    guide = next((s for s in study.standards if s.type == "IG"), None)
    suffix = f".{guide.name}.{guide.version}" if guide else ""
    attributes: dict[str, str | int | None] = {
        "OID": f"MDV.{study.name}{suffix}",
        "Name": f"Study {study.name}, Data Definitions",
        "Description": f"Data Definitions for {study.name}",
        "def:DefineVersion": DEFINE_VERSION,
        "def:CommentOID": parts.comments.oid(study.comment),
    }
    return add(element, "MetaDataVersion", attributes)


def _root_attributes(study: DefineStudy) -> dict[str, str | None]:
    created = study.created.isoformat(timespec="seconds")
    guide = next((f".{s.name}" for s in study.standards if s.type == "IG"), "")
    return {
        "ODMVersion": "1.3.2",
        "FileType": "Snapshot",
        "FileOID": f"{study.name}{guide}.Define-XML.{DEFINE_VERSION}.{created}",
        "CreationDateTime": created,
        "AsOfDateTime": created,
        "Originator": study.originator,
        "SourceSystem": study.source_system,
        "SourceSystemVersion": study.source_system_version,
        f"{{{DEF}}}Context": study.context,
    }


def add_standards(parent: Element, study: DefineStudy) -> None:
    """def:Standards, in the study's order."""
    if not study.standards:
        return
    element = add(parent, "def:Standards")
    for standard in study.standards:
        attributes: dict[str, str | int | None] = {
            "OID": standard_oid(standard),
            "Name": standard.name,
            "Type": standard.type,
            "PublishingSet": standard.publishing_set,
            "Version": standard.version,
            "Status": standard.status,
        }
        add(element, "def:Standard", attributes)


def add_document_lists(parent: Element, documents: Sequence[Document]) -> None:
    """def:AnnotatedCRF and def:SupplementalDoc: references to the documents' leaves."""
    for name, crf in (("def:AnnotatedCRF", True), ("def:SupplementalDoc", False)):
        listed = [d for d in documents if d.annotated_crf == crf]
        if listed:
            element = add(parent, name)
            for document in listed:
                add(element, "def:DocumentRef", {"leafID": leaf_id(document.id)})


def add_document_leaves(parent: Element, documents: Sequence[Document]) -> None:
    """def:leaf for each document."""
    for document in documents:
        add_leaf(parent, leaf_id(document.id), document.href, document.title)


def add_leaf(parent: Element, identifier: str, href: str, title: str) -> None:
    """def:leaf: a file, relative to define.xml."""
    add_text(add(parent, "def:leaf", {"ID": identifier, "xlink:href": href}), "def:title", title)


def leaf_id(name: str) -> str:
    """The ID of a leaf; ValueError for what is no XML name."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        raise ValueError(f"document id {name!r}: letters, digits, '_', '.', '-' only")
    return f"LF.{name}"
