"""Lineage: which raw rows, form rows and records of other datasets stand behind each record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..model.lineage import Links, Places, TablePlace
from .arrow import coded, write_parquet

_TEXT = pa.dictionary(pa.int32(), pa.string())
_NUMBERS = ("record", "origin_row", "row")
COLUMNS = ("dataset", "record", "variable", "origin", "origin_row", "source", "file", "sheet", "row", "column")
SCHEMA = pa.schema([(c, pa.int64() if c in _NUMBERS else _TEXT) for c in COLUMNS])


def write_lineage(
    path: Path,
    links: Iterable[Links],
    places: Mapping[str, Places],
    tables: list[TablePlace],
    column_names: list[str],
) -> None:
    """One row a link. Columns: dataset, record (from 1), variable (null: the record itself), origin (a form, a
    dataset, or a file of the spec), origin_row (form row, record or line, from 1), source, file, sheet, row, column
    (null but for a form).

    Sorted by dataset, variable, origin, record and origin_row, so that the file does not tell how the work was cut.
    """
    write_parquet(path, SCHEMA, (_table(i, places.get(i.origin), tables, column_names) for i in _together(links)))


def _together(links: Iterable[Links]) -> Iterator[Links]:
    """The links of each dataset, variable and origin, in order."""
    groups: dict[tuple[str, str, str], list[Links]] = {}
    for link in links:
        if len(link.record):
            groups.setdefault((link.dataset, link.variable or "", link.origin), []).append(link)
    for (dataset, variable, origin), parts in sorted(groups.items(), key=lambda item: item[0]):
        record, row = np.concatenate([p.record for p in parts]), np.concatenate([p.row for p in parts])
        if not _is_sorted(record, row):
            order = np.lexsort((row, record))
            record, row = record[order], row[order]
        yield Links(dataset, origin, record, row, variable or None)


def _is_sorted(first: np.ndarray, second: np.ndarray) -> bool:
    step = np.diff(first)
    return bool(((step > 0) | ((step == 0) & (np.diff(second) >= 0))).all())


def _table(link: Links, places: Places | None, tables: list[TablePlace], column_names: list[str]) -> pa.Table:
    n = len(link.record)
    zero, none = np.zeros(n, np.int32), np.full(n, -1, np.int32)
    at = places.take(link.row) if places is not None else Places(none, np.zeros(n, np.int64), none)
    columns = {
        "dataset": coded(zero, [link.dataset]),
        "record": pa.array(link.record + 1),
        "variable": coded(zero if link.variable else none, [link.variable or ""]),
        "origin": coded(zero, [link.origin]),
        "origin_row": pa.array(link.row + 1),
        "source": coded(at.table, [t.source for t in tables]),
        "file": coded(at.table, [t.file for t in tables]),
        "sheet": coded(at.table, [t.sheet or "" for t in tables]),
        "row": pa.array(at.row, mask=at.table < 0) if places is None else pa.array(at.row),
        "column": coded(at.column, column_names),
    }
    return pa.table(columns, schema=SCHEMA)
