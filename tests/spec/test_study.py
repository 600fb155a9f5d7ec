"""A study ready to be built: what needs no line, codelists, build order, sponsor-defined domains."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.issue import SpecError
from cdisc_itp.spec.graph import SETTLED
from cdisc_itp.spec.study import DatasetBuild, Study, load_study
from tests.bad import lay_out

EX = """dataset: EX
records: [{from: exposure}]
keys: [STUDYID, USUBJID, EXTRT, EXSTDTC]
variables:
  EXTRT: {assign: drug}
  EXSTDTC: {assign_datetime: start}
"""


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("study: CARD-Ü", "study.study: 'CARD-Ü' has signs that ascii does not have - STUDYID and USUBJID hold it"),
        ("study: CARD/01", "study.study: 'CARD/01' cannot be the name of a folder - declare `folder`"),
        ("study: ../../01", "study.study: '../../01' cannot be the name of a folder"),
        ("study: A\nfolder: ../../b", "study.folder: '../../b' cannot be the name of a folder"),
        ("study: A\nfolder: 'C:b'", "study.folder: 'C:b' cannot be the name of a folder"),
        ("study: A\nfolder: ..", "study.folder: '..' cannot be the name of a folder"),
        ("study: A\nfolder: 'b '", "study.folder: 'b ' cannot be the name of a folder"),
    ],
)
def test_an_identifier_that_no_file_can_hold_and_no_folder_have(tmp_path: Path, lines: str, problem: str) -> None:
    """Without this every STUDYID and USUBJID would be left out, and a package could lie outside of OUT."""
    changed = Changed(tmp_path / "study")
    text = (changed.folder / "study.yaml").read_text("utf-8").partition("\n")[2]
    with pytest.raises(SpecError, match="SPEC102") as told:
        changed.write("study.yaml", f"{lines}\n{text}").load()
    assert [problem in str(p) for p in told.value.problems] == [True]


def test_an_identifier_of_signs_that_the_encoding_has_and_of_none_that_a_folder_has(tmp_path: Path) -> None:
    changed = Changed(tmp_path / "study").replace("study.yaml", "study: ", "encoding: utf-8\nfolder: a.1-b\nstudy: Ü/")
    assert changed.load().name.startswith("Ü/")


class Changed:
    """The tiny study, whose files can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = lay_out(None, folder)

    def write(self, name: str, text: str) -> Changed:
        (self.folder / name).write_text(text, encoding="utf-8")
        return self

    def add(self, name: str, text: str) -> Changed:
        return self.write(name, (self.folder / name).read_text(encoding="utf-8") + text)

    def replace(self, name: str, old: str, new: str) -> Changed:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        return self.write(name, text.replace(old, new))

    def with_exposure(self) -> Changed:
        self.add("forms.yaml", "exposure: {row: r, columns: {subject: text, drug: text, start: date}}\n")
        self.replace("sources/a.yaml", "lb: {file: lb.csv}}", "lb: {file: lb.csv}, ex: {file: ex.csv}}")
        columns = "{subject: {column: S}, drug: {column: D}, start: {column: T}}"
        self.add("sources/a.yaml", f"  exposure: {{from: ex, columns: {columns}}}\n")
        return self.write("sdtm/ex.yaml", EX)

    def load(self) -> Study:
        return load_study(self.folder)

    def problems(self) -> list[str]:
        with pytest.raises(SpecError) as error:
            self.load()
        return [str(p) for p in error.value.problems]


@pytest.fixture
def study(tmp_path: Path) -> Changed:
    return Changed(tmp_path / "study")


def methods(d: DatasetBuild) -> dict[str, str]:
    return {n: " ".join(s.algorithm.describe() for s in v.steps) for n, v in d.variables.items()}


def test_what_needs_no_line(study: Changed) -> None:
    study.add("study.yaml", "visits: visits.csv\n").write("visits.csv", "visit,VISITNUM,VISIT\nV1,1,SCREENING\n")
    study.replace("forms.yaml", "unit: text}", "unit: text, visit: text}")
    study.add("sources/a.yaml", "      visit: {column: VISIT}\n")
    lb = methods(study.load().datasets["LB"])
    assert {n: lb[n] for n in ("STUDYID", "DOMAIN", "LBSEQ", "LBTEST", "VISITNUM", "VISIT", "LBDY")} == {
        "STUDYID": "Set to TINY.",
        "DOMAIN": "Set to LB.",
        "LBSEQ": "Sequential number of the record within USUBJID.",
        "LBTEST": "Decode of LBTESTCD from its codelist.",
        "VISITNUM": "VISITNUM of visit in the study's visit schedule.",
        "VISIT": "VISIT of visit in the study's visit schedule.",
        "LBDY": "LBDTC minus DM.RFSTDTC in days, plus 1 on and after DM.RFSTDTC; there is no day 0.",
    }
    # Expected variables without a line are there without values (SDTMIG 3.4, 4.1.5); permissible ones are not.
    assert (lb["LBNRIND"], "LBLOC" in lb, "VISITDY" in lb) == ("", False, False)


def test_a_line_wins_over_what_needs_none(study: Changed) -> None:
    study.replace("sdtm/lb.yaml", "LBORRES:", "LBTEST: {assign: test}\n  LBORRES:").add(
        "sdtm/lb.yaml", "omit: [LBDY]\n"
    )
    lb = methods(study.load().datasets["LB"])
    assert lb["LBTEST"] == "Equal to test."
    assert "LBDY" not in lb


def test_variables_are_in_the_guides_order(study: Changed) -> None:
    names = study.load().datasets["LB"].plan.names
    assert names[:5] == ("STUDYID", "DOMAIN", "USUBJID", "LBSEQ", "LBTESTCD")
    assert names[-2:] == ("LBDTC", "LBDY")


def test_dm_and_ex_may_read_each_other(study: Changed) -> None:
    study.with_exposure().add("study.yaml", "reference_start: {first: EX.EXSTDTC}\n")
    order = study.load().order
    before = [order.index(n) for n in (("EX", "EXSTDTC"), ("DM", "RFSTDTC"), ("EX", "EXSTDY"))]
    assert before == sorted(before)
    assert order.index(("EX", SETTLED)) < order.index(("DM", "RFSTDTC"))
    assert len(order) == len(set(order))


def test_the_order_is_the_same_every_time(study: Changed) -> None:
    study.with_exposure()
    assert study.load().order == study.load().order


def test_a_circle_over_datasets(study: Changed) -> None:
    study.with_exposure().replace("sdtm/dm.yaml", '{hardcode: "01"}', "{first: EX.EXCAT}")
    study.add("sdtm/ex.yaml", "  EXCAT: {assign: DM.SITEID}\n")
    assert study.problems() == [
        "sdtm/dm.yaml:5: SPEC120 variables read each other in a circle: DM.SITEID <- EX.EXCAT <- DM.SITEID"
    ]


def test_records_that_intervals_settle_come_after_what_they_need(study: Changed) -> None:
    study.with_exposure().replace(
        "sdtm/ex.yaml", "{from: exposure}", "{from: exposure, intervals: {same: [EXTRT], start: EXSTDTC, end: EXENDTC}}"
    )
    study.add("sdtm/ex.yaml", "  EXENDTC: {assign_datetime: start}\n  EXCAT: {assign: drug}\n")
    order = study.load().order
    settled = order.index(("EX", SETTLED))
    assert {v for d, v in order[:settled] if d == "EX"} >= {"EXTRT", "EXSTDTC", "EXENDTC"}
    assert order.index(("EX", "EXCAT")) > settled


def test_codelists(study: Changed) -> None:
    terms = "{extends: UNIT, terms: [drops]}, MORE: {extends: UNIT, terms: [spoons]}"
    study.add("study.yaml", f"codelists: {{CAUSE: {{label: Cause, terms: {{R: Related, N: }}}}, UNITS: {terms}}}\n")
    study.replace("sdtm/lb.yaml", "LBORRES:", "LBCAT: {assign_ct: result, codelist: CAUSE}\n  LBORRES:")
    made = study.load()
    own, unit = made.codelist("LB", "LBCAT"), made.codelist("LB", "LBORRESU")
    assert own is not None and unit is not None
    assert (own.name, own.label, own.extensible, [(t.value, t.decode) for t in own.terms]) == (
        *("CAUSE", "Cause", False, [("R", "Related"), ("N", None)]),
    )
    # Two extensions of one published codelist add up; it stays the published one.
    assert (unit.name, unit.code, unit.extensible) == ("UNIT", "C71620", True)
    assert {"drops", "spoons", "g/L"} <= unit.by_value.keys()
    sex = made.codelist("DM", "SEX")
    assert sex is not None and (sex.name, sex.extensible, "M" in sex.by_value) == ("SEX", False, True)
    assert made.codelist("LB", "LBORRES") is None
    country = made.codelist("DM", "COUNTRY")
    assert country is not None and {"CHN", "DEU"} <= country.by_value.keys()


def test_a_variable_with_several_codelists(study: Changed) -> None:
    study.with_exposure().add("sdtm/ex.yaml", "  EXADJ: {assign: drug}\n")
    codelists = study.load().codelists
    both = codelists.named("NY+SEX")
    assert both is not None and {"Y", "N", "M", "F"} <= both.by_value.keys()
    assert codelists.named("NOTHING") is None


def test_dictionaries(study: Changed) -> None:
    said = 'dictionaries: {MEDDRA: {name: MedDRA, version: "27.0", variables: [LB.LBCAT]}}\n'
    study.add("study.yaml", said).replace("sdtm/lb.yaml", "LBORRES:", "LBCAT: {assign: result}\n  LBORRES:")
    assert study.load().datasets["LB"].plan.variable("LBCAT").codelist == "MEDDRA"
    study.replace("study.yaml", "LB.LBCAT", "LC.LBCAT")
    assert study.problems() == ["study.yaml:4: SPEC111 dictionaries.MEDDRA: no dataset is called 'LC' - one of DM, LB"]


def test_a_sponsor_defined_domain(study: Changed) -> None:
    study.write(
        "sdtm/xx.yaml",
        "dataset: XX\nclass: FINDINGS\nlabel: Bone Biopsy\nrecords: [{from: laboratory}]\n"
        "keys: [STUDYID, USUBJID, XXTESTCD]\n"
        "variables:\n  XXTESTCD: {hardcode: BONE}\n  XXTEST: {hardcode: Bone Biopsy}\n  XXORRES: {assign: result}\n"
        "  XXORRESU: {assign_ct: unit}\n  XXDTC: {assign_datetime: date}\n",
    )
    made = study.load()
    xx = made.datasets["XX"]
    assert (xx.plan.label, xx.plan.class_name, xx.topic) == ("Bone Biopsy", "FINDINGS", "XXTESTCD")
    assert {"STUDYID", "DOMAIN", "USUBJID", "XXSEQ", "XXTESTCD", "XXDY"} <= set(xx.plan.names)
    # Its variables have the codelists of the class: the unit's is that of every --ORRESU.
    unit = made.codelist("XX", "XXORRESU")
    assert unit is not None and unit.name == "UNIT"
    study.replace("sdtm/xx.yaml", "class: FINDINGS", "class: SPECIAL PURPOSE")
    assert study.problems()[0].startswith(
        "sdtm/xx.yaml:1: SPEC112 XX: 'SPECIAL PURPOSE' is no general observation class"
    )


def test_supplemental_variables_have_a_dataset_of_their_own(study: Changed) -> None:
    study.add("sdtm/lb.yaml", "supplemental: {LBRERUN: {assign: result, label: Reason for Re-run}}\n")
    lb = study.load().datasets["LB"]
    assert lb.supplemental is not None
    assert (lb.supplemental.name, "LBRERUN" in lb.variables, "LBRERUN" in lb.plan.names) == ("SUPPLB", True, False)


def test_every_record_stays_where_the_topic_may_be_missing(study: Changed) -> None:
    assert study.load().datasets["LB"].topic == "LBTESTCD"
    assert study.add("sdtm/lb.yaml", "reject: no\n").load().datasets["LB"].topic is None


def test_epochs_order_what_they_compare_with(study: Changed) -> None:
    study.add("study.yaml", "epochs: epochs.csv\n").write("epochs.csv", "epoch,start,end\nTREATMENT,RFSTDTC,RFENDTC\n")
    lb = study.replace("sdtm/lb.yaml", "LBDTC]", "LBDTC]\nsupplemental: {LBEP: {epoch: LBDTC, label: Epoch}}").load()
    assert lb.datasets["LB"].variables["EPOCH"].steps[0].algorithm.reads == ("LBDTC", "DM.RFSTDTC", "DM.RFENDTC")
    at = {n: lb.order.index(n) for n in (("DM", "RFENDTC"), ("LB", "EPOCH"), ("LB", "LBEP"))}
    assert at["DM", "RFENDTC"] < min(at["LB", "EPOCH"], at["LB", "LBEP"])
    study.write("epochs.csv", "epoch,start,end\nTREATMENT,RFSTDT,\n")
    assert study.problems() == [
        "epochs.csv:2: SPEC110 start names RFSTDT, which is no variable of DM - did you mean 'RFSTDTC'?"
    ]


def test_several_sources_of_records_with_lines_of_their_own(study: Changed) -> None:
    study.replace(
        "sdtm/lb.yaml",
        "[{from: laboratory}]",
        "[{from: laboratory}, {from: laboratory, where: {test: HGB}, reason: r, set: {LBCAT: {hardcode: AGAIN}}}]",
    )
    lb = study.load().datasets["LB"]
    assert lb.variables["LBCAT"].steps == ()
    assert [sorted(r.set) for r in lb.spec.records] == [[], ["LBCAT"]]
    assert lb.plan.variable("LBCAT").origin is not None
