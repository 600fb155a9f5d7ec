"""Exposure against exposure as collected: intervals by hand, and the law against a day-by-day count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.checks import DatasetFile, Package, run_checks
from cdisc_itp.model.column import collect_text

# Subject, treatment, first day, days after it.
Period = tuple[str, str, int, int]
PERIODS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("XY"), st.integers(1, 12), st.integers(0, 5)), max_size=7
)


def dataset(name: str, rows: list[Period], **more: list[str | None]) -> DatasetFile:
    cells: dict[str, list[str | None]] = {
        "USUBJID": [r[0] for r in rows],
        f"{name}TRT": [r[1] for r in rows],
        f"{name}STDTC": [f"2022-03-{r[2]:02d}" for r in rows],
        f"{name}ENDTC": [f"2022-03-{r[2] + r[3]:02d}" for r in rows],
        **more,
    }
    columns = {n: collect_text(v) for n, v in cells.items()}
    records = len(next(iter(columns.values())))
    return cast(
        DatasetFile,
        SimpleNamespace(name=name, file=name, variables=(), columns=columns, records=records, encoding="ascii"),
    )


def uncovered(ex: list[Period], ec: list[Period], **more: list[str | None]) -> list[int | None]:
    result = run_checks(Package((dataset("EX", ex), dataset("EC", ec, **more))), ["EXP101"])
    assert result.ran == ("EXP101",)
    return [f.record for f in result.findings]


def test_rows_that_touch_are_one() -> None:
    assert uncovered([("A", "X", 1, 9)], [("A", "X", 6, 4), ("A", "X", 1, 4)]) == []


def test_a_day_between_is_seen() -> None:
    assert uncovered([("A", "X", 1, 9)], [("A", "X", 1, 3), ("A", "X", 6, 4)]) == [1]


def test_what_did_not_take_place_covers_nothing() -> None:
    assert uncovered([("A", "X", 1, 2)], [("A", "X", 1, 2)], ECOCCUR=["N"]) == [1]
    assert uncovered([("A", "X", 1, 2)], [("A", "X", 1, 2)], ECMOOD=["SCHEDULED"]) == [1]


@given(PERIODS, PERIODS)
def test_it_is_a_count_day_by_day(ex: list[Period], ec: list[Period]) -> None:
    collected = {(s, drug, first + i) for s, drug, first, days in ec for i in range(days + 1)}
    lost = [
        number
        for number, (s, drug, first, days) in enumerate(ex, 1)
        if not {(s, drug, first + i) for i in range(days + 1)} <= collected
    ]
    assert uncovered(ex, ec) == lost
