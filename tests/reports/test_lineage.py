"""Lineage: every record comes from a row of a raw file, and look-ups are there."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pyreadstat
import pytest

from cdisc_itp.model.lineage import Fate, Links, Places, TablePlace, Yielded
from cdisc_itp.reports.lineage import COLUMNS, FormYields, write_lineage
from tests.tiny import STUDIES, TINY, run_tiny, spec_and_raw, whole


def links(out: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / "run" / "lineage.parquet").to_pylist()
    return found


@pytest.mark.parametrize("study", STUDIES)
def test_every_record_has_a_row_behind_it(study: str, request: pytest.FixtureRequest) -> None:
    (run, out), (_, raw) = whole(study, request), spec_and_raw(study, request)
    linked: dict[str, set[int]] = {}
    for link in links(out):
        if link["variable"] is None or link["dataset"].startswith(("CO", "SUPP", "RELREC")):
            linked.setdefault(link["dataset"], set()).add(link["record"])
        if link["dataset"] in run.study.trial:
            lines = (run.order.study / link["origin"]).read_text("utf-8").splitlines()
            assert lines[link["origin_row"] - 1] and link["file"] is None
        elif link["dataset"] in run.study.analysis.datasets:
            assert link["origin"] in {*run.datasets, *run.study.analysis.datasets}
            assert link["file"] is None
        elif link["variable"] is None:
            assert (raw / link["file"]).is_file()
    for path in (p for made in run.packages for p in (out / made.folder).glob("*.xpt")):
        frame, _ = pyreadstat.read_xport(str(path))
        assert linked[path.stem.upper()] == set(range(1, len(frame) + 1)), path.name


def test_rows_and_look_ups_of_the_tiny_study_counted_by_hand(request: pytest.FixtureRequest) -> None:
    _, out = whole("tiny", request)
    counts = Counter((x["dataset"], x["variable"], x["origin"]) for x in links(out))
    assert counts["EX", None, "dosing"] == 9  # ten rows, one of them an interruption; intervals keep theirs
    assert counts["DM", None, "demography"] == 5
    assert counts["DM", "ARMCD", "randomization"] == 4  # one subject is not on the list
    assert counts["DM", "RFXSTDTC", "EX"] == 4
    assert counts["DM", "RFCSTDTC", "LB"] == 5
    assert counts["DM", "RFCSTDTC", "dosing"] == 4
    assert counts["LB", "LBORNRLO", "ranges"] == 24  # neither CRP, which has two ranges, nor where one was exported
    assert counts["SUPPDM", "QVAL", "DM"] == 13


def test_an_interval_is_made_of_the_rows_that_it_joins(request: pytest.FixtureRequest) -> None:
    _, out = whole("tiny", request)
    frame, _ = pyreadstat.read_xport(str(next((out).rglob("ex.xpt"))))
    record = frame["USUBJID"].tolist().index("TINY-01-102") + 1
    behind = [(x["file"], x["row"]) for x in links(out) if (x["dataset"], x["record"]) == ("EX", record)]
    assert [b for b in behind if b[0]] == [("a/ex.csv", 6), ("a/ex.csv", 7), ("a/ex.csv", 8)]


def test_what_first_took_is_the_row_with_the_earliest_date(request: pytest.FixtureRequest) -> None:
    _, out = whole("tiny", request)
    read = {n: pyreadstat.read_xport(str(next((out).rglob(f"{n}.xpt"))))[0] for n in ("dm", "ex")}
    for link in links(out):
        if (link["dataset"], link["variable"]) == ("DM", "RFXSTDTC"):
            dm, ex = read["dm"].iloc[link["record"] - 1], read["ex"].iloc[link["origin_row"] - 1]
            own = read["ex"][read["ex"]["USUBJID"] == dm["USUBJID"]]
            assert ex["USUBJID"] == dm["USUBJID"]
            assert ex["EXSTDTC"] == dm["RFXSTDTC"] == min(own["EXSTDTC"])


def test_a_line_that_does_not_apply_to_a_record_took_nothing(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()

    shutil.copytree(TINY / "spec", tmp_path / "spec", dirs_exist_ok=True)
    path = tmp_path / "spec/sdtm/ae.yaml"
    path.write_text(
        path.read_text().replace("supplemental:", "  AEENTPT: {assign: DM.RFENDTC, when: {AESER: Y}}\nsupplemental:")
    )
    run_tiny(tmp_path / "out", spec=tmp_path / "spec")
    frame, _ = pyreadstat.read_xport(str(next((tmp_path / "out").rglob("ae.xpt"))))
    serious = {i + 1 for i, v in enumerate(frame["AESER"]) if v == "Y"}
    took = {x["record"] for x in links(tmp_path / "out") if (x["dataset"], x["variable"]) == ("AE", "AEENTPT")}
    assert took == serious
    assert 0 < len(serious) < len(frame)


TABLES = [TablePlace("01", "t", "t.csv", None, 9, "0" * 64)]


def at(n: int) -> Places:
    return Places(np.zeros(n, np.int32), np.arange(n) + 2, np.full(n, -1, np.int32))


def test_columns_numbers_and_nulls(tmp_path: Path) -> None:
    one = Links("AA", "form", np.array([1, 0]), np.array([4, 3]))
    other = Links("AA", "BB", np.array([1]), np.array([0]), "AAX")
    write_lineage(tmp_path / "l.parquet", [other, one], {"form": at(5)}, TABLES, [])
    table = pq.read_table(tmp_path / "l.parquet")
    assert tuple(table.column_names) == COLUMNS
    rows = [(r["record"], r["variable"], r["origin_row"], r["file"], r["row"]) for r in table.to_pylist()]
    assert rows == [(1, None, 4, "t.csv", 5), (2, None, 5, "t.csv", 6), (2, "AAX", 1, None, None)]


def test_how_the_work_was_cut_cannot_be_told(tmp_path: Path) -> None:
    record, row = np.arange(6), np.array([5, 4, 3, 2, 1, 0])
    whole = [Links("AA", "form", record, row)]
    parts = [Links("AA", "form", record[3:], row[3:]), Links("AA", "form", record[:3], row[:3])]
    for name, given in (("a", whole), ("b", parts)):
        write_lineage(tmp_path / name, given, {"form": at(6)}, TABLES, [])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_rows_that_yield_come_last_with_their_fate_and_the_row_that_won(tmp_path: Path) -> None:
    one = Links("AA", "form", np.array([0]), np.array([3]))
    fates = np.array([Fate.LEFT_OUT, Fate.READ], np.int8)
    yields = FormYields("form", Yielded(np.array([4, 1]), np.array([3, 4])), fates)
    write_lineage(tmp_path / "l.parquet", [one], {"form": at(5)}, TABLES, [], [yields])
    rows = pq.read_table(tmp_path / "l.parquet").to_pylist()
    assert [tuple(r[c] for c in ("dataset", "record", "origin_row", "row", "fate", "yields_to")) for r in rows] == [
        ("AA", 1, 4, 5, None, None),
        (None, None, 2, 3, "read by look-up", 5),
        (None, None, 5, 6, "not submitted", 4),
    ]
    assert {(r["origin"], r["variable"], r["file"]) for r in rows} == {("form", None, "t.csv")}


def test_nothing_linked(tmp_path: Path) -> None:
    write_lineage(tmp_path / "l.parquet", [], {}, TABLES, [])
    assert pq.read_table(tmp_path / "l.parquet").num_rows == 0
