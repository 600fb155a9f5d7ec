"""ADM101-ADM112: define.xml of analysis datasets against the datasets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..model.column import Column, Rows, codes_of, decoded, is_numeric, take
from ..model.define import ItemDef
from ..standards.classes import ADAM_OTHER, ADSL, BDS, OCCDS
from .analysis import differ, filled, has_all, rows_of, source_of
from .columns import column, needed_define, texts
from .define_items import Described, described_datasets, described_variables
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found, found_at, rule

_DEFINE = "Define-XML 2.1"
_CLASSES = (
    *(ADSL, BDS, OCCDS, ADAM_OTHER, "DEVICE LEVEL ANALYSIS DATASET", "REFERENCE DATA STRUCTURE"),
    *("MEDICAL DEVICE BASIC DATA STRUCTURE", "MEDICAL DEVICE OCCURRENCE DATA STRUCTURE"),
)
_PREDECESSOR = re.compile(r"([A-Z][A-Z0-9]{1,7})\.([A-Z_][A-Z0-9_]{0,7})")
_KEYS_OF_RECORDS = re.compile(r"[A-Z][A-Z0-9]SEQ|ASEQ")


@rule(
    "ADM101",
    "error",
    "Define.xml without the ADaM guide",
    "The define.xml of analysis datasets names the ADaM implementation guide that they follow.",
    "Name ADaMIG with its version.",
    "no standard of define.xml is ADaMIG",
    f"{_DEFINE}, def:Standard",
)
def check_standard(package: Package) -> Iterator[Found]:
    """A standard named ADaMIG."""
    if not any((s.name or "").startswith("ADaMIG") or s.name == "ADaM-IG" for s in needed_define(package).standards):
        yield found("define.xml")


@rule(
    "ADM102",
    "error",
    "Class that is none of analysis datasets",
    "Each analysis dataset has one of the classes of analysis datasets.",
    "Use the class of the dataset's structure.",
    "define.xml has the class {value!r}",
    f"{_DEFINE}, def:Class; CDISC CT, General Observation Class",
)
def check_classes(package: Package) -> Iterator[Found]:
    """def:Class is one of ADaM's."""
    for d, group in described_datasets(package):
        if (group.class_name or "").upper() not in _CLASSES:
            yield found(d.name, None, group.class_name or "")


@rule(
    "ADM103",
    "error",
    "Class that the dataset's variables contradict",
    "ADSL alone has the subject-level class; basic data structures have parameters; occurrences have none.",
    "Use the class of the dataset's structure.",
    "define.xml has the class {value}, and {reason}",
    f"{_DEFINE}, def:Class",
)
def check_class_content(package: Package) -> Iterator[Found]:
    """Classes against name and variables of the dataset."""
    for d, group in described_datasets(package):
        stated = group.class_name or ""
        if (stated == ADSL) != (d.name == "ADSL"):
            yield found(d.name, None, stated, reason="ADSL, and no other dataset, is the subject-level dataset")
        elif stated == BDS and not has_all(d, "PARAMCD"):
            yield found(d.name, None, stated, reason="there is no PARAMCD")
        elif stated == OCCDS and has_all(d, "PARAMCD"):
            yield found(d.name, None, stated, reason="there is PARAMCD")


def _predecessors(package: Package) -> Iterator[tuple[Described, str, str]]:
    """Variables whose origin is another variable, with its dataset and name."""
    some = False
    for v in described_variables(package):
        for origin in v.item.origins:
            m = _PREDECESSOR.fullmatch((origin.description or "").strip())
            if origin.type == "Predecessor" and m:
                some = True
                yield v, m[1], m[2]
    if not some:
        raise NotApplicableError("define.xml names no predecessor")


@rule(
    "ADM104",
    "error",
    "Predecessor that is not there",
    "The origin names the dataset and the variable that the values were copied from.",
    "Name the variable that was copied.",
    "{variable} comes from {value}, and there is none",
    f"{_DEFINE}, def:Origin",
)
def check_predecessors(package: Package) -> Iterator[Found]:
    """Predecessors are variables of the analysis or of the tabulation datasets beside (or their QNAM)."""
    for v, dataset, name in _predecessors(package):
        of = source_of(package, dataset)
        if of is None and package.source is None and not dataset.startswith("AD"):
            continue
        if of is None or not (has_all(of, name) or name in _qualifiers(package, dataset)):
            yield found(v.dataset.name, v.name, f"{dataset}.{name}")


def _qualifiers(package: Package, dataset: str) -> list[str]:
    supplemental = source_of(package, f"SUPP{dataset}")
    names: list[str] = texts(column(supplemental, "QNAM")).tolist() if supplemental else []
    return names


@rule(
    "ADM105",
    "error",
    "Value that is not its predecessor's",
    "A variable whose origin is Predecessor is a copy: the values are those of the variable that it names.",
    "Copy the values, or call the variable derived and describe how.",
    "{variable} is {value}, {source} {expected}",
    f"{_DEFINE}, def:Origin",
)
def check_copied(package: Package) -> Iterator[Found]:
    """Values of variables with a predecessor, by --SEQ or ASEQ, else by subject where it has one record there."""
    copied: dict[tuple[str, str], Rows | None] = {}
    for v, dataset, name in _predecessors(package):
        of = source_of(package, dataset)
        if of is None or not has_all(of, name, "USUBJID") or not has_all(v.dataset, "USUBJID"):
            continue
        pair = (v.dataset.name, of.name)
        if pair not in copied:
            copied[pair] = _copied_from(v.dataset, of)
        rows = copied[pair]
        if rows is None:
            continue
        expected: Column = take(column(of, name), rows)
        if is_numeric(expected) == is_numeric(v.cells):
            wrong = differ(v.cells, expected) & (rows >= 0) & ~filled(v.dataset, "DTYPE")
            yield from found_at(v.dataset, v.name, wrong, source=f"{dataset}.{name}", expected=expected)


def _copied_from(d: DatasetFile, of: DatasetFile) -> Rows | None:
    """The record (n,) of the other dataset that each record was copied from; None where that cannot be told."""
    shared = [x.name for x in of.variables if _KEYS_OF_RECORDS.fullmatch(x.name) and has_all(d, x.name)]
    shared = [n for n in shared if n != "ASEQ"]
    names = ["USUBJID", *shared[:1]]
    known = [column(of, n) for n in names]
    at = rows_of(known, known)
    if (at != np.arange(len(at))).any():
        return None
    return rows_of([column(d, n) for n in names], known)


@rule(
    "ADM106",
    "warning",
    "Analysis variable that was collected",
    "Values of analysis datasets were derived, assigned, or copied from a variable that is their predecessor.",
    "Name the predecessor.",
    "the origin of {variable} is {value}",
    f"{_DEFINE}, def:Origin",
)
def check_origins(package: Package) -> Iterator[Found]:
    """No origin is Collected (in Define-XML 2.0 CRF or eDT)."""
    for v in described_variables(package):
        for origin in v.item.origins:
            if origin.type in ("Collected", "CRF", "eDT"):
                yield found(v.dataset.name, v.name, origin.type)


@rule(
    "ADM107",
    "warning",
    "Parameters without value level metadata",
    "The analysis value of each parameter has a type and an origin of its own: value level metadata give them.",
    "Describe AVAL by PARAMCD.",
    "{variable} of {count} parameters has no value level metadata",
    f"{_DEFINE}, def:ValueListDef",
)
def check_value_level(package: Package) -> Iterator[Found]:
    """AVAL (without it AVALC) of datasets of several parameters has a value list."""
    some = False
    for v in described_variables(package):
        name = "AVAL" if has_all(v.dataset, "AVAL") else "AVALC"
        if v.name == name and has_all(v.dataset, "PARAMCD"):
            some = True
            count = len(texts(column(v.dataset, "PARAMCD")))
            if count > 1 and v.item.value_list is None:
                yield found(v.dataset.name, v.name, None, count=count)
    if not some:
        raise NotApplicableError("no dataset of parameters is described")


@rule(
    "ADM108",
    "warning",
    "Parameter codes without a codelist",
    "The codes of the parameters stand in define.xml with what they mean.",
    "Give PARAMCD a codelist with decodes.",
    "{variable} has no codelist",
    f"{_DEFINE}, CodeList",
)
def check_parameter_codelist(package: Package) -> Iterator[Found]:
    """PARAMCD has a CodeListRef."""
    found_any = False
    for v in described_variables(package):
        if v.name == "PARAMCD":
            found_any = True
            if v.item.codelist is None:
                yield found(v.dataset.name, v.name)
    if not found_any:
        raise NotApplicableError("no dataset of parameters is described")


@rule(
    "ADM109",
    "error",
    "Decode of a parameter code that is not its parameter",
    "The decode of a parameter code is the parameter.",
    "Make the codelist from the data.",
    "define.xml decodes {value} as {decode!r}, PARAM is {parameter!r}",
    f"{_DEFINE}, CodeListItem",
)
def check_decodes(package: Package) -> Iterator[Found]:
    """Decodes of PARAMCD's codelist are PARAM."""
    some = False
    for v in described_variables(package):
        listed = needed_define(package).codelist.get(v.item.codelist or "")
        if v.name != "PARAMCD" or listed is None or not has_all(v.dataset, "PARAM"):
            continue
        some = True
        names = _parameters(v)
        for term in listed.terms:
            if term.decode is not None and term.value in names and names[term.value] != term.decode:
                yield found(v.dataset.name, "PARAMCD", term.value, decode=term.decode, parameter=names[term.value])
    if not some:
        raise NotApplicableError("no parameter codes have decodes")


def _parameters(v: Described) -> dict[str, Any]:
    """PARAM of each parameter code, as its last record has it; NaN for no value."""
    codes, last = codes_of(v.cells), np.full(len(v.cells.categories) + 1, -1, np.int64)
    last[codes] = np.arange(len(codes))
    there = last[:-1] >= 0
    names = decoded(take(column(v.dataset, "PARAM"), last[:-1][there]), np.nan)
    return dict(zip(texts(v.cells)[there].tolist(), names.tolist(), strict=True))


@rule(
    "ADM110",
    "warning",
    "Numeric date without a format in define.xml",
    "The display format tells how a number of days or seconds is shown.",
    "State the format: DATE9., DATETIME20., TIME8.",
    "{variable} has no DisplayFormat",
    f"{_DEFINE}, ItemDef DisplayFormat",
)
def check_display_formats(package: Package) -> Iterator[Found]:
    """Numeric *DT and *DTM have a DisplayFormat."""
    for v in described_variables(package):
        if re.fullmatch(r"[A-Z][A-Z0-9]*DTM?", v.name) and is_numeric(v.cells) and not v.item.display_format:
            yield found(v.dataset.name, v.name)


@rule(
    "ADM111",
    "error",
    "Define.xml without ADaM terminology",
    "Derivation types and imputation flags are terms of the ADaM terminology, whose release define.xml names.",
    "Name the release of the ADaM terminology.",
    "no standard of define.xml is the ADaM terminology",
    f"{_DEFINE}, def:Standard",
)
def check_terminology_named(package: Package) -> Iterator[Found]:
    """A standard of type CT with the publishing set ADaM where its codelists are used (Define-XML 2.1)."""
    define = needed_define(package)
    uses = [
        v.name for d in package.datasets for v in d.variables if v.name == "DTYPE" or re.search("(DT|TM)F$", v.name)
    ]
    if not define.namespace.endswith("v2.1") or not uses:
        raise NotApplicableError("no variable has a codelist of the ADaM terminology, or Define-XML is of 2.0")
    if not any(s.type == "CT" and (s.publishing_set or "").upper() == "ADAM" for s in define.standards):
        yield found("define.xml")


@rule(
    "ADM112",
    "error",
    "ADSL with other keys than the subject",
    "ADSL has one record a subject: study and subject are its keys.",
    "Name STUDYID and USUBJID as keys.",
    "the keys of ADSL are {value}",
    f"{_DEFINE}, KeySequence; ADaMIG 1.3, 3.2",
)
def check_keys_of_subjects(package: Package) -> Iterator[Found]:
    """The keys of ADSL are USUBJID, with or without STUDYID."""
    define = needed_define(package)
    for d, group in described_datasets(package):
        names = [_name(define.item.get(k.item or "")) for k in group.keys]
        if d.name == "ADSL" and set(names) not in ({"USUBJID"}, {"STUDYID", "USUBJID"}):
            yield found(d.name, None, ", ".join(names) or "not named")


def _name(item: ItemDef | None) -> str:
    return (item.name if item else None) or ""
