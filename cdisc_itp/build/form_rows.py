"""The rows of one block while its form columns are made: from a site's dialect to canonical text."""

from __future__ import annotations

import graphlib
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.columns import Column as RawWord
from ..algorithms.columns import compute_canonical
from ..model.column import Column, Mask, constant, empty_column, is_numeric, joined, present, take, text_column
from ..model.lineage import Fate, Places
from ..model.raw import RawTable
from ..spec.load import StudyFiles
from ..spec.maps import CsvTable
from ..spec.types import BlockSpec, SourceSpec, Steps
from .rows import Rows, apply_kernel
from .unpivot import Unpivoted

NOT_DONE = "NOT DONE"
Reasons = list[tuple[Mask, Fate, str]]


class MadeRows(Struct, frozen=True):
    """The n rows that one block made of one raw table (``file``, ``sheet``), once nothing more is made of them."""

    n: int
    columns: dict[str, Column]
    places: Places
    unread: dict[str, Mask]
    left_out: Reasons
    file: str
    sheet: str | None


class FormRows(Rows):
    """Rows of one block while its form columns are made."""

    def __init__(
        self, files: StudyFiles, source: SourceSpec, form: str, table: RawTable, rows: Unpivoted, places: Places
    ):
        columns = {"STUDYID": constant(files.study.study, len(places))}
        super().__init__(files.study.study, len(places), columns, places)
        self.files, self.from_source, self.name, self.raw_table, self.rows = files, source, form, table, rows
        self.left_out: Reasons = []

    def made(self) -> MadeRows:
        """What is left to know of the rows once their columns are made."""
        table = self.raw_table
        return MadeRows(self.n, self.columns, self.places, self.unread, self.left_out, table.file, table.sheet)

    @property
    def source(self) -> str | None:
        """The source of these rows."""
        return self.from_source.source

    @property
    def kind(self) -> str:
        """The type of the form column that is being made."""
        return self.files.forms[self.name].columns.get(self.target, "text")

    def is_number(self, ref: str) -> bool:
        """Whether a form column is of kind number."""
        return self.files.forms[self.name].columns.get(ref) == "number"

    def table(self, name: str) -> CsvTable:
        """A table of maps/."""
        return self.files.tables[name]

    def raw(self, name: str) -> Column:
        """A raw column, or what ``unpivot`` made."""
        if name.startswith("$"):
            return self.rows.made[name[1:]]
        return take_raw(self.raw_table, name, self.rows.raw_rows)

    def each_raw(self, kernel: Any, *columns: str) -> Column:
        """As ``each``, for raw columns."""
        return self._each(kernel, columns, [self.raw(c) for c in columns])


def take_raw(table: RawTable, name: str, rows: npt.NDArray[np.int64] | None) -> Column:
    """A raw column at ``rows`` (None: all)."""
    values: Column = table.columns[name]
    return values if rows is None else take(values, rows)


def make_columns(rows: FormRows, block: BlockSpec) -> None:
    """Make the site, the block's form columns in the order that they read each other, and the subject."""
    if rows.from_source.site is not None:
        rows.target = "site"
        rows.columns["site"] = first_value(rows, rows.from_source.site)
    for column in _column_order(block):
        rows.target = column
        before = len(rows.issues)
        rows.columns[column] = first_value(rows, block.columns[column])
        rows.remember_unread(column, before)
        _make_reasons(rows, block, column)
    subject = rows.files.study.subject_id
    reads = {r for s in subject.steps for r in s.algorithm.reads} if subject else set()
    if subject is not None and all(rows.has(r) for r in reads):
        rows.target = "USUBJID"
        rows.columns["USUBJID"] = first_value(rows, subject)
        _name_subjects(rows)


def _name_subjects(rows: FormRows) -> None:
    """Say of whom the issues speak that came up before the subject was made."""
    who = rows.columns["USUBJID"]
    rows.issues = [
        i if i.subject is not None or i.index is None else replace(i, subject=take(who, i.index)) for i in rows.issues
    ]


def _column_order(block: BlockSpec) -> list[str]:
    graph = {
        c: sorted(
            r
            for s in steps.steps
            for r in (*s.algorithm.reads, *(s.when.reads if s.when else ()))
            if r in block.columns and r != c
        )
        for c, steps in block.columns.items()
    }
    return list(graphlib.TopologicalSorter(graph).static_order())


def _make_reasons(rows: FormRows, block: BlockSpec, column: str) -> None:
    """Fill ``<column>_status`` and ``<column>_reason`` where a text of ``missing`` says why there is no value."""
    wanted = rows.files.forms[rows.name].columns
    status, reason = f"{column}_status", f"{column}_reason"
    said = reasoned_word(block, column)
    if said is None or (status not in wanted and reason not in wanted):
        return
    why = said.reasons(rows)  # type: ignore[arg-type]
    if status in wanted and status not in block.columns:
        rows.columns[status] = text_column(np.where(present(why), 0, -1), [NOT_DONE])
    if reason in wanted and reason not in block.columns:
        plain = np.append(why.categories.to_numpy(dtype=object) == NOT_DONE, True)
        rows.columns[reason] = text_column(np.where(plain[why.codes], -1, why.codes), why.categories)


def reasoned_word(block: BlockSpec, column: str) -> RawWord | None:
    """The word of a form column whose ``missing`` gives reasons."""
    words = [s.algorithm for s in block.columns[column].steps if isinstance(s.algorithm, RawWord)]
    return next((w for w in words if w.missing and any(w.missing.values())), None)


def first_value(rows: Rows, steps: Steps) -> Column:
    """The first step that applies and gives a value, row by row."""
    made: Column | None = None
    left = np.ones(rows.n, bool)
    for step in steps.steps:
        applies = left & rows.applies(step)
        if not applies.any():
            continue
        rows.mask, rows.step = applies, step
        column = step.algorithm.apply(rows)  # type: ignore[arg-type]
        if not isinstance(step.algorithm, RawWord):
            column = in_kind(rows, column)
        rows.mask, rows.step = None, None
        if not applies.all():
            column = take(column, np.where(applies, np.arange(rows.n), -1))
        made = column if made is None else chosen(made, column)
        left = left & ~present(column)
        if step.algorithm.decides:
            left &= ~(applies & rows.decided(step))
    return empty_column(rows.n) if made is None else made


def in_kind(rows: Rows, column: Column) -> Column:
    """What a word made of other columns, as canonical text of the form column's kind (DATA010, DATA011, DATA020)."""
    if rows.kind == "text" and not is_numeric(column):
        return column
    out, problems = apply_kernel(partial(compute_canonical, kind=rows.kind), [column])
    for code, mask in problems.items():
        rows._occur(code, mask, "", column)
    return out


def chosen(first: Column, second: Column) -> Column:
    """The first column's values, and the second's where the first has none."""
    n = len(first)
    both = joined([first, second])
    return take(both, np.where(present(first), np.arange(n), np.arange(n) + n))
