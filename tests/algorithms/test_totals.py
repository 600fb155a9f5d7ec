"""Statistics of a subject's records against Python's."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import NumberRef, Ref
from cdisc_itp.algorithms.totals import Mean, Median, Total
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from tests.sample import Sample, made

A = Condition((WhereClause((Comparison("EXTRT", "EQ", ("A",)),)),))
ROWS = st.lists(st.tuples(st.sampled_from("123"), st.none() | st.integers(-20, 20), st.sampled_from("AP")), max_size=12)


@given(ROWS)
def test_equal_to_a_loop_over_the_records(rows: list[tuple[str, int | None, str]]) -> None:
    subject, value, group = ([r[i] for r in rows] for i in range(3))
    number = [None if v is None else float(v) / 10 for v in value]  # type: ignore[arg-type]
    other = Sample({"USUBJID": subject, "N": number or [1.0][:0], "EXTRT": group})  # type: ignore[dict-item]
    asking = Sample({"USUBJID": ["1", "2", "4", "1"], "TRT": ["A", "A", "A", "P"]}, others={"O": other})
    words = ((Total, sum), (Mean, statistics.mean), (Median, statistics.median))
    for word, statistic in words:
        for where, by in ((None, None), (A, None), (None, {"EXTRT": Ref("TRT")}), (A, {"EXTRT": Ref("TRT")})):
            expected = []
            for s, trt in zip(["1", "2", "4", "1"], ["A", "A", "A", "P"], strict=True):
                mine = [r for r in rows if r[0] == s and r[1] is not None]
                mine = [r for r in mine if (where is None or r[2] == "A") and (by is None or r[2] == trt)]
                numbers = [r[1] / 10 for r in mine]  # type: ignore[operator]
                expected.append(pytest.approx(statistic(numbers), abs=1e-9) if numbers else None)  # type: ignore[operator]
            assert made(word(NumberRef("O.N"), where, by=by or {}), asking) == expected


def test_sums_of_decimals_and_rounding() -> None:
    other = Sample({"USUBJID": ["1"] * 3, "D": [0.1, 0.2, 1.0]})
    records = Sample({"USUBJID": ["1"]}, others={"EX": other})
    assert made(Total(NumberRef("EX.D")), records) == [1.3]
    assert made(Mean(NumberRef("EX.D"), decimals=1), records) == [0.4]
    assert made(Median(NumberRef("EX.D"), decimals=0), records) == [0.0]


def test_what_is_read_and_what_contradicts() -> None:
    word = Total(NumberRef("EX.EXDOSE"), A, by={"EXTRT": Ref("TRT")})
    assert word.reads == ("EX.EXDOSE", "EX.EXTRT", "TRT")
    assert Mean(NumberRef("EX.EXDOSE"), decimals=12).contradiction() == "decimals 12 is not from 0 to 9"
    assert Median(NumberRef("EXDOSE")).contradiction() == "'EXDOSE' names no other form or dataset"
