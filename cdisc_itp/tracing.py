"""Tracing a value of an output: hashes first, then the subject's replay."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from .build.forms import build_forms
from .build.replay import Replay
from .build.trace import TraceError, TraceStep
from .build.trial_design import trace_trial_design
from .pipeline import read_raw_tables_with_issues
from .readers.registry import find_files
from .run import Silent
from .spec.load import spec_hash
from .spec.study import Study, load_study
from .writers.output_folder import MANIFEST, RUN
from .writers.run_json import sha256_of


def trace_value(study: Path, out: Path, raw: Path, words: list[str]) -> TraceStep:
    """The story of ``DATASET NAME=VALUE ... VARIABLE``.

    TraceError where the output was made from other raw files or another spec, or the words name no single record.
    """
    dataset, wanted, variable = parse_words(words)
    said = _document(out, RUN)
    check_spec(study, said)
    found = load_study(study)
    check_raw_files(found, raw, said)
    check_dataset(out, dataset)
    if dataset in found.trial:
        return trace_trial_design(found.trial[dataset], wanted, variable)
    replay = replay_subject(found, raw, wanted.get("USUBJID"))
    return replay.trace(dataset, replay.record(dataset, wanted), variable)


def parse_words(words: list[str]) -> tuple[str, dict[str, str], str]:
    """Dataset, the values that find the record, and the variable."""
    if len(words) < 3 or any("=" not in w for w in words[1:-1]) or "=" in words[-1]:
        raise TraceError("give DATASET NAME=VALUE ... VARIABLE, e.g. LB USUBJID=MY-001 LBSEQ=12 LBSTRESN")
    pairs = dict(w.split("=", 1) for w in words[1:-1])
    return words[0].upper(), {k.upper(): v for k, v in pairs.items()}, words[-1].upper()


def replay_subject(study: Study, raw: Path, subject: str | None) -> Replay:
    """The study built again for one subject (None: for all)."""
    tables, personal = read_raw_tables_with_issues(study, raw, Silent())
    built = build_forms(study.files, tables)
    if subject is not None:
        built = replace(built, forms={n: f.of_subject(subject) for n, f in built.forms.items()})
    return Replay(study, tables, built, personal)


def _document(out: Path, name: str) -> dict[str, Any]:
    path = out / name
    if not path.is_file():
        raise TraceError(f"{out} is no output of cdisc-itp: it has no {name}")
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise TraceError(f"{out} is no output of cdisc-itp: {name} is no JSON") from error
    return found


def check_spec(study: Path, said: dict[str, Any]) -> None:
    """TraceError where run.json names another spec than the folder holds."""
    if study.is_dir() and said.get("spec_sha256") != spec_hash(study):
        raise TraceError("the spec has changed since this output was made - convert again")


def check_raw_files(study: Study, raw: Path, said: dict[str, Any]) -> None:
    """TraceError where run.json names other raw files than are there, or has read fewer."""
    inputs = {i["file"]: i["sha256"] for i in said.get("inputs", ())}
    for name, sha256 in sorted(inputs.items()):
        if not (raw / name).is_file():
            raise TraceError(f"{name}, from which this output was made, is not in {raw}")
        if sha256_of(raw / name) != sha256:
            raise TraceError(f"{name} is not the file from which this output was made - convert again")
    if said.get("partial"):
        return
    there = {
        p.relative_to(raw).as_posix()
        for s in study.files.sources.values()
        for t in s.tables.values()
        for p in find_files(raw, t.file)
    }
    new = sorted(there - set(inputs))
    if new:
        raise TraceError(f"{new[0]} was not there when this output was made - convert again")


def check_dataset(out: Path, dataset: str) -> None:
    """TraceError where the dataset's file is not the one that was written."""
    files = _document(out, MANIFEST)["files"]
    name = next((n for n in files if n.endswith(f"/{dataset.lower()}.xpt")), None)
    if name is None:
        raise TraceError(f"the output has no dataset {dataset}")
    if not (out / name).is_file() or sha256_of(out / name) != files[name]:
        raise TraceError(f"{name} is not the file that was written - convert again")
