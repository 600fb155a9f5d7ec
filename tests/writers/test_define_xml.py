"""define.xml as written, judged by the publisher's schema, by odmlib, and by a golden file that a person can read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from cdisc_itp.model.codelist import Codelist
from cdisc_itp.model.dataset import Dataset
from cdisc_itp.model.define import DefineStudy, Document
from cdisc_itp.model.metadata import ValueLevelItem
from cdisc_itp.model.where import Comparison, WhereClause
from cdisc_itp.readers.define_xml import read_define, validate_define_xsd
from cdisc_itp.writers.define_xml import render_define, write_define
from tests.define_study import CODELISTS, GOLDEN, NS, STUDY, ae, dm, lb, one, rendered, suppae


@pytest.fixture(scope="module")
def datasets() -> list[Dataset]:
    return [dm(), lb(), ae(), suppae()]


@pytest.fixture(scope="module")
def content() -> bytes:
    return rendered()


def test_golden(content: bytes) -> None:
    assert content == GOLDEN.read_bytes()


def test_valid_by_the_publishers_schema(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "define.xml").write_bytes(content)
    assert validate_define_xsd(tmp_path / "define.xml") == []


def test_odmlib_reads_it_and_finds_its_oids(content: bytes, tmp_path: Path) -> None:
    from odmlib.define_2_1.rules.metadata_schema import MetadataSchema
    from odmlib.define_loader import XMLDefineLoader
    from odmlib.loader import ODMLoader
    from odmlib.oid_generator import create_oid_checker

    (tmp_path / "define.xml").write_bytes(content)
    loader = ODMLoader(XMLDefineLoader(model_package="define_2_1"))
    loader.open_odm_document(str(tmp_path / "define.xml"))
    document = loader.load_odm()
    assert document.verify_conformance(MetadataSchema())
    assert document.verify_oids(create_oid_checker("define_2_1"))
    metadata = document.Study.MetaDataVersion
    assert [g.Name for g in metadata.ItemGroupDef] == ["DM", "AE", "LB", "SUPPAE"]
    keys = {r.ItemOID: r.KeySequence for r in metadata.ItemGroupDef[2].ItemRef if r.KeySequence}
    assert keys["IT.LB.LBTESTCD"] == 3


def test_every_oid_is_defined_once_and_used(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "define.xml").write_bytes(content)
    document = read_define(tmp_path / "define.xml")
    defined = Counter((m.element, m.oid) for m in document.defined)
    named = {(m.element, m.oid) for m in document.named}
    assert max(defined.values()) == 1
    assert named <= set(defined)
    assert {d for d in set(defined) - named if d[0] not in ("MetaDataVersion", "ItemGroupDef")} == set()


def test_same_bytes_for_another_order(datasets: list[Dataset], content: bytes, tmp_path: Path) -> None:
    codelists = dict(reversed(CODELISTS.items()))
    write_define(tmp_path / "a.xml", STUDY, datasets[::-1], codelists, stylesheet="define2-1.xsl")
    assert (tmp_path / "a.xml").read_bytes() == content


def test_a_changed_method_is_seen_and_nothing_else() -> None:
    before = render_define(STUDY, [lb()], CODELISTS).decode().splitlines()
    after = render_define(STUDY, [lb("The factor is another.")], CODELISTS).decode().splitlines()
    changed = [(a.strip(), b.strip()) for a, b in zip(before, after, strict=True) if a != b]
    tag = '<TranslatedText xml:lang="en">{}</TranslatedText>'
    old = "LBORRES multiplied by the factor of lab_conversions, rounded half up."
    assert changed == [(tag.format(old), tag.format("The factor is another."))]


def test_equal_methods_are_one() -> None:
    plan = dm().plan
    text = "Copied."
    variables = tuple(replace(v, method=text) for v in plan.variables)
    content = render_define(STUDY, [replace(dm(), plan=replace(plan, variables=variables))], CODELISTS)
    assert one(content, "//o:MethodDef").get("OID") == "MT.DM.STUDYID"
    assert len(etree.fromstring(content).xpath("//o:ItemRef[@MethodOID='MT.DM.STUDYID']", namespaces=NS)) == 9


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("IT.DM.RFSTDTC", {"DataType": "date"}),
        ("IT.DM.BRTHDTC", {"DataType": "partialDate"}),
        ("IT.DM.DTHFL", {"DataType": "text", "Length": "1"}),
        ("IT.DM.AGE", {"DataType": "integer", "Length": "2"}),
        ("IT.LB.LBDTC", {"DataType": "partialDatetime"}),
        ("IT.LB.LBORRES", {"DataType": "text", "Length": "7"}),
        ("IT.LB.LBSTRESN", {"DataType": "float", "Length": "4", "SignificantDigits": "1"}),
        ("IT.LB.LBORRES.LBTESTCD.ALT", {"DataType": "float", "Length": "4", "SignificantDigits": "1"}),
        ("IT.LB.LBORRES.LBTESTCD.PLAT", {"DataType": "text", "Length": "5"}),
        ("IT.LB.LBSTRESN.LBTESTCD.PLAT", {"DataType": "integer", "Length": "2"}),
    ],
)
def test_types_and_lengths(content: bytes, item: str, expected: dict[str, str]) -> None:
    attributes = one(content, f"//o:ItemDef[@OID='{item}']").attrib
    assert {k: attributes[k] for k in ("DataType", "Length", "SignificantDigits") if k in attributes} == expected


def test_value_level_has_an_item_only_where_the_data_have_a_value(content: bytes) -> None:
    refs = one(content, "//d:ValueListDef[@OID='VL.LB.LBSTRESN']")
    assert [r.get("ItemOID") for r in refs] == ["IT.LB.LBSTRESN.LBTESTCD.ALT", "IT.LB.LBSTRESN.LBTESTCD.PLAT"]


def test_a_key_that_some_records_lack_is_not_mandatory(content: bytes) -> None:
    assert one(content, "//o:ItemRef[@ItemOID='IT.LB.VISITNUM']").get("Mandatory") == "No"
    assert one(content, "//o:ItemRef[@ItemOID='IT.LB.LBSPEC']").get("Mandatory") == "Yes"


def test_length_is_that_of_the_file_where_it_is_given() -> None:
    content = render_define(STUDY, [dm(), ae()], CODELISTS, lengths={("AE", "STUDYID"): 8, ("DM", "AGE"): 8})
    assert one(content, "//o:ItemDef[@OID='IT.AE.STUDYID']").get("Length") == "8"
    assert one(content, "//o:ItemDef[@OID='IT.DM.AGE']").get("Length") == "2"  # digits, whatever the file stores


def test_where_clauses_of_other_comparators_and_datasets(tmp_path: Path) -> None:
    where = WhereClause(
        (
            Comparison("LBTESTCD", "NOTIN", ("A.B", "钾")),
            Comparison("DM.SEX", "EQ", ("F",)),
            Comparison("LBSPEC", "EQ", ("",)),
        )
    )
    item = ValueLevelItem("LBORRES", where, lb().observed["LBORRES"], False, "text")
    path = tmp_path / "define.xml"
    write_define(path, STUDY, [dm(), replace(lb(), value_level=(item,))], CODELISTS)
    assert validate_define_xsd(path) == []
    (clause,) = read_define(path).where_clauses
    assert clause.oid == "WC.LB.LBTESTCD.(NOTIN)A%2EB,%E9%92%BE.DM.SEX.F.LBSPEC."
    assert [(c.item, c.comparator, c.values, c.soft_hard) for c in clause.checks] == [
        ("IT.LB.LBTESTCD", "NOTIN", ("A.B", "钾"), "Soft"),
        ("IT.DM.SEX", "EQ", ("F",), "Soft"),
        ("IT.LB.LBSPEC", "EQ", ("",), "Soft"),
    ]


def test_a_dataset_that_is_not_submitted_has_no_file() -> None:
    empty = replace(ae(), plan=replace(ae().plan, has_no_data=True, comment="No event was reported."))
    group = one(render_define(STUDY, [empty], CODELISTS), "//o:ItemGroupDef")
    assert group.get(f"{{{NS['d']}}}ArchiveLocationID") is None
    assert group.find("d:leaf", NS) is None
    assert group.get(f"{{{NS['d']}}}CommentOID") == "COM.AE"


def test_a_split_dataset_names_its_domain() -> None:
    plan = replace(lb().plan, name="LBCH", label="Chemistry")
    content = render_define(
        STUDY, [replace(lb(), plan=plan)], CODELISTS, domain_labels={"LB": "Laboratory Test Results"}
    )
    assert one(content, "//o:ItemGroupDef/o:Alias").get("Name") == "Laboratory Test Results"


@pytest.mark.parametrize(
    ("study", "change", "codelists", "message"),
    [
        (STUDY, {}, {}, "DM.DTHFL: codelist NY is not among the codelists"),
        (STUDY, {"standard": "SDTMIG 3.3"}, CODELISTS, "the study has no standard SDTMIG 3.3"),
        (replace(STUDY, standards=STUDY.standards[:1]), {}, CODELISTS, "no terminology standard SDTM CT 2025-03-28"),
        (STUDY, {"label": "a\x00b"}, CODELISTS, "TranslatedText 'a\\x00b': XML cannot hold this text"),
        (STUDY, {"structure": "\x1f"}, CODELISTS, "ItemGroupDef def:Structure='\\x1f': XML cannot hold this text"),
        (replace(STUDY, documents=(Document("a b", "t", "h"),)), {}, CODELISTS, "document id 'a b'"),
    ],
)
def test_refused(study: DefineStudy, change: dict[str, str], codelists: dict[str, Codelist], message: str) -> None:
    dataset = replace(dm(), plan=replace(dm().plan, **change))
    with pytest.raises(ValueError) as error:
        render_define(study, [dataset], codelists)
    assert message in str(error.value)


def test_a_filters_comparison_is_refused() -> None:
    where = WhereClause((Comparison("LBSPEC", "IS", ("MISSING",)),))
    item = ValueLevelItem("LBORRES", where, lb().observed["LBORRES"], False, "text")
    with pytest.raises(ValueError, match="LBSPEC IS MISSING: IS is for filters only"):
        render_define(STUDY, [replace(lb(), value_level=(item,))], CODELISTS)
