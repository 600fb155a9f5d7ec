"""ADB107-ADB119: change and ratio to baseline recomputed, ranges, derived records (ADaMIG 1.3, 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .analysis import (
    Numbers,
    close,
    figures,
    filled,
    has_all,
    named_like,
    parameters_of,
)
from .columns import is_value
from .package import Package
from .registry import Found, found, found_at, rule

_DERIVED = "ADaMIG 1.3, 3.3.4"


def _recomputed(package: Package, name: str, other: str, compute: Any) -> Iterator[Found]:
    for d in parameters_of(package, name, "AVAL", other):
        with np.errstate(divide="ignore", invalid="ignore"):
            expected: Numbers = compute(figures(d, "AVAL"), figures(d, other))
        stated = figures(d, name)
        wrong = filled(d, name) & ~close(stated, expected, rounded=True)
        yield from found_at(d, name, wrong, expected=expected)


@rule(
    "ADB107",
    "error",
    "Change is not value minus baseline",
    "CHG is AVAL - BASE of the same record.",
    "Derive CHG anew.",
    "CHG is {value}, AVAL - BASE is {expected}",
    _DERIVED,
)
def check_change(package: Package) -> Iterator[Found]:
    """CHG, where it has a value, = AVAL - BASE, to the decimals that it shows."""
    yield from _recomputed(package, "CHG", "BASE", lambda value, base: value - base)


@rule(
    "ADB108",
    "error",
    "Percent change is not that of the value",
    "PCHG is 100 (AVAL - BASE) / BASE of the same record, and there is none from a baseline of 0.",
    "Derive PCHG anew.",
    "PCHG is {value}, 100 (AVAL - BASE) / BASE is {expected}",
    _DERIVED,
)
def check_percent_change(package: Package) -> Iterator[Found]:
    """PCHG, where it has a value, to the decimals that it shows; over the baseline or over its size."""
    for f in _recomputed(package, "PCHG", "BASE", lambda value, base: 100 * (value - base) / np.abs(base)):
        d = package.by_name[f.dataset]
        row = (f.record or 1) - 1
        base, stated = figures(d, "BASE")[row : row + 1], figures(d, "PCHG")[row : row + 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            signed = 100 * (figures(d, "AVAL")[row : row + 1] - base) / base
        if not close(stated, signed, rounded=True)[0]:
            yield f


@rule(
    "ADB109",
    "error",
    "Ratio to baseline is not that of the value",
    "R2BASE is AVAL / BASE of the same record.",
    "Derive R2BASE anew.",
    "R2BASE is {value}, AVAL / BASE is {expected}",
    _DERIVED,
)
def check_ratio(package: Package) -> Iterator[Found]:
    """R2BASE, where it has a value, to the decimals that it shows."""
    yield from _recomputed(package, "R2BASE", "BASE", lambda value, base: value / base)


@rule(
    "ADB110",
    "error",
    "Ratio to a limit is not that of the value",
    "R2AyLO and R2AyHI are AVAL over the limit of the analysis range y.",
    "Derive the ratio anew.",
    "{variable} is {value}, AVAL over the limit is {expected}",
    "ADaMIG 1.3, 3.3.7",
)
def check_limit_ratios(package: Package) -> Iterator[Found]:
    """R2AyLO = AVAL / AyLO, R2AyHI = AVAL / AyHI, to the decimals that they show."""
    for d, name, m in named_like(package, r"R2(A[1-9](LO|HI))"):
        if has_all(d, "PARAMCD", "AVAL", m[1]):
            with np.errstate(divide="ignore", invalid="ignore"):
                expected = figures(d, "AVAL") / figures(d, m[1])
            wrong = filled(d, name) & ~close(figures(d, name), expected, rounded=True)
            yield from found_at(d, name, wrong, expected=expected)


@rule(
    "ADB111",
    "error",
    "Change without the variables that it is of",
    "A change from baseline stands beside the value and the baseline that it is computed from.",
    "Add BASE and AVAL.",
    "{dataset} has {variable} and no {value}",
    _DERIVED,
)
def check_change_sources(package: Package) -> Iterator[Found]:
    """CHG, PCHG, R2BASE beside BASE and AVAL."""
    for d, name, _ in named_like(package, "CHG|PCHG|R2BASE|BCHG|PBCHG"):
        yield from (found(d.name, name, n) for n in ("BASE", "AVAL") if n not in d.columns)


@rule(
    "ADB113",
    "error",
    "Derived record without a value",
    "DTYPE marks a record that was added for its derived or imputed value.",
    "Leave the record out.",
    "the record of DTYPE {value} has no analysis value",
    _DERIVED,
)
def check_derived_records(package: Package) -> Iterator[Found]:
    """Records with DTYPE have AVAL or AVALC; PHANTOM records need none."""
    for d in parameters_of(package, "DTYPE"):
        wrong = filled(d, "DTYPE") & ~is_value(d, "DTYPE", "PHANTOM") & ~filled(d, "AVAL") & ~filled(d, "AVALC")
        yield from found_at(d, "DTYPE", wrong)


@rule(
    "ADB114",
    "error",
    "Range indicator is not that of the value",
    "An indicator says where the value lies: LOW below the lower limit, HIGH above the upper one, else NORMAL.",
    "Derive the indicator anew.",
    "ANRIND is {value}, AVAL is {number}, the range from {low} to {high}",
    "ADaMIG 1.3, 3.3.7",
)
def check_indicators(package: Package) -> Iterator[Found]:
    """ANRIND of LOW, NORMAL, HIGH against AVAL, ANRLO and ANRHI."""
    for d in parameters_of(package, "ANRIND", "AVAL", "ANRLO", "ANRHI"):
        number, low, high = (figures(d, n) for n in ("AVAL", "ANRLO", "ANRHI"))
        below, above = number < low, number > high
        within = (number >= low) & (number <= high)
        is_low = is_value(d, "ANRIND", "LOW", "LOW LOW", "L")
        is_high = is_value(d, "ANRIND", "HIGH", "HIGH HIGH", "H")
        wrong = (is_low & (within | above)) | (is_high & (within | below))
        wrong |= is_value(d, "ANRIND", "NORMAL", "N") & (below | above)
        yield from found_at(d, "ANRIND", wrong, number=number, low=low, high=high)


@rule(
    "ADB118",
    "error",
    "Change to baseline is not baseline minus value",
    "BCHG is BASE - AVAL of the same record.",
    "Derive BCHG anew.",
    "BCHG is {value}, BASE - AVAL is {expected}",
    _DERIVED,
)
def check_change_to_baseline(package: Package) -> Iterator[Found]:
    """BCHG, where it has a value, = BASE - AVAL, to the decimals that it shows."""
    yield from _recomputed(package, "BCHG", "BASE", lambda value, base: base - value)


@rule(
    "ADB119",
    "error",
    "Percent change to baseline is not that of the value",
    "PBCHG is 100 (BASE - AVAL) / AVAL of the same record.",
    "Derive PBCHG anew.",
    "PBCHG is {value}, 100 (BASE - AVAL) / AVAL is {expected}",
    _DERIVED,
)
def check_percent_change_to_baseline(package: Package) -> Iterator[Found]:
    """PBCHG, where it has a value, to the decimals that it shows."""
    yield from _recomputed(package, "PBCHG", "BASE", lambda value, base: 100 * (base - value) / value)
