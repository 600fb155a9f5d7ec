"""RELREC built again from a replay's records: which record, or line of the spec, each of its records is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from ..model.column import Column, take
from ..spec.relations import FILE, RELREC, Relations
from .datasets import frame_of
from .records import DatasetRecords
from .relations import build_relations
from .shown import shown
from .trace import TraceStep

Trace = Callable[[str, int, str], TraceStep]
# A variable of RELREC, and the variable (or what names it) of the related record that it tells.
_OF_RECORD = ("STUDYID", "USUBJID", "IDVARVAL")


class RelationReplay:
    """``columns`` of RELREC in the order of the file, and the dataset and record (None: the spec) behind each."""

    def __init__(
        self,
        relations: Relations,
        study: str,
        datasets: Mapping[str, DatasetRecords],
        stored: Mapping[str, Mapping[str, Column]],
    ) -> None:
        self.relations = relations
        order = {name: datasets[name].order() for name in relations.datasets}
        frames = {n: frame_of({k: take(c, order[n]) for k, c in stored[n].items()}) for n in order}
        frame, links = build_relations(study, relations, frames)
        self.columns: dict[str, Column] = {str(c): frame[c].array for c in frame.columns}
        self.behind: dict[int, tuple[str, int] | None] = {}
        for link in links:
            for record, row in zip(link.record.tolist(), link.row.tolist(), strict=True):
                self.behind[record] = None if link.origin == FILE else (link.origin, int(order[link.origin][row]))

    def trace(self, record: int, variable: str, of: Trace) -> TraceStep:
        """How a value of RELREC came about; ``of`` traces a value of a related record."""
        relation = self.relations.relation(shown(self.columns["RELID"], record) or "")
        value, behind = shown(self.columns[variable], record), self.behind[record]
        step = TraceStep(
            f"{RELREC}.{variable}",
            value,
            word="relations",
            parameters={"members": {**relation.members}},
            text=str(relation),
            place=f"{FILE}:{relation.line}",
        )
        if behind is None or (variable != "RELID" and variable not in _OF_RECORD):
            return step
        dataset, row = behind
        read = shown(self.columns["IDVAR"], record) if variable == "IDVARVAL" else variable
        source = relation.members[dataset] if variable == "RELID" else str(read)
        return replace(step, sources=(replace(of(dataset, row, source), ref=f"{dataset}.{source}"),))
