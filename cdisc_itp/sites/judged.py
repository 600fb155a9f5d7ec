"""Values that the spec cannot take: no map or codelist has them, or they are no date, time or number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.assign import Assign, AssignCt, Hardcode, HardcodeCt
from ..algorithms.dates import AssignDatetime
from ..algorithms.numbers import StandardResult, StandardUnit
from ..algorithms.registry import MapName
from ..algorithms.texts import Join, PartOf
from ..algorithms.visit import SCHEDULE, Visit
from ..build.datasets import lines_of
from ..build.form_rows import chosen
from ..build.rows import Rows
from ..model.codelist import Codelist
from ..model.column import Mask, blanked, codes_of, empty_column, present, values_of
from ..model.lineage import Occurrences
from ..profile.columns import LONG
from ..profile.identifiers import identifier_like
from ..spec.builds import DatasetBuild
from ..spec.graph import all_steps
from ..spec.maps import CsvTable
from ..spec.study import Study
from ..spec.types import Step
from .blocks import Part

LACKING = ("DATA020", "DATA030", "DATA031", "DATA032", "DATA035")
"""No number; no map or codelist has the value; no conversion; an extensible codelist, the schedule lack the value."""
SIMPLE = (Assign, AssignCt, Hardcode, HardcodeCt, Visit, Join, PartOf, AssignDatetime, StandardResult, StandardUnit)
"""Words whose values follow from the row itself."""


class Judged(Struct, frozen=True, order=True):
    """One value that one word of the spec cannot take; ``value`` is None where it is not to be shown.

    ``where`` is the form column or variable that is made of it, ``against`` the map, codelist or format.
    """

    source: str
    form: str
    column: str
    where: str
    code: str
    against: str
    value: str | None
    count: int
    file: str
    row: int


class DatasetRows(Rows):
    """Form rows as the words for datasets see them: maps, codelists, and no source.

    Columns go by ``form.column`` too, and by that alone where the dataset is not made ``own`` of the form's rows.
    """

    def __init__(self, study: Study, dataset: str, part: Part, own: bool = True) -> None:
        made = part.rows.columns
        columns = {**(made if own else {}), **{f"{part.form}.{c}": v for c, v in made.items()}}
        super().__init__(study.name, part.rows.n, columns, part.rows.places)
        unread = part.rows.unread
        self.unread = {**(unread if own else {}), **{f"{part.form}.{c}": v for c, v in unread.items()}}
        self.of_study, self.name = study, dataset

    def table(self, name: str) -> CsvTable:
        """A table of maps/."""
        return self.of_study.files.tables[name]

    def codelist(self, name: str | None = None) -> Codelist | None:
        """The codelist of a variable of the dataset."""
        return self.of_study.codelist(self.name, name or self.target)


def judged_in_forms(parts: list[Part]) -> list[Judged]:
    """What the words of source files cannot take."""
    out: list[Judged] = []
    for part in parts:
        hidden = _hidden_columns(part)
        for found in part.rows.issues:
            steps = part.block.columns[found.variable].steps if found.variable in part.block.columns else ()
            against = ", ".join(dict.fromkeys(a for s in steps if (a := _against(s))))
            hide = found.column in hidden or not found.column
            out += _grouped(part, found.keep(part.live), f"{part.form}.{found.variable}", against, hide)
    return sorted(out, key=_order)


def judged_in_datasets(study: Study, parts: list[Part]) -> list[Judged]:
    """What maps, codelists, conversions and the schedule of datasets lack, each value once a map.

    Lines are judged in the order in which they are built, as far as they read nothing but the row itself.
    """
    first: dict[tuple[object, ...], Judged] = {}
    for part in parts:
        for dataset in study.datasets.values():
            if not _reads_form(dataset, part.form):
                continue
            own: list[int | None] = [i for i, r in enumerate(dataset.spec.records) if r.from_ == part.form]
            for number in own or [None]:
                for judged in _of_records(study, part, dataset, number):
                    key = (part.table.table.number, judged.form, judged.column, judged.against, judged.value)
                    first.setdefault(key, judged)
    return sorted(first.values(), key=_order)


def _reads_form(dataset: DatasetBuild, form: str) -> bool:
    """Whether a dataset's records are made of a form, or one of its variables reads the form by name."""
    steps = [s for v in dataset.variables for s in all_steps(dataset, v)]
    named = (r for s in steps for r in reads_of(s))
    return any(r.from_ == form for r in dataset.spec.records) or any(r.startswith(f"{form}.") for r in named)


def _of_records(study: Study, part: Part, dataset: DatasetBuild, number: int | None) -> Iterator[Judged]:
    """What one record source's variables lack of one part's values; None: the dataset only reads the form by name."""
    rows = DatasetRows(study, dataset.name, part, own=number is not None)
    where = dataset.spec.records[number].where if number is not None else None
    live = part.live & rows.holds(where) if where is not None else part.live
    hidden = _hidden_form_columns(part)
    for name, variable in study.order:
        if name != dataset.name or variable not in dataset.variables:
            continue
        lines = [
            (_unnumbered(s), i) for s, i in lines_of(dataset, variable) if number is None or i is None or number in i
        ]
        reads = {r.removeprefix(f"{part.form}.") for step, _ in lines for r in reads_of(step)}
        hidden |= {variable} if reads & hidden else set()
        yield from _of_variable(rows, part, variable, [s for s, _ in lines], live, hidden)


def _of_variable(
    rows: DatasetRows, part: Part, variable: str, steps: list[Step], live: Mask, hidden: set[str]
) -> Iterator[Judged]:
    """What the lines of one variable lack; the variable is kept for those that read it, if it is whole."""
    if not steps or not isinstance(steps[0].algorithm, SIMPLE) or not set(reads_of(steps[0])) <= set(rows.columns):
        return
    rows.target, left, made = variable, live.copy(), empty_column(rows.n)
    for step in steps:
        if not isinstance(step.algorithm, SIMPLE) or not set(reads_of(step)) <= set(rows.columns):
            return
        rows.mask = left & rows.applies(step)
        column = step.algorithm.apply(rows)  # type: ignore[arg-type]
        made = chosen(made, blanked(column, ~rows.mask))
        left &= ~present(made)
        left &= ~(rows.mask & rows.decided(step))
        against = _against(step) or _codelist_name(rows.of_study, rows.name, variable)
        found, rows.issues = rows.issues, []
        for occurrences in found:
            if occurrences.code in LACKING:
                hide = occurrences.column.rpartition(".")[2] in hidden
                yield from _grouped(part, occurrences, f"{rows.name}.{variable}", against, hide)
    rows.columns[variable] = made


def _unnumbered(step: Step) -> Step:
    """A line for a visit without the numbers that follow from dates of other records."""
    word = step.algorithm
    return replace(step, algorithm=word.changed(date=None, number_from=None)) if isinstance(word, Visit) else step


def reads_of(step: Step) -> tuple[str, ...]:
    """What a line and its condition read."""
    return (*step.algorithm.reads, *(step.when.reads if step.when else ()))


def _order(judged: Judged) -> tuple[object, ...]:
    return (judged.form, judged.where, judged.source, judged.code, -judged.count, judged.value or "", judged.file)


def _against(step: Step) -> str:
    """What a line looks its value up in, or how it wants it written."""
    word = step.algorithm
    if isinstance(word, Visit):
        return "the visit schedule"
    name = getattr(word, "map", None) or getattr(word, "table", None)
    if isinstance(name, MapName):
        return "the visit schedule" if name == SCHEDULE else f"map {name}"
    return ", ".join(getattr(word, "format", ()) or ())


def _codelist_name(study: Study, dataset: str, variable: str) -> str:
    found = study.codelist(dataset, variable)
    return f"codelist {found.name}" if found is not None else ""


def _hidden_columns(part: Part) -> set[str]:
    return {c.name for c in part.table.profile.columns if c.hidden}


def _hidden_form_columns(part: Part) -> set[str]:
    """Form columns that are made of raw columns whose values are not shown."""
    hidden = _hidden_columns(part)
    return {
        column
        for column, steps in part.block.columns.items()
        if any(str(getattr(s.algorithm, "column", "")) in hidden for s in steps.steps)
    }


def _grouped(part: Part, found: Occurrences, where: str, against: str, hide: bool) -> Iterator[Judged]:
    """One entry a value; values that are not to be shown are one entry."""
    values, codes = values_of(found.value), codes_of(found.value)
    shown = np.zeros(len(values), bool) if hide else may_be_shown(values.tolist())
    key = np.append(np.where(shown, np.arange(len(values)), -1), -1)[codes]
    for code in np.unique(key).tolist():
        at = np.flatnonzero(key == code)
        yield Judged(
            part.source,
            part.form,
            found.column.rpartition(".")[2],
            where,
            found.code,
            against,
            str(values[code]) if code >= 0 else None,
            len(at),
            part.table.raw.file,
            int(found.places.row[at].min()),
        )


def may_be_shown(values: list[object]) -> Mask:
    """Which texts (k,) are short and hold nothing that has the shape of a direct identifier."""
    texts = [str(v) for v in values]
    _, some = identifier_like(pa.array(texts, pa.large_string()))
    return np.array([len(t) <= LONG for t in texts], bool) & ~some
