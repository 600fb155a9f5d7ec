"""What is kept of distinct values: computed once, and gone with them."""

from __future__ import annotations

import gc

import numpy as np

from cdisc_itp.model.column import Column, collect_text, take
from cdisc_itp.model.kept import _OF_VALUES, once


def test_columns_of_the_same_values_are_computed_once() -> None:
    asked: list[list[str]] = []

    def sizes(column: Column) -> list[int]:
        asked.append(column.categories.tolist())
        return [len(v) for v in column.categories]

    kept, column = once(sizes), collect_text(["a", "bb", None])
    assert kept(column) == kept(take(column, np.array([1, 1, 0]))) == [1, 2]
    assert kept(collect_text(["a", "bb", None])) == [1, 2]
    assert asked == [["a", "bb"]] * 2


def test_nothing_is_kept_of_values_that_are_gone() -> None:
    gc.collect()
    before, kept = len(_OF_VALUES), once(lambda column: column.categories.tolist())
    for text in map(str, range(100)):
        assert kept(collect_text([text])) == [text]
    gc.collect()
    assert len(_OF_VALUES) == before
