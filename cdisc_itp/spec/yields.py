"""Names under ``yields_to``: blocks of the same form, and the columns that they have in common."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping

from ..algorithms.columns import Column
from .load import blocks_of
from .names import Names
from .suggest import near
from .types import BlockSpec, SourceSpec, YieldsToSpec

Place = tuple[str, int]
YIELDS_HINT = "a source, a table of this source (from), or both"


def reason_columns(block: BlockSpec, columns: Iterable[str]) -> tuple[str, ...]:
    """Columns that ``missing`` with reasons fills by itself."""
    words = [(c, s.algorithm) for c, steps in block.columns.items() for s in steps.steps]
    filled = [c for c, w in words if isinstance(w, Column) and any((w.missing or {}).values())]
    return tuple(n for c in filled for n in (f"{c}_status", f"{c}_reason") if n in columns)


def winners_of(
    sources: Mapping[str, SourceSpec], source: str, form: str, number: int, yields: YieldsToSpec
) -> list[Place]:
    """The blocks of a form (source and number) to which one of its blocks yields."""
    wanted = str(yields.source or source)
    return [
        (wanted, i)
        for name, i, block in (blocks_of(sources[wanted]) if wanted in sources else ())
        if name == form and (yields.from_ is None or yields.from_ in block.from_) and (wanted, i) != (source, number)
    ]


def yielding_order(sources: Mapping[str, SourceSpec], form: str) -> list[Place]:
    """The blocks of a form that yield, each after those to which it yields; CycleError where they go in a circle."""
    graph = {
        (str(s.source), i): [w for y in block.yields_to for w in winners_of(sources, s.source, form, i, y)]
        for s in sources.values()
        for name, i, block in blocks_of(s)
        if name == form
    }
    return [place for place in graphlib.TopologicalSorter(graph).static_order() if graph.get(place)]


def check_yields(names: Names, file: str, source: SourceSpec, form: str, block: BlockSpec, line: int) -> None:
    """SPEC110, SPEC111: what one block says under ``yields_to``."""
    number = next(i for name, i, b in blocks_of(source) if name == form and b is block)
    for yields in block.yields_to:
        at = yields.same[0].line or line
        if yields.source is None and yields.from_ is None:
            names.fail(file, at, "SPEC111", f"{form}: yields_to says neither 'source' nor 'from'", YIELDS_HINT)
            continue
        if yields.source is not None and yields.source not in names.files.sources:
            message = f"{form}: no source is called '{yields.source}'"
            names.fail(file, yields.source.line, "SPEC111", message, near(yields.source, names.files.sources))
            continue
        winners = winners_of(names.files.sources, source.source, form, number, yields)
        if not winners:
            table = f" from '{yields.from_}'" if yields.from_ else ""
            names.fail(file, at, "SPEC111", f"{form}: source '{yields.source or source.source}' has no block{table}")
        for place, i in winners:
            other = names.files.sources[place]
            _check_columns(names, file, form, yields, (source, block), (other, other.forms[form][i]))


def _check_columns(
    names: Names,
    file: str,
    form: str,
    yields: YieldsToSpec,
    this: tuple[SourceSpec, BlockSpec],
    other: tuple[SourceSpec, BlockSpec],
) -> None:
    for ref in (*yields.same, *yields.compare):
        for (source, block), who in ((this, "this block"), (other, f"the block from '{_tables(other[1])}'")):
            made = (*block.columns, *reason_columns(block, names.files.forms[form].columns))
            if ref not in made and not (ref == "site" and source.site is not None):
                message = f"{form}: yields_to names '{ref}', which {who} does not make"
                names.fail(file, ref.line, "SPEC110", message, near(ref, made))


def _tables(block: BlockSpec) -> str:
    return ", ".join(block.from_)


def check_yielding_order(names: Names) -> None:
    """SPEC120: blocks that yield to each other in a circle."""
    for form in names.files.forms:
        try:
            yielding_order(names.files.sources, form)
        except graphlib.CycleError as error:
            source, number = error.args[1][0]
            file = names.files.places[f"source {source}"][0]
            line = names.files.block_lines.get((source, form, number), {}).get("", 1)
            circle = " <- ".join(f"{s} ({_tables(names.files.sources[s].forms[form][i])})" for s, i in error.args[1])
            names.fail(file, line, "SPEC120", f"{form}: blocks yield to each other in a circle: {circle}")
