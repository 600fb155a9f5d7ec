"""Signs that a site writes and the study does not: the dash of a subject number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.columns import Column
from cdisc_itp.algorithms.registry import RawColumn


class Rows:
    """Rows of a text column without a map."""

    kind, source = "text", "s1"

    def __init__(self, values: list[str | None]) -> None:
        self.values = values

    def each_raw(self, kernel: Any, column: str) -> list[str | None]:
        out, problems = kernel(pa.array(self.values, pa.large_string()))
        assert isinstance(problems, Mapping) and not any(m.any() for m in problems.values())
        return list(out.to_pylist())


def read(values: list[str | None], *signs: str) -> Any:
    return Column(RawColumn("SUBJECT"), remove=signs).apply(Rows(values))  # type: ignore[arg-type]


def test_signs_are_taken_out_and_nothing_left_is_no_value() -> None:
    assert read(["04-001", " 04-0-02 ", "05001", "-", None], "-") == ["04001", "04002", "05001", None, None]
    assert read(["04/001-A"], "/", "-") == ["04001A"]


@given(st.lists(st.none() | st.text("0-/a", max_size=5)))
def test_what_stays_is_what_was_written(values: list[str | None]) -> None:
    expected = [None if v is None else v.replace("-", "").replace("/", "") or None for v in values]
    assert read(values, "-", "/") == expected


@pytest.mark.parametrize(("kind", "fits"), [("text", True), ("number", False), ("date", False), ("time", False)])
def test_only_text_has_signs_to_take_out(kind: str, fits: bool) -> None:
    assert (Column(RawColumn("SUBJECT"), remove=("-",)).unfit(kind) == "") == fits
