"""Every raw column is in exactly one kind of place: read, not submitted with a reason, or an identifier."""

from __future__ import annotations

from ..algorithms.columns import Column as RawWord
from ..model.issue import SpecProblem
from ..model.raw import RawTable
from ..spec.bind import near
from ..spec.load import StudyFiles, blocks_of
from ..spec.types import BlockSpec, SourceSpec
from .unpivot import Cells, find_cells


def check_raw_columns(files: StudyFiles, tables: list[tuple[str, str, RawTable]], problems: list[SpecProblem]) -> None:
    """SPEC210, SPEC211, SPEC213 for each raw table; ``tables`` are (source, name, table)."""
    for source_name, name, table in tables:
        source = files.sources[source_name]
        spec = source.tables[name]
        if spec.not_submitted is None:
            _check_table(files, source, name, table, problems)


def _check_table(
    files: StudyFiles, source: SourceSpec, name: str, table: RawTable, problems: list[SpecProblem]
) -> None:
    file = files.places[f"source {source.source}"][0]
    columns = tuple(table.frame.columns)
    placed = {
        str(s.algorithm.column) for s in (source.site.steps if source.site else ()) if isinstance(s.algorithm, RawWord)
    }
    for form, i, block in blocks_of(source):
        if block.from_ == name:
            lines = files.block_lines.get((source.source, form, i), {})
            placed |= _check_block(file, lines, block, table, columns, problems)
    line = files.places.get(f"table {source.source}.{name}", (file, 1))[1]
    for column in columns:
        if column not in placed:
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
        placed |= cells.used | (set(cells.unmatched) if block.unpivot.unmatched == "ignore" else set())
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
            raw = str(step.algorithm.column) if isinstance(step.algorithm, RawWord) else ""
            if raw and not (raw in made and cells is not None):
                out.append((form_column, raw))
    return out


def _where(table: RawTable) -> str:
    return table.file + (f" sheet {table.sheet}" if table.sheet else "")
