"""accepted.csv: issues that stay, each with the study's reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from ..model.catalogue import CATALOGUE
from ..model.catalogue_data import CONDITIONS, DATA
from ..model.issue import SpecProblem
from .maps import read_table
from .suggest import near

COLUMNS = ("code", "dataset", "variable", "value", "source", "reason")


class AcceptedLine(Struct, frozen=True):
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


def unknown_codes(lines: Iterable[AcceptedLine], rules: Collection[str] | None) -> Iterator[SpecProblem]:
    """SPEC121 for each code that no issue of a run can have.

    ``rules`` are the codes of the judges' rules; without them only codes of the catalogue are judged, and what
    begins like those of data.
    """
    of_data = {e.code for e in (*DATA, *CONDITIONS)}
    for line in lines:
        if line.code in of_data or line.code in (rules or ()):
            continue
        if line.code in CATALOGUE:
            message, hint = f"{line.code} is no issue of a run: it cannot be accepted", "mend what it says"
        elif rules is None and not line.code.startswith("DATA"):
            continue
        else:
            message = f"'{line.code}' is no code of an issue or rule"
            hint = near(line.code, sorted(of_data.union(rules or ())))
        yield SpecProblem("accepted.csv", line.line, "SPEC121", message, hint)
