"""ADF101-ADF108: flags of subjects, of records and of criteria (ADaMIG 1.3, 3.1.4 and 3.3.8)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.column import codes_of, is_numeric
from .analysis import figures, filled, is_flagged, named_like, repeated_in, twins_of
from .columns import column, in_records, texts
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found, found_at, rule

_FLAGS = "ADaMIG 1.3, 3.1.4"
_POPULATION = r"(FAS|SAF|ITT|PPROT|COMPL|RAND|ENRL)FL"
_RECORD = r"(ABL|ANL(0[1-9]|[1-9]\d)|ONTRT|LVOT|(ITT|SAF|FAS|PPROT|COMPL)[RP])F[LN]"
# Record and parameter level flags of populations end like this and are no names of their own.
_ANY_FLAG = r"[A-Z][A-Z0-9]*FL"


def _other_than(d: DatasetFile, name: str, allowed: tuple[str, ...]) -> Iterator[Found]:
    cells = column(d, name)
    wrong = np.array([v not in allowed for v in texts(cells)], bool)
    yield from found_at(d, name, in_records(wrong, codes_of(cells)), allowed=" or ".join(allowed))


@rule(
    "ADF101",
    "error",
    "Population flag of a subject that is neither Y nor N",
    "A population flag of ADSL says of every subject whether it belongs: Y or N, never null.",
    "Derive the flag for every subject.",
    "{variable} is {value}, only Y and N are allowed",
    "ADaMIG 1.3, 3.2.4",
)
def check_population_flags(package: Package) -> Iterator[Found]:
    """FASFL, SAFFL, ITTFL, PPROTFL, COMPLFL, RANDFL, ENRLFL of ADSL are Y or N."""
    flags = [(d, name) for d, name, _ in named_like(package, _POPULATION) if d.name == "ADSL"]
    if not flags:
        raise NotApplicableError("ADSL has none of the guide's population flags")
    for d, name in flags:
        yield from _other_than(d, name, ("Y", "N"))
        yield from found_at(d, name, ~filled(d, name))


@rule(
    "ADF102",
    "error",
    "Record flag that is neither Y nor null",
    "These flags mark records: Y (1) where they apply, null elsewhere.",
    "Leave the flag out where it does not apply.",
    "{variable} is {value}, only {allowed} or null is allowed",
    "ADaMIG 1.3, 3.3.8",
)
def check_record_flags(package: Package) -> Iterator[Found]:
    """ABLFL, ANLzzFL, ONTRTFL, LVOTFL, population flags of records and parameters, and their twins ending with FN."""
    for d, name, m in named_like(package, _RECORD):
        yield from _other_than(d, name, ("Y",) if m[0].endswith("L") else ("1",))


@rule(
    "ADF103",
    "error",
    "Flag with another value than Y, N or null",
    "Flags are Y, N or null, and no other word.",
    "Write Y or N, or give a variable with several answers another name.",
    "{variable} is {value}, only {allowed} or null is allowed",
    _FLAGS,
)
def check_flags(package: Package) -> Iterator[Found]:
    """Variables of text that end with FL hold Y and N alone."""
    for d, name, _ in named_like(package, _ANY_FLAG):
        if not is_numeric(column(d, name)):
            yield from _other_than(d, name, ("Y", "N"))


@rule(
    "ADF104",
    "error",
    "Numeric flag with another value than 1, 0 or null",
    "Numeric twins of flags are 1 for Y and 0 for N.",
    "Derive the number from the flag.",
    "{variable} is {value}, only {allowed} or null is allowed",
    _FLAGS,
)
def check_numeric_flags(package: Package) -> Iterator[Found]:
    """Numeric variables that end with FN, beside a flag, hold 1 and 0 alone."""
    for d, _, name in twins_of(package, r"([A-Z][A-Z0-9]*F)L", r"\1N"):
        if is_numeric(column(d, name)):
            yield from _other_than(d, name, ("1", "0"))


@rule(
    "ADF105",
    "error",
    "Flag and its number disagree",
    "Y goes with 1, N with 0, null with null.",
    "Derive the number from the flag.",
    "{variable} is {value}, {flag} is {stated}",
    _FLAGS,
)
def check_flag_twins(package: Package) -> Iterator[Found]:
    """--FL and --FN say the same in every record."""
    for d, flag, name in twins_of(package, r"([A-Z][A-Z0-9]*F)L", r"\1N"):
        number, yes = figures(d, name), is_flagged(d, flag)
        wrong = (yes != (number == 1)) | (filled(d, flag) != ~np.isnan(number))
        yield from found_at(d, name, wrong, flag=flag, stated=column(d, flag))


@rule(
    "ADF106",
    "error",
    "Numeric flag without its flag",
    "A numeric flag is an addition to the flag of text with the same name, which is there as well.",
    "Add the flag.",
    "there is no {flag} beside {variable}",
    _FLAGS,
)
def check_flag_there(package: Package) -> Iterator[Found]:
    """Each of the guide's variables ending with FN has its FL."""
    for d, name, _ in named_like(package, rf"{_POPULATION[:-2]}FN|{_RECORD[:-5]}FN|CRIT[1-9]FN"):
        flag = f"{name[:-1]}L"
        if flag not in d.columns:
            yield found(d.name, name, flag=flag)


@rule(
    "ADF107",
    "error",
    "Several last values on treatment",
    "One record of a subject and parameter is the last on treatment.",
    "Flag the last one only.",
    "an earlier record of the subject and parameter is flagged too",
    "ADaMIG 1.3, 3.3.8",
)
def check_last_value(package: Package) -> Iterator[Found]:
    """LVOTFL is Y once for each subject, parameter and baseline type."""
    for d, name, _ in named_like(package, "LVOTFL"):
        names = [n for n in ("USUBJID", "PARAMCD", "BASETYPE", "ATPT") if n in d.columns]
        yield from found_at(d, name, repeated_in(d, names, is_flagged(d, name)))


@rule(
    "ADF108",
    "error",
    "Flag that is a number, or numeric flag that is text",
    "Names that end with FL are flags of text, their twins that end with FN are numbers.",
    "Change the type, or the name.",
    "{variable} is {value}",
    "ADaMIG 1.3, 3.1.4 and 3.1.1",
)
def check_flag_types(package: Package) -> Iterator[Found]:
    """FL is text; FN beside an FL is a number."""
    for d, name, _ in named_like(package, _ANY_FLAG):
        if is_numeric(column(d, name)):
            yield found(d.name, name, "Num")
        if name[:-1] + "N" in d.columns and not is_numeric(column(d, name[:-1] + "N")):
            yield found(d.name, name[:-1] + "N", "Char")
