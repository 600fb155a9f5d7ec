"""The work list as text of 100 columns, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

from msgspec.structs import asdict

from .issue_files import OCCURRENCE
from .issues import COLUMNS, SEVERITIES, Issue, formula_safe
from .work_list import PACKAGE, SPEC, Occurrence, WorkList, source_of, source_order

WIDTH, VALUE_WIDTH, ELLIPSIS = 100, 48, "…"
K = TypeVar("K")


def accept_row(issue: Issue) -> str:
    """The row of accepted.csv that would leave an issue as it is."""
    out = io.StringIO()
    cells = (issue.code, issue.dataset, issue.variable, issue.value, issue.source, "<reason>")
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def render_work_list(found: WorkList, issues: Sequence[Issue], rows: int) -> Iterator[str]:
    """Lines by source, code, dataset and variable; of each variable ``rows`` values (0: all)."""
    yield from _heading(found, issues)
    said = _said_alike(issues)

    def rule(i: Issue) -> tuple[str, ...]:
        return (i.severity, i.code, said[_message(i)])

    for source, of_source in _groups(sorted(issues, key=lambda i: _order(i, rule(i))), source_of):
        yield ""
        yield _source_heading(source, of_source)
        for (severity, code, message), of_code in _groups(of_source, rule):
            yield from wrapped(f"{severity} {code}  {one_line(message)}", 2, 4)
            for _, same in _groups(of_code, _variable):
                yield from _render_variable(same, rows, message)


def _message(i: Issue) -> tuple[str, ...]:
    return (i.code, i.dataset, i.variable, i.message)


def _said_alike(issues: Iterable[Issue]) -> dict[tuple[str, ...], str]:
    """Each message; that of a judge with … for the words in which it differs from others of its code and variable.

    A rule that tells of each result or subject in its own words would otherwise fill the list with one sentence.
    """
    alike: dict[tuple[str, ...], dict[tuple[str, ...], list[str]]] = {}
    for i in issues:
        words = i.message.split(" ") if source_of(i) == PACKAGE else [i.message]
        alike.setdefault((*_message(i)[:-1], str(len(words))), {})[_message(i)] = words
    out: dict[tuple[str, ...], str] = {}
    for group in alike.values():
        common = [w[0] if len(set(w)) == 1 else ELLIPSIS for w in zip(*group.values(), strict=True)]
        told = common.count(ELLIPSIS) * 2 <= len(common)
        out |= {key: " ".join(common if told else words) for key, words in group.items()}
    return out


def _differing(i: Issue, message: str) -> str:
    """The words of an issue for which its heading has an ellipsis, but for its value."""
    words = zip(message.split(" "), i.message.split(" "), strict=True)
    other = [w.strip(",;:") for said, w in words if said == ELLIPSIS and said != w]
    shown = " ".join(one_line(w) for w in other if w != i.value)
    return f"({shown})  " if shown else ""


def _groups(issues: Iterable[Issue], key: Callable[[Issue], K]) -> Iterator[tuple[K, list[Issue]]]:
    """Issues that stand beside each other and have the same key."""
    for value, group in groupby(issues, key):
        yield value, list(group)


def _order(i: Issue, rule: tuple[str, ...]) -> tuple[Any, ...]:
    severity = SEVERITIES.index(i.severity)
    return (source_order(source_of(i)), severity, *rule, *_variable(i), -i.count, i.value, i.message)


def _variable(i: Issue) -> tuple[str, ...]:
    """What values have in common that one thing mends."""
    return (i.dataset, i.variable, i.spec, i.remedy, i.accepted)


def _heading(found: WorkList, issues: Sequence[Issue]) -> Iterator[str]:
    partial = " (partial)" if found.run["partial"] else ""
    yield f"{found.run['study']}{partial}: {said_counts(issues)}"
    if found.run["data"]:
        yield from wrapped(found.run["data"], 0, 0)
    if len(issues) < len(found.issues):
        yield f"{len(found.issues) - len(issues):,} other issues of this output are not among what was asked for"
    if not issues:
        yield "nothing to do"


def said_counts(issues: Sequence[Issue]) -> str:
    """How many issues are open, by severity, and how many accepted."""
    left = [i.severity for i in issues if not i.accepted]
    said = ", ".join(f"{left.count(s):,} {s}{'' if left.count(s) == 1 else 's'}" for s in SEVERITIES)
    return f"{said} open; {len(issues) - len(left):,} accepted"


def _source_heading(source: str, issues: list[Issue]) -> str:
    names = {PACKAGE: "PACKAGE, as the judges read it", SPEC: "SPEC"}
    n = sum(i.count for i in issues)
    return f"{names.get(source, f'SOURCE {source}')} - {said_counts(issues)}; {n:,} occurrence{'' if n == 1 else 's'}"


def _render_variable(issues: list[Issue], rows: int, message: str) -> Iterator[str]:
    """The values of one variable, then what to do once for all of them."""
    first, shown = issues[0], issues[:rows] if rows else issues
    name = ".".join(x for x in (first.dataset, first.variable) if x)
    if name or first.spec:
        yield "    " + "  ".join(x for x in (name, first.spec and f"[{first.spec}]") if x)
    for i in shown:
        yield from wrapped(f"{i.count:,}x {_shown_value(i)}{_differing(i, message)}{_first_place(i)}", 6, 9)
    if len(shown) < len(issues):
        yield f"      and {len(issues) - len(shown):,} more values (--rows 0 shows all)"
    if first.accepted:
        yield from wrapped(f"accepted: {one_line(first.accepted)}", 6, 8)
        return
    yield from wrapped(f"to do: {one_line(first.remedy)}", 6, 8)
    yield from (f"        {one_line(i.add)}" for i in shown if i.add)
    if first.code != "ACC001":
        yield from _acceptance([*dict.fromkeys(one_line(accept_row(i)) for i in shown)])


def _acceptance(rows: list[str]) -> Iterator[str]:
    """The other way: rows of accepted.csv, each with the study's reason."""
    if len(rows) == 1:
        yield f"      or accept it, in accepted.csv: {rows[0]}"
    else:
        yield "      or accept them, in accepted.csv:"
        yield from (f"        {r}" for r in rows)


def _shown_value(issue: Issue) -> str:
    return f"'{shortened(one_line(issue.value))}'  " if issue.value else ""


def _first_place(i: Issue) -> str:
    place = _place(i.source, i.file, i.sheet, i.row, i.column)
    return f"first: {place}" if place and i.count > 1 else place


def _place(source: str, file: str, sheet: str, row: int | None, column: str) -> str:
    """A raw cell, a line of the spec, or a record of a dataset."""
    if not file:
        return f"record {row}" if row else ""
    line = "" if row is None else f"row {row}" if source else f"line {row}"
    return " ".join(x for x in (file, sheet and f"sheet {sheet}", line, column and f"column {column}") if x)


def one_line(text: str) -> str:
    """A text without line ends, and without what a terminal would obey.

    >>> one_line("a\\nb\\x1b[2J")
    'a\\\\nb\\\\x1b[2J'
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def cells_of(text: str) -> int:
    """How many columns of a terminal a text takes: two for each Han character.

    >>> cells_of("mm3"), cells_of("万/mm3")
    (3, 6)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shortened(text: str) -> str:
    """A long value, of which issues.csv has the whole."""
    if cells_of(text) <= VALUE_WIDTH:
        return text
    while cells_of(text) > VALUE_WIDTH - 1:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, first: int, rest: int) -> Iterator[str]:
    """A text in lines of at most `WIDTH` columns, indented; a word is never broken."""
    line, empty = " " * first, True
    for word in text.split(" "):
        if not empty and cells_of(line) + 1 + cells_of(word) > WIDTH:
            yield line.rstrip()
            line, empty = " " * rest, True
        line, empty = (line if empty else line + " ") + word, False
    yield line.rstrip()


def work_list_document(found: WorkList, issues: Sequence[Issue]) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "study": found.run["study"],
        "data": found.run["data"],
        "partial": found.run["partial"],
        "issues": [{**asdict(i), "accept": accept_row(i)} for i in issues],
        "not_asked_for": len(found.issues) - len(issues),
    }


def issue_rows(issues: Iterable[Issue]) -> Iterator[tuple[str, ...]]:
    """Header and rows of CSV: the columns of issues.csv."""
    yield COLUMNS
    yield from (i.cells() for i in issues)


OCCURRENCE_COLUMNS = ("severity", *OCCURRENCE, "accepted")


def occurrence_document(occurrences: Iterable[tuple[Issue, Occurrence]]) -> list[dict[str, Any]]:
    """Every occurrence as JSON."""
    return [{"severity": i.severity, **o, "accepted": i.accepted} for i, o in occurrences]


def occurrence_rows(occurrences: Iterable[tuple[Issue, Occurrence]]) -> Iterator[tuple[str, ...]]:
    """Header and rows of CSV, one an occurrence; what a spreadsheet would take for a formula is quoted."""
    yield OCCURRENCE_COLUMNS
    for said in occurrence_document(occurrences):
        yield tuple("" if said[c] is None else formula_safe(str(said[c])) for c in OCCURRENCE_COLUMNS)


def render_occurrences(
    found: WorkList, issues: Sequence[Issue], occurrences: Iterable[tuple[Issue, Occurrence]], left_out: int
) -> Iterator[str]:
    """Lines of text, one an occurrence: what, then the place."""
    yield from _heading(found, issues)
    for issue, o in occurrences:
        name = ".".join(x for x in (issue.dataset, issue.variable) if x)
        value = f"'{shortened(one_line(o['value']))}'" if o["value"] else ""
        place = _place(o["source"], o["file"], o["sheet"], o["row"], o["column"])
        said = (issue.severity, issue.code, name, value, o["source"] and f"source {o['source']}", o["subject"], place)
        yield "  ".join(one_line(x) for x in said if x)
    if left_out:
        yield f"and {left_out:,} more (--rows 0 shows all)"
