"""TRI101-TRI114: the trial's design against itself and the data, and facts of TS recomputed (SDTMIG 3.4, 7)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.codelist import Codelist
from ..model.column import Column, Mask, codes_of, decoded, present
from ..standards.trial_summary import CODELISTS, NULL_FLAVORS, REFERENCE
from .columns import column, datasets_with, has, in_records, is_value, needed_dataset, needed_terminology, pairs, texts
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found, found_at, rule, show

_DESIGN = "SDTMIG 3.4, 7"
# Codes of earlier guides (SDTMIG 3.2, DM) for subjects who had no arm: no arms of the trial.
_NO_ARMS = frozenset({"SCRNFAIL", "NOTASSGN", "NOTTRT", "UNPLAN"})
_UNPLANNED = ("UNSCHEDULED", "UNPLANNED")


def _outside(cells: Column, known: Column) -> Mask:
    """Which records (n,) have a value that the other column does not have."""
    there = set(texts(known)[np.unique(codes_of(known)[codes_of(known) >= 0])].tolist())
    return in_records(np.array([t not in there for t in texts(cells).tolist()], bool), codes_of(cells))


def no_arms(cells: Column) -> Mask:
    """Which records (n,) have no code of an arm: none at all, or one of earlier guides for those without arm."""
    old = np.array([t.upper() in _NO_ARMS for t in texts(cells).tolist()], bool)
    return in_records(old, codes_of(cells)) | ~present(cells)


def _enrolled(dm: DatasetFile) -> Mask:
    """Which subjects have a planned arm."""
    return ~no_arms(column(dm, "ARMCD"))


@rule(
    "TRI101",
    "error",
    "Arm that TA does not have",
    "The planned arms of a trial are those of TA: an arm of DM or TV is one of them.",
    "Correct the arm code, or add the arm to the table of the trial's arms.",
    "{variable} {value} is no arm of TA",
    f"{_DESIGN}.2.1",
)
def check_arms(package: Package) -> Iterator[Found]:
    """ARMCD and ACTARMCD of DM, ARMCD of TV."""
    arms = column(needed_dataset(package, "TA", "ARMCD"), "ARMCD")
    for d in (package.by_name[n] for n in ("DM", "TV") if n in package.by_name):
        for name in (n for n in ("ARMCD", "ACTARMCD") if has(d, n)):
            cells = column(d, name)
            yield from found_at(d, name, _outside(cells, arms) & ~no_arms(cells))


@rule(
    "TRI102",
    "error",
    "Element that TE does not have",
    "TA puts together the elements that TE describes; code and name are those of TE.",
    "Correct the element in the table of the trial's arms, or add it to that of its elements.",
    "{variable} {value} is not in TE",
    f"{_DESIGN}.2.2",
)
def check_elements(package: Package) -> Iterator[Found]:
    """ETCD of TA is in TE, with the same ELEMENT."""
    ta, te = needed_dataset(package, "TA", "ETCD"), needed_dataset(package, "TE", "ETCD")
    unknown = _outside(column(ta, "ETCD"), column(te, "ETCD"))
    yield from found_at(ta, "ETCD", unknown)
    if has(ta, "ELEMENT"):
        differs = ~_agree(ta, te, "ETCD", "ELEMENT") & present(column(ta, "ELEMENT")) & ~unknown
        yield from found_at(ta, "ELEMENT", differs)


def _agree(d: DatasetFile, other: DatasetFile, key: str, name: str) -> Mask:
    """Which records (n,) of a dataset say of their key what the other dataset says."""
    known = set(zip(_shown(column(other, key)), _shown(column(other, name)), strict=True))
    here = zip(_shown(column(d, key)), _shown(column(d, name)), strict=True)
    return np.array([pair in known for pair in here], bool)


def _shown(cells: Column) -> list[str]:
    """The values of all records (n,) as text, "" where there is none."""
    shown: list[str] = np.append(texts(cells), "")[codes_of(cells)].tolist()
    return shown


@rule(
    "TRI103",
    "warning",
    "Element that no arm has",
    "An element that is in no arm is not part of the trial.",
    "Remove it from the table of the trial's elements, or add it to an arm.",
    "element {value} is in no arm of TA",
    f"{_DESIGN}.2.2",
)
def check_elements_used(package: Package) -> Iterator[Found]:
    """ETCD of TE is in TA."""
    ta, te = needed_dataset(package, "TA", "ETCD"), needed_dataset(package, "TE", "ETCD")
    yield from found_at(te, "ETCD", _outside(column(te, "ETCD"), column(ta, "ETCD")))


@rule(
    "TRI104",
    "error",
    "Visit that TV does not have",
    "A visit of a subject is one that TV plans, or it is unscheduled and its name says so.",
    "Add the visit to the schedule, or name it as unscheduled.",
    "VISITNUM {value} ({visit}) is not in TV",
    f"{_DESIGN}.3.1",
)
def check_visits(package: Package) -> Iterator[Found]:
    """VISITNUM of every dataset of subjects, but for visits called UNSCHEDULED or UNPLANNED: once a dataset."""
    known = set(_shown(column(needed_dataset(package, "TV", "VISITNUM"), "VISITNUM")))
    for d in datasets_with(package, "USUBJID", "VISITNUM", "VISIT"):
        numbers, visits = column(d, "VISITNUM"), column(d, "VISIT")
        for i, j in zip(*map(np.ndarray.tolist, pairs(numbers, visits)[:2]), strict=True):
            number, visit = str(texts(numbers)[i]), str(texts(visits)[j])
            if number not in known and not any(word in visit.upper() for word in _UNPLANNED):
                yield found(d.name, "VISITNUM", number, visit=visit)


@rule(
    "TRI105",
    "error",
    "Planned day that is not that of TV",
    "VISITDY is the planned study day of the visit, the same wherever it stands.",
    "Correct the schedule of the visits.",
    "VISITDY of visit {number} is {value}, not as in TV",
    f"{_DESIGN}.3.1",
)
def check_planned_days(package: Package) -> Iterator[Found]:
    """VISITDY of visits that TV has: once a dataset and visit."""
    tv = needed_dataset(package, "TV", "VISITNUM", "VISITDY")
    days: dict[str, set[str]] = {}
    for number, day in zip(_shown(column(tv, "VISITNUM")), _shown(column(tv, "VISITDY")), strict=True):
        days.setdefault(number, set()).add(day)
    for d in datasets_with(package, "USUBJID", "VISITNUM", "VISITDY"):
        numbers, planned = column(d, "VISITNUM"), column(d, "VISITDY")
        for i, j in zip(*map(np.ndarray.tolist, pairs(numbers, planned)[:2]), strict=True):
            number, day = str(texts(numbers)[i]), str(texts(planned)[j])
            if number in days and day not in days[number]:
                yield found(d.name, "VISITDY", day, number=number)


@rule(
    "TRI106",
    "error",
    "Criterion that is not as in TI",
    "IE names criteria of the protocol, which TI lists: code, text and category are the same.",
    "Correct the table of the criteria.",
    "{variable} {value} is not what TI has",
    f"{_DESIGN}.4.1",
)
def check_criteria(package: Package) -> Iterator[Found]:
    """IETESTCD of IE is in TI, with the same IETEST and IECAT."""
    ti, ie = needed_dataset(package, "TI", "IETESTCD"), needed_dataset(package, "IE", "IETESTCD")
    unknown = _outside(column(ie, "IETESTCD"), column(ti, "IETESTCD"))
    yield from found_at(ie, "IETESTCD", unknown)
    for name in (n for n in ("IETEST", "IECAT") if has(ie, n) and has(ti, n)):
        yield from found_at(ie, name, ~_agree(ie, ti, "IETESTCD", name) & ~unknown)


@rule(
    "TRI107",
    "error",
    "Trial summary parameter with neither value nor reason",
    "TSVALNF says why TSVAL has no value, and only then; it is a null flavor of ISO 21090.",
    "Give the value, or say in TSVALNF why there is none (UNK, NA, PINF).",
    "{parameter} has TSVAL {value} and TSVALNF {flavor}",
    f"{_DESIGN}.4.2",
)
def check_null_flavors(package: Package) -> Iterator[Found]:
    """Either TSVAL or TSVALNF, and TSVALNF of ISO 21090."""
    ts = needed_dataset(package, "TS", "TSPARMCD", "TSVAL")
    flavor = column(ts, "TSVALNF")
    wrong = present(column(ts, "TSVAL")) == present(flavor)
    wrong |= present(flavor) & ~is_value(ts, "TSVALNF", *NULL_FLAVORS)
    yield from found_at(ts, "TSVAL", wrong, parameter=column(ts, "TSPARMCD"), flavor=flavor)


@rule(
    "TRI108",
    "error",
    "Trial summary value that is no term, or has the code of another",
    "Parameters such as TPHASE have codelists of their own: TSVAL is a term, TSVALCD its code where TSVCDREF is "
    "CDISC CT.",
    "Use a term of the codelist and its code.",
    "{parameter}: {value} with code {code} is no term of {codelist}",
    f"{_DESIGN}.4.2; CDISC controlled terminology",
)
def check_terms(package: Package) -> Iterator[Found]:
    """TSVAL and TSVALCD of parameters with a codelist; terms of the sponsor's own in extensible ones have no code."""
    ts, release = needed_dataset(package, "TS", "TSPARMCD", "TSVAL"), needed_terminology(package)
    values, codes = _shown(column(ts, "TSVAL")), _shown(column(ts, "TSVALCD"))
    references, parameters = _shown(column(ts, "TSVCDREF")), _shown(column(ts, "TSPARMCD"))
    for row, (parameter, value) in enumerate(zip(parameters, values, strict=True)):
        listed = CODELISTS.get(parameter, "")
        if value and listed in release.rows:
            codelist = release.codelist(listed)
            code = codes[row] if references[row] in (REFERENCE, "") else ""
            if not _is_term(codelist, value, code):
                details = {"parameter": parameter, "code": code or "missing", "codelist": codelist.name}
                yield Found(ts.name, "TSVAL", row + 1, value, details)


def _is_term(codelist: Codelist, value: str, code: str) -> bool:
    """Whether a value is a term with this code; one of the sponsor's own has none."""
    term = codelist.by_value.get(value)
    return not code and codelist.extensible if term is None else code in ("", term.code)


def _whole_package(package: Package) -> None:
    if package.partial:
        raise NotApplicableError("records are left out on purpose")


def _summary(package: Package, parameter: str) -> tuple[DatasetFile, dict[int, str]]:
    """TS, and record (0-based) and value of each value of a parameter; NotApplicableError where there is none."""
    ts = needed_dataset(package, "TS", "TSPARMCD", "TSVAL")
    cells = decoded(column(ts, "TSVAL")).tolist()
    here = np.flatnonzero(is_value(ts, "TSPARMCD", parameter) & present(column(ts, "TSVAL")))
    if not len(here):
        raise NotApplicableError(f"TS has no {parameter}")
    return ts, {row: str(cells[row]) for row in here.tolist()}


def _differing(package: Package, parameter: str, expected: str, signs: int | None = None) -> Iterator[Found]:
    """Values of a parameter that are not the recomputed one, as far as their first ``signs`` go (None: all)."""
    ts, values = _summary(package, parameter)
    for row, value in values.items():
        if value[:signs] != expected:
            yield Found(ts.name, "TSVAL", row + 1, value, {"expected": expected})


@rule(
    "TRI110",
    "error",
    "NARMS is not the number of arms",
    "NARMS is the planned number of arms, which TA lists.",
    "Correct NARMS in the table of the trial's summary, or the table of its arms.",
    "NARMS is {value}, TA has {expected} arms",
    f"{_DESIGN}.4.2",
)
def check_number_of_arms(package: Package) -> Iterator[Found]:
    """NARMS = the number of ARMCD in TA."""
    arms = column(needed_dataset(package, "TA", "ARMCD"), "ARMCD")
    yield from _differing(package, "NARMS", str(len(np.unique(codes_of(arms)[codes_of(arms) >= 0]))))


@rule(
    "TRI111",
    "error",
    "ACTSUB is not the number of subjects",
    "ACTSUB is the number of subjects who were enrolled: those of DM who have a planned arm.",
    "Correct ACTSUB, or find out which subjects are missing.",
    "ACTSUB is {value}, DM has {expected} subjects with a planned arm",
    f"{_DESIGN}.4.2",
)
def check_number_of_subjects(package: Package) -> Iterator[Found]:
    """ACTSUB = the number of subjects with a planned arm."""
    _whole_package(package)
    enrolled = _enrolled(needed_dataset(package, "DM", "ARMCD"))
    yield from _differing(package, "ACTSUB", str(int(enrolled.sum())))


@rule(
    "TRI112",
    "error",
    "SSTDTC is not the first consent",
    "The study starts with the earliest informed consent of a subject who was enrolled.",
    "Correct SSTDTC, or the date of the consent.",
    "SSTDTC is {value}, the first consent of an enrolled subject {expected}",
    f"{_DESIGN}.4.2; FDA Study Data Technical Conformance Guide",
)
def check_study_start(package: Package) -> Iterator[Found]:
    """SSTDTC = the earliest RFICDTC, by day, of subjects with a planned arm."""
    _whole_package(package)
    dm = needed_dataset(package, "DM", "ARMCD", "RFICDTC")
    dates = package.dates(dm, "RFICDTC")
    days = np.append(dates.days, np.nan)[dates.codes][_enrolled(dm)]
    if np.isnan(days).all():
        raise NotApplicableError("no enrolled subject has a whole date of consent")
    yield from _differing(package, "SSTDTC", _iso(float(np.nanmin(days))), len("2022-03-02"))


def _iso(day: float) -> str:
    return str(np.datetime64(int(day), "D"))


@rule(
    "TRI113",
    "error",
    "Study that ends before its last contact",
    "SENDTC is the date of the last contact with any subject: none has a later RFPENDTC.",
    "Correct SENDTC, or the date of the last contact.",
    "SENDTC is {value}, a subject was last contacted on {expected}",
    f"{_DESIGN}.4.2",
)
def check_study_end(package: Package) -> Iterator[Found]:
    """SENDTC is not before the latest RFPENDTC, by day."""
    ts, values = _summary(package, "SENDTC")
    dm = needed_dataset(package, "DM", "RFPENDTC")
    ends, dates = package.dates(ts, "TSVAL"), package.dates(dm, "RFPENDTC")
    known = dates.days[~np.isnan(dates.days)]
    last = float(known.max()) if len(known) else -np.inf
    for row, value in values.items():
        if float(ends.days[ends.codes[row]]) < last:
            yield Found(ts.name, "TSVAL", row + 1, value, {"expected": _iso(last)})


@rule(
    "TRI114",
    "error",
    "Country that FCNTRY does not name",
    "FCNTRY has a record for each country with a site: every COUNTRY of DM is among them.",
    "Add the country to the trial's summary, or correct it in DM.",
    "COUNTRY {value} is none of FCNTRY ({named})",
    f"{_DESIGN}.4.2",
)
def check_countries(package: Package) -> Iterator[Found]:
    """COUNTRY of DM is a value of FCNTRY."""
    _, values = _summary(package, "FCNTRY")
    dm, named = needed_dataset(package, "DM", "COUNTRY"), sorted(set(values.values()))
    for value in sorted(set(_shown(column(dm, "COUNTRY"))) - {"", *named}):
        yield found(dm.name, "COUNTRY", show(value), named=", ".join(named))
