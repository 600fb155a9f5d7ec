"""What form rows and records have in common while their columns are made: reading, kernels, conditions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ..algorithms.values import as_text
from ..model.codelist import Codelist
from ..model.column import (
    Column,
    Mask,
    arrow_values,
    codes_of,
    distinct_tuples,
    is_numeric,
    number_column,
    present,
    spread,
    take,
    text_column,
    values_of,
)
from ..model.lineage import Occurrences, Places
from ..model.where import Comparison, Condition
from ..spec.maps import CsvTable
from ..spec.types import Step

Line = tuple[str, int]


class Rows:
    """Rows with named columns; an algorithm sees them as `algorithms.registry.Records`."""

    name = ""

    def __init__(self, study: str, n: int, columns: dict[str, Column], places: Places) -> None:
        self.study, self.n, self.columns, self.places = study, n, columns, places
        self.target = ""
        self.mask: Mask | None = None
        self.step: Step | None = None
        self.issues: list[Occurrences] = []
        self.held: set[Line] = set()
        self.unread: dict[str, Mask] = {}

    def __getitem__(self, ref: str) -> Column:
        return self.columns[ref]

    def has(self, ref: str) -> bool:
        """Whether a name means a column here."""
        return ref in self.columns

    @property
    def kind(self) -> str:
        """Records have no form type."""
        return "text"

    @property
    def source(self) -> str | None:
        """Records belong to no single source."""
        return None

    def table(self, name: str) -> CsvTable:
        """A table of maps/."""
        raise KeyError(name)

    def codelist(self, name: str | None = None) -> Codelist | None:
        """The codelist of a variable; form columns have none."""
        return None

    def each(self, kernel: Any, *refs: str) -> Column:
        """Apply a kernel to the distinct tuples of some columns; its problems become issues."""
        return self._each(kernel, refs, [self[r] for r in refs])

    def _each(self, kernel: Any, refs: tuple[str, ...], columns: list[Column]) -> Column:
        out, problems = apply_kernel(kernel, columns)
        for key, mask in problems.items():
            code, *at = key if isinstance(key, tuple) else (key, 0)
            self._occur(code, mask, refs[at[-1]], side_by_side([columns[i] for i in at]))
        return out

    def issue(self, code: str, mask: Mask, ref: str | None = None, detail: str = "") -> None:
        """Report an issue for the rows at ``mask``."""
        value = self[ref] if ref else text_column(np.full(self.n, -1), [])
        self._occur(code, mask, ref or "", value, detail)

    def _occur(self, code: str, mask: Mask, ref: str, value: Column, detail: str = "") -> None:
        at = mask if self.mask is None else mask & self.mask
        if at.any():
            subject = self.columns.get("USUBJID")
            line = ("", 0) if self.step is None else (self.step.file, self.step.line)
            self.issues.append(
                Occurrences.at(code, self.name, self.target, ref, value, self.places, at, detail, subject, line)
            )

    def is_number(self, ref: str) -> bool:
        """Whether a name means a form column of kind number (text, that is compared as a number)."""
        return False

    def holds(self, condition: Condition) -> Mask:
        """The rows for which a condition holds (n,)."""
        return holds(condition, self.__getitem__, self.n, self.is_number, self.not_understood)

    def not_understood(self, ref: str) -> Mask | None:
        """The rows (n,) in which something was written that gave an issue and no value; None: there are none."""
        return self.unread.get(ref)

    def remember_unread(self, name: str, issues_before: int) -> None:
        """Keep in which rows the column that was just made has no value since something was wrong."""
        wrong = np.zeros(self.n, bool)
        for found in self.issues[issues_before:]:
            if found.variable == name and found.index is not None:
                wrong[found.index] = True
        wrong &= ~present(self.columns[name])
        self.unread = {k: v for k, v in self.unread.items() if k != name} | ({name: wrong} if wrong.any() else {})

    def decided(self, step: Step) -> Mask:
        """The rows (n,) of which no line after this one may speak, whatever this one gave."""
        out = np.zeros(self.n, bool)
        for parameter in step.algorithm.decides:
            ref = getattr(step.algorithm, parameter)
            unread = self.not_understood(ref)
            out |= present(self[ref]) if unread is None else present(self[ref]) | unread
        return out

    def applies(self, step: Step) -> Mask:
        """The rows for which a step's ``when`` holds (n,); that it held somewhere is remembered."""
        if step.when is None:
            return np.ones(self.n, bool)
        mask = self.holds(step.when)
        if mask.any():
            self.held.add((step.file, step.line))
        return mask


def holds(
    condition: Condition,
    column: Callable[[str], Column],
    n: int,
    is_number: Callable[[str], bool] = lambda ref: False,
    not_understood: Callable[[str], Mask | None] = lambda ref: None,
) -> Mask:
    """The rows (n,) for which a condition holds; ``column`` gives the column of a name.

    ``is_number`` says which names mean text that is compared as numbers. A value that was written and
    ``not_understood`` (n,) is neither missing nor present.
    """
    out = np.zeros(n, bool)
    for clause in condition.clauses:
        every = np.ones(n, bool)
        for comparison in clause.comparisons:
            every &= compared(column(comparison.ref), comparison, is_number(comparison.ref))
            if comparison.comparator == "IS" and (unread := not_understood(comparison.ref)) is not None:
                every &= ~unread
        out |= every
    return out


def compared(column: Column, comparison: Comparison, number: bool = False) -> Mask:
    """The rows (n,) for which one comparison holds; a missing value is unequal to every value.

    Text of a form column of kind ``number`` is compared as a number: 5.0 is 5.
    """
    if comparison.comparator == "IS":
        return np.asarray(present(column) == (comparison.values[0] == "PRESENT"), bool)
    word = comparison.comparator
    if word in ("EQ", "NE", "IN", "NOTIN"):
        numeric = number or is_numeric(column)
        values: list[Any] = [float(v) for v in comparison.values] if numeric else list(comparison.values)
        hit = np.isin(_as_numbers(column) if numeric else values_of(column), values)
        negative = word in ("NE", "NOTIN")
        return np.asarray(spread(~hit if negative else hit, column, negative), bool)
    left = _as_numbers(column)
    right = float(comparison.values[0])
    test: dict[str, Callable[[Any, Any], Any]] = {
        "LT": np.less,
        "LE": np.less_equal,
        "GT": np.greater,
        "GE": np.greater_equal,
    }
    return np.asarray(spread(np.asarray(test[word](left, right), bool), column, False), bool)


def _as_numbers(column: Column) -> npt.NDArray[np.float64]:
    if is_numeric(column):
        return np.asarray(values_of(column), np.float64)
    return np.asarray(pd.to_numeric(pd.Series(values_of(column)), errors="coerce"), np.float64)


def apply_kernel(kernel: Any, columns: list[Column]) -> tuple[Column, dict[Any, Mask]]:
    """A kernel on the distinct values (or tuples) of columns: the column (n,) and the problems' masks (n,)."""
    if len(columns) == 1:
        codes, arrays = codes_of(columns[0]), [arrow_values(columns[0])]
    else:
        codes, parts = distinct_tuples(columns)
        arrays = [arrow_values(c).take(pa.array(p, mask=p < 0)) for c, p in zip(columns, parts, strict=True)]
    out, problems = kernel(*arrays)
    masks = {code: np.append(np.asarray(m, bool), False)[codes] for code, m in problems.items() if np.any(m)}
    if len(columns) == 1 and type(out) is type(arrays[0]) and out.equals(arrays[0]):
        return columns[0], masks
    return take(as_column(out), codes), masks


def side_by_side(columns: list[Column]) -> Column:
    """One column as it is; of several the values that stand beside each other, as one text a row."""
    if len(columns) == 1:
        return columns[0]
    codes, parts = distinct_tuples(columns)
    texts = [[shown or "(none)" for shown in _shown(c, p)] for c, p in zip(columns, parts, strict=True)]
    return text_column(codes, [", ".join(values) for values in zip(*texts, strict=True)])


def _shown(column: Column, codes: npt.NDArray[Any]) -> list[str | None]:
    values = as_text(arrow_values(column)).to_pylist()
    return [values[c] if c >= 0 else None for c in codes.tolist()]


def as_column(values: Any) -> Column:
    """An Arrow array (k,) as a column of k rows."""
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    encoded = array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(-1) if encoded.indices.null_count else encoded.indices)
    if pa.types.is_floating(encoded.dictionary.type):
        return number_column(codes, np.asarray(encoded.dictionary))
    return text_column(codes, encoded.dictionary)


def subset(columns: dict[str, Column], rows: npt.NDArray[Any]) -> dict[str, Column]:
    """Every column at ``rows``."""
    return {k: take(c, rows) for k, c in columns.items()}


def of_sources(origin: npt.NDArray[np.int32], numbers: Collection[int]) -> Mask:
    """Which records (n,) come from one of some record sources, of which there are few."""
    return np.logical_or.reduce([origin == i for i in numbers]) if numbers else np.zeros(len(origin), bool)
