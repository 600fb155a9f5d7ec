"""Lineage: which raw rows, form rows and records of other datasets stand behind each record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..model.lineage import Links, Places, TablePlace
from .ledger import coded


def write_lineage(
    path: Path,
    links: Iterable[Links],
    places: Mapping[str, Places],
    tables: list[TablePlace],
    column_names: list[str],
) -> None:
    """One row a link. Columns: dataset, record (from 1), variable (null: the record itself), origin (a form or a
    dataset), origin_row (form row or record, from 1), source, file, sheet, row, column (null for a dataset).
    """
    parts = [_table(link, places.get(link.origin), tables, column_names) for link in links if len(link.record)]
    schema = _table(Links("", "", _none(), _none()), None, tables, column_names).schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in sorted(parts, key=lambda t: (t["dataset"][0].as_py(), t["variable"][0].as_py() or "")):
            writer.write_table(part)


def _none() -> np.ndarray:  # type: ignore[type-arg]
    return np.empty(0, np.int64)


def _table(link: Links, places: Places | None, tables: list[TablePlace], column_names: list[str]) -> pa.Table:
    order = np.lexsort((link.row, link.record))
    record, row = link.record[order], link.row[order]
    n = len(record)
    zero, none = np.zeros(n, np.int32), np.full(n, -1, np.int32)
    at = places.take(row) if places is not None else Places(none, np.zeros(n, np.int64), none)
    return pa.table(
        {
            "dataset": coded(zero, [link.dataset]),
            "record": pa.array(record + 1),
            "variable": coded(zero if link.variable else none, [link.variable or ""]),
            "origin": coded(zero, [link.origin]),
            "origin_row": pa.array(row + 1),
            "source": coded(at.table, [t.source for t in tables]),
            "file": coded(at.table, [t.file for t in tables]),
            "sheet": coded(at.table, [t.sheet or "" for t in tables]),
            "row": pa.array(at.row, mask=at.table < 0),
            "column": coded(at.column, column_names),
        }
    )
