"""A form column holds canonical text of its kind, whatever word makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.build.forms import build_forms
from cdisc_itp.model.column import decoded
from tests.bad import lay_out, load_with_tables

DATE = 'date: {join: [y, m, d], by: "-"}'


def column(
    tmp_path: Path, name: str, kinds: str, lines: str, rows: str
) -> tuple[list[object], list[tuple[str, list[object]]]]:
    """The values of a form column and its issues, from raw rows of three cells."""
    folder = lay_out(None, tmp_path / "study")
    forms, source = folder / "forms.yaml", folder / "sources" / "a.yaml"
    forms.write_text(forms.read_text() + f"extra: {{row: r, columns: {{{kinds}}}, not_submitted: a test}}\n")
    text = source.read_text().replace("lb: {file: lb.csv}}", "lb: {file: lb.csv}, x: {file: x.csv}}")
    source.write_text(f"{text}  extra:\n    from: x\n    columns: {{{lines}}}\n")
    (folder / "raw" / "x.csv").write_text(f"A,B,C\n{rows}\n")
    study, tables = load_with_tables(folder)
    built = build_forms(study.files, tables)
    issues = [(o.code, decoded(o.value).tolist()) for o in built.issues if o.variable == name]
    return decoded(built.forms["extra"].columns[name]).tolist(), issues


@pytest.mark.parametrize(
    ("cells", "date", "code"),
    [
        ("2022,07,05", "2022-07-05", None),
        ("2022,02,30", None, "DATA011"),
        ("2022,7,5", None, "DATA010"),
    ],
)
def test_dates_joined_from_parts(tmp_path: Path, cells: str, date: str | None, code: str | None) -> None:
    parts = "y: {column: A}, m: {column: B}, d: {column: C}"
    found = column(tmp_path, "date", "y: text, m: text, d: text, date: date", f"{parts}, {DATE}", cells)
    assert found == ([date], [(code, [cells.replace(",", "-")])] if code else [])


def test_numbers_and_text_in_one_column(tmp_path: Path) -> None:
    lines = "a: {column: A}, b: {column: B}, c: {column: C}, dose: [{number_of: a}, {assign: b}, {column: C}]"
    kinds = "a: text, b: text, c: text, dose: number"
    found = column(tmp_path, "dose", kinds, lines, "5.0,,\n,7.50,\n,x,\n,,9")
    assert found == (["5", "7.50", None, "9"], [("DATA020", ["x"])])


def test_text_columns_take_numbers_as_plain_decimals(tmp_path: Path) -> None:
    lines = "a: {column: A}, b: {column: B}, c: {column: C}, t: [{number_of: a}, {assign: b}]"
    found = column(tmp_path, "t", "a: text, b: text, c: text, t: text", lines, "1e-7,,\n,x,")
    assert found == (["0.0000001", "x"], [])
