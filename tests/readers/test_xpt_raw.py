"""An XPT file as a raw table: the text that a person would see. Files are written by ReadStat."""

import hashlib
import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import TableOptions
from cdisc_itp.readers.xpt import raw_table_from_xpt
from cdisc_itp.readers.xpt_display import render_decimals, render_numbers

EPOCH = datetime(1960, 1, 1)


def save(path, frame, formats=None, labels=None):
    pyreadstat.write_xport(
        frame, path, column_labels=labels, table_name="RAW", file_format_version=5, variable_format=formats
    )
    return path


def cells(table):
    return {n: [None if pd.isna(v) else v for v in table.frame[n]] for n in table.frame}


def codes(path, options):
    with pytest.raises(ReadError) as caught:
        raw_table_from_xpt(path, options)
    return [(p.code, p.message) for p in caught.value.problems]


def test_cells_are_what_a_person_would_see(tmp_path):
    frame = pd.DataFrame(
        {
            "SUBJECT": ["01-001", "01-002", ""],
            "RESULT": [90.0, 0.1, math.nan],
            "DATE": [22000.0, math.nan, -1.0],
            "TIME": [30600.0, 0.0, 86399.0],
            "AT": [1.9e9, 0.5, math.nan],
            "NAME": ["Zhang", "", "Li"],
        }
    )
    formats = {"RESULT": "8.2", "DATE": "DATE9.", "TIME": "TIME5.", "AT": "DATETIME20."}
    path = save(tmp_path / "raw.xpt", frame, formats, ["Subject", "", "Date of sample", "", "", "Name"])
    table = raw_table_from_xpt(path, TableOptions("*.xpt", identifiers=("NAME",)))
    assert cells(table) == {
        "SUBJECT": ["01-001", "01-002", None],
        "RESULT": ["90", "0.1", None],
        "DATE": ["2020-03-26", None, "1959-12-31"],
        "TIME": ["08:30", "00:00", "23:59:59"],
        "AT": ["2020-03-16T17:46:40", "1960-01-01T00:00:00.5", None],
    }
    assert all(isinstance(table.frame[n].dtype, pd.CategoricalDtype) for n in table.frame)
    assert (table.file, table.sheet, table.rows.tolist()) == ("raw.xpt", None, [1, 2, 3])
    assert table.labels == {"SUBJECT": "Subject", "DATE": "Date of sample"}
    assert table.dropped == {"NAME": 2}
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [(d.what, d.value) for d in table.detected] == [("encoding", "utf-8")]


def test_special_missing_values_are_kept_as_text(tmp_path):
    path = save(tmp_path / "raw.xpt", pd.DataFrame({"A": ["x"] * 4, "N": [1.0, 2.0, 3.0, 2.0]}))
    two = bytes.fromhex("4120000000000000")
    path.write_bytes(path.read_bytes().replace(two, b"Z" + b"\0" * 7))
    table = raw_table_from_xpt(path, TableOptions("*.xpt"))
    assert cells(table)["N"] == ["1", ".Z", "3", ".Z"]
    assert table.notes == ("N: special missing values kept as text: 2 x .Z",)


def test_record_without_any_value_is_a_blank_row(tmp_path):
    path = save(tmp_path / "raw.xpt", pd.DataFrame({"A": ["x", "", "y"], "N": [math.nan, math.nan, 1.0]}))
    table = raw_table_from_xpt(path, TableOptions("*.xpt"))
    assert (table.rows.tolist(), table.skipped) == ([1, 3], {"blank row": (2,)})
    assert cells(table) == {"A": ["x", "y"], "N": [None, "1"]}


def test_numbers_that_are_no_date_stay_numbers_with_a_note(tmp_path):
    frame = pd.DataFrame({"D": [22000.5, 1e8, 22000.0, 1e8], "T": [-1.0, 86400.0, 1.0, 2.0]})
    path = save(tmp_path / "raw.xpt", frame, {"D": "YYMMDD10.", "T": "TIME8."})
    table = raw_table_from_xpt(path, TableOptions("*.xpt"))
    assert cells(table) == {
        "D": ["22000.5", "100000000", "2020-03-26", "100000000"],
        "T": ["-1", "86400", "00:00:01", "00:00:02"],
    }
    assert table.notes == (
        "D: YYMMDD10. does not fit 3 cells, shown as plain numbers",
        "T: TIME8. does not fit 2 cells, shown as plain numbers",
    )


# Widths from SAS 9.4 Formats and Informats: those that show no seconds, and those that do.
@pytest.mark.parametrize(
    ("value", "display_format", "text"),
    [
        (36000.0, "TIME5.", "10:00"),
        (36001.0, "TIME5.", "10:00:01"),
        (36000.0, "TIME8.", "10:00:00"),
        (36000.0, "TIME.", "10:00:00"),
        (36000.0, "HHMM.", "10:00"),
        (36000.25, "TIME11.2", "10:00:00.25"),
        (36000.0, "DATETIME13.", "1960-01-01T10:00"),
        (36000.0, "DATETIME16.", "1960-01-01T10:00:00"),
        (36000.0, "E8601DT16.", "1960-01-01T10:00"),
        (36000.0, "E8601DT19.", "1960-01-01T10:00:00"),
        (-0.25, "DATETIME22.2", "1959-12-31T23:59:59.75"),
        (86400.0, "DTDATE9.", "1960-01-02"),
        (86460.0, "DTDATE9.", "1960-01-02T00:01:00"),
        (36000.0, "E8601DA10.", None),
        (60.0, "ddmmyyp10.", "1960-03-01"),
        (60.0, "MONYY7.", "1960-03-01"),
        (60.0, "BEST12.", "60"),
        (60.0, "SEXF.", "60"),
        (60.0, "", "60"),
        (-138061.0, "DATE9.", "1582-01-01"),
        (-138062.0, "DATE9.", "-138062"),
        (745094.0, "DATE9.", "3999-12-31"),
        (745095.0, "DATE9.", "745095"),  # SAS has no 4000-02-29: beyond, its days are not the calendar's
    ],
)
def test_dates_and_times_by_format(value, display_format, text):
    texts, wrong = render_numbers(np.array([value]), display_format)
    if text is None:
        text = (date(1960, 1, 1) + timedelta(days=value)).isoformat()
    assert texts.tolist() == [text]
    assert wrong.tolist() == ["-" not in text[1:] and ":" not in text and display_format == "DATE9."]


@given(st.integers(int((datetime(1582, 1, 1) - EPOCH).total_seconds()), 745095 * 86400 - 1))
def test_datetimes_are_those_of_pythons_calendar(seconds):
    expected = (EPOCH + timedelta(seconds=seconds)).isoformat()
    assert render_numbers(np.array([float(seconds)]), "DATETIME20.")[0].tolist() == [expected]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimals_are_plain_and_give_the_double_back(value):
    (text,) = render_decimals(np.array([value]))
    assert float(text) == value
    assert set(text) <= set("-.0123456789")
    assert text != "-0"
    assert not (text.endswith(".0") or text.endswith("."))
    assert Decimal(text).normalize() == Decimal(repr(value)).normalize()  # Python's repr is the shortest


def test_several_datasets_need_a_name(tmp_path):
    one = save(tmp_path / "one.xpt", pd.DataFrame({"A": ["x"]})).read_bytes()
    two = one[240:].replace(b"RAW     ", b"OTHER   ").replace(b"x ", b"y ")
    path = tmp_path / "both.xpt"
    path.write_bytes(one + two)
    assert codes(path, TableOptions("*")) == [("READ028", "the file holds 2 datasets")]
    table = raw_table_from_xpt(path, TableOptions("*", sheet="OTHER"))
    assert (table.sheet, cells(table)) == ("OTHER", {"A": ["y"]})
    assert codes(path, TableOptions("*", sheet="OTHR")) == [("READ028", "dataset 'OTHR' is not in the file")]
    path.write_bytes(one + one[240:])
    assert codes(path, TableOptions("*", sheet="RAW")) == [("READ028", "dataset 'RAW' is more than once in the file")]
    assert raw_table_from_xpt(tmp_path / "one.xpt", TableOptions("*", sheet="RAW")).sheet == "RAW"


def test_options_of_other_formats_and_unknown_identifiers(tmp_path):
    path = save(tmp_path / "raw.xpt", pd.DataFrame({"NAME": ["x"]}))
    assert [c for c, _ in codes(path, TableOptions("*", delimiter=",", comment="#", header=2))] == ["READ006"] * 3
    assert [c for c, _ in codes(path, TableOptions("*", encoding="utf-16"))] == ["READ006"]
    found = codes(path, TableOptions("*", identifiers=("NAMES", "NAME")))
    assert found == [("READ013", "identifier column 'NAMES' is not in the table")]


def test_declared_encoding(tmp_path):
    path = save(tmp_path / "raw.xpt", pd.DataFrame({"A": ["aaaa", "b"]}))
    path.write_bytes(path.read_bytes().replace(b"aaaab", "血板".encode("gbk") + b"b"))
    assert cells(raw_table_from_xpt(path, TableOptions("*", encoding="gbk"))) == {"A": ["血板", "b"]}
    assert codes(path, TableOptions("*"))[0][0] == "READ026"
