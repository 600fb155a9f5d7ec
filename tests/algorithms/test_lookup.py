"""look_up against a loop over the rows of the form."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.lookup import LookUp
from cdisc_itp.algorithms.registry import Ref
from cdisc_itp.model.column import Column, collect_numbers, collect_text, decoded

Row = tuple[str | None, str | None, str | None]


@dataclass
class Place:
    """A form of normal ranges."""

    rows: list[Row]

    @property
    def n(self) -> int:
        return len(self.rows)

    def __getitem__(self, ref: str) -> Column:
        return collect_text([r[("test", "sex", "low").index(ref)] for r in self.rows])


@dataclass
class Results:
    """Records with a test and the subject's sex."""

    rows: list[tuple[str | None, str | None]]
    ranges: Place
    taken: list[int] = field(default_factory=list)
    issues: dict[str, list[int]] = field(default_factory=dict)
    told: dict[str, list[int]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(self.rows)

    def __getitem__(self, ref: str) -> Column:
        return collect_text([r[("LBTESTCD", "DM.SEX").index(ref)] for r in self.rows])

    def other(self, name: str) -> Place:
        assert name == "ranges"
        return self.ranges

    def link(self, name: str, rows: np.ndarray) -> None:
        self.taken = rows.tolist()

    def issue(self, code: str, mask: np.ndarray, ref: str | None = None, detail: str = "") -> None:
        assert ref == "LBTESTCD"
        if code == "DATA038":
            self.told[detail] = np.flatnonzero(mask).tolist()
            return
        assert detail == "ranges by test, sex"
        self.issues[code] = np.flatnonzero(mask).tolist()


BY = {"test": Ref("LBTESTCD"), "sex": Ref("DM.SEX")}
words = st.none() | st.sampled_from(["A", "B", "a"])


@given(
    st.lists(st.tuples(words, words, words), max_size=6), st.lists(st.tuples(words, words), max_size=6), st.booleans()
)
def test_the_one_row_that_agrees(ranges: list[Row], rows: list[tuple[str | None, str | None]], required: bool) -> None:
    records = Results(rows, Place(ranges))
    found = decoded(LookUp(Ref("ranges.low"), BY, required).apply(records)).tolist()  # type: ignore[arg-type]
    matches = [[i for i, r in enumerate(ranges) if None not in row and r[:2] == row] for row in rows]
    assert records.taken == [m[0] if len(m) == 1 else -1 for m in matches]
    assert found == [ranges[m[0]][2] if len(m) == 1 else None for m in matches]
    assert records.issues["DATA061"] == [i for i, m in enumerate(matches) if len(m) > 1]
    none = [i for i, m in enumerate(matches) if not m and None not in rows[i]]
    assert records.issues.get("DATA036") == (none if required else None)


def test_a_number_agrees_with_its_text() -> None:
    class Numbers(Results):
        def __getitem__(self, ref: str) -> Column:
            return collect_numbers([1.0, 0.5, float("nan")]) if ref == "LBTESTCD" else collect_text(["M", "M", "M"])

    records = Numbers([("", "")] * 3, Place([("0.5", "M", "x"), ("1", "M", "y"), ("1.0", "M", "z")]))
    assert decoded(LookUp(Ref("ranges.low"), BY).apply(records)).tolist() == ["y", "x", None]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "wrong"),
    [
        (LookUp(Ref("ranges.low"), BY), ""),
        (LookUp(Ref("low"), BY), "names a column of the dataset itself, not of another form"),
        (LookUp(Ref("ranges.low"), {}), "matches by no column"),
    ],
)
def test_contradictions(word: LookUp, wrong: str) -> None:
    assert word.contradiction() == wrong


def test_what_is_read() -> None:
    assert LookUp(Ref("ranges.low"), BY).reads == ("ranges.low", "ranges.test", "ranges.sex", "LBTESTCD", "DM.SEX")


def test_the_method_says_every_parameter() -> None:
    plain = LookUp(Ref("ranges.low"), BY)
    others = [
        LookUp(Ref("ranges.high"), BY),
        LookUp(Ref("ranges.low"), BY, True),
        LookUp(Ref("ranges.low"), {"test": BY["test"]}),
    ]
    assert len({w.describe() for w in (plain, *others)}) == 4


def test_a_row_that_is_expected_is_told_once_for_each_combination_and_only_for_tests_that_have_rows() -> None:
    ranges = Place([("HGB", "M", "130"), ("PLAT", "F", "125"), ("PLAT", "M", "125")])
    results = Results([("HGB", "F"), ("HCG", "F"), ("HGB", "F"), ("HGB", None), ("PLAT", "F"), ("HGB", "M")], ranges)
    by = {"test": Ref("LBTESTCD"), "sex": Ref("DM.SEX")}
    found = LookUp(Ref("ranges.low"), by, expected=("test",)).apply(results)  # type: ignore[arg-type]
    assert decoded(found).tolist() == [None, None, None, None, "125", "130"]
    assert results.told == {"ranges: test HGB, sex F": [0, 2]}
    assert results.issues.get("DATA036", []) == []


def test_expected_names_columns_of_by() -> None:
    assert "race" in LookUp(Ref("ranges.low"), {"test": Ref("LBTESTCD")}, expected=("race",)).contradiction()
