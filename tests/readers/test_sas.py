"""SAS datasets as raw tables. `sas/README.md` says who wrote the files; pandas' own reader is the second opinion."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cdisc_itp.inspecting import print_stat
from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import RawTable, TableOptions
from cdisc_itp.readers.registry import read_tables
from cdisc_itp.readers.stat_table import SAS, raw_table_from_sas7bdat

DATA = Path(__file__).parent / "sas"
VISITS, IRIS = DATA / "visits.sas7bdat", DATA / "iris.sas7bdat"


def read(path: Path, **options: Any) -> RawTable:
    return raw_table_from_sas7bdat(path, TableOptions(path.name, **options))


def cells(table: RawTable) -> dict[str, list[str | None]]:
    return {str(n): [None if pd.isna(v) else v for v in table.frame[n]] for n in table.frame}


def problems(path: Path, **options: Any) -> list[str]:
    with pytest.raises(ReadError) as caught:
        read(path, **options)
    return [str(p).removeprefix(path.name) for p in caught.value.problems]


def test_cells_are_what_a_person_would_see() -> None:
    """The records are those that `sas/make.py` lists."""
    table = read(VISITS, identifiers=("NAME",))
    assert cells(table) == {
        "ID": ["甲001", "b", "001", "001", "001"],
        "VISIT": ["2022-07-05", None, "1959-12-31", "22831.5", "1960-01-01"],
        "AT": ["2022-07-05T14:30:00", "1960-01-01T00:00:00.5", None, "1000000000000000", None],
        "CLOCK": ["14:30", "08:30:01", "00:00", "86400", None],
        "RESULT": ["0.1", ".A", "0.0000001", "._", ".Z"],
    }
    assert all(isinstance(table.frame[n].dtype, pd.CategoricalDtype) for n in table.frame)
    assert (table.rows.tolist(), table.skipped) == ([1, 2, 4, 5, 6], {"blank row": (3,)})
    assert table.labels == {"ID": "受试者", "VISIT": "Date of visit", "RESULT": "结果"}
    assert (table.dropped, table.decodes) == ({"NAME": 3}, {})
    assert table.sha256 == hashlib.sha256(VISITS.read_bytes()).hexdigest()
    assert [(d.what, d.value) for d in table.detected] == [("encoding", "utf-8")]
    assert table.notes == (
        "VISIT: DATE9 does not fit 1 cell, shown as plain numbers",
        "AT: DATETIME20 does not fit 1 cell, shown as plain numbers",
        "CLOCK: TIME5 does not fit 1 cell, shown as plain numbers",
        "RESULT: special missing values kept as text: 1 x .A, 1 x .Z, 1 x ._",
    )


def test_a_file_of_sas_holds_what_pandas_reads() -> None:
    expected: Any = pd.read_sas(IRIS, encoding="cp1252")
    (table,) = read_tables(DATA, TableOptions("iris.sas7bdat"))
    assert table.frame.shape == (150, 5)
    assert cells(table)["Species"] == expected["Species"].tolist()
    for name in set(expected) - {"Species"}:
        shown = cells(table)[name]
        assert [float(v) for v in shown if v is not None] == expected[name].tolist()
        assert max(len(v) for v in shown if v is not None) == 3  # measured in millimetres: no more digits than these
    assert [(d.what, d.value) for d in table.detected] == [("encoding", "cp1252")]


def test_special_missing_values_of_an_identifier_are_only_counted() -> None:
    table = read(VISITS, identifiers=("RESULT", "ID"))
    assert table.dropped == {"RESULT": 5, "ID": 5}
    assert [n.partition(":")[0] for n in table.notes] == ["VISIT", "AT", "CLOCK"]


def test_text_is_in_the_encoding_declared(tmp_path: Path) -> None:
    """甲 is three bytes in UTF-8, two in GBK: a blank makes up for it."""
    path = tmp_path / "raw.sas7bdat"
    data = VISITS.read_bytes()
    assert data.count("甲001".encode()) == data.count("张".encode()) == 1
    data = data.replace("甲001".encode(), "甲0010".encode("gbk")).replace("张".encode(), "张 ".encode("gbk"))
    data = data.replace("受试者".encode(), "受试者号x".encode("gbk")).replace("结果".encode(), "结果号".encode("gbk"))
    path.write_bytes(data)
    table = read(path, encoding="gbk")
    assert (cells(table)["ID"][0], cells(table)["NAME"][0]) == ("甲0010", "张")
    assert table.labels == {"ID": "受试者号x", "VISIT": "Date of visit", "RESULT": "结果号", "NAME": "Name"}
    assert [(d.value, d.confidence) for d in table.detected] == [("gbk", 1.0)]
    assert problems(path)[0].startswith(": READ081 ")


def test_undecodable_text_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "raw.sas7bdat"
    path.write_bytes(VISITS.read_bytes().replace("甲001".encode(), "甲0010".encode("gbk")))
    assert problems(path) == [" row 1 column ID: READ081 text is not utf-8 (1 record) - declare `encoding`"]


def test_a_catalog_beside_the_file_is_named_and_not_read(tmp_path: Path) -> None:
    for name in ("ae.sas7bdat", "dm.sas7bdat"):
        shutil.copy(IRIS, tmp_path / name)
    for name in ("dm.sas7bcat", "formats.sas7bcat"):
        (tmp_path / name).write_bytes(b"")
    ae, dm = read_tables(tmp_path, TableOptions("*.sas7bdat"))
    assert (ae.notes, dm.notes) == ((), ("dm.sas7bcat is not read: codes have no decodes",))


def test_numbers_beyond_any_date_stay_numbers() -> None:
    texts, wrong = SAS.render(np.array([1e305, -1e305]), "DATE9")
    assert texts.tolist() == ["1" + "0" * 305, "-1" + "0" * 305]
    assert wrong.tolist() == [True, True]
    assert math.isinf(1e305 * 86400)


def test_no_cut_or_strange_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "raw.sas7bdat"
    data = VISITS.read_bytes()
    for size in (0, 8, 300, 1024, 5000, len(data) - 1):
        path.write_bytes(data[:size])
        assert problems(path) == [": READ080 not a readable SAS7BDAT file: Unable to read from file"]
    path.write_bytes(b"A,B\n1,2\n" * 500)
    assert problems(path) == [": READ080 not a readable SAS7BDAT file: Invalid file, or file has unsupported features"]


def test_inspect_shows_variables_and_first_records(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_stat(VISITS, 2, None, as_json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["records"], said["columns"][0]) == (5, {"name": "ID", "label": "受试者"})
    assert [r["RESULT"] for r in said["rows"]] == ["0.1", ".A"]
    assert print_stat(VISITS, 1, "utf-8", as_json=False) == 0
    out = capsys.readouterr().out
    assert "5 records, text utf-8" in out
    assert "row 1: ID=甲001 VISIT=2022-07-05" in out


def test_options_that_do_not_apply_are_refused() -> None:
    with pytest.raises(ReadError, match="READ006 sheet: the option does not apply"):
        read_tables(DATA, TableOptions("visits.sas7bdat", sheet="A"))
