"""A whole run over data with leaks: no byte of any output, and no word of any message, holds one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from cdisc_itp.build.trace import render_trace
from cdisc_itp.model.column import decoded
from cdisc_itp.model.issue import ReadError
from cdisc_itp.pipeline import Order, Run, Silent, convert
from cdisc_itp.raw_tables import read_raw_tables
from cdisc_itp.spec.study import load_study
from cdisc_itp.tracing import trace_value
from tests.bad import lay_out
from tests.tiny import csv_rows

# Invented; see tests/readers/test_personal.py.
SECRETS = ["Wang Li", "WANG LI", "欧阳娜娜", "MR-00123", "13000000401", "99999919711220442X", "nobody@example.org"]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Two files with identifier columns, and what they hold in a remark, a test, a unit and a result elsewhere."""
    folder = lay_out(None, tmp_path / "study")
    (folder / "raw/dm.csv").write_text(
        "SUBJECT,SEX,NAME,MRN\n001,Female,Wang Li,MR-00123\n002,Male,欧阳 娜娜,MR-00456\n"
    )
    rows = [
        "001,05/07/2022,HGB,145,g/L,seen by WANG LI",
        "001,06/07/2022,HGB,见欧阳娜娜,g/L,",
        "001,07/07/2022,MR-00123,140,g/L,",
        "001,08/07/2022,HGB,140,13000000401,",
        "002,09/07/2022,HGB,99999919711220442X,g/L,nobody@example.org",
        "002,10/07/2022,HGB,141,g/L,fine",
    ]
    (folder / "raw/lb.csv").write_text("SUBJECT,DATE,TEST,RESULT,UNIT,REMARK\n" + "".join(f"{r}\n" for r in rows))
    path = folder / "sources/a.yaml"
    text = path.read_text().replace("dm: {file: dm.csv}", "dm: {file: dm.csv, identifiers: [NAME, MRN]}")
    path.write_text(text + "    not_submitted: {REMARK: free text without data}\n")
    return folder


def run(study: Path, out: Path, **how: object) -> Run:
    return convert(Order(study, study / "raw", out, fail_on="never", **how))  # type: ignore[arg-type]


def leaks(data: bytes) -> list[str]:
    return [s for s in SECRETS for e in ("utf-8", "utf-16-le", "gb18030") if s.encode(e) in data]


def files(out: Path) -> Iterator[Path]:
    yield from (p for p in out.rglob("*") if p.is_file())


def test_no_output_holds_an_identifier(study: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done = run(study, tmp_path / "out")
    assert [p.name for p in files(tmp_path / "out") if leaks(p.read_bytes())] == []
    assert leaks("".join(capfd.readouterr()).encode()) == []
    assert leaks(repr((done.tables, done.personal, done.built.issues)).encode()) == []
    categories = [v for t in done.tables for c in t.raw.frame.columns for v in t.raw.frame[c].array.categories]
    assert leaks("|".join(categories).encode()) == []


def test_each_cell_is_counted_with_its_place_and_kind(study: Path, tmp_path: Path) -> None:
    run(study, tmp_path / "out")
    issues = [r for r in csv_rows(tmp_path / "out/run/issues.csv") if r["code"] == "DATA073"]
    assert sorted((r["column"], r["row"], r["value"], r["count"]) for r in issues) == [
        ("REMARK", "2", "dropped identifier", "1"),
        ("REMARK", "6", "e-mail address", "1"),
        ("RESULT", "3", "dropped identifier", "1"),
        ("RESULT", "6", "identity number", "1"),
        ("TEST", "4", "dropped identifier", "1"),
        ("UNIT", "5", "mobile number", "1"),
    ]
    assert {r["severity"] for r in issues} == {"error"}


def test_what_is_left_is_submitted_and_the_same_in_any_number_of_parts(study: Path, tmp_path: Path) -> None:
    done = run(study, tmp_path / "one")
    assert decoded(done.datasets["LB"].frame["LBORRES"].array).tolist() == ["145", None, "140", None, "141"]
    run(study, tmp_path / "three", parts=3)
    for file in (tmp_path / "one").rglob("*.xpt"):
        assert file.read_bytes() == (tmp_path / "three" / file.relative_to(tmp_path / "one")).read_bytes()


def test_a_part_of_the_study_knows_the_identifiers_of_all_of_it(study: Path, tmp_path: Path) -> None:
    done = run(study, tmp_path / "out", select=("LB",), dry_run=True)
    assert len(done.personal) == 6


def test_a_story_does_not_tell_it(study: Path, tmp_path: Path) -> None:
    run(study, tmp_path / "out")
    words = ["LB", "USUBJID=TINY-001", "LBDTC=2022-07-06", "LBORRES"]
    story = render_trace(trace_value(study, tmp_path / "out", study / "raw", words))
    assert leaks(story.encode()) == [] and "column RESULT: (left out, DATA073: " in story


def test_without_identifiers_a_table_is_the_one_that_was_read(tmp_path: Path) -> None:
    folder = lay_out(None, tmp_path / "study")
    tables = read_raw_tables(load_study(folder).files, folder / "raw", Silent())
    assert [list(t.raw.frame.columns) for t in tables] == [
        ["SUBJECT", "SEX"],
        ["SUBJECT", "DATE", "TEST", "RESULT", "UNIT"],
    ]


@pytest.fixture
def contacts(study: Path) -> Path:
    """A table of another source that no dataset needs, which alone knows the name in a remark."""
    (study / "raw/lb.csv").write_text(
        "SUBJECT,DATE,TEST,RESULT,UNIT,REMARK\n001,05/07/2022,HGB,145,g/L,\n001,06/07/2022,HGB,Zhao Min,g/L,\n"
    )
    (study / "sources/b.yaml").write_text(
        'source: b\nsite: {constant: "02"}\nforms: {}\n'
        "tables: {contacts: {file: contacts.*, identifiers: [NAME], not_submitted: names only}}\n"
    )
    (study / "raw/contacts.csv").write_text("SUBJECT,NAME\n001,Zhao Min\n")
    return study


PARTS = {"select": {"select": ("LB",)}, "source": {"sources": ("a",)}, "whole": {}}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_knows_the_persons_of_sources_that_it_leaves_out(contacts: Path, tmp_path: Path, part: str) -> None:
    done = run(contacts, tmp_path / "out", **PARTS[part])
    assert [p.name for p in files(tmp_path / "out") if b"Zhao Min" in p.read_bytes()] == []
    assert [(o.code, o.column, o.places.row.tolist()) for o in done.personal] == [("DATA073", "RESULT", [3])]


@pytest.mark.parametrize("part", PARTS)
def test_a_run_stops_where_it_cannot_know_the_persons(contacts: Path, tmp_path: Path, part: str) -> None:
    (contacts / "raw/contacts.csv").write_bytes(b"SUBJECT,NAME\n001,Zhao Min\n002,Li \xff\xfe\n")
    with pytest.raises(ReadError) as error:
        run(contacts, tmp_path / "out", **PARTS[part])
    assert {p.code for p in error.value.problems} <= {"READ002", "READ003"}
    assert "Zhao" not in str(error.value)


@pytest.mark.parametrize("part", ["select", "source"])
def test_a_file_that_is_not_there_names_nobody(contacts: Path, tmp_path: Path, part: str) -> None:
    (contacts / "raw/contacts.csv").unlink()
    assert run(contacts, tmp_path / "out", **PARTS[part]).personal == []


def test_an_error_cell_among_names_hides_none_of_the_others(contacts: Path, tmp_path: Path) -> None:
    """An error cell of an identifier column is no reason to refuse a workbook, and none not to know the names."""
    (contacts / "raw/contacts.csv").unlink()
    with xlsxwriter.Workbook(str(contacts / "raw/contacts.xlsx")) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([("SUBJECT", "NAME"), ("001", "Zhao Min")]):
            sheet.write_row(row, 0, cells)
        sheet.write_string(2, 0, "002")
        sheet.write_formula(2, 1, "=NA()", value="#N/A")
    done = run(contacts, tmp_path / "out")
    assert [(o.code, o.column, o.places.row.tolist()) for o in done.personal] == [("DATA073", "RESULT", [3])]
