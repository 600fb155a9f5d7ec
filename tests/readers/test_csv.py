from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc_itp.model.column import decoded, is_numeric
from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import Detected, TableOptions
from cdisc_itp.readers import csv as reader
from cdisc_itp.readers.csv import raw_table_from_csv
from cdisc_itp.readers.limits import Limits
from tests.readers.texts import Folder, cells


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_every_cell_is_the_text_that_was_written(folder: Folder) -> None:
    table = folder.read('ID,V\n007,NA\n1.50,1e5\n nan,"a ""b"", c"\n-, x \n"",TRUE\n')
    assert cells(table) == {"ID": ["007", "1.50", " nan", "-", None], "V": ["NA", "1e5", 'a "b", c', " x ", "TRUE"]}
    assert isinstance(table.frame["ID"].dtype, pd.CategoricalDtype)
    assert not is_numeric(table.frame["ID"].array)
    assert table.frame["ID"].array.categories.tolist() == ["007", "1.50", " nan", "-"]


def test_table_says_what_it_was_read_from(folder: Folder) -> None:
    table = folder.read("A;B\r\n1;2\r\n")
    assert (table.file, table.sheet) == ("lab.csv", None)
    assert table.sha256 == hashlib.sha256(b"A;B\r\n1;2\r\n").hexdigest()
    assert table.detected == (Detected("encoding", "utf-8", 1.0), Detected("delimiter", ";", 1.0))
    assert (table.notes, table.skipped, table.dropped, table.labels) == ((), {}, {}, {})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_lines_of_the_file(folder: Folder, end: str) -> None:
    text = end.join(["", "ID,V", "1,a", "", '2,"b', "", 'b"', ",", "3,c"])
    table = folder.read(text)
    assert table.rows.tolist() == [3, 5, 9]
    assert table.rows.dtype == np.int64
    assert table.skipped == {"blank row": (1, 4, 8)}
    assert cells(table)["V"] == ["a", f"b{end}{end}b", "c"]


def test_a_line_of_blanks_is_a_blank_row_where_it_cannot_be_a_cell(folder: Folder) -> None:
    assert folder.read("A,B\n  \n1,2\n\t\n").skipped == {"blank row": (2, 4)}
    assert cells(folder.read("A\n  \n1\n", delimiter="comma")) == {"A": ["  ", "1"]}


def test_comment_rows_are_skipped_and_kept_in_mind(folder: Folder) -> None:
    text = '# export "of\nA,B\n1,2\n"# quoted",\n#x,y,z\n3,4#\n'
    table = folder.read(text, comment="#")
    assert cells(table) == {"A": ["1", "3"], "B": ["2", "4#"]}
    assert table.skipped == {"comment row": (1, 4, 5)}
    assert table.rows.tolist() == [3, 6]
    assert folder.read("# x\nA\n1\n# y", comment="# ", delimiter="comma").skipped == {"comment row": (1, 4)}


def test_second_header_row_labels_the_columns(folder: Folder) -> None:
    table = folder.read("ID,NAME, SEX \n编号,姓名, 性别 \n1,x,M\n", header=2, identifiers=("NAME",))
    assert table.labels == {"ID": "编号", "SEX": "性别"}
    assert table.rows.tolist() == [3]
    assert list(table.frame) == ["ID", "SEX"]


def test_identifiers_are_dropped_and_counted(folder: Folder) -> None:
    text = "ID,姓名,身份证号\n1,张三,1101\n2,,\n3,李四,\n"
    table = folder.read(text, identifiers=("姓名", "身份证号"))
    assert list(table.frame) == ["ID"]
    assert table.dropped == {"姓名": 2, "身份证号": 1}
    assert table.rows.tolist() == [2, 3, 4]
    irregular = folder.read(text.replace("2,", '2",'), identifiers=("姓名", "身份证号"))
    assert (irregular.dropped, list(irregular.frame)) == (table.dropped, ["ID"])


def test_a_row_with_nothing_but_an_identifier_is_a_record(folder: Folder) -> None:
    table = folder.read("A,NAME\n,x\n,\n", identifiers=("NAME",))
    assert (cells(table), table.rows.tolist(), table.dropped) == ({"A": [None]}, [2], {"NAME": 1})


def test_header_alone_is_a_table_without_records(folder: Folder) -> None:
    for text in ("A,B", "A,B\n", "A,B\n\n"):
        table = folder.read(text)
        assert (list(table.frame), len(table.frame), table.rows.tolist()) == (["A", "B"], 0, [])
        assert not is_numeric(table.frame["A"].array)


@pytest.mark.parametrize(("text", "message"), [("", "the file is empty"), ("\n\r\n", "there is no header row")])
def test_file_without_header(folder: Folder, text: str, message: str) -> None:
    assert folder.refused(text) == [f"lab.csv: READ008 {message}"]
    assert folder.refused(b"\xef\xbb\xbf") == ["lab.csv: READ008 the file is empty"]


def test_header_of_two_rows_in_a_file_of_one(folder: Folder) -> None:
    assert folder.refused("A,B\n", header=2) == [
        "lab.csv: READ008 there is only one row, but two are declared as header"
    ]
    assert folder.refused("A,B\nC\n", header=2) == ["lab.csv row 2: READ010 the row has 1 cell, the header 2"]
    assert folder.refused("A\n", header=0) == [
        "lab.csv: READ006 header: 0 is not possible - a table has 1 to 3 header rows"
    ]


def test_every_problem_is_told_at_once(folder: Folder) -> None:
    text = 'ID,A,A,NAME\n1,2\n1,2,3,x\n1,2,3,x,5\n1,"2"x,3,x\n1,2,3,"x\n'
    assert folder.refused(text, identifiers=("NAMES", "PHONE")) == [
        "lab.csv row 2: READ010 the row has 2 cells, the header 4",
        "lab.csv row 4: READ010 the row has 5 cells, the header 4",
        "lab.csv row 5: READ011 text follows the closing quote of a cell",
        "lab.csv row 6: READ011 a quoted cell is never closed",
        "lab.csv row 1 column A: READ009 the name is used 2 times: columns 2, 3",
        "lab.csv: READ013 identifier column 'NAMES' is not in the table - did you mean 'NAME'?",
        "lab.csv: READ013 identifier column 'PHONE' is not in the table",
    ]


def test_a_message_never_shows_a_cell(folder: Folder) -> None:
    secret = "SECRET"
    texts = [
        f"ID,NAME\n1,{secret},3\n",
        f'ID,NAME\n1,"{secret}\n',
        f'ID,NAME\n1,"{secret}"x\n',
        f"ID,NAME,\n1,2,{secret}\n",
        f"ID,NAME\n1,{secret}\0\n",
    ]
    for text in texts:
        assert secret not in "".join(folder.refused(text, identifiers=("NAME",)))


def test_problems_beyond_the_limit_are_counted(folder: Folder) -> None:
    assert folder.refused("A,B\n" + "1\n" * 5, Limits(problems=2)) == [
        "lab.csv row 2: READ010 the row has 1 cell, the header 2",
        "lab.csv row 3: READ010 the row has 1 cell, the header 2",
        "lab.csv: READ019 3 more problems are not shown",
    ]


def test_a_column_without_name(folder: Folder) -> None:
    table = folder.read("A,,B,\n1,,2,\n")
    assert list(table.frame) == ["A", "B"]
    assert table.notes == (
        "column 2 has no name and no value: left out",
        "column 4 has no name and no value: left out",
    )
    assert folder.refused("A, ,B\n1,,2\n1,x,2\n") == [
        "lab.csv row 1: READ009 column 2 has no name, but 1 value, first in row 3"
    ]


def test_quotes_inside_an_unquoted_cell_are_ordinary(folder: Folder) -> None:
    assert cells(folder.read('A,B\n5" pipe,x"y"\n')) == {"A": ['5" pipe'], "B": ['x"y"']}


def test_a_quoted_cell_of_several_lines_with_wrong_quotes_later_keeps_lines_right(folder: Folder) -> None:
    table = folder.read('A,B\n"1\n\n1",2\n3,4"\n')
    assert (table.rows.tolist(), cells(table)["B"]) == ([2, 5], ["2", '4"'])


def test_nul_bytes_are_located(folder: Folder) -> None:
    assert folder.refused("A,B\n1,a\0b\n2,x\n\0,4\n") == [
        "lab.csv row 2: READ012 NUL byte",
        "lab.csv row 4: READ012 NUL byte",
    ]
    assert folder.refused("ID,SEX\n1,M\n".encode("utf-16-le")) == [
        "lab.csv: READ012 11 NUL bytes - if it is UTF-16, declare utf-16-le or utf-16-be"
    ]
    assert cells(folder.read("ID,SEX\n1,M\n".encode("utf-16-le"), encoding="utf-16-le")) == {"ID": ["1"], "SEX": ["M"]}


def test_columns_are_bounded(folder: Folder) -> None:
    assert folder.refused("A,B,C\n", Limits(columns=2)) == [
        "lab.csv row 1: READ007 3 columns are more than the limit of 2"
    ]


def test_lines_are_bounded(folder: Folder) -> None:
    text = "A,B\r\n1,2\r\n3,xxxxxxxx\r\n4,5\r\n"
    assert folder.refused(text, Limits(line_bytes=11)) == [
        "lab.csv row 3: READ007 the line is longer than the limit of 11 bytes"
    ]
    assert len(folder.read(text, Limits(line_bytes=12)).rows) == 3


def test_title_rows_above_the_header_are_passed_over(folder: Folder) -> None:
    for text in ('XX医院\n\n"某年,某月"\nID;V\n1;2\n', 'XX"医院\n\n"某年,某月\n"\nID;V\n1;2\n'):
        table = folder.read(text, skip=2)
        assert cells(table) == {"ID": ["1"], "V": ["2"]}
        assert table.skipped == {"blank row": (2,), "title row": (1, 3)}
    assert folder.refused("A\n", skip=2, delimiter="comma") == ["lab.csv: READ008 there is no header row"]


def test_titles_over_several_columns_are_joined_to_the_names(folder: Folder) -> None:
    text = "编号,第1周,,第2周,\n,PLT,HGB,PLT,HGB\n,血小板,血红蛋白,血小板,血红蛋白\n01,1,2,3,4\n"
    table = folder.read(text, header=3, name_rows=(1, 2), spread_header=True)
    assert list(table.frame) == ["编号", "第1周 PLT", "第1周 HGB", "第2周 PLT", "第2周 HGB"]
    assert table.labels["第2周 HGB"] == "血红蛋白"
    assert table.rows.tolist() == [4]


def test_trailing_delimiters_make_a_column_without_name(folder: Folder) -> None:
    table = folder.read("A;B;\n1;2;\n3;4;\n")
    assert (cells(table), table.notes) == (
        {"A": ["1", "3"], "B": ["2", "4"]},
        ("column 3 has no name and no value: left out",),
    )
    assert folder.refused("A;B\n1;2;\n") == ["lab.csv row 2: READ010 the row has 3 cells, the header 2"]


def test_a_header_of_one_cell_above_rows_of_more_asks_for_the_delimiter(folder: Folder) -> None:
    refused = folder.refused("A;B\n1,5;2\n", delimiter=",")
    assert refused == [
        "lab.csv row 2: READ010 the row has 2 cells, the header 1 - declare the `delimiter` that the file has"
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"none.csv: READ001 cannot be opened: No such file or directory"):
        raw_table_from_csv(tmp_path / "none.csv", TableOptions(file="none.csv"))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("A,B\n1,2\n", ","),
        ("A;B\n1,5;2,5\n3;4\n", ";"),
        ("A\tB\n1,0\t2\n", "\t"),
        ("A|B\n1;2|3\n", "|"),
        ('"A;x","B"\n"1;2","3"\n', ","),
        ("A;B, C;D\n1;2;3\n4;5,5;6\n", ";"),
    ],
)
def test_delimiter_is_detected(folder: Folder, text: str, sign: str) -> None:
    assert folder.read(text).detected[1] == Detected("delimiter", sign, 1.0)


def test_delimiter_that_cannot_be_told(folder: Folder) -> None:
    assert folder.refused("A,B;C\n1,2;3\n") == [
        "lab.csv: READ018 the delimiter may be comma or semicolon - declare `delimiter`"
    ]
    assert cells(folder.read("A,B;C\n1,2;3\n", delimiter="semicolon")) == {"A,B": ["1,2"], "C": ["3"]}


@pytest.mark.parametrize(("name", "sign"), [("tab", "\t"), ("pipe", "|"), ("^", "^"), ("comma", ",")])
def test_delimiter_is_declared(folder: Folder, name: str, sign: str) -> None:
    assert cells(folder.read(f"A{sign}B\n1{sign}2\n", delimiter=name)) == {"A": ["1"], "B": ["2"]}


@pytest.mark.parametrize("name", ["", '"', "::", "\n", "x", "、"])
def test_a_delimiter_that_cannot_be_one(folder: Folder, name: str) -> None:
    assert folder.refused("A,B\n", delimiter=name) == [
        f"lab.csv: READ006 '{name}' is no delimiter"
        " - one sign beyond letters and digits, or: comma, semicolon, tab, pipe"
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_name(folder: Folder) -> None:
    assert list(folder.read(b"\xef\xbb\xbfID;X\n1;2\n").frame) == ["ID", "X"]


def test_a_cell_that_begins_like_a_byte_order_mark_keeps_it(folder: Folder) -> None:
    assert cells(folder.read("A,B\n\ufeff1,2\n"))["A"] == ["\ufeff1"]


def test_a_cell_larger_than_a_block_of_the_parser(folder: Folder) -> None:
    long = "x" * (reader.BLOCK_BYTES + 1)
    assert cells(folder.read(f"A,B\n1,{long}\n2,y\n"))["B"] == [long, "y"]


def test_well_formed_text_does_not_need_to_be_read_row_by_row(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("read row by row")

    monkeypatch.setattr(reader, "_read_irregular", fail)
    for end in ("\n", "\r\n", "\r"):
        text = end.join(["#c", "", "A,B", '"1","x ""y"""', "#c", '2,"a', 'b"', "", "3,", "#c"])
        assert cells(folder.read(text, comment="#")) == {"A": ["1", "2", "3"], "B": ['x "y"', f"a{end}b", None]}


def test_published_studies_are_read_as_pandas_reads_them(shared_data: Path) -> None:
    files = sorted(shared_data.rglob("*.csv"))
    assert len(files) >= 30
    for file in files:
        expected = pd.read_csv(file, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        expected.columns = expected.columns.str.strip()
        table = raw_table_from_csv(file, TableOptions(file=file.name))
        unnamed = [c for c in expected if c.startswith("Unnamed:")]
        assert list(table.frame) == [c for c in expected if c not in unnamed], file
        for name in table.frame:
            assert decoded(table.frame[name].array, "").tolist() == expected[name].tolist(), (file, name)
        assert len(table.rows) == len(expected)
