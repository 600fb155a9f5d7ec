"""Damaged and foreign files: a ReadError with code and byte, or a whole result; no other exception."""

import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_itp.model.issue import ReadError
from cdisc_itp.readers.xpt import read_xpt, read_xpt_header, read_xpt_members


def namestr(kind, length, number, name, label, position):
    tail = struct.pack(">8shhl52s", b" " * 8, 0, 0, position, b"")
    return struct.pack(">4h8s40s8s3h2x", kind, 0, length, number, name, label, b" " * 8, 0, 0, 0) + tail


# TS-140 by hand, byte 0 to 1120: two variables (8 and 4 bytes), six records of 12 bytes, padding.
SMALL = (
    b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000000000000000000000000000  "
    b"SAS     SAS     SASLIB  6.06    bsd4.2                          16FEB11:10:07:55"  # 80
    b"16FEB11:10:07:55                                                                "
    b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140  "  # 240
    b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!000000000000000000000000000000  "  # 320
    b"SAS     ABC     SASDATA 6.06    bsd4.2                          16FEB11:10:07:55"  # 400
    b"16FEB11:10:07:55                A label                                         "  # 480
    b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000000200000000000000000000  "  # 560
    + namestr(1, 8, 1, b"X       ", b"a number".ljust(40), 0)  # 640
    + namestr(2, 4, 2, b"Y       ", b"some text".ljust(40), 8)  # 780
    + b" " * 40  # 920
    + b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!000000000000000000000000000000  "  # 960
    + bytes.fromhex("4110000000000000") + b"ab  "  # 1040
    + b".\0\0\0\0\0\0\0" + b"    "
    + b"A\0\0\0\0\0\0\0" + b" c d"
    + b"_\0\0\0\0\0\0\0" + b"ab  "
    + bytes.fromhex("c276a00000000000") + b"abcd"
    + b"A\0\0\0\0\0\0\0" + b"abcd"
    + b" " * 8
)  # fmt: skip


@pytest.fixture
def save(tmp_path):
    def save_bytes(data, name="abc.xpt"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save_bytes


def problem(path, reader=read_xpt, **options):
    with pytest.raises(ReadError) as caught:
        reader(path, **options)
    (only,) = caught.value.problems
    assert only.place.file == path.name
    return only.code, only.message


def test_undamaged_file_is_read(save):
    assert len(SMALL) == 1120
    assert read_xpt(save(SMALL)).frame.astype(object).to_numpy().tolist()[0] == [1.0, "ab"]


CPORT = b"**COMPRESSED** **COMPRESSED** **COMPRESSED** **COMPRESSED** **COMPRESSED********"


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", "READ020", "the file is empty, at byte 0"),
        (b"STUDYID,USUBJID\n" * 50, "READ020", "not a SAS transport file"),
        (CPORT * 20, "READ020", "not a SAS transport file"),
        (SMALL.replace(b"LIBRARY ", b"LIBV8   "), "READ021", "SAS transport version 8, only version 5 is read"),
        (SMALL[:79], "READ022", "the header ends too early: 161 bytes missing, at byte 79"),
        (b"\n".join(SMALL[i : i + 80] for i in range(0, len(SMALL), 80)), "READ027", "line ends stand between"),
        (b"\r\n".join(SMALL[i : i + 80] for i in range(0, len(SMALL), 80)), "READ027", "line ends stand between"),
        (b"\n".join(SMALL[i : i + 80].rstrip() for i in range(0, 1040, 80)), "READ027", "line ends stand between"),
    ],
)
def test_files_that_are_something_else(save, data, code, message):
    assert problem(save(data))[0] == code
    assert message in problem(save(data))[1]
    assert problem(save(data), read_xpt_header)[0] == code


def test_missing_file(tmp_path):
    assert problem(tmp_path / "none.xpt") == ("READ001", "cannot be opened: No such file or directory")


def changed(offset, new):
    return SMALL[:offset] + new + SMALL[offset + len(new) :]


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (changed(240, b"X"), "READ023", "no MEMBER header record but b'XEADER RECORD*******MEMBER  ', at byte 240"),
        (changed(320, b"X"), "READ023", "no DSCRPTR header record"),
        (changed(560, b"X"), "READ023", "no NAMESTR header record"),
        (changed(960, b"X"), "READ023", "no OBS header record"),
        (changed(314, b"0141"), "READ023", "namestr size is b'0141', not 140 or 136, at byte 314"),
        (changed(614, b"  x2"), "READ023", "number of variables is b'  x2', at byte 614"),
        (changed(614, b"0003"), "READ024", "has type 8224, neither 1 nor 2, at byte 920"),
        (changed(614, b"0001"), "READ023", "no OBS header record"),
        (changed(614, b"9999"), "READ022", "the header ends too early"),
        (changed(640, b"\0\3"), "READ024", "variable 'X' has type 3, neither 1 nor 2, at byte 640"),
        (changed(644, b"\0\1"), "READ024", "variable 'X' has a length of 1 byte, at byte 644"),
        (changed(644, b"\0\x09"), "READ024", "variable 'X' has a length of 9 bytes"),
        (changed(784, b"\xff\xff"), "READ024", "variable 'Y' has a length of -1 bytes, at byte 784"),
        (changed(648, b"        "), "READ024", "variable 1 has no name, at byte 648"),
        (changed(788, b"X       "), "READ024", "two variables have the name 'X', at byte 788"),
        (changed(864, b"\0\0\0\7"), "READ024", "variable 'Y' is at position 7 of the record, not 8"),
        (changed(864, b"\x7f\xff\xff\xff"), "READ024", "variable 'Y' is at position 2147483647"),
        (SMALL[:-1], "READ025", "the file ends inside record 7, 7 of 12 bytes are there"),
        (SMALL[:1041], "READ025", "dataset ABC: the file ends inside record 1, 1 of 12 bytes are there, at byte 1041"),
        (SMALL[:1040] + b"x" * 80, "READ025", "the file ends inside record 7, 8 of 12 bytes"),
    ],
)
def test_damaged_files(save, data, code, message):
    found = problem(save(data))
    assert found[0] == code
    assert message in found[1]


def test_every_truncation_is_told(save):
    for size in range(len(SMALL)):
        check_truncated(save(SMALL[:size]), size)


def check_truncated(path, size):
    if size < 1040:
        assert problem(path)[0] == ("READ020" if size == 0 else "READ022")
    elif size == 1040:
        assert read_xpt(path).records == 0
    else:
        # Cut where a record ends is a whole file (TS-140 has no number of records) but for the padding.
        whole, rest = divmod(size - 1040, 12)
        if rest:
            assert problem(path)[0] == "READ025"
        else:
            assert (read_xpt(path).records, len(read_xpt(path).notes)) == (whole, 2 if whole == 7 else 1)


flips = st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=400)
@given(flips, st.none() | st.integers(0, len(SMALL)), st.sampled_from([None, "ascii", "gb18030", "cp1252"]))
def test_flipped_bytes_give_a_read_error_or_a_whole_result(tmp_path, changes, size, encoding):
    data = bytearray(SMALL)
    for offset, byte in changes:
        data[offset] = byte
    path = tmp_path / "flipped.xpt"
    path.write_bytes(bytes(data[:size]))
    for read in (read_xpt, read_xpt_members):
        try:
            result = read(path, encoding)
        except ReadError as error:
            assert all("READ0" in str(p) for p in error.problems)
            continue
        for file in result if isinstance(result, tuple) else [result]:
            assert len(file.frame) == file.records <= len(data)
            assert list(file.frame.columns) == [v.name for v in file.variables]


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1), st.binary(min_size=2, max_size=2), st.binary(min_size=4, max_size=4))
def test_hostile_lengths_and_positions_allocate_nothing(tmp_path, which, length, position):
    data = bytearray(SMALL)
    at = 640 + 140 * which
    data[at + 4 : at + 6], data[at + 84 : at + 88] = length, position
    path = tmp_path / "hostile.xpt"
    path.write_bytes(bytes(data))
    try:
        assert read_xpt(path).record_length <= 2 * 32767
    except ReadError as error:
        assert error.problems[0].code in ("READ024", "READ025", "READ026")
