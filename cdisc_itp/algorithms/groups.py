"""Words about a record among those of its subject and group: the first or last, its number, what came before it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from ..model.column import (
    Column,
    Mask,
    collect_numbers,
    distinct_tuples,
    numbers,
    present,
    take,
    text_column,
)
from ..model.where import Condition
from .ordering import Rows, places, precedence
from .registry import Algorithm, NumberRef, Records, Ref, algorithm, described
from .sequence import counted


@dataclass(frozen=True)
class Grouped(Algorithm):
    """Common to the words that order the records of a group.

    A group are the records of one subject that agree in ``by``; a missing value agrees with a missing one. Only
    records that meet ``where`` are asked and have a value. ``order`` names what orders them, those that
    ``descending`` names too in descending order; of equal records the dataset's order decides.
    """

    _: KW_ONLY
    by: tuple[Ref, ...] = ()
    order: tuple[Ref, ...] = ()
    descending: tuple[Ref, ...] = ()
    where: Condition | None = None
    scope = "dataset"
    ordered: ClassVar[bool] = True

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns and what the condition reads."""
        return tuple(dict.fromkeys([*super().reads, *(self.where.reads if self.where else ())]))

    def contradiction(self) -> str:
        """What is descending is part of the order."""
        wrong = next((r for r in self.descending if r not in self.order), None)
        return f"'{wrong}' is descending, and not in the order" if wrong else ""

    def asked(self, records: Records) -> Mask:
        """The records that are asked (n,): of a subject, where the condition holds."""
        mask = present(records.subjects())
        return mask & records.holds(self.where) if self.where is not None else mask

    def groups(self, records: Records) -> Rows:
        """The number of each record's group (n,)."""
        return np.asarray(distinct_tuples([records.subjects(), *(records[b] for b in self.by)])[0], np.int64)

    def sorted_rows(self, records: Records, mask: Mask, latest: bool = False) -> tuple[Rows, Rows]:
        """Records at a mask by group, the first (with ``latest`` the last) of each at its start; and their groups."""
        rows, group = np.flatnonzero(mask), self.groups(records)
        place = places(records.order())
        columns = [records[r] for r in self.order]
        keys = precedence(columns, [r in self.descending for r in self.order], latest)
        keys.append(-place if latest else place)
        rows = rows[np.lexsort([*(k[rows] for k in reversed(keys)), group[rows]])]
        return rows, group[rows]

    def listed(self, records: Records, record: int) -> list[int]:
        """The records that are asked in the group of one of them, in order."""
        mask = self.asked(records)
        group = self.groups(records)
        return [int(i) for i in self.sorted_rows(records, mask & (group == group[record]))[0]]

    def _by(self) -> str:
        order = [f"{r} descending" if r in self.descending else str(r) for r in self.order]
        ordered = f" by {', '.join(order)}" if order else " in the dataset's order"
        return f"{ordered}, within subject{''.join(f', {b}' for b in self.by)}{described(self.where)}"


@algorithm
class Extreme(Grouped):
    """One text (``then``, Y where it is not said) on the first or last record within subject and ``by``.

    Records that meet ``where`` are asked. They are ordered by ``order``, of which those that ``descending`` names
    too run from large to small; a record without a value of one of them loses against those that have one. Of equal
    records the first (last) in the dataset's order. No value elsewhere, or ``otherwise`` on the other records that
    are asked. The record that was chosen is lineage of every record of its group. Serves baseline, analysis and
    occurrence flags (ABLFL, ANL01FL, AOCCFL), the worst and the best record.

    >>> Extreme("last", order=(Ref("ADT"),), by=(Ref("PARAMCD"),)).describe()
    'Y on the last record by ADT, within subject, PARAMCD; of equal records the last in order.'
    """

    record: Literal["first", "last"]
    _: KW_ONLY
    then: str = "Y"
    otherwise: str | None = None

    def apply(self, records: Records) -> Column:
        """The texts."""
        mask = self.asked(records)
        rows, group = self.sorted_rows(records, mask, latest=self.record == "last")
        start = _starts(group)
        chosen = np.full(records.n, -1, np.int64)
        chosen[rows] = rows[np.maximum.accumulate(np.where(start, np.arange(len(rows)), 0))] if len(rows) else rows
        if records.name:
            records.link(records.name, chosen)
        names = list(dict.fromkeys([self.then, self.otherwise or self.then]))
        other = -1 if self.otherwise is None else names.index(self.otherwise)
        code = np.where(mask, other, -1)
        code[rows[start]] = 0
        return text_column(code, names)

    def describe(self) -> str:
        """The method in a sentence."""
        others = f"; {self.otherwise} on the others" if self.otherwise is not None else ""
        return (
            f"{self.then} on the {self.record} record{self._by()}; of equal records the {self.record} in order{others}."
        )


def _starts(group: Rows) -> Mask:
    """Where a run of equal entries begins."""
    start = np.ones(len(group), bool)
    start[1:] = group[1:] != group[:-1]
    return start


@algorithm
class NumberInGroup(Grouped):
    """Number of the record, from 1, within its subject and the variables that are named.

    ``order``, ``descending`` and ``where`` as for ``extreme``. With ``ties`` same, records that are equal in
    ``order`` have the same number, and the next one follows it (1, 1, 2).

    >>> NumberInGroup((Ref("PARAMCD"),), order=(Ref("ADT"),)).describe()
    'Number of the record by ADT, within subject, PARAMCD.'
    """

    by: tuple[Ref, ...]
    _: KW_ONLY
    ties: Literal["apart", "same"] = "apart"
    numeric = True

    def apply(self, records: Records) -> Column:
        """Numbers 1, 2, 3, ... without gaps."""
        rows, group = self.sorted_rows(records, self.asked(records))
        number = counted(group.astype(np.int32)).astype(np.float64) + 1
        if self.ties == "same" and len(rows):
            level = group
            if self.order:
                level = np.asarray(distinct_tuples([records[r] for r in self.order])[0], np.int64)[rows]
            new = _starts(group) | _starts(level)
            total = np.cumsum(new)
            first = np.maximum.accumulate(np.where(_starts(group), total, 0))
            number = np.asarray(total - first + 1, np.float64)
        out = np.full(records.n, np.nan)
        out[rows] = number
        return collect_numbers(out)

    def describe(self) -> str:
        """The method in a sentence."""
        ties = "; equal records have one number" if self.ties == "same" else ""
        return f"Number of the record{self._by()}{ties}."


class Neighbour(Grouped):
    """Common to the words that take a value of the record before or after."""

    source: Ref
    after: ClassVar[bool] = False

    def neighbours(self, records: Records) -> Rows:
        """The record before (after) each one in its group that has a value (n,), -1 where there is none."""
        asked = self.asked(records)
        rows, group = self.sorted_rows(records, asked)
        if self.after:
            rows, group = rows[::-1], group[::-1]
        valued = present(records[self.source])[rows]
        at = np.arange(len(rows))
        # The last one with a value up to each place, then moved by one place.
        last = np.maximum.accumulate(np.where(valued, at, -1)) if len(rows) else at
        before = np.concatenate([[-1], last[:-1]]) if len(rows) else at
        fits = (before >= 0) & (group[np.maximum(before, 0)] == group) if len(rows) else before >= 0
        out = np.full(records.n, -1, np.int64)
        out[rows] = np.where(fits, rows[np.maximum(before, 0)], -1)
        return out

    def apply(self, records: Records) -> Column:
        """The value of that record."""
        taken = self.neighbours(records)
        if records.name:
            records.link(records.name, taken)
        return take(records[self.source], taken)


@algorithm
class ValueOfPrevious(Neighbour):
    """The value of the record before this one that has a value, within subject and ``by``.

    ``order``, ``descending`` and ``where`` as for ``extreme``.

    >>> ValueOfPrevious(Ref("AVAL"), by=(Ref("PARAMCD"),), order=(Ref("ADT"),)).describe()
    'AVAL of the record before with a value by ADT, within subject, PARAMCD.'
    """

    source: Ref

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.source} of the record before with a value{self._by()}."


@algorithm
class ValueOfNext(Neighbour):
    """The value of the record after this one that has a value, within subject and ``by``.

    ``order``, ``descending`` and ``where`` as for ``extreme``.

    >>> ValueOfNext(Ref("ASTDT"), order=(Ref("ASTDT"),)).describe()
    'ASTDT of the record after with a value by ASTDT, within subject.'
    """

    source: Ref
    after = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.source} of the record after with a value{self._by()}."


@algorithm
class GreaterThanPrevious(Neighbour):
    """Y where a number is greater than that of the record before with a value, within subject and ``by``.

    Such as a raised dose. ``order``, ``descending`` and ``where`` as for ``extreme``. ``otherwise`` (such as N) where
    it is not greater, and on the first record; no value where the number is missing.

    >>> GreaterThanPrevious(NumberRef("CMDOSE"), by=(Ref("CMTRT"),), order=(Ref("ASTDT"),)).describe()
    'Y where CMDOSE is greater than on the record before with a value by ASTDT, within subject, CMTRT.'
    """

    source: NumberRef
    _: KW_ONLY
    otherwise: str | None = None

    def apply(self, records: Records) -> Column:
        """Y, ``otherwise`` or no value."""
        taken = self.neighbours(records)
        if records.name:
            records.link(records.name, taken)
        value: Any = records[self.source]
        ours, before = numbers(value), numbers(take(value, taken))
        asked = self.asked(records) & ~np.isnan(ours)
        code = np.where(ours > before, 0, np.where(asked & (self.otherwise is not None), 1, -1))
        return text_column(code, ["Y", self.otherwise or "N"])

    def describe(self) -> str:
        """The method in a sentence."""
        said = f"Y where {self.source} is greater than on the record before with a value{self._by()}"
        return f"{said}; {self.otherwise} elsewhere." if self.otherwise else f"{said}."
