"""SUB101-SUB112: subjects, arms, reference dates and deaths (SDTMIG 3.4, DM)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ..model.column import Codes, Mask, codes_of, present
from .columns import column, datasets_with, has, is_value, needed_dataset, pairs, texts
from .keys import repeated
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule
from .timing import subject_rows

_DM = "SDTMIG 3.4, DM"
_ARMS = (("ARMCD", "ARM"), ("ACTARMCD", "ACTARM"))


@rule(
    "SUB101",
    "error",
    "Subject that DM does not have",
    "Every subject of any dataset has a record in DM.",
    "Find out why the subject is not in DM: a mistyped number, or a demography row that is missing.",
    "subject {value} is not in DM",
    _DM,
)
def check_subjects_known(package: Package) -> Iterator[Found]:
    """USUBJID of every dataset is in DM."""
    needed_dataset(package, "DM", "USUBJID")
    for d in datasets_with(package, "USUBJID"):
        if d.name != "DM":
            yield from found_at(d, "USUBJID", (subject_rows(package, d) < 0) & present(column(d, "USUBJID")))


@rule(
    "SUB102",
    "error",
    "Subject with several records in DM",
    "DM has one record for each subject.",
    "Find out which demography row is right.",
    "subject {value} has an earlier record in DM",
    _DM,
)
def check_one_record(package: Package) -> Iterator[Found]:
    """DM has one record a subject."""
    dm = needed_dataset(package, "DM", "USUBJID")
    subjects = column(dm, "USUBJID")
    yield from found_at(dm, "USUBJID", repeated(codes_of(subjects)) & present(subjects))


@rule(
    "SUB103",
    "error",
    "Arm code and arm do not go together",
    "An arm code has one arm and an arm one code, planned and actual alike, in DM as in TA.",
    "Correct the table of arms.",
    "{variable} {value} goes with {other}",
    f"{_DM}, TA",
)
def check_arm_pairs(package: Package) -> Iterator[Found]:
    """ARMCD and ARM, ACTARMCD and ACTARM (planned and actual together, with TA): one to one."""
    known: dict[str, dict[str, set[str]]] = {"code": {}, "arm": {}}
    seen: list[tuple[DatasetFile, str, str, str, str]] = []
    for d in (needed_dataset(package, "DM"), package.by_name.get("TA")):
        for code, arm in (p for p in _ARMS if d and has(d, *p)):
            for c, a in _text_pairs(d, code, arm) if d else ():
                known["code"].setdefault(c, set()).add(a)
                known["arm"].setdefault(a, set()).add(c)
                if d:
                    seen.append((d, code, arm, c, a))
    for d, code, arm, c, a in seen:
        here = is_value(d, code, c) & is_value(d, arm, a)
        if len(known["code"][c]) > 1:
            yield from found_at(d, code, here, other=" and ".join(sorted(known["code"][c])))
        elif len(known["arm"][a]) > 1:
            yield from found_at(d, arm, here, other=" and ".join(sorted(known["arm"][a])))


def _text_pairs(d: DatasetFile, a: str, b: str) -> list[tuple[str, str]]:
    left, right = column(d, a), column(d, b)
    i, j, _ = pairs(left, right)
    return list(zip(texts(left)[i].tolist(), texts(right)[j].tolist(), strict=True))


@rule(
    "SUB104",
    "error",
    "Arm without code, or code without arm",
    "ARM and ARMCD are both there or both null; so are ACTARM and ACTARMCD.",
    "Fill both from the table of arms, or leave both null and give ARMNRS.",
    "{variable} is {value}, but {other} has no value",
    _DM,
)
def check_half_arms(package: Package) -> Iterator[Found]:
    """Arm and code are null together."""
    dm = needed_dataset(package, "DM")
    for code, arm in (p for p in _ARMS if has(dm, *p)):
        for name, other in ((code, arm), (arm, code)):
            half = present(column(dm, name)) & ~present(column(dm, other))
            yield from found_at(dm, name, half, other=other)


def _no_arm(dm: DatasetFile) -> Mask:
    """Subjects without planned or without actual arm (of the variables that DM has)."""
    names = [n for pair in _ARMS for n in pair if has(dm, n)]
    if not names:
        raise NotApplicableError("DM has no arms")
    missing: Mask = np.logical_or.reduce([~present(column(dm, n)) for n in names])
    return missing


@rule(
    "SUB105",
    "error",
    "No arm and no reason",
    "A subject without planned or actual arm has the reason in ARMNRS (SCREEN FAILURE, NOT ASSIGNED, ...).",
    "Give ARMNRS; an arm code that could not be read is no reason.",
    "the subject has no {value} and no ARMNRS",
    _DM,
)
def check_arm_reason(package: Package) -> Iterator[Found]:
    """ARMNRS wherever an arm is null."""
    dm = needed_dataset(package, "DM")
    wrong = _no_arm(dm) & ~present(column(dm, "ARMNRS"))
    for row in np.flatnonzero(wrong).tolist():
        missing = [n for pair in _ARMS for n in pair if has(dm, n) and not present(column(dm, n))[row]]
        yield Found(dm.name, missing[0], row + 1, ", ".join(missing))


@rule(
    "SUB106",
    "error",
    "Reason for no arm beside the arms",
    "ARMNRS says why an arm is null; where all are there it has no value.",
    "Leave ARMNRS null, or the arm that the subject did not have.",
    "ARMNRS is {value}, but the subject has its arms",
    _DM,
)
def check_needless_reason(package: Package) -> Iterator[Found]:
    """No ARMNRS where no arm is null."""
    dm = needed_dataset(package, "DM", "ARMNRS")
    yield from found_at(dm, "ARMNRS", present(column(dm, "ARMNRS")) & ~_no_arm(dm))


@rule(
    "SUB107",
    "error",
    "Screen failure with an arm or a first dose",
    "A subject who failed screening was given no arm and no treatment.",
    "Find out whether the subject failed screening or was treated.",
    "ARMNRS is SCREEN FAILURE, but {variable} is {value}",
    _DM,
)
def check_screen_failures(package: Package) -> Iterator[Found]:
    """Arms and reference dates are null where ARMNRS is SCREEN FAILURE."""
    dm = needed_dataset(package, "DM", "ARMNRS")
    failed = is_value(dm, "ARMNRS", "SCREEN FAILURE")
    for name in ("ARMCD", "ARM", "ACTARMCD", "ACTARM", "RFSTDTC", "RFENDTC", "RFXSTDTC", "RFXENDTC"):
        if has(dm, name):
            yield from found_at(dm, name, failed & present(column(dm, name)))


@rule(
    "SUB108",
    "error",
    "Treated subject without RFSTDTC",
    "RFSTDTC is null only for subjects who did not reach the milestone that it stands for; without it no study day "
    "can be derived.",
    "Derive RFSTDTC; it is usually the first dose.",
    "RFSTDTC has no value, but RFXSTDTC is {value}",
    _DM,
)
def check_reference_start(package: Package) -> Iterator[Found]:
    """RFSTDTC wherever RFXSTDTC is."""
    dm = needed_dataset(package, "DM", "RFSTDTC", "RFXSTDTC")
    wrong = present(column(dm, "RFXSTDTC")) & ~present(column(dm, "RFSTDTC"))
    yield from found_at(dm, "RFSTDTC", wrong, shown="RFXSTDTC")


def _exposure_days(package: Package) -> tuple[DatasetFile, DatasetFile, npt.NDArray[np.float64], Codes]:
    """DM, EX, and start and end of each dose (n, 2) in days with the subject's row of DM (n,)."""
    dm, ex = needed_dataset(package, "DM", "USUBJID"), needed_dataset(package, "EX", "USUBJID", "EXSTDTC")
    start = _days(package, ex, "EXSTDTC")
    end = _days(package, ex, "EXENDTC") if has(ex, "EXENDTC") else np.full(len(start), np.nan)
    # "or the latest value of EXSTDTC if EXENDTC was not collected or is missing" (SDTMIG 3.4, DM, RFXENDTC)
    end = np.where(present(column(ex, "EXENDTC")), end, start)
    return dm, ex, np.stack([start, end], axis=1), subject_rows(package, ex).astype(np.int32)


def _days(package: Package, d: DatasetFile, name: str) -> npt.NDArray[np.float64]:
    dates = package.dates(d, name)
    return np.append(dates.days, np.nan)[dates.codes]


def _check_exposure(package: Package, name: str, which: int) -> Iterator[Found]:
    dm, _, days, row = _exposure_days(package)
    if not has(dm, name):
        raise NotApplicableError(f"DM has no {name}")
    known = row >= 0
    pick = np.minimum if which == 0 else np.maximum
    best = np.full(dm.records, np.inf if which == 0 else -np.inf)
    dated = known & ~np.isnan(days[:, which])
    pick.at(best, row[dated], days[dated, which])
    best[row[known & ~dated]] = np.nan
    best[np.isinf(best)] = np.nan
    stated = _days(package, dm, name)
    wrong = np.abs(stated - best) > 0
    missing = ~present(column(dm, name)) & ~np.isnan(best)
    shown = np.array([_iso(b) for b in best], dtype=object)
    yield from found_at(dm, name, wrong | missing, expected=shown)


def _iso(day: float) -> str:
    return "" if np.isnan(day) else str(np.datetime64(int(day), "D"))


@rule(
    "SUB109",
    "error",
    "RFXSTDTC is not the first dose",
    "RFXSTDTC is the earliest EXSTDTC of the subject.",
    "Derive RFXSTDTC from EX.",
    "RFXSTDTC is {value}, the earliest EXSTDTC {expected}",
    _DM,
)
def check_first_dose(package: Package) -> Iterator[Found]:
    """RFXSTDTC = earliest EXSTDTC by day, for subjects whose doses all have whole dates."""
    return _check_exposure(package, "RFXSTDTC", 0)


@rule(
    "SUB110",
    "error",
    "RFXENDTC is not the last dose",
    "RFXENDTC is the latest EXENDTC of the subject, or EXSTDTC where that is missing.",
    "Derive RFXENDTC from EX.",
    "RFXENDTC is {value}, the latest EXENDTC {expected}",
    _DM,
)
def check_last_dose(package: Package) -> Iterator[Found]:
    """RFXENDTC = latest EXENDTC by day, for subjects whose doses all have whole dates."""
    return _check_exposure(package, "RFXENDTC", 1)


@rule(
    "SUB111",
    "error",
    "Date of death without death",
    "A subject with a date of death has the flag DTHFL = Y.",
    "Set DTHFL, or correct the date.",
    "DTHDTC is {value}, but DTHFL is not Y",
    _DM,
)
def check_death_flag(package: Package) -> Iterator[Found]:
    """DTHFL = Y wherever DTHDTC has a value."""
    dm = needed_dataset(package, "DM", "DTHDTC")
    yield from found_at(dm, "DTHDTC", present(column(dm, "DTHDTC")) & ~is_value(dm, "DTHFL", "Y"))


@rule(
    "SUB112",
    "error",
    "Fatal event of a living subject",
    "An adverse event with outcome FATAL, or that resulted in death, belongs to a subject with DTHFL = Y.",
    "Query the outcome, or set DTHFL.",
    "{variable} is {value}, but DTHFL of the subject is not Y",
    f"{_DM}, AE",
)
def check_fatal_events(package: Package) -> Iterator[Found]:
    """AEOUT FATAL and AESDTH Y agree with DM.DTHFL."""
    dm, ae = needed_dataset(package, "DM", "USUBJID"), needed_dataset(package, "AE", "USUBJID")
    died = np.append(is_value(dm, "DTHFL", "Y"), True)[subject_rows(package, ae)]
    for name, fatal in (("AEOUT", "FATAL"), ("AESDTH", "Y")):
        if has(ae, name):
            yield from found_at(ae, name, is_value(ae, name, fatal) & ~died)
