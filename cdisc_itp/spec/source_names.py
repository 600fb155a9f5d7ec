"""Names in source files: forms and their columns, tables, what unpivot makes, the subject."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable

from ..algorithms.columns import Column
from .load import blocks_of
from .names import Names
from .suggest import near
from .types import UNPIVOT_NAME, BlockSpec, SourceSpec, Step, UnpivotSpec
from .words import Line, check_comparison, check_unfit, check_words, line_of
from .yields import check_yields, reason_columns

GIVEN = ("STUDYID",)


def check_subject_id(names: Names) -> None:
    """SPEC108, SPEC110: subject_id joins form columns and the site."""
    known = {c for f in names.files.forms.values() for c in f.columns}
    for step in names.files.study.subject_id.steps:
        at = Line(names, "study.yaml", "subject_id", step, None, ())
        for ref in step.algorithm.reads:
            if ref not in (*GIVEN, "site") and ref not in known:
                at.fail(line_of(ref), "SPEC110", f"no form has a column '{ref}'", near(ref, known))
        if step.algorithm.scope != "any":
            at.fail(0, "SPEC108", f"'{step.algorithm.word}' cannot make it", "join is the word that it needs")


def check_source(names: Names, source: SourceSpec) -> None:
    """Everything that one source file names."""
    file = names.files.places[f"source {source.source}"][0]
    for step in source.site.steps if source.site else ():
        at = Line(names, file, "site", step, None, ())
        _check_step(at, GIVEN)
        check_unfit(at, "text")
    used: set[str] = set()
    unknown = False
    for form, i, block in blocks_of(source):
        lines = names.files.block_lines.get((source.source, form, i), {})
        used |= set(block.from_)
        for name in (t for t in block.from_ if t not in source.tables):
            unknown = True
            message = f"{form}: no table is called '{name}'"
            names.fail(file, name.line, "SPEC111", message, near(name, source.tables))
        if form in names.files.forms:
            _check_block(names, file, source, form, block, lines)
        elif form not in names.broken:
            line = lines.get("", 1)
            names.fail(file, line, "SPEC111", f"no form is called '{form}'", near(form, names.files.forms))
    for table, spec in source.tables.items():
        if table not in used and spec.not_submitted is None and not unknown:
            line = names.files.places[f"table {source.source}.{table}"][1]
            hint = "read it in a form, or say why under not_submitted"
            names.fail(file, line, "SPEC212", f"no form reads the table '{table}'", hint)


def _check_block(
    names: Names, file: str, source: SourceSpec, form: str, block: BlockSpec, lines: dict[str, int]
) -> None:
    columns, start = names.files.forms[form].columns, lines.get("", 1)
    site = ("site",) if source.site is not None else ()
    made = (*block.columns, *site, *GIVEN)
    for column, steps in block.columns.items():
        if column not in columns:
            line = lines.get(column, start)
            names.fail(file, line, "SPEC110", f"form {form} has no column '{column}'", near(column, columns))
        for step in steps.steps:
            at = Line(names, file, f"{form}.{column}", step, None, (form,))
            _check_step(at, made)
            check_unfit(at, columns.get(column, "text"))
    _check_circle(names, file, form, block, lines)
    _check_unpivot(names, file, form, block, start)
    _check_where(names, file, form, block, (*made, *reason_columns(block, columns), "USUBJID"))
    _check_repeats(names, file, form, block, start)
    check_yields(names, file, source, form, block, start)
    _check_subject(names, file, form, block, site, start)


def _check_repeats(names: Names, file: str, form: str, block: BlockSpec, line: int) -> None:
    """SPEC110: what repeats names is made by the block; what is ranked is an order."""
    if block.repeats is None:
        return
    for ref in (*block.repeats.same, *block.repeats.order):
        if ref not in block.columns:
            message = f"{form}: repeats names '{ref}', which this block does not make"
            names.fail(file, ref.line, "SPEC110", message, near(ref, block.columns))
    for name in block.repeats.ranked:
        if name not in block.repeats.order:
            message = f"{form}: repeats ranks '{name}', which is not under 'order'"
            names.fail(file, block.repeats.order[0].line or line, "SPEC110", message, near(name, block.repeats.order))


def _check_step(at: Line, made: Iterable[str]) -> None:
    """A step of a form column reads what its own block makes."""
    if at.step.algorithm.scope == "dataset":
        at.fail(0, "SPEC108", f"'{at.step.algorithm.word}' is a word for datasets")
        return
    for ref in (*at.step.algorithm.reads, *(at.step.when.reads if at.step.when else ())):
        if "." in ref:
            at.fail(line_of(ref), "SPEC110", f"a form cannot read {ref}", "variables can, in sdtm/*.yaml")
        elif ref not in made:
            at.fail(line_of(ref), "SPEC110", f"no column '{ref}' is made here", near(ref, made))
    check_words(at)


def _check_where(names: Names, file: str, form: str, block: BlockSpec, made: tuple[str, ...]) -> None:
    for clause in block.where.clauses if block.where else ():
        for c in clause.comparisons:
            at = Line(names, file, f"{form}.where", Step(Column(""), line=line_of(c.ref)), None, (form,))  # type: ignore[arg-type]
            if c.ref not in made:
                at.fail(0, "SPEC110", f"no column '{c.ref}' is made here", near(c.ref, made))
            else:
                check_comparison(at, c, c.ref)


def _check_circle(names: Names, file: str, form: str, block: BlockSpec, lines: dict[str, int]) -> None:
    graph = {
        column: [r for s in steps.steps for r in _reads(s) if r in block.columns]
        for column, steps in block.columns.items()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = error.args[1]
        message = f"{form}: columns read each other in a circle: {' <- '.join(circle)}"
        names.fail(file, lines.get(circle[0], lines.get("", 1)), "SPEC120", message)


def _reads(step: Step) -> tuple[str, ...]:
    return (*step.algorithm.reads, *(step.when.reads if step.when else ()))


def _check_subject(names: Names, file: str, form: str, block: BlockSpec, site: tuple[str, ...], line: int) -> None:
    """What subject_id reads is made wherever the form has a subject."""
    wanted = {r for s in names.files.study.subject_id.steps for r in s.algorithm.reads} - set(GIVEN)
    columns = names.files.forms[form].columns
    if not any(r in columns for r in wanted):
        return
    for ref in sorted(wanted - set(block.columns) - set(site)):
        message = f"{form}: subject_id reads '{ref}', which nothing here makes"
        names.fail(file, line, "SPEC101", message, "say it under 'site'" if ref == "site" else "")


def _check_unpivot(names: Names, file: str, form: str, block: BlockSpec, line: int) -> None:
    """SPEC214: names in patterns, and what they make."""
    spec = block.unpivot
    made = {"value", "column"} | (_pattern_names(spec) | set(spec.with_) if spec else set())
    for column, steps in block.columns.items():
        for step in steps.steps:
            for raw in step.algorithm.raw_columns if isinstance(step.algorithm, Column) else ():
                if raw.startswith("$") and (spec is None or raw[1:] not in made):
                    message = f"{form}.{column}: nothing makes {raw}" + ("" if spec else "; there is no unpivot")
                    names.fail(file, raw.line or step.line, "SPEC214", message, near(raw[1:], made) if spec else "")
    for message in _flaws(spec) if spec else ():
        names.fail(file, line, "SPEC214", f"{form}.unpivot: {message}")


def _pattern_names(spec: UnpivotSpec) -> set[str]:
    return {n for text in spec.columns for n in UNPIVOT_NAME.findall(text)}


def _flaws(spec: UnpivotSpec) -> Iterable[str]:
    found = [UNPIVOT_NAME.findall(text) for text in spec.columns]
    known = _pattern_names(spec)
    for text, names in zip(spec.columns, found, strict=True):
        if len(set(names)) < len(names):
            yield f"'{text}' has a name twice"
        elif set(names) != known:
            yield f"'{text}' lacks {', '.join(f'{{{n}}}' for n in sorted(known - set(names)))}"
    for name in sorted(set(spec.values) - known):
        yield f"values are given for {{{name}}}, which no pattern has"
    for name, text in spec.with_.items():
        if name in known or name in ("value", "column"):
            yield f"'{name}' under 'with' is made already"
        for inner in sorted(set(UNPIVOT_NAME.findall(text)) - known):
            yield f"'{text}' has {{{inner}}}, which no pattern has"
    for name in spec.keep_if:
        if name not in spec.with_:
            yield f"keep_if names '{name}', which is not under 'with'"


__all__ = ["check_source", "check_subject_id"]
