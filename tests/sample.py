"""Records for trying words out: columns of plain Python values, kernels applied in the plainest way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from cdisc_itp.algorithms.registry import Algorithm
from cdisc_itp.model.codelist import Codelist, Term
from cdisc_itp.model.column import Column, collect_numbers, collect_text, decoded, is_numeric
from cdisc_itp.model.where import Condition

Value = str | float | None
Values = Sequence[Value]


@dataclass
class Table:
    """A table of maps/: rows of cells by column."""

    cells: dict[str, list[str | None]]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.cells)

    def column(self, name: str) -> list[str | None]:
        return self.cells[name]

    def __len__(self) -> int:
        return len(next(iter(self.cells.values())))


def table(text: str) -> Table:
    """A table from lines of cells; an empty cell is None."""
    rows = [[c.strip() or None for c in line.split(",")] for line in text.strip().split("\n")]
    return Table({str(name): [r[i] for r in rows[1:]] for i, name in enumerate(rows[0])})


def codelist(name: str, *terms: str, extensible: bool = False, **decodes: str) -> Codelist:
    named = (Term(t, decodes.get(t)) for t in (*terms, *(d for d in decodes if d not in terms)))
    return Codelist(name, name, "C1", extensible, tuple(named))


def column_of(values: Values) -> Column:
    if any(isinstance(v, float | int) for v in values):
        return collect_numbers([np.nan if v is None else float(v) for v in values])
    return collect_text([None if v is None else str(v) for v in values])


@dataclass(eq=False)
class Sample:
    """Records (or form rows) as `algorithms.registry.Records` says; ``issues`` collects rows by code."""

    values: Mapping[str, Values]
    tables: dict[str, Table] = field(default_factory=dict)
    codelists: dict[str, Codelist] = field(default_factory=dict)
    others: dict[str, Sample] = field(default_factory=dict)
    source: str | None = None
    kind: str = "text"
    target: str = ""
    study: str = "TINY"
    name: str = ""
    places: Sequence[int] | None = None
    issues: dict[str, list[int]] = field(default_factory=dict)
    links: dict[str, list[int]] = field(default_factory=dict)
    decided: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(next(iter(self.values.values())))

    def __getitem__(self, ref: str) -> Column:
        return column_of(self.values[ref])

    def has(self, ref: str) -> bool:
        return ref in self.values

    def each(self, kernel: Any, *refs: str) -> Column:
        rows = list(zip(*(decoded(self[r]).tolist() for r in refs), strict=True))
        distinct = list(dict.fromkeys(rows))
        kinds = [pa.float64() if is_numeric(self[r]) else pa.large_string() for r in refs]
        arrays = [pa.array([d[i] for d in distinct], kind) for i, kind in enumerate(kinds)]
        out, problems = kernel(*arrays)
        assert len(out) == len(distinct)
        for key, mask in problems.items():
            code, *at = key if isinstance(key, tuple) else (key, 0)
            assert all(i in range(len(refs)) for i in at)
            self.issue(code, np.array([mask[distinct.index(r)] for r in rows], bool))
        made = out.to_pylist()
        return column_of([made[distinct.index(r)] for r in rows])

    def each_raw(self, kernel: Any, *columns: str) -> Column:
        return self.each(kernel, *columns)

    def issue(self, code: str, mask: Any, ref: str | None = None, detail: str = "") -> None:
        if np.any(mask):
            self.issues.setdefault(code, []).extend(np.flatnonzero(mask).tolist())

    def table(self, name: str) -> Table:
        return self.tables[name]

    def codelist(self, name: str | None = None) -> Codelist | None:
        return self.codelists.get(name or self.target)

    def holds(self, condition: Condition) -> Any:
        """Equality only: what other comparisons mean is tried elsewhere."""
        out = np.zeros(self.n, bool)
        for clause in condition.clauses:
            rows = [[shown(v) in c.values for v in self.values[c.ref]] for c in clause.comparisons]
            out |= np.all(rows, axis=0)
        return out

    def order(self) -> Any:
        return np.arange(self.n) if self.places is None else np.argsort(np.asarray(self.places), kind="stable")

    def subjects(self) -> Column:
        return self["USUBJID"]

    def other(self, name: str) -> Sample:
        return self.others[name]

    def link(self, name: str, rows: Any) -> None:
        self.links[name] = rows.tolist()

    def taken(self, variable: str) -> dict[str, Any]:
        return {place: np.array(rows) for place, rows in self.decided.get(variable, {}).items()}


def shown(value: Value) -> str | None:
    return f"{value:g}" if isinstance(value, float | int) else value


def made(word: Algorithm, records: Sample) -> list[Value]:
    """What a word makes, one value a record."""
    return [None if v is None else v for v in decoded(word.apply(records)).tolist()]  # type: ignore[arg-type]
