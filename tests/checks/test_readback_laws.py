"""Two readings compared by arrays find what a loop over the cells finds."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.checks import compare_frames
from cdisc_itp.model.column import collect_numbers, collect_text

TEXTS = st.sampled_from([None, "", " ", "a", "a ", " a", "b"])
NUMBERS = st.sampled_from([float("nan"), 0.0, 1.0, 0.1, 0.1 + 2**-56])


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12))
def test_texts(pairs: list[tuple[str | None, str | None]]) -> None:
    frames = [pd.DataFrame({"A": collect_text([p[i] for p in pairs])}) for i in (0, 1)]
    wanted = [n for n, (a, b) in enumerate(pairs, 1) if (a or "").rstrip(" ") != (b or "").rstrip(" ")]
    assert [f.record for f in compare_frames("DM", *frames)] == wanted


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12))
def test_numbers(pairs: list[tuple[float, float]]) -> None:
    frames = [pd.DataFrame({"A": collect_numbers([p[i] for p in pairs])}) for i in (0, 1)]
    wanted = [n for n, (a, b) in enumerate(pairs, 1) if a != b and not (a != a and b != b)]
    assert [f.record for f in compare_frames("DM", *frames)] == wanted
