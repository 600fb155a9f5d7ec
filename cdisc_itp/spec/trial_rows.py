"""Rows of the tables that the trial design datasets are made from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from ..model.issue import SpecProblem

Cells = Mapping[str, str | None]


class Row(Struct, frozen=True):
    """One row: the line of the file, the cells of variables, and those that are the spec's own."""

    line: int
    cells: Cells
    own: Cells = field(default_factory=dict)

    def having(self, **cells: str | None) -> Row:
        """The row with these cells, too."""
        return replace(self, cells={**self.cells, **cells})


class Rows(Struct, frozen=True):
    """The rows of one dataset's table, its file, and the problems found so far."""

    dataset: str
    file: str
    rows: tuple[Row, ...]
    problems: list[SpecProblem]

    def fail(self, row: Row | None, code: str, message: str, hint: str = "") -> None:
        """Append a problem of a row (None: of the table's header)."""
        self.problems.append(SpecProblem(self.file, row.line if row else 1, code, f"{self.dataset}: {message}", hint))
