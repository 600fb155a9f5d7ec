"""ADD101-ADD118: numeric dates, times and days of analysis datasets, and their imputation flags (ADaMIG 1.3, 3.1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from .analysis import figures, filled, has_all, named_like, needed_adsl, needed_source, rows_of, subject_days, twins_of
from .columns import column
from .package import Package
from .registry import Found, NotApplicableError, found, found_at, rule

_DATES = "ADaMIG 1.3, 3.1.3"
_DATE = r"[A-Z][A-Z0-9]*DT"
_TIME = r"(A|AST|AEN|TRTS|TRTE|TR\d\d[SE]|AP\d\d[SE]|APER[SE]|PH\d[SE])TM"
_DAY = r"(A|AST|AEN|[A-Z][A-Z0-9]{1,3}(ST|EN|A))DY"
_A_DAY = 86_400
# Days and seconds are counted from 1960-01-01.
_FIRST, _LAST = (
    int((np.datetime64(d) - np.datetime64("1960-01-01")).astype(int)) for d in ("1900-01-01", "2100-01-01")
)
_UNIX = int((np.datetime64("1970-01-01") - np.datetime64("1960-01-01")).astype(int))


@rule(
    "ADD101",
    "error",
    "Numeric date that is not whole",
    "A numeric date counts days: a fraction is a time that belongs to a variable of its own.",
    "Derive the date without its time.",
    "{variable} is {value}",
    _DATES,
)
def check_whole_dates(package: Package) -> Iterator[Found]:
    """*DT are whole numbers."""
    for d, name, _ in named_like(package, _DATE):
        values = figures(d, name)
        yield from found_at(d, name, (values != np.floor(values)) & ~np.isnan(values))


@rule(
    "ADD102",
    "error",
    "Numeric date that is not plausible",
    "Dates count days, and datetimes seconds, from 1960-01-01: other counts give years that are none of a trial.",
    "Count days or seconds from 1960-01-01.",
    "{variable} is {value}, which is no day from 1900 to 2099",
    _DATES,
)
def check_plausible_dates(package: Package) -> Iterator[Found]:
    """*DT and *DTM lie from 1900 to 2099."""
    for d, name, m in named_like(package, f"{_DATE}M?"):
        values = figures(d, name) / (_A_DAY if m[0].endswith("M") else 1)
        yield from found_at(d, name, (values < _FIRST) | (values >= _LAST))


@rule(
    "ADD103",
    "error",
    "Numeric time beyond a day",
    "A numeric time counts the seconds since midnight.",
    "Derive the time from the datetime.",
    "{variable} is {value}",
    _DATES,
)
def check_times(package: Package) -> Iterator[Found]:
    """*TM lie from 0 to less than 86400."""
    for d, name, _ in named_like(package, _TIME):
        values = figures(d, name)
        yield from found_at(d, name, (values < 0) | (values >= _A_DAY))


@rule(
    "ADD104",
    "error",
    "Date and datetime disagree",
    "A date beside a datetime is the datetime's day.",
    "Derive the date from the datetime.",
    "{variable} is {value}, {datetime} is of day {expected}",
    _DATES,
)
def check_date_of_datetime(package: Package) -> Iterator[Found]:
    """*DT = the day of *DTM where both have a value."""
    for d, datetime, date in twins_of(package, r"([A-Z][A-Z0-9]*DT)M", r"\1"):
        expected = np.floor(figures(d, datetime) / _A_DAY)
        wrong = np.abs(figures(d, date) - expected) > 0
        yield from found_at(d, date, wrong, datetime=datetime, expected=expected)


@rule(
    "ADD105",
    "error",
    "Time and datetime disagree",
    "A time beside a datetime is the datetime's time.",
    "Derive the time from the datetime.",
    "{variable} is {value}, {datetime} has {expected}",
    _DATES,
)
def check_time_of_datetime(package: Package) -> Iterator[Found]:
    """*TM = the time of *DTM where both have a value."""
    for d, datetime, time in twins_of(package, r"([A-Z][A-Z0-9]*)DTM", r"\1TM"):
        expected = np.mod(figures(d, datetime), _A_DAY)
        wrong = np.abs(figures(d, time) - expected) > 1e-6
        yield from found_at(d, time, wrong, datetime=datetime, expected=expected)


@rule(
    "ADD106",
    "error",
    "Datetime without its date",
    "A datetime with a value has its day: where the date stands beside it, it has a value too.",
    "Derive the date from the datetime.",
    "{variable} is missing, {datetime} is {value}",
    _DATES,
)
def check_date_beside_datetime(package: Package) -> Iterator[Found]:
    """*DT has a value wherever *DTM has one."""
    for d, datetime, date in twins_of(package, r"([A-Z][A-Z0-9]*DT)M", r"\1"):
        yield from found_at(d, date, filled(d, datetime) & ~filled(d, date), shown=datetime, datetime=datetime)


@rule(
    "ADD112",
    "error",
    "Analysis day is not that of the date",
    "An analysis day counts from the first exposure, which is day 1; the day before it is day -1.",
    "Derive the day anew, or name in define.xml the date from which it counts and use another variable.",
    "{variable} is {value}, {date} is day {expected} from TRTSDT",
    "ADaMIG 1.3, 3.3.3",
)
def check_analysis_days(package: Package) -> Iterator[Found]:
    """ADY, ASTDY, AENDY are those of ADT, ASTDT, AENDT from ADSL's TRTSDT, without a day 0."""
    needed_adsl(package, "TRTSDT")
    some = False
    for day, date in (("ADY", "ADT"), ("ASTDY", "ASTDT"), ("AENDY", "AENDT")):
        for d in (x for x in package.datasets if has_all(x, day, date, "USUBJID")):
            some = True
            elapsed = figures(d, date) - subject_days(package, d, "TRTSDT")
            expected = np.where(elapsed >= 0, elapsed + 1, elapsed)
            wrong = np.abs(figures(d, day) - expected) > 0
            yield from found_at(d, day, wrong, date=date, expected=expected)
    if not some:
        raise NotApplicableError("no dataset has an analysis day beside its date")


@rule(
    "ADD113",
    "error",
    "Day 0, or part of a day",
    "Analysis days are whole, and there is no day 0: day -1 comes before day 1.",
    "Derive the day anew.",
    "{variable} is {value}",
    "ADaMIG 1.3, 3.3.3",
)
def check_no_day_zero(package: Package) -> Iterator[Found]:
    """*DY are whole numbers other than 0."""
    for d, name, _ in named_like(package, _DAY):
        values = figures(d, name)
        yield from found_at(d, name, (values == 0) | ((values != np.floor(values)) & ~np.isnan(values)))


@rule(
    "ADD114",
    "error",
    "Analysis start after its end",
    "What starts does not end before.",
    "Correct the dates; cap an imputed date at the other one.",
    "{variable} is {value}, {end} is {stated}",
    _DATES,
)
def check_start_before_end(package: Package) -> Iterator[Found]:
    """ASTDT <= AENDT and ASTDTM <= AENDTM."""
    for d, start, end in twins_of(package, r"AST(DTM?)", r"AEN\1"):
        yield from found_at(d, start, figures(d, start) > figures(d, end), end=end, stated=column(d, end))


@rule(
    "ADD115",
    "error",
    "First dose after the last one",
    "The first exposure is not after the last one, of the trial and of each period.",
    "Derive both dates anew.",
    "{variable} is {value}, {end} is {stated}",
    "ADaMIG 1.3, 3.2.7",
)
def check_treatment_span(package: Package) -> Iterator[Found]:
    """TRTSDT <= TRTEDT, TRxxSDT <= TRxxEDT, APxxSDT <= APxxEDT, datetimes too; told in ADSL."""
    some = False
    for d, start, end in twins_of(package, r"(TRT|TR\d\d|AP\d\d|PH\d)S(DTM?)", r"\1E\2"):
        if d.name == "ADSL":
            some = True
            yield from found_at(d, start, figures(d, start) > figures(d, end), end=end, stated=column(d, end))
    if not some:
        raise NotApplicableError("ADSL has no span of treatment")


@rule(
    "ADD116",
    "warning",
    "First or last dose differs from DM",
    "RFXSTDTC and RFXENDTC of DM are the first and the last exposure: where they are known to the day, TRTSDT and "
    "TRTEDT are the same days.",
    "Find out which is right; say in the comment of the variable why the analysis uses another day.",
    "{variable} is {value}, {date} of DM is {expected}",
    "ADaMIG 1.3, 3.2.7; SDTMIG 3.4, DM",
)
def check_exposure_dates(package: Package) -> Iterator[Found]:
    """TRTSDT is the day of RFXSTDTC, TRTEDT that of RFXENDTC."""
    adsl, dm = needed_adsl(package), needed_source(package, "DM", "USUBJID").by_name["DM"]
    known = [
        (n, c) for n, c in (("TRTSDT", "RFXSTDTC"), ("TRTEDT", "RFXENDTC")) if n in adsl.columns and c in dm.columns
    ]
    if not known:
        raise NotApplicableError("ADSL and DM have no dates of exposure")
    rows = rows_of([column(adsl, "USUBJID")], [column(dm, "USUBJID")])
    for name, collected in known:
        dates = package.dates(dm, collected)
        days = np.append(np.append(dates.days, np.nan)[dates.codes], np.nan)[rows] + _UNIX
        yield from found_at(adsl, name, np.abs(figures(adsl, name) - days) > 0, date=collected, expected=days)


@rule(
    "ADD117",
    "warning",
    "Numeric date without a date format",
    "A number of days means nothing to a reader without the format that shows the date.",
    "Give the variable a format: DATE9., DATETIME20., TIME8.",
    "{variable} has the format {value!r}",
    _DATES,
)
def check_formats(package: Package) -> Iterator[Found]:
    """*DT, *DTM and the guide's *TM have a display format of dates, datetimes or times."""
    known = re.compile(
        r"(DATE|YYMMDD|DDMMYY|MMDDYY|E8601D|B8601D|IS8601D|DATETIME|TIME|E8601T|TOD|HHMM|DTDATE|NLDAT|JULIAN)"
    )
    for d, name, _ in named_like(package, f"{_DATE}M?|{_TIME}"):
        (v,) = (x for x in d.variables if x.name == name)
        if v.numeric and not known.match(v.display_format.upper()):
            yield found(d.name, name, v.display_format)


@rule(
    "ADD118",
    "error",
    "Last dose after death",
    "A subject who died is not treated afterwards.",
    "Correct the date of death, or the last dose.",
    "TRTEDT is {value}, DTHDT is {stated}",
    "ADaMIG 1.3, 3.2.7",
)
def check_death_after_treatment(package: Package) -> Iterator[Found]:
    """TRTEDT <= DTHDT."""
    adsl = needed_adsl(package, "TRTEDT", "DTHDT")
    yield from found_at(adsl, "TRTEDT", figures(adsl, "TRTEDT") > figures(adsl, "DTHDT"), stated=column(adsl, "DTHDT"))
