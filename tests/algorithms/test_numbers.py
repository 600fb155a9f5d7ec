"""Standard results, units and range indicators. The oracle computes with fractions, apart from the code."""

from __future__ import annotations

from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.numbers import (
    Conversions,
    NumberOf,
    RangeIndicator,
    StandardResult,
    StandardUnit,
    trimmed,
)
from cdisc_itp.algorithms.registry import MapName, Ref
from tests.sample import Sample, Table, made, table

UNITS = table(
    """test,unit,standard_unit,factor,decimals,offset
    CREAT,mg/dL,umol/L,88.42,2,
    BILI,mg/dL,umol/L,17.1,2,
    CHOL,mg/dL,mmol/L,0.0555,2,
    HGB,g/dL,g/L,10,0,
    HGB,g/L,g/L,1,,
    TEMP,F,C,0.55555555555556,2,-32
    PH,,,1,,
    PLAT,10^9/L,10^9/L,1,0,
    EXACT,x,y,1.25,2,
    WEIGHT,LB,kg,0.45359237,1,"""
)
WORD = StandardResult(Ref("R"), Ref("T"), Ref("U"), MapName("units"))


def standard(result: str | None, test: str, unit: str | None) -> tuple[str | float | None, str | None]:
    """The standard result and the code of the issue."""
    records = Sample({"R": [result], "T": [test], "U": [unit]}, {"units": UNITS})
    found = made(WORD, records)[0]
    return found, next(iter(records.issues), None)


@pytest.mark.parametrize(
    ("result", "test", "unit", "expected"),
    [
        ("0.1", "EXACT", "x", "0.13"),
        ("2.14", "EXACT", "x", "2.68"),
        ("-0.1", "EXACT", "x", "-0.13"),
        ("1.0", "CREAT", "mg/dL", "88.42"),
        ("0.85", "CREAT", "mg/dL", "75.16"),
        ("200", "CHOL", "mg/dL", "11.1"),
        ("0.05", "BILI", "mg/dL", "0.86"),
        ("14.5", "HGB", "g/dL", "145"),
        ("14.25", "HGB", "g/dL", "143"),
        ("-0.04", "HGB", "g/dL", "0"),
        ("0", "CREAT", "mg/dL", "0"),
        ("0.000", "CHOL", "mg/dL", "0"),
        ("145.50", "HGB", "g/L", "145.50"),
        ("007", "HGB", "g/L", "007"),
        (".5", "HGB", "g/L", ".5"),
        ("98.6", "TEMP", "F", "37"),
        ("212", "TEMP", "F", "100"),
        ("7.40", "PH", None, "7.40"),
        ("150", "WEIGHT", "LB", "68"),
        ("154.3", "WEIGHT", "LB", "70"),
        ("<0.5", "CREAT", "mg/dL", "<44.21"),
        (">= 10", "CREAT", "mg/dL", ">=884.2"),
        ("< 2.0", "HGB", "g/L", "<2.0"),
        ("1e1", "HGB", "g/dL", "100"),
        ("0.30000000000000004", "HGB", "g/dL", "3"),
        ("12345678901234567890.25", "EXACT", "x", "15432098626543209862.81"),
        ("-0.0000000000000000001", "HGB", "g/dL", "0"),
        ("NEGATIVE", "HGB", "g/dL", "NEGATIVE"),
        ("SEE COMMENT", "NOTEST", "g/dL", "SEE COMMENT"),
        (None, "HGB", "g/dL", None),
    ],
)
def test_standard_results(result: str | None, test: str, unit: str | None, expected: str | None) -> None:
    assert standard(result, test, unit) == (expected, None)


@pytest.mark.parametrize(
    ("result", "test", "unit", "issue"),
    [
        ("5", "HGB", "mmol/L", "DATA031"),
        ("<5", "HGB", None, "DATA031"),
        ("5", "NOTEST", "g/L", "DATA031"),
        ("5,2", "HGB", "g/dL", "DATA020"),
        ("1+", "HGB", "g/dL", "DATA020"),
        ("10-20", "HGB", "g/dL", "DATA020"),
        ("５", "HGB", "g/dL", "DATA020"),
        ("1 200", "HGB", "g/dL", "DATA020"),
        ("8O", "PLAT", "10^9/L", "DATA020"),
        ("12..6", "PLAT", "10^9/L", "DATA020"),
    ],
)
def test_what_is_not_converted_is_left_out(result: str, test: str, unit: str | None, issue: str) -> None:
    assert standard(result, test, unit) == (None, issue)


def test_a_unit_with_decimals_is_one_of_numbers() -> None:
    assert standard("90", "PLAT", "10^9/L") == ("90", None)
    assert standard("CLOTTED", "PLAT", "10^9/L") == ("CLOTTED", None)


@pytest.mark.parametrize("result", ["5,2", "1+", "1:40", "<5"])
def test_what_needs_no_conversion_is_kept(result: str) -> None:
    assert standard(result, "HGB", "g/L") == (result, None)


def half_up(value: Fraction, decimals: int) -> Fraction:
    scaled = abs(value) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    rounded = whole + (scaled - whole >= Fraction(1, 2))
    return Fraction(rounded if value >= 0 else -rounded, 10**decimals)


DECIMAL = st.from_regex(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", fullmatch=True)
ANY_DECIMAL = DECIMAL | st.from_regex(r"-?[0-9]{1,25}\.[0-9]{1,25}", fullmatch=True)
FACTOR = st.from_regex(r"[0-9]{0,5}[1-9](\.[0-9]{1,8})?", fullmatch=True)


@given(
    st.lists(ANY_DECIMAL, min_size=1, max_size=5),
    FACTOR,
    st.integers(0, 15),
    st.sampled_from(["", "0", "-32", "273.15"]),
)
def test_exact_and_half_up(results: list[str], factor: str, decimals: int, offset: str) -> None:
    cells = {"test": ["T"], "unit": ["u"], "standard_unit": ["s"], "factor": [factor], "decimals": [str(decimals)]}
    conversions = Conversions(Table({**cells, "offset": [offset or None]}))  # type: ignore[dict-item]
    n = len(results)
    large = (pa.array(t, pa.large_string()) for t in (results, ["T"] * n, ["u"] * n))
    found, problems = conversions.convert(*large)
    assert not any(m.any() for m in problems.values())
    for text, result in zip(found.to_pylist(), results, strict=True):
        if Fraction(factor) == 1 and not Fraction(offset or 0):
            assert text == result
            continue
        assert Fraction(text) == half_up((Fraction(result) + Fraction(offset or 0)) * Fraction(factor), decimals)
        assert "." not in text or not text.endswith(("0", "."))
        assert text not in ("-0", "") and "e" not in text.lower()


def test_a_numeric_result_is_converted_by_its_decimal_text() -> None:
    records = Sample({"R": [0.1, None], "T": ["EXACT"] * 2, "U": ["x"] * 2}, {"units": UNITS})
    assert made(WORD, records) == ["0.13", None]


def test_without_a_table_it_is_a_copy() -> None:
    texts = ["1:40", "5.2", "2+, 3+", None]
    assert made(StandardResult(Ref("R")), Sample({"R": texts})) == texts
    assert made(StandardResult(Ref("R")), Sample({"R": [5.25, None]})) == [5.25, None]
    assert made(StandardUnit(Ref("U")), Sample({"U": ["g/L", None]})) == ["g/L", None]


@pytest.mark.parametrize("written", ["5,2", "<2,0", "-0,5", "1.234,5", "1,234.5"])
def test_without_a_table_a_number_with_a_comma_is_reported(written: str) -> None:
    records = Sample({"R": ["5.2", written, "NEGATIVE"]})
    assert made(StandardResult(Ref("R")), records) == ["5.2", None, "NEGATIVE"]
    assert list(records.issues) == ["DATA020"]


def test_standard_units() -> None:
    records = Sample({"T": ["CREAT", "PH", "HGB", "HGB"], "U": ["mg/dL", None, "g/L", "%"]}, {"units": UNITS})
    word = StandardUnit(Ref("U"), Ref("T"), MapName("units"))
    assert made(word, records) == ["umol/L", None, "g/L", None]
    with_results = Sample({**records.values, "S": ["60", "5", None, None]}, {"units": UNITS})
    assert made(word.changed(result=Ref("S")), with_results) == ["umol/L", None, None, None]
    # The result reports the unit without a row; twice would be once too often.
    assert records.issues == {}


@pytest.mark.parametrize(
    ("factor", "decimals", "offset", "flaw"),
    [
        ("88.42", "2", "", ""),
        ("1", "", "", ""),
        ("1.0", "3", "", ""),
        ("", "2", "", "factor '' is no number above 0 such as 88.42"),
        ("0", "2", "", "factor '0' is no number above 0 such as 88.42"),
        ("-1", "2", "", "factor '-1' is no number above 0 such as 88.42"),
        ("1e3", "2", "", "factor '1e3' is no number above 0 such as 88.42"),
        ("1/3", "2", "", "factor '1/3' is no number above 0 such as 88.42"),
        ("10", "", "", "decimals '' is not a whole number from 0 to 15"),
        ("10", "16", "", "decimals '16' is not a whole number from 0 to 15"),
        ("1", "", "-32", "decimals '' is not a whole number from 0 to 15"),
        ("10", "1", "minus 32", "offset 'minus 32' is no number such as -32"),
    ],
)
def test_flaws_of_a_conversion_table(factor: str, decimals: str, offset: str, flaw: str) -> None:
    cells = {"test": ["T"], "unit": ["u"], "standard_unit": ["s"]}
    rows = Table({**cells, "factor": [factor or None], "decimals": [decimals or None], "offset": [offset or None]})  # type: ignore[dict-item]
    assert list(WORD.flaws(rows)) == ([(0, flaw)] if flaw else [])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5.0),
        ("-0.5", -0.5),
        ("5.", 5.0),
        (".5", 0.5),
        ("+5", 5.0),
        ("1e3", 1000.0),
        ("1.5E-2", 0.015),
        ("0.1", 0.1),
        ("12345678901234567890", 12345678901234567890.0),
        ("<2.0", None),
        ("NEGATIVE", None),
        ("5,2", None),
        ("1 000", None),
        ("0x10", None),
        ("NaN", None),
        ("inf", None),
        ("5\n", None),
        (None, None),
    ],
)
def test_number_of(text: str | None, number: float | None) -> None:
    records = Sample({"S": [text, "x"]})
    assert made(NumberOf(Ref("S")), records) == [number, None]
    assert records.issues == {}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_from_its_text(value: float) -> None:
    assert made(NumberOf(Ref("S")), Sample({"S": [repr(value)]})) == [value]
    assert made(NumberOf(Ref("N")), Sample({"N": [value]})) == [value]


@pytest.mark.parametrize(
    ("result", "low", "high", "indicator"),
    [
        ("5", "2", "4", "HIGH"),
        ("1", "2", "4", "LOW"),
        ("2", "2", "4", "NORMAL"),
        ("4.0", "2", "4", "NORMAL"),
        ("4.01", "2", "4", "HIGH"),
        ("5", None, "4", "HIGH"),
        ("3", None, "4", "NORMAL"),
        ("3", "2", None, "NORMAL"),
        ("1", "2", None, "LOW"),
        ("3", None, None, None),
        # < and >: certain only where every number that it can be is.
        ("<2", "2", "4", "LOW"),
        ("<2.0", "2.1", "4", "LOW"),
        ("<3", "2", "4", None),
        ("<5", "2", "4", None),
        ("<3", None, "4", "NORMAL"),
        ("<4", None, "4", "NORMAL"),
        ("<5", None, "4", None),
        ("<=2", "2", "4", None),
        ("<=1.9", "2", "4", "LOW"),
        ("<=4", None, "4", "NORMAL"),
        (">4", "2", "4", "HIGH"),
        (">=4", "2", "4", None),
        (">=4.1", "2", "4", "HIGH"),
        (">3", "2", "4", None),
        (">3", "2", None, "NORMAL"),
        (">=2", "2", None, "NORMAL"),
        (">1", "2", None, None),
        ("> 60", "60", None, "NORMAL"),
        ("0.30000000000000004", "0.2", "0.4", "NORMAL"),
        ("1e1", "2", "4", "HIGH"),
        ("POSITIVE", "2", "4", None),
        (None, "2", "4", None),
    ],
)
def test_range_indicator(result: str | None, low: str | None, high: str | None, indicator: str | None) -> None:
    records = Sample({"R": [result], "L": [low], "H": [high]})
    assert made(RangeIndicator(Ref("R"), Ref("L"), Ref("H")), records) == [indicator]
    assert records.issues == {}


@pytest.mark.parametrize(("low", "high"), [("2", "<4"), ("-", "4"), ("NEG", None)])
def test_an_unreadable_limit_gives_no_indicator(low: str, high: str | None) -> None:
    records = Sample({"R": ["1", None], "L": [low] * 2, "H": [high] * 2})
    assert made(RangeIndicator(Ref("R"), Ref("L"), Ref("H")), records) == [None, None]
    assert records.issues == {"DATA034": [0, 1]}


def test_limits_may_be_numbers() -> None:
    records = Sample({"R": [1.0, 3.0, 9.0], "L": [2.0, 2.0, None], "H": [4.0, 4.0, 4.0]})
    assert made(RangeIndicator(Ref("R"), Ref("L"), Ref("H")), records) == ["LOW", "NORMAL", "HIGH"]


@given(*[st.integers(-3, 3)] * 3, st.sampled_from(["", "<", "<=", ">", ">="]))
def test_an_indicator_holds_for_every_number_that_the_result_can_be(value: int, a: int, b: int, sign: str) -> None:
    low, high = min(a, b), max(a, b)
    compared = {
        "": Fraction.__eq__,
        "<": Fraction.__lt__,
        "<=": Fraction.__le__,
        ">": Fraction.__gt__,
        ">=": Fraction.__ge__,
    }
    may_be = [x for x in (Fraction(i, 4) for i in range(-40, 41)) if compared[sign](x, Fraction(value))]
    said = {"LOW" if x < low else "HIGH" if x > high else "NORMAL" for x in may_be}
    records = Sample({"R": [f"{sign}{value}"], "L": [str(low)], "H": [str(high)]})
    assert made(RangeIndicator(Ref("R"), Ref("L"), Ref("H")), records) == [said.pop() if len(said) == 1 else None]


def test_trailing_zeros() -> None:
    texts = pa.array(["10.50", "100", "0.0", "5.", "0.10010"])
    assert trimmed(texts).to_pylist() == ["10.5", "100", "0", "5", "0.1001"]
