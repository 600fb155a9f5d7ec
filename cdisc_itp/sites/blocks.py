"""The blocks of source files, narrowed to what a raw table has: the words that convert judge what is there."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.columns import Column as RawWord
from ..build.form_rows import FormRows
from ..build.forms import Block, block_rows
from ..build.raw_columns import site_columns
from ..build.unpivot import find_cells
from ..model.column import Mask
from ..spec.load import StudyFiles, blocks_of
from ..spec.types import BlockSpec, SourceSpec, Step, Steps
from .reading import SourceTable


class Part(Struct, frozen=True):
    """The form rows that one block makes of one raw table, as far as its columns are there; ``live`` (n,)."""

    table: SourceTable
    form: str
    block: BlockSpec
    rows: FormRows
    live: Mask

    @property
    def source(self) -> str:
        """The source's name."""
        return self.table.table.source


def form_parts(files: StudyFiles, tables: list[SourceTable], broken: frozenset[str]) -> list[Part]:
    """Form rows of every block and table, but of the sources in ``broken`` (their files have spec problems)."""
    out = []
    for table in tables:
        source = files.sources[table.table.source]
        if source.source in broken or table.options.not_submitted is not None:
            continue
        for form, number, block in blocks_of(source):
            if table.table.name not in block.from_ or form not in files.forms:
                continue
            there = set(table.raw.columns)
            narrow = narrowed(block, there)
            if narrow is not None:
                made = Block(_with_site(source, there), form, number, narrow)
                rows, live = block_rows(files, made, table.table, [])
                out.append(Part(table, form, block, rows, live))
    return out


def _with_site(source: SourceSpec, there: set[str]) -> SourceSpec:
    """The source, without its site where the table has no column for it."""
    return source if site_columns(source) <= there else replace(source, site=None)


def narrowed(block: BlockSpec, there: set[str]) -> BlockSpec | None:
    """The block without what reads columns that are not there; None where nothing is left to read."""
    if block.unpivot is not None and not find_cells(block.unpivot, tuple(sorted(there))).columns:
        return None
    columns = dict(block.columns)
    while True:
        left = {c: s for c, steps in columns.items() if (s := _possible(steps, there, columns)).steps}
        if left == columns:
            break
        columns = left
    where = block.where if block.where and {*block.where.reads} <= {*columns, "site", "STUDYID", "USUBJID"} else None
    return replace(block, columns=columns, where=where, repeats=None)


def _possible(steps: Steps, there: set[str], columns: dict[str, Steps]) -> Steps:
    return Steps(tuple(s for s in steps.steps if _readable(s, there, columns)))


def _readable(step: Step, there: set[str], columns: dict[str, Steps]) -> bool:
    raw = step.algorithm.raw_columns if isinstance(step.algorithm, RawWord) else ()
    reads = (*step.algorithm.reads, *(step.when.reads if step.when else ()))
    given = {*columns, "site", "STUDYID"}
    # What `missing` says of a column is a column of its own, such as result_status.
    known = all(r in given or r.rpartition("_")[0] in columns for r in reads)
    return all(r.startswith("$") or r in there for r in raw) and known


def named_columns(source: SourceSpec, name: str) -> Iterator[tuple[str, str, int]]:
    """Raw columns that a source file names for one of its tables: column, what it is for, and the line (0: none)."""
    for form, _, block in blocks_of(source):
        if name not in block.from_:
            continue
        for column, steps in block.columns.items():
            for step in steps.steps:
                for raw in step.algorithm.raw_columns if isinstance(step.algorithm, RawWord) else ():
                    if not (raw.startswith("$") and block.unpivot is not None):
                        yield str(raw), f"{form}.{column}", raw.line or step.line
        # Of several tables each may have some of the columns only.
        for text in block.unpivot.columns if block.unpivot is not None and len(block.from_) == 1 else ():
            if "{" not in text:
                yield text, f"{form}, unpivot", 0
        for raw_name in block.not_submitted:
            yield raw_name, f"{form}, not submitted", 0
    for raw_name in sorted(site_columns(source)):
        yield raw_name, "site", 0
