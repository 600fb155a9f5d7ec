"""Grades of another study: two lines and the criteria are all that it takes."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.studies.conftest import Convert

GRADES = """\
  LBTOX: {toxicity_term: LBSTRESC, <more>}
  LBTOXGR: {toxicity_grade: LBSTRESC, <more>}
"""
MORE = (
    "test: LBTESTCD, unit: LBSTRESU, low: LBSTNRLO, high: LBSTNRHI, baseline: LBLOBXFL, indicator: LBNRIND, "
    "table: criteria"
)
# CTCAE v5.0 in the units of this study.
CRITERIA = """\
test,direction,grade,relation,bound,basis,baseline,unit,term
HGB,LOW,1,LT,1,x LLN,,,Anemia
HGB,LOW,2,LT,10,value,,g/dL,Anemia
HGB,HIGH,1,GT,0,ULN +,,g/dL,Hemoglobin increased
HGB,HIGH,2,GT,2,ULN +,,g/dL,Hemoglobin increased
PLAT,LOW,1,LT,1,x LLN,,,Platelet count decreased
PLAT,LOW,2,LT,75,value,,10^9/L,Platelet count decreased
ALT,HIGH,1,GT,1,x ULN,NORMAL,,Alanine aminotransferase increased
ALT,HIGH,1,GE,1.5,x baseline,ABNORMAL,,Alanine aminotransferase increased
"""


def test_grades_of_abc01(specs: Path, excerpt: Path, converted: Convert, tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    shutil.copytree(specs / "abc01", folder)
    (folder / "maps" / "criteria.csv").write_text(CRITERIA, "utf-8")
    lb = folder / "sdtm" / "lb.yaml"
    lb.write_text(lb.read_text("utf-8").rstrip("\n") + "\n" + GRADES.replace("<more>", MORE), "utf-8")
    frame = converted(folder, excerpt / "abc01" / "raw").frames["LB"]
    said = frame[["LBTESTCD", "LBSTRESC", "LBTOXGR", "LBTOX"]].astype(object)
    found = sorted(map(tuple, said.where(said.notna(), "").to_numpy().tolist()))
    assert found == [
        ("ALT", "57", "0", ""),  # above the limit, but it is the baseline itself, and abnormal: not 1.5 times as high
        ("HGB", "11.9", "1", "Anemia"),
        ("HGB", "12.0", "0", ""),
        ("HGB", "17.5", "1", "Hemoglobin increased"),
        ("PLAT", "400", "0", ""),
    ]
