"""Every ``when`` of a study with its place, so that a run can tell which of them never held."""

from __future__ import annotations

from collections.abc import Iterator

from .graph import all_steps
from .load import blocks_of
from .study import Study
from .types import Step


def written_conditions(study: Study) -> dict[tuple[str, int], str]:
    """File and line of each step with a ``when``, and the condition as text."""
    return {(s.file, s.line): str(s.when) for s in _steps(study) if s.when is not None}


def _steps(study: Study) -> Iterator[Step]:
    for dataset in (*study.datasets.values(), *study.analysis.datasets.values()):
        for variable in dataset.variables:
            yield from all_steps(dataset, variable)
    for source in study.files.sources.values():
        for _, _, block in blocks_of(source):
            for steps in block.columns.values():
                yield from steps.steps
