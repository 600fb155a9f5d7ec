"""The options that read a file: found where the plain attempt fails, and told with what speaks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.drafting.reading import FoundTable, RawFolder, read_folder
from cdisc_itp.model.issue import UserError

ROWS = "S001,5\nS002,7\nS003,8\n"


def folder_of(files: dict[str, bytes], tmp_path: Path) -> RawFolder:
    for name, data in files.items():
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return read_folder(tmp_path / "raw", lambda what, done, of: None)


def table_of(text: str, tmp_path: Path, encoding: str = "utf-8") -> FoundTable:
    found = folder_of({"a/x.csv": text.encode(encoding)}, tmp_path)
    assert found.unread == []
    (table,) = found.tables
    return table


def test_a_row_of_units_below_the_names_is_a_header(tmp_path: Path) -> None:
    """The same unit stands in it twice, which no other text of a header does."""
    rows = "".join(f"S00{n},{120 + n},{80 + n},{70 + n}.5\n" for n in range(1, 5))
    table = table_of("SUBJ,SYSBP,DIABP,WEIGHT\nSubject,mmHg,mmHg,kg\n" + rows, tmp_path)
    assert (table.options.header, len(table.raw.rows)) == (2, 4)
    assert table.raw.labels["SYSBP"] == "mmHg"
    assert table_of("SUBJ,SYSBP,DIABP,WEIGHT\nS000,ND,ND,ND\n" + rows, tmp_path / "b").options.header == 1


def test_a_plain_table_has_no_options(tmp_path: Path) -> None:
    table = table_of("ID,N\n" + ROWS, tmp_path)
    assert (table.source, table.name, table.remarks) == ("a", "x", ())
    assert list(table.raw.frame) == ["ID", "N"]


def test_comment_rows(tmp_path: Path) -> None:
    table = table_of("# about, this\nID,N\n" + ROWS, tmp_path)
    assert table.options.comment == "#"
    assert len(table.raw.rows) == 3


def test_a_title_above_the_header(tmp_path: Path) -> None:
    table = table_of("Vital signs of all\nID,N\n" + ROWS, tmp_path)
    assert table.options.skip == 1
    assert list(table.raw.frame) == ["ID", "N"]


@pytest.mark.parametrize(
    ("head", "names", "name_rows"),
    [
        ("SUBJ,PLSE\nSubject,Pulse rate\n", ["SUBJ", "PLSE"], ()),
        ("Subject of all,Pulse rate\nSUBJ,PLSE\n", ["SUBJ", "PLSE"], (2,)),
    ],
)
def test_two_header_rows(head: str, names: list[str], name_rows: tuple[int, ...], tmp_path: Path) -> None:
    table = table_of(head + ROWS, tmp_path)
    assert (table.options.header, table.options.name_rows) == (2, name_rows)
    assert list(table.raw.frame) == names
    assert len(table.raw.rows) == 3


def test_one_header_row_where_the_first_row_is_a_record(tmp_path: Path) -> None:
    assert table_of("SUBJ,TERM,N\nA,Nausea,1\nB,Headache,2\nC,Nausea,3\n", tmp_path).options.header == 1


def test_delimiter_and_encoding_are_told(tmp_path: Path) -> None:
    text = "受试者编号;不良事件名称;开始日期\n" + "".join(
        f"0{i};恶心呕吐头痛发热;2022年7月{i}日\n" for i in range(1, 9)
    )
    table = table_of(text, tmp_path, "gb18030")
    assert (table.options.delimiter, table.options.encoding) == ("semicolon", "gb18030")
    assert all(r.startswith("guess: ") for r in table.remarks)
    assert len(table.remarks) == 2


def test_identifiers_are_dropped_and_their_values_shown_nowhere(tmp_path: Path) -> None:
    rows = "1,Weixiao Muran,13000000401,told by Weixiao Muran\n2,Shenlu Nianqiu,13000000402,well\n"
    text = "SUBJID,SUBJ_NAME,CODE,REMARK\n" + rows
    table = table_of(text, tmp_path)
    assert table.identifiers == {
        "SUBJ_NAME": "its name speaks of a person's name",
        "CODE": "2 of 2 values have the shape of a mobile number",
    }
    assert list(table.raw.frame) == ["SUBJID", "REMARK"]
    shown = repr((table.profile, table.remarks, table.identifiers, table.raw.frame.to_dict()))
    assert not any(text in shown for text in ("Muran", "Nianqiu", "13000000401"))


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    found = folder_of(
        {"a/x.xlsx": b"no workbook", "a/y.pdf": b"%PDF", "a/z.csv": b"A\n1\n", "a/.hidden": b""}, tmp_path
    )
    assert [(u.name, u.known) for u in found.unread] == [("x", True), ("y", False)]
    assert "READ" in found.unread[0].problem and "'.pdf'" in found.unread[1].problem
    assert [t.name for t in found.tables] == ["z"]


def test_no_file_and_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such folder"):
        read_folder(tmp_path / "raw", lambda what, done, of: None)
    (tmp_path / "raw").mkdir()
    with pytest.raises(UserError, match="holds no file"):
        read_folder(tmp_path / "raw", lambda what, done, of: None)
