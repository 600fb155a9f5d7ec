"""Words that read another dataset or form of the same subject; the record that was taken is lineage."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import (
    Column,
    Mask,
    codes_of,
    collect_numbers,
    is_numeric,
    present,
    ranks,
    take,
    text_column,
)
from ..model.where import Condition
from .registry import Algorithm, NumberRef, Other, Records, Ref, algorithm, described, inside
from .values import PLAIN_NUMBER, kept, matching

Rows = npt.NDArray[np.int64]


def subject_codes(records: Records, other: Other) -> tuple[Rows, Rows, int]:
    """A common number of the subject for each of our records and each of the other's; and how many."""
    ours, theirs = records.subjects(), other.subjects()
    at = {s: i for i, s in enumerate(theirs.categories.tolist())}
    table = np.array([*(at.get(s, -1) for s in ours.categories.tolist()), -1], np.int64)
    return table[codes_of(ours)], codes_of(theirs).astype(np.int64), len(theirs.categories)


class Reading(Algorithm):
    """Common to the words that read ``NAME.COLUMN`` with a condition on NAME's records."""

    scope = "dataset"
    source: Ref
    where: Condition | None

    @property
    def place(self) -> tuple[str, str]:
        """Dataset or form, and column."""
        name, _, column = self.source.rpartition(".")
        return name, column

    @property
    def places(self) -> tuple[str, ...]:
        """The dataset or form."""
        return (self.place[0],)

    @property
    def reads(self) -> tuple[str, ...]:
        """The column and what the condition reads, in the other dataset."""
        name, _ = self.place
        conditions = self.where.reads if self.where else ()
        return tuple(dict.fromkeys([self.source, *(inside(name, r) for r in conditions)]))

    def contradiction(self) -> str:
        """A bare name is of this dataset."""
        return "" if self.place[0] else f"'{self.source}' names no other form or dataset"

    def candidates(self, records: Records, other: Other) -> Mask:
        """Which of the other's records have a value and meet the condition."""
        _, column = self.place
        out = present(other[column])
        return out & other.holds(self.where) if self.where is not None else out


class _Chosen(Reading):
    """One record's value: the first in the order of the values, or the last."""

    latest: ClassVar[bool] = False

    def apply(self, records: Records) -> Column:
        """The value of the record that was taken."""
        column, rows = self.taken(records)
        records.link(self.place[0], rows)
        return column

    def taken(self, records: Records) -> tuple[Column, Rows]:
        """The value and the record that is taken (n,); of records with one value, the first (last) in their order."""
        name, column = self.place
        other = records.other(name)
        value = self.ranked(other[column])
        ours, theirs, size = subject_codes(records, other)
        rows = np.flatnonzero(self.candidates(records, other) & (theirs >= 0) & (value > 0))
        place = np.empty(other.n, np.int64)
        place[other.order()] = np.arange(other.n)
        order = rows[np.lexsort((place[rows], value[rows], theirs[rows]))]
        winner = np.full(size + 1, -1, np.int64)
        # What is assigned last stays, so that the first is assigned last.
        for_subject = order if self.latest else order[::-1]
        winner[theirs[for_subject]] = for_subject
        taken = winner[ours]
        return take(self.typed(other[column]), taken), taken

    def ranked(self, column: Column) -> npt.NDArray[np.int32]:
        """The order of values (n,), 0 where there is none."""
        return ranks(column)[0]

    def typed(self, column: Column) -> Column:
        """The column as it is taken."""
        return column


class _Sized(_Chosen):
    """By size: text of a form's column of kind number counts as the number that it is."""

    numeric = True

    def ranked(self, column: Column) -> npt.NDArray[np.int32]:
        """The order of numbers (n,), 0 where there is none."""
        return ranks(self.typed(column))[0]

    def typed(self, column: Column) -> Column:
        """The column as numbers."""
        if is_numeric(column):
            return column
        texts = pa.array(column.categories, pa.string())
        value = np.asarray(pc.fill_null(pc.cast(kept(texts, matching(texts, PLAIN_NUMBER)), pa.float64()), np.nan))
        return collect_numbers(np.append(value, np.nan)[codes_of(column)])


@algorithm
class First(_Chosen):
    """The earliest value among the subject's records of another dataset or form (dates and times by their text).

    >>> First(Ref("EX.EXSTDTC")).describe()
    'Earliest EX.EXSTDTC of the subject.'
    """

    source: Ref
    where: Condition | None = None

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Earliest {self.source} of the subject{described(self.where)}."


@algorithm
class Last(_Chosen):
    """The latest value among the subject's records of another dataset or form (dates and times by their text).

    >>> Last(Ref("EX.EXENDTC")).describe()
    'Latest EX.EXENDTC of the subject.'
    """

    source: Ref
    where: Condition | None = None
    latest = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Latest {self.source} of the subject{described(self.where)}."


@algorithm
class Min(_Sized):
    """The smallest number among the subject's records of another dataset or form.

    >>> Min(NumberRef("EX.EXDOSE")).describe()
    'Smallest EX.EXDOSE of the subject.'
    """

    source: NumberRef
    where: Condition | None = None

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Smallest {self.source} of the subject{described(self.where)}."


@algorithm
class Max(_Sized):
    """The largest number among the subject's records of another dataset or form.

    >>> Max(NumberRef("dosing.dose")).describe()
    'Largest dosing.dose of the subject.'
    """

    source: NumberRef
    where: Condition | None = None
    latest = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Largest {self.source} of the subject{described(self.where)}."


@algorithm
class Any(Reading):
    """Y where a record of the subject in another dataset or form has a value and meets the condition.

    >>> Any(Ref("AE.AETERM")).describe()
    'Y where the subject has a record with AE.AETERM.'
    """

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
    """Number of the subject's records in another dataset or form that have a value and meet the condition.

    >>> Count(Ref("EX.EXDOSE")).describe()
    "Number of the subject's records with EX.EXDOSE."
    """

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
