"""Issues: grouped as a work list (value x count x source with the first place), every occurrence kept beside."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..model.catalogue import CATALOGUE
from ..model.column import Column, decoded, distinct_tuples, is_numeric, text_column
from ..model.issue import Finding, Severity
from ..model.lineage import Occurrences, Places, TablePlace
from ..spec.accepted import AcceptedLine

COLUMNS = (
    "severity",
    "code",
    "dataset",
    "variable",
    "value",
    "count",
    "source",
    "file",
    "sheet",
    "row",
    "column",
    "message",
    "remedy",
    "accepted",
)
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Issue:
    """A group of occurrences: what, how often, where first. ``accepted`` is the study's reason to leave it."""

    severity: Severity
    code: str
    dataset: str
    variable: str
    value: str
    count: int
    source: str
    file: str
    sheet: str
    row: int | None
    column: str
    message: str
    remedy: str
    accepted: str = ""

    def cells(self) -> tuple[str, ...]:
        """The cells of issues.csv; what a spreadsheet would take for a formula is quoted."""
        shown = [getattr(self, c) for c in COLUMNS]
        return tuple("" if v is None else formula_safe(str(v)) for v in shown)


def formula_safe(text: str) -> str:
    """Text that a spreadsheet shows and does not compute.

    >>> formula_safe("=1+1"), formula_safe("-5"), formula_safe("<2.0")
    ("'=1+1", '-5', '<2.0')
    """
    risky = text[:1] in ("=", "@", "\t", "\r") or (text[:1] in "+-" and not _is_number(text))
    return f"'{text}" if text and risky else text


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()


def group_issues(occurrences: Iterable[Occurrences], tables: list[TablePlace], column_names: list[str]) -> list[Issue]:
    """One issue a code, variable, value, source and detail; sorted by severity, code, place."""
    out: dict[tuple[str, ...], Issue] = {}
    for o in occurrences:
        for issue in _groups(o, tables, column_names):
            key = (issue.code, issue.dataset, issue.variable, issue.value, issue.source, issue.message)
            known = out.get(key)
            out[key] = issue if known is None else _added(known, issue)
    return sorted(out.values(), key=_sort_key)


def _added(a: Issue, b: Issue) -> Issue:
    first = min(a, b, key=lambda i: (i.file, i.sheet, i.row or 0))
    return replace(first, count=a.count + b.count)


def _sort_key(i: Issue) -> tuple[int, str, str, str, str, str]:
    return (SEVERITIES.index(i.severity), i.code, i.dataset, i.variable, i.value, i.source)


def _groups(o: Occurrences, tables: list[TablePlace], column_names: list[str]) -> list[Issue]:
    sources = list(dict.fromkeys(t.source for t in tables))
    of_table = np.array([sources.index(t.source) for t in tables] or [0], np.int32)
    source = text_column(of_table[o.places.table], sources)
    value = _text(o.value)
    group, (values, where) = distinct_tuples([value, source])
    counts = np.bincount(group, minlength=len(values))
    order = np.lexsort((o.places.column, o.places.row, _file_ranks(tables)[o.places.table], group))
    first = order[np.searchsorted(group[order], np.arange(len(values)))]
    out = []
    for i, at in enumerate(first.tolist()):
        shown = value.categories[values[i]] if values[i] >= 0 else ""
        out.append(_issue(o, shown, int(counts[i]), sources[where[i]], o.places, at, tables, column_names))
    return out


def _file_ranks(tables: list[TablePlace]) -> np.ndarray:  # type: ignore[type-arg]
    names = sorted({(t.file, t.sheet or "") for t in tables})
    return np.array([names.index((t.file, t.sheet or "")) for t in tables] or [0])


def _text(column: Column) -> Column:
    if not is_numeric(column):
        return column
    return text_column(column.codes, [f"{v:g}" for v in column.categories.tolist()])


def _issue(
    o: Occurrences,
    value: str,
    count: int,
    source: str,
    places: Places,
    at: int,
    tables: list[TablePlace],
    column_names: list[str],
) -> Issue:
    entry, table = CATALOGUE[o.code], tables[int(places.table[at])]
    column = int(places.column[at])
    raw = column_names[column] if column >= 0 else o.column
    return Issue(
        severity=entry.severity,
        code=o.code,
        dataset=o.dataset,
        variable=o.variable,
        value=value,
        count=count,
        source=source,
        file=table.file,
        sheet=table.sheet or "",
        row=int(places.row[at]),
        column=raw,
        message=entry.title + (f" ({o.detail})" if o.detail else ""),
        remedy=entry.remedy,
    )


def issues_of_findings(findings: Iterable[Finding], rules: Mapping[str, tuple[Severity, str]]) -> list[Issue]:
    """Findings of the judges as issues: grouped by rule, dataset, variable, value and message, first record named.

    ``rules`` gives severity and remedy of each rule.
    """
    out: dict[tuple[str, ...], Issue] = {}
    for f in findings:
        severity, remedy = rules[f.rule]
        issue = Issue(
            severity,
            f.rule,
            f.dataset,
            f.variable or "",
            f.value or "",
            1,
            "",
            "",
            "",
            f.record,
            "",
            f.message,
            remedy,
        )
        key = (f.rule, f.dataset, issue.variable, issue.value, f.message)
        known = out.get(key)
        out[key] = issue if known is None else replace(known, count=known.count + 1)
    return sorted(out.values(), key=_sort_key)


def explains(line: AcceptedLine, issue: Issue) -> bool:
    """Whether a line of accepted.csv speaks of an issue: it agrees in every cell that is not empty."""
    wanted = (line.dataset, line.variable, line.value, line.source)
    found = (issue.dataset, issue.variable, issue.value, issue.source)
    return line.code == issue.code and all(w in ("", f) for w, f in zip(wanted, found, strict=True))


def accept(issues: Sequence[Issue], accepted: Sequence[AcceptedLine]) -> tuple[list[Issue], list[AcceptedLine]]:
    """The issues with the study's reasons, and the lines that explain nothing."""
    out, used = [], set()
    for issue in issues:
        line = next((a for a in accepted if explains(a, issue)), None)
        if line is not None:
            used.add(line.line)
        out.append(issue if line is None else replace(issue, accepted=line.reason))
    return out, [a for a in accepted if a.line not in used]


def unused_acceptance(lines: Sequence[AcceptedLine]) -> list[Issue]:
    """Lines of accepted.csv that explain nothing: ACC001, so that explanations do not outlive what they explain."""
    entry = CATALOGUE["ACC001"]
    return [
        Issue(
            severity=entry.severity,
            code=entry.code,
            dataset=line.dataset,
            variable=line.variable,
            value=line.value,
            count=1,
            source=line.source,
            file="accepted.csv",
            sheet="",
            row=line.line,
            column="",
            message=f"{entry.title} ({line.code})",
            remedy=entry.remedy,
        )
        for line in lines
    ]


def conditions_never_held(written: Mapping[tuple[str, int], str], held: Container[tuple[str, int]]) -> list[Issue]:
    """DATA080 for each condition of the spec (by file and line) that held for no row of this run."""
    entry = CATALOGUE["DATA080"]
    return [
        Issue(
            severity=entry.severity,
            code=entry.code,
            dataset="",
            variable="",
            value=text,
            count=1,
            source="",
            file=file,
            sheet="",
            row=line,
            column="",
            message=entry.title,
            remedy=entry.remedy,
        )
        for (file, line), text in sorted(written.items())
        if (file, line) not in held
    ]


def write_issues_csv(path: Path, issues: Iterable[Issue]) -> None:
    """issues.csv: one line a group."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(i.cells() for i in issues)


def write_issues_parquet(
    path: Path, occurrences: Iterable[Occurrences], tables: list[TablePlace], column_names: list[str]
) -> None:
    """issues.parquet: every occurrence with its value and place."""
    parts = [_occurrence_table(o, tables, column_names) for o in occurrences]
    schema = pa.schema([(c, pa.int64() if c == "row" else pa.string()) for c in _OCCURRENCE])
    table = pa.concat_tables(parts) if parts else schema.empty_table()
    order = [(c, "ascending") for c in ("code", "dataset", "variable", "file", "sheet", "row", "column", "value")]
    pq.write_table(table.sort_by(order), path, compression="zstd")


_OCCURRENCE = ("code", "dataset", "variable", "value", "subject", "source", "file", "sheet", "row", "column", "detail")


def _occurrence_table(o: Occurrences, tables: list[TablePlace], column_names: list[str]) -> pa.Table:
    at = o.places.table.tolist()
    n = len(at)
    names = [column_names[c] if c >= 0 else o.column for c in o.places.column.tolist()]
    cells = {
        "code": [o.code] * n,
        "dataset": [o.dataset] * n,
        "variable": [o.variable] * n,
        "value": decoded(_text(o.value)).tolist(),
        "subject": decoded(o.subject).tolist() if o.subject is not None else [None] * n,
        "source": [tables[t].source for t in at],
        "file": [tables[t].file for t in at],
        "sheet": [tables[t].sheet or "" for t in at],
        "row": o.places.row,
        "column": names,
        "detail": [o.detail] * n,
    }
    return pa.table({k: pa.array(v, pa.int64() if k == "row" else pa.string()) for k, v in cells.items()})


def worst(issues: Iterable[Issue]) -> Severity | None:
    """The gravest severity that no reason accepts."""
    found = {i.severity for i in issues if not i.accepted}
    return next((s for s in SEVERITIES if s in found), None)
