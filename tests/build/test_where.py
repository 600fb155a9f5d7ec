"""Conditions hold for the rows for which a loop over the rows says so."""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.build.rows import holds
from cdisc_itp.model.column import Column, collect_numbers, collect_text
from cdisc_itp.model.where import Comparator, Comparison, Condition, WhereClause

Row = dict[str, str | float | None]
TEXTS = st.sampled_from(["Y", "N", "y", "10", "9", "9.0", "-1", "x y", "安慰剂"])
NUMBERS = st.sampled_from([0.0, -1.0, 9.0, 10.0, 0.1, 1e15])
ORDER: dict[str, Callable[[float, float], bool]] = {
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Rows with two columns of text and one of numbers; any of them may be missing."""
    n = draw(st.integers(0, 12))
    maybe = {"a": st.none() | TEXTS, "B": st.none() | TEXTS, "N": st.none() | NUMBERS}
    return [{name: draw(values) for name, values in maybe.items()} for _ in range(n)]


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    ref = draw(st.sampled_from(["a", "B", "N"]))
    words: list[Comparator] = ["EQ", "NE", "IN", "NOTIN", "IS", *(["LT", "LE", "GT", "GE"] if ref == "N" else [])]
    word = draw(st.sampled_from(words))
    if word == "IS":
        return Comparison(ref, word, (draw(st.sampled_from(["MISSING", "PRESENT"])),))
    value = st.sampled_from(["9", "9.0", "-1", "0.1", "3"]) if ref == "N" else TEXTS
    many = 3 if word in ("IN", "NOTIN") else 1
    return Comparison(ref, word, tuple(draw(st.lists(value, min_size=1, max_size=many))))


CONDITIONS = st.lists(st.lists(comparisons(), min_size=1, max_size=3), min_size=1, max_size=3)


def one(value: str | float | None, c: Comparison) -> bool:
    """What one comparison means for one value: a missing one is unequal to every value, and in no order."""
    if c.comparator == "IS":
        return (value is None) == (c.values[0] == "MISSING")
    same = [value is not None and (value == float(v) if isinstance(value, float) else value == v) for v in c.values]
    if c.comparator in ("EQ", "IN"):
        return any(same)
    if c.comparator in ("NE", "NOTIN"):
        return not any(same)
    return isinstance(value, float) and ORDER[c.comparator](value, float(c.values[0]))


def column_of(rows: list[Row], name: str) -> Column:
    values = [r[name] for r in rows]
    if name == "N":
        return collect_numbers([np.nan if v is None else float(v) for v in values])
    return collect_text([None if v is None else str(v) for v in values])


@given(tables(), CONDITIONS)
def test_a_condition_is_the_naive_loop(rows: list[Row], clauses: list[list[Comparison]]) -> None:
    condition = Condition(tuple(WhereClause(tuple(c)) for c in clauses))
    expected = [any(all(one(r[c.ref], c) for c in clause) for clause in clauses) for r in rows]
    found = holds(condition, lambda name: column_of(rows, name), len(rows))
    assert found.tolist() == expected


@given(tables(), CONDITIONS)
def test_a_missing_value_is_unequal_to_every_value(rows: list[Row], clauses: list[list[Comparison]]) -> None:
    for c in (c for clause in clauses for c in clause if c.comparator != "IS"):
        found = holds(Condition((WhereClause((c,)),)), lambda name: column_of(rows, name), len(rows))
        missing = [r[c.ref] is None for r in rows]
        assert all(f == (c.comparator in ("NE", "NOTIN")) for f, m in zip(found, missing, strict=True) if m)
