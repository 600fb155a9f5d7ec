"""The ledger: every form row and every raw column has one fate, and the counts are those of the readers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ..model.lineage import ColumnFate, Fate, Outcome, Places, TablePlace

# Of several fates of one form row the first of these counts.
RANK = (Fate.SUBMITTED, Fate.MERGED, Fate.REJECTED, Fate.READ, Fate.LEFT_OUT, Fate.OPEN)
COLUMNS = ("unit", "source", "file", "sheet", "row", "column", "form", "fate", "dataset", "reason", "count")
EMPTY_CELL = "no value in the cell"


class LedgerError(Exception):
    """Counts that do not reconcile: a bug of the converter (exit code 3)."""


@dataclass(frozen=True)
class FormRows:
    """The rows of one form: where they come from, and why a row may stay unread (None: it may not)."""

    places: Places
    unread: str | None


@dataclass(frozen=True)
class Ledger:
    """One entry a form row: its form, place, fate, deciding dataset and reason."""

    forms: tuple[str, ...]
    form: npt.NDArray[np.int32]
    places: Places
    fate: npt.NDArray[np.int8]
    datasets: tuple[str, ...]
    dataset: npt.NDArray[np.int32]
    reasons: tuple[str, ...]
    reason: npt.NDArray[np.int32]


@dataclass
class _Names:
    names: list[str] = field(default_factory=list)

    def number(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)


def build_ledger(forms: Mapping[str, FormRows], outcomes: Iterable[Outcome]) -> Ledger:
    """The one fate of each form row; of several the first in `RANK`."""
    place = {f: i for i, f in enumerate(RANK)}
    offset, total, names = {}, 0, tuple(forms)
    for name in names:
        offset[name], total = total, total + len(forms[name].places)
    rank = np.full(total, place[Fate.OPEN], np.int8)
    dataset, reason = np.zeros(total, np.int32), np.zeros(total, np.int32)
    datasets, reasons = _Names([""]), _Names([""])
    for outcome in outcomes:
        rows = outcome.rows + offset[outcome.form]
        better = rows[rank[rows] > place[outcome.fate]]
        rank[better] = place[outcome.fate]
        dataset[better], reason[better] = datasets.number(outcome.dataset), reasons.number(outcome.reason)
    for name in names:
        unread = forms[name].unread
        if unread is not None:
            rows = np.arange(offset[name], offset[name] + len(forms[name].places))
            still_open = rows[rank[rows] == place[Fate.OPEN]]
            rank[still_open], reason[still_open] = place[Fate.LEFT_OUT], reasons.number(unread)
    fates = np.array([int(f) for f in RANK], np.int8)[rank]
    form = np.repeat(np.arange(len(names), dtype=np.int32), [len(forms[n].places) for n in names])
    places = Places.join([forms[n].places for n in names])
    return Ledger(names, form, places, fates, tuple(datasets.names), dataset, tuple(reasons.names), reason)


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


def ledger_totals(ledger: Ledger, tables: list[TablePlace]) -> list[tuple[str, ...]]:
    """Counts by source, file, form, fate, dataset and reason, in the columns of `COLUMNS`."""
    if not len(ledger.form):
        return []
    sizes = (len(tables), len(ledger.forms), len(Fate), len(ledger.datasets), len(ledger.reasons))
    parts = (ledger.places.table, ledger.form, ledger.fate, ledger.dataset, ledger.reason)
    key = np.ravel_multi_index(tuple(np.asarray(p, np.int64) for p in parts), sizes)
    keys, counts = np.unique(key, return_counts=True)
    out: list[tuple[str, ...]] = []
    for k, n in zip(keys, counts, strict=True):
        t, f, fate, d, r = (int(x) for x in np.unravel_index(k, sizes))
        table = tables[t]
        words = Fate(fate).words
        out.append(
            (
                "form row",
                table.source,
                table.file,
                table.sheet or "",
                "",
                "",
                ledger.forms[f],
                words,
                ledger.datasets[d],
                ledger.reasons[r],
                str(n),
            )
        )
    return out


def write_ledger_csv(
    path: Path,
    ledger: Ledger,
    tables: list[TablePlace],
    column_names: list[str],
    columns: Iterable[ColumnFate],
    skipped: Iterable[tuple[int, str, int]],
) -> None:
    """Totals, raw columns, rows that readers passed over, then every exception; sorted, so that a diff can be read.

    An exception is a form row that is no record of its own; empty cells of wide tables are in the totals and in
    ledger.parquet only.
    """
    rows = ledger_totals(ledger, tables)
    for c in columns:
        t = tables[c.table]
        cells = "" if c.cells is None else str(c.cells)
        rows.append(("raw column", t.source, t.file, t.sheet or "", "", c.column, "", c.fate, "", c.reason, cells))
    for number, reason, n in skipped:
        t = tables[number]
        rows.append(("passed over", t.source, t.file, t.sheet or "", "", "", "", "not submitted", "", reason, str(n)))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows))
        writer.writerows(_exceptions(ledger, tables, column_names))


def _exceptions(ledger: Ledger, tables: list[TablePlace], column_names: list[str]) -> list[tuple[str, ...]]:
    exceptional = ~np.isin(ledger.fate, [int(Fate.SUBMITTED), int(Fate.READ)])
    if EMPTY_CELL in ledger.reasons:
        exceptional &= ledger.reason != ledger.reasons.index(EMPTY_CELL)
    lines = [_exception(ledger, tables, column_names, int(i)) for i in np.flatnonzero(exceptional)]
    return sorted(lines, key=lambda x: (*x[:4], int(x[4]), *x[5:]))


def _exception(ledger: Ledger, tables: list[TablePlace], column_names: list[str], i: int) -> tuple[str, ...]:
    table = tables[int(ledger.places.table[i])]
    column = int(ledger.places.column[i])
    return (
        "exception",
        table.source,
        table.file,
        table.sheet or "",
        str(int(ledger.places.row[i])),
        column_names[column] if column >= 0 else "",
        ledger.forms[int(ledger.form[i])],
        Fate(int(ledger.fate[i])).words,
        ledger.datasets[int(ledger.dataset[i])],
        ledger.reasons[int(ledger.reason[i])],
        "1",
    )


def write_ledger_parquet(path: Path, ledger: Ledger, tables: list[TablePlace], column_names: list[str]) -> None:
    """One row a form row: where it comes from and what became of it."""
    at = ledger.places.table
    order = np.lexsort((ledger.places.column, ledger.places.row, at))
    columns = {
        "source": coded(at, [t.source for t in tables]),
        "file": coded(at, [t.file for t in tables]),
        "sheet": coded(at, [t.sheet or "" for t in tables]),
        "row": pa.array(ledger.places.row),
        "column": coded(ledger.places.column, column_names),
        "form": coded(ledger.form, list(ledger.forms)),
        "fate": coded(ledger.fate, [f.words for f in Fate]),
        "dataset": coded(ledger.dataset, list(ledger.datasets)),
        "reason": coded(ledger.reason, list(ledger.reasons)),
    }
    table = pa.table({k: v.take(pa.array(order)) for k, v in columns.items()})
    pq.write_table(table, path, compression="zstd")


def coded(codes: npt.NDArray[np.integer], values: list[str]) -> pa.Array:  # type: ignore[type-arg]
    """A dictionary array; equal values share one code, a negative code is null."""
    distinct = list(dict.fromkeys(values))
    table = np.array([distinct.index(v) for v in values] or [0], np.int32)
    safe = np.where(codes < 0, 0, codes)
    index = pa.array(table[safe].astype(np.int32), mask=np.asarray(codes) < 0)
    return pa.DictionaryArray.from_arrays(index, pa.array(distinct or [""], pa.string()))


def counts_by_fate(ledger: Ledger) -> dict[str, int]:
    """Form rows by fate, for the summary."""
    found = Counter(ledger.fate.tolist())
    return {f.words: found[int(f)] for f in RANK if found[int(f)]}
