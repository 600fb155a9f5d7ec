"""Two readings of one file compared cell by cell; and the readings by other programs themselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc_itp.checks import compare_frames
from cdisc_itp.model.column import collect_numbers, collect_text, empty_column
from cdisc_itp.model.issue import ReadError
from cdisc_itp.readers.outside import read_with_pandas, read_with_pyreadstat
from cdisc_itp.readers.xpt import read_xpt
from cdisc_itp.writers.xpt import XptVariable, write_xpt

CREATED = datetime(2024, 1, 1)
OURS = pd.DataFrame({"A": collect_text(["x", None, "y"]), "B": collect_numbers([1.5, float("nan"), 0.1])})
READERS = [read_with_pyreadstat, read_with_pandas]


def theirs(a: list[object], b: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"A": pd.Series(a, dtype=object), "B": b})


def messages(other: pd.DataFrame) -> list[str]:
    found = compare_frames("DM", OURS, other)
    assert all(f.rule == "XPT120" and f.dataset == "DM" for f in found)
    return [f.message for f in found]


def test_equal_readings() -> None:
    assert messages(OURS) == []
    assert messages(theirs(["x", "", "y"], [1.5, np.nan, 0.1])) == []
    assert messages(theirs(["x  ", None, "y "], [1.5, np.nan, 0.1])) == []
    assert messages(OURS.astype({"A": "str", "B": "float64"})) == []


def test_cells_that_differ() -> None:
    assert messages(theirs(["x", "z", "y"], [1.5, np.nan, 0.1])) == [
        "A of record 2 is no value in one reading and z in the other"
    ]
    assert messages(theirs(["x", None, " y"], [1.5, np.nan, 0.1])) == [
        "A of record 3 is y in one reading and  y in the other"
    ]
    assert messages(theirs(["x", None, "y"], [1.5, 0.0, np.nextafter(0.1, 1)])) == [
        "B of record 2 is no value in one reading and 0 in the other",
        "B of record 3 is 0.1 in one reading and 0.10000000000000002 in the other",
    ]


def test_shapes_that_differ() -> None:
    assert messages(theirs(["x", None], [1.5, np.nan])) == [
        "the number of records is 3 in one reading and 2 in the other"
    ]
    assert messages(OURS[["A"]]) == ["the list of variables (B) is A B in one reading and another in the other"]
    assert messages(OURS[["B", "A"]]) == [
        "the list of variables (the order) is A B in one reading and another in the other"
    ]
    assert messages(pd.DataFrame({"A": [1.0, np.nan, 2.0], "B": [1.5, np.nan, 0.1]})) == [
        "A is text in one reading and not in the other"
    ]


def write(path: Path, frame: pd.DataFrame, encoding: str = "ascii") -> None:
    variables = [XptVariable(str(c), "x", pd.api.types.is_numeric_dtype(frame[c].cat.categories.dtype)) for c in frame]
    write_xpt(path, "DM", "x", variables, {str(c): frame[c].array for c in frame}, CREATED, encoding)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("frame", "encoding"),
    [
        (OURS, "ascii"),
        (pd.DataFrame({"A": collect_text(["é", None, "中"])}), "utf-8"),
        (pd.DataFrame({"A": collect_text(["中文", None, "x"])}), "gb18030"),
        # a last record that ends in blanks, the number 0, no records
        (pd.DataFrame({"A": collect_text(["x", "y"]), "B": collect_text(["z" * 30, None])}), "ascii"),
        (pd.DataFrame({"B": collect_numbers([0.0, -0.0, 1e-70, 7e75, 1 / 3])}), "ascii"),
        (pd.DataFrame({"A": empty_column(0), "B": empty_column(0, True)}), "ascii"),
        (pd.DataFrame({"A": empty_column(2), "B": collect_numbers([1.0, 2.0])}), "ascii"),
    ],
)
def test_other_programs_read_the_same(read: object, frame: pd.DataFrame, encoding: str, tmp_path: Path) -> None:
    write(tmp_path / "dm.xpt", frame, encoding)
    own = read_xpt(tmp_path / "dm.xpt", encoding).frame
    assert compare_frames("DM", own, read(tmp_path / "dm.xpt", encoding)) == []  # type: ignore[operator]


def test_a_file_that_they_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "dm.xpt").write_bytes(b"no transport file")
    for read in READERS:
        with pytest.raises(ReadError, match="READ020"):
            read(tmp_path / "dm.xpt")
