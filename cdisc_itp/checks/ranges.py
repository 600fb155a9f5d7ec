"""FND115-FND116: standard results that were not collected, and ranges (SDTMIG 3.4, 4.5.1 and LB)."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.column import present
from .columns import column, findings_with, has, is_value, named
from .findings import spread_numbers
from .package import Package
from .registry import Found, NotApplicableError, found_at, rule

_RESULTS = "SDTMIG 3.4, 4.5.1"


@rule(
    "FND115",
    "error",
    "Standard result without a collected one",
    "--STRESC is copied or derived from --ORRES; a result that was not collected is marked by --DRVFL.",
    "Give the collected result, or mark the derived one.",
    "{variable} is {value}, --ORRES has no value and --DRVFL is not Y",
    _RESULTS,
)
def check_collected_result(package: Package) -> Iterator[Found]:
    """--ORRES wherever --STRESC has a value, but for derived records."""
    for d in findings_with(package, "--ORRES", "--STRESC"):
        name = named(d, "--STRESC")
        collected = present(column(d, named(d, "--ORRES"))) | is_value(d, named(d, "--DRVFL"), "Y")
        yield from found_at(d, name, present(column(d, name)) & ~collected)


@rule(
    "FND116",
    "error",
    "Range whose lower limit is not below the upper one",
    "No result lies in such a range.",
    "Ask the laboratory for the range; the limits may be exchanged.",
    "{variable} is {value}, {other} is {limit}",
    "SDTMIG 3.4, LB",
)
def check_ranges(package: Package) -> Iterator[Found]:
    """--ORNRLO < --ORNRHI and --STNRLO < --STNRHI."""
    limits = (("--ORNRLO", "--ORNRHI"), ("--STNRLO", "--STNRHI"))
    found = [(d, named(d, a), named(d, b)) for d in package.datasets for a, b in limits if has(d, a, b)]
    if not found:
        raise NotApplicableError("no dataset has a range")
    for d, low, high in found:
        wrong = spread_numbers(column(d, low)) >= spread_numbers(column(d, high))
        yield from found_at(d, low, wrong, other=high, limit=column(d, high))
