"""An ADSL of our own design for a study that others made: from its exports, and from its published SDTM, by spec alone.

What must come out is computed here from the SDTM files with the standard library.
"""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import mean

import pandas as pd
import pytest

from cdisc_itp.pipeline import Order, convert
from tests.studies.comparison import built_records
from tests.studies.conftest import Convert

Row = dict[str, str]
STUDY = "study: ABC-01\ncreated: 2024-05-01T00:00:00\ntabulations: {file: '*.csv'}\n"


def read(folder: Path, name: str) -> dict[str, list[Row]]:
    """Records of an SDTM file by subject."""
    out: dict[str, list[Row]] = defaultdict(list)
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            out[row["USUBJID"]].append(row)
    return out


def day(text: str) -> float | None:
    return float((date.fromisoformat(text) - date(1960, 1, 1)).days) if text else None


def rounded(value: Decimal | None) -> float | None:
    return None if value is None else float(value.quantize(Decimal("0.1"), ROUND_HALF_UP))


def result(vs: list[Row], test: str, baseline: bool = False) -> Decimal | None:
    """The one result of a test; None where there is none."""
    found = [r for r in vs if r["VSTESTCD"] == test and r["VSSTRESN"] and (not baseline or r["VSBLFL"] == "Y")]
    return Decimal(found[0]["VSSTRESN"]) if found else None


def expected(folder: Path) -> dict[str, dict[str, object]]:
    """Some variables of ADSL, by subject, from the SDTM."""
    tables = {name: read(folder, name) for name in ("dm", "ds", "ex", "ae", "vs", "lb")}
    return {s: of_subject(dm, {n: t[s] for n, t in tables.items()}) for s, (dm,) in tables["dm"].items()}


def of_subject(dm: Row, own: dict[str, list[Row]]) -> dict[str, object]:
    start, treated = dm["RFXSTDTC"], bool(dm["RFXSTDTC"])
    days = (date.fromisoformat(dm["RFXENDTC"]) - date.fromisoformat(start)).days + 1 if treated else None
    height, weight = result(own["vs"], "HEIGHT"), result(own["vs"], "WEIGHT", baseline=True)
    bmi = rounded(weight / (height * height / 10000)) if height and weight else None
    pressure = [
        Decimal(r["VSSTRESN"])
        for r in own["vs"]
        if r["VSTESTCD"] == "SYSBP" and r["VSSTRESN"] and treated and r["VSDTC"] >= start
    ]
    emergent = sorted(r["AESTDTC"] for r in own["ae"] if r["AESTDTC"] >= start and treated)
    end = next(r for r in own["ds"] if r["DSCAT"] == "DISPOSITION EVENT")
    completed, age = end["DSDECOD"] == "COMPLETED", int(dm["AGE"])
    seen = [r[v] for n, v in (("ds", "DSSTDTC"), ("vs", "VSDTC"), ("ae", "AESTDTC"), ("lb", "LBDTC")) for r in own[n]]
    return {
        "AGE": float(age),
        "AGEGR1": "<50" if age < 50 else "50-64" if age < 65 else ">=65",
        "SEXN": 1.0 if dm["SEX"] == "M" else 2.0,
        "TRT01P": dm["ARM"],
        "TRT01PN": 1.0 if dm["ARM"] == "Placebo" else 2.0,
        "SAFFL": "Y" if treated else "N",
        "TRTSDT": day(start),
        "TRTEDT": day(dm["RFXENDTC"]),
        "TRTDURD": None if days is None else float(days),
        "CUMDOSE": None if days is None else max(float(r["EXDOSE"]) for r in own["ex"]) * days,
        "EOSSTT": "COMPLETED" if completed else "DISCONTINUED",
        "DCSREAS": None if completed else end["DSDECOD"],
        "COMPLFL": "Y" if completed else "N",
        "EOSDT": day(end["DSSTDTC"]),
        "BMIBL": bmi,
        "BMIBLGR1": None if bmi is None else "<25" if bmi < 25 else "25-<30" if bmi < 30 else ">=30",
        "SYSBPAVG": rounded(mean(pressure)) if pressure else None,
        "TEAEFL": "Y" if emergent else None,
        "AECNT": float(len(own["ae"])),
        "AE1DT": day(emergent[0]) if emergent else None,
        "LSTALVDT": day(max(seen)),
    }


def check(frame: pd.DataFrame, wanted: dict[str, dict[str, object]]) -> None:
    records = {str(r["USUBJID"]): r for r in built_records(frame)}
    assert records.keys() == wanted.keys()
    for subject, variables in wanted.items():
        found = {v: records[subject][v] for v in variables}
        assert {v: None if x == "" else x for v, x in found.items()} == variables


def from_tabulations(specs: Path, sdtm: Path, folder: Path) -> pd.DataFrame:
    """ADSL from SDTM files, by a spec that has nothing but that dataset and its tables."""
    spec = folder / "spec"
    (spec / "maps").mkdir(parents=True)
    (spec / "study.yaml").write_text(STUDY, "utf-8")
    shutil.copytree(specs / "abc01" / "adam", spec / "adam")
    for name in ("age_groups", "bmi_groups"):
        shutil.copy(specs / "abc01" / "maps" / f"{name}.csv", spec / "maps")
    done = convert(Order(spec, sdtm, folder / "out"))
    assert [i for i in done.issues if i.code.startswith("DATA")] == []
    return done.analysis["ADSL"].frame


def test_from_the_published_sdtm(shared_data: Path, specs: Path, tmp_path: Path) -> None:
    sdtm = shared_data / "abc01" / "sdtm"
    check(from_tabulations(specs, sdtm, tmp_path), expected(sdtm))


def test_from_the_excerpt(specs: Path, excerpt: Path, tmp_path: Path) -> None:
    sdtm = excerpt / "abc01" / "sdtm"
    check(from_tabulations(specs, sdtm, tmp_path), expected(sdtm))


def test_from_the_raw_exports(shared_data: Path, specs: Path, converted: Convert) -> None:
    made = converted(specs / "abc01", shared_data / "abc01" / "raw")
    check(made.analysis["ADSL"], expected(shared_data / "abc01" / "sdtm"))


@pytest.mark.parametrize("name", ["age_groups", "bmi_groups"])
def test_the_tables_are_read_by_the_analysis_alone(specs: Path, name: str) -> None:
    readers = [p for p in (specs / "abc01").rglob("*.yaml") if name in p.read_text("utf-8")]
    assert [p.parent.name for p in readers] == ["adam"]
