"""Direct identifiers of persons: columns whose name says so, and values that have the shape of one.

Only counts and rows leave this module, never a value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
from msgspec import Struct

from ..algorithms.values import Mask
from ..model.column import Column, Rows, codes_of
from ..standards.identifiers import SHAPES

Counts = npt.NDArray[np.int64]
SHOWN_ROWS = 3


class IdentifierLike(Struct, frozen=True):
    """Values that have the shape of a direct identifier: how many rows, and the places of the first few."""

    shape: str
    count: int
    rows: tuple[int, ...]


def identifier_like(texts: Any) -> tuple[dict[str, Mask], Mask]:
    """Which distinct texts (k,) hold something of each shape that occurs, and which hold any.

    >>> import pyarrow as pa
    >>> found, some = identifier_like(pa.array(["tel 13000000401", "99999919711220442X", "9.1300000040"]))
    >>> {k: m.tolist() for k, m in found.items()}
    {'identity number': [False, True, False], 'mobile number': [True, False, False]}
    """
    masks = {
        shape: np.asarray(pc.fill_null(pc.match_substring_regex(texts, pattern), False), bool)
        for shape, pattern in SHAPES.items()
    }
    some = np.logical_or.reduce(list(masks.values()))
    return {shape: mask for shape, mask in masks.items() if mask.any()}, some


def places_of(shape: str, mask: Mask, column: Column, rows: Rows) -> IdentifierLike:
    """Count and first places of the values at ``mask`` (k,) of a column."""
    hit = np.append(mask, False)[codes_of(column)]
    return IdentifierLike(shape, int(hit.sum()), tuple(rows[hit][:SHOWN_ROWS].tolist()))
