"""Drafts of maps: collected values with the terms that they may be, each marked with what it rests on."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import Struct

from ..model.codelist import Codelist
from ..model.column import Column, codes_of, values_of
from ..spec.undecided import MARK
from ..standards.terminology import Terminology
from .blocks import Block
from .vocabulary import entries, said_of, unit_of


class Map(Struct, frozen=True):
    """A table of maps/: its columns and rows; ``used`` names its terms' codelists in messages."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def open(self) -> int:
        """Rows that must be decided."""
        return sum(r[-1].startswith("decide") for r in self.rows)

    def __str__(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        # A first cell with # would be a comment: the column `source`, which may be empty, keeps it from being first.
        extra = any(r[0].startswith("#") for r in self.rows)
        for row in (self.columns, *self.rows):
            writer.writerow((("source",) if row is self.columns else ("",)) * extra + row)
        return out.getvalue()


def collected(blocks: Iterable[Block], column: str) -> Counter[str]:
    """The values that a form column collects, with their rows."""
    out: Counter[str] = Counter()
    for block in blocks:
        placed = block.column(column)
        if placed is None:
            continue
        missing = placed.options.get("missing", ())
        if block.wide is not None and "map" in placed.options:
            out.update(t.unit for t in block.wide.tests if t.unit)
            continue
        for name in _raw_names(block, placed.raw):
            if name.startswith("\0"):
                out[name[1:]] += len(block.table.raw.rows)
            elif name in block.table.raw.columns:
                out.update({v: n for v, n in _counts(block.table.raw.columns[name]) if v not in missing})
    return out


def _raw_names(block: Block, raw: str) -> list[str]:
    """The raw columns that a name reads; names of columns that are values themselves begin with NUL."""
    wide = block.wide
    if wide is None or not raw.startswith("$"):
        return [raw]
    if raw in ("$column", "$test"):
        return [f"\0{c}" for c in wide.columns]
    if raw == "$value":
        return list(wide.columns)
    return [wide.beside[raw[1:]].replace("{test}", c) for c in wide.columns]


def _counts(column: Column) -> list[tuple[str, int]]:
    codes = codes_of(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(column.categories))
    pairs = zip(values_of(column).tolist(), counts.tolist(), strict=True)
    return [(str(v).strip(), n) for v, n in pairs if n and str(v).strip()]


def is_term(text: str, lists: Sequence[Codelist]) -> bool:
    """Whether a value is a submission value of one of the codelists, but for case and outer blanks."""
    folded = text.strip().casefold()
    return any(text in c.by_value or sum(t.value.strip().casefold() == folded for t in c.terms) == 1 for c in lists)


def candidate(text: str, lists: Sequence[Codelist], release: Terminology) -> tuple[str, str]:
    """The term that a value may be and why; nothing where none or several fit."""
    found = {v for c in lists if c.code and (v := release.submission_value(c.code, text))}
    if len(found) == 1:
        return found.pop(), f"a name of the term in {release.release}"
    names = {c.name for c in lists}
    own = [e.name for e in entries("term") if names & set(_names(e.target)) and said_of(text, e.words)[0] == 3]
    own = [t for t in own if any(t in c.by_value for c in lists)]
    if len(own) == 1:
        return own[0], "it commonly means the term"
    return "", ""


def _names(target: str) -> tuple[str, ...]:
    return (target, "AESEV") if target == "AESEV" else (target,)


def draft_terms(name: str, values: Counter[str], lists: Sequence[Codelist], release: Terminology) -> Map | None:
    """A map for the values that are no terms as they are; None where all are."""
    lacking = [v for v in ordered(values) if not is_term(v, lists)]
    if not lacking:
        return None
    what = " or ".join(c.name for c in lists)
    rows = []
    for value in lacking:
        term, why = candidate(value, lists, release)
        mark = f"guess: {why}" if term else f"decide: no term of {what} says so"
        rows.append((value, term, f"{mark}; {values[value]:,} row(s)"))
    return Map(name, ("raw", "term", MARK), tuple(rows))


def draft_words(name: str, values: Counter[str], what: str) -> Map:
    """A map from collected texts to the terms of a dictionary that is not here: every row must be decided."""
    rows = ((v, "", f"decide: {what}; {values[v]:,} row(s)") for v in ordered(values))
    return Map(name, ("raw", "term", MARK), tuple(rows))


def ordered(values: Counter[str]) -> list[str]:
    """Values by number of rows, then by text."""
    return sorted(values, key=lambda v: (-values[v], v))


def draft_units(name: str, blocks: Iterable[Block], release: Terminology) -> Map:
    """A map from test columns to the unit in their name."""
    rows: dict[str, tuple[str, ...]] = {}
    for block in blocks:
        placed = block.column("unit")
        if block.wide is None or placed is None or placed.options.get("map") != name:
            continue
        for test in block.wide.tests:
            labelled = "for the label" in test.evidence
            mark = f"guess: from the {'label' if labelled else 'name'} of the column"
            mark = mark if test.unit else "decide: no unit is in the column's name or label"
            rows.setdefault(test.column, (test.column, (test.unit and unit_of(test.unit, release)) or test.unit, mark))
    return Map(name, ("column", "unit", MARK), tuple(rows.values()))
