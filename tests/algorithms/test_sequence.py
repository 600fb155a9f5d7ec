"""The sequence number: dense, unique, in the declared order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import Ref
from cdisc_itp.algorithms.sequence import Sequence
from tests.sample import Sample, made


def test_in_the_declared_order() -> None:
    records = Sample({"USUBJID": ["02", "01", "02", "01"]}, places=[3, 1, 2, 0])
    assert made(Sequence(), records) == [2.0, 2.0, 1.0, 1.0]
    assert Sequence().reads == ("USUBJID",)


def test_within_another_variable() -> None:
    assert made(Sequence(Ref("STUDYID")), Sample({"STUDYID": ["A", "A"], "USUBJID": ["1", "2"]})) == [1.0, 2.0]


def test_no_records() -> None:
    assert made(Sequence(), Sample({"USUBJID": []})) == []


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 99)), max_size=30))
def test_dense_and_unique_and_in_order(rows: list[tuple[str, int]]) -> None:
    # The order is by subject first, as a dataset's is.
    place = {r: i for i, r in enumerate(sorted(range(len(rows)), key=lambda i: (*rows[i], i)))}
    records = Sample({"USUBJID": [s for s, _ in rows]}, places=[place[i] for i in range(len(rows))])
    found = made(Sequence(), records)
    for subject in "ABC":
        mine = sorted((place[i], found[i]) for i, (s, _) in enumerate(rows) if s == subject)
        assert [n for _, n in mine] == [float(k) for k in range(1, len(mine) + 1)]
