"""Workbooks written by hand, in forms that openpyxl does not write (ECMA-376 parts 1 and 4)."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import TableOptions
from cdisc_itp.readers.excel import raw_table_from_xlsx
from tests.readers.books import cells

TRANSITIONAL = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
)
STRICT = ("http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships")
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHARED = """<si><t>项目</t></si>
<si><r><t>血小</t></r><r><rPr><b/></rPr><t xml:space="preserve">板 </t></r></si>
<si><t>漢字</t><rPh sb="0" eb="2"><t>カンジ</t></rPh><phoneticPr fontId="1"/></si>"""


def workbook(rows: str, styles: str = "", namespaces: tuple[str, str] = TRANSITIONAL) -> bytes:
    main, relations = namespaces
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{relations}/styles" Target="/xl/styles.xml"/>'
        f'<Relationship Id="r3" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{SHARED}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lab.xlsx"


def read(path: Path, data: bytes) -> dict[str, list[str | None]]:
    path.write_bytes(data)
    return cells(raw_table_from_xlsx(path, TableOptions(file="*")))


DATES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="57"/></cellXfs>'
TEXTS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>V</t></is></c></row>'
    '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>44747</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="d"><v>2022-07-05T00:00:00</v></c></row>'
    '<row r="4"><c r="A4" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>p</t></rPh></is></c>'
    '<c r="B4" t="str"><f>A1</f><v>９０</v></c></row>'
)


@pytest.mark.parametrize("namespaces", [TRANSITIONAL, STRICT])
def test_texts_of_every_kind_of_cell(path: Path, namespaces: tuple[str, str]) -> None:
    assert read(path, workbook(TEXTS, DATES, namespaces)) == {
        "项目": ["血小板 ", "漢字", "ab"],
        "V": ["2022-07-05", "2022-07-05T00:00:00", "９０"],
    }


def test_a_month_typed_in_a_chinese_program(path: Path) -> None:
    """Built-in format 57 is yyyy年m月 in Chinese and has no code of its own in the file; elsewhere it shows a day."""
    row = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="2"><v>44743</v></c></row>'
    chinese = '<fonts><font><name val="宋体"/><charset val="134"/></font></fonts>' + DATES
    assert read(path, workbook(row, chinese)) == {"项目": ["2022-07"]}
    japanese = '<fonts><font><name val="游ゴシック"/><charset val="128"/></font></fonts>' + DATES
    assert read(path, workbook(row, japanese)) == {"项目": ["2022-07-01"]}
    notes = raw_table_from_xlsx(path, TableOptions(file="*")).notes
    assert notes[0].endswith("given in full: A (项目) built-in format 57 of the program's language")


@pytest.mark.parametrize("wrong", ["<&", "&nbsp;", "\x01"])
def test_texts_that_are_not_well_formed(path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SHARED", SHARED.replace("项目", f"项{wrong}目"))
    with pytest.raises(ReadError, match=r"READ015 this is no .xlsx workbook, or it is damaged$"):
        read(path, workbook('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'))


def test_a_text_that_is_not_there(path: Path) -> None:
    row = '<row r="1"><c r="A1" t="s"><v>99</v></c></row>'
    with pytest.raises(ReadError, match=r"sheet S: READ015 the sheet's values cannot be read: the workbook is damaged"):
        read(path, workbook(row))


def test_rows_that_are_not_in_order_stay_where_they_say(path: Path) -> None:
    rows = '<row r="3"><c r="A3"><v>2</v></c></row><row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    path.write_bytes(workbook(rows))
    table = raw_table_from_xlsx(path, TableOptions(file="*"))
    assert (cells(table), table.rows.tolist()) == ({"项目": ["2"]}, [3])


def test_a_style_that_is_not_there(path: Path) -> None:
    row = '<row r="1"><c r="A1" t="s" s="9"><v>0</v></c></row><row r="2"><c r="A2" s="9"><v>7</v></c></row>'
    assert read(path, workbook(row, DATES)) == {"项目": ["7"]}


@pytest.mark.parametrize(
    "styles", ['<cellXfs><xf numFmtId="x"/></cellXfs>', '<numFmts><numFmt numFmtId="y"/></numFmts>']
)
def test_styles_that_are_no_styles(path: Path, styles: str) -> None:
    with pytest.raises(ReadError, match="READ015"):
        read(path, workbook('<row r="1"><c r="A1"><v>1</v></c></row>', styles))
