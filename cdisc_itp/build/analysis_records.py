"""The records of an analysis dataset, each from a record of another dataset; and finished datasets that they read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, Mask, arrow_values, codes_of, joined, spread, take, used
from ..model.lineage import Places
from ..spec.builds import AnalysisBuild, DatasetBuild
from .qualifiers import qualifier_columns
from .records import Built, DatasetRecords, Numbers
from .rows import of_sources

# The dataset that says which subjects are analysed.
SUBJECTS = "ADSL"


class GivenRecords(DatasetRecords):
    """A finished dataset, in the order of its file; qualifiers of its supplemental dataset are columns of it."""

    def __init__(self, built: Built, build: DatasetBuild, frame: pd.DataFrame, qualifiers: pd.DataFrame | None) -> None:
        self.built, self.build = built, build
        columns: dict[str, Column] = {str(c): frame[c].array for c in frame.columns}
        if qualifiers is not None:
            columns = {**qualifier_columns(columns, qualifiers), **columns}
        n = len(frame)
        self._start(columns, no_places(np.arange(n)), np.zeros(n, np.int32), np.arange(n))

    def order(self) -> Numbers:
        """As they stand."""
        return np.arange(self.n)


class AnalysisRecords(DatasetRecords):
    """Records of an analysis dataset with their variables.

    ``source_number`` (n,) is the record source of each, ``source_row`` (n,) the record there; -1 for a derived record
    that is no copy of another. ``origin`` tells which lines make its variables: those of its source, or of what added
    it.
    """

    def __init__(self, built: Built, build: AnalysisBuild) -> None:
        self.built, self.build = built, build
        self.sources = [str(r.from_) for r in build.spec.records]
        chosen = [self._chosen(i) for i in range(len(build.spec.records) - len(build.add))]
        rows = np.concatenate([*chosen, np.empty(0, np.int64)])
        origin = np.concatenate([np.full(len(r), i, np.int32) for i, r in enumerate(chosen)])
        subjects = joined([take(built.datasets[self.sources[i]].subjects(), r) for i, r in enumerate(chosen)])
        self.source_number, self.source_row = origin, rows
        self._start({"USUBJID": subjects}, no_places(rows), origin, rows)

    def _chosen(self, number: int) -> Numbers:
        """The records of a source that its condition keeps, of subjects that ADSL has (ADaMIG 1.3, 2.3.1)."""
        spec = self.build.spec.records[number]
        source = self.built.datasets[str(spec.from_)]
        keep = source.holds(spec.where) if spec.where is not None else np.ones(source.n, bool)
        subjects = self.built.datasets.get(SUBJECTS)
        if subjects is not None and self.build.name != SUBJECTS:
            known = arrow_values(subjects.subjects()).filter(pa.array(used(subjects.subjects())))
            analysed = np.asarray(pc.is_in(arrow_values(source.subjects()), known), bool)
            keep = keep & spread(analysed, source.subjects(), False)
        return np.flatnonzero(keep)

    def __getitem__(self, ref: str) -> Column:
        if ref in self.columns:
            return self.columns[ref]
        place, _, column = ref.rpartition(".")
        if place and place in self.sources:
            return take(self.other(place)[column], self.rows_of(place))
        return super().__getitem__(ref)

    def rows_of(self, place: str) -> Numbers:
        """The record of a source behind each record (n,); of others the subject's one record there, else -1."""
        numbers = [i for i, name in enumerate(self.sources) if name == place]
        own = of_sources(self.source_number, numbers)
        rows = np.where(own, self.source_row, -1)
        subjects = codes_of(self.built.datasets[place].subjects())
        if own.all() or (np.bincount(subjects + 1) > 1).any():
            return rows
        return np.where(own, rows, self._one_a_subject(place))

    def has(self, ref: str) -> bool:
        """Whether a name means a column here."""
        place, _, column = ref.rpartition(".")
        return ref in self.columns or (place != "" and place in self.sources and self.built.datasets[place].has(column))

    def not_understood(self, ref: str) -> Mask | None:
        """What could not be read of the records that records are made from was told of these."""
        place = ref.rpartition(".")[0]
        return None if place and place in self.sources else super().not_understood(ref)

    def order(self) -> Numbers:
        """Records by subject and the declared keys, then as their sources stand; kept once every key is there."""
        if self._order is not None:
            return self._order
        keys = [self._ranks(k)[0] for k in self.order_keys]
        order = np.lexsort([self.source_row, self.source_number, self.origin, *reversed(keys)])
        if set(self.build.order) <= self.columns.keys():
            self._order = order
        return order

    def append(self, rows: Numbers, number: int, values: Mapping[str, Column]) -> None:
        """Add derived records (k,): copies of those at ``rows`` (-1: of none), made by record source ``number``.

        ``values`` are what the new records have of their own (k each).
        """
        n, k = self.n, len(rows)
        every = np.concatenate([np.arange(n), rows])
        columns = {name: take(c, every) for name, c in self.columns.items()}
        for name, column in values.items():
            columns[name] = joined([self.columns[name], column])
        self._extend_links(rows)
        self.source_number = np.append(self.source_number, -1)[every].astype(np.int32)
        self.source_row = np.append(self.source_row, -1)[every]
        self.origin = np.concatenate([self.origin, np.full(k, number, np.int32)])
        self.looked = {key: np.append(v, -1)[every] for key, v in self.looked.items()}
        self.chosen_steps = {key: np.append(v, np.int16(-1))[every] for key, v in self.chosen_steps.items()}
        self._reported = {key: np.append(v, False)[every] for key, v in self._reported.items()}
        self.columns, self.n, self.unread = columns, n + k, {}
        self.places = no_places(self.source_row)
        self._order, self._links, self._several = None, {}, {}

    def _extend_links(self, rows: Numbers) -> None:
        """A copy comes from what the record that it copies comes from."""
        at = np.flatnonzero(rows >= 0)
        first = np.full(self.n, -1, np.int64)
        first[self.link_record[::-1]] = np.arange(len(self.link_record))[::-1]
        link = first[rows[at]]
        at, link = at[link >= 0], link[link >= 0]
        self.link_record = np.concatenate([self.link_record, self.n + at])
        self.link_row = np.concatenate([self.link_row, self.link_row[link]])
        self.link_origin = np.concatenate([self.link_origin, self.link_origin[link]])

    def link_rows(self, record: Numbers, behind: Numbers) -> None:
        """Records (m,) also come from what the records ``behind`` (m,) come from."""
        self.link_record = np.concatenate([self.link_record, record])
        self.link_row = np.concatenate([self.link_row, self.source_row[behind]])
        self.link_origin = np.concatenate([self.link_origin, self.source_number[behind]])


def no_places(rows: Numbers) -> Places:
    """Places of records that come from no raw table themselves; ``rows`` (n,) are numbers of records, from 0."""
    none = np.full(len(rows), -1, np.int32)
    return Places(none, rows.astype(np.int64) + 1, none)
