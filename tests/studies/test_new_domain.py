"""A domain that a study does not have yet: a form, a source and a dataset file; nothing else, and no code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyreadstat
import pytest
from lxml import etree

from cdisc_itp.pipeline import Order, Run, convert
from tests.studies.conftest import Convert

RAW = """SITEID,SUBJID,VISIT,DATE,PACKS,SMOKES,KNEE,SIDE,NOTE
09,101,BASELINE,05-APR-2024,0.5,Y,12.0,LEFT,fell on ice
09,101,WEEK 4,30-APR-2024,,N,11.5,LEFT,
09,102,BASELINE,10-APR-2024,,N,9.25,RIGHT,
"""
SPECS = {
    "sources/knee.yaml": """
source: knee
site: {column: SITEID}
tables: {knee: {file: knee.csv}}
forms:
  smoking:
    from: knee
    where: {smokes: Y}
    reason: who does not smoke has no record of it
    columns:
      subject: {column: SUBJID}
      date: {column: DATE, format: dd-MMM-yyyy}
      packs: {column: PACKS}
      smokes: {column: SMOKES}
  knees:
    from: knee
    columns:
      subject: {column: SUBJID}
      visit: {column: VISIT}
      date: {column: DATE, format: dd-MMM-yyyy}
      extent: {column: KNEE}
      side: {column: SIDE}
      note: {column: NOTE}
""",
    "sdtm/su.yaml": """
dataset: SU
records: [{from: smoking}]
keys: [STUDYID, USUBJID, SUTRT, SUSTDTC]
variables:
  SUTRT: {hardcode: CIGARETTE}
  SUCAT: {hardcode: TOBACCO}
  SUDOSE: {assign_number: packs}
  SUDOSU: {hardcode_ct: PACK}
  SUDOSFRQ: {hardcode_ct: QD}
  SUSTDTC: {assign_datetime: date}
""",
    "sdtm/xk.yaml": """
dataset: XK
class: FINDINGS
label: Knee Measurements
records: [{from: knees}]
keys: [STUDYID, USUBJID, XKTESTCD, XKLAT, VISITNUM]
variables:
  XKTESTCD: {hardcode: EXTENT}
  XKTEST: {hardcode: Extent of Swelling}
  XKORRES: {assign: extent}
  XKORRESU: {hardcode_ct: cm}
  XKSTRESC: {standard_result: XKORRES}
  XKSTRESN: {number_of: XKSTRESC}
  XKSTRESU: {standard_unit: XKORRESU}
  XKLOC: {hardcode_ct: KNEE JOINT}
  XKLAT: {assign_ct: side}
  XKLOBXFL: {last_before: XKDTC, reference: DM.RFXSTDTC, value: XKORRES, by: [XKTESTCD]}
  XKDTC: {assign_datetime: date}
supplemental:
  XKREASON: {assign: note, label: Reason for Swelling}
""",
}
FORMS = """
smoking: {row: one smoker, columns: {subject: text, date: date, packs: number, smokes: text}}
knees: {row: one knee, columns: {subject: text, visit: text, date: date, extent: text, side: text, note: text}}
"""


@pytest.fixture(scope="module")
def run(specs: Path, excerpt: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("domain")
    shutil.copytree(specs / "abc01", folder / "spec")
    shutil.copytree(excerpt / "abc01" / "raw", folder / "raw")
    (folder / "raw" / "knee.csv").write_text(RAW, "utf-8")
    for name, text in SPECS.items():
        (folder / "spec" / name).write_text(text.lstrip(), "utf-8")
    with (folder / "spec" / "forms.yaml").open("a", encoding="utf-8") as file:
        file.write(FORMS)
    return convert(Order(folder / "spec", folder / "raw", folder / "out"))


def read(run: Run, name: str) -> list[dict[str, object]]:
    (path,) = run.order.out.rglob(f"{name.lower()}.xpt")
    frame, _ = pyreadstat.read_xport(path)
    return frame.to_dict("records")


def test_a_domain_of_the_guide_that_the_study_lacks(run: Run) -> None:
    (record,) = read(run, "SU")
    expected = {"DOMAIN": "SU", "SUSEQ": 1, "SUTRT": "CIGARETTE", "SUDOSE": 0.5, "SUDOSU": "PACK", "SUDOSFRQ": "QD"}
    assert {k: record[k] for k in expected} == expected


def test_a_domain_of_the_sponsor(run: Run) -> None:
    records = read(run, "XK")
    found = [(r["XKORRES"], r["XKSTRESN"], r["XKSTRESU"], r["XKLAT"], r["VISITNUM"], r["XKLOBXFL"]) for r in records]
    visits = [r["VISITNUM"] for r in records]
    assert found == [
        ("12.0", 12, "cm", "LEFT", visits[0], "Y"),
        ("11.5", 11.5, "cm", "LEFT", visits[1], ""),
        ("9.25", 9.25, "cm", "RIGHT", visits[0], "Y"),
    ]
    (note,) = read(run, "SUPPXK")
    assert (note["RDOMAIN"], note["IDVAR"], note["IDVARVAL"]) == ("XK", "XKSEQ", "1")
    assert (note["QNAM"], note["QLABEL"], note["QVAL"]) == ("XKREASON", "Reason for Swelling", "fell on ice")


def test_define_xml_describes_both(run: Run) -> None:
    path = run.order.out / run.package / "define.xml"
    names = {"m": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}
    groups = {g.get("Name"): g for g in etree.parse(path).getroot().iterfind(".//m:ItemGroupDef", names)}
    classes = {n: groups[n].find("d:Class", names).get("Name") for n in ("SU", "XK", "SUPPXK")}
    assert classes == {"SU": "INTERVENTIONS", "XK": "FINDINGS", "SUPPXK": "RELATIONSHIP"}
    labels = {n: groups[n].findtext(".//m:TranslatedText", namespaces=names) for n in ("SU", "XK")}
    assert labels == {"SU": "Substance Use", "XK": "Knee Measurements"}


def test_no_fault_is_found_with_them(run: Run, specs: Path, excerpt: Path, converted: Convert) -> None:
    """What is said of the study without them is said with them, and no more."""
    before = converted(specs / "abc01", excerpt / "abc01" / "raw").issues
    assert {(i.code, i.dataset, i.variable, i.value) for i in run.issues} == {
        (i.code, i.dataset, i.variable, i.value) for i in before
    }
