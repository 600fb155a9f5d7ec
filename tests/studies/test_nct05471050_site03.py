"""Site 03 of the synthetic NCT05471050: what its wide workbook makes hard, in the built datasets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies.conftest import Convert
from tests.studies.truth import COMMITTED, Answers, Built, Row

ANSWERS = Answers(COMMITTED)
FILE = "site03/03中心数据汇总.xlsx"
BLOOD = ("PLAT", "HGB", "WBC", "NEUT")


@pytest.fixture(scope="module")
def built(specs: Path, converted: Convert) -> Built:
    return Built(converted(specs / "nct05471050", COMMITTED / "raw").frames)


def planted(case: str) -> Row:
    """A planted case; its values in the answer sheet say what was collected."""
    return next(row for row in ANSWERS.planted if row["case"] == case)


def true_value(form: str, case: Row, item: str) -> Row:
    """The true value of an item in the visit of a planted case."""
    rows = [r for r in ANSWERS.forms[form] if (r["sheet"], r["row"]) == (case["sheet"], case["row"])]
    visit = next(r["visit"] for r in rows if r["column"] == case["column"])
    return next(r for r in rows if (r["visit"], r["item"]) == (visit, item))


def test_full_width_digits_become_plain_ones(built: Built) -> None:
    case = planted("full_width_digits")
    found = {r["LBTESTCD"]: r for r in built.of("LB", SUBJID=case["subject"], VISIT="WEEK 4") if r["LBTESTCD"] in BLOOD}
    true = {test: true_value("blood_count", case, test)["value"] for test in BLOOD}
    assert {test: r["LBORRES"] for test, r in found.items()} == true
    assert all(r["LBORRES"].isascii() and float(r["LBSTRESN"]) > 0 for r in found.values())
    case = planted("full_width_point")
    record = built.one("VS", SUBJID=case["subject"], VISIT="WEEK 2", VSTESTCD="TEMP")
    assert (record["VSORRES"], case["raw"]) == ("36.6", "３６．６")


def test_a_number_with_two_points_is_submitted_as_collected_and_not_standardized(built: Built) -> None:
    case = planted("two_points")
    record = built.one("LB", SUBJID=case["subject"], VISIT="WEEK 6", LBTESTCD="HGB")
    assert record["LBORRES"] == case["raw"] and ".." in case["raw"]
    assert [record[v] for v in ("LBSTRESC", "LBSTRESN", "LBNRIND", "LBSTAT")] == [""] * 4


def test_the_typing_error_is_listed_with_its_cell(specs: Path, converted: Convert) -> None:
    case, issues = planted("two_points"), converted(specs / "nct05471050", COMMITTED / "raw").issues
    (issue,) = [i for i in issues if i.code == case["code"] and i.file == FILE]
    assert (issue.sheet, str(issue.row), issue.column, issue.value) == (
        case["sheet"], case["row"], case["column"], case["raw"],
    )  # fmt: skip


def test_serial_numbers_are_dates(built: Built) -> None:
    true = {(r["subject"], r["visit"]): f"{r['date']}T{r['time']}" for r in ANSWERS.forms["chemistry"]}
    names = {name: code for code, (_, name, _) in ANSWERS.visits.items()}
    found = [r for r in built.of("LB", LBTESTCD="ALT", LBSTAT="") if r["SUBJID"].startswith("03")]
    assert any((r["SUBJID"], r["VISIT"]) == (planted("serial_date")["subject"], "WEEK 2") for r in found)
    assert len(found) > 70
    assert all(r["LBDTC"] == true[r["SUBJID"], names[r["VISIT"]]] for r in found)


def test_a_merged_cell_speaks_for_every_test_below_it(built: Built) -> None:
    case = planted("sample_clotted_03")
    found = [r for r in built.of("LB", SUBJID=case["subject"], VISIT="WEEK 3") if r["LBTESTCD"] in BLOOD]
    assert sorted(r["LBTESTCD"] for r in found) == sorted(BLOOD)
    assert {(r["LBORRES"], r["LBORRESU"], r["LBSTAT"], r["LBREASND"]) for r in found} == {
        ("", "", "NOT DONE", "SAMPLE CLOTTED")
    }


def test_what_was_not_done_has_no_reason(built: Built) -> None:
    chemistry = built.of("LB", SUBJID=planted("chemistry_not_done_03")["subject"], LBSTAT="NOT DONE")
    assert {(r["VISIT"], r["LBREASND"], r["LBCAT"]) for r in chemistry} == {("WEEK 8", "", "CHEMISTRY")}
    assert len(chemistry) == 11
    trough = built.one("PC", SUBJID=planted("trough_not_done_03")["subject"], PCSTAT="NOT DONE")
    assert (trough["VISIT"], trough["PCORRES"], trough["PCREASND"]) == ("WEEK 8", "", "")


def test_the_unscheduled_count_is_numbered_by_its_day(built: Built) -> None:
    case = planted("unscheduled_count")
    record = built.one("LB", SUBJID=case["subject"], LBTESTCD="PLAT", VISIT="UNSCHEDULED 10.015")
    """Day 100 is 15 days after visit 10, planned on day 85."""
    assert (record["VISITNUM"], record["LBDY"], record["LBORRES"]) == ("10.015", "100", case["raw"])


def test_the_hidden_remark_is_in_no_dataset(built: Built) -> None:
    remark = planted("hidden_remark")["raw"]
    assert not any(remark in value for rs in built.records.values() for r in rs for value in r.values())
    assert all(value.isascii() for rs in built.records.values() for r in rs for value in r.values())


@pytest.mark.parametrize(
    ("case", "criterion", "text"),
    [
        ("secondary_screen_failure", "EXC05", "Secondary thrombocytopenia"),
        ("liver_screen_failure", "EXC04", "Liver or kidney function clearly impaired"),
    ],
)
def test_screen_failures(built: Built, case: str, criterion: str, text: str) -> None:
    subject = planted(case)["subject"]
    record = built.one("DM", SUBJID=subject)
    assert (record["ARMNRS"], record["ARM"], record["RFSTDTC"]) == ("SCREEN FAILURE", "", "")
    exception = built.one("IE", SUBJID=subject)
    assert (exception["IETESTCD"], exception["IETEST"], exception["IECAT"]) == (criterion, text, "EXCLUSION")


def test_a_month_of_birth_stays_one(built: Built) -> None:
    case = planted("partial_birth_03")
    record = built.one("DM", SUBJID=case["subject"])
    assert (record["BRTHDTC"], case["raw"]) == ("1988-06", "1988年6月")
    assert record["AGE"] == ANSWERS.subjects[case["subject"]]["age"]


def test_no_other_case_is_planted_at_the_site() -> None:
    assert {row["case"] for row in ANSWERS.planted if row["site"] == "03"} == {
        "full_width_digits", "full_width_point", "two_points", "serial_date", "sample_clotted_03",
        "chemistry_not_done_03", "trough_not_done_03", "unscheduled_count", "hidden_remark",
        "secondary_screen_failure", "liver_screen_failure", "partial_birth_03",
    }  # fmt: skip
