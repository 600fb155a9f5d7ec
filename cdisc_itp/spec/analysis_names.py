"""Names in the files of analysis datasets: sources and their conditions, variables, terms."""

from __future__ import annotations

from msgspec.structs import replace

from ..algorithms.columns import Constant
from .builds import Analysis, AnalysisBuild
from .dataset_names import check_step
from .graph import all_steps
from .names import Names
from .suggest import near
from .types import RecordsSpec, Step
from .words import Line, check_comparison, line_of


def check_analysis(names: Names, analysis: Analysis) -> None:
    """A problem for every name without a meaning; tables that are read count as used."""
    inside = Names(
        replace(names.files, forms={}), {**analysis.known, **analysis.datasets}, names.codelists, names.problems
    )
    inside.tables_used = names.tables_used
    for d in analysis.datasets.values():
        for records in d.spec.records:
            _check_where(inside, d, records)
        for added in d.add:
            clauses = added.where.clauses if added.where else ()
            at = _at(inside, d, "add", added.of.line)
            for c in (c for clause in clauses for c in clause.comparisons):
                check_comparison(at, c, c.ref)
            if added.visits is not None:
                _check_visits(at, str(added.visits), str(added.visit))
            for ref in (added.of, *added.by, *added.clear, *(added.where.reads if added.where else ())):
                if ref not in d.variables:
                    at.fail(line_of(ref), "SPEC110", f"{d.name} has no variable {ref}", near(ref, d.variables))
        for variable in d.variables:
            for step in all_steps(d, variable):
                file = step.file or inside.files.places[f"{d.name} dataset"][0]
                check_step(Line(inside, file, f"{d.name}.{variable}", step, d, ()), variable, set(), True)


def _check_visits(at: Line, table: str, column: str) -> None:
    """SPEC113, SPEC114: the table of planned visits, with the numbers of the visits."""
    at.names.tables_used.add(table)
    if table not in at.names.files.tables:
        at.fail(0, "SPEC113", f"there is no maps/{table}.csv", near(table, at.names.files.tables))
    elif column not in at.names.files.tables[table].columns:
        at.fail(0, "SPEC114", f"maps/{table}.csv has no column '{column}'")


def _at(names: Names, d: AnalysisBuild, what: str, line: int) -> Line:
    file = names.files.places[f"{d.name} dataset"][0]
    return Line(names, file, f"{d.name}.{what}", Step(Constant(""), line=line), d, ())


def _check_where(names: Names, d: AnalysisBuild, records: RecordsSpec) -> None:
    source = names.datasets.get(str(records.from_))
    if source is None:
        return
    for clause in records.where.clauses if records.where else ():
        for c in clause.comparisons:
            at = _at(names, d, "where", line_of(c.ref))
            if c.ref not in source.variables and c.ref != "USUBJID":
                at.fail(0, "SPEC110", f"{source.name} has no variable {c.ref}", near(c.ref, source.variables))
            else:
                check_comparison(at, c, f"{source.name}.{c.ref}")
