"""ADSL and ADAE of the CDISC pilot from its published SDTM, by spec alone.

What must come out is computed here from the SDTM files, or is in them: SUPPAE has the treatment-emergent flag.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from cdisc_itp.pipeline import Order, convert
from tests.studies.comparison import built_records

Row = dict[str, str]
Made = dict[str, list[dict[str, object]]]
STUDY = "study: CDISCPILOT01\ncreated: 2024-05-01T00:00:00\ntabulations: {file: '*.csv'}\n"
TABLES = ("age_groups", "death_groups", "treatments", "dispositions")


@pytest.fixture(scope="module")
def sdtm(shared_data: Path) -> dict[str, list[Row]]:
    out = {}
    for name in ("dm", "ds", "ex", "ae", "suppae"):
        with (shared_data / "pharmaverse" / "sdtm" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            out[name] = list(csv.DictReader(file))
    return out


@pytest.fixture(scope="module")
def made(shared_data: Path, specs: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("pilot")
    (folder / "spec" / "maps").mkdir(parents=True)
    (folder / "spec" / "study.yaml").write_text(STUDY, "utf-8")
    shutil.copytree(specs / "cdiscpilot01" / "adam", folder / "spec" / "adam")
    for name in TABLES:
        shutil.copy(specs / "cdiscpilot01" / "maps" / f"{name}.csv", folder / "spec" / "maps")
    done = convert(Order(folder / "spec", shared_data / "pharmaverse" / "sdtm", folder / "out"))
    assert [i for i in done.issues if i.code.startswith("DATA")] == []
    return {name: [dict(r) for r in built_records(d.frame)] for name, d in done.analysis.items()}


def sas_day(text: str) -> float | None:
    return float((date.fromisoformat(text[:10]) - date(1960, 1, 1)).days) if len(text) >= 10 else None


def doses(sdtm: dict[str, list[Row]]) -> dict[str, list[Row]]:
    taken: dict[str, list[Row]] = defaultdict(list)
    for r in sdtm["ex"]:
        if float(r["EXDOSE"]) > 0 or r["EXTRT"] == "PLACEBO":
            taken[r["USUBJID"]].append(r)
    return taken


def test_treatment_of_each_subject(made: Made, sdtm: dict[str, list[Row]]) -> None:
    taken = doses(sdtm)
    assert len(made["ADSL"]) == len(sdtm["dm"]) == 306
    for r in made["ADSL"]:
        own = taken[str(r["USUBJID"])]
        start = min((e["EXSTDTC"] for e in own), default="")
        end = max((e["EXENDTC"] for e in own), default="")
        assert r["TRTSDT"] == sas_day(start)
        assert r["TRTEDT"] == sas_day(end)
        assert r["SAFFL"] == ("Y" if start else "N")
        assert r["TRTSDTM"] == (None if r["TRTSDT"] is None else r["TRTSDT"] * 86400)  # type: ignore[operator]
        assert r["TRTEDTM"] == (None if r["TRTEDT"] is None else r["TRTEDT"] * 86400 + 86399)  # type: ignore[operator]
        assert (r["TRTSTMF"], r["TRTETMF"]) == ("H" if start else None, "H" if end else None)
    # Known of the published example: the first subjects' days on treatment.
    days = {r["USUBJID"]: r["TRTDURD"] for r in made["ADSL"]}
    known = {"01-701-1015": 182, "01-701-1023": 28, "01-701-1028": 180, "01-701-1033": 14}
    assert {s: days[s] for s in known} == known


def test_arms_and_dispositions(made: Made) -> None:
    randomized = [r for r in made["ADSL"] if r["ITTFL"] == "Y"]
    assert Counter((r["TRT01P"], r["TRT01PN"]) for r in randomized) == {
        ("Placebo", 0.0): 86,
        ("Xanomeline Low Dose", 54.0): 84,
        ("Xanomeline High Dose", 81.0): 84,
    }
    assert Counter(r["EOSSTT"] for r in made["ADSL"]) == {"COMPLETED": 110, "DISCONTINUED": 144, None: 52}
    assert Counter(r["DCSREAS"] for r in randomized)["ADVERSE EVENT"] == 92


def test_small_sites_are_pooled(made: Made, sdtm: dict[str, list[Row]]) -> None:
    count = Counter((r["SITEID"], r["ARM"]) for r in sdtm["dm"])
    arms = ("Placebo", "Xanomeline Low Dose", "Xanomeline High Dose")
    small = {r["SITEID"] for r in sdtm["dm"] if min(count[r["SITEID"], a] for a in arms) < 3}
    assert small == {"702", "706", "707", "711", "714", "715", "717"}
    assert all(r["SITEGR1"] == ("900" if r["SITEID"] in small else r["SITEID"]) for r in made["ADSL"])


def test_treatment_emergent_is_what_the_study_published(made: Made, sdtm: dict[str, list[Row]]) -> None:
    published = {(r["USUBJID"], float(r["IDVARVAL"])): r["QVAL"] for r in sdtm["suppae"] if r["QNAM"] == "AETRTEM"}
    found = {(r["USUBJID"], r["AESEQ"]): r["TRTEMFL"] or "N" for r in made["ADAE"]}
    assert len(found) == 1191
    assert found == published


def test_partial_starts_are_imputed(made: Made, sdtm: dict[str, list[Row]]) -> None:
    start = {str(r["USUBJID"]): r["TRTSDT"] for r in made["ADSL"]}
    text = {(r["USUBJID"], float(r["AESEQ"])): r["AESTDTC"] for r in sdtm["ae"]}
    partial = 0
    for r in made["ADAE"]:
        written, first = text[str(r["USUBJID"]), r["AESEQ"]], start[str(r["USUBJID"])]  # type: ignore[index]
        day = sas_day(written)
        if day is None:
            partial += 1
            low = date.fromisoformat(f"{written}-01" if len(written) == 7 else f"{written}-01-01")
            long = timedelta(31 if len(written) == 7 else 366)
            day = float((low - date(1960, 1, 1)).days)
            treated = date(1960, 1, 1) + timedelta(int(first))  # type: ignore[call-overload]
            if low <= treated < low + long and str(treated).startswith(written):
                day = first  # type: ignore[assignment]
        assert (r["ASTDT"], r["ASTDTF"]) == (day, {10: None, 7: "D", 4: "M"}[len(written)])
    assert partial == 26


def test_the_worst_event_of_each_subject(made: Made) -> None:
    by_subject: dict[object, list[dict[str, object]]] = defaultdict(list)
    for r in made["ADAE"]:
        if r["TRTEMFL"] == "Y":
            by_subject[r["USUBJID"]].append(r)
    for records in by_subject.values():
        flagged = [r for r in records if r["AOCCIFL"] == "Y"]
        assert len(flagged) == 1
        assert flagged[0]["ASEVN"] == max(r["ASEVN"] for r in records)  # type: ignore[type-var]
