"""Every raw table of a study, without what identifies persons."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from pathlib import Path

from msgspec.structs import replace

from .model.issue import ReadError, ReadProblem
from .model.lineage import NumberedTable, Occurrences
from .model.raw import TableOptions
from .readers.personal import prepare_identifiers, read_identifiers, without_personal
from .readers.registry import find_files, read_each
from .spec.load import StudyFiles, blocks_of
from .watcher import Watcher

WHY_NAMES_ARE_READ = "what its identifier columns hold is looked for in every other cell"


def read_raw_tables(
    files: StudyFiles, raw: Path, watcher: Watcher, forms: Collection[str] | None = None
) -> list[NumberedTable]:
    """Raw tables in the order of sources and files, without what identifies persons; ReadError with the problems of
    all of them. With ``forms`` only the tables that fill one of them.
    """
    return read_raw_tables_with_issues(files, raw, watcher, forms)[0]


def read_raw_tables_with_issues(
    files: StudyFiles,
    raw: Path,
    watcher: Watcher,
    forms: Collection[str] | None = None,
    naming: Sequence[TableOptions] | None = None,
    sources: Collection[str] | None = None,
) -> tuple[list[NumberedTable], list[Occurrences]]:
    """As `read_raw_tables`, and DATA073 for each cell that was left out because it identifies a person.

    ``naming`` are the tables whose identifier columns are looked for: those of the study, or of more than it. With
    ``sources`` only their tables are read, and numbered.
    """
    wanted = [
        (s.source, name, options)
        for s in files.sources.values()
        for name, options in s.tables.items()
        if (sources is None or s.source in sources)
        and (forms is None or any(name in b.from_ and form in forms for form, _, b in blocks_of(s)))
    ]
    out: list[NumberedTable] = []
    problems: list[ReadProblem] = []
    every = read_each(raw, [options for _, _, options in wanted])
    for done, ((source, name, options), found) in enumerate(zip(wanted, every, strict=True), 1):
        if isinstance(found, ReadError):
            problems += found.problems
        else:
            out += [NumberedTable(len(out) + i, source, name, t) for i, t in enumerate(found)]
        watcher.advance(f"{source}: {options.file}", done, len(wanted))
    if problems:
        raise ReadError(list(dict.fromkeys(problems)))  # Tables of one file or folder have its problems in common.
    known = _identifiers(tables_that_name_persons(files) if naming is None else naming, raw)
    return without_personal(out, prepare_identifiers(known, files.study.personal.not_names))


def tables_that_name_persons(files: StudyFiles) -> list[TableOptions]:
    """The tables that have identifier columns."""
    return [t for s in files.sources.values() for t in s.tables.values() if t.identifiers]


def _identifiers(tables: Sequence[TableOptions], raw: Path) -> set[str]:
    """What identifier columns hold, those of tables that this run does not need among them.

    ReadError where such a table cannot be read: its persons could be named in any other. One that is not there (it
    is told where it is needed) names nobody.
    """
    values: set[str] = set()
    problems: list[ReadProblem] = []
    for options in tables:
        with contextlib.suppress(ReadError):
            find_files(raw, options.file)
            try:
                values |= read_identifiers(raw, options)
            except ReadError as error:
                problems += (replace(p, hint=p.hint or WHY_NAMES_ARE_READ) for p in error.problems)
    if problems:
        raise ReadError(list(dict.fromkeys(problems)))
    return values
