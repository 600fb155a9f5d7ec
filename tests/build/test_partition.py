"""A study cut by subject and joined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.build.datasets import Datasets, frame_of
from cdisc_itp.build.forms import Form, build_forms
from cdisc_itp.build.partition import cut_by_subject, join_parts, tables_of, without_unused
from cdisc_itp.model.column import collect_text, decoded
from cdisc_itp.model.lineage import Links, Places
from cdisc_itp.pipeline import Silent
from cdisc_itp.raw_tables import read_raw_tables
from cdisc_itp.spec.study import load_study
from tests.tiny import TINY

SUBJECTS = st.lists(st.sampled_from(["A", "B", "C", "D", None]), max_size=12)


def form(name: str, subjects: list[str | None] | None, n: int = 0) -> Form:
    n = n if subjects is None else len(subjects)
    columns = {"value": collect_text([str(i) for i in range(n)])}
    if subjects is not None:
        columns["USUBJID"] = collect_text(subjects)
    places = Places(np.zeros(n, np.int32), np.arange(n), np.full(n, -1, np.int32))
    return Form(name, columns, places, np.arange(n), np.ones(n, bool), np.zeros(n, np.int16))


def values(part: Form, column: str) -> list[str | None]:
    found: list[str | None] = decoded(part.columns[column]).tolist()
    return found


@given(SUBJECTS, SUBJECTS, st.integers(1, 12))
def test_each_row_is_in_one_part_and_each_subject_whole(
    left: list[str | None], right: list[str | None], parts: int
) -> None:
    forms = {"left": form("left", left), "right": form("right", right)}
    cut = list(cut_by_subject(forms, parts))
    assert len(cut) <= parts + 1
    for name, whole in forms.items():
        assert sorted(i for part in cut for i in part[name].ids.tolist()) == whole.ids.tolist()
        for part in cut:
            assert values(part[name], "value") == [str(i) for i in part[name].ids]
    homes: dict[str | None, set[int]] = {}
    for number, part in enumerate(cut):
        for name in forms:
            for subject in values(part[name], "USUBJID"):
                homes.setdefault(subject, set()).add(number)
    assert all(len(h) == 1 for h in homes.values())
    assert homes.get(None, {0}) == {0}


@given(SUBJECTS, st.integers(1, 5))
def test_subjects_are_in_order_from_part_to_part(subjects: list[str | None], parts: int) -> None:
    cut = list(cut_by_subject({"f": form("f", subjects)}, parts))
    ends = [sorted({s for s in values(p["f"], "USUBJID") if s is not None}) for p in cut]
    order = [s for part in ends for s in part]
    assert order == sorted(order)


def test_a_table_to_look_things_up_in_is_whole_in_each_part() -> None:
    forms = {"records": form("records", ["A", "B", "C"]), "ranges": form("ranges", None, 4)}
    cut = list(cut_by_subject(forms, 3, frozenset({"ranges"})))
    assert [len(p["ranges"]) for p in cut] == [4] * len(cut)
    assert sum(len(p["records"]) for p in cut) == 3


def test_forms_that_speak_of_no_subject_and_make_no_record_are_such_tables() -> None:
    study = load_study(TINY / "spec")
    forms = build_forms(study.files, read_raw_tables(study.files, TINY / "raw", Silent())).forms
    assert tables_of(study, forms) == {"ranges"}


@given(st.lists(st.sampled_from(["x", "y", "z", None])), st.integers(0, 3))
def test_distinct_values_that_no_row_has_are_dropped_and_no_row_changes(texts: list[str | None], more: int) -> None:
    column = collect_text([*texts, *(f"unused {i}" for i in range(more))])[: len(texts)]
    small = without_unused(column)
    assert decoded(small).tolist() == texts
    assert set(small.categories) == {t for t in texts if t is not None}


def made(texts: list[str], rows: list[int], other: list[int]) -> Datasets:
    out = Datasets()
    out.frames = {"AA": frame_of({"AAX": collect_text(texts)}), "BB": frame_of({"BBX": collect_text(texts)})}
    record = np.arange(len(texts))
    out.links = [Links("AA", "form", record, np.array(rows)), Links("AA", "BB", record, np.array(other), "AAX")]
    return out


def test_joined_records_move_their_links_along() -> None:
    whole = join_parts([made(["a", "b"], [7, 5], [0, 1]), made(["c"], [6], [0])])
    assert decoded(whole.frames["AA"]["AAX"].array).tolist() == ["a", "b", "c"]
    pairs = [(k.origin, k.record.tolist(), k.row.tolist()) for k in whole.links]
    assert pairs == [("form", [0, 1], [7, 5]), ("BB", [0, 1], [0, 1]), ("form", [2], [6]), ("BB", [2], [2])]


def test_a_single_part_is_the_study_itself() -> None:
    whole = join_parts([made(["a"], [7], [0])])
    assert decoded(whole.frames["AA"]["AAX"].array).tolist() == ["a"]


@pytest.mark.parametrize("parts", [1, 2, 50])
def test_no_row_at_all(parts: int) -> None:
    cut = list(cut_by_subject({"f": form("f", [])}, parts))
    assert all(len(p["f"]) == 0 for p in cut)
