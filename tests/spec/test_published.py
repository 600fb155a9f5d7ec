"""published.yaml is loaded strictly: every problem with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_itp.model.issue import SpecError
from cdisc_itp.spec.published import load_published
from cdisc_itp.terminal import print_spec

SPECS = Path(__file__).parents[2] / "specs"
METHODS = {"fisher": frozenset({"p"}), "median": frozenset({"median", "difference of medians"})}
WHOLE = """\
sources: {ABSTRACT: An abstract}
groups: {dataset: ADSL, variable: TRT01P, values: {a: Active, b: Placebo}}
data:
  RESPONSE: {dataset: ADRS, where: {PARAMCD: RESP}, event: {AVALC: Y}, published: {a: 3/10, b: 1/9}}
items:
  p:
    reported: p=0.032
    reads: "p={p}"
    source: ABSTRACT
    basis: published counts
    data: RESPONSE
    methods: fisher
    expected: REPRODUCED
"""


VARIABLES = {"ADSL": frozenset({"USUBJID", "TRT01P"}), "ADRS": frozenset({"USUBJID", "PARAMCD", "AVALC"})}


def problems(tmp_path: Path, old: str = "", new: str = "") -> list[tuple[int, str, str]]:
    assert old in WHOLE
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "published.yaml").write_text(WHOLE.replace(old, new) if old else WHOLE, "utf-8")
    try:
        load_published(tmp_path, METHODS, VARIABLES)
    except SpecError as error:
        assert {p.file for p in error.problems} == {"analysis/published.yaml"}
        return [(p.line, p.code, p.message) for p in error.problems]
    return []


def test_a_right_file_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "said"),
    [
        ("expected: REPRODUCED", "expected: PERHAPS", 13, "SPEC102", "'PERHAPS' is not allowed"),
        ("methods: fisher", "methods: fischer", 12, "SPEC102", "there is no 'fischer'"),
        ("data: RESPONSE\n    m", "data: RESPONSES\n    m", 11, "SPEC102", "there is no 'RESPONSES'"),
        ("source: ABSTRACT", "source: LETTER", 9, "SPEC102", "there is no 'LETTER'"),
        ('reads: "p={p}"', 'reads: "{p}"', 6, "SPEC102", "'{p}' does not read 'p=0.032'"),
        ('reads: "p={p}"', 'reads: "p={median a}"', 6, "SPEC102", "no method of the item gives 'median a'"),
        ("a: 3/10", "a: 11/10", 4, "SPEC102", "'11/10' is no responders/subjects"),
        ("a: 3/10", "c: 3/10", 4, "SPEC102", "there is no 'c'"),
        ("basis: published counts", "basis: hearsay", 10, "SPEC102", "'hearsay' is not allowed"),
        ("    expected", "    within: [18]\n    expected", 6, "SPEC102", "expected two limits"),
        ("    expected", "    expect", 13, "SPEC100", "'expect' is not known here"),
        ("dataset: ADRS", "dataset: ADRSS", 4, "SPEC111", "there is no dataset ADRSS"),
        ("event: {AVALC: Y}", "event: {AVAL: 1}", 4, "SPEC110", "ADRS has no variable AVAL"),
        ("variable: TRT01P", "variable: TRT01A", 2, "SPEC110", "ADSL has no variable TRT01A"),
        ("    data: RESPONSE\n", "", 6, "SPEC102", "methods need 'data'"),
        ("  p:\n", "  p:\n    source: ABSTRACT\n", 10, "SPEC003", "'source' is written twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, code: str, said: str
) -> None:
    found = problems(tmp_path, old, new)
    assert any((at, c) == (line, code) and said in message for at, c, message in found), found


def test_spec_check_judges_the_items(tmp_path: Path) -> None:
    folder = shutil.copytree(SPECS / "nct05471050", tmp_path / "study")
    assert print_spec(folder) == 0
    file = folder / "analysis" / "published.yaml"
    file.write_text(file.read_text("utf-8").replace("variable: ITPDUR", "variable: ITPDURX"), "utf-8")
    with pytest.raises(SpecError, match="SPEC110 ITP: ADSL has no variable ITPDURX"):
        print_spec(folder)
