"""issues.csv, the work list, and issues.parquet, every occurrence."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..model.column import Column, codes_of, collect_text, constant, empty_column, joined, ranks, text_column, values_of
from ..model.lineage import Occurrences, Places, TablePlace
from .arrow import as_text, coded, write_parquet
from .issues import COLUMNS, Issue, message_of, place_in_spec

OCCURRENCE = (
    *("code", "dataset", "variable", "value", "subject", "source"),
    *("file", "sheet", "row", "column", "spec", "message"),
)
_ORDER = ("code", "dataset", "variable", "file", "sheet", "row", "column", "value", "subject", "spec", "message")
_SCHEMA = pa.schema([(c, pa.int64() if c == "row" else pa.dictionary(pa.int32(), pa.string())) for c in OCCURRENCE])


def write_issues_csv(path: Path, issues: Iterable[Issue]) -> None:
    """issues.csv: one line a group."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(i.cells() for i in issues)


def write_issues_parquet(
    path: Path,
    occurrences: Sequence[Occurrences],
    tables: list[TablePlace],
    column_names: list[str],
    others: Sequence[Issue] = (),
) -> None:
    """issues.parquet: every occurrence with its value and place, in an order that does not tell how work was cut.

    ``others`` are issues that are no trouble of raw rows, one for each occurrence: what the judges found, conditions
    that never held, and lines of accepted.csv.
    """
    parts = [_table(occurrences, tables, column_names)] if occurrences else []
    write_parquet(path, _SCHEMA, [*parts, *([_table_of(others)] if others else [])])


def _table_of(issues: Sequence[Issue]) -> pa.Table:
    """Issues of one occurrence each, in their order."""
    cells = {c: [getattr(i, c, "") for i in issues] for c in OCCURRENCE}
    arrays = {c: pa.array(v) if c == "row" else pa.array(v, pa.string()).dictionary_encode() for c, v in cells.items()}
    return pa.table({c: a.cast(_SCHEMA.field(c).type) for c, a in arrays.items()}, schema=_SCHEMA)


def _table(occurrences: Sequence[Occurrences], tables: list[TablePlace], column_names: list[str]) -> pa.Table:
    places = Places.join([o.places for o in occurrences])
    columns: dict[str, Column] = {
        "code": _said([o.code for o in occurrences], occurrences),
        "spec": _said([place_in_spec(*o.line) for o in occurrences], occurrences),
        "message": _said([message_of(o) for o in occurrences], occurrences),
        "dataset": _said([o.dataset for o in occurrences], occurrences),
        "variable": _said([o.variable for o in occurrences], occurrences),
        "value": joined([as_text(o.value) for o in occurrences]),
        "subject": joined([empty_column(len(o.places)) if o.subject is None else o.subject for o in occurrences]),
        "source": _of_table(places, [t.source for t in tables]),
        "file": _of_table(places, [t.file for t in tables]),
        "sheet": _of_table(places, [t.sheet or "" for t in tables]),
        "column": joined([_raw_column(o, column_names) for o in occurrences]),
    }
    keys = [places.row if c == "row" else ranks(columns[c])[0] for c in reversed(_ORDER)]
    order = np.lexsort(keys)
    arrays = {c: pa.array(places.row[order]) if c == "row" else _in_order(columns[c], order) for c in OCCURRENCE}
    return pa.table(arrays, schema=_SCHEMA)


def _in_order(column: Column, order: npt.NDArray[np.int64]) -> pa.DictionaryArray:
    """The rows in an order, their distinct values sorted."""
    rank = ranks(column)[0][order]
    seen, codes = np.unique(rank, return_inverse=True)
    values = np.sort(values_of(column))[seen[seen > 0] - 1]
    return coded(codes - int((seen == 0).any()), values.tolist())


def _said(texts: list[str], occurrences: Sequence[Occurrences]) -> Column:
    """One text for all occurrences of a kind."""
    each = collect_text(list(texts))
    return text_column(np.repeat(codes_of(each), [len(o.places) for o in occurrences]), each.categories)


def _of_table(places: Places, texts: list[str]) -> Column:
    """What is said of the raw table of each place; nothing of a place in none."""
    each = collect_text(list(texts))
    return text_column(np.append(codes_of(each), -1)[places.table], each.categories)


def _raw_column(o: Occurrences, column_names: list[str]) -> Column:
    """The unpivoted column of each occurrence, or the one that all of them name."""
    if not len(o.places) or not (o.places.column >= 0).any():
        return constant(o.column, len(o.places))
    names = collect_text([*column_names, o.column])
    return text_column(codes_of(names)[o.places.column], names.categories)
