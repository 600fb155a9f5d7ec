"""The word that reads a table-like form (reference ranges, a coding dictionary) by matching columns."""

from __future__ import annotations

import numpy as np

from ..model.column import (
    Codes,
    Column,
    decoded,
    distinct_tuples,
    joined,
    present,
    take,
)
from .reading import as_text_column
from .registry import Algorithm, Other, Records, Ref, algorithm, inside
from .values import Mask


@algorithm
class LookUp(Algorithm):
    """The value of the one row of a form whose columns ``by`` equal values of the record.

    ``by`` names the form's columns and what each must equal; a record that lacks one of these values reads no row.
    Texts must be equal sign by sign. Issues: DATA061 (several rows match; none is taken), DATA036 (no row matches,
    where ``required`` is yes), DATA038 (a note: no row matches, though the form has rows that agree in the columns
    of ``expected``, such as ranges of the same test for other sites, units or sexes).

    >>> LookUp(Ref("ranges.low"), {"test": Ref("LBTESTCD"), "sex": Ref("DM.SEX")}).describe()
    'low of the row of ranges whose test is LBTESTCD and sex is DM.SEX.'
    """

    source: Ref
    by: dict[str, Ref]
    required: bool = False
    expected: tuple[str, ...] = ()
    scope = "dataset"
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The values of the rows that match."""
        name, _, column = self.source.rpartition(".")
        other = records.other(name)
        keys = [joined([as_text_column(other[k]), as_text_column(records[ref])]) for k, ref in self.by.items()]
        complete = np.logical_and.reduce([present(k) for k in keys])
        group, parts = distinct_tuples(keys)
        rows = np.flatnonzero(complete[: other.n])
        count = np.bincount(group[rows], minlength=len(parts[0]))
        row = np.full(len(count), -1, np.int64)
        row[group[rows]] = rows
        row[count > 1] = -1
        ours, asks = group[other.n :], complete[other.n :]
        taken = np.where(asks, row[ours], -1)
        none = asks & (count[ours] == 0)
        self._report(records, asks & (count[ours] > 1), none)
        if self.expected and none.any():
            self._report_expected(records, other, none, group[other.n :])
        records.link(name, taken)
        return take(other[column], taken)

    def _report(self, records: Records, several: Mask, none: Mask) -> None:
        first = str(next(iter(self.by.values())))
        said = f"{self.source.rpartition('.')[0]} by {', '.join(self.by)}"
        records.issue("DATA061", several, first, said)
        if self.required:
            records.issue("DATA036", none, first, said)

    def _report_expected(self, records: Records, other: Other, none: Mask, group: Codes) -> None:
        """DATA038, once for each combination of values that the form lacks."""
        refs = [self.by[k] for k in self.expected]
        known = distinct_tuples(
            [joined([as_text_column(other[k]), as_text_column(records[self.by[k]])]) for k in self.expected]
        )[0]
        lacks = none & np.isin(known[other.n :], known[: other.n])
        name = self.source.rpartition(".")[0]
        for number in np.unique(group[lacks]).tolist():
            at = lacks & (group == number)
            first = np.flatnonzero(at)[:1]
            said = ", ".join(
                f"{k} {decoded(take(as_text_column(records[ref]), first))[0]}" for k, ref in self.by.items()
            )
            records.issue("DATA038", at, str(refs[0]), f"{name}: {said}")

    @property
    def places(self) -> tuple[str, ...]:
        """The form."""
        return (self.source.rpartition(".")[0],)

    @property
    def reads(self) -> tuple[str, ...]:
        """The column, the form's columns that must agree, and what they must equal."""
        name = self.source.rpartition(".")[0]
        keys = [inside(name, k) for k in self.by] if name else []
        return tuple(dict.fromkeys([self.source, *keys, *self.by.values()]))

    def contradiction(self) -> str:
        """A look-up without a place or without anything to look up by."""
        if "." not in self.source:
            return "names a column of the dataset itself, not of another form"
        wrong = next((k for k in self.expected if k not in self.by), None)
        if wrong is not None:
            return f"expects by '{wrong}', which is no column of `by`"
        return "" if self.by else "matches by no column"

    def describe(self) -> str:
        """The method in a sentence."""
        name, _, column = self.source.rpartition(".")
        matches = " and ".join(f"{k} is {ref}" for k, ref in self.by.items())
        must = "; there must be one" if self.required else ""
        same = f"; there should be one where {name} has that {' and '.join(self.expected)}" if self.expected else ""
        return f"{column} of the row of {name} whose {matches}{must}{same}."
