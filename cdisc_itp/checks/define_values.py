"""DEF140-DEF146: types and sizes that define.xml states against the values in the files."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.column import Mask, codes_of, is_numeric
from .columns import byte_lengths, in_records, needed_define, text_lengths
from .define_items import NUMERIC, SIZED, Described, decimals, described_variables, fits_type
from .package import Package, once_a_package
from .registry import Found, found, found_at, rule

_ITEM = "Define-XML 2.1, ItemDef"
_DATES = ("date", "time", "datetime", "partialDate", "partialTime", "partialDatetime", "incompleteDatetime")
DATA_TYPES = frozenset({"text", *NUMERIC, *_DATES, "durationDatetime", "intervalDatetime"})
"""The types of Define-XML. ODM's schema, on which its own is built, has others (string, double) as well."""


@rule(
    "DEF140",
    "error",
    "Number in the file, text in define.xml, or the reverse",
    "Integer and float are numbers in the file; text, dates and durations of SDTM are characters.",
    "Write both from the same plan.",
    "{variable} is {value} in define.xml and {type} in the file",
    f"{_ITEM}, DataType",
)
def check_kind(package: Package) -> Iterator[Found]:
    """Numeric data types go with numeric variables."""
    for v in described_variables(package):
        if (v.item.data_type in NUMERIC) != is_numeric(v.cells):
            yield found(v.dataset.name, v.name, v.item.data_type or "", type="Num" if is_numeric(v.cells) else "Char")


@once_a_package
def _comparable(package: Package) -> tuple[Described, ...]:
    """Variables whose values can be held against the type: numbers as numbers, text as text."""
    return tuple(v for v in described_variables(package) if (v.item.data_type in NUMERIC) == is_numeric(v.cells))


@rule(
    "DEF141",
    "error",
    "Value that is not of its data type",
    "The data type holds every value of the variable: whole numbers for integer, whole dates for date.",
    "Write define.xml from the data.",
    "{value} is no {type}",
    f"{_ITEM}, DataType; ODM 1.3.2, 2.13",
)
def check_types(package: Package) -> Iterator[Found]:
    """Values fit the DataType."""
    for v in _comparable(package):
        dates = package.dates(v.dataset, v.name) if v.name.endswith("DTC") else None
        wrong = in_records(~fits_type(v.cells, v.item.data_type, dates), codes_of(v.cells))
        yield from found_at(v.dataset, v.name, wrong, type=v.item.data_type)


@rule(
    "DEF142",
    "error",
    "Value longer than its Length",
    "Length is that of the longest value: bytes of text, characters of a number.",
    "Write define.xml from the data.",
    "{value} is longer than {length}",
    f"{_ITEM}, Length",
)
def check_lengths(package: Package) -> Iterator[Found]:
    """No value is longer than Length."""
    for v in _comparable(package):
        if v.item.length is not None:
            yield from found_at(v.dataset, v.name, _longer(v), length=v.item.length)


def _longer(v: Described) -> Mask:
    sizes = text_lengths(v.cells) if is_numeric(v.cells) else byte_lengths(v.cells, v.dataset.encoding)
    return in_records(sizes > (v.item.length or 0), codes_of(v.cells))


@rule(
    "DEF143",
    "warning",
    "Length differs from the file's",
    "Define.xml states the length that a text variable has in its file.",
    "Write both from the same plan.",
    "{variable} has a length of {length} bytes in the file, define.xml says {value}",
    f"{_ITEM}, Length",
)
def check_file_lengths(package: Package) -> Iterator[Found]:
    """Length of text = length in the file."""
    lengths = {(d.name, x.name): x.length for d in package.datasets for x in d.variables}
    for v in _comparable(package):
        in_file = lengths[v.dataset.name, v.name]
        if v.item.data_type == "text" and v.item.length is not None and v.item.length != in_file:
            yield found(v.dataset.name, v.name, v.item.length, length=in_file)


@rule(
    "DEF144",
    "error",
    "More decimals than SignificantDigits",
    "SignificantDigits is the largest number of decimal places of a float.",
    "Write define.xml from the data.",
    "{value} has more than {digits} decimals",
    f"{_ITEM}, SignificantDigits",
)
def check_digits(package: Package) -> Iterator[Found]:
    """No float has more decimals than SignificantDigits."""
    for v in _comparable(package):
        digits = v.item.significant_digits
        if v.item.data_type == "float" and digits is not None:
            wrong = in_records(decimals(v.cells) > digits, codes_of(v.cells))
            yield from found_at(v.dataset, v.name, wrong, digits=digits)


@rule(
    "DEF145",
    "error",
    "Size not stated",
    "Text, integer and float have a Length, float SignificantDigits as well.",
    "Write define.xml from the data.",
    "{variable} is {value} and has no {attribute}",
    _ITEM,
)
def check_sizes_given(package: Package) -> Iterator[Found]:
    """Length and SignificantDigits are there where the type asks for them, at value level too."""
    define = needed_define(package)
    for group in define.item_groups:
        items = [i for r in group.items if (i := define.item.get(r.item or ""))]
        lists = [x for i in items if (x := define.value_list.get(i.value_list or ""))]
        items += [i for x in lists for r in x.items if (i := define.item.get(r.item or ""))]
        for item in items:
            if item.data_type in SIZED and item.length is None:
                yield found(group.name or "", item.name, item.data_type, attribute="Length")
            if item.data_type == "float" and item.significant_digits is None:
                yield found(group.name or "", item.name, "float", attribute="SignificantDigits")


@rule(
    "DEF146",
    "error",
    "Data type that Define-XML does not have",
    "Define-XML takes a part of ODM's data types: text, not string; float, not double. The schema does not tell.",
    "Write text, integer, float, or a type of dates and durations.",
    "line {line}: the ItemDef {name} has the data type {value}",
    f"{_ITEM}, DataType",
)
def check_data_types(package: Package) -> Iterator[Found]:
    """Each ItemDef has a DataType of Define-XML."""
    define = needed_define(package)
    for item in define.items:
        if item.data_type is not None and item.data_type not in DATA_TYPES:
            yield found(define.file, item.name, item.data_type, line=item.line, name=item.oid)
