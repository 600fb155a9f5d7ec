"""The command `reproduce`: a study's published results computed again from the datasets of an output."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict

from . import __version__
from .model.issue import SpecError, SpecProblem, UserError
from .readers.xpt import XptFile, read_xpt
from .spec.load import load_files
from .spec.published import FILE, load_published
from .spec.types import StudySpec
from .writers.reproduction.page import render_reproduction_page
from .writers.reproduction.schema import render_reproduction_json
from .writers.reproduction.text import render_reproduction_text

ReportKind = Literal["text", "json", "html"]
PACKAGE = Path("analysis", "adam", "datasets")
NO_EVIDENCE = (
    "What is computed from these data shows that the statistics are computed from records. "
    "It is no evidence about the trial."
)
AS_IS = "Statistics are computed from the records of these datasets."


def report_reproduction(study: Path, out: Path, report: ReportKind = "text", file: Path | None = None) -> int:
    """Print how the published results come out, or write it to ``file``; the same bytes for the same datasets.

    Exit code 0 where every status is the one that the study expects, else 1. Raises SpecError, ReadError,
    AnalysisError, or UserError where the study has no published items or OUT no datasets (exit code 2).
    """
    document = reproduce_study(study, out)
    text = render_reproduction(document, report)
    if file is not None:
        file.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return 0 if document["as_expected"] else 1


def render_reproduction(document: dict[str, Any], report: ReportKind) -> str:
    """The report as text."""
    if report == "json":
        return render_reproduction_json(document)
    return render_reproduction_text(document) if report == "text" else render_reproduction_page(document)


def reproduce_study(study: Path, out: Path) -> dict[str, Any]:
    """The document of a reproduction, as `writers.reproduction.schema` has it."""
    from .analysis.published import datasets_read, known_methods, reproduce, statuses

    if not (study / FILE).is_file():
        raise UserError(f"{study.name} has no {FILE}, which says what was published")
    spec = load_published(study, known_methods())
    said = _study(study)
    files = read_datasets(out, said, datasets_read(spec))
    found = reproduce(spec, {name: f.frame for name, f in files.items()})
    return {
        "tool": "cdisc-itp",
        "version": __version__,
        "study": said.study,
        "title": said.title,
        "data": said.data,
        "evidence": NO_EVIDENCE if said.data else AS_IS,
        "as_expected": found.as_expected,
        "statuses": statuses(found.items),
        "datasets": [{"name": n, "file": f.file, "records": f.records, "sha256": f.sha256} for n, f in files.items()],
        "items": [plain(i) | {"as_expected": i.as_expected} for i in found.items],
        "sensitivity": {
            "data": None if found.sensitivity_data is None else plain(found.sensitivity_data),
            "results": [plain(r) for r in found.sensitivity],
        },
    }


def _study(folder: Path) -> StudySpec:
    problems: list[SpecProblem] = []
    files = load_files(folder, problems)
    if files is None:
        raise SpecError(problems)
    return files.study


def read_datasets(out: Path, study: StudySpec, names: tuple[str, ...]) -> dict[str, XptFile]:
    """The analysis datasets of an output, those of ``names`` that it has; UserError where it has none of them."""
    folder = out / "m5" / "datasets" / (study.folder or study.study.lower()) / PACKAGE
    paths = {name: folder / f"{name.lower()}.xpt" for name in names}
    files = {name: read_xpt(path, study.encoding) for name, path in paths.items() if path.is_file()}
    if not files:
        raise UserError(f"{out} holds no analysis dataset of {study.study} - convert the study first")
    return files


def plain(made: Any) -> Any:
    """A Struct as what JSON has: mappings, lists, text and numbers, these to ten digits and infinite ones null."""
    if isinstance(made, Struct):
        return {name: plain(value) for name, value in asdict(made).items()}
    if isinstance(made, tuple):
        return [plain(m) for m in made]
    if isinstance(made, float):
        return float(format(made, ".10g")) if math.isfinite(made) else None
    return str(made) if isinstance(made, str) else made
