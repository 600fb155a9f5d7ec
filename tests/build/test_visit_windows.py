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


def laid_out(tmp_path: Path, rows: list[str]) -> Path:
    """A study with visits, first doses and laboratory results; the results are numbered."""
    folder = lay_out(None, tmp_path / "s")
    (folder / "visits.csv").write_text(VISITS)
    (folder / "raw/dm.csv").write_text("SUBJECT,SEX,FIRST\n001,M,05/07/2022\n002,F,\n")
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
    return folder


def built(folder: Path) -> tuple[list[tuple[object, ...]], list[str]]:
    """Result, number, name and planned day of each record; the codes of what was wrong."""
    study, tables = load_with_tables(folder)
    forms = build_forms(study.files, tables)
    made = build_datasets(study, forms.forms)
    found: list[Column] = [made.frames["LB"][v].array for v in ("LBORRES", "VISITNUM", "VISIT", "VISITDY")]
    codes = {o.code for o in (*forms.issues, *made.issues) for _ in range(len(o.places))}
    return sorted(zip(*map(decoded, found), strict=True)), sorted(codes)


def test_windows_where_the_form_has_no_visit(tmp_path: Path) -> None:
    rows = ["001,05/07/2022,", "001,12/07/2022,", "001,07/07/2022,", "001,08/07/2022,Day 1", "002,05/07/2022,"]
    records, codes = built(laid_out(tmp_path, rows))
    assert codes == []
    assert records == [
        ("1", 1.0, "DAY 1", 1.0),
        ("2", 2.0, "WEEK 1", 8.0),
        ("3", None, "UNSCHEDULED", None),
        ("4", 1.0, "DAY 1", 1.0),
        ("5", None, None, None),
    ]


# Every date lies in the window of Day 1: the visits that were written are another one, unscheduled, or unknown.
WRITTEN = ["001,05/07/2022,Week 1", "001,05/07/2022,Unscheduled", "001,05/07/2022,Week 7", "001,05/07/2022,"]
READ = [("1", 2.0, "WEEK 1", 8.0), ("2", None, "UNSCHEDULED", None), ("3", None, None, None), ("4", 1.0, "DAY 1", 1.0)]


def test_a_visit_that_was_written_is_not_guessed_from_its_date(tmp_path: Path) -> None:
    """The schedule lacks Week 7; neither that nor an unscheduled visit falls to the window (DATA035)."""
    assert built(laid_out(tmp_path, WRITTEN)) == (READ, ["DATA035"])


def test_nor_is_one_that_a_map_lacks(tmp_path: Path) -> None:
    """The same where a map reads the visit: DATA030, and nothing is guessed."""
    folder = laid_out(tmp_path, WRITTEN)
    (folder / "maps").mkdir(exist_ok=True)
    (folder / "maps/visits_as_written.csv").write_text("raw,term\nWeek 1,Week 1\nUnscheduled,Unscheduled\n")
    edited(folder / "sources/a.yaml", "{column: VISIT}", "{column: VISIT, map: visits_as_written}")
    assert built(folder) == (READ, ["DATA030"])


def test_what_was_written_and_not_understood_is_neither_missing_nor_present(tmp_path: Path) -> None:
    """Conditions see three kinds of cells: a value, nothing, and something that could not be read."""
    folder = laid_out(tmp_path, WRITTEN)
    (folder / "maps").mkdir(exist_ok=True)
    (folder / "maps/visits_as_written.csv").write_text("raw,term\nWeek 1,Week 1\nUnscheduled,Unscheduled\n")
    edited(folder / "sources/a.yaml", "{column: VISIT}", "{column: VISIT, map: visits_as_written}")
    said = "".join(f"  - {{hardcode: {kind}, when: {{visit: {{IS: {kind}}}}}}}\n" for kind in ("MISSING", "PRESENT"))
    edited(
        folder / "sdtm/lb.yaml",
        LINES,
        LINES.split("  VISIT:")[0] + f"  VISIT:\n{said}  VISITDY: {{visit: visit, to: VISITDY}}\n",
    )
    records, _ = built(folder)
    assert [r[2] for r in records] == ["PRESENT", "PRESENT", None, "MISSING"]
