"""The bench's laboratory job: 2,000 rows through the command line, against plain Python with decimals."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from bench.lb import job
from bench.lb.generate import SHAPES, generate

ROOT = Path(__file__).parents[2]
NAMES = {
    "ALT": "Alanine Aminotransferase",
    "AST": "Aspartate Aminotransferase",
    "GLUC": "Glucose",
    "CREAT": "Creatinine",
    "HGB": "Hemoglobin",
}
FACTORS = {"ALT": "1", "AST": "1", "GLUC": "0.0555", "CREAT": "88.4", "HGB": "10"}
UNITS = {"ALT": "U/L", "AST": "U/L", "GLUC": "mmol/L", "CREAT": "umol/L", "HGB": "g/L"}
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def iso(text: str) -> str:
    if "-" in text:
        return text
    return f"{text[5:]}-{MONTHS.index(text[2:5]) + 1:02}-{text[:2]}"


def standard(result: str, test: str) -> str:
    exact = Decimal(result) * Decimal(FACTORS[test])
    text = format(exact.quantize(Decimal("0.0001"), ROUND_HALF_UP), "f")
    return text.rstrip("0").rstrip(".")


def indicator(result: str, low: str, high: str) -> str:
    if Decimal(result) < Decimal(low):
        return "LOW"
    return "HIGH" if Decimal(result) > Decimal(high) else "NORMAL"


def expected(folder: Path) -> list[dict[str, str]]:
    starts = {r["USUBJID"]: r["RFSTDTC"] for r in read_rows(folder / "dm.csv")}
    made = [expected_record(r, starts) for r in read_rows(folder / "lb.csv")]
    by_subject, by_test = defaultdict(list), defaultdict(list)
    for record in made:
        by_subject[record["USUBJID"]].append(record)
        if record["LBORRES"] and record["LBDTC"][:10] <= starts[record["USUBJID"]]:
            by_test[record["USUBJID"], record["LBTESTCD"]].append(record)
    for records in by_subject.values():
        for number, record in enumerate(sorted(records, key=lambda r: (r["LBTESTCD"], r["LBDTC"])), 1):
            record["LBSEQ"] = str(number)
    for records in by_test.values():
        max(records, key=lambda r: r["LBDTC"])["LBLOBXFL"] = "Y"
    return made


def expected_record(raw: dict[str, str], starts: dict[str, str]) -> dict[str, str]:
    subject, test, result = f"DEMO-{raw['SITEID']}-{raw['SUBJID']}", raw["TEST"], raw["RESULT"]
    when = iso(raw["LBDAT"])
    day = (date.fromisoformat(when[:10]) - date.fromisoformat(starts[subject])).days
    return {
        "STUDYID": "DEMO",
        "DOMAIN": "LB",
        "USUBJID": subject,
        "LBTESTCD": test,
        "LBTEST": NAMES[test],
        "LBORRES": result,
        "LBORRESU": raw["UNIT"],
        "LBORNRLO": raw["NRLO"],
        "LBORNRHI": raw["NRHI"],
        "LBSTRESC": standard(result, test) if result else "",
        "LBSTRESN": standard(result, test) if result else "",
        "LBSTRESU": UNITS[test] if result else "",
        "LBNRIND": indicator(result, raw["NRLO"], raw["NRHI"]) if result else "",
        "LBLOBXFL": "",
        "VISITNUM": raw["VISIT"].removeprefix("Week "),
        "VISIT": raw["VISIT"],
        "LBDTC": when,
        "LBDY": str(day + (day >= 0)),
    }


def convert(shape: str, folder: Path) -> pd.DataFrame:
    generate(folder / "raw", 2_000, shape)
    words = ["convert", str(job.SPEC), "--raw", str(folder / "raw"), "--out", str(folder / "out"), "--fail-on", "never"]
    subprocess.run([sys.executable, "-c", job.OURS, *words], cwd=ROOT, check=True, capture_output=True)
    frame: pd.DataFrame = pyreadstat.read_xport(str(folder / "out" / job.LB), encoding="ascii")[0]
    return frame


def shown(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else format(Decimal(repr(value)).normalize(), "f")
    return "" if pd.isna(value) else str(value)


@pytest.mark.parametrize("shape", [s for s in SHAPES if s != "dirty"])
def test_each_of_the_19_columns_is_what_decimals_say(shape: str, tmp_path: Path) -> None:
    frame = convert(shape, tmp_path)
    wanted = expected(tmp_path / "raw")
    columns = list(wanted[0])
    assert len(columns) == 19
    found = {
        (r["USUBJID"], r["LBSEQ"]): r
        for r in ({c: shown(v) for c, v in zip(columns, row, strict=True)} for row in frame[columns].to_numpy(object))
    }
    assert len(found) == len(frame) == len(wanted) == 2_000
    assert found == {(r["USUBJID"], r["LBSEQ"]): r for r in wanted}


def test_dirty_rows_are_submitted_or_rejected_and_never_guessed(tmp_path: Path) -> None:
    frame = convert("dirty", tmp_path)
    raw = read_rows(tmp_path / "raw" / "lb.csv")
    subjects = {r["USUBJID"] for r in read_rows(tmp_path / "raw" / "dm.csv")}
    wanted = [r for r in raw if r["TEST"] and f"DEMO-{r['SITEID']}-{r['SUBJID']}" in subjects]
    assert len(raw) == 2_020
    assert 0 < len(frame) == len(wanted) < len(raw)
    units = {"ALT": "U/L", "AST": "U/L", "GLUC": "mg/dL", "CREAT": "mg/dL", "HGB": "g/dL"}
    numbers = sorted(
        standard(r["RESULT"].strip(), r["TEST"])
        for r in wanted
        if r["UNIT"] == units.get(r["TEST"]) and r["RESULT"].strip().replace(".", "", 1).isdigit()
    )
    assert sorted(shown(v) for v in frame["LBSTRESN"] if not pd.isna(v)) == numbers
    dates = Counter(shown(v) for v in frame["LBDTC"])
    assert "2025-02-31" not in dates
    assert dates["2025-03"] == sum(r["LBDAT"] == "UNMAR2025" for r in wanted) > 0
    unread = ("31FEB2025", "2025-03", "soon", "")
    assert dates[""] == sum(r["LBDAT"] in unread for r in wanted) > 0
