from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from cdisc_itp.analysis.displays import compute_displays
from cdisc_itp.model.display import Display, Report
from cdisc_itp.spec.displays import load_displays
from tests.analysis.made_up import frames, write_displays

CREATED = datetime(2023, 7, 31)
NOTICE = "SYNTHETIC - NO REAL PATIENT. Made up for a test."


@pytest.fixture(scope="session")
def data() -> dict[str, pd.DataFrame]:
    return frames(40)


@pytest.fixture(scope="session")
def report(data: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = write_displays(tmp_path_factory.mktemp("displays"))
    spec = load_displays(folder, {name: frozenset(frame.columns) for name, frame in data.items()})
    assert spec is not None
    return compute_displays(spec, data, "STUDY-01", "A made-up study", NOTICE)


@pytest.fixture(scope="session")
def shown(report: Report) -> dict[str, Display]:
    return {d.id: d for d in report.displays}


@pytest.fixture(scope="session")
def written(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cdisc_itp.writers.displays.folder import write_report

    out = tmp_path_factory.mktemp("out")
    told: list[str] = []
    folder = write_report(out, report, CREATED, told.append, {"ADSL": "0" * 64})
    assert told == [d.caption for d in report.displays]
    return folder
