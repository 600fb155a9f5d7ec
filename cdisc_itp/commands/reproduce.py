"""`reproduce`: published results, computed again."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from .arguments import Study
from .ending import guarded


class ReproductionReport(enum.StrEnum):
    """How a reproduction is written."""

    text = "text"
    json = "json"
    html = "html"


def reproduce(
    study: Study,
    out: Annotated[Path, typer.Argument(help="The output of a convert.", show_default=False)],
    report: Annotated[ReproductionReport, typer.Option(help="How the report is written.")] = ReproductionReport.text,
    file: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Compute again what was published of a study (STUDY/analysis/published.yaml), from the datasets in OUT.

    Each item is reported with what was computed, the method, the rounding, the data and a status; what is only
    inferred is kept apart. Exit codes: 0 every status is as the study expects; 1 one is not; 2 wrong items, or
    datasets that they cannot be computed from.
    """

    def work() -> int:
        from ..reproducing import report_reproduction

        return report_reproduction(study, out, report.value, file)

    guarded(work)
