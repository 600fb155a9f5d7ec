"""What was computed of distinct values, kept for as long as these are: many columns share them."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from .column import Column

T = TypeVar("T")


class Kept(Generic[T]):
    """A computation over a column's distinct values (k,); columns of the same values get the same result.

    A column that is taken from another has its very values: the days of a date are computed once, not once a
    dataset that looks it up. Nobody may change the result.
    """

    def __init__(self, compute: Callable[[Column], T]) -> None:
        self._compute = compute
        self._kept: dict[int, T] = {}

    def __call__(self, column: Column) -> T:
        """The result, computed or kept."""
        values = column.categories
        key = id(values)
        if key not in self._kept:
            self._kept[key] = self._compute(column)
            weakref.finalize(values, self._kept.pop, key, None).atexit = False
        return self._kept[key]
