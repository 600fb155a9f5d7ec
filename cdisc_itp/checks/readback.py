"""XPT120: two readings of one file, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Codes, text_index
from ..model.issue import Finding
from .columns import are_same
from .package import Package
from .registry import RULES, Found, NotApplicableError, found, rule, show, to_finding

Cells: TypeAlias = tuple[Codes, "pd.Index[Any]"]
Columns: TypeAlias = Mapping[str, Any]
CODE = "XPT120"


@rule(
    CODE,
    "error",
    "Another program reads another value",
    "A transport file says the same to every program that reads it; where two read differently, one of them is wrong, "
    "or the file is at the edge of what the format can hold.",
    "Report it with the file: it is a defect of the writer or of one of the readers.",
    "{what} is {value} in one reading and {other} in the other",
    "SAS TS-140",
)
def check_readings(package: Package) -> Iterator[Found]:
    """Readings by other programs (``Package.readings``) are the same as the reader's own."""
    if not package.readings:
        raise NotApplicableError("the files were read by one program only")
    for name, frames in package.readings.items():
        for other in frames if name in package.by_name else ():
            yield from _differences(name, package.by_name[name].columns, _columns(other))


def compare_frames(name: str, a: pd.DataFrame, b: pd.DataFrame) -> list[Finding]:
    """Where two readings of dataset ``name`` differ: in variables, records, types or cells (all of them, in order).

    Columns may be Categoricals, text or numbers. Empty text, text of blanks and no value are the same, and so are
    texts that differ in blanks at the end; numbers must be equal to the last bit.
    """
    return compare_columns(name, _columns(a), _columns(b))


def compare_columns(name: str, a: Columns, b: Columns) -> list[Finding]:
    """As `compare_frames`, of columns by name."""
    return [to_finding(RULES[CODE], f) for f in _differences(name, a, b)]


def _columns(frame: pd.DataFrame) -> Columns:
    return {str(name): cells.array for name, cells in frame.items()}


def _differences(name: str, a: Columns, b: Columns) -> Iterator[Found]:
    if list(a) != list(b):
        extra = [*(c for c in a if c not in b), *(c for c in b if c not in a)]
        shown = ", ".join(extra) or "the order"
        yield found(name, None, " ".join(a), what=f"the list of variables ({shown})", other="another")
    sizes = [len(next(iter(columns.values()), ())) for columns in (a, b)]
    if sizes[0] != sizes[1]:
        yield found(name, None, sizes[0], what="the number of records", other=sizes[1])
        return
    for column in (c for c in a if c in b):
        if not _are_equal(a[column], b[column]):
            yield from _cell_differences(name, column, a[column], b[column])


def _are_equal(a: Any, b: Any) -> bool:
    """Whether two columns are Categoricals with the same cells as they stand, blanks at the end included."""
    return isinstance(a, pd.Categorical) and isinstance(b, pd.Categorical) and are_same(a, b)


def _cell_differences(name: str, variable: str, a: Any, b: Any) -> Iterator[Found]:
    (left, values), (right, others) = _cells(a), _cells(b)
    if len(values) and len(others) and _is_number(values) != _is_number(others):
        yield found(name, variable, "a number" if _is_number(values) else "text", what=variable, other="not")
        return
    place = _places(values, others)
    for row in np.flatnonzero(left != np.append(place, -1)[right]).tolist():
        shown, other = (_shown(i, c[row]) for i, c in ((values, left), (others, right)))
        yield Found(name, variable, row + 1, shown, {"what": f"{variable} of record {row + 1}", "other": other})


def _places(values: pd.Index[Any], others: pd.Index[Any]) -> Codes:
    """Where each of ``others`` (k,) is among the values; -2, which no record has, where it is not."""
    if not len(values) or not len(others):
        return np.full(len(others), -2, np.int32)
    if _is_number(values):
        found = values.get_indexer(others)
        return np.where(found < 0, -2, found).astype(np.int32)
    at = pc.index_in(pa.array(others, pa.large_string()), pa.array(values, pa.large_string()))
    return np.array(pc.fill_null(at, -2), np.int32)


def _shown(values: pd.Index[Any], code: int) -> str:
    return "no value" if code < 0 else show(values[code])


def _is_number(values: pd.Index[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values.dtype))


def _cells(column: Any) -> Cells:
    """Codes (n,) into distinct values, -1 for no value; text without blanks at the end."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = np.asarray(column.codes), column.categories
    else:
        plain = column.to_numpy(np.float64) if pd.api.types.is_numeric_dtype(column.dtype) else column.to_numpy(object)
        codes, distinct = pd.factorize(plain, use_na_sentinel=True)
        values = pd.Index(distinct)
    if _is_number(values):
        return codes.astype(np.int32), pd.Index(values.to_numpy(np.float64))
    shown = pa.array(values, pa.large_string())
    trimmed = pc.utf8_rtrim(shown, " ")
    if trimmed.equals(shown) and not pc.any(pc.equal(shown, "")).as_py():
        return codes.astype(np.int32), values
    kept = pc.if_else(pc.equal(trimmed, ""), None, trimmed).dictionary_encode()
    again = np.array(pc.fill_null(kept.indices, -1), np.int32)
    return np.append(again, np.int32(-1))[codes], text_index(kept.dictionary)
