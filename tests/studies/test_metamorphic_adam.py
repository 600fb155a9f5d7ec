"""Changes of the data whose effect on the analysis datasets is known: dates, order, sites, units."""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from cdisc_itp.build.analysis import build_analysis
from cdisc_itp.pipeline import Order, convert
from cdisc_itp.spec.study import Study, load_study
from tests.studies.builds import SPEC, Package

Frames = dict[str, pd.DataFrame]
SUBJECT = "NCT05471050-01001"
# Four years have 1461 days between 1901 and 2099, wherever they begin: partial dates can be moved by them too.
YEARS, DAYS = 4, 1461
# The site's table of ranges has platelets in K/uL only.
OF_RANGES = {"ANRLO", "ANRHI", "ANRIND", "BNRIND", "SHIFT1", "SHIFT2", "ATOXGR", "BTOXGR", "ATOXGRL", "BTOXGRL"}
DATE = re.compile(r"^\d{4}(-\d{2}){0,2}(T\d{2}:\d{2}(:\d{2})?)?$")


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(SPEC)


@pytest.fixture(scope="module")
def given(packages: Callable[[str], Package]) -> Frames:
    return packages("main").built.frames


@pytest.fixture(scope="module")
def before(study: Study, given: Frames) -> Frames:
    return analysed(study, given)


def analysed(study: Study, frames: Frames) -> Frames:
    """The analysis datasets, as plain columns."""
    return {name: plain(frame) for name, frame in build_analysis(study, frames).frames.items()}


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)


def edited(frame: pd.DataFrame, **columns: list[object]) -> pd.DataFrame:
    return frame.assign(**{name: pd.Categorical(values) for name, values in columns.items()})


def moved(text: object) -> object:
    year = isinstance(text, str) and DATE.match(text) is not None
    return f"{int(str(text)[:4]) + YEARS}{str(text)[4:]}" if year else text


def test_dates_of_a_subject_are_moved(study: Study, given: Frames, before: Frames) -> None:
    frames = {}
    for name, frame in given.items():
        dated = [c for c in frame.columns if c.endswith("DTC")] if "USUBJID" in frame else []
        own = frame["USUBJID"].eq(SUBJECT).tolist() if dated else []
        columns = {c: [moved(v) if o else v for v, o in zip(frame[c], own, strict=True)] for c in dated}
        frames[name] = edited(frame, **columns)
    after = analysed(study, frames)
    assert after.keys() == before.keys()
    for name, frame in before.items():
        own = frame["USUBJID"] == SUBJECT
        assert own.any() or name in ("ADAE", "ADPC")
        for column in frame.columns:
            old, new = frame[column], after[name][column]
            by = DAYS if column.endswith("DT") else DAYS * 86_400 if column.endswith("DTM") else 0
            if by:
                expected = [v if v is None or not o else v + by for v, o in zip(old, own, strict=True)]
            else:
                expected = [moved(v) if o and column.endswith("DTC") else v for v, o in zip(old, own, strict=True)]
            assert new.tolist() == expected, f"{name}.{column}"


def test_records_in_another_order(study: Study, given: Frames, before: Frames) -> None:
    frames = {}
    for name, frame in given.items():
        rows = list(range(len(frame)))
        random.Random(name).shuffle(rows)
        frames[name] = frame.iloc[rows].reset_index(drop=True)
    after = analysed(study, frames)
    assert {name: frame.equals(after[name]) for name, frame in before.items()} == dict.fromkeys(before, True)


def test_a_site_with_another_name(study: Study, given: Frames, before: Frames) -> None:
    names = {"01": "91"}
    site = [names.get(str(v), v) for v in given["DM"]["SITEID"]]
    after = analysed(study, {**given, "DM": edited(given["DM"], SITEID=site)})
    for name, frame in before.items():
        for column in frame.columns:
            old: list[object] = frame[column].tolist()
            renamed = column in ("SITEID", "SITEGR1")
            assert after[name][column].tolist() == ([names.get(str(v), v) for v in old] if renamed else old)
    assert "91" in set(after["ADRS"]["SITEGR1"])


def of_subject(frame: pd.DataFrame, usubjid: str) -> pd.DataFrame:
    return frame[frame["USUBJID"] == usubjid]


def test_a_responder_who_has_additional_therapy(study: Study, given: Frames, before: Frames) -> None:
    """IVIG on day 150: no sustained response by any definition, and nothing else of anybody else changes."""
    sustained = before["ADRS"].query("PARAMCD == 'SUSTRSP6' and AVALC == 'Y'")
    usubjid = str(sustained["USUBJID"].iloc[0])
    start = before["ADSL"].set_index("USUBJID")["TRTSDT"][usubjid]
    began = (pd.Timestamp("1960-01-01") + pd.Timedelta(days=start + 149)).strftime("%Y-%m-%d")
    medicines = plain(given["CM"])
    ivig = medicines.query("CMCAT == 'ADDITIONAL ITP THERAPY' and CMTRT == 'IVIG'").iloc[[0]]
    ivig = ivig.assign(USUBJID=usubjid, CMSEQ=99.0, CMSTDTC=began, CMENDTC=began, CMSTDY=150.0, CMENDY=150.0)
    every = pd.concat([medicines, ivig], ignore_index=True)
    after = analysed(study, {**given, "CM": edited(every, **{c: every[c].tolist() for c in every.columns})})
    old, new = (of_subject(frames["ADRS"], usubjid) for frames in (before, after))
    changed = dict(zip(new["PARAMCD"], new["AVALC"], strict=True))
    names = ("SUSTRSP6", "SUSRSP6S", "SUSRSP6L", "SUSRSP30", "ADDITP")
    assert [changed[n] for n in names] == ["N", "N", "N", "N", "Y"]
    early = new["PARAMCD"].eq("RSPVIS") & new["ADY"].lt(150)
    assert new[early]["AVALC"].tolist() == old[old["PARAMCD"].eq("RSPVIS") & old["ADY"].lt(150)]["AVALC"].tolist()
    assert set(new[new["PARAMCD"].eq("RSPVIS") & new["ADY"].ge(150)]["AVALC"]) == {"NR"}
    time = of_subject(after["ADTTE"], usubjid).query("PARAMCD == 'TTADDITP'").iloc[0]
    assert (time["AVAL"], time["CNSR"]) == (150.0, 0.0)
    for name in ("ADSL", "ADRS", "ADTTE"):
        kept = [frames[name][frames[name]["USUBJID"] != usubjid].reset_index(drop=True) for frames in (before, after)]
        assert kept[0].equals(kept[1])


def test_counts_in_another_unit(packages: Callable[[str], Package], tmp_path: Path) -> None:
    """Site 04 writes platelets per microlitre: every number is 1000 times as large, no result is another."""
    package = packages("main")
    shutil.copytree(package.answers.raw, tmp_path / "raw")
    with (package.answers.raw / "site04" / "lb_cbc.csv").open(encoding="utf-8", newline="") as file:
        note, *lines = file.read().splitlines()
    rows = [exchanged(row) for row in csv.DictReader(lines)]
    with (tmp_path / "raw" / "site04" / "lb_cbc.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(f"{note}\n")
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    done = convert(Order(SPEC, tmp_path / "raw", tmp_path / "out"))
    assert set(done.datasets["LB"].frame["LBORRESU"].dropna()) > {"10^6/L"}
    for name, frame in package.analysis.frames.items():
        old, new = plain(frame), plain(done.analysis[name].frame)
        differ = {c for c in old.columns if old[c].tolist() != new[c].tolist()}
        assert differ <= (OF_RANGES if name == "ADLB" else set()), name


def exchanged(row: Mapping[str, str]) -> dict[str, str]:
    if row["PLT_U"] != "K/uL" or not row["PLT"]:
        return dict(row)
    return {**row, "PLT": f"{int(row['PLT']) * 1000}", "PLT_U": "/uL"}
