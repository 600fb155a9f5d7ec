"""Words that join and cut text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import AnyText, Ref
from cdisc_itp.algorithms.texts import Join, PartOf
from tests.sample import Sample, made

A, B = Ref("a"), Ref("b")
ROWS = {"a": ["x", "x", None, None], "b": ["y", None, "y", None]}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (Join((A, B)), ["xy", None, None, None]),
        (Join((A, B), by=AnyText("-")), ["x-y", None, None, None]),
        (Join((A, B), by=AnyText("-"), partial=True), ["x-y", "x", "y", None]),
        (Join((A, B), by=AnyText(", "), prefix=AnyText("<"), suffix=AnyText(">")), ["<x, y>", None, None, None]),
        (Join((A, B), prefix=AnyText("<"), suffix=AnyText(">"), partial=True), ["<xy>", "<x>", "<y>", None]),
        (Join((A,), prefix=AnyText("01-")), ["01-x", "01-x", None, None]),
        (Join((A, A), by=AnyText("+")), ["x+x", "x+x", None, None]),
    ],
)
def test_join(word: Join, expected: list[str | None]) -> None:
    assert made(word, Sample(ROWS)) == expected


def test_numbers_are_joined_as_plain_decimals() -> None:
    records = Sample({"VISITNUM": [1.0, 2.01, 1e-7, None], "a": ["v"] * 4})
    assert made(Join((A, Ref("VISITNUM"))), records) == ["v1", "v2.01", "v0.0000001", None]


@pytest.mark.parametrize(
    ("part", "expected"),
    [(1, "01"), (2, "002"), (3, "x"), (-1, "x"), (-3, "01"), (4, None), (-4, None)],
)
def test_part_of(part: int, expected: str | None) -> None:
    records = Sample({"a": ["01-002- x", None]})
    assert made(PartOf(A, by="-", part=part), records) == [expected, None]
    assert records.issues == ({} if expected else {"DATA015": [0]})


def test_an_empty_part_is_no_part() -> None:
    records = Sample({"a": ["01--x", "01", "5"]})
    assert made(PartOf(A, by="-", part=2), records) == [None, None, None]
    assert records.issues == {"DATA015": [0, 1, 2]}


def test_part_of_a_number() -> None:
    assert made(PartOf(Ref("N"), by=".", part=2), Sample({"N": [2.01]})) == ["01"]


@given(st.lists(st.text("abc", min_size=1), min_size=1, max_size=4), st.sampled_from(["-", "::", " "]))
def test_parts_are_what_was_joined(parts: list[str], by: str) -> None:
    names = tuple(Ref(f"c{i}") for i in range(len(parts)))
    whole = made(Join(names, by=AnyText(by)), Sample({n: [p] for n, p in zip(names, parts, strict=True)}))
    for i, part in enumerate(parts, 1):
        for number in (i, i - len(parts) - 1):
            assert made(PartOf(A, by=by, part=number), Sample({"a": whole})) == [part]
