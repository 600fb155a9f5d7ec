"""Analysis datasets of NCT05471050 when its tabulations change in a way of which the outcome is known."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cdisc_itp.pipeline import Order, convert
from cdisc_itp.spec.graph import all_steps
from cdisc_itp.spec.study import load_study

SPEC = Path(__file__).parents[2] / "specs" / "nct05471050"
RAW = Path(__file__).parents[2] / "fixtures" / "nct05471050" / "raw"
STUDY = """
study: NCT05471050
created: 2023-07-31T00:00:00
tabulations: {file: "*.EXT"}
"""
SUBJECT = "NCT05471050-01002"
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The tabulations and the analysis datasets of the synthetic study."""
    out = tmp_path_factory.mktemp("whole") / "out"
    run = convert(Order(SPEC, RAW, out))
    return out / run.package, out / run.analysis_package


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Convert tabulations with the specs of the analysis datasets alone."""

    def run(tabulations: Path, extension: str) -> Path:
        folder = tmp_path_factory.mktemp("analysis")
        shutil.copytree(SPEC / "adam", folder / "spec" / "adam")
        (folder / "spec" / "study.yaml").write_text(STUDY.replace("EXT", extension))
        (folder / "spec" / "maps").mkdir()
        for table in tables_read():
            shutil.copy(SPEC / "maps" / f"{table}.csv", folder / "spec" / "maps")
        made = convert(Order(folder / "spec", tabulations, folder / "out"))
        assert made.exit_code == 0
        return folder / "out" / made.analysis_package

    return run


def tables_read() -> set[str]:
    datasets = load_study(SPEC).analysis.datasets.values()
    read = {t for d in datasets for v in d.variables for s in all_steps(d, v) for t in s.algorithm.tables}
    return read | {str(a.visits) for d in datasets for a in d.add if a.visits}


def as_csv(tabulations: Path, folder: Path, change: Callable[[Tables], Tables]) -> Path:
    """The tabulations as CSV files, changed."""
    frames = {p.stem: pyreadstat.read_xport(str(p))[0] for p in sorted(tabulations.glob("*.xpt"))}
    for name, frame in change(frames).items():
        shown = frame.map(lambda v: repr(v).removesuffix(".0") if isinstance(v, float) and v == v else v)
        shown.to_csv(folder / f"{name}.csv", index=False)
    return folder


def results(place: Path) -> Tables:
    return {p.stem: pyreadstat.read_xport(str(p), disable_datetime_conversion=True)[0] for p in place.glob("*.xpt")}


def test_the_tabulations_alone_give_the_same_files(
    written: tuple[Path, Path], analysed: Callable[[Path, str], Path]
) -> None:
    place = analysed(written[0], "xpt")
    for path in written[1].glob("*.xpt"):
        assert (place / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_order_of_records_does_not_matter(
    written: tuple[Path, Path], analysed: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    def shuffled(frames: Tables) -> Tables:
        return {n: f.sample(frac=1, random_state=7) for n, f in frames.items()}

    found = results(analysed(as_csv(written[0], tmp_path, shuffled), "csv"))
    for name, frame in results(written[1]).items():
        pd.testing.assert_frame_equal(found[name], frame, obj=name)


def test_dates_of_a_subject_move_together(
    written: tuple[Path, Path], analysed: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    def later(text: object) -> object:
        if not isinstance(text, str) or not re.match(r"\d{4}-\d{2}-\d{2}", text):
            return text
        return (date.fromisoformat(text[:10]) + timedelta(days=100)).isoformat() + text[10:]

    def moved(frames: Tables) -> Tables:
        for frame in frames.values():
            own = frame["USUBJID"] == SUBJECT if "USUBJID" in frame else pd.Series(False, frame.index)
            assert not frame[own].astype(str).apply(lambda c: c.str.fullmatch(r"\d{4}(-\d{2})?")).any(axis=None)
            for variable in (v for v in frame if v.endswith("DTC")):
                frame.loc[own, variable] = frame.loc[own, variable].map(later)
        return frames

    found = results(analysed(as_csv(written[0], tmp_path, moved), "csv"))
    shifted = 0
    for name, frame in results(written[1]).items():
        dates = [v for v in frame if v.endswith("DT")]
        own = frame["USUBJID"] == SUBJECT
        frame.loc[own, dates] += 100
        shifted += int(frame.loc[own, dates].notna().sum().sum())
        times = [v for v in frame if v.endswith("DTM")]
        frame.loc[own, times] += 100 * 86400
        texts = [v for v in frame if v.endswith("DTC")]
        frame.loc[own, texts] = frame.loc[own, texts].map(later)
        pd.testing.assert_frame_equal(found[name], frame, obj=name)
    assert shifted > 100


def test_sites_with_other_names_stay_the_same_sites(
    written: tuple[Path, Path], analysed: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    def renamed(frames: Tables) -> Tables:
        frames["dm"]["SITEID"] = "9" + frames["dm"]["SITEID"]
        return frames

    found = results(analysed(as_csv(written[0], tmp_path, renamed), "csv"))
    for name, frame in results(written[1]).items():
        frame["SITEID"] = "9" + frame["SITEID"]
        frame["SITEGR1"] = frame["SITEGR1"].map(lambda s: s if s == "POOLED" else f"9{s}")
        pd.testing.assert_frame_equal(found[name], frame, obj=name)


def test_original_units_do_not_matter(
    written: tuple[Path, Path], analysed: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    """Results were made comparable in SDTM: in which unit a site reported is no matter of the analysis."""

    def exchanged(frames: Tables) -> Tables:
        lb = frames["lb"]
        counts = (lb["LBTESTCD"] == "PLAT") & lb["LBSTRESN"].notna()
        lb.loc[counts, "LBORRES"] = (lb.loc[counts, "LBSTRESN"] * 1000).map(lambda v: f"{v:.0f}")
        lb.loc[counts, "LBORRESU"] = "10^6/L"
        return frames

    found = results(analysed(as_csv(written[0], tmp_path, exchanged), "csv"))
    for name, frame in results(written[1]).items():
        pd.testing.assert_frame_equal(found[name], frame, obj=name)
