"""Words that read several other datasets or forms of the same subject at once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ..model.column import Column, joined, ranks, take
from .merge import First, Last, Rows
from .registry import Algorithm, DateRef, Records, algorithm


class Across(Algorithm):
    """Common to the words that compare a subject's dates from several places."""

    scope = "dataset"
    later: ClassVar[bool] = False
    sources: tuple[DateRef, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """Datasets and forms, each once."""
        return tuple(dict.fromkeys(s.rpartition(".")[0] for s in self.sources))

    def contradiction(self) -> str:
        """One name compares nothing; a bare name is of this dataset."""
        bare = next((s for s in self.sources if "." not in s), None)
        if bare is not None:
            return f"'{bare}' names no other form or dataset"
        return "compares several dates, and has one" if len(self.sources) < 2 else ""

    def single(self) -> tuple[First | Last, ...]:
        """The word that reads one of the places, for each."""
        return tuple(Last(s) if self.later else First(s) for s in self.sources)

    def apply(self, records: Records) -> Column:
        """The earliest or latest date; each place's own one is kept as lineage."""
        found = [word.taken(records) for word in self.single()]
        every = joined([column for column, _ in found])
        rank = ranks(every)[0].reshape(len(found), records.n)
        value = np.where(rank == 0, -1, rank if self.later else int(rank.max(initial=0)) - rank)
        rows = np.stack([r for _, r in found])
        for place in self.places:
            own = np.flatnonzero([s.rpartition(".")[0] == place for s in self.sources])
            records.link(place, _best(value[own], rows[own]))
        at = np.arange(len(found) * records.n).reshape(value.shape)
        return take(every, _best(value, at))


def _best(value: Rows, rows: Rows) -> Rows:
    """Of several rows (k, n) the one with the largest value, the first of equals; -1 where every value is -1."""
    best, n = value.argmax(axis=0), np.arange(value.shape[1])
    return np.where(value[best, n] < 0, -1, rows[best, n])


@algorithm
class EarliestOf(Across):
    """The earliest of the subject's dates in several variables of other datasets or forms (by their text).

    >>> EarliestOf((DateRef("EX.EXSTDTC"), DateRef("PR.PRSTDTC"))).describe()
    'Earliest of EX.EXSTDTC, PR.PRSTDTC of the subject.'
    """

    sources: tuple[DateRef, ...]

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Earliest of {', '.join(self.sources)} of the subject."


@algorithm
class LatestOf(Across):
    """The latest of the subject's dates in several variables of other datasets or forms (by their text).

    >>> LatestOf((DateRef("DS.DSDTC"), DateRef("AE.AEDTC"))).describe()
    'Latest of DS.DSDTC, AE.AEDTC of the subject.'
    """

    sources: tuple[DateRef, ...]
    later = True

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Latest of {', '.join(self.sources)} of the subject."
