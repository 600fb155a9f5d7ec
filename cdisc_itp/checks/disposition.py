"""DSP101-DSP106: disposition: consent, end of treatment and of study (SDTMIG 3.4, DS)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..model.column import Mask, codes_of, present
from .columns import column, group_numbers, has, is_value, needed_dataset, texts
from .dates import is_after
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule
from .timing import subject_rows
from .trial import no_arms

_DS = "SDTMIG 3.4, DS"
_CONSENT = "INFORMED CONSENT OBTAINED"
_EVENT = "DISPOSITION EVENT"


def _ds(package: Package, *variables: str) -> tuple[DatasetFile, DatasetFile]:
    return needed_dataset(package, "DM", "USUBJID"), needed_dataset(package, "DS", "USUBJID", "DSDECOD", *variables)


def _of_subjects(package: Package, d: DatasetFile, records: Mask) -> Mask:
    """Which subjects of DM (n,) have one of the records."""
    rows = subject_rows(package, d)
    out = np.zeros(package.by_name["DM"].records + 1, bool)
    out[rows[records]] = True
    return out[:-1]


def _shown(d: DatasetFile, name: str) -> npt.NDArray[np.object_]:
    return np.append(texts(column(d, name)), "")[codes_of(column(d, name))]


@rule(
    "DSP101",
    "error",
    "RFICDTC is not the first informed consent",
    "RFICDTC is the earliest date of an informed consent in DS.",
    "Derive RFICDTC from DS.",
    "RFICDTC is {value}, the first informed consent in DS {expected}",
    f"{_DS}, DM",
)
def check_first_consent(package: Package) -> Iterator[Found]:
    """RFICDTC = the earliest DSSTDTC of INFORMED CONSENT OBTAINED."""
    dm, ds = _ds(package, "DSSTDTC")
    if not has(dm, "RFICDTC"):
        raise NotApplicableError("DM has no RFICDTC")
    rows, dates = subject_rows(package, ds), _shown(ds, "DSSTDTC")
    first = np.full(dm.records, "", object)
    consents = is_value(ds, "DSDECOD", _CONSENT) & present(column(ds, "DSSTDTC")) & (rows >= 0)
    for row, date in zip(rows[consents].tolist(), dates[consents].tolist(), strict=True):
        first[row] = min(date, first[row] or date)
    yield from found_at(dm, "RFICDTC", (first != "") & (first != _shown(dm, "RFICDTC")), expected=first)


@rule(
    "DSP102",
    "error",
    "Several disposition events of one kind in an epoch",
    "A subject ends a period once: one event for each DSSCAT and EPOCH, with the main reason; others go to SUPPDS.",
    "Keep the primary one, or say in DSSCAT what tells them apart.",
    "{value} is another disposition event of the subject in the epoch",
    f"{_DS}, assumptions",
)
def check_one_event(package: Package) -> Iterator[Found]:
    """One DISPOSITION EVENT a subject, DSSCAT and EPOCH."""
    _, ds = _ds(package, "DSCAT")
    group = group_numbers([column(ds, n) for n in ("USUBJID", "DSSCAT", "EPOCH")])
    events = is_value(ds, "DSCAT", _EVENT)
    again = pd.Series(np.where(events, group, -1 - np.arange(len(group)))).duplicated().to_numpy()
    yield from found_at(ds, "DSDECOD", again & events)


@rule(
    "DSP103",
    "error",
    "Subject with an arm and no disposition",
    "What became of every subject who was given an arm is told in DS.",
    "Find out what became of the subject.",
    "subject {value} has an actual arm and no disposition event",
    _DS,
)
def check_disposition(package: Package) -> Iterator[Found]:
    """A DISPOSITION EVENT for each subject with ACTARMCD."""
    dm, ds = _ds(package, "DSCAT")
    ended = _of_subjects(package, ds, is_value(ds, "DSCAT", _EVENT))
    yield from found_at(dm, "USUBJID", ~no_arms(column(dm, "ACTARMCD")) & ~ended)


@rule(
    "DSP104",
    "error",
    "Disposition event before the first dose",
    "Who ended the treatment had begun it.",
    "Query the dates of the disposition and of the first dose.",
    "{variable} {value} is before the first dose",
    _DS,
)
def check_after_first_dose(package: Package) -> Iterator[Found]:
    """Disposition events of treated subjects are not before RFXSTDTC, compared as far as both are known."""
    dm, ds = _ds(package, "DSCAT", "DSSTDTC")
    if not has(dm, "RFXSTDTC"):
        raise NotApplicableError("DM has no RFXSTDTC")
    dose, dates = package.dates(dm, "RFXSTDTC"), package.dates(ds, "DSSTDTC")
    dosed = np.append(dose.codes, -1)[subject_rows(package, ds)]
    both = (dosed >= 0) & (dates.codes >= 0)
    early = np.zeros(len(both), bool)
    early[both] = is_after(dose, dates, dosed[both], dates.codes[both])
    yield from found_at(ds, "DSSTDTC", early & is_value(ds, "DSCAT", _EVENT))


@rule(
    "DSP105",
    "error",
    "Death that DM and DS do not tell alike",
    "A subject with DTHFL Y has DTHDTC and a record DSDECOD DEATH of that date, and only such a subject.",
    "Correct the date, the flag or the disposition.",
    "{variable} is {value}, but {reason}",
    f"{_DS}, DM",
)
def check_deaths(package: Package) -> Iterator[Found]:
    """DTHFL, DTHDTC and DSDECOD DEATH agree, dates as far as both are known."""
    dm, ds = _ds(package, "DSSTDTC")
    if not has(dm, "DTHFL", "DTHDTC"):
        raise NotApplicableError("DM has no DTHFL and DTHDTC")
    deaths, died, dated = is_value(ds, "DSDECOD", "DEATH"), is_value(dm, "DTHFL", "Y"), present(column(dm, "DTHDTC"))
    yield from found_at(dm, "DTHFL", died & ~dated, reason="DTHDTC has no value")
    yield from found_at(dm, "DTHFL", died & ~_of_subjects(package, ds, deaths), reason="DS has no DEATH")
    rows, said, date = subject_rows(package, ds), np.append(_shown(dm, "DTHDTC"), ""), _shown(ds, "DSSTDTC")
    yield from found_at(ds, "DSDECOD", deaths & ~np.append(died, False)[rows], reason="DTHFL of the subject is not Y")
    other = np.array(
        [bool(a and b) and a[: len(b)] != b[: len(a)] for a, b in zip(date, said[rows], strict=True)], bool
    )
    yield from found_at(ds, "DSSTDTC", deaths & other, reason="DTHDTC of the subject is another day")


@rule(
    "DSP106",
    "error",
    "Completed, and not called so",
    "Where the site wrote COMPLETED, so is the term.",
    "Correct the map of dispositions.",
    "{variable} is {value}, DSTERM is COMPLETED",
    _DS,
)
def check_completed(package: Package) -> Iterator[Found]:
    """DSDECOD is COMPLETED where DSTERM is."""
    _, ds = _ds(package, "DSTERM")
    wrong = is_value(ds, "DSTERM", "COMPLETED", "Completed") & ~is_value(ds, "DSDECOD", "COMPLETED")
    yield from found_at(ds, "DSDECOD", wrong)
