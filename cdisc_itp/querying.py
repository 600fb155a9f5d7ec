"""Query workbooks: one a source, to be sent to the site and back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import astuple

from .model.issue import UserError
from .reports.issues import Issue
from .reports.queries import EACH, QueryList, build_queries
from .reports.work_list import WorkList
from .writers.workbook import WorkbookSheet, write_workbook

COLUMNS = {
    "Query no.": 12,
    "Subject": 20,
    "Form / dataset": 14,
    "Variable": 12,
    "File": 24,
    "Sheet": 12,
    "Row": 8,
    "Column": 16,
    "Value as read": 28,
    "What is asked": 48,
    "Answer": 36,
    "Date": 12,
    "Initials": 10,
}
TO_FILL = ("Answer", "Date", "Initials")
LEFT_COLUMNS = {"Code": 10, "Form / dataset": 14, "Variable": 12, "Value as read": 28, "Places": 8, "Why": 48}


class QueryError(UserError):
    """Workbooks that cannot be written where they are wanted (exit code 2)."""


def write_queries(
    found: WorkList, issues: Sequence[Issue], folder: Path, each: int = EACH
) -> list[tuple[Path, QueryList]]:
    """Write ``query_<source>.xlsx`` for each source with open data issues; the files and what each asks.

    QueryError where the folder lies in the output, or a file would be replaced that says something else: it may hold
    a site's answers.
    """
    if folder.resolve().is_relative_to(found.out.resolve()):
        raise QueryError(f"{folder} lies in the output - give a folder beside it")
    lists = [q for q in build_queries(found, issues, each) if q.queries or q.left_out]
    files = [folder / _file_name(q.source) for q in lists]
    with tempfile.TemporaryDirectory() as staged:
        made = [Path(staged) / f"{n}.xlsx" for n in range(len(lists))]
        for path, said in zip(made, lists, strict=True):
            _write(path, found, said)
        for new, file in zip(made, files, strict=True):
            if file.exists() and file.read_bytes() != new.read_bytes():
                raise QueryError(f"{file} is there already and may hold answers - move it, or give another folder")
        if files:
            folder.mkdir(parents=True, exist_ok=True)
        for new, file in zip(made, files, strict=True):
            file.write_bytes(new.read_bytes())
    return list(zip(files, lists, strict=True))


def _file_name(source: str) -> str:
    """The file of a source.

    >>> _file_name("04"), _file_name("a/b")
    ('query_04.xlsx', 'query_a_b.xlsx')
    """
    return "query_" + re.sub(r"[^\w.-]", "_", source) + ".xlsx"


def _write(path: Path, found: WorkList, said: QueryList) -> None:
    study = str(found.run["study"])
    title = f"Data queries: study {study}, source {said.source}"
    asked = WorkbookSheet(
        "Queries",
        (title, *_notes(found, said)),
        tuple(COLUMNS),
        tuple(COLUMNS.values()),
        [(*astuple(q), None, None, None) for q in said.queries],
        TO_FILL,
    )
    notes = (f"{title}: what is not asked here", *_notice(found))
    rows = [astuple(x) for x in said.left_out]
    left = WorkbookSheet("Not asked", notes, tuple(LEFT_COLUMNS), tuple(LEFT_COLUMNS.values()), rows)
    write_workbook(path, title, datetime.fromisoformat(found.run["created"]), [asked, left])


def _notice(found: WorkList) -> tuple[str, ...]:
    return (str(found.run["data"]),) if found.run["data"] else ()


def _notes(found: WorkList, said: QueryList) -> tuple[str, ...]:
    left = sum(x.count for x in said.left_out)
    notes = [*_notice(found), "Please fill in Answer, Date and Initials, and send this file back. Write no names."]
    counts = f"{len(said.queries):,} queries; {left:,} other open places are not asked here (sheet 'Not asked')."
    if said.masked:
        counts += f" {said.masked:,} texts that look like identity or phone numbers are masked."
    return (*notes, counts)
