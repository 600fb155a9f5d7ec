"""ABC-01, a small study with raw forms, a mapping workbook and SDTM made by others: every cell is equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies.comparison import assert_equal, compare, lines_of, variables_made
from tests.studies.conftest import Convert

KEYS = {
    "DM": ["USUBJID"],
    "DS": ["USUBJID", "DSSEQ"],
    "EX": ["USUBJID", "EXSEQ"],
    "AE": ["USUBJID", "AESEQ"],
    "CM": ["USUBJID", "CMSEQ"],
    "LB": ["USUBJID", "LBSEQ"],
    "VS": ["USUBJID", "VSSEQ"],
    "SUPPAE": ["USUBJID", "IDVARVAL", "QNAM"],
}
# Records and variables of the published files, counted in them.
SIZE = {
    "DM": (8, 23),
    "DS": (24, 9),
    "EX": (8, 13),
    "AE": (10, 14),
    "CM": (8, 15),
    "LB": (48, 22),
    "VS": (128, 16),
    "SUPPAE": (10, 10),
}


@pytest.mark.parametrize("name", KEYS)
def test_every_cell_of_the_published_dataset(shared_data: Path, specs: Path, converted: Convert, name: str) -> None:
    made = converted(specs / "abc01", shared_data / "abc01" / "raw")
    found = compare(made.frames[name], shared_data / "abc01" / "sdtm" / f"{name.lower()}.csv", KEYS[name])
    records, variables = SIZE[name]
    assert (found.records, found.cells) == (records, records * variables)
    assert found.different == ()


def test_issues_and_findings_have_their_reasons(shared_data: Path, specs: Path, converted: Convert) -> None:
    made = converted(specs / "abc01", shared_data / "abc01" / "raw")
    assert {(i.code, i.dataset, i.variable, i.value): i.count for i in made.issues} == {
        ("TIM107", "LB", "LBDTC", "2024-04-01"): 6,
        ("TIM107", "SV", "SVSTDTC", "2024-04-01"): 1,
        ("TIM107", "SV", "SVENDTC", "2024-04-01"): 1,
        ("TIM107", "VS", "VSDTC", "2024-04-01"): 5,
    }
    assert all(i.accepted for i in made.issues)
    assert made.exit_code == 0


@pytest.mark.parametrize("name", KEYS)
def test_excerpt(specs: Path, excerpt: Path, converted: Convert, name: str) -> None:
    folder = excerpt / "abc01"
    made = converted(specs / "abc01", folder / "raw")
    assert_equal(made.frames[name], folder / "sdtm" / f"{name.lower()}.csv")


def test_excerpt_raises_what_it_holds(specs: Path, excerpt: Path, converted: Convert) -> None:
    made = converted(specs / "abc01", excerpt / "abc01" / "raw")
    found = {(i.code, i.dataset): bool(i.accepted) for i in made.issues if i.code != "ACC001"}
    # TS speaks of the whole study: the excerpt has fewer subjects, another first consent and not all doses.
    assert found == {("TRI111", "TS"): False, ("TRI112", "TS"): False, ("SUB114", "DM"): False}


def test_at_most_two_lines_a_variable(specs: Path, excerpt: Path, converted: Convert) -> None:
    made = converted(specs / "abc01", excerpt / "abc01" / "raw")
    variables, analysis = variables_made(made.study), sum(len(f.columns) for f in made.analysis.values())
    assert lines_of(specs / "abc01", "sdtm/*.yaml") <= variables
    assert lines_of(specs / "abc01", "adam/*.yaml") <= 2 * analysis
    assert lines_of(specs / "abc01", "**/*.yaml") - lines_of(specs / "abc01", "adam/*.yaml") <= 2 * variables
