"""The work list is read back from what a run wrote, and nothing of it is lost or shown twice."""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cdisc_itp.reports.issue_files import write_issues_csv
from cdisc_itp.reports.issues import Issue
from cdisc_itp.reports.work_list import (
    Choice,
    WorkList,
    WorkListError,
    choose_issues,
    counts_by_source,
    read_occurrences,
    read_work_list,
)
from cdisc_itp.reports.work_list_text import WIDTH, cells_of, one_line, render_work_list, wrapped
from tests.tiny import whole

RUN = {"tool": "cdisc-itp", "study": "S", "created": "2024-01-01T00:00:00", "data": None, "partial": False}


@pytest.fixture
def tiny(request: pytest.FixtureRequest) -> WorkList:
    return read_work_list(whole("tiny", request)[1])


def output(folder: Path, issues: list[Issue]) -> WorkList:
    """An output folder of these issues, read."""
    (folder / "run").mkdir()
    inputs = [{"source": s} for s in ("04", "05")]
    (folder / "run" / "run.json").write_text(json.dumps({**RUN, "inputs": inputs}), "utf-8")
    write_issues_csv(folder / "run" / "issues.csv", issues)
    return read_work_list(folder)


def test_it_holds_what_the_run_held(request: pytest.FixtureRequest, tiny: WorkList) -> None:
    assert list(tiny.issues) == whole("tiny", request)[0].issues


@pytest.mark.parametrize("value", ["=1+1", "'=1+1", "-5", 'a,"b"\nc', "'quoted'", "万/mm3"])
def test_values_come_back_as_they_were(value: str, tmp_path: Path) -> None:
    issue = Issue("error", "DATA020", "LB", "LBORRES", value, 3, "04", "a.csv", "S", 7, "C", "sdtm/lb.yaml:4")
    assert output(tmp_path, [issue]).issues == (issue,)


ISSUES = [
    Issue("error", "DATA030", source="04"),
    Issue("warning", "DATA032", source="05", accepted="known", count=4),
    Issue("error", "KEY101"),
    Issue("note", "DATA080", file="sdtm/lb.yaml", row=3, spec="sdtm/lb.yaml:3"),
]


@pytest.mark.parametrize(
    ("choice", "codes"),
    [
        (Choice(), ["DATA030", "DATA032", "KEY101", "DATA080"]),
        (Choice(sources=("04", "05")), ["DATA030", "DATA032"]),
        (Choice(sources=("package",)), ["KEY101"]),
        (Choice(sources=("spec",)), ["DATA080"]),
        (Choice(codes=("DATA03", "KEY101")), ["DATA030", "DATA032", "KEY101"]),
        (Choice(severity="warning"), ["DATA030", "DATA032", "KEY101"]),
        (Choice(severity="error"), ["DATA030", "KEY101"]),
        (Choice(accepted=True), ["DATA032"]),
        (Choice(accepted=False, severity="error", sources=("04",)), ["DATA030"]),
        (Choice(codes=("DATA031",)), []),
    ],
)
def test_what_is_asked_for_is_chosen(choice: Choice, codes: list[str], tmp_path: Path) -> None:
    found = output(tmp_path, ISSUES)
    assert [i.code for i in choose_issues(found, choice)] == codes


def test_a_source_that_the_run_lacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkListError, match=r"no source '06' - .*04, 05, package, spec"):
        choose_issues(output(tmp_path, ISSUES), Choice(sources=("06",)))


def test_counts_by_source_tell_open_from_accepted(tmp_path: Path) -> None:
    found = [(c.source, *c.open.values(), c.accepted, c.occurrences) for c in counts_by_source(ISSUES)]
    assert found == [
        ("04", 1, 0, 0, 0, 1),
        ("05", 0, 0, 0, 1, 4),
        ("package", 1, 0, 0, 0, 1),
        ("spec", 0, 0, 1, 0, 1),
    ]


def test_every_occurrence_is_of_the_issue_that_counts_it(tiny: WorkList) -> None:
    each = read_occurrences(tiny, tiny.issues)
    assert [sum(1 for i, _ in each if i == issue) for issue in tiny.issues] == [i.count for i in tiny.issues]
    assert all((o["code"], o["dataset"], o["value"]) == (i.code, i.dataset, i.value) for i, o in each)
    assert len(each) == pq.read_metadata(tiny.out / "run/issues.parquet").num_rows


def test_places_of_an_issue_are_bounded_and_the_first_is_that_of_the_issue(tiny: WorkList) -> None:
    issues = [i for i in tiny.issues if i.code == "DATA061"]
    each = read_occurrences(tiny, issues, 2)
    assert [o["row"] for _, o in each] == [2, 3, 2, 3]
    assert [(i.file, i.row, i.column) for i in issues] == [(o["file"], o["row"], o["column"]) for _, o in each[::2]]
    assert read_occurrences(tiny, []) == []


DAMAGE = {
    "no folder": (lambda out: shutil.rmtree(out), "is no folder"),
    "no run.json": (lambda out: (out / "run/run.json").unlink(), "is no output of cdisc-itp"),
    "no JSON": (lambda out: (out / "run/run.json").write_text("{"), "is no output of cdisc-itp"),
    "other tool": (lambda out: (out / "run/run.json").write_text('{"tool": "x"}'), "convert again"),
    "no issues.csv": (lambda out: (out / "run/issues.csv").unlink(), "no run/issues.csv"),
    "other columns": (lambda out: (out / "run/issues.csv").write_text("severity,code\n"), "convert again"),
    "no parquet": (lambda out: (out / "run/issues.parquet").unlink(), "cannot be read"),
    "no Parquet": (lambda out: (out / "run/issues.parquet").write_bytes(b"x"), "cannot be read"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_what_is_no_output_is_told(case: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    shutil.copytree(whole("tiny", request)[1], tmp_path / "out")
    damage, said = DAMAGE[case]
    damage(tmp_path / "out")
    with pytest.raises(WorkListError, match=said):
        found = read_work_list(tmp_path / "out")
        read_occurrences(found, found.issues)


def test_the_text_names_each_value_what_to_do_and_how_to_accept_it(tmp_path: Path) -> None:
    place = ("04", "a.xlsx", "血常规", 4, "单位", "sdtm/lb.yaml:8")
    said = ("No term for a value", "Add a row to maps/lab_units.csv (raw,term).", "万/mm3,<term>")
    base = Issue("error", "DATA030", "LB", "LBORRESU", "万/mm3", 12, *place, *said)
    found = output(tmp_path, [base, replace(base, value="千", count=40, add="千,<term>")])
    assert "\n".join(render_work_list(found, found.issues, 10)) == "\n".join(
        [
            "S: 2 errors, 0 warnings, 0 notes open; 0 accepted",
            "",
            "SOURCE 04 - 2 errors, 0 warnings, 0 notes open; 0 accepted; 52 occurrences",
            "  error DATA030  No term for a value",
            "    LB.LBORRESU  [sdtm/lb.yaml:8]",
            "      40x '千'  first: a.xlsx sheet 血常规 row 4 column 单位",
            "      12x '万/mm3'  first: a.xlsx sheet 血常规 row 4 column 单位",
            "      to do: Add a row to maps/lab_units.csv (raw,term).",
            "        千,<term>",
            "        万/mm3,<term>",
            "      or accept them, in accepted.csv:",
            "        DATA030,LB,LBORRESU,千,04,<reason>",
            "        DATA030,LB,LBORRESU,万/mm3,04,<reason>",
        ]
    )
    short = list(render_work_list(found, found.issues, 1))
    assert "      and 1 more values (--rows 0 shows all)" in short
    assert not any("万/mm3" in line for line in short)


def test_a_rule_that_tells_of_each_value_in_its_own_words_has_one_heading(tmp_path: Path) -> None:
    base = Issue("error", "FND113", "VS", "VSSTRESC", "", 1, row=64, remedy="Derive --STRESC.")
    told = "VSSTRESC has no value, the collected result is"
    late = replace(base, code="TIM105", variable="VSDTC", severity="warning", remedy="Ask.")
    issues = [
        replace(base, message=f"{told} 171.5"),
        replace(base, message=f"{told} 82.0", row=70, count=3),
        replace(late, value="2022-03-02", message="VSDTC 2022-03-02 is after 2022-03-01"),
        replace(late, value="2022-03-04", message="VSDTC 2022-03-04 is after 2022-03-03", row=2),
    ]
    found = output(tmp_path, issues)
    assert list(render_work_list(found, found.issues, 10))[3:] == [
        "  error FND113  VSSTRESC has no value, the collected result is …",
        "    VS.VSSTRESC",
        "      3x (82.0)  first: record 70",
        "      1x (171.5)  record 64",
        "      to do: Derive --STRESC.",
        "      or accept it, in accepted.csv: FND113,VS,VSSTRESC,,,<reason>",
        "  warning TIM105  VSDTC … is after …",
        "    VS.VSDTC",
        "      1x '2022-03-02'  (2022-03-01)  record 64",
        "      1x '2022-03-04'  (2022-03-03)  record 2",
        "      to do: Ask.",
        "      or accept them, in accepted.csv:",
        "        TIM105,VS,VSDTC,2022-03-02,,<reason>",
        "        TIM105,VS,VSDTC,2022-03-04,,<reason>",
    ]


def test_sentences_that_have_little_in_common_stay_apart(tmp_path: Path) -> None:
    base = Issue("error", "X1", "VS", "VSDTC")
    found = output(tmp_path, [replace(base, message="one two three"), replace(base, message="one five six")])
    text = "\n".join(render_work_list(found, found.issues, 10))
    assert "X1  one two three" in text and "X1  one five six" in text


def test_an_accepted_issue_shows_its_reason_and_asks_for_nothing(tmp_path: Path) -> None:
    text = "\n".join(render_work_list(output(tmp_path, ISSUES[1:2]), ISSUES[1:2], 10))
    assert "accepted: known" in text
    assert "to do" not in text


def test_no_issue(tmp_path: Path) -> None:
    assert list(render_work_list(output(tmp_path, []), [], 10))[-1] == "nothing to do"


@given(st.text(max_size=400))
def test_lines_fit_the_width_unless_a_word_is_longer_and_no_word_is_lost(text: str) -> None:
    shown = one_line(text)
    lines = list(wrapped(shown, 2, 4))
    assert " ".join(lines).split() == shown.split()
    assert all(cells_of(line) <= WIDTH or len(line.split()) == 1 for line in lines)


@given(st.text(max_size=50))
def test_a_value_can_do_nothing_to_a_terminal(text: str) -> None:
    assert all(not unicodedata.category(c).startswith("C") for c in one_line(text))
