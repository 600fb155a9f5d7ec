"""Words of dates: expected values by SDTMIG 3.4, 4.4 and by Python's own calendar."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.dates import AgeInYears, AssignDatetime, Duration, StudyDay
from cdisc_itp.algorithms.registry import DateRef, TimeRef
from tests.sample import Sample, made

DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("date", "time", "expected", "issue"),
    [
        ("2022-07-05", "14:30", "2022-07-05T14:30", None),
        ("2022-07-05", "14:30:05", "2022-07-05T14:30:05", None),
        ("2022-07-05", None, "2022-07-05", None),
        ("2022-07", None, "2022-07", None),
        ("2022-07", "14:30", "2022-07", "DATA012"),
        ("2022", "14:30", "2022", "DATA012"),
        (None, "14:30", None, "DATA012"),
        (None, None, None, None),
    ],
)
def test_date_and_time(date: str | None, time: str | None, expected: str | None, issue: str | None) -> None:
    records = Sample({"date": [date], "time": [time]})
    assert made(AssignDatetime(DateRef("date"), TimeRef("time")), records) == [expected]
    assert list(records.issues) == ([issue] if issue else [])


def test_a_date_alone_is_as_it_is() -> None:
    records = Sample({"date": ["2022-07-05", "2022", None, "2022-07-05T10:00"]})
    assert made(AssignDatetime(DateRef("date")), records) == ["2022-07-05", "2022", None, "2022-07-05T10:00"]


@pytest.mark.parametrize(
    ("date", "reference", "day"),
    [
        ("2022-07-05", "2022-07-05", 1.0),
        ("2022-07-04", "2022-07-05", -1.0),
        ("2022-07-06", "2022-07-05", 2.0),
        ("2022-07-06T00:00", "2022-07-05T23:59", 2.0),
        ("2020-03-01", "2020-02-28", 3.0),
        ("2021-03-01", "2021-02-28", 2.0),
        ("2022-07", "2022-07-05", None),
        ("2022-07-05", "2022", None),
        (None, "2022-07-05", None),
        ("2022-07-05", None, None),
        ("2022-02-30", "2022-07-05", None),
    ],
)
def test_study_day(date: str | None, reference: str | None, day: float | None) -> None:
    records = Sample({"LBDTC": [date], "DM.RFSTDTC": [reference]})
    assert made(StudyDay(DateRef("LBDTC")), records) == [day]
    assert records.issues == {}


@given(DATES, DATES)
def test_study_day_is_never_0_and_counts_every_day(date: datetime.date, reference: datetime.date) -> None:
    word = StudyDay(DateRef("a"), DateRef("b"))
    days = [date + datetime.timedelta(i) for i in (0, 1)]
    found = made(word, Sample({"a": [d.isoformat() for d in days], "b": [reference.isoformat()] * 2}))
    assert 0.0 not in found
    today, tomorrow = (int(f or 0) for f in found)
    assert tomorrow - today == (2 if today == -1 else 1)
    assert (today > 0) == (date >= reference)


@pytest.mark.parametrize(
    ("start", "end", "expected", "issue"),
    [
        ("2022-07-05", "2022-07-05", "P1D", None),
        ("2022-07-05", "2022-07-09", "P5D", None),
        ("2020-02-28", "2020-03-01", "P3D", None),
        ("2022-07-05T23:00", "2022-07-06T01:00", "P2D", None),
        ("2022-07-05", "2022-07-04", None, "DATA013"),
        ("2022-07", "2022-07-04", None, None),
        ("2022-07-05", None, None, None),
    ],
)
def test_duration(start: str, end: str | None, expected: str | None, issue: str | None) -> None:
    records = Sample({"s": [start], "e": [end]})
    assert made(Duration(DateRef("s"), DateRef("e")), records) == [expected]
    assert list(records.issues) == ([issue] if issue else [])


@pytest.mark.parametrize(
    ("birth", "at", "age", "issue"),
    [
        ("1980-07-05", "2022-07-05", "42", None),
        ("1980-07-06", "2022-07-05", "41", None),
        ("1980-07-05", "2022-07-06", "42", None),
        ("2000-02-29", "2001-02-28", "0", None),
        ("2000-02-29", "2001-03-01", "1", None),
        ("2000-02-29", "2004-02-29", "4", None),
        ("2022-07-05", "2022-07-05", "0", None),
        ("1969-12-31", "1970-01-01", "0", None),
        ("1900-01-01", "1969-12-31", "69", None),
        ("2022-07-06", "2022-07-05", None, "DATA014"),
        ("1980-07", "2022-07-05", None, None),
        ("1980-07-05", None, None, None),
    ],
)
def test_age(birth: str, at: str | None, age: str | None, issue: str | None) -> None:
    records = Sample({"b": [birth], "a": [at]})
    assert made(AgeInYears(DateRef("b"), DateRef("a")), records) == [age]
    assert list(records.issues) == ([issue] if issue else [])


@given(DATES, DATES)
def test_age_is_the_number_of_birthdays(birth: datetime.date, at: datetime.date) -> None:
    birthdays = at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))
    found = made(AgeInYears(DateRef("b"), DateRef("a")), Sample({"b": [birth.isoformat()], "a": [at.isoformat()]}))
    assert found == [str(birthdays) if at >= birth else None]
