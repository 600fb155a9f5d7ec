"""The tiny study, invented for the tests, and the public ones: where they are, and runs of them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cdisc_itp.pipeline import Order, Run, convert

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests" / "tiny_study"
STUDIES = ("tiny", "abc01", "cdiscpilot01", "nct05471050")
SHARED = {"abc01": "abc01", "cdiscpilot01": "pharmaverse"}


def spec_and_raw(study: str, request: pytest.FixtureRequest) -> tuple[Path, Path]:
    """The spec's and the raw folder of a study; skips where public data are not at hand."""
    if study == "tiny":
        return TINY / "spec", TINY / "raw"
    if study not in SHARED:
        return ROOT / "specs" / study, ROOT / "fixtures" / study / "raw"
    data: Path = request.getfixturevalue("shared_data")
    return ROOT / "specs" / study, data / SHARED[study] / "raw"


_WHOLE: dict[str, tuple[Run, Path]] = {}


def whole(study: str, request: pytest.FixtureRequest) -> tuple[Run, Path]:
    """A study converted once for all tests: the run and its output, which no test may change."""
    if study not in _WHOLE:
        factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        out = factory.mktemp(study) / "out"
        _WHOLE[study] = (convert(Order(*spec_and_raw(study, request), out)), out)
    return _WHOLE[study]


def run_tiny(out: Path, raw: Path = TINY / "raw", spec: Path = TINY / "spec") -> Run:
    """The tiny study converted."""
    return convert(Order(spec, raw, out))


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV report."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(out: Path, below: str = "") -> dict[str, bytes]:
    """Every file of an output but run.json."""
    found = {p.relative_to(out).as_posix(): p.read_bytes() for p in (out / below).rglob("*") if p.is_file()}
    return {name: data for name, data in found.items() if name != "run/run.json"}


def differing(a: Path, b: Path, below: str = "") -> list[str]:
    """The files that two outputs do not have in common, byte for byte."""
    x, y = files(a, below), files(b, below)
    return sorted(name for name in {*x, *y} if x.get(name) != y.get(name))
