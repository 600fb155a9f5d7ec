from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.readers.limits import Limits
from tests.readers.books import Book, cells, replacing


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "lab.xlsx")


def fill(book: Book, rows: list[list[object]], *merged: str) -> None:
    for row in rows:
        book.sheet.append(row)
    for place in merged:
        book.sheet.merge_cells(place)


def test_second_header_row_labels_the_columns(book: Book) -> None:
    for row in (["SUBJID", "SEX", "AGE"], ["受试者编号", "性别", None], ["001", "M", 50]):
        book.sheet.append(row)
    table = book.read(header=2)
    assert table.labels == {"SUBJID": "受试者编号", "SEX": "性别"}
    assert cells(table) == {"SUBJID": ["001"], "SEX": ["M"], "AGE": ["50"]}


def test_merged_header_cells_group_the_columns_below_them(book: Book) -> None:
    rows = [
        ["编号", "第1周", None, "第2周", None, None],
        [None, "PLT", "采样日期", "PLT", "采样日期", "单位"],
        ["01", 90, 44747, 50, 44754, "10^9/L"],
    ]
    for row in rows:
        book.sheet.append(row)
    for merged in ("A1:A2", "B1:C1", "D1:E1"):
        book.sheet.merge_cells(merged)
    table = book.read(header=2)
    assert list(table.frame) == ["编号", "第1周 PLT", "第1周 采样日期", "第2周 PLT", "第2周 采样日期", "单位"]
    assert cells(table)["第2周 采样日期"] == ["44754"]
    assert (table.labels, table.rows.tolist(), table.notes) == ({}, [3], ())


def test_a_merged_header_of_one_row_names_two_columns_alike(book: Book) -> None:
    book.sheet.append(["A", "B", None])
    book.sheet.append([1, 2, 3])
    book.sheet.merge_cells("B1:C1")
    assert book.refused() == ["lab.xlsx sheet Labs row 1 column B: READ009 the name is used 2 times: columns 2, 3"]


def test_merged_data_cells_hold_their_value_once_and_are_noted(book: Book) -> None:
    for row in (["ID", "V"], ["01", 1], [None, 2], [None, 3]):
        book.sheet.append(row)
    book.sheet.merge_cells("A2:A4")
    table = book.read()
    assert cells(table) == {"ID": ["01", None, None], "V": ["1", "2", "3"]}
    assert table.notes == ("merged cells, value in the first cell only: A2:A4",)


def test_title_rows_above_the_header_are_passed_over(book: Book) -> None:
    fill(book, [["XX医院血常规汇总", None], [None, None], ["ID", "V"], ["01", 1]], "A1:B1")
    table = book.read(skip=1)
    assert cells(table) == {"ID": ["01"], "V": ["1"]}
    assert (table.rows.tolist(), table.notes) == ([4], ())
    assert table.skipped == {"title row": (1,), "blank row": (2,)}
    assert book.refused(skip=-1)[0].endswith("READ006 skip: -1 is not possible - a number of title rows")
    assert book.refused(skip=3) == ["lab.xlsx sheet Labs: READ008 there is no header row"]


def test_the_label_may_stand_above_the_code(book: Book) -> None:
    fill(book, [["受试者", "性别", "备注"], ["SUBJID", "SEX", None], ["01", "M", "x"]], "C1:C2")
    table = book.read(header=2, name_rows=(2,))
    assert cells(table) == {"SUBJID": ["01"], "SEX": ["M"], "备注": ["x"]}
    assert table.labels == {"SUBJID": "受试者", "SEX": "性别"}


def test_three_header_rows(book: Book) -> None:
    rows: list[list[object]] = [
        ["SUBJID", "W1", None, "W2", None],
        [None, "PLT", "HGB", "PLT", "HGB"],
        ["编号", "血小板", "血红蛋白", "血小板", "血红蛋白"],
        ["01", 90, 120, 50, 121],
    ]
    fill(book, rows, "B1:C1", "D1:E1")
    table = book.read(header=3)
    assert list(table.frame) == ["SUBJID", "W1 PLT", "W1 HGB", "W2 PLT", "W2 HGB"]
    assert table.labels["SUBJID"] == "编号"
    assert (table.labels["W1 PLT"], table.labels["W2 HGB"]) == ("血小板", "血红蛋白")
    assert (cells(table)["W2 PLT"], table.rows.tolist()) == (["50"], [4])
    assert book.refused(header=4)[0].endswith("READ006 header: 4 is not possible - a table has 1 to 3 header rows")


def test_three_rows_of_which_two_levels_are_merged(book: Book) -> None:
    rows: list[list[object]] = [
        ["编号", "治疗期", None, None, None],
        [None, "第1周", None, "第2周", None],
        [None, "PLT", "HGB", "PLT", "HGB"],
        ["01", 1, 2, 3, 4],
    ]
    fill(book, rows, "A1:A3", "B1:E1", "B2:C2", "D2:E2")
    names = ["编号", "治疗期 第1周 PLT", "治疗期 第1周 HGB", "治疗期 第2周 PLT", "治疗期 第2周 HGB"]
    assert list(book.read(header=3).frame) == names
    short = book.read(header=3, name_rows=(2, 3))
    assert list(short.frame) == ["编号", "第1周 PLT", "第1周 HGB", "第2周 PLT", "第2周 HGB"]
    assert short.labels["第2周 HGB"] == "治疗期"


def test_a_title_that_is_centred_but_not_merged_is_spread_when_declared(book: Book) -> None:
    rows: list[list[object]] = [
        ["编号", "第1周", None, "第2周", None],
        [None, "PLT", "HGB", "PLT", "HGB"],
        ["01", 1, 2, 3, 4],
    ]
    fill(book, rows)
    table = book.read(header=2, name_rows=(1, 2), spread_header=True)
    assert list(table.frame) == ["编号", "第1周 PLT", "第1周 HGB", "第2周 PLT", "第2周 HGB"]
    assert "READ009 the name is used 2 times" in book.refused(header=2, name_rows=(2,))[0]


@pytest.mark.parametrize("rows", [(0,), (3,), (1, 1), (-1, 2)])
def test_name_rows_that_are_none(book: Book, rows: tuple[int, ...]) -> None:
    fill(book, [["A"], ["B"], [1]])
    shown, hint = ", ".join(map(str, rows)), "numbers of header rows, from 1 to `header`"
    assert book.refused(header=2, name_rows=rows) == [
        f"lab.xlsx sheet Labs: READ006 name_rows: [{shown}] is not possible - {hint}"
    ]


def test_merged_cells_of_records_are_repeated_when_declared(book: Book) -> None:
    rows: list[list[object]] = [["ID", "V", "W"], ["01", 1, 2], [None, 3, 4], [None, None, None], ["02", "未查", None]]
    fill(book, rows, "A2:A4", "B5:C5")
    table = book.read(merged="repeat")
    assert cells(table) == {"ID": ["01", "01", "02"], "V": ["1", "3", "未查"], "W": ["2", "4", "未查"]}
    assert (table.rows.tolist(), table.skipped) == ([2, 3, 5], {"blank row": (4,)})
    assert table.notes == ("merged cells, value repeated in each cell: A2:A4, B5:C5",)


def test_a_merged_identifier_is_counted_as_often_as_it_stands_there(book: Book) -> None:
    fill(book, [["NAME", "V"], ["张三", 1], [None, 2]], "A2:A3")
    assert book.read(merged="repeat", identifiers=("NAME",)).dropped == {"NAME": 2}
    assert book.read(identifiers=("NAME",)).dropped == {"NAME": 1}


def test_a_merged_range_from_the_header_into_the_records_fills_nothing(book: Book) -> None:
    fill(book, [["ID", "V"], [None, 1]], "A1:A2")
    assert cells(book.read(merged="repeat")) == {"ID": [None], "V": ["1"]}


def test_absurd_merged_ranges_cost_nothing(book: Book) -> None:
    fill(book, [["ID", "V"], ["01", 1], [None, 2]], "A2:B2")
    absurd = replacing('"A2:B2"', '"A2:XFD1048576"')
    assert cells(book.read(absurd, merged="repeat")) == {"ID": ["01", "01"], "V": ["01", "01"]}


def test_merged_ranges_that_hold_too_many_cells_together(book: Book) -> None:
    fill(book, [["ID", "V"], ["01", 1], [None, 2], ["02", 1], [None, 2]], "A2:A3", "A4:A5")
    assert book.refused(limits=Limits(sheet_cells=3), merged="repeat") == [
        "lab.xlsx sheet Labs: READ007 the merged cells hold more than the limit of 3 cells"
    ]
