"""The work list of an output: read back from what a run wrote, chosen by source, code, severity and acceptance."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from ..model.column import distinct_tuples, text_column
from ..model.issue import Severity, UserError
from ..spec.suggest import near
from .issue_files import OCCURRENCE
from .issues import COLUMNS, SEVERITIES, Issue, as_written

TOOL = "cdisc-itp"
PACKAGE, SPEC = "package", "spec"  # what issues are about that belong to no source
KEY = ("code", "dataset", "variable", "value", "source", "spec", "message")


class WorkListError(UserError):
    """A folder that is no output, or a choice that means nothing (exit code 2)."""


class WorkList(Struct, frozen=True):
    """What a run said: ``run`` is its run.json, ``issues`` its issues.csv in its order."""

    out: Path
    run: dict[str, Any]
    issues: tuple[Issue, ...]

    @property
    def sources(self) -> list[str]:
        """The sources of the run's inputs, and what belongs to none."""
        named = {str(i["source"]) for i in self.run["inputs"]}
        return [*sorted(named | {i.source for i in self.issues if i.source}), PACKAGE, SPEC]


class Choice(Struct, frozen=True):
    """Which issues are wanted; an empty tuple, and None, mean all of them.

    ``codes`` may be the beginning of codes (``DATA``); ``severity`` is the least grave one.
    """

    sources: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    severity: Severity | None = None
    accepted: bool | None = None

    def has(self, issue: Issue) -> bool:
        """Whether an issue is wanted."""
        limit = len(SEVERITIES) if self.severity is None else SEVERITIES.index(self.severity) + 1
        return (
            (not self.sources or source_of(issue) in self.sources)
            and (not self.codes or issue.code.startswith(self.codes))
            and issue.severity in SEVERITIES[:limit]
            and self.accepted in (None, bool(issue.accepted))
        )


def source_of(issue: Issue) -> str:
    """The source of an issue; the written package, or the spec, where it has none."""
    return issue.source or (SPEC if issue.spec else PACKAGE)


def read_work_list(out: Path) -> WorkList:
    """The issues of an output folder; WorkListError where it is none, or another version wrote it."""
    if not out.is_dir():
        raise WorkListError(f"{out} is no folder - give the --out of a convert")
    run = _read_run(out)
    path = out / "run" / "issues.csv"
    if not path.is_file():
        raise WorkListError(f"{out} has no run/issues.csv - convert again")
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise WorkListError(f"{path} does not have the columns of this version - convert again")
        return WorkList(out, run, tuple(_issue(row) for row in reader))


def _read_run(out: Path) -> dict[str, Any]:
    try:
        run = json.loads((out / "run" / "run.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WorkListError(
            f"{out} is no output of {TOOL}: it has no run/run.json - give the --out of a convert"
        ) from error
    if not isinstance(run, dict) or run.get("tool") != TOOL or "created" not in run:
        raise WorkListError(f"{out}/run/run.json is not that of this version of {TOOL} - convert again")
    return run


def _issue(row: dict[str, str]) -> Issue:
    said: dict[str, Any] = {k: as_written(v) for k, v in row.items()}
    if said["severity"] not in get_args(Severity):
        raise WorkListError(f"run/issues.csv has the severity '{said['severity']}' - convert again")
    said["count"], said["row"] = int(said["count"]), int(said["row"]) if said["row"] else None
    return Issue(**said)


def choose_issues(found: WorkList, choice: Choice) -> list[Issue]:
    """The issues that are wanted; WorkListError for a source that the run does not have."""
    for source in choice.sources:
        if source not in found.sources:
            hint = near(source, found.sources) or f"one of {', '.join(found.sources)}"
            raise WorkListError(f"this output has no source '{source}' - {hint}")
    return [i for i in found.issues if choice.has(i)]


class SourceCounts(Struct, frozen=True):
    """Issues of one source: how many are open by severity, how many accepted, and how often they occur."""

    source: str
    open: dict[Severity, int]
    accepted: int
    occurrences: int


def counts_by_source(issues: Iterable[Issue]) -> list[SourceCounts]:
    """Counts of each source that has issues; the package and the spec come last."""
    by_source: dict[str, list[Issue]] = {}
    for issue in issues:
        by_source.setdefault(source_of(issue), []).append(issue)
    out = []
    for source in sorted(by_source, key=source_order):
        of_source = by_source[source]
        left = Counter(i.severity for i in of_source if not i.accepted)
        counts: dict[Severity, int] = {s: left[s] for s in SEVERITIES}
        out.append(SourceCounts(source, counts, len(of_source) - left.total(), sum(i.count for i in of_source)))
    return out


def source_order(source: str) -> tuple[bool, bool, str]:
    """Sources by name, then the package, then the spec."""
    return source == SPEC, source == PACKAGE, source


Occurrence = dict[str, Any]


def read_occurrences(
    found: WorkList, issues: Sequence[Issue], each: int | None = None, most: int | None = None
) -> list[tuple[Issue, Occurrence]]:
    """Occurrences with subject and place (``OCCURRENCE``): at most ``each`` of an issue and ``most`` in all.

    They come in the order of the issues, those of one issue by file, sheet, row and column.
    """
    table = _read_parquet(found.out / "run" / "issues.parquet")
    number = _issue_numbers(table, issues)
    rows = np.flatnonzero(number >= 0)
    rows = rows[np.argsort(number[rows], kind="stable")]
    of_issue = number[rows]
    starts = np.flatnonzero(np.diff(of_issue, prepend=-1))
    place = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    kept = (rows if each is None else rows[place < each])[:most]
    taken = table.take(pa.array(kept)).to_pylist()
    return [
        (issues[n], {k: "" if v is None and k != "row" else v for k, v in row.items()})
        for n, row in zip(number[kept].tolist(), taken, strict=True)
    ]


def _read_parquet(path: Path) -> pa.Table:
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise WorkListError(f"{path} cannot be read - convert again") from error
    if tuple(table.column_names) != OCCURRENCE:
        raise WorkListError(f"{path} does not have the columns of this version - convert again")
    return table.combine_chunks()


def _issue_numbers(table: pa.Table, issues: Sequence[Issue]) -> npt.NDArray[np.int64]:
    """The number of the issue that each occurrence (n,) belongs to; -1 where it is not wanted."""
    wanted = {tuple(getattr(i, k) for k in KEY): n for n, i in enumerate(issues)}
    if table.num_rows == 0:
        return np.empty(0, np.int64)
    columns = [table[k].to_pandas().array for k in KEY]
    group, parts = distinct_tuples([text_column(np.asarray(c.codes), c.categories) for c in columns])
    texts = [[*map(str, c.categories), ""] for c in columns]
    keys = zip(*([t[code] for code in p.tolist()] for t, p in zip(texts, parts, strict=True)), strict=True)
    return np.array([wanted.get(key, -1) for key in keys], np.int64)[group]
