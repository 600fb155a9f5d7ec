"""ADP101-ADP112: what goes together one to one: parameters, visits, treatments, categories (ADaMIG 1.3, 3.1.1, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ..model.column import Column, codes_of, is_numeric
from .adam_naming import base_of
from .analysis import analysed, extremes, figures, filled, has_all, named_like, parameters_of, several_for
from .columns import column, group_numbers, in_records, matches
from .findings import spread_numbers
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule

_PAIRS = "ADaMIG 1.3, 3.1.1"
_PARAMETER = "ADaMIG 1.3, 3.3.4"
_TREATMENT = r"TRT(\d\d)?[PA]N|TRTSEQ[PA]N|TR\d\d[PA]G\dN|TRT[PA]G\dN|TSEQ[PA]G\dN"
# The text of these depends on the parameter.
_BY_PARAMETER = (
    r"(AVAL|BASE|CHG|PCHG|BCHG)CA(T?)\dN|PBCHGC\dN|SHIFT\dN|[AB]TOXGR[LH]?N|MCRIT\dMN|ATPTN|AVALCAT\dN|PARCAT\dN"
)


def _both_ways(d: DatasetFile, a: str, b: str, within: list[Column] | None = None) -> Iterator[Found]:
    """One finding for each record that gives a value of one of the two a second partner."""
    left, right = column(d, a), column(d, b)
    wrong = several_for(left, right, within)
    yield from found_at(d, b, wrong, of=a, partner=left)
    yield from found_at(d, a, several_for(right, left, within) & ~wrong, of=b, partner=right)


@rule(
    "ADP101",
    "error",
    "Parameter code and parameter are not one to one",
    "Each PARAMCD stands for one PARAM, and each PARAM has one PARAMCD.",
    "Use one code for one parameter.",
    "{of} {partner} has another {variable} in an earlier record",
    _PARAMETER,
)
def check_parameters(package: Package) -> Iterator[Found]:
    """PARAMCD and PARAM, within the dataset."""
    for d in parameters_of(package, "PARAM"):
        yield from _both_ways(d, "PARAMCD", "PARAM")


@rule(
    "ADP102",
    "error",
    "Parameter code and parameter number are not one to one",
    "Each PARAMCD has one PARAMN, and each PARAMN one PARAMCD.",
    "Number the parameters anew.",
    "{of} {partner} has another {variable} in an earlier record",
    _PARAMETER,
)
def check_parameter_numbers(package: Package) -> Iterator[Found]:
    """PARAMCD and PARAMN, within the dataset."""
    for d in parameters_of(package, "PARAMN"):
        yield from _both_ways(d, "PARAMCD", "PARAMN")


@rule(
    "ADP103",
    "error",
    "Parameter code that is no name",
    "PARAMCD can become a variable's name: at most 8 characters, letters, digits and underscores, no digit first.",
    "Shorten or rename the code.",
    "{value} is no name of a variable",
    _PARAMETER,
)
def check_parameter_codes(package: Package) -> Iterator[Found]:
    """PARAMCD are names of SAS version 5."""
    for d in parameters_of(package):
        cells = column(d, "PARAMCD")
        if not is_numeric(cells):
            wrong = ~matches(cells, "[A-Z_][A-Z0-9_]{0,7}")
            first = in_records(wrong, codes_of(cells))
            yield from found_at(d, "PARAMCD", _first_of(first, cells))


def _first_of(mask: np.ndarray[tuple[int], np.dtype[np.bool_]], cells: Column) -> list[int]:
    """The first record (0-based) of each distinct value among those of a mask."""
    rows = np.flatnonzero(mask)
    _, first = np.unique(codes_of(cells)[rows], return_index=True)
    return [int(r) for r in rows[np.sort(first)]]


@rule(
    "ADP104",
    "error",
    "Parameter in several categories",
    "A parameter is in one category of each kind.",
    "Name one category for each parameter.",
    "PARAMCD {partner} has another {variable} in an earlier record",
    _PARAMETER,
)
def check_parameter_categories(package: Package) -> Iterator[Found]:
    """PARCATy depends on PARAMCD alone."""
    for d, name, _ in named_like(package, r"PARCAT[1-9]"):
        if has_all(d, "PARAMCD"):
            wrong = several_for(column(d, "PARAMCD"), column(d, name))
            yield from found_at(d, name, wrong, partner=column(d, "PARAMCD"))


@rule(
    "ADP105",
    "error",
    "Analysis value and its text are not one to one",
    "Where AVAL and AVALC both have values, each AVAL of a parameter has one AVALC, and the reverse.",
    "Derive one from the other, or leave AVALC out.",
    "{of} {partner} has another {variable} in an earlier record of the parameter",
    _PARAMETER,
)
def check_values(package: Package) -> Iterator[Found]:
    """AVAL and AVALC within PARAMCD, where both have values; 3 and 3.0 are no two texts of the number 3."""
    for d in parameters_of(package, "AVAL", "AVALC"):
        both = {f.record: f for f in _both_ways(d, "AVAL", "AVALC", [column(d, "PARAMCD")])}
        value, cells = figures(d, "AVAL"), column(d, "AVALC")
        written = spread_numbers(cells)
        yield from (f for record, f in both.items() if record and written[record - 1] != value[record - 1])


@rule(
    "ADP106",
    "error",
    "Analysis visit and its number are not one to one",
    "Each AVISIT has one AVISITN, and the reverse.",
    "Number the analysis visits anew.",
    "{of} {partner} has another {variable} in an earlier record",
    "ADaMIG 1.3, 3.3.3",
)
def check_visits(package: Package) -> Iterator[Found]:
    """AVISIT and AVISITN; within the parameter, which may have visits of its own."""
    for d in analysed(package, "AVISIT", "AVISITN"):
        within = [column(d, "PARAMCD")] if has_all(d, "PARAMCD") else None
        yield from _both_ways(d, "AVISIT", "AVISITN", within)


@rule(
    "ADP107",
    "error",
    "Treatment and its number are not one to one",
    "Each treatment has one number, and the reverse.",
    "Number the treatments anew.",
    "{of} {partner} has another {variable} in an earlier record",
    "ADaMIG 1.3, 3.2.6",
)
def check_treatments(package: Package) -> Iterator[Found]:
    """TRT01P and TRT01PN, TRTP and TRTPN, and their like."""
    for d, name, _ in named_like(package, _TREATMENT):
        if name[:-1] in d.columns:
            yield from _both_ways(d, name[:-1], name)


@rule(
    "ADP108",
    "error",
    "Text and number are not one to one",
    "A variable and its numeric twin (the name and N) say the same.",
    "Number the values anew.",
    "{of} {partner} has another {variable} in an earlier record",
    _PAIRS,
)
def check_twins(package: Package) -> Iterator[Found]:
    """The guide's further twins: groups, periods, strata, and within the parameter categories, shifts and grades."""
    guide = package.adam_guide
    if guide is None:
        raise NotApplicableError("no ADaM implementation guide is given")
    for d in package.datasets:
        for v in d.variables:
            base = base_of(v.name)
            known = v.numeric and v.name.endswith("N") and base in d.columns and not is_numeric(column(d, base))
            if known and not re.fullmatch(rf"PARAMN|AVISITN|{_TREATMENT}", v.name) and _is_twin(v.label, v.name):
                by = has_all(d, "PARAMCD") and re.fullmatch(_BY_PARAMETER, v.name)
                yield from _both_ways(d, base, v.name, [column(d, "PARAMCD")] if by else None)


def _is_twin(label: str, name: str) -> bool:
    return label.rstrip().endswith("(N)") and not name.endswith("FN")


@rule(
    "ADP109",
    "error",
    "Analysis value in several categories",
    "A category is that of the analysis value: equal values of a parameter are in one category.",
    "Derive the category anew.",
    "{of} {partner} has another {variable} in an earlier record of the parameter",
    _PARAMETER,
)
def check_value_categories(package: Package) -> Iterator[Found]:
    """AVALCATy depends on AVAL, BASECATy on BASE, within PARAMCD."""
    for d, name, m in named_like(package, r"(AVAL|BASE)CAT[1-9]"):
        if has_all(d, "PARAMCD", m[1]):
            wrong = several_for(column(d, m[1]), column(d, name), [column(d, "PARAMCD")])
            yield from found_at(d, name, wrong, of=m[1], partner=column(d, m[1]))


@rule(
    "ADP110",
    "error",
    "Category of a value that is missing",
    "A category is that of the analysis value: without one there is no category.",
    "Leave the category out.",
    "{variable} is {value}, and there is no {of}",
    _PARAMETER,
)
def check_category_of_value(package: Package) -> Iterator[Found]:
    """AVALCATy only with AVAL or AVALC, BASECATy only with BASE or BASEC, CHGCATy only with CHG, PCHGCATy with PCHG."""
    for d, name, m in named_like(package, r"(AVAL|BASE|CHG|PCHG)CAT[1-9]"):
        there = filled(d, m[1]) | filled(d, f"{m[1]}C")
        if has_all(d, m[1]) or has_all(d, f"{m[1]}C"):
            yield from found_at(d, name, filled(d, name) & ~there, of=m[1])


@rule(
    "ADP111",
    "error",
    "Reference range upside down",
    "The lower limit of a range is not above the upper one.",
    "Correct the limits.",
    "{variable} is {value}, {high} is {limit}",
    "ADaMIG 1.3, 3.3.7",
)
def check_ranges(package: Package) -> Iterator[Found]:
    """ANRLO <= ANRHI, AyLO <= AyHI."""
    for d, name, m in named_like(package, r"A(NR|[1-9])LO"):
        high = f"A{m[1]}HI"
        if high in d.columns:
            yield from found_at(d, name, figures(d, name) > figures(d, high), high=high, limit=column(d, high))


@rule(
    "ADP112",
    "error",
    "Categories of a value overlap",
    "Categories of a number are ranges: no value lies between two values of another category.",
    "Derive the category anew.",
    "AVAL {value} is in {category} of {parameter}, whose other values lie around those of another category",
    _PARAMETER,
)
def check_category_ranges(package: Package) -> Iterator[Found]:
    """AVALCATy of a parameter: ranges of AVAL that do not overlap; told at the category's first record."""
    for d, name, _ in named_like(package, r"AVALCAT[1-9]"):
        if has_all(d, "PARAMCD", "AVAL"):
            values = np.where(filled(d, name), figures(d, "AVAL"), np.nan)
            parameter, own = (
                group_numbers([column(d, "PARAMCD")]),
                group_numbers([column(d, "PARAMCD"), column(d, name)]),
            )
            low, high = extremes(own, values)
            torn = _torn(parameter, own, values, low, high)
            first = np.isin(own, torn) & ~np.isnan(values)
            rows = np.flatnonzero(first)
            _, at = np.unique(own[rows], return_index=True)
            yield from found_at(
                d,
                name,
                sorted(rows[at].tolist()),
                shown="AVAL",
                category=column(d, name),
                parameter=column(d, "PARAMCD"),
            )


def _torn(parameter: object, own: object, values: object, low: object, high: object) -> list[int]:
    """Categories whose range holds a value of another category of the parameter."""
    mine, group = np.asarray(parameter), np.asarray(own)
    number, bottom, top = np.asarray(values), np.asarray(low), np.asarray(high)
    there = np.flatnonzero(~np.isnan(number))
    out = []
    for g in np.unique(group[there]).tolist():
        others = there[(group[there] != g) & (mine[there] == mine[there][group[there] == g][0])]
        if ((number[others] > bottom[g]) & (number[others] < top[g])).any():
            out.append(g)
    return out
