"""EVT101-EVT108: adverse events: seriousness, outcome, end, grade, doses (SDTMIG 3.4, AE)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..model.column import Mask, decoded, present
from .columns import column, datasets_with, has, in_records, is_value, matches, named, needed_dataset, texts
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule

_AE = "SDTMIG 3.4, AE"
_CRITERIA = ("AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESOD", "AESMIE")


def _criteria(ae: DatasetFile) -> Mask:
    """Which events meet a criterion of seriousness."""
    there = [is_value(ae, name, "Y") for name in _CRITERIA if has(ae, name)]
    if not there:
        raise NotApplicableError("AE has no criterion of seriousness")
    met: Mask = np.logical_or.reduce(there)
    return met


@rule(
    "EVT101",
    "error",
    "Criterion of seriousness of an event that is not serious",
    "An event that meets a criterion (hospitalization, disability, ...) is serious.",
    "Query whether the event is serious.",
    "{variable} is {value}, but a criterion of seriousness is met",
    _AE,
)
def check_serious(package: Package) -> Iterator[Found]:
    """AESER is Y where a criterion is."""
    ae = needed_dataset(package, "AE", "AESER")
    yield from found_at(ae, "AESER", _criteria(ae) & ~is_value(ae, "AESER", "Y"))


@rule(
    "EVT102",
    "warning",
    "Serious event without a criterion",
    "An event is serious because it meets a criterion; which one was collected.",
    "Query by which criterion the event is serious.",
    "{variable} is {value}, but no criterion of seriousness is Y",
    _AE,
)
def check_criterion(package: Package) -> Iterator[Found]:
    """A criterion is Y where AESER is, in data that have criteria."""
    ae = needed_dataset(package, "AE", "AESER")
    yield from found_at(ae, "AESER", is_value(ae, "AESER", "Y") & ~_criteria(ae))


@rule(
    "EVT103",
    "warning",
    "Outcome that the end contradicts",
    "An event that is not resolved has no end; one that is resolved has.",
    "Query the outcome and the end.",
    "{variable} is {value}, but AEENDTC {reason}",
    _AE,
)
def check_outcome(package: Package) -> Iterator[Found]:
    """No AEENDTC with NOT RECOVERED/NOT RESOLVED, one with RECOVERED/RESOLVED."""
    ae = needed_dataset(package, "AE", "AEOUT", "AEENDTC")
    ended = present(column(ae, "AEENDTC"))
    goes_on = is_value(ae, "AEOUT", "NOT RECOVERED/NOT RESOLVED")
    yield from found_at(ae, "AEOUT", goes_on & ended, reason="has a value")
    yield from found_at(ae, "AEOUT", is_value(ae, "AEOUT", "RECOVERED/RESOLVED") & ~ended, reason="has no value")


@rule(
    "EVT104",
    "warning",
    "End without a start",
    "What ended had begun; at least the relation of its start to a time point is known (--STRTPT, --STRF).",
    "Query the start.",
    "{variable} is {value}, the start has no value",
    "SDTMIG 3.4, 4.4.7",
)
def check_start(package: Package) -> Iterator[Found]:
    """--STDTC, --STRTPT or --STRF wherever --ENDTC has a value."""
    for d in datasets_with(package, "--STDTC", "--ENDTC"):
        begun = [present(column(d, named(d, n))) for n in ("--STDTC", "--STRTPT", "--STRF")]
        name = named(d, "--ENDTC")
        yield from found_at(d, name, present(column(d, name)) & ~np.logical_or.reduce(begun))


@rule(
    "EVT105",
    "error",
    "Dose by halves",
    "A dose is a number (--DOSE) or a text (--DOSTXT), not both, is not negative, and has a unit.",
    "Correct the dose.",
    "{variable} is {value}, but {reason}",
    "SDTMIG 3.4, 6.1",
)
def check_doses(package: Package) -> Iterator[Found]:
    """--DOSE with --DOSU and without --DOSTXT, not negative."""
    for d in datasets_with(package, "--DOSE"):
        name = named(d, "--DOSE")
        cells = column(d, name)
        dose = present(cells)
        negative = decoded(cells, np.nan).astype(float) < 0 if dose.any() else dose
        yield from found_at(d, name, negative, reason="a dose is not below 0")
        yield from found_at(d, name, dose & ~present(column(d, named(d, "--DOSU"))), reason="--DOSU has no value")
        yield from found_at(d, name, dose & present(column(d, named(d, "--DOSTXT"))), reason="--DOSTXT has one too")


@rule(
    "EVT106",
    "warning",
    "Toxicity grade that is none",
    "An event's grade by a numeric scale such as CTCAE is 1 to 5, and only the number is submitted, not Grade 2.",
    "Correct the grade, or name another scale in define.xml and accept it.",
    "{variable} is {value}",
    f"{_AE}, AETOXGR; CTCAE 5.0",
)
def check_grade(package: Package) -> Iterator[Found]:
    """AETOXGR is 1, 2, 3, 4 or 5."""
    ae = needed_dataset(package, "AE", "AETOXGR")
    grade = column(ae, "AETOXGR")
    yield from found_at(ae, "AETOXGR", present(grade) & ~in_records(matches(grade, "[1-5]"), grade.codes))


@rule(
    "EVT107",
    "warning",
    "Death that grade, outcome and criterion do not agree on",
    "Grade 5 is the death that the event led to (CTCAE): its outcome is FATAL, and AESDTH is Y. No other event's is.",
    "Query which of them is right.",
    "{variable} is {value}, but {other} is {said}",
    f"{_AE}; CTCAE 5.0",
)
def check_death(package: Package) -> Iterator[Found]:
    """AETOXGR 5, AEOUT FATAL and AESDTH Y in the same records, as far as they have values."""
    ae = needed_dataset(package, "AE")
    fatal = [(n, v) for n, v in (("AETOXGR", "5"), ("AEOUT", "FATAL"), ("AESDTH", "Y")) if has(ae, n)]
    if len(fatal) < 2:
        raise NotApplicableError("AE has not two of AETOXGR, AEOUT and AESDTH")
    for (name, value), (other, death) in itertools.combinations(fatal, 2):
        said = present(column(ae, name)) & present(column(ae, other))
        differ = said & (is_value(ae, name, value) != is_value(ae, other, death))
        yield from found_at(ae, name, differ, other=other, said=column(ae, other))


@rule(
    "EVT108",
    "warning",
    "Event that AE and CE both have",
    "An event is an adverse event (AE) or, by the protocol, another clinical event (CE); in both it is counted twice.",
    "Submit the event in one of them.",
    "AE has {value} of the same subject from {start} too",
    "SDTMIG 3.4, AE and CE",
)
def check_once(package: Package) -> Iterator[Found]:
    """No term of a subject begins on the same day in AE and CE; where no day is known, nothing is said."""
    ae = needed_dataset(package, "AE", "USUBJID", "AETERM", "AESTDTC")
    ce = needed_dataset(package, "CE", "USUBJID", "CETERM", "CESTDTC")
    (events, known), (others, day_known) = _events(ce), _events(ae)
    both = known & pd.Index(events).isin(others[day_known])
    yield from found_at(ce, "CETERM", both, start=column(ce, "CESTDTC"))


def _events(d: DatasetFile) -> tuple[npt.NDArray[np.object_], Mask]:
    """Subject, term without regard to case, and day of each record (n,), and where all of them are known."""
    events, known = np.full(d.records, "", object), np.ones(d.records, bool)
    for general, change in (("USUBJID", str), ("--TERM", _folded), ("--STDTC", _day)):
        cells = column(d, named(d, general))
        part = np.array([*map(change, texts(cells)), ""], object)[cells.codes]
        events, known = events + part + "\0", known & (part != "")
    return events, known


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _day(date: str) -> str:
    """The complete date of a date and time, else nothing."""
    return date[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}(T.*)?", date) else ""
