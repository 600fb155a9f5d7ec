"""FND101-FND114: results, units, ranges and names of tests (SDTMIG 3.4, 6.3 and 4.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, Mask, codes_of, is_numeric, numbers, present, text_column
from ..model.kept import once
from .columns import (
    arrow_texts,
    byte_lengths,
    column,
    findings_with,
    group_numbers,
    in_records,
    is_value,
    matches,
    named,
    pairs,
    texts,
)
from .package import DatasetFile, Package
from .registry import Found, found_at, rule

Floats = npt.NDArray[np.float64]
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RESULTS = "SDTMIG 3.4, 4.5.1"
# Terms of NRIND (C78736) that say more than the one which follows from the limits.
_AGREEING = {"LOW": ("LOW", "LOW LOW", "ABNORMAL"), "HIGH": ("HIGH", "HIGH HIGH", "ABNORMAL"), "NORMAL": ("NORMAL",)}
_INDICATORS = tuple(_AGREEING)


@once
def to_numbers(cells: Column, pattern: str = f"({NUMBER})") -> Floats:
    """The number in each distinct text (k,), NaN where the pattern does not fit; numbers as they are."""
    if is_numeric(cells):
        return np.array(cells.categories, np.float64)
    array = arrow_texts(cells)
    if pattern == f"({NUMBER})":
        inner = pc.if_else(pa.array(matches(cells, NUMBER)), array, None)
    else:
        inner = pc.struct_field(pc.extract_regex(array, f"^{pattern}$".replace("(", "(?P<number>", 1)), "number")
    return np.array(pc.fill_null(pc.cast(inner, pa.float64()), np.nan), np.float64)


def spread_numbers(cells: Column, pattern: str = f"({NUMBER})") -> Floats:
    """The number in each record's text (n,), NaN where there is none."""
    return np.append(to_numbers(cells, pattern), np.nan)[codes_of(cells)]


def _standard(d: DatasetFile) -> tuple[str, Floats, Floats]:
    """The name of --STRESN, the numbers that --STRESC says and those that --STRESN has (n,)."""
    name = named(d, "--STRESN")
    twin = column(d, name)
    said = spread_numbers(column(d, named(d, "--STRESC")))
    return name, said, numbers(twin) if is_numeric(twin) else np.full(len(twin), np.nan)


@rule(
    "FND101",
    "error",
    "Numeric result is not the number in the character result",
    "--STRESN is the numeric copy of --STRESC.",
    "Derive --STRESN from --STRESC.",
    "{variable} is {value}, the character result {character}",
    _RESULTS,
)
def check_numeric_twin(package: Package) -> Iterator[Found]:
    """--STRESN equals the number in --STRESC (to 12 digits: files of other systems carry roundings)."""
    for d in findings_with(package, "--STRESC", "--STRESN"):
        name, said, has_number = _standard(d)
        wrong = np.abs(said - has_number) > 1e-12 * np.maximum(np.abs(said), np.abs(has_number))
        yield from found_at(d, name, wrong, character=column(d, named(d, "--STRESC")))


@rule(
    "FND102",
    "error",
    "Number in --STRESC without --STRESN",
    "All numeric results stand in --STRESN, else they are lost to every summary.",
    "Derive --STRESN from --STRESC.",
    "{variable} has no value, the character result is {character}",
    _RESULTS,
)
def check_numeric_missing(package: Package) -> Iterator[Found]:
    """--STRESN wherever --STRESC is a number."""
    for d in findings_with(package, "--STRESC", "--STRESN"):
        name, said, has_number = _standard(d)
        cells = column(d, named(d, "--STRESC"))
        yield from found_at(d, name, ~np.isnan(said) & np.isnan(has_number), character=cells)


@rule(
    "FND103",
    "error",
    "Numeric result where the character result is no number",
    "A result such as <2.0 is no number: whatever stands in --STRESN was invented.",
    "Leave --STRESN null.",
    "{variable} is {value}, the character result is {character}",
    _RESULTS,
)
def check_numeric_invented(package: Package) -> Iterator[Found]:
    """No --STRESN where --STRESC is missing or no number."""
    for d in findings_with(package, "--STRESC", "--STRESN"):
        name, said, has_number = _standard(d)
        cells = column(d, named(d, "--STRESC"))
        yield from found_at(d, name, np.isnan(said) & ~np.isnan(has_number), character=cells)


@rule(
    "FND104",
    "warning",
    "Number without unit",
    "Other results of the test have a standard unit, or the original result has one: this number means nothing "
    "without its own.",
    "Give the standard unit, or a conversion for the original one.",
    "{variable} has no value, the result is {result}",
    _RESULTS,
)
def check_unit_missing(package: Package) -> Iterator[Found]:
    """--STRESU with --STRESN, for tests that have units at all."""
    for d in findings_with(package, "--STRESN", "--STRESU"):
        tests, unit = codes_of(column(d, named(d, "--TESTCD"))), named(d, "--STRESU")
        with_unit = np.zeros(int(tests.max(initial=-1)) + 2, bool)
        with_unit[tests[present(column(d, unit))]] = True
        original = present(column(d, named(d, "--ORRESU")))
        number = column(d, named(d, "--STRESN"))
        wrong = present(number) & ~present(column(d, unit)) & (with_unit[tests] | original)
        yield from found_at(d, unit, wrong, result=number)


@rule(
    "FND105",
    "warning",
    "Test with several standard units",
    "Standard results of a test have one unit, else they cannot be summarised together.",
    "Convert to one unit, or find the source that lacks a conversion.",
    "{variable} is {value}, most results of {test} have {expected}",
    _RESULTS,
)
def check_one_unit(package: Package) -> Iterator[Found]:
    """One --STRESU for each --TESTCD, --CAT, --SPEC and --METHOD; told where it is not the commonest."""
    for d in findings_with(package, "--STRESU"):
        unit = column(d, named(d, "--STRESU"))
        by = [column(d, named(d, n)) for n in ("--TESTCD", "--CAT", "--SPEC", "--METHOD")]
        group, codes, k = group_numbers(by).astype(np.int64), codes_of(unit), len(unit.categories)
        here = codes >= 0
        distinct, counts = np.unique(group[here] * k + codes[here], return_counts=True)
        commonest = np.full(int(group.max(initial=-1)) + 1, -1)
        order = np.argsort(counts, kind="stable")
        commonest[distinct[order] // max(k, 1)] = distinct[order] % max(k, 1)
        expected = np.append(texts(unit), "")[commonest[group]]
        wrong = here & (codes != commonest[group])
        yield from found_at(d, named(d, "--STRESU"), wrong, expected=expected, test=by[0])


def _range_indicator(d: DatasetFile) -> tuple[str, Column]:
    """--NRIND's name, and LOW, NORMAL or HIGH of each record (n,) by result and limits in original units.

    No value where it cannot be told. <5 is LOW where 5 is not above the lower limit, and likewise >5.
    """
    result = column(d, named(d, "--ORRES"))
    low, high = (spread_numbers(column(d, named(d, n))) for n in ("--ORNRLO", "--ORNRHI"))
    value = spread_numbers(result)
    below, above = (_limits(result, sign) for sign in "<>")
    limits = ~np.isnan(low) | ~np.isnan(high)
    codes = np.where(~np.isnan(value) & limits, _INDICATORS.index("NORMAL"), -1)
    codes[(value > high) | (above >= high)] = _INDICATORS.index("HIGH")
    codes[(value < low) | (below <= low)] = _INDICATORS.index("LOW")
    return named(d, "--NRIND"), text_column(codes, _INDICATORS)


def _limits(result: Column, sign: str) -> Floats:
    """The number after the sign in each record's result (n,), NaN where there is none."""
    if not pc.any(pc.starts_with(arrow_texts(result), sign)).as_py():
        return np.full(len(result), np.nan)
    return spread_numbers(result, rf"{sign}\s*({NUMBER})")


@rule(
    "FND106",
    "error",
    "Range indicator that the range contradicts",
    "--NRIND compares the original result with the range in original units.",
    "Derive --NRIND from --ORRES, --ORNRLO and --ORNRHI.",
    "{variable} is {value}, result and range say {expected}",
    "SDTMIG 3.4, LB",
)
def check_range_indicator(package: Package) -> Iterator[Found]:
    """--NRIND agrees with --ORRES, --ORNRLO, --ORNRHI where they are numbers."""
    for d in findings_with(package, "--NRIND", "--ORRES", "--ORNRLO", "--ORNRHI"):
        name, expected = _range_indicator(d)
        agrees = np.zeros(len(expected), bool)
        for code, term in enumerate(_INDICATORS):
            agrees |= (codes_of(expected) == code) & is_value(d, name, *_AGREEING[term])
        yield from found_at(d, name, present(expected) & present(column(d, name)) & ~agrees, expected=expected)


@rule(
    "FND107",
    "warning",
    "Range indicator missing",
    "Result and range are numbers: the indicator can be derived.",
    "Derive --NRIND.",
    "{variable} has no value, result and range say {expected}",
    "SDTMIG 3.4, LB",
)
def check_range_indicator_missing(package: Package) -> Iterator[Found]:
    """--NRIND wherever it can be told."""
    for d in findings_with(package, "--NRIND", "--ORRES", "--ORNRLO", "--ORNRHI"):
        name, expected = _range_indicator(d)
        yield from found_at(d, name, present(expected) & ~present(column(d, name)), expected=expected)


@rule(
    "FND108",
    "error",
    "Short name and name of a test do not go together",
    "Within a domain a --TESTCD has one --TEST, and a --TEST one --TESTCD.",
    "Correct the map of tests.",
    "{variable} {value} goes with {others}",
    "SDTMIG 3.4, 4.1.2",
)
def check_test_names(package: Package) -> Iterator[Found]:
    """--TESTCD and --TEST are one to one."""
    for d in findings_with(package, "--TEST"):
        names = (named(d, "--TESTCD"), named(d, "--TEST"))
        for name, other in (names, names[::-1]):
            left, right = column(d, name), column(d, other)
            i, j, _ = pairs(left, right)
            for code in np.flatnonzero(np.bincount(i, minlength=len(left.categories)) > 1).tolist():
                others = " and ".join(sorted(map(str, texts(right)[j[i == code]])))
                yield from found_at(d, name, np.flatnonzero(codes_of(left) == code)[:1].tolist(), others=others)


@rule(
    "FND109",
    "error",
    "Short name of a test that cannot name a variable",
    "--TESTCD has at most 8 capital letters, digits or underscores and does not begin with a digit, so that results "
    "can become variables.",
    "Shorten the name, or take the published one.",
    "{value} cannot be {variable}",
    "SDTMIG 3.4, 4.2.1",
)
def check_short_names(package: Package) -> Iterator[Found]:
    """--TESTCD: at most 8 of A-Z, 0-9, _, not beginning with a digit."""
    for d in findings_with(package):
        cells = column(d, named(d, "--TESTCD"))
        wrong = in_records(~matches(cells, "[A-Z_][A-Z0-9_]{0,7}"), codes_of(cells))
        yield from found_at(d, named(d, "--TESTCD"), wrong)


@rule(
    "FND110",
    "error",
    "Name of a test over 40 bytes",
    "--TEST has at most 40 bytes, so that it can be a label (IETEST, and PETEST by its codelist, may be longer).",
    "Shorten the name, or take the published one.",
    "{variable} has {bytes} bytes: {value}",
    "SDTMIG 3.4, 4.2.1",
)
def check_long_names(package: Package) -> Iterator[Found]:
    """--TEST: at most 40 bytes but for IETEST and PETEST."""
    for d in findings_with(package, "--TEST"):
        if d.name[:2] not in ("IE", "PE"):
            cells = column(d, named(d, "--TEST"))
            sizes = np.append(byte_lengths(cells, d.encoding), 0)[codes_of(cells)]
            yield from found_at(d, named(d, "--TEST"), sizes > 40, bytes=sizes)


def _result(d: DatasetFile) -> Mask:
    """Which records have a result, as collected or in standard form."""
    return present(column(d, named(d, "--ORRES"))) | present(column(d, named(d, "--STRESC")))


@rule(
    "FND111",
    "error",
    "Result of a test that was not done",
    "--STAT NOT DONE says that there is no result.",
    "Leave out the status, or the result.",
    "--STAT is NOT DONE, the result is {value}",
    "SDTMIG 3.4, 4.5.1.2",
)
def check_not_done(package: Package) -> Iterator[Found]:
    """No result with --STAT NOT DONE."""
    for d in findings_with(package, "--STAT", "--ORRES"):
        not_done = is_value(d, named(d, "--STAT"), "NOT DONE") & _result(d)
        yield from found_at(d, named(d, "--STAT"), not_done, shown=named(d, "--ORRES"))


@rule(
    "FND112",
    "warning",
    "Neither a result nor a word why",
    "A record without result has --STAT NOT DONE (and best --REASND); derived records are marked by --DRVFL.",
    "Give --STAT, or leave out the record with a reason.",
    "{variable} has no value, and --STAT does not say that the test was not done",
    "SDTMIG 3.4, 4.5.1.2",
)
def check_no_result(package: Package) -> Iterator[Found]:
    """--ORRES, --STRESC, --STAT NOT DONE or --DRVFL in each record."""
    for d in findings_with(package, "--ORRES"):
        said = is_value(d, named(d, "--STAT"), "NOT DONE") | is_value(d, named(d, "--DRVFL"), "Y")
        yield from found_at(d, named(d, "--ORRES"), ~_result(d) & ~said)


@rule(
    "FND113",
    "error",
    "Collected result without a standard one",
    "--STRESC holds the result of every record that has one, copied from --ORRES or derived from it.",
    "Derive --STRESC; give a conversion for the unit if that is what is missing.",
    "{variable} has no value, the collected result is {collected}",
    _RESULTS,
)
def check_standard_result(package: Package) -> Iterator[Found]:
    """--STRESC wherever --ORRES has a value."""
    for d in findings_with(package, "--ORRES", "--STRESC"):
        collected, name = column(d, named(d, "--ORRES")), named(d, "--STRESC")
        yield from found_at(d, name, present(collected) & ~present(column(d, name)), collected=collected)


@rule(
    "FND114",
    "warning",
    "Unit without a result",
    "--ORRESU is the unit of --ORRES and --STRESU that of --STRESC: without the result it is the unit of nothing.",
    "Leave out the unit.",
    "{variable} is {value}, and there is no result",
    _RESULTS,
)
def check_unit_alone(package: Package) -> Iterator[Found]:
    """No --ORRESU without --ORRES, no --STRESU without --STRESC."""
    for unit, result in (("--ORRESU", "--ORRES"), ("--STRESU", "--STRESC")):
        for d in findings_with(package, unit, result):
            alone = present(column(d, named(d, unit))) & ~present(column(d, named(d, result)))
            yield from found_at(d, named(d, unit), alone)
