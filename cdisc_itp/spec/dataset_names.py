"""Names in dataset files: forms and conditions of records, variables, terms, qualifiers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..algorithms.assign import AssignCt, Decode, HardcodeCt
from ..algorithms.columns import Constant
from ..algorithms.registry import Algorithm, DateRef
from ..algorithms.visit import Epoch
from ..model.codelist import Codelist
from .graph import all_steps
from .names import Names
from .suggest import near
from .types import COMMENTS, RecordsSpec, Step
from .words import Line, check_comparison, check_elsewhere, check_words, line_of, map_of

if TYPE_CHECKING:
    from .builds import DatasetBuild

# SDTMIG 3.4, 8.4.2: QNAM as the name of a variable, QLABEL as its label.
QUALIFIER_NAME = "[A-Z_][A-Z0-9_]{0,7}"
MAX_LABEL = 40


def check_dataset(names: Names, d: DatasetBuild) -> None:
    """Everything that one dataset file names."""
    for records in d.spec.records:
        _check_records(names, d, records)
    forms = tuple(str(r.from_) for r in d.spec.records if r.from_ in names.files.forms)
    columns = {c for f in forms for c in names.form_names(f)}
    complete = 0 < len(d.spec.records) == len(forms)
    for variable in d.variables:
        for step in all_steps(d, variable):
            file = step.file or names.files.places[f"{d.name} dataset"][0]
            check_step(Line(names, file, f"{d.name}.{variable}", step, d, forms), variable, columns, complete)
    _check_required(names, d)
    _check_qualifiers(names, d)
    _check_comments(names, d)


def _check_records(names: Names, d: DatasetBuild, records: RecordsSpec) -> None:
    file, form = names.files.places[f"{d.name} dataset"][0], str(records.from_)
    if form not in names.files.forms:
        if form not in names.broken:
            hint = near(form, names.files.forms)
            names.fail(file, records.from_.line, "SPEC111", f"{d.name}: no form is called '{form}'", hint)
        return
    known = names.form_names(form)
    for clause in records.where.clauses if records.where else ():
        for c in clause.comparisons:
            at = Line(names, file, f"{d.name}.where", _nothing(line_of(c.ref)), None, (form,))
            if c.ref not in known:
                at.fail(0, "SPEC110", f"form {form} has no column '{c.ref}'", near(c.ref, known))
            else:
                check_comparison(at, c, c.ref)
    _check_subject(names, d, file, records)
    _check_intervals(names, d, file, records)


def _nothing(line: int) -> Step:
    return Step(Constant(""), line=line)


def _check_subject(names: Names, d: DatasetBuild, file: str, records: RecordsSpec) -> None:
    """Records of subjects come from forms that have what subject_id reads."""
    known = (*names.form_names(records.from_), "site")
    for ref in sorted({r for s in names.files.study.subject_id.steps for r in s.algorithm.reads}):
        if d.has_subjects and ref not in known and any(ref in f.columns for f in names.files.forms.values()):
            message = f"{d.name}: form {records.from_} has no column '{ref}', which subject_id reads"
            names.fail(file, records.from_.line, "SPEC110", message)


def _check_intervals(names: Names, d: DatasetBuild, file: str, records: RecordsSpec) -> None:
    spec = records.intervals
    for ref in (*spec.same, spec.start, spec.end) if spec else ():
        at = Line(names, file, f"{d.name}.intervals", _nothing(ref.line), d, ())
        if ref not in d.variables:
            at.fail(0, "SPEC110", f"{d.name} has no variable {ref}", near(ref, d.variables))
        elif isinstance(ref, DateRef) and at.kind_of(ref) not in ("date", "datetime", None):
            at.fail(0, "SPEC109", f"intervals go from date to date, and {ref} is {at.kind_of(ref)}")


def check_step(at: Line, variable: str, columns: set[str], complete: bool) -> None:
    """A step of a variable; where forms are not known (not ``complete``), nor are their columns."""
    word, d = at.step.algorithm, at.dataset
    assert d is not None
    if word.scope == "form":
        at.fail(0, "SPEC108", f"'{word.word}' is a word for source files")
        return
    elsewhere = word.bounds if isinstance(word, Epoch) else ()
    for ref in (*word.reads, *(at.step.when.reads if at.step.when else ())):
        if ref in elsewhere:
            # The table that names it is judged where it is written.
            continue
        if "." in ref:
            check_elsewhere(at, ref)
        elif ref not in columns and ref not in d.variables and (complete or ref.isupper()):
            hint = "a source says it: site: ..." if ref == "site" else near(ref, [*columns, *d.variables])
            at.fail(line_of(ref), "SPEC110", f"nothing is called '{ref}' here", hint)
    check_words(at)
    _check_terms(at, variable, word)


def _check_terms(at: Line, variable: str, word: Algorithm) -> None:
    """SPEC140: what a line submits is a term of the variable's codelist."""
    assert at.dataset is not None
    name = at.dataset.name
    if isinstance(word, Decode) and word.map is None:
        place, _, source = word.source.rpartition(".")
        if at.names.codelists.of(place or name, source) is None:
            at.fail(
                line_of(word.source), "SPEC140", f"{word.source} has no codelist", "name a map with a decode column"
            )
    if not isinstance(word, (HardcodeCt, AssignCt)):
        return
    codelist = at.names.codelists.of(name, variable)
    if codelist is None:
        hint = f"use {'hardcode' if isinstance(word, HardcodeCt) else 'assign'}, or name one by 'codelist'"
        if not at.names.codelists.is_dictionary(name, variable):
            at.fail(0, "SPEC140", "the variable has no codelist", hint)
    elif isinstance(word, HardcodeCt) and word.value not in codelist.by_value:
        hint = near(word.value, codelist.by_value)
        at.fail(0, "SPEC140", f"'{word.value}' is no term of {codelist.name}", hint)
    elif isinstance(word, AssignCt):
        _check_map_terms(at, word, codelist)


def _check_map_terms(at: Line, word: AssignCt, codelist: Codelist) -> None:
    """The terms that a map gives to a codelist that takes no others."""
    table = at.names.files.tables.get(map_of(word) or "")
    if table is None or codelist.extensible or word.to not in table.columns:
        return
    file = at.names.files.places[f"map {table.name}"][0]
    for line, term in zip(table.lines, table.column(word.to), strict=True):
        if term is not None and term not in codelist.by_value:
            hint = near(term, codelist.by_value)
            at.names.fail(file, line, "SPEC140", f"{at.what}: '{term}' is no term of {codelist.name}", hint)


def _check_required(names: Names, d: DatasetBuild) -> None:
    file, line = names.files.places[f"{d.name} variables"]
    for v in d.guide.variables:
        if v.core == "Req" and v.name not in d.variables and v.name not in d.spec.omit:
            names.fail(file, line, "SPEC133", f"{d.name}: the required variable {v.name} ({v.label}) is not made")


def _check_qualifiers(names: Names, d: DatasetBuild) -> None:
    for name, spec in d.spec.supplemental.items():
        if not re.fullmatch(QUALIFIER_NAME, name):
            names.fail(
                spec.file, spec.line, "SPEC134", f"{d.name}: '{name}' cannot name a qualifier: 1 to 8 of A-Z 0-9 _"
            )
        elif name in d.plan.names or _is_standard(names, d, name):
            names.fail(
                spec.file,
                spec.line,
                "SPEC134",
                f"{d.name}: {name} is a variable of {d.name}",
                "write it under 'variables'",
            )
        if len(spec.label or "") > MAX_LABEL:
            names.fail(spec.file, spec.line, "SPEC134", f"{d.name}.{name}: the label has over {MAX_LABEL} characters")


def _check_comments(names: Names, d: DatasetBuild) -> None:
    file, line = names.files.places.get(f"{d.name} comments", ("", 1))
    if d.spec.comments and COMMENTS in names.files.datasets:
        message = f"{names.files.places[f'{COMMENTS} dataset'][0]} describes the dataset {COMMENTS} too"
        names.fail(file, line, "SPEC119", message)
    for name, spec in d.spec.comments.items():
        at = d.variables[name].line or line
        if not re.fullmatch(QUALIFIER_NAME, name):
            names.fail(file, at, "SPEC134", f"{d.name}: '{name}' cannot name a comment: 1 to 8 of A-Z 0-9 _")
        elif name in d.plan.names or name in d.spec.supplemental or _is_standard(names, d, name):
            names.fail(
                file, at, "SPEC134", f"{d.name}: {name} is a variable of {d.name}", "give the comment another name"
            )
        if spec.date is not None and spec.date not in d.plan.names:
            message = f"{d.name}.{name}: date names {spec.date}, which is no variable of it"
            names.fail(file, spec.date.line, "SPEC110", message, near(spec.date, d.plan.names))
        if d.supplemental is None:
            names.fail(
                file, at, "SPEC134", f"{d.name}: CO cannot point at its records", f"they have no {d.name[:2]}SEQ"
            )


def _is_standard(names: Names, d: DatasetBuild, name: str) -> bool:
    try:
        names.codelists.tables.variable(d.guide, name)
    except KeyError:
        return False
    return True
