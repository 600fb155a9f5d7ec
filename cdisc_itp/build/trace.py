"""The story of one value: every step from the raw cell to the submitted one, replayed for one subject.

The study is built again for that subject with every step at hand; nothing is stored in the output for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ..algorithms.columns import Column as RawWord
from ..algorithms.merge import Reading
from ..model.column import Column, decoded, is_numeric
from ..model.issue import UserError
from ..model.lineage import NumberedTable
from ..spec.study import Study
from ..spec.types import BlockSpec, SourceSpec, Step
from .datasets import build_records, lines_of
from .forms import Built as BuiltForms
from .forms import Form, first_block
from .records import Built, DatasetRecords
from .unpivot import find_cells


@dataclass(frozen=True)
class RawCell:
    """A raw cell as the reader found it; ``text`` is None where it is empty."""

    file: str
    sheet: str | None
    row: int
    column: str
    text: str | None


@dataclass(frozen=True)
class TraceStep:
    """One value on the way: its name, value, the algorithm that made it and in which line of the spec.

    ``word`` is None for a value that no step made; ``sources`` are the values that it was made from; ``cells``
    the raw cells, for a form column; ``note`` says what else decided (an interval, the order of records).
    """

    name: str
    value: str | None
    word: str | None = None
    text: str = ""
    place: str = ""
    sources: tuple[TraceStep, ...] = ()
    cells: tuple[RawCell, ...] = ()
    note: str = ""


class TraceError(UserError):
    """A record or variable that is not there, or several records where one was meant."""


@dataclass
class Replay:
    """One subject's study, built with every step at hand."""

    study: Study
    tables: list[NumberedTable]
    forms: BuiltForms
    built: Built = field(init=False)

    def __post_init__(self) -> None:
        self.built = build_records(self.study, self.forms.forms)

    def record(self, dataset: str, wanted: dict[str, str]) -> int:
        """The one record (its place while it was built) whose variables have these values, as text."""
        records = self._records(dataset)
        hit = np.ones(records.n, bool)
        for name, value in wanted.items():
            if name not in records.columns:
                raise TraceError(f"{dataset} has no variable {name}")
            hit &= np.array([v == value for v in shown_values(records.columns[name])], bool)
        found = np.flatnonzero(hit)
        said = ", ".join(f"{k}={v}" for k, v in wanted.items())
        if len(found) != 1:
            count = "no record" if not len(found) else f"{len(found)} records"
            raise TraceError(f"{dataset} has {count} with {said}" + (" - name more variables" if len(found) else ""))
        return int(found[0])

    def _records(self, dataset: str) -> DatasetRecords:
        if dataset not in self.built.datasets:
            raise TraceError(f"the study has no dataset {dataset}")
        return self.built.datasets[dataset]

    def trace(self, dataset: str, record: int, variable: str, depth: int = 0) -> TraceStep:
        """How one value came about."""
        records = self._records(dataset)
        name = f"{dataset}.{variable}"
        if variable not in records.columns:
            raise TraceError(f"{dataset} has no variable {variable}")
        value = shown_values(records.columns[variable])[record]
        if variable == "USUBJID":
            return self._subject(records, record, name, value)
        number = int(records.chosen_steps[variable][record]) if variable in records.chosen_steps else -1
        if number < 0 or depth > 30:
            return TraceStep(name, value, note="no line of the spec gave a value" if number < 0 else "")
        step = lines_of(records.build, variable)[number][0]
        sources = tuple(self._sources(records, record, variable, step, depth))
        return TraceStep(
            name,
            value,
            step.algorithm.word,
            step.algorithm.describe(),
            f"{step.file}:{step.line}",
            sources,
            note=_note(records, record, step),
        )

    def _subject(self, records: DatasetRecords, record: int, name: str, value: str | None) -> TraceStep:
        form, row = self._form_row(records, record)
        subject = self.study.files.study.subject_id
        step = subject.steps[0] if subject else None
        reads = step.algorithm.reads if step else ()
        sources = tuple(self._form_value(form, row, r) for r in reads if r in form.columns)
        word, text = (step.algorithm.word, step.algorithm.describe()) if step else (None, "")
        return TraceStep(name, value, word, text, "study.yaml", sources)

    def _form_row(self, records: DatasetRecords, record: int) -> tuple[Form, int]:
        at = int(np.flatnonzero(records.link_record == record)[0])
        form = self.forms.forms[records.form_of(int(records.link_origin[at]))]
        return form, int(np.searchsorted(form.ids, records.link_row[at]))

    def _sources(
        self, records: DatasetRecords, record: int, variable: str, step: Step, depth: int
    ) -> Iterator[TraceStep]:
        reads = [*step.algorithm.reads, *(step.when.reads if step.when else ())]
        for ref in dict.fromkeys(reads):
            place, _, column = ref.rpartition(".")
            if place:
                yield from self._elsewhere(records, record, variable, step, place, column, depth)
            elif ref == ref.upper():
                yield self.trace(records.name, record, ref, depth + 1)
            else:
                yield from self._form_values(records, record, ref)

    def _form_values(self, records: DatasetRecords, record: int, column: str) -> Iterator[TraceStep]:
        """The form rows behind a record: one, or the rows of an interval of which the deciding one comes first."""
        form, row = self._form_row(records, record)
        yield self._form_value(form, row, column)

    def _elsewhere(
        self,
        records: DatasetRecords,
        record: int,
        variable: str,
        step: Step,
        place: str,
        column: str,
        depth: int,
    ) -> Iterator[TraceStep]:
        taken = records.looked.get((variable, place))
        row = -1 if taken is None else int(taken[record])
        if row < 0:
            yield TraceStep(f"{place}.{column}", None, note="the subject has no such record")
        elif place in self.built.datasets:
            yield self.trace(place, row, column, depth + 1)
        else:
            form = self.forms.forms[place]
            yield self._form_value(form, row, column)

    def _form_value(self, form: Form, row: int, column: str) -> TraceStep:
        name = f"{form.name}.{column}"
        value = shown_values(form.columns[column])[row] if column in form.columns else None
        if column == "STUDYID":
            return TraceStep(name, self.study.name, "hardcode", "The study's identifier.", "study.yaml")
        table = self.tables[int(form.places.table[row])]
        source, block = first_block(self.study.files, form.name, table)
        steps = block.columns[column].steps if column in block.columns else ()
        if column == "site" and not steps and source.site is not None:
            steps = source.site.steps
        cells = tuple(self._cells(form, row, table, source, block, steps))
        made = "; ".join(s.algorithm.describe() for s in steps)
        word = steps[0].algorithm.word if steps else None
        where = f"{steps[0].file}:{steps[0].line}" if steps else ""
        inner = tuple(
            self._form_value(form, row, r) for s in steps for r in s.algorithm.reads if "." not in r and r != column
        )
        return TraceStep(name, value, word, made, where, inner, cells)

    def _cells(
        self, form: Form, row: int, table: NumberedTable, source: SourceSpec, block: BlockSpec, steps: tuple[Step, ...]
    ) -> Iterator[RawCell]:
        raw_row = int(np.searchsorted(table.raw.rows, form.places.row[row]))
        cells = find_cells(block.unpivot, tuple(table.raw.frame.columns)) if block.unpivot else None
        code = int(form.places.column[row])
        unpivoted = self.forms.column_names[code] if code >= 0 else ""
        for step in steps:
            if not isinstance(step.algorithm, RawWord):
                continue
            column = str(step.algorithm.column)
            if column.startswith("$") and cells is not None:
                at = cells.columns.index(unpivoted)
                inner = column[1:]
                beside = cells.beside[inner][at] if inner in cells.beside else unpivoted
                if beside is None:
                    continue
                column = beside
            text = decoded(table.raw.frame[column].array)[raw_row]
            yield RawCell(table.raw.file, table.raw.sheet, int(form.places.row[row]), column, text)


def _note(records: DatasetRecords, record: int, step: Step) -> str:
    rows = int(np.sum(records.link_record == record))
    if rows > 1:
        return f"the record is an interval of {rows} form rows"
    if isinstance(step.algorithm, Reading):
        return "taken from the record that the algorithm chose"
    return ""


def shown_values(column: Column) -> list[str | None]:
    """One text a record; whole numbers without decimals."""
    values = decoded(column).tolist()
    if not is_numeric(column):
        return values
    return [None if v is None else (f"{v:.0f}" if v == int(v) else repr(v)) for v in values]


def leaves(step: TraceStep) -> Iterator[RawCell]:
    """Every raw cell of a story."""
    yield from step.cells
    for source in step.sources:
        yield from leaves(source)


def render_trace(step: TraceStep, indent: int = 0) -> str:
    """The story in lines: value, algorithm, place, raw cells."""
    pad = "  " * indent
    lines = [f"{pad}{step.name} = {'(no value)' if step.value is None else repr(step.value)}"]
    if step.word:
        lines.append(f"{pad}  by {step.word} [{step.place}]: {step.text}")
    if step.note:
        lines.append(f"{pad}  {step.note}")
    for cell in step.cells:
        where = cell.file + (f" sheet {cell.sheet}" if cell.sheet else "")
        shown = "(empty)" if cell.text is None else repr(cell.text)
        lines.append(f"{pad}  raw {where} row {cell.row} column {cell.column}: {shown}")
    return "\n".join([*lines, *(render_trace(s, indent + 1) for s in step.sources)])
