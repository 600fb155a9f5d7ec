"""FND120-FND123: the last observation before exposure (SDTMIG 3.4, 4.5.9, --LOBXFL)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from ..model.column import Codes, Mask, present
from .columns import column, findings_with, group_numbers, has, is_value, named, needed_dataset
from .dates import Dates, is_after
from .package import DatasetFile, Package
from .registry import Found, found_at, rule
from .timing import subject_rows

_LOBXFL = "SDTMIG 3.4, 4.5.9"
# What is observed: a test at a place, by a method, by somebody, after standing for three minutes.
_OBSERVED = (
    *("--TESTCD", "--CAT", "--SCAT", "--OBJ", "--SPEC", "--LOC", "--LAT", "--DIR", "--PORTOT"),
    *("--METHOD", "--POS", "--EVAL", "--EVALID", "--TPTREF", "--TPTNUM", "--TPT", "FOCID"),
    # The lesion or tumour (SDTMIG 3.4, TU and TR); elsewhere --LNKID may be a number of the record.
    *("TULNKID", "TRLNKID"),
)


class _Observations(Struct, frozen=True, dict=True):
    """A Findings dataset with --LOBXFL, and the first dose of each record's subject."""

    dataset: DatasetFile
    dates: Dates
    dose: Dates
    dose_codes: Codes

    @property
    def name(self) -> str:
        return named(self.dataset, "--LOBXFL")

    @cached_property
    def flagged(self) -> Mask:
        return is_value(self.dataset, self.name, "Y")

    @cached_property
    def has_result(self) -> Mask:
        d = self.dataset
        return present(column(d, named(d, "--ORRES"))) | present(column(d, named(d, "--STRESC")))

    @cached_property
    def days(self) -> npt.NDArray[np.float64]:
        return np.append(self.dates.days, np.nan)[self.dates.codes]

    @cached_property
    def certainly_before(self) -> Mask:
        """Records with a result on a day before that of the first dose: no rule for the same day is needed."""
        return self.has_result & (self.days < np.append(self.dose.days, np.nan)[self.dose_codes])

    def groups(self, names: tuple[str, ...]) -> Codes:
        d = self.dataset
        return group_numbers([column(d, "USUBJID"), *(column(d, named(d, n)) for n in names if has(d, n))])


def _observations(package: Package) -> Iterator[_Observations]:
    dm = needed_dataset(package, "DM", "USUBJID", "RFXSTDTC")
    dose = package.dates(dm, "RFXSTDTC")
    for d in findings_with(package, "--LOBXFL", "--DTC", "USUBJID"):
        codes = np.append(dose.codes, np.int32(-1))[subject_rows(package, d)]
        yield _Observations(d, package.dates(d, named(d, "--DTC")), dose, codes)


@rule(
    "FND120",
    "error",
    "Several last observations before exposure",
    "Of the results of one test, place, method, position and time point, one is the last before the first dose.",
    "Flag the last one only.",
    "an earlier record of the subject and test is flagged too",
    _LOBXFL,
)
def check_one_flag(package: Package) -> Iterator[Found]:
    """At most one --LOBXFL for each subject and test, place, method, position, evaluator, time point."""
    for o in _observations(package):
        group = np.where(o.flagged, o.groups(_OBSERVED), -1 - np.arange(len(o.flagged)))
        yield from found_at(o.dataset, o.name, pd.Series(group).duplicated().to_numpy() & o.flagged)


@rule(
    "FND121",
    "error",
    "Last observation before exposure after it, or without a result",
    "--LOBXFL marks a result on or before the subject's first dose (RFXSTDTC).",
    "Derive --LOBXFL anew.",
    "the flagged record {reason}",
    _LOBXFL,
)
def check_flag_before_dose(package: Package) -> Iterator[Found]:
    """Flagged records have a result and a date not after RFXSTDTC, compared as far as both are known."""
    for o in _observations(package):
        codes, dosed = o.dates.codes, o.dose_codes >= 0
        both = (codes >= 0) & dosed
        after = np.zeros(len(both), bool)
        after[both] = is_after(o.dates, o.dose, codes[both], o.dose_codes[both])
        date = named(o.dataset, "--DTC")
        for mask, reason in (
            (~o.has_result, "has no result"),
            (o.has_result & ~dosed, "belongs to a subject without RFXSTDTC"),
            (o.has_result & after, "is after RFXSTDTC"),
        ):
            yield from found_at(o.dataset, o.name, o.flagged & mask, shown=date, reason=reason)


@rule(
    "FND122",
    "error",
    "A later observation before exposure is not flagged",
    "Another result of the same test lies after the flagged one and on a day before the first dose.",
    "Flag the last one.",
    "the flagged record is of {value}, a later one before the first dose of {later}",
    _LOBXFL,
)
def check_flag_is_last(package: Package) -> Iterator[Found]:
    """No result between the flagged one and the day of the first dose."""
    for o in _observations(package):
        group = o.groups(_OBSERVED)
        last = np.full(int(group.max(initial=-1)) + 1, -np.inf)
        np.maximum.at(last, group[o.certainly_before], o.days[o.certainly_before])
        wrong = o.flagged & (o.days < last[group])
        later = np.full(len(last), "", object)
        for of in np.unique(group[wrong]).tolist():  # Whose last day is finite: it is after another.
            later[of] = str(np.datetime64(int(last[of]), "D"))
        yield from found_at(o.dataset, o.name, wrong, shown=named(o.dataset, "--DTC"), later=later[group])


@rule(
    "FND123",
    "warning",
    "No last observation before exposure",
    "The subject has a result of the test on a day before the first dose, and none is flagged.",
    "Derive --LOBXFL.",
    "the last result before the first dose, of {value}, is not flagged, and no other of the test",
    _LOBXFL,
)
def check_flag_missing(package: Package) -> Iterator[Found]:
    """A flag for each subject and test with a result on a day before the first dose."""
    for o in _observations(package):
        group = o.groups(("--TESTCD",))
        flagged = np.zeros(int(group.max(initial=-1)) + 1, bool)
        flagged[group[o.flagged]] = True
        rows = np.flatnonzero(o.certainly_before & ~flagged[group])
        order = rows[np.lexsort((rows, o.days[rows], group[rows]))]
        last = order[np.append(group[order][1:] != group[order][:-1], True)[: len(order)]]
        yield from found_at(o.dataset, o.name, sorted(last.tolist()), shown=named(o.dataset, "--DTC"))
