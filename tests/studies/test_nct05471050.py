"""The synthetic NCT05471050, all sites, three builds: every true value arrives, and nothing else does.

``main`` is the committed build, ``edge`` has more dirt, ``random`` has a fresh seed for every commit (CDISC_ITP_SEED
repeats one).
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.studies.builds import SPEC, Package
from tests.studies.truth import Answers, Facts, Row, facts, read_csv

# What says something of the study's specs or of the package as a whole, not of a place in a raw file.
OF_THE_WHOLE = {"DATA080"}
# A laboratory result that is no number or has no conversion has no standard result, the term of an event that is not
# coded is none: the judge of the package says that once more. A unit without a conversion has no reference range.
FOLLOWS = {
    "DATA020": ("FND113",),
    "DATA031": ("FND113", "DATA038"),
    "DATA036": ("DEF129", "STR103"),
}
# Blood counts, chemistry and lipids are one form of the study.
IN_FORMS = dict.fromkeys(("blood_count", "chemistry", "lipids"), "laboratory")
PARTS = ("part of an interval that is one record", "part of a visit that is one record")
TRIAL = {"TA", "TE", "TI", "TS", "TV"}
EVENTS = {"AE", "CE", "DS", "DV", "MH", "SUPPAE", "SUPPDV"}
SUBMITTED = {"CM", "DM", "EC", "EX", "FA", "IE", "LB", "PC", "PR", "RS", "VS", "RELREC", "SE", "SV"} | EVENTS | TRIAL
# Forms whose dataset is not part of this package version, or that only decide what DM says.
NO_RECORD = {"screening", "randomization"}
# Forms with a test of their own, the last four in test_nct05471050_bleeding.py, _deviations.py and _visits.py.
ELSEWHERE = {"trough", "dosing", "response", "bleeding_score", "bleeds", "deviations", "unscheduled"}
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


def true_results(truth: Answers, form: str, prefix: str) -> Counter[Facts]:
    """One record of a findings dataset for each value of a form."""
    out = Counter[Facts]()
    for row in truth.forms[form]:
        number, visit, day = truth.visit_of(row)
        record = {
            "TESTCD": row["item"],
            "ORRES": row["value"],
            "ORRESU": row["unit"],
            "STRESC": row["standard_value"],
            "STRESU": row["standard_unit"] if row["standard_value"] else "",
            "STAT": row["status"],
            "REASND": row["reason"],
            "DTC": row["date"] + (f"T{row['time']}" if row["time"] else ""),
            "DY": truth.study_day(row),
        }
        named = converted_without_zeros({f"{prefix}{k}": v for k, v in record.items()}, prefix)
        out[facts({"SUBJID": row["subject"], "VISITNUM": number, "VISIT": visit, "VISITDY": day, **named})] += 1
    return out


def test_every_form_of_the_truth_is_compared(package: Package) -> None:
    assert set(package.answers.forms) == {*RESULT_FORMS, *RECORD_FORMS} | ELSEWHERE | NO_RECORD
    remarks = any(row["item"] == "REMARK" for row in package.answers.forms["adverse_events"])
    assert set(package.built.records) == SUBMITTED | ({"CO"} if remarks else set())


@pytest.mark.parametrize("form", RECORD_FORMS)
def test_records(package: Package, form: str) -> None:
    built, truth = package.built, package.answers
    dataset, day, where = RECORD_FORMS[form]
    variables = {row["item"] for row in truth.forms[form]}
    records = built.with_supplemental(dataset) if dataset == "AE" else built.of(dataset, **where)
    assert differences(built.said(records, variables), truth.records(form, day)) == ([], [])


def differences(found: Counter[Facts], expected: Counter[Facts]) -> tuple[list[Facts], list[Facts]]:
    """What is too much, what is missing; the first few of each."""
    return sorted((found - expected).elements())[:5], sorted((expected - found).elements())[:5]


@pytest.mark.parametrize("dataset", ["LB", "VS"])
def test_results(package: Package, dataset: str) -> None:
    suffixes = ("TESTCD", "ORRES", "ORRESU", "STRESC", "STRESU", "STAT", "REASND", "DTC", "DY")
    variables = [*(f"{dataset}{s}" for s in suffixes), "VISITNUM", "VISIT", "VISITDY"]
    forms = [f for f, d in RESULT_FORMS.items() if d == dataset]
    expected = sum((true_results(package.answers, f, dataset) for f in forms), Counter[Facts]())
    records = [converted_without_zeros(r, dataset) for r in package.built.records[dataset]]
    assert differences(package.built.said(records, variables), expected) == ([], [])


def converted_without_zeros(record: Row, prefix: str) -> Row:
    """A result that was converted says no digits of its own: 6 and 6.0 are the same."""
    text, unit, standard = (record[f"{prefix}{name}"] for name in ("STRESC", "ORRESU", "STRESU"))
    if unit == standard or not re.fullmatch(r"-?\d+\.\d*0+", text):
        return record
    return {**record, f"{prefix}STRESC": text.rstrip("0").rstrip(".")}


def test_numeric_results(package: Package) -> None:
    """A standard result that is a number is one in --STRESN too; every other result is none."""
    for dataset in ("LB", "VS", "PC"):
        for r in package.built.records[dataset]:
            text, number = r[f"{dataset}STRESC"], r[f"{dataset}STRESN"]
            assert (number == "") == (text in ("", "NEGATIVE", "POSITIVE") or text[0] in "<>")
            assert not number or float(number) == float(text)


def test_troughs(package: Package) -> None:
    truth = package.answers
    expected: dict[tuple[str, str], Row] = {}
    for row in truth.forms["trough"]:
        record = expected.setdefault((row["subject"], row["record"]), {"SUBJID": row["subject"]})
        if row["item"] == "PCRFTDTC":
            record["PCRFTDTC"] = row["value"]
            continue
        record |= {"PCTESTCD": row["item"], "PCORRES": row["value"], "PCORRESU": row["unit"], "PCDY": row["day"]}
        record |= {
            "PCSTRESC": row["standard_value"],
            "PCSTRESU": row["standard_unit"] if row["standard_value"] else "",
            "PCSTAT": row["status"],
        }
        record |= {"PCREASND": row["reason"], "PCDTC": row["date"] + (f"T{row['time']}" if row["time"] else "")}
        record["VISITNUM"] = truth.visit_of(row)[0]
    variables = [v for v in next(iter(expected.values())) if v != "SUBJID"]
    found = package.built.said(package.built.records["PC"], variables)
    assert differences(found, Counter(facts(r) for r in expected.values())) == ([], [])


def test_responses(package: Package) -> None:
    truth, terms = package.answers, {"COMPLETE RESPONSE": "CR", "RESPONSE": "R", "NO RESPONSE": "NR"}
    expected = Counter[Facts]()
    for row in truth.forms["response"]:
        record = {"RSTESTCD": row["item"], "RSORRES": row["value"], "RSSTRESC": terms[row["value"]]}
        record |= {"RSDTC": row["date"], "RSDY": truth.study_day(row), "VISITNUM": truth.visit_of(row)[0]}
        expected[facts({"SUBJID": row["subject"], "RSEVAL": "INVESTIGATOR", **record})] += 1
    variables = ["RSTESTCD", "RSORRES", "RSSTRESC", "RSDTC", "RSDY", "VISITNUM", "RSEVAL"]
    assert differences(package.built.said(package.built.records["RS"], variables), expected) == ([], [])


def test_randomized_subjects_and_screen_failures(package: Package) -> None:
    subjects = package.answers.subjects
    records = package.built.records["DM"]
    assert Counter(r["SUBJID"] for r in records) == Counter(list(subjects))
    arms = ("ARM", "ARMCD", "ACTARM", "ACTARMCD")
    names = {r["ARMCD"]: r["ARM_NAME"] for r in read_csv(package.answers.raw / "central" / "iwrs_decode.csv")}
    for r in records:
        true = subjects[r["SUBJID"]]
        failed = true["screen_failure"] != ""
        name = names.get(true["arm"], "")
        assert [r[v] for v in arms] == [name, true["arm"], name, true["arm"]]
        assert r["ARMNRS"] == ("SCREEN FAILURE" if failed else "")
        assert [r["RFSTDTC"][:10], r["RFXSTDTC"][:10]] == [true["first_dose"]] * 2
        assert [r["RFENDTC"], r["RFXENDTC"], r["RFPENDTC"]] == [true["last_dose"]] * 2 + [true["last_contact"]]
        assert (r["SITEID"], r["COUNTRY"]) == (true["site"], "CHN")


def test_milestones(package: Package) -> None:
    truth, built = package.answers, package.built
    inside = [r for r in truth.forms["randomization"] if r["subject"] in truth.subjects and r["item"] == "RANDDTC"]
    expected = Counter((r["subject"], r["value"]) for r in inside)
    assert Counter((r["SUBJID"], r["DSSTDTC"]) for r in built.of("DS", DSDECOD="RANDOMIZED")) == expected
    consents = Counter((r["subject"], r["value"]) for r in truth.forms["consent"])
    found = built.of("DS", DSDECOD="INFORMED CONSENT OBTAINED")
    assert Counter((r["SUBJID"], r["DSSTDTC"]) for r in found) == consents


def test_exposure(package: Package) -> None:
    variables = ["EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRQ", "EXSTDTC", "EXENDTC", "EXADJ"]
    rows = package.answers.table("exposure_intervals")
    expected = Counter(facts({"SUBJID": r["subject"], **{v: r[v] for v in variables}}) for r in rows)
    assert differences(package.built.said(package.built.records["EX"], variables), expected) == ([], [])
    assert {(r["EXDOSFRM"], r["EXROUTE"]) for r in package.built.records["EX"]} == {("CAPSULE", "ORAL")}


def expected_counts(truth: Answers) -> dict[tuple[str, str, str], Counter[str]]:
    """Form rows by file, sheet and form of the study. Forms of one table (a laboratory's dump) share its rows."""
    out: dict[tuple[str, str, str], Counter[str]] = {}
    for row in truth.table("counts"):
        key = (row["file"], row["sheet"], IN_FORMS.get(row["form"], row["form"]))
        counts = out.setdefault(key, Counter({"rows": int(row["form_rows"])}))
        assert counts["rows"] == int(row["form_rows"])
        counts.update({name: int(row[name]) for name in ("submitted", "merged", "rejected")})
    return out


def test_counts(package: Package) -> None:
    """Rows by file, sheet, form and fate, as the ledger counts them, against the generator's own counts."""
    checked = 0
    for (file, sheet, form), true in expected_counts(package.answers).items():
        reasons = Counter[str]()
        fates = package.fates(file, sheet, form, reasons)
        assert ((file, sheet, form), sum(fates.values())) == ((file, sheet, form), true["rows"])
        if form not in NO_RECORD:
            parts = sum(reasons[p] for p in PARTS)
            kept, merged = fates["submitted"] + parts, fates["merged"] - parts
            left_out = true["rows"] - true["submitted"] - true["merged"] - true["rejected"]
            said = (kept, merged, fates["rejected"], fates["not submitted"])
            expected = (true["submitted"], true["merged"], true["rejected"], left_out)
            assert ((file, sheet, form), said) == ((file, sheet, form), expected)
            checked += 1
    assert checked >= 13 * len({row["site"] for row in package.answers.subjects.values()})


def places(rows: list[Row], code: str = "") -> set[tuple[str, str, str, str]]:
    """Code, file, sheet and row of what was raised or planted."""
    return {(r["code"], r["file"], r["sheet"], r["row"]) for r in rows if r["code"] and code in ("", r["code"])}


def test_planted_issues_come_out_where_they_lie_and_nothing_else_does(package: Package) -> None:
    raised = [r for r in package.occurrences if r["code"] not in OF_THE_WHOLE]
    planted = package.answers.planted
    following = {code for codes in FOLLOWS.values() for code in codes}
    follow = Counter(r["code"] for r in raised if r["code"] in following)
    assert follow == Counter(code for r in planted for code in FOLLOWS.get(r["code"], ()))
    # The judges see the package only: what they find has no place in a raw file.
    data = [r for r in planted if r["code"].startswith("DATA")]
    assert sorted(places([r for r in raised if r["file"] and r["code"] not in following]) ^ places(data)) == []
    found = {r["code"] for r in raised if not r["file"]} - set(follow)
    assert found == {r["code"] for r in planted} - {r["code"] for r in data} - {""}


def test_what_main_plants_is_accepted_with_a_reason_and_nothing_else_is(package: Package) -> None:
    if package.build != "main":
        pytest.skip("accepted.csv speaks of the committed build")
    assert [r for r in package.raised if not r["accepted"]] == []
    assert package.exit_code == 0
    accepted = {row["code"] for row in read_csv(SPEC / "accepted.csv")}
    assert accepted == {row["code"] for row in package.raised}


def test_identifiers_appear_in_no_output(package: Package) -> None:
    rows = package.answers.table("identifiers")
    subjects = len(package.answers.subjects)
    assert len({r["subject"] for r in rows}) == subjects
    texts = [p.read_bytes() for p in sorted(package.folder.rglob("*")) if p.is_file() and p.suffix != ".parquet"]
    built = package.built.records
    cells = set(_parquet_cells(package.folder)) | {v for rs in built.values() for r in rs for v in r.values()}
    secret = {r["value"] for r in rows}
    assert not (secret - set(built)) & cells  # a person's initials may be the name of a domain
    for value in (v for v in secret if len(v) > 2):
        assert not any(value in cell for cell in cells)
        assert not any(value.encode() in text for text in texts)


def _parquet_cells(package: Path) -> set[str]:
    tables = [pq.read_table(p) for p in sorted(package.rglob("*.parquet"))]
    return {str(v) for t in tables for column in t.columns for v in column.unique().to_pylist() if v is not None}


def test_identifiers_are_counted(package: Package) -> None:
    dropped = Counter(
        {(r["file"], r["sheet"], r["column"]): int(r["count"]) for r in package.ledger if r["fate"] == "dropped"}
    )
    expected = Counter[tuple[str, str, str]]()
    for row in package.answers.table("identifiers"):
        expected[row["file"], row["sheet"], row["column"]] += int(row["cells"])
    assert dropped == expected


def test_every_dataset_has_its_file(package: Package) -> None:
    """That several parts write the same bytes is told in tests/test_pipeline.py."""
    names = [p.name for p in (package.folder / "m5").rglob("*") if p.is_file()]
    made = len(package.built.records) + len(package.analysis.records)
    assert sum(n.endswith(".xpt") for n in names) == made
    assert names.count("define.xml") == 2


def test_rules_name_no_site() -> None:
    for path in (SPEC / "sdtm").glob("*.yaml"):
        assert not re.search(r"\b0[1-7]\b", path.read_text("utf-8")), path
