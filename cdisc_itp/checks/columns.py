"""Columns of a package by their general names (--DTC), and what rules commonly ask of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Codes, Column, Mask, Rows, codes_of, empty_column, is_numeric, values_of
from ..model.define import DefineDocument
from ..model.kept import once
from ..standards.classes import FINDINGS, FINDINGS_ABOUT
from ..standards.guide import Guide
from ..standards.terminology import Terminology
from .package import DatasetFile, Package, domain_of
from .registry import NotApplicableError, show

FEW = 200
"""Distinct values that are as soon looked at one by one as all at once."""
TOGETHER = 10_000
"""Distinct values of a column up to which it is looked at together with others."""


def column(d: DatasetFile, name: str) -> Column:
    """The column of a variable; one without a value where the dataset has no such variable."""
    found = d.columns.get(name)
    return empty_column(d.records) if found is None else found


def named(d: DatasetFile, general: str) -> str:
    """The name of a general variable in this dataset: AESEQ for --SEQ; others as they are."""
    return domain_of(d) + general[2:] if general.startswith("--") else general


def has(d: DatasetFile, *names: str) -> bool:
    """Whether the dataset has all these variables, by name or general name."""
    return all(named(d, n) in d.columns for n in names)


def datasets_with(package: Package, *names: str) -> Iterator[DatasetFile]:
    """The datasets that have all these variables; NotApplicableError where none has."""
    found = [d for d in package.datasets if has(d, *names)]
    if not found:
        raise NotApplicableError(f"no dataset has {' and '.join(names)}")
    yield from found


def findings_with(package: Package, *names: str) -> Iterator[DatasetFile]:
    """The Findings datasets that have all these variables; NotApplicableError where none has."""
    datasets = [d for d in package.datasets if has(d, "--TESTCD", *names)]
    found = [d for d in datasets if _is_findings(package, d)]
    if not found:
        raise NotApplicableError(f"no Findings dataset has {' and '.join(names) or '--TESTCD'}")
    yield from found


def _is_findings(package: Package, d: DatasetFile) -> bool:
    guided = package.guide_dataset(d)
    return guided is None or guided.class_name in (FINDINGS, FINDINGS_ABOUT)


def needed_dataset(package: Package, name: str, *variables: str) -> DatasetFile:
    """The dataset of that name; NotApplicableError where it, or one of the variables, is not there."""
    d = package.by_name.get(name)
    if d is None or not has(d, *variables):
        raise NotApplicableError(f"no dataset {name}" if d is None else f"{name} has no {' and '.join(variables)}")
    return d


def needed_guide(package: Package) -> Guide:
    """The implementation guide; NotApplicableError where none is given."""
    if package.guide is None:
        raise NotApplicableError("no implementation guide is given")
    return package.guide


def needed_terminology(package: Package) -> Terminology:
    """The terminology release; NotApplicableError where none is given."""
    if package.terminology is None:
        raise NotApplicableError("no terminology release is given")
    return package.terminology


def needed_define(package: Package) -> DefineDocument:
    """The define.xml; NotApplicableError where there is none."""
    if package.define is None:
        raise NotApplicableError("no define.xml")
    return package.define


def in_records(flags: npt.NDArray[Any], codes: Codes) -> Mask:
    """Which records (n,) have a distinct value that is flagged (k,); none where there is no value."""
    if not flags.any():
        return np.zeros(len(codes), bool)
    table = np.zeros(len(flags) + 1, bool)
    table[:-1] = flags
    return table[codes]


def are_same(a: Column, b: Column) -> bool:
    """Whether all cells are equal: each value stands where one equal value of the other column does."""
    if is_numeric(a) != is_numeric(b):
        return False
    left, right = codes_of(a), codes_of(b)
    table = np.full(len(a.categories) + 1, -2, np.int32)  # -2: no record has the value; the last entry: none.
    table[left] = right
    if table[-1] >= 0 or (table[:-1] == -1).any() or not np.array_equal(table[left], right):
        return False
    here = np.flatnonzero(table >= 0)
    if is_numeric(a):
        return bool((values_of(a)[here] == values_of(b)[table[here]]).all())
    values, others = (pa.array(c.categories, pa.large_string()) for c in (a, b))
    return bool(values.take(pa.array(here)).equals(others.take(pa.array(table[here]))))


def is_value(d: DatasetFile, name: str, *values: str) -> Mask:
    """Which records (n,) have one of these texts."""
    found = column(d, name)
    return in_records(are_among(found, values), codes_of(found))


def are_among(found: Column, wanted: Collection[str]) -> npt.NDArray[np.bool_]:
    """Which distinct values (k,) are one of these texts."""
    if len(found.categories) <= FEW:  # A call of Arrow takes as long as a look at some hundred texts.
        return np.array([text in wanted for text in _few_texts(found)], bool)
    return np.array(pc.is_in(arrow_texts(found), pa.array([*wanted], pa.large_string())), bool)


@once
def _few_texts(found: Column) -> list[str]:
    texts: list[str] = arrow_texts(found).to_pylist()
    return texts


def texts(found: Column) -> npt.NDArray[np.object_]:
    """The distinct values (k,) as text, numbers as a person writes them."""
    out: npt.NDArray[np.object_] = arrow_texts(found).to_numpy(zero_copy_only=False)
    return out


@once
def arrow_texts(found: Column) -> Any:
    """The distinct values (k,) as Arrow text, numbers as a person writes them.

    Arrow itself writes numbers as ``show`` does but for those that one of them gives an exponent.
    """
    if not is_numeric(found):
        return pa.array(found.categories, pa.large_string())
    values = values_of(found)
    size = np.abs(values)
    other = ~((size >= 1e-4) & (size < 1e10)) & (size != 0)
    array = pc.cast(pa.array(values), pa.large_string())
    if not other.any():
        return array
    return pc.replace_with_mask(array, pa.array(other), pa.array([show(float(v)) for v in values[other]], array.type))


@once
def text_lengths(found: Column) -> npt.NDArray[np.int64]:
    """Characters of each distinct value (k,) as ``texts`` gives it."""
    return np.array(pc.utf8_length(arrow_texts(found)), np.int64)


@once
def byte_lengths(found: Column, encoding: str) -> npt.NDArray[np.int64]:
    """Bytes of each distinct text (k,) in the encoding; text that it does not have counts in UTF-8."""
    array = arrow_texts(found)
    sizes = np.array(pc.binary_length(array), np.int64)
    if encoding.lower() in ("ascii", "utf-8"):
        return sizes
    for i in np.flatnonzero(~np.array(pc.string_is_ascii(array), bool)):
        sizes[i] = _size(array[int(i)].as_py(), encoding)
    return sizes


def _size(text: str, encoding: str) -> int:
    try:
        return len(text.encode(encoding))
    except UnicodeEncodeError:
        return len(text.encode())


@once
def matches(found: Column, pattern: str) -> npt.NDArray[np.bool_]:
    """Which distinct texts (k,) the pattern (RE2) fits as a whole."""
    return np.array(pc.match_substring_regex(arrow_texts(found), f"^(?:{pattern})$"), bool)


def are_matched(columns: Sequence[Column], pattern: str) -> list[bool]:
    """Of which text columns the pattern (RE2) fits a distinct value as a whole.

    The values of all of them are looked at first: mostly it fits none.
    """
    few = [arrow_texts(c) for c in columns if len(c.categories) <= TOGETHER]
    whole = pa.concat_arrays(few) if few else pa.array([], pa.large_string())
    some = pc.any(pc.match_substring_regex(whole, f"^(?:{pattern})$")).as_py()
    return [bool((some or len(c.categories) > TOGETHER) and matches(c, pattern).any()) for c in columns]


def first_rows(groups: Codes) -> Rows:
    """The first record (k,) of each group, given as numbers from 0 (n,)."""
    first = np.zeros(int(groups.max(initial=-1)) + 1, np.int64)
    first[groups[::-1]] = np.arange(len(groups) - 1, -1, -1)
    return first


def group_numbers(columns: list[Column]) -> Codes:
    """A number for each record's tuple of values (n,), equal for equal tuples."""
    from ..model.column import distinct_tuples

    return distinct_tuples(columns)[0]


def pairs(a: Column, b: Column) -> tuple[Codes, Codes, npt.NDArray[np.int64]]:
    """The distinct pairs of codes (m,) in which both have a value, and the first record (m,) of each."""
    left, right = codes_of(a).astype(np.int64), codes_of(b).astype(np.int64)
    here = np.flatnonzero((left >= 0) & (right >= 0))
    keys = left[here] * (len(b.categories) + 1) + right[here]
    codes, distinct = pd.factorize(keys)
    first = np.zeros(len(distinct), np.int64)
    first[codes[::-1]] = here[::-1]
    order, size = np.argsort(distinct), len(b.categories) + 1
    distinct, first = distinct[order], first[order]
    return (distinct // size).astype(np.int32), (distinct % size).astype(np.int32), first
