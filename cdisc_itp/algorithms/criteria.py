"""Analysis criteria: whether a value meets one, and which level of several it reaches, by a table.

Rows of one criterion (and one level) hold together: each compares the value with a bound, with a multiple of the
baseline, or with a multiple of a limit of the reference range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

from ..model.column import Column
from .arithmetic import floats, settled
from .registry import Algorithm, MapName, NumberRef, Problems, Records, Ref, Table, algorithm
from .values import PLAIN_NUMBER, TEXT, Mask, as_text

CRITERIA = ("crit", "text", "relation", "bound", "times_baseline")
LIMITS = ("times_low", "times_high")
BOUNDS = ("bound", "times_baseline", *LIMITS)
RELATIONS = {"GE": np.greater_equal, "GT": np.greater, "LE": np.less_equal, "LT": np.less, "EQ": np.equal}

Floats = npt.NDArray[np.float64]


class _Values(Struct, frozen=True):
    """Numbers of distinct cases (k,), and the texts of the columns that rows may be for."""

    value: Floats
    factor: dict[str, Floats]
    groups: dict[str, Any]


@algorithm
class Criterion(Algorithm):
    """Whether a value meets a criterion of a table: its text (CRITy), its flag (CRITyFL), or its level (MCRITyML).

    Columns of ``table``: crit (its ``name``), text, relation (GE, GT, LE, LT, EQ), bound, times_baseline (times
    ``baseline``), and where named here times_low (times ``low``) and times_high (times ``high``). The value must
    stand in that relation to each that is given, so that ``>= 30 and >= 2 x BASE`` is one row; all rows of a
    criterion must hold. ``by`` names further columns of the table and the variables whose value they must equal; a
    row with an empty cell there is for the values that no row of the criterion names; where the criterion has no row
    for a record there is no value. ``to`` is flag (the default), text, or level: of rows that have a level (another
    column) the first level whose rows all hold; a row that compares nothing holds for the rest. The flag is Y where
    all rows hold and ``otherwise`` (N) where one does not, nothing where a number that is needed is missing; with
    ``only_met`` there are flag and text where the criterion is met only.

    >>> word = Criterion(NumberRef("AVAL"), MapName("criteria"), "CRIT2", baseline=NumberRef("BASE"))
    >>> word.describe()
    'Y where AVAL meets the criterion CRIT2 of table criteria (baseline BASE), N where it does not.'
    """

    value: NumberRef
    table: MapName
    name: str
    to: Literal["flag", "text", "level"] = "flag"
    baseline: NumberRef | None = None
    low: NumberRef | None = None
    high: NumberRef | None = None
    by: dict[str, Ref] = field(default_factory=dict)
    otherwise: str = "N"
    only_met: bool = False
    scope = "dataset"

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The criteria."""
        level = ("level",) if self.to == "level" else ()
        limits = (name for name, ref in zip(LIMITS, (self.low, self.high), strict=True) if ref is not None)
        return {self.table: (*CRITERIA, *limits, *level, *self.by)}

    def apply(self, records: Records) -> Column:
        """Texts."""
        named = {"times_baseline": self.baseline, "times_low": self.low, "times_high": self.high}
        refs = {k: r for k, r in named.items() if r is not None}
        rows = _rows(records.table(self.table), self.name)

        def kernel(value: Any, *others: Any) -> tuple[Any, Problems]:
            factor = {k: floats(a) for k, a in zip(refs, others, strict=False)}
            texts = [np.asarray(as_text(a).to_pylist(), object) for a in others[len(refs) :]]
            at = _Values(floats(value), factor, dict(zip(self.by, texts, strict=True)))
            return pa.array(self._found(rows, at).tolist(), TEXT), {}

        return records.each(kernel, self.value, *refs.values(), *self.by.values())

    def _found(self, rows: list[dict[str, str]], at: _Values) -> npt.NDArray[np.object_]:
        """Flag, text or level of each distinct case (k,)."""
        out = np.full(len(at.value), None, object)
        open_ = ~np.isnan(at.value)
        for level in dict.fromkeys(r.get("level", "") for r in rows) if self.to == "level" else (None,):
            mine = [r for r in rows if level is None or r.get("level", "") == level]
            concerns, holds, fails = self._met(mine, rows, at)
            if level is not None:
                out[open_ & concerns & holds] = level
                open_ &= ~concerns | fails
            elif self.to == "flag":
                out[open_ & concerns & holds] = "Y"
                out[open_ & concerns & fails] = None if self.only_met else self.otherwise
            else:
                told = np.zeros(len(out), bool)
                for row in mine:
                    fits = _concerned([row], rows, at) & (holds & open_ if self.only_met else True) & ~told
                    out[fits] = row["text"]
                    told |= fits
        return out

    def _met(self, mine: list[dict[str, str]], rows: list[dict[str, str]], at: _Values) -> tuple[Mask, Mask, Mask]:
        """Which cases the rows are for; where all these are sure to hold, and where one is sure to fail."""
        holds, fails = np.ones(len(at.value), bool), np.zeros(len(at.value), bool)
        for row in mine:
            concerned = _concerned([row], rows, at)
            for name in (n for n in BOUNDS if row.get(n)):
                unknown = np.full(len(at.value), np.nan)
                limit = np.full(len(at.value), float(row[name]))
                if name != "bound":
                    limit = settled(limit * at.factor.get(name, unknown))
                with np.errstate(invalid="ignore"):
                    met = RELATIONS[row["relation"]](at.value, limit)
                known = ~np.isnan(at.value) & ~np.isnan(limit)
                holds &= ~concerned | (known & met)
                fails |= concerned & known & ~met
        return _concerned(mine, rows, at), holds, fails

    def rows_used(self, table: Table, said: Mapping[str, str | None]) -> tuple[int, ...]:
        """The rows of the criterion that are for the record."""
        mine = [(i, r) for i, r in enumerate(_rows(table)) if r["crit"] == self.name]
        groups = {c: np.array([said.get(ref)], object) for c, ref in self.by.items()}
        at = _Values(np.zeros(1), {}, groups)
        return tuple(i for i, r in mine if _concerned([r], [r for _, r in mine], at)[0])

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """A criterion that the table lacks, and its rows that cannot be used."""
        mine = [i for i, c in enumerate(table.column("crit")) if c == self.name]
        if not mine and len(table):
            yield 0, f"the table has no criterion '{self.name}'"
        texts: dict[tuple[str, ...], str] = {}
        rows = _rows(table)
        for i in mine:
            if flaw := self._flaw(rows[i]) or _renamed(rows[i], tuple(rows[i].get(c, "") for c in self.by), texts):
                yield i, flaw

    def _flaw(self, row: dict[str, str]) -> str:
        asks = [b for b in BOUNDS if row.get(b)]
        refs = {"times_baseline": self.baseline, "times_low": self.low, "times_high": self.high}
        wrong = next((b for b in asks if not re.fullmatch(PLAIN_NUMBER, row[b])), None)
        unnamed = next((b for b in asks if b != "bound" and refs[b] is None), None)
        if not row["text"]:
            return "a criterion needs a text"
        if self.to == "level" and not row.get("level"):
            return "the row has no level"
        if row["relation"] and row["relation"] not in RELATIONS:
            return f"relation '{row['relation']}' is none of {', '.join(RELATIONS)}"
        if bool(row["relation"]) != bool(asks):
            return "a relation needs something to compare with, and that a relation"
        if not asks and (self.to == "flag" or not row.get("level")):
            return "the row compares nothing"
        if wrong:
            return f"{wrong} '{row[wrong]}' is no number such as 2.5"
        needed = {"times_baseline": "baseline", "times_low": "low", "times_high": "high"}
        return f"{unnamed} needs '{needed[unnamed]}' where '{self.word}' is used" if unnamed else ""

    def describe(self) -> str:
        """The method in a sentence."""
        named = {"baseline": self.baseline, "low": self.low, "high": self.high, **self.by}
        said = ", ".join(f"{n} {ref}" for n, ref in named.items() if ref is not None)
        of = f"of table {self.table}{f' ({said})' if said else ''}"
        met = f", only where {self.value} meets it" if self.only_met else ""
        if self.to == "text":
            return f"Text of the criterion {self.name} {of}{met}{self._no()}."
        if self.to == "level":
            return f"First level of the criterion {self.name} {of} that {self.value} reaches{met}{self._no()}."
        no = met or f", {self.otherwise} where it does not"
        return f"Y where {self.value} meets the criterion {self.name} {of}{no}."

    def _no(self) -> str:
        """The text of a flag that is not met, where it is another than N."""
        return "" if self.otherwise == "N" else f"; {self.otherwise} stands for no"


def _rows(table: Table, name: str | None = None) -> list[dict[str, str]]:
    """Rows of a table (of one criterion), an empty cell as an empty text."""
    cells = zip(*(table.column(c) for c in table.columns), strict=True)
    rows = [dict(zip(table.columns, (c or "" for c in row), strict=True)) for row in cells]
    return [r for r in rows if name is None or r["crit"] == name]


def _concerned(mine: list[dict[str, str]], rows: list[dict[str, str]], at: _Values) -> Mask:
    """Which cases (k,) one of some rows is for."""
    out = np.zeros(len(at.value), bool)
    for row in mine:
        fits = np.ones(len(at.value), bool)
        for column, values in at.groups.items():
            named = np.array([r[column] for r in rows if r[column]], object)
            cell = row[column]
            fits &= (values == cell) if cell else ~np.isin(values, named)
        out |= fits
    return out


def _renamed(row: dict[str, str], keys: tuple[str, ...], texts: dict[tuple[str, ...], str]) -> str:
    """A second text for one criterion of one parameter."""
    known = texts.setdefault(keys, row["text"])
    return "" if known == row["text"] else f"the criterion's text is '{known}' elsewhere, and '{row['text']}' here"
