"""The builds of the synthetic NCT05471050 that are converted: the committed one, edge, and random ones."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

from cdisc_itp.pipeline import Order, convert
from cdisc_itp.reports.issues import Issue
from cdisc_itp.spec.study import Study
from tests.studies.truth import COMMITTED, Answers, Built, Row, read_csv

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "nct05471050"
BUILDS = ("main", "edge", "random")


def fresh_seed() -> int:
    """The seed of the random build: another one for every commit, or what CDISC_ITP_SEED says."""
    said = os.environ.get("CDISC_ITP_SEED")
    if said:
        return int(said)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(head.stdout[:7] or "1", 16)


def generate(build: str, folder: Path) -> Answers:
    """Give the raw files and answers of a build; the committed ones of main."""
    if build == "main":
        return Answers(COMMITTED)
    seed = ["--seed", str(fresh_seed())] if build == "random" else []
    arguments = ["--build", build, "--out", str(folder), *seed]
    subprocess.run([sys.executable, "-m", "fixtures.generate", *arguments], cwd=ROOT, check=True, capture_output=True)
    return Answers(folder)


def spec_for(answers: Answers, folder: Path) -> Path:
    """The study's specs, with what a data manager edits when other subjects take part or move.

    The number of subjects in TS and the map of subjects follow from the central lists. What main plants is accepted
    for main only.
    """
    shutil.copytree(SPEC, folder)
    (folder / "accepted.csv").unlink()
    _count_subjects(answers, folder / "trial" / "ts.csv")
    _map_subjects(answers, folder / "maps" / "subjects.csv")
    return folder


def _count_subjects(answers: Answers, summary: Path) -> None:
    randomized = {row["SUBJECT"] for row in read_csv(answers.raw / "central" / "iwrs_randomization.csv")}
    text = summary.read_text("utf-8")
    assert "\nACTSUB,,90," in text
    summary.write_text(text.replace("\nACTSUB,,90,", f"\nACTSUB,,{len(randomized)},"), "utf-8")


def _map_subjects(answers: Answers, subjects: Path) -> None:
    moved = read_csv(answers.raw / "central" / "transfers.csv")
    with subjects.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("source", "raw", "term"))
        writer.writerows((row["TO_SITE"], row["NEW_SUBJECT"], row["SUBJECT"]) for row in moved)


@dataclass(frozen=True)
class Package:
    """A build that was converted: its answers, the datasets and those of the analysis, what the reports say."""

    build: str
    answers: Answers
    built: Built
    analysis: Built
    folder: Path
    exit_code: int
    study: Study
    issues: list[Issue]

    @cached_property
    def raised(self) -> list[Row]:
        """The issues, one row each."""
        return self._csv("issues")

    @cached_property
    def occurrences(self) -> list[Row]:
        """Every place in the raw files at which something was raised."""
        return [
            {k: "" if v is None else str(v) for k, v in row.items()}
            for row in pq.read_table(self.folder / "run" / "issues.parquet").to_pylist()
        ]

    @cached_property
    def ledger(self) -> list[Row]:
        """The totals of the ledger."""
        return self._csv("ledger")

    def _csv(self, name: str) -> list[Row]:
        with (self.folder / "run" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def fates(self, file: str, sheet: str, form: str, reasons: Counter[str]) -> Counter[str]:
        """Form rows of a raw table by fate; ``reasons`` is filled with why they are not submitted."""
        fates = Counter[str]()
        totals = (r for r in self.ledger if r["unit"] == "form row" and not r["row"])
        for row in (r for r in totals if (r["file"], r["sheet"], r["form"]) == (file, sheet, form)):
            fates[row["fate"]] += int(row["count"])
            reasons[row["reason"]] += int(row["count"])
        return fates


def convert_build(build: str, folder: Path) -> Package:
    """Generate a build and convert it."""
    answers = generate(build, folder / "fixture")
    spec = SPEC if build == "main" else spec_for(answers, folder / "spec")
    done = convert(Order(spec, answers.raw, folder / "out"))
    built = Built({name: d.frame for name, d in done.datasets.items()})
    analysis = Built({name: d.frame for name, d in done.analysis.items()})
    return Package(build, answers, built, analysis, folder / "out", done.exit_code, done.study, done.issues)
