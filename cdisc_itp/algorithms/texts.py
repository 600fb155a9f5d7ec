"""Words that join and cut text."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..model.column import Column
from .registry import Algorithm, AnyText, Records, Ref, algorithm
from .values import TEXT, Mask, as_text, join_texts, valid


@algorithm
class Join(Algorithm):
    """Several values joined into one text; no value where one of them has none (``partial``: where all have none).

    >>> Join((Ref("STUDYID"), Ref("subject")), by=AnyText("-")).describe()
    "STUDYID, subject joined by '-'."
    """

    parts: tuple[Ref, ...]
    by: AnyText = AnyText("")
    prefix: AnyText = AnyText("")
    suffix: AnyText = AnyText("")
    partial: bool = False

    def apply(self, records: Records) -> Column:
        """The joined text."""

        def kernel(*parts: Any) -> tuple[Any, dict[str, Mask]]:
            texts = [as_text(p) for p in parts]
            out = self._some(texts) if self.partial else join_texts(*texts, by=str(self.by))
            return join_texts(str(self.prefix), out, str(self.suffix)), {}

        return records.each(kernel, *self.parts)

    def _some(self, parts: list[Any]) -> Any:
        """What is there, joined (Arrow's own way of skipping drops entries where nothing is there)."""
        rows = zip(*(p.to_pylist() for p in parts), strict=True)
        return pa.array([self.by.join(t for t in row if t is not None) or None for row in rows], TEXT)

    def describe(self) -> str:
        """The method in a sentence."""
        ends = "".join(f", {k} '{v}'" for k, v in (("before it", self.prefix), ("after it", self.suffix)) if v)
        gaps = ", leaving out what is missing" if self.partial else ""
        return f"{', '.join(self.parts)} joined by '{self.by}'{ends}{gaps}."


@algorithm
class PartOf(Algorithm):
    """One part of a text that a separator divides; parts are counted from 1, or from -1 at the end.

    Issue DATA015: the text has no such part.

    >>> PartOf(Ref("subject"), by="-", part=-1).describe()
    "Part -1 of subject, divided by '-'."
    """

    source: Ref
    by: str
    part: int

    def apply(self, records: Records) -> Column:
        """The part, without outer blanks."""

        def kernel(values: Any) -> tuple[Any, dict[str, Mask]]:
            texts = as_text(values).to_pylist()
            out = pa.array([None if t is None else _part(t.split(self.by), self.part) for t in texts], TEXT)
            return out, {"DATA015": valid(values) & ~valid(out)}

        return records.each(kernel, self.source)

    def contradiction(self) -> str:
        """There is no part 0."""
        return "" if self.part else "parts are counted from 1, or from -1 at the end"

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Part {self.part} of {self.source}, divided by '{self.by}'."


def _part(parts: list[str], number: int) -> str | None:
    at = number - 1 if number > 0 else len(parts) + number
    return parts[at].strip() or None if 0 <= at < len(parts) else None
