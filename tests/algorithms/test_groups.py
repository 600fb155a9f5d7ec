"""The first or last record of a group, numbers within it, and what came before: by hand and against loops."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.groups import Extreme, GreaterThanPrevious, NumberInGroup, ValueOfNext, ValueOfPrevious
from cdisc_itp.algorithms.registry import NumberRef, Ref, parameters
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from tests.sample import Sample, made

BEFORE = Condition((WhereClause((Comparison("TRTFL", "EQ", ("N",)),)),))
LB: dict[str, list[Any]] = {
    "USUBJID": ["1", "1", "1", "1", "2", None],
    "PARAMCD": ["PLAT", "PLAT", "PLAT", "HGB", "PLAT", "PLAT"],
    "ADT": [10.0, 20.0, 20.0, 10.0, None, 5.0],
    "AVAL": [30.0, 25.0, 90.0, 120.0, 5.0, 1.0],
    "TRTFL": ["N", "N", "Y", "N", "N", "N"],
}
PARAMCD, ADT = (Ref("PARAMCD"),), Ref("ADT")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        # Of the two on day 20 the last in the dataset's order; no record of no subject.
        (Extreme("last", by=PARAMCD, order=(ADT,)), [None, None, "Y", "Y", "Y", None]),
        (Extreme("last", by=PARAMCD, order=(ADT,), where=BEFORE), [None, "Y", None, "Y", "Y", None]),
        (Extreme("first", by=PARAMCD, order=(ADT, Ref("AVAL")), descending=(ADT,)), [None, "Y", None, "Y", "Y", None]),
        (Extreme("first", by=PARAMCD, order=(Ref("AVAL"),)), [None, "Y", None, "Y", "Y", None]),
        (Extreme("first"), ["Y", None, None, None, "Y", None]),
        (Extreme("last", then="L", otherwise="N"), ["N", "N", "N", "L", "L", None]),
        (Extreme("first", where=BEFORE, otherwise="N"), ["Y", "N", None, "N", "Y", None]),
    ],
)
def test_the_extreme_record(word: Extreme, expected: list[Any]) -> None:
    assert made(word, Sample(LB)) == expected


def test_the_chosen_record_is_lineage_of_its_group() -> None:
    records = Sample(LB, name="ADLB")
    made(Extreme("last", by=PARAMCD, order=(ADT,), where=BEFORE), records)
    assert records.links == {"ADLB": [1, 1, -1, 3, 4, -1]}


def test_the_declared_order_decides_between_equals() -> None:
    records = Sample(LB, places=[0, 2, 1, 3, 4, 5])
    assert made(Extreme("last", by=PARAMCD, order=(ADT,)), records) == [None, "Y", None, "Y", "Y", None]


@pytest.mark.parametrize("record", ["first", "last"])
def test_a_missing_value_loses(record: Any) -> None:
    records = Sample({"USUBJID": ["1", "1", "1"], "ADT": [None, 1.0, None]})
    assert made(Extreme(record, order=(ADT,)), records) == [None, "Y", None]
    assert made(Extreme(record, order=(ADT,), descending=(ADT,)), records) == [None, "Y", None]


def test_the_main_argument_comes_before_those_of_the_base() -> None:
    words = (Extreme, NumberInGroup, ValueOfPrevious, ValueOfNext, GreaterThanPrevious)
    assert [next(iter(parameters(w))) for w in words] == ["record", "by", "source", "source", "source"]


def test_numbers() -> None:
    records = Sample(LB)
    assert made(NumberInGroup(PARAMCD, order=(ADT,)), records) == [1.0, 2.0, 3.0, 1.0, 1.0, None]
    assert made(NumberInGroup(PARAMCD, order=(ADT,), ties="same"), records) == [1.0, 2.0, 2.0, 1.0, 1.0, None]
    assert made(NumberInGroup(PARAMCD, order=(ADT,), descending=(ADT,)), records) == [3.0, 1.0, 2.0, 1.0, 1.0, None]
    assert made(NumberInGroup(PARAMCD, order=(ADT,), where=BEFORE), records) == [1.0, 2.0, None, 1.0, 1.0, None]


def test_what_is_descending_is_in_the_order() -> None:
    assert Extreme("last", descending=(ADT,)).contradiction() == "'ADT' is descending, and not in the order"
    assert Extreme("last", where=BEFORE, order=(ADT,)).reads == ("ADT", "TRTFL")


DOSES: dict[str, list[Any]] = {
    "USUBJID": ["1", "1", "1", "1", "2"],
    "CMTRT": ["PRED", "PRED", "PRED", "CSA", "PRED"],
    "ASTDT": [30.0, 10.0, 20.0, 15.0, 40.0],
    "CMDOSE": [20.0, 10.0, None, 50.0, 99.0],
}


def test_a_raised_dose() -> None:
    more: Any = {"by": (Ref("CMTRT"),), "order": (Ref("ASTDT"),)}
    records = Sample(DOSES, name="CM")
    assert made(GreaterThanPrevious(NumberRef("CMDOSE"), **more), records) == ["Y", None, None, None, None]
    assert records.links == {"CM": [1, -1, 1, -1, -1]}
    word = GreaterThanPrevious(NumberRef("CMDOSE"), otherwise="N", **more)
    assert made(word, records) == ["Y", "N", None, "N", "N"]
    assert made(ValueOfPrevious(Ref("CMDOSE"), **more), records) == [10.0, None, 10.0, None, None]
    assert made(ValueOfNext(Ref("CMDOSE"), **more), records) == [None, 20.0, 20.0, None, None]
    assert made(ValueOfNext(Ref("ASTDT"), order=(Ref("ASTDT"),)), records) == [None, 15.0, 30.0, 20.0, None]


def test_no_records() -> None:
    empty = Sample({"USUBJID": [], "ADT": [], "AVAL": []})
    words = (Extreme("last", order=(ADT,)), NumberInGroup((Ref("ADT"),), ties="same"), ValueOfNext(Ref("ADT")))
    for word in words:
        assert made(word, empty) == []


ROWS = st.lists(
    st.tuples(
        st.sampled_from("12"), st.sampled_from("AB"), st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)
    ),
    min_size=1,
    max_size=12,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_equal_to_a_loop_over_the_groups(rows: list[Any], rng: Any) -> None:
    places = list(range(len(rows)))
    rng.shuffle(places)
    records = Sample(
        {
            "USUBJID": [r[0] for r in rows],
            "K": [r[1] for r in rows],
            "D": [None if r[2] is None else float(r[2]) for r in rows] + [1.0][:0],
            "V": [None if r[3] is None else float(r[3]) for r in rows],
        },
        places=places,
    )
    first, last, number, before, greater = ([None] * len(rows) for _ in range(5))  # type: list[Any]
    for key in {r[:2] for r in rows}:
        mine = sorted((i for i, r in enumerate(rows) if r[:2] == key), key=lambda i: places[i])
        dated = [i for i in mine if rows[i][2] is not None]
        first[min(dated or mine, key=lambda i: (rows[i][2] or 0, places[i]))] = "Y"
        last[max(dated or mine, key=lambda i: (rows[i][2] or 0, places[i]))] = "Y"
        ordered = sorted(mine, key=lambda i: (rows[i][2] is None, rows[i][2] or 0, places[i]))
        held = None
        for n, i in enumerate(ordered):
            number[i], before[i] = n + 1.0, held
            if rows[i][3] is not None:
                greater[i] = "Y" if held is not None and rows[i][3] > held else "N"
                held = float(rows[i][3])
    by: Any = {"by": (Ref("K"),), "order": (Ref("D"),)}
    assert made(Extreme("first", **by), records) == first
    assert made(Extreme("last", **by), records) == last
    assert made(NumberInGroup((Ref("K"),), order=(Ref("D"),)), records) == number
    if any(r[3] is not None for r in rows):
        assert made(ValueOfPrevious(Ref("V"), **by), records) == before
        assert made(GreaterThanPrevious(NumberRef("V"), otherwise="N", **by), records) == greater
