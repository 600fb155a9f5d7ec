"""What a source says once for all of its forms."""

from __future__ import annotations

from pathlib import Path

from cdisc_itp.algorithms.columns import Column
from cdisc_itp.model.issue import SpecProblem
from cdisc_itp.spec.load import load_files

SOURCE = """source: s1
tables:
  a: {file: a.csv}
  b: {file: b.csv}
every_form:
  columns: {subject: {column: SUBJ, remove: "-"}}
  not_submitted: {PAGE: number of the page, TYPED: when it was typed}
forms:
  first:
    from: a
    columns: {value: {column: V}}
  second:
  - from: b
    columns: {subject: {column: PATIENT}, value: {column: V}}
    not_submitted: {PAGE: its own reason}
  - from: a
    columns: {value: {column: W}}
"""
FORM = "{row: one value, columns: {subject: text, value: text}, not_submitted: a test}"


def write(folder: Path, source: str) -> Path:
    (folder / "sources").mkdir()
    (folder / "study.yaml").write_text(
        "study: X\ncreated: 2024-01-01T00:00:00\nsubject_id: {join: [STUDYID, subject]}\n", encoding="utf-8"
    )
    (folder / "forms.yaml").write_text(f"first: {FORM}\nsecond: {FORM}\n", encoding="utf-8")
    (folder / "sources" / "s1.yaml").write_text(source, encoding="utf-8")
    return folder


def test_every_block_has_it_and_its_own_line_wins(tmp_path: Path) -> None:
    problems: list[SpecProblem] = []
    files = load_files(write(tmp_path, SOURCE), problems)
    assert files is not None and not problems
    forms = files.sources["s1"].forms
    blocks = [*forms["first"], *forms["second"]]
    read = [b.columns["subject"].steps[0].algorithm for b in blocks]
    assert [(w.column, w.remove) for w in read if isinstance(w, Column)] == [
        ("SUBJ", ("-",)),
        ("PATIENT", ()),
        ("SUBJ", ("-",)),
    ]
    assert [b.not_submitted["PAGE"] for b in blocks] == ["number of the page", "its own reason", "number of the page"]
    assert {b.not_submitted["TYPED"] for b in blocks} == {"when it was typed"}


def test_problems_name_its_line(tmp_path: Path) -> None:
    files = load_files(write(tmp_path, SOURCE), [])
    assert files is not None
    lines = files.block_lines[("s1", "first", 0)]
    assert (lines["subject"], lines["value"], lines["not_submitted TYPED"]) == (6, 11, 7)
    own = files.block_lines[("s1", "second", 0)]
    assert (own["subject"], own["not_submitted PAGE"], own["not_submitted TYPED"]) == (14, 15, 7)


def test_an_unknown_word(tmp_path: Path) -> None:
    problems: list[SpecProblem] = []
    load_files(write(tmp_path, SOURCE.replace("  not_submitted: {PAGE: n", "  notsubmitted: {PAGE: n")), problems)
    assert [(p.line, p.code) for p in problems] == [(7, "SPEC100")]


def conditions(folder: Path, second: str = "") -> list[tuple[str, str | None]]:
    """Condition and reason of the blocks of a source that leaves the rows of state D out; ``second`` is a line more."""
    source = SOURCE.replace(
        "every_form:\n  columns: {",
        "every_form:\n  where: {state: {NE: D}}\n  reason: deleted\n  columns: {state: {column: S}, ",
    ).replace("    from: a\n    columns", f"    from: a\n{second}    columns", 1)
    written = write(folder, source)
    form = FORM.replace("value: text", "value: text, state: text")
    (folder / "forms.yaml").write_text(f"first: {form}\nsecond: {form}\n", encoding="utf-8")
    problems: list[SpecProblem] = []
    files = load_files(written, problems)
    assert files is not None and not problems
    blocks = [b for own in files.sources["s1"].forms.values() for b in own]
    return [(str(b.where), b.reason) for b in blocks]


def test_rows_are_left_out_of_every_block(tmp_path: Path) -> None:
    assert conditions(tmp_path) == [("state NE D", "deleted")] * 3


def test_a_blocks_own_condition_holds_beside_it(tmp_path: Path) -> None:
    second = "    where: [{value: X}, {value: Y}]\n    reason: another kind\n"
    first, *others = conditions(tmp_path, second)
    assert first == ("state NE D and value EQ X or state NE D and value EQ Y", "deleted; another kind")
    assert others == [("state NE D", "deleted")] * 2
