from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles.protection import Protection
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from cdisc_itp.model.column import decoded
from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import Detected, RawTable, TableOptions
from cdisc_itp.readers.excel import raw_table_from_xlsx
from cdisc_itp.readers.limits import LIMITS, Limits

Change = Callable[[dict[str, bytes]], None]


class Book:
    """A workbook in the making: ``sheet`` is its first sheet; read as a table, or refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.Workbook()
        self.sheet: Worksheet = self.book.worksheets[0]
        self.sheet.title = "Labs"

    def save(self, change: Change | None = None) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return repack(out.getvalue(), change) if change else out.getvalue()

    def read(self, change: Change | None = None, limits: Limits = LIMITS, **options: object) -> RawTable:
        self.path.write_bytes(self.save(change))
        return raw_table_from_xlsx(self.path, TableOptions(file="*.xlsx", **options), limits)  # type: ignore[arg-type]

    def refused(self, change: Change | None = None, limits: Limits = LIMITS, **options: object) -> list[str]:
        with pytest.raises(ReadError) as caught:
            self.read(change, limits, **options)
        return [str(problem) for problem in caught.value.problems]


def repack(data: bytes, change: Change) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def replacing(old: str, new: str, part: str = SHEET) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts[part]
        parts[part] = parts[part].replace(old.encode(), new.encode())

    return change


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "lab.xlsx")


def cells(table: RawTable) -> dict[str, list[str | None]]:
    return {name: decoded(table.frame[name].array).tolist() for name in table.frame}


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
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        ("007", "General", "007"),
        (" 1.50 ", "General", " 1.50 "),
        ("９０", "General", "９０"),
        ("a\nb", "General", "a\nb"),
        (dt.date(2022, 7, 5), "yyyy-mm-dd", "2022-07-05"),
        (dt.datetime(2022, 7, 5), 'yyyy"年"m"月"d"日"', "2022-07-05"),
        (dt.datetime(2022, 7, 5), "yyyy-mm-dd hh:mm", "2022-07-05T00:00:00"),
        (dt.datetime(2022, 7, 5), "m/d/yy h:mm", "2022-07-05T00:00:00"),
        (dt.datetime(2022, 7, 5), "[$-F800]dddd, mmmm dd, yyyy", "2022-07-05"),
        (dt.datetime(2022, 7, 5, 10, 20), "yyyy-mm-dd", "2022-07-05T10:20:00"),
        (dt.datetime(2022, 7, 5, 10, 20, 30, 125000), "yyyy-mm-dd hh:mm:ss.000", "2022-07-05T10:20:30.125"),
        (dt.time(10, 20), "hh:mm", "10:20:00"),
        (dt.time(0, 0), "hh:mm", "00:00:00"),
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
    book.sheet.append(["D"])
    book.sheet.append([dt.date(2022, 7, 5)])
    assert cells(book.read())["D"] == ["2022-07-05"]


def test_error_values_are_text_and_noted(book: Book) -> None:
    book.sheet.append(["A", "B"])
    book.sheet.append(["x", "#N/A"])
    book.sheet.append([None, "#DIV/0!"])
    for place in ("B2", "B3"):
        book.sheet[place].data_type = "e"
    table = book.read()
    assert cells(table) == {"A": ["x", None], "B": ["#N/A", "#DIV/0!"]}
    assert table.notes == ("error values kept as text: B2 #N/A, B3 #DIV/0!",)


def test_formula_gives_its_stored_value(book: Book) -> None:
    book.sheet.append(["A", "B", "C"])
    book.sheet.append(["=1+1", "=TODAY()", '=""'])
    stored = {"1+1</f><v></v>": "1+1</f><v>2</v>", "TODAY()</f><v></v>": "TODAY()</f><v>44747</v>"}

    def change(parts: dict[str, bytes]) -> None:
        for old, new in stored.items():
            replacing(old, new)(parts)
        replacing('<c r="C2"', '<c r="C2" t="str"')(parts)

    assert cells(book.read(change)) == {"A": ["2"], "B": ["44747"], "C": [None]}
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
    assert list(table.frame) == ["编号", "第1周PLT", "第1周采样日期", "第2周PLT", "第2周采样日期", "单位"]
    assert decoded(table.frame["第2周采样日期"].array).tolist() == ["44754"]
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


def test_macros_and_links_are_noted_and_left_alone(book: Book) -> None:
    book.sheet.append(["A"])

    def change(parts: dict[str, bytes]) -> None:
        parts["xl/vbaProject.bin"] = b"\0macro"
        parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"

    assert book.read(change).notes == (
        "the workbook holds macros: they are not run",
        "the workbook links to 1 other file: links are not followed",
    )


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"SUBJID,AGE\n", b"\xff" * 500])
def test_a_file_that_is_no_workbook(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "lab.xlsx"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=r"lab.xlsx: READ015 this is no .xlsx workbook, or it is damaged$"):
        raw_table_from_xlsx(path, TableOptions(file="*"))


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "lab.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    with pytest.raises(ReadError, match=r"READ015 this is no .xlsx workbook: it has no xl/workbook.xml"):
        raw_table_from_xlsx(path, TableOptions(file="*"))


def test_a_workbook_of_the_old_format_and_an_encrypted_one(tmp_path: Path) -> None:
    path = tmp_path / "lab.xlsx"
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600))
    with pytest.raises(ReadError, match=r"READ015 this is a workbook of the old format \(.xls\) - save it as .xlsx"):
        raw_table_from_xlsx(path, TableOptions(file="*"))
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(ReadError, match="READ016 the workbook is encrypted - save it without a password"):
        raw_table_from_xlsx(path, TableOptions(file="*"))


def test_a_protected_sheet_is_no_encrypted_one(book: Book) -> None:
    book.sheet.append(["A"])
    book.sheet.protection.set_password("x")
    book.sheet["A1"].protection = Protection(locked=True)
    assert list(book.read().frame) == ["A"]


def test_a_damaged_sheet(book: Book) -> None:
    book.sheet.append(["A"])
    assert book.refused(replacing("</sheetData>", "")) == ["lab.xlsx sheet Labs: READ015 the sheet's XML is damaged"]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_part(book: Book, part: str, encoding: str) -> None:
    book.sheet.append(["A"])

    def change(parts: dict[str, bytes]) -> None:
        text = parts[part].decode()
        text = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
        bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hosts">]>'
        parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>{bomb}{text}'.encode(encoding)

    assert book.refused(change) == [f"lab.xlsx: READ015 part {part} declares a document type - save the workbook anew"]


def test_bounds_of_the_package(book: Book) -> None:
    book.sheet.append(["A"])
    assert "parts are more than the limit of 3" in book.refused(limits=Limits(zip_entries=3))[0]
    assert "unpacked bytes are more than the limit of 9" in book.refused(limits=Limits(zip_bytes=9))[0]

    def bomb(parts: dict[str, bytes]) -> None:
        parts["xl/media/bomb.xml"] = bytes(LIMITS.zip_ratio_from + 1)

    assert book.refused(bomb) == [
        f"lab.xlsx: READ007 a part unpacks to more than {LIMITS.zip_ratio} times its packed size"
    ]


def test_a_part_that_unpacks_to_more_than_it_declares_is_refused(book: Book) -> None:
    book.sheet.append(["A"])
    data = book.save()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entry = package.getinfo(SHEET)
    lie = (entry.file_size - 9).to_bytes(4, "little")
    book.path.write_bytes(data.replace(entry.file_size.to_bytes(4, "little"), lie))
    with pytest.raises(ReadError, match=r"READ015 this is no .xlsx workbook, or it is damaged"):
        raw_table_from_xlsx(book.path, TableOptions(file="*"))


def test_two_parts_of_one_name_are_refused(book: Book) -> None:
    book.sheet.append(["A"])
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(book.path, "w") as package:
        package.writestr(SHEET, "<a/>")
        package.writestr(SHEET, "<b/>")
    with pytest.raises(ReadError, match="READ015 two parts have the same name"):
        raw_table_from_xlsx(book.path, TableOptions(file="*"))


def test_an_absurd_declared_size_costs_nothing(book: Book) -> None:
    book.sheet.append(["A"])
    book.sheet.append([1])
    assert cells(book.read(replacing('ref="A1:A2"', 'ref="A1:XFD1048576"'))) == {"A": ["1"]}


@pytest.mark.parametrize("row", ['<row r="1048576"><c r="XFD1048576">', '<row r="3"><c r="XFD1048576">'])
def test_cells_far_apart_are_refused_before_they_fill_the_memory(book: Book, row: str) -> None:
    book.sheet.append(["A"])
    far = f"{row}<v>1</v></c></row></sheetData>"
    assert book.refused(replacing("</sheetData>", far)) == [
        "lab.xlsx sheet Labs: READ007 the cells span 1048576 rows x 16384 columns: "
        f"more than the limit of {LIMITS.sheet_cells} cells"
    ]


def test_a_cell_beyond_the_last_row_of_a_sheet(book: Book) -> None:
    book.sheet.append(["A"])
    far = '<row r="9999999"><c r="A9999999"><v>1</v></c></row></sheetData>'
    assert book.refused(replacing("</sheetData>", far)) == ["lab.xlsx sheet Labs: READ015 the sheet's XML is damaged"]


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
