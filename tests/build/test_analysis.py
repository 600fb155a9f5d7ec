"""Analysis datasets from SDTM files of somebody else: records, copies, parameters, derived records, their package."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cdisc_itp.build.trace import TraceError, render_trace
from cdisc_itp.model.issue import SpecError
from cdisc_itp.pipeline import Order, Run, convert
from cdisc_itp.readers.define_xml import read_define, validate_define_xsd
from cdisc_itp.tracing import trace_value

STUDY = """
study: XX-1
created: 2024-01-31T00:00:00
tabulations: {file: "*.csv"}
"""
DM = """STUDYID,DOMAIN,USUBJID,SUBJID,RFSTDTC,SITEID,AGE,AGEU,SEX,RACE,ARMCD,ARM,COUNTRY
XX-1,DM,XX-1-2,2,2024-01-05,01,44,YEARS,M,ASIAN,B,Drug B,CHN
XX-1,DM,XX-1-1,1,2024-01-03,01,30,YEARS,F,WHITE,A,Drug A,CHN
XX-1,DM,XX-1-3,3,,02,51,YEARS,F,ASIAN,,,CHN
"""
LB = """STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBTEST,LBSTRESN,VISITNUM,VISIT,LBDTC
XX-1,LB,XX-1-1,1,PLAT,Platelets,20,1,SCREENING,2024-01-02
XX-1,LB,XX-1-1,2,PLAT,Platelets,80.5,2,WEEK 1,2024-01-10
XX-1,LB,XX-1-1,3,PLAT,Platelets,40,4,WEEK 3,2024-01-24
XX-1,LB,XX-1-2,1,PLAT,Platelets,15,1,SCREENING,2024-01-04
XX-1,LB,XX-1-2,2,PLAT,Platelets,,2,WEEK 1,2024-01-12
XX-1,LB,XX-1-2,3,ALT,Alanine Aminotransferase,33,2,WEEK 1,2024-01-12
XX-1,LB,XX-1-3,1,PLAT,Platelets,25,1,SCREENING,2024-01-04
"""
SUPPLB = """STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QLABEL,QVAL
XX-1,LB,XX-1-1,LBSEQ,2,LBRERUN,Reason for Re-run,CLOT
"""
ADSL = """
dataset: ADSL
class: SUBJECT LEVEL ANALYSIS DATASET
label: Subject-Level Analysis Dataset
structure: One record per subject
keys: [STUDYID, USUBJID]
records: [{from: DM, where: {ARMCD: {IS: PRESENT}}, reason: not randomized}]
copy: {DM: [SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM]}
variables:
  TRT01P: {assign: DM.ARM}
  PEAK: {max: ADLB.AVAL, label: Peak Platelets}
"""
ADLB = """
dataset: ADLB
class: BASIC DATA STRUCTURE
label: Laboratory Analysis
structure: One record per subject, parameter and visit
keys: [STUDYID, USUBJID, PARAMCD, AVISITN, DTYPE]
copy: {ADSL: [SEX, TRT01P], LB: [LBSEQ]}
parameters:
  PLAT:
    label: "Platelets (10^9/L)"
    number: 1
    category: HEMATOLOGY
    from: LB
    where: {LBTESTCD: PLAT, LBSTRESN: {IS: PRESENT}}
add:
- {take: maximum, of: AVAL, by: [PARAMCD], clear: [AVISITN], set: {DTYPE: {hardcode: MAXIMUM}}}
- {summarize: mean, of: AVAL, by: [PARAMCD], where: {DTYPE: {IS: MISSING}}, set: {DTYPE: {hardcode: AVERAGE}}}
- carry: last
  of: AVAL
  by: [PARAMCD]
  where: {DTYPE: {IS: MISSING}}
  visit: AVISITN
  visits: planned
  set: {DTYPE: {hardcode: LOCF}}
variables:
  AVAL: {assign: LB.LBSTRESN}
  AVISITN: {assign: LB.VISITNUM}
  RERUN: {assign: LB.LBRERUN, label: Reason for Re-run}
  TALL: [{hardcode: Y, when: {AVAL: {GT: 40}}, label: Over 40}, {hardcode: N}]
"""


def write_study(folder: Path, **adam: str) -> Path:
    for name, text in {"study.yaml": STUDY, "maps/planned.csv": "AVISITN\n1\n2\n3\n4\n"}.items():
        path = folder / "spec" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name, text in adam.items():
        path = folder / "spec" / "adam" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (folder / "raw").mkdir()
    for name, text in {"dm": DM, "lb": LB, "supplb": SUPPLB}.items():
        (folder / "raw" / f"{name}.csv").write_text(text)
    return folder


def run_study(folder: Path, **adam: str) -> tuple[Run, Path]:
    write_study(folder, **adam)
    run = convert(Order(folder / "spec", folder / "raw", folder / "out"))
    return run, folder / "out" / run.analysis_package


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    return run_study(tmp_path_factory.mktemp("analysis"), adsl=ADSL, adlb=ADLB)


def read(place: Path, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = pyreadstat.read_xport(str(place / f"{name}.xpt"))[0]
    return frame


def test_subjects_of_adsl_only(made: tuple[Run, Path]) -> None:
    adsl = read(made[1], "adsl")
    assert adsl.USUBJID.tolist() == ["XX-1-1", "XX-1-2"]
    assert adsl.TRT01P.tolist() == ["Drug A", "Drug B"]
    assert adsl.AGE.tolist() == [30.0, 44.0]
    assert set(read(made[1], "adlb").USUBJID) == {"XX-1-1", "XX-1-2"}


def test_a_subject_variable_reads_what_is_made_of_it(made: tuple[Run, Path]) -> None:
    assert read(made[1], "adsl").PEAK.tolist() == [80.5, 15.0]


def test_records_parameters_and_derived_records(made: tuple[Run, Path]) -> None:
    adlb = read(made[1], "adlb")
    rows = adlb[["USUBJID", "AVISITN", "DTYPE", "AVAL", "LBSEQ", "SEX", "TALL", "PARAM", "PARAMN", "PARCAT1"]]
    shown = [tuple(None if x != x else x for x in row[:7]) for row in rows.itertuples(index=False)]
    one, two = "XX-1-1", "XX-1-2"
    mean = (20 + 80.5 + 40) / 3
    assert shown == [
        (one, None, "AVERAGE", pytest.approx(mean), None, "F", "Y"),
        (one, None, "MAXIMUM", 80.5, 2.0, "F", "Y"),
        (one, 1.0, "", 20.0, 1.0, "F", "N"),
        (one, 2.0, "", 80.5, 2.0, "F", "Y"),
        (one, 3.0, "LOCF", 80.5, 2.0, "F", "Y"),
        (one, 4.0, "", 40.0, 3.0, "F", "N"),
        (two, None, "AVERAGE", 15.0, None, "M", "N"),
        (two, None, "MAXIMUM", 15.0, 1.0, "M", "N"),
        (two, 1.0, "", 15.0, 1.0, "M", "N"),
        (two, 2.0, "LOCF", 15.0, 1.0, "M", "N"),
        (two, 3.0, "LOCF", 15.0, 1.0, "M", "N"),
        (two, 4.0, "LOCF", 15.0, 1.0, "M", "N"),
    ]
    assert set(adlb.PARAM) == {"Platelets (10^9/L)"}
    assert set(adlb.PARAMN) == {1.0}
    assert set(adlb.PARCAT1) == {"HEMATOLOGY"}


def test_qualifiers_are_variables_of_their_record(made: tuple[Run, Path]) -> None:
    adlb = read(made[1], "adlb")
    assert set(adlb.loc[adlb.RERUN != "", "LBSEQ"]) == {2.0}
    assert set(adlb.RERUN) == {"", "CLOT"}


def test_define_says_what_was_copied_and_how_the_rest_is_made(made: tuple[Run, Path]) -> None:
    define = made[1] / "define.xml"
    assert not validate_define_xsd(define)
    document = read_define(define)
    assert next((s.name, s.version) for s in document.standards) == ("ADaMIG", "1.3")
    text = define.read_text("utf-8")
    assert "DM.AGE" in text
    assert "Largest ADLB.AVAL of the subject." in text
    assert (made[1] / "define.html").is_file()


def test_codelists_of_flags_of_what_is_taken_and_of_parameters(tmp_path: Path) -> None:
    more = """  BIGFL: {hardcode: Y, when: {AGE: {GT: 40}}, label: Over 40 Flag}
  SEXA: {assign: SEX, when: {AGE: {GT: 40}}, label: Sex of Those Over 40}
  NAMED: [{assign: SEX, label: Sex or Race}, {assign: RACE}]
"""
    run, place = run_study(tmp_path, adsl=ADSL + more, adlb=ADLB)
    codelists = {v.name: v.codelist for v in run.analysis["ADSL"].plan.variables}
    assert (codelists["SEX"], codelists["SEXA"], codelists["BIGFL"], codelists["NAMED"]) == ("SEX", "SEX", "NY", None)
    (document,) = [read_define(place / "define.xml")]
    listed = {c.name: [t.value for t in c.terms] for c in document.codelists}
    assert listed["Parameter (ADLB)"] == ["Platelets (10^9/L)"]
    assert listed["Parameter Code (ADLB)"] == ["PLAT"]


def test_a_codelist_that_nobody_has(tmp_path: Path) -> None:
    wrong = ADSL.replace("TRT01P: {assign: DM.ARM}", "TRT01P: {assign: DM.ARM, codelist: ARMS}")
    with pytest.raises(SpecError, match=r"adam/adsl.yaml:\d+: SPEC141 ADSL.TRT01P: no codelist is called ARMS"):
        run_study(tmp_path, adsl=wrong, adlb=ADLB)


def test_what_was_read_is_in_run_json_and_behind_each_record(made: tuple[Run, Path]) -> None:
    run, place = made
    said = json.loads((run.order.out / "run" / "run.json").read_text())
    assert {i["file"]: i["rows"] for i in said["inputs"]} == {"dm.csv": 3, "lb.csv": 7, "supplb.csv": 1}
    lineage = pd.read_parquet(run.order.out / "run" / "lineage.parquet")
    own = lineage[(lineage.dataset == "ADLB") & lineage.variable.isna()]
    assert set(own.origin) == {"LB"}
    assert set(own.record) == set(range(1, len(read(place, "adlb")) + 1))
    averaged = own[own.record == 1]
    assert averaged.origin_row.tolist() == [1, 2, 3]


def test_the_order_of_rows_of_the_files_does_not_matter(made: tuple[Run, Path], tmp_path: Path) -> None:
    write_study(tmp_path, adsl=ADSL, adlb=ADLB)
    for name in ("dm", "supplb"):
        head, *rows = (tmp_path / "raw" / f"{name}.csv").read_text().splitlines()
        (tmp_path / "raw" / f"{name}.csv").write_text("\n".join([head, *reversed(rows)]) + "\n")
    run = convert(Order(tmp_path / "spec", tmp_path / "raw", tmp_path / "out"))
    for name in ("adsl.xpt", "adlb.xpt", "define.xml"):
        assert (tmp_path / "out" / run.analysis_package / name).read_bytes() == (made[1] / name).read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("from: DM", "from: DN", "SPEC111", "no dataset is called 'DN'"),
        ("{assign: DM.ARM}", "{assign: DM.ARN}", "SPEC110", "DM has no 'ARN'"),
        ("{IS: PRESENT}", "{GT: 3}", "SPEC150", "ordered comparison of text"),
        ("SEX, RACE", "SEX", "SPEC133", "the required variable RACE"),
        (", label: Peak Platelets", "", "SPEC132", "it has no label"),
        ("TRT01P: {assign: DM.ARM}", "TRT01P: {assign: DM.ARM, label: Arm}", "SPEC131", "the guide's label"),
        ("keys: [STUDYID, USUBJID]", "keys: [STUDYID, USUBJIDD]", "SPEC110", "keys names USUBJIDD"),
        ("{max: ADLB.AVAL,", "{max: ADLB.LBSEQ, when: {PEAK: {GT: 1}},", "SPEC120", "in a circle"),
        ("class: SUBJECT", "class: OBJECT", "SPEC102", "not allowed"),
    ],
)
def test_what_is_wrong_in_a_spec_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, code: str, said: str
) -> None:
    write_study(tmp_path, adsl=ADSL.replace(old, new), adlb=ADLB)
    with pytest.raises(SpecError) as error:
        convert(Order(tmp_path / "spec", tmp_path / "raw", tmp_path / "out"))
    found = [p for p in error.value.problems if p.code == code]
    assert any(said in p.message and p.file == "adam/adsl.yaml" and p.line > 1 for p in found), error.value.problems


def told(made: tuple[Run, Path], words: str) -> str:
    order = made[0].order
    return render_trace(trace_value(order.study, order.out, order.raw, words.split()))


def test_the_story_of_a_copied_record_goes_down_to_the_file_that_was_given(made: tuple[Run, Path]) -> None:
    story = told(made, "ADLB USUBJID=XX-1-1 PARAMCD=PLAT DTYPE=MAXIMUM")
    assert story.splitlines()[0] == "XX-1-1: Platelets (10^9/L) is 80.5."
    assert story.splitlines()[1] == "ADLB.AVAL = '80.5'"
    assert "maximum of AVAL, copied from ADLB record 4" in story
    assert "LB.LBSTRESN = '80.5'\n      lb.csv record 2" in story


def test_the_story_of_a_summary_names_what_was_summarized(made: tuple[Run, Path]) -> None:
    story = told(made, "ADLB USUBJID=XX-1-1 PARAMCD=PLAT DTYPE=AVERAGE AVAL")
    assert "The mean of AVAL by PARAMCD." in story
    assert [v for v in ("'20'", "'80.5'", "'40'") if f"AVAL {v}" in story] == ["'20'", "'80.5'", "'40'"]


def test_the_story_of_a_variable_that_reads_another_dataset_names_its_record(made: tuple[Run, Path]) -> None:
    story = told(made, "ADSL USUBJID=XX-1-1 PEAK")
    taken = [line for line in story.splitlines() if line.strip().startswith("->")]
    assert len(taken) == 1
    assert "AVAL '80.5'" in taken[0]
    assert "lb.csv record 2" in story


def test_another_file_has_no_story(made: tuple[Run, Path], tmp_path: Path) -> None:
    order = made[0].order
    for name in ("dm.csv", "lb.csv", "supplb.csv"):
        (tmp_path / name).write_bytes((order.raw / name).read_bytes())
    (tmp_path / "lb.csv").write_text(LB.replace("80.5", "80.6"))
    with pytest.raises(TraceError, match=r"lb\.csv is not the file"):
        trace_value(order.study, order.out, tmp_path, ["ADSL", "USUBJID=XX-1-1", "PEAK"])


def test_one_analysis_dataset_may_be_selected(made: tuple[Run, Path], tmp_path: Path) -> None:
    order = made[0].order
    run = convert(Order(order.study, order.raw, tmp_path / "out", select=("adlb",)))
    place = tmp_path / "out" / run.analysis_package
    assert [p.name for p in sorted(place.glob("*.xpt"))] == ["adlb.xpt"]
    assert (place / "adlb.xpt").read_bytes() == (made[1] / "adlb.xpt").read_bytes()


def test_programs_are_the_specs_and_the_version(made: tuple[Run, Path]) -> None:
    order = made[0].order
    programs = order.out / made[0].analysis_programs
    assert {p.name for p in programs.iterdir()} == {
        "adlb.txt",
        "adsl.txt",
        "readme.txt",
        "study.txt",
        "table-planned.txt",
    }
    assert (programs / "adlb.txt").read_text() == (order.study / "adam" / "adlb.yaml").read_text()
    assert "cdisc-itp" in (programs / "readme.txt").read_text()


def test_the_story_of_a_maximum_names_what_it_was_compared_with(made: tuple[Run, Path]) -> None:
    story = told(made, "ADLB USUBJID=XX-1-1 PARAMCD=PLAT DTYPE=MAXIMUM AVAL")
    assert [
        line.strip().partition(": ")[2] for line in story.splitlines() if "ADLB record" in line and ". " in line
    ] == [
        "AVAL '20'",
        "AVAL '80.5'",
        "AVAL '40'",
    ]
    assert "-> 2. ADLB record 4: AVAL '80.5'" in story
