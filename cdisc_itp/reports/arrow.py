"""Columns of the reports as Arrow arrays, and how they are written to Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ..model.column import Column, codes_of, is_numeric, text_column

Integers = npt.NDArray[np.integer]


def coded(codes: Integers, values: Sequence[str]) -> pa.DictionaryArray:
    """A dictionary array of codes (n,) into values; equal values share one code, a negative code is null.

    >>> coded(np.array([0, 2, -1]), ["a", "b", "a"]).to_pylist()
    ['a', 'a', None]
    """
    place, distinct = _numbered(tuple(values))
    if len(distinct) < len(place):
        codes = np.where(codes < 0, -1, place[codes])
    small = np.asarray(codes, np.int32)
    missing = small < 0
    index = pa.array(small, mask=missing) if missing.any() else pa.array(small)
    return pa.DictionaryArray.from_arrays(index, distinct)


@lru_cache(maxsize=32)
def _numbered(values: tuple[str, ...]) -> tuple[Integers, pa.Array]:
    """Which distinct value each value (k,) is, and the distinct values. The same names are asked for again and again:
    those of all files and raw columns, for each piece of the lineage.
    """
    distinct = list(dict.fromkeys(values))
    number = {v: i for i, v in enumerate(distinct)}
    return np.array([number[v] for v in values], np.int32), pa.array(distinct or [""], pa.string())


def as_text(column: Column) -> Column:
    """A column as text; numbers as short as they can be, so that none loses a digit.

    >>> from ..model.column import collect_numbers
    >>> list(as_text(collect_numbers([1234567.0, 0.1])))
    ['1234567', '0.1']
    """
    if not is_numeric(column):
        return column
    return text_column(codes_of(column), [repr(v).removesuffix(".0") for v in column.categories.tolist()])


def write_parquet(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write tables one after another.

    Row numbers grow by small steps: as differences they take a twentieth of the space, and less time than zstd.
    """
    numbers = [f.name for f in schema if pa.types.is_integer(f.type)]
    texts = [f.name for f in schema if f.name not in numbers]
    encoding = dict.fromkeys(numbers, "DELTA_BINARY_PACKED")
    with pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=texts, column_encoding=encoding, write_statistics=numbers
    ) as writer:
        for table in tables:
            writer.write_table(table)
