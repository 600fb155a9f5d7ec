"""REL101-REL104: what RELREC relates, records of a subject or datasets as a whole (SDTMIG 3.4, 8.2 and 8.3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

import numpy as np

from ..model.column import Codes, Column, Mask, codes_of, decoded, is_numeric, joined, present, text_column
from .columns import column, datasets_with, group_numbers, has, is_value, named, needed_dataset, texts
from .keys import repeated
from .package import DatasetFile, Package, domain_of
from .registry import Found, NotApplicableError, found_at, rule

_RECORDS, _DATASETS = "SDTMIG 3.4, 8.2", "SDTMIG 3.4, 8.3"


def _relrec(package: Package) -> DatasetFile:
    return needed_dataset(package, "RELREC", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID")


def _of_datasets(d: DatasetFile) -> Mask:
    """Which records (n,) of RELREC name a dataset as a whole; NotApplicableError where none does."""
    named = present(column(d, "RELTYPE")) & ~present(column(d, "USUBJID")) & ~present(column(d, "IDVARVAL"))
    if not named.any():
        raise NotApplicableError("RELREC relates no datasets as a whole")
    return named


@rule(
    "REL101",
    "error",
    "Relation neither of records nor of datasets",
    "A record of RELREC names a record by USUBJID and IDVARVAL, without RELTYPE; or a dataset as a whole by RELTYPE, "
    "with neither of them. A relation is of the one kind or of the other.",
    "Give the subject and the value of IDVAR, or RELTYPE alone.",
    "{relid}: USUBJID {subject}, IDVARVAL {identifier} and RELTYPE {value} name neither a record nor a dataset",
    f"{_RECORDS} and 8.3",
)
def check_level(package: Package) -> Iterator[Found]:
    """USUBJID and IDVARVAL are there where RELTYPE is not, and only there."""
    d = _relrec(package)
    subject, identifier, kind = (present(column(d, n)) for n in ("USUBJID", "IDVARVAL", "RELTYPE"))
    of_record, of_dataset = subject & identifier & ~kind, ~subject & ~identifier & kind
    relid, who, what = (column(d, n) for n in ("RELID", "USUBJID", "IDVARVAL"))
    yield from found_at(d, "RELTYPE", ~(of_record | of_dataset), relid=relid, subject=who, identifier=what)


def _parents(package: Package, domain: str | None, variable: str | None) -> list[DatasetFile]:
    """The datasets of a domain that have the variable and subjects."""
    return [p for p in package.by_domain.get(domain or "", ()) if variable and has(p, variable, "USUBJID")]


def _identifiers(parents: list[DatasetFile], variable: str) -> tuple[Column, Column]:
    """Subject and identifier (m,), as text, of every record that has both."""
    subject = joined([column(p, "USUBJID") for p in parents])
    identifier = joined([_as_text(column(p, variable)) for p in parents])
    at = np.flatnonzero(present(subject) & present(identifier))
    return subject[at], identifier[at]


def _as_text(cells: Column) -> Column:
    return text_column(codes_of(cells), list(texts(cells))) if is_numeric(cells) else cells


def _members(package: Package, d: DatasetFile, records: Mask) -> Iterator[tuple[int, str, tuple[Column, Column]]]:
    """Record (0-based), RELID, and what its dataset identifies records by; no dataset that is not there."""
    domains, variables, relids = (decoded(column(d, n)) for n in ("RDOMAIN", "IDVAR", "RELID"))
    known: dict[tuple[str, str], tuple[Column, Column]] = {}
    for row in np.flatnonzero(records).tolist():
        at = (domains[row], variables[row])
        parents = _parents(package, *at) if at not in known else []
        if parents:
            known[at] = _identifiers(parents, variables[row])
        if at in known and relids[row] is not None:
            yield row, relids[row], known[at]


@rule(
    "REL102",
    "error",
    "Several records where RELTYPE says one",
    "RELTYPE is ONE where a subject has at most one record of the dataset with a value of IDVAR, else MANY.",
    "Correct RELTYPE, or relate the datasets by an identifier that tells the records apart.",
    "{domain} has several records of a subject with one value of {idvar}",
    _DATASETS,
)
def check_one(package: Package) -> Iterator[Found]:
    """IDVAR is unique within subject in datasets whose RELTYPE is ONE."""
    d = _relrec(package)
    records = _of_datasets(d) & is_value(d, "RELTYPE", "ONE")
    several = [row for row, _, pair in _members(package, d, records) if repeated(group_numbers([*pair])).any()]
    yield from found_at(d, "RELTYPE", several, domain=column(d, "RDOMAIN"), idvar=column(d, "IDVAR"))


@rule(
    "REL103",
    "warning",
    "Related dataset that shares no identifier",
    "Datasets are related as a whole by equal values of their identifiers (IDVAR) within a subject.",
    "Correct IDVAR, or leave the relation out.",
    "{relid}: no subject has a value of {value} in {domain} that a related dataset has too",
    _DATASETS,
)
def check_shared(package: Package) -> Iterator[Found]:
    """Of the datasets of a relation each shares an identifier with another one."""
    d = _relrec(package)
    relations: dict[str, list[tuple[int, tuple[Column, Column]]]] = {}
    for row, relid, pair in _members(package, d, _of_datasets(d)):
        relations.setdefault(relid, []).append((row, pair))
    alone = [row for members in relations.values() if len(members) > 1 for row in _alone(members)]
    yield from found_at(d, "IDVAR", sorted(alone), relid=column(d, "RELID"), domain=column(d, "RDOMAIN"))


def _alone(members: list[tuple[int, tuple[Column, Column]]]) -> Iterator[int]:
    """The records (0-based) of members that share no subject and identifier with another member."""
    pairs = [pair for _, pair in members]
    group: Codes = group_numbers([joined([s for s, _ in pairs]), joined([i for _, i in pairs])])
    ends = [0, *accumulate(len(s) for s, _ in pairs)]
    own = [np.unique(group[a:b]) for a, b in pairwise(ends)]
    count = np.bincount(np.concatenate(own))
    for (row, _), groups in zip(members, own, strict=True):
        if not (count[groups] > 1).any():
            yield row


@rule(
    "REL104",
    "warning",
    "Link that leads nowhere",
    "--LNKID links records of several domains; RELREC says which (or which datasets, by --LNKID as a whole).",
    "Find out what the record was to be linked to, or why that record is missing.",
    "{variable} is {value}, and RELREC relates the record to none",
    _RECORDS,
)
def check_links(package: Package) -> Iterator[Found]:
    """Each record with --LNKID is named in RELREC by --SEQ, or its dataset is by --LNKID."""
    if package.partial:
        raise NotApplicableError("records are left out on purpose")
    for d in datasets_with(package, "--LNKID", "--SEQ", "USUBJID"):
        link = named(d, "--LNKID")
        linked = present(column(d, link))
        yield from found_at(d, link, linked & ~_is_related(package, d, link))


def _is_related(package: Package, d: DatasetFile, link: str) -> Mask:
    """Which records (n,) of a dataset RELREC names, by --SEQ or as a whole by the link."""
    relrec, n = package.by_name.get("RELREC"), d.records
    if relrec is None or not has(relrec, "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL"):
        return np.zeros(n, bool)
    own = is_value(relrec, "RDOMAIN", domain_of(d))
    if (own & is_value(relrec, "IDVAR", link)).any():
        return np.ones(n, bool)
    sequence = named(d, "--SEQ")
    at = np.flatnonzero(own & is_value(relrec, "IDVAR", sequence))
    pairs = [
        joined([column(d, "USUBJID"), column(relrec, "USUBJID")[at]]),
        joined([_as_text(column(d, sequence)), column(relrec, "IDVARVAL")[at]]),
    ]
    group = group_numbers(pairs)
    found: Mask = np.isin(group[:n], group[n:])
    return found
