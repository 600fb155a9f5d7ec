"""The folder of an analysis: tables, figures, the results as data, a page of all of it, and a list of its files."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from ...model.display import Report
from .ars import render_ars
from .docx import render_docx
from .figures import render_figures
from .html import render_display_page, render_index_page

FOLDER = "analysis"


def write_report(
    out: Path, report: Report, created: datetime, advance: Callable[[str], None], datasets: Mapping[str, str]
) -> Path:
    """Write OUT/analysis anew; the folder appears when all of it is written. Returns it.

    ``advance`` is told the caption of each display that is begun; ``datasets`` are the hashes of the transport files
    that it was made of, by name.
    """
    folder, staging = out / FOLDER, out / f".{FOLDER}.staging"
    shutil.rmtree(staging, ignore_errors=True)
    for part in ("tables", "figures"):
        (staging / part).mkdir(parents=True)
    for display in report.displays:
        advance(display.caption)
        figures = render_figures(display, report.notice)
        for name, data in figures.items():
            (staging / "figures" / name).write_bytes(data)
        pictures = [data for name, data in figures.items() if name.endswith(".png")]
        (staging / "tables" / f"{display.id}.html").write_text(render_display_page(report, display), "utf-8")
        (staging / "tables" / f"{display.id}.docx").write_bytes(render_docx(report, display, created, pictures))
    (staging / "ars.json").write_text(render_ars(report), "utf-8")
    (staging / "index.html").write_text(render_index_page(report), "utf-8")
    _write_manifest(staging, datasets)
    shutil.rmtree(folder, ignore_errors=True)
    staging.rename(folder)
    return folder


def _write_manifest(staging: Path, datasets: Mapping[str, str]) -> None:
    """What was written, and of which datasets, with hashes; paths are from the output folder on."""
    files = sorted(p for p in staging.rglob("*") if p.is_file())
    names = (f"{FOLDER}/{p.relative_to(staging).as_posix()}" for p in files)
    hashes = {name: hashlib.sha256(p.read_bytes()).hexdigest() for name, p in zip(names, files, strict=True)}
    text = json.dumps({"datasets": dict(datasets), "files": hashes}, indent=1, sort_keys=True)
    (staging / "manifest.json").write_text(f"{text}\n", "utf-8")
