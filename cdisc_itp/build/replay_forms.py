"""How the value of a form column came about: the lines of the source file, applied again to the raw rows."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.columns import Column as RawWord
from ..model.column import Column as Values
from ..model.column import Mask, decoded, take
from ..model.lineage import NumberedTable, Occurrences
from ..model.raw import RawTable
from ..spec.study import Study
from ..spec.types import Step
from .form_rows import FormRows, reasoned_word
from .forms import Block, Form, block_rows
from .forms import Built as BuiltForms
from .partition import without_unused
from .replay_rows import NOT_HELD, OF_SUBJECT, RowNotes
from .replay_tables import TableRows, arithmetic
from .shown import shown
from .trace import RawCell, RowNote, TraceStep, issue_text, parameters_said
from .unpivot import Cells, find_cells


class _Replayed(Struct, frozen=True):
    """The rows that one block makes of some raw rows: ``place`` is where a (raw row, unpivoted column) stands."""

    rows: FormRows
    table: NumberedTable
    cells: Cells | None
    place: dict[tuple[int, int], int]
    patterns: tuple[str, ...] = ()


class FormReplay:
    """Stories of form values."""

    def __init__(
        self, study: Study, tables: list[NumberedTable], forms: BuiltForms, personal: Sequence[Occurrences]
    ) -> None:
        self.study, self.tables, self.forms = study, tables, forms
        self.row_notes = RowNotes(study, tables, forms)
        self.table_rows = TableRows(study)
        self._withheld = {
            (int(table), int(row), o.column)
            for o in personal
            for table, row in zip(o.places.table, o.places.row, strict=True)
        }
        self._moves: dict[tuple[str, int], RowNote | None] = {}
        self._made: dict[tuple[int, int], _Replayed] = {}
        self._lines: dict[tuple[int, str, int], tuple[Mask, Values, dict[str, Mask]]] = {}
        self._told: dict[tuple[str, int, str], TraceStep] = {}

    def value(self, form: str, row: int, column: str) -> TraceStep:
        """How one value of a form row (its place in the form) came about."""
        key = (form, row, column)
        if key not in self._told:
            made = self.forms.forms[form]
            told = self._tell(made, row, column)
            self._told[key] = replace(told, row_notes=tuple(self._row_notes(made, row, column, told)))
        return self._told[key]

    def _row_notes(self, form: Form, row: int, column: str, told: TraceStep) -> Iterator[RowNote]:
        """What is to be told of the row as a whole with a value that was read from a raw cell."""
        if column in OF_SUBJECT or not (told.cells or any(t.cells for t in told.tried)):
            return
        # Of what the rows agree in, the choice among them is no part of the story.
        yield from (n for n in self.row_notes.of(form, row) if column not in n.same)
        if "subject" in form.columns and (moved := self._moved(form, row)) is not None:
            yield moved

    def _moved(self, form: Form, row: int) -> RowNote | None:
        """By which row of a map the subject has another number than in the file."""
        if (form.name, row) not in self._moves:
            said = self.value(form.name, row, "subject")
            raw = next((c.text for c in said.cells), None)
            text = f"The row is of subject {said.value}, whose number in the file is {raw}."
            changed = said.members and raw != said.value
            note = RowNote("subject", {}, text, said.place, said.members) if changed else None
            self._moves[(form.name, row)] = note
        return self._moves[(form.name, row)]

    def _tell(self, form: Form, row: int, column: str) -> TraceStep:
        name = f"{form.name}.{column}"
        value = shown(form.columns[column], row) if column in form.columns else None
        if column == "STUDYID":
            said = {"value": self.study.name}
            return TraceStep(
                name, self.study.name, column, "hardcode", dict(said), "The study's identifier.", "study.yaml"
            )
        block = self.forms.blocks[int(form.block[row])]
        steps = self._steps(block, column)
        if not steps:
            return self._reason(form, row, column, value, block)
        tried: list[TraceStep] = []
        for number, step in enumerate(steps):
            line = self._line(form, row, column, number, step, value)
            if line.value is not None:
                return replace(line, tried=tuple(tried))
            tried.append(line)
            if step.algorithm.decides and line.note != NOT_HELD and self._decided(form, row, step):
                break
        return TraceStep(name, None, column, tried=tuple(tried))

    def _steps(self, block: Block, column: str) -> tuple[Step, ...]:
        if column in block.spec.columns:
            return block.spec.columns[column].steps
        if column == "site" and block.source.site is not None:
            return block.source.site.steps
        subject = self.study.files.study.subject_id
        return subject.steps if column == "USUBJID" and subject is not None else ()

    def _reason(self, form: Form, row: int, column: str, value: str | None, block: Block) -> TraceStep:
        """``result_status`` and ``result_reason``: what ``missing`` says of the raw text."""
        name, (of, _, what) = f"{form.name}.{column}", column.rpartition("_")
        word = reasoned_word(block.spec, of) if of in block.spec.columns and what in ("status", "reason") else None
        if word is None:
            return TraceStep(name, value, column, note=f"source {block.source.source} has no line for it")
        step = next(s for s in block.spec.columns[of].steps if s.algorithm is word)
        cell = self._cell(self._replayed(form, row), form, row, word.column)
        return TraceStep(
            name,
            value,
            column,
            "missing",
            {**parameters_said(word), "gives": what},
            f"The {what} that `missing` says of the raw text.",
            f"{step.file}:{step.line}",
            cells=(cell,) if cell is not None else (),
        )

    def _line(self, form: Form, row: int, column: str, number: int, step: Step, value: str | None) -> TraceStep:
        made = self._replayed(form, row)
        at = made.place[(int(form.places.row[row]), int(form.places.column[row]))]
        holds, column_made, problems = self._applied(made, form, row, column, number, step)
        reads = dict.fromkeys((*(step.when.reads if step.when else ()), *step.algorithm.reads))
        sources = tuple(self.value(form.name, row, r) for r in reads if r != column and "." not in r)
        out = TraceStep(
            f"{form.name}.{column}",
            shown(column_made, at) if holds[at] else None,
            column,
            step.algorithm.word,
            {
                **parameters_said(step.algorithm),
                "kind": self._kind(form.name, column),
                "of source": made.rows.from_source.source,
                **({"unpivot": made.patterns} if made.patterns else {}),
            },
            step.algorithm.describe(),
            f"{step.file}:{step.line}" if step.line else "",
            step.when,
            sources,
        )
        if not holds[at]:
            return replace(out, note=NOT_HELD)
        word, source = step.algorithm, made.rows.from_source.source
        read = word.raw_columns if isinstance(word, RawWord) else ()
        cells = tuple(cell for raw in read if (cell := self._cell(made, form, row, raw)) is not None)
        said = {s.ref: s.value for s in sources}
        used = self.table_rows.of_cells(word, cells, source) if isinstance(word, RawWord) else ()
        members = (*used, *(() if read else self.table_rows.read_by(word, said, out.value, source)))
        notes = [issue_text(code) for code, mask in problems.items() if mask[at]]
        notes += filter(None, [arithmetic(word, said, members, out.value)])
        if isinstance(word, RawWord) and word.otherwise is not None and out.value is not None and not members:
            notes.append(f"table {word.map} has no row for it: it stays as it is")
        return replace(out, cells=cells, members=members, note="; ".join(notes))

    def _decided(self, form: Form, row: int, step: Step) -> bool:
        """Whether no later line may speak of a row, whatever this one gave."""
        made = self._replayed(form, row)
        return bool(made.rows.decided(step)[made.place[(int(form.places.row[row]), int(form.places.column[row]))]])

    def _kind(self, form: str, column: str) -> str:
        """The type of a form column, which says how a raw text is read."""
        return self.study.files.forms[form].columns.get(column, "text")

    def _applied(
        self, made: _Replayed, form: Form, row: int, column: str, number: int, step: Step
    ) -> tuple[Mask, Values, dict[str, Mask]]:
        key = (id(made), column, number)
        if key not in self._lines:
            own = copy.copy(made.rows)
            own.target, own.mask, own.issues = column, None, []
            holds = np.ones(own.n, bool) if step.when is None else own.holds(step.when)
            values = step.algorithm.apply(own)  # type: ignore[arg-type]
            problems = {o.code: np.isin(np.arange(own.n), o.index) for o in own.issues if o.index is not None}
            self._lines[key] = (holds, values, problems)
        return self._lines[key]

    def _replayed(self, form: Form, row: int) -> _Replayed:
        key = (int(form.block[row]), int(form.places.table[row]))
        if key not in self._made:
            self._made[key] = self._replay(form, *key)
        return self._made[key]

    def _replay(self, form: Form, block: int, table: int) -> _Replayed:
        """The block's rows again, from those raw rows of the table that the form's rows come from."""
        here = (form.block == block) & (form.places.table == table)
        whole, spec = self.tables[table], self.forms.blocks[block]
        at = np.flatnonzero(np.isin(whole.raw.rows, form.places.row[here]))
        some = replace(whole, raw=_rows_of(whole.raw, at))
        rows, _ = block_rows(self.study.files, spec, some, list(self.forms.column_names))
        keys = zip(rows.places.row.tolist(), rows.places.column.tolist(), strict=True)
        cells = find_cells(spec.spec.unpivot, tuple(whole.raw.columns)) if spec.spec.unpivot else None
        patterns = spec.spec.unpivot.columns if spec.spec.unpivot else ()
        return _Replayed(rows, whole, cells, {k: i for i, k in enumerate(keys)}, tuple(map(str, patterns)))

    def _cell(self, made: _Replayed, form: Form, row: int, name: str) -> RawCell | None:
        """The raw cell that a word reads; None where the unpivoted column has no such neighbour."""
        raw, place, column = made.table.raw, int(form.places.row[row]), str(name)
        if column.startswith("$") and made.cells is not None:
            unpivoted = self.forms.column_names[int(form.places.column[row])]
            at = made.cells.columns.index(unpivoted)
            if column[1:] not in ("value", *made.cells.beside):
                # $column and the {names} of the pattern are read off the column's name.
                text = unpivoted if column == "$column" else made.cells.names[at][column[1:]]
                return RawCell(raw.file, raw.sheet, place, unpivoted, text, column[1:])
            beside = unpivoted if column == "$value" else made.cells.beside[column[1:]][at]
            if beside is None:
                return None
            column = beside
        text = decoded(made.rows.raw_table.columns[column])[_place(made.rows.raw_table, place)]
        withheld = (made.table.number, place, column) in self._withheld
        return RawCell(raw.file, raw.sheet, place, column, text, withheld=withheld)


def _place(table: RawTable, row: int) -> int:
    return int(np.flatnonzero(table.rows == row)[0])


def _rows_of(raw: RawTable, at: Any) -> RawTable:
    columns = {name: without_unused(take(column, at)) for name, column in raw.columns.items()}
    return replace(raw, columns=columns, rows=raw.rows[at])
