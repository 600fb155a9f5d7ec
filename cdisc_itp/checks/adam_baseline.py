"""ADB101-ADB120: baseline, change, shifts, ranges and derived records of the basic data structure (ADaMIG 1.3, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..model.column import Codes, codes_of, present, take
from .analysis import (
    analysed,
    close,
    differ,
    figures,
    filled,
    has_all,
    is_flagged,
    named_like,
    needed_adsl,
    parameters_of,
    repeated_in,
    several_for,
    subject_days,
)
from .columns import column, group_numbers, texts
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule

_BASELINE = "ADaMIG 1.3, 3.3.4 and 3.3.8"
# What a baseline variable repeats of the baseline record.
_OF_BASELINE = (
    *(("BASEC", "AVALC"), ("BNRIND", "ANRIND"), ("BTOXGR", "ATOXGR"), ("BTOXGRN", "ATOXGRN")),
    *(("BTOXGRL", "ATOXGRL"), ("BTOXGRH", "ATOXGRH"), *((f"B{y}IND", f"A{y}IND") for y in range(1, 10))),
    *((f"BASECAT{y}", f"AVALCAT{y}") for y in range(1, 10)),
)
_SHIFTS = (
    ("BNRIND", "ANRIND"),
    ("BTOXGR", "ATOXGR"),
    ("BTOXGRL", "ATOXGRL"),
    ("BTOXGRH", "ATOXGRH"),
    ("BASEC", "AVALC"),
)


def _by(d: DatasetFile) -> list[str]:
    """What a baseline is of: subject, parameter, type of baseline."""
    return [n for n in ("USUBJID", "PARAMCD", "BASETYPE") if n in d.columns]


def _groups(d: DatasetFile) -> Codes:
    return group_numbers([column(d, n) for n in _by(d)])


def _baseline_rows(d: DatasetFile) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The flagged record (n,) of each record's subject, parameter and type of baseline, -1 where none is."""
    groups = _groups(d)
    rows = np.flatnonzero(is_flagged(d, "ABLFL"))[::-1]
    first = np.full(int(groups.max(initial=-1)) + 1, -1, np.int64)
    first[groups[rows]] = rows
    return first[groups]


@rule(
    "ADB101",
    "error",
    "Several baseline records",
    "A subject has one baseline record of a parameter, and of each type of baseline.",
    "Flag one record; use BASETYPE where there are several baselines.",
    "an earlier record of the subject and parameter is flagged too",
    _BASELINE,
)
def check_one_baseline(package: Package) -> Iterator[Found]:
    """ABLFL is Y once for each subject, PARAMCD and BASETYPE."""
    for d in parameters_of(package, "ABLFL", "USUBJID"):
        yield from found_at(d, "ABLFL", repeated_in(d, _by(d), is_flagged(d, "ABLFL")))


@rule(
    "ADB102",
    "error",
    "Baseline differs from the baseline record",
    "BASE is AVAL of the record with ABLFL Y.",
    "Derive BASE anew.",
    "BASE is {value}, AVAL of the flagged record {expected}",
    _BASELINE,
)
def check_baseline(package: Package) -> Iterator[Found]:
    """BASE, where it has a value, = AVAL of the flagged record."""
    for d in parameters_of(package, "ABLFL", "BASE", "AVAL", "USUBJID"):
        rows = _baseline_rows(d)
        expected = np.append(figures(d, "AVAL"), np.nan)[rows]
        wrong = (rows >= 0) & filled(d, "BASE") & ~close(figures(d, "BASE"), expected)
        yield from found_at(d, "BASE", wrong, expected=expected)


@rule(
    "ADB103",
    "error",
    "Baseline without a baseline record",
    "A baseline value comes from a record of the dataset that ABLFL marks.",
    "Flag the record, add a derived one (DTYPE), or leave BASE out.",
    "BASE is {value}, and no record of the subject and parameter is flagged",
    _BASELINE,
)
def check_baseline_record(package: Package) -> Iterator[Found]:
    """Where BASE has a value, a record is flagged; told at the first record."""
    for d in parameters_of(package, "ABLFL", "BASE", "USUBJID"):
        lost = (_baseline_rows(d) < 0) & filled(d, "BASE")
        yield from found_at(d, "BASE", lost & ~repeated_in(d, _by(d), lost))


@rule(
    "ADB104",
    "error",
    "Baseline that varies",
    "A subject has one baseline value of a parameter, and of each type of baseline.",
    "Derive BASE anew.",
    "BASE is {value}, in an earlier record of the subject and parameter it is another",
    _BASELINE,
)
def check_constant_baseline(package: Package) -> Iterator[Found]:
    """BASE has one value for each subject, PARAMCD and BASETYPE."""
    for d in parameters_of(package, "BASE", "USUBJID"):
        by = [column(d, n) for n in _by(d)]
        yield from found_at(d, "BASE", several_for(by[-1], column(d, "BASE"), by[:-1]))


@rule(
    "ADB105",
    "error",
    "Baseline record without a value",
    "The baseline record is the one with the baseline value.",
    "Flag a record with a value, or none.",
    "the flagged record has no analysis value",
    _BASELINE,
)
def check_baseline_value(package: Package) -> Iterator[Found]:
    """Flagged records have AVAL or AVALC."""
    for d in parameters_of(package, "ABLFL"):
        yield from found_at(d, "ABLFL", is_flagged(d, "ABLFL") & ~filled(d, "AVAL") & ~filled(d, "AVALC"))


@rule(
    "ADB106",
    "error",
    "Baseline attribute differs from the baseline record",
    "Indicators, grades, categories and text of the baseline are those of the record with ABLFL Y.",
    "Derive the variable anew.",
    "{variable} is {value}, {of} of the flagged record {expected}",
    _BASELINE,
)
def check_baseline_attributes(package: Package) -> Iterator[Found]:
    """BASEC, BNRIND, BTOXGR, ByIND, BASECATy, where they have values, are those of the flagged record."""
    some = False
    for name, of in _OF_BASELINE:
        for d in (x for x in package.datasets if has_all(x, "PARAMCD", "USUBJID", "ABLFL", name, of)):
            some = True
            rows = _baseline_rows(d)
            expected = take(column(d, of), rows)
            wrong = (rows >= 0) & filled(d, name) & present(expected) & differ(column(d, name), expected)
            yield from found_at(d, name, wrong, of=of, expected=expected)
    if not some:
        raise NotApplicableError("no dataset has attributes of a baseline")


@rule(
    "ADB112",
    "error",
    "Shift is not that of baseline and value",
    "A shift pairs a baseline attribute with the same attribute of the record.",
    "Derive the shift anew.",
    "{variable} is {value}, which is no shift of {expected}",
    "ADaMIG 1.3, 3.3.4",
)
def check_shifts(package: Package) -> Iterator[Found]:
    """SHIFTy "a to b": one pair of the record's baseline and analysis attributes is a and b."""
    for d, name, _ in named_like(package, r"SHIFT[1-9]"):
        pairs = [p for p in (*_SHIFTS, *_category_pairs()) if has_all(d, *p)]
        if not pairs:
            continue
        stated = np.array([_parts(v) for v in texts(column(d, name))] or [("", "")], dtype=object)
        codes = codes_of(column(d, name))
        some, wrong = (np.array([bool(p[0]) for p in stated])[codes] if len(stated) else codes < 0) & (codes >= 0), True
        for base, value in pairs:
            left, right = (np.append(texts(column(d, n)), "")[codes_of(column(d, n))] for n in (base, value))
            wrong = wrong & ((left != stated[codes, 0]) | (right != stated[codes, 1]))
        expected = " or ".join(f"{b} to {v}" for b, v in pairs)
        yield from found_at(d, name, np.asarray(some & wrong, bool), expected=expected)


def _category_pairs() -> Iterator[tuple[str, str]]:
    for y in range(1, 10):
        yield f"BASECAT{y}", f"AVALCAT{y}"
        yield f"B{y}IND", f"A{y}IND"


def _parts(shift: str) -> tuple[str, str]:
    """The two ends of a shift; two empty texts of a value that is written otherwise.

    >>> _parts("LOW to NORMAL"), _parts("better")
    (('LOW', 'NORMAL'), ('', ''))
    """
    parts = re.split(" (?:to|TO|To) ", shift)
    return (parts[0], parts[1]) if len(parts) == 2 else ("", "")


@rule(
    "ADB115",
    "warning",
    "Baseline record after the first dose",
    "A baseline is measured before or on the day of the first exposure.",
    "Flag an earlier record; say in define.xml what the baseline is, where it is meant.",
    "the flagged record is of {value}, TRTSDT is {start}",
    _BASELINE,
)
def check_baseline_date(package: Package) -> Iterator[Found]:
    """ADT <= TRTSDT where ABLFL is Y, and no type of baseline is named."""
    needed_adsl(package, "TRTSDT")
    for d in parameters_of(package, "ABLFL", "ADT", "USUBJID"):
        start = subject_days(package, d, "TRTSDT")
        wrong = is_flagged(d, "ABLFL") & (figures(d, "ADT") > start) & ~filled(d, "BASETYPE")
        yield from found_at(d, "ABLFL", wrong, shown="ADT", start=start)


@rule(
    "ADB116",
    "error",
    "On treatment before the first dose",
    "A record on treatment is not of a day before the first exposure.",
    "Derive the flag anew.",
    "ONTRTFL is Y, {date} is {value}, TRTSDT {start}",
    "ADaMIG 1.3, 3.3.8",
)
def check_on_treatment(package: Package) -> Iterator[Found]:
    """ONTRTFL is not Y where ADT (of occurrences AENDT) is before TRTSDT, or the subject was not treated."""
    needed_adsl(package, "TRTSDT")
    for d in analysed(package, "ONTRTFL", "USUBJID"):
        dates = [n for n in ("ADT", "AENDT") if n in d.columns]
        start = subject_days(package, d, "TRTSDT")
        for date in dates[:1]:
            wrong = is_flagged(d, "ONTRTFL") & (figures(d, date) < start)
            yield from found_at(d, "ONTRTFL", wrong, shown=date, date=date, start=start)


@rule(
    "ADB117",
    "warning",
    "Type of baseline missing",
    "Where BASETYPE is used, each record with a baseline says of which type it is.",
    "Fill BASETYPE.",
    "BASE is {value} and BASETYPE is missing",
    "ADaMIG 1.3, 3.3.4",
)
def check_baseline_types(package: Package) -> Iterator[Found]:
    """BASETYPE has a value where BASE has one."""
    for d in parameters_of(package, "BASETYPE", "BASE"):
        yield from found_at(d, "BASETYPE", filled(d, "BASE") & ~filled(d, "BASETYPE"), shown="BASE")
