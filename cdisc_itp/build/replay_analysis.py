"""The story of a value of an analysis dataset: its lines and records, then those of the tabulations behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from msgspec.structs import replace

from ..algorithms.lookup import LookUp
from ..algorithms.reading import Reading
from ..model.column import Column, codes_of, present
from ..spec.study import Study
from ..spec.types import Step
from .analysis import build_analysis_records
from .analysis_records import AnalysisRecords, GivenRecords
from .records import DatasetRecords
from .replay import Applied, Looked, Replay
from .replay_members import Looker
from .replay_tables import TableRows
from .shown import shown, shown_values
from .trace import Member, TraceError, TraceStep

SAS_EPOCH = datetime(1960, 1, 1)
# What stands in the story of a record without a variable that was asked for: results first.
ASKED = ("AVALC", "AVAL")

Behind = Callable[[str], Replay]
"""The replay of one subject's tabulations."""


class AnalysisLooker(Looker):
    """Finds the members of a line's story among records of datasets."""

    def __init__(self, replay: AnalysisReplay) -> None:
        self.study, self.built = replay.study, replay.built
        self.table_rows = TableRows(replay.study)
        self._texts: dict[int, tuple[Column, list[str | None]]] = {}
        self._files: dict[str, np.ndarray] = {}

    def _member(
        self, records: DatasetRecords, i: int, names: Iterable[str], taken: bool = False, this: bool = False
    ) -> Member:
        values = {n: shown_value(records, i, n) for n in names if records.has(n)}
        return Member(self.place(records, i), values, taken, this, records.name, i)

    def _matches(self, records: DatasetRecords, record: int, word: LookUp) -> tuple[Member, ...]:
        """What was taken is told by the link."""
        return ()

    def place(self, records: DatasetRecords, i: int) -> str:
        """A record as somebody finds it again in its file."""
        if records.name not in self._files:
            place = np.empty(records.n, np.int64)
            place[records.order()] = np.arange(records.n)
            self._files[records.name] = place
        return f"{records.name} record {int(self._files[records.name][i]) + 1}"

    def taken(self, looked: Looked, variable: str, record: int, reads: tuple[str, ...]) -> tuple[Member, ...]:
        """The records that a line took, with what it read of them."""
        out = []
        for (of, place, how), rows in sorted(looked.items()):
            if of == variable and how == "taken" and int(rows[record]) >= 0 and place in self.built.datasets:
                own = [r.rpartition(".")[2] for r in reads if r.rpartition(".")[0] in ("", place)]
                target = self.built.datasets[place]
                named = [*(n for n in ("PARAMCD", "AVISIT", "ADT") if n in target.columns), *own]
                out.append(self._member(target, int(rows[record]), list(dict.fromkeys(named)), taken=True))
        return tuple(out)


class AnalysisReplay(Replay):
    """The analysis datasets built again, for all subjects; ``behind`` replays the tabulations of one."""

    def __init__(
        self, study: Study, frames: Mapping[str, pd.DataFrame], behind: Behind | None, files: Mapping[str, str]
    ) -> None:
        self.study, self.behind, self.files = study, behind, files
        self.built = build_analysis_records(study, frames)
        self.looker = AnalysisLooker(self)
        self.stored = {n: self.built.datasets[n].columns for n in study.analysis.datasets}
        self.parents, self.continued = {}, {n: {} for n in self.stored}
        self.comments, self.related = None, None
        self._applied: dict[tuple[int, str, int], Applied] = {}
        self._told: dict[tuple[int, int, str], TraceStep] = {}
        self._replays: dict[str, Replay] = {}

    def record(self, dataset: str, wanted: dict[str, str]) -> int:
        """The one record whose variables have these values: numbers as numbers, dates as ISO 8601."""
        records = self._records(dataset)
        hit = np.ones(records.n, bool)
        for name, value in wanted.items():
            if name not in records.columns:
                raise TraceError(f"{dataset} has no variable {name}")
            texts = shown_values(records.columns[name])
            hit &= np.array([value in (t, as_date(records, name, t)) for t in texts], bool)
        found, said = np.flatnonzero(hit), ", ".join(f"{k}={v}" for k, v in wanted.items())
        if len(found) != 1:
            count = "no record" if not len(found) else f"{len(found)} records"
            raise TraceError(f"{dataset} has {count} with {said}" + (" - name more variables" if len(found) else ""))
        return int(found[0])

    def asked(self, dataset: str, record: int) -> str:
        """The variable that a record's story is about where none was named: its result."""
        columns = self._stored(dataset)
        found = [v for v in ASKED if v in columns and shown(columns[v], record) is not None]
        if not found:
            raise TraceError(f"{dataset}: name the variable, such as {next(reversed(columns))}")
        return found[0]

    def headline(self, dataset: str, record: int) -> str:
        """What a record says, in a sentence: subject, parameter, result, day, and each criterion with its flag."""
        records = self._records(dataset)

        def said(name: str) -> str | None:
            return shown_value(records, record, name) if name in records.columns else None

        what = said("PARAM") or dataset
        result = next((v for name in ASKED if (v := said(name)) is not None), None)
        parts = [f"{what} is {result}" if result is not None else what]
        parts += [f"on {said('ADT')}"] if said("ADT") else []
        parts += [f"(day {said('ADY')})"] if said("ADY") else []
        criteria = [f"{said(f'CRIT{i}')}: {said(f'CRIT{i}FL')}" for i in range(1, 10) if said(f"CRIT{i}FL")]
        return f"{said('USUBJID')}: {' '.join(parts)}{''.join(f'; {c}' for c in criteria)}."

    def _value(self, records: DatasetRecords, record: int, variable: str) -> TraceStep:
        if isinstance(records, GivenRecords):
            return self._of_tabulation(records, record, variable)
        step = super()._value(records, record, variable)
        return replace(step, value=as_date(records, variable, step.value))

    def _tell(self, records: DatasetRecords, record: int, variable: str) -> TraceStep:
        assert isinstance(records, AnalysisRecords)
        if variable == "USUBJID":
            return TraceStep(f"{records.name}.USUBJID", shown(records.columns[variable], record))
        added = self._added(records, record)
        if added is None:
            return super()._tell(records, record, variable)
        what, members = added
        value = shown(records.columns[variable], record)
        if members and variable in members[0].values:
            return TraceStep(f"{records.name}.{variable}", value, word="summarize", text=what, members=members)
        told = super()._tell(records, record, variable)
        compared = self._compared(records, record, variable)
        note = "; ".join(filter(None, [told.note, what]))
        return replace(told, value=value, note=note, members=(*told.members, *compared))

    def _compared(self, records: AnalysisRecords, record: int, variable: str) -> tuple[Member, ...]:
        """The records that the value of a copied record was compared with, in order."""
        adds = self.study.analysis.datasets[records.name].add
        number = int(records.origin[record])
        added = adds[number - (len(records.build.spec.records) - len(adds))]
        if added.take is None or variable != added.of:
            return ()
        asked = (records.origin < number) & present(records[added.of])
        if added.where is not None:
            asked &= records.holds(added.where)
        for column in (records.subjects(), *(records[b] for b in added.by)):
            asked &= codes_of(column) == codes_of(column)[record]
        row = int(records.looked[("DTYPE", records.name, "taken")][record])
        names = [n for n in (str(added.of), "ADT", "AVISIT") if n in records.columns]
        order = records.order()
        return tuple(self.looker._member(records, i, names, i == row) for i in order[asked[order]].tolist())

    def _added(self, records: AnalysisRecords, record: int) -> tuple[str, tuple[Member, ...]] | None:
        """What a derived record is, in words, and the records that it was made from."""
        adds = self.study.analysis.datasets[records.name].add
        number = int(records.origin[record]) - (len(records.build.spec.records) - len(adds))
        if number < 0:
            return None
        added = adds[number]
        of, by = added.of, ", ".join(map(str, added.by))
        if added.summarize is not None:
            rows = records.link_row[records.link_record == record].tolist()
            others = np.flatnonzero(records.origin < len(records.build.spec.records) - len(adds)).tolist()
            of_source = {int(records.source_row[i]): i for i in others}
            members = tuple(self.looker._member(records, of_source[r], [of]) for r in rows if r in of_source)
            return f"The {added.summarize} of {of} by {by}.", members
        row = int(records.looked[("DTYPE", records.name, "taken")][record])
        assert isinstance(self.looker, AnalysisLooker)
        copy = self.looker.place(records, row)
        return f"a derived record: {added.take or 'last one carried forward'} of {of}, copied from {copy}", ()

    def _line(self, records: DatasetRecords, record: int, variable: str, number: int, step: Step) -> TraceStep:
        out = super()._line(records, record, variable, number, step)
        done = self._applied[(id(records), variable, number)]
        if out.members or out.value is None:
            return out
        assert isinstance(self.looker, AnalysisLooker)
        return replace(out, members=self.looker.taken(done.looked, variable, record, step.algorithm.reads))

    def _read(
        self, records: DatasetRecords, record: int, ref: str, variable: str, step: Step, done: Applied
    ) -> TraceStep | None:
        place, _, column = ref.rpartition(".")
        taken = done.looked.get((variable, place, "taken"))
        if isinstance(step.algorithm, Reading) and place in step.algorithm.places and taken is None:
            return None  # Several records were read: the members tell them.
        if place and taken is not None:
            row = int(taken[record])
            return None if row < 0 else replace(self._elsewhere(place, row, column), ref=ref)
        return self._of_own(records, record, ref, variable, step, done)

    def _source(self, records: DatasetRecords, record: int, ref: str, variable: str, looked: Looked) -> TraceStep:
        place, _, column = ref.rpartition(".")
        if isinstance(records, AnalysisRecords) and place and place in records.sources:
            row = int(records.rows_of(place)[record])
            return replace(self._elsewhere(place, row, column), ref=ref)
        return super()._source(records, record, ref, variable, looked)

    def _of_tabulation(self, records: GivenRecords, record: int, variable: str) -> TraceStep:
        """A value of a tabulation: its own story, or its place in the file that was given."""
        name = f"{records.name}.{variable}"
        value = shown(records[variable], record)
        file = self.files.get(records.name)
        subject = shown(records.columns["USUBJID"], record) if "USUBJID" in records.columns else None
        if self.behind is None or subject is None:
            where = f"{file} " if file else f"{records.name} "
            return TraceStep(name, value, note=f"{where}record {record + 1}")
        if subject not in self._replays:
            self._replays[subject] = self.behind(subject)
        replay = self._replays[subject]
        codes = np.asarray(records.columns["USUBJID"].codes)
        at = int((codes[:record] == codes[record]).sum())
        own = replay.records_in_file(records.name)[at]
        if variable not in replay.stored[records.name]:
            return self._of_qualifier(replay, records.name, own, variable, value)
        return replay.trace(records.name, own, variable)

    def _of_qualifier(self, replay: Replay, parent: str, own: int, variable: str, value: str | None) -> TraceStep:
        supplemental = f"SUPP{parent}"
        rows = replay.parents[supplemental][1] if supplemental in replay.parents else np.empty(0, np.int64)
        for i in np.flatnonzero(rows == own).tolist():
            if shown(replay.stored[supplemental]["QNAM"], i) == variable:
                return replace(replay.trace(supplemental, i, "QVAL"), name=f"{parent}.{variable}")
        return TraceStep(f"{parent}.{variable}", value, note=f"the record has no {variable} in {supplemental}")


def as_date(records: DatasetRecords, variable: str, text: str | None) -> str | None:
    """A SAS date or datetime as ISO 8601; other values as they are."""
    shape = next((v.display_format or "" for v in records.build.plan.variables if v.name == variable), "")
    if text is None or not shape.startswith(("DATE9", "DATETIME")):
        return text
    try:
        number = round(float(text))
    except ValueError:
        return text  # It is ISO 8601 already.
    if shape.startswith("DATETIME"):
        return (SAS_EPOCH + timedelta(seconds=number)).isoformat()
    return (SAS_EPOCH + timedelta(days=number)).date().isoformat()


def shown_value(records: DatasetRecords, record: int, variable: str) -> str | None:
    """A value of a record as text, dates as ISO 8601."""
    return as_date(records, variable, shown(records[variable], record))
