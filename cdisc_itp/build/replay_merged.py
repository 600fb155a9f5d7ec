"""The stories of records that several rows became: intervals that follow each other, rows of one visit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from ..spec.gathered import VISITS
from ..spec.study import Study
from .records import DatasetRecords, Unmerged
from .replay_members import Looker
from .shown import shown
from .trace import TraceStep

Value = Callable[[DatasetRecords, int, str], TraceStep]
"""How a value of a record came about."""


class MergedReplay(Struct, frozen=True):
    """Tells a value of a record that was one row or several; ``value`` tells that of the row it was taken from."""

    study: Study
    looker: Looker
    value: Value

    def tell(self, records: DatasetRecords, before: Unmerged, record: int, variable: str) -> TraceStep:
        """A value of a record that was one row or several that follow each other."""
        members = np.flatnonzero(before.group == record)
        first = int(before.first[record])
        if len(members) == 1:
            return self.value(before.records, first, variable)
        spec = records.build.spec.records[int(records.origin[record])].intervals
        if spec is None:
            return self._of_visit(records, before, members.tolist(), record, variable)
        taken = first
        if variable == spec.end:
            value = shown(records.columns[variable], record)
            taken = next(int(m) for m in members if shown(before.records.columns[variable], int(m)) == value)
        names = [str(s) for s in (*spec.same, spec.start, spec.end)]
        text = f"One record of {len(members)} rows that follow each other: from the first start to the last end."
        return TraceStep(
            f"{records.name}.{variable}",
            shown(records.columns[variable], record),
            word="intervals",
            parameters={"same": tuple(map(str, spec.same)), "start": spec.start, "end": spec.end, "gap": str(spec.gap)},
            text=text,
            place=":".join(map(str, self.study.files.places[f"{records.name} records"])),
            sources=(replace(self.value(before.records, taken, variable), ref=variable),),
            members=self.looker.rows_of(before.records, members.tolist(), names, taken),
        )

    def _of_visit(
        self, records: DatasetRecords, before: Unmerged, members: list[int], record: int, variable: str
    ) -> TraceStep:
        """A value of a visit: of the rows on it, the one that it was taken from."""
        value = shown(records.columns[variable], record)
        start, end = (f"{records.name[:2]}{suffix}" for suffix in ("STDTC", "ENDTC"))
        members.sort(key=lambda m: (shown(before.records.columns[start], m) or "~", m))
        given = [m for m in members if shown(before.records.columns[variable], m) == value]
        taken = given[0] if given else members[0]
        names = [n for n in ("VISITNUM", "VISIT", start, end, variable) if before.records.has(n)]
        return TraceStep(
            f"{records.name}.{variable}",
            value,
            word=VISITS,
            text=f"One record of {len(members)} rows of one visit: from the first day to the last.",
            place=":".join(map(str, self.study.files.places[f"{records.name} records"])),
            sources=(replace(self.value(before.records, taken, variable), ref=variable),),
            members=self.looker.rows_of(before.records, members, list(dict.fromkeys(names)), taken),
        )
