"""Derived rows: by hand, and against loops over the groups."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.derived_rows import carry_rows, summarize_rows, take_rows, worst_rows

NAN = float("nan")
RECORD = st.tuples(st.integers(-1, 3), st.sampled_from([NAN, 1.0, 2.0, 5.0]), st.booleans(), st.integers(1, 4))
RECORDS = st.lists(RECORD, max_size=12)


def arrays(records):
    group = np.array([r[0] for r in records], np.int64)
    value = np.array([r[1] for r in records], np.float64)
    mask = np.array([r[2] for r in records], bool)
    visit = np.array([r[3] for r in records], np.float64)
    return group, value, mask, visit


@pytest.mark.parametrize(
    ("kind", "tie", "row"),
    [
        ("maximum", "first", 2),
        ("maximum", "last", 1),
        ("minimum", "first", 0),
        ("first", "first", 3),
        ("last", "first", 1),
    ],
)
def test_one_record_of_a_group(kind, tie, row):
    """Order of the records: 3, 0, 2, 1."""
    value, order = np.array([10.0, 90.0, 90.0, 30.0]), np.array([1, 3, 2, 0])
    assert take_rows(kind, value, np.zeros(4, int), order, np.ones(4, bool), tie).tolist() == [row]


@given(
    RECORDS, st.sampled_from(["maximum", "minimum", "first", "last"]), st.sampled_from(["first", "last"]), st.randoms()
)
def test_take_is_a_loop_over_groups(records, kind, tie, rng):
    group, value, mask, _ = arrays(records)
    order = np.arange(len(records))
    rng.shuffle(order)
    expected = []
    for g in sorted(set(group.tolist()) - {-1}):
        rows = sorted(
            (i for i in range(len(group)) if group[i] == g and mask[i] and value[i] == value[i]), key=lambda i: order[i]
        )
        if not rows:
            continue
        if kind in ("maximum", "minimum"):
            best = (max if kind == "maximum" else min)(value[i] for i in rows)
            rows = [i for i in rows if value[i] == best]
        expected.append(rows[0] if (tie if kind in ("maximum", "minimum") else kind) == "first" else rows[-1])
    assert take_rows(kind, value, group, order, mask, tie).tolist() == expected


@given(RECORDS, st.sampled_from(["mean", "median", "sum", "minimum", "maximum", "count"]))
def test_summary_is_a_loop_over_groups(records, kind):
    group, value, mask, _ = arrays(records)
    how = {
        "mean": statistics.fmean,
        "median": statistics.median,
        "sum": sum,
        "minimum": min,
        "maximum": max,
        "count": len,
    }
    expected = {}
    for g in sorted(set(group[mask].tolist()) - {-1}):
        of = [v for h, v, m in zip(group, value, mask, strict=True) if h == g and m and v == v]
        if of or kind == "count":
            expected[g] = how[kind](of)
    groups, numbers = summarize_rows(kind, value, group, mask)
    assert groups.tolist() == list(expected)
    assert numbers == pytest.approx(list(expected.values()))


@given(RECORDS, st.lists(st.integers(1, 5), max_size=5), st.sampled_from(["all", "last"]))
def test_carry_is_a_loop_over_groups_and_visits(records, planned, until):
    group, _, has, visit = arrays(records)
    expected = []
    for g in sorted(set(group.tolist()) - {-1}):
        rows = [i for i in range(len(group)) if group[i] == g and has[i]]
        for goal in sorted(set(planned)):
            earlier = [i for i in rows if visit[i] < goal]
            if not earlier or any(visit[i] == goal for i in rows):
                continue
            if until == "last" and not any(visit[i] > goal for i in rows):
                continue
            latest = max(visit[i] for i in earlier)
            expected.append(([i for i in earlier if visit[i] == latest][-1], goal))
    sources, visits = carry_rows(group, has, visit, np.array(planned, float), until)
    assert list(zip(sources.tolist(), visits.tolist(), strict=True)) == expected


def test_of_one_visit_the_last_in_order_is_carried():
    rows, visits = carry_rows(
        np.zeros(2, int), np.ones(2, bool), np.array([1.0, 1.0]), np.array([2.0]), order=np.array([1, 0])
    )
    assert (rows.tolist(), visits.tolist()) == ([0], [2.0])


def test_worst_of_two_parameters():
    """Grades 1 (haemoglobin) and 3 (platelets) of one visit: the platelets' record."""
    assert worst_rows(np.array([1.0, 3.0, NAN]), np.array([0, 0, 1]), np.arange(3), np.ones(3, bool)).tolist() == [1]
