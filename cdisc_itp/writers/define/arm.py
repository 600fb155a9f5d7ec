"""arm:AnalysisResultDisplays: Analysis Results Metadata 1.0 for Define-XML 2.1, from what displays are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from ... import __version__
from ...model.dataset import Dataset
from ...model.display import PlannedAnalysis, PlannedDisplay, Selection
from ...model.where import Condition, WhereClause
from .names import item_oid, where_oid
from .parts import Parts
from .xml import Element, add, add_translated

ARM = "http://www.cdisc.org/ns/arm/v1.0"
_TOTAL = ".TOTAL"  # the analysis of all subjects is told with the one by treatment


def add_displays(parent: Element, parts: Parts) -> None:
    """One arm:ResultDisplay a display, one arm:AnalysisResult an analysis; none where there are no displays.

    A dataset that this file does not define (one of the tabulations) is named in words.
    """
    displays = [(d, _analyses(d, parts)) for d in parts.displays]
    displays = [(d, analyses) for d, analyses in displays if analyses]
    if not displays:
        return
    root = etree.SubElement(parent, f"{{{ARM}}}AnalysisResultDisplays", nsmap={"arm": ARM})
    for display, analyses in displays:
        shown = _child(root, "ResultDisplay", OID=f"RD.{display.id}", Name=display.caption)
        add_translated(shown, "Description", display.title, parts.study.language)
        for analysis in analyses:
            _add_result(shown, display, analysis, parts)


def display_clauses(dataset: Dataset, displays: Iterable[PlannedDisplay]) -> tuple[WhereClause, ...]:
    """The where clauses by which displays select records of a dataset, as far as Define-XML has them."""
    found = (s.where for d in displays for a in d.analyses for s in a.selections if s.dataset == dataset.name)
    return tuple(dict.fromkeys(c for where in found if (c := _clause(where)) is not None))


def _analyses(display: PlannedDisplay, parts: Parts) -> list[PlannedAnalysis]:
    """The analyses that select records of a dataset of this file."""
    names = {d.name for d in parts.datasets}
    told = (a for a in display.analyses if not a.id.endswith(_TOTAL))
    return [a for a in told if any(s.dataset in names for s in a.selections)]


def _add_result(parent: Element, display: PlannedDisplay, analysis: PlannedAnalysis, parts: Parts) -> None:
    names = {d.name: set(d.plan.names) for d in parts.datasets}
    here = [s for s in analysis.selections if s.dataset in names]
    attributes = {"OID": f"AR.{analysis.id}"}
    first = analysis.selections[0].dataset
    if analysis.parameter is not None and "PARAMCD" in names.get(first, ()):
        attributes["ParameterOID"] = item_oid(first, "PARAMCD")
    attributes |= {"AnalysisReason": display.reason, "AnalysisPurpose": display.purpose}
    result = _child(parent, "AnalysisResult", **attributes)
    add_translated(result, "Description", analysis.name, parts.study.language)
    datasets = _child(result, "AnalysisDatasets")
    for selection in here:
        _add_dataset(datasets, selection, names[selection.dataset])
    documentation = _child(result, "Documentation")
    add_translated(documentation, "Description", _documentation(display, analysis, here), parts.study.language)
    code = _child(result, "ProgrammingCode", Context=f"cdisc-itp {__version__}, analysis/displays.yaml")
    _child(code, "Code").text = display.code


def _add_dataset(parent: Element, selection: Selection, names: set[str]) -> None:
    dataset = _child(parent, "AnalysisDataset", ItemGroupOID=f"IG.{selection.dataset}")
    clause = _clause(selection.where)
    if clause is not None:
        add(dataset, "def:WhereClauseRef", {"WhereClauseOID": where_oid(selection.dataset, clause)})
    for variable in selection.variables:
        if variable in names:
            _child(dataset, "AnalysisVariable", ItemOID=item_oid(selection.dataset, variable))


def _clause(where: Condition | None) -> WhereClause | None:
    """A condition as Define-XML's one where clause; None where it takes an OR, or asks for missing values."""
    if where is None or len(where.clauses) != 1:
        return None
    clause = where.clauses[0]
    return None if any(c.comparator == "IS" for c in clause.comparisons) else clause


def _documentation(display: PlannedDisplay, analysis: PlannedAnalysis, here: Sequence[Selection]) -> str:
    """The method in words, the population, and what no where clause of this file says."""
    said = [f"{analysis.method.name}. {analysis.method.text}"]
    if analysis.population is not None:
        said.append(f"Population: {display.population}.")
    for s in analysis.selections:
        if s not in here or (s.where is not None and _clause(s.where) is None):
            said.append(f"Records of {s.dataset}{f': {s.where}' if s.where else ''}.")
    if analysis.factors:
        said.append(f"By {', '.join('.'.join(f) for f in analysis.factors)}.")
    return " ".join(said)


def _child(parent: Element, name: str, **attributes: str) -> Element:
    """A new last child in ARM's namespace."""
    child = etree.SubElement(parent, f"{{{ARM}}}{name}")
    for key, value in attributes.items():
        child.set(key, value)
    return child
