"""Tracing a value of an output: hashes first, then the subject's replay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from msgspec.structs import replace

from .build.forms import build_forms
from .build.replay import Replay
from .build.replay_analysis import AnalysisReplay
from .build.trace import TraceError, TraceStep
from .build.trial_design import trace_trial_design
from .model.metadata import DatasetPlan
from .raw_tables import read_raw_tables_with_issues
from .readers.registry import find_files
from .readers.xpt import read_xpt
from .spec.load import spec_hash
from .spec.study import Study, load_study
from .spec.types import StudySpec, TabulationsSpec
from .standards.guide import guide
from .tabulations import Tabulations, read_tabulations
from .watcher import Silent
from .writers.output_folder import MANIFEST, RUN
from .writers.run_json import sha256_of


def trace_value(study: Path, out: Path, raw: Path, words: list[str]) -> TraceStep:
    """The story of ``DATASET NAME=VALUE ... VARIABLE``.

    TraceError where the output was made from other raw files or another spec, or the words name no single record. Of
    an analysis dataset the variable may be left out: the story is of the record's result.
    """
    dataset, wanted, variable = parse_words(words)
    said = _document(out, RUN)
    check_spec(study, said)
    given = Tabulations()
    found = load_study(study, tabulated=lambda spec, of: _tabulated(spec, of, raw, given))
    if given.files:
        check_inputs(raw, said, {name: sha256 for name, (sha256, _) in given.files.items()})
    if dataset in found.analysis.datasets:
        check_dataset(out, dataset)
        return trace_analysis(found, raw, out, said, given, dataset, wanted, variable)
    if variable is None:
        raise TraceError(NO_VARIABLE)
    check_raw_files(found, raw, said)
    check_dataset(out, dataset)
    if dataset in found.trial:
        return trace_trial_design(found.trial[dataset], wanted, variable)
    replay = replay_subject(found, raw, wanted.get("USUBJID"))
    return replay.trace(dataset, replay.record(dataset, wanted), variable)


NO_VARIABLE = "give DATASET NAME=VALUE ... VARIABLE, e.g. LB USUBJID=MY-001 LBSEQ=12 LBSTRESN"


def parse_words(words: list[str]) -> tuple[str, dict[str, str], str | None]:
    """Dataset, the values that find the record, and the variable (None where none of an analysis dataset is named)."""
    *pairs, last = words[1:] or [""]
    variable = None if "=" in last else last
    pairs += [last] if variable is None else []
    named = variable is not None or words[0].upper().startswith("AD")
    if not pairs or any("=" not in w for w in pairs) or variable == "" or not named:
        raise TraceError(NO_VARIABLE)
    values = dict(w.split("=", 1) for w in pairs)
    return words[0].upper(), {k.upper(): v for k, v in values.items()}, variable and variable.upper()


def _tabulated(spec: TabulationsSpec, study: StudySpec, raw: Path, given: Tabulations) -> Mapping[str, DatasetPlan]:
    """The plans of SDTM files that existed already; what was read is kept in ``given``."""
    read = read_tabulations(spec, raw, guide(study.standards.sdtmig), study.encoding)
    given.frames, given.plans, given.files = read.frames, read.plans, read.files
    return read.plans


def trace_analysis(
    study: Study,
    raw: Path,
    out: Path,
    said: dict[str, Any],
    given: Tabulations,
    dataset: str,
    wanted: dict[str, str],
    variable: str | None,
) -> TraceStep:
    """The story of a value of an analysis dataset, down to raw cells (or to the SDTM files that were given)."""
    if given.frames:
        files = {Path(f).stem.upper(): f for f in given.files}
        replay = AnalysisReplay(study, given.frames, None, files)
    else:
        check_raw_files(study, raw, said)
        replay = AnalysisReplay(study, written_datasets(study, out), partial(replay_subject, study, raw), {})
    record = replay.record(dataset, wanted)
    story = replay.trace(dataset, record, variable or replay.asked(dataset, record))
    return replace(story, headline=replay.headline(dataset, record))


def written_datasets(study: Study, out: Path) -> dict[str, pd.DataFrame]:
    """The tabulations of an output, as they were written; TraceError where one of them is another file."""
    files = sorted(n for n in _document(out, MANIFEST)["files"] if "/sdtm/" in n and n.endswith(".xpt"))
    names = {Path(n).stem.upper(): n for n in files if "/split/" not in n}
    for name in names:
        check_dataset(out, name)
    return {name: read_xpt(out / file, study.files.study.encoding).frame for name, file in names.items()}


def replay_subject(study: Study, raw: Path, subject: str | None) -> Replay:
    """The study built again for one subject (None: for all)."""
    tables, personal = read_raw_tables_with_issues(study.files, raw, Silent())
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
    for name in sorted(inputs):
        if not (raw / name).is_file():
            raise TraceError(f"{name}, from which this output was made, is not in {raw}")
    check_inputs(raw, said, {name: sha256_of(raw / name) for name in inputs})
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


def check_inputs(raw: Path, said: dict[str, Any], found: Mapping[str, str]) -> None:
    """TraceError where run.json names other files than were found (hashes by name)."""
    for i in said.get("inputs", ()):
        if i["file"] not in found:
            raise TraceError(f"{i['file']}, from which this output was made, is not in {raw}")
        if found[i["file"]] != i["sha256"]:
            raise TraceError(f"{i['file']} is not the file from which this output was made - convert again")


def check_dataset(out: Path, dataset: str) -> None:
    """TraceError where the dataset's file is not the one that was written."""
    files = _document(out, MANIFEST)["files"]
    name = next((n for n in files if n.endswith(f"/{dataset.lower()}.xpt")), None)
    if name is None:
        raise TraceError(f"the output has no dataset {dataset}")
    if not (out / name).is_file() or sha256_of(out / name) != files[name]:
        raise TraceError(f"{name} is not the file that was written - convert again")
