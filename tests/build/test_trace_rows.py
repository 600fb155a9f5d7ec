"""Stories of rows that were left out for others, and stories of the synthetic study as they are read."""

from __future__ import annotations

import pytest

from cdisc_itp.build.trace import RowNote, render_trace
from cdisc_itp.model.lineage import Fate
from cdisc_itp.tracing import parse_words
from tests.build.retelling import NOTES
from tests.build.retold_study import Written, whole_written


def notes_of(written: Written) -> list[RowNote]:
    """Every note on rows that are left out for others."""
    replay = written.replay
    return [
        note
        for form in replay.forms.forms.values()
        if form.name in {o.form for o in replay.forms.outcomes}
        for row in range(len(form))
        for note in replay.of_forms.row_notes.of(form, row)
    ]


@pytest.mark.parametrize("study", ["tiny", "nct05471050"])
def test_every_row_left_out_for_another_is_named_with_the_row_that_stands(
    study: str, request: pytest.FixtureRequest
) -> None:
    written = whole_written(study, request)
    notes = notes_of(written)
    named = {(m.dataset, m.record) for note in notes for m in note.members if not m.taken}
    left = {
        (o.form, int(row))
        for o in written.replay.forms.outcomes
        if o.fate == Fate.MERGED or o.reason.startswith(("repeat: ", "yields to "))
        for row in o.rows
    }
    assert named == left and left
    for note in notes:
        NOTES[note.word](written.telling, note)
    wanted = {"tiny": {"duplicates", "repeats"}, "nct05471050": {"duplicates", "repeats", "yields_to"}}
    assert {note.word for note in notes} == wanted[study]


REPEATED = """\
  repeats [sources/site05_laboratory.yaml:15]: Of rows of the subject that agree in date, time and test the last by \
tube (EDTA < SERUM < CITRATE), then reported stays: measured again: citrate wins over EDTA, then the later report.
   - 1. site05/LIS_05_202203-202307.txt row 262: tube 'EDTA', reported '2022-05-27T11:31', result '0.3', \
standard '3', order '已审核'
  -> 2. site05/LIS_05_202203-202307.txt row 263: tube 'CITRATE', reported '2022-05-27T10:44', result '2.7', \
standard '27', order '复检'
"""
YIELDED = """\
  yields_to [sources/site05.yaml:98]: A row of source 05 that agrees in date and test yields to this one: the \
laboratory system wins. Compared: standard.
  DATA054: Two sources disagree
   - 1. site05/crf_platelets.csv row 75: standard '170', visit 'Week 8', result '170', unit '10^9/L'
  -> 2. site05/LIS_05_202203-202307.txt row 1328: standard '140', visit (empty), result '14.0', unit '10^10/L'
"""
MOVED = """\
  raw site02/血常规.csv row 843 column 结果: '174'
  subject [sources/site02.yaml:26]: The row is of subject 06003, whose number in the file is 02019.
  -> 1. maps/subjects.csv line 2: source '02', raw '02019', term '06003'
"""
FULL_WIDTH = """\
LB.LBORRES = '17'
  assign [sdtm/lb.yaml:8]: Equal to result in upper case.
    laboratory.result = '17'
      column [sources/site03.yaml:123]: Raw column $value (missing '未查' (NOT DONE), '标本凝血' (SAMPLE CLOTTED), \
digits 'ascii').
      raw site03/03中心数据汇总.xlsx sheet 血常规 row 7 column 第4周 PLT: '１７'
"""
CONVERTED = """\
  0.68 * 88.42 = 60.1256, rounded to 0 decimals
  -> 1. maps/lab_conversions.csv line 26: test 'CREAT', unit 'mg/dL', standard_unit 'umol/L', \
factor '88.42', decimals '0'
    LB.LBORRES = '0.68'
      assign [sdtm/lb.yaml:8]: Equal to result in upper case.
        laboratory.result = '0.68'
          column [sources/site06.yaml:109]: Raw column $value (missing 'n.d.' (NOT DONE), 'clot' (SAMPLE CLOTTED), \
decimal ',').
          raw site06/chemistry.csv row 16 column CREAT (mg/dL): '0,68'
"""
AGREED = """\
      raw site01/01中心_EDC导出.xlsx sheet 人口学资料DM row 4 column SEX: '2'
      raw site01/01中心_EDC导出.xlsx sheet 人口学资料DM row 4 column SEX_TXT: '女'
      -> 1. maps/sex.csv line 11: source '01', raw '2', term 'F'
      -> 2. maps/sex.csv line 4: raw '女', term 'F'
"""
SNAPSHOT = """\
      raw central/odm_snapshot.xml item group IG.MH line 78 column IT.MH.TERM: '颈椎病'
      -> 1. maps/terms.csv line 4: raw '颈椎病', term 'Cervical spondylosis'
"""
WEIGHED = """\
      column [sources/site07.yaml:98]: Raw column $value.
      raw site07/vital.sav record 1 column weight: '59.8'
"""
WINDOW = """\
  window [sdtm/lb.yaml:45]: VISIT of the visit whose window holds LBDTC, counted from DM.RFXSTDTC; \
Unscheduled outside of all (by LBDTC: one that the schedule does not number has the number of the last visit \
planned before its day and one thousandth for each day since (before the first planned visit, its number less \
one thousandth for each day, the planned day counted), days counted from DM.RFSTDTC; its name has the number \
too).
  -> 1. visits.csv line 4: visit 'Week 1', VISITNUM '3', VISIT 'WEEK 1', VISITDY '8', from_day '6', to_day '10'
"""
STORIES = [
    ("LB USUBJID=NCT05471050-05003 LBTESTCD=PLAT VISITNUM=5 LBORRES", REPEATED),
    ("LB USUBJID=NCT05471050-05006 LBTESTCD=PLAT VISITNUM=8 LBORRES", YIELDED),
    ("LB USUBJID=NCT05471050-06003 LBTESTCD=PLAT VISITNUM=11 LBORRES", MOVED),
    ("LB USUBJID=NCT05471050-03003 LBTESTCD=PLAT VISITNUM=6 LBORRES", FULL_WIDTH),
    ("LB USUBJID=NCT05471050-06003 LBTESTCD=CREAT VISITNUM=4 LBSTRESC", CONVERTED),
    ("LB USUBJID=NCT05471050-05003 LBTESTCD=PLAT VISITNUM=3 VISIT", WINDOW),
    ("DM USUBJID=NCT05471050-01001 SEX", AGREED),
    ("MH USUBJID=NCT05471050-01001 MHSEQ=1 MHTERM", SNAPSHOT),
    ("VS USUBJID=NCT05471050-07001 VSTESTCD=WEIGHT VISITNUM=1 VSORRES", WEIGHED),
]


@pytest.mark.parametrize(("words", "told"), STORIES)
def test_a_story_of_the_synthetic_study(words: str, told: str, request: pytest.FixtureRequest) -> None:
    replay = whole_written("nct05471050", request).replay
    dataset, wanted, variable = parse_words(words.split())
    story = render_trace(replay.trace(dataset, replay.record(dataset, wanted), variable))
    lines, at = told.splitlines(), [line.strip() for line in story.splitlines()]
    first = at.index(lines[0].strip())
    assert at[first : first + len(lines)] == [line.strip() for line in lines]
