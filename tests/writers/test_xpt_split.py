"""Pieces of a large XPT file: whole files of their own that together hold the records of the file."""

from datetime import datetime

import pandas as pd
import pyreadstat
import pytest

from cdisc_itp.model.column import collect_numbers, collect_text
from cdisc_itp.writers.xpt import SPLIT_LIMIT, XptError, XptVariable, split_xpt, write_xpt

CREATED = datetime(2023, 7, 31)
HEADER = 8 * 80 + 320 + 80  # two namestrs of 140 bytes fill four cards


def make(path, records, name="LB", width=30):
    variables = [XptVariable("A", "text", length=width), XptVariable("N", "number", numeric=True)]
    columns = {
        "A": collect_text([f"value {i}" if i % 3 else None for i in range(records)]),
        "N": collect_numbers([float(i) for i in range(records)]),
    }
    write_xpt(path, name, "Laboratory", variables, columns, CREATED)
    return path


@pytest.mark.parametrize(("records", "limit"), [(101, HEADER + 800), (101, HEADER + 879), (7, HEADER + 80)])
def test_pieces_hold_the_records_in_order_within_the_limit(tmp_path, records, limit):
    whole = make(tmp_path / "lb.xpt", records)
    before = whole.read_bytes()
    pieces = split_xpt(whole, tmp_path / "split", limit)
    assert [p.name for p in pieces] == [f"lb{i}.xpt" for i in range(1, len(pieces) + 1)]
    assert sorted((tmp_path / "split").iterdir()) == sorted(pieces)
    assert all(p.stat().st_size <= limit and p.stat().st_size % 80 == 0 for p in pieces)
    assert whole.read_bytes() == before
    frames = [pyreadstat.read_xport(p) for p in pieces]
    expected, meta = pyreadstat.read_xport(whole)
    pd.testing.assert_frame_equal(pd.concat([f for f, _ in frames], ignore_index=True), expected)
    for number, (_, each) in enumerate(frames, 1):
        assert each.table_name == f"LB{number}"
        assert (each.file_label, each.column_labels) == (meta.file_label, meta.column_labels)
        assert each.creation_time == CREATED


def test_file_within_the_limit_is_not_split(tmp_path):
    whole = make(tmp_path / "lb.xpt", 3)
    assert split_xpt(whole, tmp_path / "split") == ()
    assert split_xpt(whole, tmp_path / "split", whole.stat().st_size) == ()
    assert not (tmp_path / "split").exists()
    assert SPLIT_LIMIT == 5 * 10**9


def test_no_piece_ends_in_a_blank_record_that_its_padding_would_hide(tmp_path):
    variables = [XptVariable("A", length=20)]
    values = ["a", None, None, "b", "c", None, None, None, "d", None, "e"]
    whole = tmp_path / "lb.xpt"
    write_xpt(whole, "LB", "", variables, {"A": collect_text(values)}, CREATED)
    header = 8 * 80 + 160 + 80
    pieces = split_xpt(whole, tmp_path / "split", header + 80)
    # Room for 4 records of 20 bytes; 1 to 4 fill one card alike, so that no piece may end with a blank one.
    bodies = [p.read_bytes()[header:] for p in pieces]
    assert [len(b) for b in bodies] == [80, 80, 80, 80]
    expected = [b"a".ljust(60) + b"b", b"c", b" " * 60 + b"d", b" " * 20 + b"e"]
    assert [b.rstrip() for b in bodies] == expected
    write_xpt(whole, "LB", "", [XptVariable("A", length=30)], {"A": collect_text(values)}, CREATED)
    pieces = split_xpt(whole, tmp_path / "split", header + 80)
    # room for 2 records of 30 bytes: a blank second one would pass for padding, so it opens the next piece
    bodies = [p.read_bytes()[header:].rstrip() for p in pieces]
    assert bodies == [b"a", b"", b"".ljust(30) + b"b", b"c", b"", b"", b"".ljust(30) + b"d", b"".ljust(30) + b"e"]


def test_names_of_pieces_must_fit(tmp_path):
    whole = make(tmp_path / "suppxxxx.xpt", 50, name="SUPPXXXX")
    with pytest.raises(XptError, match="XPT001 name of a piece"):
        split_xpt(whole, tmp_path / "split", HEADER + 800)
    assert not (tmp_path / "split").exists()


def test_limit_below_one_record_and_foreign_files_are_refused(tmp_path):
    whole = make(tmp_path / "lb.xpt", 50)
    with pytest.raises(ValueError, match="below the header and one record"):
        split_xpt(whole, tmp_path / "split", HEADER + 30)
    (tmp_path / "x.xpt").write_bytes(b"x" * 5000)
    with pytest.raises(ValueError, match="no LIBRARY header at byte 0"):
        split_xpt(tmp_path / "x.xpt", tmp_path / "split", 1000)
    (tmp_path / "y.xpt").write_bytes(whole.read_bytes().replace(b"*OBS ", b"*OBX "))
    with pytest.raises(ValueError, match="no OBS header"):
        split_xpt(tmp_path / "y.xpt", tmp_path / "split", 1000)
    assert not (tmp_path / "split").exists()


def test_failed_split_leaves_no_piece(tmp_path, monkeypatch):
    whole = make(tmp_path / "lb.xpt", 50)
    write_piece = split_xpt.__globals__["_write_piece"]

    def fail_at_third(file, source, target, name, first, last):
        if name == "LB3":
            raise OSError("full")
        write_piece(file, source, target, name, first, last)

    monkeypatch.setattr("cdisc_itp.writers.xpt_split._write_piece", fail_at_third)
    with pytest.raises(OSError, match="full"):
        split_xpt(whole, tmp_path / "split", HEADER + 400)
    assert list((tmp_path / "split").iterdir()) == []
