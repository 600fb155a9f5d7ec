"""A raw column as the form wants it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.columns import Column, Constant
from cdisc_itp.algorithms.registry import MapName, RawColumn
from cdisc_itp.model.column import decoded
from tests.sample import Sample, made, table

C = RawColumn("C")


def read(kind: str, text: str | None, **parameters: Any) -> tuple[str | float | None, list[str]]:
    """What one cell becomes in a form column of a kind, and the codes of its issues."""
    records = Sample({"C": [text]}, {"m": table("raw,term,day\nlow,1.5,1\nhigh,9 or more,2022-07-05")}, kind=kind)
    return made(Column(C, **parameters), records)[0], list(records.issues)


@pytest.mark.parametrize("text", ["x", " x ", "\tx\n", "\u3000x\u00a0"])
def test_text_is_trimmed(text: str) -> None:
    assert read("text", text) == ("x", [])


@pytest.mark.parametrize("text", ["", " ", "\u3000", None])
def test_an_empty_cell_is_no_value(text: str | None) -> None:
    for kind in ("text", "number", "date", "time", "datetime"):
        assert read(kind, text) == (None, [])


def test_inner_text_stays() -> None:
    assert read("text", "a  b") == ("a  b", [])
    assert read("text", "007") == ("007", [])
    assert read("text", "NA") == ("NA", [])
    assert read("text", "Ab", case="upper") == ("AB", [])


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", "5"), ("5.0", "5.0"), ("-5", "-5"), ("+5", "+5"), (".5", ".5"), ("5.", "5."), ("007", "007")],
)
def test_a_number_keeps_its_digits(text: str, number: str) -> None:
    assert read("number", text) == (number, [])


@pytest.mark.parametrize("text", ["5,2", "1 000", "5 mg", "<5", "1e3", "NaN", "inf", "--5", "5.5.5", "٥", "５", "0x1"])
def test_what_is_no_number(text: str) -> None:
    assert read("number", text) == (None, ["DATA020"])


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "number"),
    [
        ("5,2", ",", None, "5.2"),
        ("5,", ",", None, "5."),
        ("1.234,5", ",", ".", "1234.5"),
        ("1.234.567", ",", ".", "1234567"),
        ("-1.234", ",", ".", "-1234"),
        ("1,234.5", ".", ",", "1234.5"),
        ("12 345", ".", " ", "12345"),
        ("12'345.6", ".", "'", "12345.6"),
        ("345", ",", ".", "345"),
        # What would be a guess: a group that has not three digits, or the other mark of decimals.
        ("5.2", ",", None, None),
        ("1.23", ",", ".", None),
        ("1.2345", ",", ".", None),
        ("5,2", ".", ",", None),
        ("1,2,3", ".", ",", None),
        ("1234,567", ".", ",", None),
    ],
)
def test_marks(text: str, decimal: str, thousands: str | None, number: str | None) -> None:
    expected = (number, [] if number else ["DATA020"])
    assert read("number", text, decimal=decimal, thousands=thousands) == expected


@given(st.integers(-(10**12), 10**12), st.integers(0, 999))
def test_grouped_numbers_are_what_python_groups(whole: int, rest: int) -> None:
    written = f"{whole:,}".replace(",", ".") + f",{rest:03}"
    assert read("number", written, decimal=",", thousands=".") == (f"{whole}.{rest:03}", [])


def test_full_width_digits() -> None:
    assert read("number", "－１２．５", digits="ascii") == ("-12.5", [])
    assert read("date", "２０２２／０７／０５", format=("yyyy/MM/dd",), digits="ascii") == ("2022-07-05", [])
    assert read("text", "第３次", digits="ascii") == ("第3次", [])
    assert read("number", "１２") == (None, ["DATA020"])


@pytest.mark.parametrize(
    ("kind", "text", "parameters", "expected"),
    [
        ("date", "2022-07-05", {}, "2022-07-05"),
        ("date", "2022-07", {}, "2022-07"),
        ("date", "05/07/2022", {"format": ("dd/MM/yyyy",)}, "2022-07-05"),
        ("date", "05/07/2022 14:30", {"format": ("dd/MM/yyyy HH:mm",), "part": "date"}, "2022-07-05"),
        ("date", "UN/07/2022 14:30", {"format": ("dd/MM/yyyy HH:mm",), "part": "date"}, "2022-07"),
        ("date", "2022-07-05T14:30", {"part": "date"}, "2022-07-05"),
        ("date", "44747", {"format": ("excel_serial",)}, "2022-07-05"),
        ("date", "44747.5", {"format": ("excel_serial",), "part": "date"}, "2022-07-05"),
        ("time", "14:30", {}, "14:30"),
        ("time", "8:05", {"format": ("H:mm",)}, "08:05"),
        ("time", "05/07/2022 14:30", {"format": ("dd/MM/yyyy HH:mm",), "part": "time"}, "14:30"),
        ("time", "14:30", {"format": ("HH:mm",), "part": "time"}, "14:30"),
        ("time", "2022-07-05", {"part": "time"}, None),
        ("datetime", "2022-07-05T14:30", {}, "2022-07-05T14:30"),
        ("datetime", "2022-07-05", {}, "2022-07-05"),
        ("datetime", "44747.604166666664", {"format": ("excel_serial",)}, "2022-07-05T14:30:00"),
    ],
)
def test_dates(kind: str, text: str, parameters: dict[str, Any], expected: str | None) -> None:
    assert read(kind, text, **parameters) == (expected, [])


@pytest.mark.parametrize(
    ("kind", "text", "parameters", "codes"),
    [
        ("date", "2020-02-60", {}, ["DATA011"]),
        ("date", "05/07/2022", {}, ["DATA010"]),
        ("date", "2022-07-05T14:30", {}, ["DATA010"]),
        ("date", "44747.5", {"format": ("excel_serial",)}, ["DATA010"]),
        ("time", "25:00", {}, ["DATA011"]),
        ("time", "2022-07-05", {}, ["DATA010"]),
        ("time", "UN/07/2022 14:30", {"format": ("dd/MM/yyyy HH:mm",), "part": "time"}, ["DATA012"]),
    ],
)
def test_what_is_no_date(kind: str, text: str, parameters: dict[str, Any], codes: list[str]) -> None:
    assert read(kind, text, **parameters) == (None, codes)


def test_missing_texts_and_their_reasons() -> None:
    word = Column(C, missing={"未查": "NOT DONE", ".": None, "/": "SAMPLE CLOTTED"}, digits="ascii")
    records = Sample({"C": [" 未查 ", ".", "／", "5", None]}, kind="number")
    assert made(word, records) == [None, None, None, "5", None]
    reasons = decoded(word.reasons(records)).tolist()
    assert reasons == ["NOT DONE", None, "SAMPLE CLOTTED", None, None]
    assert records.issues == {}


def test_a_map_and_then_the_kind() -> None:
    assert read("number", "low", map=MapName("m")) == ("1.5", [])
    assert read("number", "high", map=MapName("m")) == (None, ["DATA020"])
    assert read("date", "high", map=MapName("m"), to="day") == ("2022-07-05", [])
    assert read("text", "none", map=MapName("m")) == (None, ["DATA030"])
    assert read("text", "high", map=MapName("m"), case="upper") == ("9 OR MORE", [])


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("text", {"format": ("yyyy",)}, "'format' has no meaning for a column of kind text"),
        ("date", {"decimal": ","}, "'decimal' has no meaning for a column of kind date"),
        ("text", {"decimal": ",", "thousands": "."}, ""),
        ("number", {"pad": (5,)}, "'pad' has no meaning for a column of kind number"),
        ("text", {"months": {"Juli": 7}}, "'months' has no meaning for a column of kind text"),
        ("date", {"format": ("dd/MM/yy",), "years_from": 1930}, ""),
        ("date", {"format": ("dd/MM/yyyy h:mm a",)}, "'dd/MM/yyyy h:mm a' is a datetime, the column a date"),
        ("time", {"format": ("h:mm a",)}, ""),
        ("number", {"case": "upper"}, "'case' has no meaning for a column of kind number"),
        ("number", {"part": "date"}, "'part' has no meaning for a column of kind number"),
        ("datetime", {"part": "date"}, "'part' has no meaning for a column of kind datetime"),
        ("date", {"part": "time"}, "part: time gives no column of kind date"),
        ("date", {"format": ("HH:mm",)}, "'HH:mm' is a time, the column a date"),
        ("date", {"format": ("yyyy", "yyyy-MM")}, ""),
        ("time", {"format": ("yyyy-MM-dd HH:mm",)}, "'yyyy-MM-dd HH:mm' is a datetime, the column a time"),
        ("datetime", {"format": ("yyyy-MM-dd",)}, ""),
        ("time", {"format": ("yyyy-MM-dd HH:mm",), "part": "time"}, ""),
        ("date", {"format": ("excel_serial",)}, ""),
        ("date", {"format": ("DD.MM.YYYY",)}, ""),
        ("number", {"decimal": ",", "thousands": "."}, ""),
        ("text", {"case": "upper", "digits": "ascii", "missing": {".": None}}, ""),
    ],
)
def test_what_a_kind_cannot_be(kind: str, parameters: dict[str, Any], message: str) -> None:
    assert Column(C, **parameters).unfit(kind) == message


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("03", "text", ""),
        ("03", "number", ""),
        ("x", "number", "'x' is no plain number"),
        ("2022-07-05", "date", ""),
        ("2022-02-30", "date", "'2022-02-30' is no date in ISO 8601"),
        ("14:30", "time", ""),
        ("2:30 PM", "time", "'2:30 PM' is no time in ISO 8601"),
        ("2022-07-05T14:30", "datetime", ""),
        ("2022-07-05 14:30", "datetime", "'2022-07-05 14:30' is no datetime in ISO 8601"),
    ],
)
def test_constants(value: str, kind: str, message: str) -> None:
    assert Constant(value).unfit(kind) == message
    assert made(Constant(value), Sample({"C": [None, "x"]})) == [value] * 2


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"thousands": "."}, "'.' cannot be the mark of decimals and of thousands"),
        ({"decimal": ",", "thousands": ","}, "',' cannot be the mark of decimals and of thousands"),
        ({"missing": {"": "NOT DONE"}}, "an empty cell is no value without a word, and has no reason"),
        ({"decimal": ",", "thousands": "."}, ""),
        ({"pad": (0,)}, "'pad' is a width from 1 to 40"),
        ({"pad": (2, 41), "split": "-"}, "'pad' is a width from 1 to 40"),
        ({"pad": (2, 3)}, "'pad' has one width, with 'split' one for each part (pad: [2, 3])"),
        ({"pad": (5,), "split": "-"}, "'pad' has one width, with 'split' one for each part (pad: [2, 3])"),
        ({"pad": (2, 3), "split": "-"}, ""),
        ({"format": ("dd/MM/yy",)}, "'yy' says no century: 'years_from' is the first year that it can mean"),
        (
            {"format": ("dd/MM/yyyy",), "years_from": 1930},
            "'years_from' has no meaning without 'yy' in 'format'",
        ),
        ({"format": ("dd/MM/yy",), "years_from": 0}, "'years_from' 0 is no year"),
        ({"format": ("dd/MM/yy", "yyyy"), "years_from": 1930}, ""),
        (
            {"format": ("d MMM yyyy",), "months": {"Juli": 13}},
            "'months' has Juli: 13, and months are numbers from 1 to 12",
        ),
        (
            {"format": ("d MMMM yyyy",), "months": {"Juli": 7}},
            "'months' has no meaning without 'MMM' in 'format'",
        ),
        ({"format": ("d MMM yyyy",), "months": {"Juli": 7}}, ""),
    ],
)
def test_contradictions(parameters: dict[str, Any], message: str) -> None:
    assert Column(C, **parameters).contradiction() == message


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "out"),
    [
        ("5,2", ",", None, "5.2"),
        ("<1,5", ",", None, "<1.5"),
        (">= 1.234,5", ",", ".", ">= 1234.5"),
        ("12 345", ".", " ", "12345"),
        ("positive", ",", None, "positive"),
        ("1,2 mg", ",", None, "1,2 mg"),
        ("1:160", ",", None, "1:160"),
        ("3,5-5,1", ",", None, "3,5-5,1"),
        ("", ",", None, None),
        # What looks like a number and is none as the source writes them would be a guess.
        ("5.2", ",", None, "DATA020"),
        ("<5.2", ",", None, "DATA020"),
        ("1,2,3", ",", None, "DATA020"),
        ("1,5", ".", ",", "DATA020"),
    ],
)
def test_numbers_in_a_text_column(text: str, decimal: str, thousands: str | None, out: str | None) -> None:
    expected = (None, [out]) if out == "DATA020" else (out, [])
    assert read("text", text, decimal=decimal, thousands=thousands) == expected


def test_a_text_column_without_marks_keeps_its_numbers_as_they_are() -> None:
    for text in ("5,2", "5.2", "1.234.567", "<1,5"):
        assert read("text", text) == (text, [])


@pytest.mark.parametrize(
    ("text", "out"), [("９０", "90"), ("＜２．０", "<2.0"), ("＞１０", ">10"), ("≤5", "<=5"), ("≥５", ">=5")]
)
def test_full_width_limits(text: str, out: str) -> None:
    assert read("text", text, digits="ascii") == (out, [])
    assert read("text", text) == (text, [])


@pytest.mark.parametrize(
    ("text", "parameters", "out"),
    [
        ("7001", {"pad": (5,)}, "07001"),
        ("07001", {"pad": (5,)}, "07001"),
        ("1234567", {"pad": (5,)}, "1234567"),
        ("7A", {"pad": (5,)}, "7A"),
        ("1", {"pad": (3,), "prefix": "07"}, "07001"),
        ("7-1", {"split": "-", "pad": (2, 3)}, "07001"),
        ("07 - 001", {"split": "-", "pad": (2, 3)}, "07001"),
        ("6-1", {"split": "-", "pad": (2, 3)}, "06001"),
        ("7", {"split": "-", "pad": (2, 3)}, "DATA015"),
        ("7-1-1", {"split": "-", "pad": (2, 3)}, "DATA015"),
        ("S07001", {"remove": ("S",)}, "07001"),
        ("07-001", {"remove": ("-",)}, "07001"),
        ("S1", {"remove": ("S",), "pad": (3,), "prefix": "07"}, "07001"),
        ("９", {"digits": "ascii", "pad": (3,)}, "009"),
        ("", {"pad": (3,), "prefix": "07"}, None),
        ("?", {"missing": {"?": None}, "pad": (3,), "prefix": "07"}, None),
        ("5", {"pad": (2,), "map": MapName("n")}, "five"),
    ],
)
def test_subject_numbers(text: str, parameters: dict[str, Any], out: str | None) -> None:
    records = Sample({"C": [text]}, {"n": table("raw,term\n05,five")}, kind="text")
    found = made(Column(C, **parameters), records)[0], list(records.issues)
    assert found == ((None, [out]) if out == "DATA015" else (out, []))


@pytest.mark.parametrize(
    ("text", "parameters", "out"),
    [
        ("05. Juli 2022", {"format": ("dd. MMM yyyy",), "months": {"Juli": 7, "Mai": 5}}, "2022-07-05"),
        ("5. MAI 2022", {"format": ("d. MMM yyyy",), "months": {"Juli": 7, "Mai": 5}}, "2022-05-05"),
        ("5 juil. 2022", {"format": ("d MMM yyyy",), "months": {"juil": 7, "juil.": 7}}, "2022-07-05"),
        ("5 août 2022", {"format": ("d MMM yyyy",), "months": {"août": 8}}, "2022-08-05"),
        ("5 AUG 2022", {"format": ("d MMM yyyy",), "months": {"août": 8}}, "2022-08-05"),
        ("05/07/29", {"format": ("dd/MM/yy",), "years_from": 1930}, "2029-07-05"),
        ("05/07/30", {"format": ("dd/MM/yy",), "years_from": 1930}, "1930-07-05"),
        ("7/5/2022 2:30 PM", {"format": ("M/d/yyyy h:mm a",), "part": "date"}, "2022-07-05"),
        ("２０２２年７月５日", {"format": ("yyyy年M月d日",), "digits": "ascii"}, "2022-07-05"),
        ("202207", {"format": ("yyyyMMdd", "yyyyMM")}, "2022-07"),
    ],
)
def test_dates_of_many_lands(text: str, parameters: dict[str, Any], out: str) -> None:
    assert read("date", text, **parameters) == (out, [])


def test_a_name_of_a_month_is_a_whole_word() -> None:
    months = {"Juli": 7}
    assert read("date", "5 Julian 2022", format=("d MMM yyyy",), months=months) == (None, ["DATA010"])
