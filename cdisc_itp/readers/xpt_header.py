"""The header of a SAS transport file, version 5 (SAS TS-140), read with distrust.

READ020 not a transport file; READ021 version 8; READ022 the header ends too early; READ023 a card is not what
TS-140 has there; READ024 a namestr contradicts itself or the others; READ026 text that the encoding does not
have; READ027 line ends were inserted. Messages give the byte offset (0-based) in the file.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from .table import counted
from .xpt_source import Source

CARD = 80
LIBRARY_CARDS = 3
_HEADER = b"HEADER RECORD*******%-8bHEADER RECORD!!!!!!!"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class XptVariable(Struct, frozen=True):
    """One variable as the file has it: ``position`` (0-based) and ``length`` in bytes within a record.

    ``display_format`` and ``informat`` as SAS writes them ("DATE9.", "8.2", "" for none).
    """

    name: str
    label: str
    numeric: bool
    length: int
    position: int
    display_format: str = ""
    informat: str = ""


class XptHeader(Struct, frozen=True):
    """What the header says of one dataset.

    ``created`` and ``modified`` are the dataset's, local times without zone; the file has two digits of the
    year, 70 to 99 are taken as 19xx; None where it is no such time. ``start`` is the byte of the first record.
    """

    file: str
    name: str
    label: str
    created: datetime | None
    modified: datetime | None
    sas_version: str
    sas_system: str
    variables: tuple[XptVariable, ...]
    record_length: int
    start: int


def is_header(card: bytes, kind: bytes) -> bool:
    """Whether a card is the header record of that kind ("MEMBER")."""
    return card[:48] == _HEADER % kind


def parse_header(source: Source, offset: int = LIBRARY_CARDS * CARD) -> XptHeader:
    """Header of the dataset whose MEMBER card is at ``offset``."""
    if offset == LIBRARY_CARDS * CARD:
        _check_library(source)
    size = _namestr_size(source, _expect(source, offset, b"MEMBER"), offset)
    _expect(source, offset + CARD, b"DSCRPTR")
    first, second = source.take(offset + 2 * CARD, CARD), source.take(offset + 3 * CARD, CARD)
    card = _expect(source, offset + 4 * CARD, b"NAMESTR")
    if not card[54:58].isdigit():
        source.fail("READ023", f"number of variables is {card[54:58]!r}", offset + 4 * CARD + 54)
    namestrs, count = offset + 5 * CARD, int(card[54:58])
    variables = _parse_namestrs(source, namestrs, size, count)
    obs = namestrs + -(-count * size // CARD) * CARD
    _expect(source, obs, b"OBS")
    return XptHeader(
        file=source.file,
        name=source.text(first[8:16], offset + 2 * CARD + 8),
        label=source.text(second[32:72], offset + 3 * CARD + 32),
        created=parse_timestamp(first[64:80]),
        modified=parse_timestamp(second[:16]),
        sas_version=source.text(first[24:32], offset + 2 * CARD + 24),
        sas_system=source.text(first[32:40], offset + 2 * CARD + 32),
        variables=variables,
        record_length=sum(v.length for v in variables),
        start=obs + CARD,
    )


def parse_timestamp(raw: bytes) -> datetime | None:
    """TS-140's ddMMMyy:hh:mm:ss.

    >>> parse_timestamp(b"01JUL23:05:06:07")
    datetime.datetime(2023, 7, 1, 5, 6, 7)
    """
    try:
        text = raw.decode("ascii").upper()
        month = _MONTHS.index(text[2:5]) + 1
        year = int(text[5:7])
        hour, minute, second = (int(text[i : i + 2]) for i in (8, 11, 14))
        return datetime(year + (1900 if year >= 70 else 2000), month, int(text[:2]), hour, minute, second)
    except ValueError:
        return None


def _check_library(source: Source) -> None:
    """The first card, with a word on the files that are commonly taken for version 5."""
    card = source.data[:CARD].tobytes()
    if is_header(card, b"LIBV8"):
        hint = "write it as version 5 (SAS: libname ... xport)"
        source.fail("READ021", "SAS transport version 8, only version 5 is read", 0, hint)
    if is_header(card, b"LIBRARY"):
        if b"\n" in card or b"\r" in card or source.data[CARD : CARD + 1].tobytes() in (b"\n", b"\r"):
            hint = "the file was changed by a transfer as text: get it again as binary"
            source.fail("READ027", "line ends stand between the 80-byte cards", CARD, hint)
        source.take(0, LIBRARY_CARDS * CARD)
        return
    if card and (_HEADER % b"LIBRARY").startswith(card):
        source.take(0, CARD)
    message = "the file is empty" if not card else "not a SAS transport file (no LIBRARY header record)"
    hint = "made by PROC CPORT: ask for the XPORT engine" if card.startswith(b"**COMPRESSED**") else ""
    source.fail("READ020", message, 0, hint)


def _expect(source: Source, offset: int, kind: bytes) -> bytes:
    card = source.take(offset, CARD)
    if not is_header(card, kind):
        source.fail("READ023", f"no {kind.decode()} header record but {card[:28]!r}", offset)
    return card


def _namestr_size(source: Source, card: bytes, offset: int) -> int:
    """140 bytes, or 136 where the file was made on VAX/VMS."""
    if card[74:78] not in (b"0140", b"0136"):
        source.fail("READ023", f"namestr size is {card[74:78]!r}, not 140 or 136", offset + 74)
    return int(card[74:78])


def _parse_namestrs(source: Source, offset: int, size: int, count: int) -> tuple[XptVariable, ...]:
    source.take(offset, size * count)
    starts = [offset + i * size for i in range(count)]
    variables = [_parse_namestr(source, start, size) for start in starts]
    seen: set[str] = set()
    for start, variable in zip(starts, variables, strict=True):
        if variable.name in seen:
            source.fail("READ024", f"two variables have the name {variable.name!r}", start + 8)
        seen.add(variable.name)
    return _placed(source, offset, variables)


def _parse_namestr(source: Source, offset: int, size: int) -> XptVariable:
    raw = source.take(offset, size)
    kind, _, length, number = struct.unpack_from(">4h", raw)
    name = source.text(raw[8:16], offset + 8)
    if kind not in (1, 2):
        source.fail("READ024", f"variable {name!r} has type {kind}, neither 1 nor 2", offset)
    if length < 1 or (kind == 1 and not 2 <= length <= 8):
        source.fail("READ024", f"variable {name!r} has a length of {counted(length, 'byte')}", offset + 4)
    if not name:
        source.fail("READ024", f"variable {number} has no name", offset + 8)
    return XptVariable(
        name=name,
        label=source.text(raw[16:56], offset + 16),
        numeric=kind == 1,
        length=length,
        position=struct.unpack_from(">i", raw, 84)[0],
        display_format=_format(source, raw, offset, 56, 64),
        informat=_format(source, raw, offset, 72, 80),
    )


def _format(source: Source, raw: bytes, offset: int, name_at: int, width_at: int) -> str:
    """Name, width and decimals of a format as SAS writes them."""
    name = source.text(raw[name_at : name_at + 8], offset + name_at)
    width, decimals = struct.unpack_from(">2h", raw, width_at)
    if not name and width <= 0:
        return ""
    return f"{name}{width if width > 0 else ''}.{decimals if decimals > 0 else ''}"


def _placed(source: Source, offset: int, variables: Sequence[XptVariable]) -> tuple[XptVariable, ...]:
    """Variables whose positions fill the record without gap or overlap, in any order.

    Some writers leave all positions 0: then the order of the namestrs places them.
    """
    in_order = list(accumulate((v.length for v in variables), initial=0))[:-1]
    if not any(v.position for v in variables):
        placed = zip(variables, in_order, strict=True)
        return tuple(replace(v, position=position) for v, position in placed)
    end = 0
    for variable in sorted(variables, key=lambda v: v.position):
        if variable.position != end:
            message = f"variable {variable.name!r} is at position {variable.position} of the record, not {end}"
            source.fail("READ024", message, offset)
        end += variable.length
    return tuple(variables)
