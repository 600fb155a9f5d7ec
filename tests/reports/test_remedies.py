"""Remedies name the file and the row: what they say to add, added, mends the issue."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from cdisc_itp.model.catalogue import CATALOGUE
from cdisc_itp.model.catalogue_data import DATA
from cdisc_itp.pipeline import Order, convert
from cdisc_itp.reports.issues import Issue
from tests.bad import lay_out

# What the new row's open cells are to say, so that the value has its term, unit, decode or visit.
FILLED = {
    "DATA030": {"term": "F"},
    "DATA031": {"standard_unit": "g/L", "factor": "16.114", "decimals": "0"},
    "DATA033": {"decode": "Arm X"},
    "DATA035": {"VISITNUM": "9", "VISIT": "VISIT 9"},
}
PLACE = re.compile(r"\b((?:sources|sdtm)/\w+\.yaml):(\d+)")


def issues(study: Path, code: str) -> list[Issue]:
    run = convert(Order(study, study / "raw", study.parent / "out"))
    return [i for i in run.issues if i.code == code]


@pytest.mark.parametrize("code", FILLED)
def test_the_row_to_add_mends_the_issue_once_its_open_cells_are_filled(code: str, tmp_path: Path) -> None:
    study = lay_out(code, tmp_path / "study")
    (found,) = issues(study, code)
    said = re.fullmatch(r"Add a row to (\S+) \((.+)\)\.", found.remedy)
    assert said is not None
    table = study / said[1]
    assert said[2] == table.read_text("utf-8").splitlines()[0]
    row = re.sub(r"<(\w+)>", lambda m: FILLED[code][m[1]], found.add)
    table.write_text(table.read_text("utf-8").rstrip("\n") + f"\n{row}\n", "utf-8")
    assert issues(study, code) == []


def test_a_value_with_commas_and_quotes_is_a_row_that_can_be_pasted(tmp_path: Path) -> None:
    study = lay_out("DATA030", tmp_path / "study")
    raw = study / "raw" / "dm.csv"
    raw.write_text(raw.read_text("utf-8").replace("Woman", '"W, ""or"" F"'), "utf-8")
    (found,) = issues(study, "DATA030")
    assert next(csv.reader([found.add])) == ['W, "or" F', "<term>"]


def test_a_map_that_knows_the_source_gets_a_general_row(tmp_path: Path) -> None:
    study = lay_out("DATA030", tmp_path / "study")
    (study / "maps" / "sex.csv").write_text("source,raw,term\na,Female,F\na,Male,M\n", "utf-8")
    assert {i.add for i in issues(study, "DATA030")} >= {",Woman,<term>"}


# What stands in the line that a remedy names, as it is written in the fixture.
LINES = {
    "DATA010": "DATE",
    "DATA011": "DATE",
    "DATA015": "SITEID",
    "DATA020": "RESULT",
    "DATA036": "LBORNRLO",
    "DATA053": "from: lb",
    "DATA060": "SITEID",
    "DATA061": "LBORNRLO",
}


@pytest.mark.parametrize("code", LINES)
def test_the_line_that_is_named_is_the_one_to_edit(code: str, tmp_path: Path) -> None:
    study = lay_out(code, tmp_path / "study")
    named = [PLACE.search(i.remedy) for i in issues(study, code)]
    assert named
    for place in named:
        assert place is not None
        assert LINES[code] in (study / place[1]).read_text("utf-8").splitlines()[int(place[2]) - 1]


def test_a_number_without_a_unit_asks_for_the_unit_and_not_for_a_row(tmp_path: Path) -> None:
    """A row that converts a number of no unit would be a guess, where its range is that of a test not done."""
    study = lay_out("DATA031", tmp_path / "study")
    raw = study / "raw" / "lb.csv"
    raw.write_text(raw.read_text("utf-8").replace("mmol/L", ""), "utf-8")
    (found,) = issues(study, "DATA031")
    assert (found.value, found.add) == ("HGB, (none)", "")
    assert "The number has no unit: read or ask for it." in found.remedy
    assert "`when: {LBORRES: {IS: PRESENT}}` in sdtm/lb.yaml:9" in found.remedy
    assert "a row in maps/units.csv with an empty unit" in found.remedy


UNITS = "LBORRESU: {assign_ct: unit, map: units}"


@pytest.mark.parametrize(
    ("line", "rows", "remedy"),
    [
        (
            "LBORRESU: {assign_ct: unit}",
            "",
            "Declare the term 'drops' under `codelists` in study.yaml (`extends`), or add a row to a map.",
        ),
        (
            UNITS,
            "raw,term\nx,g/L\n",
            "Declare the term 'drops' under `codelists` in study.yaml (`extends`), or add a row to maps/units.csv.",
        ),
        (
            UNITS,
            "raw,term\nDrops,DRP\n",
            "Declare the term 'DRP' under `codelists` in study.yaml (`extends`), or correct maps/units.csv:2.",
        ),
        (
            UNITS,
            "source,raw,term\n,drops,X\nb,drops,Y\na,drops,Z\n",
            "Declare the term 'Z' under `codelists` in study.yaml (`extends`), or correct maps/units.csv:4.",
        ),
        (
            "LBORRESU: {assign_ct: unit, map: units, to: ours}",
            "raw,term,ours\ndrops,g/L,DRP\n",
            "Declare the term 'DRP' under `codelists` in study.yaml (`extends`), or correct maps/units.csv:2.",
        ),
    ],
)
def test_a_term_to_declare_is_the_one_that_the_map_gives(tmp_path: Path, line: str, rows: str, remedy: str) -> None:
    study = lay_out("DATA032", tmp_path / "study")
    spec = study / "sdtm" / "lb.yaml"
    spec.write_text(spec.read_text("utf-8").replace("LBORRESU: {assign_ct: unit}", line), "utf-8")
    if rows:
        (study / "maps" / "units.csv").write_text(rows, "utf-8")
    (found,) = issues(study, "DATA032")
    assert (found.value, found.remedy) == ("drops", remedy)


def test_a_subject_twice_in_a_dataset_is_to_be_mended_there(tmp_path: Path) -> None:
    study = lay_out(None, tmp_path / "study")
    dm, lb = study / "raw" / "dm.csv", study / "sdtm" / "lb.yaml"
    head, first, *_ = dm.read_text("utf-8").splitlines()
    dm.write_text(f"{head}\n{first}\n{first}\n", "utf-8")
    lb.write_text(lb.read_text("utf-8") + "  LBORNRLO: {assign: DM.SEX}\n", "utf-8")
    remedies = {i.remedy for i in issues(study, "DATA060")}
    assert remedies == {
        "DM has several records of this subject, so that nothing is read of it: find them in the raw tables of "
        "demography, and leave out the wrong one by `where`, or equal ones by `duplicates: merge`, in sources/a.yaml."
    }


def test_every_file_pattern_of_the_catalogue_is_one_that_remedies_replace() -> None:
    patterns = {p for e in DATA for p in re.findall(r"\S*\*\S*", e.remedy.replace("(", " ").replace(")", " "))}
    assert {p.rstrip(".,;") for p in patterns} == {"sources/*.yaml", "sdtm/*.yaml", "maps/*.csv"}


def test_a_remedy_of_the_catalogue_stays_where_the_spec_tells_nothing_more(tmp_path: Path) -> None:
    (found,) = issues(lay_out("ACC001", tmp_path / "study"), "ACC001")
    assert (found.remedy, found.add, found.spec) == (CATALOGUE["ACC001"].remedy, "", "accepted.csv:2")
