"""Analysis Results Metadata 1.0 for Define-XML: displays, their results, and what these were made from."""

from __future__ import annotations

from ..model.define_texts import AnalysisDataset, AnalysisResult, ProgrammingCode, ResultDisplay
from .define_elements import ElementReader, description, line, translations
from .xml import Element

ARM = "{http://www.cdisc.org/ns/arm/v1.0}"


def read_displays(m: Element, reader: ElementReader) -> tuple[ResultDisplay, ...]:
    """Every arm:ResultDisplay of a MetaDataVersion, in its order."""
    return tuple(_display(e, reader) for e in m.iter(f"{ARM}ResultDisplay"))


def _display(e: Element, reader: ElementReader) -> ResultDisplay:
    results = tuple(_result(r, reader) for r in e.findall(f"{ARM}AnalysisResult"))
    documents = reader.references(e)
    return ResultDisplay(e.get("OID"), e.get("Name"), description(e), documents, results, line(e), translations(e))


def _result(e: Element, reader: ElementReader) -> AnalysisResult:
    datasets, said = e.find(f"{ARM}AnalysisDatasets"), e.find(f"{ARM}Documentation")
    code = e.find(f"{ARM}ProgrammingCode")
    return AnalysisResult(
        oid=e.get("OID"),
        parameter=e.get("ParameterOID"),
        reason=e.get("AnalysisReason"),
        purpose=e.get("AnalysisPurpose"),
        text=description(e),
        comment=None if datasets is None else datasets.get(f"{reader.d}CommentOID"),
        datasets=tuple(_dataset(d, reader) for d in e.iter(f"{ARM}AnalysisDataset")),
        documentation=None if said is None else description(said),
        documents=reader.references(said),
        code=None if code is None else _code(code, reader),
        line=line(e),
        translations=translations(e),
    )


def _dataset(e: Element, reader: ElementReader) -> AnalysisDataset:
    clauses = (w.get("WhereClauseOID") for w in e.findall(f"{reader.d}WhereClauseRef"))
    variables = (v.get("ItemOID") for v in e.findall(f"{ARM}AnalysisVariable"))
    return AnalysisDataset(
        item_group=e.get("ItemGroupOID"),
        where_clauses=tuple(c for c in clauses if c is not None),
        variables=tuple(v for v in variables if v is not None),
        line=line(e),
    )


def _code(e: Element, reader: ElementReader) -> ProgrammingCode:
    return ProgrammingCode(e.get("Context"), e.findtext(f"{ARM}Code"), reader.references(e), line(e))
