"""Sources shared out: a second process reads the raw tables of some, and makes the rows of forms of them.

It is asked as soon as the files of the spec are read, while this process resolves their names. The first sources, by
the sizes of their files, stay here; what becomes of both is numbered through as if one process had read it all.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from .beside import Answer, Beside
from .build.forms import Built, Made, make_rows, stack_forms
from .build.raw_columns import check_raw_columns
from .build.together import Renumbering, together
from .model.issue import ReadError, ReadProblem, SpecError, SpecProblem
from .model.lineage import NumberedTable, Occurrences
from .raw_tables import read_raw_tables_with_issues
from .readers.registry import find_files
from .spec.load import StudyFiles
from .spec.types import SourceSpec
from .watcher import Silent

MINE = 0.6
"""What part of the bytes stays: more than half, for what the other one made is sent here."""


class Share(Struct, frozen=True):
    """What the second process gave: raw tables without their values, what their blocks made; or what was wrong."""

    tables: list[NumberedTable] = field(default_factory=list)
    personal: list[Occurrences] = field(default_factory=list)
    made: Made = field(default_factory=lambda: Made(0))
    problems: list[ReadProblem] = field(default_factory=list)
    faults: list[SpecProblem] = field(default_factory=list)


class Shared(Struct, frozen=True):
    """The sources that stay here, and the answer of those that do not."""

    mine: tuple[str, ...]
    answer: Answer[Share]


def share_out(files: StudyFiles, raw: Path, beside: Beside) -> Shared | None:
    """Ask the second process for a part of the sources; None where one has as good as all the bytes."""
    mine, others = divided(files.sources.values(), raw)
    if not others or not mine:
        return None
    needed = replace(files, datasets={}, analysis={}, trial={})
    return Shared(mine, beside.ask(take_over, needed, raw, others))


def divided(sources: Iterable[SourceSpec], raw: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first sources, with as near to `MINE` of the bytes of all as can be, and the others."""
    sizes = {s.source: _bytes(s, raw) for s in sources}
    names, share = tuple(sizes), MINE * sum(sizes.values())
    upto = [0, *accumulate(sizes.values())]
    cut = min(range(len(upto)), key=lambda n: abs(upto[n] - share))
    return names[:cut], names[cut:]


def _bytes(source: SourceSpec, raw: Path) -> int:
    """The size of a source's files; who reads those that are not there says so."""
    sizes: dict[Path, int] = {}
    for table in source.tables.values():
        with suppress(ReadError, OSError):
            sizes |= {file: file.stat().st_size for file in find_files(raw, table.file)}
    return sum(sizes.values())


def take_over(files: StudyFiles, raw: Path, sources: tuple[str, ...]) -> Share:
    """In the second process: the raw tables of some sources, and the rows that their blocks make."""
    try:
        tables, personal = read_raw_tables_with_issues(files, raw, Silent(), sources=sources)
    except ReadError as error:
        return Share(problems=error.problems)
    faults = check_raw_columns(files, tables)
    if faults:
        return Share(faults=faults)
    return Share([t.without_values() for t in tables], personal, make_rows(files, tables))


def built_together(files: StudyFiles, tables: list[NumberedTable], shared: Shared) -> tuple[Built, Share]:
    """Every form, of the raw tables of this process and of those of the second one; and its share, numbered after ours.

    ReadError where the second one could not read its own, SpecError as `build_forms`.
    """
    faults = check_raw_columns(files, tables)
    made = Made(0) if faults else make_rows(files, tables)
    share = shared.answer.result()
    if share.problems:
        raise ReadError(share.problems)
    if faults or share.faults:
        raise SpecError([*faults, *share.faults])
    change = Renumbering(len(tables), 0, np.empty(0, np.int32))
    later = [replace(t, number=t.number + len(tables)) for t in share.tables]
    built = stack_forms(files, together([made, share.made]))
    return built, replace(share, tables=later, personal=change.issues(share.personal))
