"""The results as JSON after the CDISC Analysis Results Standard 1.0 (class and slot names are the standard's)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from ...model.display import Analysis, Display, Method, Number, Report, Result
from ...model.where import Comparison, Condition, WhereClause
from .figures import KINDS, figure_names

Json = dict[str, Any]
Factor = tuple[str, str]
Subsets = Mapping[tuple[str, Condition], str]
_TERMS = {
    "AnalysisReasonEnum": (
        "SPECIFIED IN PROTOCOL",
        "SPECIFIED IN SAP",
        "DATA DRIVEN",
        "REQUESTED BY REGULATORY AGENCY",
    ),
    "AnalysisPurposeEnum": ("PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE"),
    "OutputFileTypeEnum": ("pdf", "rtf", "txt"),
}


def render_ars(report: Report) -> str:
    """The reporting event as JSON text: keys as they come, the same text for the same report."""
    return json.dumps(reporting_event(report), ensure_ascii=False, indent=1) + "\n"


def reporting_event(report: Report) -> Json:
    """The reporting event: analysis sets, data subsets, groupings, methods, analyses with results, outputs."""
    analyses = [(d, a) for d in report.displays for a in d.analyses]
    subsets = _subsets(a for _, a in analyses)
    factors = list(dict.fromkeys(f for _, a in analyses for f in a.plan.factors))
    methods = {a.plan.method.id: a.plan.method for _, a in analyses}
    extensions = _extensions(report)
    return {
        "name": f"{report.study}: tables and figures",
        "id": f"RE.{report.study}",
        "version": 1,
        "description": report.notice or report.title,
        "label": report.title or report.study,
        "mainListOfContents": _contents("Analyses by output", report, True),
        "otherListsOfContents": [_contents("Outputs", report, False)],
        **({"terminologyExtensions": extensions} if extensions else {}),
        "analysisSets": [s for p in enumerate(report.populations, 1) for s in _analysis_set(report, *p)],
        "analysisGroupings": [_grouping(report, f) for f in factors if f[0] == report.subjects],
        "dataSubsets": [_data_subset(id, d, c, i) for i, ((d, c), id) in enumerate(subsets.items(), 1)],
        "dataGroupings": [_grouping(report, f) for f in factors if f[0] != report.subjects],
        "methods": [_method(m) for m in methods.values()],
        "analyses": [_analysis(report, d, a, subsets) for d, a in analyses],
        "outputs": [_output(d) for d in report.displays],
    }


def _contents(name: str, report: Report, analyses: bool) -> Json:
    items: list[Json] = []
    for order, display in enumerate(report.displays, 1):
        item: Json = {"name": f"{display.caption}. {display.title}", "level": 1, "order": order}
        item["outputId"] = _output_id(display)
        if analyses:
            inner = [
                {"name": a.plan.name, "level": 2, "order": i, "analysisId": f"AN.{a.plan.id}"}
                for i, a in enumerate(display.analyses, 1)
            ]
            item["sublist"] = {"listItems": inner}
        items.append(item)
    return {"name": name, "contentsList": {"listItems": items}}


def _extensions(report: Report) -> list[Json]:
    """The sponsor's terms where the standard's lists are extended: file types, reasons and purposes of its own."""
    used = {
        "AnalysisReasonEnum": dict.fromkeys(d.reason for d in report.displays),
        "AnalysisPurposeEnum": dict.fromkeys(d.purpose for d in report.displays),
        "OutputFileTypeEnum": dict.fromkeys(("html", "docx", *KINDS)),
    }
    out = []
    for name, terms in used.items():
        own = [t for t in terms if t not in _TERMS[name]]
        if own:
            listed = [
                {"id": _term_id(name, t), "submissionValue": t, "description": f"{t} (sponsor's term)"} for t in own
            ]
            out.append({"id": f"TE.{name}", "enumeration": name, "sponsorTerms": listed})
    return out


def _term_id(enumeration: str, term: str) -> str:
    return f"TE.{enumeration}.{term.replace(' ', '_')}"


def _term(enumeration: str, term: str) -> Json:
    if term in _TERMS[enumeration]:
        return {"controlledTerm": term}
    return {"sponsorTermId": _term_id(enumeration, term)}


def _analysis_set(report: Report, order: int, said: tuple[str, str, Condition]) -> list[Json]:
    """An analysis set; one of several comparisons refers to a set for each of them."""
    name, label, condition = said
    head = {"name": label, "id": f"AS.{name}", "label": label, "level": 1, "order": order}
    comparisons = [c for w in condition.clauses for c in w.comparisons]
    if len(comparisons) == 1:
        return [{**head, "condition": _condition(report.subjects, comparisons[0])}]
    operator = "AND" if len(condition.clauses) == 1 else "OR"
    parts: list[Json] = []
    for i, clause in enumerate(_units(condition), 1):
        part = {"name": str(clause), "id": f"AS.{name}.{i}", "label": str(clause), "level": 1, "order": i}
        parts.append({**part, **_where(report.subjects, Condition((clause,)), 1)})
    clauses = [{"level": 2, "order": i, "subClauseId": p["id"]} for i, p in enumerate(parts, 1)]
    return [*parts, {**head, "compoundExpression": {"logicalOperator": operator, "whereClauses": clauses}}]


def _units(condition: Condition) -> list[WhereClause]:
    if len(condition.clauses) > 1:
        return list(condition.clauses)
    return [WhereClause((c,)) for c in condition.clauses[0].comparisons]


def _condition(dataset: str, comparison: Comparison) -> Json:
    """A condition; the standard knows no comparison with a missing value, which is written as EQ or NE to ""."""
    word, values = comparison.comparator, list(comparison.values)
    if word == "IS":
        word, values = ("EQ" if values[0] == "MISSING" else "NE"), [""]
    elif word in ("IN", "NOTIN") and len(values) == 1:
        word = "EQ" if word == "IN" else "NE"
    return {"dataset": dataset, "variable": str(comparison.ref), "comparator": word, "value": values}


def _where(dataset: str, condition: Condition, level: int) -> Json:
    """A condition, or an expression of those: AND within a clause, OR between clauses."""
    units = _units(condition)
    if len(units) == 1 and len(units[0].comparisons) == 1:
        return {"condition": _condition(dataset, units[0].comparisons[0])}
    operator = "AND" if len(condition.clauses) == 1 else "OR"
    inner = [
        {"level": level + 1, "order": i, **_where(dataset, Condition((u,)), level + 1)} for i, u in enumerate(units, 1)
    ]
    return {"compoundExpression": {"logicalOperator": operator, "whereClauses": inner}}


def _subsets(analyses: Iterable[Analysis]) -> dict[tuple[str, Condition], str]:
    """The data subsets: an id for each dataset and condition that is not the population alone."""
    out: dict[tuple[str, Condition], str] = {}
    for analysis in analyses:
        selection = analysis.plan.selections[0]
        if selection.where is not None and (selection.dataset, selection.where) not in out:
            out[selection.dataset, selection.where] = f"DS.{len(out) + 1:02d}.{selection.dataset}"
    return out


def _data_subset(id: str, dataset: str, condition: Condition, order: int) -> Json:
    head = {"name": f"{dataset}: {condition}", "id": id, "label": str(condition), "level": 1, "order": order}
    return {**head, **_where(dataset, condition, 1)}


def _grouping_id(report: Report, factor: Factor) -> str:
    return f"{'AG' if factor[0] == report.subjects else 'DG'}.{'.'.join(factor)}"


def _group_id(report: Report, factor: Factor, value: str) -> str | None:
    if factor == (report.subjects, report.treatment):
        return f"{_grouping_id(report, factor)}.{report.treatments.index(value) + 1}"
    return None


def _grouping(report: Report, factor: Factor) -> Json:
    """A factor: the treatments are known before, other values are those of the data."""
    dataset, variable = factor
    planned = factor == (report.subjects, report.treatment)
    made: Json = {
        "name": f"{dataset}.{variable}",
        "id": _grouping_id(report, factor),
        "label": variable,
        "groupingDataset": dataset,
        "groupingVariable": variable,
        "dataDriven": not planned,
    }
    if planned:
        made["groups"] = [
            {
                "name": t,
                "id": _group_id(report, factor, t),
                "label": t,
                "level": 1,
                "order": i,
                "condition": _condition(dataset, Comparison(variable, "EQ", (t,))),
            }
            for i, t in enumerate(report.treatments, 1)
        ]
    return made


def _method(method: Method) -> Json:
    operations = [
        {"name": o.id, "id": f"{method.id}.{o.id}", "label": o.name, "order": i, "resultPattern": o.pattern}
        for i, o in enumerate(method.operations, 1)
    ]
    head = {"name": method.name, "id": method.id, "label": method.name, "description": method.text}
    return {**head, "operations": operations}


def _analysis(
    report: Report, display: Display, analysis: Analysis, subsets: Mapping[tuple[str, Condition], str]
) -> Json:
    plan = analysis.plan
    selection = plan.selections[0]
    made: Json = {
        "name": plan.name,
        "id": f"AN.{plan.id}",
        "version": 1,
        "reason": _term("AnalysisReasonEnum", display.reason),
        "purpose": _term("AnalysisPurposeEnum", display.purpose),
        "dataset": selection.dataset,
        "variable": plan.variable,
    }
    if plan.population is not None:
        made["analysisSetId"] = f"AS.{plan.population}"
    if selection.where is not None:
        made["dataSubsetId"] = subsets[selection.dataset, selection.where]
    if plan.factors:
        made["orderedGroupings"] = [_ordered(report, i, f, analysis) for i, f in enumerate(plan.factors, 1)]
    made["methodId"] = plan.method.id
    if analysis.results:  # A list of the standard is never empty: nothing was there to be analysed.
        made["results"] = [_result(report, plan.method, r) for r in analysis.results]
    return made


def _ordered(report: Report, order: int, factor: Factor, analysis: Analysis) -> Json:
    """A grouping of an analysis: there is a result for each group, or one that compares them."""
    each = any(factor == f for r in analysis.results for f, _ in r.groups)
    return {"order": order, "groupingId": _grouping_id(report, factor), "resultsByGroup": each}


def _result(report: Report, method: Method, result: Result) -> Json:
    made: Json = {"operationId": f"{method.id}.{result.operation}"}
    if result.groups:
        made["resultGroups"] = [_result_group(report, f, v) for f, v in result.groups]
    if result.raw is not None:
        made["rawValue"] = _raw(result.raw)
    made["formattedValue"] = result.text
    return made


def _result_group(report: Report, factor: Factor, value: str) -> Json:
    known = _group_id(report, factor, value)
    group = {"groupValue": value} if known is None else {"groupId": known}
    return {"groupingId": _grouping_id(report, factor), **group}


def _raw(value: Number) -> str:
    """The number in full, without a needless fraction."""
    if value is None or math.isinf(value):
        return "" if value is None else ("Inf" if value > 0 else "-Inf")
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _output_id(display: Display) -> str:
    return f"OUT.{display.id}"


def _output(display: Display) -> Json:
    files = [("html", f"tables/{display.id}.html"), ("docx", f"tables/{display.id}.docx")]
    files += [(kind, f"figures/{name}.{kind}") for name in figure_names(display) for kind in KINDS]
    title = [{"order": 1, "subSection": {"id": f"{display.id}.title", "text": f"{display.caption}. {display.title}"}}]
    notes = [
        {"order": i, "subSection": {"id": f"{display.id}.note.{i}", "text": text}}
        for i, text in enumerate(display.footnotes, 1)
    ]
    shown = {
        "name": display.id,
        "id": f"DISP.{display.id}",
        "version": 1,
        "displayTitle": f"{display.caption}. {display.title}",
        "displaySections": [
            {"sectionType": "Title", "orderedSubSections": title},
            {"sectionType": "Footnote", "orderedSubSections": notes},
        ],
    }
    return {
        "name": f"{display.caption}. {display.title}",
        "id": _output_id(display),
        "version": 1,
        "fileSpecifications": [
            {"name": path.rpartition("/")[2], "fileType": _term("OutputFileTypeEnum", kind), "location": path}
            for kind, path in files
        ],
        "displays": [{"order": 1, "display": shown}],
    }
