"""The cells of an XPT file as distinct values and codes: found by Arrow's and pandas' hash tables, decoded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from cdisc_itp.model.column import Codes, Column, number_column, text_column, text_index
from cdisc_itp.model.ibm import compute_doubles, missing_letters

from .problems import Problems
from .table import counted
from .xpt_header import XptHeader, XptVariable
from .xpt_source import Source

GROUP = 128 << 20  # bytes of columns copied out of the records at a time
BLOCK = 1 << 20  # bytes of records that stay in the cache while their cells are copied


class Part(Struct, frozen=True):
    """Records ``first`` up to ``first + count`` of one dataset."""

    source: Source
    header: XptHeader
    first: int
    count: int

    def offset(self, variable: XptVariable, record: int) -> int:
        """Byte in the file of a variable's cell in the ``record``-th (0-based) record of the part."""
        return self.header.start + (self.first + record) * self.header.record_length + variable.position


class NumberCells(Struct, frozen=True):
    """Distinct numbers (k,) without NaN, letters (k,) of special missing values (0: a number), codes (n,).

    The letter is "_" or "A" to "Z" as a byte; plain missing values "." have the code -1.
    """

    values: npt.NDArray[np.float64]
    letters: npt.NDArray[np.uint8]
    codes: Codes

    def column(self) -> Column:
        """Column of the numbers; special missing values are no value."""
        if not self.letters.any():
            return number_column(self.codes, self.values)
        table = np.append(np.where(self.letters == 0, np.cumsum(self.letters == 0) - 1, -1), -1)
        return number_column(table[self.codes], self.values[self.letters == 0])

    def special(self) -> dict[str, int]:
        """Records by special missing value (".A"), those that occur."""
        if not self.letters.any():
            return {}
        counts = np.bincount(self.codes + 1, minlength=len(self.letters) + 1)[1:]
        pairs = sorted(zip(self.letters.tolist(), counts.tolist(), strict=True))
        return {f".{chr(letter)}": n for letter, n in pairs if letter}


def read_cells(part: Part, problems: Problems) -> Iterator[tuple[XptVariable, Column | NumberCells]]:
    """Each variable's cells in the order of the header; text that cannot be decoded is noted (READ026)."""
    for group in _groups(part.header.variables, part.count):
        for variable, cells in zip(group, _copy_cells(part, group), strict=True):
            if variable.numeric:
                yield variable, decode_numbers(cells)
            else:
                yield variable, _decode_text(part, variable, cells, problems)


def _groups(variables: Sequence[XptVariable], count: int) -> Iterator[list[XptVariable]]:
    """Variables whose columns together stay within GROUP bytes (at least one)."""
    group: list[XptVariable] = []
    size = 0
    for variable in variables:
        if group and size + variable.length * count > GROUP:
            yield group
            group, size = [], 0
        group.append(variable)
        size += variable.length * count
    if group:
        yield group


def _copy_cells(part: Part, group: Sequence[XptVariable]) -> list[npt.NDArray[np.void]]:
    """Columns of cells (n,), each contiguous; copied block by block, so that every byte is fetched once."""
    header = part.header
    layout = np.dtype(
        {
            "names": [str(i) for i in range(len(group))],
            "formats": [f"V{v.length}" for v in group],
            "offsets": [v.position for v in group],
            "itemsize": header.record_length,
        }
    )
    start = header.start + part.first * header.record_length
    records = part.source.data[start : start + part.count * header.record_length].view(layout)
    columns = [np.empty(part.count, f"V{v.length}") for v in group]
    step = max(1, BLOCK // header.record_length)
    for lo in range(0, part.count, step):
        block = records[lo : lo + step]
        for number, column in enumerate(columns):
            column[lo : lo + step] = block[str(number)]
    return columns


def decode_numbers(cells: npt.NDArray[np.void]) -> NumberCells:
    """Numbers of 2 to 8 bytes: the bytes that TS-140 leaves out at the end are zeros."""
    width = cells.dtype.itemsize
    words = cells
    if width < 8:
        full = np.zeros((len(cells), 8), np.uint8)
        full[:, :width] = cells.view(np.uint8).reshape(-1, width)
        words = full.view("V8")[:, 0]
    codes, distinct = pd.factorize(words.view(np.uint64))
    big_endian = distinct.view(">u8")
    values, letters = compute_doubles(big_endian), missing_letters(big_endian)
    # Different words may be one double (unnormalised, or more digits than a double has). The letters of special
    # missing values are told apart as numbers that no word can be (a word is below 2**252).
    kept = np.flatnonzero(letters != ord("."))
    keys = np.where(letters[kept], np.ldexp(1.0, 300 + letters[kept].astype(np.int64)), values[kept])
    number, first = np.arange(len(kept)), kept
    if (np.diff(np.sort(keys)) == 0).any():
        number, different = pd.factorize(keys)
        first = np.zeros(len(different), np.int64)
        first[number[::-1]] = kept[::-1]
    table = np.full(len(values), -1, np.int32)
    table[kept] = number
    return NumberCells(values[first], letters[first], table[codes] if len(table) else codes.astype(np.int32))


def _decode_text(part: Part, variable: XptVariable, cells: npt.NDArray[np.void], problems: Problems) -> Column:
    width, n = variable.length, len(cells)
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), n, [None, pa.py_buffer(cells.view(np.uint8))])
    encoded = fixed.dictionary_encode()
    codes = encoded.indices.to_numpy()
    raw = encoded.dictionary.cast(pa.large_binary())
    trimmed = pc.ascii_rtrim(pa.Array.from_buffers(pa.large_string(), len(raw), raw.buffers()), " ")
    texts, wrong = decode_distinct(trimmed, part.source.encoding)
    if wrong:
        _note_undecodable(part, variable, codes, wrong, problems)
        return text_column(np.full(n, -1), [])
    if texts is not trimmed:  # two byte sequences of an encoding may be one text
        again, different = pd.factorize(text_index(texts))
        codes, texts = again.astype(np.int32)[codes], pa.array(different, pa.large_string())
    return _text_column(codes, texts)


def decode_distinct(trimmed: Any, encoding: str) -> tuple[Any, dict[int, int]]:
    """Distinct texts as UTF-8, or by number of the value the byte from which it cannot be decoded."""
    plain = trimmed.buffers()[2]
    is_ascii = plain is None or not len(plain) or int(np.frombuffer(plain, np.uint8).max()) < 128
    if is_ascii or (encoding == "utf-8" and _is_valid(trimmed)):
        return trimmed, {}
    texts: list[str] = []
    wrong: dict[int, int] = {}
    for number, data in enumerate(trimmed.view(pa.large_binary()).to_pylist()):
        try:
            texts.append(data.decode(encoding))
        except UnicodeDecodeError as error:
            wrong[number] = error.start
    return pa.array(texts, pa.large_string()), wrong


def _is_valid(texts: Any) -> bool:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _text_column(codes: Codes, texts: Any) -> Column:
    """Column of distinct texts, of which the empty one is no value."""
    ends = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, 8 * texts.offset)
    without = np.flatnonzero(ends[1:] == ends[:-1])
    if not len(without):
        return text_column(codes, texts)
    empty = int(without[0])
    table = np.arange(len(texts), dtype=np.int32)
    table[empty:] -= 1
    table[empty] = -1
    others = pa.concat_arrays([texts[:empty], texts[empty + 1 :]])
    return text_column(table[codes], others)


def _note_undecodable(
    part: Part, variable: XptVariable, codes: Codes, wrong: dict[int, int], problems: Problems
) -> None:
    """READ026 for each distinct value with its first record; the value is not shown, it may identify a person."""
    first, counts = np.zeros(int(codes.max()) + 1, np.int64), np.bincount(codes)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    for number, start in sorted(wrong.items(), key=lambda item: int(first[item[0]])):
        record, often = int(first[number]), counted(int(counts[number]), "record")
        message = f"text is not {part.source.encoding} ({often}), at byte {part.offset(variable, record) + start}"
        problems.add("READ026", message, part.first + record + 1, variable.name, "declare `encoding`")
