"""The record that decided a value, as ADaM names it: SRCDOM, SRCVAR, SRCSEQ."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..model.column import Column, collect_numbers, numbers, take, text_column
from .merge import Rows
from .registry import Algorithm, Records, Ref, algorithm

SUBJECT_LEVEL = "ADSL"
Part = Literal["domain", "variable", "sequence"]


def sequence_of(dataset: str) -> Ref | None:
    """The variable that numbers the records of a dataset within a subject; none in one with a record a subject.

    >>> sequence_of("ADLB"), sequence_of("CM"), sequence_of("QSPH"), sequence_of("ADSL"), sequence_of("DM")
    ('ADLB.ASEQ', 'CM.CMSEQ', 'QSPH.QSSEQ', None, None)
    """
    if dataset in (SUBJECT_LEVEL, "DM"):
        return None
    analysis = dataset.startswith("AD") and len(dataset) > 2
    return Ref(f"{dataset}.{'ASEQ' if analysis else f'{dataset[:2]}SEQ'}")


@algorithm
class SourceOf(Algorithm):
    """The dataset, variable or sequence number of the one record that decided a variable of this record.

    ``variables`` lists what may have decided it, a variable for each dataset (ADLB.AVAL, CM.CMSTDTC). ``to`` is
    domain (SRCDOM), variable (SRCVAR) or sequence (SRCSEQ: --SEQ, ASEQ of an analysis dataset). Where records of
    several datasets decided, or none did, there is no value: the lineage has them all.

    >>> SourceOf(Ref("ADT"), (Ref("ADLB.AVAL"),), "sequence").describe()
    'Sequence number of the record of ADLB that decided ADT.'
    """

    variable: Ref
    variables: tuple[Ref, ...]
    to: Part
    scope = "dataset"

    def contradiction(self) -> str:
        """Each dataset once, and none of this dataset's own variables."""
        bare = next((v for v in self.variables if "." not in v), None)
        if bare is not None:
            return f"'{bare}' names no other dataset"
        return "" if len(set(self.places)) == len(self.variables) else "names a dataset twice"

    @property
    def places(self) -> tuple[str, ...]:
        """The datasets, one for each of ``variables``."""
        return tuple(v.rpartition(".")[0] for v in self.variables)

    @property
    def reads(self) -> tuple[str, ...]:
        """The variable that was decided; sequence numbers where they are asked for."""
        sequences = filter(None, map(sequence_of, self.places)) if self.to == "sequence" else ()
        return tuple(dict.fromkeys([self.variable, *sequences]))

    def apply(self, records: Records) -> Column:
        """One value a record: what ``to`` asks."""
        nothing = np.full(records.n, -1, np.int64)
        found = records.taken(self.variable)
        rows = np.stack([found.get(place, nothing) for place in self.places])
        decided = np.sum([r >= 0 for r in found.values()], axis=0) if found else np.zeros(records.n, np.int64)
        which = np.where((decided == 1) & (rows >= 0).any(axis=0), (rows >= 0).argmax(axis=0), -1)
        for i, place in enumerate(self.places):
            records.link(place, np.where(which == i, rows[i], -1))
        if self.to == "sequence":
            return take_sequence(records, self.places, rows, which)
        names = self.places if self.to == "domain" else tuple(v.rpartition(".")[2] for v in self.variables)
        distinct = list(dict.fromkeys(names))
        return text_column(np.array([*(distinct.index(v) for v in names), -1], np.int64)[which], distinct)

    def describe(self) -> str:
        """The method in a sentence."""
        if self.to == "variable":
            return f"The variable of {', '.join(self.variables)} whose one record decided {self.variable}."
        what = "Dataset of the one record" if self.to == "domain" else "Sequence number of the record"
        return f"{what} of {' or '.join(self.places)} that decided {self.variable}."


def take_sequence(records: Records, places: tuple[str, ...], rows: Rows, which: Rows) -> Column:
    """Sequence numbers of the records at ``rows`` (k, n) of the place that decided (n,); -1: none did."""
    out = np.full(records.n, np.nan)
    for i, place in enumerate(places):
        sequence = sequence_of(place)
        if sequence is not None:
            number = numbers(take(records.other(place)[sequence.rpartition(".")[2]], rows[i]))
            out = np.where(which == i, number, out)
    return collect_numbers(out)
