"""The CDISC pilot study as pharmaverse publishes it: raw exports and SDTM made by others."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.studies.comparison import Difference, assert_equal, built_records, compare, lines_of, variables_made
from tests.studies.conftest import Convert, Converted

# What the raw exports do not hold: the published value is empty, or made from what was not exported.
NOT_DERIVABLE = {
    "DM": {
        "RFICDTC": "the published one is empty, though the export has a date of consent",
        "RFPENDTC": "made from the last contact in all of the study's forms, of which five are exported",
        "BRTHDTC": "the export has an age and no date of birth",
        "ARMNRS": "the published one is SCREEN FAILURE beside ARM and ARMCD, which SDTMIG 3.4 forbids",
    },
    "DS": {"DSSPID": "the sponsor's number is not exported"},
    "EX": {},
    "AE": {
        "AESEQ": "the published order is by AESPID",
        "AESPID": "the sponsor's number is not exported",
        "AELLTCD": "the published one is empty, though the export has the code",
        "AESOCCD": "the published one is empty, though the export has the code",
    },
}
KEYS = {"DM": ["USUBJID"], "DS": ["USUBJID", "DSSEQ"], "EX": ["USUBJID", "EXSEQ"]}
# Records and scored variables, counted in the published files.
SIZE = {"DM": (306, 24), "DS": (850, 12), "EX": (591, 17), "AE": (1191, 31)}
# AESEQ cannot be derived, so AE is joined on what was reported of the event; ten pairs of reports agree in that
# too, and are numbered by the rest of what tells them apart. AESTDTC is no key: the export lost some of them.
AE_KEYS = ["USUBJID", "AETERM", "AEDTC", "AEENDTC"]
AE_THEN = ["AESTDTC", "AELLT", "AESEV", "AEREL", "AEOUT"]
# The export has no start date in these 15 reports, where the published AESTDTC has year and month.
LOST_STARTS = {
    ("01-701-1148", "DYSPEPSIA", "2014-02-08", None): "2012-02",
    ("01-701-1192", "COUGH", "2012-09-23", None): "2010-06",
    ("01-701-1192", "COUGH", "2012-10-14", None): "2010-06",
    ("01-701-1239", "FATIGUE", "2014-04-02", None): "2014-03",
    ("01-701-1239", "HORDEOLUM", "2014-05-02", None): "2014-04",
    ("01-706-1041", "ANXIETY", "2014-01-14", None): "2012-05",
    ("01-706-1041", "ANXIETY", "2014-05-06", None): "2012-05",
    ("01-709-1339", "HEADACHE", "2013-02-19", None): "2011-11",
    ("01-711-1143", "TINNITUS", "2013-04-17", None): "2007-10",
    ("01-716-1418", "HEADACHE", "2013-06-22", "2013-09-26"): "2013-07",
    ("01-716-1418", "HEADACHE", "2013-10-05", "2013-09-26"): "2013-07",
    ("01-716-1418", "VISION BLURRED", "2013-06-22", "2013-10-04"): "2013-07",
    ("01-716-1418", "VISION BLURRED", "2013-10-05", "2013-10-04"): "2013-07",
    ("01-717-1004", "ENURESIS", "2014-01-14", None): "2013-05",
    ("01-717-1357", "DIZZINESS", "2013-05-15", None): "1994-04",
}
# The published AESTDY of this report is 366, though its AESTDTC is the subject's RFSTDTC (2013-05-09): that is day 1.
WRONG_DAY = Difference(("01-716-1063", "HYPERHIDROSIS", "2013-05-09", None), "AESTDY", 1.0, 366.0)
# Vital signs are in the export, but not in the published SDTM at hand: the number of cells with a result.
VITAL_SIGNS = {"HEIGHT": 254, "WEIGHT": 2050, "TEMP": 2720, "SYSBP": 8205, "DIABP": 8205, "PULSE": 8201}
GENERAL_DISORDERS = "GENERAL DISORDERS AND ADMINISTRATION SITE CONDITIONS"
UNCODED = {
    "APPLICATION SITE DESQUAMATION": 1,
    "ENLARGED PROSTATE": 2,
    "LOWER EXTREMITIES WEAKNESS OF": 2,
    "SKIN EROSION": 2,
    "VAGINAL YEAST INFECTION": 2,
    GENERAL_DISORDERS: 3,
    "INFECTIONS AND INFESTATIONS": 2,
    "REPRODUCTIVE SYSTEM AND BREAST DISORDERS": 2,
    "SKIN AND SUBCUTANEOUS TISSUE DISORDERS": 2,
}
"""Terms of adverse events without a dictionary code in the raw extract, and in how many records."""


@pytest.fixture(scope="module")
def published(shared_data: Path) -> Path:
    return shared_data / "pharmaverse" / "sdtm"


@pytest.fixture(scope="module")
def made(shared_data: Path, specs: Path, converted: Convert) -> Converted:
    return converted(specs / "cdiscpilot01", shared_data / "pharmaverse" / "raw")


@pytest.fixture(scope="module")
def small(specs: Path, excerpt: Path, converted: Convert) -> Converted:
    return converted(specs / "cdiscpilot01", excerpt / "cdiscpilot01" / "raw")


@pytest.mark.parametrize("name", KEYS)
def test_every_derivable_cell(made: Converted, published: Path, name: str) -> None:
    found = compare(made.frames[name], published / f"{name.lower()}.csv", KEYS[name], set(NOT_DERIVABLE[name]))
    records, variables = SIZE[name]
    assert (found.records, found.cells) == (records, records * variables)
    assert found.different == ()


def test_adverse_events_but_sixteen_cells(made: Converted, published: Path) -> None:
    found = compare(made.frames["AE"], published / "ae.csv", AE_KEYS, set(NOT_DERIVABLE["AE"]), AE_THEN)
    records, variables = SIZE["AE"]
    assert (found.records, found.cells) == (records, records * variables)
    assert set(found.different) == {WRONG_DAY, *(Difference(k, "AESTDTC", None, v) for k, v in LOST_STARTS.items())}
    assert len(found.different) == 16
    assert 1 - len(found.different) / found.cells > 0.999


def test_vital_signs(made: Converted) -> None:
    records = built_records(made.frames["VS"])
    counts = {code: sum(r["VSTESTCD"] == code for r in records) for code in VITAL_SIGNS}
    assert counts == VITAL_SIGNS
    assert len(records) == sum(VITAL_SIGNS.values())
    assert all(r["VSSTRESN"] is not None and r["VISITNUM"] is not None for r in records)


def test_issues_and_findings_have_their_reasons(made: Converted) -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    early = 0
    for issue in made.issues:
        if issue.code == "TIM108":  # the raw extract sets consents a week before treatment, whatever was measured then
            early += issue.count
        else:
            found[(issue.code, issue.dataset, issue.value)] += issue.count
    consents = {r["USUBJID"]: r["RFICDTC"] for r in built_records(made.frames["DM"])}
    signs = [(r["VSDTC"], consents[r["USUBJID"]]) for r in built_records(made.frames["VS"])]
    assert early == sum(bool(day and consent) and day < consent for day, consent in signs) == 2244
    assert found == {
        ("DATA053", "adverse_events", "708-1406"): 1,
        ("KEY105", "AE", "CDISCPILOT01"): 1,
        # The six subjects whose last period has no end.
        **{("SUB110", "DM", v): 1 for v in ("2013-04-04", "2013-12-18", "2013-12-30", "2014-01-25")},
        ("SUB110", "DM", ""): 2,
        **{("SUB115", "DM", v): 1 for v in ("2013-05-13", "2013-07-05")},
        # What the published events hold, and the dictionary codes that the raw extract lacks.
        **{("EVT101", "AE", "N"): 36, ("EVT103", "AE", "NOT RECOVERED/NOT RESOLVED"): 250, ("TIM109", "AE", ""): 1},
        **{("EVT104", "AE", v): 2 for v in ("2013-09-26", "2013-10-04")},
        **{("COD103", "AE", term): n for term, n in UNCODED.items()},
        # As published: flags of populations, which belong into ADaM.
        **{("SUPP109", "SUPPDM", flag): 254 for flag in ("ITT", "SAFETY")},
    }
    assert all(i.accepted for i in made.issues)
    assert made.exit_code == 0


@pytest.mark.parametrize("name", ["DM", "DS", "EX", "AE", "VS"])
def test_excerpt(small: Converted, excerpt: Path, name: str) -> None:
    assert_equal(small.frames[name], excerpt / "cdiscpilot01" / "sdtm" / f"{name.lower()}.csv")


def test_excerpt_raises_what_it_holds(small: Converted) -> None:
    found = {(i.code, i.dataset, i.value): bool(i.accepted) for i in small.issues if i.code != "ACC001"}
    # TS speaks of the whole study: the excerpt has fewer subjects, another first consent and not all visits.
    summary = {("TRI111", "TS", "254"): False, ("TRI112", "TS", "2012-07-02"): False, ("TRI117", "EX", "12"): False}
    events = {("EVT101", "AE", "N"), ("EVT104", "AE", "2013-05-31"), ("TIM109", "AE", "")}
    events |= {("COD103", "AE", term) for term in ("SUDDEN DEATH", GENERAL_DISORDERS)}
    events |= {("SUPP109", "SUPPDM", flag) for flag in ("ITT", "SAFETY")}
    assert found == summary | {("SUB110", "DM", "2013-06-19"): True} | dict.fromkeys(events, True)


def test_at_most_two_lines_a_variable(specs: Path, small: Converted) -> None:
    variables, analysis = variables_made(small.study), sum(len(f.columns) for f in small.analysis.values())
    assert lines_of(specs / "cdiscpilot01", "sdtm/*.yaml") <= variables
    assert lines_of(specs / "cdiscpilot01", "adam/*.yaml") <= 2 * analysis
    assert (
        lines_of(specs / "cdiscpilot01", "**/*.yaml") - lines_of(specs / "cdiscpilot01", "adam/*.yaml") <= 2 * variables
    )


def test_epochs_need_a_table_and_no_line(specs: Path, excerpt: Path, converted: Convert, tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(specs / "cdiscpilot01", study)
    table = "epoch,start,end\nTREATMENT,RFXSTDTC,RFXENDTC\nSCREENING,,RFXSTDTC\nFOLLOW-UP,RFXENDTC,\n"
    (study / "epochs.csv").write_text(table, "utf-8")
    text = (study / "study.yaml").read_text("utf-8")
    (study / "study.yaml").write_text(text + "epochs: epochs.csv\n", "utf-8")
    frames = converted(study, excerpt / "cdiscpilot01" / "raw").frames
    found = {
        (name, r["USUBJID"], r[f"{name}SEQ"]): r["EPOCH"]
        for name in ("AE", "DS", "EX")
        for r in built_records(frames[name])
    }
    assert found == EPOCHS


# By hand from the dates: on the first and the last day of treatment a record is of the treatment; a year alone (2001)
# lies before it as a whole; a subject who was never treated has no epoch, nor has a record without a date.
EPOCHS = {
    ("AE", "01-801-1001", 1): "SCREENING",
    ("AE", "01-801-1001", 2): "TREATMENT",
    ("AE", "01-801-1002", 1): None,
    ("AE", "01-801-1002", 2): "FOLLOW-UP",
    ("AE", "01-802-1003", 1): None,
    ("DS", "01-801-1001", 1): "TREATMENT",
    ("DS", "01-801-1001", 2): "TREATMENT",
    ("DS", "01-801-1001", 3): "TREATMENT",
    ("DS", "01-801-1001", 4): "FOLLOW-UP",
    ("DS", "01-801-1002", 1): "SCREENING",
    ("DS", "01-801-1002", 2): "TREATMENT",
    ("DS", "01-801-1002", 3): "FOLLOW-UP",
    ("DS", "01-802-1003", 1): None,
    ("EX", "01-801-1001", 1): "TREATMENT",
    ("EX", "01-801-1001", 2): "TREATMENT",
    ("EX", "01-801-1001", 3): "TREATMENT",
    ("EX", "01-801-1002", 1): "TREATMENT",
    ("EX", "01-801-1002", 2): "FOLLOW-UP",
}
