"""ADO101-ADO111: occurrence data: events against treatment, occurrence flags, event datasets in whole (OCCDS 1.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .analysis import (
    analysed,
    figures,
    filled,
    has_all,
    is_flagged,
    named_like,
    needed_adsl,
    needed_source,
    repeated_in,
    source_rows,
    sources_by_sequence,
    subject_days,
    subject_rows,
)
from .columns import column, group_numbers, is_value
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found, found_at, rule

_OCCDS = "OCCDS 1.1"
_EMERGENT = f"{_OCCDS}, 3.2.6"
# The occurrence flags of the guide, and within what the first record is flagged.
_FLAGS = {
    "AOCCFL": ("USUBJID",),
    "AOCCSFL": ("USUBJID", "--BODSYS"),
    "AOCCPFL": ("USUBJID", "--DECOD"),
    "AOCCIFL": ("USUBJID",),
    "AOCCSIFL": ("USUBJID", "--BODSYS"),
    "AOCCPIFL": ("USUBJID", "--DECOD"),
}


def _flagged_within(d: DatasetFile, flag: str) -> list[str] | None:
    """The variables within which one record has the flag; None where the dataset does not have them."""
    names = []
    for general in _FLAGS[flag]:
        known = [v.name for v in d.variables if v.name == general or (general[0] == "-" and v.name[2:] == general[2:])]
        if not known:
            return None
        names.append(known[0])
    return names


@rule(
    "ADO101",
    "error",
    "Treatment-emergent before the first dose",
    "An event that ended before the first exposure, or of a subject never treated, did not emerge under treatment.",
    "Derive the flag anew.",
    "TRTEMFL is Y, {date} is {value}, TRTSDT {start}",
    _EMERGENT,
)
def check_emergent_before(package: Package) -> Iterator[Found]:
    """TRTEMFL Y: the end (else the start, where no worsening is possible) is not before TRTSDT, which is there."""
    needed_adsl(package, "TRTSDT")
    for d in analysed(package, "TRTEMFL", "ASTDT", "USUBJID"):
        start = subject_days(package, d, "TRTSDT")
        last = np.fmax(figures(d, "ASTDT"), figures(d, "AENDT"))
        wrong = is_flagged(d, "TRTEMFL") & ((last < start) & filled(d, "AENDT") | np.isnan(start))
        yield from found_at(d, "TRTEMFL", wrong, shown="ASTDT", date="ASTDT", start=start)


@rule(
    "ADO102",
    "warning",
    "Treatment-emergent, and it began before the first dose",
    "An event that began before the first exposure emerged under treatment only if it became worse.",
    "Derive the flag anew; where worsening counts, say so in the method.",
    "TRTEMFL is Y, ASTDT is {value}, TRTSDT {start}",
    _EMERGENT,
)
def check_emergent_start(package: Package) -> Iterator[Found]:
    """TRTEMFL is not Y where ASTDT is before TRTSDT."""
    needed_adsl(package, "TRTSDT")
    for d in analysed(package, "TRTEMFL", "ASTDT", "USUBJID"):
        start = subject_days(package, d, "TRTSDT")
        yield from found_at(
            d, "TRTEMFL", is_flagged(d, "TRTEMFL") & (figures(d, "ASTDT") < start), shown="ASTDT", start=start
        )


@rule(
    "ADO103",
    "error",
    "Event under treatment that is not flagged",
    "An event that began from the day after the first to the day of the last exposure is treatment-emergent.",
    "Derive the flag anew.",
    "TRTEMFL is {flag}, ASTDT is {value}, treatment from {start} to {end}",
    _EMERGENT,
)
def check_not_emergent(package: Package) -> Iterator[Found]:
    """TRTEMFL is Y where TRTSDT < ASTDT <= TRTEDT (on the first day a time decides)."""
    needed_adsl(package, "TRTSDT", "TRTEDT")
    for d in analysed(package, "TRTEMFL", "ASTDT", "USUBJID"):
        start, end = subject_days(package, d, "TRTSDT"), subject_days(package, d, "TRTEDT")
        date = figures(d, "ASTDT")
        wrong = (date > start) & (date <= end) & ~is_flagged(d, "TRTEMFL")
        yield from found_at(d, "TRTEMFL", wrong, shown="ASTDT", flag=column(d, "TRTEMFL"), start=start, end=end)


@rule(
    "ADO104",
    "error",
    "Occurrence flagged twice",
    "The flag marks one record: the first of the subject, of its body systems (S), of its terms (P).",
    "Flag the first one only.",
    "an earlier record of {within} has the flag too",
    f"{_OCCDS}, 3.2.7",
)
def check_first_occurrence(package: Package) -> Iterator[Found]:
    """AOCCFL once a subject, AOCCSFL once a body system, AOCCPFL once a term, and their like by intensity."""
    for d, name, _ in named_like(package, "|".join(_FLAGS)):
        within = _flagged_within(d, name)
        if within:
            yield from found_at(d, name, repeated_in(d, within, is_flagged(d, name)), within=", ".join(within))


@rule(
    "ADO105",
    "error",
    "Term or body system without its first occurrence",
    "Where a subject has a flagged first occurrence, its term and its body system have one as well.",
    "Derive the flags from the same records.",
    "AOCCFL is Y and {variable} is not",
    f"{_OCCDS}, 3.2.7",
)
def check_nested_occurrences(package: Package) -> Iterator[Found]:
    """The record that is the first of the subject is the first of its body system and of its term too."""
    for d in analysed(package, "AOCCFL"):
        for name in (n for n in ("AOCCSFL", "AOCCPFL") if n in d.columns):
            yield from found_at(d, name, is_flagged(d, "AOCCFL") & ~is_flagged(d, name))


@rule(
    "ADO106",
    "error",
    "Adverse event that the analysis does not have",
    "ADAE holds every record of AE of the subjects that ADSL has, whatever their flags.",
    "Take the record over; flags tell the analyses which to use.",
    "ADAE has no record of {subject} with AESEQ {sequence}",
    f"{_OCCDS}, 3.1",
)
def check_events_whole(package: Package) -> Iterator[Found]:
    """Every AESEQ of a subject of ADSL is in ADAE."""
    ae = needed_source(package, "AE", "USUBJID", "AESEQ").by_name["AE"]
    if "ADAE" not in package.by_name or not has_all(package.by_name["ADAE"], "AESEQ", "USUBJID"):
        raise NotApplicableError("no dataset ADAE with AESEQ")
    adae = package.by_name["ADAE"]
    lost = (source_rows(ae, adae, "AESEQ") < 0) & (subject_rows(package, ae) >= 0)
    for f in found_at(ae, "AESEQ", lost, subject=column(ae, "USUBJID")):
        yield found("ADAE", "AESEQ", f.value, subject=f.details["subject"], sequence=f.value)


@rule(
    "ADO107",
    "warning",
    "Occurrence twice",
    "An occurrence record is one record of the tabulation dataset: derived ones have DTYPE.",
    "Find out why the record is there twice.",
    "the subject has an earlier record with the same {variable}",
    f"{_OCCDS}, 3.1",
)
def check_occurrence_unique(package: Package) -> Iterator[Found]:
    """--SEQ is unique within the subject in datasets without parameters; derived records are left out."""
    some = False
    for d, _, sequence in sources_by_sequence(package):
        if not has_all(d, "PARAMCD"):
            some = True
            counts = filled(d, sequence) & ~filled(d, "DTYPE")
            yield from found_at(d, sequence, repeated_in(d, ["USUBJID", sequence], counts))
    if not some:
        raise NotApplicableError("no occurrence dataset keeps --SEQ")


@rule(
    "ADO108",
    "error",
    "Duration is not that of the dates",
    "A duration in days counts both the first and the last day.",
    "Derive the duration anew.",
    "ADURN is {value}, from ASTDT to AENDT are {expected} days",
    f"{_OCCDS}, 3.2.4",
)
def check_durations(package: Package) -> Iterator[Found]:
    """ADURN = AENDT - ASTDT + 1 where ADURU is DAYS and no times are known."""
    for d in analysed(package, "ADURN", "ADURU", "ASTDT", "AENDT"):
        expected = figures(d, "AENDT") - figures(d, "ASTDT") + 1
        days = is_value(d, "ADURU", "DAYS", "DAY") & ~(filled(d, "ASTDTM") | filled(d, "AENDTM"))
        wrong = days & (np.abs(figures(d, "ADURN") - expected) > 0)
        yield from found_at(d, "ADURN", wrong, expected=expected)


@rule(
    "ADO109",
    "error",
    "Before treatment and under treatment at once",
    "An occurrence that began before treatment (PREFL) did not emerge under it.",
    "Derive the flags from the same dates.",
    "PREFL and TRTEMFL are both Y",
    _EMERGENT,
)
def check_before_and_under(package: Package) -> Iterator[Found]:
    """PREFL and TRTEMFL are not both Y, unless the record says that it became worse."""
    for d in analysed(package, "PREFL", "TRTEMFL"):
        yield from found_at(d, "PREFL", is_flagged(d, "PREFL") & is_flagged(d, "TRTEMFL"))


@rule(
    "ADO110",
    "error",
    "Grade of an adverse event beyond 1 to 5",
    "Events are graded from 1 (mild) to 5 (death); what is not graded has no value.",
    "Correct the grade.",
    "{variable} is {value}",
    "CTCAE",
)
def check_grades(package: Package) -> Iterator[Found]:
    """ATOXGR and AETOXGR of datasets of adverse events are 1 to 5, as text alone or after "Grade"."""
    some = False
    grades = [f"{word}{n}" for n in range(1, 6) for word in ("", "GRADE ", "Grade ")]
    for d in (x for x in package.datasets if has_all(x, "AETERM")):
        for name in (n for n in ("ATOXGR", "AETOXGR", "ATOXGRN", "AETOXGRN") if n in d.columns):
            some = True
            yield from found_at(d, name, filled(d, name) & ~is_value(d, name, *grades))
    if not some:
        raise NotApplicableError("no dataset of adverse events has grades")


@rule(
    "ADO111",
    "warning",
    "Subject with events and no first occurrence",
    "Of a subject with treatment-emergent events one record is the first.",
    "Derive the flag for every subject with an event.",
    "no record of {value} has AOCCFL, and there are treatment-emergent events",
    f"{_OCCDS}, 3.2.7",
)
def check_occurrence_there(package: Package) -> Iterator[Found]:
    """Each subject with TRTEMFL Y has an AOCCFL; told at its first such record."""
    for d in analysed(package, "AOCCFL", "TRTEMFL", "USUBJID"):
        groups = group_numbers([column(d, "USUBJID")])
        has_flag = np.isin(groups, groups[is_flagged(d, "AOCCFL")])
        lost = is_flagged(d, "TRTEMFL") & ~has_flag
        yield from found_at(d, "AOCCFL", lost & ~repeated_in(d, ["USUBJID"], lost), shown="USUBJID")
