"""Arithmetic of dates against Python's own."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.analysis_days import AddDays, AnalysisDay, EarliestDate, LatestDate, TimeBetween
from cdisc_itp.algorithms.dates import StudyDay
from cdisc_itp.algorithms.registry import DateRef, MomentRef
from tests.algorithms.test_analysis_dates import DATES, SAS, day, second
from tests.sample import Sample, made

A, B = MomentRef("ADT"), MomentRef("ADSL.TRTSDT")


@given(DATES, DATES)
def test_days_of_numbers_are_those_of_text(date: datetime.date, reference: datetime.date) -> None:
    texts = Sample({"ADT": [str(date)], "ADSL.TRTSDT": [str(reference)]})
    numbers = Sample({"ADT": [float((date - SAS).days)], "ADSL.TRTSDT": [float((reference - SAS).days)]})
    found = made(AnalysisDay(A, B), numbers)
    assert found == made(AnalysisDay(A, B), texts)
    assert found == made(StudyDay(DateRef("ADT"), DateRef("ADSL.TRTSDT")), texts)
    back = AddDays(MomentRef("ADSL.TRTSDT"), (date - reference).days)
    assert made(back, numbers) == made(back, texts) == [float((date - SAS).days)]


def test_days_are_none_without_a_date() -> None:
    records = Sample({"ADT": [None, 10.0, "x"][:2], "ADSL.TRTSDT": [10.0, None]})
    assert made(AnalysisDay(A, B), records) == [None, None]
    assert made(AddDays(A, -3), records) == [None, 7.0]
    assert made(AnalysisDay(MomentRef("T"), MomentRef("ADTM")), Sample({"T": ["1960-01"], "ADTM": [5.0]})) == [None]


@pytest.mark.parametrize(
    ("start", "to", "parameters", "expected"),
    [
        ("2022-03-01", "2022-03-08", {}, 7.0),
        ("2022-03-01", "2022-03-08", {"add_one": True}, 8.0),
        ("2022-03-08", "2022-03-01", {"add_one": True}, -7.0),
        ("2022-03-01", "2022-03-08", {"unit": "weeks"}, 1.0),
        ("2022-03-01", "2022-03-14", {"unit": "weeks", "floor": True}, 1.0),
        ("2022-01-01", "2022-03-03", {"unit": "months", "decimals": 1}, 2.0),
        ("2020-01-01", "2024-01-01", {"unit": "years"}, 4.0),
        ("2020-02-29", "2021-02-28", {"unit": "years", "calendar": True}, 0.0),
        ("2020-02-29", "2021-03-01", {"unit": "years", "calendar": True}, 1.0),
        ("2022-01-31", "2022-03-30", {"unit": "months", "calendar": True}, 1.0),
        ("2022-01-31", "2022-03-31", {"unit": "months", "calendar": True}, 2.0),
        ("2022-03-31", "2022-01-31", {"unit": "months", "calendar": True}, -2.0),
        ("1950-01-01", "1970-01-01", {"unit": "years", "calendar": True}, 20.0),
        ("2022-03", "2022-03-08", {}, None),
        ("2022-03-01", None, {"unit": "months", "calendar": True}, None),
    ],
)
def test_time_between(start: str, to: str | None, parameters: dict[str, Any], expected: float | None) -> None:
    word = TimeBetween(MomentRef("SDTC"), MomentRef("EDTC"), **parameters)
    assert word.contradiction() == ""
    assert made(word, Sample({"SDTC": [start], "EDTC": [to]})) == [expected]


@given(DATES, DATES)
def test_completed_years_are_birthdays(birth: datetime.date, at: datetime.date) -> None:
    birth, at = min(birth, at), max(birth, at)
    years = at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))
    records = Sample({"ADT": [str(birth)], "ADSL.TRTSDT": [str(at)]})
    assert made(TimeBetween(A, B, "years", calendar=True), records) == [float(years)]
    months = made(TimeBetween(A, B, "months", calendar=True), records)[0]
    assert isinstance(months, float) and months // 12 == years


def test_hours_and_minutes() -> None:
    records = Sample({"ASTDTM": [second("2022-03-01T10:00:00")], "EDTC": ["2022-03-01T12:30"]})
    assert made(TimeBetween(MomentRef("ASTDTM"), MomentRef("EDTC"), "hours"), records) == [2.5]
    assert made(TimeBetween(MomentRef("ASTDTM"), MomentRef("EDTC"), "minutes"), records) == [150.0]


@pytest.mark.parametrize(
    "word",
    [
        TimeBetween(A, B, "weeks", calendar=True),
        TimeBetween(A, B, "months", calendar=True, add_one=True),
        TimeBetween(A, B, "months", floor=True, decimals=1),
        TimeBetween(A, B, "months", decimals=12),
        TimeBetween(A, B, "hours"),
        TimeBetween(MomentRef("ADTM"), MomentRef("BDTM"), "hours", add_one=True),
    ],
)
def test_contradictions(word: TimeBetween) -> None:
    assert word.contradiction()


ANY = st.lists(st.tuples(st.none() | st.integers(0, 50), st.none() | st.integers(0, 50)), min_size=1, max_size=8)


@given(ANY)
def test_the_earliest_and_the_latest(rows: list[tuple[int | None, int | None]]) -> None:
    values = [[None if r[i] is None else float(r[i]) for r in rows] for i in (0, 1)]  # type: ignore[arg-type]
    records = Sample({"A": [*values[0], 1.0], "B": [*values[1], 2.0]})
    refs, kinds = (MomentRef("A"), MomentRef("B")), ("FIRST", "SECOND")
    known = [[v for v in r if v is not None] for r in rows]
    low, high = [float(min(k)) if k else None for k in known], [float(max(k)) if k else None for k in known]
    assert made(EarliestDate(refs), records)[:-1] == low
    assert made(LatestDate(refs), records)[:-1] == high
    for word, chosen in ((EarliestDate(refs, kinds), low), (LatestDate(refs, kinds), high)):
        named = [None if c is None else kinds[r.index(int(c))] for c, r in zip(chosen, rows, strict=True)]
        assert made(word, records)[:-1] == named


def test_text_and_numbers_and_datetimes() -> None:
    records = Sample({"T": ["2022-07-05T10:00", "2022-07"], "ADT": [day("2022-07-04"), day("2022-07-09")]})
    assert made(LatestDate((MomentRef("T"), A)), records) == [day("2022-07-05"), day("2022-07-09")]
    moments = Sample({"ADTM": [second("2022-07-05T10:00:00")], "BDTM": [second("2022-07-05T09:00:00")]})
    assert made(EarliestDate((MomentRef("ADTM"), MomentRef("BDTM"))), moments) == [second("2022-07-05T09:00:00")]


def test_several_dates_and_a_kind_each() -> None:
    assert EarliestDate((A,)).contradiction() == "compares several dates, and has one"
    assert EarliestDate((A, B), ("X",)).contradiction() == "2 dates have 1 kinds"
    assert EarliestDate((A, B), ("X", "Y")).contradiction() == ""
