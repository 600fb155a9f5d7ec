"""Dates of analysis datasets as they are written in ISO 8601."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from tests.studies.builds import Package
from tests.studies.truth import Row


def iso(number: str) -> str:
    """The day that a number of days since 1960-01-01 is; "" for no value."""
    return str(date(1960, 1, 1) + timedelta(int(number))) if number else ""


def days_between(start: str, end: str) -> int:
    """Days from one ISO date to another."""
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def study_day(start: str, day: str) -> str:
    """Day 1 is the start; there is no day 0 (ADaMIG 1.3: ADY)."""
    if not (start and day):
        return ""
    between = days_between(start, day)
    return str(between + (between >= 0))


def randomized(package: Package) -> dict[str, Row]:
    """The true facts of each randomized subject."""
    return {s: row for s, row in package.answers.subjects.items() if row["arm"]}


def true_records(package: Package, form: str) -> list[Row]:
    """The true records of a form: item by item, of randomized subjects."""
    rows: dict[tuple[str, str], Row] = defaultdict(dict)
    for r in package.answers.forms[form]:
        if r["subject"] in randomized(package):
            rows[r["subject"], r["record"]] |= {"SUBJID": r["subject"], r["item"]: r["value"]}
    return list(rows.values())
