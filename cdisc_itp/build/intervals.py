"""Rows that follow each other with the same treatment, dose and the like become one record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..algorithms.iso8601 import NO_DAY, day_numbers
from ..model.column import Mask, distinct_tuples, take
from ..spec.types import IntervalsSpec
from .records import DatasetRecords, Numbers


def merge_intervals(records: DatasetRecords, number: int, spec: IntervalsSpec) -> None:
    """Merge the records of one source (SDTMIG 3.4, 6.1.3: one record per constant-dosing interval).

    Records of one subject that agree in ``same`` and start no later than ``gap`` days after the end of the one
    before become one, from the first start to the last end. A record without a complete start or end stands
    alone. Issue DATA052: one starts before the other ended.
    """
    ours = np.flatnonzero(records.origin == number)
    if not len(ours):
        return
    start, end = day_numbers(records.columns[spec.start]), day_numbers(records.columns[spec.end])
    same = [records.subjects(), *(records.columns[str(s)] for s in spec.same)]
    group = distinct_tuples([take(c, ours) for c in same])[0]
    order = ours[np.lexsort((end[ours], start[ours], group))]
    of_record = np.empty(records.n, np.int64)
    of_record[ours] = group
    g = of_record[order]
    s, e = start[order], end[order]
    known = (s != NO_DAY) & (e != NO_DAY)
    reach = _running_end(g, np.where(known, e, NO_DAY))
    follows = np.zeros(len(order), bool)
    follows[1:] = (g[1:] == g[:-1]) & known[1:] & known[:-1] & (s[1:] <= reach[:-1] + spec.gap)
    overlaps = np.zeros(records.n, bool)
    overlaps[order[1:]] = follows[1:] & (s[1:] <= reach[:-1])
    records.target = str(spec.start)
    records.issue("DATA052", overlaps, str(spec.start))
    if follows.any():
        _merge(records, order, follows, spec)


def _running_end(group: Numbers, end: Numbers) -> Numbers:
    """The latest end so far within each group (n,)."""
    return np.asarray(pd.Series(end).groupby(group).cummax(), np.int64)


def _merge(records: DatasetRecords, order: Numbers, follows: Mask, spec: IntervalsSpec) -> None:
    run = np.cumsum(~follows) - 1
    others = np.setdiff1d(np.arange(records.n), order)
    first_of_run = order[~follows]
    first = np.concatenate([first_of_run, others])
    group = np.empty(records.n, np.int64)
    group[order] = run
    group[others] = len(first_of_run) + np.arange(len(others))
    end = records.columns[str(spec.end)]
    last = _last_end(day_numbers(end)[order], run, order)
    rows = np.concatenate([last, others])
    merged_end = take(end, rows)
    records.merge(group, first)
    records.columns[str(spec.end)] = merged_end


def _last_end(days: Numbers, run: Numbers, order: Numbers) -> Numbers:
    """The record with the latest end of each run."""
    by_end = np.lexsort((days, run))
    last = np.ones(len(by_end), bool)
    last[:-1] = run[by_end][1:] != run[by_end][:-1]
    return order[by_end[last]]
