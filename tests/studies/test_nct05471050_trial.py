"""The trial design of NCT05471050: what is published of it, and what its answer sheet and central files say."""

from __future__ import annotations

import pytest

from cdisc_itp.pipeline import Order, convert
from tests.studies.builds import SPEC
from tests.studies.truth import COMMITTED, Answers, Built, Row

ANSWERS = Answers(COMMITTED)
# What a reviewer asks of TS, whether its value is known or not.
PARAMETERS = (
    "TITLE REGID SSTDTC TPHASE STYPE INTTYPE TBLIND TCNTRL INTMODEL TTYPE TINDTP INDIC TDIGRP OBJPRIM OBJSEC OUTMSPRI "
    "OUTMSSEC RANDOM NARMS NCOHORT PLANSUB ACTSUB AGEMIN AGEMAX SEXPOP HLTSUBJI TRT COMPTRT PCLAS DOSE DOSU DOSFRQ "
    "ROUTE LENGTH ADDON ADAPT EXTTIND STOPRULE SPONSOR FCNTRY SENDTC DCUTDTC DCUTDESC SDTIGVER SDTMVER"
)
# Published (registry and abstract); C-codes of the terms as NCI EVS has them.
PUBLISHED = {
    "REGID": ("NCT05471050", "NCT05471050"),
    "TPHASE": ("PHASE II TRIAL", "C15601"),
    "STYPE": ("INTERVENTIONAL", "C98388"),
    "TBLIND": ("OPEN LABEL", "C49659"),
    "TCNTRL": ("ACTIVE", "C49649"),
    "INTMODEL": ("PARALLEL", "C82639"),
    "RANDOM": ("Y", "C49488"),
    "HLTSUBJI": ("N", "C49487"),
    "SEXPOP": ("BOTH", "C49636"),
    "PLANSUB": ("120", ""),
    "AGEMIN": ("P18Y", ""),
    "AGEMAX": ("P70Y", ""),
    "SSTDTC": ("2022-03-02", ""),
    "SDTIGVER": ("3.4", ""),
    # The substance's code in the FDA's register (UNII).
    "COMPTRT": ("DANAZOL", "N29QWW3BUO"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("trial") / "out"
    done = convert(Order(SPEC, ANSWERS.raw, out, select=("TA", "TE", "TI", "TS", "TV")))
    return Built({name: d.frame for name, d in done.datasets.items()})


def parameter(built: Built, name: str) -> list[Row]:
    return built.of("TS", TSPARMCD=name)


def test_every_parameter_has_a_value_or_a_reason(built: Built) -> None:
    assert set(PARAMETERS.split()) <= {r["TSPARMCD"] for r in built.records["TS"]}
    assert all(bool(r["TSVAL"]) != bool(r["TSVALNF"]) for r in built.records["TS"])


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_published(built: Built, name: str) -> None:
    assert [(r["TSVAL"], r["TSVALCD"]) for r in parameter(built, name)] == [PUBLISHED[name]]


def test_what_the_answer_sheet_tells(built: Built) -> None:
    randomized = [r for r in ANSWERS.subjects.values() if r["arm"]]
    assert parameter(built, "ACTSUB")[0]["TSVAL"] == str(len(randomized)) == "90"
    assert parameter(built, "SSTDTC")[0]["TSVAL"] == min(r["consent"] for r in randomized)
    assert {r["ARMCD"] for r in built.records["TA"]} == {r["arm"] for r in randomized}
    assert parameter(built, "NARMS")[0]["TSVAL"] == str(len({r["arm"] for r in randomized}))


def test_visits_are_those_of_the_central_schedule(built: Built) -> None:
    planned = [v for v in ANSWERS.visits.values() if v[0]]
    found = sorted((r["VISITNUM"], r["VISIT"], r["VISITDY"]) for r in built.records["TV"])
    assert found == sorted(planned)
    assert built.one("TV", VISIT="MONTH 6")["TVSTRL"] == "Between study day 166 and study day 208"


def test_criteria_are_those_of_every_form(built: Built) -> None:
    listed = {r["IETESTCD"] for r in built.records["TI"]}
    items = {r["value"] for r in ANSWERS.forms["eligibility"] if r["item"] == "IETESTCD"}
    assert items and items <= listed


def test_what_is_ours_is_said(built: Built) -> None:
    table = (SPEC / "trial" / "ts.csv").read_text("utf-8")
    assert "Ours: the day of the data cut is that of the synthetic data, not of the trial." in table
    assert parameter(built, "TITLE")[0]["TSVAL"].startswith("SYNTHETIC - NO REAL PATIENT")
