"""Analysis datasets as rules ask for them: their structures, their subjects' records in ADSL, their source records."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..model.column import Codes, Column, Mask, codes_of, is_numeric, joined, numbers, present, take
from ..standards.classes import ADSL, BDS, OCCDS
from .columns import are_same, column, group_numbers, has, is_value, pairs
from .package import DatasetFile, Package, once_a_package
from .registry import NotApplicableError

Numbers = npt.NDArray[np.float64]
# Subject and treatment, visit, sequence, end of a name that is the same in SDTM.
_SEQUENCE = re.compile(r"[A-Z][A-Z0-9]SEQ")


def needed_adsl(package: Package, *names: str) -> DatasetFile:
    """ADSL; NotApplicableError where it, or one of its variables, is not there."""
    d = package.by_name.get("ADSL")
    if d is None or not has(d, "USUBJID", *names):
        raise NotApplicableError("no dataset ADSL" if d is None else f"ADSL has no {' and '.join(names)}")
    return d


def needed_source(package: Package, name: str = "", *names: str) -> Package:
    """The tabulation package beside, with that dataset; NotApplicableError where it is not there."""
    if package.source is None:
        raise NotApplicableError("no tabulation datasets are beside the analysis datasets")
    if name and (name not in package.source.by_name or not has(package.source.by_name[name], *names)):
        raise NotApplicableError(f"the tabulation datasets have no {' and '.join((name, *names))}")
    return package.source


def structure_of(package: Package, d: DatasetFile) -> str:
    """The class that define.xml gives, else the one that the variables show, "" where they show none."""
    groups = package.define.item_groups if package.define else ()
    stated = next((g.class_name or "" for g in groups if g.name == d.name), "")
    if stated:
        return stated
    if d.name == "ADSL":
        return ADSL
    if has(d, "PARAMCD") and (has(d, "AVAL") or has(d, "AVALC")):
        return BDS
    return OCCDS if any(_SEQUENCE.fullmatch(v.name) for v in d.variables) and has(d, "USUBJID") else ""


def datasets_of(package: Package, structure: str, *names: str) -> Iterator[DatasetFile]:
    """The datasets of a structure that have all these variables; NotApplicableError where none has."""
    found = [d for d in package.datasets if structure_of(package, d) == structure and has_all(d, *names)]
    if not found:
        raise NotApplicableError(f"no dataset of {structure} has {' and '.join(names) or 'records'}")
    yield from found


def parameters_of(package: Package, *names: str) -> Iterator[DatasetFile]:
    """The datasets with parameters that have all these variables too; NotApplicableError where none has."""
    found = [d for d in package.datasets if has_all(d, "PARAMCD", *names)]
    if not found:
        raise NotApplicableError(f"no dataset has {' and '.join(('PARAMCD', *names))}")
    yield from found


def analysed(package: Package, *names: str) -> Iterator[DatasetFile]:
    """The datasets that have all these variables, by their very names; NotApplicableError where none has."""
    found = [d for d in package.datasets if has_all(d, *names)]
    if not found:
        raise NotApplicableError(f"no dataset has {' and '.join(names)}")
    yield from found


def has_all(d: DatasetFile, *names: str) -> bool:
    """Whether the dataset has all these variables."""
    return all(n in d.columns for n in names)


def named_like(package: Package, pattern: str) -> Iterator[tuple[DatasetFile, str, re.Match[str]]]:
    """Variables whose names a pattern fits as a whole; NotApplicableError where none does."""
    known = re.compile(pattern)
    found = [(d, v.name, m) for d in package.datasets for v in d.variables if (m := known.fullmatch(v.name))]
    if not found:
        raise NotApplicableError(f"no variable is named {pattern}")
    yield from found


def twins_of(package: Package, pattern: str, twin: str) -> Iterator[tuple[DatasetFile, str, str]]:
    """Variables that a pattern fits, with the one that ``twin`` (a template of the match) names beside them."""
    known = re.compile(pattern)
    found = []
    for d in package.datasets:
        for v in d.variables:
            m = known.fullmatch(v.name)
            if m and m.expand(twin) in d.columns and m.expand(twin) != v.name:
                found.append((d, v.name, m.expand(twin)))
    if not found:
        raise NotApplicableError(f"no variable {pattern} has a {twin} beside it")
    yield from found


def figures(d: DatasetFile, name: str) -> Numbers:
    """The numbers (n,) of a variable, NaN where there is none, and for text and for a variable that is not there."""
    cells = column(d, name)
    return numbers(cells) if is_numeric(cells) else np.full(len(cells), np.nan)


def filled(d: DatasetFile, name: str) -> Mask:
    """Which records (n,) have a value."""
    return present(column(d, name))


def is_flagged(d: DatasetFile, name: str) -> Mask:
    """Which records (n,) have Y."""
    return is_value(d, name, "Y")


def rows_of(keys: list[Column], known: list[Column]) -> npt.NDArray[np.int64]:
    """The first record of ``known`` with the keys of each record (n,), -1 where none has them or a key is missing."""
    n = len(keys[0])
    comparable = all(is_numeric(a) == is_numeric(b) for a, b in zip(keys, known, strict=True))
    if not comparable or not len(known[0]):
        return np.full(n, -1, np.int64)
    groups = group_numbers([joined([a, b]) for a, b in zip(keys, known, strict=True)])
    first = np.full(int(groups.max(initial=-1)) + 1, -1, np.int64)
    there = np.logical_and.reduce([present(k) for k in known])
    rows = np.flatnonzero(there)[::-1]
    first[groups[n:][rows]] = rows
    mine = np.logical_and.reduce([present(k) for k in keys])
    return np.where(mine, first[groups[:n]], -1)


@once_a_package
def subject_rows(package: Package, d: DatasetFile) -> npt.NDArray[np.int64]:
    """The row of ADSL (n,) of each record's subject, -1 where ADSL does not have it."""
    return rows_of([column(d, "USUBJID")], [column(needed_adsl(package), "USUBJID")])


def of_subject(package: Package, d: DatasetFile, name: str) -> Column:
    """ADSL's value (n,) for each record's subject; the dataset's own where ADSL has no such variable."""
    adsl = needed_adsl(package)
    return take(column(adsl, name), subject_rows(package, d)) if has_all(adsl, name) else column(d, name)


def subject_days(package: Package, d: DatasetFile, name: str) -> Numbers:
    """ADSL's date (n,) for each record's subject, NaN where there is none."""
    cells = of_subject(package, d, name)
    return numbers(cells) if is_numeric(cells) else np.full(len(cells), np.nan)


def differ(a: Column, b: Column) -> Mask:
    """Which records (n,) have different values, a value and none among them."""
    n = len(a)
    if is_numeric(a) != is_numeric(b) and len(a.categories) and len(b.categories):
        return np.asarray(present(a) | present(b), bool)
    if not n or are_same(a, b):
        return np.zeros(n, bool)
    codes = codes_of(joined([a, b]))
    return np.asarray(codes[:n] != codes[n:], bool)


def changes_within(groups: Codes, cells: Column) -> Mask:
    """Which records (n,) have a value other than the first one of their group; records without a value do not count."""
    codes = codes_of(cells)
    there = np.flatnonzero(codes >= 0)[::-1]
    first = np.full(int(groups.max(initial=-1)) + 1, -1, np.int64)
    first[groups[there]] = codes[there]
    return np.asarray((codes >= 0) & (codes != first[groups]), bool)


def several_for(a: Column, b: Column, within: list[Column] | None = None) -> Mask:
    """Which records (n,) show that a value of ``a`` has a second value of ``b``: those of the second one."""
    groups = group_numbers([*(within or []), a])
    return np.asarray(changes_within(groups, b) & present(a), bool)


def close(value: Numbers, expected: Numbers, rounded: bool = False) -> Mask:
    """Whether values are the expected ones, but for the last bits; ``rounded``: to as many decimals as they show."""
    allowed = 1e-9 * np.maximum(1.0, np.maximum(np.abs(value), np.abs(expected)))
    if rounded:
        with np.errstate(invalid="ignore"):
            for places in (1, 2, 3, 4, 5, 6):
                shown = np.abs(value * 10.0**places - np.round(value * 10.0**places)) < 1e-6
                allowed = np.where(shown & (allowed < 0.51 * 10.0**-places), 0.51 * 10.0**-places, allowed)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(value - expected) <= allowed, bool)


def extremes(groups: Codes, values: Numbers) -> tuple[Numbers, Numbers]:
    """Lowest and highest value of each group (k,), inf and -inf where it has none."""
    size = int(groups.max(initial=-1)) + 1
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    there = ~np.isnan(values)
    np.minimum.at(low, groups[there], values[there])
    np.maximum.at(high, groups[there], values[there])
    return low, high


def source_of(package: Package, name: str) -> DatasetFile | None:
    """A dataset by name among the analysis datasets, else among the tabulation datasets."""
    beside = package.source.by_name if package.source else {}
    return package.by_name.get(name, beside.get(name))


def sources_by_sequence(package: Package) -> Iterator[tuple[DatasetFile, DatasetFile, str]]:
    """Analysis datasets that keep --SEQ, with the tabulation dataset that it is of, and its name (AESEQ).

    A dataset that keeps the --SEQ of several domains names none. NotApplicableError where there is none.
    """
    source = needed_source(package)
    found = []
    for d in package.datasets:
        names = [v.name for v in d.variables if _SEQUENCE.fullmatch(v.name)]
        names = [n for n in names if n[:2] in source.by_name and has_all(source.by_name[n[:2]], n, "USUBJID")]
        if len(names) == 1 and has_all(d, "USUBJID"):
            found.append((d, source.by_name[names[0][:2]], names[0]))
    if not found:
        raise NotApplicableError("no dataset keeps the --SEQ of a tabulation dataset")
    yield from found


def source_rows(d: DatasetFile, of: DatasetFile, sequence: str) -> npt.NDArray[np.int64]:
    """The record of the tabulation dataset (n,) that each record's subject and --SEQ name, -1 where none."""
    keys = [column(d, "USUBJID"), column(d, sequence)]
    return rows_of(keys, [column(of, "USUBJID"), column(of, sequence)])


def repeated_in(d: DatasetFile, names: list[str], counts: Mask) -> Mask:
    """Which records (n,) of those that count have the values of an earlier one that counts."""
    groups = group_numbers([column(d, n) for n in names])
    groups = np.where(counts, groups, -1 - np.arange(len(groups)))
    return np.asarray(pd.Series(groups).duplicated().to_numpy() & counts, bool)


def distinct_pairs(d: DatasetFile, a: str, b: str) -> int:
    """How many distinct pairs of values two variables have."""
    return len(pairs(column(d, a), column(d, b))[0])


def variables_of(d: DatasetFile) -> list[str]:
    """The names of a dataset's variables that are columns of its frame."""
    return list(d.columns)
