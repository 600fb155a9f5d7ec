"""Files in the encodings of several countries, and bytes that have no meaning in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.texts import Folder, cells


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


LANGUAGES = {
    "utf-8-sig": "编号,诊断\n1,原发免疫性血小板减少症\n",
    "utf-16": "번호,진단\n1,면역성 혈소판 감소증\n",
    "gb18030": "编号,诊断\n1,原发免疫性血小板减少症𠮷\n",
    "gbk": "编号,诊断\n1,原发免疫性血小板减少症\n",
    "big5": "編號,診斷\n1,原發性免疫性血小板低下\n",
    "shift_jis": "番号,診断\n1,特発性血小板減少性紫斑病です\n",
    "euc-kr": "번호,진단\n1,면역성 혈소판 감소증\n",
    "windows-1252": "Nº,Diagnostic\n1,thrombopénie immunologique à 37 °C – «sévère»\n",
    "latin-1": "Nº,Diagnose\n1,Immunthrombozytopenie, Übelkeit\n".replace(", Ü", "; Ü"),
}


@pytest.mark.parametrize("encoding", LANGUAGES)
def test_a_file_of_each_encoding(folder: Folder, encoding: str) -> None:
    text = LANGUAGES[encoding]
    table = folder.read(text.encode(encoding), encoding=encoding, delimiter="comma")
    (names, values) = (line.split(",") for line in text.splitlines())
    assert cells(table) == {name: [value] for name, value in zip(names, values, strict=True)}
    assert table.notes == ()


def test_undecodable_bytes_are_located_in_their_column(folder: Folder) -> None:
    text = '# x\n编号,结果\n1,"正\n常"\n2,未查\n'.encode("gbk")
    data = text.replace("常".encode("gbk"), b"\xff\xff").replace("未".encode("gbk"), b"\x80")
    assert [m.partition(" at ")[0] for m in folder.refused(data, encoding="gbk", comment="#")] == [
        "lab.csv row 4 column 结果: READ002 bytes FF",
        "lab.csv row 4 column 结果: READ002 bytes FF",
        "lab.csv row 5 column 结果: READ002 bytes 80",
    ]
    broken = b"# \xff\nID\xff,V\n\xff,\xff\n"
    assert [m.partition(": ")[0] for m in folder.refused(broken, encoding="utf-8", comment="#")] == [
        "lab.csv row 1",
        "lab.csv row 2",
        "lab.csv row 3 column ID?",
        "lab.csv row 3 column V",
    ]


def test_a_character_outside_gbk_names_the_larger_encoding(folder: Folder) -> None:
    data = "编号,姓名,备注\n01,x,𠮷\n".encode("gb18030")
    assert folder.refused(data, encoding="gbk")[0] == (
        "lab.csv row 2 column 备注: READ002 bytes 95 at offset 20 are no gbk text - the bytes look like gb18030"
    )
    assert data[20] == 0x95
