"""define.xml, anybody's: Define-XML 2.0 and 2.1, read as it is; and its validation by the publisher's schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from lxml import etree

from ..model.define import DefineDocument, Mark, StandardDef
from ..model.issue import Place, ReadError, ReadProblem
from .define_arm import ARM, read_displays
from .define_elements import LANG, ODM, ElementReader, line
from .xml import Element, Tree, read_broken_xml, read_xml

NAMESPACES = {"2.0": "http://www.cdisc.org/ns/def/v2.0", "2.1": "http://www.cdisc.org/ns/def/v2.1"}
# The schemas of ARM are supersets of those of Define-XML; odmlib (MIT) carries the publisher's files.
_SCHEMAS = {"2.0": "arm/1.0/arm1-0-0.xsd", "2.1": "arm/1.0-define2.1/arm1-0-0.xsd"}

# Attributes that name an OID, and the element that defines it.
_REFERENCES = {
    "ItemOID": "ItemDef",
    "ItemGroupOID": "ItemGroupDef",
    "CodeListOID": "CodeList",
    "RoleCodeListOID": "CodeList",
    "MethodOID": "MethodDef",
    "ImputationMethodOID": "ImputationMethod",
    "CollectionExceptionConditionOID": "ConditionDef",
    "ValueListOID": "ValueListDef",
    "WhereClauseOID": "WhereClauseDef",
    "CommentOID": "CommentDef",
    "StandardOID": "Standard",
    "ArchiveLocationID": "leaf",
    "leafID": "leaf",
    "ParameterOID": "ItemDef",
}


def read_define(path: Path) -> DefineDocument:
    """A define.xml of version 2.0 or 2.1.

    Nothing in it is judged: OIDs may be missing, double or lead nowhere. Raises ReadError for what cannot be read
    at all: READ001 (no file), READ050 (no XML), READ051 (DOCTYPE), READ052 (no Define-XML), READ053 (not exactly
    one MetaDataVersion).
    """
    return _read_tree(read_xml(path), path)


def read_validated_define(path: Path) -> tuple[DefineDocument, list[tuple[int, str]]]:
    """`read_define` and `validate_define_xsd` of a file that is parsed once."""
    tree = read_xml(path)
    return _read_tree(tree, path), _validate_tree(tree, path)


def _read_tree(tree: Tree, path: Path) -> DefineDocument:
    root = tree.getroot()
    namespace = _namespace(root, path)
    studies = root.findall(f"{ODM}Study")
    versions = [m for s in studies for m in s.findall(f"{ODM}MetaDataVersion")]
    if len(versions) != 1:
        raise _error("READ053", f"has {len(versions)} MetaDataVersion, Define-XML has one", path)
    return _read(root, versions[0], ElementReader(namespace), path)


def read_broken_define(path: Path) -> tuple[DefineDocument, list[tuple[int, str]]]:
    """As `read_define`, of a file that may be broken: what can be read, and line and message of what is wrong.

    XML that is not well formed is read as far as it goes; of several MetaDataVersion the first one is read. Raises
    ReadError where nothing can be read: READ001, READ050-READ053.
    """
    found: list[tuple[int, str]] = []
    try:
        tree = read_xml(path)
    except ReadError as error:
        if error.problems[0].code != "READ050":
            raise
        tree, found = read_broken_xml(path)
    root = tree.getroot()
    namespace = _namespace(root, path, mixed=True)
    versions = list(root.iterfind(f"{ODM}Study/{ODM}MetaDataVersion"))
    if not versions:
        raise _error("READ053", "has no MetaDataVersion, Define-XML has one", path)
    if len(versions) > 1:
        found.append((line(versions[1]), f"{len(versions)} MetaDataVersion, only the first one is shown"))
    return _read(root, versions[0], ElementReader(namespace), path), found


def _read(root: Element, m: Element, reader: ElementReader, path: Path) -> DefineDocument:
    d, study = reader.d, m.getparent()
    names = study.find(f"{ODM}GlobalVariables") if study is not None else None
    return DefineDocument(
        file=path.name,
        version=m.get(f"{d}DefineVersion"),
        namespace=d.strip("{}"),
        context=root.get(f"{d}Context"),
        created=root.get("CreationDateTime"),
        as_of=root.get("AsOfDateTime"),
        language=next((t.get(LANG) for t in m.iter(f"{ODM}TranslatedText") if t.get(LANG)), None),
        study=None if names is None else names.findtext(f"{ODM}StudyName"),
        description=None if names is None else names.findtext(f"{ODM}StudyDescription"),
        protocol=None if names is None else names.findtext(f"{ODM}ProtocolName"),
        metadata_oid=m.get("OID"),
        metadata_name=m.get("Name"),
        standards=tuple(_standards(m, reader)),
        annotated_crfs=reader.documents(m.find(f"{d}AnnotatedCRF")),
        supplemental_docs=reader.documents(m.find(f"{d}SupplementalDoc")),
        item_groups=tuple(map(reader.item_group, m.findall(f"{ODM}ItemGroupDef"))),
        items=tuple(map(reader.item, m.findall(f"{ODM}ItemDef"))),
        value_lists=tuple(map(reader.value_list, m.findall(f"{d}ValueListDef"))),
        where_clauses=tuple(map(reader.where_clause, m.findall(f"{d}WhereClauseDef"))),
        codelists=tuple(map(reader.codelist, m.findall(f"{ODM}CodeList"))),
        methods=tuple(map(reader.method, m.findall(f"{ODM}MethodDef"))),
        comments=tuple(map(reader.comment, m.findall(f"{d}CommentDef"))),
        leaves=tuple(map(reader.leaf, m.findall(f"{d}leaf"))),
        displays=sum(1 for _ in m.iter(f"{ARM}ResultDisplay")),
        results=read_displays(m, reader),
        comment=m.get(f"{d}CommentOID"),
        about=tuple(_about(root, m)),
        defined=tuple(_defined(m)),
        named=tuple(_named(m)),
    )


def _about(root: Element, m: Element) -> Iterator[tuple[str, str]]:
    """What the file says of itself, by attribute."""
    names = ("FileOID", "Originator", "SourceSystem", "SourceSystemVersion", "ODMVersion", "FileType")
    yield from ((n, str(root.get(n))) for n in names if root.get(n))
    yield from (("Description", str(d)) for d in (m.get("Description"),) if d)


def _standards(m: Element, reader: ElementReader) -> Iterator[StandardDef]:
    """def:Standards; Define-XML 2.0 names its one standard on MetaDataVersion."""
    yield from map(reader.standard, m.iterfind(f"{reader.d}Standards/{reader.d}Standard"))
    name = m.get(f"{reader.d}StandardName")
    if name is not None:
        yield StandardDef(None, name, "IG", m.get(f"{reader.d}StandardVersion"), None, None, None, line(m))


def _defined(m: Element) -> Iterator[Mark]:
    for e in m.iter(etree.Element):  # No comments and no processing instructions.
        tag = str(e.tag)
        oid = e.get("ID" if tag.endswith("}leaf") or tag == "leaf" else "OID")
        if oid is not None:
            yield Mark(line(e), tag.rpartition("}")[2], oid)


def _named(m: Element) -> Iterator[Mark]:
    names: dict[Any, str] = {}  # The element that each attribute names an OID of, "" for other attributes.
    for e in m.iter(etree.Element):
        for key, oid in e.attrib.items():
            element = names.get(key)
            if element is None:
                element = names[key] = _REFERENCES.get(str(key).rpartition("}")[2], "")
            if element:
                yield Mark(line(e), element, str(oid))


def _namespace(root: Element, path: Path, mixed: bool = False) -> str:
    """The namespace of Define-XML that the document uses; with ``mixed`` the later one where it uses both."""
    if root.tag == f"{ODM}ODM":
        tags = {e.tag for e in root.iter(etree.Element)}
        used = {str(tag).partition("}")[0].strip("{") for tag in tags}
        used |= {str(k).partition("}")[0].strip("{") for e in root.iter(f"{ODM}MetaDataVersion") for k in e.attrib}
        found = [n for n in NAMESPACES.values() if n in used]
        if len(found) == 1 or (found and mixed):
            return found[-1]
        other = sorted(u for u in used if u.startswith("http://www.cdisc.org/ns/def/") and u not in found)
        if found:
            raise _error("READ052", "uses the namespaces of Define-XML 2.0 and of 2.1", path)
        said = f"the namespace of Define-XML in it is {other[0]}" if other else "it has no namespace of Define-XML"
        raise _error("READ052", f"is no Define-XML 2.0 or 2.1 ({said})", path)
    raise _error("READ052", f"is no Define-XML 2.0 or 2.1 (its root is {root.tag})", path)


def define_schema(version: str) -> Path:
    """The publisher's schema of Define-XML "2.0" or "2.1" with ARM; ReadError READ054 where it is not installed."""
    try:
        schema = Path(str(metadata.distribution("odmlib").locate_file(f"odmlib/schemas/{_SCHEMAS[version]}")))
    except metadata.PackageNotFoundError:
        schema = Path(f"odmlib/schemas/{_SCHEMAS[version]}")
    if not schema.is_file():
        message = f"the schema of Define-XML {version} is not installed"
        raise ReadError([ReadProblem("READ054", message, Place(schema.name), "pip install odmlib")])
    return schema


def validate_define_xsd(path: Path) -> list[tuple[int, str]]:
    """Line and message of each thing that the publisher's schema finds wrong; nothing where it is valid.

    A reference that leads nowhere is no finding of the schema: it knows OIDs as text, and libxml2 follows no IDREF.
    Raises ReadError: READ001, READ050-READ052 for what cannot be read, READ054 without schema.
    """
    return _validate_tree(read_xml(path), path)


def _validate_tree(tree: Tree, path: Path) -> list[tuple[int, str]]:
    namespace = _namespace(tree.getroot(), path)
    schema = _schema(define_schema(next(v for v, n in NAMESPACES.items() if n == namespace)))
    schema.validate(tree)
    return [(entry.line, entry.message) for entry in cast("Iterable[Any]", schema.error_log)]


@cache
def _schema(path: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(str(path), parser))


def _error(code: str, message: str, path: Path) -> ReadError:
    return ReadError([ReadProblem(code, message, Place(path.name))])
