"""How the rows of a table are laid out: comment rows, and a second header row."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from ..model.column import present, take, values_of
from ..model.raw import RawTable
from ..standards.terminology import packaged, terminology
from .vocabulary import unit_of

COMMENTS = ("#", "注：", "注:", "备注：", "Note:", "NOTE:", "Anmerkung:", "Remarque :")
"""What remarks of people begin with."""
FILLED = 0.8
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,19}")
_DIGIT = re.compile(r"\d")


def comment_of(table: RawTable) -> tuple[str, str] | None:
    """The prefix of rows that hold nothing but a remark in their first cell, and what speaks for it."""
    if not len(table.columns) or not len(table.rows):
        return None
    first, *others = (table.columns[c] for c in table.columns)
    alone = ~np.logical_or.reduce([np.zeros(len(table.rows), bool), *(present(o) for o in others)])
    for prefix in COMMENTS:
        marked = np.array([str(v).startswith(prefix) for v in values_of(first)] + [False], bool)[first.codes]
        if marked.any() and (alone | ~marked).all() and others:
            return (
                prefix,
                f"guess: comment {prefix}, since {int(marked.sum())} row(s) hold only a remark that begins so",
            )
    return None


def _is_unit(text: str) -> bool:
    release = terminology("sdtm", max(p.partition(" ")[2] for p in packaged() if p.startswith("sdtm ")))
    return bool(unit_of(text, release))


def second_header(table: RawTable) -> tuple[tuple[int, ...], str] | None:
    """Whether the first row below the header is a header too: the rows that name columns, and what speaks for it.

    It fills most columns, none of its texts occurs again in its column, and in some columns it alone has no digit.
    Only units stand in it twice.
    """
    names = list(table.columns)
    if len(table.rows) < 3 or len(names) < 2:
        return None
    texts, telling = [], 0
    for name in names:
        column = table.columns[name]
        head, rest = take(column, np.array([0])), take(column, np.arange(1, len(column)))
        if not present(head)[0]:
            continue
        text = str(column.categories[head.codes[0]])
        others = {str(column.categories[c]) for c in np.unique(rest.codes[rest.codes >= 0])}
        if text in others:
            return None
        texts.append(text)
        telling += bool(not _DIGIT.search(text) and len(others) > 1 and all(_DIGIT.search(o) for o in others))
    twice = [t for t, n in Counter(texts).items() if n > 1]
    if len(texts) < FILLED * len(names) or telling < 2 or not all(map(_is_unit, twice)):
        return None
    below = sum(bool(_CODE.fullmatch(t)) for t in texts) > sum(bool(_CODE.fullmatch(n)) for n in names)
    why = f"guess: two header rows, since in {telling} columns only the second row has no digit"
    return ((2,) if below else ()), f"{why}; the {'lower' if below else 'upper'} one names the columns"
