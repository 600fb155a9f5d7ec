"""The command `issues`: what is printed, the workbooks that go to sites, and accepted.csv."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from tests.bad import lay_out
from tests.test_cli import TINY, run
from tests.tiny import csv_rows

HEADER = [
    *("Query no.", "Subject", "Form / dataset", "Variable", "File", "Sheet", "Row", "Column"),
    *("Value as read", "What is asked", "Answer", "Date", "Initials"),
]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output of the tiny study, which no test may change."""
    folder = tmp_path_factory.mktemp("issues") / "out"
    assert run("convert", TINY / "spec", "--raw", TINY / "raw", "--out", folder)[0] == 1
    return folder


def listed(out: Path, *words: object) -> list[dict[str, str]]:
    code, said, _ = run("issues", out, *words, "--report", "csv")
    assert code == 0
    return list(csv.DictReader(io.StringIO(said)))


def test_the_csv_is_issues_csv_and_the_choice_narrows_it(out: Path) -> None:
    whole = csv_rows(out / "run/issues.csv")
    assert listed(out) == whole
    assert listed(out, "--severity", "error") == [i for i in whole if i["severity"] == "error"]
    assert listed(out, "--source", "02,central") == [i for i in whole if i["source"] == "02"]
    assert listed(out, "--code", "DATA06,STR114") == [i for i in whole if i["code"] in ("DATA061", "STR114")]
    assert listed(out, "--open") == whole
    assert listed(out, "--accepted") == []


def test_the_json_says_what_was_not_asked_for_and_the_row_that_would_accept(out: Path) -> None:
    said = json.loads(run("issues", out, "--source", "02", "--report", "json")[1])
    assert (said["study"], said["data"]) == ("TINY-01", "INVENTED - NO REAL PATIENT.")
    assert [i["accept"] for i in said["issues"]] == ["DATA035,LB,VISITNUM,UNSCHEDULED,02,<reason>"]
    assert said["not_asked_for"] == len(csv_rows(out / "run/issues.csv")) - 1


def test_the_text_is_a_work_list(out: Path) -> None:
    code, said, err = run("issues", out)
    assert (code, err) == (0, "")
    assert max(map(len, said.splitlines())) <= 100
    assert "INVENTED - NO REAL PATIENT." in said
    assert "to do: Add a row to visits.csv (visit,VISITNUM,VISIT,VISITDY,from_day,to_day)." in said
    sources = [line.split(" - ")[0] for line in said.splitlines() if line[:1].isupper() and " - " in line]
    assert sources[1:] == ["SOURCE 01", "SOURCE 02", "PACKAGE, as the judges read it"]


def test_every_occurrence_can_be_listed(out: Path) -> None:
    n = pq.read_metadata(out / "run/issues.parquet").num_rows
    assert len(listed(out, "--all")) == n
    assert len(json.loads(run("issues", out, "--all", "--report", "json")[1])["occurrences"]) == n
    assert "a/lb_2.csv row 4 column CRP" in run("issues", out, "--all", "--code", "DATA061")[1]
    short = run("issues", out, "--all", "--code", "DATA061", "--rows", "2")[1]
    assert short.splitlines()[-1] == "and 8 more (--rows 0 shows all)"
    said = json.loads(run("issues", out, "--all", "--rows", "1", "--report", "json")[1])
    assert said["left_out"] == n - len(listed(out))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--source", "9"), "no source '9'"),
        (("--queries", "q", "--all"), "--queries writes workbooks"),
        (("--queries", "q", "--report", "json"), "--queries writes workbooks"),
        (("--severity", "grave"), "Usage"),
        (("--rows", "-1"), "Usage"),
    ],
)
def test_exit_2_for_wrong_usage(out: Path, words: tuple[str, ...], said: str) -> None:
    code, printed, err = run("issues", out, *words)
    assert (code, printed) == (2, "")
    assert said in err


def test_exit_2_where_out_is_no_output(tmp_path: Path) -> None:
    for folder, said in ((tmp_path, "is no output of cdisc-itp"), (tmp_path / "nowhere", "is no folder")):
        code, _, err = run("issues", folder)
        assert code == 2
        assert said in err


def test_the_end_of_a_run_counts_by_source_and_says_where_to_look(tmp_path: Path) -> None:
    _, said, _ = run("convert", TINY / "spec", "--raw", TINY / "raw", "--out", tmp_path / "out")
    cells = [[c.strip() for c in line.split("│")[1:-1]] for line in said.splitlines() if line.startswith("│")]
    assert [c for c in cells if len(c) == 6] == [
        ["01", "3", "1", "1", "0", "22"],
        ["02", "1", "0", "0", "0", "1"],
        ["package", "5", "5", "0", "0", "15"],
    ]
    assert f"cdisc-itp issues {tmp_path / 'out'}" in said


# The workbooks.


def sheet(path: Path, name: str = "Queries") -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()


def test_one_workbook_a_source_with_a_row_for_each_open_occurrence(out: Path, tmp_path: Path) -> None:
    code, said, _ = run("issues", out, "--queries", tmp_path / "q")
    assert code == 0
    assert sorted(p.name for p in (tmp_path / "q").iterdir()) == ["query_01.xlsx", "query_02.xlsx"]
    assert "query_01.xlsx: 14 queries; 0 open places not asked; 0 masked" in said
    top, rows = sheet(tmp_path / "q/query_02.xlsx")[:5], sheet(tmp_path / "q/query_02.xlsx")[5:]
    assert [r[0] for r in top[:2]] == ["Data queries: study TINY-01, source 02", "INVENTED - NO REAL PATIENT."]
    assert rows[0] == HEADER
    assert [r[:9] for r in rows[1:]] == [
        ["02-0001", "TINY-01-201", "LB", "VISITNUM", "b/lb.csv", "", 8.0, "visit", "UNSCHEDULED"]
    ]
    # Row 8 of the raw file is the one whose date lies outside every window of the schedule.
    assert "2024.1.30 10:00;GLU" in (TINY / "raw/b/lb.csv").read_text("utf-8").splitlines()[7]


def test_rows_bound_the_places_of_an_issue_and_the_rest_is_said(out: Path, tmp_path: Path) -> None:
    run("issues", out, "--queries", tmp_path / "q", "--rows", "2", "--source", "01")
    assert [p.name for p in (tmp_path / "q").iterdir()] == ["query_01.xlsx"]
    rows = sheet(tmp_path / "q/query_01.xlsx")
    assert len(rows) - 6 == 6
    assert rows[3][0] == "6 queries; 8 other open places are not asked here (sheet 'Not asked')."
    left = sheet(tmp_path / "q/query_01.xlsx", "Not asked")
    assert [[r[0], r[4]] for r in left[4:]] == [["DATA061", 4.0], ["DATA061", 4.0]]


def test_workbooks_are_the_same_bytes_and_answers_are_never_overwritten(out: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run("issues", out, "--queries", tmp_path / name)
    one, other = ((tmp_path / n / "query_01.xlsx").read_bytes() for n in ("a", "b"))
    assert one == other
    assert run("issues", out, "--queries", tmp_path / "a")[0] == 0
    (tmp_path / "a" / "query_02.xlsx").write_bytes(b"answers")
    (tmp_path / "a" / "query_01.xlsx").unlink()
    code, _, err = run("issues", out, "--queries", tmp_path / "a")
    assert code == 2
    assert "may hold answers" in err
    assert [p.read_bytes() for p in (tmp_path / "a").iterdir()] == [b"answers"]


def test_workbooks_never_lie_in_an_output(out: Path) -> None:
    code, _, err = run("issues", out, "--queries", out / "run" / "q")
    assert code == 2
    assert "lies in the output" in err
    assert not (out / "run" / "q").exists()


def test_values_of_identifier_columns_and_persons_numbers_never_appear(tmp_path: Path) -> None:
    study = lay_out("DATA030", tmp_path / "study")
    source = study / "sources" / "a.yaml"
    table = "dm: {file: dm.csv"
    source.write_text(source.read_text("utf-8").replace(table, f"{table}, identifiers: [NAME]"), "utf-8")
    raw = study / "raw" / "dm.csv"
    header, *rows = raw.read_text("utf-8").splitlines()
    named = [f"{header},NAME", *(f"{r},Zhang Wei {n}" for n, r in enumerate(rows))]
    raw.write_text("\n".join(named).replace("Woman", "Woman 13800138000") + "\n", "utf-8")
    assert run("convert", study, "--raw", study / "raw", "--out", tmp_path / "out")[0] == 1
    assert run("issues", tmp_path / "out", "--queries", tmp_path / "q")[0] == 0
    cells = [str(c) for name in ("Queries", "Not asked") for r in sheet(tmp_path / "q/query_a.xlsx", name) for c in r]
    assert "DATA073" in run("issues", tmp_path / "out")[1]  # the cell with a telephone number is left out
    assert not any("Zhang" in c or "13800138000" in c for c in cells)


def test_nothing_to_ask_writes_nothing(out: Path, tmp_path: Path) -> None:
    code, said, _ = run("issues", out, "--queries", tmp_path / "q", "--source", "package")
    assert (code, list(tmp_path.iterdir())) == (0, [])
    assert "nothing to ask" in said


# accepted.csv.


def accepted(study: Path, *lines: str) -> None:
    text = "\n".join(["code,dataset,variable,value,source,reason", *lines]) + "\n"
    (study / "spec" / "accepted.csv").write_text(text, "utf-8")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    shutil.copytree(TINY / "spec", tmp_path / "spec")
    shutil.copytree(TINY / "raw", tmp_path / "raw")
    return tmp_path


def convert(study: Path) -> tuple[int, str, str]:
    return run("convert", study / "spec", "--raw", study / "raw", "--out", study / "out")


def test_a_row_that_the_list_offers_accepts_its_issue_and_no_other(study: Path, out: Path) -> None:
    said = json.loads(run("issues", out, "--report", "json")[1])["issues"]
    accepted(study, *(i["accept"].replace("<reason>", "known") for i in said))
    assert convert(study)[0] == 0
    found = csv_rows(study / "out/run/issues.csv")
    assert [i["accepted"] for i in found] == ["known"] * len(said)


def test_codes_that_nothing_reports_are_told_with_their_line_by_check_and_convert(study: Path) -> None:
    accepted(study, "KEY101,LB,,,,known", "KEY1O1,AE,,,,known", "DATA61,LB,,,,known", "SPEC101,,,,,known")
    wanted = [
        "accepted.csv:3: SPEC121 'KEY1O1' is no code of an issue or rule - did you mean 'KEY101'?",
        "accepted.csv:4: SPEC121 'DATA61' is no code of an issue or rule - did you mean 'DATA061'?",
        "accepted.csv:5: SPEC121 SPEC101 is no issue of a run: it cannot be accepted - mend what it says",
    ]
    code, _, err = convert(study)
    assert (code, [line for line in err.splitlines() if line.startswith("accepted")]) == (2, wanted)
    code, _, err = run("spec", "check", study / "spec")
    assert (code, err.splitlines()) == (2, wanted)


def test_a_row_that_explains_nothing_any_more_is_a_warning_with_its_line(study: Path) -> None:
    lines = ("DATA035,LB,VISITNUM,UNSCHEDULED,02,known", "DATA035,LB,VISITNUM,WEEK 99,02,gone", "XPT120,,,,,never")
    accepted(study, *lines)
    convert(study)
    found = [i for i in csv_rows(study / "out/run/issues.csv") if i["code"] == "ACC001"]
    assert [(i["severity"], i["spec"], i["value"]) for i in found] == [
        ("warning", "accepted.csv:3", "WEEK 99"),
        ("warning", "accepted.csv:4", ""),
    ]
