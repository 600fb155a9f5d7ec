"""DEF100-DEF110: a define.xml in itself: schema, OIDs, files, origins, standards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from ..model.define import ItemDef, Leaf
from .columns import needed_define
from .define_items import described_datasets
from .package import Package
from .registry import Found, NotApplicableError, found, rule

_DEFINE = "Define-XML 2.1"
# What nothing needs to refer to.
_ROOTS = ("Study", "MetaDataVersion", "ItemGroupDef", "ResultDisplay", "AnalysisResult")
# Define-XML 2.1 (Origin Type and Origin Source, CDISC terminology); 2.0 had no source.
_TYPES = {
    "2.1": ("Collected", "Derived", "Assigned", "Protocol", "Predecessor", "Not Available"),
    "2.0": ("CRF", "Derived", "Assigned", "Protocol", "eDT", "Predecessor"),
}
_SOURCES = ("Investigator", "Sponsor", "Subject", "Vendor")


def _version(package: Package) -> str:
    return "2.1" if needed_define(package).namespace.endswith("v2.1") else "2.0"


@rule(
    "DEF100",
    "error",
    "Not valid by the publisher's schema",
    "The schema says which elements and attributes a define.xml has; viewers and validators rely on it.",
    "Correct the element at that line.",
    "line {line}: {text}",
    f"{_DEFINE}, XML schema",
)
def check_schema(package: Package) -> Iterator[Found]:
    """What the publisher's schema found, as the caller gives it."""
    define = needed_define(package)
    if package.schema is None:
        raise NotApplicableError("define.xml was not validated by the schema")
    return (found(define.file, line=line, text=text) for line, text in package.schema)


@rule(
    "DEF101",
    "error",
    "OID that nothing defines",
    "A reference leads nowhere: the codelist, method, comment or file that it names is not in the document.",
    "Define it, or take the reference out.",
    "line {line}: no {element} has the OID {value}",
    _DEFINE,
)
def check_oids_defined(package: Package) -> Iterator[Found]:
    """Every OID that is named is defined."""
    define = needed_define(package)
    defined = {(m.element, m.oid) for m in define.defined}
    for m in define.named:
        if (m.element, m.oid) not in defined:
            yield found(define.file, None, m.oid, line=m.line, element=m.element)


@rule(
    "DEF102",
    "warning",
    "Definition that nothing uses",
    "The document defines something that it never refers to: either a reference was lost or the definition is stale.",
    "Refer to it, or take it out.",
    "line {line}: nothing refers to the {element} {value}",
    _DEFINE,
)
def check_oids_used(package: Package) -> Iterator[Found]:
    """Every OID that is defined is named, but for those of the study and its datasets."""
    define = needed_define(package)
    named = {(m.element, m.oid) for m in define.named}
    for m in define.defined:
        if m.element not in _ROOTS and (m.element, m.oid) not in named:
            yield found(define.file, None, m.oid, line=m.line, element=m.element)


@rule(
    "DEF103",
    "error",
    "OID defined twice",
    "Two definitions with one OID: which one a reference means cannot be told.",
    "Give each its own OID.",
    "line {line}: an earlier {element} has the OID {value}",
    "ODM 1.3.2, 2.11",
)
def check_oids_unique(package: Package) -> Iterator[Found]:
    """Every OID is defined once for its kind of element."""
    define = needed_define(package)
    seen: Counter[tuple[str, str]] = Counter()
    for m in define.defined:
        seen[m.element, m.oid] += 1
        if seen[m.element, m.oid] > 1:
            yield found(define.file, None, m.oid, line=m.line, element=m.element)


@rule(
    "DEF104",
    "error",
    "File that is not there",
    "A leaf names a file of the submission; a link to it would be dead.",
    "Add the file, or correct the link.",
    "line {line}: there is no file {value}",
    f"{_DEFINE}, def:leaf",
)
def check_files(package: Package) -> Iterator[Found]:
    """Every leaf's file exists."""
    define = needed_define(package)
    if package.files is None:
        raise NotApplicableError("which files exist is not given")
    for leaf in define.leaf.values():
        if (leaf.href or "") not in package.files:
            yield found(define.file, None, leaf.href or "", line=leaf.line)


@rule(
    "DEF105",
    "error",
    "Dataset linked to another file",
    "The leaf of a dataset leads to the file that holds it.",
    "Correct the link, or the name of the file.",
    "define.xml links {dataset} to {value}, it is in {file}",
    f"{_DEFINE}, def:ArchiveLocationID",
)
def check_dataset_files(package: Package) -> Iterator[Found]:
    """The leaf of each dataset names the file in which the dataset is."""
    leaves = needed_define(package).leaf
    for d, group in described_datasets(package):
        leaf: Leaf | None = leaves.get(group.archive_location or "") or group.leaf
        if leaf is not None and PurePosixPath(leaf.href or "").name != d.file:
            yield found(d.name, None, leaf.href or "", file=d.file)


def _origins(package: Package) -> Iterator[tuple[str, ItemDef]]:
    """Every ItemDef that a dataset refers to, by name of the dataset; value level items with their variable's."""
    define = needed_define(package)
    for group in define.item_groups:
        for item in (define.item.get(r.item or "") for r in group.items):
            if item is not None:
                yield group.name or "", item
                values = define.value_list.get(item.value_list or "")
                for r in values.items if values else ():
                    if (own := define.item.get(r.item or "")) is not None:
                        yield group.name or "", own


@rule(
    "DEF106",
    "error",
    "Origin that the standard does not know",
    "The type of an origin is Collected, Derived, Assigned, Protocol, Predecessor or Not Available, its source "
    "Investigator, Sponsor, Subject or Vendor (Define-XML 2.1; CRF and eDT are of 2.0).",
    "Use the terms of the version of Define-XML.",
    "{variable} has the origin {value}",
    f"{_DEFINE}, def:Origin",
)
def check_origin_terms(package: Package) -> Iterator[Found]:
    """Types and sources of origins are terms of the standard."""
    types = _TYPES[_version(package)]
    for dataset, item in _origins(package):
        for o in item.origins:
            if o.type not in types or (o.source is not None and o.source not in _SOURCES):
                yield found(dataset, item.name, f"{o.type}, {o.source}" if o.source else o.type)


@rule(
    "DEF107",
    "error",
    "Variable without origin",
    "A reviewer asks of each variable where it comes from: the variable, or each of its value level items, says it.",
    "Give the origin.",
    "{variable} has no origin",
    f"{_DEFINE}, def:Origin",
)
def check_origins_given(package: Package) -> Iterator[Found]:
    """Each variable with data has an origin, or all of its value level items have one."""
    define = needed_define(package)
    for group in define.item_groups:
        for ref in group.items:
            item = define.item.get(ref.item or "")
            if item is None or item.origins or ref.has_no_data or group.has_no_data:
                continue
            values = define.value_list.get(item.value_list or "")
            own = [define.item.get(r.item or "") for r in (values.items if values else ())]
            if not own or not all(i and i.origins for i in own):
                yield found(group.name or "", item.name)


@rule(
    "DEF108",
    "error",
    "Derived without a method",
    "A derived variable says how: by a method of its own, or by those of its value level items.",
    "Give the method.",
    "{variable} is derived and has no method",
    f"{_DEFINE}, MethodDef",
)
def check_methods(package: Package) -> Iterator[Found]:
    """Each derived variable and value level item has a method (an item's may be its variable's)."""
    define = needed_define(package)
    for group in define.item_groups:
        for ref in group.items:
            item = define.item.get(ref.item or "")
            if item is None:
                continue
            values = define.value_list.get(item.value_list or "")
            below = values.items if values else ()
            if _derived(item) and not ref.method and not (below and all(r.method for r in below)):
                yield found(group.name or "", item.name)
            for r in below:
                own = define.item.get(r.item or "")
                if own is not None and _derived(own) and not r.method and not ref.method:
                    yield found(group.name or "", own.name)


def _derived(item: ItemDef) -> bool:
    return any(o.type == "Derived" for o in item.origins)


@rule(
    "DEF109",
    "error",
    "Predecessor without its name",
    "A variable that was copied names the one that it was copied from.",
    "Name the predecessor as DATASET.VARIABLE.",
    "{variable} is a copy of a predecessor that is not named",
    f"{_DEFINE}, def:Origin",
)
def check_predecessors(package: Package) -> Iterator[Found]:
    """Origins of type Predecessor have a description."""
    for dataset, item in _origins(package):
        if any(o.type == "Predecessor" and not (o.description or "").strip() for o in item.origins):
            yield found(dataset, item.name)


@rule(
    "DEF110",
    "error",
    "Another standard than the one judged by",
    "Define.xml states the versions of guide and terminology that the data follow.",
    "State the versions that the study pins, or judge by those that define.xml states.",
    "define.xml states {value}, the package is judged by {expected}",
    f"{_DEFINE}, def:Standard",
)
def check_standards(package: Package) -> Iterator[Found]:
    """The guide's version and the terminology release are among the standards of define.xml."""
    define = needed_define(package)
    stated = [(s.name, s.publishing_set, s.version) for s in define.standards]
    if package.guide is None and package.terminology is None:
        raise NotApplicableError("no standards are given")
    guides = [v or "" for name, _, v in stated if name in ("SDTMIG", "SDTM-IG")]
    if package.guide is not None and package.guide.version not in guides:
        shown = ", ".join(f"SDTMIG {v}" for v in guides) or "no SDTMIG"
        yield found(define.file, None, shown, expected=f"SDTMIG {package.guide.version}")
    releases = [v or "" for _, published, v in stated if published == "SDTM"]
    if package.terminology is not None and _version(package) == "2.1" and package.terminology.date not in releases:
        shown = ", ".join(f"SDTM CT {v}" for v in releases) or "no SDTM CT"
        yield found(define.file, None, shown, expected=package.terminology.release)
