"""Every value of ADRS, ADTTE and the key variables of ADSL against the second implementation."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.studies import oracle_adam as oracle
from tests.studies.builds import Package

FOLDER = Path("m5") / "datasets" / "nct05471050"


@pytest.fixture(scope="module")
def subjects(package: Package) -> dict[str, oracle.Subject]:
    return oracle.read_subjects(package.folder / FOLDER / "tabulations" / "sdtm")


@pytest.fixture(scope="module")
def analysis(package: Package) -> Path:
    return package.folder / FOLDER / "analysis" / "adam" / "datasets"


def told(value: Any) -> Any:
    """A date or a number as the oracle has it."""
    return value.isoformat() if isinstance(value, date) else value


def same(ours: dict[Any, oracle.Row], expected: dict[Any, oracle.Row]) -> None:
    """Every value that the oracle has is in the record of the same key."""
    assert ours.keys() == expected.keys()
    for key, row in expected.items():
        assert {k: told(ours[key][k]) for k in row} == {k: told(v) for k, v in row.items()}, key


def test_subjects(subjects: dict[str, oracle.Subject], analysis: Path) -> None:
    rows = {r["USUBJID"]: r for r in oracle.read_rows(analysis, "adsl")}
    same(rows, {u: oracle.compute_adsl(s) for u, s in subjects.items()})


def test_responses(subjects: dict[str, oracle.Subject], analysis: Path) -> None:
    rows = [r for r in oracle.read_rows(analysis, "adrs") if r["PARAMCD"] != "RSPVIS"]
    ours = {(r["USUBJID"], r["PARAMCD"]): r for r in rows}
    assert len(ours) == len(rows)
    same(ours, {(u, p): row for u, s in subjects.items() for p, row in oracle.compute_adrs(s).items()})


def test_responses_at_visits(subjects: dict[str, oracle.Subject], analysis: Path) -> None:
    collected = {(r["USUBJID"], r["ASEQ"]): r["LBSEQ"] for r in oracle.read_rows(analysis, "adlb")}
    rows = [r for r in oracle.read_rows(analysis, "adrs") if r["PARAMCD"] == "RSPVIS" and r["SRCDOM"] == "ADLB"]
    ours = {(r["USUBJID"], collected[r["USUBJID"], r["SRCSEQ"]]): {"AVALC": r["AVALC"]} for r in rows}
    assert len(ours) == len(rows)
    levels = ((u, oracle.compute_responses_by_visit(s)) for u, s in subjects.items())
    same(ours, {(u, sequence): {"AVALC": level} for u, found in levels for sequence, level in found.items()})


def test_times(subjects: dict[str, oracle.Subject], analysis: Path) -> None:
    ours = {(r["USUBJID"], r["PARAMCD"]): r for r in oracle.read_rows(analysis, "adtte")}
    expected = {}
    for usubjid, subject in subjects.items():
        contact = oracle.day_of(subject.dm["RFPENDTC"])
        assert contact is not None
        expected |= {(usubjid, p): row for p, row in oracle.compute_adtte(subject, contact).items()}
    same(ours, expected)
