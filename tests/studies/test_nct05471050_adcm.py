"""ADCM against the answer sheet of each build: what counts as additional ITP therapy, and what does not."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.studies.analysis_days import iso, randomized, true_records
from tests.studies.builds import Package
from tests.studies.truth import Row

TREATS = ("Platelet transfusion", "Splenectomy")


def test_every_medication_and_each_procedure_that_treats(package: Package) -> None:
    drugs = Counter((r["SUBJID"], r["CMTRT"], r["CMSTDTC"]) for r in true_records(package, "medication"))
    found = package.analysis.of("ADCM", SRCDOM="CM")
    assert Counter((r["SUBJID"], r["CMTRT"], r["CMSTDTC"]) for r in found) == drugs
    procedures = [r for r in true_records(package, "procedures") if r["PRTRT"] in TREATS]
    done = package.analysis.of("ADCM", SRCDOM="PR")
    assert Counter((r["SUBJID"], r["CMTRT"]) for r in done) == Counter((r["SUBJID"], r["PRTRT"]) for r in procedures)
    assert {r["CMSEQ"] for r in done} <= {""}


def test_additional_therapy(package: Package) -> None:
    doses: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for made in sorted(package.analysis.records["ADCM"], key=lambda r: int(r["ASTDT"] or 0)):
        start = randomized(package)[made["SUBJID"]]["first_dose"]
        after = iso(made["ASTDT"]) >= start
        if made["SRCDOM"] == "PR":
            expected = after
        elif made["CMCAT"] == "BACKGROUND":
            before = doses[made["SUBJID"], made["CMTRT"]]
            raised = bool(before) and float(made["CMDOSE"]) > float(before[-1]["CMDOSE"])
            expected = after and (raised or not before)
            before.append(made)
        else:
            expected = after and made["CMCAT"] == "ADDITIONAL ITP THERAPY"
        assert made["RESRFL"] == ("Y" if expected else ""), made
        assert bool(made["RESRTYP"]) == expected


def test_a_steroid_that_stays_is_no_event_and_a_raised_one_is(package: Package) -> None:
    background = package.analysis.of("ADCM", CMCAT="BACKGROUND", SRCDOM="CM")
    raised = {r["SUBJID"] for r in background if r["RESRTYP"] == "RAISED BACKGROUND DOSE"}
    assert raised == {s for s, f in randomized(package).items() if f["rescue_kind"] == "STEROID RAISED"}
    assert {r["SUBJID"] for r in background} - raised


def test_before_and_on_treatment(package: Package) -> None:
    for made in package.analysis.records["ADCM"]:
        fact = randomized(package)[made["SUBJID"]]
        start, end = iso(made["ASTDT"]), iso(made["AENDT"]) or "9999"
        assert made["PREFL"] == ("Y" if start < fact["first_dose"] else "")
        on = start <= fact["last_dose"] and end >= fact["first_dose"]
        assert made["ONTRTFL"] == ("Y" if on else "")
