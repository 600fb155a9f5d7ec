"""COD101-COD104: code and name of one concept go together wherever both are written (SDTMIG 3.4, 4.1.2, 4.4.5, 7)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.column import Column, codes_of, distinct_tuples, present, text_column
from .columns import column, has, named, pairs, texts
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found, found_at, rule

_PAIRS = (
    *(("ETCD", "ELEMENT"), ("IETESTCD", "IETEST"), ("TSPARMCD", "TSPARM"), ("QNAM", "QLABEL"), ("TSVALCD", "TSVAL")),
    *(("--LLTCD", "--LLT"), ("--PTCD", "--DECOD"), ("--HLTCD", "--HLT"), ("--HLGTCD", "--HLGT")),
    *(("--BDSYCD", "--BODSYS"), ("--SOCCD", "--SOC"), ("--CLASCD", "--CLAS"), ("INVID", "INVNAM")),
)
# Pairs that other rules hold in one direction: one number has one name (TIM106), one QNAM one label (SUPP105).
_HELD = ("QNAM",)
_TIME_POINTS = ("VISITNUM", "--TPTREF")


def _coded(package: Package) -> Iterator[tuple[DatasetFile, str, str, Column]]:
    """Datasets with code and name of a concept, and within what they go together (n,)."""
    found = []
    for d in package.datasets:
        whole = text_column(np.zeros(d.records, np.int32), ("",))
        found += [(d, named(d, a), named(d, b), whole) for a, b in _PAIRS if has(d, a, b)]
        if has(d, "--TPTNUM", "--TPT"):
            within = [column(d, named(d, n)) for n in _TIME_POINTS if has(d, n)]
            found.append((d, named(d, "--TPTNUM"), named(d, "--TPT"), _joined(within) if within else whole))
    if not found:
        raise NotApplicableError("no dataset has a code with its name")
    yield from found


def _joined(columns: list[Column]) -> Column:
    """The records' groups (n,) by some columns, as a column."""
    group = distinct_tuples(columns)[0]
    return text_column(group, tuple(map(str, range(int(group.max(initial=-1)) + 1))))


def _several(d: DatasetFile, one: str, other: str, within: Column) -> Iterator[Found]:
    """Values of ``one`` that have several values of ``other`` within a group: once a value."""
    left, right = column(d, one), column(d, other)
    both = np.flatnonzero(present(left) & present(right))
    keys = np.stack([codes_of(c)[both].astype(np.int64) for c in (within, left, right)], axis=1)
    distinct = np.unique(keys, axis=0)
    owners, counts = np.unique(distinct[:, :2], axis=0, return_counts=True)
    for value in dict.fromkeys(owners[counts > 1][:, 1].tolist()):
        named_ = distinct[distinct[:, 1] == value][:, 2]
        others = " and ".join(sorted({str(t) for t in texts(right)[named_]}))
        yield from found_at(d, one, [int(np.flatnonzero(codes_of(left) == value)[0])], others=others)


@rule(
    "COD101",
    "error",
    "One code, several names",
    "A code stands for one thing, and has one name in its dataset; a time point within its visit and reference.",
    "Correct the table from which code and name come.",
    "{variable} {value} is called {others}",
    "SDTMIG 3.4, 4.1.2, 4.4.10 and 7",
)
def check_one_name(package: Package) -> Iterator[Found]:
    """One name for each code (names of labels of supplemental qualifiers are SUPP105's)."""
    for d, code, name, within in _coded(package):
        if code not in _HELD:
            yield from _several(d, code, name, within)


@rule(
    "COD102",
    "error",
    "One name, several codes",
    "Two codes with one name cannot be told apart by a reader, and each stands for a part of the records.",
    "Correct the table from which code and name come.",
    "{variable} {value} has the codes {others}",
    "SDTMIG 3.4, 4.1.2, 4.4.10 and 7",
)
def check_one_code(package: Package) -> Iterator[Found]:
    """One code for each name."""
    for d, code, name, within in _coded(package):
        yield from _several(d, name, code, within)


@rule(
    "COD103",
    "warning",
    "Code without name, or name without code",
    "Other records of the dataset have both.",
    "Take both from the same row of the dictionary.",
    "{variable} is {value}, {other} has no value",
    "SDTMIG 3.4, 4.3",
)
def check_half_pairs(package: Package) -> Iterator[Found]:
    """Where records of a dataset have code and name, none has one of them (TSVAL may be of no dictionary)."""
    for d, code, name, _ in _coded(package):
        has_code, has_name = present(column(d, code)), present(column(d, name))
        if (has_code & has_name).any():
            yield from found_at(d, code, has_code & ~has_name, other=name)
            if code != "TSVALCD":
                yield from found_at(d, name, has_name & ~has_code, other=code)


@rule(
    "COD104",
    "error",
    "One visit, several numbers",
    "A planned visit has one number in all datasets; unscheduled ones share a name.",
    "Correct the visit table.",
    "{variable} {value} has the numbers {others}",
    "SDTMIG 3.4, 4.4.5",
)
def check_visit_numbers(package: Package) -> Iterator[Found]:
    """One VISITNUM for each VISIT that TV plans, over all datasets."""
    tv = package.by_name.get("TV")
    if tv is None or not has(tv, "VISITNUM", "VISIT"):
        raise NotApplicableError("no dataset TV with VISITNUM and VISIT")
    planned = {str(t) for t in texts(column(tv, "VISIT"))}
    seen: dict[str, dict[str, str]] = {}
    for d in (x for x in package.datasets if has(x, "VISITNUM", "VISIT")):
        visits, numbers = column(d, "VISIT"), column(d, "VISITNUM")
        for i, j in zip(*map(np.ndarray.tolist, pairs(visits, numbers)[:2]), strict=True):
            seen.setdefault(str(texts(visits)[i]), {}).setdefault(str(texts(numbers)[j]), d.name)
    for visit, found_in in sorted(seen.items()):
        if visit in planned and len(found_in) > 1:
            yield found(list(found_in.values())[-1], "VISIT", visit, others=" and ".join(sorted(found_in)))
