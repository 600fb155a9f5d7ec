"""The survey of a study's sources: what each has, what the spec does not know, and how the sources differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from .. import __version__
from ..model.issue import SpecError, SpecProblem
from ..spec.graph import build_order
from ..spec.load import StudyFiles, load_files
from ..spec.study import Study, resolve
from .blocks import Part, form_parts
from .document import (
    form_document,
    gap_document,
    identifiers_document,
    judged_document,
    table_document,
    totals_of,
    unit_document,
    unreadable_document,
)
from .judged import Judged, judged_in_datasets, judged_in_forms
from .reading import read_raw_files
from .results import result_columns, units_of_tests
from .subjects import demography_forms, one_row_forms, subject_gaps
from .writing import writings

NEEDED = ("study.yaml", "forms.yaml", "sources/")
"""The files without which no source can be read."""
UNREAD_TABLE = "SPEC212"


def survey_study(folder: Path, raw: Path) -> dict[str, Any]:
    """What every source has, as `writers.sites_json.SITES_SCHEMA` says.

    Unlike a conversion it does not stop at what the spec does not know. SpecError where study.yaml, forms.yaml or
    a source file cannot be read; ReadError where no raw table can.
    """
    files, study, problems = load_for_survey(folder)
    broken = frozenset(
        s
        for s in files.sources
        for p in problems
        if p.file == files.places[f"source {s}"][0] and p.code != UNREAD_TABLE
    )
    found = read_raw_files(files, raw)
    parts = form_parts(files, found.tables, broken)
    written = writings(parts)
    judged: list[Judged] = judged_in_forms(parts)
    if study is not None:
        judged = judged + judged_in_datasets(study, parts)
    columns = {name: {str(c): str(k) for c, k in form.columns.items()} for name, form in files.forms.items()}
    filled = [f for f in files.forms if any(p.form == f for p in parts)]
    return {
        "tool": "cdisc-itp",
        "version": __version__,
        "study": str(files.study.study),
        "data": files.study.data,
        "spec_sha256": files.sha256,
        "spec_problems": [str(p) for p in problems],
        "not_compared": sorted(broken),
        "sources": list(files.sources),
        "totals": totals_of(found),
        "tables": [table_document(files, t) for t in found.tables],
        "unreadable": [unreadable_document(u) for u in found.unreadable],
        "unclaimed": list(found.unclaimed),
        "forms": [form_document(files, f, parts, written) for f in filled],
        "unfilled": [f for f in files.forms if f not in filled],
        "values": [judged_document(j) for j in judged],
        "units": [unit_document(u) for u in units_of_tests(study, parts, result_columns(study, columns))],
        "subjects": _subjects(study, parts),
        "identifiers": identifiers_document(found),
    }


def load_for_survey(folder: Path) -> tuple[StudyFiles, Study | None, list[SpecProblem]]:
    """The files of a spec, the study where nothing but sources is wrong, and every problem."""
    problems: list[SpecProblem] = []
    files = load_files(folder, problems)
    if files is None or any(p.file.startswith(NEEDED) for p in problems):
        raise SpecError(problems)
    later: list[SpecProblem] = []
    study = resolve(files, later)
    elsewhere = [p for p in (*problems, *later) if not p.file.startswith((*NEEDED, "accepted.csv"))]
    if study is not None and not elsewhere and not study.order:
        study = replace(study, order=build_order(files, study.datasets, []))
    return files, None if elsewhere else study, sorted({*problems, *later})


def _subjects(study: Study | None, parts: list[Part]) -> dict[str, Any]:
    if study is None:
        return {"demography": [], "one_row": [], "gaps": []}
    return {
        "demography": list(demography_forms(study)),
        "one_row": list(one_row_forms(study)),
        "gaps": [gap_document(g) for g in subject_gaps(study, parts)],
    }
