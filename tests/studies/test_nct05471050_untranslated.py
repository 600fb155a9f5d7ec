"""Edge build: an adverse event in Chinese that no table translates is rejected once, with the map to edit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.studies.builds import Package
from tests.studies.truth import Row

SITES = ("02", "07")


@pytest.fixture(scope="module")
def edge(packages: Callable[[str], Package]) -> Package:
    return packages("edge")


def planted(edge: Package, site: str) -> Row:
    (row,) = (r for r in edge.answers.planted if r["case"] == f"untranslated_{site}")
    return row


@pytest.mark.parametrize("site", SITES)
def test_the_row_is_rejected_and_told_once(edge: Package, site: str) -> None:
    case = planted(edge, site)
    told = [(r["code"], r["value"]) for r in edge.occurrences if (r["file"], r["row"]) == (case["file"], case["row"])]
    assert told == [("DATA070", case["raw"])]
    rows = [r for r in edge.ledger if (r["unit"], r["file"], r["row"]) == ("exception", case["file"], case["row"])]
    assert [(r["fate"], r["dataset"], r["reason"]) for r in rows] == [("rejected", "AE", "DATA070")]


@pytest.mark.parametrize("site", SITES)
def test_the_work_list_names_the_map_and_the_row(edge: Package, site: str) -> None:
    case = planted(edge, site)
    (issue,) = (r for r in edge.raised if (r["code"], r["source"]) == ("DATA070", site))
    assert issue["remedy"] == "Add a row to maps/terms.csv (raw,term)."
    assert issue["add"] == f"{case['raw']},<term>"


def test_nothing_is_invented_in_its_place(edge: Package) -> None:
    for site in SITES:
        case = planted(edge, site)
        others = {r["record"] for r in edge.answers.forms["adverse_events"] if r["subject"] == case["subject"]}
        assert len(edge.built.of("AE", SUBJID=case["subject"])) == len(others)
