"""How each source writes each form column: the line of its source file, and what its raw column was seen to hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.columns import Column as RawWord
from ..model.column import Column, blanked
from ..profile.columns import ColumnProfile, profile_column
from ..profile.dates import DateStyle
from ..spec.load import blocks_of
from ..spec.types import SourceSpec
from .blocks import Part


class Writing(Struct, frozen=True):
    """One line of a source file for a form column; ``profile`` is of its raw column (None: it reads none)."""

    source: str
    form: str
    column: str
    file: str
    said: str
    raw: str | None
    profile: ColumnProfile | None

    @property
    def signature(self) -> tuple[object, ...]:
        """What makes two sources write alike; nothing where there is no value."""
        p = self.profile
        if p is None or not p.count:
            return ()
        mark = p.number.mark if p.number is not None else None
        traits = tuple(t for t in p.traits if t in ("full-width digits", "two-digit years"))
        kind = "number" if p.kind in ("integer", "decimal") else "text" if p.kind in ("code list", "yes/no") else p.kind
        return (kind, tuple(sorted(p.formats)), mark, traits)


def writings(parts: list[Part]) -> list[Writing]:
    """Every line of every part, in the order of forms' columns."""
    return [w for part in parts for w in _of_part(part)]


def _of_part(part: Part) -> Iterator[Writing]:
    for column, steps in part.block.columns.items():
        for step in steps.steps:
            word = step.algorithm
            raw = str(word.column) if isinstance(word, RawWord) else None
            when = f" when {step.when}" if step.when is not None else ""
            said = word.describe().removesuffix(".") + when
            seen = _profile(part, raw)
            if seen is not None and isinstance(word, RawWord):
                seen = as_declared(seen, word.format)
            yield Writing(part.source, part.form, column, part.table.raw.file, said, raw, seen)


def as_declared(profile: ColumnProfile, formats: Collection[str]) -> ColumnProfile:
    """The profile with the order of day and month that a source file declares, where no row tells it."""
    return replace(profile, dates=tuple(_as_declared(d, {_loose(f) for f in formats}) for d in profile.dates))


def _as_declared(style: DateStyle, declared: set[str]) -> DateStyle:
    said = [f for f in (style.format, style.other) if f is not None and _loose(f) in declared]
    decided = style.undecided and len(said) == 1
    return replace(style, format=said[0], other=None, ambiguous=0) if decided else style


def _loose(form: str) -> str:
    """A form without regard to leading zeros."""
    return form.replace("dd", "d").replace("MM", "M")


def declared_formats(source: SourceSpec, table: str) -> dict[str, set[str]]:
    """The date formats that a source file declares for each raw column of a table."""
    out: dict[str, set[str]] = {}
    for _, _, block in blocks_of(source):
        steps = [s for c in block.columns.values() for s in c.steps] if table in block.from_ else []
        for word in (s.algorithm for s in steps):
            if isinstance(word, RawWord):
                out.setdefault(str(word.column), set()).update(word.format)
    return out


def _profile(part: Part, raw: str | None) -> ColumnProfile | None:
    if raw is None:
        return None
    if not raw.startswith("$"):
        return next((c for c in part.table.profile.columns if c.name == raw), None)
    made: Column | None = part.rows.rows.made.get(raw[1:])
    if made is None:
        return None
    kept = blanked(made, ~np.asarray(part.live, bool))
    return profile_column(raw, kept, part.rows.places.row)


def differing(found: list[Writing]) -> bool:
    """Whether sources write a form column differently: another kind, other date formats, another decimal mark."""
    by_source: dict[str, set[tuple[object, ...]]] = {}
    for writing in found:
        if writing.signature:
            by_source.setdefault(writing.source, set()).add(writing.signature)
    return len({frozenset(s) for s in by_source.values()}) > 1
