"""XPT101-XPT117: what a transport file may hold, as agencies ask for it (SAS TS-140; FDA conformance guide)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import reduce

import numpy as np
import numpy.typing as npt

from ..model.column import codes_of, is_numeric, present, used
from .columns import are_matched, byte_lengths, column, in_records, matches
from .package import DatasetFile, DatasetVariable, Package, is_supplemental
from .registry import Found, NotApplicableError, found, found_at, rule

_NAME = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,7}")
_GUIDE = "FDA Study Data Technical Conformance Guide"


def _variables(package: Package) -> Iterator[tuple[DatasetFile, DatasetVariable]]:
    return ((d, v) for d in package.datasets for v in d.variables)


@rule(
    "XPT101",
    "error",
    "Dataset name that is not allowed",
    "A dataset's name has 1 to 8 capital letters and digits and begins with a letter.",
    "Give the dataset its SDTM name.",
    "{dataset} is no name of a dataset",
    "SDTMIG 3.4, 2.6; SAS TS-140",
)
def check_dataset_name(package: Package) -> Iterator[Found]:
    """Dataset names: 1 to 8 of A-Z and 0-9."""
    return (found(d.name, value=d.name) for d in package.datasets if not _NAME.fullmatch(d.name))


@rule(
    "XPT102",
    "error",
    "Variable name that is not allowed",
    "A variable's name has 1 to 8 capital letters, digits or underscores and begins with a letter.",
    "Rename the variable.",
    "{variable} is no name of a variable",
    "SAS TS-140; SDTM 2.0, naming of variables",
)
def check_variable_name(package: Package) -> Iterator[Found]:
    """Variable names: 1 to 8 of A-Z, 0-9 and _."""
    return (found(d.name, v.name, v.name) for d, v in _variables(package) if not _VARIABLE.fullmatch(v.name))


@rule(
    "XPT103",
    "error",
    "Variable without label",
    "Each variable carries a label of 1 to 40 bytes in its file.",
    "Give the variable the label of the implementation guide.",
    "{variable} has no label",
    _GUIDE,
)
def check_variable_label(package: Package) -> Iterator[Found]:
    """Every variable has a label."""
    return (found(d.name, v.name) for d, v in _variables(package) if not v.label.strip())


@rule(
    "XPT104",
    "warning",
    "Length beyond the longest value",
    "Text is padded to its length in every record: a length beyond the longest value of the variable in any dataset "
    "makes files large for nothing.",
    "Set the length to the bytes of the longest value in the study's datasets.",
    "{variable} has a length of {length} bytes, its longest value has {longest}",
    _GUIDE,
)
def check_length_is_used(package: Package) -> Iterator[Found]:
    """Length of text = longest value over all datasets with the variable (a SUPP-- dataset alone)."""
    if package.partial:
        raise NotApplicableError("datasets are left out, which may hold the longest value")
    longest: dict[tuple[str, str], int] = {}
    for d, v in _variables(package):
        if not v.numeric:
            key = (d.name if is_supplemental(d) else "", v.name)
            longest[key] = max(longest.get(key, 1), _longest(d, v.name))
    for d, v in _variables(package):
        size = longest.get((d.name if is_supplemental(d) else "", v.name), v.length)
        if not v.numeric and v.length > size:
            yield found(d.name, v.name, length=v.length, longest=size)


def _longest(d: DatasetFile, name: str) -> int:
    cells = column(d, name)
    return int(byte_lengths(cells, d.encoding)[used(cells)].max(initial=0))


@rule(
    "XPT105",
    "error",
    "Variable with different lengths",
    "A variable that several datasets share has one length in all of them, so that they can be set together. "
    "SUPP-- datasets are exempt.",
    "Use the length of the longest value in any dataset everywhere.",
    "{variable} has a length of {length} bytes here and {other} in {where}",
    _GUIDE,
)
def check_same_length(package: Package) -> Iterator[Found]:
    """One length of a text variable across datasets; every shorter one is told with where the longest is."""
    lengths: dict[str, list[tuple[int, str]]] = {}
    for d, v in _variables(package):
        if not v.numeric and not is_supplemental(d):
            lengths.setdefault(v.name, []).append((v.length, d.name))
    for name, seen in lengths.items():
        other, where = max(seen, key=lambda s: s[0])
        for length, dataset in seen:
            if length != other:
                yield found(dataset, name, length=length, other=other, where=where)


@rule(
    "XPT106",
    "warning",
    "Number stored in fewer than 8 bytes",
    "A number of fewer than 8 bytes has lost its last digits: a third is no longer a third.",
    "Write numbers with a length of 8.",
    "{variable} is a number of {length} bytes",
    "SAS TS-140",
)
def check_number_length(package: Package) -> Iterator[Found]:
    """Numbers have a length of 8 bytes."""
    for d, v in _variables(package):
        if v.numeric and v.length < 8:
            yield found(d.name, v.name, length=v.length)


@rule(
    "XPT107",
    "error",
    "Text over 200 bytes",
    "Version 5 transport files hold 200 bytes of text at most; other programs cut or refuse more.",
    "Move the rest to its standard home: SUPP--, COVAL1 and so on, TSVAL1 and so on.",
    "{variable} has a length of {length} bytes, at most 200 are allowed",
    "SAS TS-140; SDTMIG 3.4, 4.5.3",
)
def check_text_length(package: Package) -> Iterator[Found]:
    """Lengths and values of text: at most 200 bytes; the records with such values, or else the variable."""
    for d, v in _variables(package):
        if not v.numeric and v.length > 200:
            cells = column(d, v.name)
            long = in_records(byte_lengths(cells, d.encoding) > 200, codes_of(cells))
            if long.any():
                yield from found_at(d, v.name, long, length=v.length)
            else:
                yield found(d.name, v.name, length=v.length)


@rule(
    "XPT108",
    "error",
    "Text outside the declared encoding",
    "A character that the declared encoding does not have will be read as another one, or not at all.",
    "Declare the encoding in which the file is written, or write the value without the character.",
    "{what} holds text that is not {encoding}",
    _GUIDE,
)
def check_encoding(package: Package) -> Iterator[Found]:
    """Values and labels hold only what the declared encoding has."""
    encoding = package.encoding
    for d in package.datasets:
        if not _fits(d.label, encoding):
            yield found(d.name, None, d.label, what="the dataset's label", encoding=encoding)
        for v in d.variables:
            if not _fits(v.label, encoding):
                yield found(d.name, v.name, v.label, what=f"the label of {v.name}", encoding=encoding)
    for d, name, foreign in _matching(package, r"(?s:.*[^\x00-\x7F].*)"):
        cells, wrong = column(d, name), foreign.copy()
        for i in np.flatnonzero(foreign).tolist():
            wrong[i] = not _fits(str(cells.categories[i]), encoding)
        yield from found_at(d, name, in_records(wrong, codes_of(cells)), what=name, encoding=encoding)


def _matching(package: Package, pattern: str) -> Iterator[tuple[DatasetFile, str, npt.NDArray[np.bool_]]]:
    """Text variables of which a distinct value fits a pattern as a whole, with which ones do (k,)."""
    for d in package.datasets:
        texts = {v.name: cells for v in d.variables if not is_numeric(cells := column(d, v.name))}
        for name, some in zip(texts, are_matched([*texts.values()], pattern), strict=True):
            if some:
                yield d, name, matches(texts[name], pattern)


def _fits(text: str, encoding: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@rule(
    "XPT109",
    "warning",
    "Control character in text",
    "Line ends, tabs and other control characters are not shown, or break listings apart.",
    "Replace them in the spec that makes the value.",
    "{variable} holds a control character",
    _GUIDE,
)
def check_control_characters(package: Package) -> Iterator[Found]:
    """No value holds a character below the blank, or a delete."""
    for d, name, wrong in _matching(package, r"(?s:.*[\x00-\x1f\x7f].*)"):
        yield from found_at(d, name, in_records(wrong, codes_of(column(d, name))))


@rule(
    "XPT110",
    "error",
    "Dataset without label",
    "Each dataset carries a label of 1 to 40 bytes in its file.",
    "Give the dataset the label of the implementation guide.",
    "{dataset} has no label",
    _GUIDE,
)
def check_dataset_label(package: Package) -> Iterator[Found]:
    """Every dataset has a label."""
    return (found(d.name) for d in package.datasets if not d.label.strip())


@rule(
    "XPT111",
    "error",
    "File name is not the dataset's",
    "The file of dataset AE is ae.xpt: the name in lower case.",
    "Rename the file.",
    "{dataset} is in the file {value}, not {expected}",
    _GUIDE,
)
def check_file_name(package: Package) -> Iterator[Found]:
    """File name = dataset name in lower case + .xpt."""
    for d in package.datasets:
        if d.file != f"{d.name.lower()}.xpt":
            yield found(d.name, None, d.file, expected=f"{d.name.lower()}.xpt")


@rule(
    "XPT112",
    "error",
    "Several datasets in one file",
    "A transport file holds one dataset; reviewers' programs read the first and miss the others.",
    "Write each dataset to a file of its own.",
    "{value} holds the datasets {names}",
    _GUIDE,
)
def check_one_dataset_a_file(package: Package) -> Iterator[Found]:
    """One dataset in each file."""
    names: dict[str, list[str]] = {}
    for d in package.datasets:
        names.setdefault(d.file, []).append(d.name)
    for file, inside in names.items():
        if len(inside) > 1:
            yield found(inside[0], None, file, names=", ".join(inside))


@rule(
    "XPT113",
    "error",
    "Dataset in several files",
    "Two files hold a dataset of the same name: which one counts cannot be told.",
    "Keep one of the files, or split the dataset as SDTMIG describes.",
    "{dataset} is in several files: {value}",
    "SDTMIG 3.4, 4.1.7",
)
def check_one_file_a_dataset(package: Package) -> Iterator[Found]:
    """Each dataset in one file."""
    counts = Counter(d.name for d in package.datasets)
    for name, count in counts.items():
        if count > 1:
            yield found(name, None, ", ".join(sorted(d.file for d in package.datasets if d.name == name)))


@rule(
    "XPT114",
    "warning",
    "Text that begins with a blank",
    "A blank before the text makes it another value for every program that compares.",
    "Trim the value in the spec that makes it.",
    "{variable} begins with a blank",
    _GUIDE,
)
def check_leading_blank(package: Package) -> Iterator[Found]:
    """No text begins with a blank."""
    for d, name, wrong in _matching(package, r"(?s: .*)"):
        yield from found_at(d, name, in_records(wrong, codes_of(column(d, name))))


@rule(
    "XPT117",
    "warning",
    "Dot instead of no value",
    "A program that wrote a missing number as text left its dot: it is a value for every program that reads it.",
    "Leave the value out in the spec that makes it.",
    "{variable} is a dot",
    _GUIDE,
)
def check_dot(package: Package) -> Iterator[Found]:
    """No text is a single dot."""
    for d, name, wrong in _matching(package, r"\."):
        yield from found_at(d, name, in_records(wrong, codes_of(column(d, name))))


@rule(
    "XPT115",
    "warning",
    "Special missing value",
    "SAS knows 28 kinds of missing numbers, SDTM one: what .A to .Z mean is lost to other programs.",
    "Write a plain missing value, and the reason in its own variable (--STAT, --REASND).",
    "{variable} holds the special missing value {value} in {count} records",
    "SAS TS-140",
)
def check_special_missing(package: Package) -> Iterator[Found]:
    """Missing numbers are plain ones."""
    for d in package.datasets:
        for name, counts in d.special_missing.items():
            for letter, count in counts.items():
                yield found(d.name, name, letter, count=count)


@rule(
    "XPT116",
    "error",
    "Record without a value",
    "A record in which every variable is missing says nothing; at the end of a file it is taken for padding.",
    "Leave the record out.",
    "record {record_number} has no value",
    "SAS TS-140",
)
def check_blank_record(package: Package) -> Iterator[Found]:
    """No record is blank."""
    for d in package.datasets:
        if d.variables:
            filled = reduce(np.logical_or, (present(column(d, v.name)) for v in d.variables))
            for row in np.flatnonzero(~filled).tolist():
                yield Found(d.name, None, row + 1, None, {"record_number": row + 1})
