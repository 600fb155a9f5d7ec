"""Pieces of an XPT file that is too large for a submission."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from .xpt_declaration import NAME_LENGTH, XptError, XptProblem
from .xpt_file import whole_file
from .xpt_header import CARD, FIXED_CARDS, NAMESTR, header_record, padding

SPLIT_LIMIT = 5_000_000_000  # FDA Study Data Technical Conformance Guide: files over 5 GB are also split
COPIED = 1 << 20
_NAME_AT = 5 * CARD + 8  # the dataset's name in the first descriptor card


class _Whole(Struct, frozen=True):
    """Header, records and their length in bytes of the file that is cut."""

    header: bytes
    name: str
    records: int
    size: int


def split_xpt(path: Path | str, directory: Path | str, limit: int = SPLIT_LIMIT) -> tuple[Path, ...]:
    """Cut a file of ``write_xpt`` on record borders into pieces of at most ``limit`` bytes each.

    Pieces go to ``directory`` (by FDA's guide a folder ``split`` beside the file) as lb1.xpt, lb2.xpt ... for
    lb.xpt; each is a whole file whose dataset is named as the file is (LB1), labels and times as in the whole.
    Their records one after another are those of the file, which stays. () where it is within the limit.
    ValueError where it is no such file or the limit is below header and one record, XptError (XPT001) where a
    piece's name has over 8 characters.
    """
    source, folder = Path(path), Path(directory)
    if source.stat().st_size <= limit:
        return ()
    with source.open("rb") as file:
        whole = _read_whole(file, source.stat().st_size)
        cuts = list(_cut(file, whole, limit))
        names = [f"{whole.name}{number}" for number in range(1, len(cuts) + 1)]
        if len(names[-1]) > NAME_LENGTH:
            message = f"name of a piece of {whole.name} is over {NAME_LENGTH} characters"
            raise XptError([XptProblem("XPT001", whole.name, message, value=names[-1])])
        folder.mkdir(parents=True, exist_ok=True)
        targets = [folder / f"{source.stem}{number}{source.suffix}" for number in range(1, len(cuts) + 1)]
        try:
            for target, name, (first, last) in zip(targets, names, cuts, strict=True):
                _write_piece(file, whole, target, name, first, last)
        except BaseException:
            for target in targets:
                target.unlink(missing_ok=True)
            raise
    return tuple(targets)


def _read_whole(file: BinaryIO, size: int) -> _Whole:
    fixed = file.read(FIXED_CARDS * CARD)
    for card, kind in ((0, "LIBRARY"), (3, "MEMBER"), (4, "DSCRPTR"), (7, "NAMESTR")):
        if fixed[card * CARD : card * CARD + 48] != header_record(kind)[:48]:
            raise ValueError(f"not an XPT file as written here: no {kind} header at byte {card * CARD}")
    variables = int(fixed[7 * CARD + 54 : 7 * CARD + 58])
    namestrs = file.read(variables * NAMESTR + padding(variables * NAMESTR))
    obs = file.read(CARD)
    if obs != header_record("OBS"):
        raise ValueError("not an XPT file as written here: no OBS header after the namestrs")
    record = sum(struct.unpack_from(">h", namestrs, i * NAMESTR + 4)[0] for i in range(variables))
    header = fixed + namestrs + obs
    records = (size - len(header)) // record if record else 0
    name = fixed[_NAME_AT : _NAME_AT + NAME_LENGTH].decode("ascii").rstrip()
    whole = _Whole(header, name, records, record)
    while records and _hidden(file, whole, 0, records):
        records -= 1
    return _Whole(header, name, records, record)


def _hidden(file: BinaryIO, whole: _Whole, first: int, last: int) -> bool:
    """Whether record ``last`` (1-based), as the end of a file from ``first``, would pass for padding."""
    size = whole.size
    if padding((last - first) * size) + size >= CARD:
        return False
    file.seek(len(whole.header) + (last - 1) * size)
    return not file.read(size).strip(b" ")


def _cut(file: BinaryIO, whole: _Whole, limit: int) -> Iterator[tuple[int, int]]:
    """First and last + 1 record of each piece, each piece as long as the limit allows."""
    room = (limit - len(whole.header)) // CARD * CARD // whole.size if whole.size else 0
    if room < 1:
        raise ValueError(f"limit of {limit} bytes is below the header and one record of {whole.name}")
    first = 0
    while first < whole.records:
        last = min(first + room, whole.records)
        while last > first + 1 and _hidden(file, whole, first, last):
            last -= 1
        yield first, last
        first = last


def _write_piece(file: BinaryIO, whole: _Whole, target: Path, name: str, first: int, last: int) -> None:
    header = whole.header[:_NAME_AT] + name.encode("ascii").ljust(NAME_LENGTH)
    header += whole.header[_NAME_AT + NAME_LENGTH :]
    left = (last - first) * whole.size
    file.seek(len(whole.header) + first * whole.size)
    with whole_file(target) as piece:
        piece.write(header)
        while left:
            data = file.read(min(COPIED, left))
            piece.write(data)
            left -= len(data)
        piece.write(b" " * padding((last - first) * whole.size))
