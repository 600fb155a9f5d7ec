"""The synthetic NCT05471050: elements and visits of every subject, three builds, from the answer sheet alone."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.studies.builds import Package
from tests.studies.truth import Answers, Facts, Row, facts

# What is collected at visits; response and unscheduled among them.
AT_VISITS = ("blood_count", "chemistry", "lipids", "trough", "vital_signs", "bleeding_score", "response", "unscheduled")
SCREENING = {"ETCD": "SCRN", "ELEMENT": "Screening", "EPOCH": "SCREENING", "TAETORD": "1"}
TREATED = {"TACDAN": "Tacrolimus + danazol", "DAN": "Danazol"}
FOLLOWED = {"ETCD": "FU", "ELEMENT": "Follow-up", "EPOCH": "FOLLOW-UP", "TAETORD": "3"}


def true_elements(truth: Answers) -> Counter[Facts]:
    """Who failed screening has that element only; the others were screened, treated, followed up, in this order."""
    consent = {r["subject"]: r["value"] for r in truth.forms["consent"]}
    dosed: dict[str, list[str]] = defaultdict(list)
    for row in truth.table("exposure_intervals"):
        dosed[row["subject"]].append(row["EXSTDTC"])
    out = Counter[Facts]()
    for subject, said in truth.subjects.items():
        first, last, end = min(dosed[subject], default=""), said["last_dose"], said["last_contact"]
        treated = {"ETCD": said["arm"], "ELEMENT": TREATED.get(said["arm"], ""), "EPOCH": "TREATMENT", "TAETORD": "2"}
        periods = [(SCREENING, consent[subject], first or end)]
        periods += [(treated, first, last)] if first else []
        periods += [(FOLLOWED, last, end)] if first and end > last else []
        for element, start, stop in periods:
            out[facts({"SUBJID": subject, **element, "SESTDTC": start, "SEENDTC": stop})] += 1
    return out


def test_elements(package: Package) -> None:
    found = package.built.records["SE"]
    variables = ("ETCD", "ELEMENT", "EPOCH", "TAETORD", "SESTDTC", "SEENDTC")
    assert package.built.said(found, variables) == true_elements(package.answers)


def test_elements_follow_each_other_from_consent_to_the_last_day(package: Package) -> None:
    elements: dict[str, list[Row]] = defaultdict(list)
    for record in package.built.records["SE"]:
        elements[record["SUBJID"]].append(record)
    for subject in package.built.records["DM"]:
        mine = elements[subject["SUBJID"]]
        assert [r["SESEQ"] for r in mine] == [str(i) for i, _ in enumerate(mine, 1)]
        assert [r["SEENDTC"] for r in mine[:-1]] == [r["SESTDTC"] for r in mine[1:]]
        assert (mine[0]["SESTDTC"], mine[-1]["SEENDTC"]) == (subject["RFICDTC"], subject["RFPENDTC"])


def true_visits(truth: Answers) -> Counter[Facts]:
    """One record of a subject and visit, from the first day on which something of it was collected to the last."""
    days: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    why: dict[tuple[str, str, str, str], str] = {}
    for form in AT_VISITS:
        for row in truth.forms[form]:
            visit = (row["subject"], *truth.visit_of(row))
            if visit[1]:
                days[visit].append(row["date"])
            if row["item"] == "SVUPDES":
                why[visit] = row["value"]
    out = Counter[Facts]()
    for visit, dates in days.items():
        subject, number, name, planned = visit
        happened = "" if name.startswith("UNSCHEDULED") else "Y"
        record = {"VISITNUM": number, "VISIT": name, "VISITDY": planned, "SVPRESP": happened, "SVOCCUR": happened}
        record |= {"SVSTDTC": min(dates), "SVENDTC": max(dates), "SVUPDES": why.get(visit, "")}
        out[facts({"SUBJID": subject, **record})] += 1
    return out


def test_visits(package: Package) -> None:
    variables = ("VISITNUM", "VISIT", "VISITDY", "SVPRESP", "SVOCCUR", "SVSTDTC", "SVENDTC", "SVUPDES")
    found = package.built.said(package.built.records["SV"], variables)
    expected = true_visits(package.answers)
    assert (sorted((found - expected).elements())[:5], sorted((expected - found).elements())[:5]) == ([], [])
    assert any("SVUPDES" in dict(record) for record in expected)


def test_every_visit_of_the_data_is_in_sv(package: Package) -> None:
    visits = {(r["SUBJID"], r["VISITNUM"], r["VISIT"]) for r in package.built.records["SV"]}
    for name, records in package.built.records.items():
        if name != "TV" and records and "VISITNUM" in records[0]:
            assert {(r["SUBJID"], r["VISITNUM"], r["VISIT"]) for r in records if r["VISIT"]} <= visits, name
