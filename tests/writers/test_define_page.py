"""define.html holds what lxml finds in define.xml: texts, terms, codes, where clauses, links; and nothing that runs."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from cdisc_itp.readers.define_xml import read_broken_define, validate_define_xsd
from cdisc_itp.writers.define_page.links import local_path, safe_href
from cdisc_itp.writers.define_page.page import render_define_page

ROOT = Path(__file__).parents[1]
MADE = Path(__file__).parent / "define_files"
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
XLINK = "{http://www.w3.org/1999/xlink}href"
OTHERS = os.environ.get("CDISC_ITP_DEFINE_FILES", "")  # a folder with anybody's define.xml files
FILES = [
    *sorted((ROOT / "golden").rglob("define.xml")),
    *sorted(MADE.glob("*.xml")),
    *(sorted(Path(OTHERS).rglob("*.xml")) if OTHERS else ()),
]
Render = Callable[[Path], str]


def render(path: Path) -> str:
    return render_define_page(read_broken_define(path)[0])


def words(text: str | None) -> str:
    return " ".join((text or "").split())


def transform(path: Path) -> str:
    """What the stylesheet beside a define.xml makes of it, without network and without files."""
    sheet = etree.parse(ROOT.parent / "cdisc_itp" / "writers" / "define_page" / "define2-1.xsl")
    control = etree.XSLTAccessControl(read_network=False, write_network=False, read_file=False, write_file=False)
    return str(etree.XSLT(sheet, access_control=control)(etree.parse(path)))


Pair = tuple[etree._Element, html.HtmlElement, str]
LATER = [p for p in FILES if b"/ns/def/v2.1" in p.read_bytes()]


def named(param: tuple[Path, Render]) -> str:
    return f"{param[1].__name__}-{param[0].parent.name}/{param[0].name}"


def made(path: Path, by: Render) -> Pair:
    page = by(path)
    return etree.parse(path).getroot(), html.document_fromstring(page), page


@pytest.fixture(scope="module", params=[*((p, render) for p in FILES), *((p, transform) for p in LATER)], ids=named)
def pair(request: pytest.FixtureRequest) -> Pair:
    """A define.xml with its page, and (2.1) with what the stylesheet makes of it."""
    return made(*request.param)


@pytest.fixture(scope="module", params=[(p, render) for p in FILES], ids=named)
def rendered(request: pytest.FixtureRequest) -> Pair:
    """A define.xml with its page."""
    return made(*request.param)


def shown(page: html.HtmlElement) -> str:
    # A text inside others (a value, its decode) is one run of words to a reader.
    for e in page.iter("script", "style"):
        e.text = ""
    return words(" ".join(page.itertext()))


def test_every_text_stands_on_the_page(pair) -> None:
    xml, page, _ = pair
    text = shown(page)
    said = {words(e.text) for e in xml.iter(f"{ODM}TranslatedText", f"{ODM}CheckValue", f"{ODM}FormalExpression")}
    said |= {words(e.text) for e in xml.iter("{*}StudyName", "{*}StudyDescription", "{*}ProtocolName", "{*}title")}
    said |= {words(e.text) for e in xml.iter("{http://www.cdisc.org/ns/arm/v1.0}Code")}
    assert [t for t in said if t not in text] == []


def test_every_term_code_name_and_attribute_stands_on_the_page(pair) -> None:
    xml, page, _ = pair
    cells = {words(t) for t in page.itertext()}
    text = shown(page)
    said = {e.get("CodedValue") for e in xml.iter(f"{ODM}CodeListItem", f"{ODM}EnumeratedItem")}
    said |= {e.get("Name") for e in xml.iter(f"{ODM}Alias", f"{ODM}ItemGroupDef", f"{ODM}CodeList", f"{ODM}MethodDef")}
    said |= {e.get("Name") for e in xml.iter("{*}ResultDisplay", "{*}Standard", "{*}SubClass")}
    said |= {e.get("Version") for e in xml.iter("{*}Standard", f"{ODM}ExternalCodeList")}
    said |= {e.get("Dictionary") for e in xml.iter(f"{ODM}ExternalCodeList")}
    said |= {e.get(f"{{{xml.nsmap['def']}}}Structure") for e in xml.iter(f"{ODM}ItemGroupDef")}
    said |= {e.get(k) for e in xml.iter("{*}AnalysisResult") for k in ("AnalysisReason", "AnalysisPurpose")}
    assert [t for t in said if t and words(t) not in cells and words(t) not in text] == []


def test_each_variable_of_each_dataset_has_a_row_of_its_own(rendered) -> None:
    xml, page, _ = rendered
    items = {e.get("OID"): e for e in xml.iter(f"{ODM}ItemDef")}
    for group in xml.iter(f"{ODM}ItemGroupDef"):
        section = page.xpath("//section[@data-n=$n and .//table]", n=group.get("Name"))[0]
        rows = section.xpath(".//tbody/tr[not(contains(@class, 'w'))]")
        refs = sorted(group.findall(f"{ODM}ItemRef"), key=lambda r: int(r.get("OrderNumber", "999")))
        assert [r.xpath("string(th/a)") for r in rows] == [items[r.get("ItemOID")].get("Name") for r in refs]
        for row, ref in zip(rows, refs, strict=True):
            item, text = items[ref.get("ItemOID")], words(row.text_content())
            label = words(item.findtext(f"{ODM}Description/{ODM}TranslatedText"))
            assert label in text and item.get("DataType") in text and (ref.get("Role") or "") in text
            assert row.xpath("string(td[2])") == (ref.get("KeySequence") or "")
            assert (item.get("Length") or "") in row.xpath("string(td[3])")


def test_where_clauses_say_variable_sign_and_values(pair) -> None:
    xml, page, _ = pair
    d = f"{{{xml.nsmap['def']}}}"
    names = {e.get("OID"): e.get("Name") for e in xml.iter(f"{ODM}ItemDef")}
    signs = {"EQ": "=", "NE": "≠", "LT": "<", "LE": "≤", "GT": ">", "GE": "≥", "IN": "in", "NOTIN": "not in"}
    clauses = {w.get("OID"): w for w in xml.iter(f"{d}WhereClauseDef")}
    rows = {r.get("id"): r for r in page.xpath("//tr[contains(@class, 'w')]")}
    for ref in xml.iterfind(f".//{d}ValueListDef/{ODM}ItemRef"):
        text = words(rows[ref.get("ItemOID")].text_content())
        for w in ref.iter(f"{d}WhereClauseRef"):
            for check in clauses[w.get("WhereClauseOID")].iter(f"{ODM}RangeCheck"):
                assert f"{names[check.get(f'{d}ItemOID')]} {signs[check.get('Comparator')]} " in text
                assert all(words(v.text) in text for v in check.iter(f"{ODM}CheckValue"))


def test_files_are_linked_with_their_pages_and_destinations(pair) -> None:
    xml, page, _ = pair
    d = f"{{{xml.nsmap['def']}}}"
    hrefs = set(page.xpath("//a/@href"))
    leaves = {e.get("ID"): e.get(XLINK) for e in xml.iter(f"{d}leaf")}
    used = {e.get("leafID") for e in xml.iter(f"{d}DocumentRef")}
    assert {leaves[u] for u in used} <= hrefs
    for ref in xml.iter(f"{d}DocumentRef"):
        for p in ref.iter(f"{d}PDFPageRef"):
            name = "nameddest" if p.get("Type") == "NamedDestination" else "page"
            places = (p.get("PageRefs") or p.get("FirstPage") or "").split()
            assert {f"{leaves[ref.get('leafID')]}#{name}={x}" for x in places} <= hrefs


def test_every_link_on_the_page_lands_and_every_id_is_one(pair) -> None:
    _, page, _ = pair
    ids = Counter(page.xpath("//@id"))
    assert [i for i, n in ids.items() if n > 1 or re.search(r"\s", i)] == []
    assert [h for h in page.xpath("//a/@href[starts-with(., '#')]") if unquote(h[1:]) not in ids] == []
    assert set(page.xpath("//@aria-labelledby")) | set(page.xpath("//@aria-controls")) <= set(ids)


def test_oids_are_anchors(pair) -> None:
    xml, page, _ = pair
    ids = set(page.xpath("//@id"))
    kinds = ("ItemGroupDef", "ItemDef", "CodeList", "MethodDef")
    assert [e.get("OID") for k in kinds for e in xml.iter(f"{ODM}{k}") if e.get("OID") not in ids] == []


def test_definitions_name_those_who_use_them(rendered) -> None:
    xml, page, _ = rendered
    refs = {(r.get("MethodOID"), r.get("ItemOID")) for r in xml.iter(f"{ODM}ItemRef") if r.get("MethodOID")}
    for method, item in refs:
        (row,) = page.xpath("//section[@id='methods']//tr[@id=$id]", id=method)
        assert f"#{quote(item, safe='!$&()*+,;=:@/?-._~')}" in set(row.xpath("td[last()]//a/@href"))
    for item in xml.iter(f"{ODM}ItemDef"):
        for ref in item.iter(f"{ODM}CodeListRef"):
            (section,) = page.xpath("//section[@id=$id]", id=ref.get("CodeListOID"))
            assert any(unquote(h[1:]) == item.get("OID") for h in section.xpath("p[@class='by']//a/@href"))


def test_the_page_calls_nothing_and_runs_only_its_own_script(rendered) -> None:
    _, page, text = rendered
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert page.xpath("//@src | //link | //img | //iframe | //object | //form | //base | //@style | //@onclick") == []
    assert len(page.xpath("//script")) == 1 and "http" not in text[text.index("<script>") : text.index("</script>")]


@pytest.mark.parametrize("path", LATER, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_the_stylesheet_calls_nothing_and_runs_nothing(path: Path) -> None:
    page = html.document_fromstring(transform(path))
    assert page.xpath("//script | //@src | //link | //img | //iframe | //object | //form | //base | //@style") == []
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
    assert len(page.xpath("//section[@data-n]//tbody/tr[not(@class)]/th[1]")) >= len(
        etree.parse(path).findall(f".//{ODM}ItemGroupDef/{ODM}ItemRef")
    )


def test_the_stylesheet_itself_reads_nothing_from_elsewhere() -> None:
    sheet = (ROOT.parent / "cdisc_itp" / "writers" / "define_page" / "define2-1.xsl").read_text("utf-8")
    assert not re.search(
        r"document\(|xsl:(import|include|result-document)|disable-output-escaping|url\(|@import", sheet
    )


def test_the_same_file_gives_the_same_page() -> None:
    assert render(FILES[0]) == render(FILES[0])


def test_a_page_of_a_study_is_at_most_three_times_the_size_of_its_xml() -> None:
    path = ROOT / "golden" / "nct05471050" / "define.xml"
    assert len(render(path).encode()) <= 3 * path.stat().st_size


@pytest.mark.parametrize("path", sorted(MADE.glob("*.xml")), ids=lambda p: p.name)
def test_the_made_files_are_valid(path: Path) -> None:
    assert validate_define_xsd(path) == []


HOSTILE = (MADE / "hostile.txt").read_text("utf-8")  # {text} and {href} stand where a file has texts and addresses


@pytest.mark.parametrize(
    "text",
    [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&quot; onmouseover=&quot;alert(1)",
        "&lt;/style&gt;&lt;img src=x onerror=alert(1)&gt;",
        "{{ 7 * 7 }}{% raw %}",
        "--&gt;&lt;!--",
    ],
)
@pytest.mark.parametrize("href", ["javascript:alert(1)", " JaVa&#9;Script:alert(1)", "data:text/html,x", "vbscript:x"])
def test_hostile_texts_are_texts(tmp_path: Path, text: str, href: str) -> None:
    path = tmp_path / "define.xml"
    path.write_text(HOSTILE.replace("{text}", text).replace("{href}", href), encoding="utf-8")
    page = html.document_fromstring(render(path))
    assert len(page.xpath("//script")) == 1 and page.xpath("//img") == []
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
    assert {h[0] for h in page.xpath("//@href")} == {"#"}
    sheet = html.document_fromstring(transform(path))
    assert sheet.xpath("//script | //img | //@*[starts-with(name(), 'on')]") == []
    assert {h[0] for h in sheet.xpath("//@href")} == {"#"}
    assert "7 * 7" in shown(page) or "7" not in text


@given(st.text(alphabet="javscriptdt:\t\n\r /#?%.\x01", max_size=20))
def test_no_address_that_is_linked_has_a_scheme_that_runs(text: str) -> None:
    href = safe_href(text)
    if href is not None:
        scheme, colon, _ = re.sub(r"[\x00-\x20]", "", href).partition(":")
        assert not colon or not scheme.isalpha() or scheme in ("http", "https", "mailto")


def test_only_files_of_the_submission_are_looked_for() -> None:
    assert local_path("docs/a%20b.pdf") == "docs/a b.pdf"
    assert [local_path(h) for h in ("http://x/y.pdf", "//host/y.pdf", "mailto:a@b.c", "#x", "http://[", None)] == [
        None
    ] * 6


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False), st.sampled_from(sorted(MADE.glob("*.xml"))))
def test_no_damage_to_a_file_keeps_its_page_from_being_made(random: Random, path: Path) -> None:
    root = etree.parse(path).getroot()
    below = [e for e in root.iter() if isinstance(e.tag, str) and "}" in e.tag][3:]
    for e in random.sample(below, 12):
        choice = random.randrange(4)
        if choice == 0 and e.getparent() is not None and not e.tag.endswith("MetaDataVersion"):
            e.getparent().remove(e)
        elif choice == 1 and e.attrib:
            del e.attrib[random.choice(sorted(e.attrib))]
        elif choice == 2 and e.attrib:
            e.set(random.choice(sorted(e.attrib)), random.choice(["", "  ", "x y", "IT.AVAL", "-1", "a#%&b"]))
        else:
            e.text = None
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / "define.xml"
        root.getroottree().write(str(broken))
        if root.find(f"{ODM}Study/{ODM}MetaDataVersion") is None:
            return
        page = html.document_fromstring(render(broken))
    ids = Counter(page.xpath("//@id"))
    assert max(ids.values()) == 1
    assert [h for h in page.xpath("//a/@href[starts-with(., '#')]") if unquote(h[1:]) not in ids] == []
