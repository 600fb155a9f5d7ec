"""Exposure as collected: every row of the dosing forms is a record of EC, an interruption with its reason."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.studies.builds import Package
from tests.studies.truth import Row, facts

# An interruption has no dose: its reason is that of the occurrence (SDTMIG 3.4, EC).
INTERRUPTED = {"EXDOSE": "", "EXDOSU": "", "EXADJ": "ECREASOC"}


def true_record(items: Row) -> Row:
    """The record of EC that one row of the dosing form makes."""
    paused = items["EXDOSE"] == "0"
    renamed = {k: INTERRUPTED[k] if paused and k in INTERRUPTED else f"EC{k[2:]}" for k in items if k[:2] == "EX"}
    record = {new: items[old] for old, new in renamed.items() if new}
    return {**record, "SUBJID": items["SUBJID"], "ECOCCUR": "N" if paused else "Y"}


def test_every_row_as_collected(package: Package) -> None:
    rows: dict[tuple[str, str], Row] = defaultdict(dict)
    for r in package.answers.forms["dosing"]:
        rows[r["subject"], r["record"]] |= {"SUBJID": r["subject"], r["item"]: r["value"], "ECSTDY": r["day"]}
    expected = Counter(facts({**true_record(r), "ECSTDY": r["ECSTDY"]}) for r in rows.values())
    known = {k for record in expected for k, _ in record}
    assert {"ECTRT", "ECDOSE", "ECDOSU", "ECDOSFRM", "ECDOSFRQ", "ECROUTE", "ECSTDTC", "ECENDTC", "ECADJ"} <= known
    assert package.built.said(package.built.records["EC"], known) == expected
    assert {(r["ECMOOD"], r["ECPRESP"]) for r in package.built.records["EC"]} == {("PERFORMED", "Y")}


def test_every_row_has_one_fate(package: Package) -> None:
    dosing = [r for r in package.ledger if r["unit"] == "form row" and r["form"] == "dosing" and not r["row"]]
    assert {(r["fate"], r["dataset"]) for r in dosing} == {("submitted", "EC")}
    assert sum(int(r["count"]) for r in dosing) == len(package.built.records["EC"])
