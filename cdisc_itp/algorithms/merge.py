"""Words that read another dataset or form of the same subject; the record that was taken is lineage."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..model.column import Column, codes_of, collect_numbers, constant, is_numeric, present, ranks, take, text_column
from ..model.where import Condition
from .registry import Algorithm, Other, Records, Ref, algorithm, described

Rows = npt.NDArray[np.int64]


def subject_codes(records: Records, other: Other) -> tuple[Rows, Rows, int]:
    """A common number of the subject for each of our records and each of the other's; and how many."""
    ours, theirs = records.subjects(), other.subjects()
    at = {s: i for i, s in enumerate(theirs.categories.tolist())}
    table = np.array([*(at.get(s, -1) for s in ours.categories.tolist()), -1], np.int64)
    return table[codes_of(ours)], codes_of(theirs).astype(np.int64), len(theirs.categories)


class Reading(Algorithm):
    """Common to the words that read ``NAME.COLUMN`` with a condition on NAME's records."""

    source: Ref
    where: Condition | None

    @property
    def place(self) -> tuple[str, str]:
        """Dataset or form, and column."""
        name, _, column = self.source.rpartition(".")
        return name, column

    @property
    def reads(self) -> tuple[str, ...]:
        """The column and what the condition reads, in the other dataset."""
        name, _ = self.place
        inside = self.where.reads if self.where else ()
        return tuple(dict.fromkeys([str(self.source), *(f"{name}.{r}" for r in inside)]))

    def candidates(self, records: Records, other: Other) -> npt.NDArray[np.bool_]:
        """Which of the other's records have a value and meet the condition."""
        _, column = self.place
        out = present(other[column])
        return out & other.holds(self.where) if self.where is not None else out


class _Extreme(Reading):
    latest = False
    by_value = False

    def apply(self, records: Records) -> Column:
        """The value of the record that was taken."""
        name, column = self.place
        other = records.other(name)
        ours, theirs, size = subject_codes(records, other)
        rows = np.flatnonzero(self.candidates(records, other) & (theirs >= 0))
        place = np.empty(other.n, np.int64)
        place[other.order()] = np.arange(other.n)
        value = ranks(other[column])[0][rows]
        sign = -1 if self.latest else 1
        keys = (sign * place[rows], sign * value) if self.by_value else (place[rows], sign * place[rows])
        order = np.lexsort((*keys, theirs[rows]))
        winner = np.full(size + 1, -1, np.int64)
        winner[theirs[rows[order[::-1]]]] = rows[order[::-1]]
        taken = winner[ours]
        records.link(name, taken)
        return take(other[column], taken)


@algorithm
class First(_Extreme):
    """The earliest value among the subject's records of another dataset (dates and times by their text)."""

    source: Ref
    where: Condition | None = None
    by_value = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Earliest {self.source} of the subject{described(self.where)}."


@algorithm
class Last(_Extreme):
    """The latest value among the subject's records of another dataset."""

    source: Ref
    where: Condition | None = None
    by_value = True
    latest = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Latest {self.source} of the subject{described(self.where)}."


@algorithm
class Min(_Extreme):
    """The smallest value among the subject's records of another dataset."""

    source: Ref
    where: Condition | None = None
    by_value = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Smallest {self.source} of the subject{described(self.where)}."


@algorithm
class Max(_Extreme):
    """The largest value among the subject's records of another dataset."""

    source: Ref
    where: Condition | None = None
    by_value = True
    latest = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Largest {self.source} of the subject{described(self.where)}."


@algorithm
class Any(Reading):
    """Y where a record of the subject in another dataset has a value and meets the condition."""

    source: Ref
    where: Condition | None = None

    def apply(self, records: Records) -> Column:
        """Y or no value."""
        name, _ = self.place
        counts = _counts(self, records, records.other(name))
        return text_column(np.where(counts > 0, 0, -1), ["Y"])

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Y where the subject has a record with {self.source}{described(self.where)}."


@algorithm
class Count(Reading):
    """Number of the subject's records in another dataset that have a value and meet the condition."""

    source: Ref
    where: Condition | None = None
    numeric = True

    def apply(self, records: Records) -> Column:
        """Counts, 0 where there is none."""
        name, _ = self.place
        return collect_numbers(_counts(self, records, records.other(name)))

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Number of the subject's records with {self.source}{described(self.where)}."


def _counts(word: Reading, records: Records, other: Other) -> Rows:
    ours, theirs, size = subject_codes(records, other)
    chosen = theirs[word.candidates(records, other) & (theirs >= 0)]
    counts = np.append(np.bincount(chosen, minlength=size), 0)
    return counts[ours].astype(np.int64)


def missing_like(column: Column, n: int) -> Column:
    """n records without a value, of the column's type."""
    return take(column, np.full(n, -1)) if is_numeric(column) else take(constant("", 1), np.full(n, -1))
