"""Form columns that nobody reads: what was collected there would go nowhere, and nobody would have said why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..model.issue import SpecProblem
from .graph import all_steps
from .load import StudyFiles, blocks_of
from .types import Step

if TYPE_CHECKING:
    from .builds import DatasetBuild

HINT = "read it in sdtm/*.yaml, or put its raw column under not_submitted with a reason"


def check_unread(files: StudyFiles, datasets: dict[str, DatasetBuild], problems: list[SpecProblem]) -> None:
    """SPEC116 for each line of a source that makes a form column which no dataset and no other column reads.

    A form that is not submitted as a whole has said why. To be called once every name means something.
    """
    read = {*_read_by_datasets(datasets), *_read_by_sources(files)}
    everywhere = {str(r) for s in files.study.subject_id.steps for r in s.algorithm.reads}
    for source in files.sources.values():
        file = files.places[f"source {source.source}"][0]
        for form, i, block in blocks_of(source):
            lines = files.block_lines.get((source.source, form, i), {})
            for column in block.columns if files.forms[form].not_submitted is None else ():
                if (form, column) not in read and column not in everywhere:
                    at = lines.get(column, lines.get("", 1))
                    problems.append(SpecProblem(file, at, "SPEC116", f"nothing reads {form}.{column}", HINT))


def _read_by_datasets(datasets: dict[str, DatasetBuild]) -> Iterator[tuple[str, str]]:
    for d in datasets.values():
        forms = [str(r.from_) for r in d.spec.records]
        for r in d.spec.records:
            yield from ((str(r.from_), str(ref)) for ref in (r.where.reads if r.where else ()))
        for variable in d.variables:
            yield from _columns(all_steps(d, variable), forms)


def _read_by_sources(files: StudyFiles) -> Iterator[tuple[str, str]]:
    for source in files.sources.values():
        for form, _, block in blocks_of(source):
            chosen = (*block.repeats.same, *block.repeats.order) if block.repeats else ()
            yields = (r for y in block.yields_to for r in (*y.same, *y.compare))
            yield from ((form, str(ref)) for ref in (*chosen, *yields, *(block.where.reads if block.where else ())))
            for steps in block.columns.values():
                yield from _columns(steps.steps, [form])


def _columns(steps: Iterable[Step], forms: list[str]) -> Iterator[tuple[str, str]]:
    """(form, column) of each name that steps read; a bare one may be of any of ``forms``."""
    for step in steps:
        for ref in (*step.algorithm.reads, *(step.when.reads if step.when else ())):
            place, _, column = ref.rpartition(".")
            yield from ((form, column) for form in ([place] if place else forms))
