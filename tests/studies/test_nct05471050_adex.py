"""ADEX against the true rows of the dosing forms: doses a day, totals, days and intensity."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

from tests.studies.analysis_days import days_between, iso, randomized, true_records
from tests.studies.builds import Package
from tests.studies.truth import read_csv

DRUGS = {"TACROLIMUS": "TAC", "DANAZOL": "DAN"}


def test_intervals_are_those_of_the_answer_sheet(package: Package) -> None:
    true = read_csv(package.answers.folder / "truth" / "exposure_intervals.csv")
    expected = Counter(
        (r["subject"], f"DOSE{DRUGS[r['EXTRT']]}", 2 * float(r["EXDOSE"]), r["EXSTDTC"][:10], r["EXENDTC"])
        for r in true
        if r["subject"] in randomized(package) and r["EXDOSFRQ"] == "BID"
    )
    made = [r for r in package.analysis.records["ADEX"] if r["PARAMCD"].startswith("DOSE")]
    found = ((r["SUBJID"], r["PARAMCD"], float(r["AVAL"]), iso(r["ASTDT"]), iso(r["AENDT"])) for r in made)
    assert Counter(found) == expected
    assert {(r["SRCDOM"], r["SRCVAR"]) for r in made} == {("EX", "EXDOSE")}


def test_totals_are_those_of_the_rows_of_the_forms(package: Package) -> None:
    total: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    days: Counter[tuple[str, str]] = Counter()
    for r in true_records(package, "dosing"):
        if r["EXDOSE"] not in ("", "0"):
            key, length = (r["SUBJID"], DRUGS[r["EXTRT"]]), days_between(r["EXSTDTC"][:10], r["EXENDTC"]) + 1
            days[key] += length
            total[key] += 2 * Decimal(r["EXDOSE"]) * length
    found = {(r["SUBJID"], r["PARAMCD"]): r["AVAL"] for r in package.analysis.records["ADEX"] if not r["SRCDOM"]}
    for (subject, drug), dose in total.items():
        fact = randomized(package)[subject]
        treated = days_between(fact["first_dose"], fact["last_dose"]) + 1
        intensity = (dose / treated).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert Decimal(found[subject, f"TDOSE{drug}"]) == dose
        assert found[subject, f"DAYS{drug}"] == str(days[subject, drug])
        assert Decimal(found[subject, f"INT{drug}"]) == intensity
        assert found[subject, "TRTDUR"] == str(treated)
    arms = {(s, d) for s, f in randomized(package).items() for d in ("TAC", "DAN") if d in f["arm"]}
    assert set(total) == arms
    assert len(found) == 3 * len(arms) + len(randomized(package))
