"""Every name that a spec uses means something: forms, columns, variables, tables, terms, date formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..model.issue import SpecProblem
from .codelists import Codelists
from .graph import all_steps
from .load import STUDY_TABLES, StudyFiles, blocks_of
from .types import Kind, NumericDate, Step

if TYPE_CHECKING:
    from .builds import Analysis, DatasetBuild

# Dates, and text that may be one; durations are no dates.
_DATE_TYPES = ("datetime", "date", "partialDatetime", "partialDate", "incompleteDatetime")
# Problems that may hide who reads a table or a form.
_HIDING = ("SPEC00", "SPEC10", "SPEC111", "SPEC112", "SPEC113")


class Names:
    """The names of one study, and the problems found so far."""

    def __init__(
        self,
        files: StudyFiles,
        datasets: dict[str, DatasetBuild],
        codelists: Codelists,
        problems: list[SpecProblem],
    ) -> None:
        self.files, self.datasets, self.codelists, self.problems = files, datasets, codelists, problems
        self.tables_used: set[str] = set()
        self.broken = files.broken | (set(files.datasets) - set(datasets))

    def fail(self, file: str, line: int, code: str, message: str, hint: str = "") -> None:
        """Append a problem."""
        self.problems.append(SpecProblem(file, line, code, message, hint))

    def form_names(self, form: str) -> tuple[str, ...]:
        """What is called by a name in the rows of a form."""
        columns = self.files.forms[form].columns
        sources = (s for s in self.files.sources.values() if form in s.forms)
        site = ("site",) if "site" not in columns and any(s.site is not None for s in sources) else ()
        return (*columns, *site, "USUBJID")

    def kind_of(self, ref: str, dataset: DatasetBuild | None, forms: tuple[str, ...]) -> Kind | NumericDate | None:
        """What a name's values are; None where that is not known."""
        place, _, name = ref.rpartition(".")
        if place:
            dataset = self.datasets.get(place)
            forms = () if dataset else (place,)
        if dataset is not None and name in dataset.plan.names:
            plan = dataset.plan.variable(name)
            if plan.numeric and re.match("DATE|TIME", plan.display_format or ""):
                return "numeric date"
            return "number" if plan.numeric else "datetime" if plan.data_type in _DATE_TYPES else "text"
        known = [self.files.forms[f].columns.get(name) for f in forms if f in self.files.forms]
        return next((k for k in known if k is not None), None)


def check_names(
    files: StudyFiles,
    datasets: dict[str, DatasetBuild],
    codelists: Codelists,
    problems: list[SpecProblem],
    analysis: Analysis,
) -> None:
    """Append a problem for every name without a meaning, and for tables, codelists and forms that nobody reads."""
    from .analysis_names import check_analysis
    from .dataset_names import check_dataset
    from .source_names import check_source, check_subject_id
    from .yields import check_yielding_order

    names = Names(files, datasets, codelists, problems)
    check_subject_id(names)
    for source in files.sources.values():
        check_source(names, source)
    check_yielding_order(names)
    for dataset in datasets.values():
        check_dataset(names, dataset)
    check_analysis(names, analysis)
    unjudged = files.analysis and not analysis.known
    if not any(p.code.startswith(_HIDING) for p in problems) and not unjudged:
        _check_unused(names)


def _check_unused(names: Names) -> None:
    for table in names.files.tables:
        if table not in names.tables_used and table not in STUDY_TABLES:
            file, line = names.files.places[f"map {table}"]
            names.fail(file, line, "SPEC115", "no variable or form column reads this table")
    chosen = {n for name in names.codelists.chosen.values() for n in name.split("+")}
    for name, spec in names.files.study.codelists.items():
        if name not in chosen and spec.extends is None and name not in names.codelists.release.names:
            file, line = names.files.places[f"codelists {name}"]
            names.fail(
                file,
                line,
                "SPEC115",
                f"no variable has the codelist '{name}'",
                f"a variable names it by codelist: {name}",
            )
    read = {r.from_ for d in names.files.datasets.values() for r in d.records} | set(_looked_up(names))
    for form, shape in names.files.forms.items():
        if form not in read and shape.not_submitted is None:
            file, line = names.files.places[f"form {form}"]
            names.fail(
                file,
                line,
                "SPEC116",
                f"no dataset reads the form '{form}'",
                "read it in sdtm/*.yaml, or say why under not_submitted",
            )


def _looked_up(names: Names) -> Iterator[str]:
    """The forms that steps read by name."""
    for d in names.datasets.values():
        for variable in d.variables:
            yield from _places(all_steps(d, variable))
    for source in names.files.sources.values():
        for _, _, block in blocks_of(source):
            for steps in block.columns.values():
                yield from _places(steps.steps)


def _places(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        for ref in (*step.algorithm.reads, *(step.when.reads if step.when else ())):
            yield ref.rpartition(".")[0]
