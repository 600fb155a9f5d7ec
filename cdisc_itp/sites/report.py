"""The survey of sources printed, or written to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

from ..writers.sites_html import render_sites_html
from ..writers.sites_json import render_sites_json
from .survey import survey_study
from .text import WIDTH, render_sites_text

Report = Literal["text", "json", "html"]


def report_sites(study: Path, raw: Path, report: Report = "text", out: Path | None = None) -> int:
    """Survey a study's sources and print the report, or write it to ``out``; the same bytes for the same input.

    Exit code 0, whatever was found. Raises SpecError, ReadError (exit code 2) or OSError as `survey_study` does.
    """
    text = render_report(survey_study(study, raw), report)
    if out is not None:
        out.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return 0


def render_report(document: dict[str, Any], report: Report) -> str:
    """The report as text."""
    if report == "text":
        return render_sites_text(document, WIDTH)
    return render_sites_json(document) if report == "json" else render_sites_html(document)
