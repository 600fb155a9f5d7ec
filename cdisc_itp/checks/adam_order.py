"""ADN112-ADN114: order of analysis records by their keys, their sequence numbers, records that are there twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.column import ranks
from .analysis import analysed, figures, filled, has_all, variables_of
from .columns import column, group_numbers
from .define_items import described_datasets
from .keys import repeated, twins
from .package import DatasetFile, Package
from .registry import Found, found_at, rule


@rule(
    "ADN112",
    "error",
    "Records are not in the order of their keys",
    "The records of a dataset are sorted by the keys that define.xml names.",
    "Sort the records by the keys, or name the keys that they are sorted by.",
    "{value} comes after a greater key {keys}",
    "Define-XML 2.1, KeySequence",
)
def check_key_order(package: Package) -> Iterator[Found]:
    """Records ascend by the keys, missing values first, parameters and visits also by number; told at the first."""
    for d, group in described_datasets(package):
        items = [package.define.item.get(k.item or "") for k in group.keys] if package.define else []
        names = [i.name for i in items if i and i.name and has_all(d, i.name)]
        if names and d.records > 1:
            numbered = [f"{n}N" if _has_number(d, n) else n for n in names]
            numbered = [n.replace("PARAMCDN", "PARAMN") for n in numbered]
            first = min((_first_unsorted(d, by) for by in (names, numbered)), key=len)
            yield from found_at(d, names[0], first, keys=", ".join(names))


def _has_number(d: DatasetFile, name: str) -> bool:
    """Whether a text key has a numeric twin: parameters and visits may be in the order of their numbers."""
    return ("PARAMN" if name == "PARAMCD" else f"{name}N") in d.columns


def _first_unsorted(d: DatasetFile, names: list[str]) -> list[int]:
    """The first record (0-based) that comes after a greater key, if any."""
    keys = np.stack([ranks(column(d, n))[0].astype(np.int64) for n in names])
    step = np.sign(np.diff(keys, axis=1))
    first = step[(step != 0).argmax(axis=0), np.arange(step.shape[1])]
    found: list[int] = (np.flatnonzero(first < 0)[:1] + 1).tolist()
    return found


@rule(
    "ADN113",
    "error",
    "Analysis sequence number is not unique",
    "ASEQ counts the records of a subject from 1, and tells them apart.",
    "Number the records of each subject anew.",
    "ASEQ is {value}: {reason}",
    "ADaMIG 1.3, 3.3.1",
)
def check_sequence(package: Package) -> Iterator[Found]:
    """ASEQ is a positive whole number, once a subject."""
    for d in analysed(package, "ASEQ", "USUBJID"):
        twice = repeated(group_numbers([column(d, "USUBJID"), column(d, "ASEQ")])) & filled(d, "ASEQ")
        values = np.nan_to_num(figures(d, "ASEQ"), nan=1.0)
        yield from found_at(d, "ASEQ", twice, reason="the subject has an earlier record with it")
        yield from found_at(d, "ASEQ", (values < 1) | (values != np.floor(values)), reason="it is no count")


@rule(
    "ADN114",
    "warning",
    "Analysis record twice",
    "Two records that differ in nothing but ASEQ are the same observation, or lack what tells them apart.",
    "Find out why the record is there twice; else submit what tells the records apart.",
    "an earlier record is the same but for ASEQ",
    "ADaMIG 1.3, 3.3.1",
)
def check_duplicates(package: Package) -> Iterator[Found]:
    """No two records are equal in everything but ASEQ."""
    for d in package.datasets:
        names = [n for n in variables_of(d) if n != "ASEQ"]
        if names and d.records:
            yield from found_at(d, names[0], twins([column(d, n) for n in names]))
