"""DEF120-DEF132: datasets and variables of define.xml against those of the files, both ways."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.column import codes_of, present
from ..standards.classes import define_class
from .columns import column, has, needed_define, needed_guide
from .define_items import described_datasets, described_variables
from .keys import repeated
from .package import Package
from .registry import Found, NotApplicableError, found, found_at, rule

_DEFINE = "Define-XML 2.1"
_GROUP = f"{_DEFINE}, ItemGroupDef"
_REF = f"{_DEFINE}, ItemRef"


@rule(
    "DEF120",
    "error",
    "Dataset that define.xml does not describe",
    "Every dataset of the submission is described in define.xml.",
    "Describe the dataset, or leave the file out.",
    "define.xml does not describe {dataset}",
    _GROUP,
)
def check_datasets_described(package: Package) -> Iterator[Found]:
    """Every file's dataset is in define.xml."""
    names = {g.name for g in needed_define(package).item_groups}
    return (found(d.name) for d in package.datasets if d.name not in names)


@rule(
    "DEF121",
    "error",
    "Described dataset that is not there",
    "Define.xml describes a dataset without saying that there are no data (def:HasNoData), but there is no file.",
    "Add the file, or take the description out.",
    "there is no file of {dataset}",
    _GROUP,
)
def check_datasets_there(package: Package) -> Iterator[Found]:
    """Every described dataset has a file, unless it has no data."""
    for group in needed_define(package).item_groups:
        if group.name not in package.by_name and not group.has_no_data:
            yield found(group.name or "")


@rule(
    "DEF122",
    "error",
    "Variable that define.xml does not describe",
    "Every variable of a dataset is described in define.xml.",
    "Describe the variable, or leave it out.",
    "define.xml does not describe {variable}",
    _REF,
)
def check_variables_described(package: Package) -> Iterator[Found]:
    """Every variable of a described dataset is in define.xml."""
    define = needed_define(package)
    for d, group in described_datasets(package):
        names = {i.name for r in group.items if (i := define.item.get(r.item or ""))}
        yield from (found(d.name, v.name) for v in d.variables if v.name not in names)


@rule(
    "DEF123",
    "error",
    "Described variable that is not there",
    "Define.xml describes a variable that the dataset does not have.",
    "Add the variable, or take the description out.",
    "the file has no {variable}",
    _REF,
)
def check_variables_there(package: Package) -> Iterator[Found]:
    """Every described variable is in the file, unless it has no data."""
    define = needed_define(package)
    for d, group in described_datasets(package):
        for ref in group.items:
            item = define.item.get(ref.item or "")
            if item is not None and item.name not in d.columns and not ref.has_no_data:
                yield found(d.name, item.name)


@rule(
    "DEF124",
    "warning",
    "Variables in another order",
    "The order of variables in define.xml is that of the dataset.",
    "Write both from the same list.",
    "define.xml has {value} where the file has {variable}",
    f"{_REF}, OrderNumber",
)
def check_variable_order(package: Package) -> Iterator[Found]:
    """Same order in define.xml (by OrderNumber, else as written) and file; told at the first that differs."""
    define = needed_define(package)
    for d, group in described_datasets(package):
        refs = [(r.order if r.order is not None else i, i, r) for i, r in enumerate(group.items)]
        described = [define.item[r.item].name for *_, r in sorted(refs, key=lambda x: x[:2]) if r.item in define.item]
        in_file = [v.name for v in d.variables if v.name in described]
        common = [n for n in described if n in set(in_file)]
        for own, other in zip(in_file, common, strict=False):
            if own != other:
                yield found(d.name, own, other)
                break


@rule(
    "DEF125",
    "error",
    "Dataset label differs from define.xml",
    "File and define.xml give a dataset the same label.",
    "Write both from the same plan.",
    "the file's label is {value!r}, define.xml has {expected!r}",
    _GROUP,
)
def check_dataset_labels(package: Package) -> Iterator[Found]:
    """Dataset labels are the same."""
    for d, group in described_datasets(package):
        if d.label != (group.label or ""):
            yield found(d.name, None, d.label, expected=group.label or "")


@rule(
    "DEF126",
    "error",
    "Variable label differs from define.xml",
    "File and define.xml give a variable the same label.",
    "Write both from the same plan.",
    "the file's label is {value!r}, define.xml has {expected!r}",
    f"{_DEFINE}, ItemDef",
)
def check_variable_labels(package: Package) -> Iterator[Found]:
    """Variable labels are the same."""
    labels = {(d.name, v.name): v.label for d in package.datasets for v in d.variables}
    for v in described_variables(package):
        label = labels[v.dataset.name, v.name]
        if label != (v.item.label or ""):
            yield found(v.dataset.name, v.name, label, expected=v.item.label or "")


@rule(
    "DEF127",
    "error",
    "Keys missing or miscounted",
    "Each dataset names its key variables, numbered 1, 2, 3 ... by KeySequence.",
    "Declare the keys.",
    "the keys of {dataset} are numbered {value}",
    f"{_REF}, KeySequence",
)
def check_key_numbers(package: Package) -> Iterator[Found]:
    """KeySequence of each dataset is 1 to n."""
    for group in needed_define(package).item_groups:
        numbers = [k.key_sequence for k in group.keys]
        if not numbers or numbers != list(range(1, len(numbers) + 1)):
            yield found(group.name or "", None, ", ".join(map(str, numbers)) or "not at all")


@rule(
    "DEF128",
    "error",
    "What define.xml says has no data, has",
    "The attribute def:HasNoData stands for datasets and variables without any value.",
    "Write define.xml from the data.",
    "define.xml says that {what} has no data, the file has {actual}",
    f"{_DEFINE}, def:HasNoData",
)
def check_no_data(package: Package) -> Iterator[Found]:
    """def:HasNoData only where there are no data."""
    for d, group in described_datasets(package):
        if group.has_no_data and d.records:
            yield found(d.name, what=d.name, actual=f"{d.records} records")
    for v in described_variables(package):
        n = int(present(v.cells).sum())
        if v.ref.has_no_data and n:
            yield found(v.dataset.name, v.name, what=v.name, actual=f"{n} values")


@rule(
    "DEF129",
    "error",
    "Mandatory variable without a value",
    "Mandatory says that every record has a value.",
    "Write define.xml from the data, or find the missing value.",
    "{variable} is mandatory and has no value",
    f"{_REF}, Mandatory",
)
def check_mandatory(package: Package) -> Iterator[Found]:
    """Mandatory variables are never null."""
    for v in described_variables(package):
        if v.ref.mandatory == "Yes":
            yield from found_at(v.dataset, v.name, ~present(v.cells))


@rule(
    "DEF130",
    "error",
    "Class differs from the guide",
    "The class tells reviewers and programs how a dataset is built; the guide fixes that of its datasets.",
    "Use the guide's class.",
    "define.xml has the class {value}, the guide {expected}",
    f"{_DEFINE}, def:Class; SDTMIG 3.4",
)
def check_classes(package: Package) -> Iterator[Found]:
    """def:Class of datasets that the guide has."""
    guide = needed_guide(package)
    for d, group in described_datasets(package):
        g = package.guide_dataset(d)
        if g is not None and g.name in guide and _class(group.class_name) != g.class_name:
            yield found(d.name, None, group.class_name or "", expected=g.class_name)


def _class(name: str | None) -> str:
    """Define-XML's term, also where it is written as the guide prints it ("Special Purpose")."""
    try:
        return define_class(name or "")
    except ValueError:
        return name or ""


@rule(
    "DEF131",
    "error",
    "Repeating or reference data, says define.xml, and it is otherwise",
    "Repeating=No promises one record a subject, IsReferenceData=Yes a dataset without subjects.",
    "Write define.xml from the guide's structure of the dataset.",
    "define.xml says {stated}, but {actual}",
    _GROUP,
)
def check_repeating(package: Package) -> Iterator[Found]:
    """Repeating and IsReferenceData agree with the subjects in the file."""
    for d, group in described_datasets(package):
        subjects = column(d, "USUBJID")
        if group.reference_data == "Yes" and present(subjects).any():
            yield found(d.name, None, "Yes", stated="IsReferenceData=Yes", actual="the records are of subjects")
        if group.repeating == "No" and has(d, "USUBJID") and np.any(repeated(codes_of(subjects)) & present(subjects)):
            yield found(d.name, None, "No", stated="Repeating=No", actual="a subject has several records")
        if group.reference_data == "No" and not has(d, "USUBJID") and not has(d, "POOLID") and not has(d, "SPDEVID"):
            yield found(d.name, None, "No", stated="IsReferenceData=No", actual="no record is of a subject")


@rule(
    "DEF132",
    "warning",
    "Empty, and define.xml does not say so",
    "Define-XML 2.1 marks a dataset or variable without any value by def:HasNoData, so that nobody looks for it.",
    "Write define.xml from the data.",
    "{what} has no data, and define.xml does not say so",
    f"{_DEFINE}, def:HasNoData",
)
def check_no_data_said(package: Package) -> Iterator[Found]:
    """def:HasNoData wherever there are no data (Define-XML 2.0 has no such attribute)."""
    if not needed_define(package).namespace.endswith("v2.1"):
        raise NotApplicableError("Define-XML 2.0 has no def:HasNoData")
    for d, group in described_datasets(package):
        if not group.has_no_data and not d.records:
            yield found(d.name, what=d.name)
    for v in described_variables(package):
        if not v.ref.has_no_data and not v.group.has_no_data and v.dataset.records and not present(v.cells).any():
            yield found(v.dataset.name, v.name, what=v.name)
