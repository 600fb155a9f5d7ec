"""The output folder: staged beside it, then swapped in, so that a killed run leaves the previous output whole."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import Any

from ..model.issue import UserError

RUN, MANIFEST = "run/run.json", "run/manifest.json"
# What `analyze` has written into an output, which the next conversion replaces with the rest.
ANALYSIS = "analysis/manifest.json"
TOOL = "cdisc-itp"
# What file browsers and spreadsheets leave in a folder that they show.
PASSING = (".DS_Store", "Thumbs.db", "desktop.ini")


class OutputError(UserError):
    """A folder that may not be replaced (exit code 2)."""


class OutputFolder:
    """``out`` is replaced only when everything is written; ``staging`` is where to write until then.

    Both folders beside ``out`` carry this program's name, so that whatever is found there is its own.
    """

    def __init__(self, out: Path) -> None:
        self.out = out.absolute()
        self.staging = self.out.parent / f".{self.out.name}.{TOOL}-staging"
        self.aside = self.out.parent / f".{self.out.name}.{TOOL}-previous"
        self._lock: int | None = None
        self._parents: list[Path] = []

    def prepare(self, partial: bool) -> None:
        """Repair what a killed run left, refuse what is not ours, and make an empty staging folder.

        OutputError as `check`, and where another run is writing the same output.
        """
        self._repair()
        self.check(partial)
        self._parents = [p for p in self.out.parents if not p.exists()]
        self.staging.mkdir(parents=True)
        self._lock = os.open(self.staging, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (self.staging / "run").mkdir()

    def _repair(self) -> None:
        """Put back the previous output where a run was killed between the renames; remove what was left over."""
        if self.staging.exists() and _is_locked(self.staging):
            raise OutputError(f"another run is writing {self.out.name} - wait for it, or give another --out")
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
        files = {p.relative_to(self.out).as_posix() for p in self.out.rglob("*") if p.is_file() or p.is_symlink()}
        if not any(self.out.iterdir()):
            return
        said = _document(self.out / RUN)
        if said.get("tool") != TOOL:
            raise OutputError(f"{self.out.name} holds files that {TOOL} did not write - give another --out")
        if partial and not said.get("partial", False):
            raise OutputError(f"{self.out.name} holds a complete output; --select and --source need another --out")
        known = {f for list_ in (MANIFEST, ANALYSIS) for f in _document(self.out / list_).get("files", ())}
        foreign = files - known - {RUN, MANIFEST, ANALYSIS}
        foreign = {f for f in foreign if f.rpartition("/")[2] not in PASSING}
        if foreign:
            shown = ", ".join(sorted(foreign)[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
            raise OutputError(
                f"{self.out.name} holds what {TOOL} did not write ({shown}) - move it, or give another --out"
            )

    def swap(self) -> None:
        """The old output aside, the new one in, the old one away."""
        _sync(self.staging)
        if self.out.exists():
            self.out.rename(self.aside)
        try:
            self.staging.rename(self.out)
        except BaseException:
            if self.aside.exists() and not self.out.exists():
                self.aside.rename(self.out)
            raise
        _sync_names(self.out.parent)
        if self.aside.exists():
            shutil.rmtree(self.aside)
        self._unlock()

    def discard(self) -> None:
        """Remove what was staged by this run, with the folders above that were made for it."""
        if self._lock is not None and self.staging.exists():
            shutil.rmtree(self.staging)
            with contextlib.suppress(OSError):
                for parent in self._parents:
                    parent.rmdir()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _is_locked(folder: Path) -> bool:
    """Whether a living run holds the folder; the lock of a killed one is gone with it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _document(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is none."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _sync(folder: Path) -> None:
    """Files are on the disk before the folder takes its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _sync_names(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
