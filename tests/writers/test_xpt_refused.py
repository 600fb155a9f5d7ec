"""What XPT version 5 cannot hold is refused, everything at once, and nothing is written."""

import math
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cdisc_itp.model.column import collect_numbers, collect_text
from cdisc_itp.writers.xpt import XptError, XptVariable, columns_of, write_xpt
from cdisc_itp.writers.xpt_declaration import parse_format

CREATED = datetime(2023, 7, 31, 4, 5, 6)
TEXT = XptVariable("A", "text")
NUMBER = XptVariable("N", "number", numeric=True)


def write(path, columns, variables=None, **options):
    numeric = {n for n, c in columns.items() if isinstance(c, pd.Categorical) and c.categories.dtype == float}
    variables = variables or [XptVariable(n, numeric=n in numeric) for n in columns]
    return write_xpt(path, options.pop("name", "DM"), "", variables, columns, CREATED, **options)


def records_of(path):
    data = path.read_bytes()
    return data[data.index(b"HEADER RECORD*******OBS     ") + 80 :]


def refused(path, columns, variables=None, **options):
    with pytest.raises(XptError) as caught:
        write(path, columns, variables, **options)
    assert list(path.parent.iterdir()) == []
    return [(p.code, p.variable, p.record, p.value, p.n_bytes, p.count) for p in caught.value.problems]


def test_short_numbers_are_cut_only_where_they_hold_zeros(tmp_path):
    short = XptVariable("N", numeric=True, length=3)
    write(tmp_path / "a.xpt", {"N": collect_numbers([1.0, 4095.0, math.nan])}, [short])
    assert records_of(tmp_path / "a.xpt") == bytes.fromhex("411000 43fff0 2e0000".replace(" ", "")).ljust(80)
    (tmp_path / "a.xpt").unlink()
    found = refused(tmp_path / "a.xpt", {"N": collect_numbers([1.0, 0.1, 0.1])}, [short])
    assert found == [("XPT006", "N", 2, "0.1", None, 2)]


def test_every_problem_at_once_and_nothing_written(tmp_path):
    variables = [
        XptVariable("TOOLONGNAME"),
        XptVariable("lower", "é" * 21),
        XptVariable("A", "中"),
        XptVariable("B", length=2),
        XptVariable("N", numeric=True, length=9, display_format="DATE 9"),
        XptVariable("C", length=201),
    ]
    long = "x" * 201
    columns = {
        "TOOLONGNAME": collect_text(["a", "a", "a"]),
        "lower": collect_text(["a", "a", "a"]),
        "A": collect_text(["中", long, long]),
        "B": collect_text(["ab", "abc", "b "]),
        "N": collect_numbers([math.inf, 1e76, 5e-324]),
        "C": collect_text([None, " ", "a\0b"]),
    }
    assert refused(tmp_path / "a.xpt", columns, variables, name="DATASET99") == [
        ("XPT001", None, None, "DATASET99", None, 1),
        ("XPT001", "TOOLONGNAME", None, "TOOLONGNAME", None, 1),
        ("XPT001", "lower", None, "lower", None, 1),
        ("XPT004", "lower", None, "é" * 21, None, 1),
        ("XPT004", "A", None, "中", None, 1),
        ("XPT010", "N", None, None, 9, 1),
        ("XPT010", "N", None, "DATE 9", None, 1),
        ("XPT003", "C", None, None, 201, 1),
        ("XPT004", "A", 1, "中", None, 1),
        ("XPT003", "A", 2, long, 201, 2),
        ("XPT006", "B", 2, "abc", 3, 1),
        ("XPT008", "B", 3, "b ", 2, 1),
        ("XPT005", "N", 1, "inf", None, 1),
        ("XPT005", "N", 2, "1e+76", None, 1),
        ("XPT005", "N", 3, "5e-324", None, 1),
        ("XPT004", "C", 3, "a\0b", 3, 1),
        ("XPT008", "C", 2, " ", 1, 1),
    ]


def test_lengths_are_counted_in_bytes(tmp_path):
    label, value = "é" * 21, "血" * 67
    found = refused(tmp_path / "a.xpt", {"A": collect_text(["x", value])}, [XptVariable("A", label)], encoding="utf-8")
    assert found == [("XPT002", "A", None, label, 42, 1), ("XPT003", "A", 2, value, 201, 1)]
    written = write(tmp_path / "a.xpt", {"A": collect_text([value])}, encoding="gb18030")
    assert written.lengths == {"A": 134}


def test_problems_of_plain_text_name_the_first_record_and_the_count(tmp_path):
    cells = columns_of(pd.DataFrame({"A": ["ok", "b ", None, "b ", "é", "b "]}))
    expected = [("XPT004", "A", 5, "é", None, 1), ("XPT008", "A", 2, "b ", 2, 3)]
    assert refused(tmp_path / "a.xpt", cells, [TEXT]) == expected


def test_lone_surrogates_are_not_text(tmp_path):
    texts = pd.Index(["a", "\ud800"], dtype=object)
    for cells in (texts.to_numpy(), pd.Categorical.from_codes([0, 1], categories=texts)):
        with pytest.raises(XptError) as caught:
            write(tmp_path / "a.xpt", {"A": cells}, [TEXT], encoding="utf-8")
        assert [(p.code, p.record, p.value) for p in caught.value.problems] == [("XPT004", 2, "\ud800")]


def test_equal_names_are_refused(tmp_path):
    assert refused(tmp_path / "a.xpt", {"A": collect_text(["a"])}, [TEXT, TEXT]) == [
        ("XPT009", "A", None, None, None, 1)
    ]


def test_message_says_where_and_what(tmp_path):
    with pytest.raises(XptError) as caught:
        write(tmp_path / "a.xpt", {"A": collect_text(["é"] * 2)}, name="LB")
    assert str(caught.value) == "LB.A record 1 (and 1 more): XPT004 text is not ascii: 'é'"
    with pytest.raises(XptError) as caught:
        write(tmp_path / "a.xpt", {"A": collect_text([f"{i} " for i in range(23)])})
    assert str(caught.value).splitlines()[-1] == "... and 3 more"
    assert len(caught.value.problems) == 23


# TS-140 stores no number of records. n records of s bytes fill ceil(n * s / 80) cards; a blank last record is
# lost where n - 1 records fill as many.
@pytest.mark.parametrize(
    ("size", "n", "lost"),
    [(1, 2, True), (40, 2, True), (40, 3, False), (79, 1, False), (79, 80, True), (79, 2, False), (80, 2, False)],
)
def test_blank_last_record_is_refused_where_padding_would_hide_it(tmp_path, size, n, lost):
    columns = {"A": collect_text(["x"] * (n - 1) + [None])}
    variables = [XptVariable("A", length=size)]
    if lost:
        assert refused(tmp_path / "a.xpt", columns, variables) == [("XPT007", None, n, None, None, 1)]
    else:
        write(tmp_path / "a.xpt", columns, variables)
        without = {"A": collect_text(["x"] * (n - 1))}
        write(tmp_path / "b.xpt", without, variables)
        assert len(records_of(tmp_path / "a.xpt")) > len(records_of(tmp_path / "b.xpt"))


def test_number_of_eight_blanks_is_padding_too(tmp_path):
    # 0x2020202020202020 as IBM word: 0.125490196... * 16**-32
    blank = 0x20202020202020 / 2**56 * 16.0**-32
    assert refused(tmp_path / "a.xpt", {"N": collect_numbers([1.0, blank])})[0][:3] == ("XPT007", None, 2)
    write(tmp_path / "a.xpt", {"N": collect_numbers([blank, 1.0])})


def test_failed_write_leaves_nothing_and_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.xpt"
    path.write_bytes(b"old")
    monkeypatch.setattr("cdisc_itp.writers.xpt._write_records", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write(path, {"A": collect_text(["a"])})
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("columns", "variables", "message"),
    [
        ({"A": collect_text(["a"])}, [TEXT, NUMBER], "not those of the variables: N"),
        ({"A": collect_text(["a"]), "X": collect_text(["a"])}, [TEXT], "not those of the variables: X"),
        ({"A": collect_text(["a"]), "N": collect_numbers([1, 2])}, [TEXT, NUMBER], "different numbers of records"),
        ({"A": collect_numbers([1])}, [TEXT], "is text, its column holds numbers"),
        ({"A": np.array([1.0])}, [TEXT], "is text, its column holds numbers"),
        ({"N": collect_text(["1"])}, [NUMBER], "is numeric, its column holds text"),
        ({"N": pa.array(["1"])}, [NUMBER], "is numeric, its column holds text"),
        ({"A": pd.Categorical([1j])}, [TEXT], "is text, its column holds numbers"),
        ({"A": pd.Categorical([("a",)])}, [TEXT], "holds something else"),
    ],
)
def test_wrong_calls_are_value_errors(tmp_path, columns, variables, message):
    with pytest.raises(ValueError, match=message):
        write(tmp_path / "a.xpt", columns, variables)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp037", "no-such"])
def test_encodings_that_do_not_hold_ascii_are_refused(tmp_path, encoding):
    with pytest.raises(ValueError, match="encoding"):
        write(tmp_path / "a.xpt", {"A": collect_text(["a"])}, encoding=encoding)


def test_creation_time_needs_a_year_of_two_digits(tmp_path):
    with pytest.raises(XptError, match="XPT010"):
        write_xpt(tmp_path / "a.xpt", "A", "", [], {}, datetime(1969, 12, 31))


@pytest.mark.parametrize("text", ["DATE", "8", ".", "9", "DATE9", "TOOLONGNAM9.", "A B.", "8.2.1", "40000.", "É5."])
def test_formats_that_have_no_place_are_refused(text):
    with pytest.raises(ValueError, match="not a format"):
        parse_format(text)
