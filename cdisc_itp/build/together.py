"""What several processes made of the raw tables of some sources each, numbered through as if one had made it all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from ..model.column import Codes
from ..model.lineage import Occurrences, Places
from .forms import Made, Part


class Renumbering(Struct, frozen=True):
    """How many raw tables and blocks come before, and the new number of each column's name (k,)."""

    tables: int
    blocks: int
    names: Codes

    def place(self, places: Places) -> Places:
        """The same places with numbers that count through."""
        column = np.append(self.names, np.int32(-1))[places.column]
        return Places(places.table + np.int32(self.tables), places.row, column)

    def issues(self, issues: Sequence[Occurrences]) -> list[Occurrences]:
        """The same issues, each at its place."""
        return [replace(i, places=self.place(i.places)) for i in issues]

    def part(self, part: Part) -> Part:
        """The same rows, each at its place."""
        rows = replace(part.rows, places=self.place(part.rows.places))
        return replace(part, rows=rows, block=part.block + self.blocks)


def together(every: Sequence[Made]) -> Made:
    """What was made of sources that follow each other, in their order."""
    out = Made(0)
    number = dict[str, int]()
    for made in every:
        names = np.array([number.setdefault(n, len(number)) for n in made.column_names], np.int32)
        change = Renumbering(out.tables, len(out.blocks), names)
        for form, parts in made.parts.items():
            out.parts.setdefault(form, []).extend(map(change.part, parts))
        out.issues += change.issues(made.issues)
        out.blocks += made.blocks
        out.held |= made.held
        out.tables += made.tables
    out.column_names += number
    return out
