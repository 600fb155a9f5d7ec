"""`cdisc-itp init` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cdisc_itp.cli import app


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw" / "site01").mkdir(parents=True)
    (tmp_path / "raw" / "site01" / "ae.csv").write_text("SUBJID,AETERM,AESTDAT\n01001,Nausea,03/04/2022\n")
    return tmp_path / "raw"


def test_the_summary_says_what_was_found_and_what_comes_next(raw: Path, tmp_path: Path) -> None:
    result = run("init", "--raw", raw, tmp_path / "study")
    assert result.exit_code == 0
    assert "recognised  1 tables as AE" in result.stdout
    assert f"cdisc-itp spec check {tmp_path / 'study'}" in result.stdout
    assert f"cdisc-itp sites {tmp_path / 'study'} --raw {raw}" in result.stdout
    assert sorted(p.relative_to(tmp_path / "study").as_posix() for p in (tmp_path / "study").rglob("*.yaml")) == [
        "forms.yaml",
        "sdtm/ae.yaml",
        "sources/site01.yaml",
        "study.yaml",
    ]


def test_what_it_says_next_works(raw: Path, tmp_path: Path) -> None:
    study = tmp_path / "study"
    run("init", "--raw", raw, study)
    checked = run("spec", "check", study)
    assert checked.exit_code == 2 and "study.created: 'DECIDE' is not a date and time" in checked.output
    text = (study / "study.yaml").read_text(encoding="utf-8")
    (study / "study.yaml").write_text(text.replace("created: DECIDE", "created: 2024-05-01T00:00:00"), encoding="utf-8")
    again = run("spec", "check", study)
    assert again.exit_code == 2 and "SPEC117 adverse_events.start: 'DECIDE' is no date format" in again.output


def test_a_folder_that_is_not_empty_is_refused(raw: Path, tmp_path: Path) -> None:
    before = sorted(p.name for p in tmp_path.rglob("*"))
    result = run("init", "--raw", raw, tmp_path)
    assert result.exit_code == 2
    assert "init never overwrites" in result.output
    assert sorted(p.name for p in tmp_path.rglob("*")) == before
