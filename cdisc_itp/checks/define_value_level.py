"""DEF160-DEF166: value level metadata against the records that their where clauses select."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from ..model.column import Mask, codes_of, present, take, values_of
from ..model.define import ItemDef, ItemRef, RangeCheck, ValueListDef
from .columns import are_among, byte_lengths, column, in_records, needed_define, text_lengths
from .define_codelists import are_no_terms
from .define_items import Described, decimals, described_variables, fits_type
from .findings import to_numbers
from .package import DatasetFile, Package, once_a_package
from .registry import Found, NotApplicableError, found, found_at, rule
from .timing import subject_rows

_VALUE_LEVEL = "Define-XML 2.1, def:ValueListDef"
_WHERE = "Define-XML 2.1, def:WhereClauseDef"
_ONE_VALUE = ("EQ", "NE", "LT", "LE", "GT", "GE")
_ORDERED = {"LT": np.less, "LE": np.less_equal, "GT": np.greater, "GE": np.greater_equal}


class _ValueItem(Struct, frozen=True):
    """One item of a value list with the records (n,) that its where clauses select; a null is no value of it."""

    variable: Described
    ref: ItemRef
    item: ItemDef
    records: Mask

    @property
    def where(self) -> str:
        return " or ".join(self.ref.where_clauses)


@once_a_package
def _value_lists(package: Package) -> tuple[tuple[Described, list[_ValueItem]], ...]:
    """Variables with value lists and the items whose clauses can be evaluated."""
    out = []
    define = needed_define(package)
    for v, values in _with_values(package):
        items = []
        for ref in values.items:
            item, records = define.item.get(ref.item or ""), selected_records(package, v.dataset, ref)
            if item is not None and records is not None:
                items.append(_ValueItem(v, ref, item, records & present(v.cells)))
        if len(items) == len(values.items):
            out.append((v, items))
    return tuple(out)


@once_a_package
def _with_values(package: Package) -> tuple[tuple[Described, ValueListDef], ...]:
    """Variables with value lists; NotApplicableError where none has one."""
    define = needed_define(package)
    found = ((v, define.value_list.get(v.item.value_list or "")) for v in described_variables(package))
    lists = tuple((v, values) for v, values in found if values is not None)
    if not lists:
        raise NotApplicableError("define.xml has no value level metadata")
    return lists


def selected_records(package: Package, d: DatasetFile, ref: ItemRef) -> Mask | None:
    """Records (n,) for which one of the item's clauses holds; None where one cannot be evaluated."""
    masks = [clause_records(package, d, oid) for oid in ref.where_clauses]
    if any(m is None for m in masks):
        return None
    return np.logical_or.reduce([m for m in masks if m is not None]) if masks else np.ones(d.records, bool)


@once_a_package
def clause_records(package: Package, d: DatasetFile, oid: str) -> Mask | None:
    """Records (n,) that a where clause selects; None where it cannot be evaluated for this dataset."""
    clause = needed_define(package).where_clause.get(oid)
    if clause is None or any(_fault(package, d, c) for c in clause.checks):
        return None
    masks = [_compare(package, d, c) for c in clause.checks]
    return np.logical_and.reduce(masks) if masks else np.ones(d.records, bool)


@once_a_package
def _homes(package: Package) -> dict[str | None, tuple[str, str]]:
    """Dataset and variable of each ItemDef that a dataset refers to, of the first that does."""
    define = needed_define(package)
    homes: dict[str | None, tuple[str, str]] = {}
    for group in define.item_groups:
        for ref in group.items:
            item = define.item.get(ref.item or "")
            if item is not None:
                homes.setdefault(ref.item, (group.name or "", item.name or ""))
    return homes


def _fault(package: Package, d: DatasetFile, c: RangeCheck) -> str:
    """Why a comparison cannot be evaluated for the records of a dataset; empty where it can."""
    home = _homes(package).get(c.item)
    if home is None:
        return f"{c.item} is no variable of a dataset"
    if home[0] not in (d.name, "DM"):
        return f"{'.'.join(home)} is of another dataset, which is not DM"
    if home[0] not in package.by_name or home[1] not in package.by_name[home[0]].columns:
        return f"there is no variable {'.'.join(home)}"
    if c.comparator not in (*_ONE_VALUE, "IN", "NOTIN"):
        return f"{c.comparator} is no comparator"
    if not c.values or (c.comparator in _ONE_VALUE and len(c.values) > 1):
        return f"{c.comparator} with {len(c.values)} values"
    return ""


def _compare(package: Package, d: DatasetFile, c: RangeCheck) -> Mask:
    """Records (n,) for which a comparison holds; a missing value is the empty text."""
    dataset, name = _homes(package).get(c.item, ("", ""))
    cells = column(package.by_name[dataset], name)
    if dataset != d.name:
        cells = take(cells, subject_rows(package, d))
    if c.comparator in _ORDERED:
        limit = c.values[0]
        try:
            flags = _ORDERED[c.comparator](to_numbers(cells), float(limit))
        except ValueError:  # dates in ISO 8601 sort as text
            flags = _ORDERED[c.comparator](values_of(cells).astype(str), limit)
        return in_records(flags, codes_of(cells))
    wanted = set(c.values)
    same = np.append(are_among(cells, wanted), "" in wanted)[codes_of(cells)]
    return same if c.comparator in ("EQ", "IN") else ~same


@rule(
    "DEF160",
    "error",
    "Value that no value level item describes",
    "Where a variable has value level metadata, each of its values is described by one item.",
    "Write define.xml from the data.",
    "no where clause selects this record",
    _VALUE_LEVEL,
)
def check_described(package: Package) -> Iterator[Found]:
    """Each record with a value is selected by an item."""
    for v, items in _value_lists(package):
        selected = np.logical_or.reduce([i.records for i in items]) if items else np.zeros(len(v.cells), bool)
        yield from found_at(v.dataset, v.name, present(v.cells) & ~selected)


@rule(
    "DEF161",
    "error",
    "Value that several value level items describe",
    "The where clauses of a variable do not overlap: which description counts could not be told.",
    "Make the where clauses exclude each other.",
    "{count} where clauses select this record",
    _VALUE_LEVEL,
)
def check_described_once(package: Package) -> Iterator[Found]:
    """Each record with a value is selected by one item only."""
    for v, items in _value_lists(package):
        counts = np.zeros(len(v.cells), np.int64)
        for i in items:
            counts += i.records
        yield from found_at(v.dataset, v.name, counts > 1, count=counts)


@rule(
    "DEF162",
    "error",
    "Where clause that cannot be evaluated",
    "A where clause compares a variable of the dataset (or of DM) with values by EQ, NE, IN, NOTIN, LT, LE, GT, GE.",
    "Correct the clause.",
    "{value}: {reason}",
    _WHERE,
)
def check_where_clauses(package: Package) -> Iterator[Found]:
    """Every where clause of a value list can be evaluated."""
    define = needed_define(package)
    for v, values in _with_values(package):
        for oid in dict.fromkeys(o for r in values.items for o in r.where_clauses):
            clause = define.where_clause.get(oid)
            for reason in (_fault(package, v.dataset, c) for c in (clause.checks if clause else ())):
                if reason:
                    yield found(v.dataset.name, v.name, oid, reason=reason)


@rule(
    "DEF163",
    "warning",
    "Value level item without values",
    "No record that the where clause selects has a value: the item describes nothing.",
    "Take the item out, or find the records that it was made for.",
    "no record has a value where {value}",
    _VALUE_LEVEL,
)
def check_items_used(package: Package) -> Iterator[Found]:
    """Every value level item describes a value."""
    for v, items in _value_lists(package):
        for i in items:
            if not i.records.any():
                yield found(v.dataset.name, v.name, i.where)


def _wrong(i: _ValueItem, flags: npt.NDArray[np.bool_]) -> Mask:
    """Records of an item whose distinct value is flagged (k,)."""
    return in_records(flags, codes_of(i.variable.cells)) & i.records


@rule(
    "DEF164",
    "error",
    "Value that is not of the data type of its value level item",
    "The data type of an item holds every value of the records that it describes.",
    "Write define.xml from the data.",
    "{value} is no {type} ({where})",
    f"{_VALUE_LEVEL}; ODM 1.3.2, 2.13",
)
def check_item_types(package: Package) -> Iterator[Found]:
    """Values fit the DataType of their value level item."""
    for v, items in _value_lists(package):
        fits = {t: fits_type(v.cells, t) for t in {i.item.data_type for i in items}}
        for i in items:
            wrong = _wrong(i, ~fits[i.item.data_type])
            yield from found_at(v.dataset, v.name, wrong, type=i.item.data_type, where=i.where)


@rule(
    "DEF165",
    "error",
    "Value longer than its value level item says",
    "Length and SignificantDigits of an item are those of the records that it describes.",
    "Write define.xml from the data.",
    "{value} is longer than {length}, or has more decimals than {digits} ({where})",
    _VALUE_LEVEL,
)
def check_item_sizes(package: Package) -> Iterator[Found]:
    """Values are no longer than Length, floats have no more decimals than SignificantDigits."""
    for v, items in _value_lists(package):
        numeric = v.item.data_type in ("integer", "float")
        sizes = text_lengths(v.cells) if numeric else byte_lengths(v.cells, v.dataset.encoding)
        places = decimals(v.cells)
        for i in items:
            length, digits = i.item.length, i.item.significant_digits
            long = np.zeros(len(sizes), bool) if length is None else sizes > length
            if digits is not None and i.item.data_type == "float":
                long |= places > digits
            yield from found_at(v.dataset, v.name, _wrong(i, long), length=length, digits=digits, where=i.where)


@rule(
    "DEF166",
    "error",
    "Value that the codelist of its value level item does not have",
    "The codelist of an item holds every value of the records that it describes.",
    "Write define.xml from the data, or correct the value.",
    "{value} is not in the codelist {codelist} ({where})",
    _VALUE_LEVEL,
)
def check_item_codelists(package: Package) -> Iterator[Found]:
    """Values are terms of the codelist of their value level item."""
    define = needed_define(package)
    for v, items in _value_lists(package):
        for i in items:
            codelist = define.codelist.get(i.item.codelist or "")
            if codelist is not None and codelist.terms:
                wrong = _wrong(i, are_no_terms(v, codelist))
                yield from found_at(v.dataset, v.name, wrong, codelist=codelist.name or codelist.oid, where=i.where)
