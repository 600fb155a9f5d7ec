"""Records that are gathered from those of other datasets: elements that were not entered, visits that become one."""

from __future__ import annotations

import numpy as np

from ..model.column import Column, Mask, codes_of, distinct_tuples, present, ranks, take
from ..spec.gathered import ELEMENTS, VISITS
from .records import DatasetRecords, Numbers
from .rows import of_sources


def gathered(records: DatasetRecords, how: str) -> Mask:
    """Which records (n,) come from a source that gathers elements or visits."""
    sources = [i for i, r in enumerate(records.build.spec.records) if r.gathers == how]
    return of_sources(records.origin, sources)


def told_elsewhere(records: DatasetRecords) -> Mask:
    """Which records (n,) are of another dataset, too: what is wrong with their rows is told there."""
    return gathered(records, VISITS) | gathered(records, ELEMENTS)


def leave_ungathered(records: DatasetRecords) -> None:
    """Drop places of an arm that a subject did not enter, and rows without a visit.

    What was wrong with the rows is told by the dataset whose visits they are.
    """
    visits = gathered(records, VISITS)
    if visits.any():
        records.issues = [i if i.code in ("DATA040", "DATA041") else i.keep(~visits) for i in records.issues]
        records.issues = [i for i in records.issues if len(i.places)]
        named = present(records.columns["VISITNUM"])
        named = named | present(records.columns["VISIT"]) if records.has("VISIT") else named
        records.keep(np.asarray(~visits | named, bool))
    elements = gathered(records, ELEMENTS)
    if elements.any():
        records.keep(~elements | np.asarray(present(records.columns["ETCD"]), bool))


def merged_into(records: DatasetRecords) -> str:
    """Of what rows that became one record are parts."""
    visits = any(r.gathers == VISITS for r in records.build.spec.records)
    return f"part of {'a visit' if visits else 'an interval'} that is one record"


def merge_visits(records: DatasetRecords) -> None:
    """Records of one subject and visit become one, from the first day to the last (SDTMIG 3.4, 5.5).

    Its other variables are those of the first record, by day, that has a value.
    """
    if not any(r.gathers == VISITS for r in records.build.spec.records) or not records.n:
        return
    start, end = (f"{records.name[:2]}{suffix}" for suffix in ("STDTC", "ENDTC"))
    names = [n for n in ("VISITNUM", "VISIT") if records.has(n)]
    group = distinct_tuples([records.subjects(), *(records.columns[n] for n in names)])[0].astype(np.int64)
    size = int(group.max()) + 1
    made = {n: c for n, c in records.columns.items() if n == n.upper() and n != "USUBJID"}
    merged = {n: take(c, _first(group, size, c, records.columns[start])) for n, c in made.items() if n != end}
    merged[end] = take(made[end], _last(group, size, made[end]))
    first = _first(group, size, records.subjects(), records.columns[start])
    records.merge(group, first)
    records.columns.update(merged)


def _first(group: Numbers, size: int, column: Column, date: Column) -> Numbers:
    """Of each group the record (size,) with a value that is first by date, and then by its place; -1: none has one."""
    return _best(group, size, column, _rank(date))


def _last(group: Numbers, size: int, column: Column) -> Numbers:
    return _best(group, size, column, -_rank(column))


def _rank(date: Column) -> Numbers:
    rank, many = ranks(date)
    return np.where(codes_of(date) < 0, many + 1, rank).astype(np.int64)


def _best(group: Numbers, size: int, column: Column, rank: Numbers) -> Numbers:
    rows = np.flatnonzero(present(column))
    order = rows[np.lexsort((rows, rank[rows], group[rows]))]
    out = np.full(size, -1, np.int64)
    places, at = np.unique(group[order], return_index=True)
    out[places] = order[at]
    return out
