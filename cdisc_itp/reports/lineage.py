"""Lineage: which raw rows, form rows and records of other datasets stand behind each record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..model.lineage import Fate, Links, Places, TablePlace, Yielded
from .arrow import coded, write_parquet

_TEXT = pa.dictionary(pa.int32(), pa.string())
_NUMBERS = ("record", "origin_row", "row", "yields_to")
_OF_RAW = ("source", "file", "sheet", "row", "column")
COLUMNS = ("dataset", "record", "variable", "origin", "origin_row", *_OF_RAW, "fate", "yields_to")
SCHEMA = pa.schema([(c, pa.int64() if c in _NUMBERS else _TEXT) for c in COLUMNS])


@dataclass(frozen=True)
class FormYields:
    """Rows of a form that yield to others of it, and the fate (k,) of each."""

    form: str
    yielded: Yielded
    fates: npt.NDArray[np.int8]


def write_lineage(
    path: Path,
    links: Iterable[Links],
    places: Mapping[str, Places],
    tables: list[TablePlace],
    column_names: list[str],
    yielded: Iterable[FormYields] = (),
) -> None:
    """One row a link, then one a form row that yields to another (``yields_to`` in a source file).

    Columns: dataset, record (from 1), variable (null: the record itself), origin (a form, a dataset, or a file of
    the spec), origin_row (form row, record or line, from 1), source, file, sheet, row, column (null but for a form),
    fate, yields_to. The last two are null but for a row that yields: what became of it, as the ledger says it, and
    the origin_row of the row that won. Such a row has no dataset and no record; those of the row that won are found
    by origin and yields_to, unless that one yields in its turn.

    Sorted by dataset, variable, origin, record and origin_row, so that the file does not tell how the work was cut.
    """
    linked = (_table(i, places.get(i.origin), tables, column_names) for i in _together(links))
    by_form = sorted(yielded, key=lambda y: y.form)
    write_parquet(path, SCHEMA, (*linked, *(_yields(y, places[y.form], tables, column_names) for y in by_form)))


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
        **_raw_columns(at, tables, column_names),
        "fate": coded(none, [""]),
        "yields_to": pa.nulls(n, pa.int64()),
    }
    return pa.table(columns, schema=SCHEMA)


def _yields(rows: FormYields, places: Places, tables: list[TablePlace], column_names: list[str]) -> pa.Table:
    order = np.argsort(rows.yielded.rows)
    row, to = rows.yielded.rows[order], rows.yielded.to[order]
    n = len(row)
    none = np.full(n, -1, np.int32)
    columns = {
        "dataset": coded(none, [""]),
        "record": pa.nulls(n, pa.int64()),
        "variable": coded(none, [""]),
        "origin": coded(np.zeros(n, np.int32), [rows.form]),
        "origin_row": pa.array(row + 1),
        **_raw_columns(places.take(row), tables, column_names),
        "fate": coded(rows.fates[order], [f.words for f in Fate]),
        "yields_to": pa.array(to + 1),
    }
    return pa.table(columns, schema=SCHEMA)


def _raw_columns(at: Places, tables: list[TablePlace], column_names: list[str]) -> dict[str, pa.Array]:
    """Where form rows come from; all null where they come from no raw table."""
    outside = at.table < 0
    return {
        "source": coded(at.table, [t.source for t in tables]),
        "file": coded(at.table, [t.file for t in tables]),
        "sheet": coded(at.table, [t.sheet or "" for t in tables]),
        "row": pa.array(at.row, mask=outside) if outside.any() else pa.array(at.row),
        "column": coded(at.column, column_names),
    }
