"""The guide's datasets that a study has, its own ones among them."""

from __future__ import annotations

from ..model.issue import SpecProblem
from ..standards.classes import GENERAL
from ..standards.guide import Guide, GuideDataset
from .load import StudyFiles
from .suggest import near
from .types import DatasetSpec


def guide_datasets(files: StudyFiles, tables: Guide, problems: list[SpecProblem]) -> dict[str, GuideDataset]:
    """Every dataset that the guide has or that the study may define; SPEC112 for the others."""
    out = {}
    for name, spec in files.datasets.items():
        file, _ = files.places[f"{name} dataset"]
        if name in tables:
            out[name] = tables.dataset(name)
        elif (flaw := _flaw(tables, spec)) is None:
            label = spec.label or name
            out[name] = tables.sponsor_dataset(name, spec.class_ or "", label, spec.structure)
        else:
            problems.append(SpecProblem(file, spec.dataset.line, "SPEC112", *flaw))
    return out


def _flaw(tables: Guide, spec: DatasetSpec) -> tuple[str, str] | None:
    """Why a dataset that the guide does not have cannot be the study's own, and a hint."""
    name = spec.dataset
    if spec.class_ is None:
        hint = near(name, tables.names)
        choice = hint if hint.startswith("did") else f"class: one of {', '.join(GENERAL)}"
        return f"SDTMIG {tables.version} has no dataset {name}; a sponsor-defined one needs class and label", choice
    try:
        tables.sponsor_dataset(name, spec.class_, spec.label or name, spec.structure)
    except ValueError as error:
        return f"{name}: {error}", ""
    return None
