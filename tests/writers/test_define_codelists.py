"""CodeLists: which terms apply, how they are shared, named, coded and decoded."""

from __future__ import annotations

import pytest
from lxml import etree

from cdisc_itp.model.codelist import Codelist, Term
from cdisc_itp.model.dataset import Dataset
from cdisc_itp.model.metadata import DatasetPlan, ValueLevelPlan
from cdisc_itp.writers.define_xml import render_define
from tests.define_study import CODELISTS, NS, STUDY, USUBJID, built, one, rendered, variable


@pytest.fixture(scope="module")
def content() -> bytes:
    return rendered()


def flags(name: str, **terms: list[str | None]) -> Dataset:
    plan = DatasetPlan(
        name,
        name,
        name[-2:],
        "EVENTS",
        "One record",
        ("USUBJID",),
        (USUBJID, *(variable(v, v, codelist="NY") for v in terms)),
        "SDTMIG",
    )
    return built(plan, USUBJID=["1"] * len(next(iter(terms.values()))), **terms)


def codelist_terms(content: bytes) -> dict[str, list[str]]:
    lists = etree.fromstring(content).xpath("//o:CodeList", namespaces=NS)
    return {
        c.get("Name"): [i.get("CodedValue") for i in c if i.get("CodedValue") is not None]
        for c in lists
        if not c.findall("o:ExternalCodeList", NS)
    }


def test_one_codelist_for_each_set_of_terms() -> None:
    sets = [
        flags("AE", AESER=["N", "Y"]),
        flags("CE", CEOCCUR=["Y", "N"], CEPRESP=["Y", None]),
        flags("MH", MHOCCUR=["Y"]),
    ]
    assert codelist_terms(render_define(STUDY, sets, CODELISTS)) == {
        "No Yes Response (AE, CE.CEOCCUR)": ["N", "Y"],
        "No Yes Response (CE.CEPRESP, MH)": ["Y"],
    }


def test_terms_that_may_occur_are_listed() -> None:
    content = render_define(STUDY, [flags("AE", AESER=["Y"])], CODELISTS, applicable={"NY": ["N"], "AE.AESER": {"U"}})
    assert codelist_terms(content) == {"No Yes Response": ["N", "U", "Y"]}
    content = render_define(STUDY, [flags("AE", AESER=["Y"])], CODELISTS, applicable={"AE.AESDTH": {"U"}})
    assert codelist_terms(content) == {"No Yes Response": ["Y"]}


def test_a_sponsors_codelist_keeps_its_order_and_extends_nothing(content: bytes) -> None:
    arm = one(content, "//o:CodeList[@OID='CL.ARM']")
    assert [(i.get("CodedValue"), i.get("OrderNumber")) for i in arm] == [("TACDAN", "1"), ("DAN", "2")]
    assert arm.get(f"{{{NS['d']}}}IsNonStandard") == "Yes"


def test_a_value_that_a_sponsors_codelist_does_not_have_is_none_of_its_terms() -> None:
    """Whoever wrote the codelist said all that may occur; a judge tells the rest (DEF150)."""
    arm = Codelist("ARM", "Arm", None, False, (Term("A"), Term("B")))
    variables = (USUBJID, variable("XXARM", "Arm", codelist="ARM"))
    plan = DatasetPlan("XX", "X", "XX", "EVENTS", "One", ("USUBJID",), variables)
    content = render_define(STUDY, [built(plan, USUBJID=["1", "2"], XXARM=["A", "C"])], {"ARM": arm})
    assert codelist_terms(content) == {"Arm": ["A"]}


def test_the_decode_is_what_the_data_say(content: bytes) -> None:
    item = one(content, "//o:CodeList[@OID='CL.LBTESTCD']/o:CodeListItem[@CodedValue='CLUMP']")
    assert item.xpath("string(o:Decode/o:TranslatedText)", namespaces=NS) == "Platelet Clumps"
    assert item.get(f"{{{NS['d']}}}ExtendedValue") == "Yes"


def test_numbers_of_a_codelist() -> None:
    grade = Codelist("GRADE", "Grade", None, False, (Term("1", "Mild"), Term("2.5")))
    plan = DatasetPlan(
        "XX",
        "X",
        "XX",
        "FINDINGS",
        "One",
        ("USUBJID",),
        (USUBJID, variable("XXGR", "Grade", "float", codelist="GRADE")),
    )
    content = render_define(STUDY, [built(plan, USUBJID=["1", "2"], XXGR=[2.5, 1.0])], {"GRADE": grade})
    assert one(content, "//o:CodeList").get("DataType") == "float"
    assert codelist_terms(content) == {"Grade": ["1", "2.5"]}
    assert one(content, "//o:ItemGroupDef").get(f"{{{NS['d']}}}IsNonStandard") == "Yes"


def test_results_of_which_some_are_numbers_name_the_codelist_by_value() -> None:
    """A CodeListRef of the variable would say that each of its values is a term; the numbers are none."""
    result = variable("XXSTRESC", "Result", codelist="NY")
    plan = DatasetPlan(
        "XX",
        "X",
        "XX",
        "FINDINGS",
        "One",
        ("USUBJID", "XXTESTCD"),
        (USUBJID, variable("XXTESTCD", "Test"), result),
        "SDTMIG",
        (ValueLevelPlan("XXSTRESC", ("XXTESTCD",)),),
    )
    content = render_define(
        STUDY, [built(plan, USUBJID=["1", "1"], XXTESTCD=["A", "B"], XXSTRESC=["Y", "5"])], CODELISTS
    )
    refs = etree.fromstring(content).xpath("//o:CodeListRef/../@OID", namespaces=NS)
    assert [oid for oid in refs if "XXSTRESC" in oid] == ["IT.XX.XXSTRESC.XXTESTCD.A"]
    assert codelist_terms(content)["No Yes Response"] == ["Y"]
