"""Derived records of an analysis dataset (DTYPE): which records they copy or summarize, and what they hold."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from ..algorithms.derived_rows import carry_rows, summarize_rows, take_rows
from ..model.column import Column, Mask, collect_numbers, distinct_tuples, numbers, present, take
from ..spec.analysis_types import AddSpec
from .analysis_records import AnalysisRecords
from .records import Numbers


class Derived(Struct, frozen=True):
    """Derived records (k,): ``copies`` are the records that they copy (-1: none), ``values`` what they have instead.

    ``record`` (m,) and ``behind`` (m,) are the derived records, from 0, and the records that were summarized.
    """

    copies: Numbers
    values: dict[str, Column]
    record: Numbers
    behind: Numbers


def derive_records(records: AnalysisRecords, added: AddSpec) -> Derived:
    """What one line of ``add`` makes of the records that are there."""
    group = distinct_tuples([records.subjects(), *(records[b] for b in added.by)])[0]
    mask = present(records.subjects())
    for by in added.by:
        mask &= present(records[by])
    if added.where is not None:
        mask &= records.holds(added.where)
    place = np.empty(records.n, np.int64)
    place[records.order()] = np.arange(records.n)
    if added.take is not None:
        copies = take_rows(added.take, _values(records, added), group, place, mask)
        return Derived(copies[np.argsort(place[copies])], {}, *_nothing())
    if added.summarize is not None:
        return _summarized(records, added, group, mask, place)
    return _carried(records, added, group, mask, place)


def _values(records: AnalysisRecords, added: AddSpec) -> np.ndarray:
    """What is compared; of text only that it is there."""
    column = records[added.of]
    if str(added.of) in records.build.numeric:
        return numbers(column)
    return np.where(present(column), 0.0, np.nan)


def _nothing() -> tuple[Numbers, Numbers]:
    return np.empty(0, np.int64), np.empty(0, np.int64)


def _summarized(records: AnalysisRecords, added: AddSpec, group: np.ndarray, mask: Mask, place: Numbers) -> Derived:
    assert added.summarize is not None
    groups, values = summarize_rows(added.summarize, _values(records, added), group, mask)
    number = np.full(int(group.max(initial=-1)) + 1, -1, np.int64)
    inside = np.flatnonzero(mask & present(records[added.of]))
    first = np.full(len(number), -1, np.int64)
    by_place = inside[np.argsort(place[inside])[::-1]]
    first[group[by_place]] = by_place
    order = np.argsort(place[first[groups]])
    number[groups[order]] = np.arange(len(groups))
    named = ("USUBJID", *map(str, added.by))
    columns: dict[str, Column] = {n: take(records[n], first[groups[order]]) for n in named}
    columns[str(added.of)] = collect_numbers(values[order])
    return Derived(np.full(len(groups), -1, np.int64), columns, number[group[inside]], inside)


def _carried(records: AnalysisRecords, added: AddSpec, group: np.ndarray, mask: Mask, place: Numbers) -> Derived:
    """Copies of the last record before each planned visit that a group lacks; the visit is the copy's own."""
    assert added.visit is not None and added.visits is not None
    cells = records.table(added.visits).column(str(added.visit))
    planned = np.array(sorted({float(c) for c in cells if c is not None}), np.float64)
    visit = numbers(records[added.visit])
    has_value = mask & present(records[added.of])
    copies, visits = carry_rows(group, has_value, visit, planned, order=place)
    return Derived(copies, {str(added.visit): collect_numbers(visits)}, *_nothing())
