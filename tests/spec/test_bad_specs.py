"""Each wrong spec says exactly what is wrong with it, where, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.analysis.published import known_methods
from cdisc_itp.build.forms import build_forms
from cdisc_itp.model.catalogue import CATALOGUE
from cdisc_itp.model.issue import SpecError
from cdisc_itp.spec.published import FILE, load_published
from tests.bad import cases, code_of, codes_written, expected, lay_out, load_with_tables

CASES = cases("SPEC")


def problems_of(folder: Path) -> list[str]:
    try:
        study, tables = load_with_tables(folder)
        build_forms(study.files, tables)
        if (folder / FILE).is_file():
            load_published(
                folder, known_methods(), {n: frozenset(b.plan.names) for n, b in study.analysis.datasets.items()}
            )
    except SpecError as error:
        return [str(p) for p in error.problems]
    return []


@pytest.mark.parametrize("case", CASES)
def test_says_exactly_what_is_wrong(case: str, tmp_path: Path) -> None:
    assert problems_of(lay_out(case, tmp_path / "study")) == expected(case)


@pytest.mark.parametrize("case", CASES)
def test_raises_only_its_own_code(case: str) -> None:
    codes = {line.split()[1] for line in expected(case)}
    assert codes == {code_of(case)}


def test_the_study_that_the_cases_change_is_right(tmp_path: Path) -> None:
    assert problems_of(lay_out(None, tmp_path / "study")) == []


def test_each_code_has_a_bad_input() -> None:
    assert {code_of(c) for c in CASES} == codes_written("SPEC", "spec", "build")


def test_each_code_is_in_the_catalogue() -> None:
    listed = {c: e for c, e in CATALOGUE.items() if c.startswith("SPEC")}
    assert listed.keys() == codes_written("SPEC", "spec", "build")
    assert {e.severity for e in listed.values()} == {"error"}


def test_several_files_are_judged_at_once(tmp_path: Path) -> None:
    folder = lay_out("SPEC104/misspelt", tmp_path / "study")
    dm = folder / "sdtm" / "dm.yaml"
    dm.write_text(dm.read_text().replace("CHN", "CHINA").replace("map: sex", "map: sexes"))
    assert [p.split(" ")[1] for p in problems_of(folder)] == ["SPEC113", "SPEC140", "SPEC104"]
