"""Lineage: which raw rows, form rows and records of other datasets stand behind each record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

from ..model.lineage import Fate, Links, Places, TablePlace, Yielded
from .arrow import coded, write_parquet

_TEXT = pa.dictionary(pa.int32(), pa.string())
_NUMBERS = ("record", "origin_row", "row", "yields_to")
_OF_RAW = ("source", "file", "sheet", "row", "column")
COLUMNS = ("dataset", "record", "variable", "origin", "origin_row", *_OF_RAW, "fate", "yields_to")
SCHEMA = pa.schema([(c, pa.int64() if c in _NUMBERS else _TEXT) for c in COLUMNS])
BATCH = 2**16
"""Rows from which on a piece of the file is written by itself."""


class FormYields(Struct, frozen=True):
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
    linked = (_table(batch, places, tables, column_names) for batch in _batches(_together(links)))
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


def _batches(links: Iterable[Links]) -> Iterator[list[Links]]:
    """Links that are written at once: to write many small pieces takes longer than to make them."""
    batch, size = list[Links](), 0
    for link in links:
        batch.append(link)
        size += len(link.record)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _table(
    links: list[Links], places: Mapping[str, Places], tables: list[TablePlace], column_names: list[str]
) -> pa.Table:
    piece = np.repeat(np.arange(len(links), dtype=np.int32), [len(i.record) for i in links])
    of_records = np.array([i.variable is None for i in links])
    columns = {
        "dataset": coded(piece, [i.dataset for i in links]),
        "record": pa.array(np.concatenate([i.record for i in links]) + 1),
        "variable": coded(np.where(of_records[piece], -1, piece), [i.variable or "" for i in links]),
        "origin": coded(piece, [i.origin for i in links]),
        "origin_row": pa.array(np.concatenate([i.row for i in links]) + 1),
        **_raw_columns(Places.join([_places(i, places.get(i.origin)) for i in links]), tables, column_names),
        "fate": coded(np.full(len(piece), -1, np.int32), [""]),
        "yields_to": pa.nulls(len(piece), pa.int64()),
    }
    return pa.table(columns, schema=SCHEMA)


def _places(link: Links, places: Places | None) -> Places:
    """Where the rows of the origin come from; nowhere where it is no form."""
    if places is not None:
        return places.take(link.row)
    none = np.full(len(link.record), -1, np.int32)
    return Places(none, np.zeros(len(none), np.int64), none)


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
