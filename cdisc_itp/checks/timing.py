"""TIM101-TIM109: study days recomputed, starts before ends, visits (SDTMIG 3.4, 4.4)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..model.column import Mask, codes_of, is_numeric, numbers, present
from ..standards.classes import GENERAL
from .columns import column, datasets_with, has, named, needed_dataset, pairs, texts
from .dates import is_after
from .package import DatasetFile, Package, once_a_package
from .registry import Found, NotApplicableError, found, found_at, rule

_DAYS = (("--DTC", "--DY"), ("--STDTC", "--STDY"), ("--ENDTC", "--ENDY"))
_COLLECTED = ("--TESTCD", "--DTC", "--ENDTC")
_SPANS = (
    *(("--STDTC", "--ENDTC"), ("RFSTDTC", "RFENDTC"), ("RFXSTDTC", "RFXENDTC")),
    *(("RFICDTC", "RFSTDTC"), ("RFICDTC", "RFXSTDTC"), ("RFENDTC", "RFPENDTC")),
    *(("RFICDTC", "RFPENDTC"), ("BRTHDTC", "RFICDTC"), ("BRTHDTC", "DTHDTC"), ("RFICDTC", "DTHDTC")),
)


def _study_days(package: Package) -> Iterator[tuple[DatasetFile, str, str]]:
    """The datasets of subjects that have a date and its study day; NotApplicableError where there is none."""
    needed_dataset(package, "DM", "USUBJID", "RFSTDTC")
    found = [(d, *pair) for d in package.datasets for pair in _DAYS if has(d, "USUBJID", *pair)]
    if not found:
        raise NotApplicableError("no dataset has a date with its study day")
    yield from ((d, named(d, date), named(d, day)) for d, date, day in found)


@once_a_package
def subject_rows(package: Package, d: DatasetFile) -> npt.NDArray[np.int64]:
    """The row of DM (n,) of each record's subject, -1 where DM does not have it."""
    dm = needed_dataset(package, "DM", "USUBJID")
    own, known = column(d, "USUBJID"), column(dm, "USUBJID")
    first = np.full(len(known.categories), -1, np.int64)
    codes = codes_of(known)
    filled = np.flatnonzero(codes >= 0)[::-1]
    first[codes[filled]] = filled
    place = pd.Index(known.categories).get_indexer(pd.Index(own.categories)) if len(known.categories) else None
    table = np.full(len(own.categories), -1) if place is None else np.where(place >= 0, first[place], -1)
    rows: npt.NDArray[np.int64] = np.append(table, -1)[codes_of(own)].astype(np.int64)
    return rows


def _expected(package: Package, d: DatasetFile, date: str) -> npt.NDArray[np.float64]:
    """Study day of each record (n,) from its date and the subject's RFSTDTC, NaN unless both days are known.

    SDTMIG 3.4, 4.4.4: RFSTDTC is day 1, the day before it day -1; the date parts alone count.
    """
    dm = needed_dataset(package, "DM", "RFSTDTC")
    start, dates = package.dates(dm, "RFSTDTC"), package.dates(d, date)
    of_subject = np.append(np.append(start.days, np.nan)[start.codes], np.nan)
    elapsed = np.append(dates.days, np.nan)[dates.codes] - of_subject[subject_rows(package, d)]
    days: npt.NDArray[np.float64] = np.where(elapsed >= 0, elapsed + 1, elapsed)
    return days


def _stated(d: DatasetFile, name: str) -> npt.NDArray[np.float64]:
    cells = column(d, name)
    return numbers(cells) if is_numeric(cells) else np.full(len(cells), np.nan)


@rule(
    "TIM101",
    "error",
    "Study day is not that of the date",
    "The study day counts from RFSTDTC (day 1) without a day 0, by the dates alone.",
    "Derive the study day anew from the submitted date.",
    "{variable} is {value}, {date} is day {expected}",
    "SDTMIG 3.4, 4.4.4",
)
def check_study_day(package: Package) -> Iterator[Found]:
    """--DY, --STDY, --ENDY = the study day computed from the date and DM.RFSTDTC."""
    for d, date, day in _study_days(package):
        expected, stated = _expected(package, d, date), _stated(d, day)
        yield from found_at(d, day, np.abs(stated - expected) > 0, date=date, expected=expected)


@rule(
    "TIM102",
    "warning",
    "Study day missing",
    "The date and RFSTDTC are both known to the day: the study day can be derived.",
    "Derive the study day.",
    "{variable} has no value, {date} is day {expected}",
    "SDTMIG 3.4, 4.4.4",
)
def check_study_day_missing(package: Package) -> Iterator[Found]:
    """A study day wherever it can be computed."""
    for d, date, day in _study_days(package):
        expected = _expected(package, d, date)
        yield from found_at(d, day, ~np.isnan(expected) & ~present(column(d, day)), date=date, expected=expected)


@rule(
    "TIM103",
    "error",
    "Study day of a date that is not known to the day",
    "Without a whole date, or without RFSTDTC, no study day can be derived: this one rests on something else.",
    "Leave the study day null, or submit the whole date.",
    "{variable} is {value}, but {date} or RFSTDTC is not known to the day",
    "SDTMIG 3.4, 4.4.4",
)
def check_study_day_groundless(package: Package) -> Iterator[Found]:
    """No study day where it cannot be computed."""
    for d, date, day in _study_days(package):
        groundless = np.isnan(_expected(package, d, date)) & present(column(d, day))
        yield from found_at(d, day, groundless, date=date)


@rule(
    "TIM104",
    "error",
    "Study day 0, or with a fraction",
    "There is no day 0: the day before RFSTDTC is day -1.",
    "Derive the study day anew.",
    "{variable} is {value}",
    "SDTMIG 3.4, 4.4.4",
)
def check_day_zero(package: Package) -> Iterator[Found]:
    """--DY, --STDY, --ENDY and VISITDY are whole numbers and not 0."""
    names = ("VISITDY", *(day for _, day in _DAYS))
    found = [(d, named(d, n)) for d in package.datasets for n in names if has(d, n)]
    if not found:
        raise NotApplicableError("no dataset has a study day")
    for d, name in found:
        days = _stated(d, name)
        yield from found_at(d, name, (days == 0) | (np.floor(days) != days) & ~np.isnan(days))


@rule(
    "TIM105",
    "error",
    "Start after end",
    "What starts cannot end before; partial dates are compared as far as both are known.",
    "Query the dates with the site.",
    "{variable} {value} is after {end} {ended}",
    "SDTMIG 3.4, 4.4",
)
def check_start_before_end(package: Package) -> Iterator[Found]:
    """Starts and ends: --STDTC and --ENDTC, reference dates, birth, consent, death."""
    found = [(d, named(d, a), named(d, b)) for d in package.datasets for a, b in _SPANS if has(d, a, b)]
    # Of findings --DTC is the start of the collection; of events and interventions it is when they were recorded.
    found += [(d, named(d, "--DTC"), named(d, "--ENDTC")) for d in package.datasets if has(d, *_COLLECTED)]
    if not found:
        raise NotApplicableError("no dataset has a start with its end")
    for d, start, end in found:
        wrong = _is_after(package, d, start, end)
        shown = np.append(texts(column(d, end)), "")[codes_of(column(d, end))]
        yield from found_at(d, start, wrong, end=end, ended=shown)


def _is_after(package: Package, d: DatasetFile, start: str, end: str) -> Mask:
    a, b = package.dates(d, start), package.dates(d, end)
    both = (a.codes >= 0) & (b.codes >= 0)
    out = np.zeros(len(both), bool)
    out[both] = is_after(a, b, a.codes[both], b.codes[both])
    return out


@rule(
    "TIM106",
    "error",
    "One number, several names",
    "VISIT is the name of VISITNUM: one number has one name, in all datasets.",
    "Correct the visit table.",
    "{number} {value} is called {names}",
    "SDTMIG 3.4, 4.4.5",
)
def check_visit_names(package: Package) -> Iterator[Found]:
    """One VISIT for each VISITNUM over all datasets."""
    names: dict[float, dict[str, str]] = {}
    for d in datasets_with(package, "VISITNUM", "VISIT"):
        numbers_, texts_ = column(d, "VISITNUM"), column(d, "VISIT")
        for i, j in zip(*map(np.ndarray.tolist, pairs(numbers_, texts_)[:2]), strict=True):
            names.setdefault(numbers_.categories[i], {}).setdefault(str(texts_.categories[j]), d.name)
    for number, called in sorted(names.items()):
        if len(called) > 1:
            yield found(list(called.values())[-1], "VISIT", number, number="VISITNUM", names=" and ".join(called))


@rule(
    "TIM107",
    "warning",
    "Date after the subject's last day",
    "RFPENDTC is the last date of the subject's participation: nothing is collected later.",
    "Correct RFPENDTC or the date.",
    "{variable} {value} is after RFPENDTC {ended}",
    "SDTMIG 3.4, DM",
)
def check_last_contact(package: Package) -> Iterator[Found]:
    """Dates of collection (--DTC), starts (--STDTC) and ends (--ENDTC) are not after RFPENDTC, by day."""
    dm = needed_dataset(package, "DM", "USUBJID", "RFPENDTC")
    last, cells = package.dates(dm, "RFPENDTC"), column(dm, "RFPENDTC")
    for d in datasets_with(package, "USUBJID"):
        for name in (named(d, n) for n in ("--DTC", "--STDTC", "--ENDTC") if has(d, n)):
            row = subject_rows(package, d)
            ended = np.append(last.codes, -1)[row]
            dates = package.dates(d, name)
            days = np.append(dates.days, np.nan)[dates.codes]
            wrong = days > np.append(last.days, np.nan)[ended]
            yield from found_at(d, name, wrong, ended=np.append(texts(cells), "")[ended])


@rule(
    "TIM108",
    "warning",
    "Measured before the informed consent",
    "No procedure of the study comes before the consent (ICH E6, 4.8.8); a measurement that does is queried.",
    "Query the dates of consent and of the measurement with the site.",
    "{variable} {value} is before RFICDTC {signed}",
    "SDTMIG 3.4, DM",
)
def check_consent_first(package: Package) -> Iterator[Found]:
    """Collection dates of findings (--DTC) are not before RFICDTC, compared as far as both are known."""
    dm = needed_dataset(package, "DM", "USUBJID", "RFICDTC")
    consent, cells = package.dates(dm, "RFICDTC"), column(dm, "RFICDTC")
    for d in datasets_with(package, "USUBJID", "--TESTCD", "--DTC"):
        name = named(d, "--DTC")
        dates = package.dates(d, name)
        signed = np.append(consent.codes, -1)[subject_rows(package, d)]
        both = (signed >= 0) & (dates.codes >= 0)
        early = np.zeros(len(both), bool)
        early[both] = is_after(consent, dates, signed[both], dates.codes[both])
        yield from found_at(d, name, early, signed=np.append(texts(cells), "")[signed])


@rule(
    "TIM109",
    "warning",
    "Date without its study day",
    "A dataset with a date of subjects has the study day of it too, null where it cannot be derived.",
    "Add the study day.",
    "{dataset} has {variable} and no {day}",
    "FDA business rules for study data (study days)",
)
def check_study_day_variables(package: Package) -> Iterator[Found]:
    """--DY with --DTC, --STDY with --STDTC, --ENDY with --ENDTC, in the general classes."""
    needed_dataset(package, "DM", "USUBJID", "RFSTDTC")
    general = [d for d in package.datasets if has(d, "USUBJID") and _is_general(package, d)]
    for d in general:
        for date, day in _DAYS:
            if has(d, date) and not has(d, day):
                yield found(d.name, named(d, date), day=named(d, day))


def _is_general(package: Package, d: DatasetFile) -> bool:
    guided = package.guide_dataset(d)
    return guided is not None and guided.class_name in GENERAL
