"""Every name that a spec uses means something: forms, columns, variables, tables, terms, date formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..algorithms.assign import HardcodeCt
from ..algorithms.columns import Column
from ..algorithms.dates import EXCEL, format_pattern
from ..algorithms.registry import Algorithm
from ..algorithms.visit import SCHEDULE, Visit
from ..algorithms.visit import Window as VisitWindow
from ..model.issue import SpecProblem
from ..model.where import ORDERED, Condition
from .bind import near
from .codelists import Codelists
from .graph import all_steps
from .load import StudyFiles, blocks_of, unknown_table
from .types import BlockSpec, SourceSpec, Step

if TYPE_CHECKING:
    from .study import DatasetBuild

CONVERSION = ("test", "unit", "standard_unit", "factor", "decimals")


class _Names:
    """The names of one study, and the problems found so far."""

    def __init__(
        self,
        files: StudyFiles,
        datasets: dict[str, DatasetBuild],
        codelists: Codelists,
        problems: list[SpecProblem],
    ) -> None:
        self.files, self.datasets, self.codelists, self.problems = files, datasets, codelists, problems
        self.maps_used: set[str] = set()

    def fail(self, file: str, line: int, code: str, message: str, hint: str = "") -> None:
        self.problems.append(SpecProblem(file, line, code, message, hint))


def check_names(
    files: StudyFiles, datasets: dict[str, DatasetBuild], codelists: Codelists, problems: list[SpecProblem]
) -> None:
    """Append a problem for every name without a meaning, and for tables and forms that nobody reads."""
    names = _Names(files, datasets, codelists, problems)
    _check_subject_id(names)
    for source in files.sources.values():
        _check_source(names, source)
    for dataset in datasets.values():
        _check_dataset(names, dataset)
    _check_unused(names)


def _check_subject_id(names: _Names) -> None:
    subject = names.files.study.subject_id
    for step in subject.steps if subject else ():
        for ref in step.algorithm.reads:
            known = {c for f in names.files.forms.values() for c in f.columns}
            if ref not in ("STUDYID", "site") and ref not in known:
                names.fail(
                    "study.yaml", step.line, "SPEC110", f"subject_id: no form has a column '{ref}'", near(ref, known)
                )


def _check_source(names: _Names, source: SourceSpec) -> None:
    file = names.files.places[f"source {source.source}"][0]
    used = set()
    for form, i, block in blocks_of(source):
        lines = names.files.block_lines.get((source.source, form, i), {})
        line = lines.get("", 1)
        used.add(block.from_)
        if form not in names.files.forms:
            names.fail(file, line, "SPEC111", f"no form is called '{form}'", near(form, names.files.forms))
            continue
        if block.from_ not in source.tables:
            names.fail(
                file, line, "SPEC111", f"{form}: no table is called '{block.from_}'", unknown_table(source, block.from_)
            )
        _check_block(names, file, form, block, lines)
    for table, spec in source.tables.items():
        if table not in used and spec.not_submitted is None:
            at = names.files.places.get(f"table {source.source}.{table}", (file, 1))[1]
            hint = "read it in a form, or say why under not_submitted"
            names.fail(file, at, "SPEC212", f"no form reads the table '{table}'", hint)


def _check_block(names: _Names, file: str, form: str, block: BlockSpec, lines: dict[str, int]) -> None:
    columns = names.files.forms[form].columns
    start = lines.get("", 1)
    if block.where is not None and not block.reason:
        names.fail(file, start, "SPEC101", f"{form}: rows are left out without a 'reason'")
    for column, steps in block.columns.items():
        line = lines.get(column, start)
        if column not in columns:
            names.fail(file, line, "SPEC110", f"form {form} has no column '{column}'", near(column, columns))
        for step in steps.steps:
            _check_form_step(names, file, form, column, step)
    if block.repeats:
        for ref in (*block.repeats.same, block.repeats.order):
            if ref not in columns:
                names.fail(file, start, "SPEC110", f"{form}: repeats names '{ref}'", near(ref, columns))


def _check_form_step(names: _Names, file: str, form: str, column: str, step: Step) -> None:
    columns, what = names.files.forms[form].columns, f"{form}.{column}"
    if step.algorithm.scope == "dataset":
        names.fail(file, step.line, "SPEC108", f"{what}: '{step.algorithm.word}' is a word for datasets")
    for ref in (*step.algorithm.reads, *(step.when.reads if step.when else ())):
        place, _, inner = ref.rpartition(".")
        if not place and ref not in columns and ref not in ("site", "STUDYID", "USUBJID"):
            names.fail(file, step.line, "SPEC110", f"{what}: form {form} has no column '{ref}'", near(ref, columns))
        if place and place in names.datasets:
            names.fail(file, step.line, "SPEC110", f"{what}: a form cannot read the dataset {place}")
        elif place:
            _check_elsewhere(names, file, step.line, what, place, inner)
    _check_condition(names, file, step.line, what, step.when, lambda r: columns.get(r) == "number")
    _check_words(names, file, step, what)


def _check_words(names: _Names, file: str, step: Step, what: str) -> None:
    word = step.algorithm
    for table in word.maps:
        _check_map(names, file, step.line, what, table, word)
    if isinstance(word, (Visit, VisitWindow)) and SCHEDULE not in names.files.tables:
        names.fail(
            file, step.line, "SPEC113", f"{what}: the study has no visit schedule", "visits: visits.csv in study.yaml"
        )
    elif isinstance(word, (Visit, VisitWindow)):
        wanted = (word.to,) if isinstance(word, Visit) else ("from_day", "to_day")
        _check_columns(names, file, step.line, what, SCHEDULE, wanted)
    if isinstance(word, Column):
        for form in word.format:
            if form not in EXCEL and format_pattern(form) is None:
                hint = "made of yyyy MM M MMM dd d HH H mm ss and signs, or excel_serial"
                names.fail(file, step.line, "SPEC117", f"{what}: '{form}' is no date format", hint)


def _check_map(names: _Names, file: str, line: int, what: str, table: str, word: Algorithm) -> None:
    names.maps_used.add(table)
    if table not in names.files.tables:
        hint = near(table, names.files.tables)
        names.fail(file, line, "SPEC113", f"{what}: there is no maps/{table}.csv", hint)
        return
    to: Any = getattr(word, "to", None)
    _check_columns(names, file, line, what, table, CONVERSION if to is None else (to,))


def _check_columns(names: _Names, file: str, line: int, what: str, table: str, wanted: Iterable[str]) -> None:
    have = names.files.tables[table].columns
    for column in wanted:
        if have and column not in have:
            place = names.files.places[f"map {table}"][0]
            names.fail(file, line, "SPEC114", f"{what}: {place} has no column '{column}'", near(column, have))


def _check_elsewhere(names: _Names, file: str, line: int, what: str, place: str, column: str) -> None:
    if place in names.datasets:
        known: Iterable[str] = (*names.datasets[place].variables, "USUBJID")
    elif place in names.files.forms:
        known = (*names.files.forms[place].columns, "USUBJID", "site")
    else:
        hint = near(place, [*names.datasets, *names.files.forms])
        names.fail(file, line, "SPEC111", f"{what}: no form or dataset is called '{place}'", hint)
        return
    if column not in known:
        names.fail(file, line, "SPEC110", f"{what}: {place} has no '{column}'", near(column, known))


def _check_condition(
    names: _Names, file: str, line: int, what: str, condition: Condition | None, is_number: Any
) -> None:
    for clause in condition.clauses if condition else ():
        for c in clause.comparisons:
            if c.comparator in ORDERED and not is_number(c.ref):
                hint = "only numbers have an order here"
                names.fail(file, line, "SPEC150", f"{what}: {c} is an ordered comparison of text", hint)


def _check_dataset(names: _Names, d: DatasetBuild) -> None:
    file, _ = names.files.places[f"{d.name} dataset"]
    line = names.files.places[f"{d.name} records"][1]
    columns: set[str] = set()
    for r in d.spec.records:
        if r.from_ not in names.files.forms:
            names.fail(
                file, line, "SPEC111", f"{d.name}: no form is called '{r.from_}'", near(r.from_, names.files.forms)
            )
            continue
        form = names.files.forms[r.from_].columns
        columns |= set(form)
        if r.where is not None and not r.reason:
            names.fail(file, line, "SPEC101", f"{d.name}: records are left out without a 'reason'")
        for ref in r.where.reads if r.where else ():
            if ref not in (*form, "site", "USUBJID"):
                names.fail(file, line, "SPEC110", f"{d.name}: form {r.from_} has no column '{ref}'", near(ref, form))
        _check_condition(names, file, line, d.name, r.where, lambda x, f=form: f.get(x) == "number")
    for variable in d.variables:
        for step in all_steps(d, variable):
            _check_dataset_step(names, d, variable, step, columns)
    _check_required(names, d)


def _check_dataset_step(names: _Names, d: DatasetBuild, variable: str, step: Step, columns: set[str]) -> None:
    file, what = step.file or names.files.places[f"{d.name} dataset"][0], f"{d.name}.{variable}"
    if step.algorithm.scope == "form":
        names.fail(file, step.line, "SPEC108", f"{what}: '{step.algorithm.word}' is a word for source files")
    for ref in (*step.algorithm.reads, *(step.when.reads if step.when else ())):
        place, _, column = ref.rpartition(".")
        if place:
            _check_elsewhere(names, file, step.line, what, place, column)
        elif ref not in (*columns, *d.variables, "USUBJID", "site"):
            hint = near(ref, [*columns, *d.variables])
            names.fail(file, step.line, "SPEC110", f"{what}: nothing is called '{ref}' here", hint)
    _check_condition(names, file, step.line, what, step.when, lambda r: _is_number(names, d, r))
    inner = getattr(step.algorithm, "where", None)
    place = getattr(step.algorithm, "place", ("", ""))[0]
    _check_condition(
        names, file, step.line, what, inner, lambda r: _is_number(names, d, f"{place}.{r}" if place else r)
    )
    _check_words(names, file, step, what)
    _check_term(names, d, variable, step, file)


def _is_number(names: _Names, d: DatasetBuild, ref: str) -> bool:
    place, _, column = ref.rpartition(".")
    dataset = names.datasets.get(place) if place else d
    if dataset is not None and column in dataset.variables:
        return column in dataset.numeric
    forms = [place] if place else [r.from_ for r in d.spec.records]
    return any(names.files.forms[f].columns.get(column) == "number" for f in forms if f in names.files.forms)


def _check_term(names: _Names, d: DatasetBuild, variable: str, step: Step, file: str) -> None:
    if not isinstance(step.algorithm, HardcodeCt):
        return
    codelist = names.codelists.of(d.name, variable)
    value = step.algorithm.value
    if codelist is None:
        names.fail(file, step.line, "SPEC140", f"{d.name}.{variable} has no codelist", "use hardcode")
    elif value not in codelist.by_value:
        hint = near(value, codelist.by_value)
        names.fail(file, step.line, "SPEC140", f"{d.name}.{variable}: '{value}' is no term of {codelist.name}", hint)


def _check_required(names: _Names, d: DatasetBuild) -> None:
    file, line = names.files.places[f"{d.name} variables"]
    for v in d.guide.variables:
        if v.core == "Req" and v.name not in d.variables and v.name not in d.spec.omit:
            names.fail(file, line, "SPEC133", f"{d.name}: the required variable {v.name} ({v.label}) is not made")


def _check_unused(names: _Names) -> None:
    for table in names.files.tables:
        if table not in names.maps_used and table not in (SCHEDULE, "arms", "epochs"):
            place = names.files.places[f"map {table}"][0]
            names.fail(place, 1, "SPEC115", "no variable or form column reads this table")
    read = {r.from_ for d in names.files.datasets.values() for r in d.records} | set(_looked_up(names))
    for form, spec in names.files.forms.items():
        if form not in read and spec.not_submitted is None:
            file, line = names.files.places[f"form {form}"]
            names.fail(file, line, "SPEC116", f"no dataset reads the form '{form}'", "or say why under not_submitted")


def _looked_up(names: _Names) -> Iterator[str]:
    for d in names.datasets.values():
        for variable in d.variables:
            for step in all_steps(d, variable):
                for ref in (*step.algorithm.reads, *(step.when.reads if step.when else ())):
                    yield ref.rpartition(".")[0]
    for source in names.files.sources.values():
        for _, _, block in blocks_of(source):
            for steps in block.columns.values():
                yield from (r.rpartition(".")[0] for s in steps.steps for r in s.algorithm.reads)
