"""What a raw file holds: its formats' own tables, before any of them is read."""

from __future__ import annotations

from pathlib import Path

from .limits import LIMITS, Limits
from .odm import read_item_groups
from .problems import Problems, read_bytes
from .registry import READERS
from .workbook import open_workbook
from .xpt_records import parse_members
from .xpt_source import open_source


def format_known(path: Path) -> str | None:
    """The format that a file's suffix tells; None where it tells none."""
    return next((name for name, r in READERS.items() if path.suffix.lower() in r.suffixes), None)


def parts_of(path: Path, limits: Limits = LIMITS) -> tuple[dict[str, str], ...]:
    """The options that choose each table of a file: a sheet, a dataset, an item group; one empty set where it is one.

    Raises ReadError where the file cannot be opened.
    """
    form = format_known(path)
    if form == "xlsx":
        problems = Problems(path.name, limits.problems)
        book = open_workbook(read_bytes(path, problems, limits), problems, limits)
        problems.raise_any()
        return tuple({"sheet": s.name} for s in (book.sheets if book else ()))
    if form == "odm":
        groups = [g for g in read_item_groups(path, limits=limits) if g.records]
        return tuple({"item_group": g.oid, "label": g.name} for g in groups)
    if form == "xpt":
        names = [m.header.name for m in parse_members(open_source(path, None))]
        return tuple({"sheet": n} for n in names) if len(names) > 1 else ({},)
    return ({},)
