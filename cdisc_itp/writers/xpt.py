"""SAS transport files, version 5 (SAS TS-140): ``write_xpt``, and ``split_xpt`` for files over 5 GB.

What version 5 cannot hold is refused, all of it at once, and nothing is written (``XptError``):

=======  ==========================================================================================
XPT001   name is not 1 to 8 of A-Z, 0-9 and _, starting with a letter or _
XPT002   label over 40 bytes
XPT003   value, or declared length of text, over 200 bytes
XPT004   text that the declared encoding does not have, or that holds a NUL character
XPT005   number that is infinite or outside IBM's range (see ``model.ibm``)
XPT006   value that needs more bytes than the variable's declared length
XPT007   last record is blank and would be taken for the padding of the file
XPT008   value or label that ends with a blank: readers drop trailing blanks
XPT009   two variables of one name
XPT010   declaration that version 5 has no place for (format, length, number of variables, year)
=======  ==========================================================================================

Empty text and no value are the same to the format: blanks. Leading blanks are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from msgspec import Struct

from .xpt_cells import Cells, Checked, check_cells
from .xpt_declaration import (
    XptError,
    XptProblem,
    XptVariable,
    check_declaration,
    check_encoding,
    raise_problems,
)
from .xpt_file import whole_file
from .xpt_fill import Fill, build_fill
from .xpt_header import CARD, padding, render_header
from .xpt_split import SPLIT_LIMIT, split_xpt

__all__ = [
    "SPLIT_LIMIT",
    "WrittenXpt",
    "XptError",
    "XptProblem",
    "XptVariable",
    "columns_of",
    "split_xpt",
    "write_xpt",
]

BLOCK = 1 << 21  # bytes of records that are laid out and written at a time
TABLES = 24 << 20  # bytes of encoded distinct values that are kept at hand


class WrittenXpt(Struct, frozen=True):
    """What was written: records, bytes of one record, and the length of each variable in bytes."""

    path: Path
    records: int
    record_length: int
    lengths: dict[str, int]


def write_xpt(
    path: Path | str,
    name: str,
    label: str,
    variables: Sequence[XptVariable],
    columns: Mapping[str, Cells],
    created: datetime,
    encoding: str = "ascii",
    chunk: int = BLOCK,
) -> WrittenXpt:
    """Write one dataset; the file appears at ``path`` only when it is whole.

    ``columns`` holds a Categorical for each variable, or what ``columns_of`` gives; ``created`` is the time in
    the header; ``chunk`` the bytes of records held at a time. Raises XptError with every problem, ValueError
    where the columns are not those of ``variables``. Memory: the columns, ``chunk`` a few times, 24 MiB of
    encoded values, and for encodings other than ASCII and UTF-8 the re-encoded distinct values.
    """
    encoding = check_encoding(encoding)
    problems = check_declaration(name, label, variables, created, encoding)
    if any(p.code == "XPT009" for p in problems):
        raise XptError(problems)
    records = _count_records(name, variables, columns)
    checked = [check_cells(name, v, columns[v.name], encoding) for v in variables]
    raise_problems([*problems, *(p for c in checked for p in c.problems)])
    lengths = [v.length or c.length for v, c in zip(variables, checked, strict=True)]
    layout = _Layout.of(checked, lengths)
    raise_problems(_check_last_record(name, layout, records))
    header = render_header(name, label, variables, lengths, created, encoding)
    with whole_file(Path(path)) as file:
        file.write(header)
        _write_records(file, layout, records, chunk)
    widths = {v.name: length for v, length in zip(variables, lengths, strict=True)}
    return WrittenXpt(Path(path), records, layout.dtype.itemsize, widths)


def _count_records(name: str, variables: Sequence[XptVariable], columns: Mapping[str, Cells]) -> int:
    differ = sorted({v.name for v in variables} ^ set(columns))
    if differ:
        raise ValueError(f"{name}: the columns are not those of the variables: {', '.join(differ)}")
    sizes = {len(columns[v.name]) for v in variables}
    if len(sizes) > 1:
        raise ValueError(f"{name}: the columns have different numbers of records: {sorted(sizes)}")
    return sizes.pop() if sizes else 0


class _Layout(Struct, frozen=True):
    """One record as a numpy dtype without gaps, and how each variable's cells are made."""

    dtype: np.dtype[np.void]
    fills: tuple[Fill, ...]

    @classmethod
    def of(cls, checked: Sequence[Checked], lengths: Sequence[int]) -> _Layout:
        left, fills = TABLES, []
        for each, width in zip(checked, lengths, strict=True):
            fill, held = build_fill(each.cells, width, left)
            left -= held
            fills.append(fill)
        return cls(np.dtype([(str(i), f"V{w}") for i, w in enumerate(lengths)]), tuple(fills))

    def lay_out(self, block: npt.NDArray[np.void], lo: int, hi: int) -> memoryview:
        """Bytes of records lo to hi, made in ``block``."""
        records = block[: hi - lo]
        for number, fill in enumerate(self.fills):
            records[str(number)] = fill(lo, hi)
        return records.view(np.uint8).data


def _check_last_record(name: str, layout: _Layout, records: int) -> Iterator[XptProblem]:
    """XPT007 where the file without its last record would be the same bytes.

    TS-140 stores no number of records and fills the last card with blanks: a blank last record that fits into
    this filling is not there for any reader. It cannot be so in records of 80 bytes and more. Bytes decide, not
    types: one number (3.6873e-40) is eight blanks too.
    """
    size = layout.dtype.itemsize
    if records and padding(records * size) + size < CARD:
        last = bytes(layout.lay_out(np.empty(1, layout.dtype), records - 1, records))
        if not last.strip(b" "):
            shown = "1 byte" if size == 1 else f"{size} bytes"
            message = f"the last record is blank ({shown}) and cannot be told from the file's padding"
            yield XptProblem("XPT007", name, message, record=records)


def _write_records(file: BinaryIO, layout: _Layout, records: int, chunk: int) -> None:
    size = layout.dtype.itemsize
    if not records or not size:
        return
    step = max(1, chunk // size)
    block = np.empty(min(step, records), layout.dtype)
    for lo in range(0, records, step):
        file.write(layout.lay_out(block, lo, min(records, lo + step)))
    file.write(b" " * padding(records * size))


def columns_of(frame: pd.DataFrame) -> dict[str, Cells]:
    """Columns for ``write_xpt`` from a frame of text (``str``, object), numbers or Categoricals.

    Nothing is factorised: text goes as Arrow arrays, which is faster than finding its distinct values first
    (bench), numbers as float64. None and NaN are no value. ValueError for other types (dates, booleans), for
    integers that no double holds, and for a column that mixes text with something else.
    """
    if frame.columns.has_duplicates:
        raise ValueError(f"column names occur twice: {list(frame.columns[frame.columns.duplicated()])}")
    return {str(name): _cells_of(str(name), frame[name]) for name in frame.columns}


def _cells_of(name: str, column: pd.Series[Any]) -> Cells:
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return column.array
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        return _doubles(name, column)
    try:
        if pd.api.types.is_object_dtype(kind):
            return pa.array(column.to_numpy(dtype=object), pa.large_string(), from_pandas=True)
        array = pa.array(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(f"column {name} mixes text with something else: {error}") from error
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        raise ValueError(f"column {name} is {kind}: make it text or numbers first")
    return array


def _doubles(name: str, column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    if pd.api.types.is_complex_dtype(column.dtype):
        raise ValueError(f"column {name} holds complex numbers")
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_integer_dtype(column.dtype) and not column.dropna().between(-(2**53), 2**53).all():
        raise ValueError(f"column {name} holds integers beyond 2**53, which a double does not hold exactly")
    return values
