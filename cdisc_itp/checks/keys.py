"""KEY101-KEY105: what tells records apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..model.column import Codes, Column, Mask, empty_column, joined, numbers, present, take
from .columns import column, datasets_with, group_numbers, has, needed_define
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule

# What --SEQ counts in where there are no subjects (SDTMIG 3.4, TS, OI; device domains).
_COUNTED_IN = {"TS": "TSPARMCD", "OI": "NHOID", "DI": "SPDEVID"}


def repeated(groups: Codes) -> Mask:
    """Which records (n,) have a group that an earlier one has."""
    return pd.Series(groups).duplicated().to_numpy()


@rule(
    "KEY101",
    "error",
    "Keys of define.xml do not tell records apart",
    "The key variables of define.xml identify a record; two records with equal keys cannot be told apart.",
    "Add the variable that tells them apart to the keys, or find out why the record is there twice.",
    "an earlier record has the same {keys}",
    "Define-XML 2.1, KeySequence",
)
def check_keys(package: Package) -> Iterator[Found]:
    """Records are unique by the keys that define.xml gives for their dataset."""
    define = needed_define(package)
    for group in define.item_groups:
        d = package.by_name.get(group.name or "")
        items = [define.item.get(k.item or "") for k in group.keys]
        names = [i.name for i in items if i and i.name]
        if d is not None and names and has(d, *names):
            doubles = repeated(group_numbers([column(d, n) for n in names]))
            yield from found_at(d, names[-1], doubles, keys=", ".join(names))


def _sequences(package: Package) -> Iterator[tuple[str, Sequence[DatasetFile]]]:
    """The variable --SEQ of each domain and the datasets that have it, several where the domain is split."""
    found = [
        (f"{domain}SEQ", [d for d in datasets if has(d, "--SEQ")]) for domain, datasets in package.by_domain.items()
    ]
    if not any(datasets for _, datasets in found):
        raise NotApplicableError("no dataset has --SEQ")
    yield from ((name, datasets) for name, datasets in found if datasets)


def _whole(datasets: Sequence[DatasetFile], name: str) -> Column:
    """The column over all parts of a split domain."""
    parts = [column(d, name) for d in datasets]
    return joined(parts) if sum(map(len, parts)) else empty_column(0)


def _counted_in(datasets: Sequence[DatasetFile], name: str) -> list[Column]:
    """What --SEQ counts in: the subject, pool or device, else the parameter."""
    names = [n for n in ("USUBJID", "POOLID", _COUNTED_IN.get(name[:2], "")) if any(has(d, n) for d in datasets)]
    return [_whole(datasets, n) for n in names] or [empty_column(sum(d.records for d in datasets))]


def _by_dataset(datasets: Sequence[DatasetFile], cells: npt.NDArray[Any]) -> Iterator[tuple[DatasetFile, Any]]:
    """The cells (n,) of the whole domain, cut into those of its datasets."""
    ends = np.cumsum([d.records for d in datasets])
    yield from zip(datasets, np.split(cells, ends[:-1]), strict=True)


@rule(
    "KEY102",
    "error",
    "Sequence number used twice",
    "--SEQ identifies a record of a subject within the domain, over all its datasets where it is split; SUPP-- and "
    "RELREC point at records by it.",
    "Number the records of each subject anew.",
    "the subject has an earlier record with the same {variable}",
    "SDTMIG 3.4, 4.1.2 and 4.1.7",
)
def check_sequence_unique(package: Package) -> Iterator[Found]:
    """--SEQ is unique within the subject (TS: the parameter; OI: the organism) and domain."""
    for name, datasets in _sequences(package):
        sequence = _whole(datasets, name)
        doubles = repeated(group_numbers([*_counted_in(datasets, name), sequence])) & present(sequence)
        for d, mask in _by_dataset(datasets, doubles):
            yield from found_at(d, name, mask)


@rule(
    "KEY103",
    "error",
    "Sequence number is no positive whole number",
    "--SEQ counts records from 1.",
    "Number the records of each subject anew.",
    "{variable} is {value}",
    "SDTMIG 3.4, 4.1.2",
)
def check_sequence_whole(package: Package) -> Iterator[Found]:
    """--SEQ is 1, 2, 3 ..."""
    for d in datasets_with(package, "--SEQ"):
        name = f"{d.name[:2]}SEQ"
        values = _numbers(column(d, name))
        yield from found_at(d, name, (values < 1) | (values != np.floor(values)) & ~np.isnan(values))


def _numbers(cells: Column) -> npt.NDArray[np.float64]:
    """Numbers (n,) of a numeric column; NaN throughout for text, which is another rule's finding."""
    return numbers(cells) if pd.api.types.is_numeric_dtype(cells.categories.dtype) else np.full(len(cells), np.nan)


@rule(
    "KEY104",
    "note",
    "Sequence numbers with gaps",
    "SDTM does not ask for it, but numbers without gaps show that no record was lost after numbering.",
    "Number the records last, after every record that is left out.",
    "the subject's highest {variable} is {value}, and it has {count} records",
    "SDTMIG 3.4, 4.1.2",
)
def check_sequence_dense(package: Package) -> Iterator[Found]:
    """The highest --SEQ of a subject is the number of its records; told at the record that has it."""
    for name, datasets in _sequences(package):
        values = _numbers(_whole(datasets, name))
        group = group_numbers(_counted_in(datasets, name))
        n = int(group.max(initial=-1)) + 1
        counts, highest = np.bincount(group, minlength=n), np.zeros(n)
        np.maximum.at(highest, group, np.nan_to_num(values))
        gaps = (highest > counts)[group] & (values == highest[group])
        for (d, mask), (_, count) in zip(
            _by_dataset(datasets, gaps), _by_dataset(datasets, counts[group]), strict=True
        ):
            yield from found_at(d, name, mask, count=count)


@rule(
    "KEY105",
    "warning",
    "Record twice",
    "Two records that differ in nothing but --SEQ are the same observation, or lack what tells them apart.",
    "Find out whether the export holds the row twice; else submit what tells the records apart.",
    "an earlier record is the same but for --SEQ",
    "SDTMIG 3.4, 3.2.1.1",
)
def check_duplicate_records(package: Package) -> Iterator[Found]:
    """No two records are equal in everything but --SEQ."""
    for d in package.datasets:
        names = [v.name for v in d.variables if v.name != f"{d.name[:2]}SEQ"]
        if names:
            columns = [column(d, n) for n in names]
            yield from found_at(d, names[0], twins(columns))


def twins(columns: list[Column]) -> list[int]:
    """Records (0-based) that have a value and are equal to an earlier one in every column.

    Few records have a twin in the columns of most values: only those are looked at in the others.
    """
    rows = np.arange(len(columns[0]))
    for some in _in_fours(sorted(columns, key=lambda c: -len(c.categories))):
        groups = group_numbers([take(c, rows) for c in some])
        rows = rows[np.bincount(groups)[groups] > 1]
        if not len(rows):
            return []
    cells = [take(c, rows) for c in columns]
    filled = np.logical_or.reduce([present(c) for c in cells])
    found: list[int] = rows[repeated(group_numbers(cells)) & filled].tolist()
    return found


def _in_fours(columns: list[Column]) -> Iterator[list[Column]]:
    return (columns[i : i + 4] for i in range(0, len(columns), 4))
