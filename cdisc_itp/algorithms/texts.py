"""Words that join and cut text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column
from .registry import Algorithm, Records, Ref, algorithm


@algorithm
class Join(Algorithm):
    """Several values joined into one text; no value where one of them has none (``partial``: where all have none)."""

    parts: tuple[Ref, ...]
    by: str = ""
    prefix: str = ""
    suffix: str = ""
    partial: bool = False

    def apply(self, records: Records) -> Column:
        """The joined text."""

        def kernel(*parts: Any) -> tuple[Any, dict[str, Any]]:
            handling = "skip" if self.partial else "emit_null"
            out = pc.binary_join_element_wise(*parts, self.by, null_handling=handling)
            if self.partial:
                out = pc.if_else(pc.equal(out, ""), None, out)
            return pc.binary_join_element_wise(pa.scalar(self.prefix), out, pa.scalar(self.suffix), ""), {}

        return records.each(kernel, *self.parts)

    def describe(self) -> str:
        """The method in a sentence."""
        ends = "".join(f", {k} '{v}'" for k, v in (("before it", self.prefix), ("after it", self.suffix)) if v)
        gaps = ", leaving out what is missing" if self.partial else ""
        return f"{', '.join(self.parts)} joined by '{self.by}'{ends}{gaps}."


@algorithm
class PartOf(Algorithm):
    """One part of a text that a separator divides; parts are counted from 1, or from -1 at the end.

    Issue DATA015: the text has no such part.
    """

    source: Ref
    by: str
    part: int

    def apply(self, records: Records) -> Column:
        """The part, without outer blanks."""

        def kernel(values: Any) -> tuple[Any, dict[str, Any]]:
            out = [None if v is None else _part(v.split(self.by), self.part) for v in values.to_pylist()]
            lacking = [v is not None and o is None for v, o in zip(values.to_pylist(), out, strict=True)]
            return pa.array(out, pa.string()), {"DATA015": np.array(lacking, bool)}

        return records.each(kernel, self.source)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Part {self.part} of {self.source}, divided by '{self.by}'."


def _part(parts: list[str], number: int) -> str | None:
    at = number - 1 if number > 0 else len(parts) + number
    return parts[at].strip() or None if 0 <= at < len(parts) else None
