"""ADD107-ADD111: imputation flags, and analysis dates against the dates that were collected (ADaMIG 1.3, 3.1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ..model.column import codes_of
from .analysis import figures, filled, named_like
from .columns import column, is_value, texts
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found, found_at, rule

_DATES = "ADaMIG 1.3, 3.1.3"
# Days are counted from 1960-01-01, by others from 1970-01-01.
_UNIX = int((np.datetime64("1970-01-01") - np.datetime64("1960-01-01")).astype(int))


@rule(
    "ADD107",
    "error",
    "Imputation flag without a date",
    "A flag says how much of a date or time was imputed: there is a date or time to say it of.",
    "Leave the flag out, or derive the date.",
    "{variable} is {value}, and there is no {date}",
    f"{_DATES}; CDISC CT, DATEFL and TIMEFL",
)
def check_flagged_dates(package: Package) -> Iterator[Found]:
    """*DTF only where *DT or *DTM has a value, *TMF only where *TM or *DTM has one."""
    for d, name, m in named_like(package, r"([A-Z][A-Z0-9]*)(DT|TM)F"):
        beside = [n for n in (m[1] + m[2], f"{m[1]}DTM", f"{m[1]}DT") if n in d.columns]
        if not beside:
            yield found(d.name, name, "there", date=f"{m[1]}{m[2]} beside it")
            continue
        there = np.logical_or.reduce([filled(d, n) for n in beside])
        yield from found_at(d, name, filled(d, name) & ~there, date=beside[0])


@rule(
    "ADD108",
    "error",
    "Imputation flag with another value than D, M, Y or H, M, S",
    "The flag names the highest part that was imputed: D, M or Y of a date, H, M or S of a time.",
    "Derive the flag anew.",
    "{variable} is {value}, only {allowed} or null is allowed",
    "CDISC CT, DATEFL and TIMEFL",
)
def check_imputation_flags(package: Package) -> Iterator[Found]:
    """*DTF are D, M, Y; *TMF are H, M, S."""
    for d, name, m in named_like(package, r"([A-Z][A-Z0-9]*)(DT|TM)F"):
        allowed = ("D", "M", "Y") if m[2] == "DT" else ("H", "M", "S")
        wrong = filled(d, name) & ~is_value(d, name, *allowed)
        yield from found_at(d, name, wrong, allowed=", ".join(allowed))


def _collected(package: Package) -> Iterator[tuple[DatasetFile, str, str, str]]:
    """Dataset, collected date, analysis date and its flag, where date and analysis date stand side by side."""
    found = []
    for d in package.datasets:
        for v in d.variables:
            m = re.fullmatch(r"[A-Z][A-Z0-9](ST|EN|)DTC", v.name)
            name = {"ST": "ASTDT", "EN": "AENDT", "": "ADT"}[m[1]] if m else ""
            if name and name in d.columns:
                found.append((d, v.name, name, f"{name}F"))
    places = [(x[0].name, x[2]) for x in found]
    alone = [x for x in found if places.count((x[0].name, x[2])) == 1]
    if not alone:
        raise NotApplicableError("no dataset has an analysis date beside the one that was collected")
    yield from alone


@rule(
    "ADD109",
    "error",
    "Analysis date that the collected date does not hold",
    "An analysis date agrees with what was collected: only parts that are not known are imputed.",
    "Derive the analysis date anew.",
    "{variable} is {expected}, {date} is {value}",
    _DATES,
)
def check_date_of_collected(package: Package) -> Iterator[Found]:
    """Year, month and day of the analysis date are those of --DTC as far as it is known."""
    for d, collected, name, _ in _collected(package):
        dates, values = package.dates(d, collected), figures(d, name)
        known = np.isfinite(values)
        day = np.where(known, values, 0).astype(np.int64).astype("datetime64[D]") - np.timedelta64(_UNIX, "D")
        month = day.astype("datetime64[M]")
        parts = (month.astype("datetime64[Y]").astype(int) + 1970, month.astype(int) % 12 + 1)
        wrong = np.zeros(len(values), bool)
        table = np.vstack([dates.parts[:, :3], [[-1, -1, -1]]])[dates.codes]
        for i, part in enumerate((*parts, (day - month).astype(int) + 1)):
            wrong |= (table[:, i] >= 0) & (table[:, i] != part)
        shown = np.where(known, day.astype(str), "")
        yield from found_at(d, name, wrong & known, shown=collected, date=collected, expected=shown)


@rule(
    "ADD110",
    "error",
    "Imputed date without its flag",
    "Of a date that was not collected to the day, the flag says which part was imputed.",
    "Derive the flag: D for the day, M for month and day, Y for all of it.",
    "{variable} is {flagged}, {date} is {value}: the flag is {expected}",
    f"{_DATES}; CDISC CT, DATEFL",
)
def check_imputed_flag(package: Package) -> Iterator[Found]:
    """The flag beside the analysis date is D, M or Y by the first part of --DTC that is not known."""
    some = False
    for d, collected, name, flag in _collected(package):
        if flag in d.columns:
            some = True
            dates = package.dates(d, collected)
            codes = np.append(np.minimum(dates.known, 3), -1)[dates.codes]
            expected = np.array(["Y", "M", "D", "", "Y"], dtype=object)[codes]
            stated = np.append(texts(column(d, flag)), "")[codes_of(column(d, flag))]
            wrong = filled(d, name) & (expected != stated) & ((codes < 3) & (codes >= 0))
            yield from found_at(
                d, flag, wrong, shown=collected, date=collected, flagged=column(d, flag), expected=expected
            )
    if not some:
        raise NotApplicableError("no dataset has an imputation flag beside its collected date")


@rule(
    "ADD111",
    "error",
    "Imputation flag of a date that was collected",
    "A date that was collected to the day was not imputed.",
    "Leave the flag out.",
    "{variable} is {flagged}, {date} is {value}",
    f"{_DATES}; CDISC CT, DATEFL",
)
def check_collected_flag(package: Package) -> Iterator[Found]:
    """No flag where --DTC is known to the day."""
    some = False
    for d, collected, _, flag in _collected(package):
        if flag in d.columns:
            some = True
            dates = package.dates(d, collected)
            whole = np.append(dates.known >= 3, False)[dates.codes]
            yield from found_at(
                d, flag, whole & filled(d, flag), shown=collected, date=collected, flagged=column(d, flag)
            )
    if not some:
        raise NotApplicableError("no dataset has an imputation flag beside its collected date")
