"""The comparison itself: it finds what is wrong, and counts what is missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc_itp.model.column import collect_numbers, collect_text
from tests.studies.comparison import NO_RECORD, Difference, assert_equal, compare

PUBLISHED = "USUBJID,AESEQ,AETERM,AESTDY\n01,1,COUGH,2.0\n01,2,NAUSEA,\n"


def frame(subjects: list[str], terms: list[str | None], days: list[float]) -> pd.DataFrame:
    columns = {
        "USUBJID": collect_text(subjects),
        "AESEQ": collect_numbers([float(i + 1) for i in range(len(terms))]),
        "AETERM": collect_text(terms),
        "AESTDY": collect_numbers(days),
    }
    return pd.DataFrame({k: pd.Series(c) for k, c in columns.items()})


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "ae.csv"
    path.write_text(PUBLISHED, "utf-8")
    return path


def test_numbers_are_compared_as_numbers(published: Path) -> None:
    built = frame(["01", "01"], ["COUGH", "NAUSEA"], [2, float("nan")])
    found = compare(built, published, ["USUBJID", "AESEQ"])
    assert (found.records, found.cells, found.different) == (2, 8, ())
    assert_equal(built, published)


@pytest.mark.parametrize("term", ["Cough", "COUGH ", None])
def test_a_cell(published: Path, term: str | None) -> None:
    built = frame(["01", "01"], [term, "NAUSEA"], [2, float("nan")])
    found = compare(built, published, ["USUBJID", "AESEQ"])
    assert found.different == (Difference(("01", 1.0), "AETERM", term, "COUGH"),)
    with pytest.raises(AssertionError):
        assert_equal(built, published)


def test_a_record_on_one_side_counts_with_every_cell(published: Path) -> None:
    built = frame(["01"], ["COUGH"], [2])
    found = compare(built, published, ["USUBJID", "AESEQ"])
    assert (found.records, found.cells) == (2, 8)
    assert [d.variable for d in found.different] == ["USUBJID", "AESEQ", "AETERM", "AESTDY"]
    assert {d.built for d in found.different} == {NO_RECORD}
    extra = compare(
        frame(["01"] * 3, ["COUGH", "NAUSEA", "RASH"], [2, float("nan"), 1]), published, ["USUBJID", "AESEQ"]
    )
    assert {d.published for d in extra.different} == {NO_RECORD}
    assert extra.cells == 12


def test_equal_keys_are_numbered_by_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "ae.csv"
    path.write_text("USUBJID,AETERM,AESTDY\n01,COUGH,5\n01,COUGH,2\n", "utf-8")
    built = frame(["01", "01"], ["COUGH", "COUGH"], [2, 5])
    assert compare(built, path, ["USUBJID", "AETERM"], then=["AESTDY"]).different == ()
    with pytest.raises(AssertionError, match="two records"):
        compare(built, path, ["USUBJID", "AETERM"])


def test_a_variable_that_is_not_built(tmp_path: Path) -> None:
    path = tmp_path / "ae.csv"
    path.write_text("USUBJID,AESEQ,AESEV\n01,1,MILD\n", "utf-8")
    with pytest.raises(AssertionError, match="AESEV"):
        compare(frame(["01"], ["COUGH"], [2]), path, ["USUBJID", "AESEQ"])
