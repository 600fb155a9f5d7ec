"""SPSS and SAS files by way of ReadStat: what they declare, and their columns, a bounded number at a time.

ReadStat stops at text that it cannot decode, and does not say where. It is therefore told that all text is Latin-1,
which has a character for every byte, and text is decoded here: what cannot be decoded has a row and a column.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from ..model.column import Codes, codes_of, collect_numbers, values_of
from .limits import MIB, Limits
from .problems import Problems
from .readstat_source import BYTES, ReadStat
from .xpt_cells import NumberCells

UNKNOWN_RECORDS = 100_000
"""Records for which ReadStat's binding makes room where a file does not tell how many it has."""
GROUP = 256 * MIB  # about what the columns of one pass take
ZLIB_RATIO = 1032  # zlib packs no better
ZIPPED_SPSS = b"$FL3"
NUMBER, TEXT = 40, 64  # bytes of a Python number, and of a text beside its characters
# A header is read within two minutes, cells at 20,000 a second: what takes longer hangs.
HEADER_SECONDS, CELLS_A_SECOND = 120.0, 20_000
# Names that iconv has and Python has not.
_CODECS = {"big-5": "big5", "windows-936": "gbk", "maccroatian": "mac_croatian", "macromania": "mac_romanian"}


class StatVariable(Struct, frozen=True):
    """A variable as the file declares it.

    ``key`` is its name as ReadStat gives it, ``width`` the bytes of a cell; ``decodes`` are its value labels by
    code, ``missing`` its user-defined missing values as ranges from a lowest to a highest.
    """

    key: str
    name: str
    label: str
    numeric: bool
    display_format: str
    width: int
    decodes: dict[Any, str]
    missing: tuple[tuple[Any, Any], ...]


class StatFile(Struct, frozen=True):
    """A file's header: codec of its text (declared by the user or its own), records (None: not told), variables."""

    codec: str
    records: int | None
    variables: tuple[StatVariable, ...]


class TextCells(Struct, frozen=True):
    """Distinct texts (k,) as their bytes, and codes (n,); -1 is no value."""

    values: list[bytes]
    codes: Codes


def check_file(path: Path, limits: Limits, problems: Problems) -> None:
    """Raise ReadError where a file cannot be opened (READ001), is too large (READ007) or encrypted (READ080)."""
    size = 0
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            if b"ENCRYPTEDSAV" in stream.read(32):
                problems.add("READ080", "the file is encrypted", hint="save it without a password")
    except OSError as error:
        problems.add("READ001", f"cannot be opened: {error.strerror}")
    if size > limits.file_bytes:
        problems.add("READ007", f"{size} bytes are more than the limit of {limits.file_bytes}")
    problems.raise_any()


def read_stat_header(
    source: ReadStat, path: Path, encoding: str | None, limits: Limits, problems: Problems
) -> StatFile:
    """What the file declares; raises ReadError: READ006 to READ009, READ080, READ081."""
    codec = _codec_of(source, encoding, problems)
    header = source.read_header(BYTES, HEADER_SECONDS)
    count = len(header["variables"])
    if not count:
        problems.add("READ008", "the file has no variables")
    if count > limits.columns:
        problems.add("READ007", f"{count} columns are more than the limit of {limits.columns}")
    problems.raise_any()
    file = StatFile(codec, header["records"], tuple(_variables(header, codec, problems)))
    _check_extent(file, path, limits, problems)
    problems.raise_any()
    return file


def read_columns(source: ReadStat, file: StatFile) -> Iterator[tuple[StatVariable, NumberCells | TextCells]]:
    """Each variable's cells, in the order of the file; READ080.

    The file is read once for every group of columns, which bounds the memory.
    """
    for group in _groups(file):
        seconds = HEADER_SECONDS + _room(file) * len(file.variables) / CELLS_A_SECOND
        columns = source.read_columns([v.key for v in group], seconds)
        for variable, (numbers, texts) in zip(group, columns, strict=True):
            yield variable, _number_cells(numbers, texts) if variable.numeric else _text_cells(texts)


def _room(file: StatFile) -> int:
    return UNKNOWN_RECORDS if file.records is None else file.records


def _groups(file: StatFile) -> Iterator[Sequence[StatVariable]]:
    """Variables whose columns together take at most GROUP bytes (at least one)."""
    group: list[StatVariable] = []
    size = 0
    for variable in file.variables:
        cells = _room(file) * (NUMBER if variable.numeric else variable.width + TEXT)
        if group and size + cells > GROUP:
            yield group
            group, size = [], 0
        group.append(variable)
        size += cells
    if group:
        yield group


def _number_cells(numbers: Any, texts: Any) -> NumberCells:
    """Distinct numbers, and behind them the letters of the special missing values that occur."""
    column = collect_numbers(numbers.to_numpy(zero_copy_only=False))
    values, letters = values_of(column).astype(np.float64), _text_cells(texts)
    marks = np.asarray([ord(letter) for letter in letters.values], dtype=np.uint8)
    codes = np.where(letters.codes < 0, codes_of(column), letters.codes + len(values))
    return NumberCells(
        np.append(values, np.zeros(len(marks))),
        np.append(np.zeros(len(values), np.uint8), marks),
        codes.astype(np.int32),
    )


def _text_cells(texts: Any) -> TextCells:
    values = [text.encode(BYTES) for text in texts.dictionary.to_pylist()]
    return TextCells(values, texts.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32))


def _codec_of(source: ReadStat, declared: str | None, problems: Problems) -> str:
    """Python's codec of the encoding declared, or else of the file's own (UTF-8 where it names none)."""
    name = declared
    if name is None:
        name = str(source.read_header(None, HEADER_SECONDS)["encoding"] or "utf-8")
    try:
        codec = codecs.lookup(_CODECS.get(name.lower(), name)).name
        if bytes(range(32, 127)).decode(codec).isascii():
            return codec
        message = "does not hold ASCII"
    except (LookupError, UnicodeDecodeError):
        message = "is not known or does not hold ASCII"
    if declared is None:
        problems.add("READ081", f"the file's encoding {name!r} {message}", hint="declare `encoding`")
    else:
        problems.add("READ006", f"encoding {name!r} {message}")
    problems.raise_any()
    raise AssertionError("unreachable")


def _check_extent(file: StatFile, path: Path, limits: Limits, problems: Problems) -> None:
    """READ007 for more than is read, READ080 for more records than the file can hold (each is at least a byte)."""
    records, columns, size = _room(file), len(file.variables), path.stat().st_size
    unpacked = records * sum(v.width for v in file.variables)
    with path.open("rb") as stream:
        ratio = ZLIB_RATIO if stream.read(len(ZIPPED_SPSS)) == ZIPPED_SPSS else 1
    if (file.records or 0) > size * ratio:
        problems.add("READ080", f"{size} bytes cannot hold the {records} records that the file declares")
    elif records * columns > limits.stored_cells:
        message = f"{records} records x {columns} columns"
        problems.add("READ007", f"{message} are more than the limit of {limits.stored_cells} cells")
    elif unpacked > limits.file_bytes and file.records is not None:
        problems.add("READ007", f"{unpacked} bytes, unpacked, are more than the limit of {limits.file_bytes}")


def _variables(header: dict[str, Any], codec: str, problems: Problems) -> Iterator[StatVariable]:
    for told in header["variables"]:
        name = _HeaderText(codec, problems, None).decode(told["name"] or "", "the name")
        text = _HeaderText(codec, problems, name)
        yield StatVariable(
            told["name"] or "",
            name,
            text.decode(told["label"] or "", "the label"),
            told["numeric"],
            told["format"] or "",
            max(1, told["width"]),
            {text.code(code): text.decode(decode, "a value label") for code, decode in told["decodes"]},
            tuple((text.code(low), text.code(high)) for low, high in told["missing"]),
        )


class _HeaderText(Struct, frozen=True):
    """Decodes the header's texts on one variable; READ081."""

    codec: str
    problems: Problems
    column: str | None

    def decode(self, text: str, what: str) -> str:
        try:
            return text.encode(BYTES).decode(self.codec)
        except UnicodeError:
            self.problems.add("READ081", f"{what} is not {self.codec}", None, self.column, "declare `encoding`")
            return text

    def code(self, code: Any) -> Any:
        """A number as it is, text without trailing blanks, as cells are."""
        return self.decode(code, "a code").rstrip(" ") if isinstance(code, str) else code
