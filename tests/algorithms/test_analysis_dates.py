"""Numeric dates and times: expected values from Python's calendar and from the rules of imputation by hand."""

from __future__ import annotations

import calendar
import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.analysis_dates import AnalysisDate, AnalysisDatetime, AnalysisTime, Imputed
from cdisc_itp.algorithms.registry import DateRef, MomentRef, Ref
from tests.sample import Sample, made

SAS = datetime.date(1960, 1, 1)
DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))
HOWS = st.sampled_from(["first", "middle", "last", "06-15", "02-29"])


def day(iso: str | None) -> float | None:
    """Days since 1960-01-01, by Python."""
    return None if iso is None else float((datetime.date.fromisoformat(iso) - SAS).days)


def second(iso: str) -> float:
    return (datetime.datetime.fromisoformat(iso) - datetime.datetime(1960, 1, 1)).total_seconds()


def dates(values: list[str | None], **parameters: Any) -> list[Any]:
    return made(AnalysisDate(MomentRef("X"), **parameters), Sample({"X": values}))


@given(DATES)
def test_a_complete_date_is_its_day_whatever_is_imputed(date: datetime.date) -> None:
    for text in (date.isoformat(), f"{date}T23:59", f"{date}T00:00:00.5", f"{date}T10:00+08:00"):
        for how in ("none", "first", "last", "middle"):
            assert dates([text], impute=how) == [float((date - SAS).days)]


@pytest.mark.parametrize(
    ("text", "impute", "level", "expected"),
    [
        ("2022-07", "none", "month", None),
        ("2022-07", "first", "day", "2022-07-01"),
        ("2022-07", "middle", "day", "2022-07-15"),
        ("2022-07", "last", "day", "2022-07-31"),
        ("2020-02", "last", "day", "2020-02-29"),
        ("2022", "first", "day", None),
        ("2022", "first", "month", "2022-01-01"),
        ("2022", "middle", "month", "2022-06-30"),
        ("2022", "last", "month", "2022-12-31"),
        ("2022", "06-15", "month", "2022-06-15"),
        ("2022-04", "12-31", "month", "2022-04-30"),
        ("2022---15", "first", "month", "2022-01-01"),
        ("2022---15", "first", "day", None),
        ("--07-05", "first", "month", None),
        (None, "first", "month", None),
    ],
)
def test_partial_dates(text: str | None, impute: str, level: str, expected: str | None) -> None:
    assert dates([text], impute=impute, level=level) == [day(expected)]


@pytest.mark.parametrize(
    ("text", "impute", "limits", "expected"),
    [
        # The start of treatment lies in the month: towards emergent.
        ("2022-07", "first", {"not_before": "2022-07-10"}, "2022-07-10"),
        ("2022-07", "first", {"not_before": "2022-07-01"}, "2022-07-01"),
        # The month is over before, or begins after it: the limit says nothing.
        ("2022-07", "first", {"not_before": "2022-08-02"}, "2022-07-01"),
        ("2022-07", "first", {"not_before": "2022-06-30"}, "2022-07-01"),
        ("2022", "first", {"not_before": "2022-07-10"}, "2022-07-10"),
        ("2022-07", "last", {"not_after": "2022-07-20"}, "2022-07-20"),
        ("2022-07", "last", {"not_after": "2022-06-20"}, "2022-07-31"),
        ("2022-07", "last", {"not_after": None}, "2022-07-31"),
        # What may not be imputed is not made by a limit.
        (None, "last", {"not_after": "2022-07-20"}, None),
        # A complete date is never moved.
        ("2022-07-05", "first", {"not_before": "2022-07-10"}, "2022-07-05"),
        ("2022-07", "first", {"not_before": "2022-07-10", "not_after": "2022-07-05"}, "2022-07-05"),
    ],
)
def test_limits(text: str | None, impute: str, limits: dict[str, str | None], expected: str | None) -> None:
    given_limits = {name: (MomentRef(f"L.{name}"),) for name in limits}
    records = Sample({"X": [text], **{f"L.{n}": [day(v)] for n, v in limits.items()}})
    assert made(AnalysisDate(MomentRef("X"), impute, **given_limits), records) == [day(expected)]
    as_text = Sample({"X": [text], **{f"L.{n}": [v] for n, v in limits.items()}})
    assert made(AnalysisDate(MomentRef("X"), impute, **given_limits), as_text) == [day(expected)]


def test_a_missing_date_becomes_its_limit_only_where_that_is_said() -> None:
    word = AnalysisDate(MomentRef("X"), "first", "year", (MomentRef("A"), MomentRef("B")))
    records = Sample(
        {"X": [None, None, "2022", None], "A": ["2022-07-10", "2022", "2021-01-01", None], "B": [None] * 4}
    )
    assert made(word, records) == [day("2022-07-10"), None, day("2022-01-01"), None]
    last = AnalysisDate(MomentRef("X"), "last", "year", not_after=(MomentRef("A"), MomentRef("B")))
    later = Sample({"X": [None], "A": ["2022-07-10"], "B": ["2022-03-01"]})
    assert made(last, later) == [day("2022-03-01")]


def test_what_is_no_date_is_an_issue_and_no_value() -> None:
    records = Sample({"X": ["2022-02-30", "5 JUL 2022", "2022-07-05/2022-07-08", "2022-13", "2022-07-05T25:00", ""]})
    assert made(AnalysisDate(MomentRef("X"), "first"), records) == [None] * 6
    assert records.issues == {"DATA011": [0, 3, 4], "DATA010": [1, 2, 5]}


@given(DATES, st.integers(0, 2), HOWS, st.none() | DATES, st.none() | DATES)
def test_an_imputed_date_is_one_that_the_text_may_mean(
    date: datetime.date, lacking: int, how: str, low: datetime.date | None, high: datetime.date | None
) -> None:
    text = (date.isoformat(), f"{date:%Y-%m}", f"{date:%Y}")[lacking]
    refs = {"not_before": (MomentRef("LOW"),), "not_after": (MomentRef("HIGH"),)}
    bounds = {"LOW": [low and str(low)], "HIGH": [high and str(high)]}
    found = made(AnalysisDate(MomentRef("X"), how, **refs), Sample({"X": [text], **bounds}))[0]  # type: ignore[arg-type]
    assert isinstance(found, float)
    meant = SAS + datetime.timedelta(int(found))
    assert meant.isoformat().startswith(text)
    flag = made(Imputed(Ref("ADT"), DateRef("X")), Sample({"ADT": [found], "X": [text]}))
    assert flag == [(None, "D", "M")[lacking]]
    # A date that may be the limit's day or a later one is on neither side of it.
    if low and high is None and str(low).startswith(text):
        assert meant >= low
    if lacking == 1 and how == "last" and low is None and high is None:
        assert meant.day == calendar.monthrange(date.year, date.month)[1]


@given(st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)))
def test_datetimes_and_back(moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=0)
    word = AnalysisDatetime(MomentRef("X"))
    number = made(word, Sample({"X": [moment.isoformat()]}))
    assert number == [second(moment.isoformat())]
    assert made(AnalysisDate(MomentRef("ADTM")), Sample({"ADTM": number})) == [float((moment.date() - SAS).days)]
    clock = moment.hour * 3600 + moment.minute * 60 + moment.second
    for name, values in (("ADTM", number), ("X", [moment.isoformat()])):
        assert made(AnalysisTime(MomentRef(name)), Sample({name: values})) == [float(clock)]


@pytest.mark.parametrize(
    ("text", "parameters", "expected", "flags"),
    [
        ("2022-07-05T10:30:15", {}, "2022-07-05T10:30:15", (None, None)),
        ("2022-07-05T10:30", {}, "2022-07-05T10:30:00", (None, "S")),
        ("2022-07-05T10", {}, None, (None, None)),
        ("2022-07-05", {}, None, (None, None)),
        ("2022-07-05", {"time": "first"}, "2022-07-05T00:00:00", (None, "H")),
        ("2022-07-05", {"time": "last"}, "2022-07-05T23:59:59", (None, "H")),
        ("2022-07-05T10", {"time": "last"}, "2022-07-05T10:59:59", (None, "M")),
        ("2022-07-05T10", {"time": "12:30:20"}, "2022-07-05T10:30:20", (None, "M")),
        ("2022-07-05T-:30", {"time": "first"}, "2022-07-05T00:00:00", (None, "H")),
        ("2022-07", {"time": "first"}, None, (None, None)),
        ("2022-07", {"impute": "first", "time": "last"}, "2022-07-01T23:59:59", ("D", "H")),
        ("2022", {"impute": "last", "time": "none"}, None, (None, None)),
    ],
)
def test_datetimes(text: str, parameters: dict[str, Any], expected: str | None, flags: tuple[str, str]) -> None:
    found = made(AnalysisDatetime(MomentRef("X"), **parameters), Sample({"X": [text]}))
    assert found == [None if expected is None else second(expected)]
    records = Sample({"ADTM": found, "X": [text]})
    assert made(Imputed(Ref("ADTM"), DateRef("X")), records) == [flags[0]]
    assert made(Imputed(Ref("ADTM"), DateRef("X"), "time"), records) == [flags[1]]
    assert made(Imputed(Ref("ADTM"), DateRef("X"), "minutes"), records) == [None if flags[1] == "S" else flags[1]]


def test_a_limit_moves_an_imputed_time() -> None:
    word = AnalysisDatetime(MomentRef("X"), time="first", not_before=(MomentRef("TRTSDTM"),))
    start = [second("2022-07-05T09:00:00")] * 3
    records = Sample({"X": ["2022-07-05", "2022-07-05T08", "2022-07-06"], "TRTSDTM": start})
    found = made(word, records)
    assert found == [second(t) for t in ("2022-07-05T09:00:00", "2022-07-05T08:00:00", "2022-07-06T00:00:00")]


def test_a_numeric_date_becomes_a_datetime() -> None:
    word = AnalysisDatetime(MomentRef("ADT"), time="last")
    assert made(word, Sample({"ADT": [day("2022-07-05"), None]})) == [second("2022-07-05T23:59:59"), None]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (AnalysisDate(MomentRef("X"), "start"), "impute 'start' is none of"),
        (AnalysisDate(MomentRef("X"), "02-30x"), "impute '02-30x' is none of"),
        (AnalysisDate(MomentRef("X"), not_before=(MomentRef("Y"),)), "limits (not_before, not_after) hold"),
        (AnalysisDate(MomentRef("X"), "last", "year", not_before=(MomentRef("Y"),)), "a whole date is imputed"),
        (AnalysisDatetime(MomentRef("X"), time="noon"), "time 'noon' is none of"),
        (AnalysisDatetime(MomentRef("X"), not_after=(MomentRef("Y"),)), "limits (not_before, not_after) hold"),
        (AnalysisTime(MomentRef("X"), "24:00:00"), "time '24:00:00' is none of"),
    ],
)
def test_contradictions(word: AnalysisDate, said: str) -> None:
    assert word.contradiction().startswith(said)


def test_what_is_consistent_contradicts_nothing() -> None:
    for word in (
        AnalysisDate(MomentRef("X"), "06-15", "month", (MomentRef("Y"),)),
        AnalysisDate(MomentRef("X"), "first", "year", (MomentRef("Y"),)),
        AnalysisDatetime(MomentRef("X"), "last", time="12:00:00", not_after=(MomentRef("Y"),)),
        AnalysisTime(MomentRef("X"), "first"),
    ):
        assert word.contradiction() == ""
    assert AnalysisDate(MomentRef("X"), "first", not_before=(MomentRef("Y"),)).reads == ("X", "Y")
