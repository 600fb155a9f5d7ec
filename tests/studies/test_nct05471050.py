"""Site 04 of the synthetic NCT05471050: every true value arrives, and nothing else does."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cdisc_itp.pipeline import Order, convert
from tests.studies.conftest import Convert
from tests.studies.truth import RAW, SITE, TRUTH, Built, Facts, Row, facts, read_csv, true_records, truth_of

# What main plants on purpose, and what is not made yet: code, dataset, variable, value.
RAISED = {
    ("DATA050", "laboratory", "", "04008"),
    ("DATA080", "", "", "ARMCD IS PRESENT and RFXSTDTC IS MISSING"),
    ("DATA080", "", "", "reason IS PRESENT"),
    ("STR114", "TS", "", ""),
}
SUBMITTED = {"AE", "CM", "DM", "DS", "EX", "IE", "LB", "MH", "PC", "PR", "SUPPAE", "VS"}
# Forms whose dataset is not part of this package version, or that only decide what DM says.
NO_RECORD = {"bleeding_score", "bleeds", "unscheduled", "screening", "randomization"}
RESULT_FORMS = {"vital_signs": "VS", "blood_count": "LB", "chemistry": "LB", "lipids": "LB"}
# Form -> dataset, the variable of its study day, the condition that picks its records.
RECORD_FORMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "demography": ("DM", "", {}),
    "consent": ("DM", "", {}),
    "eligibility": ("IE", "", {}),
    "medical_history": ("MH", "", {}),
    "medication": ("CM", "", {}),
    "procedures": ("PR", "", {}),
    "adverse_events": ("AE", "", {}),
    "end_of_treatment": ("DS", "", {"DSSCAT": "STUDY TREATMENT"}),
    "end_of_study": ("DS", "", {"DSSCAT": "STUDY PARTICIPATION"}),
}
FIRST_DOSE = {s["subject"]: s["first_dose"] for s in read_csv(TRUTH / "subjects.csv")}
INTERVAL = "part of an interval that is one record"


def visit_numbers() -> dict[str, tuple[str, str, str]]:
    """VISITNUM, VISIT and VISITDY by the short name of a visit, from the central schedule."""
    rows = read_csv(RAW / "central" / "visit_schedule.csv")
    return {r["VISIT"]: (r["VISITNUM"], r["LABEL"].upper(), r["DAY"]) for r in rows}


def true_results(form: str, prefix: str) -> Counter[Facts]:
    """One record of a findings dataset for each value of a form."""
    visits, out = visit_numbers(), Counter[Facts]()
    for row in truth_of(form):
        number, visit, day = visits[row["visit"]]
        record = {
            "TESTCD": row["item"],
            "ORRES": row["value"],
            "ORRESU": row["unit"],
            "STRESC": row["standard_value"],
            "STRESU": row["standard_unit"],
            "STAT": row["status"],
            "REASND": row["reason"],
            "DTC": row["date"] + (f"T{row['time']}" if row["time"] else ""),
            "DY": study_day(row),
        }
        named = {f"{prefix}{k}": v for k, v in record.items()}
        out[facts({"SUBJID": row["subject"], "VISITNUM": number, "VISIT": visit, "VISITDY": day, **named})] += 1
    return out


def study_day(row: Row) -> str:
    """The true day; a subject who was never treated has no reference date and so no study day (SDTMIG 4.4.4)."""
    return row["day"] if FIRST_DOSE[row["subject"]] else ""


@pytest.fixture(scope="module")
def built(specs: Path, converted: Convert) -> Built:
    return Built(converted(specs / "nct05471050", RAW).frames)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, specs: Path) -> Path:
    out = tmp_path_factory.mktemp("nct05471050") / "out"
    convert(Order(specs / "nct05471050", RAW, out))
    return out


@pytest.fixture(scope="module")
def raised(package: Path) -> list[Row]:
    with (package / "run" / "issues.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_form_of_the_truth_is_compared(built: Built) -> None:
    forms = {p.stem for p in (TRUTH / "forms").glob("*.csv")}
    assert forms == {*RESULT_FORMS, *RECORD_FORMS, "trough", "dosing"} | NO_RECORD
    assert set(built.records) == SUBMITTED


@pytest.mark.parametrize("form", RECORD_FORMS)
def test_records(built: Built, form: str) -> None:
    dataset, day, where = RECORD_FORMS[form]
    variables = {row["item"] for row in truth_of(form)}
    records = built.with_supplemental(dataset) if dataset == "AE" else built.of(dataset, **where)
    assert built.said(records, variables) == true_records(form, day)


@pytest.mark.parametrize("dataset", ["LB", "VS"])
def test_results(built: Built, dataset: str) -> None:
    suffixes = ("TESTCD", "ORRES", "ORRESU", "STRESC", "STRESU", "STAT", "REASND", "DTC", "DY")
    variables = [*(f"{dataset}{s}" for s in suffixes), "VISITNUM", "VISIT", "VISITDY"]
    expected = sum((true_results(f, d) for f, d in RESULT_FORMS.items() if d == dataset), Counter[Facts]())
    assert built.said(built.records[dataset], variables) == expected


def test_numeric_results(built: Built) -> None:
    """A standard result that is a number is one in --STRESN too; every other result is none."""
    for dataset in ("LB", "VS", "PC"):
        for r in built.records[dataset]:
            text, number = r[f"{dataset}STRESC"], r[f"{dataset}STRESN"]
            assert (number == "") == (text in ("", "NEGATIVE", "<2.0"))
            assert not number or float(number) == float(text)


def test_troughs(built: Built) -> None:
    expected: dict[tuple[str, str], Row] = {}
    for row in truth_of("trough"):
        record = expected.setdefault((row["subject"], row["record"]), {"SUBJID": row["subject"]})
        if row["item"] == "PCRFTDTC":
            record["PCRFTDTC"] = row["value"]
            continue
        record |= {"PCTESTCD": row["item"], "PCORRES": row["value"], "PCORRESU": row["unit"], "PCDY": row["day"]}
        record |= {"PCSTRESC": row["standard_value"], "PCSTRESU": row["standard_unit"], "PCSTAT": row["status"]}
        record |= {"PCREASND": row["reason"], "PCDTC": row["date"] + (f"T{row['time']}" if row["time"] else "")}
        record["VISITNUM"] = visit_numbers()[row["visit"]][0]
    variables = [v for v in next(iter(expected.values())) if v != "SUBJID"]
    assert built.said(built.records["PC"], variables) == Counter(facts(r) for r in expected.values())


def test_randomized_subjects_and_screen_failures(built: Built) -> None:
    subjects = {s["subject"]: s for s in read_csv(TRUTH / "subjects.csv") if s["site"] == SITE}
    assert {r["SUBJID"] for r in built.records["DM"]} == set(subjects)
    arms = ("ARM", "ARMCD", "ACTARM", "ACTARMCD")
    names = {r["ARMCD"]: r["ARM_NAME"] for r in read_csv(RAW / "central" / "iwrs_decode.csv")}
    for r in built.records["DM"]:
        true = subjects[r["SUBJID"]]
        failed = true["screen_failure"] != ""
        name = names.get(true["arm"], "")
        assert [r[v] for v in arms] == [name, true["arm"], name, true["arm"]]
        assert r["ARMNRS"] == ("SCREEN FAILURE" if failed else "")
        assert [r["RFSTDTC"][:10], r["RFXSTDTC"][:10]] == [true["first_dose"]] * 2
        assert [r["RFENDTC"], r["RFXENDTC"], r["RFPENDTC"]] == [true["last_dose"]] * 2 + [true["last_contact"]]
        assert (r["RFICDTC"][:10], r["SITEID"], r["COUNTRY"]) == (true["consent"], SITE, "CHN")
    assert Counter(bool(r["ARMNRS"]) for r in built.records["DM"]) == {False: 11, True: 2}


def test_milestones(built: Built) -> None:
    inside = [r for r in truth_of("randomization") if r["subject"].startswith(SITE) and r["item"] == "RANDDTC"]
    expected = Counter((r["subject"], r["value"]) for r in inside)
    assert Counter((r["SUBJID"], r["DSSTDTC"]) for r in built.of("DS", DSDECOD="RANDOMIZED")) == expected
    consents = Counter((r["subject"], r["value"]) for r in truth_of("consent"))
    found = built.of("DS", DSDECOD="INFORMED CONSENT OBTAINED")
    assert Counter((r["SUBJID"], r["DSSTDTC"]) for r in found) == consents
    assert len(built.records["DS"]) == 11 + 13 + 11 + 13


def test_exposure(built: Built) -> None:
    variables = ["EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRQ", "EXSTDTC", "EXENDTC", "EXADJ"]
    rows = [r for r in read_csv(TRUTH / "exposure_intervals.csv") if r["subject"].startswith(SITE)]
    expected = Counter(facts({"SUBJID": r["subject"], **{v: r[v] for v in variables}}) for r in rows)
    assert built.said(built.records["EX"], variables) == expected
    assert {(r["EXDOSFRM"], r["EXROUTE"]) for r in built.records["EX"]} == {("CAPSULE", "ORAL")}


def test_counts(package: Path) -> None:
    """Rows by file and fate, as the ledger counts them, against the generator's own counts."""
    with (package / "run" / "ledger.csv").open(encoding="utf-8", newline="") as file:
        ledger = [r for r in csv.DictReader(file) if r["unit"] == "form row" and not r["row"]]
    checked = 0
    for true in read_csv(TRUTH / "counts.csv"):
        fates = Counter[str]()
        for r in ledger:
            if r["file"] == true["file"]:
                fates["submitted" if r["reason"] == INTERVAL else r["fate"]] += int(r["count"])
        assert sum(fates.values()) == int(true["form_rows"])
        if true["form"] not in NO_RECORD:
            assert fates["submitted"] == int(true["submitted"])
            assert (fates["merged"], fates["not submitted"]) == (int(true["merged"]), int(true["left_out"]))
            checked += 1
    assert checked == 15


def test_exit_code(package: Path) -> None:
    assert json.loads((package / "run" / "run.json").read_text("utf-8"))["exit_code"] == 0


def test_issues_are_the_planted_ones_and_each_has_its_reason(raised: list[Row]) -> None:
    assert {(r["code"], r["dataset"], r["variable"], r["value"]) for r in raised} == RAISED
    assert all(r["accepted"] for r in raised)


def test_identifiers_appear_in_no_output(package: Path, built: Built) -> None:
    rows = [r for r in read_csv(TRUTH / "identifiers.csv") if r["file"].startswith(f"site{SITE}/")]
    assert Counter(r["kind"] for r in rows) == dict.fromkeys(
        ("SUBJ_NAME", "SUBJ_INIT", "ID_CARD_NO", "MRN", "PHONE"), 13
    )
    raw = (RAW / "site04" / "dm.csv").read_text("utf-8")
    texts = [p.read_bytes() for p in sorted(package.rglob("*")) if p.is_file() and p.suffix != ".parquet"]
    cells = set(_parquet_cells(package)) | {v for rs in built.records.values() for r in rs for v in r.values()}
    for r in rows:
        assert r["value"] in raw
        assert not any(r["value"] == c or (len(r["value"]) > 2 and r["value"] in c) for c in cells)
        assert len(r["value"]) == 2 or not any(r["value"].encode() in t for t in texts)


def _parquet_cells(package: Path) -> set[str]:
    tables = [pq.read_table(p) for p in sorted(package.rglob("*.parquet"))]
    return {str(v) for t in tables for column in t.columns for v in column.unique().to_pylist() if v is not None}


def test_identifiers_are_counted(package: Path) -> None:
    with (package / "run" / "ledger.csv").open(encoding="utf-8", newline="") as file:
        dropped = {r["column"]: r["count"] for r in csv.DictReader(file) if r["fate"] == "dropped"}
    assert dropped == dict.fromkeys(("SUBJ_NAME", "SUBJ_INIT", "ID_CARD_NO", "MRN", "PHONE"), "13")


def test_same_package_from_several_parts(package: Path, specs: Path, tmp_path: Path) -> None:
    convert(Order(specs / "nct05471050", RAW, tmp_path / "out", parts=3))
    names = sorted(p.relative_to(package) for p in (package / "m5").rglob("*") if p.is_file())
    assert len(names) == len(SUBMITTED) + 1
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (package / name).read_bytes(), name


def test_rules_name_no_site(specs: Path) -> None:
    for path in (specs / "nct05471050" / "sdtm").glob("*.yaml"):
        assert SITE not in path.read_text("utf-8")
