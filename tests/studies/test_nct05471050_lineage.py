"""Lineage of the synthetic NCT05471050: rows that yield to the laboratory or to another site are in it."""

from __future__ import annotations

from collections import Counter

import pyarrow.parquet as pq

from tests.studies.builds import Package

PLACE = ("source", "file", "sheet", "row", "column")


def test_every_row_that_yields_is_in_the_lineage_with_the_row_that_won(package: Package) -> None:
    run = package.folder / "run"
    links = pq.read_table(run / "lineage.parquet").to_pylist()
    ledger = pq.read_table(run / "ledger.parquet").to_pylist()
    lost = [x for x in links if x["yields_to"] is not None]
    expected = [r for r in ledger if (r["reason"] or "").startswith("yields to ")]
    assert expected
    assert Counter((x["origin"], x["fate"], *(x[c] for c in PLACE)) for x in lost) == Counter(
        (r["form"], r["fate"], *(r[c] for c in PLACE)) for r in expected
    )
    behind = {(x["origin"], x["origin_row"]) for x in links if x["record"] and x["variable"] is None}
    assert {(x["origin"], x["yields_to"]) for x in lost} <= behind
