"""Drafts of small raw folders, and edits of drafted files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cdisc_itp.drafting.draft import Draft, init_study
from cdisc_itp.model.issue import SpecError, SpecProblem
from cdisc_itp.spec.study import load_study
from cdisc_itp.spec.yaml import read_yaml


def drafted(files: dict[str, str], tmp_path: Path) -> Draft:
    """The draft of raw files, given by path and text."""
    for name, text in files.items():
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return init_study(tmp_path / "study", tmp_path / "raw")


def node(draft: Draft, name: str) -> Any:
    """A file of a draft as the strict loader reads it."""
    problems: list[SpecProblem] = []
    found = read_yaml(draft.folder / name, name, problems)
    assert problems == []
    return found


def line_of(draft: Draft, name: str, start: str) -> str:
    """The one line of a file that begins so."""
    (found,) = [line.strip() for line in draft.files[name].splitlines() if line.strip().startswith(start)]
    return found


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, (name, old, text.count(old))
    (folder / name).write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def problems_of(folder: Path) -> list[str]:
    """What `cdisc-itp spec check` says of a folder."""
    try:
        load_study(folder)
    except SpecError as error:
        return [str(p) for p in error.problems]
    return []
