"""The command `sites`: exit codes, three reports, the same bytes twice, a page that loads and runs nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from lxml import etree
from typer.testing import CliRunner

from cdisc_itp.cli import app
from cdisc_itp.writers.sites_json import SITES_SCHEMA

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests" / "tiny_study"
REPORTS = ("text", "json", "html")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    shutil.copytree(TINY / "spec", tmp_path / "spec")
    shutil.copytree(TINY / "raw", tmp_path / "raw")
    return tmp_path


def sites(study: Path, *words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["sites", str(study / "spec"), "--raw", str(study / "raw"), *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("report", REPORTS)
def test_exit_0_and_the_report_on_stdout_or_in_a_file(study: Path, report: str) -> None:
    code, out, err = sites(study, "--report", report)
    assert (code, err) == (0, "")
    assert "TINY-01" in out
    assert sites(study, "--report", report, "-o", study / "report")[:2] == (0, "")
    assert (study / "report").read_text("utf-8") == out


def test_exit_0_where_a_conversion_stops(study: Path) -> None:
    (study / "raw/b/notes.csv").write_text("SITE;PAT;NOTE;MORE\n02;201;a;b\n", "utf-8")
    (study / "raw/a/ae.csv").write_bytes(b"")
    code, out, _ = sites(study)
    assert code == 0
    assert "b/notes.csv: column 'MORE' is in no place" in out
    assert "a/ae.csv: READ" in out


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda study: shutil.rmtree(study / "spec"), "study.yaml:1: SPEC002"),
        (lambda study: (study / "spec/sources/a.yaml").write_text("source: ["), "sources/a.yaml"),
        (lambda study: shutil.rmtree(study / "raw"), "READ001"),
    ],
)
def test_exit_2_where_nothing_can_be_read(study: Path, damage: object, said: str) -> None:
    damage(study)  # type: ignore[operator]
    code, out, err = sites(study)
    assert (code, out) == (2, "")
    assert said in err


def test_exit_2_for_wrong_usage(study: Path) -> None:
    assert sites(study, "--report", "pdf")[0] == 2


def test_the_schema_is_one_and_judges_the_document(study: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(SITES_SCHEMA)
    found = json.loads(sites(study, "--report", "json")[1])
    judge = jsonschema.Draft202012Validator(SITES_SCHEMA)
    judge.validate(found)
    assert not judge.is_valid({**found, "more": 1})
    assert not judge.is_valid({**found, "tables": [{**found["tables"][0], "rows": -1}]})


@pytest.mark.parametrize("report", REPORTS)
def test_two_processes_write_the_same_bytes(report: str) -> None:
    words = ["sites", str(TINY / "spec"), "--raw", str(TINY / "raw"), "--report", report]
    made = [
        subprocess.run(
            [sys.executable, "-m", "cdisc_itp", *words],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert made[0] == made[1] != b""


HOSTILE = "<script>alert(1)</script>"


def test_the_page_escapes_everything_and_loads_nothing(study: Path) -> None:
    (study / "raw/b/notes.csv").write_text(f"SITE;PAT;NOTE;{HOSTILE}\n02;201;{HOSTILE};<img src=x>\x07\n", "utf-8")
    code, page, _ = sites(study, "--report", "html")
    assert code == 0
    assert HOSTILE not in page and "<img" not in page
    assert "&lt;script&gt;" in page
    tree = etree.HTML(page)
    assert tree.xpath("//script | //link | //img | //iframe | //*[@src] | //*[starts-with(name(@*), 'on')]") == []
    assert {h[:1] for h in tree.xpath("//@href")} == {"#"}
    assert not re.search(r"https?://|url\(|@import", page)


def test_every_link_of_the_page_has_its_place(study: Path) -> None:
    tree = etree.HTML(sites(study, "--report", "html")[1])
    assert {h.removeprefix("#") for h in tree.xpath("//@href")} <= set(tree.xpath("//@id"))
    assert len(tree.xpath("//@id")) == len(set(tree.xpath("//@id")))


def test_the_page_has_a_table_of_forms_by_source(study: Path) -> None:
    tree = etree.HTML(sites(study, "--report", "html")[1])
    (first,) = tree.xpath("//h2[@id='forms']/following::table[1]")
    assert first.xpath("./thead//th/text()")[2:] == ["01", "02", "central"]
    (row,) = first.xpath(".//tr[th/a/text()='randomization']")
    assert [" ".join(td.itertext()).split()[:1] for td in row.xpath("./td")[1:]] == [[], [], ["4"]]
