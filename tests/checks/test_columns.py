"""What rules ask of distinct values, by arrays: the same as one value at a time, and kept only as long as they live."""

from __future__ import annotations

import gc
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.checks import columns
from cdisc_itp.checks.columns import are_among, are_matched, byte_lengths, first_rows, matches, text_lengths, texts
from cdisc_itp.checks.define_items import decimals
from cdisc_itp.checks.keys import twins
from cdisc_itp.checks.registry import show
from cdisc_itp.model.column import collect_numbers, collect_text
from cdisc_itp.model.kept import _OF_VALUES

FLOATS = st.one_of(
    st.floats(allow_nan=False),
    st.integers(-(10**17), 10**17).map(float),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9).map(float),
)


@given(st.lists(FLOATS, min_size=1))
def test_numbers_are_shown_as_a_person_writes_them(values: list[float]) -> None:
    column = collect_numbers(values)
    distinct = [float(v) for v in column.categories]
    assert texts(column).tolist() == [show(v) for v in distinct]
    assert text_lengths(column).tolist() == [len(show(v)) for v in distinct]
    assert are_among(column, [show(distinct[0])]).tolist() == [show(v) == show(distinct[0]) for v in distinct]


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=5), min_size=1))
def test_decimals_are_those_of_the_number(values: list[Decimal]) -> None:
    column = collect_numbers([float(v) for v in values])
    wanted = [max(0, -int(Decimal(show(float(v))).as_tuple().exponent)) for v in column.categories]
    assert decimals(column).tolist() == wanted


def test_decimals_of_text_are_those_of_plain_numbers() -> None:
    shown = {"31.50": 2, "90": 0, "<2.0": 0, "1e-07": 7, "1.2.3": 0, "5.": 0, "-0.125": 3, "NEG.5": 0}
    assert decimals(collect_text(list(shown))).tolist() == list(shown.values())


WORDS = st.lists(st.text("ab. \n\té", max_size=3), max_size=8)


@given(WORDS, WORDS)
def test_texts_are_found_one_by_one_and_all_at_once(values: list[str], wanted: list[str]) -> None:
    distinct = list(dict.fromkeys(v for v in values if v))
    shown = [v in wanted for v in distinct]
    assert are_among(collect_text(distinct), wanted).tolist() == shown
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "FEW", -1)
        assert are_among(collect_text(distinct), wanted).tolist() == shown


@given(
    st.lists(WORDS, max_size=4), st.sampled_from([r"(?s: .*)", r"\.", r"(?s:.*[\x00-\x1f].*)", "a*"]), st.integers(0, 3)
)
def test_columns_are_matched_together_as_one_by_one(cells: list[list[str]], pattern: str, together: int) -> None:
    made = [collect_text([v or None for v in values]) for values in cells]
    wanted = [any(re.fullmatch(pattern, v) for v in values if v) for values in cells]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "TOGETHER", together)
        assert are_matched(made, pattern) == wanted


def test_the_first_row_of_each_group() -> None:
    assert first_rows(np.array([1, 0, 1, 2, 0], np.int32)).tolist() == [1, 0, 3]
    assert first_rows(np.array([], np.int32)).tolist() == []


ROWS = st.lists(st.tuples(*[st.sampled_from(["", "a", "b"])] * 6), max_size=30)


@given(ROWS)
def testtwins_are_the_records_that_an_earlier_one_equals(rows: list[tuple[str, ...]]) -> None:
    cells = [collect_text([v or None for v in column]) for column in zip(*rows, strict=True)] or [collect_text([])]
    seen: set[tuple[str, ...]] = set()
    wanted = []
    for number, row in enumerate(rows):
        if row in seen and any(row):
            wanted.append(number)
        seen.add(row)
    assert twins(cells) == wanted


def test_what_was_computed_is_kept_while_its_values_live() -> None:
    gc.collect()
    before = len(_OF_VALUES)
    column = collect_text(["a", "bb", None])
    first = byte_lengths(column, "ascii")
    assert byte_lengths(column, "ascii") is first and not first.flags.writeable
    assert byte_lengths(collect_text(["ccc"]), "ascii").tolist() == [3]
    assert matches(column, "b+").tolist() == [False, True]
    frame = pd.DataFrame({"A": pd.Series(column, copy=False)})
    assert byte_lengths(frame["A"].array, "ascii") is first
    del column, frame
    gc.collect()
    assert len(_OF_VALUES) == before
    assert first.tolist() == np.array([1, 2]).tolist()
