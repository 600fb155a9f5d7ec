"""ADM121-ADM128: analysis results metadata (ARM 1.0 for Define-XML) against define.xml and the datasets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.define import ItemGroupDef
from ..model.define_texts import AnalysisDataset, AnalysisResult, ResultDisplay
from .columns import needed_define
from .define_value_level import clause_records
from .package import Package
from .registry import Found, NotApplicableError, found, rule

_ARM = "ARM 1.0 for Define-XML"
_REASONS = ("SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP", "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY")
_PURPOSES = ("PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE")


def _displays(package: Package) -> tuple[ResultDisplay, ...]:
    displays = needed_define(package).results
    if not displays:
        raise NotApplicableError("define.xml has no analysis results")
    return displays


def _results(package: Package) -> Iterator[tuple[ResultDisplay, AnalysisResult]]:
    yield from ((d, r) for d in _displays(package) for r in d.results)


def _datasets(package: Package) -> Iterator[tuple[ResultDisplay, AnalysisDataset, ItemGroupDef]]:
    groups = {g.oid: g for g in needed_define(package).item_groups}
    for display, result in _results(package):
        for used in result.datasets:
            if used.item_group in groups:
                yield display, used, groups[used.item_group]


@rule(
    "ADM121",
    "error",
    "Result display without a result",
    "A display holds the results that it shows.",
    "Describe the results, or leave the display out.",
    "the display {value} has no result",
    _ARM,
)
def check_display_results(package: Package) -> Iterator[Found]:
    """Every display has a result."""
    return (found("define.xml", None, d.name or d.oid) for d in _displays(package) if not d.results)


@rule(
    "ADM122",
    "error",
    "Result display named twice",
    "A display is found in the report by its name.",
    "Give each display a name of its own.",
    "an earlier display has the name {value}",
    _ARM,
)
def check_display_names(package: Package) -> Iterator[Found]:
    """Names of displays are different."""
    seen: set[str | None] = set()
    for d in _displays(package):
        if d.name in seen:
            yield found("define.xml", None, d.name)
        seen.add(d.name)


@rule(
    "ADM123",
    "error",
    "Result of a variable that its dataset does not have",
    "The variables of a result are variables of the dataset that it names.",
    "Name the variables that were analysed.",
    "the display {display} analyses {value}, which {dataset} does not have",
    _ARM,
)
def check_result_variables(package: Package) -> Iterator[Found]:
    """arm:AnalysisVariable are items of the arm:AnalysisDataset."""
    for display, used, group in _datasets(package):
        own = {r.item for r in group.items}
        yield from (found(group.name or "", None, v, display=display.name) for v in used.variables if v not in own)


@rule(
    "ADM124",
    "error",
    "Display of no record",
    "The where clauses of a display select the records that were analysed; single ones may select none.",
    "Correct the where clauses.",
    "the display {display} selects no record of {dataset} by {value}",
    _ARM,
)
def check_selected_records(package: Package) -> Iterator[Found]:
    """One of the where clauses of a display at least selects a record of its dataset."""
    empty: dict[str, list[tuple[str, str]]] = {}
    filled: set[str] = set()
    for display, used, group in _datasets(package):
        d = package.by_name.get(group.name or "")
        for oid in used.where_clauses:
            mask = clause_records(package, d, oid) if d is not None else None
            if mask is not None and np.any(mask):
                filled.add(display.name or "")
            elif mask is not None:
                empty.setdefault(display.name or "", []).append((group.name or "", oid))
    for name, clauses in empty.items():
        for dataset, oid in clauses if name not in filled else ():
            yield found(dataset, None, oid, display=name)


@rule(
    "ADM125",
    "error",
    "Result without its parameter",
    "A result of a dataset of parameters names the variable that tells the parameters apart.",
    "Name PARAMCD as the parameter.",
    "the display {display} names {value} as the parameter",
    _ARM,
)
def check_result_parameter(package: Package) -> Iterator[Found]:
    """ParameterOID is PARAMCD of one of the result's datasets."""
    define = needed_define(package)
    groups = {g.oid: g for g in define.item_groups}
    for display, result in _results(package):
        if result.parameter is not None:
            item = define.item.get(result.parameter)
            own = {r.item for x in result.datasets if x.item_group in groups for r in groups[x.item_group].items}
            if item is None or item.name != "PARAMCD" or result.parameter not in own:
                yield found("define.xml", None, result.parameter, display=display.name)


@rule(
    "ADM126",
    "error",
    "Result without a dataset",
    "A result names the datasets that it was computed from.",
    "Name the dataset, its records and its variables.",
    "a result of the display {display} names no dataset with a variable",
    _ARM,
)
def check_result_datasets(package: Package) -> Iterator[Found]:
    """Each result has a dataset of define.xml with an analysed variable."""
    groups = {g.oid for g in needed_define(package).item_groups}
    for display, result in _results(package):
        if not any(x.item_group in groups and x.variables for x in result.datasets):
            yield found("define.xml", None, result.oid, display=display.name)


@rule(
    "ADM127",
    "warning",
    "Reason or purpose of a result that is no term",
    "Reason and purpose of an analysis are terms, so that primary results are found.",
    "Use a term of the terminology.",
    "the display {display} has the {which} {value!r}",
    _ARM,
)
def check_result_terms(package: Package) -> Iterator[Found]:
    """AnalysisReason and AnalysisPurpose are terms of ARM's codelists (which may be extended)."""
    for display, result in _results(package):
        if (result.reason or "") not in _REASONS:
            yield found("define.xml", None, result.reason or "", display=display.name, which="reason")
        if (result.purpose or "") not in _PURPOSES:
            yield found("define.xml", None, result.purpose or "", display=display.name, which="purpose")


@rule(
    "ADM128",
    "warning",
    "Result that nobody can compute again",
    "Documentation or program code of a result say how it was computed.",
    "Describe the analysis, or give its code.",
    "a result of the display {display} has neither documentation nor code",
    _ARM,
)
def check_result_documented(package: Package) -> Iterator[Found]:
    """Each result has arm:Documentation or arm:ProgrammingCode."""
    for display, result in _results(package):
        if not result.documentation and result.code is None and not result.documents:
            yield found("define.xml", None, result.oid, display=display.name)
