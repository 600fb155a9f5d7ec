"""Plans: what a study says beside the guide reaches the metadata."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_itp.model.metadata import Origin
from cdisc_itp.spec.define_study import define_study
from cdisc_itp.spec.plan import collected_by
from cdisc_itp.spec.study import Study, load_study

ROOT = Path(__file__).resolve().parents[2]


def changed(tmp_path: Path, file: str, old: str, new: str) -> Study:
    """ABC-01 with one text of one file replaced."""
    folder = tmp_path / "study"
    shutil.copytree(ROOT / "specs/abc01", folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return load_study(folder)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(ROOT / "specs/abc01")


@pytest.fixture(scope="module")
def nct() -> Study:
    return load_study(ROOT / "specs/nct05471050")


def test_collected_variables_are_the_investigators(study: Study) -> None:
    origin = study.datasets["LB"].plan.variable("LBORRES").origin
    assert origin is not None and (origin.type, origin.source) == ("Collected", "Investigator")


def test_collected_variables_of_a_vendor_are_the_vendors(tmp_path: Path) -> None:
    study = changed(tmp_path, "sources/edc.yaml", "source: edc\n", "source: edc\nvendor: yes\n")
    origins = {v.name: v.origin for v in study.datasets["LB"].plan.variables if v.origin}
    assert origins["LBORRES"].source == "Vendor"
    assert origins["LBSTRESN"].source == "Sponsor"


def test_values_of_a_vendor_and_of_the_crf_have_both_origins(nct: Study) -> None:
    """Site 05's laboratory system gives results and no visits; its CRF and the other sites give both."""
    lb, ae = nct.datasets["LB"].plan, nct.datasets["AE"].plan
    found = {n: lb.variable(n).origin for n in ("LBORRES", "LBORRESU", "LBDTC", "LBORNRLO")}
    both = Origin("Collected", "Investigator", also=("Vendor",))
    assert found == {**dict.fromkeys(found, both), "LBORNRLO": Origin("Collected", "Vendor")}
    assert lb.variable("LBTOXGR").origin == Origin("Derived", "Sponsor")
    assert ae.variable("AESER").origin == Origin("Collected", "Investigator")


@pytest.mark.parametrize(
    ("reads", "expected"), [({"result"}, ("Investigator", "Vendor")), ({"visit"}, ("Investigator",))]
)
def test_who_collected_a_column(nct: Study, reads: set[str], expected: tuple[str, ...]) -> None:
    spec = nct.datasets["LB"].spec
    assert collected_by(nct.files, spec, reads) == expected


def test_documents_reach_define(tmp_path: Path) -> None:
    line = "documents: {acrf: {title: Annotated CRF, href: acrf.pdf, annotated_crf: yes}}\n"
    study = changed(tmp_path, "study.yaml", "created:", line + "created:")
    (document,) = define_study(study).documents
    assert (document.id, document.href, document.annotated_crf) == ("acrf", "acrf.pdf", True)


def test_the_order_of_records_is_in_the_method_of_the_sequence(study: Study, tmp_path: Path) -> None:
    before = study.datasets["LB"].plan.variable("LBSEQ").method
    after = changed(tmp_path, "sdtm/lb.yaml", "[HGB, HCT,", "[HCT, HGB,").datasets["LB"].plan.variable("LBSEQ").method
    assert before is not None and "VISITNUM, LBTESTCD (in the order HGB, HCT, WBC, PLAT, ALT, CREAT)" in before
    assert after != before


def test_lines_of_other_records_are_told_apart_and_equal_ones_once(nct: Study) -> None:
    methods = {v: nct.datasets["SV"].plan.variable(v).method or "" for v in ("SVSTDTC", "SVENDTC", "VISITDY")}
    assert methods["SVSTDTC"].startswith("Earliest date") and methods["SVENDTC"].startswith("Latest date")
    said = methods["VISITDY"].split(" In other records: ")
    assert len(said) == len(set(said)) > 1
    assert nct.datasets["SE"].plan.variable("TAETORD").method == (
        "Set to 1. In other records: Set to 2. In other records: Set to 3."
    )


def test_a_dictionary_may_code_a_variable_of_the_trial_design(nct: Study) -> None:
    assert nct.trial["TS"].plan.variable("TSVALNF").codelist == "NULLFLAVOR"
