"""A package without faults has no findings, and every rule that can judge it has judged it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.checks import rules_of

from .study import write_study
from .written import Written


@pytest.fixture
def clean(tmp_path: Path) -> Written:
    write_study(tmp_path)
    return Written(tmp_path, deep=True)


def test_clean_package(clean: Written) -> None:
    result = clean.judge()
    assert [f"{f.rule} {f.dataset}.{f.variable} {f.record} {f.value}: {f.message}" for f in result.findings] == []
    assert result.did_not_run == ()
    assert result.not_applicable == ()
    assert sorted(result.ran) == rules_of(clean.package())
