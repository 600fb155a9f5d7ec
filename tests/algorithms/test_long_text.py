"""Text over 200 bytes: parts that join to the text, and the names of the qualifiers that hold them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.long_text import continued_name, split_text


@given(st.lists(st.text("ab\xe9\u9ad8", min_size=1), max_size=40).map(" ".join), st.integers(9, 60))
def test_parts_are_the_text(text: str, limit: int) -> None:
    parts = split_text(text, "utf-8", limit)
    if parts is None:
        assert any(len(w.encode()) > limit for w in text.split(" "))
    else:
        assert " ".join(parts) == text
        assert all(len(p.encode()) <= limit for p in parts)


@given(st.text("ab \xe9", max_size=80), st.integers(9, 30))
def test_only_blanks_at_a_cut_are_lost(text: str, limit: int) -> None:
    parts = split_text(text, "utf-8", limit)
    if parts is not None:
        at = 0
        for part in parts:
            found = text.find(part, at)
            assert found >= at and set(text[at:found]) <= {" "}
            assert part == part.strip(" ") and len(part.encode()) <= limit
            at = found + len(part)
        assert set(text[at:]) <= {" "}


@given(st.lists(st.text("abc", min_size=1, max_size=20), min_size=1, max_size=30), st.integers(20, 60))
def test_no_part_has_room_for_the_next_word(words: list[str], limit: int) -> None:
    parts = split_text(" ".join(words), "ascii", limit) or []
    for part, following in pairwise(parts):
        assert len(part) + 1 + len(re.split(" ", following)[0]) > limit


@pytest.mark.parametrize(
    ("variable", "number", "name"),
    [("DVTERM", 1, "DVTERM1"), ("AEACNOTH", 1, "AEACNOT1"), ("AEACNOTH", 12, "AEACNO12"), ("MHINVNA", 2, "MHINVNA2")],
)
def test_names_have_eight_letters(variable: str, number: int, name: str) -> None:
    assert continued_name(variable, number) == name
