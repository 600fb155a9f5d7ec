"""Site 05 of the synthetic NCT05471050: its laboratory system's dump and its CRF, in the built datasets."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cdisc_itp.reports.issues import Issue
from tests.studies.conftest import Convert
from tests.studies.truth import COMMITTED, Answers, Built, Row

ANSWERS = Answers(COMMITTED)
DUMP = "site05/LIS_05_202203-202307.txt"


@pytest.fixture(scope="module")
def built(specs: Path, converted: Convert) -> Built:
    return Built(converted(specs / "nct05471050", COMMITTED / "raw").frames)


@pytest.fixture(scope="module")
def issues(specs: Path, converted: Convert) -> list[Issue]:
    return converted(specs / "nct05471050", COMMITTED / "raw").issues


def planted(case: str) -> Row:
    return next(row for row in ANSWERS.planted if row["case"] == case)


def at(case: Row, shift: int = 0) -> list[str]:
    """The cells of the dump's row in which a case is planted, or of one beside it."""
    lines = (COMMITTED / "raw" / DUMP).read_text(encoding="gbk").splitlines()
    return lines[int(case["row"]) - 1 + shift].split("\t")


def record_of(built: Built, case: Row, test: str) -> Row:
    """The one record of a test in the sample of a planted row."""
    sampled = at(case)[8].replace(" ", "T")
    return built.one("LB", SUBJID=case["subject"], LBTESTCD=test, LBDTC=sampled)


def true_platelets(case: Row, visit: str) -> str:
    return next(
        row["value"]
        for row in ANSWERS.forms["blood_count"]
        if (row["subject"], row["visit"], row["item"]) == (case["subject"], visit, "PLAT")
    )


def test_ten_thousands_are_kept_and_converted(built: Built) -> None:
    case = planted("ten_thousands")
    record = record_of(built, case, "PLAT")
    assert (record["LBORRES"], record["LBORRESU"]) == (at(case)[12], "10^10/L")
    base = ANSWERS.subjects[case["subject"]]["baseline"]
    assert (record["LBSTRESN"], record["LBSTRESU"], record["LBLOBXFL"]) == (base, "10^9/L", "Y")
    assert Decimal(record["LBSTNRLO"]) == Decimal(record["LBORNRLO"]) * 10 == 125
    assert record["LBNRIND"] == "LOW"


def test_one_record_of_each_result(built: Built) -> None:
    """Copies, first runs, EDTA tubes and cancelled rows leave one record of each test and sample."""
    own = [r for r in built.records["LB"] if r["SUBJID"].startswith("05")]
    assert len({(r["SUBJID"], r["LBTESTCD"], r["LBDTC"]) for r in own}) == len(own)
    assert {"RBC", "MPV", "CRP", "TACRO"}.isdisjoint(r["LBTESTCD"] for r in own)


def test_the_later_report_wins(built: Built) -> None:
    case = planted("rerun")
    later = at(case, -1)  # the dump has the latest report first
    assert (later[0], later[10]) == (at(case)[0], at(case)[10]) and later[9] > at(case)[9]
    assert record_of(built, case, "K")["LBORRES"] == later[12] != case["raw"]


@pytest.mark.parametrize(("name", "visit"), [("clumped_citrate", "W3"), ("clotted_citrate", "W10")])
def test_citrate_wins(built: Built, name: str, visit: str) -> None:
    case = planted(name)
    record = record_of(built, case, "PLAT")
    assert record["LBORRES"] == true_platelets(case, visit) != case["raw"]
    assert (record["LBSTAT"], record["LBREASND"]) == ("", "")
    assert record["LBSTRESN"] == str(int(Decimal(record["LBORRES"]) * 10))


def test_a_cancelled_result_is_left_out(built: Built) -> None:
    case = planted("cancelled")
    record = record_of(built, case, "ALT")
    assert (case["raw"], record["LBORRESU"]) == ("412", "U/L")
    assert int(record["LBORRES"]) < 100


def test_visits_come_from_the_windows(built: Built) -> None:
    case = planted("no_visit_column")
    record = record_of(built, case, "PLAT")
    assert (record["VISITNUM"], record["VISIT"], record["VISITDY"]) == ("10", "WEEK 12 / EOT", "85")
    own = [r for r in built.records["LB"] + built.records["PC"] if r["SUBJID"].startswith("05")]
    assert all(r["VISIT"] for r in own)
    never_treated = built.of("LB", SUBJID="05010")
    assert {(r["VISIT"], r["VISITNUM"], r["VISITDY"]) for r in never_treated} == {("SCREENING", "1", "-14")}


def test_what_was_not_obtained(built: Built) -> None:
    clotted = planted("clotted_05")
    record = record_of(built, clotted, "PLAT")
    assert (record["LBSTAT"], record["LBREASND"], record["LBORRES"]) == ("NOT DONE", "SAMPLE CLOTTED", "")
    case = planted("chemistry_not_done_05")
    found = built.of("LB", SUBJID=case["subject"], VISIT="WEEK 8", LBSTAT="NOT DONE")
    assert len(found) == 11
    assert {(r["LBDTC"], r["LBREASND"], r["LBORRESU"]) for r in found} == {(at(case)[8], "", "")}
    trough = built.one("PC", SUBJID=planted("trough_not_done_05")["subject"], PCSTAT="NOT DONE")
    assert (trough["VISIT"], trough["PCORRES"], trough["PCRFTDTC"]) == ("WEEK 2", "", "")


def test_below_the_limit(built: Built) -> None:
    record = record_of(built, planted("below_limit_05"), "BILDIR")
    assert (record["LBORRES"], record["LBSTRESC"], record["LBSTRESN"]) == ("<2.0", "<2.0", "")


def test_the_laboratory_wins_over_the_crf_and_the_difference_is_asked(built: Built, issues: list[Issue]) -> None:
    case = planted("crf_conflict")
    (issue,) = [i for i in issues if i.code == case["code"]]
    assert (issue.file, str(issue.row), issue.count) == (case["file"], case["row"], 1)
    true = true_platelets(case, "W8")
    record = built.one("LB", SUBJID=case["subject"], LBTESTCD="PLAT", VISIT="WEEK 8")
    assert record["LBORRES"] == true and record["LBORRESU"] == "10^10/L"
    assert case["raw"] in issue.value and record["LBSTRESC"] in issue.value and case["raw"] != record["LBSTRESC"]
    assert issue.accepted


def test_leaked_remarks_are_counted_and_in_no_dataset(built: Built, issues: list[Issue]) -> None:
    leaks = [planted(name) for name in ("leaked_name", "leaked_number")]
    assert sum(i.count for i in issues if i.code == "DATA073" and i.file == DUMP) == len(leaks)
    values = {v for rs in built.records.values() for r in rs for v in r.values()}
    assert not any(leak["raw"] in value for leak in leaks for value in values)
    assert all(value.isascii() for value in values)


def test_the_screen_failure(built: Built) -> None:
    subject = planted("hpylori_screen_failure_05")["subject"]
    record = built.one("DM", SUBJID=subject)
    assert (record["ARMNRS"], record["ARM"], record["RFSTDTC"], record["SITEID"]) == ("SCREEN FAILURE", "", "", "05")
    exception = built.one("IE", SUBJID=subject)
    assert (exception["IETESTCD"], exception["IETEST"]) == ("EXC01", "Helicobacter pylori positive")


def test_no_other_case_is_planted_at_the_site() -> None:
    cases = {row["case"] for row in ANSWERS.planted if row["site"] == "05"}
    assert cases == {
        "ten_thousands", "duplicate_row_05", "rerun", "no_visit_column", "clumped_citrate", "clotted_citrate",
        "below_limit_05", "chemistry_not_done_05", "trough_not_done_05", "crf_conflict", "cancelled", "clotted_05",
        "leaked_name", "leaked_number", "hpylori_screen_failure_05",
    }  # fmt: skip
