"""Define-XML: what several of its elements hold (texts, documents, expressions), and the displays of ARM 1.0."""

from __future__ import annotations

from msgspec import Struct


class Translation(Struct, frozen=True):
    """A TranslatedText in a further language."""

    language: str | None
    text: str


class PageRef(Struct, frozen=True):
    """def:PDFPageRef: pages ``refs`` ("12 14") or names of destinations, or a range ``first`` to ``last``."""

    type: str | None
    refs: tuple[str, ...]
    first: str | None
    last: str | None
    title: str | None


class DocumentRef(Struct, frozen=True):
    """def:DocumentRef: a document, by its leaf, and the places in it that are meant."""

    leaf: str | None
    pages: tuple[PageRef, ...]
    line: int


class Leaf(Struct, frozen=True):
    """def:leaf: a file."""

    id: str | None
    href: str | None
    title: str | None
    line: int


class OriginDef(Struct, frozen=True):
    """def:Origin: type, source, description and the documents with their pages."""

    type: str | None
    source: str | None
    description: str | None
    pages: tuple[tuple[str, str | None], ...]
    line: int
    references: tuple[DocumentRef, ...] = ()
    translations: tuple[Translation, ...] = ()


class Expression(Struct, frozen=True):
    """FormalExpression of a method: ``context`` names the language."""

    context: str | None
    text: str


class AnalysisDataset(Struct, frozen=True):
    """arm:AnalysisDataset: a dataset, the records of it that were used, and the variables that were analysed."""

    item_group: str | None
    where_clauses: tuple[str, ...]
    variables: tuple[str, ...]
    line: int


class ProgrammingCode(Struct, frozen=True):
    """arm:ProgrammingCode: the statements themselves, or documents that hold them."""

    context: str | None
    code: str | None
    documents: tuple[DocumentRef, ...]
    line: int


class AnalysisResult(Struct, frozen=True):
    """arm:AnalysisResult; ``comment`` is that of its datasets, ``documentation`` says how it was made."""

    oid: str | None
    parameter: str | None
    reason: str | None
    purpose: str | None
    text: str | None
    comment: str | None
    datasets: tuple[AnalysisDataset, ...]
    documentation: str | None
    documents: tuple[DocumentRef, ...]
    code: ProgrammingCode | None
    line: int
    translations: tuple[Translation, ...] = ()


class ResultDisplay(Struct, frozen=True):
    """arm:ResultDisplay: a table or figure of the report with its results."""

    oid: str | None
    name: str | None
    text: str | None
    documents: tuple[DocumentRef, ...]
    results: tuple[AnalysisResult, ...]
    line: int
    translations: tuple[Translation, ...] = ()
