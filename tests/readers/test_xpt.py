"""Reading XPT version 5: files laid out by hand after TS-140, other tools' files, and damaged ones."""

import hashlib
import struct
from datetime import datetime

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from cdisc_itp.model.issue import ReadError
from cdisc_itp.readers.xpt import iter_xpt, read_xpt, read_xpt_header, read_xpt_members

HEAD = b"HEADER RECORD*******%-8bHEADER RECORD!!!!!!!%b  "
LIBRARY = (
    HEAD % (b"LIBRARY", b"0" * 30)
    + b"SAS     SAS     SASLIB  6.06    bsd4.2                          16FEB11:10:07:55"
    + b"16FEB11:10:07:55".ljust(80)
)


def namestr(kind, length, number, name, label, position, form=(b"", 0, 0), informat=(b"", 0, 0), size=140):
    layout = ">hhhh8s40s8shhh2s8shhl52s"
    out = struct.pack(
        layout, kind, 0, length, number, name.ljust(8), label.ljust(40), form[0].ljust(8), form[1], form[2], 0, b"",
        informat[0].ljust(8), informat[1], informat[2], position, b"",
    )  # fmt: skip
    assert len(out) == 140
    return out[:size]


def member(namestrs, records, name=b"ABC", label=b"A label", size=140, padded=True):
    """One dataset: TS-140's five header records, namestrs, records."""
    names = b"".join(namestrs)
    head = (
        HEAD % (b"MEMBER", b"%020d%010d" % (160, size))
        + HEAD % (b"DSCRPTR", b"0" * 30)
        + b"SAS     %-8bSASDATA 6.06    bsd4.2  %24b16FEB11:10:07:55" % (name, b"")
        + b"01JAN99:00:00:00%16b%-40b%8b" % (b"", label, b"")
        + HEAD % (b"NAMESTR", b"000000%04d%020d" % (len(namestrs), 0))
        + names.ljust(-(-len(names) // 80) * 80)
        + HEAD % (b"OBS", b"0" * 30)
    )
    data = b"".join(records)
    return head + (data.ljust(-(-len(data) // 80) * 80) if padded else data)


X = namestr(1, 8, 1, b"X", b"first number", 0, (b"DATE", 9, 0), (b"", 8, 2))
Y = namestr(2, 4, 2, b"Y", b"some text", 8, (b"$CHAR", 4, 0))
RECORDS = [
    bytes.fromhex("4110000000000000") + b"ab  ",
    b".\0\0\0\0\0\0\0" + b"    ",
    b"A\0\0\0\0\0\0\0" + b" c d",
    b"_\0\0\0\0\0\0\0" + b"ab  ",
    bytes.fromhex("c276a00000000000") + b"abcd",
    b"A\0\0\0\0\0\0\0" + b"abcd",
]
SMALL = LIBRARY + member([X, Y], RECORDS)


@pytest.fixture
def save(tmp_path):
    def save_bytes(data, name="abc.xpt"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save_bytes


def values(file, name):
    return [None if pd.isna(v) else v for v in file.frame[name]]


def problem(path, reader=read_xpt, **options):
    with pytest.raises(ReadError) as caught:
        reader(path, **options)
    (only,) = caught.value.problems
    assert only.place.file == path.name
    return only.code, only.message


def test_file_laid_out_by_hand(save):
    path = save(SMALL)
    file = read_xpt(path)
    assert (file.file, file.name, file.label, file.encoding) == ("abc.xpt", "ABC", "A label", "utf-8")
    assert (file.created, file.modified) == (datetime(2011, 2, 16, 10, 7, 55), datetime(1999, 1, 1))
    assert (file.sas_version, file.sas_system) == ("6.06", "bsd4.2")
    assert (file.record_length, file.start, file.records, file.first) == (12, 720 + 320, 6, 0)
    x, y = file.variables
    assert (x.name, x.label, x.numeric, x.length, x.position) == ("X", "first number", True, 8, 0)
    assert (x.display_format, x.informat) == ("DATE9.", "8.2")
    assert (y.name, y.label, y.numeric, y.length, y.position) == ("Y", "some text", False, 4, 8)
    assert (y.display_format, y.informat) == ("$CHAR4.", "")
    assert values(file, "X") == [1.0, None, None, None, -118.625, None]
    assert values(file, "Y") == ["ab", None, " c d", "ab", "abcd", "abcd"]
    assert file.frame["X"].cat.categories.tolist() == [1.0, -118.625]
    assert file.frame["Y"].cat.categories.tolist() == ["ab", " c d", "abcd"]
    assert file.special_missing == {"X": {".A": 2, "._": 1}}
    assert file.sha256 == hashlib.sha256(SMALL).hexdigest()
    assert file.notes == ()


def test_header_alone_is_the_files(save):
    file = read_xpt(save(SMALL))
    header = read_xpt_header(save(SMALL))
    assert {n: getattr(file, n) for n in header.__struct_fields__} == asdict(header)
    # The records may be missing or wrong: they are not looked at.
    assert read_xpt_header(save(SMALL[: header.start])) == header
    assert read_xpt_header(save(SMALL + b"x")) == header


def test_parts_joined_are_the_whole(save):
    path = save(SMALL)
    whole = read_xpt(path)
    parts = list(iter_xpt(path, 4))
    assert [(p.first, len(p.frame), p.records) for p in parts] == [(0, 4, 6), (4, 2, 6)]
    assert {p.sha256 for p in parts} == {whole.sha256}
    for name in ("X", "Y"):
        assert [v for p in parts for v in values(p, name)] == values(whole, name)
    (only,) = iter_xpt(save(LIBRARY + member([X, Y], [])), 4)
    assert (only.records, list(only.frame.columns), len(only.frame)) == (0, ["X", "Y"], 0)


numbers = st.floats(allow_infinity=False).filter(lambda x: not x or x != x or 16.0**-65 <= abs(x) < 2.0**249)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50).map(lambda t: t.rstrip(" "))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.just("x"), numbers, texts, numbers, texts), max_size=20))
def test_reads_what_readstat_writes(tmp_path, rows):
    path = tmp_path / "a.xpt"
    frame = pd.DataFrame(rows, columns=["S", "N", "A", "M", "B"]).astype(
        {"S": object, "N": float, "A": object, "M": float, "B": object}
    )
    labels = ["s", "number", "text é", "", "b"]
    pyreadstat.write_xport(frame, path, "label", labels, "LB", file_format_version=5, variable_format={"N": "BEST12."})
    file = read_xpt(path)
    assert (file.name, file.label, file.records) == ("LB", "label", len(frame))
    assert [v.label for v in file.variables] == labels
    assert file.variables[1].display_format == "BEST12."
    for name in "SAB":
        assert [v or "" for v in values(file, name)] == frame[name].tolist()
    for name in "NM":
        np.testing.assert_array_equal(np.array(values(file, name), dtype=float), frame[name])


# 0.1 as IBM word is 401999999999999A (half a unit up); its first bytes are what shorter numbers keep.
@pytest.mark.parametrize("length", [2, 3, 4, 5, 6, 7, 8])
def test_numbers_of_two_to_eight_bytes(save, length):
    word = bytes.fromhex("401999999999999a")[:length]
    records = [word, (b"B" + b"\0" * 7)[:length], (b"." + b"\0" * 7)[:length]]
    file = read_xpt(save(LIBRARY + member([namestr(1, length, 1, b"X", b"", 0)], records)))
    exact = int.from_bytes(word.ljust(8, b"\0"), "big") & (1 << 56) - 1
    assert values(file, "X") == [exact / 2**56, None, None]
    assert file.special_missing == {"X": {".B": 1}}


def test_different_words_of_one_number_are_one_value(save):
    words = ["4110000000000000", "4201000000000000", "0000000000000000", "8000000000000000", "4000000000000000"]
    file = read_xpt(save(LIBRARY + member([namestr(1, 8, 1, b"X", b"", 0)], map(bytes.fromhex, words))))
    assert values(file, "X") == [1.0, 1.0, 0.0, 0.0, 0.0]
    assert file.frame["X"].cat.categories.tolist() == [1.0, 0.0]


def test_several_datasets(save):
    other = member([Y[:84] + struct.pack(">l", 0) + bytes(52)], [b"zz  "], name=b"XYZ")
    path = save(SMALL + other + member([X, Y], [], name=b"NONE"))
    first = read_xpt(path)
    assert (first.name, first.records) == ("ABC", 6)
    assert first.notes == ("the file holds further datasets, not read: XYZ, NONE",)
    every = read_xpt_members(path)
    assert [(m.name, m.records, m.notes) for m in every] == [("ABC", 6, ()), ("XYZ", 1, ()), ("NONE", 0, ())]
    assert values(every[1], "Y") == ["zz"]
    assert {m.sha256 for m in every} == {first.sha256}


def test_columns_are_the_same_in_groups_and_blocks_of_any_size(save, monkeypatch):
    path = save(SMALL)
    whole = read_xpt(path)
    monkeypatch.setattr("cdisc_itp.readers.xpt_cells.GROUP", 1)
    monkeypatch.setattr("cdisc_itp.readers.xpt_cells.BLOCK", 24)
    pd.testing.assert_frame_equal(read_xpt(path).frame, whole.frame)


def test_datasets_are_found_beyond_the_first_scanned_cards(save, monkeypatch):
    monkeypatch.setattr("cdisc_itp.readers.xpt_records.SCANNED", 1)
    names = [m.name for m in read_xpt_members(save(SMALL + SMALL[240:]))]
    assert names == ["ABC", "ABC"]


def test_vax_namestrs_of_136_bytes(save):
    small = [n[:136] for n in (X, Y)]
    file = read_xpt(save(LIBRARY + member(small, RECORDS, size=136)))
    assert values(file, "Y") == ["ab", None, " c d", "ab", "abcd", "abcd"]


def test_positions_in_another_order_and_left_at_zero(save):
    swapped = [namestr(2, 4, 1, b"Y", b"", 8), namestr(1, 8, 2, b"X", b"", 0)]
    file = read_xpt(save(LIBRARY + member(swapped, RECORDS)))
    assert list(file.frame.columns) == ["Y", "X"]
    assert values(file, "X")[0] == 1.0
    zero = [namestr(1, 8, 1, b"X", b"", 0), namestr(2, 4, 2, b"Y", b"", 0)]
    file = read_xpt(save(LIBRARY + member(zero, RECORDS)))
    assert [v.position for v in file.variables] == [0, 8]
    assert values(file, "Y")[0] == "ab"


# One text variable of ``size`` bytes, ``n`` records of which the last ``blank`` are blank.
@pytest.mark.parametrize(
    ("size", "n", "blank", "expected"),
    [
        (40, 2, 0, 2),
        (40, 2, 1, 1),  # one record fills the same card
        (40, 3, 1, 3),  # two records fill one card less
        (30, 3, 2, 3),
        (1, 80, 79, 1),
        (1, 82, 2, 81),
        (79, 1, 1, 1),
        (80, 3, 2, 3),
        (200, 2, 1, 2),
        (200, 3, 0, 3),
    ],
)
def test_padding_is_told_from_records_as_far_as_it_can_be(save, size, n, blank, expected):
    records = [b"x".ljust(size)] * (n - blank) + [b" " * size] * blank
    file = read_xpt(save(LIBRARY + member([namestr(2, size, 1, b"A", b"", 0)], records)))
    assert file.records == len(file.frame) == expected
    assert values(file, "A") == ["x"] * (n - blank) + [None] * (expected - n + blank)
    assert bool(file.notes) == (expected > n - blank)


def test_more_or_less_padding_than_ts_140_asks(save):
    wide = namestr(2, 200, 1, b"A", b"", 0)
    record = b"x" * 200
    file = read_xpt(save(LIBRARY + member([wide], [record] * 3) + b" " * 160))
    assert (file.records, file.notes) == (4, ("the last record (4) is blank",))
    file = read_xpt(save(LIBRARY + member([wide], [record] * 2) + b" " * 160))
    assert (file.records, file.notes) == (2, ("2 blank cards more than the padding after the last record",))
    file = read_xpt(save(LIBRARY + member([wide], [record] * 3, padded=False)))
    assert (file.records, file.notes) == (3, ("the last card is not filled with blanks",))
    file = read_xpt(save(LIBRARY + member([], [])))
    assert (file.records, file.frame.shape) == (0, (0, 0))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "cp1252", "shift_jis"])
def test_declared_encoding(save, encoding):
    text = "é" if encoding == "cp1252" else "血小板"
    data = text.encode(encoding)
    file = read_xpt(
        save(LIBRARY + member([namestr(2, 90, 1, b"A", data, 0)], [data.ljust(90), b"a".ljust(90)], label=data)),
        encoding.upper(),
    )
    assert (file.label, file.variables[0].label, values(file, "A")) == (text, text, [text, "a"])
    assert file.encoding == encoding


def test_two_byte_sequences_of_one_character_are_one_value(save):
    # cp932 has 0x8790 and 0x81e0 for U+2252.
    records = [b"\x87\x90", b"\x81\xe0", b"  ", b"a "]
    file = read_xpt(save(LIBRARY + member([namestr(2, 2, 1, b"A", b"", 0)], records)), "cp932")
    assert values(file, "A") == ["≒", "≒", None, "a"]
    assert file.frame["A"].cat.categories.tolist() == ["≒", "a"]


def test_undecodable_text_is_told_with_place_and_not_shown(save):
    names = [namestr(2, 90, 1, b"A", b"", 0), namestr(2, 4, 2, b"B", b"", 90)]
    bad = b"ok \xd6\xd0".ljust(90)
    records = [b"fine".ljust(94), bad + b"    ", b"x".ljust(90) + b"\xff   ", bad + b"y   "]
    path = save(LIBRARY + member(names, records))
    with pytest.raises(ReadError) as caught:
        read_xpt(path)
    found = [(p.code, p.place.row, p.place.column, p.message) for p in caught.value.problems]
    start = 720 + 320
    assert found == [
        ("READ026", 2, "A", f"text is not utf-8 (2 records), at byte {start + 94 + 3}"),
        ("READ026", 3, "B", f"text is not utf-8 (1 record), at byte {start + 2 * 94 + 90}"),
    ]
    assert "\ufffd" not in str(caught.value)
    with pytest.raises(ReadError) as caught:
        list(iter_xpt(path, 1))
    assert caught.value.problems[0].place.row == 2


def test_undecodable_header_text(save):
    data = LIBRARY + member([namestr(2, 90, 1, b"A", b"ab\xff", 0)], [])
    assert problem(save(data)) == ("READ026", f"header text is not utf-8, at byte {640 + 16 + 2}")


@pytest.mark.parametrize("encoding", ["utf-16", "no-such", "cp037", "utf-7"])
def test_unknown_and_unfit_encodings(save, encoding):
    assert problem(save(SMALL), encoding=encoding)[0] == "READ006"


def test_text_mode_transfer_is_suggested(save):
    names = [namestr(2, 10, 1, b"A", b"", 0), namestr(2, 10, 2, b"B", b"", 10)]
    data = (LIBRARY + member(names, [b"x" * 20] * 8)).replace(b"\n", b"\r\n")
    with pytest.raises(ReadError, match="moved as text, not as binary"):
        read_xpt(save(data))
