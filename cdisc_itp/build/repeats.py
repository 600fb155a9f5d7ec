"""Rows of one block that say the same: exact duplicates are merged or reported, of repeats one stays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..model.column import Column, Mask, distinct_tuples, empty_column, joined, ranks, take, text_column
from ..model.lineage import Fate, Occurrences, Places
from ..spec.types import BlockSpec, RepeatsSpec
from .form_rows import FormRows, Reasons
from .rows import side_by_side

EQUAL_ROW = "equal to an earlier row in every column of the form"


class _Rows:
    """The rows of a block over all its tables."""

    def __init__(self, form: str, made: list[tuple[FormRows, Mask]]) -> None:
        self.form, self.is_number = form, made[0][0].is_number
        # STUDYID is constant; the subject follows from the others.
        names = dict.fromkeys(c for r, _ in made for c in r.columns if c != "STUDYID")
        self.columns = {c: joined([r.columns.get(c, empty_column(r.n)) for r, _ in made]) for c in names}
        self.live = np.concatenate([m for _, m in made])
        self.places = Places.join([r.places for r, _ in made])
        self.reasons: Reasons = []
        self.issues: list[Occurrences] = []

    @property
    def subject(self) -> Column:
        none = text_column(np.full(len(self.live), -1), [])
        return self.columns.get("subject", none)

    def report(self, code: str, variable: str, value: Column, mask: Mask) -> None:
        who = self.columns.get("USUBJID", self.subject)
        found = Occurrences.at(code, self.form, variable, variable, value, self.places, mask, subject=who)
        self.issues.append(found)

    def lose(self, mask: Mask, fate: Fate, reason: str) -> None:
        self.live = self.live & ~mask
        self.reasons.append((mask, fate, reason))


def without_repeats(
    form: str, block: BlockSpec, made: list[tuple[FormRows, Mask]]
) -> tuple[list[tuple[FormRows, Mask]], list[Occurrences]]:
    """Merge exact duplicates and choose among repeats, over all tables of the block; rows with what is left live.

    Issues: DATA050, DATA053 (duplicates), DATA051 (repeats that nothing tells apart).
    """
    if not made:
        return made, []
    rows = _Rows(form, made)
    if block.duplicates != "keep":
        _merge_duplicates(rows, merge=block.duplicates == "merge")
    if block.repeats is not None:
        _choose_repeats(rows, block.repeats)
    start, done = 0, []
    for part, _ in made:
        here = slice(start, start + part.n)
        part.left_out += [(m[here], f, r) for m, f, r in rows.reasons if m[here].any()]
        done.append((part, rows.live[here]))
        start += part.n
    return done, rows.issues


def _merge_duplicates(rows: _Rows, merge: bool) -> None:
    """Rows equal in everything that the form holds, the reasons of missing values and the site among it."""
    at, places = np.flatnonzero(rows.live), rows.places
    columns = [take(c, at) for name, c in rows.columns.items() if name != "USUBJID"]
    if not columns:
        return
    group = distinct_tuples(columns)[0]
    order = np.lexsort((places.column[at], places.row[at], places.table[at], group))
    later = np.zeros(len(at), bool)
    later[order[1:]] = group[order][1:] == group[order][:-1]
    twins = np.zeros(len(rows.live), bool)
    twins[at[later]] = True
    if not twins.any():
        return
    rows.report("DATA050" if merge else "DATA053", "", rows.subject, twins)
    if merge:
        rows.lose(twins, Fate.MERGED, EQUAL_ROW)


def _choose_repeats(rows: _Rows, repeats: RepeatsSpec) -> None:
    """Of the rows of a subject that agree in ``same``, those with the first or last ``order`` stay."""
    known = rows.columns["USUBJID"].codes >= 0 if "USUBJID" in rows.columns else np.ones(len(rows.live), bool)
    at = np.flatnonzero(rows.live & known)
    same = [rows.columns[c] for c in dict.fromkeys(("USUBJID", *map(str, repeats.same))) if c in rows.columns]
    group = distinct_tuples([take(c, at) for c in same])[0]
    when, unlisted = _places(rows, at, repeats)
    best = np.full(int(group.max(initial=-1)) + 1, -1, np.int64)
    np.maximum.at(best, group, when)
    # Where the list does not say what a value is worth, nothing of its group is left out.
    several = np.bincount(group, minlength=len(best)) > 1
    unsure = several & (np.bincount(group[unlisted], minlength=len(best)) > 0)
    wins = (when == best[group]) | unsure[group]
    tied = wins & ~unsure[group] & (np.bincount(group[wins], minlength=len(best))[group] > 1)
    order = side_by_side([rows.columns[str(c)] for c in repeats.order])
    told = (unlisted & unsure[group]) | (tied if repeats.tie == "error" else np.zeros(len(at), bool))
    if told.any():
        rows.report("DATA051", str(repeats.order[0]), order, _mask(at[told], len(rows.live)))
    rows.lose(_mask(at[~wins], len(rows.live)), Fate.LEFT_OUT, f"repeat: {repeats.reason}")


def _places(rows: _Rows, at: npt.NDArray[np.int64], repeats: RepeatsSpec) -> tuple[npt.NDArray[np.int64], Mask]:
    """The larger a row's number, the sooner it stays (k,), the first column of ``order`` before the next; and which
    rows hold a value that ``ranked`` does not list.
    """
    place, unlisted = np.zeros(len(at), np.int64), np.zeros(len(at), bool)
    for name in map(str, repeats.order):
        column = take(rows.columns[name], at)
        listed = repeats.ranked.get(name)
        rank = _sizes(column, rows.is_number(name)) if listed is None else _listed(column, listed)
        unlisted |= rank < 0
        place = place * (int(rank.max(initial=0)) + 2) + _in_order(np.maximum(rank, 0), repeats.keep == "last")
        place = np.unique(place, return_inverse=True)[1].astype(np.int64)
    return place, unlisted


def _sizes(column: Column, number: bool) -> npt.NDArray[np.int64]:
    """The rank of each value (n,), from 1; 0 where there is none. Text of a column of kind number is a number."""
    if not number:
        return ranks(column)[0].astype(np.int64)
    values = np.array([float(v) for v in column.categories.tolist()], np.float64)
    rank = np.append(np.unique(values, return_inverse=True)[1] + 1, 0)
    return np.asarray(rank[column.codes], np.int64)


def _listed(column: Column, listed: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """The place of each value in a list (n,), from 1; 0 where there is no value, -1 where the list lacks it."""
    place = {v: i for i, v in enumerate(listed, 1)}
    table = np.array([*(place.get(v, -1) for v in column.categories.tolist()), 0], np.int64)
    return np.asarray(table[column.codes], np.int64)


def _in_order(rank: npt.NDArray[np.int64], last: bool) -> npt.NDArray[np.int64]:
    """The larger the number, the sooner a row stays; a row without a value yields to all others."""
    return rank if last else np.where(rank == 0, 0, rank.max(initial=0) + 1 - rank)


def _mask(rows: npt.NDArray[np.int64], n: int) -> Mask:
    out = np.zeros(n, bool)
    out[rows] = True
    return out
