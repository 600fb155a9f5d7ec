"""Every file of every source, as far as it can be read: what cannot is told, and the rest is shown."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..model.issue import ReadError, ReadProblem
from ..model.lineage import NumberedTable
from ..model.raw import RawTable
from ..profile.tables import TableProfile, profile_table
from ..readers.registry import find_files, read_tables
from ..spec.load import StudyFiles
from ..spec.types import TableSpec

NO_IDENTIFIER = "READ013"


@dataclass(frozen=True)
class SourceTable:
    """One raw table of a source with its profile, and what is wrong with it although it was read."""

    table: NumberedTable
    options: TableSpec
    profile: TableProfile
    problems: tuple[ReadProblem, ...] = ()

    @property
    def raw(self) -> RawTable:
        """The table as it was read."""
        return self.table.raw


@dataclass(frozen=True)
class Unreadable:
    """A file (or a pattern that finds none) of a source that gave no table."""

    source: str
    name: str
    problem: ReadProblem


@dataclass
class RawFiles:
    """What the raw folder holds: tables, what cannot be read, and files that no source names."""

    tables: list[SourceTable] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    unclaimed: tuple[str, ...] = ()


def read_raw_files(files: StudyFiles, raw: Path) -> RawFiles:
    """Tables in the order of sources and files. ReadError only where there is a table to read and none can be."""
    out, claimed = RawFiles(), set()
    for source in files.sources.values():
        for name, options in source.tables.items():
            for path in _found(raw, source.source, name, options, out):
                claimed.add(path)
                one = replace(options, file=glob.escape(path))
                out.tables += _read(raw, source.source, name, one, options, out, len(out.tables))
    there = (p.relative_to(raw).as_posix() for p in raw.rglob("*") if p.is_file())
    out.unclaimed = tuple(sorted(p for p in there if p not in claimed and not Path(p).name.startswith(".")))
    if out.unreadable and not out.tables:
        raise ReadError([u.problem for u in out.unreadable])
    return out


def _found(raw: Path, source: str, name: str, options: TableSpec, out: RawFiles) -> list[str]:
    try:
        return [p.relative_to(raw).as_posix() for p in find_files(raw, options.file)]
    except ReadError as error:
        out.unreadable += [Unreadable(source, name, p) for p in error.problems]
        return []


def _read(
    raw: Path, source: str, name: str, one: TableSpec, options: TableSpec, out: RawFiles, number: int
) -> Iterator[SourceTable]:
    try:
        tables, problems = _as_far_as_possible(raw, one)
    except ReadError as error:
        out.unreadable += [Unreadable(source, name, p) for p in error.problems]
        return
    for i, table in enumerate(tables):
        numbered = NumberedTable(number + i, source, name, table)
        yield SourceTable(numbered, options, profile_table(table), tuple(problems))


def _as_far_as_possible(raw: Path, options: TableSpec) -> tuple[list[RawTable], list[ReadProblem]]:
    """The tables of a file; identifier columns that it lacks are told, and are no reason not to show the rest."""
    try:
        return read_tables(raw, options), []
    except ReadError as error:
        lacking = [p for p in error.problems if p.code == NO_IDENTIFIER]
        if len(lacking) < len(error.problems):
            raise
    header = read_tables(raw, replace(options, identifiers=()))
    names = {n for t in header for n in t.frame.columns}
    known = tuple(i for i in options.identifiers if i in names)
    return read_tables(raw, replace(options, identifiers=known)), lacking
