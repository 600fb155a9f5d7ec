"""Arithmetic against Python's decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.arithmetic import Difference, Percent, Product, Ratio, Round, SumOf, rounded
from cdisc_itp.algorithms.registry import Algorithm, NumberRef
from tests.sample import Sample, made

A, B, C = NumberRef("A"), NumberRef("B"), NumberRef("C")
# Results of clinical data: up to four decimals.
TENTHS = st.decimals(Decimal(-99999), Decimal(99999), places=4, allow_nan=False)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (SumOf((A, B)), [0.3, None, None, None]),
        (SumOf((A, B), ignore_missing=True), [0.3, 5.0, 7.0, None]),
        (SumOf((A,), plus="1.5"), [1.6, 6.5, None, None]),
        (Product((A, B)), [0.02, None, None, None]),
        (Product((A, B), ignore_missing=True), [0.02, 5.0, 7.0, None]),
        (Product((A,), times="2"), [0.2, 10.0, None, None]),
        (Difference(A, B), [-0.1, None, None, None]),
        (Ratio(A, B), [0.5, None, None, None]),
        (Ratio(A, C), [None, 2.5, None, None]),
        (Ratio(A, C, times="100", decimals=0), [None, 250.0, None, None]),
        (Percent(A, B), [50.0, None, None, None]),
        (Percent(A, C), [None, 250.0, None, None]),
        (Round(A), [0.0, 5.0, None, None]),
    ],
)
def test_by_hand(word: Algorithm, expected: list[float | None]) -> None:
    records = Sample({"A": [0.1, 5.0, None, None], "B": [0.2, None, 7.0, None], "C": [0.0, 2.0, 1.0, None]})
    assert made(word, records) == expected


def test_a_zero_changes_nothing_where_it_is_no_missing_value() -> None:
    records = Sample({"A": [0.0, 3.0], "B": [4.0, None]})
    assert made(Product((A, B), ignore_missing=True), records) == [0.0, 3.0]
    assert made(SumOf((A, B), ignore_missing=True), records) == [4.0, 3.0]


@given(TENTHS, TENTHS)
def test_sums_and_differences_are_those_of_decimals(a: Decimal, b: Decimal) -> None:
    records = Sample({"A": [float(a)], "B": [float(b)]})
    assert made(SumOf((A, B)), records) == [float(a + b)]
    assert made(Difference(A, B), records) == [float(a - b)]


@given(TENTHS, st.integers(0, 3))
def test_rounding_is_half_away_from_zero(a: Decimal, decimals: int) -> None:
    expected = a.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert made(Round(A, decimals), Sample({"A": [float(a)]})) == [float(expected)]


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_ratios_are_the_nearest_floats(a: int, b: int) -> None:
    records = Sample({"A": [float(a)], "B": [float(b)]})
    assert made(Ratio(A, B), records) == [pytest.approx(float(Fraction(a, b)), rel=1e-15)]
    assert made(Percent(A, B, 1), records) == [
        float(Decimal(str(float(round(Fraction(100 * a, b) * 10**6)) / 10**6)).quantize(Decimal("0.1"), ROUND_HALF_UP))
    ]


def test_what_is_too_large_to_have_decimals_stays() -> None:
    assert rounded(np.array([2.0**60, np.nan]), 2)[0] == 2.0**60
    assert rounded(np.array([0.5]), None).tolist() == [0.5]


def test_contradictions() -> None:
    assert SumOf((A,), plus="x").contradiction() == "'x' is no number"
    assert Product((A,), times="1,5").contradiction() == "'1,5' is no number"
    assert Round(A, 10).contradiction() == "decimals 10 is not from 0 to 9"
    assert Ratio(A, B, "100", 1).contradiction() == ""
