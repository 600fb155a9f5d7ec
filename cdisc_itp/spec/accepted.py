"""accepted.csv: issues that stay, each with the study's reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..model.issue import SpecProblem
from .maps import read_table

COLUMNS = ("code", "dataset", "variable", "value", "source", "reason")


@dataclass(frozen=True)
class AcceptedLine:
    """One line; an empty cell speaks of every value."""

    code: str
    dataset: str
    variable: str
    value: str
    source: str
    reason: str
    line: int


def load_accepted(folder: Path, problems: list[SpecProblem]) -> tuple[AcceptedLine, ...]:
    """The lines of accepted.csv, none where there is no such file. SPEC118: wrong columns, no code, no reason."""
    path, name = folder / "accepted.csv", "accepted.csv"
    if not path.is_file():
        return ()
    table = read_table(path, name, problems)
    if table.columns and table.columns != COLUMNS:
        problems.append(SpecProblem(name, 1, "SPEC118", f"the columns are not {', '.join(COLUMNS)}"))
        return ()
    out = []
    for line, row in zip(table.lines, table.rows, strict=True):
        code, dataset, variable, value, source, reason = (c or "" for c in row)
        if not code or not reason:
            problems.append(SpecProblem(name, line, "SPEC118", "a line needs a code and a reason"))
        else:
            out.append(AcceptedLine(code, dataset, variable, value, source, reason, line))
    return tuple(out)
