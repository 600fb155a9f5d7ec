"""SPSS files as raw tables: the text that a person would see in SPSS. Files are written by ReadStat."""

from __future__ import annotations

import hashlib
import math
import struct
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import RawTable, TableOptions
from cdisc_itp.readers import readstat
from cdisc_itp.readers.limits import LIMITS, Limits
from cdisc_itp.readers.registry import read_tables
from cdisc_itp.readers.spss_display import render_spss_numbers
from cdisc_itp.readers.stat_table import raw_table_from_spss

ORIGIN = datetime(1582, 10, 14)  # IBM SPSS Statistics, Command Syntax Reference: dates count seconds from here
FORMATS = {"VISIT": "DATE11", "AT": "DATETIME20", "CLOCK": "TIME8", "LASTED": "DTIME11"}
LABELS = {"SEX": {1.0: "男", 2.0: "女"}, "AGE": {999.0: "不详"}, "SITE": {"S1": "北京", "S2": ""}}


def seconds(*parts: int) -> float:
    return (datetime(*parts) - ORIGIN).total_seconds()  # type: ignore[arg-type]


FRAME = pd.DataFrame(
    {
        "SEX": [1.0, 2.0, math.nan, 9.0],
        "AGE": [999.0, 0.1, math.nan, 95.0],
        "SITE": ["S1", "S2 ", "", " X"],
        "VISIT": [seconds(2022, 7, 5), seconds(2022, 7, 5, 14, 30), math.nan, 1.0],
        "AT": [seconds(2022, 7, 5, 14, 30), 0.25 + seconds(9999, 12, 31), math.nan, seconds(1899, 12, 31)],
        "CLOCK": [52200.0, 0.0, math.nan, 100000.0],
        "LASTED": [183600.0, math.nan, math.nan, math.nan],
        "NAME": ["张三", "", "", "Li"],
    }
)


def write(path: Path, **options: Any) -> Path:
    pyreadstat.write_sav(
        FRAME,
        str(path),
        column_labels={"SEX": "性别", "VISIT": "Date of visit"},
        variable_value_labels=LABELS,
        missing_ranges={"AGE": [999.0, {"lo": 90, "hi": 99}], "SITE": [" X"]},
        variable_format=FORMATS,
        **options,
    )
    return path


def read(path: Path, limits: Limits = LIMITS, **options: Any) -> RawTable:
    return raw_table_from_spss(path, TableOptions(path.name, **options), limits)


def cells(table: RawTable) -> dict[str, list[str | None]]:
    return {str(n): [None if pd.isna(v) else v for v in table.frame[n]] for n in table.frame}


def problems(path: Path, limits: Limits = LIMITS, **options: Any) -> list[str]:
    with pytest.raises(ReadError) as caught:
        read(path, limits, **options)
    return [str(p).removeprefix(path.name) for p in caught.value.problems]


@pytest.fixture(params=[{}, {"row_compress": True}, {"compress": True}], ids=["plain", "rows", "zsav"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path / ("raw.zsav" if "compress" in request.param else "raw.sav"), **request.param)


def test_cells_are_what_a_person_would_see(path: Path) -> None:
    table = read(path, identifiers=("NAME",))
    assert cells(table) == {
        "SEX": ["1", "2", "9"],
        "SEX.decode": ["男", "女", None],
        "AGE": ["999", "0.1", "95"],
        "AGE.decode": ["不详", None, None],
        "SITE": ["S1", "S2", " X"],
        "SITE.decode": ["北京", None, None],
        "VISIT": ["2022-07-05", "2022-07-05T14:30:00", "1"],
        "AT": ["2022-07-05T14:30:00", "9999-12-31T00:00:00.25", "1899-12-31T00:00:00"],
        "CLOCK": ["14:30:00", "00:00:00", "100000"],
        "LASTED": ["183600", None, None],
    }
    assert all(isinstance(table.frame[n].dtype, pd.CategoricalDtype) for n in table.frame)
    assert (table.rows.tolist(), table.skipped) == ([1, 2, 4], {"blank row": (3,)})
    assert table.labels == {"SEX": "性别", "VISIT": "Date of visit"}
    assert table.decodes == {"SEX.decode": "SEX", "AGE.decode": "AGE", "SITE.decode": "SITE"}
    assert table.dropped == {"NAME": 2}
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [(d.what, d.value) for d in table.detected] == [("encoding", "utf-8")]
    assert table.notes == (
        "AGE: user-defined missing values kept as they are: 1 x 95, 1 x 999",
        "SITE: user-defined missing values kept as they are: 1 x  X",
        "VISIT: DATE11 does not fit 1 cell, shown as plain numbers",
        "CLOCK: TIME8 does not fit 1 cell, shown as plain numbers",
        "LASTED: DTIME11 is an interval, shown in seconds",
    )


def test_registry_knows_the_suffixes(path: Path) -> None:
    assert cells(read_tables(path.parent, TableOptions(path.name))[0]) == cells(read(path))
    with pytest.raises(ReadError, match="READ006 delimiter: the option does not apply"):
        read_tables(path.parent, TableOptions(path.name, delimiter=";"))


def test_of_an_identifier_nothing_is_given(path: Path) -> None:
    table = read(path, identifiers=("AGE", "SITE", "VISIT", "CLOCK"))
    assert table.decodes == {"SEX.decode": "SEX"}
    assert table.dropped == {"AGE": 3, "SITE": 3, "VISIT": 3, "CLOCK": 3}
    assert set(table.frame) == {"SEX", "SEX.decode", "AT", "LASTED", "NAME"}
    assert [n.partition(":")[0] for n in table.notes] == ["LASTED"]
    assert problems(path, identifiers=("NAMES",)) == [
        ": READ013 identifier column 'NAMES' is not in the table - did you mean 'NAME'?"
    ]


def test_passes_over_the_file_do_not_show(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(path)
    monkeypatch.setattr(readstat, "GROUP", 1)
    again = read(path)
    assert (cells(again), again.notes, again.decodes) == (cells(whole), whole.notes, whole.decodes)


# Widths from the Command Syntax Reference: the shortest that show seconds are DATETIME20, YMDHMS19 and TIME8.
@pytest.mark.parametrize(
    ("display_format", "value", "text"),
    [
        ("ADATE10", seconds(2020, 2, 29), "2020-02-29"),
        ("QYR8", seconds(2020, 4, 1), "2020-04-01"),
        ("DATETIME17", seconds(2020, 2, 29, 8, 30), "2020-02-29T08:30"),
        ("DATETIME17", seconds(2020, 2, 29, 8, 30, 1), "2020-02-29T08:30:01"),
        ("DATETIME23.2", seconds(2020, 2, 29, 8, 30), "2020-02-29T08:30:00"),
        ("DATETIME23.2", seconds(2020, 2, 29, 8, 30) + 0.5, "2020-02-29T08:30:00.5"),
        ("DATETIME17", 13876000000.1, "2022-06-30T20:26:40.1"),
        ("YMDHMS16", seconds(2020, 2, 29, 8, 30), "2020-02-29T08:30"),
        ("YMDHMS19", seconds(2020, 2, 29, 8, 30), "2020-02-29T08:30:00"),
        ("TIME5", 30600.0, "08:30"),
        ("TIME11.2", 30600.25, "08:30:00.25"),
        ("DATE11", seconds(1582, 10, 15), "1582-10-15"),
        ("DATE11", 86399.0, "86399"),
        ("DATE11", 3074325 * 86400.0, "265621680000"),
        ("F8.2", 3.0, "3"),
        ("COMMA8.2", 1e-7, "0.0000001"),
        ("MONTH9", 7.0, "7"),
        ("", 1e15, "1000000000000000"),
    ],
)
def test_numbers_by_format(display_format: str, value: float, text: str) -> None:
    texts, wrong = render_spss_numbers(np.array([value]), display_format)
    assert texts.tolist() == [text]
    assert wrong.tolist() == [display_format == "DATE11" and "-" not in text]


@given(st.datetimes(datetime(1582, 10, 15), datetime(9999, 12, 31)).map(lambda d: d.replace(microsecond=0)))
def test_datetimes_are_those_of_pythons_calendar(moment: datetime) -> None:
    value = (moment - ORIGIN) / timedelta(seconds=1)
    assert render_spss_numbers(np.array([value]), "DATETIME20")[0].tolist() == [moment.isoformat()]


# UTF-8 of two characters is as long as GBK of three: a file that is all GBK, made of one that ReadStat wrote.
IN_GBK = {"名字": "名字号", "标签": "标签号", "男的": "男的人", "中文": "中文字", "未知": "不知道"}


def write_gbk(path: Path, encoding: bytes) -> Path:
    frame = pd.DataFrame({"名字": ["中文", "b", "中文"], "SEX": [1.0, 2.0, 1.0], "NOTE": ["未知", "", ""]})
    values = {"SEX": {1.0: "男的"}, "NOTE": {"未知": "男的"}}
    pyreadstat.write_sav(frame, str(path), column_labels=["标签", "", ""], variable_value_labels=values)
    data = path.read_bytes().replace(b"UTF-8", encoding)
    for utf8, gbk in IN_GBK.items():
        data = data.replace(utf8.encode(), gbk.encode("gbk"))
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("encoding", "option"), [(b"CP936", None), (b"CP936", "gb18030"), (b"UTF-8", "gbk")])
def test_text_is_in_the_files_own_encoding_or_the_one_declared(
    tmp_path: Path, encoding: bytes, option: str | None
) -> None:
    table = read(write_gbk(tmp_path / "raw.sav", encoding), encoding=option)
    assert cells(table) == {
        "名字号": ["中文字", "b", "中文字"],
        "SEX": ["1", "2", "1"],
        "SEX.decode": ["男的人", None, "男的人"],
        "NOTE": ["不知道", None, None],
        "NOTE.decode": ["男的人", None, None],
    }
    assert table.labels == {"名字号": "标签号"}
    (detected,) = table.detected
    assert (detected.value, detected.confidence) == (option or "gbk", 1.0 if option else 0.99)


def test_undecodable_text_has_its_place(tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": ["中文", "b", "中文"], "B": ["x", "标签", "y"]})
    path = tmp_path / "raw.sav"
    pyreadstat.write_sav(frame, str(path))
    data = path.read_bytes()
    path.write_bytes(data.replace("中文".encode(), "中文字".encode("gbk")).replace("标签".encode(), b"\xff" * 6))
    assert problems(path) == [
        " row 1 column A: READ081 text is not utf-8 (2 records) - declare `encoding`",
        " row 2 column B: READ081 text is not utf-8 (1 record) - declare `encoding`",
    ]
    assert [p.partition(" -")[0] for p in problems(path, replace(LIMITS, problems=1))] == [
        " row 1 column A: READ081 text is not utf-8 (2 records)",
        ": READ019 1 more problems are not shown",
    ]


def test_names_and_labels_that_cannot_be_decoded(tmp_path: Path) -> None:
    path = write_gbk(tmp_path / "raw.sav", b"UTF-8")
    assert problems(path) == [": READ081 names or labels are no text in the file's own encoding - declare `encoding`"]
    assert " column SEX: READ081 a value label is not utf-8 - declare `encoding`" in problems(path, encoding="utf-8")
    pyreadstat.write_sav(pd.DataFrame({"A": ["x"]}), str(path))
    path.write_bytes(path.read_bytes().replace(b"UTF-8", b"EUCTW"))
    message = "the file's encoding 'EUCTW' is not known or does not hold ASCII - declare `encoding`"
    assert problems(path) == [f": READ081 {message}"]
    assert cells(read(path, encoding="utf-8")) == {"A": ["x"]}


@pytest.mark.parametrize("encoding", ["nonsense", "utf-16-le"])
def test_an_encoding_that_cannot_be_used(tmp_path: Path, encoding: str) -> None:
    message = f": READ006 encoding {encoding!r} is not known or does not hold ASCII"
    assert problems(write(tmp_path / "raw.sav"), encoding=encoding) == [message]


def test_value_labels_stand_back_where_their_name_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "raw.sav"
    frame = pd.DataFrame({"SEX": [1.0], "SEX.decode": ["x"]})
    pyreadstat.write_sav(frame, str(path), variable_value_labels={"SEX": {1.0: "male"}})
    table = read(path)
    assert (cells(table), table.decodes) == ({"SEX": ["1"], "SEX.decode": ["x"]}, {})
    assert table.notes == ("SEX: value labels are not given, SEX.decode is a variable of the file",)


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "raw.sav")
    size = path.stat().st_size
    assert problems(path, replace(LIMITS, columns=7)) == [": READ007 8 columns are more than the limit of 7"]
    assert problems(path, replace(LIMITS, stored_cells=31)) == [
        ": READ007 4 records x 8 columns are more than the limit of 31 cells"
    ]
    assert problems(path, replace(LIMITS, file_bytes=size - 1)) == [
        f": READ007 {size} bytes are more than the limit of {size - 1}"
    ]
    assert problems(tmp_path / "absent.sav") == [": READ001 cannot be opened: No such file or directory"]


def patch_records(path: Path, records: int) -> Path:
    """The header declares another number of records (int32 at byte 80 of a system file)."""
    data = bytearray(path.read_bytes())
    data[80:84] = struct.pack("<i", records)
    path.write_bytes(data)
    return path


def test_a_file_that_does_not_tell_its_records_is_read_whole(tmp_path: Path) -> None:
    whole = cells(read(write(tmp_path / "raw.sav")))
    assert cells(read(patch_records(tmp_path / "raw.sav", -1))) == whole


def test_declared_records_that_are_not_there_are_refused(tmp_path: Path) -> None:
    path = patch_records(write(tmp_path / "raw.sav"), 5)
    assert problems(path) == [": READ080 not a readable SPSS file: File did not contain the expected number of rows"]
    size = path.stat().st_size
    assert problems(patch_records(path, 2_000_000)) == [
        f": READ080 {size} bytes cannot hold the 2000000 records that the file declares"
    ]


def test_no_cut_file_is_read(path: Path) -> None:
    data = path.read_bytes()
    for size in (0, 4, 175, 200, len(data) // 2, len(data) - 9):  # a row-packed file ends with up to 8 bytes of padding
        path.write_bytes(data[:size])
        assert [p.partition("READ")[2][:3] for p in problems(path)] == ["080"], size


def test_a_file_that_breaks_readstat_down_breaks_nothing_else(tmp_path: Path) -> None:
    """One byte changed by chance in the table of value labels: ReadStat's binding of 2026 ends with a signal."""
    path = Path(__file__).parent / "spss" / "crash.sav"
    assert problems(path)[0].startswith(": READ080 not a readable SPSS file: ")


def test_a_file_that_keeps_readstat_busy_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readstat, "HEADER_SECONDS", 0.001)
    assert problems(write(tmp_path / "raw.sav")) == [
        ": READ080 not a readable SPSS file: ReadStat, its reader, took more than 0 seconds"
    ]


def test_an_encrypted_file_is_told_as_such(tmp_path: Path) -> None:
    """The first bytes of an encrypted system file, from the format's description by PSPP."""
    path = tmp_path / "raw.sav"
    path.write_bytes(b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV\x15\0\0\0" + bytes(64))
    assert problems(path) == [": READ080 the file is encrypted - save it without a password"]
