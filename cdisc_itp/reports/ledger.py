"""The ledger: every form row and every raw column has one fate, and the counts are those of the readers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct, field

from ..model.lineage import ColumnFate, Fate, Links, Outcome, Places, TablePlace
from .arrow import coded, write_parquet
from .issues import formula_safe

# Of several fates of one form row the first of these counts.
RANK = (Fate.SUBMITTED, Fate.MERGED, Fate.REJECTED, Fate.READ, Fate.LEFT_OUT, Fate.OPEN)
COLUMNS = ("unit", "source", "file", "sheet", "row", "column", "form", "fate", "dataset", "reason", "count")
EMPTY_CELL = "no value in the cell"
ROWS_AT_A_TIME = 1_000_000
# The variables of relationship datasets and comments that link to what their records come from.
MADE_FROM_RECORDS = ("QVAL", "COVAL", "IDVARVAL", "RELTYPE")


class LedgerError(Exception):
    """Counts that do not reconcile: a bug of the converter (exit code 3)."""


class FormRows(Struct, frozen=True):
    """The rows of one form: where they come from, and why a row may stay unread (None: it may not)."""

    places: Places
    unread: str | None


class Ledger(Struct, frozen=True):
    """One entry a form row: its form, place, fate, deciding dataset and reason."""

    forms: tuple[str, ...]
    form: npt.NDArray[np.int32]
    places: Places
    fate: npt.NDArray[np.int8]
    datasets: tuple[str, ...]
    dataset: npt.NDArray[np.int32]
    reasons: tuple[str, ...]
    reason: npt.NDArray[np.int32]

    def fates_of(self, form: str) -> npt.NDArray[np.int8]:
        """The fate of each row of a form, in their order."""
        first, last = np.searchsorted(self.form, [self.forms.index(form), self.forms.index(form) + 1])
        return self.fate[first:last]


class _Names(Struct):
    """Names and their numbers; no name is 0."""

    names: dict[str, int] = field(default_factory=lambda: {"": 0})

    def number(self, name: str) -> int:
        return self.names.setdefault(name, len(self.names))

    def in_order(self, numbers: npt.NDArray[np.int32]) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
        """The names sorted, the empty one first, and numbers (n,) by that order: who came first does not show."""
        names = sorted(self.names)
        place = {name: i for i, name in enumerate(names)}
        return tuple(names), np.array([place[name] for name in self.names], np.int32)[numbers]


def build_ledger(forms: Mapping[str, FormRows], outcomes: Iterable[Outcome]) -> Ledger:
    """The one fate of each form row; of several the first in `RANK`."""
    place = {f: i for i, f in enumerate(RANK)}
    offset, total, names = {}, 0, tuple(forms)
    for name in names:
        offset[name], total = total, total + len(forms[name].places)
    rank = np.full(total, place[Fate.OPEN], np.int8)
    dataset, reason = np.zeros(total, np.int32), np.zeros(total, np.int32)
    datasets, reasons = _Names(), _Names()
    for outcome in outcomes:
        rows, why = outcome.rows + offset[outcome.form], reasons.number(outcome.reason)
        better = rows[rank[rows] > place[outcome.fate]]
        if outcome.fate == Fate.READ:
            left_out = rank[better] == place[Fate.LEFT_OUT]
            reason[better[~left_out]] = why  # a row that is read, but no record, keeps the reason why it is none
        else:
            reason[better] = why
        rank[better], dataset[better] = place[outcome.fate], datasets.number(outcome.dataset)
        if outcome.fate == Fate.LEFT_OUT:
            reason[rows[(rank[rows] == place[Fate.READ]) & (reason[rows] == 0)]] = why
    for name in names:
        unread = forms[name].unread
        if unread is not None:
            rows = np.arange(offset[name], offset[name] + len(forms[name].places))
            still_open = rows[rank[rows] == place[Fate.OPEN]]
            rank[still_open], reason[still_open] = place[Fate.LEFT_OUT], reasons.number(unread)
    fates = np.array([int(f) for f in RANK], np.int8)[rank]
    form = np.repeat(np.arange(len(names), dtype=np.int32), [len(forms[n].places) for n in names])
    places = Places.join([forms[n].places for n in names])
    return Ledger(names, form, places, fates, *datasets.in_order(dataset), *reasons.in_order(reason))


def reconcile(ledger: Ledger, tables: list[TablePlace], expected: Mapping[int, int]) -> None:
    """LedgerError where a row has no fate, or a table's rows are not those that its reader counted.

    ``expected`` is, for each raw table, the reader's rows times the form rows that each of them makes.
    """
    counted = np.bincount(ledger.places.table, minlength=len(tables)) if len(ledger.places) else np.zeros(len(tables))
    wrong = [
        f"{t.file}: {int(counted[i])} form rows, {expected.get(i, 0)} by the reader"
        for i, t in enumerate(tables)
        if int(counted[i]) != expected.get(i, 0)
    ]
    still_open = np.flatnonzero(ledger.fate == int(Fate.OPEN))
    if len(still_open):
        first = still_open[0]
        table = tables[int(ledger.places.table[first])]
        wrong.append(f"{len(still_open)} rows without a fate, first {table.file} row {int(ledger.places.row[first])}")
    if wrong:
        raise LedgerError("the ledger does not reconcile: " + "; ".join(wrong))


def check_records(ledger: Ledger, links: Iterable[Links], records: Mapping[str, int]) -> None:
    """LedgerError where a record comes from no row, or the rows behind records are not those that were submitted.

    ``records`` is the number of records of each dataset. A supplemental record and a comment come from their
    parent record, a record of RELREC from the record that it names, or from a line of the spec where it names a
    dataset.
    """
    starts = dict(zip(ledger.forms, np.searchsorted(ledger.form, np.arange(len(ledger.forms))).tolist(), strict=True))
    behind = np.zeros(len(ledger.form), bool)
    seen = {name: np.zeros(n, bool) for name, n in records.items()}
    for link in links:
        if link.variable is None:
            behind[link.row + starts[link.origin]] = True
        if link.variable in (None, *MADE_FROM_RECORDS):
            seen[link.dataset][link.record] = True
    orphans = [
        f"{name}: record {int(np.flatnonzero(~s)[0]) + 1} comes from no row" for name, s in seen.items() if not s.all()
    ]
    merged = (ledger.fate == int(Fate.MERGED)) & (ledger.dataset > 0)
    wrong = np.flatnonzero(behind != ((ledger.fate == int(Fate.SUBMITTED)) | merged))
    if len(wrong):
        at = int(wrong[0])
        what = "stands behind a record and is not" if behind[at] else "stands behind no record and is"
        form, row = ledger.forms[int(ledger.form[at])], int(ledger.places.row[at])
        orphans.append(f"{len(wrong)} rows, first of {form} row {row}: it {what} submitted")
    if orphans:
        raise LedgerError("the lineage does not reconcile: " + "; ".join(orphans))


def ledger_totals(ledger: Ledger, tables: list[TablePlace]) -> list[tuple[str, ...]]:
    """Counts by source, file, form, fate, dataset and reason, in the columns of `COLUMNS`."""
    if not len(ledger.form):
        return []
    sizes = (len(tables), len(ledger.forms), len(Fate), len(ledger.datasets), len(ledger.reasons))
    parts = (ledger.places.table, ledger.form, ledger.fate, ledger.dataset, ledger.reason)
    counts = _count(np.ravel_multi_index(tuple(np.asarray(p, np.int64) for p in parts), sizes))
    out: list[tuple[str, ...]] = []
    for key, n in counts.items():
        t, f, fate, d, r = (int(x) for x in np.unravel_index(key, sizes))
        table, words = tables[t], Fate(fate).words
        where = (table.source, table.file, table.sheet or "", "", "")
        out.append(("form row", *where, ledger.forms[f], words, ledger.datasets[d], ledger.reasons[r], str(n)))
    return out


def _count(keys: npt.NDArray[np.int64]) -> dict[int, int]:
    """How often each key occurs; keys are few and mostly small."""
    if int(keys.max()) < 1_000_000:
        counts = np.bincount(keys)
        return {int(k): int(counts[k]) for k in np.flatnonzero(counts)}
    distinct, number = np.unique(keys, return_counts=True)
    return dict(zip(distinct.tolist(), number.tolist(), strict=True))


def write_ledger_csv(
    path: Path,
    ledger: Ledger,
    tables: list[TablePlace],
    column_names: list[str],
    columns: Iterable[ColumnFate],
    skipped: Iterable[tuple[int, str, int]],
    unread: Iterable[tuple[int, str]],
) -> None:
    """Totals, raw columns, tables that no form reads, rows that readers passed over, then every exception.

    Sorted, so that a diff can be read. An exception is a form row that is no record of its own; empty cells of wide
    tables are in the totals and in ledger.parquet only. Texts that a spreadsheet would take for a formula are quoted.
    ``unread`` are tables (by number) with the reason, ``skipped`` tables, reasons and numbers of rows.
    """
    rows = ledger_totals(ledger, tables)
    for c in columns:
        t = tables[c.table]
        cells = "" if c.cells is None else str(c.cells)
        rows.append(("raw column", t.source, t.file, t.sheet or "", "", c.column, "", c.fate, "", c.reason, cells))
    for number, reason in unread:
        t = tables[number]
        rows.append(("raw table", t.source, t.file, t.sheet or "", "", "", "", "not submitted", "", reason, str(t.n)))
    for number, reason, n in skipped:
        t = tables[number]
        rows.append(("passed over", t.source, t.file, t.sheet or "", "", "", "", "not submitted", "", reason, str(n)))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([[formula_safe(c) for c in row] for row in sorted(rows)])
        writer.writerows(_exceptions(ledger, tables, column_names))


def _exceptions(ledger: Ledger, tables: list[TablePlace], column_names: list[str]) -> Iterable[tuple[str, ...]]:
    """Form rows that are no record of their own, in the order of source, file, sheet, row, column and form."""
    only_read = (ledger.fate == int(Fate.READ)) & (ledger.reason == 0)
    exceptional = (ledger.fate != int(Fate.SUBMITTED)) & ~only_read
    if EMPTY_CELL in ledger.reasons:
        exceptional &= ledger.reason != ledger.reasons.index(EMPTY_CELL)
    at = np.flatnonzero(exceptional)
    table, row = ledger.places.table[at], ledger.places.row[at]
    column, form = ledger.places.column[at], ledger.form[at]
    keys = [(t.source, t.file, t.sheet or "") for t in tables]
    by = (_ranks(ledger.forms)[form], _ranks([*column_names, ""])[column], row, _ranks(keys)[table])
    order = np.lexsort(by)
    at, table, row, column, form = at[order], table[order], row[order], column[order], form[order]
    cells = (
        *(_texts([k[i] for k in keys], table) for i in range(3)),
        map(str, row.tolist()),
        _texts([*column_names, ""], column),
        _texts(ledger.forms, form),
        _texts([f.words for f in Fate], ledger.fate[at]),
        _texts(ledger.datasets, ledger.dataset[at]),
        _texts(ledger.reasons, ledger.reason[at]),
    )
    return (("exception", *row_cells, "1") for row_cells in zip(*cells, strict=True))


def _ranks(values: Sequence[Any]) -> npt.NDArray[np.int64]:
    """The place of each value in order; equal values have one place."""
    place = {v: i for i, v in enumerate(sorted(set(values)))}
    return np.array([place[v] for v in values] or [0], np.int64)


def _texts(values: Sequence[str], codes: npt.NDArray[np.integer]) -> Iterator[str]:
    """One text a row; -1 is the last value."""
    safe = [formula_safe(v) for v in values]
    return (safe[c] for c in codes.tolist())


_TEXT = pa.dictionary(pa.int32(), pa.string())
_PARQUET = ("source", "file", "sheet", "row", "column", "form", "fate", "dataset", "reason")
SCHEMA = pa.schema([(c, pa.int64() if c == "row" else _TEXT) for c in _PARQUET])


def write_ledger_parquet(path: Path, ledger: Ledger, tables: list[TablePlace], column_names: list[str]) -> None:
    """One row a form row: where it comes from and what became of it, in the order of table, row and column."""
    places, slices = ledger.places, range(0, max(1, len(ledger.form)), ROWS_AT_A_TIME)
    order = None if _is_sorted(places) else np.lexsort((ledger.form, places.column, places.row, places.table))
    pieces = (slice(i, i + ROWS_AT_A_TIME) if order is None else order[i : i + ROWS_AT_A_TIME] for i in slices)
    write_parquet(path, SCHEMA, (_piece(ledger, p, tables, column_names) for p in pieces))


def _is_sorted(places: Places) -> bool:
    table, row, column = np.diff(places.table), np.diff(places.row), np.diff(places.column)
    return bool(((table > 0) | ((table == 0) & ((row > 0) | ((row == 0) & (column > 0))))).all())


def _piece(ledger: Ledger, at: Any, tables: list[TablePlace], column_names: list[str]) -> pa.Table:
    table = ledger.places.table[at]
    columns = {
        "source": coded(table, [t.source for t in tables]),
        "file": coded(table, [t.file for t in tables]),
        "sheet": coded(table, [t.sheet or "" for t in tables]),
        "row": pa.array(ledger.places.row[at]),
        "column": coded(ledger.places.column[at], column_names),
        "form": coded(ledger.form[at], ledger.forms),
        "fate": coded(ledger.fate[at], [f.words for f in Fate]),
        "dataset": coded(ledger.dataset[at], ledger.datasets),
        "reason": coded(ledger.reason[at], ledger.reasons),
    }
    return pa.table(columns, schema=SCHEMA)


def counts_by_fate(ledger: Ledger) -> dict[str, int]:
    """Form rows by fate, for the summary."""
    found = Counter(dict(enumerate(np.bincount(ledger.fate, minlength=len(Fate)).tolist())))
    return {f.words: found[int(f)] for f in RANK if found[int(f)]}
