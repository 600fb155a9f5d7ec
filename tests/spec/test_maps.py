"""Tables of maps/: every cell as it was written, every row accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.issue import SpecProblem
from cdisc_itp.spec.maps import CsvTable, check_unique, read_table


def read(tmp_path: Path, text: str | bytes) -> tuple[CsvTable, list[str]]:
    path = tmp_path / "m.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems: list[SpecProblem] = []
    return read_table(path, "maps/m.csv", problems), [str(p) for p in problems]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_cells_are_trimmed_text_and_know_their_lines(tmp_path: Path, line_end: str, mark: str) -> None:
    lines = [
        "# a comment",
        "raw,term",
        "NO,N",
        "",
        " 010 , 8",
        ",",
        '"a, b",',
        "第1周,W1",
    ]
    table, problems = read(tmp_path, mark + line_end.join(lines))
    assert problems == []
    assert table.columns == ("raw", "term")
    assert table.rows == (("NO", "N"), ("010", "8"), ("a, b", None), ("第1周", "W1"))
    assert table.lines == (3, 5, 7, 8)
    assert (table.column("term"), len(table)) == (["N", "8", None, "W1"], 4)
    with pytest.raises(KeyError):
        table.column("none")


def test_a_cell_over_several_lines(tmp_path: Path) -> None:
    table, problems = read(tmp_path, 'raw,term\n"a\nb",AB\nc,C\n')
    assert (table.rows, table.lines, problems) == ((("a\nb", "AB"), ("c", "C")), (3, 4), [])


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["maps/m.csv:1: SPEC118 the table has no header row"]),
        (
            "raw;term\na;B\n",
            ["maps/m.csv:1: SPEC118 the header is one cell: 'raw;term' - save it with commas between the cells"],
        ),
        (
            "raw\tterm\na\tB\n",
            ["maps/m.csv:1: SPEC118 the header is one cell: 'raw<tab>term' - save it with commas between the cells"],
        ),
        ("raw,term\na\n", ["maps/m.csv:2: SPEC118 the row has 1 cell(s), the header 2"]),
        ("raw,term\nb,c,d\n", ["maps/m.csv:2: SPEC118 the row has 3 cell(s), the header 2"]),
        ("raw,,term\na,,b\n", ["maps/m.csv:1: SPEC118 column 2 has no name"]),
        ("raw,,\na,,b\n", ["maps/m.csv:1: SPEC118 columns without a name"]),
        ("raw,raw\na,b\n", ["maps/m.csv:1: SPEC118 column 'raw' is there twice"]),
        ('raw,term\n"a"b,c\n', ["maps/m.csv:2: SPEC118 not CSV: ',' expected after '\"'"]),
        (b"raw,term\n\xff,b\n", ["maps/m.csv:2: SPEC002 is not UTF-8: bytes ff - save it as UTF-8"]),
    ],
)
def test_flaws(tmp_path: Path, text: str | bytes, problems: list[str]) -> None:
    assert read(tmp_path, text)[1] == problems


def test_rows_that_fit_stay(tmp_path: Path) -> None:
    assert read(tmp_path, "raw,term\na\ne,E\n")[0].rows == (("e", "E"),)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    problems: list[SpecProblem] = []
    assert read_table(tmp_path / "none.csv", "maps/none.csv", problems).columns == ()
    assert [str(p) for p in problems] == ["maps/none.csv:1: SPEC002 cannot be read: No such file or directory"]


@pytest.mark.parametrize(
    ("key", "rows", "problems"),
    [
        (("raw",), "a,b,\nA,b,\n", []),
        (("raw",), "a,b,\na,c,\n", ["m:3: SPEC118 'a' has two rows - first on line 2"]),
        (("raw",), ",b,\n", ["m:2: SPEC118 the row has nothing under 'raw'"]),
        (("source", "raw"), "a,,\na,,03\na,,04\n", []),
        (("source", "raw"), "a,,03\na,,03\n", ["m:3: SPEC118 '03, a' has two rows - first on line 2"]),
        (("raw", "unit"), "a,,\nb,,\n", []),
        (("raw", "unit"), "a,,\na,,\n", ["m:3: SPEC118 'a, ' has two rows - first on line 2"]),
    ],
)
def test_keys(tmp_path: Path, key: tuple[str, ...], rows: str, problems: list[str]) -> None:
    table, _ = read(tmp_path, f"raw,unit,source\n{rows}")
    found: list[SpecProblem] = []
    check_unique(table, "m", key, found)
    assert [str(p) for p in found] == problems
