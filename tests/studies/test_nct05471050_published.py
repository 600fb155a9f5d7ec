"""What was published of NCT05471050, computed again from the packages of three builds."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from scipy.stats import fisher_exact

from cdisc_itp.reproducing import reproduce_study
from tests.studies.analysis_days import randomized
from tests.studies.builds import SPEC, Package
from tests.test_reproduce import EXPECTED

ARMS = {"tacdan": "TACDAN", "dan": "DAN"}
Packages = Callable[[str], Package]


@pytest.fixture(scope="session")
def reproduced(packages: Packages) -> Callable[[str], dict[str, Any]]:
    return cache(lambda build: reproduce_study(SPEC, packages(build).folder))


@pytest.fixture
def document(package: Package, reproduced: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return reproduced(package.build)


def statuses(document: dict[str, Any]) -> dict[str, str]:
    return {i["id"]: i["status"] for i in document["items"]}


def values(document: dict[str, Any], item: str) -> dict[str, float]:
    """Every statistic of an item by name and group."""
    found = next(i for i in document["items"] if i["id"] == item)
    every = [s for r in found["results"] for s in r["statistics"]]
    return {f"{s['name']} {s['group'] or ''}".strip(): s["value"] for s in every}


def test_main_comes_out_as_expected(reproduced: Callable[[str], dict[str, Any]]) -> None:
    assert statuses(reproduced("main")) == EXPECTED
    assert reproduced("main")["as_expected"]


def test_responders_are_those_of_the_answer_sheet(package: Package, document: dict[str, Any]) -> None:
    known = randomized(package).values()
    table = []
    for group in document["sensitivity"]["data"]["groups"]:
        of = [r["sr6"] for r in known if r["arm"] == ARMS[group["id"]]]
        assert (group["events"], group["n"]) == (of.count("Y"), len(of))
        table.append([of.count("Y"), of.count("N")])
    p = next(r for r in document["sensitivity"]["results"] if r["method"] == "fisher")["statistics"][0]["value"]
    assert p == pytest.approx(fisher_exact(table).pvalue)
    reproduced = {a: f"{100 * x[0] / sum(x):.0f}" for a, x in zip(ARMS, table, strict=True)}
    agree = reproduced["tacdan"] == "53" and table[0][0] == 23
    assert (statuses(document)["rate_tacdan"] == "REPRODUCED") == agree


def test_medians_are_those_of_the_answer_sheet(package: Package, document: dict[str, Any]) -> None:
    for item, column in (("peak_platelets", "peak"), ("age", "age"), ("itp_duration", "itp_months")):
        found = values(document, item)
        for group, arm in ARMS.items():
            known = [float(r[column]) for r in randomized(package).values() if r["arm"] == arm]
            assert found[f"median {group}"] == pytest.approx(statistics.median(known)), (item, group)


def test_women_and_severe_events(package: Package, document: dict[str, Any]) -> None:
    for group, arm in ARMS.items():
        of = [r["sex"] for r in randomized(package).values() if r["arm"] == arm]
        assert values(document, "sex")[f"count {group}"] == of.count("F")
    grades = [r for r in package.answers.forms["adverse_events"] if r["item"] == "AETOXGR"]
    severe = {r["subject"] for r in grades if r["value"] in ("3", "4", "5")} & set(randomized(package))
    assert grades
    assert values(document, "grade_3_4_ae")["count"] == len(severe)


def test_what_no_data_change(document: dict[str, Any]) -> None:
    found = statuses(document)
    assert found["odds_ratio_within_ci"] == "INCONSISTENT"
    assert {v for k, v in found.items() if EXPECTED[k] == "NOT_REPORTED"} == {"NOT_REPORTED"}
