"""Baseline flags: which record is the last before the reference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.baseline import BaselineAtVisit, LastBefore
from cdisc_itp.algorithms.registry import DateRef, Ref
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from tests.sample import Sample, made

DATE, REFERENCE, VALUE = DateRef("LBDTC"), DateRef("DM.RFXSTDTC"), Ref("LBORRES")


def flags(dates: list[str | None], reference: str | None, same_day: bool = True, **more: list[str | None]) -> list[str]:
    """Y or - for each record of one subject."""
    n = len(dates)
    columns = {"USUBJID": ["1"] * n, "LBDTC": dates, "DM.RFXSTDTC": [reference] * n, "LBORRES": ["5"] * n, **more}
    by = (Ref("LBTESTCD"),) if "LBTESTCD" in more else ()
    found = made(LastBefore(DATE, REFERENCE, VALUE, by, same_day), Sample(columns))
    return ["-" if f is None else str(f) for f in found]


@pytest.mark.parametrize(
    ("dates", "reference", "expected", "without_same_day"),
    [
        (["2022-07-01", "2022-07-03", "2022-07-06"], "2022-07-05", "-Y-", "-Y-"),
        (["2022-07-01", "2022-07-05"], "2022-07-05", "-Y", "Y-"),
        (["2022-07-01", "2022-07-05T08:00"], "2022-07-05T09:00", "-Y", "-Y"),
        (["2022-07-01", "2022-07-05T09:00"], "2022-07-05T09:00", "-Y", "-Y"),
        (["2022-07-01", "2022-07-05T09:01"], "2022-07-05T09:00", "Y-", "Y-"),
        (["2022-07-01", "2022-07-05T10:00"], "2022-07-05", "-Y", "Y-"),
        (["2022-07-01", "2022-07-05"], "2022-07-05T09:00", "-Y", "Y-"),
        (["2022-07-05T08:00:30", "2022-07-05T08:00:10"], "2022-07-05T08:00:20", "-Y", "-Y"),
        (["2022-06", "2022-06-30"], "2022-07-05", "-Y", "-Y"),
        (["2022-06"], "2022-07-05", "-", "-"),
        (["2022-07-01"], "2022-07", "-", "-"),
        (["2022-07-01"], None, "-", "-"),
        ([None, "2022-07-06"], "2022-07-05", "--", "--"),
    ],
)
def test_on_or_before(dates: list[str | None], reference: str | None, expected: str, without_same_day: str) -> None:
    assert "".join(flags(dates, reference)) == expected
    assert "".join(flags(dates, reference, same_day=False)) == without_same_day


def test_by_test_and_with_a_value() -> None:
    dates = ["2022-07-01", "2022-07-02", "2022-07-01", "2022-07-03"]
    tests = ["HGB", "HGB", "PLAT", "HGB"]
    assert flags(dates, "2022-07-05", LBTESTCD=tests, LBORRES=["1", "2", "3", None]) == ["-", "Y", "Y", "-"]


def test_of_one_moment_the_last_in_order() -> None:
    columns = {
        "USUBJID": ["1", "1"],
        "LBDTC": ["2022-07-01"] * 2,
        "DM.RFXSTDTC": ["2022-07-05"] * 2,
        "LBORRES": ["1"] * 2,
    }
    word = LastBefore(DATE, REFERENCE, VALUE)
    assert made(word, Sample(columns, places=[0, 1])) == [None, "Y"]
    assert made(word, Sample(columns, places=[1, 0])) == ["Y", None]


def test_with_a_condition() -> None:
    done = Condition((WhereClause((Comparison("LBSPEC", "EQ", ("BLOOD",)),)),))
    columns = {
        "USUBJID": ["1", "1"],
        "LBDTC": ["2022-07-01", "2022-07-02"],
        "DM.RFXSTDTC": ["2022-07-05"] * 2,
        "LBORRES": ["1"] * 2,
        "LBSPEC": ["BLOOD", "URINE"],
    }
    word = LastBefore(DATE, REFERENCE, VALUE, where=done)
    assert made(word, Sample(columns)) == ["Y", None]
    assert word.reads == ("LBDTC", "DM.RFXSTDTC", "LBORRES", "LBSPEC")


DAY = st.integers(1, 9)
RECORDS = st.lists(st.tuples(st.sampled_from("12"), st.sampled_from("HP"), DAY, st.booleans()), max_size=14)


@given(RECORDS, DAY)
def test_equal_to_a_loop(rows: list[tuple[str, str, int, bool]], reference: int) -> None:
    columns = {
        "USUBJID": [r[0] for r in rows],
        "LBTESTCD": [r[1] for r in rows],
        "LBDTC": [f"2022-07-0{r[2]}" for r in rows],
        "LBORRES": ["1" if r[3] else None for r in rows],
        "DM.RFXSTDTC": [f"2022-07-0{reference}"] * len(rows),
    }
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for i, (subject, test, day, valued) in enumerate(rows):
        if valued and day <= reference:
            best[subject, test] = max(best.get((subject, test), (0, 0)), (day, i))
    expected = ["Y" if (r[2], i) == best.get(r[:2]) and r[3] else None for i, r in enumerate(rows)]
    assert made(LastBefore(DATE, REFERENCE, VALUE, (Ref("LBTESTCD"),)), Sample(columns)) == expected


def test_baseline_at_a_visit() -> None:
    columns = {"VISIT": ["BASELINE", "WEEK 1", "BASELINE", None], "LBORRES": ["1", "2", None, "3"]}
    assert made(BaselineAtVisit("BASELINE", VALUE), Sample(columns)) == ["Y", None, None, None]


def test_baseline_at_a_visit_number() -> None:
    columns = {"VISITNUM": [2.0, 3.0], "LBORRES": ["1", "2"]}
    assert made(BaselineAtVisit("2", VALUE, Ref("VISITNUM")), Sample(columns)) == ["Y", None]


def test_numeric_dates_and_datetimes() -> None:
    """Day 22827 since 1960-01-01 is 2022-07-01; 10:00 on it is after 09:00."""
    day = 22827.0
    columns = {"USUBJID": ["1"] * 3, "ADT": [day - 1, day, day + 1], "LBORRES": ["1"] * 3}
    date, dtm = DateRef("ADT"), DateRef("ADTM")
    records = Sample({**columns, "ADSL.TRTSDT": [day] * 3})
    assert made(LastBefore(date, DateRef("ADSL.TRTSDT"), VALUE), records) == [None, "Y", None]
    assert made(LastBefore(date, DateRef("ADSL.TRTSDT"), VALUE, same_day=False), records) == ["Y", None, None]
    text = Sample({**columns, "DM.RFXSTDTC": ["2022-07-01"] * 3})
    assert made(LastBefore(date, REFERENCE, VALUE), text) == [None, "Y", None]
    hours = [day * 86400 + h * 3600 for h in (8, 10, 30)]
    timed = Sample({"USUBJID": ["1"] * 3, "ADTM": hours, "LBORRES": ["1"] * 3, "ADSL.TRTSDTM": [hours[0] + 3600] * 3})
    assert made(LastBefore(dtm, DateRef("ADSL.TRTSDTM"), VALUE), timed) == ["Y", None, None]
