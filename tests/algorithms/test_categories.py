"""Categories by tables, numbers for texts, pooling: expected values by hand."""

from __future__ import annotations

import collections

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.categories import Category, Listed, NumericTwin, Pooled
from cdisc_itp.algorithms.registry import MapName, NumberRef, Ref
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from tests.sample import Sample, codelist, made, table

AGES = table("below,from,term,number\n18,,<18,1\n65,18,18-64,2\n,65,>=65,3")
BY_TEST = table("test,above,to,term\nA,,1,low\nA,1,,high\n,,,any")
AGE, GROUPS = NumberRef("AGE"), MapName("groups")


def test_bounds_belong_to_the_interval_that_their_column_says() -> None:
    records = Sample({"AGE": [17.9, 18.0, 64.999, 65.0, None, -1.0]}, tables={"groups": AGES})
    assert made(Category(AGE, GROUPS), records) == ["<18", "18-64", "18-64", ">=65", None, "<18"]
    assert made(Category(AGE, GROUPS, "number"), records) == ["1", "2", "2", "3", None, "1"]
    assert records.issues == {}


def test_a_number_in_no_interval_is_an_issue() -> None:
    gap = table("from,to,term\n0,1,a\n2,3,b")
    records = Sample({"AGE": [0.0, 1.0, 1.5, 3.0, 3.1]}, tables={"groups": gap})
    assert made(Category(AGE, GROUPS), records) == ["a", "a", None, "b", None]
    assert records.issues == {"DATA030": [2, 4]}


def test_intervals_of_each_parameter() -> None:
    records = Sample({"AVAL": [1.0, 1.1, 5.0], "PARAMCD": ["A", "A", "B"]}, tables={"groups": BY_TEST})
    word = Category(NumberRef("AVAL"), GROUPS, by={"test": Ref("PARAMCD")})
    assert made(word, records) == ["low", "high", "any"]
    assert word.tables == {"groups": ("term", "test")} and word.reads == ("AVAL", "PARAMCD")


@pytest.mark.parametrize(
    ("rows", "flaws"),
    [
        ("from,below,term\n0,10,a\n10,20,b\n,0,c", []),
        ("from,to,term\n0,10,a\n10,20,b", [(1, "the interval overlaps that of a row above")]),
        ("above,to,term\n0,10,a\n10,20,b", []),
        ("from,to,below,term\n0,10,20,a", [(0, "the row has both to and below")]),
        ("from,to,term\nten,10,a", [(0, "from 'ten' is no number")]),
        ("from,below,term\n5,5,a", [(0, "no number is in the interval")]),
        ("from,to,term\n5,5,a", []),
        ("from,to,term\n,,a\n,,b", [(1, "the interval overlaps that of a row above")]),
    ],
)
def test_flaws_of_a_table(rows: str, flaws: list[tuple[int, str]]) -> None:
    assert list(Category(AGE, GROUPS).flaws(table(rows))) == flaws


def test_overlaps_are_within_one_parameter() -> None:
    assert list(Category(AGE, GROUPS, by={"test": Ref("PARAMCD")}).flaws(BY_TEST)) == []


@given(st.integers(-50, 50), st.integers(1, 30), st.integers(-100, 100))
def test_intervals_that_touch_hold_every_number_once(start: int, width: int, value: int) -> None:
    rows = [f",{start},0", *(f"{start + i * width},{start + (i + 1) * width},{i + 1}" for i in range(5))]
    every = table("\n".join(["from,below,term", *rows, f"{start + 5 * width},,6"]))
    assert list(Category(AGE, GROUPS).flaws(every)) == []
    expected = min(max((value - start) // width + 1, 0), 6)
    assert made(Category(AGE, GROUPS), Sample({"AGE": [float(value)]}, tables={"groups": every})) == [str(expected)]


def test_numeric_twins() -> None:
    lists = {"SEX": codelist("SEX", "F", "M", "U")}
    records = Sample({"SEX": ["M", "F", None, "X"]}, codelists=lists, tables={"n": table("sex,number\nM,10\nF,20")})
    assert made(NumericTwin(Ref("SEX")), records) == [2.0, 1.0, None, None]
    assert made(NumericTwin(Ref("SEX"), ("M", "F", "X")), records) == [1.0, 2.0, None, 3.0]
    assert made(NumericTwin(Ref("SEX"), map=MapName("n")), records) == [10.0, 20.0, None, None]
    assert records.issues == {"DATA030": [3, 3]}
    assert NumericTwin(Ref("SEX"), ("M",), MapName("n")).contradiction() == "both order and map say the numbers"
    assert NumericTwin(Ref("SEX")).contradiction() == ""


def test_a_table_may_name_some_texts_only() -> None:
    names = ["Nose bleed", "nose BLEED ", "Rash", None]
    records = Sample({"AEDECOD": names}, tables={"t": table("raw,term\nNose bleed,B")})
    assert made(Listed(Ref("AEDECOD"), MapName("t")), records) == ["B", "B", None, None]
    assert records.issues == {}


SITES = ["1"] * 3 + ["2"] * 2 + ["3"] + [None]
SUBJECTS = [f"{i}" for i in range(7)]


def test_small_groups_are_pooled() -> None:
    records = Sample({"SITEID": SITES, "USUBJID": SUBJECTS})
    assert made(Pooled(Ref("SITEID"), 2, "POOLED"), records) == ["1"] * 3 + ["2"] * 2 + ["POOLED", None]
    assert made(Pooled(Ref("SITEID"), 1, "POOLED"), records) == SITES
    assert made(Pooled(Ref("SITEID"), 4, "POOLED"), records) == ["POOLED"] * 6 + [None]


def test_each_arm_must_have_so_many() -> None:
    records = Sample({"SITEID": SITES, "USUBJID": SUBJECTS, "ARM": list("ABAABAA")})
    assert made(Pooled(Ref("SITEID"), 1, "9", Ref("ARM")), records) == ["1"] * 3 + ["2"] * 2 + ["9", None]


def test_only_some_subjects_count_each_once() -> None:
    where = Condition((WhereClause((Comparison("FL", "EQ", ("Y",)),)),))
    records = Sample({"SITEID": ["1", "1", "1", "2"], "USUBJID": ["a", "a", "b", "c"], "FL": ["Y", "Y", "N", "Y"]})
    assert made(Pooled(Ref("SITEID"), 2, "9", where=where), records) == ["9"] * 4
    assert made(Pooled(Ref("SITEID"), 2, "9"), records) == ["1"] * 3 + ["9"]
    assert Pooled(Ref("SITEID"), 2, "9", where=where).reads == ("SITEID", "FL")


@given(st.lists(st.sampled_from(["1", "2", "3", None]), max_size=20), st.integers(1, 6))
def test_pooling_counts_subjects(sites: list[str | None], least: int) -> None:
    count = collections.Counter(sites)
    found = made(Pooled(Ref("S"), least, "X"), Sample({"S": sites, "USUBJID": [str(i) for i in range(len(sites))]}))
    assert found == [s if s is None or count[s] >= least else "X" for s in sites]
