"""SUPPDM and SUPPAE of the CDISC pilot study against the published ones: flags that the raw exports can tell."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.studies.comparison import Record, built_records, read_published
from tests.studies.conftest import Convert, Converted

# The efficacy population needs the questionnaires, of which none is exported.
NOT_EXPORTED = "EFFICACY"
FLAGS = {"COMPLT8": 190, "COMPLT16": 147, "COMPLT24": 118, "ITT": 254, "SAFETY": 254}
# What tells a report of an event; the published AESEQ cannot be derived.
REPORT = ("USUBJID", "AETERM", "AEDTC", "AEENDTC", "AELLT", "AESEV", "AEREL", "AEOUT")


@pytest.fixture(scope="module")
def made(shared_data: Path, specs: Path, converted: Convert) -> Converted:
    return converted(specs / "cdiscpilot01", shared_data / "pharmaverse" / "raw")


@pytest.fixture(scope="module")
def published(shared_data: Path) -> Path:
    return shared_data / "pharmaverse" / "sdtm"


def cells(records: list[Record]) -> Counter[tuple[tuple[str, object], ...]]:
    return Counter(tuple(sorted(r.items())) for r in records)


def test_population_flags(made: Converted, published: Path) -> None:
    _, theirs = read_published(published / "suppdm.csv", set())
    ours = built_records(made.frames["SUPPDM"])
    assert cells(ours) == cells([r for r in theirs if r["QNAM"] != NOT_EXPORTED])
    assert Counter(str(r["QNAM"]) for r in ours) == FLAGS


def flags(events: list[Record], supplemental: list[Record]) -> list[tuple[object, ...]]:
    """Each report and its flag, or None; what the flags say of themselves is one and the same."""
    assert len({tuple(str(r[v]) for v in r if v not in ("USUBJID", "IDVARVAL", "QVAL")) for r in supplemental}) == 1
    value = {(r["USUBJID"], float(str(r["IDVARVAL"]))): r["QVAL"] for r in supplemental}
    found = [(*(e[v] for v in REPORT), e["AESTDTC"], value.get((e["USUBJID"], e["AESEQ"]))) for e in events]
    return sorted(found, key=repr)


def test_treatment_emergent_flags(made: Converted, published: Path) -> None:
    """Every flag is the published one; where the raw extract lost the start of an event there is none."""
    _, events = read_published(published / "ae.csv", {"AESEQ"})
    _, supplemental = read_published(published / "suppae.csv", set())
    ours = Counter(flags(built_records(made.frames["AE"]), built_records(made.frames["SUPPAE"])))
    theirs = Counter(flags(events, supplemental))
    missing, unknown = theirs - ours, ours - theirs
    assert (sum(ours.values()), sum(missing.values())) == (1191, 15)
    assert {e[-2:] for e in unknown} == {(None, None)}
    assert Counter(e[:-2] for e in missing.elements()) == Counter(e[:-2] for e in unknown.elements())


def test_supplemental_labels_are_the_published_ones(made: Converted, published: Path) -> None:
    for name in ("DM", "AE"):
        _, theirs = read_published(published / f"supp{name.lower()}.csv", set())
        labels = {(r["QNAM"], r["QLABEL"], r["QORIG"], r["QEVAL"]) for r in theirs if r["QNAM"] != NOT_EXPORTED}
        ours = built_records(made.frames[f"SUPP{name}"])
        assert {(r["QNAM"], r["QLABEL"], r["QORIG"], r["QEVAL"]) for r in ours} == labels
