"""Where the records of a SAS transport file lie: datasets within the file, padding, truncation (SAS TS-140)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from .xpt_header import CARD, XptHeader, is_header, parse_header
from .xpt_source import Source

SCANNED = 1 << 16  # cards looked at in one go
_FIRST_WORD = np.frombuffer(b"HEADER R", np.uint64)[0]


class Member(Struct, frozen=True):
    """One dataset of a file: its header, its number of records, and what is worth knowing of them."""

    header: XptHeader
    records: int
    notes: tuple[str, ...] = ()


def parse_members(source: Source) -> Iterator[Member]:
    """Every dataset of the file in order; READ020 to READ027 by ``xpt_header``, READ025 for cut records."""
    header: XptHeader | None = parse_header(source)
    while header is not None:
        stop = _next_member(source, header.start)
        yield _measure(source, header, stop)
        header = parse_header(source, stop) if stop < len(source.data) else None


def _next_member(source: Source, start: int) -> int:
    """Byte of the next MEMBER card, or the end of the file."""
    cards = (len(source.data) - start) // CARD
    for first in range(0, cards, SCANNED):
        last, offset = min(first + SCANNED, cards), start + first * CARD
        words = source.data[offset : start + last * CARD].reshape(-1, CARD)[:, :8]
        for number in np.flatnonzero(np.ascontiguousarray(words).view(np.uint64)[:, 0] == _FIRST_WORD):
            at = offset + int(number) * CARD
            if is_header(source.data[at : at + CARD].tobytes(), b"MEMBER"):
                return at
    return len(source.data)


def _measure(source: Source, header: XptHeader, stop: int) -> Member:
    """Number of records between ``header.start`` and ``stop``; READ025 where they end inside a record."""
    size, space = header.record_length, stop - header.start
    records, rest = divmod(space, size) if size else (0, space)
    tail = source.data[stop - rest : stop]
    if not _blank(tail) or (rest and space % CARD):
        message = f"dataset {header.name}: the file ends inside record {records + 1}, {rest} of {size} bytes are there"
        source.fail("READ025", message, stop, "get the file again, it was cut")
    notes = []
    if rest >= CARD:
        notes.append(f"{rest // CARD} blank cards more than the padding after the last record")
    if space % CARD:
        notes.append("the last card is not filled with blanks")
    elif 0 < size < CARD:
        records = _without_padding(source, header, records, space)
    if records and _blank(_record(source, header, records - 1)):
        notes.append(f"the last record ({records}) is blank")
    return Member(header, records, tuple(notes))


def _without_padding(source: Source, header: XptHeader, records: int, space: int) -> int:
    """Records but for the blank ones at the end that fit into the padding of the last card.

    TS-140 stores no number of records: in records below 80 bytes padding and blank records look the same.
    """
    size = header.record_length
    while records and (records - 1) * size > space - CARD and _blank(_record(source, header, records - 1)):
        records -= 1
    return records


def _record(source: Source, header: XptHeader, number: int) -> npt.NDArray[np.uint8]:
    start = header.start + number * header.record_length
    return source.data[start : start + header.record_length]


def _blank(data: npt.NDArray[np.uint8]) -> bool:
    return bool((data == ord(" ")).all())
