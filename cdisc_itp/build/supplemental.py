"""SUPP--: non-standard variables of a parent dataset, one record a value (SDTMIG 3.4, 8.4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..model.column import Column, collect_text, constant, decoded, is_numeric, joined, numbers, present, take
from ..model.lineage import Links
from ..spec.builds import DatasetBuild
from .long_text import origin_of, qualifier_plan
from .records import DatasetRecords, Numbers


def build_supplemental(
    build: DatasetBuild,
    records: DatasetRecords,
    order: Numbers,
    frames: dict[str, pd.DataFrame],
    links: list[Links],
) -> None:
    """Add SUPP-- to ``frames``: records by subject, parent record, QNAM; lineage by way of the parent."""
    assert build.supplemental is not None
    sequence = f"{build.name[:2]}SEQ"
    by_sequence = build.name != "DM" and sequence in build.plan.names
    parts, rows = [], []
    for qnam in sorted({*build.spec.supplemental, *records.continued}):
        column = take(_values(records, qnam), order)
        at = np.flatnonzero(present(column))
        rows.append(at)
        parts.append(_records(build, records, order[at], qnam, by_sequence))
    place = np.concatenate(rows) if rows else np.empty(0, np.int64)
    sort = np.argsort(place, kind="stable")
    columns = {n: take(joined([p[n] for p in parts]), sort) for n in build.supplemental.names}
    frames[build.supplemental.name] = pd.DataFrame(columns, copy=False)
    record = np.arange(len(sort), dtype=np.int64)
    links.append(Links(build.supplemental.name, build.name, record, place[sort], "QVAL"))


def _records(
    build: DatasetBuild, records: DatasetRecords, at: Numbers, qnam: str, by_sequence: bool
) -> dict[str, Column]:
    further, n = records.continued.get(qnam), len(at)
    variable = further.variable if further is not None else qnam
    spec = build.spec.supplemental.get(variable)
    sequence = f"{build.name[:2]}SEQ"
    nothing = collect_text([None] * n)
    value = take(_values(records, qnam), at)
    return {
        "STUDYID": constant(records.study, n),
        "RDOMAIN": constant(build.name[:2], n),
        "USUBJID": take(records.subjects(), at),
        "IDVAR": constant(sequence, n) if by_sequence else nothing,
        "IDVARVAL": whole_numbers(take(records.columns[sequence], at)) if by_sequence else nothing,
        "QNAM": constant(qnam, n),
        "QLABEL": constant(qualifier_plan(build, variable).label, n),
        "QVAL": collect_text(decoded(value).tolist()) if not is_numeric(value) else _shortest(value),
        "QORIG": constant(origin_of(build, variable), n),
        "QEVAL": constant(spec.evaluator, n) if spec is not None and spec.evaluator else nothing,
    }


def _values(records: DatasetRecords, qnam: str) -> Column:
    further = records.continued.get(qnam)
    return records.columns[qnam] if further is None else further.column


def whole_numbers(column: Column) -> Column:
    """Whole numbers as text, as IDVARVAL has them."""
    return collect_text([str(int(v)) for v in numbers(column).tolist()])


def _shortest(column: Column) -> Column:
    return collect_text([f"{v:.0f}" if v == int(v) else repr(v) for v in numbers(column).tolist()])
