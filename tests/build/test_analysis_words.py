"""Words on the records of a group, windows, criteria and readings within bounds, as a spec writes them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cdisc_itp.build.trace import render_trace
from cdisc_itp.model.issue import SpecError
from cdisc_itp.pipeline import Order, Run, convert
from cdisc_itp.tracing import trace_value

STUDY = """
study: XX-1
created: 2024-01-31T00:00:00
tabulations: {file: "*.csv"}
"""
DM = """STUDYID,DOMAIN,USUBJID,SUBJID,RFSTDTC,RFXSTDTC,SITEID,AGE,AGEU,SEX,RACE,ARMCD,ARM,COUNTRY
XX-1,DM,XX-1-1,1,2024-01-03,2024-01-03,01,30,YEARS,F,WHITE,A,Drug A,CHN
XX-1,DM,XX-1-2,2,2024-01-05,2024-01-05,01,44,YEARS,M,ASIAN,B,Drug B,CHN
"""
LB = """STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBTEST,LBSTRESN,LBNRIND,LBSTNRHI,LBDTC
XX-1,LB,XX-1-1,1,PLAT,Platelets,20,LOW,300,2024-01-02
XX-1,LB,XX-1-1,2,PLAT,Platelets,15,LOW,300,2024-01-03
XX-1,LB,XX-1-1,3,PLAT,Platelets,80,LOW,300,2024-01-09
XX-1,LB,XX-1-1,4,PLAT,Platelets,120,NORMAL,300,2024-01-11
XX-1,LB,XX-1-1,5,ALT,Alanine Aminotransferase,130,HIGH,40,2024-01-09
XX-1,LB,XX-1-2,1,PLAT,Platelets,25,LOW,300,2024-01-05
XX-1,LB,XX-1-2,2,PLAT,Platelets,45,LOW,300,2024-01-12
"""
CM = """STUDYID,DOMAIN,USUBJID,CMSEQ,CMTRT,CMDECOD,CMDOSE,CMSTDTC
XX-1,CM,XX-1-1,1,Prednisone,PREDNISONE,10,2024-01-01
XX-1,CM,XX-1-1,2,IVIG,IMMUNOGLOBULIN,,2024-01-10
XX-1,CM,XX-1-1,3,Prednisone,PREDNISONE,30,2024-01-20
"""
WINDOWS = """PARAMCD,AVISIT,AVISITN,AWTARGET,AWLO,AWHI,AWU
,BASELINE,0,1,,1,DAYS
,WEEK 1,1,8,2,14,DAYS
ALT,BASELINE,0,1,,1,DAYS
ALT,LATER,2,10,2,,DAYS
"""
CRITERIA = """crit,PARAMCD,text,level,relation,bound,times_baseline,times_high
CRIT1,PLAT,>= 30 and >= 2 x baseline,,GE,30,2,
CRIT1,ALT,> 3 x ULN,,GT,,,3
MCRIT1,PLAT,Platelets,HIGH,GE,100,,
MCRIT1,PLAT,Platelets,MIDDLE,GE,30,,
MCRIT1,PLAT,Platelets,LOW,,,,
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
  TRTSDT: {analysis_date: DM.RFXSTDTC}
  RESCDT: {first: CM.CMSTDTC, where: {CMTRT: IVIG}, label: Date of Rescue}
  BEFORE:
    last: ADLB.AVAL
    where: {PARAMCD: PLAT}
    order: [ADLB.ADT]
    date: ADLB.ADT
    before: RESCDT
    missing_bound: no_record
    label: Last Platelets before Rescue
  RESCFL: {exists: CM.CMTRT, where: {CMTRT: IVIG}, label: Rescue Flag}
  CMFL: {exists: CM.CMTRT, where: {CMTRT: IVIG}, then: IVIG, otherwise: OTHER, no_record: NONE, label: Therapy}
  NEAR: {nearest: ADLB.AVAL, day: ADLB.ADY, target: 8, from: 5, to: 10, where: {PARAMCD: PLAT}, label: Near Day 8}
  MEANPLT: {mean: ADLB.AVAL, where: {PARAMCD: PLAT}, date: ADLB.ADT, after: TRTSDT, label: Mean Platelets}
"""
ADLB = """
dataset: ADLB
class: BASIC DATA STRUCTURE
label: Laboratory Analysis
structure: One record per subject, parameter and date
keys: [STUDYID, USUBJID, PARAMCD, ADT]
records: [{from: LB}]
copy: {ADSL: [TRTSDT], LB: [LBSEQ]}
parameters: {PLAT: {label: Platelets}, ALT: {label: Alanine Aminotransferase}}
variables:
  TRTP: {assign: ADSL.TRT01P}
  PARAMCD: {assign: LB.LBTESTCD}
  AVAL: {assign: LB.LBSTRESN}
  ADT: {analysis_date: LB.LBDTC}
  ADY: {analysis_day: ADT, reference: TRTSDT}
  AVISIT: {analysis_window: ADY, table: windows, by: {PARAMCD: PARAMCD}}
  AWTDIFF: {analysis_window: ADY, table: windows, to: AWTDIFF, by: {PARAMCD: PARAMCD}}
  ABLFL: {extreme: last, by: [PARAMCD], order: [ADT], where: {ADY: {LE: 1}}}
  BASE: {baseline_value: AVAL, flag: ABLFL, by: [PARAMCD]}
  CHG: {change: AVAL, from: BASE}
  PCHG: {percent_change: AVAL, from: BASE, decimals: 1}
  ANRHI: {assign: LB.LBSTNRHI}
  ANRIND: {assign: LB.LBNRIND}
  BNRIND: {baseline_value: ANRIND, flag: ABLFL, by: [PARAMCD]}
  SHIFT1: {shift: BNRIND, to: ANRIND}
  CRIT1: {criterion: AVAL, table: criteria, name: CRIT1, to: text, baseline: BASE, high: ANRHI, by: {PARAMCD: PARAMCD}}
  CRIT1FL: {criterion: AVAL, table: criteria, name: CRIT1, baseline: BASE, high: ANRHI, by: {PARAMCD: PARAMCD}}
  MCRIT1: {criterion: AVAL, table: criteria, name: MCRIT1, to: text, by: {PARAMCD: PARAMCD}}
  MCRIT1ML: {criterion: AVAL, table: criteria, name: MCRIT1, to: level, by: {PARAMCD: PARAMCD}}
  ANL01FL: {extreme: first, by: [PARAMCD, AVISIT], order: [AWTDIFF, ADT], descending: [ADT]}
  WORSTFL:
  - {extreme: last, by: [PARAMCD], order: [AVAL], when: {PARAMCD: ALT}, label: Worst Value Flag}
  - {extreme: first, by: [PARAMCD], order: [AVAL], when: {PARAMCD: PLAT}}
  NUMBER: {number_in_group: PARAMCD, order: [ADT], label: Number}
  PREVIOUS: {value_of_previous: AVAL, by: [PARAMCD], order: [ADT], label: Previous Value}
  NEXTVAL: {value_of_next: AVAL, by: [PARAMCD], order: [ADT], label: Next Value}
  ASEQ: {sequence: USUBJID}
"""
ADCM = """
dataset: ADCM
class: OCCURRENCE DATA STRUCTURE
label: Concomitant Medication Analysis
structure: One record per subject and medication
keys: [STUDYID, USUBJID, ASTDT, CMSEQ]
records: [{from: CM}]
copy: {CM: [CMSEQ, CMTRT, CMDECOD, CMDOSE]}
variables:
  ASTDT: {analysis_date: CM.CMSTDTC}
  AOCCFL: {extreme: first, order: [ASTDT], label: First Occurrence Flag}
  RAISED: {greater_than_previous: CMDOSE, by: [CMDECOD], order: [ASTDT], otherwise: N, label: Dose was Raised}
"""


def write_study(folder: Path, **changed: str) -> Path:
    files = {"study.yaml": STUDY, "maps/windows.csv": WINDOWS, "maps/criteria.csv": CRITERIA}
    files |= {"adam/adsl.yaml": ADSL, "adam/adlb.yaml": ADLB, "adam/adcm.yaml": ADCM}
    for name, text in files.items():
        path = folder / "spec" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text))
    (folder / "raw").mkdir()
    for name, text in {"dm": DM, "lb": LB, "cm": CM}.items():
        (folder / "raw" / f"{name}.csv").write_text(text)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    folder = write_study(tmp_path_factory.mktemp("words"))
    return convert(Order(folder / "spec", folder / "raw", folder / "out")), folder


def read(made: tuple[Run, Path], name: str) -> pd.DataFrame:
    frame = pyreadstat.read_xport(str(made[1] / "out" / made[0].analysis_package / f"{name}.xpt"))[0]
    return frame.astype(object).where(frame.notna(), None)


def rows(made: tuple[Run, Path], *names: str, dataset: str = "adlb") -> list[tuple[object, ...]]:
    return [tuple(r) for r in read(made, dataset)[list(names)].itertuples(index=False)]


def test_windows_of_a_parameter_and_the_nearest_record(made: tuple[Run, Path]) -> None:
    """Records by subject, parameter and date: ALT; PLAT of days -1, 1, 7 and 9; then PLAT of days 1 and 8."""
    assert rows(made, "ADY", "AVISIT", "AWTDIFF", "ANL01FL") == [
        (7.0, "LATER", 3.0, "Y"),
        (-1.0, "BASELINE", 1.0, ""),
        (1.0, "BASELINE", 0.0, "Y"),
        (7.0, "WEEK 1", 1.0, ""),
        (9.0, "WEEK 1", 1.0, "Y"),
        (1.0, "BASELINE", 0.0, "Y"),
        (8.0, "WEEK 1", 0.0, "Y"),
    ]


def test_baseline_change_and_shift(made: tuple[Run, Path]) -> None:
    assert rows(made, "AVAL", "ABLFL", "BASE", "CHG", "PCHG", "SHIFT1") == [
        (130.0, "", None, None, None, ""),
        (20.0, "", 15.0, 5.0, 33.3, "LOW to LOW"),
        (15.0, "Y", 15.0, 0.0, 0.0, "LOW to LOW"),
        (80.0, "", 15.0, 65.0, 433.3, "LOW to LOW"),
        (120.0, "", 15.0, 105.0, 700.0, "LOW to NORMAL"),
        (25.0, "Y", 25.0, 0.0, 0.0, "LOW to LOW"),
        (45.0, "", 25.0, 20.0, 80.0, "LOW to LOW"),
    ]


def test_criteria(made: tuple[Run, Path]) -> None:
    both = ">= 30 and >= 2 x baseline"
    assert rows(made, "CRIT1", "CRIT1FL", "MCRIT1", "MCRIT1ML") == [
        ("> 3 x ULN", "Y", "", ""),
        (both, "N", "Platelets", "LOW"),
        (both, "N", "Platelets", "LOW"),
        (both, "Y", "Platelets", "MIDDLE"),
        (both, "Y", "Platelets", "HIGH"),
        (both, "N", "Platelets", "LOW"),
        (both, "N", "Platelets", "MIDDLE"),
    ]


def test_records_of_a_group(made: tuple[Run, Path]) -> None:
    assert rows(made, "WORSTFL", "NUMBER", "PREVIOUS", "NEXTVAL", "ASEQ") == [
        ("Y", 1.0, None, None, 1.0),
        ("", 1.0, None, 15.0, 2.0),
        ("Y", 2.0, 20.0, 80.0, 3.0),
        ("", 3.0, 15.0, 120.0, 4.0),
        ("", 4.0, 80.0, None, 5.0),
        ("Y", 1.0, None, 45.0, 1.0),
        ("", 2.0, 25.0, None, 2.0),
    ]
    doses = rows(made, "CMTRT", "AOCCFL", "RAISED", dataset="adcm")
    assert doses == [("Prednisone", "Y", "N"), ("IVIG", "", ""), ("Prednisone", "", "Y")]


def test_records_elsewhere_within_bounds(made: tuple[Run, Path]) -> None:
    """Rescue of the first subject on 10 January; the second has no medication."""
    assert rows(made, "BEFORE", "RESCFL", "CMFL", "NEAR", "MEANPLT", dataset="adsl") == [
        (80.0, "Y", "IVIG", 120.0, 100.0),
        (None, "N", "NONE", 45.0, 45.0),
    ]


def story(made: tuple[Run, Path], words: str) -> str:
    order = made[0].order
    return render_trace(trace_value(order.study, order.out, order.raw, f"ADLB USUBJID=XX-1-1 {words}".split()))


def test_the_story_of_a_flag_names_the_records_of_the_group(made: tuple[Run, Path]) -> None:
    told = story(made, "PARAMCD=PLAT ADY=9 ANL01FL")
    assert "-> 1. ADLB record 5 (this record): AWTDIFF '1', ADT '2024-01-11'" in told
    assert " - 2. ADLB record 4: AWTDIFF '1', ADT '2024-01-09'" in told


def test_the_story_of_a_baseline_is_that_of_its_record(made: tuple[Run, Path]) -> None:
    told = story(made, "PARAMCD=PLAT ADY=9 BASE")
    assert "ADLB.AVAL = '15'" in told
    assert "ADLB.AVAL = '120'" not in told


def test_the_story_names_the_rows_of_tables(made: tuple[Run, Path]) -> None:
    assert "maps/windows.csv line 3" in story(made, "PARAMCD=PLAT ADY=7 AVISIT")
    told = story(made, "PARAMCD=PLAT ADY=7 CRIT1FL")
    assert "maps/criteria.csv line 2" in told
    assert "maps/criteria.csv line 3" not in told


def test_a_table_that_cannot_be_used_is_told_by_line(tmp_path: Path) -> None:
    folder = write_study(
        tmp_path, windows=WINDOWS.replace("8,2,14", "8,4,14"), criteria=CRITERIA.replace("GE,100", ",100")
    )
    with pytest.raises(SpecError) as found:
        convert(Order(folder / "spec", folder / "raw", folder / "out"))
    told = {(p.file, p.line, p.message) for p in found.value.problems if p.code == "SPEC118"}
    assert ("maps/windows.csv", 3, "no window has days 2 to 3 ('gaps: yes' where that is meant)") in told
    assert ("maps/criteria.csv", 4, "a relation needs something to compare with, and that a relation") in told
