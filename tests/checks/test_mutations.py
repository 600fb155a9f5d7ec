"""For each rule a mutation of a written package in bytes or cells: that rule and its relatives see it, no others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_itp.checks import Package, rules_of

from . import (
    mutations_categories,
    mutations_comments,
    mutations_concepts,
    mutations_define,
    mutations_events,
    mutations_exposure,
    mutations_structure,
    mutations_subjects,
    mutations_trial,
    mutations_values,
    mutations_xpt,
)
from .mutation import MUTATIONS, Mutation
from .study import write_study
from .written import Written

assert all((mutations_comments, mutations_define, mutations_exposure, mutations_structure, mutations_subjects))
assert all((mutations_categories, mutations_concepts, mutations_events))
assert all((mutations_trial, mutations_values, mutations_xpt))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_study(folder)
    return folder


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_the_rule_and_its_relatives_see_it(mutation: Mutation, base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = Written(tmp_path)
    mutation.change(w)
    result = w.judge()
    shown = "\n".join(f"{f.rule} {f.dataset}.{f.variable} {f.record}: {f.message}" for f in result.findings)
    assert result.did_not_run == ()
    assert {f.rule for f in result.findings} == {mutation.rule, *mutation.relatives}, shown


def test_every_rule_has_a_mutation() -> None:
    rules = set(rules_of(Package(())))
    assert {m.rule for m in MUTATIONS} == rules
    assert {r for m in MUTATIONS for r in m.relatives} <= rules


def test_names_of_mutations_are_different() -> None:
    names = [m.name for m in MUTATIONS]
    assert len(set(names)) == len(names)
