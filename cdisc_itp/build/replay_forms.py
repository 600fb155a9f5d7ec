"""How the value of a form column came about: the lines of the source file, applied again to the raw rows."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..algorithms.columns import Column as RawWord
from ..model.column import Column as Values
from ..model.column import Mask, decoded
from ..model.lineage import NumberedTable
from ..model.raw import RawTable
from ..spec.study import Study
from ..spec.types import Step
from .form_rows import FormRows, reasoned_word
from .forms import Block, Form, block_rows
from .forms import Built as BuiltForms
from .partition import without_unused
from .shown import shown
from .trace import Member, RawCell, TraceStep, parameters_said
from .unpivot import Cells, find_cells


@dataclass(frozen=True)
class _Replayed:
    """The rows that one block makes of some raw rows: ``place`` is where a (raw row, unpivoted column) stands."""

    rows: FormRows
    table: NumberedTable
    cells: Cells | None
    place: dict[tuple[int, int], int]


class FormReplay:
    """Stories of form values."""

    def __init__(self, study: Study, tables: list[NumberedTable], forms: BuiltForms) -> None:
        self.study, self.tables, self.forms = study, tables, forms
        self._made: dict[tuple[int, int], _Replayed] = {}
        self._lines: dict[tuple[int, str, int], tuple[Mask, Values, dict[str, Mask]]] = {}
        self._told: dict[tuple[str, int, str], TraceStep] = {}

    def value(self, form: str, row: int, column: str) -> TraceStep:
        """How one value of a form row (its place in the form) came about."""
        key = (form, row, column)
        if key not in self._told:
            made = self.forms.forms[form]
            told, yielding = self._tell(made, row, column), self._yielding(made, row, column)
            if yielding:
                notes = [*filter(None, [told.note]), "rows of the same fact that yield to this one:"]
                told = replace(told, members=(*told.members, *yielding), note="; ".join(notes))
            self._told[key] = told
        return self._told[key]

    def _yielding(self, form: Form, row: int, column: str) -> tuple[Member, ...]:
        """The rows that yield to a form row, with what they say of a column that is compared."""
        known = self.forms.yielded.get(form.name)
        if known is None or column not in form.columns:
            return ()
        at = np.flatnonzero(np.isin(form.ids, known.rows[known.to == form.ids[row]])).tolist()
        blocks = {i: self.forms.blocks[int(form.block[i])].spec for i in at}
        return tuple(
            Member(self.place(form, i), {column: shown(form.columns[column], i)}, dataset=form.name, record=i)
            for i in at
            if any(column in y.compare for y in blocks[i].yields_to)
        )

    def place(self, form: Form, row: int) -> str:
        """File, row and unpivoted column of a form row."""
        table = self.tables[int(form.places.table[row])]
        code = int(form.places.column[row])
        sheet = f" sheet {table.raw.sheet}" if table.raw.sheet else ""
        column = f" column {self.forms.column_names[code]}" if code >= 0 else ""
        return f"{table.raw.file}{sheet} row {int(form.places.row[row])}{column}"

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
            },
            step.algorithm.describe(),
            f"{step.file}:{step.line}" if step.line else "",
            step.when,
            sources,
        )
        if not holds[at]:
            return replace(out, note="the condition does not hold")
        read = step.algorithm.raw_columns if isinstance(step.algorithm, RawWord) else ()
        cells = [cell for raw in read if (cell := self._cell(made, form, row, raw)) is not None]
        notes = [code for code, mask in problems.items() if mask[at]]
        return replace(out, cells=tuple(cells), note="; ".join(notes))

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
        cells = find_cells(spec.spec.unpivot, tuple(whole.raw.frame.columns)) if spec.spec.unpivot else None
        return _Replayed(rows, whole, cells, {k: i for i, k in enumerate(keys)})

    def _cell(self, made: _Replayed, form: Form, row: int, name: str) -> RawCell | None:
        """The raw cell that a word reads; None where the unpivoted column has no such neighbour."""
        raw, place, column = made.table.raw, int(form.places.row[row]), str(name)
        if column.startswith("$") and made.cells is not None:
            unpivoted = self.forms.column_names[int(form.places.column[row])]
            at = made.cells.columns.index(unpivoted)
            if column[1:] not in ("value", *made.cells.beside):
                # $column and the {names} of the pattern are read off the column's name.
                text = unpivoted if column == "$column" else made.cells.names[at][column[1:]]
                return RawCell(raw.file, raw.sheet, place, f"{unpivoted} (its name)", text)
            beside = unpivoted if column == "$value" else made.cells.beside[column[1:]][at]
            if beside is None:
                return None
            column = beside
        text = decoded(made.rows.raw_table.frame[column].array)[_place(made.rows.raw_table, place)]
        return RawCell(raw.file, raw.sheet, place, column, text)


def _place(table: RawTable, row: int) -> int:
    return int(np.flatnonzero(table.rows == row)[0])


def _rows_of(raw: RawTable, at: Any) -> RawTable:
    frame = raw.frame.iloc[at]
    columns = {c: without_unused(frame[c].array) for c in frame.columns}
    return replace(raw, frame=type(frame)(columns), rows=raw.rows[at])
