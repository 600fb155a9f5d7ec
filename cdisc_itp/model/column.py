"""A column is a pandas Categorical: its distinct values, and for each record which of them (-1: no value).

All work is done on the distinct values; a text column has ``str`` categories, a numeric one ``float64``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Column: TypeAlias = "pd.Categorical[Any]"
Codes: TypeAlias = npt.NDArray[np.int32]
Mask: TypeAlias = npt.NDArray[np.bool_]
Rows: TypeAlias = npt.NDArray[np.int64]

CHECKED = 10_000


TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


def text_column(codes: npt.ArrayLike, values: Iterable[str] | pa.Array | pd.Index) -> Column:
    """Column of text from codes (n,) into distinct values; -1 is no value.

    Those of an Arrow array, which come from a dictionary, are taken to be distinct; others are checked.

    >>> list(text_column([0, -1, 0], ["Y"]))
    ['Y', nan, 'Y']
    """
    if isinstance(values, pd.Index):
        return _column(codes, values)
    if isinstance(values, pa.Array):
        return _column(codes, text_index(values), known=True)
    texts = list(values)
    return _column(codes, text_index(texts), known=len({*texts, None}) > len(texts))


def text_index(values: Iterable[str] | pa.Array) -> pd.Index:
    """Values as an index of dtype ``str``: four times as fast from Arrow as by way of Python's strings."""
    array = values if isinstance(values, pa.Array) else pa.array(list(values), pa.large_string())
    return _index(pd.arrays.ArrowStringArray(array, dtype=TEXT))  # type: ignore[call-arg]


def number_column(codes: npt.ArrayLike, values: npt.ArrayLike) -> Column:
    """Column of numbers from codes (n,) into distinct values (k,), none of them NaN.

    >>> list(number_column([1, 0, -1], [2.0, 0.5]))
    [0.5, 2.0, nan]
    """
    array = np.asarray(values, dtype=np.float64)
    ordered = np.sort(array[:CHECKED])  # A NaN comes last, and is greater than nothing.
    return _column(codes, pd.Index(array), known=bool(len(array) > 1 and (ordered[1:] > ordered[:-1]).all()))


def _column(codes: npt.ArrayLike, index: pd.Index, known: bool = False) -> Column:
    small = np.asarray(codes).astype(np.int32, copy=False)
    return pd.Categorical.from_codes(small, dtype=_unchecked(index) if known else _categories(index), validate=False)


# What pandas itself makes these with, known to be right; where a version lacks it, all values are checked.
_index = getattr(pd.Index, "_simple_new", pd.Index)
_unchecked = getattr(pd.CategoricalDtype, "_from_fastpath", pd.CategoricalDtype)


def _categories(index: pd.Index) -> pd.CategoricalDtype:
    """The dtype of values, which pandas checks. Long ones, which only come from kernels that find distinct values, are
    not checked: pandas would make a Python string and a hash entry of each value, and keep them. One value is distinct.
    """
    known = len(index) >= CHECKED or len(index) == 0 or (len(index) == 1 and not index.hasnans)
    made: pd.CategoricalDtype = _unchecked(index) if known else pd.CategoricalDtype(index)
    return made


def collect_text(values: Sequence[str | None]) -> Column:
    """Column of one text (or None) a record, in order of first appearance.

    >>> collect_text(["b", None, "b", "a"]).categories.tolist()
    ['b', 'a']
    """
    encoded = pa.array(values, pa.large_string(), from_pandas=True).dictionary_encode()
    codes = encoded.indices.fill_null(-1) if encoded.null_count else encoded.indices
    return text_column(np.asarray(codes), encoded.dictionary)


def collect_numbers(values: npt.ArrayLike) -> Column:
    """Column of one number a record; NaN is no value.

    >>> collect_numbers([1.0, float("nan"), 1.0]).categories.tolist()
    [1.0]
    """
    codes, distinct = pd.factorize(np.asarray(values, dtype=np.float64), use_na_sentinel=True)
    return number_column(codes, distinct)


def constant(value: str | float, n: int) -> Column:
    """The same value in each of n records."""
    codes = np.zeros(n, np.int32)
    return text_column(codes, [value]) if isinstance(value, str) else number_column(codes, [value])


def empty_column(n: int, numeric: bool = False) -> Column:
    """n records without a value."""
    return _recoded(_NO_NUMBER if numeric else _NO_TEXT, np.full(n, -1, np.int32))


def is_numeric(column: Column) -> bool:
    """Whether the column holds numbers."""
    return column.categories.dtype.kind in "fiubc"


def codes_of(column: Column) -> Codes:
    """Codes (n,) as int32, -1 where there is no value."""
    return np.asarray(column.codes).astype(np.int32, copy=False)


def values_of(column: Column) -> npt.NDArray[Any]:
    """Distinct values (k,) as an object array (text) or a float64 array (numbers)."""
    return column.categories.to_numpy(dtype=np.float64 if is_numeric(column) else object)


def arrow_values(column: Column) -> pa.Array:
    """Distinct values (k,) as an Arrow array of text or of numbers; text is not copied."""
    return pa.array(column.categories, pa.float64() if is_numeric(column) else pa.large_string())


def decoded(column: Column, missing: Any = None) -> npt.NDArray[Any]:
    """One Python value a record (n,), ``missing`` where there is none."""
    values = values_of(column)
    table = np.empty(len(values) + 1, dtype=object)
    table[:-1] = values
    table[-1] = missing
    return table[codes_of(column)]


def numbers(column: Column) -> npt.NDArray[np.float64]:
    """One float a record (n,), NaN where there is none; the column must be numeric."""
    return np.append(values_of(column).astype(np.float64), np.nan)[codes_of(column)]


def present(column: Column) -> Mask:
    """Which records have a value (n,)."""
    return np.asarray(column.codes) >= 0


def spread(table: npt.NDArray[Any], column: Column, missing: Any) -> npt.NDArray[Any]:
    """One entry a record (n,) from one entry a distinct value (k,)."""
    return np.append(table, np.asarray([missing], dtype=table.dtype))[codes_of(column)]


def take(column: Column, rows: npt.NDArray[np.integer[Any]]) -> Column:
    """The records at ``rows``; -1 gives a record without a value."""
    return _recoded(column, np.append(codes_of(column), np.int32(-1))[rows])


def blanked(column: Column, mask: Mask) -> Column:
    """The column without the values at ``mask`` (n,)."""
    return _recoded(column, np.where(mask, np.int32(-1), codes_of(column)))


def used(column: Column) -> Mask:
    """Which distinct values occur in a record (k,)."""
    seen = np.zeros(len(column.categories) + 1, bool)
    seen[codes_of(column)] = True
    return seen[:-1]


def recoded(column: Column, outputs: Column) -> Column:
    """The column whose value for distinct value i is record i of ``outputs`` (k,)."""
    return _recoded(outputs, np.append(codes_of(outputs), np.int32(-1))[codes_of(column)])


def _recoded(column: Column, codes: Codes) -> Column:
    """Other codes into the same distinct values, which are known to be distinct."""
    return pd.Categorical.from_codes(codes, dtype=column.dtype, validate=False)


_NO_TEXT, _NO_NUMBER = text_column([], []), number_column([], [])


def ranks(column: Column) -> tuple[Codes, int]:
    """Rank of each record's value (n,), 0 where there is none, and the number of ranks.

    >>> ranks(collect_text(["b", None, "a"]))[0].tolist()
    [2, 0, 1]
    """
    values = column.categories
    order = values.argsort()
    rank = np.zeros(len(values) + 1, np.int32)
    rank[order] = np.arange(1, len(values) + 1, dtype=np.int32)
    return rank[codes_of(column)], len(values) + 1


def joined(parts: Sequence[Column]) -> Column:
    """The records of several columns one after another; distinct values are merged."""
    if len(parts) == 1:
        return parts[0]
    filled = [p for p in parts if len(p.categories)]
    numeric = any(is_numeric(p) for p in filled)
    if not filled:
        return empty_column(sum(map(len, parts)), any(is_numeric(p) for p in parts))
    if all(p.categories is filled[0].categories for p in filled):
        return _recoded(filled[0], np.concatenate([codes_of(p) for p in parts]))
    codes, distinct = _merged(filled, numeric)
    offsets = np.cumsum([0, *(len(p.categories) for p in filled)])
    tables = {id(p): np.append(codes[a:b], -1) for p, a, b in zip(filled, offsets, offsets[1:], strict=False)}
    out = [tables[id(p)][codes_of(p)] if id(p) in tables else codes_of(p) for p in parts]
    return _column(np.concatenate(out), distinct, known=True)


def _merged(columns: Sequence[Column], numeric: bool) -> tuple[Codes, pd.Index]:
    """The distinct values of several columns in order of first appearance, and for each value of each its code."""
    if numeric:
        codes, numbers = pd.factorize(np.concatenate([c.categories.to_numpy(dtype=np.float64) for c in columns]))
        return codes.astype(np.int32), pd.Index(numbers)
    every = pa.concat_arrays([pa.array(c.categories, pa.large_string()) for c in columns]).dictionary_encode()
    return np.asarray(every.indices), text_index(every.dictionary)


def distinct_tuples(columns: Sequence[Column]) -> tuple[Codes, list[Codes]]:
    """Code of each record's tuple (n,), and for each column the codes of the distinct tuples (k,).

    The number of the distinct tuples is ``len(parts[0])``; tuples are numbered in no meaningful order.
    """
    codes, sizes = [codes_of(c) for c in columns], [len(c.categories) + 1 for c in columns]
    key = codes[0].astype(np.int64) + 1
    for c, size in zip(codes[1:], sizes[1:], strict=True):
        if int(key.max(initial=0) + 1) * size >= 2**62:
            key = pd.factorize(key)[0].astype(np.int64)
        key = key * size + c + 1
    group, first = _numbered(key)
    return group, [c[first] for c in codes]


def _numbered(key: npt.NDArray[np.int64]) -> tuple[Codes, Rows]:
    """Dense number of each key (n,) and the first record of each number (k,)."""
    span = int(key.max(initial=0)) + 1
    if span <= min(8_000_000, 8 * len(key) + 1_000):
        first = np.full(span, -1, np.int64)
        first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
        seen = np.flatnonzero(first >= 0)
        number = np.empty(span, np.int32)
        number[seen] = np.arange(len(seen), dtype=np.int32)
        return number[key], first[seen]
    group, distinct = pd.factorize(key)
    first = np.full(len(distinct), -1, np.int64)
    first[group[::-1]] = np.arange(len(key) - 1, -1, -1)
    return group.astype(np.int32), first
