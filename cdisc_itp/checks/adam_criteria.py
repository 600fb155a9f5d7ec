"""ADW101-ADW111: criteria and analysis windows (ADaMIG 1.3, 3.3.5 and 3.3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ..model.column import codes_of
from .analysis import Numbers, figures, filled, has_all, is_flagged, named_like, parameters_of, several_for, twins_of
from .columns import column, first_rows, group_numbers, is_value
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found, found_at, rule

_CRITERIA = "ADaMIG 1.3, 3.3.5"
_WINDOWS = "ADaMIG 1.3, 3.3.6"


@rule(
    "ADW101",
    "error",
    "Result of a criterion without the criterion",
    "A record with the result of a criterion says what the criterion is.",
    "Fill the criterion wherever its result has a value.",
    "{variable} is {value}, and {criterion} is missing",
    _CRITERIA,
)
def check_criterion_given(package: Package) -> Iterator[Found]:
    """CRITy has a value where CRITyFL has one, MCRITy where MCRITyML has one."""
    for d, name, m in named_like(package, r"(CRIT[1-9])FL|(MCRIT[1-9])ML"):
        criterion = m[1] or m[2]
        yield from found_at(d, name, filled(d, name) & ~filled(d, criterion), criterion=criterion)


@rule(
    "ADW102",
    "error",
    "Criterion without a variable for its result",
    "A criterion has a flag that says whether the record meets it; one of several answers has MCRITyML.",
    "Derive the result.",
    "{dataset} has {variable} and no {value}",
    _CRITERIA,
)
def check_criterion_result(package: Package) -> Iterator[Found]:
    """CRITyFL beside CRITy, MCRITyML beside MCRITy."""
    for d, name, _ in named_like(package, r"M?CRIT[1-9]"):
        result = f"{name}ML" if name.startswith("M") else f"{name}FL"
        if result not in d.columns:
            yield found(d.name, name, result)


@rule(
    "ADW103",
    "error",
    "Criterion that varies within its parameter",
    "The text of a criterion is the same in all records of a parameter that have it.",
    "Use a further criterion (CRIT2) for another text.",
    "{variable} is {value}, in an earlier record of the parameter it is another",
    _CRITERIA,
)
def check_constant_criterion(package: Package) -> Iterator[Found]:
    """CRITy and MCRITy depend on PARAMCD alone."""
    for d, name, _ in named_like(package, r"M?CRIT[1-9]"):
        if has_all(d, "PARAMCD"):
            yield from found_at(d, name, several_for(column(d, "PARAMCD"), column(d, name)))


@rule(
    "ADW104",
    "error",
    "Criterion of a record without a value",
    "Whether a record meets a criterion is told of its analysis value.",
    "Leave the result out, or derive the value.",
    "{variable} is {value}, and the record has no analysis value",
    _CRITERIA,
)
def check_criterion_value(package: Package) -> Iterator[Found]:
    """CRITyFL is not Y where AVAL and AVALC are missing."""
    for d, name, _ in named_like(package, r"CRIT[1-9]FL"):
        if has_all(d, "PARAMCD") and (has_all(d, "AVAL") or has_all(d, "AVALC")):
            yield from found_at(d, name, is_flagged(d, name) & ~filled(d, "AVAL") & ~filled(d, "AVALC"))


@rule(
    "ADW105",
    "error",
    "Threshold of a criterion and value disagree",
    "Where the text of a criterion is a comparison of AVAL with a number, the flag is what the comparison gives.",
    "Derive the flag anew, or correct the text.",
    "{variable} is {flag}, AVAL is {value}, the criterion is {criterion}",
    _CRITERIA,
)
def check_thresholds(package: Package) -> Iterator[Found]:
    """CRITyFL recomputed for texts "AVAL > 50", "AVAL >= 30" and the like."""
    some = False
    for d, criterion, flag in twins_of(package, r"(CRIT[1-9])", r"\1FL"):
        if not has_all(d, "AVAL"):
            continue
        some = True
        value = figures(d, "AVAL")
        for text in {str(v) for v in column(d, criterion).categories}:
            expected = _compared(text, value)
            if expected is not None:
                here = is_value(d, criterion, text) & ~np.isnan(value)
                wrong = here & ((is_flagged(d, flag) & ~expected) | (is_value(d, flag, "N") & expected))
                yield from found_at(d, flag, wrong, shown="AVAL", flag=column(d, flag), criterion=text)
    if not some:
        raise NotApplicableError("no dataset has a criterion beside AVAL")


def _compared(text: str, value: Numbers) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    """Which values (n,) meet "AVAL > 50"; None for any other text.

    >>> _compared("AVAL >= 2", np.array([1.0, 2.0])).tolist(), _compared("Responder", np.array([1.0]))
    ([False, True], None)
    """
    m = re.fullmatch(r"AVAL\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)", text.strip())
    if m is None:
        return None
    limit = float(m[2])
    by = {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit, "=": value == limit}
    return np.asarray(by[m[1]], bool)


@rule(
    "ADW106",
    "error",
    "Window upside down, or its target outside",
    "A window reaches from AWLO to AWHI, and its target lies in it.",
    "Correct the window.",
    "the window is from {low} to {high}, its target {target}",
    _WINDOWS,
)
def check_windows(package: Package) -> Iterator[Found]:
    """AWLO <= AWTARGET <= AWHI, as far as they have values."""
    for d in parameters_of(package, "AWLO", "AWHI"):
        low, high, target = figures(d, "AWLO"), figures(d, "AWHI"), figures(d, "AWTARGET")
        wrong = (low > high) | (target < low) | (target > high)
        yield from found_at(d, "AWLO", wrong, low=low, high=high, target=target)


def _days(d: DatasetFile) -> Numbers:
    """ADY (n,) of records whose window is in days and that were not derived, NaN of others."""
    counted = ~filled(d, "AWU") | is_value(d, "AWU", "DAYS", "DAY", "Days", "days")
    return np.where(counted & ~filled(d, "DTYPE"), figures(d, "ADY"), np.nan)


@rule(
    "ADW107",
    "error",
    "Record outside the window of its visit",
    "The record has the analysis visit of the window in which its day lies.",
    "Derive the analysis visit anew.",
    "ADY is {value}, the window of the record from {low} to {high}",
    _WINDOWS,
)
def check_in_window(package: Package) -> Iterator[Found]:
    """AWLO <= ADY <= AWHI of windows in days; derived records are left out."""
    for d in parameters_of(package, "AWLO", "AWHI", "ADY"):
        day, low, high = _days(d), figures(d, "AWLO"), figures(d, "AWHI")
        yield from found_at(d, "ADY", (day < low) | (day > high), low=low, high=high)


@rule(
    "ADW108",
    "error",
    "Difference from the target is not that of the day",
    "AWTDIFF is the distance of the record's day from the target of its window: there is no day 0 to count.",
    "Derive AWTDIFF anew.",
    "AWTDIFF is {value}, from ADY {day} to AWTARGET {target} are {expected} days",
    _WINDOWS,
)
def check_target_difference(package: Package) -> Iterator[Found]:
    """AWTDIFF = |ADY - AWTARGET| of windows in days, with or without the day 0 that there is not."""
    for d in parameters_of(package, "AWTDIFF", "AWTARGET", "ADY"):
        day, target, stated = _days(d), figures(d, "AWTARGET"), figures(d, "AWTDIFF")
        across = (day < 0) & (target > 0) | (day > 0) & (target < 0)
        plain = np.abs(day - target)
        wrong = (np.abs(stated) != plain) & ~(across & (np.abs(stated) == plain - 1))
        wrong &= ~np.isnan(day) & ~np.isnan(target) & ~np.isnan(stated)
        yield from found_at(d, "AWTDIFF", wrong, day=day, target=target, expected=plain)


@rule(
    "ADW109",
    "error",
    "Window that varies within its visit",
    "An analysis visit of a parameter has one window.",
    "Correct the window, or give the visits names of their own.",
    "{variable} is {value}, in an earlier record of {visit} it is another",
    _WINDOWS,
)
def check_one_window(package: Package) -> Iterator[Found]:
    """AWTARGET, AWLO, AWHI, AWU, AWRANGE depend on PARAMCD and AVISIT."""
    some = False
    for name in ("AWTARGET", "AWLO", "AWHI", "AWU", "AWRANGE"):
        for d in (x for x in package.datasets if has_all(x, "PARAMCD", "AVISIT", name)):
            some = True
            wrong = several_for(column(d, "AVISIT"), column(d, name), [column(d, "PARAMCD")])
            yield from found_at(d, name, wrong, visit=column(d, "AVISIT"))
    if not some:
        raise NotApplicableError("no dataset has windows")


@rule(
    "ADW110",
    "warning",
    "Window in an unknown unit",
    "The unit says what AWLO, AWHI and AWTARGET count.",
    "Fill AWU, as DAYS.",
    "the window is from {value}, and AWU is missing",
    _WINDOWS,
)
def check_window_unit(package: Package) -> Iterator[Found]:
    """AWU has a value where AWLO has one."""
    for d in parameters_of(package, "AWLO", "AWU"):
        yield from found_at(d, "AWU", filled(d, "AWLO") & ~filled(d, "AWU"), shown="AWLO")


@rule(
    "ADW111",
    "error",
    "Windows of a parameter overlap",
    "A day belongs to one window of a parameter at most.",
    "Correct the windows.",
    "the window of {value} begins on day {low}, within an earlier window of the parameter that ends on day {end}",
    _WINDOWS,
)
def check_overlap(package: Package) -> Iterator[Found]:
    """The windows of a parameter do not overlap; told at the first record of the later one."""
    for d in parameters_of(package, "AWLO", "AWHI", "AVISIT"):
        low, high = figures(d, "AWLO"), figures(d, "AWHI")
        seen: dict[tuple[int, int], tuple[float, float, int]] = {}
        parameter, visit = (codes_of(column(d, n)) for n in ("PARAMCD", "AVISIT"))
        for row in first_rows(group_numbers([column(d, "PARAMCD"), column(d, "AVISIT")])).tolist():
            if visit[row] >= 0 and not np.isnan(low[row]) and not np.isnan(high[row]):
                seen[parameter[row], visit[row]] = (float(low[row]), float(high[row]), row)
        for one in sorted({k[0] for k in seen}):
            ordered = sorted(v for k, v in seen.items() if k[0] == one)
            for (_, end, _), (start, _, row) in pairwise(ordered):
                if start <= end:
                    yield from found_at(d, "AWLO", [row], shown="AVISIT", low=start, end=end)
