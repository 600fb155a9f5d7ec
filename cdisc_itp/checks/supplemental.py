"""SUPP101-SUPP109: supplemental qualifiers, comments and related records point at what is there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..model.column import Codes, Column, Mask, codes_of, is_numeric, present, text_column
from .columns import byte_lengths, column, group_numbers, has, in_records, is_value, matches, pairs, texts
from .keys import repeated
from .package import DatasetFile, Package, is_supplemental
from .registry import Found, NotApplicableError, found, found_at, rule

_SUPP = "SDTMIG 3.4, 8.4"
_RELATIONS = "SDTMIG 3.4, 8"
# Completers, full analysis set, intention to treat, per protocol, safety: names that older guides gave to the flags.
_POPULATIONS = ("COMPLT", "FULLSET", "ITT", "PPROT", "SAFETY")


def _supplemental(package: Package, *names: str) -> Iterator[DatasetFile]:
    datasets = [d for d in package.datasets if is_supplemental(d) and has(d, *names)]
    if not datasets:
        raise NotApplicableError("no SUPP-- dataset" + (f" with {' and '.join(names)}" if names else ""))
    yield from datasets


def _pointing(package: Package) -> Iterator[tuple[DatasetFile, str, str, Mask]]:
    """Datasets that point at records (SUPP--, RELREC, CO), and their records by RDOMAIN and IDVAR."""
    datasets = [d for d in package.datasets if has(d, "RDOMAIN", "IDVAR", "IDVARVAL")]
    if not datasets:
        raise NotApplicableError("no dataset has RDOMAIN, IDVAR and IDVARVAL")
    for d in datasets:
        domains, variables = column(d, "RDOMAIN"), column(d, "IDVAR")
        for i, j in zip(*map(np.ndarray.tolist, pairs(domains, variables)[:2]), strict=True):
            mask = (codes_of(domains) == i) & (codes_of(variables) == j)
            yield d, str(domains.categories[i]), str(variables.categories[j]), mask


def _parents(package: Package, domain: str) -> tuple[DatasetFile, ...]:
    return package.by_domain.get(domain, ())


@rule(
    "SUPP101",
    "error",
    "Parent dataset missing",
    "RDOMAIN names the domain to which the records belong; it must be in the package.",
    "Correct RDOMAIN, or submit the parent dataset.",
    "no dataset of domain {value}",
    _RELATIONS,
)
def check_parent(package: Package) -> Iterator[Found]:
    """Every RDOMAIN of SUPP--, RELREC and CO has a dataset."""
    datasets = [d for d in package.datasets if has(d, "RDOMAIN")]
    if not datasets:
        raise NotApplicableError("no dataset has RDOMAIN")
    for d in datasets:
        yield from found_at(d, "RDOMAIN", present(column(d, "RDOMAIN")) & ~is_value(d, "RDOMAIN", *package.by_domain))


@rule(
    "SUPP102",
    "error",
    "IDVAR is no variable of the parent",
    "IDVAR names the variable of the parent dataset by which its records are found.",
    "Use --SEQ of the parent.",
    "{domain} has no variable {value}",
    _RELATIONS,
)
def check_idvar(package: Package) -> Iterator[Found]:
    """IDVAR is in the parent dataset."""
    for d, domain, variable, mask in _pointing(package):
        parents = _parents(package, domain)
        if parents and not any(has(p, variable) for p in parents):
            yield from found_at(d, "IDVAR", mask, domain=domain)


@rule(
    "SUPP103",
    "error",
    "IDVARVAL points at no record",
    "IDVAR and IDVARVAL with USUBJID find the record to which this one belongs.",
    "Derive IDVARVAL from the parent's records after they are numbered.",
    "{domain} has no record of the subject with {idvar} = {value}",
    _RELATIONS,
)
def check_idvarval(package: Package) -> Iterator[Found]:
    """IDVARVAL finds a record of the subject in the parent dataset (numbers compared as numbers are written)."""
    for d, domain, variable, mask in _pointing(package):
        parents = [p for p in _parents(package, domain) if has(p, variable, "USUBJID")]
        if parents:
            lost = mask & present(column(d, "IDVARVAL")) & present(column(d, "USUBJID"))
            for parent in parents:
                lost &= ~_points_into(d, parent, variable)
            yield from found_at(d, "IDVARVAL", lost, domain=domain, idvar=variable)


def _points_into(d: DatasetFile, parent: DatasetFile, variable: str) -> Mask:
    """Which records (n,) of ``d`` find one of ``parent`` by USUBJID and IDVARVAL."""
    subjects, values = column(parent, "USUBJID"), column(parent, variable)
    subject = _places(column(d, "USUBJID"), subjects)
    value = _places(column(d, "IDVARVAL"), _as_text(values))
    size = len(values.categories) + 1
    known = codes_of(subjects).astype(np.int64) * size + codes_of(values)
    known = known[(codes_of(subjects) >= 0) & (codes_of(values) >= 0)]
    found: Mask = np.isin(subject.astype(np.int64) * size + value, known) & (subject >= 0) & (value >= 0)
    return found


def _as_text(cells: Column) -> Column:
    return text_column(codes_of(cells), list(texts(cells))) if is_numeric(cells) else cells


def _places(own: Column, known: Column) -> Codes:
    """Code in ``known`` of each record of ``own`` (n,), -1 where it has none."""
    table = pd.Index(known.categories).get_indexer(pd.Index(own.categories)) if len(known.categories) else None
    table = np.full(len(own.categories), -1) if table is None else table
    return np.append(table, -1)[codes_of(own)].astype(np.int32)


@rule(
    "SUPP104",
    "error",
    "Qualifier that is a variable of the parent",
    "What the guide has a variable for, or what the parent dataset holds, is no supplemental qualifier.",
    "Submit the value in the variable of the parent dataset.",
    "{value} is a variable of {domain}",
    _SUPP,
)
def check_qnam_is_new(package: Package) -> Iterator[Found]:
    """QNAM is no variable of the parent dataset or of the guide's table for it."""
    for d in _supplemental(package, "RDOMAIN", "QNAM"):
        domains = column(d, "RDOMAIN")
        for i, domain in enumerate(map(str, domains.categories)):
            standard = package.guide is not None and domain in package.guide
            names = {v.name for p in _parents(package, domain) for v in p.variables}
            names |= set(package.guide.dataset(domain).by_name) if standard and package.guide else set()
            mask = (codes_of(domains) == i) & is_value(d, "QNAM", *names)
            yield from found_at(d, "QNAM", mask, domain=domain)


@rule(
    "SUPP105",
    "error",
    "Qualifier with several labels",
    "QLABEL is the label that the qualifier would have as a variable: one for each QNAM.",
    "Use one label.",
    "{variable} {value} has the labels {labels}",
    _SUPP,
)
def check_one_label(package: Package) -> Iterator[Found]:
    """One QLABEL for each QNAM of a dataset."""
    for d in _supplemental(package, "QNAM", "QLABEL"):
        names, labels = column(d, "QNAM"), column(d, "QLABEL")
        i, j, _ = pairs(names, labels)
        for code in np.flatnonzero(np.bincount(i, minlength=len(names.categories)) > 1).tolist():
            shown = " and ".join(sorted(map(repr, map(str, texts(labels)[j[i == code]]))))
            yield found(d.name, "QNAM", names.categories[code], labels=shown)


@rule(
    "SUPP106",
    "error",
    "Qualifier that cannot become a variable",
    "QNAM has at most 8 capital letters, digits or underscores and begins with a letter, QLABEL at most 40 bytes: "
    "reviewers turn them into variables of the parent dataset.",
    "Shorten the name or the label.",
    "{value} cannot be {variable}",
    _SUPP,
)
def check_qualifier_names(package: Package) -> Iterator[Found]:
    """QNAM and QLABEL are a variable's name and label."""
    for d in _supplemental(package, "QNAM", "QLABEL"):
        names, labels = column(d, "QNAM"), column(d, "QLABEL")
        yield from found_at(d, "QNAM", in_records(~matches(names, "[A-Z][A-Z0-9_]{0,7}"), codes_of(names)))
        long = byte_lengths(labels, d.encoding) > 40
        yield from found_at(d, "QLABEL", in_records(long, codes_of(labels)))


@rule(
    "SUPP107",
    "error",
    "Qualifier twice for one record",
    "A record has one value of a qualifier.",
    "Find out which value is right; several values need several qualifiers.",
    "an earlier record gives {value} for the same record of the parent",
    _SUPP,
)
def check_one_value(package: Package) -> Iterator[Found]:
    """USUBJID, RDOMAIN, IDVAR, IDVARVAL and QNAM are unique."""
    for d in _supplemental(package, "QNAM"):
        by = [column(d, n) for n in ("USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL", "QNAM")]
        yield from found_at(d, "QNAM", repeated(group_numbers(by)) & present(by[-1]))


@rule(
    "SUPP108",
    "error",
    "Relation of one side",
    "A RELID of a subject in RELREC ties two or more records, or two or more datasets, together.",
    "Add the other record, or leave the relation out.",
    "RELID {value} ties this record to none",
    "SDTMIG 3.4, 8.2 and 8.3",
)
def check_relations(package: Package) -> Iterator[Found]:
    """Each RELID within a subject occurs at least twice in RELREC."""
    d = package.by_name.get("RELREC")
    if d is None or not has(d, "RELID"):
        raise NotApplicableError("no dataset RELREC with RELID")
    group = group_numbers([column(d, "USUBJID"), column(d, "RELID")])
    counts = np.bincount(group, minlength=int(group.max(initial=-1)) + 1)
    yield from found_at(d, "RELID", (counts[group] == 1) & present(column(d, "RELID")))


@rule(
    "SUPP109",
    "error",
    "Population of the analysis among qualifiers",
    "Who is in a population is decided in the analysis: its flags are in ADSL, not beside what was collected.",
    "Leave it out, and derive it in ADSL.",
    "{variable} is {value}",
    "SDTMIG 3.4, 5.2 (populations)",
)
def check_populations(package: Package) -> Iterator[Found]:
    """No qualifier is the flag of a population."""
    for d in _supplemental(package, "QNAM"):
        yield from found_at(d, "QNAM", is_value(d, "QNAM", *_POPULATIONS))
