"""Dates of the judges against Python's calendar, and against the examples of SDTMIG 3.4, 4.4.2 and 4.4.4."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.checks.columns import matches
from cdisc_itp.checks.dates import is_after, parse_dates
from cdisc_itp.checks.define_items import fits_type
from cdisc_itp.checks.findings import to_numbers
from cdisc_itp.checks.iso8601 import DURATION
from cdisc_itp.model.column import collect_numbers, collect_text

DAYS = st.dates(date(1583, 1, 1), date(2999, 12, 31))


def after(a: str, b: str) -> bool:
    zero = np.array([0])
    return bool(is_after(parse_dates(collect_text([a])), parse_dates(collect_text([b])), zero, zero)[0])


@given(st.lists(DAYS, unique=True, min_size=1))
def test_days_are_those_of_the_calendar(days: list[date]) -> None:
    parsed = parse_dates(collect_text([d.isoformat() for d in days]))
    assert parsed.valid.all() and (parsed.known == 3).all()
    assert parsed.days.tolist() == [(d - date(1970, 1, 1)).days for d in days]


@given(st.integers(1, 9999), st.integers(0, 13), st.integers(0, 32))
def test_days_that_the_calendar_lacks(year: int, month: int, day: int) -> None:
    try:
        date(year, month, day)
        there = True
    except ValueError:
        there = False
    assert parse_dates(collect_text([f"{year:04}-{month:02}-{day:02}"])).valid.tolist() == [there]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        # SDTMIG 3.4, 4.4.1 and 4.4.2: complete, cut at the right, components missing in between.
        ("2003-12-15T13:14:17.123", 6),
        ("2003-12-15T13:14:17", 6),
        ("2003-12-15T13:14", 5),
        ("2003-12-15T13", 4),
        ("2003-12-15", 3),
        ("2003-12", 2),
        ("2003", 1),
        ("2003---15", 1),
        ("--12-15", 0),
        ("2003-12-15T-:15", 3),
        ("-----T07:15", 0),
        ("2003-12-15T13:14:17+05:30", 6),
        ("2003-12-15T13:14Z", 5),
    ],
)
def test_dates_of_the_guide(text: str, known: int) -> None:
    parsed = parse_dates(collect_text([text]))
    assert parsed.valid.tolist() == [True]
    assert parsed.known.tolist() == [known]


@pytest.mark.parametrize(
    "text",
    [
        *("15DEC2003", "2003/12/15", "20031215", "2003-12-15 13:14", "2003-12-15T24:00", "2003-12-15T13:60", "-"),
        *("03-12-15", "2003-12-15T", "2003-12-15T1:14", "2003-13", "UNK", "2003-12-UN", "2003-12-15T13:14:60"),
        *("----", "2003-02-29", ""),
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_dates(collect_text([text])).valid.tolist() == [False]


def test_no_value_and_numbers_are_no_dates() -> None:
    parsed = parse_dates(collect_text([None, "2003", None]))
    assert parsed.codes.tolist() == [-1, 0, -1]
    assert parse_dates(collect_numbers([1.0, 2.0])).valid.tolist() == [False, False]


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1))


@given(MOMENTS, MOMENTS, st.sampled_from([4, 7, 10, 13, 16, 19]), st.sampled_from([4, 7, 10, 13, 16, 19]))
def test_comparison_as_far_as_both_are_known(a: datetime, b: datetime, m: int, n: int) -> None:
    left, right = a.isoformat(timespec="seconds")[:m], b.isoformat(timespec="seconds")[:n]
    shorter = min(m, n)
    assert after(left, right) == (left[:shorter] > right[:shorter])


@given(MOMENTS, st.integers(-12, 14), st.integers(-60, 60))
def test_never_after_what_is_later_in_any_zone(moment: datetime, offset: int, hours: int) -> None:
    zone = timezone(timedelta(hours=offset))
    a = moment.replace(tzinfo=UTC)
    b = (a + timedelta(hours=hours)).astimezone(zone)
    if after(a.isoformat(timespec="seconds"), b.isoformat(timespec="seconds")):
        assert a > b


@pytest.mark.parametrize("text", ["P1D", "PT3H", "P2Y6M", "P3W", "PT2.5H", "P1Y2M3DT4H5M6S", "-PT15M", "PT0S", "P0D"])
def test_durations(text: str) -> None:
    assert matches(collect_text([text]), DURATION).tolist() == [True]


@pytest.mark.parametrize("text", ["P", "PT", "1D", "P1H", "P1D2Y", "PT1.5H30M", "P1DT", "P3W2D", "P-1D", "p1d", "P1 D"])
def test_no_durations(text: str) -> None:
    assert matches(collect_text([text]), DURATION).tolist() == [False]


def test_values_of_data_types() -> None:
    dates = collect_text(["2003-12-15", "2003-12", "2003-12-15T13:14:17", "2003---15", "13:14", "x"])
    fits = {t: fits_type(dates, t).tolist() for t in ("date", "partialDate", "datetime", "partialDatetime")}
    assert fits == {
        "date": [True, False, False, False, False, False],
        "partialDate": [True, True, False, False, False, False],
        "datetime": [False, False, True, False, False, False],
        "partialDatetime": [True, True, True, False, False, False],
    }
    assert fits_type(dates, "incompleteDatetime").tolist() == [True, True, True, True, False, False]
    assert fits_type(dates, "text").all()
    assert fits_type(collect_numbers([1.0, 1.5]), "integer").tolist() == [True, False]


def test_numbers_in_text() -> None:
    cells = collect_text(["1", "-1.50", "1e3", "<2.0", "1,5", ".5", "5.", "", " 1", "１"])
    kept = pd.Series(to_numbers(cells)).dropna().to_dict()
    assert kept == {0: 1.0, 1: -1.5, 2: 1000.0, 5: 0.5, 6: 5.0}
    assert to_numbers(cells, r"<\s*(\d+\.?\d*)")[3] == 2.0
