"""Baseline values, change from baseline, and shift."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, Mask, codes_of, distinct_tuples, present, take
from .arithmetic import floats, rounded, settled
from .moments import as_numbers
from .ordering import Rows
from .registry import Algorithm, NumberRef, Problems, Records, Ref, algorithm
from .values import TEXT, as_text, join_texts


def flagged_rows(records: Records, flag: Ref, by: tuple[Ref, ...]) -> tuple[Rows, Mask]:
    """The one record with Y of each record's subject and ``by`` (n,), -1 where none or several; where several."""
    flags = records[flag]
    flagged = np.append(np.asarray([v == "Y" for v in flags.categories.tolist()], bool), False)[codes_of(flags)]
    columns = [records.subjects(), *(records[b] for b in by)]
    complete = np.logical_and.reduce([present(c) for c in columns])
    group, parts = distinct_tuples(columns)
    rows = np.flatnonzero(flagged & complete)
    count = np.bincount(group[rows], minlength=len(parts[0]))
    row = np.full(len(count), -1, np.int64)
    row[group[rows]] = rows
    row[count > 1] = -1
    return np.where(complete, row[group], -1), complete & (count[group] > 1)


@algorithm
class BaselineValue(Algorithm):
    """The value, a text or a number, of the record of the subject and ``by`` whose ``flag`` is Y.

    No value where there is no such record, or where something of ``by`` is missing. Issue DATA061: there are several.
    Serves BASE, BASEC, BNRIND, BTOXGR; with BASETYPE among ``by``, one baseline a type.

    >>> BaselineValue(Ref("AVAL"), Ref("ABLFL"), (Ref("PARAMCD"),)).describe()
    'AVAL of the record with ABLFL Y, by subject, PARAMCD.'
    """

    source: Ref
    flag: Ref
    by: tuple[Ref, ...] = ()
    scope = "dataset"

    def apply(self, records: Records) -> Column:
        """The baseline of each record."""
        rows, several = flagged_rows(records, self.flag, self.by)
        records.issue("DATA061", several, self.flag, f"{self.flag} Y by {', '.join(('subject', *self.by))}")
        if records.name:
            records.link(records.name, rows)
        return take(records[self.source], rows)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.source} of the record with {self.flag} Y, by subject{''.join(f', {b}' for b in self.by)}."


class _Change(Algorithm):
    """Common to change and percent change."""

    source: NumberRef
    from_: NumberRef
    decimals: int | None
    numeric = True

    def apply(self, records: Records) -> Column:
        """Numbers; none where a value is missing."""

        def kernel(value: Any, base: Any) -> tuple[Any, Problems]:
            with np.errstate(all="ignore"):
                found = self.computed(floats(value), floats(base))
            return as_numbers(rounded(settled(found), self.decimals)), {}

        return records.each(kernel, self.source, self.from_)

    def computed(self, value: Any, base: Any) -> Any:
        """The change of numbers (k,)."""
        raise AssertionError(f"{self.word} computes nothing")

    def contradiction(self) -> str:
        """Decimals that no number has."""
        wrong = self.decimals is not None and not 0 <= self.decimals <= 9
        return f"decimals {self.decimals} is not from 0 to 9" if wrong else ""

    def _places(self) -> str:
        return "" if self.decimals is None else f", rounded half up to {self.decimals} decimals"


@algorithm
class Change(_Change):
    """A number minus its baseline (CHG); no value where one of them is missing. ``decimals`` rounds half up.

    >>> Change(NumberRef("AVAL"), NumberRef("BASE")).describe()
    'AVAL minus BASE.'
    """

    source: NumberRef
    from_: NumberRef
    decimals: int | None = None

    def computed(self, value: Any, base: Any) -> Any:
        """The difference."""
        return value - base

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.source} minus {self.from_}{self._places()}."


@algorithm
class PercentChange(_Change):
    """A number minus its baseline in percent of the baseline's size (PCHG).

    No value where one of them is missing or the baseline is 0. ``decimals`` rounds half up.

    >>> PercentChange(NumberRef("AVAL"), NumberRef("BASE")).describe()
    '100 times (AVAL minus BASE) divided by the size of BASE; none where BASE is 0.'
    """

    source: NumberRef
    from_: NumberRef
    decimals: int | None = None

    def computed(self, value: Any, base: Any) -> Any:
        """The percentage."""
        return np.where(base == 0, np.nan, 100 * settled(value - base) / np.abs(base))

    def describe(self) -> str:
        """The method in a sentence."""
        divided = f"100 times ({self.source} minus {self.from_}) divided by the size of {self.from_}"
        return f"{divided}{self._places()}; none where {self.from_} is 0."


@algorithm
class Shift(Algorithm):
    """Two categories as one text: that of the baseline, ``divider`` (`` to ``), and that of the record (SHIFTy).

    Where one is missing there is no value, or ``missing`` stands for it; where both are there is none.

    >>> Shift(Ref("BNRIND"), Ref("ANRIND")).describe()
    "BNRIND, ' to ' and ANRIND; none where one is missing."
    """

    source: Ref
    to: Ref
    divider: str = " to "
    missing: str | None = None

    def apply(self, records: Records) -> Column:
        """Texts."""

        def kernel(base: Any, now: Any) -> tuple[Any, Problems]:
            texts = [as_text(base), as_text(now)]
            both = pc.and_(pc.is_null(texts[0]), pc.is_null(texts[1]))
            if self.missing is not None:
                texts = [pc.fill_null(t, self.missing) for t in texts]
            joined = join_texts(*texts, by=self.divider)
            return pc.if_else(both, pa.scalar(None, TEXT), joined), {}

        return records.each(kernel, self.source, self.to)

    def describe(self) -> str:
        """The method in a sentence."""
        none = f"{self.missing} stands for one that is missing" if self.missing else "none where one is missing"
        return f"{self.source}, '{self.divider}' and {self.to}; {none}."
