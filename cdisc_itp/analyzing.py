"""The command `analyze`: tables and figures of a study from the datasets of an output."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pandas as pd

from .analysis.displays import compute_displays
from .analysis.records import plain_frame
from .model.issue import UserError
from .readers.xpt import read_xpt, read_xpt_header
from .spec.display_types import DisplaysSpec
from .spec.displays import FILE, load_displays, names_read
from .spec.load import load_files
from .spec.types import StudySpec
from .writers.displays.folder import write_report

PACKAGES = (Path("tabulations", "sdtm"), Path("analysis", "adam", "datasets"))


def write_displays(study: Path, out: Path) -> int:
    """Compute every display of STUDY/analysis/displays.yaml from the files in OUT, and write them to OUT/analysis.

    Raises SpecError for the displays, AnalysisError for data that they cannot be made of, UserError where there is
    nothing to read.
    """
    said = _study(study)
    files = transport_files(out, said)
    variables = {name: frozenset(v.name for v in read_xpt_header(path).variables) for name, path in files.items()}
    spec = load_displays(study, variables)
    if spec is None:
        raise UserError(f"{study.name} has no {FILE}, which says what tables and figures there are")
    report = compute_displays(spec, read_frames(files, spec, said), said.study, said.title or "", said.data or "")
    number = iter(range(1, len(report.displays) + 1))

    def advance(caption: str) -> None:
        print(f"{next(number)}/{len(report.displays)} {caption}", file=sys.stderr)

    hashes = {name: hashlib.sha256(files[name].read_bytes()).hexdigest() for name in datasets_read(spec)}
    folder = write_report(out, report, said.created, advance, hashes)
    print(f"{folder}: {len(report.displays)} displays; begin with index.html")
    return 0


def _study(study: Path) -> StudySpec:
    files = load_files(study, [])
    if files is None:
        raise UserError(f"{study.name}: study.yaml cannot be used - cdisc-itp spec check {study.name}")
    return files.study


def transport_files(out: Path, study: StudySpec) -> dict[str, Path]:
    """The transport files of an output by dataset; UserError where there are none."""
    base = out / "m5" / "datasets" / (study.folder or study.study.lower())
    files = {p.stem.upper(): p for folder in PACKAGES for p in sorted((base / folder).glob("*.xpt"))}
    if not files:
        raise UserError(f"{out.name} holds no dataset of {study.study} - convert the study first")
    return files


def read_frames(files: dict[str, Path], spec: DisplaysSpec, study: StudySpec) -> dict[str, pd.DataFrame]:
    """The datasets that displays read, as plain frames by name."""
    return {name: plain_frame(read_xpt(files[name], study.encoding).frame) for name in datasets_read(spec)}


def datasets_read(spec: DisplaysSpec) -> tuple[str, ...]:
    """The datasets that displays read, each once."""
    read = (str(dataset) for d in spec.displays.values() for dataset, _ in names_read(d, spec))
    boxes = (str(b.dataset) for d in spec.displays.values() for b in getattr(d, "boxes", {}).values())
    return tuple(dict.fromkeys([str(spec.subjects), *read, *boxes]))
