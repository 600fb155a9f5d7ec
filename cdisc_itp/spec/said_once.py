"""What a source file says once for all of its tables and forms, written into each of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping

from msgspec.structs import replace

from ..algorithms.columns import Column
from ..model.raw import TableOptions
from ..model.where import Condition, WhereClause
from .types import BlockSpec, EveryFormSpec, FormSpec, SourceSpec, Step, Steps, TableSpec

# Called with the name of a table that no file is given for.
WithoutFile = Callable[[str], None]
_DEFAULTS = TableOptions(file="")


def with_said_once(
    source: SourceSpec,
    forms: Mapping[str, FormSpec],
    said: Mapping[str, Collection[str]],
    without_file: WithoutFile,
) -> SourceSpec:
    """The source with what ``every_table``, ``every_form``, ``dates`` and ``decimal`` say written where it holds.

    A table's or block's own line wins; ``said`` names the options that each table has of its own.
    """
    tables = {name: _table(source, table, said[name]) for name, table in source.tables.items()}
    for name, table in tables.items():
        if not table.file:
            without_file(name)
    blocks = {form: tuple(_block(source, b, forms.get(form)) for b in own) for form, own in source.forms.items()}
    return replace(source, tables=tables, forms=blocks)


def _table(source: SourceSpec, table: TableSpec, said: Collection[str]) -> TableSpec:
    every = source.every_table
    if every is None:
        return table
    given = {n: getattr(every, n) for n in TableOptions.__struct_fields__ if n not in said}
    shared = {n: value for n, value in given.items() if value != getattr(_DEFAULTS, n)}
    return replace(table, **shared, shared=frozenset(shared))


def _block(source: SourceSpec, block: BlockSpec, form: FormSpec | None) -> BlockSpec:
    every = source.every_form or EveryFormSpec()
    columns = {**every.columns, **block.columns}
    if form is not None:
        columns = {c: _steps(source, steps, form.columns.get(c, "text")) for c, steps in columns.items()}
    not_submitted = {**every.not_submitted, **block.not_submitted}
    where, reason = _both(every.where, block.where), "; ".join(r for r in (every.reason, block.reason) if r)
    return replace(block, columns=columns, where=where, reason=reason or None, not_submitted=not_submitted)


def _both(first: Condition | None, second: Condition | None) -> Condition | None:
    """What holds where both do."""
    if first is None or second is None:
        return first or second
    pairs = itertools.product(first.clauses, second.clauses)
    return Condition(tuple(WhereClause(a.comparisons + b.comparisons) for a, b in pairs))


def _steps(source: SourceSpec, steps: Steps, kind: str) -> Steps:
    return replace(steps, steps=tuple(_step(source, step, kind) for step in steps.steps))


def _step(source: SourceSpec, step: Step, kind: str) -> Step:
    word = step.algorithm
    if not isinstance(word, Column):
        return step
    if kind == "date" and source.dates and not word.format:
        return replace(step, algorithm=word.changed(format=source.dates))
    if kind == "number" and source.decimal == "," and word.decimal == ".":
        return replace(step, algorithm=word.changed(decimal=","))
    return step
