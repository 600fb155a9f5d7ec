"""The rows of maps/ that a line of the spec used, and what a conversion computed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa

from ..algorithms.columns import Column as RawWord
from ..algorithms.maps import folded, key_column
from ..algorithms.numbers import StandardResult
from ..algorithms.registry import Algorithm
from ..algorithms.toxicity import ToxicityWord
from ..algorithms.visit import Window
from ..spec.study import Study
from .trace import Member, RawCell

Values = dict[str, str | None]


class TableRows:
    """Finds the rows of a study's maps and tables."""

    def __init__(self, study: Study) -> None:
        self.files = study.files
        self._rows: dict[str, list[Member]] = {}
        self._recoded: dict[tuple[str, str | None, str | None], list[Member]] = {}

    def read_by(self, word: Algorithm, said: Values, value: str | None, source: str | None = None) -> list[Member]:
        """The rows that speak of what a line read (``said``, by the names that it reads) and of its value."""
        found: list[Member] = []
        for name in word.tables:
            table = self.files.tables.get(name)
            if table is None:
                continue
            used = word.rows_used(table, said)
            if used is not None:
                found += [self.rows(name)[i] for i in used]
                continue
            if {"test", "unit", "factor"} <= set(table.columns):
                wanted = {k: said.get(str(getattr(word, k))) for k in ("test", "unit")}
            elif isinstance(word, ToxicityWord):
                wanted = {"test": said.get(str(word.test))}
            elif "epoch" in table.columns:
                wanted = {"epoch": value}
            elif isinstance(word, Window):
                wanted = {word.to or table.columns[0]: value}
            else:
                found += self.recoded(name, next(iter(said.values()), None), source)
                continue
            rows = self.rows(name) if value is not None else []
            found += [m for m in rows if all(_alike(m.values[k], w) for k, w in wanted.items())]
        return found

    def of_cells(self, word: RawWord, cells: tuple[RawCell, ...], source: str) -> Iterator[Member]:
        """The rows of its map that a word of a source file used for raw texts."""
        for cell in cells if word.map else ():
            text = word.in_full(pa.array([cell.text], pa.large_string()))[0].to_pylist()[0]
            yield from self.recoded(str(word.map), text, source)

    def recoded(self, name: str, text: str | None, source: str | None) -> list[Member]:
        """The rows of a map for a text: as it is before without regard to case, of the source before general ones."""
        key = (name, text, source)
        if text is not None and key not in self._recoded:
            column = key_column(self.files.tables[name].columns)
            like = [m for m in self.rows(name) if _alike(m.values[column], text)]
            exact = [m for m in like if m.values[column] == text]
            scoped = [
                [m for m in rows if m.values.get("source") == s] for rows in (exact, like) for s in (source, None)
            ]
            self._recoded[key] = next(filter(None, scoped), [])
        return self._recoded.get(key, [])

    def rows(self, name: str) -> list[Member]:
        """The rows of a table as members; general rows without their empty ``source``."""
        if name not in self._rows:
            table, file = self.files.tables[name], self.files.places.get(f"map {name}", (name, 0))[0]
            rows = [dict(zip(table.columns, cells, strict=True)) for cells in table.rows]
            said = [{k: v for k, v in row.items() if v is not None or k != "source"} for row in rows]
            self._rows[name] = [
                Member(f"{file} line {line}", row, taken=True) for line, row in zip(table.lines, said, strict=True)
            ]
        return self._rows[name]


def _alike(a: str | None, b: str | None) -> bool:
    return folded(a or "") == folded(b or "")


def arithmetic(word: Algorithm, said: Values, members: tuple[Member, ...], value: str | None) -> str:
    """What a conversion computed, exactly; nothing where the digits stay as they are.

    >>> from ..algorithms.registry import MapName, Ref
    >>> word = StandardResult(Ref("r"), Ref("t"), Ref("u"), MapName("m"))
    >>> row = Member("m.csv line 2", {"factor": "88.42", "decimals": "0"})
    >>> arithmetic(word, {"r": "<0.68"}, (row,), "<60")
    '0.68 * 88.42 = 60.1256, rounded to 0 decimals'
    """
    if not isinstance(word, StandardResult) or len(members) != 1 or value is None:
        return ""
    row, text = members[0].values, said.get(str(word.result)) or ""
    number, factor, offset = text.lstrip("<>= "), Decimal(row["factor"] or "1"), Decimal(row.get("offset") or "0")
    if (factor == 1 and not offset) or not any(c.isdigit() for c in number):
        return ""
    summed = f"({number} {'-' if offset < 0 else '+'} {abs(offset)})" if offset else number
    exact = (Decimal(number) + offset) * factor
    return f"{summed} * {factor} = {exact.normalize():f}, rounded to {row['decimals'] or 0} decimals"
