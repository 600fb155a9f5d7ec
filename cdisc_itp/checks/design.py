"""TRI120-TRI124: epochs, rules of elements, answers to criteria, sizes of codes (SDTMIG 3.4, 7 and IE)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from ..model.column import Codes, Column, Mask, Rows, codes_of, present
from .columns import (
    are_among,
    arrow_texts,
    column,
    group_numbers,
    has,
    in_records,
    is_value,
    named,
    needed_dataset,
    text_lengths,
    texts,
)
from .keys import repeated
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule

_SIZES = {"ETCD": 8, "ARMCD": 20, "ACTARMCD": 20, "SETCD": 8, "TSPARMCD": 8, "TSPARM": 40}


@rule(
    "TRI120",
    "error",
    "Epoch that no arm has",
    "The epochs of a study are those of TA.",
    "Correct the table of epochs, or that of the trial's arms.",
    "{variable} {value} is no epoch of TA",
    "SDTMIG 3.4, 4.4.8",
)
def check_epochs(package: Package) -> Iterator[Found]:
    """EPOCH of every dataset is in TA."""
    ta = needed_dataset(package, "TA", "EPOCH")
    known = set(texts(column(ta, "EPOCH")).tolist())
    for d in (d for d in package.datasets if d.name != "TA" and has(d, "EPOCH")):
        cells = column(d, "EPOCH")
        unknown = np.array([t not in known for t in texts(cells).tolist()], bool)
        yield from found_at(d, "EPOCH", in_records(unknown, codes_of(cells)))


@rule(
    "TRI121",
    "error",
    "Element without an end, or with the rules of another",
    "An element ends by a rule (TEENRL) or after a time (TEDUR); start rule, end rule and duration together are its "
    "own.",
    "Say how the element ends, and what tells it from the other.",
    "element {value} {reason}",
    "SDTMIG 3.4, 7.2.2",
)
def check_element_rules(package: Package) -> Iterator[Found]:
    """TEENRL or TEDUR in each record of TE; TESTRL, TEENRL and TEDUR together are unique."""
    te = needed_dataset(package, "TE", "ETCD", "TESTRL")
    ends = present(column(te, "TEENRL")) | present(column(te, "TEDUR"))
    again = repeated(group_numbers([column(te, n) for n in ("TESTRL", "TEENRL", "TEDUR")]))
    yield from found_at(te, "ETCD", ~ends, reason="has neither TEENRL nor TEDUR")
    yield from found_at(te, "ETCD", again, reason="has the rules of an earlier one")


@rule(
    "TRI122",
    "error",
    "Criterion that was met, among those that were not",
    "IE holds the exceptions: an inclusion criterion that was not met (N), an exclusion criterion that was (Y).",
    "Leave out the record, or correct the answer.",
    "{variable} is {value} for a criterion of {category}",
    "SDTMIG 3.4, IE",
)
def check_exceptions(package: Package) -> Iterator[Found]:
    """IEORRES and IESTRESC are N for INCLUSION, Y for EXCLUSION."""
    ie = needed_dataset(package, "IE", "IECAT", "IEORRES")
    for category, answer in (("INCLUSION", "N"), ("EXCLUSION", "Y")):
        for name in (n for n in ("IEORRES", "IESTRESC") if has(ie, n)):
            wrong = is_value(ie, "IECAT", category) & ~is_value(ie, name, answer)
            yield from found_at(ie, name, wrong, category=category)


@rule(
    "TRI123",
    "error",
    "Code or name that is too long",
    "Codes of arms have at most 20 characters, of elements and parameters 8; names of parameters 40.",
    "Shorten the code.",
    "{variable} {value} has {size} characters, at most {most} are allowed",
    "SDTMIG 3.4, 4.2.1 and 7",
)
def check_sizes(package: Package) -> Iterator[Found]:
    """ETCD, SETCD, TSPARMCD: 8; ARMCD, ACTARMCD: 20; TSPARM: 40 characters."""
    found = [(d, n) for d in package.datasets for n in _SIZES if has(d, n)]
    if not found:
        raise NotApplicableError("no dataset has such codes")
    for d, name in found:
        cells = column(d, name)
        sizes = np.append(text_lengths(cells), 0)[codes_of(cells)]
        yield from found_at(d, name, sizes > _SIZES[name], size=sizes, most=_SIZES[name])


@rule(
    "TRI124",
    "error",
    "Epoch in which SE does not have the subject",
    "EPOCH of a record that has a date is that of an element in SE in which the subject was on that day. Where one "
    "element ends and the next one starts either may be meant.",
    "Correct the table of epochs, or the elements.",
    "{variable} is {value} on {date}, when SE has the subject in {expected}",
    "SDTMIG 3.4, 4.4.8 and 5.3",
)
def check_epoch_of_element(package: Package) -> Iterator[Found]:
    """No record has an EPOCH on a day that SE gives to others only; by --STDTC, else --DTC."""
    se = needed_dataset(package, "SE", "USUBJID", "EPOCH", "SESTDTC", "SEENDTC")
    subjects, epochs = column(se, "USUBJID"), column(se, "EPOCH")
    start = _days(package, se, "SESTDTC")
    end = np.where(present(column(se, "SEENDTC")), _days(package, se, "SEENDTC"), np.inf)
    for d in (d for d in package.datasets if d.name != "SE" and has(d, "USUBJID", "EPOCH")):
        date = next((named(d, n) for n in ("--STDTC", "--DTC") if has(d, n)), None)
        if date is None:
            continue
        who, which = (_places(column(d, n), known) for n, known in (("USUBJID", subjects), ("EPOCH", epochs)))
        row, element = _of_same_subject(np.where(_is_planned(package, d), who, -1), codes_of(subjects))
        day = _days(package, d, date)[row]
        there = (start[element] <= day) & (day <= end[element])
        row, own = row[there], codes_of(epochs)[element[there]]
        fits = np.zeros(len(who), bool)
        fits[row[which[row] == own]] = True
        wrong, first = np.unique(row[~fits[row]], return_index=True)
        expected = np.full(len(who), "", dtype=object)
        expected[wrong] = texts(epochs)[own[~fits[row]][first]]
        yield from found_at(d, "EPOCH", wrong.tolist(), date=column(d, date), expected=expected)


def _of_same_subject(who: Codes, subjects: Codes) -> tuple[Rows, Rows]:
    """Every pair (m,) of a record (n,) and an element (k,) of one subject, by record and element; none for -1."""
    order = np.argsort(subjects, kind="stable").astype(np.int64)
    low, high = (np.searchsorted(subjects[order], who, side) for side in ("left", "right"))
    count = np.where(who >= 0, high - low, 0)
    row = np.repeat(np.arange(len(who)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, order[low[row] + nth]


def _is_planned(package: Package, d: DatasetFile) -> Mask:
    """Records with an epoch (n,), but those that TA lacks: TRI120 tells them."""
    cells, ta = column(d, "EPOCH"), package.by_name.get("TA")
    if ta is None or not has(ta, "EPOCH"):
        return present(cells)
    return in_records(are_among(cells, texts(column(ta, "EPOCH")).tolist()), codes_of(cells))


def _days(package: Package, d: DatasetFile, name: str) -> npt.NDArray[np.float64]:
    """The day of each record (n,), NaN where it is not known."""
    dates = package.dates(d, name)
    return np.append(dates.days, np.nan)[dates.codes]


def _places(own: Column, known: Column) -> Codes:
    """The code of each record's value (n,) among the values of another column, -1 where that lacks it."""
    table = pc.fill_null(pc.index_in(arrow_texts(own), arrow_texts(known)), -1)
    return np.append(np.asarray(table, np.int32), np.int32(-1))[codes_of(own)]
