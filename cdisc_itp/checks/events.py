"""EVT101-EVT105: adverse events: seriousness, outcome, end (SDTMIG 3.4, AE)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.column import Mask, decoded, present
from .columns import column, datasets_with, has, is_value, named, needed_dataset
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule

_AE = "SDTMIG 3.4, AE"
_CRITERIA = ("AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESOD", "AESMIE")


def _criteria(ae: DatasetFile) -> Mask:
    """Which events meet a criterion of seriousness."""
    there = [is_value(ae, name, "Y") for name in _CRITERIA if has(ae, name)]
    if not there:
        raise NotApplicableError("AE has no criterion of seriousness")
    met: Mask = np.logical_or.reduce(there)
    return met


@rule(
    "EVT101",
    "error",
    "Criterion of seriousness of an event that is not serious",
    "An event that meets a criterion (hospitalization, disability, ...) is serious.",
    "Query whether the event is serious.",
    "{variable} is {value}, but a criterion of seriousness is met",
    _AE,
)
def check_serious(package: Package) -> Iterator[Found]:
    """AESER is Y where a criterion is."""
    ae = needed_dataset(package, "AE", "AESER")
    yield from found_at(ae, "AESER", _criteria(ae) & ~is_value(ae, "AESER", "Y"))


@rule(
    "EVT102",
    "warning",
    "Serious event without a criterion",
    "An event is serious because it meets a criterion; which one was collected.",
    "Query by which criterion the event is serious.",
    "{variable} is {value}, but no criterion of seriousness is Y",
    _AE,
)
def check_criterion(package: Package) -> Iterator[Found]:
    """A criterion is Y where AESER is, in data that have criteria."""
    ae = needed_dataset(package, "AE", "AESER")
    yield from found_at(ae, "AESER", is_value(ae, "AESER", "Y") & ~_criteria(ae))


@rule(
    "EVT103",
    "warning",
    "Outcome that the end contradicts",
    "An event that is not resolved has no end; one that is resolved has.",
    "Query the outcome and the end.",
    "{variable} is {value}, but AEENDTC {reason}",
    _AE,
)
def check_outcome(package: Package) -> Iterator[Found]:
    """No AEENDTC with NOT RECOVERED/NOT RESOLVED, one with RECOVERED/RESOLVED."""
    ae = needed_dataset(package, "AE", "AEOUT", "AEENDTC")
    ended = present(column(ae, "AEENDTC"))
    goes_on = is_value(ae, "AEOUT", "NOT RECOVERED/NOT RESOLVED")
    yield from found_at(ae, "AEOUT", goes_on & ended, reason="has a value")
    yield from found_at(ae, "AEOUT", is_value(ae, "AEOUT", "RECOVERED/RESOLVED") & ~ended, reason="has no value")


@rule(
    "EVT104",
    "warning",
    "End without a start",
    "What ended had begun; at least the relation of its start to a time point is known (--STRTPT, --STRF).",
    "Query the start.",
    "{variable} is {value}, the start has no value",
    "SDTMIG 3.4, 4.4.7",
)
def check_start(package: Package) -> Iterator[Found]:
    """--STDTC, --STRTPT or --STRF wherever --ENDTC has a value."""
    for d in datasets_with(package, "--STDTC", "--ENDTC"):
        begun = [present(column(d, named(d, n))) for n in ("--STDTC", "--STRTPT", "--STRF")]
        name = named(d, "--ENDTC")
        yield from found_at(d, name, present(column(d, name)) & ~np.logical_or.reduce(begun))


@rule(
    "EVT105",
    "error",
    "Dose by halves",
    "A dose is a number (--DOSE) or a text (--DOSTXT), not both, is not negative, and has a unit.",
    "Correct the dose.",
    "{variable} is {value}, but {reason}",
    "SDTMIG 3.4, 6.1",
)
def check_doses(package: Package) -> Iterator[Found]:
    """--DOSE with --DOSU and without --DOSTXT, not negative."""
    for d in datasets_with(package, "--DOSE"):
        name = named(d, "--DOSE")
        cells = column(d, name)
        dose = present(cells)
        negative = decoded(cells, np.nan).astype(float) < 0 if dose.any() else dose
        yield from found_at(d, name, negative, reason="a dose is not below 0")
        yield from found_at(d, name, dose & ~present(column(d, named(d, "--DOSU"))), reason="--DOSU has no value")
        yield from found_at(d, name, dose & present(column(d, named(d, "--DOSTXT"))), reason="--DOSTXT has one too")
