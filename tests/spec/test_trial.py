"""Trial design datasets: what study.yaml and the tables say, and every way to say it wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.codelist import Term
from cdisc_itp.model.issue import SpecError
from cdisc_itp.spec.codelists import Codelists
from cdisc_itp.spec.study import load_study
from cdisc_itp.spec.trial import TrialDataset
from tests.bad import lay_out
from tests.tiny import ROOT

ARMS = "ARMCD,ARM,TAETORD,ETCD,EPOCH\nB,Beta,2,FU,FOLLOW-UP\nB,Beta,1,SCRN,SCREENING\nA,Alpha,10,FU,FOLLOW-UP\n"
ELEMENTS = "ETCD,ELEMENT,TESTRL\nSCRN,Screening,Consent\nFU,Follow-up,Last dose\n"
VISITS = "visit,VISITNUM,VISIT,VISITDY,from_day,to_day\nV1,1,VISIT 1,1,1,1\nV2,2,VISIT 2,15,13,17\nU,,UNSCHEDULED,,,\n"
SUMMARY = "TSPARMCD,TSVAL,TSVALNF\nTTYPE,SAFETY,\nTTYPE,EFFICACY,\nSSTDTC,2022-03-02,\nAGEMAX,,PINF\n"


def said(folder: Path, **tables: str) -> dict[str, TrialDataset]:
    """The study with these tables as its trial design."""
    (folder / "trial").mkdir()
    lines = ["trial:"]
    for name, text in tables.items():
        (folder / "trial" / f"{name.lower()}.csv").write_text(text, "utf-8")
        lines.append(f"  {name}: {{file: trial/{name.lower()}.csv}}")
    return with_lines(folder, "\n".join(lines))


def with_lines(folder: Path, lines: str) -> dict[str, TrialDataset]:
    with (folder / "study.yaml").open("a") as file:
        file.write(f"{lines}\n")
    return load_study(folder).trial


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out(None, tmp_path / "study")


def column(trial: TrialDataset, name: str) -> list[str | None]:
    return [r.get(name) for r in trial.records]


def origin(trial: TrialDataset, name: str) -> str | None:
    found = trial.plan.variable(name).origin
    return found.type if found else None


def test_records_are_in_the_order_of_the_keys_and_know_their_lines(folder: Path) -> None:
    ta = said(folder, TA=ARMS, TE=ELEMENTS)["TA"]
    assert ta.plan.keys == ("STUDYID", "ARMCD", "TAETORD")
    assert list(zip(column(ta, "ARMCD"), column(ta, "TAETORD"), ta.lines, strict=True)) == [
        ("A", "10", 4),
        ("B", "1", 3),
        ("B", "2", 2),
    ]
    assert ta.file == "trial/ta.csv"


def test_names_of_elements_come_from_their_table(folder: Path) -> None:
    ta = said(folder, TA=ARMS, TE=ELEMENTS)["TA"]
    assert column(ta, "ELEMENT") == ["Follow-up", "Screening", "Follow-up"]
    assert (origin(ta, "ETCD"), origin(ta, "DOMAIN"), origin(ta, "TABRANCH")) == (
        "Protocol",
        "Assigned",
        "Not Available",
    )


def test_the_schedule_is_the_table_of_visits(folder: Path) -> None:
    (folder / "visits.csv").write_text(VISITS)
    tv = with_lines(folder, "visits: visits.csv\ntrial: {TV: {file: visits.csv}}")["TV"]
    assert column(tv, "VISIT") == ["VISIT 1", "VISIT 2"]
    assert column(tv, "TVSTRL") == ["On study day 1", "Between study day 13 and study day 17"]
    assert "visit" not in tv.plan.names and "ARMCD" in tv.plan.names


def test_a_visit_that_sites_write_in_two_ways_is_one(folder: Path) -> None:
    (folder / "visits.csv").write_text(VISITS + "Visite 2,2,VISIT 2,15,13,17\n", "utf-8")
    tv = with_lines(folder, "visits: visits.csv\ntrial: {TV: {file: visits.csv}}")["TV"]
    assert (column(tv, "VISITNUM"), tv.lines) == (["1", "2"], (2, 3))


def test_rows_that_speak_differently_of_one_visit_are_told(folder: Path) -> None:
    (folder / "visits.csv").write_text(VISITS + "Visite 2,2,VISIT 2,15,10,20\n", "utf-8")
    with pytest.raises(SpecError) as told:
        with_lines(folder, "visits: visits.csv\ntrial: {TV: {file: visits.csv}}")
    assert "visits.csv:5: SPEC118 TV: '2' has two rows - first on line 3" in str(told.value)


def test_columns_of_another_name(folder: Path) -> None:
    (folder / "trial").mkdir()
    (folder / "trial" / "c.csv").write_text("code,kind,words\nI1,INCLUSION,Adult\n")
    columns = "{IETESTCD: code, IECAT: kind, IETEST: words}"
    ti = with_lines(folder, f"trial: {{TI: {{file: trial/c.csv, columns: {columns}}}}}")["TI"]
    expected = {"STUDYID": "TINY", "DOMAIN": "TI", "IETESTCD": "I1", "IECAT": "INCLUSION", "IETEST": "Adult"}
    assert ti.records == (expected,)


def test_summary_is_numbered_named_and_coded(folder: Path) -> None:
    ts = said(folder, TS=SUMMARY)["TS"]
    assert column(ts, "TSPARMCD") == ["AGEMAX", "SSTDTC", "TTYPE", "TTYPE"]
    assert column(ts, "TSSEQ") == ["1", "1", "1", "2"]
    assert column(ts, "TSVAL") == [None, "2022-03-02", "SAFETY", "EFFICACY"]
    assert column(ts, "TSPARM")[1:3] == ["Study Start Date", "Trial Type"]
    # NCI EVS: SAFETY is C49667, EFFICACY C49666.
    assert column(ts, "TSVALCD") == [None, None, "C49667", "C49666"]
    assert column(ts, "TSVCDREF") == [None, None, "CDISC CT", "CDISC CT"]
    assert column(ts, "TSVCDVER") == [None, None, "2025-03-28", "2025-03-28"]


def test_value_level_says_what_each_parameter_is(folder: Path) -> None:
    (level,) = said(folder, TS=SUMMARY)["TS"].plan.value_level
    items = {i.name: i for i in level.items}
    assert (level.variable, level.by) == ("TSVAL", ("TSPARMCD",))
    assert items["TTYPE"].codelist == "TTYPE"
    origins = {n: i.origin.type for n, i in items.items() if i.origin}
    assert origins == {"TTYPE": "Protocol", "SSTDTC": "Derived", "AGEMAX": "Protocol"}
    assert "RFICDTC" in (items["SSTDTC"].method or "")


def test_comments_of_a_parameter_are_its_own_in_define(folder: Path) -> None:
    table = "TSPARMCD,TSVAL,comment\nTTYPE,SAFETY,One.\nTTYPE,EFFICACY,Two.\nINDIC,X,\n"
    (level,) = said(folder, TS=table)["TS"].plan.value_level
    assert {i.name: i.comment for i in level.items} == {"INDIC": None, "TTYPE": "One. Two."}


def test_long_text_goes_on_in_further_variables(folder: Path) -> None:
    words = " ".join(f"word{i}" for i in range(70))
    ts = said(folder, TS=f"TSPARMCD,TSVAL\nOBJPRIM,{words}\n")["TS"]
    (record,) = ts.records
    parts = [record[n] or "" for n in ("TSVAL", "TSVAL1", "TSVAL2")]
    assert " ".join(parts) == words and max(map(len, parts)) <= 200
    assert [v for v in ts.plan.names if v.startswith("TSVAL")] == ["TSVAL", "TSVAL1", "TSVAL2", "TSVALCD"]
    assert ts.plan.variable("TSVAL1").label == "Parameter Value 1"


WRONG = {
    "unknown_dataset": ("TX", ARMS, "study.yaml:LINE: SPEC112 trial: TX is no trial design dataset"),
    "subject_dataset": ("LB", ARMS, "study.yaml:LINE: SPEC112 trial: LB is no trial design dataset"),
    "unknown_variable": (
        "TE",
        "ETCD,ELEMENT,TESTRL,TESTRULE\nA,B,C,D\n",
        "trial/te.csv:1: SPEC132 TE: the guide has no variable TESTRULE",
    ),
    "required_column": (
        "TE",
        "ETCD,ELEMENT\nA,B\n",
        "trial/te.csv:1: SPEC133 TE: the required variable TESTRL (Rule for Start of Element) is no column",
    ),
    "required_cell": (
        "TE",
        "ETCD,ELEMENT,TESTRL\nA,,C\n",
        "trial/te.csv:2: SPEC118 TE: the row has nothing under 'ELEMENT'",
    ),
    "number": ("TV", "VISITNUM,VISIT,TVSTRL\none,V,W\n", "trial/tv.csv:2: SPEC118 TV: VISITNUM 'one' is no number"),
    "twice": (
        "TE",
        "ETCD,ELEMENT,TESTRL\nA,B,C\nA,D,E\n",
        "trial/te.csv:3: SPEC118 TE: 'A' has two rows - first on line 2",
    ),
    "long": (
        "TE",
        f"ETCD,ELEMENT,TESTRL\nA,B,{'C' * 201}\n",
        "trial/te.csv:2: SPEC118 TE: TESTRL has 201 bytes, XPT holds 200",
    ),
    "signs": (
        "TE",
        "ETCD,ELEMENT,TESTRL\nA,B,\u9ad8\n",
        "trial/te.csv:2: SPEC118 TE: TESTRL '\u9ad8' has signs that ascii does not have",
    ),
    "closed_codelist": (
        "TI",
        "IETESTCD,IETEST,IECAT\nA,B,INCLUDED\n",
        "trial/ti.csv:2: SPEC140 TI: 'INCLUDED' is no term of IECAT",
    ),
    "unknown_parameter": (
        "TS",
        "TSPARMCD,TSVAL\nSTART,2022\n",
        "trial/ts.csv:2: SPEC140 TS: 'START' is no term of TSPARMCD, and has no TSPARM",
    ),
    "no_term": (
        "TS",
        "TSPARMCD,TSVAL\nTPHASE,PHASE 2\n",
        "trial/ts.csv:2: SPEC140 TS: TPHASE: 'PHASE 2' is no term of TPHASE",
    ),
    "code_of_another_term": (
        "TS",
        "TSPARMCD,TSVAL,TSVALCD\nTPHASE,PHASE II TRIAL,C15600\n",
        "trial/ts.csv:2: SPEC140 TS: the code of 'PHASE II TRIAL' is C15601, not C15600",
    ),
    "neither": (
        "TS",
        "TSPARMCD,TSVAL,TSVALNF\nTITLE,,\n",
        "trial/ts.csv:2: SPEC118 TS: TITLE needs either TSVAL or TSVALNF",
    ),
    "flavor": (
        "TS",
        "TSPARMCD,TSVAL,TSVALNF\nTITLE,,NONE\n",
        "trial/ts.csv:2: SPEC140 TS: 'NONE' is no null flavor of ISO 21090",
    ),
    "word_of_over_200": (
        "TS",
        f"TSPARMCD,TSVAL\nTITLE,{'C' * 201}\n",
        "trial/ts.csv:2: SPEC118 TS: TSVAL has a word of over 200 bytes",
    ),
    "ragged": ("TE", "ETCD,ELEMENT,TESTRL\nA,B\n", "trial/te.csv:2: SPEC118 the row has 2 cell(s), the header 3"),
}


@pytest.mark.parametrize("case", [*WRONG])
def test_what_is_wrong_is_told_once_with_its_line(case: str, folder: Path) -> None:
    name, table, told = WRONG[case]
    line = len((folder / "study.yaml").read_text().splitlines()) + 2
    with pytest.raises(SpecError) as error:
        said(folder, **{name: table})
    (problem,) = error.value.problems
    assert str(problem).startswith(told.replace("LINE", str(line)))


def test_a_dataset_has_one_description(folder: Path) -> None:
    (folder / "sdtm" / "te.yaml").write_text("dataset: TE\nrecords: [{from: demography}]\nvariables: {}\n")
    with pytest.raises(SpecError) as error:
        said(folder, TE=ELEMENTS)
    assert any("SPEC119 sdtm/te.yaml describes the dataset TE too" in str(p) for p in error.value.problems)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("trial: {TE: {file: trial/none.csv}}", "SPEC002 trial.TE: there is no trial/none.csv"),
        ("trial: {TE: {file: ../te.csv}}", "SPEC002 trial.TE: ../te.csv lies outside the study's folder"),
        ("trial: {TE: {file: te.csv, columns: {ETCD: code}}}", "SPEC114 trial.TE: the table has no column 'code'"),
    ],
)
def test_files_and_columns_that_are_not_there(line: str, told: str, folder: Path) -> None:
    (folder / "te.csv").write_text(ELEMENTS)
    with pytest.raises(SpecError) as error:
        with_lines(folder, line)
    assert [told in str(p) for p in error.value.problems] == [True]


def test_arms_elements_and_criteria_have_the_codelists_that_the_tables_define(folder: Path) -> None:
    criteria = "IETESTCD,IETEST,IECAT\nINC01,Adult,INCLUSION\nEXC01,Pregnant,EXCLUSION\n"
    trial = said(folder, TA=ARMS, TE=ELEMENTS, TI=criteria)
    named = {name: {v.name: v.codelist for v in t.plan.variables} for name, t in trial.items()}
    assert (named["TA"]["ARMCD"], named["TA"]["ARM"], named["TA"]["ETCD"]) == ("ARMCD", "ARM", "ETCD")
    assert (named["TE"]["ETCD"], named["TE"]["ELEMENT"], named["TI"]["IETEST"]) == ("ETCD", "ELEMENT", "IETEST")
    lists = load_study(folder).codelists
    assert [(t.value, t.decode) for t in listed(lists, "ARMCD")] == [("B", "Beta"), ("A", "Alpha")]
    assert [t.value for t in listed(lists, "ARM")] == ["Beta", "Alpha"]
    assert [(t.value, t.decode) for t in listed(lists, "IETESTCD")] == [("INC01", "Adult"), ("EXC01", "Pregnant")]
    assert [lists.name_for("DM", v) for v in ("ARMCD", "ACTARMCD", "ARM", "ACTARM")] == ["ARMCD", "ARMCD", "ARM", "ARM"]
    assert (lists.name_for("SE", "ELEMENT"), lists.name_for("AE", "AETERM")) == ("ELEMENT", None)


def test_a_codelist_of_the_study_stands_for_the_table() -> None:
    """The study has no TA; its codelist of arm codes says their names."""
    lists = load_study(ROOT / "specs" / "abc01").codelists
    assert lists.name_for("DM", "ARM") == lists.name_for("DM", "ACTARM") == "ARM"
    assert [t.value for t in listed(lists, "ARM")] == [t.decode for t in listed(lists, "ARMCD")]


def listed(lists: Codelists, name: str) -> tuple[Term, ...]:
    found = lists.named(name)
    assert found is not None
    return found.terms
