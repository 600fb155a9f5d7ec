"""Baseline values, change from baseline, shift."""

from __future__ import annotations

from typing import Any

import pytest

from cdisc_itp.algorithms.change import BaselineValue, Change, PercentChange, Shift
from cdisc_itp.algorithms.registry import NumberRef, Ref
from tests.sample import Sample, made

LB: dict[str, list[Any]] = {
    "USUBJID": ["1", "1", "1", "1", "2", "2"],
    "PARAMCD": ["PLAT", "PLAT", "HGB", None, "PLAT", "PLAT"],
    "AVAL": [12.0, 90.0, 130.0, 4.0, 8.0, 9.0],
    "ANRIND": ["LOW", "NORMAL", "NORMAL", "LOW", "LOW", "LOW"],
    "ABLFL": ["Y", None, None, "Y", "Y", "Y"],
}


def test_the_baseline_of_numbers_and_texts() -> None:
    records = Sample(LB, name="ADLB")
    assert made(BaselineValue(Ref("AVAL"), Ref("ABLFL"), (Ref("PARAMCD"),)), records) == [
        12,
        12,
        None,
        None,
        None,
        None,
    ]
    assert records.links == {"ADLB": [0, 0, -1, -1, -1, -1]}
    # Subject 2 has two baselines: none is taken.
    assert records.issues == {"DATA061": [4, 5]}
    word = BaselineValue(Ref("ANRIND"), Ref("ABLFL"), (Ref("PARAMCD"),))
    assert made(word, Sample(LB)) == ["LOW", "LOW", None, None, None, None]


def test_a_baseline_of_each_type() -> None:
    cells: dict[str, list[Any]] = {
        "USUBJID": ["1"] * 3,
        "BASETYPE": ["SCREENING", "RUN-IN", "RUN-IN"],
        "AVAL": [1.0, 2.0, 3.0],
        "ABLFL": ["Y", "Y", None],
    }
    word = BaselineValue(Ref("AVAL"), Ref("ABLFL"), (Ref("BASETYPE"),))
    assert made(word, Sample(cells)) == [1.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("value", "base", "change", "percent"),
    [
        (90.0, 12.0, 78.0, 650.0),
        (0.3, 0.1, 0.2, 200.0),
        (5.0, -10.0, 15.0, 150.0),
        (5.0, 0.0, 5.0, None),
        (None, 12.0, None, None),
        (5.0, None, None, None),
        (10.0, 30.0, -20.0, -66.667),
    ],
)
def test_change(value: float | None, base: float | None, change: float | None, percent: float | None) -> None:
    records = Sample({"AVAL": [value, 1.0], "BASE": [base, 1.0]})
    assert made(Change(NumberRef("AVAL"), NumberRef("BASE")), records) == [change, 0.0]
    assert made(PercentChange(NumberRef("AVAL"), NumberRef("BASE"), 3), records) == [percent, 0.0]


def test_shift() -> None:
    records = Sample({"BNRIND": ["LOW", None, "LOW", None], "ANRIND": ["HIGH", "HIGH", None, None]})
    assert made(Shift(Ref("BNRIND"), Ref("ANRIND")), records) == ["LOW to HIGH", None, None, None]
    word = Shift(Ref("BNRIND"), Ref("ANRIND"), divider="-", missing="NULL")
    assert made(word, records) == ["LOW-HIGH", "NULL-HIGH", "LOW-NULL", None]


def test_decimals_that_no_number_has() -> None:
    assert Change(NumberRef("A"), NumberRef("B"), 10).contradiction() == "decimals 10 is not from 0 to 9"
