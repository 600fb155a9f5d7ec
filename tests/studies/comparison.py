"""Built datasets against CSV that others made: an outer join on keys, then cell by cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cdisc_itp.model.column import decoded, is_numeric
from cdisc_itp.spec.study import Study

Cell = float | str | None
Record = dict[str, Cell]
NO_RECORD = "no such record"


@dataclass(frozen=True)
class Difference:
    """One cell: the record's keys, the variable, what was built and what was published."""

    keys: tuple[Cell, ...]
    variable: str
    built: Cell
    published: Cell


@dataclass(frozen=True)
class Comparison:
    """Cells that were compared, keys among them, and those that differ.

    A record that only one side has counts with every one of its cells.
    """

    records: int
    cells: int
    different: tuple[Difference, ...]

    def differing(self) -> dict[str, int]:
        """Number of differing cells by variable."""
        return dict(Counter(d.variable for d in self.different))


def read_published(path: Path, numeric: set[str]) -> tuple[list[str], list[Record]]:
    """Header and records of a CSV; cells of ``numeric`` variables as numbers, an empty cell as None."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = frame.to_dict("records")
    return list(frame), [{k: _cell(v, str(k) in numeric) for k, v in r.items()} for r in rows]


def _cell(text: str, numeric: bool) -> Cell:
    if text == "":
        return None
    return float(text) if numeric else text


def built_records(frame: pd.DataFrame) -> list[Record]:
    """The records of a built dataset."""
    columns: dict[str, list[Any]] = {str(c): decoded(frame[c].array).tolist() for c in frame}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def numeric_variables(frame: pd.DataFrame) -> set[str]:
    """Variables that hold numbers."""
    return {str(c) for c in frame if is_numeric(frame[c].array)}


def compare(
    frame: pd.DataFrame, path: Path, keys: list[str], leave_out: set[str] | None = None, then: list[str] | None = None
) -> Comparison:
    """Every variable of a published dataset but those of ``leave_out``, against what was built.

    Records with equal keys are numbered in the order of ``then`` on either side, so that each is compared once;
    without ``then`` two records with equal keys are an error of the test.
    """
    header, published = read_published(path, numeric_variables(frame))
    variables = [v for v in header if v not in (leave_out or set())]
    assert set(variables) <= set(frame), f"{path.name}: not built: {sorted(set(variables) - set(frame))}"
    ours = _numbered(built_records(frame), keys, then)
    theirs = _numbered(published, keys, then)
    found: list[Difference] = []
    every = sorted({*ours, *theirs}, key=repr)
    for key in every:
        a, b = ours.get(key), theirs.get(key)
        for v in variables:
            left, right = (NO_RECORD if r is None else r[v] for r in (a, b))
            if left != right:
                found.append(Difference(key[:-1], v, left, right))
    return Comparison(len(every), len(every) * len(variables), tuple(found))


def _numbered(records: list[Record], keys: list[str], then: list[str] | None) -> dict[tuple[Cell, ...], Record]:
    """Records by their keys and their number among those with the same keys."""
    out: dict[tuple[Cell, ...], Record] = {}
    seen: Counter[tuple[Cell, ...]] = Counter()
    for record in sorted(records, key=lambda r: tuple(str(r[v] or "") for v in then or ())):
        key = tuple(record[k] for k in keys)
        assert then is not None or not seen[key], f"two records with the keys {key}"
        out[(*key, float(seen[key]))] = record
        seen[key] += 1
    return out


def assert_equal(frame: pd.DataFrame, path: Path) -> None:
    """The same variables in the same order, the same records in the same order, the same cells."""
    header, expected = read_published(path, numeric_variables(frame))
    assert list(frame) == header
    assert built_records(frame) == expected


def variables_made(study: Study) -> int:
    """Variables of the study that a line or a default makes; those that only stand there empty do not count."""
    builds = study.datasets.values()
    made = sum(bool(b.variables[v].steps) or v == "USUBJID" for b in builds for v in b.plan.names)
    return made + sum(len(b.spec.supplemental) for b in builds)


def lines_of(folder: Path, pattern: str) -> int:
    """Lines of a spec's files that are neither blank nor a comment."""
    lines = [line.strip() for path in sorted(folder.glob(pattern)) for line in path.read_text("utf-8").splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)
