"""The command `issues`: the work list of an output on stdout, and query workbooks."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from .model.issue import Severity
from .querying import write_queries
from .reports.issues import Issue
from .reports.queries import EACH
from .reports.work_list import Choice, WorkList, WorkListError, choose_issues, read_occurrences, read_work_list
from .reports.work_list_text import (
    issue_rows,
    occurrence_document,
    occurrence_rows,
    render_occurrences,
    render_work_list,
    work_list_document,
)

VALUES = 10  # of a variable, in the text


class Wanted(Struct, frozen=True):
    """What is asked of the list; ``rows`` bounds values of a variable or places of an issue (None: the default)."""

    sources: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    severity: Severity | None = None
    accepted: bool | None = None
    every: bool = False
    rows: int | None = None

    @property
    def choice(self) -> Choice:
        """Which issues are wanted."""
        return Choice(self.sources, self.codes, self.severity, self.accepted)


def print_issues(out: Path, wanted: Wanted, report: str, queries: Path | None) -> int:
    """Print the list, or write the workbooks."""
    if queries is not None and (wanted.every or report != "text"):
        raise WorkListError("--queries writes workbooks; --all and --report belong to the printed list")
    found = read_work_list(out)
    issues = choose_issues(found, wanted.choice)
    if queries is not None:
        _print_queries(found, issues, queries, wanted.rows)
    elif wanted.every:
        _print_occurrences(found, issues, report, wanted.rows)
    elif report == "text":
        _print_lines(render_work_list(found, issues, VALUES if wanted.rows is None else wanted.rows))
    elif report == "json":
        _print_json(work_list_document(found, issues))
    else:
        _print_csv(issue_rows(issues))
    return 0


def _print_occurrences(found: WorkList, issues: list[Issue], report: str, rows: int | None) -> None:
    each = read_occurrences(found, issues, rows or None)
    left_out = sum(i.count for i in issues) - len(each)
    if report == "text":
        _print_lines(render_occurrences(found, issues, each, left_out))
    elif report == "json":
        _print_json({"occurrences": occurrence_document(each), "left_out": left_out})
    else:
        _print_csv(occurrence_rows(each))


def _print_queries(found: WorkList, issues: list[Issue], folder: Path, rows: int | None) -> None:
    written = write_queries(found, issues, folder, EACH if rows is None else rows or sys.maxsize)
    for path, said in written:
        left = sum(x.count for x in said.left_out)
        print(f"{path}: {len(said.queries):,} queries; {left:,} open places not asked; {said.masked:,} masked")
    if not written:
        print("no open data issue of a source: nothing to ask, nothing written")


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True))


def _print_csv(rows: Iterable[tuple[str, ...]]) -> None:
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
