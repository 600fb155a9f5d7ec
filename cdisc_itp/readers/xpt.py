"""SAS transport files, version 5 (SAS TS-140), made here or by anyone else.

Text is decoded strictly, without trailing blanks; numbers become the nearest doubles. Where TS-140 cannot tell
padding from blank records (records below 80 bytes), they are padding.

=======  ==========================================================================================
READ001  the file cannot be opened
READ006  an option that does not apply, an encoding that is unknown or holds no ASCII
READ019  more problems than are shown
READ020  not a SAS transport file (nothing in it, PROC CPORT, something else)
READ021  SAS transport version 8
READ022  the header ends too early
READ023  a card of the header is not what TS-140 has there
READ024  a variable's description contradicts itself or the others
READ025  the file ends inside a record
READ026  text that the encoding does not have
READ027  line ends stand between the cards: the file was moved as text
READ028  the dataset asked for is not in the file, or several are and none was asked for
=======  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from pathlib import Path

import pandas as pd
from msgspec.structs import asdict, replace

from ..model.column import Column
from .limits import LIMITS
from .problems import Problems
from .xpt_cells import NumberCells, Part, read_cells
from .xpt_header import XptHeader, XptVariable, parse_header
from .xpt_raw import raw_table_from_xpt
from .xpt_records import Member, parse_members
from .xpt_source import Source, hash_of, open_source

__all__ = [
    "XptFile",
    "XptHeader",
    "XptVariable",
    "iter_xpt",
    "raw_table_from_xpt",
    "read_xpt",
    "read_xpt_header",
    "read_xpt_members",
]
SMALL = 2**22
"""Bytes that are hashed sooner than a thread is there for them."""


class XptFile(XptHeader, frozen=True, dict=True):
    """One dataset with its records.

    ``columns`` are Categoricals: text without trailing blanks (empty is no value), numbers with missing values
    as no value. ``special_missing`` counts records by variable and special missing value (".A" to ".Z", "._").
    ``records`` is the number of records of the dataset; the columns begin with record ``first`` (0-based).
    ``encoding`` is the one used, ``sha256`` the hash of the whole file.
    """

    encoding: str
    records: int
    columns: dict[str, Column]
    special_missing: dict[str, dict[str, int]]
    sha256: str
    notes: tuple[str, ...] = ()
    first: int = 0

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The columns as a frame, for those who need one."""
        return pd.DataFrame(self.columns, copy=False)


def read_xpt(path: Path | str, encoding: str | None = None) -> XptFile:
    """The first dataset of a file; further ones are told in ``notes``. Raises ReadError.

    Without ``encoding`` text must be UTF-8 (ASCII is); nothing is replaced.
    """
    source = open_source(path, encoding)
    members = list(parse_members(source))
    others = [m.header.name for m in members[1:]]
    notes = (f"the file holds further datasets, not read: {', '.join(others)}",) if others else ()
    return _read_whole(source, members[:1], notes)[0]


def read_xpt_members(path: Path | str, encoding: str | None = None) -> tuple[XptFile, ...]:
    """Every dataset of a file, in order. Raises ReadError."""
    source = open_source(path, encoding)
    return tuple(_read_whole(source, list(parse_members(source))))


def iter_xpt(path: Path | str, records: int, encoding: str | None = None) -> Iterator[XptFile]:
    """The first dataset in parts of at most ``records`` records (at least one part), for flat memory."""
    source = open_source(path, encoding)
    (member,) = islice(parse_members(source), 1)
    digest = hash_of(source)
    for first in range(0, max(member.records, 1), records):
        part = Part(source, member.header, first, min(records, member.records - first))
        yield read_part(part, member, digest)


def read_xpt_header(path: Path | str, encoding: str | None = None) -> XptHeader:
    """The header of the first dataset, without a look at the records. Raises ReadError."""
    return parse_header(open_source(path, encoding))


def _read_whole(source: Source, members: Sequence[Member], notes: tuple[str, ...] = ()) -> list[XptFile]:
    """All records of the datasets; a large file is hashed on a second core meanwhile."""
    parts = [(Part(source, m.header, 0, m.records), m) for m in members]
    if len(source.data) < SMALL:
        digest = hash_of(source)
        return [read_part(part, member, digest, notes) for part, member in parts]
    with ThreadPoolExecutor(1) as pool:
        hashing = pool.submit(hash_of, source)
        files = [read_part(part, member, "", notes) for part, member in parts]
        return [replace(file, sha256=hashing.result()) for file in files]


def read_part(part: Part, member: Member, digest: str, notes: tuple[str, ...] = ()) -> XptFile:
    """Some records of a dataset; every text that cannot be decoded at once (READ026)."""
    problems = Problems(part.source.file, LIMITS.problems, member.header.name)
    columns: dict[str, Column] = {}
    special: dict[str, dict[str, int]] = {}
    for variable, cells in read_cells(part, problems):
        if isinstance(cells, NumberCells):
            columns[variable.name] = cells.column()
            if counts := cells.special():
                special[variable.name] = counts
        else:
            columns[variable.name] = cells
    problems.raise_any()
    return XptFile(
        **asdict(member.header),
        encoding=part.source.encoding,
        records=member.records,
        columns=columns,
        special_missing=special,
        sha256=digest,
        notes=(*member.notes, *notes),
        first=part.first,
    )
