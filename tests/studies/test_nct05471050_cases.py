"""The synthetic NCT05471050: the planted cases of site 04, flags, its ranges, tables that the specs hold."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from cdisc_itp.reports.issues import Issue
from tests.studies.conftest import Convert
from tests.studies.truth import COMMITTED, Answers, Built, Row, read_csv, read_sheet

SITE = "04"
ANSWERS = Answers(COMMITTED)
CASES = {r["case"]: r for r in ANSWERS.planted if r["site"] == SITE}
SUBJECTS = {s: r for s, r in ANSWERS.subjects.items() if r["site"] == SITE}
Check = Callable[[Built, Row], object]


@pytest.fixture(scope="module")
def built(specs: Path, converted: Convert) -> Built:
    return Built(converted(specs / "nct05471050", ANSWERS.raw).frames)


@pytest.fixture(scope="module")
def issues(specs: Path, converted: Convert) -> list[Issue]:
    return converted(specs / "nct05471050", ANSWERS.raw).issues


def date_at(case: Row) -> str:
    """The true date of the raw row in which a case is planted."""
    rows = [r for form in ANSWERS.forms.values() for r in form]
    return next(r["date"] for r in rows if (r["file"], r["row"]) == (case["file"], case["row"]))


def count_of(built: Built, case: Row, test: str = "PLAT") -> Row:
    """The laboratory record of a planted row."""
    records = built.of("LB", SUBJID=case["subject"], LBTESTCD=test)
    found = [r for r in records if r["LBDTC"].startswith(date_at(case))]
    assert len(found) == 1
    return found[0]


def holds(record: Row, **wanted: str) -> bool:
    assert {k: record[k] for k in wanted} == wanted
    return True


def platelets(value: str) -> Check:
    return lambda b, c: holds(count_of(b, c), LBORRES=value, LBSTRESC=value, LBSTRESN=value, LBSTRESU="10^9/L")


def clotted(built: Built, case: Row) -> bool:
    return holds(count_of(built, case), LBSTAT="NOT DONE", LBREASND="SAMPLE CLOTTED", LBORRES="", LBSTRESC="")


def clotted_baseline(built: Built, case: Row) -> bool:
    flagged = built.one("LB", SUBJID=case["subject"], LBTESTCD="PLAT", LBLOBXFL="Y")
    return clotted(built, case) and holds(flagged, VISIT="SCREENING", LBSTRESN="3")


def duplicate(built: Built, case: Row) -> bool:
    first = {**case, "row": str(int(case["row"]) - 1)}
    return all(count_of(built, first, t)["VISIT"] == "WEEK 4" for t in ("PLAT", "HGB", "WBC", "NEUT"))


def medication(drug: str, category: str, **more: str) -> Check:
    def check(built: Built, case: Row) -> bool:
        record = built.one("CM", SUBJID=case["subject"], CMTRT=drug, CMCAT=category, **more)
        return holds(record, CMSTDTC=date_at_medication(case))

    return check


def date_at_medication(case: Row) -> str:
    rows = [
        r
        for r in ANSWERS.forms["medication"]
        if r["file"] == case["file"] and r["row"] == case["row"] and r["item"] == "CMSTDTC"
    ]
    return rows[0]["value"]


def screen_failure(criterion: str) -> Check:
    def check(built: Built, case: Row) -> bool:
        empty = dict.fromkeys(("ARM", "ARMCD", "ACTARM", "ACTARMCD", "RFSTDTC"), "")
        subject = built.one("DM", SUBJID=case["subject"])
        return holds(subject, ARMNRS="SCREEN FAILURE", **empty) and bool(
            built.one("IE", SUBJID=case["subject"], IETESTCD=criterion)
        )

    return check


def gap(built: Built, case: Row) -> bool:
    records = built.of("EX", SUBJID=case["subject"], EXTRT="DANAZOL")
    return [(r["EXSTDTC"][:10], r["EXENDTC"]) for r in records] == [
        ("2022-08-22", "2022-10-17"),
        ("2022-10-25", "2022-11-13"),
    ]


def split_by_zero(built: Built, case: Row) -> bool:
    records = built.of("EX", SUBJID=case["subject"], EXTRT="TACROLIMUS", EXDOSE="1.5")
    ends = [(r["EXSTDTC"], r["EXENDTC"]) for r in records]
    return not built.of("EX", EXDOSE="0") and ends == [("2022-07-22", "2022-08-12"), ("2022-08-20", "2022-10-04")]


def before_dose(built: Built, case: Row) -> bool:
    event = built.one("AE", SUBJID=case["subject"], AETERM="Common cold")
    start = built.one("DM", SUBJID=case["subject"])["RFSTDTC"]
    return event["AESTDTC"] < start and holds(event, AESTDY="-2", EPOCH="SCREENING")


CHECKS: dict[str, Check] = {
    "duplicate_row": duplicate,
    "sample_clotted_baseline": clotted_baseline,
    "sample_clotted": clotted,
    "month6_missing": lambda b, c: clotted(b, c) and holds(count_of(b, c), VISIT="MONTH 6"),
    "month6_day215": lambda b, c: platelets("64")(b, c) and holds(count_of(b, c), LBDY="215", VISITNUM="13.035"),
    "month6_day200": lambda b, c: platelets("84")(b, c) and holds(count_of(b, c), LBDY="200", VISIT="MONTH 6"),
    "month6_50": platelets("50"),
    "month6_51": platelets("51"),
    "transfusion_transient": lambda b, c: platelets("120")(b, c) and holds(count_of(b, c), LBDY="51"),
    "platelets_screen_failure": lambda b, c: platelets("46")(b, c) and screen_failure("INC03")(b, c),
    "hpylori_screen_failure": screen_failure("EXC01"),
    "ivig_day150": medication("IVIG", "ADDITIONAL ITP THERAPY", CMSTDY="150"),
    "tpo_ra": medication("Eltrombopag", "ADDITIONAL ITP THERAPY", CMSTDY="66"),
    "steroid_raised": medication("Prednisone", "BACKGROUND", CMDOSE="30", CMSTDY="50"),
    "steroid_stable": medication("Prednisone", "BACKGROUND", CMDOSE="10", CMENRTPT="ONGOING"),
    "transfusion": lambda b, c: b.one("PR", SUBJID=c["subject"], PRTRT="Platelet transfusion", PRSTDY="50"),
    "splenectomy_before": lambda b, c: b.one("PR", SUBJID=c["subject"], PRTRT="Splenectomy", PRSTDTC="2022-03"),
    "bleed_as_event": lambda b, c: b.one("AE", SUBJID=c["subject"], AETERM="Nose bleed"),
    "event_before_dose": before_dose,
    "partial_onset": lambda b, c: b.one("AE", SUBJID=c["subject"], AESTDTC="2022-11", AESTDY="", AEENDTC=""),
    "partial_birth": lambda b, c: b.one("DM", SUBJID=c["subject"], BRTHDTC="1989-05", AGE="33"),
    "below_limit": lambda b, c: holds(count_of(b, c, "BILDIR"), LBORRES="<2.0", LBSTRESC="<2.0", LBSTRESN=""),
    "chemistry_not_done": lambda b, c: holds(count_of(b, c, "ALT"), LBSTAT="NOT DONE", LBSTRESC="", LBNRIND=""),
    "trough_not_done": lambda b, c: b.one("PC", SUBJID=c["subject"], PCSTAT="NOT DONE", VISIT="WEEK 8", PCORRES=""),
    "interruption_row": split_by_zero,
    "interruption_gap": gap,
    "liver_grade2": lambda b, c: (
        holds(count_of(b, c, "ALT"), LBSTRESN="180", LBNRIND="HIGH")
        and holds(b.one("AE", SUBJID=c["subject"]), AETERM="ALT increased", AETOXGR="2")
    ),
}


def test_every_planted_case_has_a_check() -> None:
    assert set(CHECKS) == set(CASES)


@pytest.mark.parametrize("case", CHECKS)
def test_planted(built: Built, case: str) -> None:
    assert CHECKS[case](built, CASES[case])


def test_the_planted_duplicate_is_reported_where_it_lies(issues: list[Issue]) -> None:
    case, found = (
        CASES["duplicate_row"],
        [i for i in issues if i.code == CASES["duplicate_row"]["code"] and i.source == SITE],
    )
    assert [(i.file, str(i.row), i.value, i.count) for i in found] == [(case["file"], case["row"], case["subject"], 4)]


def test_baseline_platelets(built: Built) -> None:
    found = {r["SUBJID"]: r["LBSTRESN"] for r in built.of("LB", LBTESTCD="PLAT", LBLOBXFL="Y")}
    treated = {s: r["baseline"] for s, r in ANSWERS.subjects.items() if r["first_dose"]}
    assert found == treated
    assert len(found) == sum(r["arm"] != "" for r in ANSWERS.subjects.values()) >= 62
    assert all(float(v) < 30 for v in found.values())


@pytest.mark.parametrize("dataset", ["LB", "VS"])
def test_last_observation_before_exposure(built: Built, dataset: str) -> None:
    """Of each test the last record with a result, no later than the first dose (a day without a time counts)."""
    starts = {r["SUBJID"]: r["RFXSTDTC"] for r in built.records["DM"] if r["RFXSTDTC"]}
    last: dict[tuple[str, str], str] = {}
    for r in built.records[dataset]:
        date, start = r[f"{dataset}DTC"], starts.get(r["SUBJID"], "")
        if r[f"{dataset}ORRES"] and date[: len(start)] <= start[: len(date)]:
            key = (r["SUBJID"], r[f"{dataset}TESTCD"])
            last[key] = max(last.get(key, ""), date)
    flagged = built.of(dataset, **{f"{dataset}LOBXFL": "Y"})
    found = {(r["SUBJID"], r[f"{dataset}TESTCD"]): r[f"{dataset}DTC"] for r in flagged}
    assert len(found) == len(flagged)
    assert found == {k: v for k, v in last.items() if k[0] in starts}


def test_reference_ranges(built: Built) -> None:
    """Limits of the site's own file for the subject's sex; the indicator by the collected number and unit."""
    tests = {"PLT": "PLAT"}
    ranges = {
        (tests.get(r["TEST"], r["TEST"]), r["SEX"]): (r["LOW"], r["HIGH"])
        for r in read_sheet(ANSWERS.raw / "central" / "normal_ranges.xlsx")
        if r["SITE"] == SITE
    }
    seen: dict[str, int] = defaultdict(int)
    for r in (r for r in built.records["LB"] if r["SUBJID"] in SUBJECTS):
        low, high = ranges.get((r["LBTESTCD"], SUBJECTS[r["SUBJID"]]["sex"]), ("", ""))
        if r["LBSTAT"] or r["LBORRES"] == "NEGATIVE":
            low = high = ""
        assert (r["LBORNRLO"], r["LBORNRHI"]) == (low, high)
        tenfold = Decimal(10 if r["LBTESTCD"] == "HGB" else 1)
        for text, number in ((low, r["LBSTNRLO"]), (high, r["LBSTNRHI"])):
            assert Decimal(number or -1) == (Decimal(text) * tenfold if text else -1)
        assert r["LBNRIND"] == indicator(r["LBORRES"], low, high)
        seen[r["LBNRIND"]] += 1
    assert min(seen[k] for k in ("LOW", "NORMAL", "HIGH", "")) > 10


def indicator(result: str, low: str, high: str) -> str:
    if not low and not high:
        return ""
    number = Decimal(result.removeprefix("<"))
    if low and number < Decimal(low):
        return "LOW"
    return "HIGH" if high and number > Decimal(high) else "NORMAL"


def spec_table(specs: Path, name: str) -> list[Row]:
    with (specs / "nct05471050" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_arms_are_those_of_the_randomization_system(specs: Path) -> None:
    theirs = read_csv(ANSWERS.raw / "central" / "iwrs_decode.csv")
    ours = [tuple(r.values()) for r in spec_table(specs, "arms.csv")]
    assert ours == [(r["ARM"], r["ARMCD"], r["ARM_NAME"]) for r in theirs]


def test_visits_are_those_of_the_schedule(specs: Path) -> None:
    theirs = read_csv(ANSWERS.raw / "central" / "visit_schedule.csv")
    ours = [tuple(r.values()) for r in spec_table(specs, "visits.csv") if not r.get("source")]
    columns = ("VISITNUM", "DAY", "WINDOW_LOW", "WINDOW_HIGH")
    assert ours == [(r["LABEL"], r[columns[0]], r["LABEL"].upper(), *(r[c] for c in columns[1:])) for r in theirs]


def test_every_data_set_says_that_it_is_synthetic(specs: Path) -> None:
    text = (specs / "nct05471050" / "study.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith(("title:", "data:"))]
    assert len(lines) == 2
    assert all("SYNTHETIC - NO REAL PATIENT" in line for line in lines)
