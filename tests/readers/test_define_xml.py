"""Anybody's define.xml: read as it is, hostile ones refused, nothing guessed where something is missing."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cdisc_itp.model.issue import ReadError
from cdisc_itp.readers.define_xml import define_schema, read_define, validate_define_xsd

GOLDEN = Path(__file__).parents[1] / "golden" / "define" / "define.xml"
LINES = GOLDEN.read_text(encoding="utf-8").splitlines()

OTHERS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- written by somebody else: prefixes of their own, Define-XML 2.0, comments between the elements -->
<odm:ODM xmlns:odm="http://www.cdisc.org/ns/odm/v1.3" xmlns:d="http://www.cdisc.org/ns/def/v2.0"
  xmlns:xl="http://www.w3.org/1999/xlink" xmlns:arm="http://www.cdisc.org/ns/arm/v1.0"
  CreationDateTime="2020-01-01T00:00:00">
 <odm:Study OID="S">
  <odm:GlobalVariables><odm:StudyName>OTHER</odm:StudyName></odm:GlobalVariables>
  <odm:MetaDataVersion OID="MDV" Name="M" d:DefineVersion="2.0.0" d:StandardName="SDTM-IG" d:StandardVersion="3.2">
   <d:AnnotatedCRF><d:DocumentRef leafID="LF.crf"/></d:AnnotatedCRF>
   <!-- nothing here -->
   <odm:ItemGroupDef OID="IG.VS" Name="VS" d:Class="FINDINGS" d:ArchiveLocationID="LF.VS">
    <odm:Description><odm:TranslatedText xml:lang="de">Vitalzeichen</odm:TranslatedText></odm:Description>
    <odm:ItemRef ItemOID="IT.B" OrderNumber="2" KeySequence="1"/>
    <odm:ItemRef ItemOID="IT.A" OrderNumber="one" KeySequence="2" MethodOID="MT.A"/>
    <odm:ItemRef ItemOID="IT.NOWHERE"/>
    <odm:Alias Context="DomainDescription" Name="Vital Signs"/>
    <d:leaf ID="LF.VS" xl:href="vs.xpt"><d:title>vs.xpt</d:title></d:leaf>
   </odm:ItemGroupDef>
   <odm:ItemDef OID="IT.A" Name="A" DataType="float" Length="8" SignificantDigits="2">
    <d:Origin Type="CRF">
     <d:DocumentRef leafID="LF.crf"><d:PDFPageRef PageRefs="6 7" Type="PhysicalRef"/></d:DocumentRef>
    </d:Origin>
    <d:Origin Type="Derived"/>
   </odm:ItemDef>
   <odm:ItemDef OID="IT.A" Name="twice"/>
   <odm:ItemDef OID="IT.B" Name="B" DataType="text" Length="2"><odm:CodeListRef CodeListOID="CL.B"/></odm:ItemDef>
   <odm:CodeList OID="CL.B" Name="B" DataType="text">
    <odm:CodeListItem CodedValue="Y" Rank="1" OrderNumber="3">
     <odm:Decode><odm:TranslatedText>Yes</odm:TranslatedText></odm:Decode>
     <odm:Alias Context="nci:ExtCodeID" Name="C49488"/></odm:CodeListItem>
    <odm:EnumeratedItem CodedValue="MAYBE" d:ExtendedValue="Yes"/>
    <odm:Alias Context="other" Name="X"/><odm:Alias Context="nci:ExtCodeID" Name="C66742"/>
   </odm:CodeList>
   <odm:CodeList OID="CL.D" Name="Drugs"><odm:ExternalCodeList Dictionary="MedDRA" Version="25.0"/></odm:CodeList>
   <odm:MethodDef OID="MT.A" Type="Computation"><odm:Description><odm:TranslatedText>a
b</odm:TranslatedText></odm:Description><d:DocumentRef leafID="LF.crf"/></odm:MethodDef>
   <d:CommentDef OID="COM.1"/>
   <d:leaf ID="LF.crf" xl:href="crf.pdf"><d:title>CRF</d:title></d:leaf>
   <arm:AnalysisResultDisplays>
    <arm:ResultDisplay OID="RD.1"><arm:AnalysisResult OID="AR.1" ParameterOID="IT.P"/></arm:ResultDisplay>
    <arm:ResultDisplay OID="RD.2"/></arm:AnalysisResultDisplays>
  </odm:MetaDataVersion>
 </odm:Study>
</odm:ODM>
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(content: str | bytes, name: str = "define.xml") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_the_golden_file() -> None:
    document = read_define(GOLDEN)
    assert (document.version, document.context, document.study, document.protocol, document.language) == (
        *("2.1.0", "Submission", "STUDY-01", "PROT-01"),
        "en",
    )
    assert [(s.name, s.type, s.version, s.publishing_set) for s in document.standards] == [
        ("SDTMIG", "IG", "3.4", None),
        ("CDISC/NCI", "CT", "2025-03-28", "SDTM"),
    ]
    assert [(g.name, g.class_name, g.has_no_data, g.aliases) for g in document.item_groups] == [
        ("DM", "SPECIAL PURPOSE", False, ()),
        ("AE", "EVENTS", True, ()),
        ("LB", "FINDINGS", False, ()),
        ("SUPPAE", "RELATIONSHIP", False, (("DomainDescription", "Adverse Events"),)),
    ]
    lb = document.item_groups[2]
    assert [k.item for k in lb.keys][:3] == ["IT.LB.STUDYID", "IT.LB.USUBJID", "IT.LB.LBTESTCD"]
    assert document.leaf[lb.archive_location or ""].href == "lb.xpt"
    unit = document.codelist[document.item["IT.LB.LBORRESU"].codelist or ""]
    assert (unit.name, unit.code, [t.value for t in unit.terms]) == (
        *("Unit (LB.LBORRESU)", "C71620"),
        ["10^6/L", "10^9/L", "U/L"],
    )
    assert [(t.extended, t.code) for t in unit.terms] == [(True, None), (False, "C67255"), (False, "C67456")]
    (ref, *_) = document.value_list[document.item["IT.LB.LBORRES"].value_list or ""].items
    (check,) = document.where_clause[ref.where_clauses[0]].checks
    assert (check.item, check.comparator, check.values) == ("IT.LB.LBTESTCD", "EQ", ("ALT",))
    assert document.method["MT.LB.LBSEQ"].text == "Number of the record."
    assert document.codelist["CL.ISO3166"].dictionary == "ISO 3166"


def test_every_mark_is_at_its_line() -> None:
    document = read_define(GOLDEN)
    assert len(document.defined) > 80
    for mark in (*document.defined, *document.named):
        assert f'"{mark.oid}"' in LINES[mark.line - 1]


def test_define_2_0_of_somebody_else(write) -> None:
    document = read_define(write(OTHERS))
    assert document.namespace.endswith("/v2.0")
    assert [(s.oid, s.name, s.version) for s in document.standards] == [(None, "SDTM-IG", "3.2")]
    (group,) = document.item_groups
    assert (group.class_name, group.label, group.repeating, group.leaf and group.leaf.href) == (
        *("FINDINGS", "Vitalzeichen", None),
        "vs.xpt",
    )
    assert [(r.item, r.order, r.key_sequence) for r in group.items] == [
        ("IT.B", 2, 1),
        ("IT.A", None, 2),
        ("IT.NOWHERE", None, None),
    ]
    assert [i.name for i in document.items] == ["A", "twice", "B"]
    assert document.item["IT.A"].name == "A"
    assert [(o.type, o.pages) for o in document.items[0].origins] == [("CRF", (("LF.crf", "6 7"),)), ("Derived", ())]
    assert [(t.value, t.decode, t.code, t.order, t.extended) for t in document.codelists[0].terms] == [
        ("Y", "Yes", "C49488", 3, False),
        ("MAYBE", None, None, None, True),
    ]
    assert document.codelists[0].code == "C66742"
    assert (document.codelists[1].dictionary, document.codelists[1].dictionary_version) == ("MedDRA", "25.0")
    assert (document.methods[0].text, document.methods[0].documents) == ("a\nb", ("LF.crf",))
    assert (document.comments[0].text, document.annotated_crfs, document.displays) == (None, ("LF.crf",), 2)
    assert ("ItemDef", "IT.P") in {(m.element, m.oid) for m in document.named}
    assert [m.line for m in document.defined if m.oid == "IT.A"] == [19, 25]


BARE = "".join(
    f"<{e}/>"
    for e in (
        *("def:Standards", "def:AnnotatedCRF", "def:SupplementalDoc", "def:ValueListDef", "def:WhereClauseDef"),
        *("ItemGroupDef", "ItemDef", "CodeList", "MethodDef", "def:CommentDef", "def:leaf"),
    )
)
HEAD = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1">'


def test_missing_attributes_are_none(write) -> None:
    document = read_define(write(f"{HEAD}<Study><MetaDataVersion>{BARE}</MetaDataVersion></Study></ODM>"))
    assert (document.study, document.version, document.created, document.language) == (None, None, None, None)
    parts = (document.value_lists, document.where_clauses, document.item_groups, document.items, document.codelists)
    assert [p[0].oid for p in (*parts, document.methods, document.comments)] == [None] * 7
    assert (document.leaves[0].id, document.leaves[0].href, document.leaves[0].title) == (None, None, None)
    assert (document.defined, document.named, document.item) == ((), (), {})


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_whatever_is_left_out_it_is_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    tree = etree.parse(str(GOLDEN))
    below = [e for e in tree.getroot().iter() if e.getparent() is not None and "MetaData" not in e.getparent().tag]
    kept = {"Study", "MetaDataVersion"}
    for element in data.draw(st.lists(st.sampled_from(below), min_size=1, max_size=30)):
        if element.attrib and data.draw(st.booleans()):
            del element.attrib[data.draw(st.sampled_from(sorted(element.attrib)))]
        elif etree.QName(element).localname not in kept and element.getparent() is not None:
            element.getparent().remove(element)
    path = tmp_path_factory.mktemp("define") / "define.xml"
    tree.write(str(path))
    assert len(read_define(path).item_groups) == len(tree.findall(".//{*}ItemGroupDef"))


LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
HOSTILE = {
    "internal": f"<!DOCTYPE ODM [<!ENTITY a 'x'>]>{HEAD}&a;</ODM>",
    "empty": f"<!DOCTYPE ODM>{HEAD}</ODM>",
    "external": f'<!DOCTYPE ODM SYSTEM "http://127.0.0.1:9/x.dtd">{HEAD}</ODM>',
    "file": f'<!DOCTYPE ODM [<!ENTITY a SYSTEM "file:///etc/hostname">]>{HEAD}<Study>&a;</Study></ODM>',
    "parameter": f'<!DOCTYPE ODM [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>{HEAD}</ODM>',
    "laughs": f'<!DOCTYPE ODM [<!ENTITY a "haha">{LAUGHS}]>{HEAD}<Study OID="&i;">&i;</Study></ODM>',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("read", [read_define, validate_define_xsd])
def test_document_types_are_refused(write, name: str, encoding: str, read) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    with pytest.raises(ReadError) as error:
        read(write((head + HOSTILE[name]).encode(encoding)))
    assert [p.code for p in error.value.problems] == ["READ051"]


def test_inclusions_are_not_followed(write) -> None:
    write("<secret/>", "secret.xml")
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="secret.xml"/>'
    document = read_define(write(f"{HEAD}<Study><MetaDataVersion>{BARE}{include}</MetaDataVersion></Study></ODM>"))
    assert len(document.items) == 1


@pytest.mark.parametrize(
    ("content", "code", "row", "message"),
    [
        ("", "READ050", 1, "Document is empty"),
        ("STUDYID,USUBJID\n", "READ050", 1, "Start tag expected"),
        (f"{HEAD}\n<Study>\n", "READ050", 3, "Premature end of data"),
        (f"{HEAD}<Study OID='1' OID='2'/></ODM>", "READ050", 1, "Attribute OID redefined"),
        (b"<?xml version='1.0' encoding='UTF-8'?><ODM>\xff</ODM>", "READ050", 1, ""),
        ("<html/>", "READ052", None, "is no Define-XML 2.0 or 2.1 (its root is html)"),
        ('<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"/>', "READ052", None, "is no Define-XML"),
        (
            '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.2" xmlns:d="http://www.cdisc.org/ns/def/v1.0"/>',
            "READ052",
            None,
            "",
        ),
        (
            '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:d="http://www.cdisc.org/ns/def/v1.0"><d:leaf/></ODM>',
            "READ052",
            None,
            "is no Define-XML 2.0 or 2.1 (the namespace of Define-XML in it is http://www.cdisc.org/ns/def/v1.0)",
        ),
        (f"{HEAD}</ODM>", "READ052", None, "is no Define-XML 2.0 or 2.1 (it has no namespace of Define-XML)"),
        (f"{HEAD}<Study><def:leaf/></Study></ODM>", "READ053", None, "has 0 MetaDataVersion, Define-XML has one"),
        (
            f"{HEAD}<Study><MetaDataVersion>{BARE}</MetaDataVersion></Study><Study><MetaDataVersion/></Study></ODM>",
            *("READ053", None, "has 2 MetaDataVersion, Define-XML has one"),
        ),
    ],
)
def test_unreadable(write, content: str | bytes, code: str, row: int | None, message: str) -> None:
    with pytest.raises(ReadError) as error:
        read_define(write(content))
    (problem,) = error.value.problems
    assert (problem.code, problem.place.file, problem.place.row) == (code, "define.xml", row)
    assert message in problem.message


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as error:
        read_define(tmp_path / "define.xml")
    assert [p.code for p in error.value.problems] == ["READ001"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('DataType="partialDate"', 'DataType="whenever"', "'whenever'"),
        ('Length="12"', 'Length="0"', "'0'"),
        ('<def:Class Name="EVENTS"/>', '<def:Class Name="EVENT"/>', "'EVENT'"),
        (' Mandatory="Yes"', "", "The attribute 'Mandatory' is required"),
        ('<MethodDef OID="MT.LB.LBSEQ"', '<MethodDef OID="MT.DM.RFSTDTC"', "MT.DM.RFSTDTC"),
    ],
)
def test_the_schema_finds_it_at_its_line(write, old: str, new: str, message: str) -> None:
    text = "\n".join(LINES)
    at = text[: text.index(old)].count("\n") + 1
    found = validate_define_xsd(write(text.replace(old, new, 1)))
    assert any(message in m for _, m in found)
    assert at in [line for line, _ in found]


def test_the_schema_of_2_0_judges_2_0(write) -> None:
    found = validate_define_xsd(write(OTHERS))
    assert any("The attribute 'Mandatory' is required" in message for _, message in found)
    assert not any("No matching global declaration" in message for _, message in found)


def test_without_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", absent)
    with pytest.raises(ReadError) as error:
        define_schema("2.1")
    (problem,) = error.value.problems
    assert (problem.code, problem.hint) == ("READ054", "pip install odmlib")
