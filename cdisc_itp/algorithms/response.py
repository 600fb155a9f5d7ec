"""Levels of response of one assessment, by a table of criteria: IWG 2009, ASH 2019 or a trial's own definition.

A row of the table is a level, the best first: what a result must reach (``relation`` and ``bound``), how many times
the baseline (``times_baseline``), which flags must be there or must not (a column each, Y or N). An empty cell asks
for nothing, so that a last row of empty cells holds for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, arrow_values, codes_of, is_numeric, numbers, spread, text_column
from .assessments import Days
from .registry import Algorithm, MapName, Records, Ref, Table, algorithm
from .values import PLAIN_NUMBER, Mask, fits, kept, matching

RELATIONS = ("GE", "GT", "LE", "LT")
CRITERIA = ("level", "relation", "bound", "times_baseline")
_PLACES = 9


@algorithm
class Response(Algorithm):
    """The level of response of one assessment: the first row of a table whose criteria hold.

    Columns of the table: ``level``, ``relation`` (GE, GT, LE, LT), ``bound``, ``times_baseline``, and one for each
    of ``flags`` (Y: the flag must be Y; N: it must not be; a missing flag is not Y). With ``times_baseline`` the
    result stands in the same relation to so many times the baseline. A criterion of a missing baseline is not known;
    where it could still make a better level, and where the result is missing, the level is ``missing``.

    >>> word = Response(Ref("AVAL"), MapName("iwg2009"), Ref("BASE"), {"bleeding": Ref("BLEEDFL")})
    >>> word.describe()[:87]
    'Level of AVAL: the first row of table iwg2009 whose criteria hold (baseline BASE, bleed'
    """

    value: Ref
    table: MapName
    baseline: Ref | None = None
    flags: dict[str, Ref] = field(default_factory=dict)
    missing: str = "NE"
    scope = "dataset"

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The criteria."""
        return {self.table: (*CRITERIA, *self.flags)}

    def contradiction(self) -> str:
        """A flag cannot have the name of another column."""
        wrong = next((f for f in self.flags if f in CRITERIA), None)
        return f"'{wrong}' is no flag but a criterion's column" if wrong else ""

    def apply(self, records: Records) -> Column:
        """Levels as text."""
        table = records.table(self.table)
        levels = [level or "" for level in table.column("level")]
        names = list(dict.fromkeys([*levels, self.missing]))
        value = number_of(records[self.value])
        open_, code = ~np.isnan(value), np.full(records.n, names.index(self.missing), np.int64)
        for i, level in enumerate(levels):
            holds, fails = self._met(records, {c: table.column(c)[i] for c in (*CRITERIA, *self.flags)})
            code[open_ & holds] = names.index(level)
            open_ &= fails
        return text_column(code, names)

    def _met(self, records: Records, row: dict[str, str | None]) -> tuple[Mask, Mask]:
        """Where the criteria of a row are sure to hold, and where one is sure to fail."""
        value = number_of(records[self.value])
        holds, fails = np.ones(records.n, bool), np.zeros(records.n, bool)
        limits = [np.full(records.n, float(row["bound"]))] if row["bound"] else []
        if row["times_baseline"]:
            base = number_of(records[self.baseline]) if self.baseline else np.full(records.n, np.nan)
            limits.append(np.round(base * float(row["times_baseline"]), _PLACES))
        for limit in limits:
            holds &= compare_numbers(row["relation"] or "GE", value, limit)
            fails |= ~compare_numbers(row["relation"] or "GE", value, limit) & ~np.isnan(limit)
        for name, ref in self.flags.items():
            if row[name] is not None:
                fits = flagged(records[ref]) == (row[name] == "Y")
                holds, fails = holds & fits, fails | ~fits
        return holds, fails

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Rows that cannot be used, and a multiple of a baseline that is not named."""
        for i in range(len(table)):
            row = {c: table.column(c)[i] for c in (*CRITERIA, *self.flags)}
            if flaw := self._flaw(row):
                yield i, flaw

    def _flaw(self, row: dict[str, str | None]) -> str:
        asks = row["bound"] or row["times_baseline"]
        wrong = next((c for c in ("bound", "times_baseline") if row[c] and not is_number(row[c])), None)
        flag = next((f for f in self.flags if row[f] not in (None, "Y", "N")), None)
        if not row["level"]:
            return "a row needs a level"
        if row["relation"] not in (None, *RELATIONS):
            return f"relation '{row['relation']}' is none of {', '.join(RELATIONS)}"
        if bool(row["relation"]) != bool(asks):
            return "a relation needs a bound or a multiple of the baseline, and these a relation"
        if wrong:
            return f"{wrong} '{row[wrong]}' is no number such as 2.5"
        if row["times_baseline"] and self.baseline is None:
            return f"'{self.word}' reads a multiple of the baseline, and has no 'baseline'"
        return f"{flag} '{row[flag]}' is neither Y nor N" if flag else ""

    def describe(self) -> str:
        """The method in a sentence."""
        said = [f"baseline {self.baseline}"] if self.baseline else []
        said += [f"{name} {ref}" for name, ref in self.flags.items()]
        with_ = f" ({', '.join(said)})" if said else ""
        return (
            f"Level of {self.value}: the first row of table {self.table} whose criteria hold{with_}; {self.missing} "
            f"where the result is missing or the level is not known without the baseline."
        )


def compare_numbers(relation: str, value: Days, limit: Days) -> Mask:
    """Where value RELATION limit (n,); never where one is NaN.

    >>> compare_numbers("GT", np.array([50.0, 51.0, np.nan]), np.array([50.0, 50.0, 1.0])).tolist()
    [False, True, False]
    """
    signs = {"GE": np.greater_equal, "GT": np.greater, "LE": np.less_equal, "LT": np.less}
    return np.asarray(signs[relation](value, limit), bool)


def flagged(column: Column) -> Mask:
    """Which records have Y (n,)."""
    return np.append(np.array([v == "Y" for v in column.categories.tolist()], bool), False)[codes_of(column)]


def is_number(text: str | None) -> bool:
    """Whether a cell is a plain decimal."""
    return text is not None and fits(text, PLAIN_NUMBER)


def number_of(column: Column) -> Days:
    """One number a record (n,), of plain decimals where the column is text; NaN where there is none."""
    if is_numeric(column):
        return numbers(column)
    texts = arrow_values(column)
    value = pc.fill_null(pc.cast(kept(texts, matching(texts, PLAIN_NUMBER)), pa.float64()), np.nan)
    return np.asarray(spread(np.asarray(value, np.float64), column, np.nan), np.float64)
