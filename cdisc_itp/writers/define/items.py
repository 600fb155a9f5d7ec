"""ItemDef: variables and value level items, as planned and as observed."""

from __future__ import annotations

from ...model.dataset import Dataset
from ...model.metadata import Observed, Origin, ValueLevelItem, VariablePlan
from .names import item_oid, where_parts
from .parts import Parts
from .xml import Element, add, add_translated


def add_items(parent: Element, parts: Parts) -> None:
    """ItemDef for each variable of each dataset, then for the dataset's value level items."""
    for dataset in parts.datasets:
        for variable in dataset.plan.variables:
            _add_variable(parent, dataset, variable, parts)
        for item in dataset.value_level:
            _add_value_level(parent, dataset, item, parts)


def value_list_oid(dataset: str, variable: str) -> str:
    """OID of the value list of a variable."""
    return f"VL.{dataset}.{variable}"


def _add_variable(parent: Element, dataset: Dataset, plan: VariablePlan, parts: Parts) -> None:
    observed = dataset.observed.get(plan.name, Observed())
    data_type = "text" if plan.data_type == "text" else observed.data_type or plan.data_type
    length = parts.lengths.get((dataset.name, plan.name), observed.length) if not plan.numeric else observed.length
    attributes: dict[str, str | int | None] = {
        "OID": item_oid(dataset.name, plan.name),
        "Name": plan.name,
        "DataType": data_type,
        **_size(data_type, length, observed.digits),
        "SASFieldName": plan.name,
        "def:DisplayFormat": plan.display_format,
        "def:CommentOID": parts.comments.oid(plan.comment),
    }
    element = add(parent, "ItemDef", attributes)
    add_translated(element, "Description", plan.label, parts.study.language)
    _add_codelist(element, parts.codelist.get((dataset.name, plan.name)))
    _add_origin(element, plan.origin, parts.study.language)
    if any(item.variable == plan.name for item in dataset.value_level):
        add(element, "def:ValueListRef", {"ValueListOID": value_list_oid(dataset.name, plan.name)})


def _add_value_level(parent: Element, dataset: Dataset, item: ValueLevelItem, parts: Parts) -> None:
    attributes: dict[str, str | int | None] = {
        "OID": item_oid(dataset.name, item.variable, item.where),
        "Name": item.variable,
        "DataType": item.data_type,
        **_size(item.data_type, item.observed.length, item.observed.digits),
        "def:CommentOID": parts.comments.oid(item.plan.comment if item.plan else None),
    }
    element = add(parent, "ItemDef", attributes)
    label = item.plan.label if item.plan else _decode(dataset, item)
    if label:
        add_translated(element, "Description", label, parts.study.language)
    _add_codelist(element, parts.codelist.get((dataset.name, item.variable, *where_parts(item.where))))
    _add_origin(element, item.plan.origin if item.plan else None, parts.study.language)


def _decode(dataset: Dataset, item: ValueLevelItem) -> str | None:
    """The decode of the test, parameter or qualifier that the item is of."""
    for comparison in item.where.comparisons:
        seen = dataset.observed.get(comparison.ref, Observed())
        decodes = [decode for value, decode in seen.decodes if (value,) == comparison.values]
        if decodes:
            return decodes[0]
    return None


def _size(data_type: str, length: int, digits: int) -> dict[str, str | int | None]:
    """Length of text and numbers (dates have none), SignificantDigits of floats: Define-XML 2.1, 5.3.12."""
    if data_type not in ("text", "integer", "float"):
        return {}
    return {"Length": max(length, 1), "SignificantDigits": digits if data_type == "float" else None}


def _add_codelist(parent: Element, oid: str | None) -> None:
    if oid:
        add(parent, "CodeListRef", {"CodeListOID": oid})


def _add_origin(parent: Element, origin: Origin | None, language: str) -> None:
    if origin is None:
        return
    for source in (origin.source, *origin.also):
        element = add(parent, "def:Origin", {"Type": origin.type, "Source": source})
        if origin.predecessor:
            add_translated(element, "Description", origin.predecessor, language)
