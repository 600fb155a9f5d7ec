"""What was found as one document of plain values (`writers.sites_json.SITES_SCHEMA`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from msgspec.structs import asdict

from ..build.raw_columns import column_fates
from ..profile.columns import ColumnProfile, ValueCount
from ..profile.dates import DateStyle
from ..profile.numbers import NumberStyle
from ..spec.load import StudyFiles
from ..spec.suggest import near
from ..standards.identifiers import said_kind
from .blocks import Part, named_columns
from .judged import Judged
from .reading import RawFiles, SourceTable, Unreadable
from .results import UnitOfTest
from .subjects import SubjectGap, rows_by_subject
from .writing import Writing, as_declared, declared_formats, differing

Document = dict[str, Any]
SHOWN_SUBJECTS = 20


def table_document(files: StudyFiles, table: SourceTable) -> Document:
    """One raw table with its columns, their places in the spec, and what is wrong."""
    p, source = table.profile, files.sources[table.table.source]
    fates = {f.column: f for f in column_fates(files, [table.table]) if f.fate != "dropped"}
    there = {c.name for c in p.columns} | set(p.dropped)
    formats = declared_formats(source, table.table.name)
    missing: dict[str, Document] = {}
    for column, use, line in named_columns(source, table.table.name):
        if column not in there:
            entry = missing.setdefault(column, {"column": column, "for": [], "line": line, "hint": near(column, there)})
            entry["for"] += [use] if use not in entry["for"] else []
    return {
        "source": table.table.source,
        "table": table.table.name,
        "file": p.file,
        "sheet": p.sheet,
        "sha256": p.sha256,
        "rows": p.rows,
        "duplicates": p.duplicates,
        "not_submitted": table.options.not_submitted,
        "detected": [_detected(table, d.what, d.value, d.confidence) for d in p.detected],
        "skipped": p.skipped,
        "dropped": p.dropped,
        "notes": list(p.notes),
        "problems": [str(problem) for problem in table.problems],
        "unknown": [
            c.name
            for c in p.columns
            if fates[c.name].fate == "not submitted" and not fates[c.name].reason and c.name not in p.decodes
        ],
        "missing": list(missing.values()),
        "columns": [
            {**column_document(as_declared(c, formats.get(c.name, ()))), "place": _place(fates[c.name])}
            for c in p.columns
        ],
    }


def _place(fate: Any) -> Document:
    return {"fate": fate.fate if fate.reason else "no place", "reason": fate.reason}


def _detected(table: SourceTable, what: str, value: str, confidence: float) -> Document:
    declared = getattr(table.options, what, None) is not None
    return {"what": what, "value": value, "confidence": round(confidence, 4), "declared": declared}


def column_document(c: ColumnProfile) -> Document:
    """A column's profile; values that are not to be shown are not in it."""
    return {
        "column": c.name,
        "label": c.label,
        "kind": c.kind,
        "evidence": c.evidence,
        "missing": c.missing,
        "distinct": c.distinct,
        "count": c.count,
        "hidden": c.hidden,
        "values": _values(c.commonest),
        "shapes": _values(c.shapes[:3]),
        "dates": [_date(d) for d in c.dates],
        "number": None if c.number is None else number_document(c.number),
        "marks": _values(c.marks),
        "traits": {str(k): n for k, n in c.traits.items()},
        "roles": [r.name for r in c.roles],
        "identifier": c.identifier,
        "identifier_like": [{"shape": i.shape, "count": i.count, "rows": list(i.rows)} for i in c.identifiers],
    }


def _values(values: Iterable[ValueCount]) -> list[Document]:
    return [{"value": v.value, "count": v.count} for v in values]


def _date(d: DateStyle) -> Document:
    return {
        "format": d.format,
        "count": d.count,
        "partial": d.partial,
        "impossible": d.impossible,
        "ambiguous": d.ambiguous,
        "certain": d.certain,
        "other": d.other,
    }


def number_document(number: NumberStyle) -> Document:
    """How numbers are written."""
    return {
        "count": number.count,
        "mark": number.mark,
        "thousands": number.thousands,
        "decimals": {str(digits): n for digits, n in number.decimals},
        "limits": number.limits,
        "uncertain": number.uncertain,
    }


def unreadable_document(found: Unreadable) -> Document:
    """A file that gave no table."""
    return {"source": found.source, "table": found.name, "problem": str(found.problem)}


def form_document(files: StudyFiles, form: str, parts: list[Part], found: list[Writing]) -> Document:
    """One form: rows by source, and how each source writes each column."""
    mine = [p for p in parts if p.form == form]
    written = [w for w in found if w.form == form]
    sources = {}
    for source in dict.fromkeys(p.source for p in mine):
        own = [p for p in mine if p.source == source]
        raw = {p.table.table.number: len(p.table.raw.rows) for p in own}
        subjects = {s for p in own for s in rows_by_subject(p)}
        live = sum(int(p.live.sum()) for p in own)
        sources[source] = {"raw_rows": sum(raw.values()), "form_rows": live, "subjects": len(subjects)}
    return {
        "form": form,
        "row": files.forms[form].row,
        "sources": sources,
        "columns": [_column(c, k, [w for w in written if w.column == c]) for c, k in files.forms[form].columns.items()],
    }


def _column(column: str, kind: str, found: list[Writing]) -> Document:
    return {
        "column": column,
        "kind": kind,
        "differs": differing(found),
        "written": [
            {
                "source": w.source,
                "file": w.file,
                "said": w.said,
                "raw": w.raw,
                "seen": None if w.profile is None else column_document(w.profile),
            }
            for w in found
        ],
    }


def judged_document(j: Judged) -> Document:
    """A value that the spec cannot take; null where it is not to be shown."""
    return asdict(j)


def unit_document(u: UnitOfTest) -> Document:
    """A test in a unit at a source."""
    number = None if u.number is None else number_document(u.number)
    return {"form": u.form, "test": u.test, "source": u.source, "unit": u.unit, "count": u.count, "number": number}


def gap_document(gap: SubjectGap) -> Document:
    """Subjects of whom a form says less or more than it should; the first few are named."""
    return {
        "form": gap.form,
        "source": gap.source,
        "what": gap.what,
        "count": len(gap.subjects),
        "subjects": list(gap.subjects[:SHOWN_SUBJECTS]),
    }


def identifiers_document(raw: RawFiles) -> Document:
    """Direct identifiers: cells dropped at reading, and what looks like one elsewhere. Counts and places only."""
    dropped = [
        {"source": t.table.source, "file": t.raw.file, "column": c, "cells": n}
        for t in raw.tables
        for c, n in t.raw.dropped.items()
    ]
    suspected = []
    for table in raw.tables:
        for c in table.profile.columns:
            at = {"source": table.table.source, "file": table.raw.file, "column": c.name}
            # What was left out of such a column repeats it, whatever shape it has.
            filled = c.count + max((i.count for i in c.identifiers), default=0)
            if c.identifier is not None and filled:
                why = f"the name speaks of a person's {c.identifier}"
                suspected.append({**at, "why": why, "count": filled, "rows": []})
            suspected += [
                {**at, "why": said_kind(i.shape), "count": i.count, "rows": list(i.rows)} for i in c.identifiers
            ]
    return {"dropped": dropped, "suspected": suspected}


def totals_of(raw: RawFiles) -> Document:
    """Files, tables and rows by source."""
    tables = Counter(t.table.source for t in raw.tables)
    rows: Counter[str] = Counter()
    for t in raw.tables:
        rows[t.table.source] += t.profile.rows
    return {source: {"tables": n, "rows": rows[source]} for source, n in tables.items()}
