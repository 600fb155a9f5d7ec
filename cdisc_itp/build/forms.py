"""Raw tables to forms: each source's dialect becomes one study-wide shape in canonical text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field
from msgspec.structs import replace

from ..model.column import Column, Mask, empty_column, joined, take
from ..model.issue import SpecError
from ..model.lineage import Fate, NumberedTable, Occurrences, Outcome, Places, Yielded
from ..spec.load import StudyFiles
from ..spec.types import BlockSpec, SourceSpec
from ..spec.yields import winners_of, yielding_order
from .form_rows import FormRows, MadeRows, make_columns
from .raw_columns import check_raw_columns
from .repeats import without_repeats
from .rows import Line
from .unpivot import unpivot
from .yielding import reason_of, yielding

EMPTY_CELL = "no value in the cell"


class Block(Struct, frozen=True):
    """A block of a source file: which form it fills, and as which of the source's blocks for that form."""

    source: SourceSpec
    form: str
    number: int
    spec: BlockSpec


class Form(Struct, frozen=True):
    """One study-wide shape: ``columns`` (n rows each), where each row comes from, and ``ids`` (n,) its number.

    Rows that a condition left out are here too, so that each has a number; ``live`` (n,) tells which may become
    records. ``block`` (n,) is the number of the block that made the row, in `Built.blocks`. ``unread`` (n,) says by
    column in which rows something was written that could not be read.
    """

    name: str
    columns: dict[str, Column]
    places: Places
    ids: npt.NDArray[np.int64]
    live: Mask
    block: npt.NDArray[np.int16]
    unread: dict[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)

    def at(self, rows: npt.NDArray[np.int64]) -> Form:
        """The form with only some rows; their numbers stay."""
        columns = {k: take(c, rows) for k, c in self.columns.items()}
        unread = {k: v[rows] for k, v in self.unread.items()}
        places, ids = self.places.take(rows), self.ids[rows]
        return Form(self.name, columns, places, ids, self.live[rows], self.block[rows], unread)

    def with_columns(self, columns: dict[str, Column]) -> Form:
        """The form with other columns for the same rows."""
        return replace(self, columns=columns)

    def of_subject(self, subject: str) -> Form:
        """The form with only the rows of one subject; a form without subjects stays whole."""
        column = self.columns.get("USUBJID")
        if column is None:
            return self
        codes = np.flatnonzero(column.categories == subject)
        return self.at(np.flatnonzero(np.isin(column.codes, codes)))


class Built(Struct):
    """What building the forms gave; ``yielded`` are the rows of a form that yield to others, by their numbers."""

    forms: dict[str, Form] = field(default_factory=dict)
    issues: list[Occurrences] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    column_names: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    held: set[Line] = field(default_factory=set)
    yielded: dict[str, Yielded] = field(default_factory=dict)


class Part(Struct, frozen=True):
    """Rows that one block made of one raw table, which of them are live, and the block's number."""

    rows: MadeRows
    live: Mask
    block: int


class Made(Struct):
    """What the blocks of some of the sources made, before it is stacked: rows by form, and the blocks by their names.

    Raw tables, blocks and columns' names are numbered from the first of these sources on; `together` numbers them
    through.
    """

    tables: int
    parts: dict[str, list[Part]] = field(default_factory=dict)
    issues: list[Occurrences] = field(default_factory=list)
    column_names: list[str] = field(default_factory=list)
    blocks: list[tuple[str, str, int]] = field(default_factory=list)
    held: set[Line] = field(default_factory=set)


def build_forms(files: StudyFiles, tables: list[NumberedTable]) -> Built:
    """Every form of the study, with issues and the fate of rows that go no further.

    SpecError SPEC210 (a raw column that is not in the file), SPEC211 (a raw column that is in no place), SPEC213
    (unpivot finds no column, or one that it does not know).
    """
    problems = check_raw_columns(files, tables)
    if problems:
        raise SpecError(problems)
    return stack_forms(files, make_rows(files, tables))


def make_rows(files: StudyFiles, tables: list[NumberedTable]) -> Made:
    """The rows that the study's blocks make of raw tables, of all its sources or of some."""
    out = Made(len(tables))
    for source in files.sources.values():
        there = [t for t in tables if t.source == source.source]
        for form, blocks in source.forms.items() if there else ():
            for number, spec in enumerate(blocks):
                out.parts.setdefault(form, []).extend(_make_part(files, Block(source, form, number, spec), there, out))
    return out


def stack_forms(files: StudyFiles, made: Made) -> Built:
    """Every form of the study, of the rows that all its blocks made."""
    blocks = [Block(files.sources[s], form, n, files.sources[s].forms[form][n]) for s, form, n in made.blocks]
    out = Built(issues=made.issues, column_names=made.column_names, blocks=blocks, held=made.held)
    for form, shape in files.forms.items():
        rows = _without_yielding(files, form, made.parts.get(form, []), out)
        out.forms[form] = _stack(form, tuple(shape.columns), rows, out) if rows else _empty_form(files, form)
    return out


def _without_yielding(files: StudyFiles, form: str, parts: list[Part], out: Built) -> list[Part]:
    """The parts without the rows that yield to those of another block; what a part yields to has yielded before."""
    start = np.cumsum([0, *(p.rows.n for p in parts)])
    found: list[Yielded] = []
    for source, number in yielding_order(files.sources, form):
        spec = files.sources[source].forms[form][number]
        for yields in spec.yields_to:
            mine = _of_blocks(parts, out, [(source, number)])
            others = _of_blocks(parts, out, winners_of(files.sources, source, form, number, yields))
            if not mine or not others:
                continue
            pieces = [[(parts[i].rows, parts[i].live) for i in side] for side in (mine, others)]
            these, issues = yielding(form, yields, pieces[0], pieces[1], out.column_names)
            out.issues += issues
            ids = [np.concatenate([np.arange(start[i], start[i + 1]) for i in side]) for side in (mine, others)]
            found.append(Yielded(ids[0][these.rows], ids[1][these.to]))
            parts = _let_yield(parts, found[-1].rows, start, reason_of(yields, source))
    if found:
        out.yielded[form] = Yielded(np.concatenate([y.rows for y in found]), np.concatenate([y.to for y in found]))
    return parts


def _of_blocks(parts: list[Part], out: Built, places: list[tuple[str, int]]) -> list[int]:
    """The parts that some blocks made, by their number."""
    made = [(out.blocks[p.block].source.source, out.blocks[p.block].number) for p in parts]
    return [i for i, place in enumerate(made) if place in places]


def _let_yield(parts: list[Part], rows: npt.NDArray[np.int64], start: npt.NDArray[np.int64], why: str) -> list[Part]:
    """The parts after rows of the form (by number) were left out."""
    done = []
    for part, first in zip(parts, start.tolist(), strict=False):
        drop = np.zeros(part.rows.n, bool)
        drop[rows[(rows >= first) & (rows < first + part.rows.n)] - first] = True
        if drop.any():
            part.rows.left_out.append((drop, Fate.LEFT_OUT, why))
        done.append(replace(part, live=part.live & ~drop))
    return done


def _empty_form(files: StudyFiles, name: str) -> Form:
    """A form that no raw table fills; it has the columns that its rows would have."""
    columns = ["site", *files.forms[name].columns]
    subject = files.study.subject_id
    reads = {r for s in subject.steps for r in s.algorithm.reads} if subject else {""}
    if reads <= {"STUDYID", *columns}:
        columns.append("USUBJID")
    nothing = np.empty(0, np.int64)
    made = {c: empty_column(0) for c in columns}
    return Form(name, made, Places.join([]), nothing, nothing.astype(bool), nothing.astype(np.int16))


def _make_part(files: StudyFiles, block: Block, tables: list[NumberedTable], out: Made) -> list[Part]:
    made = []
    for table in tables:
        if table.name in block.spec.from_:
            rows, live = block_rows(files, block, table, out.column_names)
            made.append((rows, live))
            out.issues += [i.keep(live) for i in rows.issues]
            out.held |= rows.held
    done, issues = without_repeats(block.form, block.spec, made)
    out.issues += issues
    out.blocks.append((block.source.source, block.form, block.number))
    return [Part(rows.made(), live, len(out.blocks) - 1) for rows, live in done]


def block_rows(files: StudyFiles, block: Block, table: NumberedTable, column_names: list[str]) -> tuple[FormRows, Mask]:
    """The form rows that a block makes of a raw table, and which are live; new raw columns are named at the end of
    ``column_names``.
    """
    shaped = unpivot(table.raw, block.spec.unpivot)
    codes = _name_codes(shaped.cell_columns, column_names)
    raw_rows = np.arange(len(table.raw.rows)) if shaped.raw_rows is None else shaped.raw_rows
    n = len(raw_rows)
    column = np.full(n, -1, np.int32) if shaped.cell is None else codes[shaped.cell]
    places = Places(np.full(n, table.number, np.int32), table.raw.rows[raw_rows], column)
    rows = FormRows(files, block.source, block.form, table.raw, shaped, places)
    make_columns(rows, block.spec)
    live = np.ones(n, bool)
    if shaped.empty is not None and shaped.empty.any():
        live &= ~shaped.empty
        rows.left_out.append((shaped.empty, Fate.LEFT_OUT, EMPTY_CELL))
    if block.spec.where is not None:
        drop = live & ~rows.holds(block.spec.where)
        live &= ~drop
        rows.left_out.append((drop, Fate.LEFT_OUT, f"not ({block.spec.where}): {block.spec.reason}"))
    return rows, live


def _name_codes(names: tuple[str, ...], known: list[str]) -> npt.NDArray[np.int32]:
    place = {n: i for i, n in enumerate(known)}
    for name in names:
        if name not in place:
            place[name] = len(known)
            known.append(name)
    return np.array([place[n] for n in names], np.int32)


def _stack(name: str, columns: tuple[str, ...], parts: list[Part], out: Built) -> Form:
    places = Places.join([p.rows.places for p in parts])
    wanted = [*columns, "USUBJID", *(["site"] if "site" not in columns else [])]
    stacked = {}
    for column in wanted:
        pieces = [p.rows.columns.get(column) for p in parts]
        if any(p is not None for p in pieces) or column in columns:
            filled = [empty_column(p.rows.n) if c is None else c for c, p in zip(pieces, parts, strict=True)]
            stacked[column] = joined(filled)
    start = 0
    for part in parts:
        for mask, fate, reason in part.rows.left_out:
            out.outcomes.append(Outcome(name, np.flatnonzero(mask) + start, fate, "", reason))
        start += part.rows.n
    live = np.concatenate([p.live for p in parts])
    block = np.repeat(np.array([p.block for p in parts], np.int16), [p.rows.n for p in parts])
    return Form(name, stacked, places, np.arange(len(places), dtype=np.int64), live, block, _stack_unread(parts))


def _stack_unread(parts: list[Part]) -> dict[str, Mask]:
    names = dict.fromkeys(c for p in parts for c in p.rows.unread)
    return {c: np.concatenate([p.rows.unread.get(c, np.zeros(p.rows.n, bool)) for p in parts]) for c in names}
