"""Whatever is written or printed of a build of the synthetic study holds no identifier of a patient.

Each build has a test file of its own, so that they run side by side; it names its BUILD.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq
import pyreadstat
import pytest
from msgspec import to_builtins
from typer.testing import CliRunner

from cdisc_itp.build.trace import render_trace
from cdisc_itp.cli import app
from cdisc_itp.sites.report import render_report
from cdisc_itp.sites.survey import survey_study
from cdisc_itp.spec.study import load_study
from cdisc_itp.tracing import replay_subject
from tests.privacy.scan import Hit, Secret, read_secrets, scan_folder, scan_text
from tests.studies.builds import SPEC, generate, spec_for
from tests.studies.truth import Answers


@dataclass
class Written:
    """A build with everything that the commands wrote and printed of it: one folder, printed texts as files."""

    build: str
    answers: Answers
    spec: Path
    folder: Path
    codes: dict[str, int] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def run(self, name: str, *words: object) -> None:
        """Run a command; what it prints becomes the file ``name``."""
        done = CliRunner().invoke(app, [str(w) for w in words])
        self.codes[name] = done.exit_code
        (self.folder / name).write_text(done.stdout, "utf-8")
        (self.folder / f"{name}.stderr.log").write_text(done.stderr, "utf-8")

    @cached_property
    def secrets(self) -> list[Secret]:
        return read_secrets(self.answers.folder / "truth" / "identifiers.csv")

    def leaks(self) -> list[tuple[str, int]]:
        """Files and rows with a cell that identifies a person."""
        rows = pq.read_table(self.out / "run" / "issues.parquet").to_pylist()
        return sorted({(r["file"], int(r["row"])) for r in rows if r["code"] == "DATA073"})


@pytest.fixture(scope="module")
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    build, folder = str(request.module.BUILD), tmp_path_factory.mktemp("written")
    answers = generate(build, folder / "fixture")
    spec = SPEC if build == "main" else spec_for(answers, folder / "spec")
    made = Written(build, answers, spec, folder / "made")
    made.folder.mkdir()
    study = (spec, "--raw", answers.raw)
    made.run("convert.log", "convert", *study, "--out", made.out)
    made.run("part.log", "convert", *study, "--out", made.folder / "part", "--select", "LB", "--source", "05")
    made.run("validate.json", "validate", made.out, "--json")
    for name, words in {
        "issues.log": (),
        "issues-all.log": ("--all", "--rows", "0"),
        "issues.json": ("--all", "--report", "json"),
        "issues.csv": ("--all", "--report", "csv"),
        "queries.log": ("--queries", made.folder / "queries"),
    }.items():
        made.run(name, "issues", made.out, *words)
    if build == "main":  # What does not depend on what is planted.
        made.run("convert.json", "convert", *study, "--out", made.out, "--dry-run", "--json", "--progress", "bar")
        made.run("validate.log", "validate", made.out)
        made.run("spec.log", "spec", "check", spec)
        for path in sorted(made.out.rglob("*.xpt")):
            made.run(f"inspect-{path.stem}.log", "inspect", path, "--rows", "20")
    made.run("init.log", "init", "--raw", answers.raw, made.folder / "draft")
    survey = survey_study(spec, answers.raw)
    for report, suffix in (("text", "txt"), ("json", "json"), ("html", "html")):
        (made.folder / f"sites.{suffix}").write_text(render_report(survey, report), "utf-8")  # type: ignore[arg-type]
    return made


def test_every_command_did_its_work(written: Written) -> None:
    """Else nothing could be found in what it wrote."""
    assert {n: c for n, c in written.codes.items() if c not in (0, 1)} == {}
    wanted = {".xpt", ".xml", ".csv", ".json", ".parquet", ".html", ".txt", ".log", ".yaml"}
    # Of main every issue is accepted, and of a random build all may be: no site has anything to be asked.
    wanted |= {".xlsx"} if written.build == "edge" else set()
    assert {p.suffix for p in written.folder.rglob("*") if p.is_file()} >= wanted


def test_nothing_that_was_written_or_printed_identifies_a_patient(written: Written) -> None:
    assert len(written.secrets) > 300
    assert scan_folder(written.folder, written.secrets) == []


def test_leaks_are_told_and_their_stories_do_not_tell_them(written: Written) -> None:
    leaks = written.leaks()
    assert leaks or written.build == "random"
    told = list(stories(written, leaks))
    assert [h for text in told for h in of_story(text, written)] == []
    if leaks:
        assert any("(empty)" in text for text in told)


def of_story(text: str, written: Written) -> list[Hit]:
    return scan_text("story.json" if text.startswith("{") else "story.log", text, written.secrets)


def stories(written: Written, leaks: list[tuple[str, int]]) -> Iterator[str]:
    """The story of every variable of the records that come from rows with leaks, as text and as JSON."""
    rows = pq.read_table(written.out / "run" / "lineage.parquet").to_pylist()
    records = {
        (r["dataset"], r["record"])
        for r in rows
        if (r["file"], r["row"]) in leaks and r["record"] and not r["variable"]
    }
    if records:
        study = load_study(written.spec)
        replay = replay_subject(study, written.answers.raw, None)
    for dataset, record in sorted(records):
        (path,) = written.out.rglob(f"{dataset.lower()}.xpt")
        frame, _ = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
        row = frame.iloc[record - 1]
        number = f"{dataset}SEQ" if f"{dataset}SEQ" in frame else "VISITNUM"
        wanted = {"USUBJID": row["USUBJID"], number: f"{row[number]:g}"}
        at = replay.record(dataset, wanted)
        for variable in frame:
            step = replay.trace(dataset, at, variable)
            yield render_trace(step)
            yield json.dumps(to_builtins(step, enc_hook=str), ensure_ascii=True)


def test_one_story_on_the_command_line(written: Written) -> None:
    (path,) = written.out.rglob("lb.xpt")
    frame, _ = pyreadstat.read_xport(str(path), disable_datetime_conversion=True, row_limit=1)
    which = (f"USUBJID={frame['USUBJID'][0]}", f"LBSEQ={frame['LBSEQ'][0]:.0f}", "LBORRES")
    words = ["trace", written.spec, written.out, "LB", *which, "--raw", written.answers.raw]
    done = CliRunner().invoke(app, [str(w) for w in words])
    assert done.exit_code == 0, done.stderr
    assert scan_text("trace.log", done.stdout + done.stderr, written.secrets) == []
