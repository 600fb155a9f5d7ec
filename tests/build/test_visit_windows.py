"""A dump without visits: the visit of a record is the one in whose window its date lies, counted from elsewhere."""

from __future__ import annotations

from pathlib import Path

from cdisc_itp.build.datasets import build_datasets
from cdisc_itp.build.forms import build_forms
from cdisc_itp.model.column import Column, decoded
from tests.bad import lay_out, load_with_tables

VISITS = """\
visit,VISITNUM,VISIT,VISITDY,from_day,to_day
Day 1,1,DAY 1,1,1,1
Week 1,2,WEEK 1,8,6,10
Unscheduled,,UNSCHEDULED,,,
"""
WINDOW = "{window: LBDTC, reference: demography.first, outside: Unscheduled, to: %s}"
LINES = "".join(f"  {v}: [{{visit: visit, to: {v}}}, {WINDOW % v}]\n" for v in ("VISITNUM", "VISIT", "VISITDY"))


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_windows_where_the_form_has_no_visit(tmp_path: Path) -> None:
    folder = lay_out(None, tmp_path / "s")
    (folder / "visits.csv").write_text(VISITS)
    (folder / "raw/dm.csv").write_text("SUBJECT,SEX,FIRST\n001,M,05/07/2022\n002,F,\n")
    rows = ["001,05/07/2022,", "001,12/07/2022,", "001,07/07/2022,", "001,08/07/2022,Day 1", "002,05/07/2022,"]
    lines = "".join(f"{r},HGB,{i},g/L\n" for i, r in enumerate(rows, 1))
    (folder / "raw/lb.csv").write_text(f"SUBJECT,DATE,VISIT,TEST,RESULT,UNIT\n{lines}")
    with (folder / "study.yaml").open("a") as study:
        study.write("visits: visits.csv\n")
    edited(folder / "forms.yaml", "sex: text", "sex: text, first: date")
    edited(folder / "forms.yaml", "date: date,", "date: date, visit: text,")
    source = folder / "sources/a.yaml"
    edited(source, "sex: {column: SEX}", "sex: {column: SEX}, first: {column: FIRST, format: dd/MM/yyyy}")
    edited(source, "      test: ", "      visit: {column: VISIT}\n      test: ")
    edited(folder / "sdtm/lb.yaml", "variables:\n", f"variables:\n{LINES}")
    study, tables = load_with_tables(folder)
    forms = build_forms(study.files, tables)
    made = build_datasets(study, forms.forms)
    assert [*forms.issues, *made.issues] == []
    order = ("LBORRES", "VISITNUM", "VISIT", "VISITDY")
    found: list[Column] = [made.frames["LB"][v].array for v in order]
    assert sorted(zip(*map(decoded, found), strict=True)) == [
        ("1", 1.0, "DAY 1", 1.0),
        ("2", 2.0, "WEEK 1", 8.0),
        ("3", None, "UNSCHEDULED", None),
        ("4", 1.0, "DAY 1", 1.0),
        ("5", None, None, None),
    ]
