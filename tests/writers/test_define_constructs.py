"""Each text and attribute of every construct of Define-XML 2.0, 2.1 and ARM 1.0 stands on the page: one mark each."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree, html

from cdisc_itp.readers.define_xml import read_broken_define
from cdisc_itp.writers.define_page.page import render_define_page

MADE = Path(__file__).parent / "define_files"
SHEET = Path(__file__).parents[2] / "cdisc_itp" / "writers" / "define_page" / "define2-1.xsl"
# What names other parts, is a number, a yes or no, or says how the file is written, and has tests of its own.
APART = {
    *("OID", "ID", "leafID", "ItemOID", "ItemGroupOID", "CodeListOID", "MethodOID", "ValueListOID", "WhereClauseOID"),
    *("CommentOID", "StandardOID", "ArchiveLocationID", "RoleCodeListOID", "ParameterOID"),
    *("OrderNumber", "KeySequence", "Length", "SignificantDigits", "Comparator", "SoftHard", "Mandatory", "Repeating"),
    *("IsReferenceData", "HasNoData", "IsNonStandard", "ExtendedValue", "ODMVersion", "FileType", "lang", "href"),
}
# The type of a page reference decides how its link is written; an NCI code is known by its context.
KEPT = {("PDFPageRef", "Type"), ("Alias", "Context")}
TEXTS = (
    "TranslatedText",
    "CheckValue",
    "FormalExpression",
    "title",
    "Code",
    "StudyName",
    "StudyDescription",
    "ProtocolName",
)


def marked(path: Path) -> tuple[etree._Element, dict[str, str]]:
    """The document with a mark in each text and attribute, and what each mark stands for."""
    root = etree.parse(path).getroot()
    marks: dict[str, str] = {}

    def mark(where: str) -> str:
        marks[found := f"mark{len(marks):04d}x"] = where
        return found

    for e in root.iter(etree.Element):
        name = etree.QName(e).localname
        for key in e.attrib:
            local = key.rpartition("}")[2]
            if local not in APART and (name, local) not in KEPT:
                e.set(key, mark(f"{name}/@{local}"))
        if name in TEXTS:
            e.text = mark(name)
    return root, marks


@pytest.mark.parametrize("path", sorted(MADE.glob("*.xml")), ids=lambda p: p.name)
def test_every_construct_stands_on_the_page(tmp_path: Path, path: Path) -> None:
    root, marks = marked(path)
    copy = tmp_path / "define.xml"
    root.getroottree().write(str(copy), encoding="UTF-8", xml_declaration=True)
    page = html.document_fromstring(render_define_page(read_broken_define(copy)[0]))
    for e in page.iter("script", "style"):
        e.text = ""
    text = page.text_content()
    assert len(marks) > 60 and sorted({where for m, where in marks.items() if m not in text}) == []


def test_every_construct_stands_on_what_the_stylesheet_makes(tmp_path: Path) -> None:
    root, marks = marked(MADE / "adam_2_1.xml")
    text = html.document_fromstring(str(etree.XSLT(etree.parse(SHEET))(root.getroottree()))).text_content()
    assert sorted({where for m, where in marks.items() if m not in text}) == []
