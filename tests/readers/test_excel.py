from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cdisc_itp.model.raw import Detected
from tests.readers.books import Book, cells, replacing


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "lab.xlsx")


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (90, "General", "90"),
        (90.0, "0.00", "90"),
        (0.1, "General", "0.1"),
        (-0.0, "General", "0"),
        (44747, "General", "44747"),
        (1e20, "General", "100000000000000000000"),
        (1e-7, "General", "0.0000001"),
        (12345678901, "0.00E+00", "12345678901"),
        (0.5, "0%", "0.5"),
        (7, "000", "007"),
        (1234, "000", "1234"),
        (7.5, "000", "7.5"),
        (-7, "000", "-7"),
        ("7", "000", "7"),
        (1, '"04-"000', "04-001"),
        (35, '0"岁"', "35"),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        ("007", "General", "007"),
        (" 1.50 ", "General", " 1.50 "),
        ("９０", "General", "９０"),
        ("a\nb", "General", "a\nb"),
        (dt.date(2022, 7, 5), "yyyy-mm-dd", "2022-07-05"),
        (dt.datetime(2022, 7, 5), 'yyyy"年"m"月"d"日"', "2022-07-05"),
        (dt.date(2022, 7, 1), 'yyyy"年"m"月"', "2022-07"),
        (dt.date(2022, 7, 5), 'yyyy"年"m"月"', "2022-07-05"),
        (dt.date(2022, 1, 1), "yyyy", "2022"),
        (dt.date(2022, 7, 5), 'm"月"d"日"', "2022-07-05"),
        (dt.datetime(2022, 7, 5), "yyyy-mm-dd hh:mm", "2022-07-05T00:00"),
        (dt.datetime(2022, 7, 5), "yyyy-mm-dd hh:mm:ss", "2022-07-05T00:00:00"),
        (dt.datetime(2022, 7, 5), "m/d/yy h:mm", "2022-07-05T00:00"),
        (dt.datetime(2022, 7, 5, 8, 30), 'yyyy"s"-mm-dd [Red]hh:mm AM/PM', "2022-07-05T08:30"),
        (dt.datetime(2022, 7, 5, 8, 30, 15), "yyyy-mm-dd hh:mm", "2022-07-05T08:30:15"),
        (dt.datetime(2022, 7, 5), "[$-F800]dddd, mmmm dd, yyyy", "2022-07-05"),
        (dt.datetime(2022, 7, 5, 10, 20), "yyyy-mm-dd", "2022-07-05T10:20:00"),
        (dt.datetime(2022, 7, 5, 10, 20, 30, 125000), "yyyy-mm-dd hh:mm:ss.000", "2022-07-05T10:20:30.125"),
        (dt.time(10, 20), "hh:mm", "10:20"),
        (dt.time(10, 20), "h:mm AM/PM", "10:20"),
        (dt.time(10, 20), "h:mm:ss", "10:20:00"),
        (dt.time(10, 20), "h:mm:ss AM/PM", "10:20:00"),
        (dt.time(10, 20, 5), "hh:mm", "10:20:05"),
        (dt.time(0, 0), "hh:mm", "00:00"),
        (dt.timedelta(hours=30, minutes=5), "[h]:mm:ss", "30:05:00"),
    ],
)
def test_cell_is_the_text_a_person_sees(book: Book, value: object, number_format: str, text: str) -> None:
    book.sheet.append(["A", "B"])
    book.sheet.append(["x", value])
    book.sheet["B2"].number_format = number_format
    assert cells(book.read())["B"] == [text]


def test_fractions_have_the_fifteen_digits_that_excel_shows(book: Book) -> None:
    book.sheet.append(["A"])
    book.sheet.append([0.25])
    table = book.read(replacing("<v>0.25</v>", "<v>0.30000000000000004</v>"))
    assert cells(table)["A"] == ["0.3"]
    assert table.notes == ("1 different number of more than 15 significant digits given to 15, as Excel shows them",)


def test_table_says_what_it_was_read_from(book: Book) -> None:
    book.sheet.append(["A"])
    table = book.read()
    assert (table.file, table.sheet) == ("lab.xlsx", "Labs")
    assert table.sha256 == hashlib.sha256(book.path.read_bytes()).hexdigest()
    assert table.detected == (Detected("sheet", "Labs", 1.0),)
    assert (list(table.frame), len(table.frame), table.notes) == (["A"], 0, ())


def test_rows_are_sheet_rows(book: Book) -> None:
    book.sheet["B3"], book.sheet["C3"] = "ID", "V"
    book.sheet["B4"], book.sheet["C4"] = "说明：单位", "x"
    book.sheet["B6"], book.sheet["C6"] = 1, 2
    book.sheet["C8"] = 3
    table = book.read(comment="说明")
    assert cells(table) == {"ID": ["1", None], "V": ["2", "3"]}
    assert table.rows.tolist() == [6, 8]
    assert table.skipped == {"comment row": (4,), "blank row": (1, 2, 5, 7)}


def test_identifiers_are_dropped_and_counted(book: Book) -> None:
    for row in (["ID", "姓名"], [1, "张三"], [2, None], [None, "李四"]):
        book.sheet.append(row)
    table = book.read(identifiers=("姓名",))
    assert (cells(table), table.dropped) == ({"ID": ["1", "2", None]}, {"姓名": 2})
    assert book.refused(identifiers=("姓 名",)) == [
        "lab.xlsx sheet Labs: READ013 identifier column '姓 名' is not in the table - did you mean '姓名'?"
    ]


def test_dates_of_the_1904_calendar(book: Book) -> None:
    book.book.epoch = CALENDAR_MAC_1904
    book.sheet.append(["D", "N"])
    book.sheet.append([dt.date(2022, 7, 5), 43285])
    table = book.read()
    assert cells(table) == {"D": ["2022-07-05"], "N": ["43285"]}  # 43285 days after 1904-01-01 are 2022-07-05, too.
    assert table.detected == (Detected("sheet", "Labs", 1.0), Detected("epoch", "1904", 1.0))
    assert table.notes == (
        "day numbers count from 1904: dates are given as dates, numbers need the format excel_serial_1904",
    )


@pytest.mark.parametrize(
    ("serial", "number_format", "message"),
    [
        ("60", "yyyy-mm-dd", "day 60 is 29 February 1900, which was no day"),
        ("60.5", "yyyy-mm-dd hh:mm", "day 60 is 29 February 1900, which was no day"),
        ("60.5", "hh:mm", "day 60 is 29 February 1900, which was no day"),
        ("-1", "yyyy-mm-dd", "a day number below zero is no date"),
        ("-0.5", "hh:mm", "a day number below zero is no date"),
    ],
)
def test_a_date_that_no_calendar_has(book: Book, serial: str, number_format: str, message: str) -> None:
    book.sheet.append(["D"])
    book.sheet.append([1])
    book.sheet["A2"].number_format = number_format
    change = replacing("<v>1</v>", f"<v>{serial}</v>")
    assert book.refused(change) == [f"lab.xlsx sheet Labs row 2 column A: READ032 {message}"]


def test_numbers_that_are_no_dates_may_be_sixty_or_below_zero(book: Book) -> None:
    book.sheet.append(["A", "B", "C"])
    book.sheet.append([60, -1, dt.timedelta(days=60)])
    book.sheet["A2"].number_format, book.sheet["C2"].number_format = "000", "[h]:mm:ss"
    assert cells(book.read()) == {"A": ["060"], "B": ["-1"], "C": ["1440:00:00"]}


def test_formats_that_show_more_than_the_number_are_noted(book: Book) -> None:
    book.sheet.append(["SUBJID", "HCT", "AGE", "ONSET", "BIRTH"])
    book.sheet.append([7, 0.45, 35, dt.date(2022, 7, 1), dt.date(2022, 7, 5)])
    formats = ("000", "0%", '0"岁"', 'yyyy"年"m"月"', 'm"月"d"日"')
    for column, number_format in zip("ABCDE", formats, strict=True):
        book.sheet[f"{column}2"].number_format = number_format
    table = book.read()
    assert [texts[0] for texts in cells(table).values()] == ["007", "0.45", "35", "2022-07", "2022-07-05"]
    assert table.notes == (
        "numbers with leading zeros, given as shown: A (SUBJID) 000",
        'numbers of which the format shows more or another (percent, text), given as stored: B (HCT) 0%, C (AGE) 0"岁"',
        'dates shown without their day, given as year and month where the day is the first: D (ONSET) yyyy"年"m"月"',
        'dates of which the format may hide the year or the day, given in full: E (BIRTH) m"月"d"日"',
    )


def test_error_values_are_located_and_never_values(book: Book) -> None:
    book.sheet.append(["A", "B", "NAME"])
    book.sheet.append(["x", "#N/A", "#REF!"])
    book.sheet.append([None, "#DIV/0!"])
    for place in ("B2", "C2", "B3"):
        book.sheet[place].data_type = "e"
    hint = "correct the cell, or declare `error_cells: empty`"
    assert book.refused(identifiers=("NAME",)) == [
        f"lab.xlsx sheet Labs row 2 column B: READ030 the cell holds the error #N/A - {hint}",
        f"lab.xlsx sheet Labs row 3 column B: READ030 the cell holds the error #DIV/0! - {hint}",
    ]
    table = book.read(identifiers=("NAME",), error_cells="empty")
    assert cells(table) == {"A": ["x"], "B": [None]}
    assert (table.rows.tolist(), table.skipped) == ([2], {"blank row": (3,)})
    assert table.notes == ("error values, read as no value: B2 #N/A, C2 #REF!, B3 #DIV/0!",)


def test_an_error_in_the_header_is_no_name(book: Book) -> None:
    book.sheet.append(["A", "#NAME?"])
    book.sheet["B1"].data_type = "e"
    assert book.refused(error_cells="empty") == [
        "lab.xlsx sheet Labs row 1 column #NAME?: READ030 the cell holds the error #NAME?"
    ]


def test_formula_gives_its_stored_value(book: Book) -> None:
    book.sheet.append(["A", "B", "C"])
    book.sheet.append(["=1+1", "=TODAY()", '=""'])
    stored = {"1+1</f><v></v>": "1+1</f><v>2</v>", "TODAY()</f><v></v>": "TODAY()</f><v>44747</v>"}

    def change(parts: dict[str, bytes]) -> None:
        for old, new in stored.items():
            replacing(old, new)(parts)
        replacing('<c r="C2"', '<c r="C2" t="str"')(parts)

    table = book.read(change)
    assert cells(table) == {"A": ["2"], "B": ["44747"], "C": [None]}
    assert table.notes == ("3 formulas, read by the values stored with them",)
    assert book.refused() == [
        f"lab.xlsx sheet Labs row 2 column {c}: READ017 the formula has no stored value" for c in "ABC"
    ]


def test_sheet_is_the_declared_one(book: Book) -> None:
    book.sheet.append(["A"])
    book.book.create_sheet("汇总").append(["B"])
    hidden = book.book.create_sheet("Old")
    hidden.append(["C"])
    hidden.sheet_state = "hidden"
    table = book.read(sheet="汇总")
    assert (list(table.frame), table.notes) == (["B"], ())
    assert book.read(sheet="Old").notes == ("sheet Old is hidden",)
    assert book.refused(sheet="labs") == ["lab.xlsx: READ014 there is no sheet 'labs' - did you mean 'Labs'?"]
    assert book.refused(sheet="x") == ["lab.xlsx: READ014 there is no sheet 'x' - the workbook has: Labs, 汇总, Old"]


def test_sheets_that_a_pattern_finds_are_a_table_each(book: Book) -> None:
    book.sheet.title = "血常规 1"
    book.sheet.append(["A"])
    book.book.create_sheet("血常规 2").append(["B"])
    book.book.create_sheet("说明").append(["C"])
    found = [(t.sheet, list(t.frame), t.detected[0].confidence) for t in book.read_all(sheet="血常规*")]
    assert found == [("血常规 1", ["A"], 1.0), ("血常规 2", ["B"], 1.0)]
    assert book.refused(sheet="生化*") == [
        "lab.xlsx: READ014 no sheet matches '生化*' - the workbook has: 血常规 1, 血常规 2, 说明"
    ]


def test_problems_of_all_sheets_come_together(book: Book) -> None:
    for name in ("S1", "S2"):
        book.book.create_sheet(name).append(["A", "A"])
    assert book.refused(sheet="S?") == [
        f"lab.xlsx sheet {name} row 1 column A: READ009 the name is used 2 times: columns 1, 2" for name in ("S1", "S2")
    ]


def test_sheet_is_the_first_visible_one(book: Book) -> None:
    book.sheet.append(["A"])
    book.sheet.sheet_state = "hidden"
    book.book.create_sheet("汇总").append(["B"])
    table = book.read()
    assert list(table.frame) == ["B"]
    assert table.detected == (Detected("sheet", "汇总", 0.5),)
    assert table.notes == ("the first sheet is read; others: Labs (hidden)",)


def test_chart_sheets_are_no_tables(book: Book) -> None:
    book.sheet.append(["A"])
    book.book.create_chartsheet("Chart", 0)
    assert book.read().sheet == "Labs"
    assert "READ014 there is no sheet 'Chart' - the workbook has: Labs" in book.refused(sheet="Chart")[0]


def test_hidden_columns_and_rows_are_read_and_noted(book: Book) -> None:
    for row in (["ID", "备注", "V"], *([i, "x", i] for i in range(8))):
        book.sheet.append(row)
    book.sheet.column_dimensions["B"].hidden = True
    for number in (3, 4, 5, 8):
        book.sheet.row_dimensions[number].hidden = True
    table = book.read()
    assert len(table.rows) == 8
    assert table.notes == (
        "hidden columns, read all the same: B (备注)",
        "hidden rows, read all the same: 3-5, 8",
    )


def test_a_column_without_name(book: Book) -> None:
    book.sheet.append(["A", None, "B"])
    book.sheet.append([1, 2, 3])
    assert book.refused() == ["lab.xlsx sheet Labs row 1: READ009 column 2 has no name, but 1 value, first in row 2"]


def test_a_sheet_without_cells(book: Book) -> None:
    assert book.refused() == ["lab.xlsx sheet Labs: READ008 there is no header row"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(),
                st.booleans(),
                st.integers(-(10**12), 10**12),
                st.integers(-(10**9), 10**9).map(lambda n: n / 1000),
                st.text("aé男 ９<&>\"'", max_size=5),
                st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0)),
            ),
            min_size=3,
            max_size=3,
        ),
        max_size=6,
    )
)
def test_random_cells_come_back_as_text(tmp_path: Path, rows: list[list[object]]) -> None:
    book = Book(tmp_path / "lab.xlsx")
    for row in (["A", "B", "C"], *rows):
        book.sheet.append(row)
    for row in book.sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    expected = [[_expected(value) for value in row] for row in rows]
    records = [(i, row) for i, row in enumerate(expected, 2) if any(text is not None for text in row)]
    table = book.read()
    assert table.rows.tolist() == [i for i, _ in records]
    assert cells(table) == {name: [row[i] for _, row in records] for i, name in enumerate("ABC")}


def _expected(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value + 0.0:.3f}".rstrip("0").rstrip(".")
    return str(value) if value not in (None, "") else None
