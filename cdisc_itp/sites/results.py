"""Units of each test, and the decimals of its results, by source."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from ..algorithms.written import with_plain_digits
from ..build.form_rows import chosen, first_value
from ..model.column import Column, distinct_tuples, empty_column, values_of
from ..profile.numbers import NumberStyle, find_numbers
from ..spec.builds import DatasetBuild
from ..spec.study import Study
from ..spec.types import Steps
from .blocks import Part
from .judged import DatasetRows, reads_of


class ResultColumns(Struct, frozen=True):
    """The columns of a form that hold test, result and unit (None: the form has none).

    ``dataset`` is the findings dataset that reads them, whose tests name those of all sources alike.
    """

    test: str
    result: str
    unit: str | None
    dataset: str | None = None


class UnitOfTest(Struct, frozen=True):
    """Results of one test in one unit at one source: rows with a result, and how the numbers are written."""

    form: str
    test: str
    source: str
    unit: str | None
    count: int
    number: NumberStyle | None


def result_columns(study: Study | None, files_forms: dict[str, dict[str, str]]) -> dict[str, ResultColumns]:
    """By form: what findings datasets read as test, result and unit; without datasets, the columns so named."""
    out: dict[str, ResultColumns] = {}
    for form, columns in files_forms.items():
        if {"test", "result"} <= set(columns):
            out[form] = ResultColumns("test", "result", "unit" if "unit" in columns else None)
    for name, dataset in study.datasets.items() if study is not None else ():
        for records in dataset.spec.records:
            form, prefix = str(records.from_), name[:2]
            read = {
                ending: next(_columns_read(dataset, f"{prefix}{ending}", files_forms.get(form, {})), None)
                for ending in ("TESTCD", "ORRES", "ORRESU")
            }
            if read["TESTCD"] and read["ORRES"]:
                out[form] = ResultColumns(read["TESTCD"], read["ORRES"], read["ORRESU"], name)
    return out


def _columns_read(dataset: DatasetBuild, variable: str, columns: dict[str, str]) -> Iterator[str]:
    spec = dataset.variables.get(variable)
    for step in spec.steps if spec is not None else ():
        yield from (str(r) for r in step.algorithm.reads if r in columns)


def units_of_tests(study: Study | None, parts: list[Part], columns: dict[str, ResultColumns]) -> list[UnitOfTest]:
    """Every test with its units, source by source; what is neither a number nor has a unit is left out."""
    found: dict[tuple[str, str, str, str], list[tuple[str, int]]] = {}
    for part in parts:
        named = columns.get(part.form)
        if named is None or not {named.test, named.result} <= set(part.rows.columns):
            continue
        for test, unit, result, n in _counted(part, named, _tests(study, part, named)):
            found.setdefault((part.form, test, part.source, unit), []).append((result, n))
    made = (_of_unit(*key, results) for key, results in sorted(found.items()))
    return [u for u in made if u.unit is not None or u.number is not None]


def _tests(study: Study | None, part: Part, named: ResultColumns) -> Column:
    """The test of each form row: the dataset's code, where the dataset has one, else the form's text."""
    written = part.rows.columns[named.test]
    if study is None or named.dataset is None:
        return written
    dataset = study.datasets[named.dataset]
    records = DatasetRows(study, named.dataset, part)
    records.target = f"{named.dataset[:2]}TESTCD"
    steps = dataset.variables[records.target].steps
    readable = tuple(s for s in steps if set(reads_of(s)) <= set(records.columns))
    return chosen(first_value(records, Steps(readable)), written) if readable else written


def _counted(part: Part, named: ResultColumns, tests: Column) -> Iterator[tuple[str, str, str, int]]:
    """Distinct (test, unit, result) of the rows with a result, with their number."""
    rows = part.rows
    unit = rows.columns.get(named.unit or "", empty_column(rows.n))
    columns = [tests, unit, rows.columns[named.result]]
    group, parts = distinct_tuples(columns)
    counts = np.bincount(group[part.live], minlength=len(parts[0]))
    texts = [[*map(str, values_of(c)), ""] for c in columns]
    for i in np.flatnonzero((counts > 0) & (parts[0] >= 0) & (parts[2] >= 0)).tolist():
        test, unit_text, result = (t[p[i]] for t, p in zip(texts, parts, strict=True))
        yield test, unit_text, result, int(counts[i])


def _of_unit(form: str, test: str, source: str, unit: str, results: list[tuple[str, int]]) -> UnitOfTest:
    plain = with_plain_digits(pc.utf8_trim_whitespace(pa.array([r for r, _ in results], pa.large_string())))
    counts = np.array([n for _, n in results], np.int64)
    number, _ = find_numbers(plain, counts)
    return UnitOfTest(form, test, source, unit or None, int(counts.sum()), number)
