"""ADX101-ADX109: from an analysis record back to the record that it comes from (ADaMIG 1.3, 3.3.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ..model.column import Mask, Rows, is_numeric, present, take
from .analysis import (
    analysed,
    close,
    differ,
    figures,
    filled,
    has_all,
    rows_of,
    source_of,
    source_rows,
    sources_by_sequence,
    variables_of,
)
from .columns import column, is_value, texts
from .package import DatasetFile, Package, once_a_package
from .registry import Found, NotApplicableError, found_at, rule

_TRACE = "ADaMIG 1.3, 3.3.9"
_OWN = ("STUDYID", "USUBJID", "DOMAIN")
_TO_SAS = 3653


def _by_domain(package: Package, *names: str) -> Iterator[tuple[DatasetFile, str, DatasetFile | None, Mask]]:
    """Each dataset with SRCDOM, each of its values, the dataset of that name, the records (n,) with that value."""
    for d in analysed(package, "SRCDOM", *names):
        for domain in texts(column(d, "SRCDOM")).tolist():
            yield d, domain, source_of(package, domain), is_value(d, "SRCDOM", domain)


@rule(
    "ADX101",
    "error",
    "Source dataset that is not there",
    "SRCDOM names a dataset of the submission: of the analysis, or of the tabulation beside it.",
    "Name the dataset that the record comes from.",
    "there is no dataset {value}",
    _TRACE,
)
def check_source_dataset(package: Package) -> Iterator[Found]:
    """SRCDOM is the name of a dataset; tabulation datasets are looked for where they are beside."""
    for d, domain, of, here in _by_domain(package):
        if of is None and (package.source is not None or domain.startswith("AD")):
            yield from found_at(d, "SRCDOM", here)


@rule(
    "ADX102",
    "error",
    "Source variable that is not there",
    "SRCVAR names a variable of the dataset that SRCDOM names.",
    "Name the variable that the value comes from.",
    "{domain} has no variable {value}",
    _TRACE,
)
def check_source_variable(package: Package) -> Iterator[Found]:
    """SRCVAR is a variable of SRCDOM, or a qualifier (QNAM) of its supplemental dataset."""
    for d, domain, of, here in _by_domain(package, "SRCVAR"):
        if of is not None:
            supplemental = source_of(package, f"SUPP{domain}")
            more = texts(column(supplemental, "QNAM")).tolist() if supplemental else []
            known = is_value(d, "SRCVAR", *variables_of(of), *more)
            yield from found_at(d, "SRCVAR", here & filled(d, "SRCVAR") & ~known, domain=domain)


def _sequence_of(of: DatasetFile) -> str | None:
    """What SRCSEQ counts in a dataset: ASEQ of an analysis dataset, else --SEQ."""
    names = ["ASEQ"] if of.name.startswith("AD") else []
    names += [n for n in variables_of(of) if re.fullmatch(r"[A-Z][A-Z0-9]SEQ", n)]
    return next((n for n in names if n in of.columns and is_numeric(column(of, n))), None)


@once_a_package
def _decisive(package: Package, *names: str) -> tuple[tuple[DatasetFile, DatasetFile, Mask, Rows], ...]:
    """Dataset, source dataset, the records (n,) that name a record of it, and the rows (n,) of those, -1 for none."""
    out = []
    for d, _, of, here in _by_domain(package, "SRCSEQ", "USUBJID", *names):
        sequence = _sequence_of(of) if of is not None else None
        if of is not None and sequence is not None and has_all(of, "USUBJID"):
            keys = [column(d, "USUBJID"), column(d, "SRCSEQ")]
            rows = rows_of(keys, [column(of, "USUBJID"), column(of, sequence)])
            out.append((d, of, here & filled(d, "SRCSEQ"), rows))
    return tuple(out)


@rule(
    "ADX103",
    "error",
    "Source record that is not there",
    "SRCSEQ is the sequence number of a record of the same subject in the dataset that SRCDOM names.",
    "Name the record that the value comes from.",
    "{domain} has no record {value} of the subject",
    _TRACE,
)
def check_source_record(package: Package) -> Iterator[Found]:
    """SRCSEQ is the --SEQ, or ASEQ, of a record of the subject in SRCDOM."""
    for d, of, here, rows in _decisive(package):
        yield from found_at(d, "SRCSEQ", here & (rows < 0), domain=of.name)


@rule(
    "ADX104",
    "error",
    "Source value that is not the analysis value",
    "Where SRCVAR is a date, the record's date is that of the source record; where the parameter is the source's test "
    "or parameter, the analysis value is the source's.",
    "Name the record that the value comes from.",
    "{variable} is {value}, {source} of the source record is {expected}",
    _TRACE,
)
def check_source_value(package: Package) -> Iterator[Found]:
    """ADT against a --DTC or *DT, AVAL against a number of the same test or parameter; derived records are left out."""
    for d, of, here, rows in _decisive(package, "SRCVAR"):
        for name in sorted({*texts(column(d, "SRCVAR"))} & {*variables_of(of)}):
            mine = here & is_value(d, "SRCVAR", name) & (rows >= 0) & ~filled(d, "DTYPE")
            if name.endswith(("DTC", "DT")) and has_all(d, "ADT"):
                yield from _dates_differ(package, d, of, name, mine, rows)
            elif has_all(d, "AVAL") and is_numeric(column(of, name)):
                expected = np.append(figures(of, name), np.nan)[rows]
                wrong = mine & _same_test(d, of, rows) & filled(d, "AVAL") & ~close(figures(d, "AVAL"), expected)
                yield from found_at(d, "AVAL", wrong, source=name, expected=expected)


def _dates_differ(
    package: Package,
    d: DatasetFile,
    of: DatasetFile,
    name: str,
    mine: Mask,
    rows: Rows,
) -> Iterator[Found]:
    if name.endswith("DTC"):
        dates = package.dates(of, name) if of.name in package.by_name else (package.source or package).dates(of, name)
        days = np.append(dates.days, np.nan)[dates.codes] + _TO_SAS
    else:
        days = figures(of, name)
    expected = np.append(days, np.nan)[rows]
    wrong = mine & (np.abs(figures(d, "ADT") - expected) > 0)
    yield from found_at(d, "ADT", wrong, source=name, expected=expected)


def _same_test(d: DatasetFile, of: DatasetFile, rows: Rows) -> Mask:
    """Whether the parameter (n,) is the test or parameter of the source record."""
    test = "PARAMCD" if has_all(of, "PARAMCD") else f"{of.name[:2]}TESTCD"
    if not has_all(d, "PARAMCD") or not has_all(of, test):
        return np.zeros(d.records, bool)
    return ~differ(column(d, "PARAMCD"), take(column(of, test), rows))


@rule(
    "ADX105",
    "error",
    "Source in part",
    "SRCDOM, SRCVAR and SRCSEQ name one value together: dataset, variable and record.",
    "Fill what is missing, or leave all three out.",
    "{variable} is missing, {other} is {value}",
    _TRACE,
)
def check_source_whole(package: Package) -> Iterator[Found]:
    """SRCVAR and SRCSEQ have values only where SRCDOM has one."""
    for d in analysed(package, "SRCDOM"):
        for other in (n for n in ("SRCVAR", "SRCSEQ") if n in d.columns):
            lost = filled(d, other) & ~filled(d, "SRCDOM")
            yield from found_at(d, "SRCDOM", lost, shown=other, other=other)


@rule(
    "ADX106",
    "error",
    "Sequence number that the tabulation dataset does not have",
    "A dataset that keeps --SEQ names records of the tabulation dataset by it.",
    "Take --SEQ over from the record that was used.",
    "{domain} has no record {value} of the subject",
    _TRACE,
)
def check_sequences(package: Package) -> Iterator[Found]:
    """USUBJID and --SEQ are those of a record of the tabulation dataset."""
    for d, of, name in sources_by_sequence(package):
        yield from found_at(d, name, filled(d, name) & (source_rows(d, of, name) < 0), domain=of.name)


@rule(
    "ADX107",
    "error",
    "Variable of SDTM with another value",
    "A variable that keeps its name keeps the value of the tabulation record.",
    "Take the value over, or give the variable a name of its own.",
    "{variable} is {value}, in {domain} {expected}",
    "ADaMIG 1.3, 3.1.1",
)
def check_same_as_source(package: Package) -> Iterator[Found]:
    """Variables of the tabulation record that --SEQ names are equal; derived records are left out."""
    for d, of, sequence in sources_by_sequence(package):
        rows = source_rows(d, of, sequence)
        kept = (rows >= 0) & ~filled(d, "DTYPE")
        for name in (n for n in variables_of(d) if has_all(of, n) and n not in (*_OWN, sequence)):
            expected = take(column(of, name), rows)
            if is_numeric(expected) == is_numeric(column(d, name)):
                wrong = kept & differ(column(d, name), expected)
                yield from found_at(d, name, wrong, domain=of.name, expected=expected)


@rule(
    "ADX108",
    "note",
    "Results that the analysis does not have",
    "A result of a test that is a parameter is not in the analysis: it may be left out by the analysis plan.",
    "Take the record over and flag those that are analysed, or say in define.xml why it is left out.",
    "{count} results of {value} in {domain} are not in {dataset}",
    _TRACE,
)
def check_results_whole(package: Package) -> Iterator[Found]:
    """Records with a result, of subjects in the dataset and of tests that are its parameters, are there by --SEQ."""
    some = False
    for d, of, sequence in sources_by_sequence(package):
        test, result = f"{of.name[:2]}TESTCD", f"{of.name[:2]}STRESC"
        if not has_all(d, "PARAMCD") or not has_all(of, test, result):
            continue
        some = True
        lost = (source_rows(of, d, sequence) < 0) & filled(of, result)
        lost &= rows_of([column(of, "USUBJID")], [column(d, "USUBJID")]) >= 0
        for value in sorted({*texts(column(d, "PARAMCD"))} & {*texts(column(of, test))}):
            count = int((lost & is_value(of, test, value)).sum())
            if count:
                yield Found(d.name, sequence, None, value, {"count": count, "domain": of.name})
    if not some:
        raise NotApplicableError("no dataset of parameters keeps the --SEQ of results")


@rule(
    "ADX109",
    "error",
    "Analysis value of the same test with another result",
    "A parameter that is named as a test, in a record that keeps --SEQ, has the test's numeric result.",
    "Name the parameter otherwise where the value was converted.",
    "AVAL is {value}, {result} of the record is {expected}",
    _TRACE,
)
def check_results_equal(package: Package) -> Iterator[Found]:
    """AVAL = --STRESN of the record that --SEQ names, where PARAMCD is --TESTCD; derived records are left out."""
    some = False
    for d, of, sequence in sources_by_sequence(package):
        result = f"{of.name[:2]}STRESN"
        if has_all(d, "PARAMCD", "AVAL") and has_all(of, result):
            some = True
            rows = source_rows(d, of, sequence)
            expected = take(column(of, result), rows)
            compared = (
                (rows >= 0) & ~filled(d, "DTYPE") & _same_test(d, of, rows) & filled(d, "AVAL") & present(expected)
            )
            wrong = compared & differ(column(d, "AVAL"), expected)
            yield from found_at(d, "AVAL", wrong, result=result, expected=expected)
    if not some:
        raise NotApplicableError("no dataset of parameters keeps the --SEQ of results")
