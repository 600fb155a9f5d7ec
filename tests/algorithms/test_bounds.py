"""Reading words with keys, bounds by day and another order than that of the values; exists, nearest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.merge import Any as AnyRecord
from cdisc_itp.algorithms.merge import Count, Exists, First, Last, Max, Min
from cdisc_itp.algorithms.nearest import Nearest
from cdisc_itp.algorithms.registry import MomentRef, NumberRef, Ref
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from tests.sample import Sample, made

# 2022-07-01 is day 22827 since 1960-01-01.
JULY = 22827.0
CM = Sample(
    {
        "USUBJID": ["1", "1", "1", "2"],
        "CMTRT": ["IVIG", "PREDNISONE", "IVIG", "IVIG"],
        "CMDOSE": [3.0, 1.0, 2.0, 9.0],
        "CMSTDTC": ["2022-07-01", "2022-07-02T10:00", "2022-07", "2022-07-01"],
        "ASTDT": [JULY, JULY + 1, None, JULY],
    }
)
PREDNISONE = Condition((WhereClause((Comparison("CMTRT", "EQ", ("PREDNISONE",)),)),))


def ours(**more: Any) -> Sample:
    n = len(next(iter(more.values()), ["x"]))
    return Sample({"USUBJID": ["1"] * n, **more}, others={"CM": CM})


@pytest.mark.parametrize(
    ("bound", "expected"),
    [("after", [1.0, None]), ("on_or_after", [1.0, 1.0]), ("before", [None, 3.0]), ("on_or_before", [3.0, 1.0])],
)
@pytest.mark.parametrize("date", ["CM.CMSTDTC", "CM.ASTDT"])
@pytest.mark.parametrize("text", [True, False])
def test_bounds_by_day_of_text_and_numbers(bound: str, expected: list[Any], date: str, text: bool) -> None:
    """Days of CM: 1 July, 2 July, and one that is not known; ours are 1 and 2 July."""
    name, days = ("ADTC", ["2022-07-01T23:59", "2022-07-02"]) if text else ("ADT", [JULY, JULY + 1])
    word = Min(NumberRef("CM.CMDOSE"), date=MomentRef(date), **{bound: MomentRef(name)})
    assert made(word, ours(**{name: days})) == expected


def test_a_numeric_datetime_counts_by_its_day() -> None:
    word = Count(Ref("CM.CMTRT"), date=MomentRef("CM.ASTDT"), on_or_before=MomentRef("ADTM"))
    assert made(word, ours(ADTM=[JULY * 86400 + 100.0, (JULY - 1) * 86400.0])) == [1.0, 0.0]


def test_a_missing_bound_of_ours() -> None:
    for missing, expected in (("none", 2.0), ("no_record", 0.0)):
        word = Count(Ref("CM.CMTRT"), date=MomentRef("CM.ASTDT"), before=MomentRef("ADT"), missing_bound=missing)  # type: ignore[arg-type]
        assert made(word, ours(ADT=[None, JULY + 1])) == [expected, 1.0]


def test_keys_of_both_kinds_and_lineage() -> None:
    records = ours(DRUG=["IVIG", "PREDNISONE", None])
    assert made(Max(NumberRef("CM.CMDOSE"), by={"CMTRT": Ref("DRUG")}), records) == [3.0, 1.0, None]
    assert records.links == {"CM": [0, 1, -1]}
    numbers = Sample({"USUBJID": ["1", "1"], "D": ["2", "9"]}, others={"CM": CM})
    assert made(First(Ref("CM.CMTRT"), by={"CMDOSE": Ref("D")}), numbers) == ["IVIG", None]


def test_the_value_of_the_first_record_by_another_variable() -> None:
    records = ours()
    assert made(First(Ref("CM.CMDOSE"), order=(Ref("CM.ASTDT"),)), records) == [3.0]
    # The record without a date is neither first nor last.
    assert made(Last(Ref("CM.CMDOSE"), order=(Ref("CM.ASTDT"),)), records) == [1.0]
    assert made(Last(Ref("CM.CMDOSE"), order=(Ref("CM.CMTRT"), Ref("CM.ASTDT"))), records) == [1.0]
    assert made(First(Ref("CM.CMDOSE"), order=(Ref("CM.CMTRT"), Ref("CM.CMDOSE"))), records) == [2.0]


def test_exists() -> None:
    records = Sample({"USUBJID": ["1", "2", "3"]}, others={"CM": CM})
    assert made(Exists(Ref("CM.CMTRT"), PREDNISONE), records) == ["Y", "N", "N"]
    assert records.links == {"CM": [1, -1, -1]}
    word = Exists(Ref("CM.CMTRT"), PREDNISONE, then="STEROID", otherwise="NONE", no_record="NOT DONE")
    assert made(word, records) == ["STEROID", "NONE", "NOT DONE"]


def test_any_within_bounds() -> None:
    word = AnyRecord(Ref("CM.CMTRT"), date=MomentRef("CM.ASTDT"), after=MomentRef("ADT"), by={"CMTRT": Ref("T")})
    assert made(word, ours(ADT=[JULY, JULY], T=["IVIG", "PREDNISONE"])) == [None, "Y"]


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        (First(Ref("CM.A"), date=MomentRef("EX.B"), after=MomentRef("C")), "'CM.A' and 'EX.B' are of two datasets"),
        (First(Ref("CM.A"), order=(Ref("ADT"),)), "'CM.A' and 'ADT' are of two datasets"),
        (Nearest(Ref("LB.A"), day=NumberRef("LB.D"), target=10, to=9), "the target 10 does not lie in the window"),
        (Nearest(Ref("LB.A"), day=NumberRef("D"), target=10), "'LB.A' and 'D' are of two datasets"),
        (First(Ref("CM.A"), order=(Ref("CM.D"),)), ""),
    ],
)
def test_what_contradicts(word: First, problem: str) -> None:
    assert word.contradiction() == problem
    dated = First(Ref("CM.A"), date=MomentRef("CM.B")).contradiction()
    assert dated.startswith("a 'date' is compared with nothing")


def nearest(days: list[float | None], places: list[int] | None = None, **more: Any) -> Any:
    n = len(days)
    other = Sample({"USUBJID": ["1"] * n, "ADY": days, "AVAL": [float(i) for i in range(n)]}, places=places)
    records = Sample({"USUBJID": ["1"]}, others={"ADLB": other})
    word = Nearest(Ref("ADLB.AVAL"), day=NumberRef("ADLB.ADY"), **{"target": 180, "from_": 166, "to": 208, **more})
    return made(word, records)[0]


@pytest.mark.parametrize(
    ("days", "more", "expected"),
    [
        ([178.0, 183.0], {}, 0.0),
        ([178.0, 182.0], {}, 1.0),
        ([178.0, 182.0], {"tie": "earlier"}, 0.0),
        ([165.0, 209.0], {}, None),
        ([166.0, 209.0], {}, 0.0),
        ([100.0, 208.0], {}, 1.0),
        ([165.0], {"from_": None}, 0.0),
        ([209.0], {"to": None}, 0.0),
        ([180.0, 180.0], {}, 1.0),
        # There is no day 0: day -1 is one day from day 1, day 3 two.
        ([-1.0, 3.0], {"target": 1, "from_": None, "to": None}, 0.0),
        ([None, 190.0], {}, 1.0),
    ],
)
def test_nearest(days: list[float | None], more: dict[str, Any], expected: float | None) -> None:
    assert nearest(days, **more) == expected


def test_of_one_day_the_last_in_order() -> None:
    assert nearest([180.0, 180.0], [1, 0]) == 0.0


DAY = st.none() | st.integers(0, 6)
THEIRS = st.lists(st.tuples(st.sampled_from("12"), st.sampled_from("AB"), DAY, st.integers(0, 3)), max_size=10)
OURS = st.lists(st.tuples(st.sampled_from("13"), st.sampled_from("AB"), DAY, DAY), min_size=1, max_size=6)


@given(THEIRS, OURS, st.sampled_from(["none", "no_record"]))
def test_equal_to_a_loop(theirs: list[Any], mine: list[Any], missing: Any) -> None:
    def number(rows: list[Any], i: int) -> list[float | None]:
        return [None if r[i] is None else float(r[i]) for r in rows]

    other = Sample(
        {
            "USUBJID": [r[0] for r in theirs],
            "K": [r[1] for r in theirs],
            "DT": number(theirs, 2),
            "V": number(theirs, 3),
        }
    )
    records = Sample(
        {"USUBJID": [r[0] for r in mine], "K": [r[1] for r in mine], "FROM": number(mine, 2), "TO": number(mine, 3)},
        others={"O": other},
    )
    more: Any = {"by": {"K": Ref("K")}, "date": MomentRef("O.DT"), "missing_bound": missing}
    more |= {"on_or_after": MomentRef("FROM"), "before": MomentRef("TO")}

    def fits(t: Any, m: Any) -> bool:
        if t[:2] != m[:2] or t[2] is None:
            return False
        low = missing == "none" if m[2] is None else t[2] >= m[2]
        high = missing == "none" if m[3] is None else t[2] < m[3]
        return bool(low and high)

    found = [[t for t in theirs if fits(t, m)] for m in mine]
    assert made(Count(Ref("O.V"), **more), records) == [float(len(f)) for f in found]
    assert made(Min(NumberRef("O.V"), **more), records) == [float(min(t[3] for t in f)) if f else None for f in found]
    assert made(Max(NumberRef("O.V"), **more), records) == [float(max(t[3] for t in f)) if f else None for f in found]
    first = [float(min(f, key=lambda t: t[2])[3]) if f else None for f in found]
    assert made(First(Ref("O.V"), order=(Ref("O.DT"),), **more), records) == first
    assert made(Exists(Ref("O.V"), **more), records) == ["Y" if f else "N" for f in found]
