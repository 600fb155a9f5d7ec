"""Values in the type of their variable: text to numbers and dates, numbers to text."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..algorithms.moments import complete_moments
from ..algorithms.values import plain_decimal
from ..model.column import (
    Column,
    arrow_values,
    blanked,
    codes_of,
    is_numeric,
    number_column,
    spread,
    text_column,
    values_of,
)
from .records import DatasetRecords


def typed(records: DatasetRecords, column: Column, numeric: bool) -> Column:
    """Text to numbers where the variable is numeric (DATA020), numbers to text where it is not.

    A complete ISO 8601 date becomes the number of a numeric date or datetime; a partial one is no number.
    """
    if numeric and not is_numeric(column):
        return _as_numbers(records, column)
    if not numeric and is_numeric(column):
        return _as_text(records, column)
    return column


def _as_numbers(records: DatasetRecords, column: Column) -> Column:
    texts = arrow_values(column)
    plain = pc.fill_null(pc.match_substring_regex(texts, r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"), False)
    value = np.asarray(pc.fill_null(pc.cast(pc.if_else(plain, texts, None), pa.float64()), np.nan))
    if _is_moment(records):
        value = np.where(np.isnan(value), complete_moments(texts, records.target), value)
    wrong = np.asarray(spread(np.isnan(value), column, False), bool)
    if wrong.any():
        records._occur("DATA020", wrong, "", column)
    distinct, index = np.unique(value[~np.isnan(value)], return_inverse=True)
    table = np.full(len(value) + 1, -1, np.int32)
    table[:-1][~np.isnan(value)] = index
    return number_column(table[codes_of(column)], distinct)


def _is_moment(records: DatasetRecords) -> bool:
    """Whether the variable that is made holds numeric dates or datetimes."""
    plan = next((v for v in records.build.plan.variables if v.name == records.target), None)
    return plan is not None and re.match("DATE", plan.display_format or "") is not None


def _as_text(records: DatasetRecords, column: Column) -> Column:
    """Numbers as plain decimals; one that is infinite is no text (DATA072)."""
    finite = np.isfinite(values_of(column))
    if not finite.all():
        endless = np.asarray(spread(~finite, column, False), bool)
        records._occur("DATA072", endless, "", column)
        column = blanked(column, endless)
    texts = [plain_decimal(v) if ok else "" for v, ok in zip(values_of(column).tolist(), finite, strict=True)]
    return text_column(codes_of(column), texts)
