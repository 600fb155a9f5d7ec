"""ADS101-ADS117: ADSL and DM, one record a subject, the subjects of every analysis dataset (ADaMIG 1.3, 3.2)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.column import is_numeric, present, take
from .analysis import (
    analysed,
    differ,
    extremes,
    figures,
    filled,
    has_all,
    is_flagged,
    named_like,
    needed_adsl,
    needed_source,
    rows_of,
    several_for,
    subject_rows,
    variables_of,
)
from .columns import column, group_numbers, is_value
from .keys import repeated
from .package import Package
from .registry import Found, NotApplicableError, found, found_at, rule

_ADSL = "ADaMIG 1.3, 3.2"
_NOT_ASSIGNED = ("SCRNFAIL", "NOTASSGN", "NOTTRT")


@rule(
    "ADS101",
    "error",
    "Subject twice in ADSL",
    "ADSL has one record a subject.",
    "Make one record of them.",
    "an earlier record is of the same subject",
    _ADSL,
)
def check_one_record(package: Package) -> Iterator[Found]:
    """USUBJID is unique in ADSL."""
    adsl = needed_adsl(package)
    subject = column(adsl, "USUBJID")
    yield from found_at(adsl, "USUBJID", repeated(group_numbers([subject])) & present(subject))


@rule(
    "ADS102",
    "error",
    "Subject of ADSL that DM does not have",
    "Every subject of ADSL has a record in DM.",
    "Derive ADSL from DM.",
    "DM has no subject {value}",
    _ADSL,
)
def check_in_demographics(package: Package) -> Iterator[Found]:
    """Every subject of ADSL is in DM."""
    adsl, dm = needed_adsl(package), needed_source(package, "DM", "USUBJID").by_name["DM"]
    rows = rows_of([column(adsl, "USUBJID")], [column(dm, "USUBJID")])
    yield from found_at(adsl, "USUBJID", (rows < 0) & filled(adsl, "USUBJID"))


@rule(
    "ADS103",
    "warning",
    "Subject with an arm that ADSL does not have",
    "DM assigns the subject to an arm: an analysis of all who were assigned needs the record in ADSL.",
    "Add the subject to ADSL, or say in ADSL's comment whom it leaves out.",
    "DM has the subject {subject} in the arm {arm}, ADSL has none",
    _ADSL,
)
def check_assigned_there(package: Package) -> Iterator[Found]:
    """Subjects with ARMCD in DM are in ADSL."""
    adsl, dm = needed_adsl(package), needed_source(package, "DM", "USUBJID", "ARMCD").by_name["DM"]
    lost = rows_of([column(dm, "USUBJID")], [column(adsl, "USUBJID")]) < 0
    lost &= filled(dm, "ARMCD") & ~is_value(dm, "ARMCD", *_NOT_ASSIGNED)
    for f in found_at(dm, "USUBJID", lost, arm=column(dm, "ARMCD")):
        yield found("ADSL", "USUBJID", f.value, subject=f.value, arm=f.details["arm"])


@rule(
    "ADS104",
    "error",
    "ADSL and DM disagree",
    "A variable that ADSL takes over from DM under its name has DM's value.",
    "Take DM's value, or give the variable of ADSL a name of its own.",
    "{variable} is {value}, in DM {expected}",
    "ADaMIG 1.3, 3.1.1",
)
def check_same_as_demographics(package: Package) -> Iterator[Found]:
    """Variables of ADSL that DM has too are equal."""
    adsl, dm = needed_adsl(package), needed_source(package, "DM", "USUBJID").by_name["DM"]
    rows = rows_of([column(adsl, "USUBJID")], [column(dm, "USUBJID")])
    for name in (n for n in variables_of(adsl) if has_all(dm, n) and n != "USUBJID"):
        expected = take(column(dm, name), rows)
        if is_numeric(expected) == is_numeric(column(adsl, name)):
            yield from found_at(adsl, name, differ(column(adsl, name), expected) & (rows >= 0), expected=expected)


@rule(
    "ADS105",
    "error",
    "Subject that ADSL does not have",
    "Every subject of an analysis dataset has a record in ADSL.",
    "Leave the record out, or add the subject to ADSL.",
    "ADSL has no subject {value}",
    _ADSL,
)
def check_subjects_known(package: Package) -> Iterator[Found]:
    """Every USUBJID of another dataset is in ADSL; told at the subject's first record."""
    needed_adsl(package)
    for d in analysed(package, "USUBJID"):
        lost = (subject_rows(package, d) < 0) & filled(d, "USUBJID")
        yield from found_at(d, "USUBJID", lost & ~repeated(group_numbers([column(d, "USUBJID")])))


@rule(
    "ADS106",
    "error",
    "ADSL's variable with another value",
    "A variable of ADSL that another dataset takes over under its name has ADSL's value in every record.",
    "Take ADSL's value, or give the variable a name of its own.",
    "{variable} is {value}, in ADSL {expected}",
    "ADaMIG 1.3, 3.1.1",
)
def check_same_as_subject(package: Package) -> Iterator[Found]:
    """Variables of other datasets that ADSL has too are equal."""
    adsl = needed_adsl(package)
    for d in (x for x in analysed(package, "USUBJID") if x.name != adsl.name):
        rows = subject_rows(package, d)
        for name in (n for n in variables_of(d) if has_all(adsl, n) and n != "USUBJID"):
            expected = take(column(adsl, name), rows)
            if is_numeric(expected) == is_numeric(column(d, name)):
                yield from found_at(d, name, differ(column(d, name), expected) & (rows >= 0), expected=expected)


@rule(
    "ADS107",
    "error",
    "ADSL without a population flag",
    "ADSL has a flag for each analysis population of the trial, one at least.",
    "Derive the population flags of the analysis plan.",
    "ADSL has no population flag",
    "ADaMIG 1.3, 3.2.4",
)
def check_population_there(package: Package) -> Iterator[Found]:
    """ADSL has at least one variable that ends with FL."""
    adsl = needed_adsl(package)
    if not any(v.name.endswith("FL") for v in adsl.variables):
        yield found(adsl.name)


@rule(
    "ADS108",
    "error",
    "Treated subject without actual treatment",
    "A subject of the safety population has been treated: the actual treatment says with what.",
    "Derive the actual treatment.",
    "SAFFL is Y and {variable} is missing",
    "ADaMIG 1.3, 3.2.6",
)
def check_actual_treatment(package: Package) -> Iterator[Found]:
    """TRT01A has a value where SAFFL is Y."""
    adsl = needed_adsl(package, "SAFFL", "TRT01A")
    yield from found_at(adsl, "TRT01A", is_flagged(adsl, "SAFFL") & ~filled(adsl, "TRT01A"))


@rule(
    "ADS109",
    "error",
    "Randomized subject without planned treatment",
    "Randomization assigns a treatment.",
    "Derive the planned treatment.",
    "{flag} is Y and TRT01P is missing",
    "ADaMIG 1.3, 3.2.6",
)
def check_planned_treatment(package: Package) -> Iterator[Found]:
    """TRT01P has a value where RANDFL or ITTFL is Y."""
    adsl = needed_adsl(package, "TRT01P")
    flags = [f for f in ("RANDFL", "ITTFL") if has_all(adsl, f)]
    if not flags:
        raise NotApplicableError("ADSL has no RANDFL and no ITTFL")
    for flag in flags:
        yield from found_at(adsl, "TRT01P", is_flagged(adsl, flag) & ~filled(adsl, "TRT01P"), flag=flag)


@rule(
    "ADS110",
    "error",
    "Treated subject without a first dose",
    "A subject of the safety population has a date of first exposure.",
    "Derive the date of first exposure, imputed where it is not whole.",
    "SAFFL is Y and {variable} is missing",
    "ADaMIG 1.3, 3.2.7",
)
def check_first_dose(package: Package) -> Iterator[Found]:
    """TRTSDT has a value where SAFFL is Y."""
    adsl = needed_adsl(package, "SAFFL", "TRTSDT")
    yield from found_at(adsl, "TRTSDT", is_flagged(adsl, "SAFFL") & ~filled(adsl, "TRTSDT"))


@rule(
    "ADS111",
    "error",
    "Age outside its group",
    "The groups of a numeric variable are ranges that do not overlap.",
    "Derive the groups anew.",
    "{base} {value} is in the group {group}, which reaches from {low} to {high} around another one",
    "ADaMIG 1.3, 3.2.3",
)
def check_age_groups(package: Package) -> Iterator[Found]:
    """AGEGRy: a value of AGE has one group, and no group's range holds a value of another group."""
    for d, name, _ in named_like(package, r"AGEGR[1-9]"):
        ages, groups = figures(d, "AGE"), group_numbers([column(d, name)])
        if not has_all(d, "AGE"):
            continue
        grouped = np.where(filled(d, name), ages, np.nan)
        low, high = extremes(groups, grouped)
        order = np.argsort(grouped, kind="stable")
        runs = groups[order][~np.isnan(grouped[order])]
        starts = runs[np.r_[True, runs[1:] != runs[:-1]]] if len(runs) else runs
        torn = np.flatnonzero(np.bincount(starts, minlength=len(low)) > 1)
        first = np.isin(groups, torn) & ~np.isnan(grouped)
        first &= ~repeated(np.where(first, groups, -1 - np.arange(len(groups))))
        yield from found_at(
            d, name, first, shown="AGE", base="AGE", group=column(d, name), low=low[groups], high=high[groups]
        )


@rule(
    "ADS112",
    "error",
    "Death flag and date of death disagree",
    "DTHFL is Y for the subjects with a date of death, and for no other.",
    "Derive the flag from the date, or find the date.",
    "DTHFL is {value}, DTHDT is {date}",
    "ADaMIG 1.3, 3.2.8",
)
def check_death(package: Package) -> Iterator[Found]:
    """DTHDT has a value where and only where DTHFL is Y."""
    adsl = needed_adsl(package, "DTHFL", "DTHDT")
    wrong = is_flagged(adsl, "DTHFL") != filled(adsl, "DTHDT")
    yield from found_at(adsl, "DTHFL", wrong, date=column(adsl, "DTHDT"))


@rule(
    "ADS113",
    "error",
    "Status and reason of discontinuation disagree",
    "A subject who discontinued has a reason, and a subject who completed or goes on has none.",
    "Correct the status, or the reason.",
    "{variable} is {value}, {status} is {stated}",
    "ADaMIG 1.3, 3.2.8",
)
def check_discontinuation(package: Package) -> Iterator[Found]:
    """DCSREAS goes with EOSSTT DISCONTINUED, DCTREAS with EOTSTT."""
    adsl = needed_adsl(package)
    known = [(s, r) for s, r in (("EOSSTT", "DCSREAS"), ("EOTSTT", "DCTREAS")) if has_all(adsl, s, r)]
    if not known:
        raise NotApplicableError("ADSL has no status with a reason")
    for status, reason in known:
        ended = is_value(adsl, status, "DISCONTINUED")
        other = is_value(adsl, status, "COMPLETED", "ONGOING")
        wrong = (ended & ~filled(adsl, reason)) | (other & filled(adsl, reason))
        yield from found_at(adsl, reason, wrong, status=status, stated=column(adsl, status))


@rule(
    "ADS114",
    "error",
    "Randomization flag and date disagree",
    "A subject with RANDFL Y has a date of randomization, and a subject with a date has RANDFL Y.",
    "Derive both from the same record.",
    "RANDFL is {flag}, RANDDT is {value}",
    "ADaMIG 1.3, 3.2.8",
)
def check_randomization(package: Package) -> Iterator[Found]:
    """RANDDT has a value where and only where RANDFL is Y."""
    adsl = needed_adsl(package, "RANDFL", "RANDDT")
    wrong = is_flagged(adsl, "RANDFL") != filled(adsl, "RANDDT")
    yield from found_at(adsl, "RANDDT", wrong, flag=column(adsl, "RANDFL"))


@rule(
    "ADS115",
    "error",
    "Site or race in several groups",
    "A value is in one of the pooled groups: its group does not depend on the subject.",
    "Derive the groups anew.",
    "{base} {shown_base} has another {variable} in an earlier record",
    "ADaMIG 1.3, 3.2.2",
)
def check_pooled_groups(package: Package) -> Iterator[Found]:
    """SITEGRy depends on SITEID alone, RACEGRy on RACE, REGIONy on COUNTRY."""
    known = {"SITEGR": "SITEID", "RACEGR": "RACE"}
    for d, name, m in named_like(package, r"(SITEGR|RACEGR)[1-9]"):
        base = known[m[1]]
        if d.name == "ADSL" and has_all(d, base):
            wrong = several_for(column(d, base), column(d, name))
            yield from found_at(d, name, wrong, base=base, shown_base=column(d, base))


@rule(
    "ADS116",
    "error",
    "Treatment lasts longer than from first to last dose",
    "The days from the first to the last exposure, both counted, are the most that a duration of treatment can be.",
    "Derive the duration anew.",
    "{variable} is {value}, from TRTSDT to TRTEDT are {expected} days",
    "ADaMIG 1.3, 3.2.8",
)
def check_duration(package: Package) -> Iterator[Found]:
    """TRTDURD is no more than TRTEDT - TRTSDT + 1, and at least 1."""
    adsl = needed_adsl(package, "TRTDURD", "TRTSDT", "TRTEDT")
    days = figures(adsl, "TRTEDT") - figures(adsl, "TRTSDT") + 1
    stated = figures(adsl, "TRTDURD")
    yield from found_at(adsl, "TRTDURD", (stated > days) | (stated < 1), expected=days)


@rule(
    "ADS117",
    "error",
    "Age without unit in ADSL",
    "AGE is in the unit that AGEU names.",
    "Take AGEU over from DM.",
    "AGE is {value} and AGEU is missing",
    "ADaMIG 1.3, 3.2.3",
)
def check_age_unit(package: Package) -> Iterator[Found]:
    """AGEU has a value where AGE has one."""
    adsl = needed_adsl(package, "AGE", "AGEU")
    yield from found_at(adsl, "AGEU", filled(adsl, "AGE") & ~filled(adsl, "AGEU"), shown="AGE")
