"""ADPC and ADBLEED of NCT05471050 against the answer sheet."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tests.studies.builds import Package

SITES = {"BLEEDTOT": "TOTAL", "BLEEDSKN": "SKIN", "BLEEDMUC": "MUCOSA", "BLEEDORG": "ORGAN"}


def sas_day(text: str) -> str:
    """Days since 1960-01-01."""
    return str((date.fromisoformat(text) - date(1960, 1, 1)).days)


def test_every_trough_and_whether_it_is_in_range(package: Package) -> None:
    records = package.analysis.records["ADPC"]
    assert {package.answers.subjects[r["SUBJID"]]["arm"] for r in records} == {"TACDAN"}
    results = [r for r in package.built.records["PC"] if r["PCSTRESC"]]
    assert Counter((r["SUBJID"], r["PCSEQ"], r["AVAL"]) for r in records) == Counter(
        (r["SUBJID"], r["PCSEQ"], r["PCSTRESN"]) for r in results
    )
    for r in records:
        assert r["CRIT1FL"] == ("" if not r["AVAL"] else "Y" if 3 <= float(r["AVAL"]) <= 5 else "N")
    assert {r["CRIT1FL"] for r in records} >= {"Y", "N"}


def test_a_trough_near_its_day_is_in_its_window(package: Package) -> None:
    planned = {label: int(day) for _, label, day in package.answers.visits.values() if day}
    records = [r for r in package.analysis.records["ADPC"] if r["VISIT"] in planned]
    near = [r for r in records if abs(int(r["ADY"]) - planned[r["VISIT"]]) <= 3]
    assert len(near) > 100
    assert [r for r in near if r["AVISIT"] != r["VISIT"].removesuffix(" / EOT")] == []


def test_every_bleeding_score_of_a_randomized_subject(package: Package) -> None:
    answers = package.answers
    expected = Counter(
        (row["subject"], row["item"], sas_day(row["date"]), row["value"])
        for row in answers.forms["bleeding_score"]
        if answers.subjects[row["subject"]]["randomized"] and row["value"]
    )
    records = package.analysis.records["ADBLEED"]
    assert Counter((r["SUBJID"], SITES[r["PARAMCD"]], r["ADT"], r["AVAL"]) for r in records) == expected


def test_baseline_change_and_the_worst_score(package: Package) -> None:
    records = package.analysis.records["ADBLEED"]
    groups = {(r["SUBJID"], r["PARAMCD"]) for r in records}
    baseline = {(r["SUBJID"], r["PARAMCD"]): r["AVAL"] for r in records if r["ABLFL"] == "Y"}
    assert set(baseline) == groups
    for r in records:
        assert r["BASE"] == baseline[r["SUBJID"], r["PARAMCD"]]
        after = int(r["ADY"]) > 1
        assert r["CHG"] == (f"{float(r['AVAL']) - float(r['BASE']):g}" if after else "")
    worst = [r for r in records if r["ANL02FL"] == "Y"]
    for one in worst:
        later = [
            r for r in records if (r["SUBJID"], r["PARAMCD"]) == (one["SUBJID"], one["PARAMCD"]) and int(r["ADY"]) > 1
        ]
        assert one["ADT"] == min(later, key=lambda r: (-float(r["AVAL"]), int(r["ADT"])))["ADT"]
