"""Judges of analysis datasets: a package without faults is judged by every rule, and each has a mutation it sees."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_itp.checks import RULES
from cdisc_itp.checks.registry import OF_ANALYSIS

from . import analysis_mutations_define, analysis_mutations_subjects, analysis_mutations_values
from .analysis_study import DATASETS, write_analysis
from .analysis_written import MUTATIONS, AnalysisMutation, AnalysisWritten

assert all((analysis_mutations_define, analysis_mutations_subjects, analysis_mutations_values))
OWN = sorted(code for code in RULES if code.startswith(OF_ANALYSIS))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("analysis")
    write_analysis(root)
    return root


def test_clean_package(base: Path) -> None:
    result = AnalysisWritten(base / DATASETS).judge()
    assert [f"{f.rule} {f.dataset}.{f.variable} {f.record} {f.value}: {f.message}" for f in result.findings] == []
    assert result.did_not_run == ()
    assert {code for code, _ in result.not_applicable} == {"DEF130", "DEF154", "DEF155", "XPT120"}
    assert set(OWN) <= set(result.ran)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: f"{m.rule}-{m.name.replace(' ', '_')}")
def test_the_rule_and_its_relatives_see_it(mutation: AnalysisMutation, base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = AnalysisWritten(tmp_path / DATASETS)
    for change in mutation.changes:
        change(w)
    result = w.judge()
    shown = "\n".join(f"{f.rule} {f.dataset}.{f.variable} {f.record}: {f.message}" for f in result.findings)
    assert result.did_not_run == ()
    assert {f.rule for f in result.findings} == {mutation.rule, *mutation.relatives}, shown


def test_every_rule_has_a_mutation() -> None:
    assert {m.rule for m in MUTATIONS} == set(OWN)
    assert {r for m in MUTATIONS for r in m.relatives} <= set(RULES)
    assert len({(m.rule, m.name) for m in MUTATIONS}) == len(MUTATIONS)
    assert len(OWN) >= 100
