"""Which of several records is the first or the last by some variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..model.column import Column, ranks

Rows = npt.NDArray[np.int64]


def precedence(columns: Sequence[Column], descending: Sequence[bool], latest: bool = False) -> list[Rows]:
    """Keys (n,) of each column: the first record (the last, where ``latest``) has the smallest.

    A record without a value loses against every record with one, first or last.

    >>> from ..model.column import collect_numbers
    >>> [k.tolist() for k in precedence([collect_numbers([5.0, float("nan"), 7.0])], [False], latest=True)]
    [[-1, 3, -2]]
    """
    out = []
    for column, down in zip(columns, descending, strict=True):
        rank, many = ranks(column)
        key = rank.astype(np.int64)
        out.append(np.where(key == 0, many, -key if down != latest else key))
    return out


def winners(group: npt.NDArray[np.int64], keys: Sequence[Rows], size: int) -> Rows:
    """Of each group (size,) the entry with the smallest keys, the first key first; -1 where it has none.

    >>> winners(np.array([1, 1, 0]), [np.array([2, 1, 1])], 3).tolist()
    [2, 1, -1]
    """
    order = np.lexsort([*reversed(keys), group])
    out = np.full(size, -1, np.int64)
    # What is assigned last stays, so that the first is assigned last.
    out[group[order[::-1]]] = order[::-1]
    return out


def places(order: Rows) -> Rows:
    """The place of each record (n,) in an order of records.

    >>> places(np.array([2, 0, 1])).tolist()
    [1, 2, 0]
    """
    out = np.empty(len(order), np.int64)
    out[order] = np.arange(len(order))
    return out
