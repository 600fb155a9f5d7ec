"""Random tables, written by the csv module in every dialect, come back as they were."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from cdisc_itp.model.column import decoded
from cdisc_itp.model.raw import RawTable, TableOptions
from cdisc_itp.readers import csv as reader
from cdisc_itp.readers.csv import raw_table_from_csv

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk", "big5", "cp949", "euc_jp", "cp932", "cp1252"]
SIGNS = ' ",;|\t\n\r#07AeN.×é男남ﾊ\x85\u2028\ufeff'


@st.composite
def written_tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str, dict[str, object]]:
    """Rows (the first is the header), delimiter name, codec, and what the csv writer is told."""
    codec = draw(st.sampled_from(CODECS))
    signs = [c for c in SIGNS if _fits(c, codec)]
    width = draw(st.integers(1, 4))
    names = [f"{draw(st.sampled_from(['A', 'B C', 'd,e', 'N' * 30]))}{i}" for i in range(width)]
    cells = st.one_of(st.sampled_from(["", "007", "NA", "1.50", "1e5"]), st.text(signs, max_size=6))
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12))
    how = {
        "lineterminator": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    }
    return [names, *rows], draw(st.sampled_from(list(DELIMITERS))), codec, how


def _fits(sign: str, codec: str) -> bool:
    try:
        return sign.encode(codec).decode(codec) == sign
    except UnicodeEncodeError:
        return False


def _write(rows: list[list[str]], delimiter: str, how: dict[str, object]) -> str:
    out = io.StringIO(newline="")
    if how["lineterminator"] != "\r\n" and any("\n" in cell or "\r" in cell for row in rows for cell in row):
        how = {**how, "quoting": csv.QUOTE_ALL}  # QUOTE_MINIMAL would quote only the line end it writes.
    csv.writer(out, delimiter=DELIMITERS[delimiter], **how).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def _oracle(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The csv module's rows with the line on which each starts."""
    rows, line = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[delimiter]), 1
    for cells in rows:
        yield line, cells
        line = rows.line_num + 1


def _read(data: bytes, **options: object) -> RawTable:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_bytes(data)
        return raw_table_from_csv(path, TableOptions(file="table.csv", **options))  # type: ignore[arg-type]


def _check(table: RawTable, text: str, delimiter: str) -> None:
    """The table equals what the csv module reads; a row whose cells are all empty is a skipped blank row."""
    (_, names), *body = _oracle(text, delimiter)
    records = [(line, cells) for line, cells in body if any(cells)]
    assert list(table.frame.columns) == names
    assert table.rows.tolist() == [line for line, _ in records]
    assert table.skipped.get("blank row", ()) == tuple(line for line, cells in body if not any(cells))
    for i, name in enumerate(names):
        assert decoded(table.frame[name].array, "").tolist() == [cells[i] for _, cells in records]


@settings(max_examples=150, deadline=None)
@given(written_tables())
def test_table_equals_what_the_csv_module_reads(written: tuple[list[list[str]], str, str, dict[str, object]]) -> None:
    rows, delimiter, codec, how = written
    text = _write(rows, delimiter, how)
    declared = "utf-16" if codec == "utf-16" else codec
    table = _read(text.encode(codec), encoding=declared, delimiter=delimiter)
    _check(table, text, delimiter)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written_tables())
def test_reading_row_by_row_gives_the_same_table(
    written: tuple[list[list[str]], str, str, dict[str, object]],
) -> None:
    rows, delimiter, _, how = written
    text = _write(rows, delimiter, how)
    fast = reader._read_regular
    reader._read_regular = lambda source: None  # type: ignore[assignment]
    try:
        table = _read(text.encode(), encoding="utf-8", delimiter=delimiter)
    finally:
        reader._read_regular = fast
    _check(table, text, delimiter)


@settings(max_examples=100, deadline=None)
@given(written_tables(), st.data())
def test_blank_lines_and_comment_lines_keep_the_line_numbers(
    written: tuple[list[list[str]], str, str, dict[str, object]], data: st.DataObject
) -> None:
    rows, delimiter, _, how = written
    end = str(how["lineterminator"])
    text, kinds = "", []
    for row in rows:
        before = data.draw(st.lists(st.sampled_from(["", "%% note", '%% "', "%%"]), max_size=2))
        text += "".join(line + end for line in before) + _write([row], delimiter, how)
        kinds += before
    table = _read(text.encode(), encoding="utf-8", delimiter=delimiter, comment="%%")
    without = [(line, cells) for line, cells in _lines_of(text, delimiter) if cells is not None]
    assert [decoded(table.frame[n].array, "").tolist() for n in rows[0]] == [
        [cells[i] for line, cells in without[1:]] for i in range(len(rows[0]))
    ]
    assert table.rows.tolist() == [line for line, _ in without[1:]]
    assert len(table.skipped.get("comment row", ())) == sum(kind.startswith("%%") for kind in kinds)


def _lines_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Rows with their lines, comment lines taken out before the csv module sees them."""
    lines = list(io.StringIO(text, newline=""))
    number = 0
    while number < len(lines):
        if lines[number].startswith("%%") or not lines[number].strip("\r\n"):
            number += 1
            continue
        rows = csv.reader(iter(lines[number:]), delimiter=DELIMITERS[delimiter])
        cells = next(rows)
        if any(cells):
            yield number + 1, cells
        number += rows.line_num
