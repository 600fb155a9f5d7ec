"""Collects every problem of one raw file, so that all are told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from ..model.issue import Place, ReadError, ReadProblem
from .limits import Limits


class Problems:
    """The problems of one file; beyond ``limit`` they are counted and no longer kept."""

    def __init__(self, file: str, limit: int, sheet: str | None = None) -> None:
        self.file = file
        self.sheet = sheet
        self.limit = limit
        self.kept: list[ReadProblem] = []
        self.count = 0

    def add(self, code: str, message: str, row: int | None = None, column: str | None = None, hint: str = "") -> None:
        """Note one problem; ``message`` never holds the cells of a row, they may identify a person."""
        self.count += 1
        if len(self.kept) < self.limit:
            self.kept.append(ReadProblem(code, message, Place(self.file, self.sheet, row, column), hint))

    def raise_any(self) -> None:
        """Raise ReadError with what was collected; READ019 tells how many more there are."""
        if not self.count:
            return
        more = self.count - len(self.kept)
        last = ReadProblem("READ019", f"{more} more problems are not shown", Place(self.file, self.sheet))
        raise ReadError([*self.kept, last] if more else self.kept)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Hint with the closest of the known names, or nothing.

    >>> did_you_mean("LBTST", ["LBTEST", "SUBJID"])
    "did you mean 'LBTEST'?"
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean '{close[0]}'?" if close else ""


def read_bytes(path: Path, problems: Problems, limits: Limits) -> bytes:
    """The file's bytes; raises ReadError where it cannot be opened (READ001) or is too large (READ007)."""
    try:
        size = path.stat().st_size
        if size <= limits.file_bytes:
            return path.read_bytes()
        problems.add("READ007", f"{size} bytes are more than the limit of {limits.file_bytes}")
    except OSError as error:
        problems.add("READ001", f"cannot be opened: {error.strerror}")
    problems.raise_any()
    raise AssertionError("unreachable")
