"""`analyze`: tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .arguments import Study
from .ending import guarded


def analyze(
    study: Study,
    out: Annotated[Path, typer.Argument(help="The output of a convert; its folder analysis/ is replaced.")],
) -> None:
    """Make the tables and figures that STUDY/analysis/displays.yaml describes, from the datasets in OUT.

    OUT/analysis holds a page of all of them (index.html), tables as HTML and DOCX, figures as SVG and PNG, and the
    results as CDISC Analysis Results Standard 1.0 JSON (ars.json). The same datasets give the same bytes.
    Exit codes: 0 written; 2 wrong displays, or datasets that they cannot be made of (nothing is written).
    """

    def work() -> int:
        from ..analyzing import write_displays

        return write_displays(study, out)

    guarded(work)
