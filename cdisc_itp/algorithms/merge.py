"""Words that read another dataset or form of the same subject; the record that was taken is lineage."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, arrow_values, codes_of, collect_numbers, is_numeric, present, take, text_column
from ..model.where import Condition
from .ordering import places, precedence, winners
from .reading import Bounded
from .reading import Reading as Reading
from .reading import subject_codes as subject_codes
from .registry import NumberRef, Other, Records, Ref, algorithm
from .values import PLAIN_NUMBER, kept, matching

Rows = npt.NDArray[np.int64]


class Chosen(Bounded):
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
        value = self.typed(other[column])
        asked = self.asked(records, other, self.candidates(records, other) & present(value))
        place = places(other.order())
        keys = [*self.keys(other, value), -place if self.latest else place]
        at = winners(asked.case, [k[asked.row] for k in keys], asked.cases)
        rows = np.append(asked.row, -1)[at][asked.of_record]
        return take(value, rows), rows

    def keys(self, other: Other, value: Column) -> list[Rows]:
        """What orders the other's records: the values."""
        return precedence([value], [False], self.latest)

    def typed(self, column: Column) -> Column:
        """The column as it is taken."""
        return column


class _Ordered(Chosen):
    """The value of the first or last record, by the values or by other variables."""

    order: tuple[Ref, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """And what orders."""
        return tuple(dict.fromkeys([*super().reads, *self.order]))

    def contradiction(self) -> str:
        """What orders is of the dataset that is read."""
        wrong = next((r for r in self.order if r.rpartition(".")[0] != self.place[0]), None)
        return super().contradiction() or (f"'{self.source}' and '{wrong}' are of two datasets" if wrong else "")

    def keys(self, other: Other, value: Column) -> list[Rows]:
        """The values, or the variables of ``order``."""
        columns = [other[r.rpartition(".")[2]] for r in self.order] or [value]
        return precedence(columns, [False] * len(columns), self.latest)

    def said(self, earliest: str, first: str) -> str:
        """The method in a sentence."""
        if not self.order:
            return f"{earliest} {self.source} of the subject{self.narrowed()}."
        return f"{self.source} of the subject's {first} record by {', '.join(self.order)}{self.narrowed()}."


class _Sized(Chosen):
    """By size: text of a form's column of kind number counts as the number that it is."""

    numeric = True

    def typed(self, column: Column) -> Column:
        """The column as numbers."""
        if is_numeric(column):
            return column
        texts = arrow_values(column)
        value = np.asarray(pc.fill_null(pc.cast(kept(texts, matching(texts, PLAIN_NUMBER)), pa.float64()), np.nan))
        return collect_numbers(np.append(value, np.nan)[codes_of(column)])


@algorithm
class First(_Ordered):
    """The earliest value among the subject's records of another dataset or form (dates and times by their text).

    With ``order`` (variables of that dataset) the value of the record that is first by them; a record that lacks one
    of them comes after those that have it. ``by`` names variables of that dataset and what they must equal here.
    ``date``, a variable of that dataset, is compared by day with dates of ours: ``after``, ``on_or_after``,
    ``before``, ``on_or_before``; dates are ISO 8601 text or numbers, and a record there whose day is not known is not
    asked. Where a bound of ours is missing it bounds nothing, or with ``missing_bound`` no_record no record is asked.

    >>> First(Ref("EX.EXSTDTC")).describe()
    'Earliest EX.EXSTDTC of the subject.'
    >>> First(Ref("ADLB.AVAL"), order=(Ref("ADLB.ADT"),)).describe()
    "ADLB.AVAL of the subject's first record by ADLB.ADT."
    """

    source: Ref
    where: Condition | None = None
    order: tuple[Ref, ...] = ()

    def describe(self) -> str:
        """The method in a sentence."""
        return self.said("Earliest", "first")


@algorithm
class Last(_Ordered):
    """The latest value among the subject's records of another dataset or form (dates and times by their text).

    ``order``, ``by``, ``date`` and its bounds as for ``first``; a record that lacks a variable of ``order`` comes
    before those that have it.

    >>> Last(Ref("EX.EXENDTC")).describe()
    'Latest EX.EXENDTC of the subject.'
    """

    source: Ref
    where: Condition | None = None
    order: tuple[Ref, ...] = ()
    latest = True

    def describe(self) -> str:
        """The method in a sentence."""
        return self.said("Latest", "last")


@algorithm
class Min(_Sized):
    """The smallest number among the subject's records of another dataset or form.

    ``by``, ``date`` and its bounds as for ``first``.

    >>> Min(NumberRef("EX.EXDOSE")).describe()
    'Smallest EX.EXDOSE of the subject.'
    """

    source: NumberRef
    where: Condition | None = None

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Smallest {self.source} of the subject{self.narrowed()}."


@algorithm
class Max(_Sized):
    """The largest number among the subject's records of another dataset or form.

    ``by``, ``date`` and its bounds as for ``first``.

    >>> Max(NumberRef("dosing.dose")).describe()
    'Largest dosing.dose of the subject.'
    """

    source: NumberRef
    where: Condition | None = None
    latest = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Largest {self.source} of the subject{self.narrowed()}."


@algorithm
class Any(Bounded):
    """Y where a record of the subject in another dataset or form has a value and meets the condition.

    ``by``, ``date`` and its bounds as for ``first``.

    >>> Any(Ref("AE.AETERM")).describe()
    'Y where the subject has a record with AE.AETERM.'
    """

    source: Ref
    where: Condition | None = None

    def apply(self, records: Records) -> Column:
        """Y or no value."""
        return text_column(np.where(_counts(self, records) > 0, 0, -1), ["Y"])

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Y where the subject has a record with {self.source}{self.narrowed()}."


@algorithm
class Count(Bounded):
    """Number of the subject's records in another dataset or form that have a value and meet the condition.

    ``by``, ``date`` and its bounds as for ``first``.

    >>> Count(Ref("EX.EXDOSE")).describe()
    "Number of the subject's records with EX.EXDOSE."
    """

    source: Ref
    where: Condition | None = None
    numeric = True

    def apply(self, records: Records) -> Column:
        """Counts, 0 where there is none."""
        return collect_numbers(_counts(self, records))

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Number of the subject's records with {self.source}{self.narrowed()}."


def _counts(word: Bounded, records: Records) -> Rows:
    asked = word.asked(records, records.other(word.place[0]))
    return np.bincount(asked.case, minlength=asked.cases)[asked.of_record].astype(np.int64)


@algorithm
class Exists(Bounded):
    """One text where the subject has a record elsewhere that has a value and meets the condition, else another.

    ``then`` is Y and ``otherwise`` N where they are not said. ``no_record`` is for subjects without any record
    (within the bounds), whether or not it has a value and meets the condition; without it these have ``otherwise``.
    The first record that meets the condition is lineage. ``by``, ``date`` and its bounds as for ``first``.

    >>> Exists(Ref("AE.AETERM")).describe()
    'Y where the subject has a record with AE.AETERM, else N.'
    """

    source: Ref
    where: Condition | None = None
    then: str = "Y"
    otherwise: str = "N"
    no_record: str | None = None

    def apply(self, records: Records) -> Column:
        """One of the texts."""
        other = records.other(self.place[0])
        asked = self.asked(records, other)
        at = winners(asked.case, [places(other.order())[asked.row]], asked.cases)
        rows = np.append(asked.row, -1)[at][asked.of_record]
        records.link(self.place[0], rows)
        every = self.asked(records, other, np.ones(other.n, bool))
        known = np.bincount(every.case, minlength=every.cases)[every.of_record] > 0
        names = list(dict.fromkeys([self.then, self.otherwise, self.no_record or self.otherwise]))
        code = [names.index(t) for t in (self.then, self.otherwise, self.no_record or self.otherwise)]
        return text_column(np.where(rows >= 0, code[0], np.where(known, code[1], code[2])), names)

    def describe(self) -> str:
        """The method in a sentence."""
        none = f"; {self.no_record} without any record" if self.no_record else ""
        record = f"the subject has a record with {self.source}{self.narrowed()}"
        return f"{self.then} where {record}, else {self.otherwise}{none}."
