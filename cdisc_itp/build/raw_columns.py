"""Every raw column is in exactly one kind of place: read, not submitted with a reason, or an identifier."""

from __future__ import annotations

from collections.abc import Iterator

from ..algorithms.columns import Column as RawWord
from ..model.issue import SpecProblem
from ..model.lineage import ColumnFate, NumberedTable
from ..model.raw import RawTable
from ..spec.load import StudyFiles, blocks_of
from ..spec.suggest import near
from ..spec.types import BlockSpec, SourceSpec
from .unpivot import Cells, find_cells


def check_raw_columns(files: StudyFiles, tables: list[NumberedTable]) -> list[SpecProblem]:
    """SPEC210, SPEC211, SPEC213 for each raw table."""
    problems = list[SpecProblem]()
    for table in tables:
        source = files.sources[table.source]
        if source.tables[table.name].not_submitted is None:
            _check_table(files, source, table.name, table.raw, problems)
    return problems


def _check_table(
    files: StudyFiles, source: SourceSpec, name: str, table: RawTable, problems: list[SpecProblem]
) -> None:
    file = files.places[f"source {source.source}"][0]
    columns = tuple(table.columns)
    placed = site_columns(source)
    for raw in sorted(placed - set(columns)):
        at = next(s.line for s in source.site.steps if getattr(s.algorithm, "column", "") == raw) if source.site else 1
        message = f"site: column '{raw}' is not in {_where(table)}"
        problems.append(SpecProblem(file, at, "SPEC210", message, near(raw, columns)))
    for form, i, block in blocks_of(source):
        if name in block.from_:
            lines = files.block_lines.get((source.source, form, i), {})
            placed |= _check_block(file, lines, block, table, columns, problems)
    line = files.places.get(f"table {source.source}.{name}", (file, 1))[1]
    for column in columns:
        if column not in placed and column not in table.decodes:
            hint = "read it, or say why under not_submitted"
            problems.append(
                SpecProblem(file, line, "SPEC211", f"column '{column}' of {_where(table)} is in no place", hint)
            )


def _check_block(
    file: str,
    lines: dict[str, int],
    block: BlockSpec,
    table: RawTable,
    columns: tuple[str, ...],
    problems: list[SpecProblem],
) -> set[str]:
    placed: set[str] = set()
    start = lines.get("", 1)
    cells = find_cells(block.unpivot, columns) if block.unpivot else None
    if cells is not None and block.unpivot is not None:
        placed |= cells.used | set(cells.unmatched)
        if not cells.columns:
            problems.append(SpecProblem(file, start, "SPEC213", f"unpivot finds no column in {_where(table)}"))
        if block.unpivot.unmatched == "error":
            for column in cells.unmatched:
                message = f"unpivot does not know column '{column}' of {_where(table)}"
                problems.append(SpecProblem(file, start, "SPEC213", message))
    for form_column, raw in _read_by(block, cells):
        if raw not in columns:
            hint = near(raw, columns)
            at = lines.get(form_column, start)
            problems.append(SpecProblem(file, at, "SPEC210", f"column '{raw}' is not in {_where(table)}", hint))
        placed.add(raw)
    for raw in block.not_submitted:
        if raw not in columns:
            at = lines.get(f"not_submitted {raw}", start)
            message = f"column '{raw}' is not in {_where(table)}"
            problems.append(SpecProblem(file, at, "SPEC210", message, near(raw, columns)))
        placed.add(raw)
    return placed


def _read_by(block: BlockSpec, cells: Cells | None) -> list[tuple[str, str]]:
    made = {"$value", "$column"}
    if cells is not None and block.unpivot is not None:
        made |= {f"${n}" for names in cells.names for n in names} | {f"${n}" for n in block.unpivot.with_}
    out = []
    for form_column, steps in block.columns.items():
        for step in steps.steps:
            for raw in step.algorithm.raw_columns if isinstance(step.algorithm, RawWord) else ():
                if not (raw in made and cells is not None):
                    out.append((form_column, str(raw)))
    return out


def _where(table: RawTable) -> str:
    return table.file + (f" sheet {table.sheet}" if table.sheet else "")


def expected_rows(files: StudyFiles, tables: list[NumberedTable]) -> dict[int, int]:
    """Form rows that each raw table must make: the reader's rows times the cells that each block takes of a row."""
    out = {}
    for table in tables:
        source = files.sources[table.source]
        blocks = [b for _, _, b in blocks_of(source) if table.name in b.from_]
        columns = tuple(table.raw.columns)
        cells = [len(find_cells(b.unpivot, columns).columns) if b.unpivot else 1 for b in blocks]
        out[table.number] = len(table.raw.rows) * sum(cells)
    return out


def column_fates(files: StudyFiles, tables: list[NumberedTable]) -> Iterator[ColumnFate]:
    """The one place of each raw column of each raw table."""
    for table in tables:
        source = files.sources[table.source]
        whole = source.tables[table.name].not_submitted
        for column, cells in table.raw.dropped.items():
            yield ColumnFate(table.number, column, "dropped", "identifies a person", cells)
        read, reasons = _places_of(source, table) if whole is None else ({}, {})
        for column in table.raw.columns:
            if column in read:
                yield ColumnFate(table.number, column, "read", ", ".join(dict.fromkeys(read[column])))
            else:
                yield ColumnFate(table.number, column, "not submitted", whole or reasons.get(column, ""))


def _places_of(source: SourceSpec, table: NumberedTable) -> tuple[dict[str, list[str]], dict[str, str]]:
    """By raw column what reads it, and why it is not submitted: the first reason that one of the blocks gives."""
    read: dict[str, list[str]] = {}
    reasons: dict[str, str] = {}
    for form, _, block in blocks_of(source):
        if table.name not in block.from_:
            continue
        cells = find_cells(block.unpivot, tuple(table.raw.columns)) if block.unpivot else None
        for form_column, raw in _read_by(block, cells):
            read.setdefault(raw, []).append(f"{form}.{form_column}")
        for raw in cells.used if cells else ():
            read.setdefault(raw, []).append(form)
        reasons = {**dict.fromkeys(cells.unmatched if cells else (), "not unpivoted"), **block.not_submitted, **reasons}
    for raw in site_columns(source):
        read.setdefault(raw, []).append("site")
    return read, {**{name: f"the file's decode of {coded}" for name, coded in table.raw.decodes.items()}, **reasons}


def site_columns(source: SourceSpec) -> set[str]:
    """Raw columns that the source's site is read from."""
    steps = source.site.steps if source.site else ()
    return {str(raw) for s in steps if isinstance(s.algorithm, RawWord) for raw in s.algorithm.raw_columns}
