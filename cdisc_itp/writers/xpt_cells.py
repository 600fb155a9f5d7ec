"""The values of one variable, encoded and checked once per distinct value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from msgspec.structs import replace

from cdisc_itp.model.column import Column, is_numeric
from cdisc_itp.model.ibm import compute_words, out_of_range

from .xpt_declaration import TEXT_LENGTH, XptProblem, XptVariable

Codes: TypeAlias = "npt.NDArray[np.integer[Any]]"
Cells: TypeAlias = "Column | pa.Array | pa.ChunkedArray | npt.NDArray[np.float64]"

SLICE = 1 << 18  # values checked at a time: bounds the memory of the check
_BLANK = ord(" ")


class TextCells(Struct, frozen=True):
    """Distinct ``values`` (k,), an Arrow array of encoded bytes, and codes (n,) into them, -1 for no value.

    Without codes the values are the records' own, null for no value.
    """

    values: Any
    codes: Codes | None

    def __len__(self) -> int:
        return len(self.values) if self.codes is None else len(self.codes)


class NumberCells(Struct, frozen=True):
    """Distinct ``values`` (k,) and codes (n,) into them; without codes one value a record, NaN for none."""

    values: npt.NDArray[np.float64]
    codes: Codes | None

    def __len__(self) -> int:
        return len(self.values) if self.codes is None else len(self.codes)


class Checked(Struct, frozen=True):
    """Cells ready to write, what is wrong with them, and the longest value in bytes (at least 1)."""

    cells: TextCells | NumberCells
    problems: tuple[XptProblem, ...]
    length: int


def check_cells(dataset: str, variable: XptVariable, cells: Cells, encoding: str) -> Checked:
    """Cells of one variable, encoded and checked: XPT003 to XPT006 and XPT008.

    ValueError where numbers are given for a text variable or text for a numeric one.
    """
    place = XptProblem("", dataset, "", variable.name)
    if variable.numeric:
        return _check_numbers(place, variable, _number_cells(place, cells))
    return _check_text(place, variable, cells, encoding)


def _codes(column: Column) -> Codes:
    """The column's codes as pandas holds them (often one byte a record), not widened."""
    return np.asarray(column.codes)


def _number_cells(place: XptProblem, cells: Cells) -> NumberCells:
    if isinstance(cells, pd.Categorical):
        if is_numeric(cells) or not len(cells.categories):
            return NumberCells(cells.categories.to_numpy(dtype=np.float64), _codes(cells))
    elif isinstance(cells, np.ndarray):
        return NumberCells(cells, None)
    raise ValueError(f"{place.dataset}.{place.variable} is numeric, its column holds text")


def _text_values(place: XptProblem, cells: Cells) -> tuple[Any, Codes | None]:
    """Values as an Arrow array, or an object array where they are not one yet, and codes."""
    if isinstance(cells, pd.Categorical):
        if len(cells.categories) and is_numeric(cells):
            raise ValueError(f"{place.dataset}.{place.variable} is text, its column holds numbers")
        index = cells.categories
        plain = index.dtype == object
        return (index.to_numpy(dtype=object) if plain else pa.array(index)), _codes(cells)
    if isinstance(cells, np.ndarray) and cells.dtype != object:
        raise ValueError(f"{place.dataset}.{place.variable} is text, its column holds numbers")
    return cells, None


def _slices(n: int) -> Iterator[tuple[int, int]]:
    return ((lo, min(n, lo + SLICE)) for lo in range(0, n, SLICE))


def part(values: Any, lo: int, hi: int) -> Any:
    """Values lo to hi of an Arrow text array as one large_string array."""
    piece = values.slice(lo, hi - lo)
    if isinstance(piece, pa.ChunkedArray):
        piece = piece.chunk(0) if piece.num_chunks == 1 else piece.combine_chunks()
    return piece if piece.type == pa.large_string() else piece.cast(pa.large_string())


def buffers(array: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Offsets (n + 1,) and bytes of a large_string array."""
    _, offsets, data = array.buffers()
    start = array.offset
    where = np.frombuffer(offsets, np.int64)[start : start + len(array) + 1] if offsets else np.zeros(1, np.int64)
    return where, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


def _is_ascii(piece: Any) -> bool:
    offsets, data = buffers(piece)
    return bool(data[offsets[0] : offsets[-1]].max(initial=0) < 128)


def _encode(values: Any, encoding: str) -> tuple[Any, dict[int, str]]:
    """Values as Arrow bytes in the encoding, and the values by number that it does not have."""
    lost: dict[int, str] = {}
    if isinstance(values, np.ndarray):
        values, lost = _from_objects(values)
    parts, changed = [], False
    for lo, hi in _slices(len(values)):
        piece = part(values, lo, hi)
        if encoding != "utf-8" and not _is_ascii(piece):
            piece, missed = _encode_each(piece.to_pylist(), encoding)
            lost |= {lo + i: text for i, text in missed.items()}
            changed = True
        parts.append(piece)
    return (pa.chunked_array(parts, pa.large_string()) if changed else values), lost


def _from_objects(values: npt.NDArray[Any]) -> tuple[Any, dict[int, str]]:
    """Arrow text of Python strings; those with a lone surrogate, which no encoding has, are left out."""
    try:
        return pa.array(values, pa.large_string(), from_pandas=True), {}
    except UnicodeEncodeError:
        return _encode_each([None if pd.isna(v) else v for v in values], "utf-8")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(f"a text column holds something else: {error}") from error


def _encode_each(texts: Sequence[str | None], encoding: str) -> tuple[Any, dict[int, str]]:
    """Arrow bytes (typed as text so that the padding kernel takes them), and what could not be encoded."""
    out: list[bytes | None] = []
    lost: dict[int, str] = {}
    for number, text in enumerate(texts):
        try:
            out.append(None if text is None else text.encode(encoding))
        except UnicodeEncodeError:
            out.append(None)
            lost[number] = str(text)
    array = pa.array(out, pa.large_binary())
    return pa.Array.from_buffers(pa.large_string(), len(array), array.buffers(), array.null_count), lost


def used(codes: Codes | None, k: int) -> npt.NDArray[np.bool_]:
    """Which of the k distinct values a record has."""
    if codes is None:
        return np.ones(k, bool)
    seen = np.zeros(k + 1, bool)
    for lo, hi in _slices(len(codes)):
        seen[codes[lo:hi]] = True
    return seen[:-1]


def _check_text(place: XptProblem, variable: XptVariable, cells: Cells, encoding: str) -> Checked:
    source, codes = _text_values(place, cells)
    values, lost = _encode(source, encoding)
    seen = used(codes, len(values))
    limit = min(variable.length or TEXT_LENGTH, TEXT_LENGTH)
    wrong: dict[str, list[int]] = {"blank": [], "nul": [], "long": [], "declared": []}
    longest = unused = 1
    for lo, hi in _slices(len(values)):
        piece = part(values, lo, hi)
        unused = max(unused, int(np.diff(buffers(piece)[0]).max(initial=1)))
        sizes, blank, nul = _measure(piece, seen[lo:hi])
        longest = max(longest, int(sizes.max(initial=1)))
        over = sizes > TEXT_LENGTH
        flags = {"blank": blank, "nul": nul, "long": over, "declared": (sizes > limit) & ~over}
        for key, flag in flags.items():
            if flag.any():
                wrong[key] += (np.flatnonzero(flag) + lo).tolist()
    if unused > longest:  # no record has it: it must not overflow the cells
        values = pc.if_else(pa.array(seen), values, None)
    ready = TextCells(values, codes)
    found = _lost_problems(place, ready, {i: t for i, t in lost.items() if seen[i]}, encoding) if lost else []
    for key, code, message in (
        ("nul", "XPT004", "value holds a NUL character"),
        ("long", "XPT003", "value over 200 bytes"),
        ("declared", "XPT006", f"value over the declared length of {variable.length}"),
        ("blank", "XPT008", "value ends with a blank, readers drop it"),
    ):
        if wrong[key]:
            found += _text_problems(replace(place, code=code, message=message), ready, wrong[key], encoding)
    return Checked(ready, tuple(found), longest)


def _measure(piece: Any, seen: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], Any, Any]:
    """Bytes of each value (0 where it is not used or null), whether it ends with a blank, and holds a NUL."""
    offsets, data = buffers(piece)
    sizes = np.diff(offsets)
    if piece.null_count:
        seen = seen & pc.is_valid(piece).to_numpy(zero_copy_only=False)
    if not seen.all():
        sizes = np.where(seen, sizes, 0)
    some, nul = sizes > 0, np.zeros(len(sizes), bool)
    blank = some & (data[offsets[1:] - 1] == _BLANK) if some.any() else some
    inside = data[offsets[0] : offsets[-1]]
    if inside.min(initial=1) == 0:
        zeros = np.flatnonzero(inside == 0) + offsets[0]
        nul[np.searchsorted(offsets, zeros, side="right") - 1] = True
    return sizes, blank, nul & some


def _records(codes: Codes, numbers: Sequence[int], k: int) -> dict[int, tuple[int, int]]:
    """First record (1-based) and count of records of each distinct value in ``numbers``."""
    first, count = np.zeros(k + 1, np.int64), np.bincount(codes.astype(np.int64) + 1, minlength=k + 1)[1:]
    first[codes[::-1]] = np.arange(len(codes), 0, -1)
    return {i: (int(first[i]), int(count[i])) for i in numbers}


def _grouped(cells: TextCells | NumberCells, texts: dict[int, Any]) -> dict[Any, tuple[int, int]]:
    """First record (1-based) and count of each text, in the order of the records."""
    found: dict[Any, tuple[int, int]] = {}
    if not texts:
        return found
    if cells.codes is not None:
        places = _records(cells.codes, list(texts), len(cells.values))
        return {texts[i]: places[i] for i in sorted(texts, key=lambda i: places[i][0])}
    for i, text in sorted(texts.items()):
        first, count = found.get(text, (i + 1, 0))
        found[text] = (first, count + 1)
    return found


def _text_problems(place: XptProblem, cells: TextCells, numbers: list[int], encoding: str) -> list[XptProblem]:
    raw = {i: part(cells.values, i, i + 1).view(pa.large_binary())[0].as_py() for i in numbers}
    return [
        replace(place, value=data.decode(encoding), n_bytes=len(data), record=first, count=count)
        for data, (first, count) in _grouped(cells, raw).items()
    ]


def _lost_problems(place: XptProblem, cells: TextCells, lost: dict[int, str], encoding: str) -> list[XptProblem]:
    known = replace(place, code="XPT004", message=f"text is not {encoding}")
    return [
        replace(known, value=text, record=first, count=count) for text, (first, count) in _grouped(cells, lost).items()
    ]


def _check_numbers(place: XptProblem, variable: XptVariable, cells: NumberCells) -> Checked:
    seen, length = used(cells.codes, len(cells.values)), variable.length or 8
    if not seen.all():
        cells = NumberCells(np.where(seen, cells.values, 0.0), cells.codes)
    outside: list[int] = []
    short: list[int] = []
    for lo, hi in _slices(len(cells.values)):
        values = cells.values[lo:hi]
        flag = out_of_range(values)
        outside += (np.flatnonzero(flag) + lo).tolist()
        if length < 8:
            low_bytes = compute_words(np.where(flag, 0.0, values)).view(np.uint8).reshape(-1, 8)[:, length:]
            short += (np.flatnonzero(low_bytes.any(axis=1)) + lo).tolist()
    found: list[XptProblem] = []
    for numbers, code, message in (
        (outside, "XPT005", "number is infinite or outside 16**-65 to 16**63"),
        (short, "XPT006", f"number needs more than the declared {length} bytes"),
    ):
        texts = {i: repr(float(cells.values[i])) for i in numbers}
        for text, (first, count) in _grouped(cells, texts).items():
            found.append(replace(place, code=code, message=message, value=text, record=first, count=count))
    return Checked(cells, tuple(found), length)
