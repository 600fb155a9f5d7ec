"""Levels of response by a table: IWG 2009 as published, and rows that cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import MapName, Ref
from cdisc_itp.algorithms.response import Response
from tests.algorithms.response_tables import IWG_2009
from tests.sample import Sample, made, table

WORD = Response(Ref("AVAL"), MapName("iwg"), Ref("BASE"), {"bleeding": Ref("BLEEDFL")})
TRIAL = table("""
level,relation,bound,times_baseline
R,GT,50,
NR,,,
""")


@pytest.mark.parametrize(
    ("count", "base", "bleeding", "level"),
    [
        (100, 10, None, "CR"),
        (99, 10, None, "R"),
        (100, 10, "Y", "NR"),
        (100, 10, "N", "CR"),
        (30, 15, None, "R"),
        (30, 16, None, "NR"),
        (29, 5, None, "NR"),
        (57, 29, None, "NR"),
        (58, 29, None, "R"),
        (58, 29, "Y", "NR"),
        # Without a baseline nobody can tell a response from none; a complete response is one all the same.
        (58, None, None, "NE"),
        (120, None, None, "CR"),
        (20, None, None, "NR"),
        (58, None, "Y", "NR"),
        (None, 10, None, "NE"),
        (None, 10, "Y", "NE"),
    ],
)
def test_iwg_2009(count: float | None, base: float | None, bleeding: str | None, level: str) -> None:
    records = Sample({"AVAL": [count, 1.0], "BASE": [base, 1.0], "BLEEDFL": [bleeding, None]}, {"iwg": IWG_2009})
    assert made(WORD, records)[0] == level


def test_the_definition_of_a_trial() -> None:
    word = Response(Ref("AVAL"), MapName("trial"), missing="U")
    records = Sample({"AVAL": [50.0, 50.5, 51.0, None]}, {"trial": TRIAL})
    assert made(word, records) == ["NR", "R", "R", "U"]


def test_a_result_that_is_text() -> None:
    records = Sample({"AVAL": ["51", "<10", None]}, {"trial": TRIAL})
    assert made(Response(Ref("AVAL"), MapName("trial")), records) == ["R", "NE", "NE"]


def test_twice_a_decimal_baseline_is_exact() -> None:
    criteria = table("level,relation,bound,times_baseline\nR,GE,,1.1\nNR,,,")
    records = Sample({"AVAL": [1.65], "BASE": [1.5]}, {"t": criteria})
    assert made(Response(Ref("AVAL"), MapName("t"), Ref("BASE")), records) == ["R"]


@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        (",GE,30,,", "a row needs a level"),
        ("R,OVER,30,,", "relation 'OVER' is none of GE, GT, LE, LT"),
        ("R,,30,,", "a relation needs a bound or a multiple of the baseline, and these a relation"),
        ("R,GE,,,", "a relation needs a bound or a multiple of the baseline, and these a relation"),
        ("R,GE,3O,,", "bound '3O' is no number such as 2.5"),
        ("R,GE,30,twice,", "times_baseline 'twice' is no number such as 2.5"),
        ("R,GE,30,,no", "bleeding 'no' is neither Y nor N"),
    ],
)
def test_rows_that_cannot_be_used(row: str, flaw: str) -> None:
    found = table(f"level,relation,bound,times_baseline,bleeding\nCR,GE,100,,N\n{row}")
    assert list(WORD.flaws(found)) == [(1, flaw)]
    assert list(WORD.flaws(IWG_2009)) == []


def test_a_multiple_of_no_baseline() -> None:
    flaw = "'response' reads a multiple of the baseline, and has no 'baseline'"
    assert list(Response(Ref("AVAL"), MapName("iwg")).flaws(IWG_2009)) == [(1, flaw)]


def test_what_is_read_and_said() -> None:
    assert WORD.reads == ("AVAL", "BASE", "BLEEDFL")
    assert WORD.tables == {"iwg": ("level", "relation", "bound", "times_baseline", "bleeding")}
    assert "baseline BASE, bleeding BLEEDFL" in WORD.describe()
    assert "NE where the result is missing" in WORD.describe()
    wrong = Response(Ref("AVAL"), MapName("iwg"), flags={"bound": Ref("X")})
    assert wrong.contradiction() == "'bound' is no flag but a criterion's column"


NUMBER = st.none() | st.integers(0, 130)


@given(st.lists(st.tuples(NUMBER, NUMBER, st.sampled_from(["Y", "N", None])), min_size=1, max_size=20))
def test_equal_to_a_loop(rows: list[tuple[int | None, int | None, str | None]]) -> None:
    def level(count: int | None, base: int | None, bleeding: str | None) -> str:
        if count is None:
            return "NE"
        if bleeding == "Y" or count < 30:
            return "NR"
        if count >= 100:
            return "CR"
        return "NE" if base is None else "R" if count >= 2 * base else "NR"

    values = {name: [None if r[i] is None else float(r[i]) for r in rows] for i, name in enumerate(("AVAL", "BASE"))}
    numbers = {k: [*v, 1.0] for k, v in values.items()}
    records = Sample({**numbers, "BLEEDFL": [*(r[2] for r in rows), None]}, {"iwg": IWG_2009})
    assert made(WORD, records)[:-1] == [level(*r) for r in rows]
