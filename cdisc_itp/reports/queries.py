"""Queries: what a site is asked about its own open issues, one row an occurrence, without direct identifiers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ..model.catalogue_questions import QUESTIONS
from .issues import Issue
from .work_list import Occurrence, WorkList, read_occurrences

# How many occurrences of one issue a sheet lists, and how many rows it has in all: what a person can answer.
EACH, MOST = 50, 1000
OF_TEAM = "mended by the study team, not asked of the site"
OF_BOUND = "more than a sheet lists of one issue"

# 18 characters of a Chinese resident identity number; a mobile number, as it is written or with +86 and separators.
_IDENTITY = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸｘ](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|＋|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


class Query(Struct, frozen=True):
    """One question: where the value stands, as it is written, and what is asked."""

    number: str
    subject: str
    dataset: str
    variable: str
    file: str
    sheet: str
    row: int | None
    column: str
    value: str
    question: str


class LeftOut(Struct, frozen=True):
    """Open occurrences that a sheet does not list, and why."""

    code: str
    dataset: str
    variable: str
    value: str
    count: int
    why: str


class QueryList(Struct, frozen=True):
    """What one source is asked; ``masked`` counts what looked like a person's number and is not shown."""

    source: str
    queries: tuple[Query, ...]
    left_out: tuple[LeftOut, ...]
    masked: int


def masked(text: str) -> tuple[str, int]:
    """A text without what looks like an identity or mobile number, and how many were masked.

    >>> masked("id 110101199003070134, tel. 138-0013-8000")
    ('id [identity number masked], tel. [phone number masked]', 2)
    """
    text, identities = _IDENTITY.subn("[identity number masked]", text)
    text, phones = _MOBILE.subn("[phone number masked]", text)
    return text, identities + phones


def build_queries(found: WorkList, issues: Sequence[Issue], each: int = EACH, most: int = MOST) -> list[QueryList]:
    """What each source is asked of some issues: those that are open and about its data.

    At most ``each`` occurrences of an issue and ``most`` of a source are listed; the others are counted.
    """
    about = [i for i in issues if i.source and not i.accepted and i.severity != "note"]
    lists = []
    for source in sorted({i.source for i in about}):
        of_source = [i for i in about if i.source == source]
        asked = [i for i in of_source if i.code in QUESTIONS]
        rows = read_occurrences(found, asked, each, most) if asked else []
        lists.append(_query_list(source, of_source, rows))
    return lists


def _query_list(source: str, issues: Sequence[Issue], rows: list[tuple[Issue, Occurrence]]) -> QueryList:
    listed = Counter(i for i, _ in rows)
    left = [
        _left_out(i, i.count - listed[i], OF_BOUND if i.code in QUESTIONS else OF_TEAM)
        for i in issues
        if i.count > listed[i]
    ]
    ordered = sorted(rows, key=lambda r: _order(r[1]))
    queries = [_masked(_query(f"{source}-{n:04d}", i, o)) for n, (i, o) in enumerate(ordered, 1)]
    return QueryList(
        source,
        tuple(q for q, _ in queries),
        tuple(replace(x, value=masked(x.value)[0]) for x in left),
        sum(n for _, n in queries),
    )


def _order(o: Occurrence) -> tuple[str, str, str, int, str, str, str]:
    return (o["subject"], o["file"], o["sheet"], o["row"] or 0, o["column"], o["code"], o["variable"])


def _left_out(issue: Issue, count: int, why: str) -> LeftOut:
    return LeftOut(issue.code, issue.dataset, issue.variable, issue.value, count, why)


def _query(number: str, issue: Issue, o: Occurrence) -> Query:
    where = (o["file"], o["sheet"], o["row"], o["column"])
    return Query(number, o["subject"], issue.dataset, issue.variable, *where, o["value"], QUESTIONS[issue.code])


def _masked(query: Query) -> tuple[Query, int]:
    """The query without what looks like a person's number, in whatever cell."""
    said = {c: masked(getattr(query, c)) for c in ("subject", "file", "sheet", "column", "value")}
    return replace(query, **{c: text for c, (text, _) in said.items()}), sum(n for _, n in said.values())
