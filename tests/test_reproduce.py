"""The command `reproduce` on analysis datasets that are written from the answer sheet."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from lxml import html

from cdisc_itp.reproducing import render_reproduction, report_reproduction, reproduce_study
from cdisc_itp.writers.reproduction.schema import REPRODUCTION_SCHEMA
from tests.analysis.reports import STUDY, datasets, subjects, write_output

EXPECTED = {
    "rate_tacdan": "REPRODUCED",
    "rate_dan": "REPRODUCED",
    "odds_ratio": "NOT_REPRODUCED",
    "odds_ratio_ci": "REPRODUCED_BY_METHOD",
    "p_primary": "REPRODUCED_BY_METHOD",
    "odds_ratio_within_ci": "INCONSISTENT",
    "peak_platelets": "REPRODUCED",
    "age": "AMBIGUOUS",
    "sex": "REPRODUCED",
    "itp_duration": "REPRODUCED",
    "bleeding_baseline": "REPRODUCED",
    "grade_3_4_ae": "REPRODUCED",
    "sample_size": "DISCREPANCY_WITH_REGISTRY",
    "initial_response_rate": "NOT_REPORTED",
    "time_to_response": "NOT_REPORTED",
    "response_duration": "NOT_REPORTED",
    "ae_counts": "NOT_REPORTED",
}
# Issue 6 and the trial's facts, section 2: computed with scipy and two independent implementations.
SENSITIVITY = {
    "odds_ratio": (2.7107,),
    "conditional_mle": (2.6796,),
    "median_unbiased": (2.6693,),
    "gart_odds_ratio": (2.6484,),
    "risk_ratio": (1.7957,),
    "risk_difference": (0.237,),
    "wald": (1.140, 6.444),
    "gart": (1.127, 6.225),
    "cornfield": (1.149, 6.396),
    "miettinen_nurminen": (1.143, 6.427),
    "profile_likelihood": (1.154, 6.572),
    "exact_conditional": (1.049, 7.073),
    "mid_p_conditional": (1.129, 6.522),
    "baptista_pike": (1.060, 6.937),
    "baptista_pike_mid_p": (1.1616, 6.1295),
    "blaker": (1.060, 7.015),
    "newcombe": (0.034, 0.416),
    "fisher": (0.031866,),
    "fisher_mid_p": (0.025,),
    "pearson": (0.0225,),
    "n_minus_1": (0.0232,),
    "yates": (0.0386,),
    "likelihood_ratio": (0.0219,),
    "wald_test": (0.0240,),
    "twice_one_sided": (0.0381,),
    "boschloo_of_totals": (0.0236,),
    "barnard_pooled_of_totals": (0.0232,),
    "barnard_unpooled_of_totals": (0.0265,),
    "mantel_haenszel": (2.64, 1.12, 6.20, 0.026),
}


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return datasets(subjects())


@pytest.fixture(scope="module")
def document(frames: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return reproduce_study(STUDY, write_output(tmp_path_factory.mktemp("out"), frames))


def item(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(i for i in document["items"] if i["id"] == name)
    return found


def statuses(document: dict[str, Any]) -> dict[str, str]:
    return {i["id"]: i["status"] for i in document["items"]}


def computed(document: dict[str, Any], name: str) -> list[float]:
    return [c["computed"] for c in item(document, name)["readings"][0]["compared"]]


def test_every_item_has_its_status(document: dict[str, Any]) -> None:
    assert statuses(document) == EXPECTED
    assert document["as_expected"]


def test_what_was_computed(document: dict[str, Any]) -> None:
    assert computed(document, "rate_tacdan") == pytest.approx([53.488, 23], abs=5e-4)
    assert computed(document, "rate_dan") == pytest.approx([29.787, 14], abs=5e-4)
    assert computed(document, "odds_ratio") == pytest.approx([2.7107], abs=5e-5)
    assert computed(document, "odds_ratio_ci") == pytest.approx([1.1616, 6.1295], abs=5e-5)
    assert computed(document, "p_primary") == pytest.approx([0.031866], abs=5e-7)
    assert computed(document, "peak_platelets") == pytest.approx([90, 70, 0.0313], abs=5e-5)
    assert computed(document, "age") == [48, 30, 53, 40, 28, 51]
    assert computed(document, "itp_duration") == [2.0, 2.0]
    assert computed(document, "sample_size") == [90, 43, 47]


def test_methods_that_agree_are_one_of_many(document: dict[str, Any]) -> None:
    for name, method, least in (("odds_ratio_ci", "baptista_pike_mid_p", 11), ("p_primary", "fisher", 12)):
        reading = item(document, name)["readings"][0]
        assert reading["agreeing"] == [method]
        assert len(reading["disagreeing"]) >= least
    assert item(document, "odds_ratio")["readings"][0]["agreeing"] == []


def test_the_odds_ratio_is_computed_and_its_cause_inferred(document: dict[str, Any]) -> None:
    said = item(document, "odds_ratio")
    assert "2,110 two by two tables with 43 and 47 subjects, none gives 2.17" in said["computed"][0]
    assert [r for r in said["inferred"] if "2.17 is 2.71 with two neighbouring digits exchanged" in r]
    assert not [r for r in said["computed"] if "transposition" in r]


def test_no_table_gives_the_published_odds_ratio() -> None:
    """By whole numbers: 2.165 <= ad / bc < 2.175 has no solution."""
    found = [
        (x, y) for x in range(44) for y in range(48) if 2165 * (43 - x) * y <= 1000 * x * (47 - y) < 2175 * (43 - x) * y
    ]
    assert found == []


def test_the_report_contradicts_itself(document: dict[str, Any]) -> None:
    by = {s["name"]: s["value"] for s in item(document, "odds_ratio_within_ci")["results"][0]["statistics"]}
    assert [round(by[n], 4) for n in ("log distance below", "log distance above", "geometric centre")] == [
        0.6263,
        1.0385,
        2.6666,
    ]


@pytest.mark.parametrize("method", SENSITIVITY)
def test_the_sensitivity_table(document: dict[str, Any], method: str) -> None:
    found = next(r for r in document["sensitivity"]["results"] if r["method"] == method)
    for statistic, value in zip(found["statistics"], SENSITIVITY[method], strict=True):
        digits = len(str(value).partition(".")[2])
        assert round(statistic["value"], max(digits, 2)) == pytest.approx(value, abs=0.5 * 10**-digits)


def test_every_item_says_its_data_and_the_head_what_they_are(document: dict[str, Any]) -> None:
    assert document["data"].startswith("SYNTHETIC")
    assert "no evidence about the trial" in document["evidence"]
    for i in document["items"]:
        assert i["data"] is None or [g["n"] for g in i["data"]["groups"]] == [43, 47]
    for report in ("text", "html"):
        text = " ".join(render_reproduction(document, report).split())  # type: ignore[arg-type]
        assert text.index("SYNTHETIC") < text.index("no evidence about the trial") < text.index("rate_tacdan")


def test_one_response_flipped_changes_table_odds_ratio_and_statuses(
    frames: dict[str, pd.DataFrame], tmp_path: Path, document: dict[str, Any]
) -> None:
    changed = frames["ADRS"].reset_index(drop=True)
    first = changed.index[(changed["PARAMCD"] == "SUSTRSP6") & (changed["AVALC"] == "N")][0]
    changed.loc[first, "AVALC"] = "Y"
    made = reproduce_study(STUDY, write_output(tmp_path, frames | {"ADRS": changed}))
    assert [g["events"] for g in document["sensitivity"]["data"]["groups"]] == [23, 14]
    assert [g["events"] for g in made["sensitivity"]["data"]["groups"]] == [24, 14]
    assert computed(made, "odds_ratio") == pytest.approx([24 * 33 / (19 * 14)])
    differ = {k: v for k, v in statuses(made).items() if v != EXPECTED[k]}
    assert differ == dict.fromkeys(("rate_tacdan", "odds_ratio_ci", "p_primary"), "NOT_REPRODUCED")
    assert "with its counts the item would be REPRODUCED." in item(made, "rate_tacdan")["computed"][-1]
    assert not made["as_expected"]
    assert report_reproduction(STUDY, tmp_path, "json", tmp_path / "r.json") == 1


def test_other_ages_are_no_longer_ambiguous(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    older = frames["ADSL"].assign(AGE=frames["ADSL"]["AGE"] + 3)
    made = reproduce_study(STUDY, write_output(tmp_path, frames | {"ADSL": older}))
    assert statuses(made)["age"] == "NOT_REPRODUCED"


def test_reports_are_the_same_bytes_each_time(document: dict[str, Any], frames: Any, tmp_path: Path) -> None:
    again = reproduce_study(STUDY, write_output(tmp_path, frames))
    for report in ("text", "json", "html"):
        assert render_reproduction(document, report) == render_reproduction(again, report)  # type: ignore[arg-type]


def test_json_is_what_its_schema_says(document: dict[str, Any]) -> None:
    made = json.loads(render_reproduction(document, "json"))
    Draft202012Validator.check_schema(REPRODUCTION_SCHEMA)
    Draft202012Validator(REPRODUCTION_SCHEMA).validate(made)
    assert not Draft202012Validator(REPRODUCTION_SCHEMA).is_valid(made | {"more": 1})


def test_the_page_loads_nothing_and_escapes(document: dict[str, Any]) -> None:
    hostile = json.loads(json.dumps(document))
    hostile["items"][0]["reported"] = "<script>alert(1)</script>"
    page = html.document_fromstring(render_reproduction(hostile, "html"))
    assert page.xpath("//script|//link|//img|//iframe") == []
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
    assert page.xpath("string(//section[@id='rate_tacdan']//dd[1])") == "<script>alert(1)</script>"
    headings = [int(h.tag[1]) for h in page.xpath("//h1|//h2|//h3")]
    assert headings[0] == 1 and all(b - a <= 1 for a, b in pairwise(headings))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {a.get("href")[1:] for a in page.xpath("//a")} <= set(ids)
    assert all(th.get("scope") for th in page.xpath("//th"))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cdisc_itp", "reproduce", *words], capture_output=True, text=True)


def test_the_command(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    done = run(str(STUDY), str(write_output(tmp_path, frames)))
    assert (done.returncode, done.stderr) == (0, "")
    assert "odds_ratio: NOT_REPRODUCED" in done.stdout


def test_what_is_missing_is_said(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    nothing = run(str(STUDY), str(tmp_path))
    assert nothing.returncode == 2 and "convert the study first" in nothing.stderr
    without = {k: v for k, v in frames.items() if k != "ADLB"}
    lacking = run(str(STUDY), str(write_output(tmp_path, without)))
    assert lacking.returncode == 2 and "no dataset ADLB" in lacking.stderr
    twice = frames | {"ADSL": pd.concat([frames["ADSL"], frames["ADSL"][:1]])}
    doubled = run(str(STUDY), str(write_output(tmp_path, twice)))
    assert doubled.returncode == 2 and "more than one record of NCT05471050-01001" in doubled.stderr
    bare = frames | {"ADSL": frames["ADSL"].drop(columns="SEX")}
    unknown = run(str(STUDY), str(write_output(tmp_path, bare)))
    assert unknown.returncode == 2 and "ADSL has no variable SEX" in unknown.stderr
