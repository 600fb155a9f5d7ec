"""Tumour responses by RECIST 1.1, progression-free and overall survival, from SDTM of somebody else by specs alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from cdisc_itp.build.trace import render_trace
from cdisc_itp.model.issue import SpecError
from cdisc_itp.pipeline import Order, Run, convert
from cdisc_itp.tracing import trace_value

STUDY = """
study: ON-1
created: 2024-12-31T00:00:00
tabulations: {file: "*.csv"}
"""
# Who: confirmed complete response; unconfirmed partial response, then progression; other therapy before progression;
# no assessment; early progression; nothing but an assessment that could not be evaluated.
DM = """STUDYID,DOMAIN,USUBJID,SUBJID,RFSTDTC,RFPENDTC,DTHDTC,SITEID,AGE,AGEU,SEX,RACE,ARMCD,ARM
ON-1,DM,ON-1-1,1,2024-01-01,2024-06-01,,01,60,YEARS,F,ASIAN,A,Drug A
ON-1,DM,ON-1-2,2,2024-01-01,2024-05-30,2024-05-30,01,60,YEARS,F,ASIAN,A,Drug A
ON-1,DM,ON-1-3,3,2024-01-01,2024-03-15,2024-03-15,01,60,YEARS,F,ASIAN,A,Drug A
ON-1,DM,ON-1-4,4,2024-01-01,2024-01-20,,01,60,YEARS,F,ASIAN,A,Drug A
ON-1,DM,ON-1-5,5,2024-01-01,2024-02-10,2024-02-10,01,60,YEARS,F,ASIAN,A,Drug A
ON-1,DM,ON-1-6,6,2024-01-01,2024-03-01,,01,60,YEARS,F,ASIAN,A,Drug A
"""
RS = """STUDYID,DOMAIN,USUBJID,RSSEQ,RSTESTCD,RSTEST,RSSTRESC,RSEVAL,RSDTC
ON-1,RS,ON-1-1,1,OVRLRESP,Overall Response,CR,INVESTIGATOR,2024-02-26
ON-1,RS,ON-1-1,2,OVRLRESP,Overall Response,CR,INVESTIGATOR,2024-04-22
ON-1,RS,ON-1-2,1,OVRLRESP,Overall Response,PR,INVESTIGATOR,2024-02-26
ON-1,RS,ON-1-2,2,OVRLRESP,Overall Response,PD,INVESTIGATOR,2024-04-22
ON-1,RS,ON-1-3,1,OVRLRESP,Overall Response,SD,INVESTIGATOR,2024-02-12
ON-1,RS,ON-1-3,2,OVRLRESP,Overall Response,PD,INVESTIGATOR,2024-04-08
ON-1,RS,ON-1-5,1,OVRLRESP,Overall Response,PD,INVESTIGATOR,2024-01-29
ON-1,RS,ON-1-5,2,NTRGRESP,Non-target Response,PD,INVESTIGATOR,2024-01-29
ON-1,RS,ON-1-6,1,OVRLRESP,Overall Response,NE,INVESTIGATOR,2024-02-26
"""
CM = """STUDYID,DOMAIN,USUBJID,CMSEQ,CMTRT,CMCAT,CMSTDTC
ON-1,CM,ON-1-3,1,Drug Z,ANTI-CANCER THERAPY,2024-03-01
ON-1,CM,ON-1-1,1,Aspirin,GENERAL,2024-02-01
"""
RECIST = """level,counts,confirm_days,confirmed_by,between,from_day,before_day
CR,CR,28,,CR; NE<=1,,
PR,PR,28,CR; PR,CR; PR; NE<=1,,
SD,CR; PR; SD,,,,42,
PD,PD,,,,,
NE,CR; PR; SD,,,,,42
NE,NE,,,,,
"""
ADSL = """
dataset: ADSL
class: SUBJECT LEVEL ANALYSIS DATASET
label: Subject-Level Analysis Dataset
structure: One record per subject
keys: [STUDYID, USUBJID]
records: [{from: DM}]
copy: {DM: [SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM]}
variables:
  TRT01P: {assign: DM.ARM}
  TRTSDT: {analysis_date: DM.RFSTDTC}
  DTHDT: {analysis_date: DM.DTHDTC}
  LSTALVDT: {analysis_date: DM.RFPENDTC}
  NACTDT: {first: CM.CMSTDTC, where: {CMCAT: ANTI-CANCER THERAPY}, label: Date of New Anti-Cancer Therapy}
"""
ADRS = """
dataset: ADRS
class: BASIC DATA STRUCTURE
label: Response Analysis
structure: One record per subject, parameter and assessment
keys: [STUDYID, USUBJID, PARAMCD, ADT]
copy: {ADSL: [TRT01P, TRTSDT]}
parameters:
  OVR:
    label: Overall Response by Investigator
    number: 1
    from: RS
    where: {RSTESTCD: OVRLRESP}
    set: {AVALC: {assign: RS.RSSTRESC}, ADT: {analysis_date: RS.RSDTC}}
  RSP:
    label: Confirmed Response by Investigator
    number: 2
    from: ADSL
    set:
      AVALC: {confirmed_response: RS.RSSTRESC, LEVEL, READ}
      ADT: {confirmed_response: RS.RSSTRESC, LEVEL, READ, to: date}
  CBOR:
    label: Best Confirmed Overall Response by Investigator
    number: 3
    from: ADSL
    set:
      AVALC: {best_overall_response: RS.RSSTRESC, TABLE, READ}
      ADT: {best_overall_response: RS.RSSTRESC, TABLE, READ, to: date}
      SRCDOM: {source_of: ADT, variables: [RS.RSSTRESC], to: domain}
      SRCVAR: {source_of: ADT, variables: [RS.RSSTRESC], to: variable}
      SRCSEQ: {source_of: ADT, variables: [RS.RSSTRESC], to: sequence}
variables:
  ASEQ: {sequence: USUBJID}
"""
for word, meant in {
    "READ": "date: RS.RSDTC, before: ADSL.NACTDT, where: {RSTESTCD: OVRLRESP}",
    "LEVEL": "level: [CR, PR], days: 28, between: all, ignored: [NE]",
    "TABLE": "table: recist, since: ADSL.TRTSDT, ends: [PD], otherwise: MISSING",
}.items():
    ADRS = ADRS.replace(word, meant)
ADTTE = """
dataset: ADTTE
class: BASIC DATA STRUCTURE
label: Time-to-Event Analysis
structure: One record per subject and parameter
keys: [STUDYID, USUBJID, PARAMCD]
copy: {ADSL: [TRT01P]}
parameters:
  PFS:
    label: Progression-Free Survival (days)
    number: 1
    from: ADSL
    time_to_event:
      start: ADSL.TRTSDT
      events:
      - {date: RS.RSDTC, where: {RSTESTCD: OVRLRESP, RSSTRESC: PD}, before: ADSL.NACTDT, description: Progression}
      - {date: ADSL.DTHDT, before: ADSL.NACTDT, description: Death}
      censors:
      - date: RS.RSDTC
        where: {RSTESTCD: OVRLRESP, RSSTRESC: {NE: NE}}
        before: ADSL.NACTDT
        description: No event
        date_description: Last evaluable assessment
      - {date: ADSL.TRTSDT, description: No evaluable assessment, date_description: Start of treatment, cnsr: 2}
  OS:
    label: Overall Survival (months)
    number: 2
    from: ADSL
    time_to_event:
      start: ADSL.TRTSDT
      events: [{date: ADSL.DTHDT, description: Death}]
      censors: [{date: ADSL.LSTALVDT, description: Alive, date_description: Last known alive}]
      unit: months
variables:
  ASEQ: {sequence: USUBJID}
"""


def write_study(folder: Path, **adam: str) -> Path:
    files = {"spec/study.yaml": STUDY, "spec/maps/recist.csv": RECIST, "raw/dm.csv": DM, "raw/rs.csv": RS}
    files |= {"raw/cm.csv": CM, **{f"spec/adam/{name}.yaml": text for name, text in adam.items()}}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path, Path]:
    folder = write_study(tmp_path_factory.mktemp("oncology"), adsl=ADSL, adrs=ADRS, adtte=ADTTE)
    run = convert(Order(folder / "spec", folder / "raw", folder / "out"))
    return run, folder / "out" / run.analysis_package, folder


def read(place: Path, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = pyreadstat.read_xport(str(place / f"{name}.xpt"))[0]
    return frame


def told(frame: pd.DataFrame, paramcd: str, *names: str) -> list[tuple[Any, ...]]:
    rows = frame[paramcd == frame.PARAMCD].sort_values("USUBJID")
    found = [[None if v != v or v == "" else v for v in row] for row in rows[list(names)].itertuples(index=False)]
    return [tuple(str(v) if hasattr(v, "year") else v for v in row) for row in found]


def test_best_confirmed_response(made: tuple[Run, Path, Path]) -> None:
    adrs = read(made[1], "adrs")
    assert told(adrs, "CBOR", "AVALC", "ADT", "SRCDOM", "SRCVAR", "SRCSEQ") == [
        ("CR", "2024-02-26", "RS", "RSSTRESC", 1.0),
        ("SD", "2024-02-26", "RS", "RSSTRESC", 1.0),
        ("SD", "2024-02-12", "RS", "RSSTRESC", 1.0),
        ("MISSING", None, None, None, None),
        ("PD", "2024-01-29", "RS", "RSSTRESC", 1.0),
        ("NE", "2024-02-26", "RS", "RSSTRESC", 1.0),
    ]
    assert told(adrs, "RSP", "AVALC", "ADT") == [("Y", "2024-02-26"), *[("N", None)] * 5]


def test_progression_free_survival(made: tuple[Run, Path, Path]) -> None:
    names = ("ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")
    last, none = "Last evaluable assessment", "No evaluable assessment"
    assert told(read(made[1], "adtte"), "PFS", *names) == [
        ("2024-04-22", 113.0, 1.0, "No event", last, "RS", "RSDTC", 2.0),
        ("2024-04-22", 113.0, 0.0, "Progression", None, "RS", "RSDTC", 2.0),
        ("2024-02-12", 43.0, 1.0, "No event", last, "RS", "RSDTC", 1.0),
        ("2024-01-01", 1.0, 2.0, none, "Start of treatment", "ADSL", "TRTSDT", None),
        ("2024-01-29", 29.0, 0.0, "Progression", None, "RS", "RSDTC", 1.0),
        ("2024-01-01", 1.0, 2.0, none, "Start of treatment", "ADSL", "TRTSDT", None),
    ]


def test_overall_survival(made: tuple[Run, Path, Path]) -> None:
    days = [(153, 1), (151, 0), (75, 0), (20, 1), (41, 0), (61, 1)]
    found = told(read(made[1], "adtte"), "OS", "AVAL", "CNSR")
    assert found == [(pytest.approx(d / (365.25 / 12)), float(c)) for d, c in days]


def test_the_story_of_a_censoring(made: tuple[Run, Path, Path]) -> None:
    _, _, folder = made
    words = ["ADTTE", "USUBJID=ON-1-3", "PARAMCD=PFS", "AVAL"]
    step = trace_value(folder / "spec", folder / "out", folder / "raw", words)
    story = render_trace(step)
    assert "ADTTE.AVAL = '43'" in story
    taken = [line.strip() for line in story.split("\n") if line.strip().startswith("-> ")]
    assert any("RSDTC '2024-02-12'" in line for line in taken)
    assert not any("2024-04-08" in line for line in taken)


@pytest.mark.parametrize(
    ("line", "wrong", "said"),
    [
        ("RSSTRESC: PD}, before", "RSRESULT: PD}, before", "SPEC110"),
        ("cnsr: 2}", "censor: 2}", "SPEC100"),
        ("description: Death}]", "descr: Death}]", "SPEC101"),
        ("RSSTRESC: {NE: NE}}", "RSSTRESC: {GT: 3}}", "SPEC150"),
        ("start: ADSL.TRTSDT\n      events: [{", "start: ADSL.ARM\n      events: [{", "SPEC109"),
    ],
)
def test_what_a_spec_cannot_say(tmp_path: Path, line: str, wrong: str, said: str) -> None:
    assert ADTTE.count(line) == 1
    folder = write_study(tmp_path, adsl=ADSL, adrs=ADRS, adtte=ADTTE.replace(line, wrong))
    with pytest.raises(SpecError) as error:
        convert(Order(folder / "spec", folder / "raw", folder / "out"))
    assert any(p.code == said and p.file == "adam/adtte.yaml" and p.line > 1 for p in error.value.problems)
