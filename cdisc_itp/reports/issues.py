"""Issues: grouped as a work list (value x count x source with the first place), every occurrence kept beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from ..model.catalogue import CATALOGUE
from ..model.column import distinct_tuples, text_column
from ..model.issue import Finding, Severity
from ..model.lineage import Occurrences, Places, TablePlace
from ..spec.accepted import AcceptedLine
from ..spec.undecided import Undecided
from .arrow import as_text

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
    "spec",
    "message",
    "remedy",
    "add",
    "accepted",
)
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Issue(Struct, frozen=True):
    """A group of occurrences: what, how often, where first. ``accepted`` is the study's reason to leave it.

    ``row`` is that of the raw file, of the spec's file, or the record where a judge found it. ``spec`` is file and line
    of the spec that was being applied (``sdtm/lb.yaml:8``). ``remedy`` says what to do, ``add`` the row to add there.
    """

    severity: Severity
    code: str
    dataset: str = ""
    variable: str = ""
    value: str = ""
    count: int = 1
    source: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    spec: str = ""
    message: str = ""
    remedy: str = ""
    add: str = ""
    accepted: str = ""

    def cells(self) -> tuple[str, ...]:
        """The cells of issues.csv; what a spreadsheet would take for a formula is quoted."""
        shown = [getattr(self, c) for c in COLUMNS]
        return tuple("" if v is None else formula_safe(str(v)) for v in shown)


# What a text begins with that may be quoted; nearly none does.
_SIGNS = frozenset("=@\t\r+-'")


def formula_safe(text: str) -> str:
    """Text that a spreadsheet shows and does not compute.

    >>> formula_safe("=1+1"), formula_safe("-5"), formula_safe("<2.0")
    ("'=1+1", '-5', '<2.0')
    """
    if text[:1] not in _SIGNS:
        return text
    risky = text[:1] in ("=", "@", "\t", "\r") or (text[:1] in "+-" and not _is_number(text))
    # A quote of the text's own, before what would be quoted, is quoted too: `as_written` then knows whose it is.
    ours = text[:1] == "'" and formula_safe(text[1:]) != text[1:]
    return f"'{text}" if text and (risky or ours) else text


def as_written(text: str) -> str:
    """The text that `formula_safe` made safe.

    >>> [as_written(formula_safe(t)) for t in ("=1+1", "'=1+1", "'5", "-5")]
    ['=1+1', "'=1+1", "'5", '-5']
    """
    return text[1:] if text[:1] == "'" and formula_safe(text[1:]) == text else text


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()


NO_TABLE = TablePlace("", "", "", None, 0, "")


def group_issues(occurrences: Iterable[Occurrences], tables: list[TablePlace], column_names: list[str]) -> list[Issue]:
    """One issue a code, variable, value, source, line of the spec and detail; sorted by severity, code, place."""
    out: dict[tuple[str, ...], Issue] = {}
    for o in occurrences:
        for issue in _groups(o, tables, column_names):
            key = (issue.code, issue.dataset, issue.variable, issue.value, issue.source, issue.spec, issue.message)
            known = out.get(key)
            out[key] = issue if known is None else _added(known, issue)
    return sorted(out.values(), key=_sort_key)


def _added(a: Issue, b: Issue) -> Issue:
    first = min(a, b, key=lambda i: (i.file, i.sheet, i.column, i.row or 0))
    return replace(first, count=a.count + b.count)


def _sort_key(i: Issue) -> tuple[int, str, str, str, str, str, str, str]:
    return (SEVERITIES.index(i.severity), i.code, i.dataset, i.variable, i.value, i.source, i.message, i.spec)


def _groups(o: Occurrences, tables: list[TablePlace], column_names: list[str]) -> list[Issue]:
    sources = list(dict.fromkeys(t.source for t in tables))
    # The last is for what comes from no raw table: a record of an analysis dataset.
    of_table = np.array([*(sources.index(t.source) for t in tables), -1], np.int32)
    source = text_column(of_table[o.places.table], sources)
    value = as_text(o.value)
    group, (values, where) = distinct_tuples([value, source])
    counts = np.bincount(group, minlength=len(values))
    # The first place is the first row of the first column, so that it names the same column if rows change places.
    order = np.lexsort(
        (o.places.row, _ranks(column_names)[o.places.column], _file_ranks(tables)[o.places.table], group)
    )
    first = order[np.searchsorted(group[order], np.arange(len(values)))]
    out = []
    for i, at in enumerate(first.tolist()):
        shown = value.categories[values[i]] if values[i] >= 0 else ""
        source_of = sources[where[i]] if where[i] >= 0 else ""
        out.append(_issue(o, shown, int(counts[i]), source_of, o.places, at, tables, column_names))
    return out


def _file_ranks(tables: list[TablePlace]) -> npt.NDArray[np.int64]:
    files = [(t.file, t.sheet or "") for t in tables]
    place = {f: i for i, f in enumerate(sorted(set(files)))}
    return np.array([*(place[f] for f in files), -1], np.int64)


def _ranks(names: list[str]) -> npt.NDArray[np.int64]:
    """The place of each name in alphabetical order; the last is that of -1, no name."""
    place = {n: i for i, n in enumerate(sorted(names))}
    return np.array([*(place[n] for n in names), -1], np.int64)


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
    number = int(places.table[at])
    entry, table = CATALOGUE[o.code], tables[number] if number >= 0 else NO_TABLE
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
        spec=place_in_spec(*o.line),
        message=message_of(o),
        remedy=entry.remedy,
    )


def message_of(o: Occurrences) -> str:
    """What happened, and with what."""
    return CATALOGUE[o.code].title + (f" ({o.detail})" if o.detail else "")


def place_in_spec(file: str, line: int) -> str:
    """File and line of the spec as messages show them; nothing where no line was applied."""
    return f"{file}:{line}" if file else ""


def issues_of_findings(findings: Iterable[Finding], rules: Mapping[str, tuple[Severity, str]]) -> list[Issue]:
    """Findings of the judges as issues: grouped by rule, dataset, variable, value and message, first record named.

    ``rules`` gives severity and remedy of each rule.
    """
    first: dict[tuple[str, str, str | None, str | None, str], Finding] = {}
    count: Counter[tuple[str, str, str | None, str | None, str]] = Counter()
    for f in findings:
        key = (f.rule, f.dataset, f.variable, f.value, f.message)
        first.setdefault(key, f)
        count[key] += 1
    return sorted((_finding_issue(f, count[k], *rules[f.rule]) for k, f in first.items()), key=_sort_key)


def each_finding(findings: Iterable[Finding], rules: Mapping[str, tuple[Severity, str]]) -> list[Issue]:
    """Every finding as an issue of its own, in order."""
    each = (_finding_issue(f, 1, *rules[f.rule]) for f in findings)
    return sorted(each, key=lambda i: (_sort_key(i), i.row or 0))


def _finding_issue(f: Finding, count: int, severity: Severity, remedy: str) -> Issue:
    return Issue(
        severity,
        f.rule,
        f.dataset,
        f.variable or "",
        f.value or "",
        count,
        row=f.record,
        message=f.message,
        remedy=remedy,
    )


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
            source=line.source,
            file="accepted.csv",
            row=line.line,
            spec=place_in_spec("accepted.csv", line.line),
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
            value=text,
            file=file,
            row=line,
            spec=place_in_spec(file, line),
            message=entry.title,
            remedy=entry.remedy,
        )
        for (file, line), text in sorted(written.items())
        if (file, line) not in held
    ]


def drafts_left(places: Iterable[Undecided]) -> list[Issue]:
    """DRAFT001 for each place of a drafted spec that nobody has decided."""
    entry = CATALOGUE["DRAFT001"]
    return [
        Issue(
            severity=entry.severity,
            code=entry.code,
            value=place.name,
            file=place.file,
            row=place.line,
            spec=place_in_spec(place.file, place.line),
            message=f"{entry.title} ({place.text})",
            remedy=entry.remedy,
        )
        for place in places
    ]


def rules_that_crashed(did_not_run: Iterable[tuple[str, str]]) -> list[Issue]:
    """An error for each rule that did not run: it did not pass."""
    remedy = "This is a bug of cdisc-itp: please report it; nothing was judged by this rule."
    return [
        Issue(
            severity="error",
            code=rule,
            message=f"the rule did not run: {reason}",
            remedy=remedy,
        )
        for rule, reason in did_not_run
    ]


def by_severity(issues: Iterable[Issue]) -> list[Issue]:
    """Issues by severity, code, dataset, variable, value, source and message."""
    return sorted(issues, key=_sort_key)


def worst(issues: Iterable[Issue]) -> Severity | None:
    """The gravest severity that no reason accepts."""
    found = {i.severity for i in issues if not i.accepted}
    return next((s for s in SEVERITIES if s in found), None)
