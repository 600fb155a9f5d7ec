"""SUB113-SUB116: treatment and participation of subjects, data after the cut (SDTMIG 3.4, DM, EX and TS)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.column import Mask, present
from .columns import column, has, is_value, needed_dataset
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule
from .timing import subject_rows
from .trial import no_arms

_DM = "SDTMIG 3.4, DM"


def _dosed(package: Package) -> tuple[DatasetFile, DatasetFile, Mask]:
    """DM, EX, and which subjects of DM (n,) have a record of EX."""
    dm, ex = needed_dataset(package, "DM", "USUBJID", "ACTARMCD"), needed_dataset(package, "EX", "USUBJID")
    out = np.zeros(dm.records + 1, bool)
    out[subject_rows(package, ex)] = True
    return dm, ex, out[:-1]


@rule(
    "SUB113",
    "error",
    "Dose of a subject without an actual arm",
    "Who was treated has an actual arm, or ARMNRS says that the treatment was not planned (UNPLANNED TREATMENT).",
    "Find out what the subject was given; a screen failure has no dose.",
    "subject {value} has doses and no ACTARMCD",
    f"{_DM}, EX",
)
def check_doses_of_arms(package: Package) -> Iterator[Found]:
    """Subjects of EX have ACTARMCD, or ARMNRS UNPLANNED TREATMENT."""
    dm, ex, _ = _dosed(package)
    none = no_arms(column(dm, "ACTARMCD")) & ~is_value(dm, "ARMNRS", "UNPLANNED TREATMENT")
    yield from found_at(ex, "USUBJID", np.append(none, False)[subject_rows(package, ex)])


@rule(
    "SUB114",
    "error",
    "Subject with an actual arm and no dose",
    "The actual arm is what the subject was treated with: one who took nothing has none."
    " ARMNRS is then ASSIGNED, NOT TREATED.",
    "Find the doses, or leave the actual arm null with the reason.",
    "ACTARMCD is {value}, EX has no record of the subject",
    f"{_DM}, EX",
)
def check_arms_of_doses(package: Package) -> Iterator[Found]:
    """Subjects with ACTARMCD have records in EX."""
    dm, _, dosed = _dosed(package)
    yield from found_at(dm, "ACTARMCD", ~no_arms(column(dm, "ACTARMCD")) & ~dosed)


@rule(
    "SUB115",
    "error",
    "Reference period by halves",
    "RFSTDTC and RFENDTC are the reference period of a subject: both are there or neither.",
    "Derive both from the same milestone.",
    "{variable} is {value}, {other} has no value",
    _DM,
)
def check_reference_period(package: Package) -> Iterator[Found]:
    """RFSTDTC with RFENDTC, RFXSTDTC with RFXENDTC."""
    dm, found = needed_dataset(package, "DM"), False
    for a, b in (p for p in (("RFSTDTC", "RFENDTC"), ("RFXSTDTC", "RFXENDTC")) if has(dm, *p)):
        found = True
        for name, other in ((a, b), (b, a)):
            yield from found_at(dm, name, present(column(dm, name)) & ~present(column(dm, other)), other=other)
    if not found:
        raise NotApplicableError("DM has no reference period")


@rule(
    "SUB116",
    "error",
    "Date after the data cut",
    "The data of a package end at the date of the data cut (TS, DCUTDTC): what comes later is not known yet.",
    "Correct the date, or DCUTDTC.",
    "{variable} {value} is after the data cut {cut}",
    "SDTMIG 3.4, 7.4.2; FDA Study Data Technical Conformance Guide",
)
def check_data_cut(package: Package) -> Iterator[Found]:
    """Dates (--DTC) of subjects are not after DCUTDTC, by day."""
    ts = needed_dataset(package, "TS", "TSPARMCD", "TSVAL")
    values = package.dates(ts, "TSVAL")
    cut = np.append(values.days, np.nan)[values.codes][is_value(ts, "TSPARMCD", "DCUTDTC")]
    if not len(cut) or np.isnan(cut).all():
        raise NotApplicableError("TS has no DCUTDTC with a whole date")
    last = float(np.nanmax(cut))
    for d in (d for d in package.datasets if has(d, "USUBJID")):
        for name in (n for n in d.columns if n.endswith("DTC")):
            dates = package.dates(d, name)
            late = np.append(dates.days, np.nan)[dates.codes] > last
            yield from found_at(d, name, late, cut=str(np.datetime64(int(last), "D")))
