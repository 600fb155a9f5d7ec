"""Numbers: standard results and units by a conversion table, exact in decimals, half up.

Binary floats and Arrow's decimal-to-double cast misround; everything here is decimal text until the end.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column
from .registry import Algorithm, MapName, Records, Ref, Table, algorithm

NUMBER = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$"
LIMITED = r"^(?P<sign>[<>]=?)?\s*(?P<number>[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?)$"


def matching(values: Any, pattern: str) -> npt.NDArray[np.bool_]:
    """Which texts match a pattern (k,); a missing one does not."""
    out: npt.NDArray[np.bool_] = pc.fill_null(pc.match_substring_regex(values, pattern), False).to_numpy(
        zero_copy_only=False
    )
    return out


@algorithm
class NumberOf(Algorithm):
    """The number that a text is; text such as ``<2.0`` or ``NEGATIVE`` gives no number, and is no issue."""

    source: Ref
    numeric = True

    def apply(self, records: Records) -> Column:
        """Plain decimal text where the value is a number."""

        def kernel(values: Any) -> tuple[Any, dict[str, Any]]:
            plain = matching(values, r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$")
            return pc.if_else(pa.array(plain), values, None), {}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Numeric value of {self.source}; missing where it is not a number."


@algorithm
class StandardResult(Algorithm):
    """The result in the standard unit of its test: exact decimal factor, rounded half up.

    ``table`` has the columns test, unit, standard_unit, factor, decimals, and may have offset, which is added
    before the factor is applied (-32 from F to C); without a table the result is copied. ``<`` and ``>`` are
    kept; text that is no number is kept as it is. A factor of 1 without an offset keeps the digits as written.
    Issue DATA031: the table has no row for the test and unit of a result (the value is left out).
    """

    result: Ref
    test: Ref | None = None
    unit: Ref | None = None
    table: MapName | None = None

    def apply(self, records: Records) -> Column:
        """Standard results as text."""
        if self.table is None or self.test is None or self.unit is None:
            return records[self.result]
        conversions = Conversions(records.table(self.table))
        return records.each(conversions.convert, self.result, self.test, self.unit)

    def describe(self) -> str:
        """The method in a sentence."""
        if self.table is None:
            return f"Equal to {self.result}."
        by = f"factor of {self.test} and {self.unit} in table {self.table}"
        return f"{self.result} plus the offset, if any, multiplied by the {by}, rounded half up to its decimals."


@algorithm
class StandardUnit(Algorithm):
    """The standard unit of a test and a collected unit, from the conversion table; without one, the unit itself."""

    unit: Ref
    test: Ref | None = None
    table: MapName | None = None
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """Standard units; none where the table has no row (the result reports that)."""
        if self.table is None or self.test is None:
            return records[self.unit]
        conversions = Conversions(records.table(self.table))
        return records.each(conversions.standard_units, self.unit, self.test)

    def describe(self) -> str:
        """The method in a sentence."""
        if self.table is None:
            return f"Equal to {self.unit}."
        return f"Standard unit of {self.test} for {self.unit} in table {self.table}."


class Conversions:
    """A conversion table, ready for arrays of distinct (result, test, unit)."""

    def __init__(self, table: Table) -> None:
        keys = zip(table.column("test"), table.column("unit"), strict=True)
        self.row = {k: i for i, k in enumerate(keys)}
        self.unit = table.column("standard_unit")
        self.factor = [Decimal(f or "1") for f in table.column("factor")]
        self.decimals = np.array([int(d or 0) for d in table.column("decimals")] or [0])
        offsets = table.column("offset") if "offset" in table.columns else [None] * len(table)
        self.offset = [Decimal(o or "0") for o in offsets]

    def standard_units(self, units: Any, tests: Any) -> tuple[Any, dict[str, Any]]:
        """Standard unit of each (unit, test)."""
        row = self._rows(tests, units)
        return pa.array([None if i < 0 else self.unit[i] for i in row.tolist()], pa.string()), {}

    def convert(self, results: Any, tests: Any, units: Any) -> tuple[Any, dict[str, Any]]:
        """Standard result of each (result, test, unit)."""
        row = self._rows(tests, units)
        parts = pc.extract_regex(results, LIMITED)
        number, sign = pc.struct_field(parts, "number"), pc.fill_null(pc.struct_field(parts, "sign"), "")
        numeric = pc.is_valid(parts).to_numpy(zero_copy_only=False)
        unknown = numeric & (row < 0)
        changes = zip(self.factor, self.offset, strict=True)
        same = np.array([*(f == 1 and o == 0 for f, o in changes), True], bool)[row]
        out = pc.if_else(pa.array(same | ~numeric), number, None)
        for i in np.unique(row[numeric & ~same & (row >= 0)]).tolist():
            at = (row == i) & numeric
            out = pc.replace_with_mask(out, pa.array(at), self._scaled(pc.filter(number, pa.array(at)), i))
        text = pc.if_else(pa.array(numeric), pc.binary_join_element_wise(sign, out, ""), results)
        return pc.if_else(pa.array(unknown), None, text), {"DATA031": unknown}

    def _rows(self, tests: Any, units: Any) -> npt.NDArray[np.int64]:
        test, unit = tests.dictionary_encode(), units.dictionary_encode()
        names, terms = [*test.dictionary.to_pylist(), None], [*unit.dictionary.to_pylist(), None]
        table = np.array([[self.row.get((t, u), -1) for u in terms] for t in names], np.int64)
        a = np.asarray(pc.fill_null(test.indices, len(names) - 1))
        b = np.asarray(pc.fill_null(unit.indices, len(terms) - 1))
        return np.asarray(table[a, b], np.int64)

    def _scaled(self, numbers: Any, row: int) -> Any:
        decimals = int(self.decimals[row])
        exact = pc.cast(pc.cast(numbers, pa.decimal128(30, 15)), pa.decimal256(38, 15))
        if self.offset[row]:
            exact = pc.cast(pc.add(exact, _decimal(self.offset[row])), pa.decimal256(38, 15))
        rounded = pc.round(pc.multiply(exact, _decimal(self.factor[row])), decimals, round_mode="half_towards_infinity")
        return trimmed(pc.cast(rounded, pa.string()))


def _decimal(value: Decimal) -> Any:
    """An exact Arrow scalar."""
    places = max(0, -int(value.as_tuple().exponent))
    return pa.scalar(value, pa.decimal256(max(len(value.as_tuple().digits), places) + 1, places))


def trimmed(texts: Any) -> Any:
    """Plain decimal text without trailing zeros.

    >>> trimmed(pa.array(["6.9636000", "100.000", "0.0"])).to_pylist()
    ['6.9636', '100', '0']
    """
    return pc.replace_substring_regex(pc.replace_substring_regex(texts, r"(\.[0-9]*?)0+$", r"\1"), r"\.$", "")


@algorithm
class RangeIndicator(Algorithm):
    """LOW, NORMAL or HIGH: the result against the limits of its reference range, both in the same units.

    No value where the result is no number or neither limit is one. A result such as ``<2.0`` counts as LOW only
    where the lower limit is not below it. Issue DATA034: a limit is no number.
    """

    result: Ref
    low: Ref
    high: Ref

    def apply(self, records: Records) -> Column:
        """Terms of the codelist NRIND."""
        return records.each(_range_indicators, self.result, self.low, self.high)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"LOW where {self.result} is below {self.low}, HIGH where it is above {self.high}, else NORMAL."


def _range_indicators(results: Any, lows: Any, highs: Any) -> tuple[Any, dict[str, Any]]:
    parts = pc.extract_regex(results, LIMITED)
    sign = pc.fill_null(pc.struct_field(parts, "sign"), "")
    value = _floats(pc.struct_field(parts, "number"))
    low, high = _floats(lows), _floats(highs)
    less = pc.starts_with(sign, "<").to_numpy(zero_copy_only=False)
    more = pc.starts_with(sign, ">").to_numpy(zero_copy_only=False)
    is_low = (value < low) | (less & (value <= low))
    is_high = (value > high) | (more & (value >= high))
    known = ~np.isnan(value) & ~(np.isnan(low) & np.isnan(high))
    code = np.select(
        [~known, is_low & ~more, is_high & ~less, less & (value > low), more & (value < high)], [3, 0, 2, 3, 3], 1
    )
    wrong = (pc.is_valid(lows).to_numpy(zero_copy_only=False) & np.isnan(low)) | (
        pc.is_valid(highs).to_numpy(zero_copy_only=False) & np.isnan(high)
    )
    terms = pa.array(["LOW", "NORMAL", "HIGH", None])
    return terms.take(pa.array(code)), {"DATA034": wrong}


def _floats(texts: Any) -> npt.NDArray[np.float64]:
    plain = pc.if_else(pa.array(matching(texts, NUMBER)), texts, None)
    out = pc.fill_null(pc.cast(plain, pa.float64()), np.nan)
    return np.asarray(out, np.float64)
