"""analysis/displays.yaml: every problem with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from cdisc_itp.model.issue import SpecError
from cdisc_itp.spec.displays import display_texts, load_displays
from cdisc_itp.spec.schema import file_schema
from tests.analysis.made_up import DISPLAYS, frames, write_displays

SPECS = Path(__file__).parents[2] / "specs"
VARIABLES = {name: frozenset(frame.columns) for name, frame in frames(5).items()}


def problems(folder: Path, *changes: tuple[str, str]) -> list[str]:
    text = DISPLAYS
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    with pytest.raises(SpecError) as caught:
        load_displays(write_displays(folder, text), VARIABLES)
    return [str(p) for p in caught.value.problems]


def test_all_kinds_are_read(tmp_path: Path) -> None:
    spec = load_displays(write_displays(tmp_path), VARIABLES)
    assert spec is not None
    assert [d.kind for d in spec.displays.values()] == [
        "summary", "summary", "terms", "kaplan_meier", "visit_course", "panels", "forest", "flow"
    ]  # fmt: skip
    assert spec.displays["time"].caption == "Figure 2.1"
    assert load_displays(tmp_path / "nowhere") is None


def test_a_kind_that_is_not_there(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, ("kind: kaplan_meier", "kind: kaplan_mayer"))
    said, _, hint = problem.partition(" - ")
    assert said == "analysis/displays.yaml:38: SPEC102 time.kind: 'kaplan_mayer' is no kind of display"
    assert hint == "did you mean 'kaplan_meier'?"


def test_a_key_that_is_not_known(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, ("    shows: incidence", "    show: incidence"))
    assert problem.startswith("analysis/displays.yaml:47: SPEC100 time: 'show' is not known here")


def test_a_key_that_is_missing(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, ("    by: SITEID\n", ""))
    assert "SPEC101 sites: 'by' is missing" in problem


def test_a_population_that_is_not_there(tmp_path: Path) -> None:
    head = 'number: "1.1"\n    title: Demographics and baseline\n    population: '
    (problem,) = problems(tmp_path, (f"{head}ITT", f"{head}SAF"))
    assert problem == "analysis/displays.yaml:11: SPEC102 demographics: no population 'SAF' - one of ITT"


def test_names_that_no_dataset_has(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        ("{name: AGE,", "{name: AGEE,"),
        ("within: {variable: AVISIT, order: AVISITN", "within: {variable: AVISTI, order: AVISITN"),
        ("dataset: ADTTE", "dataset: ADTT"),
        ("x: ASTDY", "x: ASTD"),
        ("by: SITEID", "by: SITE"),
        ("reasons: DCTREAS", "reasons: DCTREA"),
        ("order: TRT01PN", "order: TRT01P9"),
    )
    assert [p.partition(" - ")[0].partition(": ")[2] for p in found] == [
        "SPEC110 displays.yaml: ADSL has no variable TRT01P9",
        "SPEC110 demographics: ADSL has no variable AGEE",
        "SPEC110 response: ADRS has no variable AVISTI",
        "SPEC111 time: there is no dataset ADTT",
        "SPEC110 panels: ADCM has no variable ASTD",
        "SPEC110 sites: ADSL has no variable SITE",
        "SPEC110 flow: ADSL has no variable DCTREA",
    ]


def test_a_box_that_comes_after_nothing(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, ("dataset: ADSL, after: screened}", "dataset: ADSL, after: allocated}"))
    assert "flow.randomized: no box 'allocated' stands before it" in problem


def test_a_condition_that_is_none(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, ("where: {PARAMCD: TTRESP}", "where: {PARAMCD: {LIKE: TTRESP}}"))
    assert "SPEC151 time.where.PARAMCD: 'LIKE' is no comparator" in problem


def test_no_displays(tmp_path: Path) -> None:
    head = DISPLAYS.partition("displays:")[0]
    with pytest.raises(SpecError, match=r"SPEC101 displays\.yaml: 'displays' is missing"):
        load_displays(write_displays(tmp_path, head))


def test_the_schema_for_editors_agrees_on_the_shape() -> None:
    validator = Draft202012Validator(file_schema("analysis/displays.yaml"))
    for text in (DISPLAYS, (SPECS / "nct05471050" / "analysis" / "displays.yaml").read_text("utf-8")):
        assert [e.message for e in validator.iter_errors(yaml.safe_load(text))] == []
    for old, new in (
        ("kind: kaplan_meier", "kind: kaplan_mayer"),
        ("    shows: incidence", "    show: incidence"),
        ("    by: SITEID\n", ""),
        ("where: {PARAMCD: TTRESP}", "where: {PARAMCD: {LIKE: TTRESP}}"),
    ):
        assert list(validator.iter_errors(yaml.safe_load(DISPLAYS.replace(old, new)))), new


def test_the_text_of_each_display(tmp_path: Path) -> None:
    spec = load_displays(write_displays(tmp_path))
    assert spec is not None
    texts = display_texts(tmp_path, spec)
    assert texts["response"].startswith("response:\n  kind: summary\n")
    assert texts["response"].endswith("\n  total: no")
    assert all(line in DISPLAYS for text in texts.values() for line in text.split("\n"))
