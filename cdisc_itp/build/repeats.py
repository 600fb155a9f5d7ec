"""Rows of one block that say the same: exact duplicates are merged or reported, of repeats one stays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..model.column import Codes, Column, Mask, distinct_tuples, empty_column, joined, ranks, take, text_column
from ..model.lineage import Fate, Occurrences, Places
from ..spec.types import BlockSpec, RepeatsSpec
from .form_rows import FormRows, Reasons

EQUAL_ROW = "equal to an earlier row in every column of the form"


class _Rows:
    """The rows of a block over all its tables."""

    def __init__(self, form: str, made: list[tuple[FormRows, Mask]]) -> None:
        self.form = form
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
    when = _places_in_order(take(rows.columns[str(repeats.order)], at), last=repeats.keep == "last")
    best = np.full(int(group.max(initial=-1)) + 1, -1, np.int64)
    np.maximum.at(best, group, when)
    wins = when == best[group]
    tied = wins & (np.bincount(group[wins], minlength=len(best))[group] > 1)
    if repeats.tie == "error" and tied.any():
        rows.report("DATA051", str(repeats.order), rows.columns[str(repeats.order)], _mask(at[tied], len(rows.live)))
    rows.lose(_mask(at[~wins], len(rows.live)), Fate.LEFT_OUT, f"repeat: {repeats.reason}")


def _places_in_order(column: Column, last: bool) -> npt.NDArray[np.int64]:
    """The larger the number, the sooner a row stays; a row without a value yields to all others."""
    rank: Codes = ranks(column)[0]
    place = rank.astype(np.int64)
    return place if last else np.where(place == 0, 0, place.max(initial=0) + 1 - place)


def _mask(rows: npt.NDArray[np.int64], n: int) -> Mask:
    out = np.zeros(n, bool)
    out[rows] = True
    return out
