"""def:ValueListDef and def:WhereClauseDef."""

from __future__ import annotations

from ...model.dataset import Dataset
from ...model.metadata import ValueLevelItem
from ...model.where import Comparison, WhereClause
from .arm import display_clauses
from .items import value_list_oid
from .names import item_oid, where_oid
from .parts import Parts
from .xml import Element, add, add_text


def add_value_lists(parent: Element, parts: Parts) -> None:
    """def:ValueListDef for each variable with value level items."""
    for dataset in parts.datasets:
        lists: dict[str, list[ValueLevelItem]] = {}
        for item in dataset.value_level:
            lists.setdefault(item.variable, []).append(item)
        for variable, items in lists.items():
            element = add(parent, "def:ValueListDef", {"OID": value_list_oid(dataset.name, variable)})
            for number, item in enumerate(items, 1):
                _add_reference(element, dataset, item, number, parts)


def _add_reference(parent: Element, dataset: Dataset, item: ValueLevelItem, number: int, parts: Parts) -> None:
    attributes: dict[str, str | int | None] = {
        "ItemOID": item_oid(dataset.name, item.variable, item.where),
        "OrderNumber": number,
        "Mandatory": "No",
        "MethodOID": parts.methods.oid(item.plan.method if item.plan else None),
        "Role": item.plan.role if item.plan else None,
    }
    element = add(parent, "ItemRef", attributes)
    add(element, "def:WhereClauseRef", {"WhereClauseOID": where_oid(dataset.name, item.where)})


def add_where_clauses(parent: Element, parts: Parts) -> None:
    """def:WhereClauseDef, once for each clause of a dataset."""
    for dataset in parts.datasets:
        clauses = {where_oid(dataset.name, item.where): item.where for item in dataset.value_level}
        clauses |= {where_oid(dataset.name, where): where for where in display_clauses(dataset, parts.displays)}
        for oid, where in sorted(clauses.items()):
            _add_where_clause(parent, dataset.name, oid, where)


def _add_where_clause(parent: Element, dataset: str, oid: str, where: WhereClause) -> None:
    element = add(parent, "def:WhereClauseDef", {"OID": oid})
    for comparison in where.comparisons:
        attributes: dict[str, str | int | None] = {
            "Comparator": _comparator(comparison),
            "SoftHard": "Soft",
            "def:ItemOID": _item(dataset, comparison.ref),
        }
        check = add(element, "RangeCheck", attributes)
        for value in comparison.values:
            add_text(check, "CheckValue", value)


def _comparator(comparison: Comparison) -> str:
    if comparison.comparator == "IS":
        raise ValueError(f"{comparison}: IS is for filters only and has no place in Define-XML")
    return comparison.comparator


def _item(dataset: str, ref: str) -> str:
    """OID of the variable that is compared, in this dataset or in the one it names ("DM.SEX")."""
    other, _, variable = ref.rpartition(".")
    return item_oid(other or dataset, variable)
