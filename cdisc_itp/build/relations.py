"""RELREC: related records of a subject, related datasets (SDTMIG 3.4, 8.2 and 8.3), made after --SEQ is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from msgspec import Struct

from ..algorithms.values import plain_decimal
from ..model.column import (
    Codes,
    Column,
    Rows,
    codes_of,
    collect_text,
    constant,
    distinct_tuples,
    empty_column,
    is_numeric,
    joined,
    numbers,
    present,
    ranks,
    take,
    text_column,
    values_of,
)
from ..model.lineage import Links
from ..spec.relations import FILE, RELREC, Relation, Relations

Frames = Mapping[str, pd.DataFrame]


class _Part(Struct, frozen=True):
    """Some records of RELREC by variable; ``origin`` (n,) numbers the origins (a dataset, or the spec's file),
    ``row`` (n,) is the record or line there, ``sequence`` (n,) is --SEQ, 0 for a dataset as a whole.
    """

    columns: dict[str, Column]
    origin: Codes
    row: Rows
    sequence: Rows


def build_relations(study: str, relations: Relations, frames: Frames) -> tuple[pd.DataFrame, list[Links]]:
    """RELREC from the finished ``frames``, and for each record the record (or line of the spec) that it is made from.

    Records of a subject are related where members have equal identifiers and more than one dataset has such a
    record. Related datasets come first, then subjects; RELID is the relation's name, with the identifier.
    """
    origins = [FILE, *relations.datasets]
    parts = [
        p for r in relations.relations for p in (_datasets(r, frames) if r.types else _records(r, frames, origins))
    ]
    if not parts:
        names = relations.plan.names
        return pd.DataFrame({n: empty_column(0) for n in names}, copy=False), []
    columns = {n: joined([p.columns[n] for p in parts]) for n in parts[0].columns}
    origin, row, sequence = (np.concatenate([getattr(p, n) for p in parts]) for n in ("origin", "row", "sequence"))
    by = [ranks(columns[n])[0] for n in ("RDOMAIN", "RELID", "USUBJID")]
    order = np.lexsort([sequence, *by])
    columns["STUDYID"] = constant(study, len(order))
    made = {n: take(columns[n], order) for n in relations.plan.names}
    return pd.DataFrame(made, copy=False), _links(origins, origin[order], row[order])


def _links(origins: Sequence[str], origin: Codes, row: Rows) -> list[Links]:
    out = []
    for number, name in enumerate(origins):
        at = np.flatnonzero(origin == number)
        if len(at):
            out.append(Links(RELREC, name, at, row[at], "RELTYPE" if name == FILE else "IDVARVAL"))
    return out


def _datasets(relation: Relation, frames: Frames) -> list[_Part]:
    """One record a dataset; none where a dataset has no records."""
    if not all(len(frames[d]) for d in relation.members):
        return []
    n = len(relation.members)
    columns = {
        "RDOMAIN": collect_text([relation.domains[d] for d in relation.members]),
        "USUBJID": empty_column(n),
        "IDVAR": collect_text(list(relation.members.values())),
        "IDVARVAL": empty_column(n),
        "RELTYPE": collect_text([relation.types[d] for d in relation.members]),
        "RELID": constant(relation.name, n),
    }
    return [_Part(columns, np.zeros(n, np.int32), np.full(n, relation.line - 1), np.zeros(n, np.int64))]


def _records(relation: Relation, frames: Frames, origins: Sequence[str]) -> list[_Part]:
    """The records of each subject and identifier that more than one dataset has."""
    subject, identifier, origin, row = _candidates(relation, frames, origins)
    if not len(row):
        return []
    group = distinct_tuples([subject, identifier])[0].astype(np.int64)
    datasets = np.bincount(np.unique(group * len(origins) + origin) // len(origins), minlength=int(group.max()) + 1)
    related = datasets[group] > 1
    relid = text_column(codes_of(identifier), [f"{relation.name}-{v}" for v in values_of(identifier).tolist()])
    out = []
    for dataset in relation.members:
        number, domain = origins.index(dataset), relation.domains[dataset]
        at = np.flatnonzero(related & (origin == number))
        if len(at):
            sequence = take(frames[dataset][f"{domain}SEQ"].array, row[at])
            columns = {
                "RDOMAIN": constant(domain, len(at)),
                "USUBJID": take(subject, at),
                "IDVAR": constant(f"{domain}SEQ", len(at)),
                "IDVARVAL": _as_text(sequence),
                "RELTYPE": empty_column(len(at)),
                "RELID": take(relid, at),
            }
            out.append(_Part(columns, origin[at], row[at], numbers(sequence).astype(np.int64)))
    return out


def _candidates(relation: Relation, frames: Frames, origins: Sequence[str]) -> tuple[Column, Column, Codes, Rows]:
    """Subject, identifier, origin and record (m,) of every record that has an identifier."""
    subjects, identifiers, origin, row = [], [], [], []
    for dataset, variable in relation.members.items():
        frame = frames[dataset]
        identifier: Column = frame[variable].array
        at = np.flatnonzero(present(identifier) & present(frame["USUBJID"].array))
        if len(at):
            subjects.append(take(frame["USUBJID"].array, at))
            identifiers.append(_as_text(take(identifier, at)))
            origin.append(np.full(len(at), origins.index(dataset), np.int32))
            row.append(at)
    if not row:
        return empty_column(0), empty_column(0), np.empty(0, np.int32), np.empty(0, np.int64)
    return joined(subjects), joined(identifiers), np.concatenate(origin), np.concatenate(row)


def _as_text(column: Column) -> Column:
    if not is_numeric(column):
        return column
    return text_column(codes_of(column), [plain_decimal(v) for v in values_of(column).tolist()])
