"""Site 01 of the synthetic NCT05471050: codes and decodes, dates of a workbook, ODM history, in the built datasets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import astuple

from cdisc_itp.reports.issues import Issue
from tests.studies.builds import Package
from tests.studies.conftest import Convert
from tests.studies.truth import COMMITTED, Answers, Built, Row

ANSWERS = Answers(COMMITTED)
CASES = {r["case"]: r for r in ANSWERS.planted if r["site"] == "01"}
BLOOD = {"PLAT", "HGB", "WBC", "NEUT"}


@pytest.fixture(scope="module")
def built(specs: Path, converted: Convert) -> Built:
    return Built(converted(specs / "nct05471050", COMMITTED / "raw").frames)


@pytest.fixture(scope="module")
def issues(specs: Path, converted: Convert) -> list[Issue]:
    return converted(specs / "nct05471050", COMMITTED / "raw").issues


@pytest.fixture(scope="module")
def ledger(packages: Callable[[str], Package]) -> list[Row]:
    return packages("main").ledger


def true_value(case: Row, item: str) -> str:
    found = [r for r in ANSWERS.forms[case["form"]] if (r["row"], r["item"]) == (case["row"], item)]
    return next(r["value"] for r in found if r["sheet"] == case["sheet"])


def test_a_route_that_contradicts_itself_is_reported_with_both_words_and_not_guessed(
    built: Built, issues: list[Issue]
) -> None:
    case = CASES["code_against_decode"]
    (first,) = [r for r in built.of("CM", SUBJID=case["subject"]) if r["CMSPID"] == "1"]
    assert first["CMROUTE"] == "" and first["CMTRT"] == "Dexamethasone"
    (issue,) = [i for i in issues if i.code == "DATA037"]
    assert (issue.file, issue.sheet, str(issue.row)) == (case["file"], case["sheet"], case["row"])
    assert issue.value == "1, 静脉滴注" == ", ".join(case["raw"].split(";")) and issue.accepted
    others = [r for r in built.records["CM"] if r is not first]
    assert {r["CMROUTE"] for r in others} == {"ORAL", "INTRAVENOUS", "SUBCUTANEOUS"}


def test_ranges_are_those_of_the_sex(built: Built) -> None:
    assert {r["SEX"] for r in built.records["DM"]} == {"F", "M"}
    (woman, *_) = [r for r in built.of("LB", LBTESTCD="HGB", VISIT="DAY 1") if r["SUBJID"] == "01001"]
    assert (woman["LBORNRLO"], woman["LBORNRHI"]) == ("115", "150")


def test_deleted_rows_are_left_out_with_the_reason(built: Built, ledger: list[Row]) -> None:
    case = CASES["deleted_count"]
    counts = built.of("LB", SUBJID=case["subject"], VISIT="WEEK 4", LBTESTCD="PLAT")
    true = [
        r["value"]
        for r in ANSWERS.forms["blood_count"]
        if (r["subject"], r["visit"], r["item"]) == (case["subject"], "W4", "PLAT")
    ]
    assert [r["LBORRES"] for r in counts] == true
    medicine = built.of("CM", SUBJID=CASES["deleted_medicine"]["subject"], CMSPID="1")
    assert len(medicine) == 1
    left = [r for r in ledger if "deleted in the data capture system" in r["reason"]]
    assert {(r["sheet"], r["count"]) for r in left} == {
        (CASES[n]["sheet"], "1") for n in ("deleted_count", "deleted_medicine")
    }


def test_dates_of_the_workbook_and_text_are_the_same_dates(built: Built) -> None:
    for name, category in (("text_date", "STUDY PARTICIPATION"), ("real_date", "STUDY TREATMENT")):
        case = CASES[name]
        record = built.one("DS", SUBJID=case["subject"], DSSCAT=category)
        assert record["DSSTDTC"] == true_value(case, "DSSTDTC") and len(record["DSSTDTC"]) == 10
    consents = {r["subject"]: r["value"] for r in ANSWERS.forms["consent"] if r["item"] == "RFICDTC"}
    ours = {r["SUBJID"]: r["RFICDTC"] for r in built.of("DM", SITEID="01")}
    assert ours == {s: value for s, value in consents.items() if s.startswith("01")}
    assert all(len(value) == len("2022-07-05T08:30") for value in ours.values())  # no seconds were collected
    case = CASES["partial_birth_uk"]
    record = built.one("DM", SUBJID=case["subject"])
    assert (record["BRTHDTC"], record["AGE"]) == (case["raw"][:7], ANSWERS.subjects[case["subject"]]["age"])


def test_units_and_reasons(built: Built) -> None:
    ours = [r for r in built.of("LB") if r["SUBJID"].startswith("01") and r["LBORRES"]]
    assert {r["LBORRESU"] for r in ours if r["LBTESTCD"] in BLOOD - {"HGB"}} == {"10^9/L"}
    assert {r["LBORRESU"] for r in ours if r["LBTESTCD"] == "CREAT"} == {"umol/L"}
    clotted = built.of("LB", SUBJID=CASES["clotted_code"]["subject"], VISIT="WEEK 6")
    assert {r["LBTESTCD"] for r in clotted} == BLOOD
    assert {(r["LBORRES"], r["LBORRESU"], r["LBSTAT"], r["LBREASND"]) for r in clotted} == {
        ("", "", "NOT DONE", "SAMPLE CLOTTED")
    }
    undone = built.of("LB", SUBJID=CASES["not_done_code"]["subject"], LBSTAT="NOT DONE")
    assert {(r["VISIT"], r["LBREASND"], r["LBCAT"]) for r in undone} == {("WEEK 8", "", "CHEMISTRY")}
    low = built.one("LB", SUBJID=CASES["below_limit_01"]["subject"], VISIT="WEEK 4", LBTESTCD="BILDIR")
    assert (low["LBORRES"], low["LBSTRESC"], low["LBSTRESN"], low["LBSTRESU"]) == ("<2.0", "<2.0", "", "umol/L")


def test_the_remark_with_a_name_is_counted_and_nowhere_shown(built: Built, issues: list[Issue]) -> None:
    case = CASES["leaked_name_01"]
    (issue,) = [i for i in issues if i.code == "DATA073" and i.file == case["file"]]
    assert (issue.sheet, str(issue.row), issue.column, issue.count) == (case["sheet"], case["row"], case["column"], 1)
    name = next(r["value"] for r in ANSWERS.table("identifiers") if r["value"] in case["raw"])
    assert not any(name in str(value) for i in issues for value in astuple(i))
    assert built.of("LB", SUBJID=case["subject"], VISIT="WEEK 2", LBTESTCD="PLAT")


def test_medical_history_comes_from_the_snapshot(built: Built) -> None:
    case = CASES["odm_history"]
    (diagnosis,) = built.of("MH", SUBJID=case["subject"], MHTERM="Immune thrombocytopenia")
    assert (diagnosis["MHEVDTYP"], diagnosis["MHSPID"]) == ("DIAGNOSIS", "1")
    true = {(r["subject"], r["record"]) for r in ANSWERS.forms["medical_history"] if r["file"] == case["file"]}
    found = {(r["SUBJID"], r["MHSPID"]) for r in built.of("MH") if r["SUBJID"].startswith("01")}
    assert found == true and len(found) > 50


@pytest.mark.parametrize(
    ("name", "criterion"), [("age_screen_failure", "INC01"), ("pregnancy_screen_failure", "EXC02")]
)
def test_screen_failures(built: Built, name: str, criterion: str) -> None:
    subject = CASES[name]["subject"]
    record = built.one("DM", SUBJID=subject)
    assert (record["ARMNRS"], record["ARMCD"], record["RFSTDTC"]) == ("SCREEN FAILURE", "", "")
    assert built.one("IE", SUBJID=subject)["IETESTCD"] == criterion
