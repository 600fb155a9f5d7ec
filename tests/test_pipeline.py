"""Whole runs: the same bytes whatever the order of rows, the parts, the processes, the machine; nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

from cdisc_itp.build import datasets
from cdisc_itp.build.datasets import Datasets
from cdisc_itp.build.forms import Form, build_forms
from cdisc_itp.build.partition import build_study
from cdisc_itp.build.records import DatasetRecords
from cdisc_itp.checks.registry import RULES
from cdisc_itp.judging import ReadBackError
from cdisc_itp.model.column import decoded
from cdisc_itp.model.issue import ReadError
from cdisc_itp.pipeline import Order, Silent, convert
from cdisc_itp.raw_tables import read_raw_tables
from cdisc_itp.reports.issues import Issue, group_issues
from cdisc_itp.reports.ledger import LedgerError
from cdisc_itp.run import Run
from cdisc_itp.writers import xpt
from tests.permuting import permuted, with_duplicates
from tests.tiny import ROOT, STUDIES, TINY, csv_rows, differing, run_tiny, spec_and_raw, whole


def without_rows(path: Path) -> list[tuple[str, ...]]:
    """The lines of a report but for row numbers, which are others where rows have changed places."""
    return sorted(tuple(re.sub(r"\brow \d+", "row", v) for k, v in row.items() if k != "row") for row in csv_rows(path))


@pytest.mark.parametrize(
    ("study", "parts"), [("tiny", 1), ("tiny", 3), ("tiny", 10), ("abc01", 10), ("cdiscpilot01", 3), ("nct05471050", 3)]
)
def test_same_bytes_for_another_run_of_any_number_of_parts(
    study: str, parts: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    convert(Order(*spec_and_raw(study, request), tmp_path / "out", parts=parts))
    assert differing(whole(study, request)[1], tmp_path / "out") == []


def test_a_raw_folder_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        convert(Order(TINY / "spec", tmp_path / "absent", tmp_path / "out"))
    (problem,) = caught.value.problems
    assert str(problem) == f"{tmp_path / 'absent'}: READ001 there is no such raw folder - correct its path"


@pytest.mark.parametrize("study", STUDIES)
def test_same_datasets_links_and_issues_from_ten_parts(study: str, request: pytest.FixtureRequest) -> None:
    run, _ = whole(study, request)
    forms = build_forms(run.study.files, read_raw_tables(run.study.files, run.order.raw, Silent())).forms
    one, ten = (build_study(run.study, forms, parts) for parts in (1, 10))
    assert {n: decoded_frame(f) for n, f in one.frames.items()} == {n: decoded_frame(f) for n, f in ten.frames.items()}
    assert told(one, run) == told(ten, run)


def decoded_frame(frame: pd.DataFrame) -> dict[str, list[Any]]:
    return {str(c): decoded(frame[c].array).tolist() for c in frame}


def told(made: Datasets, run: Run) -> tuple[Counter[Any], list[Issue]]:
    pairs = Counter(
        (k.dataset, k.variable, k.origin, *p)
        for k in made.links
        for p in zip(k.record.tolist(), k.row.tolist(), strict=True)
    )
    return pairs, group_issues(made.issues, run.places, run.built.column_names)


@pytest.mark.parametrize("study", STUDIES)
def test_same_package_for_permuted_rows_with_exact_duplicates_among_them(
    study: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    spec, raw = spec_and_raw(study, request)
    with_duplicates(raw, tmp_path / "twins")
    convert(Order(spec, tmp_path / "twins", tmp_path / "out"))
    assert csv_rows(tmp_path / "out/run/issues.csv")
    for seed in ("one", "two") if study == "tiny" else ("one",):
        permuted(tmp_path / "twins", tmp_path / seed, seed)
        convert(Order(spec, tmp_path / seed, tmp_path / f"out {seed}"))
        assert differing(tmp_path / "out", tmp_path / f"out {seed}", "m5") == []
        for report in ("issues.csv", "ledger.csv"):
            assert without_rows(tmp_path / "out/run" / report) == without_rows(tmp_path / f"out {seed}/run" / report)


def test_twins_are_among_the_permuted_rows_both_merged_and_kept(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with_duplicates(TINY / "raw", tmp_path / "twins")
    plain, twins = whole("tiny", request)[0], run_tiny(tmp_path / "b", tmp_path / "twins")
    merged = [sum(i.count for i in r.issues if i.code == "DATA050") for r in (plain, twins)]
    assert merged[1] > merged[0] > 0
    assert len(twins.datasets["VS"].frame) > len(plain.datasets["VS"].frame)  # its block keeps them


def test_two_processes_write_the_same_bytes(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    convert(Order(TINY / "spec", TINY / "raw", tmp_path / "two", jobs=2, parts=3))
    assert differing(whole("tiny", request)[1], tmp_path / "two") == []


def convert_alone(python: str, out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The tiny study converted in a process of its own."""
    words = ["-W", "error", "-m", "cdisc_itp", "convert", TINY / "spec", "--raw", TINY / "raw", "--out", out]
    command = [python, *map(str, words)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    environ.pop("CDISC_ITP_JOBS", None)  # as a user does it
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, cwd=ROOT)


MACHINES = {
    "another time zone and hash seed": {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4711", "COLUMNS": "40"},
    "the C locale and no home": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "HOME": "/nonexistent"},
}


@pytest.mark.parametrize("machine", MACHINES)
def test_same_bytes_on_another_machine(machine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    done = convert_alone(sys.executable, tmp_path / "there", **MACHINES[machine])
    assert done.returncode == 1, done.stderr
    assert differing(whole("tiny", request)[1], tmp_path / "there") == []


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_same_bytes_by_another_python(version: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    python = shutil.which(f"python{version}")
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        pytest.skip(f"Python {version} is this one")
    probe = [python or "", "-c", "import pandas, pyarrow, lxml, typer, rich, yaml, python_calamine, pyreadstat"]
    if python is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip(f"there is no python{version} here that has the packages")
    done = convert_alone(python, tmp_path / "there")
    assert done.returncode == 1, done.stderr
    assert differing(whole("tiny", request)[1], tmp_path / "there") == []


def test_a_lost_form_row_is_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Form.at
    monkeypatch.setattr(Form, "at", lambda self, rows: whole(self, rows[1:] if self.name == "events" else rows))
    with pytest.raises(LedgerError, match=r"rows without a fate, first a/ae.csv row"):
        convert(Order(TINY / "spec", TINY / "raw", tmp_path / "out", parts=2))
    assert list(tmp_path.iterdir()) == []


def test_a_record_lost_on_the_way_is_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def settle(records: DatasetRecords) -> None:
        if records.name == "VS":
            records.keep(np.arange(records.n) > 0)

    monkeypatch.setattr("cdisc_itp.build.datasets._settle", settle)
    with pytest.raises(LedgerError, match=r"rows without a fate"):
        run_tiny(tmp_path / "out")


def test_a_row_that_is_called_submitted_and_is_not_is_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = datasets.record_links
    monkeypatch.setattr(datasets, "record_links", lambda records, place: made(records, place)[1:])
    said = "DM: record 1 comes from no row; .*first of demography row 2: it stands behind no record and is submitted"
    with pytest.raises(LedgerError, match=said):
        run_tiny(tmp_path / "out")


def test_a_file_that_holds_something_else_is_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damage(path: Path, *words: Any, **named: Any) -> None:
        xpt.write_xpt(path, *words, **named)
        if path.name == "dm.xpt":
            path.write_bytes(path.read_bytes().replace(b"TINY-01-102", b"TINY-01-109"))

    monkeypatch.setattr("cdisc_itp.writing.write_xpt", damage)
    with pytest.raises(ReadBackError, match=r"DM: \d+ cells read back differently, first USUBJID of record 2"):
        run_tiny(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_back_is_a_bug_not_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdisc_itp.writing.write_xpt", lambda path, *_: path.write_bytes(b"nothing"))
    with pytest.raises(ReadBackError, match="what was written cannot be read: "):
        run_tiny(tmp_path / "out")


def test_a_rule_that_crashed_did_not_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(package: object) -> Any:
        raise ZeroDivisionError("of a rule")

    monkeypatch.setitem(RULES, "KEY105", replace(RULES["KEY105"], check=crash))
    run = run_tiny(tmp_path / "out")
    found = [i for i in run.issues if i.code == "KEY105"]
    assert [(i.severity, i.message) for i in found] == [("error", "the rule did not run: ZeroDivisionError: of a rule")]
