"""Every file of every source, as far as it can be read: what cannot is told, and the rest is shown.

Cells that identify a person are left out as a conversion leaves them out; the profiles count them by place and kind.
"""

from __future__ import annotations

import dataclasses
import glob
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ..model.column import values_of
from ..model.issue import ReadError, ReadProblem
from ..model.lineage import NumberedTable, Occurrences
from ..model.raw import RawTable
from ..profile.identifiers import SHOWN_ROWS, IdentifierLike
from ..profile.tables import TableProfile, profile_table
from ..profile.words import person_word
from ..readers.personal import prepare_identifiers, read_identifiers, without_personal
from ..readers.registry import find_files, read_tables
from ..spec.load import StudyFiles
from ..spec.types import TableSpec

NO_IDENTIFIER = "READ013"


class SourceTable(Struct, frozen=True):
    """One raw table of a source with its profile, and what is wrong with it although it was read."""

    table: NumberedTable
    options: TableSpec
    profile: TableProfile
    problems: tuple[ReadProblem, ...] = ()

    @property
    def raw(self) -> RawTable:
        """The table as it was read."""
        return self.table.raw


class Unreadable(Struct, frozen=True):
    """A file (or a pattern that finds none) of a source that gave no table."""

    source: str
    name: str
    problem: ReadProblem


class RawFiles(Struct):
    """What the raw folder holds: tables, what cannot be read, and files that no source names."""

    tables: list[SourceTable] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    unclaimed: tuple[str, ...] = ()


def read_raw_files(files: StudyFiles, raw: Path) -> RawFiles:
    """Tables in the order of sources and files. ReadError only where there is a table to read and none can be."""
    out, claimed, read = RawFiles(), set(), list[_Read]()
    for source in files.sources.values():
        for name, options in source.tables.items():
            for path in _found(raw, source.source, name, options, out):
                claimed.add(path)
                one = replace(options, file=glob.escape(path))
                read += _read(raw, source.source, name, one, options, out, len(read))
    out.tables = _without_personal(read, files.study.personal.not_names)
    there = (p.relative_to(raw).as_posix() for p in raw.rglob("*") if p.is_file())
    out.unclaimed = tuple(sorted(p for p in there if p not in claimed and not Path(p).name.startswith(".")))
    if out.unreadable and not out.tables:
        raise ReadError(list(dict.fromkeys(u.problem for u in out.unreadable)))  # A missing folder is told once.
    return out


def _found(raw: Path, source: str, name: str, options: TableSpec, out: RawFiles) -> list[str]:
    try:
        return [p.relative_to(raw).as_posix() for p in find_files(raw, options.file)]
    except ReadError as error:
        out.unreadable += [Unreadable(source, name, p) for p in error.problems]
        return []


@dataclasses.dataclass(frozen=True)
class _Read:
    """One raw table as it was read, with the distinct values of its file's identifier columns.

    A column that is not declared as one, but whose name speaks of a person, is one here.
    """

    table: NumberedTable
    options: TableSpec
    problems: tuple[ReadProblem, ...]
    identifiers: frozenset[str] = dataclasses.field(repr=False)


def _read(
    raw: Path, source: str, name: str, one: TableSpec, options: TableSpec, out: RawFiles, number: int
) -> Iterator[_Read]:
    try:
        tables, problems, known = _as_far_as_possible(raw, one)
        identifiers = frozenset(read_identifiers(raw, known))
    except ReadError as error:
        out.unreadable += [Unreadable(source, name, p) for p in error.problems]
        return
    for i, table in enumerate(tables):
        suspected = {str(v) for c in table.columns if person_word(c) for v in values_of(table.columns[c])}
        numbered = NumberedTable(number + i, source, name, table)
        yield _Read(numbered, options, tuple(problems), identifiers | suspected)


def _without_personal(read: list[_Read], not_names: tuple[str, ...]) -> list[SourceTable]:
    """The tables without cells that identify a person, which the profiles count."""
    known = prepare_identifiers({v for r in read for v in r.identifiers}, not_names)
    tables, left_out = without_personal([r.table for r in read], known)
    return [
        SourceTable(t, r.options, _profile(t, [o for o in left_out if t.number in o.places.table[:1]]), r.problems)
        for t, r in zip(tables, read, strict=True)
    ]


def _profile(table: NumberedTable, left_out: list[Occurrences]) -> TableProfile:
    """The table's profile, with the cells that were left out as they are told: kind, count, first rows."""
    profile = profile_table(table.raw)
    columns = (
        replace(c, identifiers=(*c.identifiers, *(_like(o) for o in left_out if o.column == c.name)))
        for c in profile.columns
    )
    return replace(profile, columns=tuple(columns))


def _like(left_out: Occurrences) -> IdentifierLike:
    kind = values_of(left_out.value)[0]
    return IdentifierLike(str(kind), len(left_out.places), tuple(left_out.places.row[:SHOWN_ROWS].tolist()))


def _as_far_as_possible(raw: Path, options: TableSpec) -> tuple[list[RawTable], list[ReadProblem], TableSpec]:
    """The tables of a file, and the options by which they were read.

    Identifier columns that it lacks are told, and are no reason not to show the rest; unless it lacks all of them:
    what was read as its header may be a person's record then.
    """
    try:
        return read_tables(raw, options), [], options
    except ReadError as error:
        lacking = [p for p in error.problems if p.code == NO_IDENTIFIER]
        if len(lacking) < len(error.problems):
            raise
    header = read_tables(raw, replace(options, identifiers=()))
    names = {n for t in header for n in t.frame.columns}
    if not names.intersection(options.identifiers):
        raise ReadError(lacking)
    known = replace(options, identifiers=tuple(i for i in options.identifiers if i in names))
    return read_tables(raw, known), lacking, known
