"""Workbooks that are damaged, hostile or something else are refused, with the bound or the reason named."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl.styles.protection import Protection

from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import TableOptions
from cdisc_itp.readers.excel import raw_tables_from_xlsx
from cdisc_itp.readers.limits import LIMITS, Limits
from tests.readers.books import SHEET, Book, cells, replacing


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "lab.xlsx")


def test_macros_and_values_of_other_files_are_refused(book: Book) -> None:
    book.sheet.append(["A"])

    def change(parts: dict[str, bytes]) -> None:
        parts["xl/vbaProject.bin"] = b"\0macro"
        parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"

    hint = "break the links (Data, Edit Links) and save it"
    assert book.refused(change) == [
        "lab.xlsx: READ031 the workbook holds macros - save it as .xlsx, which holds none",
        f"lab.xlsx: READ031 the workbook takes values from 1 other file - {hint}",
    ]


def test_macro_sheets_of_old_are_macros(book: Book) -> None:
    book.sheet.append(["A"])
    assert (
        "READ031 the workbook holds macros"
        in book.refused(lambda p: p.update({"xl/macrosheets/sheet1.xml": b"<a/>"}))[0]
    )


def test_what_else_lies_in_a_workbook_is_noted_and_not_read(book: Book) -> None:
    book.sheet.append(["A"])
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("bomb.xml", bytes(100_000))

    def change(parts: dict[str, bytes]) -> None:
        parts["xl/embeddings/book.xlsx"] = inner.getvalue()
        parts["xl/connections.xml"] = b"<connections/>"

    assert book.read(change).notes == (
        "the workbook holds 1 embedded file: not read",
        "the workbook is filled from a database or another program: its stored values are read",
    )


def test_an_archive_of_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "lab.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.xlsx", b"PK")
    with pytest.raises(ReadError, match=r"no xl/workbook.xml - unpack the archive and give the files in it$"):
        raw_tables_from_xlsx(path, TableOptions(file="*"))


def test_many_rows_of_empty_cells_with_styles_cost_little(book: Book) -> None:
    book.sheet.append(["A"])
    book.sheet.append([1])
    empty = "".join(f'<row r="{i}"><c r="A{i}" s="0"/><c r="B{i}" s="0"/></row>' for i in range(3, 100_003))
    table = book.read(replacing("</sheetData>", empty + "</sheetData>"))
    assert (cells(table), table.skipped) == ({"A": ["1"]}, {})


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"SUBJID,AGE\n", b"\xff" * 500])
def test_a_file_that_is_no_workbook(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "lab.xlsx"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=r"lab.xlsx: READ015 this is no .xlsx workbook, or it is damaged$"):
        raw_tables_from_xlsx(path, TableOptions(file="*"))


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "lab.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    with pytest.raises(ReadError, match=r"READ015 this is no .xlsx workbook: it has no xl/workbook.xml"):
        raw_tables_from_xlsx(path, TableOptions(file="*"))


def test_a_workbook_of_the_old_format_and_an_encrypted_one(tmp_path: Path) -> None:
    path = tmp_path / "lab.xlsx"
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600))
    with pytest.raises(ReadError, match=r"READ015 this is a workbook of the old format \(.xls\) - save it as .xlsx"):
        raw_tables_from_xlsx(path, TableOptions(file="*"))
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(ReadError, match="READ016 the workbook is encrypted - save it without a password"):
        raw_tables_from_xlsx(path, TableOptions(file="*"))


def test_a_protected_sheet_is_no_encrypted_one(book: Book) -> None:
    book.sheet.append(["A"])
    book.sheet.protection.set_password("x")
    book.sheet["A1"].protection = Protection(locked=True)
    assert list(book.read().frame) == ["A"]


def test_a_damaged_sheet(book: Book) -> None:
    book.sheet.append(["A"])
    assert book.refused(replacing("</sheetData>", "")) == ["lab.xlsx sheet Labs: READ015 the sheet's XML is damaged"]


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("</row>", "<&"),
        ("</row>", "</c>"),
        ("</row>", ""),
        ("</v>", "&nbsp;</v>"),
        ("</v>", "&</v>"),
        ("</v>", "<b></v>"),
        ("</v>", "\x01</v>"),
        (' t="n"', " t=n"),
        (' t="n"', ' t="n" t="n"'),
    ],
)
def test_a_sheet_whose_cells_are_not_well_formed(book: Book, found: str, put: str) -> None:
    """XML 1.0, 2.1: a processor reports a document that is not well-formed; the sheet's frame alone would be."""
    book.sheet.append([1])
    book.sheet.append([2])

    def change(parts: dict[str, bytes]) -> None:
        assert found.encode() in parts[SHEET]
        parts[SHEET] = parts[SHEET].replace(found.encode(), put.encode(), 1)

    assert book.refused(change) == ["lab.xlsx sheet Labs: READ015 the sheet's XML is damaged"]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_part(book: Book, part: str, encoding: str) -> None:
    book.sheet.append(["A"])

    def change(parts: dict[str, bytes]) -> None:
        text = parts.get(part, b"<sst/>").decode()
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
        raw_tables_from_xlsx(book.path, TableOptions(file="*"))


def test_two_parts_of_one_name_are_refused(book: Book) -> None:
    book.sheet.append(["A"])
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(book.path, "w") as package:
        package.writestr(SHEET, "<a/>")
        package.writestr(SHEET, "<b/>")
    with pytest.raises(ReadError, match="READ015 two parts have the same name"):
        raw_tables_from_xlsx(book.path, TableOptions(file="*"))


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
