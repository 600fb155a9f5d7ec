"""The ledger against counts made from the raw files themselves; each row and column has one fate."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from cdisc_itp.model.lineage import Fate, Links, Outcome, Places, TablePlace
from cdisc_itp.reports.ledger import (
    FormRows,
    LedgerError,
    build_ledger,
    check_records,
    counts_by_fate,
    reconcile,
    write_ledger_csv,
)
from tests.build.raw_files import RawFiles
from tests.tiny import STUDIES, csv_rows, spec_and_raw, whole

# Files whose raw columns are their header, and whose lines are their rows.
TABLES = (".csv", ".txt", ".xlsx")
LINES = (".csv", ".txt")


@pytest.mark.parametrize("study", STUDIES)
def test_every_raw_row_and_column_has_one_place(study: str, request: pytest.FixtureRequest) -> None:
    (_, out), (spec, raw) = whole(study, request), spec_and_raw(study, request)
    lines = csv_rows(out / "run/ledger.csv")
    rows = pq.read_table(out / "run/ledger.parquet").to_pylist()
    assert all(row["fate"] != "not accounted for" for row in rows)
    files = RawFiles(raw, spec)
    for file, sheet in sorted({(line["file"], line["sheet"]) for line in lines}):
        cells = files.rows(file, sheet or None)
        here = [line for line in lines if (line["file"], line["sheet"]) == (file, sheet)]
        if Path(file).suffix in TABLES:
            placed = Counter(line["column"] for line in here if line["unit"] == "raw column")
            assert placed == Counter(next(iter(cells.values()))), (file, sheet)
        if Path(file).suffix in LINES:
            silent = len((raw / file).read_bytes().splitlines()) - 1 - len(cells)
            assert sum(int(line["count"]) for line in here if line["unit"] == "passed over") == silent, file
        own = [row for row in rows if (row["file"], row["sheet"]) == (file, sheet)]
        seen = {row["row"] for row in own}
        unread = [line for line in here if line["unit"] == "raw table"]
        assert len(seen) + sum(int(line["count"]) for line in unread) == len(cells), file
        made = Counter((row["row"], row["column"], row["form"]) for row in own)
        assert set(Counter(k[0] for k in made).values()) <= {len(own) // max(1, len(seen))}, file
        total = Counter(
            (line["form"], line["fate"])
            for line in here
            if line["unit"] == "form row"
            for _ in range(int(line["count"]))
        )
        assert total == Counter((row["form"], row["fate"]) for row in own), file


# Counted by hand in tests/tiny_study/raw: rows times the cells that a block takes of each.
FATES = {
    ("a/ae.csv", "submitted", ""): 4,
    ("a/dm.csv", "submitted", ""): 3,
    ("a/ex.csv", "submitted", ""): 3,
    ("a/ex.csv", "merged", "part of an interval that is one record"): 3,
    ("a/ex.csv", "read by look-up", "not (dose GT 0 or dose IS MISSING): dose 0 is an interruption"): 1,
    ("a/lb_1.csv", "submitted", ""): 18,
    ("a/lb_1.csv", "merged", "equal to an earlier row in every column of the form"): 4,
    ("a/lb_1.csv", "not submitted", "no value in the cell"): 2,
    ("a/lb_2.csv", "submitted", ""): 8,
    ("a/lb_2.csv", "merged", "equal to an earlier row in every column of the form"): 4,
    ("a/vs.csv", "submitted", ""): 10,
    ("a/vs.csv", "not submitted", "no value in the cell"): 2,
    ("b/ae.csv", "submitted", ""): 2,
    ("b/dm.csv", "submitted", ""): 2,
    ("b/ex.csv", "submitted", ""): 2,
    ("b/ex.csv", "merged", "part of an interval that is one record"): 1,
    ("b/lb.csv", "submitted", ""): 8,
    ("b/lb.csv", "not submitted", "not (test NE TEST TUBE): empty tubes are counted by the laboratory"): 1,
    ("b/lb.csv", "not submitted", "repeat: a later run replaces it"): 1,
    ("b/notes.csv", "not submitted", "comments are read by the monitor only"): 1,
    ("central/arms.csv", "read by look-up", ""): 4,
    ("central/ranges.csv", "read by look-up", ""): 3,
    ("central/ranges.csv", "not submitted", "no record looks it up"): 2,
}


def test_fates_of_the_tiny_study_counted_by_hand(request: pytest.FixtureRequest) -> None:
    run, out = whole("tiny", request)
    lines = csv_rows(out / "run/ledger.csv")
    totals = [line for line in lines if line["unit"] == "form row"]
    assert {(x["file"], x["fate"], x["reason"]): int(x["count"]) for x in totals} == FATES
    by_fate: Counter[str] = Counter()
    for (_, fate, _), n in FATES.items():
        by_fate[fate] += n
    assert counts_by_fate(run.ledger) == by_fate
    dropped = [(x["column"], x["count"]) for x in lines if x["fate"] == "dropped"]
    assert dropped == [("NAME", "2")]
    assert [(x["file"], x["count"]) for x in lines if x["unit"] == "raw table"] == [("central/units.csv", "1")]


def test_every_exception_is_listed_with_its_place(request: pytest.FixtureRequest) -> None:
    _, out = whole("tiny", request)
    lines = [x for x in csv_rows(out / "run/ledger.csv") if x["unit"] == "exception"]
    listed = {(x["file"], x["row"], x["column"]) for x in lines}
    assert listed == {
        *{("a/ex.csv", r, "") for r in ("3", "4", "7", "8")},
        *{("a/lb_1.csv", "4", c) for c in ("HB", "WBC", "GLU", "CRP")},
        *{("a/lb_2.csv", "3", c) for c in ("HB", "WBC", "GLU", "CRP")},
        *{("b/ex.csv", "4", ""), ("b/lb.csv", "3", ""), ("b/lb.csv", "7", ""), ("b/notes.csv", "2", "")},
        *{("central/ranges.csv", "5", ""), ("central/ranges.csv", "6", "")},
    }


def places(n: int, table: int = 0) -> Places:
    return Places(np.full(n, table, np.int32), np.arange(2, n + 2), np.full(n, -1, np.int32))


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


TABLES = [TablePlace("01", "t", "t.csv", None, 4, "0" * 64)]


def test_of_several_fates_the_gravest_for_the_row_counts() -> None:
    outcomes = [
        Outcome("f", rows(0, 1, 2, 3), Fate.LEFT_OUT, "AA", "why"),
        Outcome("f", rows(0, 1), Fate.READ, "BB"),
        Outcome("f", rows(1), Fate.SUBMITTED, "CC"),
        Outcome("f", rows(3), Fate.REJECTED, "DD", "DATA041"),
    ]
    for order in (outcomes, outcomes[::-1]):
        ledger = build_ledger({"f": FormRows(places(4), None)}, order)
        assert [Fate(f).words for f in ledger.fate] == ["read by look-up", "submitted", "not submitted", "rejected"]
        assert [ledger.datasets[d] for d in ledger.dataset] == ["BB", "CC", "AA", "DD"]
        assert [ledger.reasons[r] for r in ledger.reason] == ["why", "", "why", "DATA041"]


def test_a_row_without_a_fate_does_not_reconcile() -> None:
    ledger = build_ledger({"f": FormRows(places(4), None)}, [Outcome("f", rows(0, 1, 3), Fate.SUBMITTED, "AA")])
    with pytest.raises(LedgerError, match=r"1 rows without a fate, first t.csv row 4"):
        reconcile(ledger, TABLES, {0: 4})


def test_rows_that_the_reader_counted_and_nobody_made_do_not_reconcile() -> None:
    ledger = build_ledger({"f": FormRows(places(4), None)}, [Outcome("f", rows(0, 1, 2, 3), Fate.SUBMITTED, "AA")])
    reconcile(ledger, TABLES, {0: 4})
    with pytest.raises(LedgerError, match=r"t.csv: 4 form rows, 5 by the reader"):
        reconcile(ledger, TABLES, {0: 5})


def test_a_form_that_nobody_must_read_is_left_out_with_its_reason() -> None:
    ledger = build_ledger({"f": FormRows(places(2), "internal")}, [Outcome("f", rows(0), Fate.READ, "AA")])
    assert [ledger.reasons[r] for r in ledger.reason] == ["", "internal"]
    assert counts_by_fate(ledger) == {"read by look-up": 1, "not submitted": 1}


def test_records_and_rows_tell_of_each_other() -> None:
    ledger = build_ledger({"f": FormRows(places(2), None)}, [Outcome("f", rows(0, 1), Fate.SUBMITTED, "AA")])
    behind = Links("AA", "f", rows(0, 1), rows(0, 1))
    check_records(ledger, [behind], {"AA": 2})
    with pytest.raises(LedgerError, match="AA: record 3 comes from no row"):
        check_records(ledger, [behind], {"AA": 3})
    with pytest.raises(LedgerError, match="1 rows, first of f row 3: it stands behind no record and is submitted"):
        check_records(ledger, [Links("AA", "f", rows(0, 1), rows(0, 0))], {"AA": 2})


def test_a_row_behind_a_record_that_is_not_called_submitted_does_not_reconcile() -> None:
    ledger = build_ledger({"f": FormRows(places(2), "internal")}, [Outcome("f", rows(0), Fate.SUBMITTED, "AA")])
    with pytest.raises(LedgerError, match="1 rows, first of f row 3: it stands behind a record and is not submitted"):
        check_records(ledger, [Links("AA", "f", rows(0, 1), rows(0, 1))], {"AA": 2})


def test_a_raw_name_is_no_formula_for_a_spreadsheet(tmp_path: Path) -> None:
    table = TablePlace("=1", "t", "+x.csv", None, 1, "0" * 64)
    ledger = build_ledger({"f": FormRows(places(1), "@reason")}, [])
    write_ledger_csv(tmp_path / "ledger.csv", ledger, [table], [], [], [], [(0, "=why")])
    cells = [c for row in csv_rows(tmp_path / "ledger.csv") for c in row.values()]
    assert {"'=1", "'+x.csv", "'@reason", "'=why"} <= set(cells)
    assert not [c for c in cells if c[:1] in "=+@" and c]
