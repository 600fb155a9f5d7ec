"""Records of one ODM item group: kept by column as they are read, changed and removed as transactions say."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..model.column import Column, Mask, Rows, text_column
from .xml_stream import XmlStream

Key = tuple[str, str | None]
"""OID (or key) and repeat key of one level."""
Path = tuple[Key, ...]
"""Subject, study event, form and item group, outermost first; the first part holds study and subject."""
Place = tuple[int, int]
"""Line of an ItemGroupData, and which one of its item group it is in the file, both 1-based."""
Order = npt.NDArray[np.int32]

CHANGED = "changed by a later transaction"
REMOVED = "removed by a later transaction"
REMOVAL = "removal of a record"
CONTEXT = "resent as context only"
REPLACED = "values replaced by later transactions"
ABSENT = "changes and removals of records that the file does not hold"


class TextCells:
    """One text, or none, of each of a growing number of rows: codes into the distinct texts."""

    def __init__(self) -> None:
        self.codes = array("i")
        self._table: dict[str, int] = {}

    def put(self, row: int, text: str | None) -> None:
        """Set the text of a row; rows before it that were never set have none."""
        code = self._table.setdefault(text, len(self._table)) if text else -1
        gap = row - len(self.codes)
        if gap < 0:
            self.codes[row] = code
            return
        if gap:
            self.codes.frombytes(b"\xff" * (gap * self.codes.itemsize))
        self.codes.append(code)

    def code(self, row: int) -> int:
        """Code of the row's text, -1 where it has none."""
        return self.codes[row] if row < len(self.codes) else -1

    def texts(self, n: int) -> list[str | None]:
        """The text of each of the first n rows."""
        known = [*self._table, None]
        return [known[self.code(row)] for row in range(n)]

    def column(self, order: Order) -> Column:
        """Column of the rows of ``order`` (n,), with the texts that occur in it."""
        codes = np.full(int(order.max(initial=-1)) + 1, -1, np.int32)
        known = np.frombuffer(self.codes, np.int32)[: len(codes)] if self.codes else codes[:0]
        codes[: len(known)] = known
        taken = codes[order]
        seen = np.zeros(len(self._table) + 1, bool)
        seen[taken] = True
        new = np.full(len(seen), -1, np.int32)
        new[:-1][seen[:-1]] = np.arange(seen[:-1].sum(), dtype=np.int32)
        texts = [text for text, kept in zip(self._table, seen[:-1], strict=True) if kept]
        return text_column(new[taken], texts)


class ContextRows:
    """Rows of one level (subjects, study events ...): the row of the level above, and the attributes."""

    def __init__(self) -> None:
        self.parents = array("i")
        self.cells: dict[str, TextCells] = {}

    def add(self, parent: int, values: dict[str, str]) -> int:
        """Number of the new row."""
        row = len(self.parents)
        self.parents.append(parent)
        for name, value in values.items():
            self.put(row, name, value)
        return row

    def put(self, row: int, name: str, value: str) -> None:
        """Set an attribute of a row."""
        self.cells.setdefault(name, TextCells()).put(row, value)

    def texts(self, name: str) -> list[str | None]:
        """An attribute of every row."""
        return self.cells.get(name, TextCells()).texts(len(self.parents))


class Records:
    """The records; a record that is changed keeps its place among them, and takes the line of the change.

    ``paths`` gives the keys of every record so far; it is only asked where a transaction looks a record up.
    """

    def __init__(self, stream: XmlStream, paths: Callable[[], Iterator[Path]]) -> None:
        self._stream = stream
        self._limits = stream.limits
        self._paths = paths
        self.forms = array("i")
        self.lines = array("q")
        self.numbers = array("q")
        self.repeat_keys = TextCells()
        self.items: dict[str, TextCells] = {}
        self.units: dict[str, TextCells] = {}
        self.skipped: dict[str, list[Place]] = {}
        self.counts: Counter[str] = Counter()
        self._removed: set[int] = set()
        self._tree: dict[Any, Any] | None = None

    def add(self, form: int, path: Path, place: Place) -> int:
        """A new record, of a row of the forms."""
        row = len(self.forms)
        self._check_cells(row + 1, len(self.items))
        self.forms.append(form)
        self.lines.append(place[0])
        self.numbers.append(place[1])
        if path[-1][1] is not None:
            self.repeat_keys.put(row, path[-1][1])
        if self._tree is not None:
            _leaf(self._tree, path).append(row)
        return row

    def find(self, path: Path) -> int | None:
        """The last record with these keys."""
        node: Any = self._index()
        for key in path:
            node = node.get(key)
            if node is None:
                return None
        return int(node[-1])

    def touch(self, row: int, place: Place) -> None:
        """A later ItemGroupData changes the record: it is the record's place from now on."""
        self.skip(CHANGED, (self.lines[row], self.numbers[row]))
        self.lines[row], self.numbers[row] = place

    def remove(self, path: Path) -> int:
        """Remove every record whose keys begin with ``path``; how many there were."""
        node: Any = self._index()
        for key in path[:-1]:
            node = node.get(key, {})
        found = list(_rows_below(node.pop(path[-1], {})))
        for row in found:
            self._removed.add(row)
            self.skip(REMOVED, (self.lines[row], self.numbers[row]))
        return len(found)

    def skip(self, reason: str, place: Place) -> None:
        """Count an ItemGroupData that is no record."""
        self.skipped.setdefault(reason, []).append(place)

    def put(self, row: int, item: str, value: str | None) -> None:
        """Set an item of a record."""
        cells = self.items.get(item)
        if cells is None:
            cells = self.items[item] = TextCells()
            self._check_cells(len(self.forms), len(self.items))
        before = cells.code(row)
        cells.put(row, value)
        if before >= 0 and before != cells.codes[row]:
            self.counts[REPLACED] += 1

    def holds(self, row: int, item: str) -> bool:
        """Whether the record has a value of the item."""
        return item in self.items and self.items[item].code(row) >= 0

    def put_unit(self, row: int, item: str, unit: str | None) -> None:
        """Set the unit (its OID) of an item of a record."""
        self.units.setdefault(item, TextCells()).put(row, unit)

    def live(self) -> Order:
        """Numbers (n,) of the records that were not removed."""
        keep: Mask = np.ones(len(self.forms), bool)
        keep[list(self._removed)] = False
        return np.flatnonzero(keep).astype(np.int32)

    def places(self, live: Order) -> tuple[Rows, dict[str, tuple[int, ...]], bool]:
        """Place of each record, those skipped by reason, and whether lines tell the records apart.

        Where they do not (a file written in one line), a place is the number of the ItemGroupData in the file.
        """
        lines, numbers = np.asarray(self.lines, np.int64), np.asarray(self.numbers, np.int64)
        every = [*lines.tolist(), *(line for found in self.skipped.values() for line, _ in found)]
        apart = len(set(every)) == len(every)
        chosen = (lines if apart else numbers)[live]
        skipped = {why: tuple(sorted(p[not apart] for p in found)) for why, found in self.skipped.items()}
        return chosen, skipped, apart

    def _check_cells(self, rows: int, columns: int) -> None:
        if columns > self._limits.columns:
            self._stream.refuse(f"{columns} items in an item group", self._limits.columns)
        if rows * columns > self._limits.odm_cells:
            self._stream.refuse(f"{rows} records x {columns} items", self._limits.odm_cells)

    def _index(self) -> dict[Any, Any]:
        """Records by keys; only made when a transaction asks for it, a snapshot needs none."""
        if self._tree is None:
            self._tree = {}
            for row, path in enumerate(self._paths()):
                _leaf(self._tree, path).append(row)
        return self._tree


def _leaf(tree: dict[Any, Any], path: Sequence[Any]) -> list[int]:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    rows: list[int] = tree.setdefault(path[-1], [])
    return rows


def _rows_below(node: Any) -> Iterator[int]:
    if isinstance(node, list):
        yield from node
    else:
        for child in node.values():
            yield from _rows_below(child)
