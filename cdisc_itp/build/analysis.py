"""Datasets to analysis datasets: records from records, variables in the order that references ask for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..model.column import blanked
from ..model.lineage import Links
from ..spec.builds import AnalysisBuild
from ..spec.graph import SETTLED, STARTED
from ..spec.study import Study
from .analysis_records import SUBJECTS, AnalysisRecords, GivenRecords
from .datasets import Datasets, check_storable, frame_of, made_by_lines, make_variable, record_links
from .derived import Derived, derive_records
from .form_rows import chosen
from .records import Built, DatasetRecords
from .rows import subset


def build_analysis(study: Study, frames: Mapping[str, pd.DataFrame]) -> Datasets:
    """Every analysis dataset of the study, from its finished datasets (``frames`` by name, SUPP-- among them)."""
    built = build_analysis_records(study, frames)
    out = Datasets()
    for name, build in study.analysis.datasets.items():
        _finish(build, built.datasets[name], out)
    return out


def build_analysis_records(study: Study, frames: Mapping[str, pd.DataFrame]) -> Built:
    """Every analysis dataset's records with all their variables, before they are ordered and written out."""
    built = Built(study, {})
    for name, known in study.analysis.known.items():
        frame = frames[name] if name in frames else pd.DataFrame({v: pd.Categorical([]) for v in known.plan.names})
        built.datasets[name] = GivenRecords(built, known, frame, frames.get(f"SUPP{name}"))
    begun = {name for name, node in study.analysis.order if node == STARTED}
    for name, build in sorted(study.analysis.datasets.items(), key=lambda item: item[0] != SUBJECTS):
        if name not in begun:
            built.datasets[name] = AnalysisRecords(built, build)
    for name, node in study.analysis.order:
        if node == STARTED:
            built.datasets[name] = AnalysisRecords(built, study.analysis.datasets[name])
        elif node == SETTLED:
            _add_records(built.datasets[name], study.analysis.datasets[name])
        elif node != "USUBJID":
            make_variable(built.datasets[name], node)
    return built


def _add_records(records: DatasetRecords, build: AnalysisBuild) -> None:
    """Derived records, one line of ``add`` after the other."""
    assert isinstance(records, AnalysisRecords)
    first = len(build.spec.records) - len(build.add)
    for number, added in enumerate(build.add, first):
        before = records.n
        derived = derive_records(records, added)
        _append(records, number, derived)
        new = np.arange(records.n) >= before
        for variable in (str(v) for v in added.clear if v in records.columns):
            records.columns[variable] = blanked(records.columns[variable], new)
        for variable in (v for v in added.set if v in records.columns):
            _set(records, variable, new)


def _append(records: AnalysisRecords, number: int, derived: Derived) -> None:
    before = records.n
    records.append(derived.copies, number, derived.values)
    records.link_rows(before + derived.record, derived.behind)
    own = np.full(records.n, -1, np.int64)
    own[before:] = derived.copies
    records.looked[("DTYPE", records.name, "taken")] = np.where(
        own >= 0, own, records.looked.get(("DTYPE", records.name, "taken"), np.full(records.n, -1, np.int64))
    )


def _set(records: AnalysisRecords, variable: str, new: np.ndarray) -> None:
    """A variable that was there before, made again for the derived records."""
    made, used = made_by_lines(records, variable, ~new)
    records.columns[variable] = chosen(blanked(records.columns[variable], new), made)
    records.chosen_steps[variable] = np.where(new, used, records.chosen_steps[variable]).astype(np.int16)


def _finish(build: AnalysisBuild, records: DatasetRecords, out: Datasets) -> None:
    """Leave out what XPT cannot hold, order the records, and keep their lineage in that order."""
    encoding = records.built.study.files.study.encoding
    order = records.order()
    names = build.written.names
    for variable in names:
        check_storable(records, variable, encoding)
    place = np.empty(records.n, np.int64)
    place[order] = np.arange(records.n)
    out.frames[build.name] = frame_of(subset({v: records.columns[v] for v in names}, order))
    out.links += [_in_file(link, records) for link in record_links(records, place)]
    out.issues += records.issues
    out.held |= records.held


def _in_file(link: Links, records: DatasetRecords) -> Links:
    """A link to records of another analysis dataset names them by their place in the file."""
    if link.variable is not None or link.origin not in records.built.study.analysis.datasets:
        return link
    target = records.built.datasets[link.origin]
    place = np.empty(target.n, np.int64)
    place[target.order()] = np.arange(target.n)
    return Links(link.dataset, link.origin, link.record, place[link.row], link.variable)
