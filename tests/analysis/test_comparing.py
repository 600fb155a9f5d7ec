"""Statuses follow from comparisons by rule."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from cdisc_itp.algorithms.registry import Ref, Written
from cdisc_itp.analysis.comparing import assert_item, compare_registry, derive_status, read_item
from cdisc_itp.analysis.methods import METHODS, Method, register
from cdisc_itp.analysis.published import known_methods
from cdisc_itp.analysis.results import AnalysisResult, Statistic
from cdisc_itp.analysis.rounding import round_text
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from cdisc_itp.spec.published_types import Basis, ItemSpec, RegistrySpec, Status

ITEM = ItemSpec(Written("ABSTRACT"), "data", "REPRODUCED")


def result(method: str, **values: float | None) -> AnalysisResult:
    statistics = tuple(Statistic(n, v, round_text(v, 4)) for n, v in values.items())
    return AnalysisResult(method, method, method, "test", "", statistics)


def by_group(method: str, name: str, **values: float) -> AnalysisResult:
    statistics = tuple(Statistic(name, v, round_text(v, 4), g) for g, v in values.items())
    return AnalysisResult(method, method, method, "description", "", statistics)


def status(item: ItemSpec, *results: AnalysisResult) -> Status:
    return derive_status(item, read_item(item, results), assert_item(item, results), compare_registry(item, results))


P = replace(ITEM, reported="0.032", reads=("{p}",))


def test_all_some_or_none_of_the_methods_agree() -> None:
    assert status(P, result("a", p=0.0315), result("b", p=0.0324)) == "REPRODUCED"
    assert status(P, result("a", p=0.0325), result("b", p=0.0324)) == "REPRODUCED_BY_METHOD"
    assert status(P, result("a", p=0.0325), result("b", p=None)) == "NOT_REPRODUCED"


def test_the_expectation_plays_no_part() -> None:
    assert status(replace(P, expected="REPRODUCED"), result("a", p=0.5)) == "NOT_REPRODUCED"


@pytest.mark.parametrize(
    ("rule", "value", "found"),
    [
        ("half up", 0.0325, "0.033"),
        ("half even", 0.0325, "0.032"),
        ("down", 0.0329, "0.032"),
        ("half up", -0.0001, "0.000"),
    ],
)
def test_rounding(rule: str, value: float, found: str) -> None:
    assert round_text(value, 3, rule) == found  # type: ignore[arg-type]


def test_both_limits_must_come_from_one_method() -> None:
    item = replace(ITEM, reported="1.1-6.1", reads=("{lower}-{upper}",))
    assert status(item, result("a", lower=1.1, upper=7.0), result("b", lower=1.0, upper=6.1)) == "NOT_REPRODUCED"
    assert status(item, result("a", lower=1.1, upper=6.1), result("b", lower=1.0, upper=6.1)) == "REPRODUCED_BY_METHOD"


def test_a_number_without_a_group_is_of_each_group() -> None:
    item = replace(ITEM, reported="median 2 in both", reads=("median {median} in both",))
    assert status(item, by_group("m", "median", x=2.0, y=2.4)) == "REPRODUCED"
    assert status(item, by_group("m", "median", x=2.0, y=2.5)) == "NOT_REPRODUCED"


@pytest.mark.parametrize(
    ("basis", "values", "found"),
    [
        ("synthetic data", (1.0, 3.0), "AMBIGUOUS"),
        ("data", (1.0, 3.0), "REPRODUCED"),
        ("data", (1.0, 1.0), "AMBIGUOUS"),
        ("data", (2.0, 3.0), "NOT_REPRODUCED"),
    ],
)
def test_several_readings(basis: Basis, values: tuple[float, float], found: Status) -> None:
    item = replace(ITEM, basis=basis, reported="1", reads=("{minimum}", "{quartile}"))
    assert status(item, result("a", minimum=values[0]), result("b", quartile=values[1])) == found


def test_what_is_said_in_words() -> None:
    clause = WhereClause((Comparison(Ref("percent"), "GT", ("50",)), Comparison(Ref("percent"), "LE", ("60",))))
    item = replace(ITEM, reported="slightly more", asserts=Condition((clause,)))
    assert status(item, by_group("m", "percent", x=55.0, y=51.0)) == "REPRODUCED"
    assert status(item, by_group("m", "percent", x=55.0, y=61.0)) == "NOT_REPRODUCED"
    assert status(replace(item, basis="published figures"), by_group("m", "percent", x=55.0, y=61.0)) == "INCONSISTENT"


def test_a_registry_that_says_otherwise() -> None:
    item = replace(ITEM, reported="90", reads=("{count}",), registry=(RegistrySpec("planned", "120", "count"),))
    assert status(item, result("c", count=90.0)) == "DISCREPANCY_WITH_REGISTRY"
    assert status(item, result("c", count=89.0)) == "NOT_REPRODUCED"
    assert (
        status(replace(item, registry=(RegistrySpec("planned", "90", "count"),)), result("c", count=90.0))
        == "REPRODUCED"
    )


def test_nothing_to_compare() -> None:
    assert status(replace(ITEM, reported="comparable"), result("a", p=0.4)) == "NOT_REPORTED"


def test_a_method_is_registered_once() -> None:
    taken = METHODS["fisher"]
    with pytest.raises(AssertionError, match="fisher"):
        register(Method("fisher", "again", taken.kind, taken.gives, taken.compute))


def test_the_page_of_the_language_lists_every_method() -> None:
    page = (Path(__file__).parents[2] / "docs" / "spec-language.md").read_text("utf-8")
    section = page.split("## analysis/published.yaml")[1].split("## Words")[0]
    assert [m for m in known_methods() if f"`{m}`" not in section] == []
    assert [s for s in get_args(Status) if f"`{s}`" not in section] == []
