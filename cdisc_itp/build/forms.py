"""Raw tables to forms: each source's dialect becomes one study-wide shape in canonical text."""

from __future__ import annotations

import graphlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..algorithms.columns import Column as RawWord
from ..algorithms.registry import RawColumn
from ..model.column import (
    Column,
    Mask,
    constant,
    distinct_tuples,
    empty_column,
    joined,
    present,
    ranks,
    take,
    text_column,
)
from ..model.issue import SpecError, SpecProblem
from ..model.lineage import Fate, NumberedTable, Occurrences, Outcome, Places
from ..model.raw import RawTable
from ..spec.load import StudyFiles
from ..spec.maps import CsvTable
from ..spec.types import BlockSpec, RepeatsSpec, SourceSpec, Steps
from .raw_columns import check_raw_columns
from .rows import Line, Rows, apply_kernel
from .unpivot import Unpivoted, unpivot

NOT_DONE = "NOT DONE"
Reasons = list[tuple[Mask, Fate, str]]


@dataclass(frozen=True)
class Form:
    """One study-wide shape: ``columns`` (n rows each), where each row comes from, and ``ids`` (n,) its number.

    Rows that a condition left out are here too, so that each has a number; ``live`` (n,) tells which may become
    records.
    """

    name: str
    columns: dict[str, Column]
    places: Places
    ids: npt.NDArray[np.int64]
    live: Mask

    def __len__(self) -> int:
        return len(self.places)

    def at(self, rows: npt.NDArray[np.int64]) -> Form:
        """The form with only some rows; their numbers stay."""
        columns = {k: take(c, rows) for k, c in self.columns.items()}
        return Form(self.name, columns, self.places.take(rows), self.ids[rows], self.live[rows])

    def of_subject(self, subject: str) -> Form:
        """The form with only the rows of one subject; a form without subjects stays whole."""
        column = self.columns.get("USUBJID")
        if column is None:
            return self
        codes = np.flatnonzero(column.categories == subject)
        return self.at(np.flatnonzero(np.isin(column.codes, codes)))


@dataclass
class Built:
    """What building the forms gave."""

    forms: dict[str, Form] = field(default_factory=dict)
    issues: list[Occurrences] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    column_names: list[str] = field(default_factory=list)
    held: set[Line] = field(default_factory=set)


class FormRows(Rows):
    """Rows of one block while its form columns are made."""

    def __init__(
        self, files: StudyFiles, source: SourceSpec, form: str, table: RawTable, rows: Unpivoted, places: Places
    ):
        columns = {"STUDYID": constant(files.study.study, len(places))}
        super().__init__(files.study.study, len(places), columns, places)
        self.files, self.from_source, self.name, self.raw_table, self.rows = files, source, form, table, rows
        self.left_out: Reasons = []

    @property
    def source(self) -> str | None:
        """The source of these rows."""
        return self.from_source.source

    @property
    def kind(self) -> str:
        """The type of the form column that is being made."""
        return self.files.forms[self.name].columns.get(self.target, "text")

    def table(self, name: str) -> CsvTable:
        """A table of maps/."""
        return self.files.tables[name]

    def raw(self, name: str) -> Column:
        """A raw column, or what ``unpivot`` made."""
        if name.startswith("$"):
            return self.rows.made[name[1:]]
        return take_raw(self.raw_table, name, self.rows.raw_rows)

    def each_raw(self, kernel: Any, column: str) -> Column:
        """As ``each``, for a raw column."""
        values = self.raw(column)
        out, problems = apply_kernel(kernel, [values])
        for code, mask in problems.items():
            self._occur(code, mask, column, values)
        return out


def take_raw(table: RawTable, name: str, rows: npt.NDArray[np.int64] | None) -> Column:
    """A raw column at ``rows`` (None: all)."""
    values: Column = table.frame[name].array
    return values if rows is None else take(values, rows)


def build_forms(files: StudyFiles, tables: list[NumberedTable]) -> Built:
    """Every form of the study, with issues and the fate of rows that go no further.

    SpecError SPEC210 (a raw column that is not in the file), SPEC211 (a raw column that is in no place), SPEC213
    (unpivot finds no column, or one that it does not know).
    """
    _check_columns(files, tables)
    out, parts = Built(), dict[str, list[tuple[FormRows, Mask]]]()
    for source in files.sources.values():
        for form, blocks in source.forms.items():
            for block in blocks:
                parts.setdefault(form, []).extend(_build_block(files, source, form, block, tables, out))
    for form, spec in files.forms.items():
        out.forms[form] = _stack(files, form, tuple(spec.columns), parts.get(form, []), out)
    return out


def _check_columns(files: StudyFiles, tables: list[NumberedTable]) -> None:
    problems: list[SpecProblem] = []
    check_raw_columns(files, tables, problems)
    if problems:
        raise SpecError(problems)


def _build_block(
    files: StudyFiles, source: SourceSpec, form: str, block: BlockSpec, tables: list[NumberedTable], out: Built
) -> list[tuple[FormRows, Mask]]:
    made = []
    for table in tables:
        if table.source == source.source and table.name == block.from_:
            rows, live = _table_rows(files, source, form, block, table, out)
            made.append((rows, live))
            out.issues += [i.keep(live) for i in rows.issues]
            out.held |= rows.held
    return _without_repeats(form, block, made, out)


def _table_rows(
    files: StudyFiles, source: SourceSpec, form: str, block: BlockSpec, table: NumberedTable, out: Built
) -> tuple[FormRows, Mask]:
    shaped = unpivot(table.raw, block.unpivot)
    codes = _name_codes(shaped.cell_columns, out)
    raw_rows = np.arange(len(table.raw.rows)) if shaped.raw_rows is None else shaped.raw_rows
    n = len(raw_rows)
    column = np.full(n, -1, np.int32) if shaped.cell is None else codes[shaped.cell]
    places = Places(np.full(n, table.number, np.int32), table.raw.rows[raw_rows], column)
    rows = FormRows(files, source, form, table.raw, shaped, places)
    make_columns(rows, block)
    live = np.ones(n, bool)
    if shaped.empty is not None and shaped.empty.any():
        live &= ~shaped.empty
        rows.left_out.append((shaped.empty, Fate.LEFT_OUT, "no value in the cell"))
    if block.where is not None:
        drop = live & ~rows.holds(block.where)
        live &= ~drop
        rows.left_out.append((drop, Fate.LEFT_OUT, f"not {block.where}: {block.reason}"))
    return rows, live


def _name_codes(names: tuple[str, ...], out: Built) -> npt.NDArray[np.int32]:
    for name in names:
        if name not in out.column_names:
            out.column_names.append(name)
    return np.array([out.column_names.index(n) for n in names], np.int32)


def make_columns(rows: FormRows, block: BlockSpec) -> None:
    """Make the site, the block's form columns in the order that they read each other, and the subject."""
    if rows.from_source.site is not None:
        rows.target = "site"
        rows.columns["site"] = first_value(rows, rows.from_source.site)
    for column in _column_order(block):
        rows.target = column
        rows.columns[column] = first_value(rows, block.columns[column])
        _make_reasons(rows, block, column)
    subject = rows.files.study.subject_id
    reads = {r for s in subject.steps for r in s.algorithm.reads} if subject else set()
    if subject is not None and all(rows.has(r) for r in reads):
        rows.target = "USUBJID"
        rows.columns["USUBJID"] = first_value(rows, subject)


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
    words = [s.algorithm for s in block.columns[column].steps if isinstance(s.algorithm, RawWord)]
    said = next((w for w in words if w.missing and any(w.missing.values())), None)
    if said is None or (status not in wanted and reason not in wanted):
        return
    why = said.reasons(rows)  # type: ignore[arg-type]
    if status in wanted and status not in block.columns:
        rows.columns[status] = text_column(np.where(present(why), 0, -1), [NOT_DONE])
    if reason in wanted and reason not in block.columns:
        plain = np.append(why.categories.to_numpy(dtype=object) == NOT_DONE, True)
        rows.columns[reason] = text_column(np.where(plain[why.codes], -1, why.codes), why.categories)


def first_value(rows: Rows, steps: Steps) -> Column:
    """The first step that applies and gives a value, row by row."""
    made: Column | None = None
    left = np.ones(rows.n, bool)
    for step in steps.steps:
        applies = left & rows.applies(step)
        if not applies.any():
            continue
        rows.mask = applies
        column = step.algorithm.apply(rows)  # type: ignore[arg-type]
        rows.mask = None
        if not applies.all():
            column = take(column, np.where(applies, np.arange(rows.n), -1))
        made = column if made is None else chosen(made, column)
        left = left & ~present(column)
    return empty_column(rows.n) if made is None else made


def chosen(first: Column, second: Column) -> Column:
    """The first column's values, and the second's where the first has none."""
    n = len(first)
    both = joined([first, second])
    return take(both, np.where(present(first), np.arange(n), np.arange(n) + n))


def _without_repeats(
    form: str, block: BlockSpec, made: list[tuple[FormRows, Mask]], out: Built
) -> list[tuple[FormRows, Mask]]:
    """Merge exact duplicates and choose among repeats, over all tables of the block."""
    if not made:
        return made
    columns = {c: joined([r.columns.get(c, empty_column(r.n)) for r, _ in made]) for c in block.columns}
    live = np.concatenate([m for _, m in made])
    places = Places.join([r.places for r, _ in made])
    reasons: Reasons = []
    _merge_duplicates(form, block, columns, places, live, reasons, out)
    if block.repeats is not None:
        _choose_repeats(form, block.repeats, columns, places, live, reasons, out)
    start, done = 0, []
    for rows, _ in made:
        part = slice(start, start + rows.n)
        rows.left_out += [(m[part], f, r) for m, f, r in reasons if m[part].any()]
        done.append((rows, live[part]))
        start += rows.n
    return done


def _merge_duplicates(
    form: str,
    block: BlockSpec,
    columns: dict[str, Column],
    places: Places,
    live: Mask,
    reasons: Reasons,
    out: Built,
) -> None:
    if block.duplicates == "keep" or not columns:
        return
    rows = np.flatnonzero(live)
    group = distinct_tuples([take(c, rows) for c in columns.values()])[0]
    order = np.lexsort((places.column[rows], places.row[rows], places.table[rows], group))
    later = np.zeros(len(rows), bool)
    later[order[1:]] = group[order][1:] == group[order][:-1]
    twins = np.zeros(len(live), bool)
    twins[rows[later]] = True
    if not twins.any():
        return
    none = text_column(np.full(len(live), -1), [])
    subject = columns.get("subject", none)
    code = "DATA050" if block.duplicates == "merge" else "DATA053"
    out.issues.append(Occurrences.at(code, form, "", "", subject, places, twins, subject=subject))
    if block.duplicates == "merge":
        live &= ~twins
        reasons.append((twins, Fate.MERGED, "equal to an earlier row in every column of the form"))


def _choose_repeats(
    form: str,
    repeats: RepeatsSpec,
    columns: dict[str, Column],
    places: Places,
    live: Mask,
    reasons: Reasons,
    out: Built,
) -> None:
    rows = np.flatnonzero(live)
    group = distinct_tuples([take(columns[c], rows) for c in repeats.same])[0]
    when = ranks(take(columns[repeats.order], rows))[0]
    order = np.lexsort((when if repeats.keep == "last" else -when, group))
    sorted_group, sorted_when = group[order], when[order]
    last = np.ones(len(order), bool)
    last[:-1] = sorted_group[1:] != sorted_group[:-1]
    tied = np.zeros(len(order), bool)
    tied[:-1] = (sorted_group[1:] == sorted_group[:-1]) & (sorted_when[1:] == sorted_when[:-1])
    tied[1:] |= tied[:-1].copy()
    loses = np.zeros(len(live), bool)
    loses[rows[order[~last & ~tied]]] = True
    if repeats.tie == "error" and tied.any():
        equal = np.zeros(len(live), bool)
        equal[rows[order[tied]]] = True
        value = columns[repeats.order]
        subject = columns.get("subject")
        out.issues.append(
            Occurrences.at("DATA051", form, repeats.order, repeats.order, value, places, equal, subject=subject)
        )
    live &= ~loses
    reasons.append((loses, Fate.LEFT_OUT, f"repeat: {repeats.reason}"))


def _stack(
    files: StudyFiles, name: str, columns: tuple[str, ...], parts: list[tuple[FormRows, Mask]], out: Built
) -> Form:
    places = Places.join([r.places for r, _ in parts])
    wanted = [*columns, "USUBJID", *(["site"] if "site" not in columns else [])]
    stacked = {}
    for column in wanted:
        pieces = [r.columns.get(column) for r, _ in parts]
        if any(p is not None for p in pieces) or column in columns:
            filled = [empty_column(r.n) if p is None else p for p, (r, _) in zip(pieces, parts, strict=True)]
            stacked[column] = joined(filled) if filled else empty_column(0)
    start = 0
    for rows, _ in parts:
        for mask, fate, reason in rows.left_out:
            out.outcomes.append(Outcome(name, np.flatnonzero(mask) + start, fate, "", reason))
        start += rows.n
    live = np.concatenate([m for _, m in parts]) if parts else np.zeros(0, bool)
    return Form(name, stacked, places, np.arange(len(places), dtype=np.int64), live)


def first_block(files: StudyFiles, form: str, table: NumberedTable) -> tuple[SourceSpec, BlockSpec]:
    """The block that makes a form's rows from a raw table."""
    source = files.sources[table.source]
    return source, next(b for b in source.forms[form] if b.from_ == table.name)


__all__ = ["Built", "Form", "FormRows", "NumberedTable", "RawColumn", "build_forms", "first_value"]
