"""Judges of analysis datasets: a package without faults is judged by every rule, and each has a mutation it sees."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_itp.checks import RULES
from cdisc_itp.checks.registry import OF_ANALYSIS
from cdisc_itp.judging import find_packages, read_package, validate_folder

from . import analysis_mutations_define, analysis_mutations_subjects, analysis_mutations_values
from .analysis_study import DATASETS, TABULATIONS, write_analysis
from .analysis_written import MUTATIONS, AnalysisMutation, AnalysisWritten
from .written import Draft

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


def test_an_output_is_judged_in_whole(base: Path) -> None:
    assert find_packages(base) == [base / TABULATIONS, base / DATASETS]
    assert find_packages(base / DATASETS) == [base / DATASETS]
    judged = validate_folder(base, False, None)
    assert judged.datasets == ("AE", "DM", "LB", "TS", "ADAE", "ADLB", "ADRS", "ADSL", "ADTTE")
    assert not [i for i in judged.issues if i.code.startswith(OF_ANALYSIS)]


def test_a_folder_of_adsl_alone_is_judged_as_analysis(base: Path, tmp_path: Path) -> None:
    shutil.copy(base / DATASETS / "adsl.xpt", tmp_path)
    judged = validate_folder(tmp_path, False, None)
    assert {i.code for i in judged.issues} == {"ADR102"}
    reasons = dict(judged.not_applicable)
    assert reasons["ADM101"] == "no define.xml"
    assert reasons["ADS102"] == "no tabulation datasets are beside the analysis datasets"
    assert not any(code.startswith("SUB") for code in reasons)


def test_tabulation_datasets_are_judged_by_their_own_rules(base: Path) -> None:
    package = read_package(base / TABULATIONS, None)
    assert not package.is_analysis and package.source is None and package.adam_guide is None
    analysis = read_package(base / DATASETS, None)
    assert analysis.is_analysis and analysis.guide is None
    assert analysis.source is not None and "DM" in analysis.source.by_name


def without_records(d: Draft) -> None:
    for _ in range(3):
        d.delete_record(0)


def with_numbers(d: Draft) -> None:
    for name in ("PARAMCD", "AVISIT", "SHIFT1", "CRIT1FL"):
        d.drop(name)
        d.add(name, name, [1.0] * 8, True)


def test_no_rule_crashes_on_datasets_without_records_or_of_other_types(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = AnalysisWritten(tmp_path / DATASETS)
    w.dataset("ADRS", without_records)
    w.dataset("ADLB", with_numbers)
    assert w.judge().did_not_run == ()


def test_findings_name_the_place(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = AnalysisWritten(tmp_path / DATASETS)
    w.dataset("ADLB", lambda d: d.set("PCHG", 99.0, row=1))
    (finding,) = w.judge().findings
    assert (finding.rule, finding.dataset, finding.record, finding.variable) == ("ADB108", "ADLB", 2, "PCHG")
    assert finding.message == "PCHG is 99, 100 (AVAL - BASE) / BASE is 100"
