"""ISO101-ISO104: dates, durations and ages in ISO 8601, as SDTMIG 3.4, 4.4 lets them be written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ..model.column import Column, codes_of, is_numeric, numbers, present, text_column
from .columns import column, in_records, is_value, matches, needed_dataset, texts
from .dates import parse_dates
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule

_DATES = re.compile(r".*DTC")
_DURATIONS = re.compile(r"..(DUR|PDUR|ELTM|EVLINT|STINT|ENINT)|TDSTOFF|TD(TGT|MIN|MAX)PAI")
_N = r"\d+"
_LAST = r"\d+(?:[.,]\d+)?"
# Units from years to seconds, each once and in order, a fraction in the last one only; or weeks alone.
_TIME = f"T(?:{_LAST}H|(?:{_N}H)?{_LAST}M|(?:{_N}H)?(?:{_N}M)?{_LAST}S)"
_DAYS = f"(?:{_LAST}Y|(?:{_N}Y)?{_LAST}M|(?:{_N}Y)?(?:{_N}M)?{_LAST}D)"
DURATION = f"-?P(?:{_LAST}W|{_DAYS}|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?{_TIME})"

# Trial summary parameters whose TSVAL is a date or a duration (SDTMIG 3.4, TS and appendix C1).
_TS_DATES = ("SSTDTC", "SENDTC", "DCUTDTC")
_TS_DURATIONS = ("AGEMIN", "AGEMAX", "LENGTH")
OLDEST = 120


def _variables(package: Package, pattern: re.Pattern[str]) -> Iterator[tuple[DatasetFile, str]]:
    found = [(d, v.name) for d in package.datasets for v in d.variables if pattern.fullmatch(v.name) and not v.numeric]
    if not found:
        raise NotApplicableError("no such variable in any dataset")
    yield from found


@rule(
    "ISO101",
    "error",
    "Not a date of ISO 8601",
    "Dates are YYYY-MM-DDThh:mm:ss, cut at the right where less is known, with a hyphen for a component that is not "
    "known before one that is, or two of them with a solidus for an interval; and days that the calendar has.",
    "Declare how the source writes the date; what cannot be read stays out.",
    "{value} is no date of ISO 8601",
    "SDTMIG 3.4, 4.4.1 and 4.4.2; ISO 8601",
)
def check_dates(package: Package) -> Iterator[Found]:
    """Values of --DTC and other dates."""
    for d, name in _variables(package, _DATES):
        dates = package.dates(d, name)
        wrong = ~dates.valid
        if wrong.any():
            wrong &= ~_is_interval(column(d, name))
        yield from found_at(d, name, in_records(wrong, dates.codes))


def _is_interval(cells: Column) -> npt.NDArray[np.bool_]:
    """Which distinct values (k,) are date/date, date/duration or duration/date."""
    flags = np.zeros(len(cells.categories), bool)
    for i in np.flatnonzero(matches(cells, "[^/]+/[^/]+")):
        start, _, end = str(cells.categories[int(i)]).partition("/")
        halves = text_column([0, 1], [start, end])
        dated, lasting = parse_dates(halves).valid, matches(halves, DURATION)
        flags[i] = dated.any() and bool((dated | lasting).all())
    return flags


@rule(
    "ISO102",
    "error",
    "Not a duration of ISO 8601",
    "Durations are PnYnMnDTnHnMnS with the units that apply, or PnW; a decimal stands in the last unit only.",
    "Write the duration in ISO 8601; what cannot be read stays out.",
    "{value} is no duration of ISO 8601",
    "SDTMIG 3.4, 4.4.3; ISO 8601",
)
def check_durations(package: Package) -> Iterator[Found]:
    """Values of --DUR, --ELTM, --EVLINT and other durations; intervals are allowed in --EVLINT."""
    for d, name in _variables(package, _DURATIONS):
        cells = column(d, name)
        wrong = ~matches(cells, DURATION)
        if wrong.any() and name.endswith("INT"):
            wrong &= ~_is_interval(cells)
        yield from found_at(d, name, in_records(wrong, codes_of(cells)))


@rule(
    "ISO103",
    "error",
    "Age that cannot be",
    "An age is a number from 0 to 120 years and has a unit; an age without unit could be months.",
    "Correct the age or its unit; find out whether the date of birth was read right.",
    "AGE is {value}, AGEU {unit}",
    "SDTMIG 3.4, DM",
)
def check_ages(package: Package) -> Iterator[Found]:
    """AGE: not negative, with AGEU, at most 120 where it is in years."""
    dm = needed_dataset(package, "DM", "AGE")
    cells = column(dm, "AGE")
    if not is_numeric(cells):
        raise NotApplicableError("AGE is no number")
    ages, unit = numbers(cells), column(dm, "AGEU")
    old = (ages > OLDEST) & is_value(dm, "AGEU", "YEARS")
    wrong = present(cells) & ((ages < 0) | old | ~present(unit))
    units = np.append(texts(unit), "missing")[codes_of(unit)]
    yield from found_at(dm, "AGE", wrong, unit=units)


@rule(
    "ISO104",
    "error",
    "Trial summary value that is no date or duration",
    "TSVAL of SSTDTC, SENDTC and DCUTDTC is a date, of AGEMIN, AGEMAX and LENGTH a duration (P18Y), in ISO 8601.",
    "Write the value in ISO 8601, or leave it null and say why in TSVALNF.",
    "TSVAL of {parameter} is {value}, no {kind} of ISO 8601",
    "SDTMIG 3.4, TS",
)
def check_trial_summary(package: Package) -> Iterator[Found]:
    """TSVAL of parameters that are dates or durations."""
    ts = needed_dataset(package, "TS", "TSPARMCD", "TSVAL")
    parameters, values = column(ts, "TSPARMCD"), column(ts, "TSVAL")
    shown = np.append(texts(parameters), "")[codes_of(parameters)]
    fits = {"date": package.dates(ts, "TSVAL").valid, "duration": matches(values, DURATION)}
    for kind, names in (("date", _TS_DATES), ("duration", _TS_DURATIONS)):
        wrong = is_value(ts, "TSPARMCD", *names) & in_records(~fits[kind], codes_of(values))
        yield from found_at(ts, "TSVAL", wrong, parameter=shown, kind=kind)
