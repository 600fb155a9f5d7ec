"""A code and its decode: by the map both mean the same, or neither is taken."""

from __future__ import annotations

from typing import Any

import pytest

from cdisc_itp.algorithms.columns import Column
from cdisc_itp.algorithms.registry import MapName, RawColumn
from tests.sample import Sample, made, table

MAP = "source,raw,term\n,男,M\n,女,F\n01,1,M\n01,2,F\n02,1,F\n,0,\n,否,\n,是,Y"


def read(code: str | None, decode: str | None, source: str | None = "01", **parameters: Any) -> Any:
    """The term of a code beside its decode, and the codes of the issues."""
    records = Sample({"C": [code], "D": [decode]}, {"m": table(MAP)}, source=source)
    word = Column(RawColumn("C"), map=MapName("m"), agrees_with=RawColumn("D"), **parameters)
    return made(word, records)[0], list(records.issues)


def test_both_mean_the_same() -> None:
    assert read("1", "男") == ("M", [])
    assert read(" 2 ", "\u3000女 ") == ("F", [])


@pytest.mark.parametrize(("code", "decode"), [("1", "女"), ("2", "男"), ("1", "否"), ("0", "是"), ("0", "女")])
def test_neither_is_taken_where_they_differ(code: str, decode: str) -> None:
    assert read(code, decode) == (None, ["DATA037"])


def test_both_may_mean_no_value() -> None:
    assert read("0", "否") == (None, [])


def test_an_empty_decode_says_nothing_and_an_empty_code_contradicts_a_decode() -> None:
    assert read("1", None) == ("M", [])
    assert read("1", " ") == ("M", [])
    assert read(None, "男") == (None, ["DATA037"])
    assert read(None, None) == (None, [])
    assert read(None, "否") == (None, [])


def test_what_the_map_lacks_is_named_once_and_not_compared() -> None:
    assert read("9", "男") == (None, ["DATA030"])
    assert read("1", "人") == (None, ["DATA030"])


def test_a_row_of_the_source_counts() -> None:
    assert read("1", "女", source="02") == ("F", [])
    assert read("1", "男", source="02") == (None, ["DATA037"])


def test_missing_speaks_of_both() -> None:
    said = {"9": None, "不适用": None}
    assert read("9", "不适用", missing=said) == (None, [])
    assert read("1", "不适用", missing=said) == (None, ["DATA037"])
    assert read("9", None, missing=said) == (None, [])
    assert read("9", "男", missing=said) == (None, ["DATA037"])


def test_another_column_of_the_map_is_compared_too() -> None:
    rows = "raw,term,status\n1,CLOTTED,NOT DONE\n凝块,CLOTTED,NOT DONE\n2,,NOT DONE\n未做,,NOT DONE"
    for to, wanted in {"term": None, "status": "NOT DONE"}.items():
        records = Sample({"C": ["2"], "D": ["凝块"]}, {"m": table(rows)})
        word = Column(RawColumn("C"), map=MapName("m"), agrees_with=RawColumn("D"), to=to)
        assert made(word, records) == [wanted]
        assert list(records.issues) == ([] if wanted else ["DATA037"])


def test_rows_are_judged_one_by_one() -> None:
    records = Sample({"C": ["1", "1", "2", "1"], "D": ["男", "女", "女", "男"]}, {"m": table(MAP)}, source="01")
    word = Column(RawColumn("C"), map=MapName("m"), agrees_with=RawColumn("D"))
    assert made(word, records) == ["M", None, "F", "M"]
    assert records.issues == {"DATA037": [1]}


def test_what_is_said_of_it() -> None:
    word = Column(RawColumn("C"), map=MapName("m"), agrees_with=RawColumn("D"))
    assert word.raw_columns == ("C", "D") and Column(RawColumn("C")).raw_columns == ("C",)
    assert "agrees_with 'D'" in word.describe()
    assert "itself" in Column(RawColumn("C"), map=MapName("m"), agrees_with=RawColumn("C")).contradiction()
