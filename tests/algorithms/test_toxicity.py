"""Toxicity grades: hand-made criteria at their bounds, what is not known, and laws."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import MapName, Ref
from cdisc_itp.algorithms.toxicity import ToxicityGrade, ToxicityTerm
from tests.sample import Sample, made, table

# Shapes of CTCAE v5.0: values, multiples of limits, an increase above a limit, multiples of an abnormal baseline.
CRITERIA = """
test,direction,grade,relation,bound,basis,baseline,unit,term
PLAT,LOW,1,LT,1,x LLN,,,Platelets decreased
PLAT,LOW,2,LT,75,value,,10^9/L,Platelets decreased
PLAT,LOW,3,LT,50,value,,10^9/L,Platelets decreased
PLAT,LOW,4,LT,25,value,,10^9/L,Platelets decreased
HGB,LOW,1,LT,1,x LLN,,,Anemia
HGB,LOW,2,LT,100,value,,g/L,Anemia
HGB,LOW,3,LT,80,value,,g/L,Anemia
HGB,HIGH,1,GT,0,ULN +,,g/L,Increased
HGB,HIGH,2,GT,20,ULN +,,g/L,Increased
HGB,HIGH,3,GT,40,ULN +,,g/L,Increased
ALT,HIGH,1,GT,1,x ULN,NORMAL,,ALT increased
ALT,HIGH,2,GT,3,x ULN,NORMAL,,ALT increased
ALT,HIGH,1,GE,1.5,x baseline,ABNORMAL,,ALT increased
ALT,HIGH,2,GT,3,x baseline,ABNORMAL,,ALT increased
CREAT,HIGH,1,GT,1,x ULN,,,Creatinine increased
CREAT,HIGH,2,GT,1.5,x ULN,,,Creatinine increased
CREAT,HIGH,2,GT,1.5,x baseline,,,Creatinine increased
TRIG,HIGH,1,GE,1.71,value,,mmol/L,Triglycerides
TRIG,HIGH,2,GT,3.42,value,,mmol/L,Triglycerides
FIB,LOW,1,LE,0.5,x LLN,,,Fibrinogen
FIB,LOW,2,LE,-2,baseline +,,g/L,Fibrinogen
"""
UNITS = {"PLAT": "10^9/L", "HGB": "g/L", "ALT": "U/L", "CREAT": "umol/L", "TRIG": "mmol/L", "FIB": "g/L"}
NAMES = tuple(map(Ref, ("RES", "TEST", "UNIT", "LO", "HI", "BLFL", "IND")))
GRADE, TERM = ToxicityGrade(*NAMES, MapName("ctcae")), ToxicityTerm(*NAMES, MapName("ctcae"))
Cell = str | None


def sample(
    test: str,
    results: list[Cell],
    low: Cell = None,
    high: Cell = None,
    base: Cell = None,
    indicator: Cell = None,
    unit: Cell = None,
) -> Sample:
    """Results of one test of one subject after a baseline record that is the first."""
    n = len(results) + 1
    columns: dict[str, list[Cell]] = {
        "USUBJID": ["1"] * n,
        "RES": [base, *results],
        "TEST": [test] * n,
        "UNIT": [unit or UNITS.get(test)] * n,
        "LO": [low] * n,
        "HI": [high] * n,
        "BLFL": ["Y" if base else None, *[None] * len(results)],
        "IND": [indicator, *[None] * len(results)],
    }
    return Sample(columns, {"ctcae": table(CRITERIA)})


def grades(test: str, *results: Cell, **more: Cell) -> str:
    """A sign for each result: its grade, or - without one."""
    return "".join("-" if g is None else str(g) for g in made(GRADE, sample(test, list(results), **more))[1:])


@pytest.mark.parametrize(
    ("test", "results", "more", "expected"),
    [
        ("PLAT", ["125", "124", "75", "74", "50", "49", "25", "24", "0"], {"low": "125"}, "011223344"),
        ("HGB", ["115", "114", "100", "99", "80", "79"], {"low": "115", "high": "150"}, "011223"),
        ("HGB", ["150", "150.1", "170", "170.1", "190", "190.1"], {"low": "115", "high": "150"}, "011223"),
        ("ALT", ["40", "40.1", "120", "121"], {"high": "40", "base": "40", "indicator": "NORMAL"}, "0112"),
        ("ALT", ["40", "41"], {"high": "40", "base": "5", "indicator": "LOW"}, "01"),
        ("ALT", ["80", "119", "120", "240", "241"], {"high": "40", "base": "80", "indicator": "HIGH"}, "00112"),
        (
            "CREAT",
            ["75", "76", "97", "98", "145.5", "146"],
            {"high": "97", "base": "50", "indicator": "NORMAL"},
            "022222",
        ),
        ("CREAT", ["97", "98", "145.5", "145.6"], {"high": "97", "base": "97", "indicator": "NORMAL"}, "0112"),
        ("TRIG", ["1.70", "1.71", "3.42", "3.43"], {}, "0112"),
        ("FIB", ["1.01", "1", "0.99"], {"low": "2", "base": "2.5", "unit": "g/L"}, "011"),
        ("FIB", ["1.5", "1.51"], {"low": "2", "base": "3.5", "unit": "g/L"}, "20"),
    ],
)
def test_at_each_bound(test: str, results: list[Cell], more: dict[str, Cell], expected: str) -> None:
    assert grades(test, *results, **more) == expected


@pytest.mark.parametrize(
    ("test", "results", "more", "expected"),
    [
        ("PLAT", ["24", "74", "75", "200", None, "CLOTTED"], {}, "42----"),  # no lower limit: grade 1 is not known
        ("PLAT", ["<20", "<25", "<30", ">130", ">=125", ">124", "<=25"], {"low": "125"}, "44-00--"),
        ("PLAT", ["24"], {"low": "125", "unit": "10^6/L"}, "-"),  # a bound in another unit says nothing
        ("HGB", ["79", "120", "200"], {"low": "115"}, "3--"),  # low is sure; without an upper limit normal is not
        ("HGB", ["120", "200"], {"high": "150"}, "-3"),
        ("ALT", ["40", "200"], {"high": "40"}, "--"),  # no baseline
        ("ALT", ["40", "200"], {"high": "40", "base": "30"}, "0-"),  # 40 is 0 whether 30 was normal or not
        ("ALT", ["10", "300"], {"base": "80", "indicator": "HIGH"}, "02"),  # an abnormal baseline needs no limit
        ("CREAT", ["146", "90", "120"], {"high": "97"}, "2--"),  # the highest grade that a baseline could give is 2
        ("CREAT", ["<60", "<90"], {"high": "97", "base": "50", "indicator": "NORMAL"}, "0-"),
        ("HDL", ["1", "9"], {"low": "1", "high": "2"}, "--"),  # not in the table
    ],
)
def test_what_is_not_certain_has_no_grade(test: str, results: list[Cell], more: dict[str, Cell], expected: str) -> None:
    assert grades(test, *results, **more) == expected


def test_terms_name_what_is_graded() -> None:
    limits = {"low": "115", "high": "150"}
    assert made(TERM, sample("HGB", ["99", "120", "160", None], **limits))[1:] == ["Anemia", None, "Increased", None]


def test_several_baselines_are_none() -> None:
    records = sample("ALT", ["41"], high="40", base="30", indicator="NORMAL")
    twice = {**records.values, "BLFL": ["Y", "Y"]}
    assert made(GRADE, records) == ["0", "1"]
    assert made(GRADE, Sample(twice, records.tables)) == [None, None]


def test_a_baseline_is_the_subjects_own_of_the_same_test() -> None:
    columns: dict[str, list[Cell]] = {
        "USUBJID": ["1", "2", "1", "1", "2"],
        "TEST": ["ALT", "ALT", "CREAT", "ALT", "ALT"],
        "RES": ["80", "30", "300", "100", "100"],
        "UNIT": ["U/L"] * 5,
        "LO": [None] * 5,
        "HI": ["40"] * 5,
        "BLFL": ["Y", "Y", "Y", None, None],
        "IND": ["HIGH", "NORMAL", "NORMAL", None, None],
    }
    assert made(GRADE, Sample(columns, {"ctcae": table(CRITERIA)})) == ["0", "0", "2", "0", "1"]


@given(st.lists(st.decimals(0, 400, places=1), min_size=2, max_size=6), st.sampled_from(["PLAT", "ALT", "CREAT"]))
def test_farther_from_normal_is_never_a_lower_grade(values: list[Decimal], test: str) -> None:
    ordered = sorted(set(values), reverse=test == "PLAT")
    found = grades(test, *map(str, ordered), low="125", high="40", base="38", indicator="NORMAL")
    assert "-" not in found and list(found) == sorted(found)


@given(st.decimals(0, 300, places=1), st.sampled_from(["<", "<=", ">", ">="]), st.decimals(0, 300, places=1))
def test_a_grade_of_a_limited_result_is_that_of_every_number_within(limit: Decimal, sign: str, value: Decimal) -> None:
    inside = {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[sign]
    whole, one = grades("PLAT", f"{sign}{limit}", str(value), low="125")
    assert not inside or whole in ("-", one)


@given(st.decimals("0.1", 300, places=2), st.sampled_from([Decimal("1"), Decimal("3")]))
def test_multiples_are_those_of_decimals(limit: Decimal, factor: Decimal) -> None:
    """1.1 x 3 is 3.3, at which the grade has not begun."""
    at = limit * factor
    found = grades("ALT", str(at), str(at + Decimal("0.01")), high=str(limit), base=str(limit), indicator="NORMAL")
    assert found == ("01" if factor == 1 else "12")


HEADER = "test,direction,grade,relation,bound,basis,baseline,unit,term\n"


@pytest.mark.parametrize(
    ("rows", "flaw"),
    [
        ("K,DOWN,1,LT,1,x LLN,,,T", "direction 'DOWN' is none of LOW, HIGH"),
        ("K,LOW,6,LT,1,x LLN,,,T", "grade '6' is none of 1, 2, 3, 4, 5"),
        ("K,LOW,1,EQ,1,x LLN,,,T", "relation 'EQ' is none of LT, LE, GT, GE"),
        ("K,LOW,1,GT,1,x LLN,,,T", "relation GT is of the other direction than LOW"),
        ("K,LOW,1,LT,1,LLN,,,T", "basis 'LLN' is none of value, x ULN, x LLN, x baseline, ULN +, LLN +, baseline +"),
        ("K,LOW,1,LT,1,x LLN,HIGH,,T", "baseline 'HIGH' is none of NORMAL, ABNORMAL (or empty)"),
        ("K,LOW,1,LT,3-4,value,,mmol/L,T", "bound '3-4' is no number such as 2.5"),
        ("K,LOW,1,LT,3,value,,,T", "the bound of basis 'value' needs a unit"),
        ("K,LOW,1,LT,1,x LLN,,mmol/L,T", "a multiple has no unit"),
        ("K,LOW,1,LT,1,x LLN,,,", "a criterion needs a test and a term"),
        ("K,LOW,1,LT,3,value,,u,T\nK,LOW,1,LT,2,value,,u,T", "K has grade 1 of LOW twice by value"),
        (
            "K,LOW,1,LT,3,value,,u,T\nK,LOW,2,LT,4,value,,u,T",
            "bound '4' of grade 2 is out of order with the other grades",
        ),
        ("K,LOW,1,LT,3,value,,u,T\nK,LOW,2,LT,2,value,,u,S", "K LOW is 'T' elsewhere, and 'S' here"),
    ],
)
def test_flaws(rows: str, flaw: str) -> None:
    last = rows.count("\n")
    assert list(GRADE.flaws(table(HEADER + rows))) == [(last, flaw)]


def test_good_criteria_have_no_flaw() -> None:
    assert list(GRADE.flaws(table(CRITERIA))) == []


@pytest.mark.parametrize(
    ("test", "direction", "results", "expected"),
    [
        ("HGB", "LOW", ["160", "120", "99", None], ["0", "0", "2", None]),
        ("HGB", "HIGH", ["160", "120", "99", None], ["1", "0", "0", None]),
        # A test without criteria of the direction has no grade of it.
        ("PLAT", "HIGH", ["10", "500"], [None, None]),
    ],
)
def test_grades_of_one_direction(test: str, direction: str, results: list[Cell], expected: list[Cell]) -> None:
    word = dataclasses.replace(GRADE, direction=direction)
    assert made(word, sample(test, results, low="115", high="150"))[1:] == expected
    term = dataclasses.replace(TERM, direction=direction)
    name = {"LOW": "Anemia", "HIGH": "Increased"}[direction]
    graded = [name if e in ("1", "2") else None for e in expected]
    assert made(term, sample(test, results, low="115", high="150"))[1:] == graded
