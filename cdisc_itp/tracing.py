"""Tracing a value of an output: hashes first, then the subject's replay."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from .build.forms import build_forms
from .build.replay import Replay
from .build.trace import TraceError, TraceStep
from .pipeline import Silent, read_raw_tables
from .spec.study import Study, load_study


def trace_value(study: Path, out: Path, raw: Path, words: list[str]) -> TraceStep:
    """The story of ``DATASET NAME=VALUE ... VARIABLE``.

    TraceError where the output was made from other raw files or another spec, or the words name no single record.
    """
    dataset, wanted, variable = parse_words(words)
    found = load_study(study)
    replay = replay_subject(found, out, raw, wanted.get("USUBJID"))
    return replay.trace(dataset, replay.record(dataset, wanted), variable)


def parse_words(words: list[str]) -> tuple[str, dict[str, str], str]:
    """Dataset, the values that find the record, and the variable."""
    if len(words) < 3 or any("=" not in w for w in words[1:-1]) or "=" in words[-1]:
        raise TraceError("give DATASET NAME=VALUE ... VARIABLE, e.g. LB USUBJID=MY-001 LBSEQ=12 LBSTRESN")
    pairs = dict(w.split("=", 1) for w in words[1:-1])
    return words[0].upper(), {k.upper(): v for k, v in pairs.items()}, words[-1].upper()


def replay_subject(study: Study, out: Path, raw: Path, subject: str | None) -> Replay:
    """The study built again for one subject (None: for all), after the hashes were found equal."""
    tables = read_raw_tables(study, raw, Silent())
    check_hashes(study, out, {t.raw.file: t.raw.sha256 for t in tables})
    built = build_forms(study.files, tables)
    if subject is not None:
        forms = {n: f.of_subject(subject) for n, f in built.forms.items()}
        built = replace(built, forms=forms)
    return Replay(study, tables, built)


def check_hashes(study: Study, out: Path, files: dict[str, str]) -> None:
    """TraceError where run.json names another spec or other raw files than these."""
    path = out / "run" / "run.json"
    if not path.is_file():
        raise TraceError(f"{out} is no output of cdisc-itp: it has no run/run.json")
    said = json.loads(path.read_text("utf-8"))
    if said["spec_sha256"] != study.files.sha256:
        raise TraceError("the spec has changed since this output was made - convert again")
    for entry in said["inputs"]:
        if files.get(entry["file"]) != entry["sha256"]:
            raise TraceError(f"{entry['file']} is not the file from which this output was made - convert again")
