"""Variables that others are made from and that are in no file (omit), and what their methods say."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.issue import SpecError
from cdisc_itp.pipeline import Order, convert
from tests.build.test_analysis import ADLB, ADSL, read, run_study, told, write_study

WITH_WORKING = ADSL.replace("keys: [STUDYID, USUBJID]", "keys: [STUDYID, USUBJID]\nomit: [LOWEST, SPAN]").replace(
    "  PEAK: {max: ADLB.AVAL, label: Peak Platelets}\n",
    "  PEAK: {max: ADLB.AVAL, label: Peak Platelets}\n"
    "  LOWEST: {min: ADLB.AVAL, where: {DTYPE: {IS: MISSING}}}\n"
    "  SPAN: {difference: PEAK, minus: LOWEST}\n"
    "  SPANHI: [{hardcode: Y, when: {SPAN: {GT: 10}}, label: Wide Span}]\n",
)


def test_they_are_made_and_not_written(tmp_path: Path) -> None:
    run, place = run_study(tmp_path, adsl=WITH_WORKING, adlb=ADLB)
    adsl = read(place, "adsl")
    assert adsl.SPANHI.tolist() == ["Y", ""]
    assert {"LOWEST", "SPAN"}.isdisjoint(adsl.columns)
    define = (place / "define.xml").read_text("utf-8")
    assert 'Name="LOWEST"' not in define and 'Name="SPAN"' not in define
    # The method of what is in the file tells how it comes about, down to what it is made from.
    assert "Where SPAN GT 10: Set to Y. SPAN: PEAK minus LOWEST. LOWEST: Smallest ADLB.AVAL of the subject" in define
    story = told((run, place), "ADSL USUBJID=XX-1-1 SPANHI")
    assert "PEAK minus LOWEST" in story


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("LOWST", "SPEC110", "omit names LOWST, which is no variable of it"),
        ("USUBJID", "SPEC110", "omit names USUBJID, which orders the records"),
        ("AGE", "SPEC133", "the required variable AGE"),
    ],
)
def test_what_cannot_be_left_out(tmp_path: Path, name: str, code: str, said: str) -> None:
    write_study(tmp_path, adsl=WITH_WORKING.replace("omit: [LOWEST, ", f"omit: [LOWEST, {name}, "), adlb=ADLB)
    with pytest.raises(SpecError) as error:
        convert(Order(tmp_path / "spec", tmp_path / "raw", tmp_path / "out"))
    assert any(p.code == code and said in p.message for p in error.value.problems), error.value.problems


def test_the_story_of_a_total_names_every_record_of_it(tmp_path: Path) -> None:
    summed = ADSL.replace("PEAK: {max: ADLB.AVAL", "PEAK: {total: ADLB.AVAL, where: {DTYPE: {IS: MISSING}}")
    made = run_study(tmp_path, adsl=summed, adlb=ADLB)
    story = told(made, "ADSL USUBJID=XX-1-1 PEAK")
    assert "ADSL.PEAK = '140.5'" in story
    taken = [line.split(": ", 1)[1].split(",")[0] for line in story.splitlines() if line.strip().startswith("->")]
    assert sorted(taken) == ["AVAL '20'", "AVAL '40'", "AVAL '80.5'"]
    assert "(no value)" not in story
