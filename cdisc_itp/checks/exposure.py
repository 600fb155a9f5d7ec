"""EXP101-EXP102: exposure against exposure as collected (SDTMIG 3.4, 6.1.3)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from ..model.column import Codes, Mask, joined, present
from .columns import column, group_numbers, has, is_value, needed_dataset
from .package import DatasetFile, Package
from .registry import Found, found_at, rule

_EXPOSURE = "SDTMIG 3.4, 6.1.3"
# More days than any date of a study is from 1970: groups do not touch.
_APART = 10_000_000


class _Days(Struct, frozen=True):
    """First and last day of each record (n,) since 1970, NaN where one is not known."""

    first: npt.NDArray[np.float64]
    last: npt.NDArray[np.float64]

    @property
    def known(self) -> Mask:
        return ~np.isnan(self.first) & ~np.isnan(self.last)


def _days(package: Package, d: DatasetFile) -> _Days:
    found = []
    for name in (f"{d.name}STDTC", f"{d.name}ENDTC"):
        dates = package.dates(d, name)
        found.append(np.append(dates.days, np.nan)[dates.codes])
    return _Days(*found)


def _took_place(ec: DatasetFile) -> Mask:
    return ~is_value(ec, "ECOCCUR", "N") & ~is_value(ec, "ECMOOD", "SCHEDULED")


def _treatments(ex: DatasetFile, ec: DatasetFile) -> tuple[Codes, Codes]:
    """A number for each record's subject and treatment, the same in both datasets."""
    subjects = joined([column(ex, "USUBJID"), column(ec, "USUBJID")])
    drugs = joined([column(ex, "EXTRT"), column(ec, "ECTRT")])
    group = group_numbers([subjects, drugs])
    return group[: ex.records], group[ex.records :]


def _covered(group: Codes, days: _Days, by: Codes, periods: _Days, counts: Mask) -> Mask:
    """Which records (n,) lie within the periods (m,) of their group, those that touch taken together."""
    use = np.flatnonzero(counts & periods.known)
    first, last = (by[use].astype(np.int64) * _APART + d[use].astype(np.int64) for d in (periods.first, periods.last))
    order = np.argsort(first, kind="stable")
    first, last = first[order], np.maximum.accumulate(last[order])
    begins = np.append(True, first[1:] > last[:-1] + 1)[: len(first)]
    start, end = first[begins], last[np.append(np.flatnonzero(begins)[1:] - 1, len(last) - 1)] if len(last) else last
    known = days.known
    low, high = (group * np.int64(_APART) + np.where(known, d, 0).astype(np.int64) for d in (days.first, days.last))
    at = np.searchsorted(start, low, side="right") - 1
    inside = (at >= 0) & (high <= np.append(end, -1)[at])
    return np.asarray(inside | ~known, bool)


@rule(
    "EXP101",
    "error",
    "Exposure that was not collected",
    "EX is derived from EC: every day of an interval of EX lies in a record of EC with the same treatment that took "
    "place.",
    "Correct the interval, or the record of EC.",
    "EC has no record of {treatment} for every day from {value} to {end}",
    _EXPOSURE,
)
def check_exposure_collected(package: Package) -> Iterator[Found]:
    """Intervals of EX with complete dates lie within records of EC of the subject and treatment that took place."""
    ex = needed_dataset(package, "EX", "USUBJID", "EXTRT", "EXSTDTC", "EXENDTC")
    ec = needed_dataset(package, "EC", "USUBJID", "ECTRT", "ECSTDTC", "ECENDTC")
    group, by = _treatments(ex, ec)
    lost = ~_covered(group, _days(package, ex), by, _days(package, ec), _took_place(ec))
    yield from found_at(ex, "EXSTDTC", lost, treatment=column(ex, "EXTRT"), end=column(ex, "EXENDTC"))


@rule(
    "EXP102",
    "error",
    "Dose of a treatment that was not taken",
    "A record of EC with ECOCCUR N says that the treatment was not taken: it has no dose, and one of 0 says nothing "
    "more.",
    "Leave the dose out, or correct ECOCCUR.",
    "{variable} is {value} where ECOCCUR is N",
    _EXPOSURE,
)
def check_no_dose(package: Package) -> Iterator[Found]:
    """ECDOSE, ECDOSTXT and ECDOSTOT are empty where ECOCCUR is N."""
    ec = needed_dataset(package, "EC", "ECOCCUR")
    not_taken = is_value(ec, "ECOCCUR", "N")
    for name in (n for n in ("ECDOSE", "ECDOSTXT", "ECDOSTOT") if has(ec, n)):
        yield from found_at(ec, name, not_taken & present(column(ec, name)))
