"""Workbooks as calamine and openpyxl, which did not write them, read them."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from cdisc_itp.writers.workbook import MAX_TEXT, Cell, WorkbookSheet, write_workbook

MOMENT = datetime(2024, 3, 1, 12, 0, 0)
HEADER = ("No.", "Value", "Answer")


def sheet(*rows: tuple[Cell, ...]) -> WorkbookSheet:
    return WorkbookSheet("Queries", ("Title", "INVENTED - NO REAL PATIENT."), HEADER, (8, 30, 40), rows, ("Answer",))


def written(folder: Path, *rows: tuple[Cell, ...], created: datetime = MOMENT) -> Path:
    path = folder / "w.xlsx"
    write_workbook(path, "Title", created, [sheet(*rows)])
    return path


def rows_read(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Queries").to_python()


def test_what_is_written_is_read_by_another_program(tmp_path: Path) -> None:
    path = written(tmp_path, ("04-0001", '万/mm3 <&> "x"', None), ("04-0002", 12, None))
    assert rows_read(path) == [
        ["Title", "", ""],
        ["INVENTED - NO REAL PATIENT.", "", ""],
        ["", "", ""],
        [*HEADER],
        ["04-0001", '万/mm3 <&> "x"', ""],
        ["04-0002", 12.0, ""],
    ]


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "{=1}", "http://x", "007", "1e5")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_a_link_or_a_number(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, ("1", text, None))
    page = openpyxl.load_workbook(path)["Queries"]
    cell = page["B5"]
    assert (cell.data_type, cell.value.replace("_x000D_", "\r")) == ("s", text)
    assert cell.hyperlink is None
    assert bool(cell.quotePrefix) == (text[0] in "=+-@\t\r")
    with zipfile.ZipFile(path) as archive:
        assert all(b"<f>" not in archive.read(n) and b"<f " not in archive.read(n) for n in archive.namelist())


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert rows_read(written(tmp_path_factory.mktemp("w"), ("1", text, None)))[4][1] == text


def test_the_same_bytes_whenever_and_wherever(tmp_path: Path) -> None:
    one = written(tmp_path, ("1", "x", None)).read_bytes()
    same = MOMENT.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=8)))
    assert written(tmp_path, ("1", "x", None), created=same).read_bytes() == one
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    assert (book.properties.created, book.properties.modified) == (MOMENT, MOMENT)
    with zipfile.ZipFile(tmp_path / "w.xlsx") as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_header_stays_in_sight_and_cells_wrap(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(written(tmp_path, ("1", "x", None)))["Queries"]
    assert page.freeze_panes == "A5"
    assert page.print_title_rows == "$4:$4"
    assert [round(page.column_dimensions[c].width) for c in "ABC"] == [9, 31, 41]
    assert page["B5"].alignment.wrap_text
    assert page["C5"].value is None
    assert page["C5"].fill.fgColor.rgb != page["B5"].fill.fgColor.rgb


def test_a_text_longer_than_a_cell_is_not_cut(tmp_path: Path) -> None:
    path = written(tmp_path, ("1", "x" * MAX_TEXT, None), ("2", "x" * (MAX_TEXT + 1), None))
    assert [r[1] for r in rows_read(path)[4:]] == ["x" * MAX_TEXT, "[32,768 characters: see the file]"]


def test_a_sheet_without_rows(tmp_path: Path) -> None:
    assert rows_read(written(tmp_path))[-1] == [*HEADER]
