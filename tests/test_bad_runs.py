"""Trouble that only a whole run sees: its issues.csv has one line more than that of the unchanged study."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.catalogue import CATALOGUE
from cdisc_itp.pipeline import Order, convert
from tests.bad import BAD, ISSUES, code_of, lay_out

CASES = sorted(p.parent.name for p in BAD.glob(f"*/{ISSUES}"))


def issues(case: str | None, folder: Path) -> list[str]:
    """Lines of the issues.csv of a run."""
    study = lay_out(case, folder / "study")
    convert(Order(study, study / "raw", folder / "out"))
    return (folder / "out" / "run" / ISSUES).read_text("utf-8-sig").splitlines()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the judges miss in the tiny study: arms, a trial summary, standard results."""
    return issues(None, tmp_path_factory.mktemp("plain"))


def codes(lines: list[str]) -> set[str]:
    return {line.split(",")[1] for line in lines[1:]}


@pytest.mark.parametrize("case", CASES)
def test_one_line_more_and_no_other(case: str, plain: list[str], tmp_path: Path) -> None:
    found = issues(case, tmp_path)
    more = [plain[0], *(line for line in found if line not in plain)]
    assert more == (BAD / case / ISSUES).read_text("utf-8").splitlines()
    assert codes(more) == {code_of(case)}
    assert [line for line in plain if line not in found] == []


def test_the_study_that_the_cases_change_raises_no_code_of_the_catalogue(plain: list[str]) -> None:
    assert codes(plain) & set(CATALOGUE) == set()


def test_which_codes_need_a_run() -> None:
    assert CASES == ["ACC001", "DATA073", "DATA080", "DRAFT001"]
