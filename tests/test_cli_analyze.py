"""The command `analyze`: what it says where it cannot do its work."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from typer.testing import CliRunner

from cdisc_itp.cli import app
from cdisc_itp.model.column import collect_text
from cdisc_itp.writers.xpt import XptVariable, write_xpt

SPEC = Path(__file__).parents[1] / "specs" / "nct05471050"


def test_an_output_without_datasets(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["analyze", str(SPEC), str(tmp_path)])
    assert result.exit_code == 2
    assert "holds no dataset of NCT05471050 - convert the study first" in result.output
    assert list(tmp_path.iterdir()) == []


def test_displays_of_datasets_that_are_not_there(tmp_path: Path) -> None:
    package = tmp_path / "m5" / "datasets" / "nct05471050" / "tabulations" / "sdtm"
    package.mkdir(parents=True)
    write_xpt(
        package / "dm.xpt",
        "DM",
        "Demographics",
        [XptVariable("USUBJID", "Unique Subject Identifier", False, 5, None)],
        {"USUBJID": collect_text(["X-001"])},
        datetime(2023, 7, 31),
        "ascii",
    )
    result = CliRunner().invoke(app, ["analyze", str(SPEC), str(tmp_path)])
    assert result.exit_code == 2
    assert "SPEC111 displays.yaml: there is no dataset ADSL" in result.output
    assert not (tmp_path / "analysis").exists()


def test_a_study_without_displays(tmp_path: Path) -> None:
    other = SPEC.parent / "abc01"
    result = CliRunner().invoke(app, ["analyze", str(other), str(tmp_path)])
    assert result.exit_code == 2
