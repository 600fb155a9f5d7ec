"""ADT101-ADT112: time to event (ADaMIG 1.3, 3.3.7; ADaM basic data structure for time-to-event analyses 1.0)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .analysis import Numbers, figures, filled, has_all, parameters_of, repeated_in, several_for
from .columns import column
from .package import DatasetFile, Package
from .registry import Found, found_at, rule

_TTE = "ADaM basic data structure for time-to-event analyses 1.0"
_UNITS = (1.0, 7.0, 30.4375, 30.44, 30.0, 365.25, 365.2425, 365.0)


@rule(
    "ADT101",
    "error",
    "Censoring that is no count",
    "CNSR is 0 for an event, and a whole number above for each way of being censored.",
    "Derive CNSR anew.",
    "CNSR is {value}",
    _TTE,
)
def check_censor(package: Package) -> Iterator[Found]:
    """CNSR is a whole number; of records with a value it is there (negative ones only where the plan says so)."""
    for d in parameters_of(package, "CNSR"):
        values = figures(d, "CNSR")
        yield from found_at(d, "CNSR", (values < 0) | (values != np.floor(values)) & ~np.isnan(values))


@rule(
    "ADT102",
    "error",
    "Time without its censoring",
    "A time to event says whether it ended with the event.",
    "Derive CNSR for the record.",
    "AVAL is {value} and CNSR is missing",
    _TTE,
)
def check_censor_there(package: Package) -> Iterator[Found]:
    """CNSR has a value where AVAL has one."""
    for d in parameters_of(package, "CNSR", "AVAL"):
        yield from found_at(d, "CNSR", filled(d, "AVAL") & ~filled(d, "CNSR"), shown="AVAL")


@rule(
    "ADT103",
    "error",
    "Event or censoring without description",
    "EVNTDESC says what the event was, or why there is none.",
    "Describe the event.",
    "CNSR is {value} and EVNTDESC is missing",
    _TTE,
)
def check_description(package: Package) -> Iterator[Found]:
    """EVNTDESC has a value where CNSR has one."""
    for d in parameters_of(package, "CNSR", "EVNTDESC"):
        yield from found_at(d, "EVNTDESC", filled(d, "CNSR") & ~filled(d, "EVNTDESC"), shown="CNSR")


@rule(
    "ADT104",
    "error",
    "Censored without a description of the date",
    "CNSDTDSC says which date ended the observation of a censored subject.",
    "Describe the date.",
    "CNSR is {value} and CNSDTDSC is missing",
    _TTE,
)
def check_censor_description(package: Package) -> Iterator[Found]:
    """CNSDTDSC has a value where CNSR is above 0."""
    for d in parameters_of(package, "CNSR", "CNSDTDSC"):
        yield from found_at(d, "CNSDTDSC", (figures(d, "CNSR") > 0) & ~filled(d, "CNSDTDSC"), shown="CNSR")


@rule(
    "ADT105",
    "error",
    "Event with the description of a censoring date",
    "CNSDTDSC is for censored subjects.",
    "Leave the description out.",
    "CNSR is 0 and CNSDTDSC is {value}",
    _TTE,
)
def check_event_description(package: Package) -> Iterator[Found]:
    """CNSDTDSC is missing where CNSR is 0."""
    for d in parameters_of(package, "CNSR", "CNSDTDSC"):
        yield from found_at(d, "CNSDTDSC", (figures(d, "CNSR") == 0) & filled(d, "CNSDTDSC"))


@rule(
    "ADT106",
    "error",
    "Event before the time at risk",
    "The event or censoring is not before the date from which the time counts.",
    "Correct the dates; censor on the first day.",
    "ADT is {date}, STARTDT is {value}",
    _TTE,
)
def check_start(package: Package) -> Iterator[Found]:
    """STARTDT <= ADT."""
    for d in parameters_of(package, "CNSR", "STARTDT", "ADT"):
        yield from found_at(d, "STARTDT", figures(d, "STARTDT") > figures(d, "ADT"), date=column(d, "ADT"))


def _kinds(d: DatasetFile) -> Iterator[np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    codes = column(d, "PARAMCD").codes
    yield from (codes == k for k in np.unique(codes[codes >= 0]))


def _fits(value: Numbers, days: Numbers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which values are the days, with or without the first one, in the unit that most of the values are in."""
    best = np.zeros(len(value), bool)
    for one in (1, 0):
        for unit in _UNITS:
            expected = (days + one) / unit
            near = np.abs(value - expected) <= (1e-6 if unit == 1 else 0.051)
            if near.sum() > best.sum():
                best = near
    return best


@rule(
    "ADT107",
    "error",
    "Time is not that of the dates",
    "AVAL is the time from STARTDT to ADT, in one unit and counted in one way for all records of a parameter.",
    "Derive AVAL anew.",
    "AVAL is {value}, from STARTDT to ADT are {days} days, and other records of the parameter count otherwise",
    _TTE,
)
def check_time(package: Package) -> Iterator[Found]:
    """AVAL = ADT - STARTDT, or 1 more, in days, weeks, months or years: the way that fits most records of PARAMCD."""
    for d in parameters_of(package, "CNSR", "STARTDT", "ADT", "AVAL"):
        value, days = figures(d, "AVAL"), figures(d, "ADT") - figures(d, "STARTDT")
        wrong = np.zeros(len(value), bool)
        for here in _kinds(d):
            known = np.flatnonzero(here & ~np.isnan(value) & ~np.isnan(days))
            wrong[known] = ~_fits(value[known], days[known])
        yield from found_at(d, "AVAL", wrong, days=days)


@rule(
    "ADT108",
    "error",
    "Several times to one event",
    "A subject has one record of each time to event.",
    "Keep the record that the analysis uses, or give the parameters codes of their own.",
    "an earlier record is of the same subject and parameter",
    _TTE,
)
def check_one_time(package: Package) -> Iterator[Found]:
    """One record for each subject and PARAMCD in datasets with CNSR (ANLzzFL may choose among several)."""
    for d in parameters_of(package, "CNSR", "USUBJID"):
        flags = [v.name for v in d.variables if v.name.startswith("ANL") and v.name.endswith("FL")]
        counts = filled(d, "CNSR") & (np.logical_or.reduce([filled(d, f) for f in flags]) if flags else True)
        yield from found_at(d, "PARAMCD", repeated_in(d, ["USUBJID", "PARAMCD"], counts))


@rule(
    "ADT109",
    "warning",
    "One description for events and for censoring",
    "A description stands for one value of CNSR of a parameter: it is an event, or a way of being censored.",
    "Use descriptions that tell them apart.",
    "CNSR is {value}, in an earlier record of the parameter with EVNTDESC {described} it is another",
    _TTE,
)
def check_one_meaning(package: Package) -> Iterator[Found]:
    """EVNTDESC (and CNSDTDSC) have one CNSR within PARAMCD."""
    for d in parameters_of(package, "CNSR", "EVNTDESC"):
        within = [column(d, "PARAMCD"), *([column(d, "CNSDTDSC")] if has_all(d, "CNSDTDSC") else [])]
        wrong = several_for(column(d, "EVNTDESC"), column(d, "CNSR"), within)
        yield from found_at(d, "CNSR", wrong, described=column(d, "EVNTDESC"))


@rule(
    "ADT110",
    "error",
    "Time to event without its origin",
    "A time counts from a date.",
    "Derive STARTDT.",
    "AVAL is {value} and STARTDT is missing",
    _TTE,
)
def check_origin(package: Package) -> Iterator[Found]:
    """STARTDT has a value where AVAL has one."""
    for d in parameters_of(package, "CNSR", "STARTDT", "AVAL"):
        yield from found_at(d, "STARTDT", filled(d, "AVAL") & ~filled(d, "STARTDT"), shown="AVAL")


@rule(
    "ADT111",
    "error",
    "Event or censoring without a date",
    "A time ends on a date.",
    "Derive ADT for the record.",
    "AVAL is {value} and ADT is missing",
    _TTE,
)
def check_date(package: Package) -> Iterator[Found]:
    """ADT has a value where AVAL has one."""
    for d in parameters_of(package, "CNSR", "ADT", "AVAL"):
        yield from found_at(d, "ADT", filled(d, "AVAL") & ~filled(d, "ADT"), shown="AVAL")


@rule(
    "ADT112",
    "error",
    "Negative time to event",
    "A time to event is 0 or more.",
    "Derive AVAL anew.",
    "AVAL is {value}",
    _TTE,
)
def check_not_negative(package: Package) -> Iterator[Found]:
    """AVAL >= 0 where CNSR has a value."""
    for d in parameters_of(package, "CNSR", "AVAL"):
        yield from found_at(d, "AVAL", (figures(d, "AVAL") < 0) & filled(d, "CNSR"))
