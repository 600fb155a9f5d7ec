"""Protocol deviations: the sponsor's log arrives whole, also a description that a transport file cannot hold."""

from __future__ import annotations

from collections import Counter

from tests.studies.builds import Package
from tests.studies.truth import Row

VARIABLES = ("DVSPID", "DVTERM", "DVDECOD", "DVCAT", "DVSTDTC", "DVSTDY", "DVIDBY")


def whole(record: Row) -> Row:
    """The record with its term put together again."""
    parts = [record["DVTERM"], *(record[n] for n in ("DVTERM1", "DVTERM2") if n in record)]
    return {**record, "DVTERM": " ".join(parts)}


def test_every_line_of_the_log(package: Package) -> None:
    records = [whole(r) for r in package.built.with_supplemental("DV")]
    assert package.built.said(records, VARIABLES) == package.answers.records("deviations", "DVSTDY")


def test_a_long_description_goes_on_in_its_qualifiers(package: Package) -> None:
    terms = [r["value"] for r in package.answers.forms["deviations"] if r["item"] == "DVTERM"]
    assert any(len(t) > 200 for t in terms)
    further = package.built.of("SUPPDV", QNAM="DVTERM1")
    assert len(further) == sum(len(t) > 200 for t in terms)
    assert {(r["QLABEL"], r["QORIG"]) for r in further} == {("Protocol Deviation Term", "Collected")}
    assert all(len(r[v]) <= 200 for r in package.built.records["DV"] for v in r)


def test_what_is_planted_is_a_deviation(package: Package) -> None:
    found = {r["DVDECOD"] for r in package.built.records["DV"]}
    assert "STUDY DRUG NOT RETURNED" in found
    if package.build == "main":
        planted = Counter((r["SUBJID"], r["DVDECOD"]) for r in package.built.records["DV"])
        assert planted["04011", "PRIMARY ENDPOINT NOT ASSESSED"] == planted["04011", "ASSESSMENT OUT OF WINDOW"] == 1
        assert planted["02009", "INFORMED CONSENT"] == 1
        assert {r["EPOCH"] for r in package.built.of("DV", DVDECOD="PRIMARY ENDPOINT NOT ASSESSED")} == {"FOLLOW-UP"}


def test_nobody_who_failed_screening_has_one(package: Package) -> None:
    failed = {s for s, r in package.answers.subjects.items() if r["screen_failure"]}
    assert failed.isdisjoint(r["SUBJID"] for r in package.built.records["DV"])
