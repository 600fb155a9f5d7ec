"""Stories of values: 200 random cells of each dataset are rebuilt from the raw files by what their story says."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from cdisc_itp.algorithms.registry import ALGORITHMS
from cdisc_itp.build.shown import shown
from cdisc_itp.build.trace import TraceError, render_trace
from cdisc_itp.spec.study import load_study
from cdisc_itp.tracing import parse_words, replay_subject
from tests.build.retelling import UntoldError
from tests.build.retold_study import whole_written, write
from tests.tiny import TINY

CELLS = 200


@pytest.mark.parametrize("study", ["abc01", "cdiscpilot01", "nct05471050"])
def test_random_cells_are_rebuilt_from_the_raw_files_by_their_story(study: str, request: pytest.FixtureRequest) -> None:
    written = whole_written(study, request)
    # A record of the trial's design has no raw file behind it (test_trial_design.py).
    for name, frame in ((n, f) for n, f in written.files.items() if n not in written.replay.study.trial):
        assert len(written.order(name)) == len(frame)
        chance = random.Random(f"{study} {name}")
        for _ in range(CELLS):
            written.check(name, chance.randrange(len(frame)), chance.choice(list(frame.columns)))
    if study == "nct05471050":
        read = [Path(file) for file in written.telling.files.read]
        assert {file.parts[0] for file in read} == {"central", *(f"site0{i}" for i in range(1, 8))}
        assert {file.suffix for file in read} == {".csv", ".txt", ".xlsx", ".sav", ".xpt", ".xml"}


# Families of words of tabulations; those of analysis datasets are told in test_analysis.py.
FAMILIES = {
    *("across", "assign", "baseline", "columns", "dates", "lookup", "merge", "numbers", "sequence", "texts"),
    *("toxicity", "visit"),
}


def family(word: type) -> str:
    return word.__module__.rpartition(".")[2]


def test_every_cell_of_the_tiny_study_by_every_word(request: pytest.FixtureRequest) -> None:
    written = whole_written("tiny", request)
    for name, frame in written.files.items():
        for row in range(len(frame)):
            for variable in frame.columns:
                written.check(name, row, variable)
    words = {w for w, c in ALGORITHMS.items() if family(c) in FAMILIES} - {"exists"}
    assert words - written.telling.words == set()


def test_a_story_is_held_against_the_raw_file_itself(tmp_path: Path) -> None:
    shutil.copytree(TINY / "raw", tmp_path / "raw")
    written = write(TINY / "spec", tmp_path / "raw", tmp_path / "out")
    path = tmp_path / "raw" / "a" / "ae.csv"
    path.write_text(path.read_text("utf-8").replace("Headache", "Headpain"), "utf-8")
    row = written.files["AE"]["AETERM"].tolist().index("Headache")
    with pytest.raises(UntoldError, match="the file says 'Headpain#'"):
        written.check("AE", row, "AETERM")


def test_one_subjects_replay_tells_the_same_as_that_of_all() -> None:
    study = load_study(TINY / "spec")
    every, one = replay_subject(study, TINY / "raw", None), replay_subject(study, TINY / "raw", "TINY-01-201")
    for name in ("DM", "EX", "LB", "AE", "SUPPDM"):
        order = [i for i in every.records_in_file(name) if shown(every.stored[name]["USUBJID"], i) == "TINY-01-201"]
        assert len(order) == len(one.records_in_file(name)) > 0
        for variable in every.stored[name]:
            if variable != variable.lower():
                for i, j in zip(order, one.records_in_file(name), strict=True):
                    a, b = every.trace(name, i, variable), one.trace(name, j, variable)
                    assert render_trace(a) == render_trace(b)


STORIES = {
    "EX USUBJID=TINY-01-102 EXSEQ=1 EXENDTC": """\
EX.EXENDTC = '2024-01-22'
  intervals [sdtm/ex.yaml:2]: One record of 3 rows that follow each other: from the first start to the last end.
   - 1. a/ex.csv row 6: EXTRT 'DRUG A', EXDOSE '50', EXDOSU 'mg', EXSTDTC '2024-01-09', EXENDTC '2024-01-12'
  -> 2. a/ex.csv row 7: EXTRT 'DRUG A', EXDOSE '50', EXDOSU 'mg', EXSTDTC '2024-01-13', EXENDTC '2024-01-22'
   - 3. a/ex.csv row 8: EXTRT 'DRUG A', EXDOSE '50', EXDOSU 'mg', EXSTDTC '2024-01-13', EXENDTC '2024-01-20'
    EX.EXENDTC = '2024-01-22'
      assign_datetime [sdtm/ex.yaml:10]: end in ISO 8601 format.
        dosing.end = '2024-01-22'
          column [sources/a.yaml:28]: Raw column END (format 'dd MMM yyyy').
          raw a/ex.csv row 7 column END: '22 JAN 2024'
""",
    "AE USUBJID=TINY-01-101 AETERM=Headache AEOUT": """\
AE.AEOUT = 'RECOVERED/RESOLVED'
  hardcode_ct [sdtm/ae.yaml:9]: where remark EQ died: Set to FATAL (controlled terminology).
  the condition does not hold
    events.remark = (no value)
      column [sources/a.yaml:59]: Raw column REMARK.
      raw a/ae.csv row 2 column REMARK: (empty)
  hardcode_ct [sdtm/ae.yaml:9]: where AEENDTC IS PRESENT: Set to RECOVERED/RESOLVED (controlled terminology).
    AE.AEENDTC = '2024-01-11'
      assign_datetime [sdtm/ae.yaml:11]: end in ISO 8601 format.
        events.end = '2024-01-11'
          column [sources/a.yaml:56]: Raw column END (format 'dd MMM yyyy').
          raw a/ae.csv row 2 column END: '11 JAN 2024'
""",
    "LB USUBJID=TINY-01-101 LBTESTCD=WBC VISITNUM=3 LBREASND": """\
LB.LBREASND = 'SAMPLE CLOTTED'
  assign [sdtm/lb.yaml:17]: Equal to result_reason.
    laboratory.result_reason = 'SAMPLE CLOTTED'
      missing [sources/a.yaml:39]: The reason that `missing` says of the raw text.
      raw a/lb_1.csv row 5 column WBC: 'clotted'
""",
    "SUPPDM USUBJID=TINY-01-101 QNAM=MINDOSE QVAL": """\
SUPPDM.QVAL = '0'
  supplemental: MINDOSE of the record in DM.
    DM.MINDOSE = '0'
      min [sdtm/dm.yaml:28]: Smallest dosing.dose of the subject.
       - 1. a/ex.csv row 2: dose '50'
       - 2. a/ex.csv row 3: dose '50'
      -> 3. a/ex.csv row 4: dose '0'
       - 4. a/ex.csv row 5: dose '25'
        dosing.dose = '0'
          column [sources/a.yaml:25]: Raw column DOSE.
          raw a/ex.csv row 4 column DOSE: '0'
""",
}


@pytest.mark.parametrize("words", STORIES)
def test_a_story_as_it_is_read(words: str) -> None:
    dataset, wanted, variable = parse_words(words.split())
    replay = replay_subject(load_study(TINY / "spec"), TINY / "raw", wanted["USUBJID"])
    step = replay.trace(dataset, replay.record(dataset, wanted), variable)
    assert render_trace(step) + "\n" == STORIES[words]


def test_several_blocks_read_one_table_and_each_row_knows_its_own() -> None:
    replay = replay_subject(load_study(TINY / "spec"), TINY / "raw", "TINY-01-101")
    places = {}
    for test in ("HGB", "GLUC"):
        record = replay.record("LB", {"LBTESTCD": test, "VISITNUM": "4"})
        story = replay.trace("LB", record, "LBORRESU")
        places[test] = [s.place for s in story.sources]
    assert places == {"HGB": ["sources/a.yaml:40"], "GLUC": ["sources/a.yaml:50"]}


def test_what_a_file_cannot_hold_is_left_out_in_the_story_too(tmp_path: Path) -> None:
    shutil.copytree(TINY / "raw", tmp_path / "raw")
    path = tmp_path / "raw" / "a" / "ae.csv"
    path.write_text(path.read_text("utf-8").replace("Grade 1,", f"Grade {'x' * 201},", 1), "utf-8")
    written = write(TINY / "spec", tmp_path / "raw", tmp_path / "out")
    row = written.files["AE"]["AESTDTC"].tolist().index("2024-01-10")
    story = written.replay.trace("AE", written.order("AE")[row], "AETOXGR")
    assert (written.cell("AE", row, "AETOXGR"), story.value) == (None, None)
    assert story.sources[0].value == "x" * 201
    assert "cannot hold" in story.note


def test_a_record_is_named_by_enough_variables() -> None:
    replay = replay_subject(load_study(TINY / "spec"), TINY / "raw", "TINY-01-101")
    with pytest.raises(TraceError, match="LB has 4 records with LBTESTCD=HGB - name more variables"):
        replay.record("LB", {"LBTESTCD": "HGB"})
    with pytest.raises(TraceError, match="LB has no record with LBSEQ=99"):
        replay.record("LB", {"LBSEQ": "99"})
    with pytest.raises(TraceError, match="LB has no variable LBXX"):
        replay.trace("LB", 0, "LBXX")
    with pytest.raises(TraceError, match="LB has no variable LBORES - did you mean 'LBORRES'"):
        replay.trace("LB", 0, "LBORES")
    with pytest.raises(TraceError, match="LB has no variable LBTSTCD - did you mean 'LBTESTCD'"):
        replay.record("LB", {"LBTSTCD": "HGB"})
    with pytest.raises(TraceError, match="the study has no dataset QQ"):
        replay.record("QQ", {"QQSEQ": "1"})
