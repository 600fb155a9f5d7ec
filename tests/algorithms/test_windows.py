"""Analysis windows: which one holds a day, how far its target is, and tables that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import MapName, NumberRef, Ref
from cdisc_itp.algorithms.windows import AnalysisWindow
from tests.sample import Sample, made, table

WINDOWS = table("""
AVISIT,AVISITN,AWTARGET,AWLO,AWHI,AWU
Baseline,0,1,,1,DAYS
Week 1,1,8,2,11,DAYS
Month 6,6,180,166,208,DAYS
""")
BY = table("""
param,AVISIT,AVISITN,AWTARGET,AWLO,AWHI,AWU
PLAT,Early,1,5,1,9,DAYS
,Any,9,50,1,99,DAYS
""")
NAME = MapName("windows")


def window(days: list[Any], to: Any, **more: Any) -> list[Any]:
    word = AnalysisWindow(NumberRef("ADY"), NAME, to, gaps=True, **more)
    return made(word, Sample({"ADY": days}, {"windows": WINDOWS}))


DAYS = [-14.0, 1.0, 2.0, 11.0, 12.0, 165.0, 166.0, 208.0, 209.0, None]
# The visit, its target and the distance of each of these days.
VISITS = ["Baseline", "Baseline", "Week 1", "Week 1", None, None, "Month 6", "Month 6", None, None]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("AVISIT", VISITS),
        ("AVISITN", [0.0, 0.0, 1.0, 1.0, None, None, 6.0, 6.0, None, None]),
        ("AWTARGET", [1.0, 1.0, 8.0, 8.0, None, None, 180.0, 180.0, None, None]),
        ("AWTDIFF", [14.0, 0.0, 6.0, 3.0, None, None, 14.0, 28.0, None, None]),
        ("AWLO", [None, None, 2.0, 2.0, None, None, 166.0, 166.0, None, None]),
        ("AWHI", [1.0, 1.0, 11.0, 11.0, None, None, 208.0, 208.0, None, None]),
        ("AWU", ["DAYS", "DAYS", "DAYS", "DAYS", None, None, "DAYS", "DAYS", None, None]),
    ],
)
def test_what_is_said_of_the_window(to: Any, expected: list[Any]) -> None:
    assert window(DAYS, to) == expected


def test_outside_and_a_day_0() -> None:
    assert window([12.0, None], "AVISIT", outside="UNSCHEDULED") == ["UNSCHEDULED", None]
    # With a day 0, day -14 is fifteen days from day 1.
    assert window([-14.0], "AWTDIFF", day_zero=True) == [15.0]


def test_windows_of_a_parameter() -> None:
    word = AnalysisWindow(NumberRef("ADY"), NAME, by={"param": Ref("PARAMCD")})
    records = Sample({"ADY": [5.0, 50.0, 5.0, 5.0], "PARAMCD": ["PLAT", "PLAT", "HGB", None]}, {"windows": BY})
    assert made(word, records) == ["Early", None, "Any", "Any"]
    assert list(word.flaws(BY)) == []


def flaws(rows: str, **more: Any) -> list[tuple[int, str]]:
    word = AnalysisWindow(NumberRef("ADY"), NAME, **more)
    return list(word.flaws(table(f"AVISIT,AVISITN,AWTARGET,AWLO,AWHI,AWU\n{rows}")))


@pytest.mark.parametrize(
    ("rows", "more", "found"),
    [
        ("A,1,1,-14,-1,\nB,2,8,1,9,", {}, [(0, "the target (AWTARGET 1) is not in its window")]),
        ("A,1,-1,-14,-1,\nB,2,8,1,9,", {}, []),
        (
            "A,1,-1,-14,-1,\nB,2,8,1,9,",
            {"day_zero": True},
            [(1, "no window has day 0 ('gaps: yes' where that is meant)")],
        ),
        ("A,1,-1,-14,-1,\nB,2,8,2,9,", {}, [(1, "no window has day 1 ('gaps: yes' where that is meant)")]),
        ("A,1,-9,-14,-3,\nB,2,8,1,9,", {}, [(1, "no window has days -2 to -1 ('gaps: yes' where that is meant)")]),
        ("A,1,-9,-14,-3,\nB,2,8,1,9,", {"gaps": True}, []),
        ("B,2,8,1,9,\nA,1,12,9,,", {"gaps": True}, [(1, "the window overlaps the one to day 9")]),
        ("A,1,8,9,1,", {}, [(0, "the window ends (AWHI 1) before it begins (AWLO 9)")]),
        ("A,one,8,1,9,", {}, [(0, "AVISITN 'one' is no number")]),
        (",1,8,1,9,", {}, [(0, "a window needs an AVISIT")]),
    ],
)
def test_tables_that_cannot_be_used(rows: str, more: dict[str, Any], found: list[tuple[int, str]]) -> None:
    assert flaws(rows, **more) == found


@given(st.integers(-20, 20).filter(bool), st.integers(1, 19))
def test_the_distance_is_that_of_the_calendar(day: int, target: int) -> None:
    """Days -20 to 20 without a day 0, written out."""
    calendar = [d for d in range(-30, 31) if d != 0]
    windows = table(f"AVISIT,AVISITN,AWTARGET,AWLO,AWHI,AWU\nA,1,{target},,,DAYS")
    word = AnalysisWindow(NumberRef("ADY"), NAME, "AWTDIFF")
    expected = abs(calendar.index(day) - calendar.index(target))
    assert made(word, Sample({"ADY": [float(day)]}, {"windows": windows})) == [float(expected)]
