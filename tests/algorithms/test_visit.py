"""Visits and epochs, from the study's schedule."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import DateRef, Ref
from cdisc_itp.algorithms.visit import Epoch, Visit, Window
from tests.sample import Sample, Table, made, table

VISITS = table(
    """visit,VISITNUM,VISIT,VISITDY,from_day,to_day
    SCR,1,SCREENING,-7,-14,-1
    V1,2,BASELINE,1,1,1
    第1周,3,WEEK 1,8,6,10
    W1,3,WEEK 1,8,6,10
    EOT,99,END OF TREATMENT,,,"""
)
EPOCHS = table("epoch,start,end\nSCREENING,,RFICDTC\nTREATMENT,RFSTDTC,RFENDTC\nFOLLOW-UP,RFENDTC,")


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("VISITNUM", ["1", "3", "99", None, None]),
        ("VISIT", ["SCREENING", "WEEK 1", "END OF TREATMENT", None, None]),
        ("VISITDY", ["-7", "8", None, None, None]),
    ],
)
def test_visit(to: str, expected: list[str | None]) -> None:
    records = Sample({"visit": ["SCR", "第1周", "eot", "W2", None]}, {"visits": VISITS})
    word = Visit(Ref("visit"), to)  # type: ignore[arg-type]
    assert made(word, records) == expected
    assert records.issues == {"DATA035": [3]}
    assert word.tables == {"visits": (to,)}


def test_an_unknown_visit_is_reported_once() -> None:
    records = Sample({"visit": ["W2"]}, {"visits": VISITS})
    assert made(Visit(Ref("visit"), "VISIT", reported=False), records) == [None]
    assert records.issues == {}


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2022-06-21", "SCR"),
        ("2022-07-04", "SCR"),
        ("2022-07-05", "V1"),
        ("2022-07-10", "第1周"),
        ("2022-07-14T10:00", "第1周"),
        ("2022-07-06", "UNSCHEDULED"),
        ("2022-06-20", "UNSCHEDULED"),
        ("2022-07-15", "UNSCHEDULED"),
        ("2022-07", None),
        (None, None),
    ],
)
def test_window(date: str | None, expected: str | None) -> None:
    records = Sample({"date": [date], "start": ["2022-07-05"]}, {"visits": VISITS})
    assert made(Window(DateRef("date"), DateRef("start")), records) == [expected]


@pytest.mark.parametrize(
    ("date", "to", "outside", "expected"),
    [
        ("2022-07-05", "VISITNUM", "UNSCHEDULED", "2"),
        ("2022-07-10", "VISIT", "UNSCHEDULED", "WEEK 1"),
        ("2022-06-21", "VISITDY", "UNSCHEDULED", "-7"),
        ("2022-07-06", "VISIT", "UNSCHEDULED", "UNSCHEDULED"),
        ("2022-07-06", "VISITNUM", "UNSCHEDULED", None),
        # What lies outside may be a visit of the schedule.
        ("2022-07-06", "VISIT", "eot", "END OF TREATMENT"),
        ("2022-07-06", "VISITNUM", "eot", "99"),
        ("2022-07-06", "VISITDY", "eot", None),
        ("2022-07", "VISITNUM", "eot", None),
    ],
)
def test_what_a_window_says_of_its_visit(date: str, to: str, outside: str, expected: str | None) -> None:
    records = Sample({"date": [date], "start": ["2022-07-05"]}, {"visits": VISITS})
    word = Window(DateRef("date"), DateRef("start"), outside, to)  # type: ignore[arg-type]
    assert made(word, records) == [expected]
    assert word.tables == {"visits": ("from_day", "to_day", to)}


def test_window_without_a_reference() -> None:
    records = Sample({"date": ["2022-07-05"], "start": [None]}, {"visits": VISITS})
    assert made(Window(DateRef("date"), DateRef("start"), outside="NONE"), records) == [None]


@given(st.integers(-20, 20))
def test_windows_count_as_study_days_do(days: int) -> None:
    start = datetime.date(2022, 7, 5)
    date = start + datetime.timedelta(days)
    day = days + 1 if days >= 0 else days
    expected = next(
        (n for n, low, high in (("SCR", -14, -1), ("V1", 1, 1), ("第1周", 6, 10)) if low <= day <= high), "UNSCHEDULED"
    )
    records = Sample({"date": [date.isoformat()], "start": [start.isoformat()]}, {"visits": VISITS})
    assert made(Window(DateRef("date"), DateRef("start")), records) == [expected]


UNNUMBERED = table(
    """visit,VISITNUM,VISIT,VISITDY,from_day,to_day
    SCR,1,SCREENING,-7,-14,-1
    V1,2,BASELINE,1,1,1
    W12,10,WEEK 12,85,82,88
    UNS,,UNSCHEDULED,,,"""
)
# The number follows from the day alone; day 1 is 2022-07-05.
NUMBERS = [
    ("2022-10-12", "10.015"),  # day 100: 15 days after week 12
    ("2022-10-12T08:15", "10.015"),
    ("2022-09-27", "2.084"),  # the planned day itself still counts from the visit before
    ("2022-07-06", "2.001"),
    ("2022-07-05", "1.007"),
    ("2022-07-04", "1.006"),  # there is no day 0
    ("2022-06-28", "0.999"),
    ("2022-06-27", "0.998"),
    ("2022-06", None),
    (None, None),
]


@pytest.mark.parametrize(("date", "number"), NUMBERS)
@pytest.mark.parametrize("by", ["visit", "window"])
def test_numbers_of_unscheduled_visits(by: str, date: str | None, number: str | None) -> None:
    records = Sample({"visit": ["UNS"], "date": [date], "start": ["2022-07-05"]}, {"visits": UNNUMBERED})
    day, start = DateRef("date"), DateRef("start")
    for to, expected in (("VISITNUM", number), ("VISIT", "UNSCHEDULED" + (f" {number}" if number else ""))):
        word: Visit | Window = Visit(Ref("visit"), to, day, start)  # type: ignore[arg-type]
        if by == "window":
            word = Window(day, start, "uns", to, start)  # type: ignore[arg-type]
            inside = (
                date is None
                or len(date) < 10
                or date in ("2022-09-27", "2022-07-05", "2022-07-04", "2022-06-28", "2022-06-27")
            )
            if inside:
                continue
        assert made(word, records) == [expected]
    assert records.issues == {}


def test_who_has_no_reference_date_has_an_unscheduled_visit_without_a_number() -> None:
    data = {"visit": ["UNS", "V1", None, "W9"], "date": ["2022-07-05"] * 4, "start": [None] * 4}
    for to, expected in (("VISITNUM", [None, "2", None, None]), ("VISIT", ["UNSCHEDULED", "BASELINE", None, None])):
        word = Visit(Ref("visit"), to, DateRef("date"), DateRef("start"))  # type: ignore[arg-type]
        assert made(word, Sample(data, {"visits": UNNUMBERED})) == expected


@given(st.lists(st.integers(-400, 2000), min_size=2, max_size=2, unique=True))
def test_numbers_are_in_time_and_are_no_planned_visit_s(days: list[int]) -> None:
    start = datetime.date(2022, 7, 5)
    dates = [(start + datetime.timedelta(d)).isoformat() for d in sorted(days)]
    far = table("visit,VISITNUM,VISIT,VISITDY\nSCR,1,S,-7\nV1,2,B,1\nW,3,W,1400\nUNS,,U,")
    records = Sample({"visit": ["UNS"] * 2, "date": dates, "start": [start.isoformat()] * 2}, {"visits": far})
    first, second = made(Visit(Ref("visit"), "VISITNUM", DateRef("date"), DateRef("start")), records)
    assert first is not None and second is not None
    assert float(first) < float(second)
    assert not {float(first), float(second)} & {1.0, 2.0, 3.0}


def test_two_visits_without_a_number_would_have_the_same_ones() -> None:
    two = table(
        "visit,VISITNUM,VISIT,VISITDY\nV1,2,B,1\nUNS,,UNSCHEDULED,\nEXTRA,,UNSCHEDULED,\nET,,EARLY TERMINATION,"
    )
    word = Visit(Ref("visit"), "VISIT", DateRef("date"), DateRef("start"))
    assert [i for i, _ in word.flaws(two)] == [3]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2022-06-30", "SCREENING"),
        ("2022-07-01", "SCREENING"),
        ("2022-07-02", None),
        ("2022-07-05", "TREATMENT"),
        ("2022-07-20", "TREATMENT"),
        ("2022-07-20T23:59", "TREATMENT"),
        ("2022-07-21", "FOLLOW-UP"),
        ("2022-07", None),
        (None, None),
    ],
)
def test_epoch(date: str | None, expected: str | None) -> None:
    reference = {"DM.RFICDTC": ["2022-07-01"], "DM.RFSTDTC": ["2022-07-05T09:00"], "DM.RFENDTC": ["2022-07-20"]}
    records = Sample({"AESTDTC": [date], **reference}, {"epochs": EPOCHS})
    assert made(Epoch(DateRef("AESTDTC")), records) == [expected]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2022-06-30", None),
        ("2022-07-01", "SCREENING"),
        ("2022-07-04", "SCREENING"),
        ("2022-07-05", "TREATMENT"),
        ("2022-09-27", "TREATMENT"),
        ("2022-09-28", "FOLLOW-UP"),
        ("2023-09-28", "FOLLOW-UP"),
    ],
)
@pytest.mark.parametrize("rows", list(itertools.permutations(range(3))))
def test_an_epoch_without_an_end_yields_to_the_next(rows: tuple[int, ...], date: str, expected: str | None) -> None:
    """In whatever order the table lists them, but that the last day of treatment belongs to what has an end."""
    lines = ["SCREENING,RFICDTC,", "TREATMENT,RFSTDTC,RFENDTC", "FOLLOW-UP,RFENDTC,"]
    epochs = table("\n".join(["epoch,start,end", *(lines[i] for i in rows)]))
    reference = {"DM.RFICDTC": ["2022-07-01"], "DM.RFSTDTC": ["2022-07-05T20:00"], "DM.RFENDTC": ["2022-09-27"]}
    on_last_day = date == "2022-09-27" and rows.index(2) < rows.index(1)
    records = Sample({"AESTDTC": [date], **reference}, {"epochs": epochs})
    assert made(Epoch(DateRef("AESTDTC")), records) == ["FOLLOW-UP" if on_last_day else expected]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2022-08", "TREATMENT"),
        ("2022-09", None),
        ("2022-10", "FOLLOW-UP"),
        ("2023", "FOLLOW-UP"),
        ("2022-07", None),
        ("2022-06", None),
        ("2022", None),
        ("not a date", None),
    ],
)
def test_a_partial_date_has_an_epoch_where_it_can_be_known(date: str, expected: str | None) -> None:
    epochs = table("epoch,start,end\nSCREENING,RFICDTC,\nTREATMENT,RFSTDTC,RFENDTC\nFOLLOW-UP,RFENDTC,")
    reference = {"DM.RFICDTC": ["2022-07-01"], "DM.RFSTDTC": ["2022-07-05T20:00"], "DM.RFENDTC": ["2022-09-27"]}
    assert made(Epoch(DateRef("AESTDTC")), Sample({"AESTDTC": [date], **reference}, {"epochs": epochs})) == [expected]


def test_an_epoch_within_a_month_leaves_the_month_without_one() -> None:
    """Screened before and after a short treatment: the ends of the month agree, the days between do not."""
    epochs = table("epoch,start,end\nTREATMENT,RFSTDTC,RFENDTC\nOTHER,,RFPENDTC")
    reference = {"DM.RFSTDTC": ["2022-07-05"], "DM.RFENDTC": ["2022-07-06"], "DM.RFPENDTC": ["2022-12-31"]}
    assert made(Epoch(DateRef("AESTDTC")), Sample({"AESTDTC": ["2022-07"], **reference}, {"epochs": epochs})) == [None]


def test_an_epoch_without_an_end_does_not_come_back() -> None:
    """After the treatment nothing is known, and it is not screening; nor is it where the treatment has no end yet."""
    epochs = table("epoch,start,end\nSCREENING,RFICDTC,\nTREATMENT,RFSTDTC,RFENDTC")
    for end in ("2022-09-27", None):
        reference = {"DM.RFICDTC": ["2022-07-01"], "DM.RFSTDTC": ["2022-07-05"], "DM.RFENDTC": [end]}
        records = Sample({"AESTDTC": ["2022-10-01"], **reference}, {"epochs": epochs})
        assert made(Epoch(DateRef("AESTDTC")), records) == [None]


def test_screened_and_treated_on_one_day() -> None:
    epochs = table("epoch,start,end\nSCREENING,RFICDTC,\nTREATMENT,RFSTDTC,RFENDTC")
    reference = {"DM.RFICDTC": ["2022-07-05"], "DM.RFSTDTC": ["2022-07-05"], "DM.RFENDTC": ["2022-09-27"]}
    records = Sample({"AESTDTC": ["2022-07-06"], **reference}, {"epochs": epochs})
    assert made(Epoch(DateRef("AESTDTC")), records) == ["TREATMENT"]


def test_an_epoch_that_the_subject_has_not_is_passed_over() -> None:
    reference = {"DM.RFICDTC": ["2022-07-01"], "DM.RFSTDTC": [None], "DM.RFENDTC": [None]}
    records = Sample({"AESTDTC": ["2022-07-05"], **reference}, {"epochs": EPOCHS})
    assert made(Epoch(DateRef("AESTDTC")), records) == [None]


@pytest.mark.parametrize(
    ("low", "high", "flaw"),
    [
        ("1", "1", ""),
        ("-14", "-1", ""),
        (None, None, ""),
        ("1", None, "from_day '1' and to_day '' are no window"),
        ("5", "1", "from_day '5' and to_day '1' are no window"),
        ("a", "1", "from_day 'a' and to_day '1' are no window"),
        ("1", "1.5", "from_day '1' and to_day '1.5' are no window"),
    ],
)
def test_flaws_of_windows(low: str | None, high: str | None, flaw: str) -> None:
    rows = Table({"visit": ["V"], "from_day": [low], "to_day": [high]})
    assert list(Window(DateRef("d"), DateRef("s")).flaws(rows)) == ([(0, flaw)] if flaw else [])


@pytest.mark.parametrize(
    ("to", "cell", "flaw"),
    [
        ("VISITNUM", "3", ""),
        ("VISITNUM", "3.01", ""),
        ("VISITNUM", "V3", "VISITNUM 'V3' is no number"),
        ("VISITDY", "-7", ""),
        ("VISITDY", "7.5", "VISITDY '7.5' is no number"),
        ("VISITDY", None, ""),
        ("VISIT", "anything", ""),
    ],
)
def test_flaws_of_a_schedule(to: str, cell: str | None, flaw: str) -> None:
    rows = Table({"visit": ["V"], to: [cell]})
    assert list(Visit(Ref("v"), to).flaws(rows)) == ([(0, flaw)] if flaw else [])  # type: ignore[arg-type]
