"""One subject's study built again with every step at hand: how each value came about.

Nothing is stored in an output for it; the lines of the spec are applied again, one by one.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.across import Across
from ..algorithms.change import BaselineValue
from ..algorithms.groups import ValueOfNext, ValueOfPrevious
from ..algorithms.lookup import LookUp
from ..algorithms.merge import Reading
from ..model.column import Column, Mask
from ..model.lineage import NumberedTable, Occurrences
from ..spec.relations import RELREC
from ..spec.study import Study
from ..spec.types import COMMENTS, Step
from .comments import Comments, build_comments
from .datasets import build_records, lines_of, make_storable
from .forms import Built as BuiltForms
from .long_text import Continued
from .records import DatasetRecords, How, Numbers
from .replay_forms import FormReplay
from .replay_members import Looker
from .replay_merged import MergedReplay
from .replay_relations import RelationReplay
from .replay_rows import NOT_HELD
from .replay_tables import arithmetic
from .shown import shown, shown_values
from .supplemental import build_supplemental
from .trace import Member, TraceError, TraceStep, issue_text, no_variable

Looked = dict[tuple[str, str, How], Numbers]


class Applied(Struct, frozen=True):
    """One line of the spec applied to all records: where it holds, what it gives, what it took from elsewhere."""

    holds: Mask
    column: Column
    when_looked: Looked
    looked: Looked
    issues: list[Occurrences]

    def issues_at(self, record: int) -> list[str]:
        """What was wrong with a record, as code and title."""
        return [issue_text(o.code) for o in self.issues if o.index is not None and bool((o.index == record).any())]


def applied(rows: Any, target: str, step: Step) -> Applied:
    """Apply a line to all records (or form rows) without changing them."""
    when = _own(rows, target)
    holds = np.ones(rows.n, bool) if step.when is None else when.holds(step.when)
    own = _own(rows, target)
    column = step.algorithm.apply(own)
    return Applied(holds, column, getattr(when, "looked", {}), getattr(own, "looked", {}), own.issues)


def _own(rows: Any, target: str) -> Any:
    own = copy.copy(rows)
    own.target, own.mask, own.issues, own.looked, own._reported = target, None, [], {}, {}
    return own


class Replay:
    """The study built again, for one subject or for all; a story for each value.

    ``personal`` are the raw cells that were left out since they identify a person.
    """

    def __init__(
        self, study: Study, tables: list[NumberedTable], forms: BuiltForms, personal: Sequence[Occurrences] = ()
    ) -> None:
        self.study, self.tables, self.forms = study, tables, forms
        self.built = build_records(study, forms.forms)
        self.of_forms = FormReplay(study, tables, forms, personal)
        self.looker = Looker(study, forms, tables, self.built)
        self.merged = MergedReplay(study, self.looker, self._value)
        self.stored: dict[str, dict[str, Column]] = {}
        self.parents: dict[str, tuple[str, Numbers]] = {}
        self.continued: dict[str, dict[str, Continued]] = {}
        self.as_stored: dict[str, DatasetRecords] = {}
        self._applied: dict[tuple[int, str, int], Applied] = {}
        self._told: dict[tuple[int, int, str], TraceStep] = {}
        self._first_link: dict[int, Numbers] = {}
        for name, records in self.built.datasets.items():
            self._store(name, records)
        self.comments = self._comment()
        self.related = self._relate()

    def _store(self, name: str, records: DatasetRecords) -> None:
        """What the file holds: the records, but for what it cannot hold; the supplemental dataset."""
        own = copy.copy(records)
        own.columns, own.issues = dict(records.columns), []
        encoding = self.study.files.study.encoding
        order = records.order()
        make_storable(own, encoding)
        self.stored[name], self.continued[name], self.as_stored[name] = own.columns, own.continued, own
        if own.build.supplemental is not None and (own.build.spec.supplemental or own.continued):
            frames: dict[str, Any] = {}
            links: list[Any] = []
            build_supplemental(own.build, own, order, frames, links)
            for other, frame in frames.items():
                self.stored[other] = {str(c): frame[c].array for c in frame.columns}
                self.parents[other] = (name, order[links[-1].row])

    def _comment(self) -> Comments | None:
        """CO, from the records as they are stored."""
        comments = build_comments(self.as_stored)
        if comments is not None:
            self.stored[COMMENTS] = comments.columns
        return comments

    def _relate(self) -> RelationReplay | None:
        """RELREC, after every record that it may name."""
        relations = self.study.relations
        if relations is None:
            return None
        related = RelationReplay(relations, self.study.name, self.built.datasets, self.stored)
        self.stored[RELREC] = related.columns
        return related

    def records_in_file(self, dataset: str) -> list[int]:
        """The replay's number of each record, in the order of the file."""
        if dataset in self.parents:
            return list(range(len(self.parents[dataset][1])))
        if dataset == RELREC and self.related is not None:
            return list(range(len(self.related.behind)))
        if dataset == COMMENTS and self.comments is not None:
            return list(range(len(self.comments.place)))
        order: list[int] = self._records(dataset).order().tolist()
        return order

    def record(self, dataset: str, wanted: dict[str, str]) -> int:
        """The one record (its number in this replay) whose variables have these values, as text."""
        columns = self._stored(dataset)
        hit = np.ones(len(next(iter(columns.values()))), bool)
        for name, value in wanted.items():
            if name not in columns:
                raise no_variable(dataset, name, columns)
            hit &= np.array([v == value for v in shown_values(columns[name])], bool)
        found = np.flatnonzero(hit)
        said = ", ".join(f"{k}={v}" for k, v in wanted.items())
        if len(found) != 1:
            count = "no record" if not len(found) else f"{len(found)} records"
            raise TraceError(f"{dataset} has {count} with {said}" + (" - name more variables" if len(found) else ""))
        return int(found[0])

    def _stored(self, dataset: str) -> dict[str, Column]:
        if dataset not in self.stored:
            raise TraceError(f"the study has no dataset {dataset}")
        return self.stored[dataset]

    def _records(self, dataset: str) -> DatasetRecords:
        self._stored(dataset)
        return self.built.datasets[dataset]

    def trace(self, dataset: str, record: int, variable: str) -> TraceStep:
        """How one value of a file came about; TraceError where there is no such variable."""
        columns = self._stored(dataset)
        if variable not in columns:
            raise no_variable(dataset, variable, columns)
        if dataset in self.parents:
            return self._supplemental(dataset, record, variable)
        if dataset == RELREC and self.related is not None:
            return self.related.trace(record, variable, self.trace)
        if dataset == COMMENTS and self.comments is not None:
            return self._of_comment(self.comments, record, variable)
        step = self._value(self._records(dataset), record, variable)
        stored = shown(columns[variable], record)
        if step.value is not None and stored is None:
            return TraceStep(step.name, None, sources=(step,), note="left out: a transport file cannot hold it")
        if variable in {c.variable for c in self.continued[dataset].values()} and stored != step.value:
            text = "The first part of the text, which has over 200 bytes; the rest is in the supplemental dataset."
            return TraceStep(step.name, stored, "", "divided", {"part": "1"}, text, sources=(step,))
        return step

    def of_member(self, member: Member, name: str) -> TraceStep:
        """How a value of a record or form row that was looked at came about."""
        if member.dataset is None or member.record is None:
            raise TraceError(f"{member.place} is no record and no form row")
        if member.dataset not in self.built.datasets:
            return self.of_forms.value(member.dataset, member.record, name)
        records = self.built.datasets[member.dataset]
        for _ in range(member.joins):
            assert records.unmerged is not None
            records = records.unmerged.records
        variable = name == name.upper()
        return (self._value if variable else self._form_value)(records, member.record, name)

    def _of_comment(self, comments: Comments, record: int, variable: str) -> TraceStep:
        """COVAL, CODTC, IDVARVAL and the subject are values of the record that is commented on."""
        name, value = f"{COMMENTS}.{variable}", shown(comments.columns[variable], record)
        kind = comments.parents[int(comments.parent[record])]
        records = self._records(kind.dataset)
        behind, spec = int(records.order()[comments.place[record]]), records.build.spec.comments[kind.name]
        said = {"IDVARVAL": shown(comments.columns["IDVAR"], record), "CODTC": spec.date}
        of = kind.name if variable.startswith("COVAL") else said.get(variable)
        of = variable if variable in ("STUDYID", "USUBJID") else of
        if of is None or value is None:
            text = f"Said by the comment {kind.name} of {kind.dataset}."
            return TraceStep(name, value, word="supplemental", text=text)
        step = self._value(records, behind, of)
        if step.value != value:
            part = str(int(variable.removeprefix("COVAL") or "0") + 1)
            text = f"Part {part} of the comment {of} on the record in {kind.dataset}, which has over 200 bytes."
            return TraceStep(name, value, "", "divided", {"part": part}, text, sources=(step,))
        text = f"{of} of the record in {kind.dataset}."
        return TraceStep(name, value, "", "supplemental", {"source": of}, text, sources=(replace(step, ref=of),))

    def _supplemental(self, dataset: str, record: int, variable: str) -> TraceStep:
        """QVAL and IDVARVAL are values of the parent record; the rest is said by the spec."""
        columns = self.stored[dataset]
        name, value = f"{dataset}.{variable}", shown(columns[variable], record)
        parent, rows = self.parents[dataset]
        at = {"QVAL": "QNAM", "IDVARVAL": "IDVAR"}.get(variable)
        of = variable if variable in ("STUDYID", "USUBJID") else at and shown(columns[at], record)
        further = self.continued[parent].get(shown(columns["QNAM"], record) or "")
        if further is not None and variable == "QVAL":
            whole = self._value(self._records(parent), int(rows[record]), further.variable)
            part = str(further.number + 1)
            text = f"Part {part} of {further.variable} of the record in {parent}, which has over 200 bytes."
            return TraceStep(name, value, "", "divided", {"part": part}, text, sources=(whole,))
        if of is None and further is not None:
            return TraceStep(
                name, value, word="supplemental", text=f"Said of {parent}.{further.variable}, which is divided."
            )
        if of is None:
            spec = self.built.datasets[parent].build.spec.supplemental[shown(columns["QNAM"], record) or ""]
            text = "Said by the supplemental variable's line in the spec."
            return TraceStep(name, value, "", "supplemental", {}, text, f"{spec.file}:{spec.line}")
        step = replace(self.trace(parent, int(rows[record]), of), ref=of)
        return TraceStep(
            name, value, "", "supplemental", {"source": of}, f"{of} of the record in {parent}.", "", None, (step,)
        )

    def _value(self, records: DatasetRecords, record: int, variable: str) -> TraceStep:
        key = (id(records), record, variable)
        if key not in self._told:
            self._told[key] = self._tell(records, record, variable)
        return self._told[key]

    def _tell(self, records: DatasetRecords, record: int, variable: str) -> TraceStep:
        name = f"{records.name}.{variable}"
        before = records.unmerged
        if before is not None and variable in before.records.columns:
            return self.merged.tell(records, before, record, variable)
        if variable == "USUBJID":
            return replace(self._form_value(records, record, variable), name=name)
        value = shown(records.columns[variable], record)
        tried: list[TraceStep] = []
        for number, (step, sources) in enumerate(lines_of(records.build, variable)):
            if sources is not None and int(records.origin[record]) not in sources:
                continue
            line = self._line(records, record, variable, number, step)
            if line.value is not None:
                note = line.note if value is not None else issue_text("DATA020")
                return replace(line, value=value, tried=tuple(tried), note=note)
            tried.append(line)
            if step.algorithm.decides and line.note != NOT_HELD and bool(_own(records, variable).decided(step)[record]):
                break
        return TraceStep(name, None, tried=tuple(tried), note="" if tried else "no line of the spec makes it")

    def _line(self, records: DatasetRecords, record: int, variable: str, number: int, step: Step) -> TraceStep:
        """One line of the spec; its value is None where it does not hold or gives none."""
        key = (id(records), variable, number)
        if key not in self._applied:
            self._applied[key] = applied(records, variable, step)
        done = self._applied[key]
        condition = tuple(step.when.reads) if step.when else ()
        sources = [self._source(records, record, r, variable, done.when_looked) for r in condition]
        holds = bool(done.holds[record])
        out = TraceStep(
            f"{records.name}.{variable}",
            shown(done.column, record) if holds else None,
            word=step.algorithm.word,
            parameters=self.looker.parameters(records, step, variable),
            text=step.algorithm.describe(),
            place=f"{step.file}:{step.line}" if step.line else "",
            when=step.when,
            note="" if holds else NOT_HELD,
        )
        if holds:
            reads = [r for r in step.algorithm.reads if r not in condition]
            sources += [s for r in reads if (s := self._read(records, record, r, variable, step, done)) is not None]
            members = self.looker.members(records, record, variable, step, out.value, tuple(sources))
            order = out.parameters.get("order")
            notes = [f"in the order of {', '.join(order)}"] if isinstance(order, tuple) else []
            notes += filter(None, [arithmetic(step.algorithm, {s.ref: s.value for s in sources}, members, out.value)])
            notes += [*done.issues_at(record), *(["it gives no value"] if out.value is None else [])]
            note = "; ".join(notes)
            out = replace(out, members=members, note=note)
        return replace(out, sources=tuple(sources))

    def _read(
        self, records: DatasetRecords, record: int, ref: str, variable: str, step: Step, done: Applied
    ) -> TraceStep | None:
        """A value that a line read; None where members tell what was read."""
        place = ref.rpartition(".")[0]
        if isinstance(step.algorithm, Reading | Across | LookUp) and place in step.algorithm.places:
            taken = done.looked.get((variable, place, "taken"))
            row = -1 if taken is None else int(taken[record])
            return None if row < 0 else replace(self._elsewhere(place, row, ref.rpartition(".")[2]), ref=ref)
        return self._of_own(records, record, ref, variable, step, done)

    def _of_own(
        self, records: DatasetRecords, record: int, ref: str, variable: str, step: Step, done: Applied
    ) -> TraceStep:
        """A value of the record; of a word that takes one of another record of the dataset, that one's."""
        taken = done.looked.get((variable, records.name, "taken"))
        if (
            isinstance(step.algorithm, BaselineValue | ValueOfPrevious | ValueOfNext)
            and ref == step.algorithm.source
            and taken is not None
        ):
            row = int(taken[record])
            return self._value(records, row if row >= 0 else record, ref)
        return self._source(records, record, ref, variable, done.looked)

    def _source(self, records: DatasetRecords, record: int, ref: str, variable: str, looked: Looked) -> TraceStep:
        place, _, column = ref.rpartition(".")
        if place:
            rows = looked.get((variable, place, "one"))
            row = -1 if rows is None else int(rows[record])
            step = self._elsewhere(place, row, column)
        elif ref == ref.upper():
            step = self._value(records, record, ref)
        else:
            step = self._form_value(records, record, ref)
        return replace(step, ref=ref) if step.ref != ref else step

    def _elsewhere(self, place: str, row: int, column: str) -> TraceStep:
        if row < 0:
            return TraceStep(f"{place}.{column}", None, note="the subject has no such record, or several")
        if place in self.built.datasets:
            return self._value(self.built.datasets[place], row, column)
        return self.of_forms.value(place, row, column)

    def _form_value(self, records: DatasetRecords, record: int, column: str) -> TraceStep:
        form, row = self.looker.form_row(records, record)
        return self.of_forms.value(form, row, column)
