"""Criteria of a table: bounds, multiples of the baseline and of limits, levels."""

from __future__ import annotations

from typing import Any

import pytest

from cdisc_itp.algorithms.criteria import Criterion
from cdisc_itp.algorithms.registry import MapName, NumberRef, Ref
from tests.sample import Sample, made, table

NAME, AVAL, BASE = MapName("criteria"), NumberRef("AVAL"), NumberRef("BASE")
TABLE = table("""
crit,PARAMCD,text,level,relation,bound,times_baseline,times_low,times_high
CRIT1,PLAT,> 50,,GT,50,,,
CRIT2,PLAT,>= 30 and >= 2 x BASE,,GE,30,2,,
CRIT3,TACRO,3 to 5 ng/mL,,GE,3,,,
CRIT3,TACRO,3 to 5 ng/mL,,LE,5,,,
CRIT4,,> 3 x ULN,,GT,,,,3
CRIT4,ALT,> 5 x ULN,,GT,,,,5
MCRIT1,,Platelets,HIGH,GE,100,,,
MCRIT1,,Platelets,DOUBLE,GE,,2,,
MCRIT1,,Platelets,REST,,,,,
""")


def found(name: str, to: Any = "flag", by: bool = False, **columns: Any) -> list[Any]:
    columns = {"AVAL": columns.pop("AVAL"), **columns}
    n = len(columns["AVAL"])
    limits: Any = {k: NumberRef(v) for k, v in (("low", "ANRLO"), ("high", "ANRHI")) if v in columns}
    more = {k: columns.pop(k) for k in ("otherwise", "only_met") if k in columns}
    keys = {"PARAMCD": Ref("PARAMCD")} if by else {}
    columns.setdefault("BASE", [None] * n)
    columns = {k: [*v, "x" if k == "PARAMCD" else 1.0] for k, v in columns.items()}
    word = Criterion(AVAL, NAME, name, to, BASE, by=keys, **limits, **more)
    return made(word, Sample(columns, {"criteria": TABLE}))[:-1]


@pytest.mark.parametrize(
    ("value", "base", "expected"),
    [
        (30.0, 15.0, "Y"),
        (30.0, 15.5, "N"),
        (29.0, 5.0, "N"),
        # Below 30 it is not met whatever the baseline was.
        (29.0, None, "N"),
        (31.0, None, None),
        (None, 5.0, None),
    ],
)
def test_a_bound_and_a_multiple_in_one_row(value: float | None, base: float | None, expected: str | None) -> None:
    assert found("CRIT2", AVAL=[value], BASE=[base]) == [expected]


def test_greater_is_not_equal() -> None:
    assert found("CRIT1", AVAL=[50.0, 50.5, 51.0]) == ["N", "Y", "Y"]
    assert found("CRIT1", AVAL=[50.0, 51.0], otherwise="NO") == ["NO", "Y"]
    assert found("CRIT1", AVAL=[50.0, 51.0], only_met=True) == [None, "Y"]


def test_rows_of_one_criterion_hold_together() -> None:
    assert found("CRIT3", AVAL=[2.9, 3.0, 5.0, 5.1]) == ["N", "Y", "Y", "N"]


def test_rows_of_a_parameter() -> None:
    values, names = [60.0, 60.0, None], ["PLAT", "HGB", "PLAT"]
    assert found("CRIT1", by=True, AVAL=values, PARAMCD=names) == ["Y", None, None]
    assert found("CRIT1", "text", by=True, AVAL=values, PARAMCD=names) == ["> 50", None, "> 50"]
    assert found("CRIT1", "text", by=True, AVAL=[50.0], PARAMCD=["PLAT"], only_met=True) == [None]
    # The row without a parameter is for those that no row names.
    limits: dict[str, Any] = {"AVAL": [160.0, 160.0], "ANRHI": [40.0, 40.0], "PARAMCD": ["ALT", "AST"]}
    assert found("CRIT4", by=True, **limits) == ["N", "Y"]
    assert found("CRIT4", "text", by=True, **limits) == ["> 5 x ULN", "> 3 x ULN"]


def test_a_limit_that_is_missing() -> None:
    assert found("CRIT4", AVAL=[500.0], ANRHI=[None]) == [None]


def test_levels() -> None:
    values, base = [120.0, 60.0, 10.0, 60.0, 120.0, None], [20.0, 30.0, 30.0, None, None, 1.0]
    expected = ["HIGH", "DOUBLE", "REST", None, "HIGH", None]
    assert found("MCRIT1", "level", AVAL=values, BASE=base) == expected
    assert found("MCRIT1", "text", AVAL=[1.0]) == ["Platelets"]


def flaw(row: str, name: str = "C", **more: Any) -> list[tuple[int, str]]:
    cells = table(f"crit,text,level,relation,bound,times_baseline,times_high\n{row}")
    return list(Criterion(AVAL, NAME, name, **more).flaws(cells))


@pytest.mark.parametrize(
    ("row", "more", "expected"),
    [
        ("C,T,,GE,1,,", {}, []),
        ("D,T,,GE,1,,", {}, [(0, "the table has no criterion 'C'")]),
        ("C,,,GE,1,,", {}, [(0, "a criterion needs a text")]),
        ("C,T,,>=,1,,", {}, [(0, "relation '>=' is none of GE, GT, LE, LT, EQ")]),
        ("C,T,,GE,,,", {}, [(0, "a relation needs something to compare with, and that a relation")]),
        ("C,T,,,1,,", {}, [(0, "a relation needs something to compare with, and that a relation")]),
        ("C,T,,,,,", {}, [(0, "the row compares nothing")]),
        ("C,T,L,,,,", {"to": "level"}, []),
        ("C,T,,GE,1,,", {"to": "level"}, [(0, "the row has no level")]),
        ("C,T,,GE,one,,", {}, [(0, "bound 'one' is no number such as 2.5")]),
        ("C,T,,GE,,2,", {}, [(0, "times_baseline needs 'baseline' where 'criterion' is used")]),
        ("C,T,,GE,,2,", {"baseline": BASE}, []),
        ("C,T,,GE,1,,\nC,U,,LE,1,,", {}, [(1, "the criterion's text is 'T' elsewhere, and 'U' here")]),
    ],
)
def test_tables_that_cannot_be_used(row: str, more: dict[str, Any], expected: list[tuple[int, str]]) -> None:
    assert flaw(row, **more) == expected


def test_the_columns_that_are_read() -> None:
    word = Criterion(AVAL, NAME, "C", high=NumberRef("ANRHI"), by={"PARAMCD": Ref("PARAMCD")})
    assert word.tables["criteria"][-2:] == ("times_high", "PARAMCD")
