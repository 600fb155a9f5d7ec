"""Words that read another dataset or form of the same subject."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.merge import Any, Count, First, Last, Max, Min
from cdisc_itp.algorithms.registry import NumberRef, Ref
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from tests.sample import Sample, made

EX = Sample(
    {
        "USUBJID": ["1", "1", "1", "2", "3", None],
        "EXSTDTC": ["2022-07-05", "2022-06-01", None, "2022-07", None, "2021-01-01"],
        "EXDOSE": [9.0, 10.0, 100.0, None, 5.0, 1.0],
        "EXTRT": ["A", "P", "A", "A", "P", "A"],
    }
)
DOSING = Sample({"USUBJID": ["1", "1", "2"], "dose": ["9", "10.5", "x"]})
A = Condition((WhereClause((Comparison("EXTRT", "EQ", ("A",)),)),))


def subjects() -> Sample:
    return Sample({"USUBJID": ["2", "1", "4", None]}, others={"EX": EX, "dosing": DOSING})


@pytest.mark.parametrize(
    ("word", "expected", "taken"),
    [
        (First(Ref("EX.EXSTDTC")), ["2022-07", "2022-06-01", None, None], [3, 1, -1, -1]),
        (Last(Ref("EX.EXSTDTC")), ["2022-07", "2022-07-05", None, None], [3, 0, -1, -1]),
        (First(Ref("EX.EXSTDTC"), A), ["2022-07", "2022-07-05", None, None], [3, 0, -1, -1]),
        (Min(NumberRef("EX.EXDOSE")), [None, 9.0, None, None], [-1, 0, -1, -1]),
        (Max(NumberRef("EX.EXDOSE")), [None, 100.0, None, None], [-1, 2, -1, -1]),
        # Form columns hold text: 10.5 is more than 9.
        (Min(NumberRef("dosing.dose")), [None, 9.0, None, None], [-1, 0, -1, -1]),
        (Max(NumberRef("dosing.dose")), [None, 10.5, None, None], [-1, 1, -1, -1]),
    ],
)
def test_the_record_that_wins_and_its_lineage(word: First, expected: list[object], taken: list[int]) -> None:
    records = subjects()
    assert made(word, records) == expected
    assert records.links == {word.place[0]: taken}


def test_any_and_count() -> None:
    assert made(Any(Ref("EX.EXSTDTC")), subjects()) == ["Y", "Y", None, None]
    assert made(Count(Ref("EX.EXSTDTC")), subjects()) == [1.0, 2.0, 0.0, 0.0]
    assert made(Count(Ref("EX.EXSTDTC"), A), subjects()) == [1.0, 1.0, 0.0, 0.0]
    assert made(Any(NumberRef("EX.EXDOSE"), A), subjects()) == [None, "Y", None, None]


def test_of_equal_values_the_declared_order_decides() -> None:
    other = Sample({"USUBJID": ["1", "1"], "D": ["x", "x"]}, places=[1, 0])
    for word, taken in ((First(Ref("O.D")), [1]), (Last(Ref("O.D")), [0])):
        records = Sample({"USUBJID": ["1"]}, others={"O": other})
        assert made(word, records) == ["x"]
        assert records.links == {"O": taken}


def test_no_records_at_all() -> None:
    empty = Sample({"USUBJID": [], "D": []})
    for word in (First(Ref("O.D")), Any(Ref("O.D"))):
        assert made(word, Sample({"USUBJID": ["1"]}, others={"O": empty})) == [None]
    assert made(First(Ref("EX.EXSTDTC")), Sample({"USUBJID": []}, others={"EX": EX})) == []


def test_what_is_read() -> None:
    assert First(Ref("EX.EXSTDTC"), A).reads == ("EX.EXSTDTC", "EX.EXTRT")
    assert First(Ref("EXSTDTC")).contradiction() == "'EXSTDTC' names no other form or dataset"


ROWS = st.lists(st.tuples(st.sampled_from("123"), st.none() | st.integers(-20, 20), st.sampled_from("AP")), max_size=12)


@given(ROWS)
def test_equal_to_a_loop_over_the_records(rows: list[tuple[str, int | None, str]]) -> None:
    subject, value, group = ([r[i] for r in rows] for i in range(3))
    text = [None if v is None else f"{v + 50:03}" for v in value]  # type: ignore[operator]
    number = [None if v is None else float(v) for v in value]  # type: ignore[arg-type]
    other = Sample({"USUBJID": subject, "T": text, "N": number or [1.0][:0], "EXTRT": group})  # type: ignore[dict-item]
    for where in (None, A):
        mine = {
            s: [r[1] for r in rows if r[0] == s and r[1] is not None and (where is None or r[2] == "A")] for s in "124"
        }
        records = Sample({"USUBJID": ["1", "2", "4"]}, others={"O": other})
        assert made(First(Ref("O.T"), where), records) == [f"{min(v) + 50:03}" if v else None for v in mine.values()]
        assert made(Last(Ref("O.T"), where), records) == [f"{max(v) + 50:03}" if v else None for v in mine.values()]
        assert made(Min(NumberRef("O.N"), where), records) == [float(min(v)) if v else None for v in mine.values()]
        assert made(Max(NumberRef("O.N"), where), records) == [float(max(v)) if v else None for v in mine.values()]
        assert made(Count(Ref("O.T"), where), records) == [float(len(v)) for v in mine.values()]
        assert made(Any(Ref("O.T"), where), records) == ["Y" if v else None for v in mine.values()]
