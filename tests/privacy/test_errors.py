"""Input that cannot be read, in whatever format and way: no message quotes a cell that identifies a person."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import xlsxwriter
from typer.testing import CliRunner

from cdisc_itp.cli import app
from tests.bad import lay_out
from tests.privacy.scan import scan_text, secret

# Invented: the region 999999 does not exist, numbers that begin with 1300000 are not given out.
NAMES, NUMBERS = ["Wang Xiaoli", "欧阳娜娜"], ["99999919711220442X", "99999919740604672X"]
PHONES, INITIALS = ["13000000401", "13000000402"], ["WX", "OY"]
SECRETS = [secret(v) for v in (*NAMES, *NUMBERS, *PHONES)]
HEADER = ["SUBJECT", "SEX", "NAME", "IDNO", "TEL"]
ROWS = [
    [s, x, *r] for s, x, r in zip(("001", "002"), ("F", "M"), zip(NAMES, NUMBERS, PHONES, strict=True), strict=True)
]


def text(rows: list[list[str]]) -> str:
    return "".join(",".join(r) + "\n" for r in rows)


def write(name: str, data: bytes | str) -> Callable[[Path], str]:
    def written(raw: Path) -> str:
        (raw / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        return name

    return written


def workbook(write_cells: Callable[[xlsxwriter.worksheet.Worksheet], None]) -> Callable[[Path], str]:
    def written(raw: Path) -> str:
        with xlsxwriter.Workbook(str(raw / "dm.xlsx")) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([HEADER, *ROWS]):
                sheet.write_row(number, 0, row)
            write_cells(sheet)
        return "dm.xlsx"

    return written


def damaged_workbook(part: str, old: bytes, new: bytes) -> Callable[[Path], str]:
    def written(raw: Path) -> str:
        workbook(lambda sheet: None)(raw)
        with zipfile.ZipFile(raw / "dm.xlsx") as whole:
            parts = {n: whole.read(n) for n in whole.namelist()}
        assert old in parts[part]
        with zipfile.ZipFile(raw / "dm.xlsx", "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data.replace(old, new, 1) if name == part else data)
        return "dm.xlsx"

    return written


def spss(damage: tuple[bytes, bytes]) -> Callable[[Path], str]:
    def written(raw: Path) -> str:
        frame = pd.DataFrame(ROWS, columns=HEADER)
        pyreadstat.write_sav(frame, str(raw / "dm.sav"))
        data = (raw / "dm.sav").read_bytes()
        assert damage[0] in data
        (raw / "dm.sav").write_bytes(data.replace(*damage, 1))
        return "dm.sav"

    return written


def xpt(raw: Path) -> str:
    frame = pd.DataFrame(ROWS, columns=HEADER)
    pyreadstat.write_xport(frame, str(raw / "dm.xpt"), table_name="DM", file_format_version=5)
    data = (raw / "dm.xpt").read_bytes()
    (raw / "dm.xpt").write_bytes(data.replace(b"Wang ", b"Wa\xffg ", 1))
    return "dm.xpt"


ODM = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3" FileType="Snapshot" FileOID="f"
 CreationDateTime="2022-01-01T00:00:00">
<ClinicalData StudyOID="S" MetaDataVersionOID="1"><SubjectData SubjectKey="001"><StudyEventData StudyEventOID="E">
<FormData FormOID="F"><ItemGroupData ItemGroupOID="DM"><ItemData ItemOID="SEX" Value="F"/>{}</ItemGroupData></FormData>
</StudyEventData></SubjectData></ClinicalData></ODM>
"""
NAMED = f'<ItemData ItemOID="NAME" Value="{NAMES[0]}"/>'
NATIVE = text([HEADER, *ROWS]).encode("gb18030")
# What is written, what the table's options say more, codes of which one must be told (none: it can be read).
DAMAGES: dict[str, tuple[Callable[[Path], str], str, tuple[str, ...]]] = {
    "another encoding": (write("dm.csv", NATIVE), "encoding: utf-8", ("READ002",)),
    "an encoding that cannot be told": (write("dm.csv", NATIVE), "", ("READ002", "READ003")),
    "one byte": (
        write("dm.csv", text([HEADER, *ROWS]).encode().replace(b"Wang", b"W\xffng")),
        "",
        ("READ002", "READ003"),
    ),
    "a delimiter too many": (write("dm.csv", text([HEADER, *ROWS]).replace("Wang X", "Wang, X")), "", ("READ010",)),
    "a quote that is never closed": (
        write("dm.csv", text([HEADER, *ROWS]).replace("Wang", '"Wang')),
        "",
        ("READ010", "READ011"),
    ),
    "text behind a quote": (
        write("dm.csv", text([HEADER, *ROWS]).replace("Wang Xiaoli", '"Wang" Xiaoli')),
        "",
        ("READ011",),
    ),
    "a NUL byte": (write("dm.csv", text([HEADER, *ROWS]).replace("Wang ", "Wang\0")), "", ("READ012",)),
    "no header": (write("dm.csv", text(ROWS)), "", ("READ008",)),
    "a header that is skipped": (write("dm.csv", text([HEADER, *ROWS])), "skip: 1", ("READ008",)),
    "names as labels": (write("dm.csv", text([HEADER, *ROWS, *ROWS])), "header: 2", ("READ008",)),
    "no header, and each person twice": (write("dm.csv", text([[*r, *r[2:]] for r in ROWS])), "", ("READ008",)),
    "another delimiter": (write("dm.csv", text([HEADER, *ROWS])), "delimiter: tab", ("READ013",)),
    "a sheet without header": (workbook(lambda s: s.write_row(0, 0, ROWS[0]) and None), "", ("READ008",)),
    "an error cell in a header": (
        workbook(lambda s: s.write_formula(0, 2, "=NA()", value="#N/A") and None),
        "",
        ("READ030",),
    ),
    "an error cell": (workbook(lambda s: s.write_formula(1, 2, "=NA()", value="#N/A") and None), "", ()),
    "a formula": (workbook(lambda s: s.write_formula(1, 2, f'="{NAMES[0]}"', value=NAMES[0]) and None), "", ()),
    "damaged strings": (damaged_workbook("xl/sharedStrings.xml", b"<t>Wang", b"<t>Wang <&"), "", ("READ015",)),
    "a damaged sheet": (damaged_workbook("xl/worksheets/sheet1.xml", b"</sheetData>", b"<x></y>"), "", ("READ015",)),
    "SPSS in another encoding": (spss(("欧阳".encode(), b"\xff\xfe\xff\xfe\xff\xfe")), "", ("READ081",)),
    "an XPT in another encoding": (xpt, "encoding: utf-8", ("READ026",)),
    "ODM that is cut": (write("dm.xml", ODM.format(NAMED)[:-60]), "item_group: DM", ("READ050",)),
    "ODM with an ampersand": (
        write("dm.xml", ODM.format(NAMED).replace("Wang ", "Wang & ")),
        "item_group: DM",
        ("READ050",),
    ),
    "ODM with a name as tag": (write("dm.xml", ODM.format(f"<{NUMBERS[0]}>")), "item_group: DM", ("READ050",)),
    "ODM with an unknown element": (
        write("dm.xml", ODM.format(f'<v:Remark xmlns:v="urn:v" v:of="1">{NAMES[0]}</v:Remark>')),
        "item_group: DM",
        (),
    ),
    "ODM in another encoding": (
        write("dm.xml", ODM.format(NAMED).encode().replace(b"Wang", b"W\xffng")),
        "item_group: DM",
        ("READ002",),
    ),
    "ODM with a name twice": (write("dm.xml", ODM.format(NAMED * 2)), "item_group: DM", ("READ073",)),
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = lay_out(None, tmp_path / "study")
    (folder / "raw/dm.csv").unlink()
    return folder


def laid_out(study: Path, damage: str) -> tuple[str, ...]:
    write_file, options, codes = DAMAGES[damage]
    name = write_file(study / "raw")
    path = study / "sources/a.yaml"
    known = ["NAME"] if name.endswith(".xml") else ["NAME", "IDNO", "TEL"]
    said = f"{{file: {name}, identifiers: [{', '.join(known)}]{', ' + options if options else ''}}}"
    path.write_text(path.read_text("utf-8").replace("{file: dm.csv}", said), "utf-8")
    return codes


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(w) for w in words])
    return done.exit_code, done.stdout + done.stderr


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_convert_says_of_damaged_input(study: Path, damage: str, tmp_path: Path) -> None:
    codes = laid_out(study, damage)
    code, said = run("convert", study, "--raw", study / "raw", "--out", tmp_path / "out")
    assert (code == 2 and any(c in said for c in codes)) if codes else code != 3, said
    assert scan_text("convert.log", said, SECRETS) == []
    assert fragments(said) == []


@pytest.mark.parametrize("report", ["text", "json", "html"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_what_sites_says_of_damaged_input(study: Path, damage: str, report: str) -> None:
    laid_out(study, damage)
    code, said = run("sites", study, "--raw", study / "raw", "--report", report)
    assert code == 0, said
    assert scan_text("sites.json" if report == "json" else f"sites.{report}", said, SECRETS) == []
    assert fragments(said) == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_init_says_of_damaged_input(study: Path, damage: str, tmp_path: Path) -> None:
    laid_out(study, damage)
    run_init = run("init", "--raw", study / "raw", tmp_path / "draft")
    if "No such command" in run_init[1]:
        pytest.skip("cdisc-itp init is not there")
    assert scan_text("init.log", run_init[1], SECRETS) == []


def fragments(said: str) -> list[str]:
    """Parts of a name, and bytes of one in hexadecimal digits: together they would be the name."""
    hexadecimal = [
        b for n in NAMES for e in ("utf-8", "gb18030") for c in n if ord(c) > 255 for b in [c.encode(e).hex(" ")[:2]]
    ]
    bytes_said = [b for b in hexadecimal if f"bytes {b.upper()}" in said or f"byte {b.upper()}" in said]
    return [*bytes_said, *(p for p in ("Wang", "Xiaoli", "欧阳", "娜娜") if p in said)]
