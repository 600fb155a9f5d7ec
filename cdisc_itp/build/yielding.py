"""Conflicts of two sources of one fact: rows that another block has too are not submitted, differences are told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..algorithms.values import PLAIN_NUMBER, matching
from ..model.column import (
    Column,
    Mask,
    arrow_values,
    collect_text,
    decoded,
    distinct_tuples,
    empty_column,
    joined,
    present,
    recoded,
)
from ..model.column import take as taken
from ..model.issue import Place
from ..model.lineage import Occurrences, Places, Yielded
from ..spec.types import YieldsToSpec
from .form_rows import MadeRows
from .rows import as_column

Numbers = npt.NDArray[np.int64]
Piece = tuple[MadeRows, Mask]


class _Side:
    """The rows of one or several blocks."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.n = sum(rows.n for rows, _ in pieces)
        self.live = np.concatenate([live for _, live in pieces]) if pieces else np.zeros(0, bool)
        self.places = Places.join([rows.places for rows, _ in pieces])

    def column(self, name: str) -> Column:
        if not self.pieces:
            return empty_column(0)
        return joined([rows.columns.get(name, empty_column(rows.n)) for rows, _ in self.pieces])

    def place(self, row: int, column_names: list[str]) -> str:
        """Where a row stands."""
        start = 0
        for rows, _ in self.pieces:
            if row < start + rows.n:
                break
            start += rows.n
        code = int(self.places.column[row])
        column = column_names[code] if code >= 0 else None
        return str(Place(rows.file, rows.sheet, int(self.places.row[row]), column))


def yielding(
    form: str, yields: YieldsToSpec, losers: list[Piece], winners: list[Piece], column_names: list[str]
) -> tuple[Yielded, list[Occurrences]]:
    """The rows of ``losers`` whose fact ``winners`` have too, each by its place on its side, and DATA054 where these
    do not say the same of it.
    """
    ours, theirs = _Side(losers), _Side(winners)
    group, wins = _groups(ours, theirs, yields)
    first = _first_of_group(wins, group[ours.n :], theirs.places)
    to = np.where(group[: ours.n] >= 0, first[group[: ours.n]], -1)
    rows = np.flatnonzero(ours.live & (to >= 0))
    found = Yielded(rows, to[rows])
    return found, [
        issue
        for name in map(str, yields.compare)
        for issue in _differences(form, name, ours, theirs, group, wins, found, column_names)
    ]


def _groups(ours: _Side, theirs: _Side, yields: YieldsToSpec) -> tuple[Numbers, Mask]:
    """The number of each row's fact (ours, then theirs), -1 where a part of it is missing; which of theirs count."""
    names = dict.fromkeys(("USUBJID", *map(str, yields.same)))
    has_subject = any("USUBJID" in rows.columns for rows, _ in (*ours.pieces, *theirs.pieces))
    keys = [joined([ours.column(n), theirs.column(n)]) for n in names if has_subject or n != "USUBJID"]
    whole = np.logical_and.reduce([present(k) for k in keys])
    group = np.where(whole, distinct_tuples(keys)[0], -1).astype(np.int64)
    return group, theirs.live & whole[ours.n :]


def _first_of_group(wins: Mask, group: Numbers, places: Places) -> Numbers:
    """The first row of each fact by its place in the files, -1 where there is none."""
    at = np.flatnonzero(wins)
    order = at[np.lexsort((places.column[at], places.row[at], places.table[at]))][::-1]
    first = np.full(int(group.max(initial=-1)) + 2, -1, np.int64)
    first[group[order]] = order
    return first


def _differences(
    form: str,
    name: str,
    ours: _Side,
    theirs: _Side,
    group: Numbers,
    wins: Mask,
    found: Yielded,
    column_names: list[str],
) -> Iterator[Occurrences]:
    """DATA054 for the yielding rows that say of a column what none of the winning rows of their fact says."""
    own, other = ours.column(name), theirs.column(name)
    value = np.asarray(_alike(joined([own, other])).codes, np.int64)
    pair = group * (int(value.max(initial=0)) + 2) + value + 1
    said = pair[ours.n :][wins]
    rows = found.rows[present(own)[found.rows] & ~np.isin(pair[found.rows], said)]
    if not len(rows):
        return
    to = found.to[np.searchsorted(found.rows, rows)]
    texts = zip(decoded(taken(own, rows)), decoded(taken(other, to)), to.tolist(), strict=True)
    shown = [f"{a}, and {'no value' if b is None else b} in {theirs.place(t, column_names)}" for a, b, t in texts]
    who = taken(ours.column("USUBJID"), rows)
    yield Occurrences("DATA054", form, name, name, collect_text(shown), ours.places.take(rows), "", who, rows)


def _alike(column: Column) -> Column:
    """The column in which numbers that are equal are one text: 90 and 90.0."""
    texts = arrow_values(column)
    number = matching(texts, PLAIN_NUMBER)
    plain = [_shortest(t) if n else t for t, n in zip(texts.to_pylist(), number, strict=True)]
    return recoded(column, as_column(pa.array(plain, pa.large_string())))


def _shortest(text: str) -> str:
    """A number without what does not change it.

    >>> _shortest("+090.00"), _shortest("-0"), _shortest("1200")
    ('90', '0', '1200')
    """
    value = Decimal(text)
    return format(value.normalize(), "f") if value else "0"


def reason_of(yields: YieldsToSpec, source: str) -> str:
    """Why a row that yields is not submitted."""
    to = f"source {yields.source or source}" + (f", table {yields.from_}" if yields.from_ else "")
    return f"yields to {to}: {yields.reason}"
