"""Each surprise in the data is listed with its value and place, left out, and raises nothing else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc_itp.build.datasets import build_datasets
from cdisc_itp.build.forms import build_forms
from cdisc_itp.model.catalogue import CATALOGUE
from cdisc_itp.model.column import Column, decoded
from cdisc_itp.model.lineage import NumberedTable, Occurrences
from tests.bad import cases, code_of, codes_written, expected, lay_out, load_with_tables

CASES = cases("DATA")
WARNINGS, NOTES = {"DATA032", "DATA053", "DATA054"}, {"DATA038", "DATA050"}


def listed(found: Occurrences, tables: list[NumberedTable]) -> list[str]:
    """A line for each value: code, what was being made, column, value, how often, first place, message."""
    lines: dict[str, list[tuple[str, int]]] = {}
    values = shown(found.value)
    for value, table, row in zip(values, found.places.table.tolist(), found.places.row.tolist(), strict=True):
        what = f"{found.dataset}.{found.variable or '-'} {found.column or '-'}"
        lines.setdefault(f"{found.code} {what} '{value}'", []).append((tables[table].raw.file, row))
    title = CATALOGUE[found.code].title
    return [f"{line} {len(at)}x {min(at)[0]} row {min(at)[1]}: {title}" for line, at in lines.items()]


def shown(column: Column) -> list[str]:
    return ["-" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in decoded(column).tolist()]


def cells(frames: dict[str, pd.DataFrame], line: str) -> str:
    """What the datasets hold of a variable, record by record: ``LB LBDTC: - | 2022-07-06``."""
    dataset, variable = line.partition(":")[0].split()
    return f"{dataset} {variable}: {' | '.join(shown(frames[dataset][variable].array))}".rstrip()


@pytest.mark.parametrize("case", CASES)
def test_listed_and_left_out(case: str, tmp_path: Path) -> None:
    study, tables = load_with_tables(lay_out(case, tmp_path / "study"))
    forms = build_forms(study.files, tables)
    made = build_datasets(study, forms.forms)
    lines = [line for o in [*forms.issues, *made.issues] for line in listed(o, tables)]
    wanted = expected(case)
    assert lines == [w for w in wanted if w.startswith("DATA")]
    records = [w for w in wanted if not w.startswith("DATA")]
    assert records
    assert [cells(made.frames, r) for r in records] == records


@pytest.mark.parametrize("case", CASES)
def test_raises_only_its_own_code(case: str) -> None:
    assert {w.split()[0] for w in expected(case) if w.startswith("DATA")} == {code_of(case)}


def test_the_study_that_the_cases_change_raises_nothing(tmp_path: Path) -> None:
    study, tables = load_with_tables(lay_out(None, tmp_path / "study"))
    forms = build_forms(study.files, tables)
    assert forms.issues == build_datasets(study, forms.forms).issues == []


def test_each_code_has_a_bad_input_and_an_entry() -> None:
    codes = codes_written("DATA", "algorithms", "build") - {"DATA073"}  # stories tell it, readers raise it
    assert {code_of(c) for c in CASES} == codes
    assert codes <= set(CATALOGUE)
    for code in codes:
        severity = "warning" if code in WARNINGS else "note" if code in NOTES else "error"
        assert CATALOGUE[code].severity == severity, code
        assert any(file in CATALOGUE[code].remedy for file in (".yaml", ".csv")), f"{code} names no file to edit"
