"""Which records the derived rows of an analysis dataset are made from: taken, summarized or carried.

Pure functions on arrays: groups are numbered from 0 in any order (a negative number is no group), ``order`` is the
place of each record in the dataset's order. Which group comes first in the answer is the order of its number.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float64]
Rows: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

Taken = Literal["maximum", "minimum", "first", "last"]
Summary = Literal["mean", "median", "sum", "count", "minimum", "maximum"]


def take_rows(
    kind: Taken,
    values: Values,
    group: npt.NDArray[Any],
    order: npt.NDArray[Any],
    mask: Mask,
    tie: Literal["first", "last"] = "first",
) -> Rows:
    """One record of each group: with the largest or smallest value, or the first or last in order (g,).

    Only records at ``mask`` that are in a group are asked; those without a value (NaN) are not, by any kind.
    Of records with the largest (smallest) value the ``tie`` in the order.

    >>> group, order = np.array([0, 0, 0, 1]), np.arange(4)
    >>> take_rows("maximum", np.array([3.0, 9.0, 9.0, np.nan]), group, order, np.ones(4, bool)).tolist()
    [1]
    """
    rows = np.flatnonzero(mask & (group >= 0) & ~np.isnan(values))
    place = order[rows].astype(np.int64)
    if kind in ("first", "last"):
        return _winners(rows, group[rows], np.zeros(len(rows)), place if kind == "last" else -place)
    size = values[rows] if kind == "maximum" else -values[rows]
    return _winners(rows, group[rows], size, place if tie == "last" else -place)


def _winners(rows: Rows, group: npt.NDArray[Any], size: Values, place: Rows) -> Rows:
    """Of each group the row with the largest (size, place)."""
    by = np.lexsort((place, size, group))
    last = np.ones(len(by), bool)
    last[:-1] = group[by][1:] != group[by][:-1]
    return rows[by[last]]


def summarize_rows(kind: Summary, values: Values, group: npt.NDArray[Any], mask: Mask) -> tuple[Rows, Values]:
    """Group numbers (g,), ascending, and one number of the values of each (g,).

    Values that are missing (NaN) are not asked; a group without any has no row, but where values are counted, it
    has 0. The median of an even number of values is the mean of the two in the middle.

    >>> summarize_rows("median", np.array([1.0, 4.0, np.nan]), np.array([0, 0, 1]), np.ones(3, bool))
    (array([0]), array([2.5]))
    """
    inside = mask & (group >= 0)
    rows = np.flatnonzero(inside & ~np.isnan(values))
    if kind == "count":
        every = np.unique(group[inside]).astype(np.int64)
        return every, np.bincount(np.searchsorted(every, group[rows]), minlength=len(every)).astype(np.float64)
    rows = rows[np.lexsort((values[rows], group[rows]))]
    groups, start, count = np.unique(group[rows], return_index=True, return_counts=True)
    return groups.astype(np.int64), _summary(kind, values[rows], start, count)


def _summary(kind: Summary, value: Values, start: Rows, count: Rows) -> Values:
    """One number of each run of ascending values."""
    if not len(start):
        return np.empty(0)
    if kind == "minimum":
        return np.asarray(value[start], np.float64)
    if kind == "maximum":
        return np.asarray(value[start + count - 1], np.float64)
    if kind == "median":
        return np.asarray((value[start + (count - 1) // 2] + value[start + count // 2]) / 2.0, np.float64)
    total = np.add.reduceat(value, start)
    return np.asarray(total / count if kind == "mean" else total, np.float64)


def carry_rows(
    group: npt.NDArray[Any],
    has_value: Mask,
    visit: Values,
    planned: Values,
    until: Literal["all", "last"] = "all",
    order: npt.NDArray[Any] | None = None,
) -> tuple[Rows, Values]:
    """The last observation carried forward: source rows (m,) and the visit that each is carried to (m,).

    A group lacks a planned visit where none of its records there has a value; it takes the last record with a value
    of an earlier visit (of one visit, the last in ``order``). Nothing is carried to before the first value.
    ``until`` last: only to visits before the group's last value, so that nothing is carried past the end of data.
    Answers are by group, then by visit.

    >>> rows, visits = carry_rows(np.zeros(2, int), np.array([True, True]), np.array([1.0, 3.0]), np.array([2.0, 4.0]))
    >>> rows.tolist(), visits.tolist()
    ([0, 1], [2.0, 4.0])
    """
    place = np.arange(len(group)) if order is None else order
    rows = np.flatnonzero(has_value & (group >= 0) & ~np.isnan(visit))
    rows = rows[np.lexsort((place[rows], visit[rows], group[rows]))]
    goals = np.unique(planned[~np.isnan(planned)])
    if not len(rows) or not len(goals):
        return np.empty(0, np.int64), np.empty(0)
    groups, own = np.unique(group[rows], return_inverse=True)
    # One number for (group, visit), so that one search answers for every group.
    levels = np.unique(np.concatenate([visit[rows], goals]))
    key = own * len(levels) + np.searchsorted(levels, visit[rows])
    asked = (np.arange(len(groups))[:, None] * len(levels) + np.searchsorted(levels, goals)).ravel()
    before = np.searchsorted(key, asked, side="right") - 1
    of_group = np.repeat(np.arange(len(groups)), len(goals))
    source = np.maximum(before, 0)
    lacks = (before >= 0) & (own[source] == of_group) & (key[source] != asked)
    if until == "last":
        lacks &= np.searchsorted(key, asked, side="right") < np.searchsorted(own, of_group, side="right")
    return rows[source[lacks]], np.tile(goals, len(groups))[lacks]


def worst_rows(
    severity: Values,
    group: npt.NDArray[Any],
    order: npt.NDArray[Any],
    mask: Mask,
    tie: Literal["first", "last"] = "first",
) -> Rows:
    """Of several parameters in a group the record that is worst: the largest severity (g,).

    A severity is a number that grows with what is bad (a grade, a rank of categories).

    >>> worst_rows(np.array([1.0, 3.0]), np.zeros(2, int), np.arange(2), np.ones(2, bool)).tolist()
    [1]
    """
    return take_rows("maximum", severity, group, order, mask, tie)
