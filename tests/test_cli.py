"""The command line: exit codes each by a real case, what is written where, help."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyreadstat
import pytest
from typer.testing import CliRunner

from cdisc_itp.cli import app
from cdisc_itp.pipeline import STAGES

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests" / "tiny_study"
TRACED = ("LB", "USUBJID=TINY-01-101", "LBSEQ=5", "LBSTRESN")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The tiny study: spec and raw, to be changed."""
    shutil.copytree(TINY / "spec", tmp_path / "spec")
    shutil.copytree(TINY / "raw", tmp_path / "raw")
    return tmp_path


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output of the tiny study."""
    out = tmp_path_factory.mktemp("once") / "out"
    assert run("convert", TINY / "spec", "--raw", TINY / "raw", "--out", out)[0] == 1
    return out


@pytest.fixture
def written(study: Path, once: Path) -> Path:
    """The tiny study with its output."""
    shutil.copytree(once, study / "out")
    return study


def run(*words: object) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    done = CliRunner().invoke(app, [str(w) for w in words])
    return done.exit_code, done.stdout, done.stderr


def convert(study: Path, *words: object) -> tuple[int, str, str]:
    return run("convert", study / "spec", "--raw", study / "raw", "--out", study / "out", *words)


def accept_everything(study: Path) -> None:
    codes = sorted({(i["code"], i["dataset"]) for i in issues(study)})
    lines = ["code,dataset,variable,value,source,reason", *(f"{c},{d},,,,known" for c, d in codes)]
    (study / "spec" / "accepted.csv").write_text("\n".join(lines) + "\n", "utf-8")


def issues(study: Path) -> list[dict[str, str]]:
    import csv

    with (study / "out" / "run" / "issues.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def left_over(study: Path) -> list[str]:
    return sorted(p.name for p in study.iterdir() if p.name not in ("spec", "raw", "out"))


def test_exit_1_where_issues_are_not_explained_and_the_outputs_are_written(study: Path) -> None:
    code, out, err = convert(study)
    assert code == 1
    assert "exit code 1 (--fail-on error)" in out
    assert (study / "out" / "m5/datasets/tiny-01/tabulations/sdtm/define.xml").is_file()
    assert json.loads((study / "out/run/run.json").read_text())["exit_code"] == 1
    assert err.splitlines()[0] == f"[1/{len(STAGES)}] read the spec"
    assert left_over(study) == []


def test_exit_0_where_accepted_csv_explains_every_issue(written: Path) -> None:
    accept_everything(written)
    code, out, _ = convert(written)
    assert (code, {i["accepted"] for i in issues(written)}) == (0, {"known"})
    assert "exit code 0" in out


@pytest.mark.parametrize(("fail_on", "severity"), [("never", "error"), ("error", "warning"), ("warning", "note")])
def test_exit_0_where_all_issues_are_below_fail_on(written: Path, fail_on: str, severity: str) -> None:
    graver = {"error": (), "warning": ("error",), "note": ("error", "warning")}[severity]
    codes = {(i["code"], i["dataset"]) for i in issues(written) if i["severity"] in graver}
    assert severity in {i["severity"] for i in issues(written)}
    lines = ["code,dataset,variable,value,source,reason", *(f"{c},{d},,,,known" for c, d in sorted(codes))]
    (written / "spec" / "accepted.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert convert(written, "--fail-on", fail_on)[0] == 0


def test_exit_1_for_warnings_with_fail_on_warning(written: Path) -> None:
    errors = {(i["code"], i["dataset"]) for i in issues(written) if i["severity"] == "error"}
    lines = ["code,dataset,variable,value,source,reason", *(f"{c},{d},,,,known" for c, d in sorted(errors))]
    (written / "spec" / "accepted.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert convert(written)[0] == 0
    assert convert(written, "--fail-on", "warning")[0] == 1


WRONG = {
    "a wrong spec": (
        lambda study: (study / "spec/sdtm/ae.yaml").write_text(
            "dataset: AE\nrecords: [{from: nowhere}]\nvariables: {}\n"
        ),
        "sdtm/ae.yaml:2: SPEC111",
    ),
    "no spec": (lambda study: shutil.rmtree(study / "spec"), "study.yaml:1: SPEC002"),
    "no raw file": (lambda study: (study / "raw/b/lb.csv").unlink(), "b/lb.csv: READ001"),
    "an unreadable raw file": (lambda study: (study / "raw/a/ae.csv").write_bytes(b""), "a/ae.csv: READ"),
    "a raw column that is in no place": (
        lambda study: (study / "raw/b/notes.csv").write_text("SITE;PAT;NOTE;MORE\n02;201;a;b\n"),
        "SPEC211",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_exit_2_and_nothing_is_written(study: Path, case: str) -> None:
    damage, said = WRONG[case]
    damage(study)
    code, out, err = convert(study, "--progress", "none")
    assert (code, out) == (2, "")
    assert said in err
    assert not (study / "out").exists()
    assert left_over(study) == []


@pytest.mark.parametrize("case", ["a wrong spec", "no raw file"])
def test_exit_2_leaves_the_previous_output_whole(written: Path, case: str) -> None:
    before = content(written / "out")
    WRONG[case][0](written)
    assert convert(written)[0] == 2
    assert content(written / "out") == before
    assert left_over(written) == []


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "words",
    [("--fail-on", "perhaps"), ("--jobs", "0"), ("--progress", "loud"), ("--nonsense",)],
)
def test_exit_2_for_wrong_usage(study: Path, words: tuple[str, ...]) -> None:
    code, _, err = convert(study, *words)
    assert code == 2
    assert "Usage" in err
    assert not (study / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--select", "LB,QQ"), "the study has no dataset QQ"),
        (("--source", "9"), "the study has no source '9'"),
    ],
)
def test_exit_2_for_what_the_study_does_not_have(study: Path, words: tuple[str, ...], said: str) -> None:
    code, _, err = convert(study, *words)
    assert code == 2
    assert said in err
    assert not (study / "out").exists()


def test_exit_3_for_a_bug_and_the_previous_output_is_whole(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(written / "out")
    monkeypatch.setattr("cdisc_itp.pipeline.observe", lambda *_: 1 // 0)
    code, _, err = convert(written)
    assert code == 3
    assert "ZeroDivisionError" in err
    assert "this is a bug of cdisc-itp" in err
    assert content(written / "out") == before
    assert left_over(written) == []


def test_exit_3_where_something_cannot_be_imported(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cdisc_itp.pipeline", None)
    code, _, err = convert(study)
    assert code == 3
    assert "ModuleNotFoundError" in err or "ImportError" in err


def test_dry_run_writes_nothing_and_says_the_same_of_the_data(study: Path) -> None:
    code, out, _ = convert(study, "--dry-run", "--json")
    said = json.loads(out)
    assert (code, said["dry_run"], said["out"]) == (1, True, None)
    assert not (study / "out").exists()
    assert left_over(study) == []
    _, out, _ = convert(study, "--json")
    whole = json.loads(out)
    assert whole["datasets"] == said["datasets"]
    assert whole["form_rows"] == said["form_rows"]
    found = {(i["code"], i["dataset"], i["value"]) for i in said["issues"]}
    assert found == {k for i in whole["issues"] if (k := (i["code"], i["dataset"], i["value"]))[0].startswith("DATA")}


def test_json_on_stdout_is_one_document_with_where_everything_lies(study: Path) -> None:
    code, out, _ = convert(study, "--json", "--progress", "none")
    said = json.loads(out)
    assert (code, said["exit_code"], said["partial"]) == (1, 1, False)
    assert (Path(said["package"]) / "lb.xpt").is_file()
    assert said["datasets"]["DM"] == 5


def test_progress_goes_to_stderr_and_can_be_silenced(study: Path) -> None:
    assert len(convert(study, "--progress", "plain")[2].splitlines()) == len(STAGES)
    assert convert(study, "--progress", "none")[2] == ""
    assert "read the spec" not in convert(study, "--progress", "bar")[1]


def test_select_computes_what_is_needed_and_marks_the_result_partial(study: Path) -> None:
    (study / "raw/b/notes.csv").unlink()  # comments are needed by no dataset
    code, out, _ = convert(study, "--select", "lb", "--json")
    said = json.loads(out)
    assert (code, said["partial"]) == (1, True)
    assert sorted(said["datasets"]) == ["LB", "SUPPLB"]
    assert json.loads((study / "out/run/run.json").read_text())["select"] == ["lb"]
    files = ["define.html", "define.xml", "define2-1.xsl", "lb.xpt", "supplb.xpt"]
    assert sorted(p.name for p in Path(said["package"]).iterdir()) == files


def test_select_gives_the_same_dataset_as_a_whole_run(written: Path) -> None:
    run("convert", written / "spec", "--raw", written / "raw", "--out", written / "part", "--select", "LB,AE")
    place = "m5/datasets/tiny-01/tabulations/sdtm"
    for name in ("ae.xpt", "lb.xpt", "suppae.xpt", "supplb.xpt"):
        whole, part = (pyreadstat.read_xport(str(written / o / place / name))[0] for o in ("out", "part"))
        assert whole.equals(part)


def test_source_keeps_only_the_subjects_of_that_source(study: Path) -> None:
    code, out, _ = convert(study, "--source", "02", "--json")
    said = json.loads(out)
    assert (code, said["partial"], said["datasets"]["DM"]) == (1, True, 2)
    assert said["datasets"]["EX"] == 2


def test_a_partial_run_never_overwrites_a_complete_output(written: Path) -> None:
    before = content(written / "out")
    for words in (("--select", "LB"), ("--source", "02")):
        code, _, err = convert(written, *words)
        assert code == 2
        assert "out holds a complete output; --select and --source need another --out" in err
    assert content(written / "out") == before


def test_a_complete_run_may_replace_a_partial_output(study: Path) -> None:
    convert(study, "--select", "LB")
    convert(study, "--select", "AE")
    assert not (study / "out/m5/datasets/tiny-01/tabulations/sdtm/lb.xpt").exists()
    convert(study)
    assert json.loads((study / "out/run/run.json").read_text())["partial"] is False


def test_jobs_write_the_same_package(written: Path) -> None:
    before = content(written / "out" / "m5")
    convert(written, "--jobs", "2")
    assert content(written / "out" / "m5") == before
    assert json.loads((written / "out/run/run.json").read_text())["jobs"] == 2


def test_validate_judges_a_folder_and_deep_reads_it_with_other_programs(written: Path) -> None:
    code, out, _ = run("validate", written / "out", "--deep", "--json")
    said = json.loads(out)
    assert code == 1
    assert said["did_not_run"] == {}
    assert "KEY101" in {f["rule"] for f in said["findings"]}
    assert "XPT120" not in said["not_applicable"]
    assert "XPT120" in json.loads(run("validate", written / "out", "--json")[1])["not_applicable"]
    assert run("validate", written / "out", "--fail-on", "never")[0] == 0
    assert run("validate", written / "raw")[0] == 2


def test_inspect_shows_header_variables_and_first_records(written: Path) -> None:
    file = written / "out/m5/datasets/tiny-01/tabulations/sdtm/dm.xpt"
    code, out, _ = run("inspect", file, "--rows", "1")
    assert code == 0
    assert "DM: Demographics" in out
    assert "Unique Subject Identifier" in out
    assert "USUBJID=TINY-01-101" in out
    assert "TINY-01-102" not in out
    said = json.loads(run("inspect", file, "--json")[1])
    assert (said["records"], said["rows"][0]["SEX"]) == (5, "M")
    code, _, err = run("inspect", written / "raw/a/dm.csv")
    assert code == 2 and "dm.csv: inspect shows .xpt, .xml (ODM), .sav, .zsav and .sas7bdat files" in err


def test_trace_tells_a_story_as_text_and_as_json(written: Path) -> None:
    words = ("trace", written / "spec", written / "out", *TRACED, "--raw", written / "raw")
    code, out, _ = run(*words)
    assert code == 0
    assert "raw a/lb_1.csv row 2 column HB: '13.5'" in out
    said = json.loads(run(*words, "--json")[1])
    assert (said["name"], said["value"], said["word"]) == ("LB.LBSTRESN", "135", "number_of")


CHANGED = {
    "a raw file": (
        lambda study: (study / "raw/a/vs.csv").write_text((study / "raw/a/vs.csv").read_text() + "\n"),
        "a/vs.csv is not the file from which this output was made",
    ),
    "a raw file gone": (
        lambda study: (study / "raw/a/lb_2.csv").unlink(),
        "a/lb_2.csv, from which this output was made",
    ),
    "a raw file more": (
        lambda study: shutil.copy(study / "raw/a/lb_2.csv", study / "raw/a/lb_3.csv"),
        "a/lb_3.csv was not there when this output was made",
    ),
    "the spec": (
        lambda study: (study / "spec/maps/sex.csv").write_text("raw,term\nmale,M\nFemale,F\nunknown,U\n"),
        "the spec has changed since this output was made",
    ),
    "the dataset": (
        lambda study: (study / "out/m5/datasets/tiny-01/tabulations/sdtm/lb.xpt").write_bytes(b"x"),
        "lb.xpt is not the file that was written",
    ),
    "run.json gone": (lambda study: (study / "out/run/run.json").unlink(), "is no output of cdisc-itp"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_trace_checks_hashes_before_anything_else(written: Path, what: str) -> None:
    change, said = CHANGED[what]
    change(written)
    code, out, err = run("trace", written / "spec", written / "out", *TRACED, "--raw", written / "raw")
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("words", [("LB", "LBSTRESN"), ("LB", "USUBJID", "LBSTRESN"), ("LB", "LBSEQ=1", "LBSTRESN=3")])
def test_trace_says_how_it_is_asked(study: Path, words: tuple[str, ...]) -> None:
    code, _, err = run("trace", study / "spec", study / "out", *words, "--raw", study / "raw")
    assert code == 2
    assert "give DATASET NAME=VALUE ... VARIABLE" in err


def test_spec_check_names_every_problem_or_what_the_spec_makes(study: Path) -> None:
    code, out, _ = run("spec", "check", study / "spec")
    assert code == 0
    assert "3 sources, 8 forms: no problem" in out
    for name in ("ae", "lb"):
        path = study / "spec" / "sdtm" / f"{name}.yaml"
        path.write_text(path.read_text().replace("{assign: ", "{asign: ", 1))
    code, out, err = run("spec", "check", study / "spec")
    assert (code, out) == (2, "")
    assert [line.split(":")[0] for line in err.splitlines()] == ["sdtm/ae.yaml", "sdtm/lb.yaml"]
    assert "did you mean 'assign'" in err


def test_spec_schema_is_a_json_schema() -> None:
    code, out, _ = run("spec", "schema")
    assert code == 0
    assert json.loads(out)["$schema"].startswith("https://json-schema.org/")


HEADER = (
    *("Code", "Codelist Code", "Codelist Extensible (Yes/No)", "Codelist Name", "CDISC Submission Value"),
    *("CDISC Synonym(s)", "CDISC Definition", "NCI Preferred Term"),
)
RELEASE = (
    HEADER,
    ("C66742", "", "No", "No Yes Response", "NY", "No Yes Response", "A term.", "CDISC SDTM Yes No Terminology"),
    ("C49487", "C66742", "", "No Yes Response", "N", "No", "The non-affirmative response.", "No"),
    ("C49488", "C66742", "", "No Yes Response", "Y", "Yes", "The affirmative response.", "Yes"),
)


def test_ct_import_writes_a_release_into_the_studys_folder(tmp_path: Path) -> None:
    (tmp_path / "release.txt").write_text("".join("\t".join(row) + "\n" for row in RELEASE), "utf-8")
    words = ("ct", "import", tmp_path / "release.txt", "--out", tmp_path / "ct")
    assert run(*words)[0] == 2
    code, out, err = run(*words, "--standard", "SDTM", "--date", "2025-03-28")
    assert (code, err) == (0, "")
    assert "1 codelist" in out
    assert (tmp_path / "ct" / "sdtm-ct-2025-03-28.tsv").is_file()


COMMANDS = [
    (),
    ("convert",),
    ("validate",),
    ("issues",),
    ("inspect",),
    ("trace",),
    ("spec",),
    ("spec", "check"),
    ("spec", "schema"),
    ("ct",),
    ("ct", "import"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_help_has_an_example(words: tuple[str, ...]) -> None:
    code, out, _ = run(*words, "--help")
    assert code == 0
    assert "Example: cdisc-itp " + " ".join(words) in " ".join(out.split())


def alone(words: list[object], **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "cdisc_itp", *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment}, cwd=ROOT)


def test_a_terminal_that_cannot_show_a_character_changes_no_exit_code(study: Path) -> None:
    path = study / "raw" / "a" / "ae.csv"
    path.write_text(path.read_text("utf-8").replace("Nausea", "恶心"), "utf-8")
    words = ["convert", study / "spec", "--raw", study / "raw", "--out", study / "out", "--dry-run"]
    done = alone(words, PYTHONIOENCODING="ascii")
    assert done.returncode == 1, done.stderr
    assert rb"\u6076\u5fc3" in done.stdout


def test_a_reader_that_has_read_enough_is_no_bug(study: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "cdisc_itp",
        "convert",
        study / "spec",
        "--raw",
        study / "raw",
        "--out",
        study / "out",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert b"Traceback" not in said
    assert b"bug" not in said
    assert (study / "out" / "run" / "run.json").is_file()


def test_a_raw_file_that_holds_nothing_but_its_header_is_told(study: Path) -> None:
    """Nothing is lost, so that it is no issue; but an export may have been cut short."""
    path = study / "raw/b/lb.csv"
    assert "without a row" not in convert(study)[1]
    path.write_text(path.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    assert "\nraw tables without a row: b/lb.csv\n" in convert(study)[1]
