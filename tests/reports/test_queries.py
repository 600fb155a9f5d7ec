"""Queries ask for what is open, in a bounded list that says what it leaves out, and show no person's number."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from cdisc_itp.model.catalogue import CATALOGUE
from cdisc_itp.model.catalogue_questions import QUESTIONS
from cdisc_itp.reports.queries import OF_BOUND, OF_TEAM, build_queries, masked
from cdisc_itp.reports.work_list import read_work_list
from tests.bad import lay_out
from tests.tiny import csv_rows, run_tiny, whole

# What a site cannot answer: the spec's own words, terms and encodings.
OF_THE_TEAM = {"DATA015", "DATA032", "DATA070", "DATA071"}


def test_each_code_of_data_is_asked_or_is_the_study_teams() -> None:
    grave = {c for c, e in CATALOGUE.items() if c.startswith("DATA") and e.severity != "note"}
    assert grave - OF_THE_TEAM == QUESTIONS.keys()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("110101199003070134", "[identity number masked]"),
        ("11010119900307012X", "[identity number masked]"),
        ("no. 110101 19900307 012x.", "no. [identity number masked]."),
        ("１１０１０１１９９００３０７０１３４", "[identity number masked]"),
        ("13800138000", "[phone number masked]"),
        ("+86 138-0013-8000", "[phone number masked]"),
        ("008613800138000 home", "[phone number masked] home"),
        ("电话13800138000", "电话[phone number masked]"),
        ("12345678901", "12345678901"),  # no mobile number begins with 12
        ("1380013800", "1380013800"),
        ("138001380001", "138001380001"),
        ("1101011990030701345", "1101011990030701345"),
        ("14.5 g/L 2024-01-10T10:00", "14.5 g/L 2024-01-10T10:00"),
    ],
)
def test_what_looks_like_a_persons_number_is_masked(text: str, shown: str) -> None:
    assert masked(text) == (shown, int(shown != text))


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True), st.sampled_from(["", "x ", "身份证", "/"]))
def test_no_identity_number_comes_through(number: str, before: str) -> None:
    said, n = masked(before + number + before)
    assert number not in said and n == 1


def test_a_row_for_each_open_occurrence_by_subject_and_place(request: pytest.FixtureRequest) -> None:
    found = read_work_list(whole("tiny", request)[1])
    lists = build_queries(found, found.issues)
    # Source 01: two limits of six CRP results, an interval and a doubled event; 02: one visit. Notes are not asked.
    assert [(x.source, len(x.queries), x.left_out, x.masked) for x in lists] == [("01", 14, (), 0), ("02", 1, (), 0)]
    assert [astuple(q) for q in lists[1].queries] == [
        ("02-0001", "TINY-01-201", "LB", "VISITNUM", "b/lb.csv", "", 8, "visit", "UNSCHEDULED", QUESTIONS["DATA035"])
    ]
    places = [(q.subject, q.file, q.row) for q in lists[0].queries]
    assert places == sorted(places)


def test_what_the_bounds_leave_out_is_counted(request: pytest.FixtureRequest) -> None:
    found = read_work_list(whole("tiny", request)[1])
    first = build_queries(found, found.issues, each=2)[0]
    assert len(first.queries) == 6
    assert [(x.code, x.variable, x.count, x.why) for x in first.left_out] == [
        ("DATA061", "LBORNRHI", 4, OF_BOUND),
        ("DATA061", "LBORNRLO", 4, OF_BOUND),
    ]
    few = build_queries(found, found.issues, most=3)[0]
    assert len(few.queries) + sum(x.count for x in few.left_out) == 14


def test_what_the_study_team_mends_is_not_asked_but_counted(tmp_path: Path) -> None:
    study = lay_out("DATA071", tmp_path / "study")
    run_tiny(tmp_path / "out", study / "raw", study)
    found = read_work_list(tmp_path / "out")
    (only,) = build_queries(found, found.issues)
    assert (only.queries, [(x.code, x.count, x.why) for x in only.left_out]) == ((), [("DATA071", 1, OF_TEAM)])


def test_numbers_of_persons_in_values_are_masked_in_every_cell_and_counted(tmp_path: Path) -> None:
    # No such month: what has the whole shape is left out at reading (DATA073) and is in no issue.
    study = lay_out("DATA030", tmp_path / "study")
    raw = study / "raw" / "dm.csv"
    raw.write_text(raw.read_text("utf-8").replace("Woman", "F 110101199013070134"), "utf-8")
    run_tiny(tmp_path / "out", study / "raw", study)
    assert any("110101199013070134" in i["value"] for i in csv_rows(tmp_path / "out/run/issues.csv"))
    found = read_work_list(tmp_path / "out")
    (only,) = build_queries(found, found.issues)
    assert only.masked == 1
    assert [q.value for q in only.queries] == ["F [identity number masked]"]
    assert all("1101011990" not in x.value for x in build_queries(found, found.issues, each=0)[0].left_out)


def test_accepted_issues_are_not_asked(request: pytest.FixtureRequest) -> None:
    from msgspec.structs import replace

    found = read_work_list(whole("tiny", request)[1])
    assert build_queries(found, [replace(i, accepted="known") for i in found.issues]) == []
