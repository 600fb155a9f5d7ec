"""The package of NCT05471050 as text that a person can review, and the hashes of its binary files."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pyreadstat
import pytest

from cdisc_itp.pipeline import Order, convert
from tests.golden.rewrite import compare

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "nct05471050"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("golden") / "out"
    run = convert(Order(ROOT / "specs/nct05471050", ROOT / "fixtures/nct05471050/raw", out))
    assert run.exit_code == 0
    return out


def render_csv(path: Path) -> str:
    """The records of a transport file as pyreadstat, an outside reader, sees them."""
    frame, meta = pyreadstat.read_xport(path)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(meta.column_names)
    for row in frame.astype(object).itertuples(index=False):
        writer.writerow([_shown(v) for v in row])
    return out.getvalue()


def _shown(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else repr(value).removesuffix(".0")
    return str(value)


# Where each package lies in the output, and where its golden files are.
PLACES = [("tabulations/sdtm", GOLDEN), ("analysis/adam/datasets", GOLDEN / "adam")]


@pytest.mark.parametrize(("place", "golden"), PLACES)
def test_datasets_are_the_golden_ones(package: Path, place: str, golden: Path) -> None:
    files = sorted(package.glob(f"m5/datasets/*/{place}/*.xpt"))
    assert files
    for path in files:
        compare(golden / f"{path.stem}.csv", render_csv(path))
    assert {f"{p.stem}.csv" for p in files} == {p.name for p in golden.glob("*.csv")}, "remove what is made no more"


@pytest.mark.parametrize(("place", "golden"), PLACES)
def test_define_is_the_golden_one(package: Path, place: str, golden: Path) -> None:
    (path,) = package.glob(f"m5/datasets/*/{place}/define.xml")
    compare(golden / "define.xml", path.read_text("utf-8"))


def test_hashes_are_the_golden_ones(package: Path) -> None:
    files = sorted(p for p in (package / "m5").rglob("*") if p.is_file())
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(package).as_posix()}\n" for p in files]
    compare(GOLDEN / "SHA256SUMS", "".join(lines))


def test_issues_and_ledger_are_the_golden_ones(package: Path) -> None:
    for name in ("issues.csv", "ledger.csv"):
        compare(GOLDEN / "run" / name, (package / "run" / name).read_text("utf-8"))
