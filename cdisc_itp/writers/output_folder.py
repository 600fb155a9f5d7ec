"""The output folder: staged beside it, then swapped in, so that a killed run leaves the previous output whole."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from ..model.issue import UserError

MARK = "run/run.json"
TOOL = "cdisc-itp"


class OutputError(UserError):
    """A folder that may not be replaced (exit code 2)."""


class OutputFolder:
    """``out`` is replaced only when everything is written; ``staging`` is where to write until then."""

    def __init__(self, out: Path) -> None:
        self.out = out.absolute()
        self.staging = self.out.parent / f".{self.out.name}.staging"
        self.aside = self.out.parent / f".{self.out.name}.old"

    def prepare(self, partial: bool) -> Path:
        """Repair what a killed run left, refuse what is not ours, and give an empty staging folder."""
        self._repair()
        self.check(partial)
        self.staging.mkdir(parents=True)
        (self.staging / "run").mkdir()
        return self.staging

    def _repair(self) -> None:
        if self.aside.exists() and not self.out.exists():
            self.aside.rename(self.out)
        for leftover in (self.staging, self.aside):
            if leftover.exists():
                shutil.rmtree(leftover)

    def check(self, partial: bool) -> None:
        """OutputError where ``out`` holds something that is not an output of ours, or is complete and this is not."""
        if not self.out.exists():
            return
        if not self.out.is_dir():
            raise OutputError(f"{self.out.name} is a file, not a folder - give another --out")
        if not any(self.out.iterdir()):
            return
        found = _run_of(self.out)
        if found is None:
            raise OutputError(f"{self.out.name} holds files that cdisc-itp did not write - give another --out")
        if partial and not found.get("partial", False):
            raise OutputError(f"{self.out.name} holds a complete output; --select and --source need another --out")

    def swap(self) -> None:
        """The old output aside, the new one in, the old one away."""
        _sync(self.staging)
        if self.out.exists():
            self.out.rename(self.aside)
        self.staging.rename(self.out)
        if self.aside.exists():
            shutil.rmtree(self.aside)

    def discard(self) -> None:
        """Remove what was staged."""
        if self.staging.exists():
            shutil.rmtree(self.staging)


def _run_of(out: Path) -> dict[str, object] | None:
    try:
        found = json.loads((out / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("tool") == TOOL else None


def _sync(folder: Path) -> None:
    """Files are on the disk before the folder takes its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
