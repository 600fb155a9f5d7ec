"""The word that reads a table-like form (reference ranges, a coding dictionary) by matching columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ..model.column import Column, codes_of, distinct_tuples, is_numeric, joined, present, take, text_column
from .registry import Algorithm, Records, Ref, algorithm, inside
from .values import Mask, as_text


@algorithm
class LookUp(Algorithm):
    """The value of the one row of a form whose columns ``by`` equal values of the record.

    ``by`` names the form's columns and what each must equal; a record that lacks one of these values reads no row.
    Texts must be equal sign by sign. Issues: DATA061 (several rows match; none is taken), DATA036 (no row matches,
    where ``required`` is yes).

    >>> LookUp(Ref("ranges.low"), {"test": Ref("LBTESTCD"), "sex": Ref("DM.SEX")}).describe()
    'low of the row of ranges whose test is LBTESTCD and sex is DM.SEX.'
    """

    source: Ref
    by: dict[str, Ref]
    required: bool = False
    scope = "dataset"
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The values of the rows that match."""
        name, _, column = self.source.rpartition(".")
        other = records.other(name)
        keys = [joined([_text(other[k]), _text(records[ref])]) for k, ref in self.by.items()]
        complete = np.logical_and.reduce([present(k) for k in keys])
        group, parts = distinct_tuples(keys)
        rows = np.flatnonzero(complete[: other.n])
        count = np.bincount(group[rows], minlength=len(parts[0]))
        row = np.full(len(count), -1, np.int64)
        row[group[rows]] = rows
        row[count > 1] = -1
        ours, asks = group[other.n :], complete[other.n :]
        taken = np.where(asks, row[ours], -1)
        self._report(records, asks & (count[ours] > 1), asks & (count[ours] == 0))
        records.link(name, taken)
        return take(other[column], taken)

    def _report(self, records: Records, several: Mask, none: Mask) -> None:
        first = str(next(iter(self.by.values())))
        said = f"{self.source.rpartition('.')[0]} by {', '.join(self.by)}"
        records.issue("DATA061", several, first, said)
        if self.required:
            records.issue("DATA036", none, first, said)

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
        return "" if self.by else "matches by no column"

    def describe(self) -> str:
        """The method in a sentence."""
        name, _, column = self.source.rpartition(".")
        matches = " and ".join(f"{k} is {ref}" for k, ref in self.by.items())
        must = "; there must be one" if self.required else ""
        return f"{column} of the row of {name} whose {matches}{must}."


def _text(column: Column) -> Column:
    """A column as text: numbers match texts by their shortest decimal form."""
    if not is_numeric(column):
        return column
    values = as_text(pa.array(column.categories, pa.float64()))
    return text_column(codes_of(column), values.to_pylist())
