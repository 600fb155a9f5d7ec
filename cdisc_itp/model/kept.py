"""What was computed of distinct values, kept for as long as these are: many columns share them."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from .column import Column

Result = TypeVar("Result")
_OF_VALUES: dict[int, dict[tuple[Any, ...], Any]] = {}


def once(compute: Callable[..., Result]) -> Callable[..., Result]:
    """What is computed of a column's distinct values (k,), and options, is kept as long as the values live.

    A column that is taken from another has its very values: the days of a date are computed once, not once a dataset
    that looks it up, and what one rule asked is there for the next. Nobody may change the result.
    """

    @wraps(compute)
    def kept(column: Column, *options: Any) -> Result:
        values, key = column.categories, (compute, *options)
        of_values = _OF_VALUES.get(id(values))
        if of_values is None:
            of_values = _OF_VALUES[id(values)] = {}
            weakref.finalize(values, _OF_VALUES.pop, id(values), None).atexit = False
        if key not in of_values:
            made = compute(column, *options)
            if isinstance(made, np.ndarray):
                made.flags.writeable = False
            of_values[key] = made
        known: Result = of_values[key]
        return known

    return kept
