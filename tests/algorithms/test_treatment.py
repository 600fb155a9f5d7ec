"""Flags of treatment: every case of a missing date is decided."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import MomentRef, Ref
from cdisc_itp.algorithms.treatment import ComesBefore, TreatmentEmergent, Within
from tests.sample import Sample, made

D, S, E, U = MomentRef("ASTDT"), MomentRef("ADSL.TRTSDT"), MomentRef("ADSL.TRTEDT"), MomentRef("AENDT")
Day = int | None


def one(word: Within | TreatmentEmergent | ComesBefore, **values: Any) -> Any:
    names = {"d": "ASTDT", "s": "ADSL.TRTSDT", "e": "ADSL.TRTEDT", "u": "AENDT", "g": "GRADE", "b": "BEFORE"}
    given_values = {names[k]: [float(v) if isinstance(v, int) else v] for k, v in values.items()}
    return made(word, Sample(given_values))[0]


@pytest.mark.parametrize(
    ("d", "s", "e", "flag"),
    [
        (10, 10, 20, "Y"),
        (9, 10, 20, "N"),
        (20, 10, 20, "Y"),
        (48, 10, 20, "Y"),
        (49, 10, 20, "N"),
        (999, 10, None, "Y"),
        (9, 10, None, "N"),
        (10, None, 20, "N"),
        (None, 10, 20, None),
    ],
)
def test_within_a_period(d: Day, s: Day, e: Day, flag: str | None) -> None:
    word = Within(D, S, E, days_after=28, otherwise="N")
    assert one(word, d=d, s=s, e=e) == flag
    assert one(Within(D, S, E, days_after=28), d=d, s=s, e=e) == (flag if flag == "Y" else None)


def test_what_missing_dates_mean_is_declared() -> None:
    assert one(Within(D, S, E, no_end=False), d=15, s=10, e=None) is None
    assert one(Within(D, S, E, no_date=True), d=None, s=10, e=20) == "Y"
    assert one(Within(D, S, E, no_date=True), d=None, s=None, e=20) is None
    assert one(Within(D, S), d=999, s=10) == "Y"
    assert one(Within(D, S, E, days_before=3), d=7, s=10, e=20) == "Y"
    assert one(Within(D, S, E, days_before=3), d=6, s=10, e=20) is None


@pytest.mark.parametrize(("u", "flag"), [(9, None), (10, "Y"), (None, "Y"), (15, "Y")])
def test_a_record_that_lasts_into_the_period(u: Day, flag: str | None) -> None:
    assert one(Within(D, S, E, U), d=5, s=10, e=20, u=u) == flag
    # Emergent is what begins in the period.
    assert one(TreatmentEmergent(D, S, E, U), d=5, s=10, e=20, u=u) is None


@pytest.mark.parametrize(("u", "flag"), [(9, None), (10, "Y"), (None, "Y")])
def test_an_event_without_a_start_is_emergent_unless_it_ended_before(u: Day, flag: str | None) -> None:
    assert one(TreatmentEmergent(D, S, E, U), d=None, s=10, e=20, u=u) == flag
    assert one(TreatmentEmergent(D, S, E, U, no_date=False), d=None, s=10, e=20, u=u) is None
    assert one(TreatmentEmergent(D, S, E, U), d=None, s=None, e=None, u=u) is None


@pytest.mark.parametrize(
    ("values", "flag"),
    [
        ({"d": 5, "u": 12, "g": "3", "b": "1"}, "Y"),
        ({"d": 5, "u": 12, "g": 3, "b": 1}, "Y"),
        ({"d": 5, "u": None, "g": "3", "b": "1"}, "Y"),
        ({"d": 5, "u": 12, "g": "1", "b": "1"}, "N"),
        ({"d": 5, "u": 9, "g": "3", "b": "1"}, "N"),
        ({"d": 5, "u": 12, "g": "3", "b": None}, "N"),
        ({"d": 10, "u": 12, "g": "1", "b": "1"}, "Y"),
    ],
)
def test_an_event_that_becomes_worse(values: dict[str, Any], flag: str) -> None:
    word = TreatmentEmergent(D, S, E, U, severity=Ref("GRADE"), severity_before=Ref("BEFORE"), otherwise="N")
    assert one(word, s=10, e=20, **values) == flag


@pytest.mark.parametrize(
    ("d", "s", "expected"),
    [(9, 10, "Y"), (10, 10, "N"), (11, 10, "N"), (None, 10, None), (9, None, None)],
)
def test_before(d: Day, s: Day, expected: str | None) -> None:
    assert one(ComesBefore(D, S, otherwise="N"), d=d, s=s) == expected
    assert one(ComesBefore(D, S, same_day=True), d=d, s=s) == ("Y" if (d, s) in ((9, 10), (10, 10)) else None)
    assert one(ComesBefore(D, S, no_date=True), d=d, s=s) == ("Y" if (d, s) in ((9, 10), (None, 10)) else None)


@pytest.mark.parametrize(
    ("date", "within", "emergent", "before"),
    [
        ("2013", "N", "N", "Y"),
        ("2014-02", "N", "N", "Y"),
        ("2014-03", None, "Y", None),
        ("2014", None, "Y", None),
        ("2014-04", "Y", "Y", "N"),
        ("2014-06", None, "Y", "N"),
        ("2014-07", "N", "N", "N"),
        ("2015", "N", "N", "N"),
        ("2014-03-12T08:00", "Y", "Y", "N"),
        ("not a date", None, "Y", None),
    ],
)
def test_a_partial_date_is_compared_where_it_can_be(
    date: str, within: str | None, emergent: str | None, before: str | None
) -> None:
    """The period is 2014-03-12 to 2014-06-10."""
    names = (MomentRef("AESTDTC"), MomentRef("DM.RFSTDTC"), MomentRef("DM.RFENDTC"))
    records = Sample({"AESTDTC": [date], "DM.RFSTDTC": ["2014-03-12"], "DM.RFENDTC": ["2014-06-10"]})
    assert made(Within(*names, otherwise="N"), records) == [within]
    assert made(TreatmentEmergent(*names, otherwise="N"), records) == [emergent]
    assert made(ComesBefore(names[0], names[1], otherwise="N"), records) == [before]


def test_datetimes_are_compared_to_the_second_where_all_are_datetimes() -> None:
    names = (MomentRef("ADTM"), MomentRef("TRTSDTM"), MomentRef("TRTEDTM"))
    records = Sample({"ADTM": [99.0, 100.0, 200.0, 201.0], "TRTSDTM": [100.0] * 4, "TRTEDTM": [200.0] * 4})
    assert made(Within(*names), records) == [None, "Y", "Y", None]
    by_day = Sample({"ADTM": [99.0, 86400.0], "TRTSDT": [0.0, 0.0], "TRTEDT": [0.0, 0.0]})
    assert made(Within(MomentRef("ADTM"), MomentRef("TRTSDT"), MomentRef("TRTEDT")), by_day) == ["Y", None]


DAYS = st.none() | st.integers(0, 30)


@given(DAYS, DAYS, DAYS, st.integers(0, 5))
def test_flags_agree(d: Day, s: Day, e: Day, after: int) -> None:
    inside = one(Within(D, S, E, days_after=after), d=d, s=s, e=e)
    emergent = one(TreatmentEmergent(D, S, E, days_after=after), d=d, s=s, e=e)
    before = one(ComesBefore(D, S), d=d, s=s)
    expected = d is not None and s is not None and d >= s and (e is None or d <= e + after)
    assert (inside == "Y") == expected
    assert emergent == (inside if d is not None else ("Y" if s is not None else None))
    assert not (before == "Y" and inside == "Y")
