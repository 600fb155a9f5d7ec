"""Fixed-width cells of one variable, block by block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_itp.model.ibm import compute_words

from .xpt_cells import NumberCells, TextCells, buffers, part

Fill: TypeAlias = Callable[[int, int], "npt.NDArray[np.void]"]


def build_fill(cells: TextCells | NumberCells, width: int, budget: int) -> tuple[Fill, int]:
    """A function giving the cells of records lo to hi as ``width`` bytes each, and the memory it holds.

    Distinct values are encoded once into a table where it fits the budget (bytes), else block by block.
    """
    size = (len(cells.values) + 1) * width
    text = isinstance(cells, TextCells)
    if cells.codes is None or size > budget:
        return (_text_fill(cells, width) if isinstance(cells, TextCells) else _number_fill(cells, width)), 0
    table = (
        text_bytes(_with_empty(cells.values), width) if text else number_bytes(np.append(cells.values, np.nan), width)
    )
    codes = cells.codes
    return (lambda lo, hi: table.take(codes[lo:hi], mode="wrap")), size


def _with_empty(values: Any) -> Any:
    return pa.concat_arrays([part(values, 0, len(values)), pa.array([""], pa.large_string())])


def text_bytes(array: Any, width: int) -> npt.NDArray[np.void]:
    """Cells of a large_string array (n,): its bytes padded with blanks; null is all blank."""
    filled = array.fill_null("") if array.null_count else array
    offsets, data = buffers(filled)
    if offsets[-1] - offsets[0] < len(array) * width:  # else every value fills its cell
        offsets, data = buffers(pc.ascii_rpad(filled, width, " "))
    return data[offsets[0] : offsets[0] + len(array) * width].view(f"V{width}")


def number_bytes(values: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.void]:
    """Cells of numbers (n,): the first ``width`` bytes of their words."""
    words = compute_words(values).view(np.uint8).reshape(-1, 8)
    return np.ascontiguousarray(words[:, :width]).view(f"V{width}").reshape(-1)


def _text_fill(cells: TextCells, width: int) -> Fill:
    values, codes = cells.values, cells.codes
    if codes is None:
        return lambda lo, hi: text_bytes(part(values, lo, hi), width)
    whole = part(values, 0, len(values))
    return lambda lo, hi: text_bytes(whole.take(pa.array(codes[lo:hi], mask=codes[lo:hi] < 0)), width)


def _number_fill(cells: NumberCells, width: int) -> Fill:
    values, codes = cells.values, cells.codes
    if codes is None:
        return lambda lo, hi: number_bytes(values[lo:hi], width)
    return lambda lo, hi: number_bytes(np.where(codes[lo:hi] < 0, np.nan, values[codes[lo:hi]]), width)
