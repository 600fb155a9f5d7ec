"""ADAE against the answer sheet of each build: dates, flags, occurrences."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta

import pytest

from tests.studies.analysis_days import iso, randomized, study_day, true_records
from tests.studies.builds import Package
from tests.studies.truth import Row


def pairs(package: Package) -> list[tuple[Row, Row]]:
    """Each record of ADAE with its true event."""
    true = {(r["SUBJID"], r["AETERM"], r["AESTDTC"]): r for r in true_records(package, "adverse_events")}
    records = package.analysis.records["ADAE"]
    assert len(true) == len(records) == len(true_records(package, "adverse_events"))
    return [(r, true[r["SUBJID"], r["AETERM"], r["AESTDTC"]]) for r in records]


def first_day(text: str, start: str) -> str:
    """The first day that a date may mean, not before the first dose where it may be later."""
    if len(text) == 10:
        return text
    low = {7: f"{text}-01", 4: f"{text}-01-01"}[len(text)]
    year, month = int(text[:4]), int(text[5:7] or 12)
    high = f"{year:04d}-{month:02d}-{monthrange(year, month)[1]:02d}"
    return max(low, start) if start <= high else low


def test_dates_are_imputed_towards_emergent(package: Package) -> None:
    for made, true in pairs(package):
        fact = randomized(package)[made["SUBJID"]]
        assert iso(made["ASTDT"]) == first_day(true["AESTDTC"], fact["first_dose"])
        assert made["ASTDTF"] == {10: "", 7: "D", 4: "M"}[len(true["AESTDTC"])]
        assert made["ASTDY"] == study_day(fact["first_dose"], iso(made["ASTDT"]))
        end = true.get("AEENDTC", "")
        if len(end) in (0, 10):
            assert (iso(made["AENDT"]), made["AENDTF"]) == (end, "")


def test_treatment_emergent_is_from_the_first_dose_to_28_days_after_the_last(package: Package) -> None:
    for made, _ in pairs(package):
        fact = randomized(package)[made["SUBJID"]]
        start, last = iso(made["ASTDT"]), date.fromisoformat(fact["last_dose"]) + timedelta(28)
        assert made["TRTEMFL"] == ("Y" if fact["first_dose"] <= start <= str(last) else "")
        assert made["PREFL"] == ("Y" if start < fact["first_dose"] else "")


def test_causality_and_grade(package: Package) -> None:
    for made, true in pairs(package):
        related = {true.get("AERELTAC", ""), true.get("AERELDAN", "")} & {"POSSIBLY RELATED", "PROBABLY RELATED"}
        assert made["AREL"] == ("RELATED" if related else "NOT RELATED")
        assert made["ATOXGR"] == made["ATOXGRN"] == true["AETOXGR"]


@pytest.mark.parametrize(
    ("flag", "group", "worst"),
    [
        ("AOCCFL", (), False),
        ("AOCCSFL", ("AEBODSYS",), False),
        ("AOCCPFL", ("AEBODSYS", "AEDECOD"), False),
        ("AOCCIFL", (), True),
        ("AOCCPIFL", ("AEBODSYS", "AEDECOD"), True),
    ],
)
def test_occurrences_are_the_first_of_the_emergent_ones(
    package: Package, flag: str, group: tuple[str, ...], worst: bool
) -> None:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for made, _ in pairs(package):
        if made["TRTEMFL"] == "Y":
            groups[made["SUBJID"], *(made[v] for v in group)].append(made)
        else:
            assert made[flag] == ""
    assert groups
    for records in groups.values():
        key = [(-int(r["ATOXGRN"]) if worst else 0, int(r["ASTDT"]), int(r["AESEQ"])) for r in records]
        assert [r[flag] for r in records] == ["Y" if k == min(key) else "" for k in key]


def test_main_has_no_grade_above_2(package: Package) -> None:
    if package.build != "main":
        pytest.skip("only main is made after the publication")
    records = package.analysis.records["ADAE"]
    assert {r["ATOXGR"] for r in records} == {"1", "2"}
    with_event = {(r["TRTA"], r["SUBJID"]) for r in records if r["TRTEMFL"] == "Y"}
    assert [sum(arm == a for arm, _ in with_event) for a in ("Tacrolimus + danazol", "Danazol")] == [17, 15]
