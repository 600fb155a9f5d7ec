"""ADSL against the answer sheet of each build, and main against what was published."""

from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from tests.studies.analysis_days import days_between, iso, randomized, study_day, true_records
from tests.studies.builds import Package
from tests.studies.truth import Row

ARMS = {"TACDAN": "Tacrolimus + danazol", "DAN": "Danazol"}
KINDS = {
    "IVIG": "IVIG",
    "ELTROMBOPAG": "TPO AGENT",
    "RHTPO": "TPO AGENT",
    "STEROID RAISED": "RAISED BACKGROUND DOSE",
    "PLATELET TRANSFUSION": "PLATELET TRANSFUSION",
    "": "",
}


def by_subject(package: Package) -> dict[str, Row]:
    return {r["SUBJID"]: r for r in package.analysis.records["ADSL"]}


def test_one_record_for_each_randomized_subject(package: Package) -> None:
    found = Counter(r["SUBJID"] for r in package.analysis.records["ADSL"])
    assert found == Counter(list(randomized(package)))
    assert set(randomized(package)) < set(package.answers.subjects)


def test_arms_flags_and_dates(package: Package) -> None:
    for subject, fact in randomized(package).items():
        made = by_subject(package)[subject]
        assert (made["TRT01P"], made["TRT01PN"]) == (ARMS[fact["arm"]], "1" if fact["arm"] == "TACDAN" else "2")
        assert (made["TRT01A"], made["TRT01AN"]) == (made["TRT01P"], made["TRT01PN"])
        assert (made["ITTFL"], made["RANDFL"], made["SAFFL"]) == ("Y", "Y", "Y")
        dates = {"RANDDT": "randomized", "TRTSDT": "first_dose", "TRTEDT": "last_dose", "LSTCNDT": "last_contact"}
        assert {v: iso(made[v]) for v in dates} == {v: fact[t] for v, t in dates.items()}
        assert made["TRTDURD"] == str(days_between(fact["first_dose"], fact["last_dose"]) + 1)
        assert (made["SEX"], made["AGE"], made["SITEID"]) == (fact["sex"], fact["age"], fact["site"])


def test_baseline(package: Package) -> None:
    scores = {r["SUBJID"]: 0 for r in true_records(package, "bleeding_score")}
    first = {s: f["first_dose"] for s, f in randomized(package).items()}
    last: dict[str, str] = {}
    for r in package.answers.forms["bleeding_score"]:
        subject, day = r["subject"], r["date"]
        if subject in first and r["item"] == "TOTAL" and r["value"] and last.get(subject, "") <= day <= first[subject]:
            last[subject], scores[subject] = day, int(r["value"])
    for subject, fact in randomized(package).items():
        made = by_subject(package)[subject]
        assert float(made["PLTBL"]) == float(fact["baseline"])
        assert float(made["ITPDUR"]) == float(fact["itp_months"])
        assert made["BLDBL"] == str(scores[subject])


def test_groups_of_age_and_of_sites(package: Package) -> None:
    size = Counter(f["site"] for f in randomized(package).values())
    for subject, fact in randomized(package).items():
        made, age = by_subject(package)[subject], int(fact["age"])
        group = 1 if age < 40 else 2 if age < 60 else 3
        assert (made["AGEGR1"], made["AGEGR1N"]) == (("<40", "40-59", ">=60")[group - 1], str(group))
        assert made["SITEGR1"] == (fact["site"] if size[fact["site"]] >= 10 else "POOLED")


def test_additional_therapy_is_one_date_and_one_kind(package: Package) -> None:
    for subject, fact in randomized(package).items():
        made = by_subject(package)[subject]
        assert iso(made["RESCDT"]) == fact["rescue_date"], subject
        assert made["RESCDY"] == fact["rescue_day"]
        assert made["RESCDY"] == study_day(fact["first_dose"], fact["rescue_date"])
        assert made["RESCTYP"] == KINDS[fact["rescue_kind"]]
        assert made["RESCFL"] == ("Y" if fact["rescue_date"] else "N")


def test_a_major_deviation_leaves_the_per_protocol_population(package: Package) -> None:
    major = {r["SUBJID"] for r in true_records(package, "deviations") if r["DVCAT"] == "MAJOR"}
    assert {s: r["PPROTFL"] for s, r in by_subject(package).items()} == {
        s: "N" if s in major else "Y" for s in randomized(package)
    }


@pytest.mark.parametrize(
    ("form", "status", "reason"), [("end_of_treatment", "EOTSTT", "DCTREAS"), ("end_of_study", "EOSSTT", "DCSREAS")]
)
def test_disposition(package: Package, form: str, status: str, reason: str) -> None:
    for record in true_records(package, form):
        made, decision = by_subject(package)[record["SUBJID"]], record["DSDECOD"]
        completed = decision == "COMPLETED"
        assert (made[status], made[reason]) == (("COMPLETED", "") if completed else ("DISCONTINUED", decision))
        if form == "end_of_study":
            assert iso(made["EOSDT"]) == record["DSSTDTC"]


def test_main_is_what_was_published(package: Package) -> None:
    if package.build != "main":
        pytest.skip("only main is made after the publication")
    records = package.analysis.records["ADSL"]
    arms = {a: [r for r in records if r["TRT01P"] == a] for a in ARMS.values()}
    tacrolimus, danazol = arms["Tacrolimus + danazol"], arms["Danazol"]
    assert (len(tacrolimus), len(danazol)) == (43, 47)
    for arm, age, women, therapy in ((tacrolimus, 48, 24, 14), (danazol, 40, 25, 17)):
        assert median(float(r["AGE"]) for r in arm) == age
        assert sum(r["SEX"] == "F" for r in arm) == women
        assert median(float(r["ITPDUR"]) for r in arm) == 2.0
        assert sum(r["RESCFL"] == "Y" for r in arm) == therapy
        assert max(float(r["PLTBL"]) for r in arm) < 30
    ages = [(min(float(r["AGE"]) for r in arm), max(float(r["AGE"]) for r in arm)) for arm in (tacrolimus, danazol)]
    assert ages == [(30, 53), (28, 51)]
