"""What a survey finds: against plain pandas, against what a conversion reports, and by hand in changed copies."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cdisc_itp.model.issue import ReadError, SpecError
from cdisc_itp.pipeline import Order, convert
from cdisc_itp.sites.report import render_report
from cdisc_itp.sites.survey import survey_study

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "tiny_study"
STUDIES = {
    "tiny": (TINY / "spec", TINY / "raw"),
    "abc01": (ROOT / "specs/abc01", ROOT / "tests/studies/excerpt/abc01/raw"),
    "cdiscpilot01": (ROOT / "specs/cdiscpilot01", ROOT / "tests/studies/excerpt/cdiscpilot01/raw"),
    "nct05471050": (ROOT / "specs/nct05471050", ROOT / "fixtures/nct05471050/raw"),
}
OF_VALUES = ("DATA010", "DATA011", "DATA012", "DATA020", "DATA030", "DATA032", "DATA035", "DATA037")
Document = dict[str, Any]


@pytest.fixture(scope="module")
def surveyed() -> dict[str, Document]:
    return {name: survey_study(*paths) for name, paths in STUDIES.items()}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    shutil.copytree(TINY / "spec", tmp_path / "spec")
    shutil.copytree(TINY / "raw", tmp_path / "raw")
    return tmp_path


def changed(study: Path, file: str, old: str, new: str) -> Document:
    """The survey after one change of one file."""
    path = study / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return survey_study(study / "spec", study / "raw")


def table(document: Document, file: str) -> Document:
    (found,) = (t for t in document["tables"] if t["file"] == file)
    return found


@pytest.mark.parametrize("name", STUDIES)
def test_a_whole_spec_has_a_place_for_every_column(surveyed: dict[str, Document], name: str) -> None:
    found = surveyed[name]
    assert found["spec_problems"] == found["unreadable"] == found["not_compared"] == []
    assert [(t["file"], t["unknown"], t["missing"]) for t in found["tables"] if t["unknown"] or t["missing"]] == []


@pytest.mark.parametrize("name", STUDIES)
def test_values_are_those_that_a_conversion_reports(surveyed: dict[str, Document], name: str, tmp_path: Path) -> None:
    run = convert(Order(*STUDIES[name], tmp_path / "out", dry_run=True))
    reported = {(i.code, i.source, i.value) for i in run.issues if i.code in OF_VALUES}
    assert {(v["code"], v["source"], v["value"]) for v in surveyed[name]["values"]} == reported


def test_a_value_that_no_map_has_is_told_with_its_first_row(study: Path) -> None:
    lines = (study / "raw/a/ae.csv").read_text("utf-8").splitlines()
    column = lines[0].split(",").index("SERIOUS")
    cells = lines[2].split(",")
    cells[column] = "Perhaps"
    (study / "raw/a/ae.csv").write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]) + "\n", "utf-8")
    found = survey_study(study / "spec", study / "raw")
    (told,) = (v for v in found["values"] if v["value"] == "Perhaps")
    assert (told["code"], told["source"], told["where"], told["against"]) == (
        "DATA030",
        "01",
        "events.serious",
        "map yes_no",
    )
    assert (told["file"], told["row"], told["count"]) == ("a/ae.csv", 3, 1)


@pytest.mark.parametrize("file", ["site04/ae.csv", "site04/lb_cbc.csv", "site04/vs.csv"])
def test_rows_and_duplicates_as_plain_pandas_has_them(surveyed: dict[str, Document], file: str) -> None:
    raw = STUDIES["nct05471050"][1]
    frame = pd.read_csv(raw / file, dtype=str, keep_default_na=False, comment="#")
    found = table(surveyed["nct05471050"], file)
    assert (found["rows"], found["duplicates"]) == (len(frame), int(frame.duplicated().sum()))
    assert found["skipped"] == {"comment row": 1}


def test_units_of_a_test_as_plain_pandas_has_them(surveyed: dict[str, Document]) -> None:
    raw = STUDIES["nct05471050"][1]
    frame = pd.read_csv(raw / "site04/lb_cbc.csv", dtype=str, comment="#")
    plat = [u for u in surveyed["nct05471050"]["units"] if (u["test"], u["source"]) == ("PLAT", "04")]
    assert {u["unit"]: u["count"] for u in plat} == frame[frame["PLT"].notna()]["PLT_U"].value_counts().to_dict()


def test_identifiers_are_counted_where_they_are_dropped(surveyed: dict[str, Document]) -> None:
    found = surveyed["nct05471050"]["identifiers"]
    people = len(pd.read_csv(STUDIES["nct05471050"][1] / "site04/dm.csv", comment="#"))
    assert {d["column"]: d["cells"] for d in found["dropped"] if d["file"] == "site04/dm.csv"} == dict.fromkeys(
        ("SUBJ_NAME", "SUBJ_INIT", "ID_CARD_NO", "MRN", "PHONE"), people
    )
    assert [s for s in found["suspected"] if s["file"].startswith("site04/")] == []


def secrets() -> Iterator[str]:
    """Every direct identifier that the synthetic exports of one site hold."""
    frame = pd.read_csv(STUDIES["nct05471050"][1] / "site04/dm.csv", dtype=str, comment="#")
    for column in ("SUBJ_NAME", "ID_CARD_NO", "MRN", "PHONE"):
        yield from frame[column]


def test_identifiers_that_are_not_declared_are_told_and_never_shown(tmp_path: Path) -> None:
    spec, raw = tmp_path / "spec", tmp_path / "raw"
    shutil.copytree(STUDIES["nct05471050"][0], spec)
    shutil.copytree(STUDIES["nct05471050"][1] / "site04", raw / "site04")
    (source,) = (p for p in (spec / "sources").glob("*.yaml") if "site04/" in p.read_text("utf-8"))
    text = re.sub(r", identifiers: \[[^]]*\]", "", source.read_text("utf-8"))
    source.write_text(text, "utf-8")
    found = survey_study(spec, raw)
    told = {(s["column"], s["why"]) for s in found["identifiers"]["suspected"]}
    assert {c for c, _ in told} >= {"SUBJ_NAME", "SUBJ_INIT", "ID_CARD_NO", "MRN", "PHONE"}
    assert ("PHONE", "shape of: mobile number") in told
    assert ("ID_CARD_NO", "shape of: identity number") in told
    assert set(table(found, "site04/dm.csv")["unknown"]) == {"SUBJ_NAME", "SUBJ_INIT", "ID_CARD_NO", "MRN", "PHONE"}
    for report in ("text", "json", "html"):
        said = render_report(found, report)  # type: ignore[arg-type]
        assert [s for s in secrets() if s in said] == []


def test_identifiers_in_a_remark_are_told_with_their_rows_and_never_shown(study: Path) -> None:
    frame = pd.read_csv(study / "raw/a/ae.csv", dtype=str, keep_default_na=False)
    frame.loc[1, "REMARK"] = "call 13000000401"
    frame.to_csv(study / "raw/a/ae.csv", index=False)
    found = survey_study(study / "spec", study / "raw")
    (told,) = found["identifiers"]["suspected"]
    assert (told["file"], told["column"], told["count"], told["rows"]) == ("a/ae.csv", "REMARK", 1, [3])
    assert "13000000401" not in json.dumps(found)


def test_a_declared_identifier_that_a_file_lacks_is_told_and_the_rest_is_shown(study: Path) -> None:
    found = changed(study, "spec/sources/b.yaml", "identifiers: [NAME]", "identifiers: [NAME, PHONE]")
    dm = table(found, "b/dm.csv")
    assert dm["dropped"] == {"NAME": 2}
    assert [p for p in dm["problems"] if "READ013" in p and "PHONE" in p] == dm["problems"] != []


def test_a_column_that_the_spec_does_not_know_is_told(study: Path) -> None:
    (study / "raw/b/notes.csv").write_text("SITE;PAT;NOTE;MORE\n02;201;a;b\n", "utf-8")
    found = table(survey_study(study / "spec", study / "raw"), "b/notes.csv")
    assert (found["unknown"], found["missing"]) == (["MORE"], [])
    (more,) = (c for c in found["columns"] if c["column"] == "MORE")
    assert more["place"] == {"fate": "no place", "reason": ""}


def test_a_column_that_the_spec_names_and_a_file_lacks_is_told_with_a_hint(study: Path) -> None:
    frame = pd.read_csv(study / "raw/a/ae.csv", dtype=str, keep_default_na=False)
    frame.rename(columns={"SERIOUS": "SERIOS"}).to_csv(study / "raw/a/ae.csv", index=False)
    found = survey_study(study / "spec", study / "raw")
    ae = table(found, "a/ae.csv")
    assert ae["unknown"] == ["SERIOS"]
    (missing,) = ae["missing"]
    assert (missing["column"], missing["for"], missing["hint"]) == (
        "SERIOUS",
        ["events.serious"],
        "did you mean 'SERIOS'?",
    )
    (form,) = (f for f in found["forms"] if f["form"] == "events")
    assert form["sources"]["01"]["form_rows"] == len(frame)
    (column,) = (c for c in form["columns"] if c["column"] == "serious")
    assert {w["source"]: w["seen"] is not None for w in column["written"]} == {"01": False, "02": True}


def test_forms_by_source_and_how_they_differ(surveyed: dict[str, Document]) -> None:
    (dosing,) = (f for f in surveyed["tiny"]["forms"] if f["form"] == "dosing")
    counts = {
        s: len(pd.read_csv(TINY / "raw" / f"{folder}/ex.csv", sep=None, engine="python", comment="#"))
        for s, folder in (("01", "a"), ("02", "b"))
    }
    assert {s: n["form_rows"] for s, n in dosing["sources"].items()} == counts
    written = {c["column"]: c for c in dosing["columns"]}
    assert written["start"]["differs"]
    formats = {w["source"]: [d["format"] for d in w["seen"]["dates"]] for w in written["start"]["written"]}
    assert formats == {"01": ["dd MMM yyyy"], "02": ["yyyy.M.d"]}
    assert not written["drug"]["differs"]


def test_dates_in_which_nothing_tells_day_from_month(study: Path) -> None:
    frame = pd.read_csv(study / "raw/a/ae.csv", dtype=str, keep_default_na=False)
    frame["START"] = ["05/06/2024", "07/08/2024", "01/02/2024", "03/03/2024"]
    frame.to_csv(study / "raw/a/ae.csv", index=False)
    found = survey_study(study / "spec", study / "raw")
    (start,) = (c for c in table(found, "a/ae.csv")["columns"] if c["column"] == "START")
    (style,) = start["dates"]
    assert (style["format"], style["other"], style["ambiguous"], style["certain"]) == (
        "dd/MM/yyyy",
        "MM/dd/yyyy",
        3,
        0,
    )
    assert {v["code"] for v in found["values"] if v["where"] == "events.start"} == {"DATA010"}


def test_the_order_of_day_and_month_that_the_source_file_declares_is_the_one_that_is_shown(study: Path) -> None:
    frame = pd.read_csv(study / "raw/a/ae.csv", dtype=str, keep_default_na=False)
    frame["START"] = ["05/06/2024", "07/08/2024", "01/02/2024", "03/03/2024"]
    frame.to_csv(study / "raw/a/ae.csv", index=False)
    spec = study / "spec/sources/a.yaml"
    text, old = spec.read_text("utf-8"), "start: {column: START, format: dd MMM yyyy}"
    assert old in text
    spec.write_text(text.replace(old, "start: {column: START, format: M/d/yyyy}"), "utf-8")
    found = survey_study(study / "spec", study / "raw")
    (start,) = (c for c in table(found, "a/ae.csv")["columns"] if c["column"] == "START")
    assert [(d["format"], d["other"], d["count"]) for d in start["dates"]] == [("MM/dd/yyyy", None, 4)]
    (events,) = (f for f in found["forms"] if f["form"] == "events")
    (column,) = (c for c in events["columns"] if c["column"] == "start")
    seen = [w["seen"]["dates"] for w in column["written"] if w["source"] == "01"]
    assert [(d["format"], d["other"]) for d in seen[0]] == [("MM/dd/yyyy", None)]


def test_subjects_of_forms_against_demography(surveyed: dict[str, Document]) -> None:
    said = surveyed["nct05471050"]["subjects"]
    assert said["demography"] == ["demography"]
    assert {"screening", "randomization"} <= set(said["one_row"])
    raw = STUDIES["nct05471050"][1]
    known = set(pd.read_csv(raw / "site04/dm.csv", dtype=str, comment="#")["SUBJECT"].str.replace("-", ""))
    randomized = set(pd.read_csv(raw / "central/iwrs_randomization.csv", dtype=str, comment="#")["SUBJECT"])
    (gap,) = (g for g in said["gaps"] if (g["form"], g["source"], g["what"]) == ("randomization", "04", "no row"))
    assert {s.rpartition("-")[2] for s in gap["subjects"]} == known - randomized


def test_a_subject_whom_demography_does_not_have(study: Path) -> None:
    frame = pd.read_csv(study / "raw/a/ae.csv", dtype=str, keep_default_na=False)
    frame.loc[0, "SUBJ"] = "999"
    frame.to_csv(study / "raw/a/ae.csv", index=False)
    gaps = survey_study(study / "spec", study / "raw")["subjects"]["gaps"]
    (gap,) = (g for g in gaps if g["what"] == "not in demography")
    assert (gap["form"], gap["source"], gap["count"]) == ("events", "01", 1)


def test_files_that_no_source_names(study: Path) -> None:
    (study / "raw/c").mkdir()
    (study / "raw/c/new.csv").write_text("A\n1\n", "utf-8")
    assert survey_study(study / "spec", study / "raw")["unclaimed"] == ["c/new.csv"]


def test_one_unreadable_file_is_told_and_the_others_are_shown(study: Path) -> None:
    (study / "raw/a/ae.csv").write_bytes(b"")
    found = survey_study(study / "spec", study / "raw")
    (told,) = found["unreadable"]
    assert (told["source"], told["table"]) == ("01", "ae")
    assert told["problem"].startswith("a/ae.csv: READ")
    assert len(found["tables"]) == 13


def test_nothing_that_can_be_read_is_an_error(study: Path) -> None:
    shutil.rmtree(study / "raw")
    (study / "raw").mkdir()
    with pytest.raises(ReadError):
        survey_study(study / "spec", study / "raw")


def test_a_raw_folder_that_is_not_there_is_told_once(study: Path) -> None:
    """Every table lacks its file; the folder is one."""
    shutil.rmtree(study / "raw")
    with pytest.raises(ReadError) as caught:
        survey_study(study / "spec", study / "raw")
    raw = (study / "raw").as_posix()
    assert str(caught.value) == f"{raw}: READ001 there is no such raw folder - correct its path"


def test_a_source_file_that_cannot_be_read_is_an_error(study: Path) -> None:
    (study / "spec/sources/a.yaml").write_text("source: [", "utf-8")
    with pytest.raises(SpecError):
        survey_study(study / "spec", study / "raw")


def test_a_wrong_dataset_is_told_and_sources_are_shown(study: Path) -> None:
    (study / "spec/sdtm/ae.yaml").write_text("dataset: AE\nrecords: [{from: nowhere}]\nvariables: {}\n", "utf-8")
    found = survey_study(study / "spec", study / "raw")
    assert any("SPEC111" in p for p in found["spec_problems"])
    assert len(found["tables"]) == 14
    assert {f["form"] for f in found["forms"]} >= {"demography", "events"}


def test_a_wrong_list_of_accepted_issues_is_told_and_values_are_judged(study: Path) -> None:
    before = survey_study(study / "spec", study / "raw")["values"]
    (study / "spec/accepted.csv").write_text("code,dataset\nDATA030\n", "utf-8")
    found = survey_study(study / "spec", study / "raw")
    assert found["spec_problems"]
    assert found["values"] == before != []


def test_a_table_that_no_form_reads_yet_is_described(study: Path) -> None:
    text = (study / "spec/sources/b.yaml").read_text("utf-8")
    at = text.index("  comments:\n")
    (study / "spec/sources/b.yaml").write_text(text[:at], "utf-8")
    found = survey_study(study / "spec", study / "raw")
    assert any("SPEC212" in p for p in found["spec_problems"])
    assert table(found, "b/notes.csv")["unknown"] == [
        c["column"] for c in table(found, "b/notes.csv")["columns"] if c["place"]["reason"] == ""
    ]
    assert found["unfilled"] == ["comments"]


def with_remark(study: Path, remark: str) -> None:
    frame = pd.read_csv(study / "raw/a/ae.csv", dtype=str, keep_default_na=False)
    frame.loc[0, "REMARK"] = remark
    frame.to_csv(study / "raw/a/ae.csv", index=False)


def test_what_identifier_columns_hold_is_shown_nowhere_else(study: Path) -> None:
    """A conversion leaves such cells out (DATA073); a survey shows the words of remarks, and leaves them out, too."""
    with_remark(study, "seen by MUSTER")
    found = survey_study(study / "spec", study / "raw")
    (told,) = found["identifiers"]["suspected"]
    assert (told["column"], told["why"], told["rows"]) == ("REMARK", "repeats an identifier column", [2])
    for report in ("text", "json", "html"):
        assert "MUSTER" not in render_report(found, report).upper()  # type: ignore[arg-type]


def test_a_column_that_is_named_for_persons_is_searched_for_though_nobody_declared_it(study: Path) -> None:
    source = study / "spec/sources/b.yaml"
    source.write_text(source.read_text("utf-8").replace("identifiers: [NAME]", ""), "utf-8")
    with_remark(study, "seen by Muster")
    found = survey_study(study / "spec", study / "raw")
    told = {(s["column"], s["why"], s["count"]) for s in found["identifiers"]["suspected"]}
    assert {("NAME", "the name speaks of a person's name", 2), ("REMARK", "repeats an identifier column", 1)} <= told
    assert "Muster" not in json.dumps(found, ensure_ascii=False)
