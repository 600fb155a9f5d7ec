"""Numbers: standard results and units by a conversion table, exact in decimals, half up.

Binary floats and Arrow's decimal-to-double cast misround; everything here is decimal text until the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, blanked, is_numeric, present
from .registry import Algorithm, MapName, Problems, Records, Ref, Table, algorithm, parameter
from .values import ANY_NUMBER, TEXT, Mask, as_mask, as_text, fits, join_texts, kept, matching, valid

CONVERSION = ("test", "unit", "standard_unit", "factor", "decimals")
# What fits an Arrow decimal together with a factor of the same size; longer numbers go by Python's decimals.
SHORT_NUMBER = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?"
LIMITED = rf"^(?P<sign>[<>]=?)?\s*(?P<number>{ANY_NUMBER})$"
# What a comma makes ambiguous: decimals in one country, thousands in another.
_WITH_COMMA = r"(?:[<>]=?)?\s*[+-]?[0-9][0-9.]*,[0-9]+(?:\.[0-9]+)?"
_EXACT = Context(prec=2200, rounding=ROUND_HALF_UP, Emax=9999, Emin=-9999)


@algorithm
class NumberOf(Algorithm):
    """The number that a text is; text such as ``<2.0`` or ``NEGATIVE`` gives no number, and is no issue.

    >>> NumberOf(Ref("LBSTRESC")).describe()
    'Numeric value of LBSTRESC; missing where it is not a number.'
    """

    source: Ref
    numeric = True

    def apply(self, records: Records) -> Column:
        """Numbers where the value is one."""

        def kernel(values: Any) -> tuple[Any, dict[str, Mask]]:
            text = as_text(values)
            return pc.cast(kept(text, matching(text, ANY_NUMBER)), pa.float64()), {}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Numeric value of {self.source}; missing where it is not a number."


class _Converting(Algorithm):
    """Common to the words that read a conversion table."""

    table: MapName | None

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The conversion table."""
        return {} if self.table is None else {self.table: CONVERSION}

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Rows of the conversion table that cannot be used."""
        offsets = table.column("offset") if "offset" in table.columns else [None] * len(table)
        rows = zip(table.column("factor"), table.column("decimals"), offsets, strict=True)
        for i, (factor, decimals, offset) in enumerate(rows):
            flaw = _flaw(factor or "", decimals or "", offset or "0")
            if flaw:
                yield i, flaw


def _flaw(factor: str, decimals: str, offset: str) -> str:
    """What is wrong with a row's numbers.

    >>> _flaw("88.42", "", "0"), _flaw("1", "", "0"), _flaw("0", "1", "0")
    ("decimals '' is not a whole number from 0 to 15", '', "factor '0' is no number above 0 such as 88.42")
    """
    if not fits(factor, SHORT_NUMBER) or Decimal(factor) <= 0:
        return f"factor '{factor}' is no number above 0 such as 88.42"
    if not fits(offset, SHORT_NUMBER):
        return f"offset '{offset}' is no number such as -32"
    copied = Decimal(factor) == 1 and Decimal(offset) == 0
    if not (copied and not decimals) and not fits(decimals, "[0-9]|1[0-5]"):
        return f"decimals '{decimals}' is not a whole number from 0 to 15"
    return ""


@algorithm
class StandardResult(_Converting):
    """The result in the standard unit of its test: exact decimal factor, rounded half up.

    ``table`` has the columns test, unit, standard_unit, factor, decimals, and may have offset, which is added
    before the factor is applied (-32 from F to C); without a table the result is copied. ``<`` and ``>`` are
    kept; text without a digit is kept as it is. A factor of 1 without an offset keeps the digits as written.
    Issues: DATA031 (the table has no row for the test and unit of a number), DATA020 (a text with digits is no
    number, and its unit is not the standard one or one of numbers, with ``decimals``; without a table, a number
    is written with a comma); the value is left out.

    >>> StandardResult(Ref("LBORRES")).describe()
    'Equal to LBORRES.'
    """

    result: Ref
    test: Ref | None = parameter(default=None, needs=("unit", "table"))
    unit: Ref | None = parameter(default=None, needs=("test", "table"))
    table: MapName | None = parameter(default=None, needs=("test", "unit"))

    def apply(self, records: Records) -> Column:
        """Standard results as text."""
        if self.table is None or self.test is None or self.unit is None:
            column = records[self.result]
            return column if is_numeric(column) else records.each(_copied, self.result)
        conversions = Conversions(records.table(self.table))
        return records.each(conversions.convert, self.result, self.test, self.unit)

    def describe(self) -> str:
        """The method in a sentence."""
        if self.table is None:
            return f"Equal to {self.result}."
        by = f"factor of {self.test} and {self.unit} in table {self.table}"
        return f"{self.result} plus the offset, if any, multiplied by the {by}, rounded half up to its decimals."


def _copied(results: Any) -> tuple[Any, Problems]:
    """The results as they are, but for numbers with a comma."""
    unclear = matching(as_text(results), _WITH_COMMA)
    return kept(results, ~unclear), {"DATA020": unclear}


@algorithm
class StandardUnit(_Converting):
    """The standard unit of a test and a collected unit, from the conversion table; without one, the unit itself.

    Where the dataset's standard result (--STRESC) has no value, its unit (--STRESU) has none either.

    >>> StandardUnit(Ref("LBORRESU"), Ref("LBTESTCD"), MapName("lab_conversions")).describe()
    'Standard unit of LBTESTCD for LBORRESU in table lab_conversions.'
    """

    unit: Ref
    test: Ref | None = parameter(default=None, needs=("table",))
    table: MapName | None = parameter(default=None, needs=("test",))
    result: Ref | None = parameter(default=None, hidden=True)
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """Standard units; none where the table has no row (the result reports that)."""
        units = self._units(records)
        return units if self.result is None else blanked(units, ~present(records[self.result]))

    def _units(self, records: Records) -> Column:
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
        self.decimals = [int(d or 0) for d in table.column("decimals")]
        offsets = table.column("offset") if "offset" in table.columns else [None] * len(table)
        self.offset = [Decimal(o or "0") for o in offsets]
        changes = zip(self.factor, self.offset, strict=True)
        # The last entry stands for row -1: no conversion.
        self.copied = np.array([*(f == 1 and o == 0 for f, o in changes), True], bool)
        self.of_numbers = np.array([*(d is not None for d in table.column("decimals")), False], bool)

    def standard_units(self, units: Any, tests: Any) -> tuple[Any, dict[str, Mask]]:
        """Standard unit of each (unit, test)."""
        row = self._rows(as_text(tests), as_text(units))
        return pa.array([None if i < 0 else self.unit[i] for i in row.tolist()], TEXT), {}

    def convert(self, results: Any, tests: Any, units: Any) -> tuple[Any, Problems]:
        """Standard result of each (result, test, unit)."""
        results, row = as_text(results), self._rows(as_text(tests), as_text(units))
        # Tuples of result, test and unit are many more than results: what a text is, is found once a text.
        encoded = results.dictionary_encode()
        parts = pc.extract_regex(encoded.dictionary, LIMITED)
        number = pc.struct_field(parts, "number").take(encoded.indices)
        sign = pc.fill_null(pc.struct_field(parts, "sign").take(encoded.indices), "")
        numeric, copied = _taken(valid(parts), encoded, False), self.copied[row]
        unknown = numeric & (row < 0)
        with_digits = _taken(_with_digits(encoded.dictionary), encoded, False)
        unreadable = ~numeric & (~copied | self.of_numbers[row]) & with_digits
        out = kept(number, numeric & copied)
        for i in np.unique(row[numeric & ~copied]).tolist():
            at = pa.array((row == i) & numeric)
            out = pc.replace_with_mask(out, at, self._scaled(pc.filter(number, at), i))
        text = pc.if_else(pa.array(numeric), join_texts(sign, out), results)
        return kept(text, ~unknown & ~unreadable), {("DATA031", 1, 2): unknown, "DATA020": unreadable}

    def _rows(self, tests: Any, units: Any) -> npt.NDArray[np.int64]:
        test, unit = tests.dictionary_encode(), units.dictionary_encode()
        names, terms = [*test.dictionary.to_pylist(), None], [*unit.dictionary.to_pylist(), None]
        table = np.array([[self.row.get((t, u), -1) for u in terms] for t in names], np.int64)
        a = np.asarray(pc.fill_null(test.indices, len(names) - 1))
        b = np.asarray(pc.fill_null(unit.indices, len(terms) - 1))
        return np.asarray(table[a, b], np.int64)

    def _scaled(self, numbers: Any, row: int) -> Any:
        short = matching(numbers, SHORT_NUMBER)
        out = self._scaled_short(kept(numbers, short), row)
        if short.all():
            return out
        long = [self._scaled_long(n, row) for n in pc.filter(numbers, pa.array(~short)).to_pylist()]
        return pc.replace_with_mask(out, pa.array(~short), pa.array(long, TEXT))

    def _scaled_short(self, numbers: Any, row: int) -> Any:
        exact = pc.cast(pc.cast(numbers, pa.decimal128(30, 15)), pa.decimal256(38, 15))
        if self.offset[row]:
            exact = pc.cast(pc.add(exact, _decimal(self.offset[row])), pa.decimal256(38, 15))
        product = pc.multiply(exact, _decimal(self.factor[row]))
        rounded = pc.round(product, self.decimals[row], round_mode="half_towards_infinity")
        return trimmed(_plain(pc.cast(rounded, TEXT)))

    def _scaled_long(self, number: str, row: int) -> str:
        product = _EXACT.multiply(_EXACT.add(Decimal(number), self.offset[row]), self.factor[row])
        rounded = _EXACT.quantize(product, Decimal(1).scaleb(-self.decimals[row]))
        text = format(rounded, "f").rstrip("0").rstrip(".") if self.decimals[row] else format(rounded, "f")
        return "0" if text in ("-0", "-") else text


def _plain(texts: Any) -> Any:
    """Decimal text without exponents, which Arrow writes for numbers near 0 (0E-15)."""
    short = as_mask(pc.match_substring(texts, "E"))
    if not short.any():
        return texts
    plain = [format(Decimal(t), "f") for t in pc.filter(texts, pa.array(short)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(short), pa.array(plain, TEXT))


def _with_digits(texts: Any) -> Mask:
    return as_mask(pc.match_substring_regex(texts, r"\pN"))


def _decimal(value: Decimal) -> Any:
    """An exact Arrow scalar."""
    places = max(0, -int(value.as_tuple().exponent))
    return pa.scalar(value, pa.decimal256(max(len(value.as_tuple().digits), places) + 1, places))


def trimmed(texts: Any) -> Any:
    """Plain decimal text without trailing zeros.

    >>> trimmed(pa.array(["6.9636000", "100.000", "0.0"])).to_pylist()
    ['6.9636', '100', '0']
    """
    return pc.if_else(pc.match_substring(texts, "."), pc.ascii_rtrim(pc.ascii_rtrim(texts, "0"), "."), texts)


@algorithm
class RangeIndicator(Algorithm):
    """LOW, NORMAL or HIGH: the result against the limits of its reference range, both in the same units.

    No value where the result is no number, where neither limit is one, or where it is not certain: ``<2.0`` is
    LOW only where every number below 2.0 is, NORMAL only where every one is. Issue DATA034: a limit is no number
    (no indicator is derived).

    >>> RangeIndicator(Ref("LBORRES"), Ref("LBORNRLO"), Ref("LBORNRHI")).describe()
    'LOW where LBORRES is below LBORNRLO, HIGH where it is above LBORNRHI, else NORMAL.'
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


def _range_indicators(results: Any, lows: Any, highs: Any) -> tuple[Any, Problems]:
    encoded = as_text(results).dictionary_encode()
    parts = pc.extract_regex(encoded.dictionary, LIMITED)
    sign = pc.struct_field(parts, "sign")
    value = _taken(_numbers(pc.struct_field(parts, "number")), encoded, np.nan)
    low, high = _floats(as_text(lows)), _floats(as_text(highs))
    no_low, no_high = valid(lows) & np.isnan(low), valid(highs) & np.isnan(high)
    known = ~np.isnan(value) & ~(np.isnan(low) & np.isnan(high)) & ~no_low & ~no_high
    # The result lies between these bounds; an open one does not belong to it (<2.0 is never 2.0).
    below, above = (_taken(_starting(sign, s), encoded, False) for s in ("<", ">"))
    closed = _taken(_starting(sign, "<=") | _starting(sign, ">="), encoded, False)
    first, last = np.where(below, -np.inf, value), np.where(above, np.inf, value)
    open_first, open_last = above & ~closed, below & ~closed
    low, high = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
    is_low = (last < low) | ((last == low) & open_last)
    is_high = (first > high) | ((first == high) & open_first)
    is_normal = (first >= low) & (last <= high)
    code = np.select([~known, is_low, is_high, is_normal], [3, 0, 2, 1], 3)
    return pa.array(["LOW", "NORMAL", "HIGH", None], TEXT).take(pa.array(code)), {
        ("DATA034", 1): no_low,
        ("DATA034", 2): no_high,
    }


def _starting(signs: Any, sign: str) -> Mask:
    return as_mask(pc.starts_with(signs, sign))


def _taken(table: npt.NDArray[Any], encoded: Any, missing: Any) -> npt.NDArray[Any]:
    """One entry an element of a dictionary array (k,) from one entry a distinct value."""
    return np.asarray(np.append(table, missing)[np.asarray(pc.fill_null(encoded.indices, -1))])


def _floats(texts: Any) -> npt.NDArray[np.float64]:
    encoded = texts.dictionary_encode()
    return _taken(_numbers(encoded.dictionary), encoded, np.nan)


def _numbers(texts: Any) -> npt.NDArray[np.float64]:
    plain = kept(texts, matching(texts, ANY_NUMBER))
    return np.asarray(pc.fill_null(pc.cast(plain, pa.float64()), np.nan), np.float64)
