"""Supplemental qualifiers as columns of the records that they qualify."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ..algorithms.values import as_text
from ..model.column import Column, decoded, distinct_tuples, joined, recoded, take, text_column


def qualifier_columns(parent: dict[str, Column], qualifiers: pd.DataFrame) -> dict[str, Column]:
    """A column (n,) for each QNAM: the QVAL of the supplemental record that names the parent's record.

    A qualifier is found by USUBJID and the variable that IDVAR names (none: the subject's one record).
    """
    given: dict[str, Column] = {str(c): qualifiers[c].array for c in qualifiers.columns}
    parts = {name: np.flatnonzero(decoded(given["QNAM"]) == name) for name in given["QNAM"].categories.tolist()}
    return {name: _column(parent, given, rows) for name, rows in sorted(parts.items()) if len(rows)}


def _column(parent: dict[str, Column], given: dict[str, Column], rows: np.ndarray) -> Column:
    names = sorted(set(decoded(take(given["IDVAR"], rows), "").tolist()))
    n = len(parent["USUBJID"])
    row = np.full(n, -1, np.int64)
    for name in names:
        at = rows[decoded(take(given["IDVAR"], rows), "") == name]
        theirs = [take(given["USUBJID"], at), *([take(given["IDVARVAL"], at)] if name else [])]
        ours = [parent["USUBJID"], *([_text(parent[name])] if name else [])]
        group, parts = distinct_tuples([joined([o, t]) for o, t in zip(ours, theirs, strict=True)])
        place = np.full(len(parts[0]), -1, np.int64)
        place[group[n:]] = at
        found = place[group[:n]]
        row = np.where(found >= 0, found, row)
    return take(given["QVAL"], row)


def _text(column: Column) -> Column:
    """Numbers as the text that IDVARVAL holds."""
    texts = as_text(pa.array(column.categories))
    return recoded(column, text_column(np.arange(len(texts)), texts.cast(pa.large_string())))
