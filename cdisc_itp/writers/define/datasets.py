"""ItemGroupDef: datasets, their variables in order, keys, class and file."""

from __future__ import annotations

from ...model.dataset import Dataset
from ...model.metadata import VariablePlan
from .names import item_oid, standard_oid
from .parts import ANALYSIS, Parts, class_name, guide
from .study import add_leaf, leaf_id
from .texts import dataset_comment, has_no_data
from .xml import Element, add, add_translated, yes, yes_no


def add_datasets(parent: Element, parts: Parts) -> None:
    """ItemGroupDef for each dataset."""
    for dataset in parts.datasets:
        _add_dataset(parent, dataset, parts)


def _add_dataset(parent: Element, dataset: Dataset, parts: Parts) -> None:
    plan = dataset.plan
    element = add(parent, "ItemGroupDef", _attributes(dataset, parts))
    add_translated(element, "Description", plan.label, parts.study.language)
    for number, variable in enumerate(plan.variables, 1):
        add(element, "ItemRef", _reference(dataset, variable, number, parts))
    # Define-XML 2.1, 5.3.11.1: a split or supplemental dataset names the domain that it belongs to.
    if plan.name != plan.domain and plan.domain in parts.domain_labels:
        add(element, "Alias", {"Context": "DomainDescription", "Name": parts.domain_labels[plan.domain]})
    add(element, "def:Class", {"Name": class_name(dataset)})
    if not plan.has_no_data:
        file = f"{plan.name.lower()}.xpt"
        add_leaf(element, leaf_id(plan.name), file, file)


def _attributes(dataset: Dataset, parts: Parts) -> dict[str, str | int | None]:
    plan = dataset.plan
    standard = guide(parts.study.standards, plan.standard)
    return {
        "OID": f"IG.{plan.name}",
        "Name": plan.name,
        "Domain": plan.domain,
        "Repeating": yes_no(plan.repeating),
        "IsReferenceData": yes_no(plan.reference_data),
        "SASDatasetName": plan.name,
        "Purpose": "Analysis" if class_name(dataset) in ANALYSIS else "Tabulation",
        "def:Structure": plan.structure,
        "def:ArchiveLocationID": None if plan.has_no_data else leaf_id(plan.name),
        "def:StandardOID": standard_oid(standard) if standard else None,
        "def:IsNonStandard": yes(standard is None),
        "def:HasNoData": yes(has_no_data(dataset)),
        "def:CommentOID": parts.comments.oid(dataset_comment(dataset)),
    }


def _reference(dataset: Dataset, variable: VariablePlan, number: int, parts: Parts) -> dict[str, str | int | None]:
    plan, name = dataset.plan, variable.name
    observed = dataset.observed.get(name)
    return {
        "ItemOID": item_oid(plan.name, name),
        "OrderNumber": number,
        "Mandatory": yes_no(_is_mandatory(dataset, variable)),
        "KeySequence": plan.keys.index(name) + 1 if name in plan.keys else None,
        "MethodOID": parts.methods.oid(variable.method),
        "Role": variable.role,
        "def:IsNonStandard": yes(not variable.standard and plan.standard is not None),
        "def:HasNoData": yes(not has_no_data(dataset) and observed is not None and observed.n == 0),
    }


def _is_mandatory(dataset: Dataset, variable: VariablePlan) -> bool:
    """Required by the guide, or a key that every record has (VISITNUM is a key that some records may lack)."""
    if variable.core == "Req":
        return True
    records = max((o.n for o in dataset.observed.values()), default=0)
    observed = dataset.observed.get(variable.name)
    return variable.name in dataset.plan.keys and observed is not None and observed.n == records
